"""An index from its recipe: a few areas in, numbers that can be computed by hand out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse import index
from sozialanalyse.catalogue import Recipe, shipped
from sozialanalyse.errors import UsageError
from sozialanalyse.index.chance import index_bounds
from sozialanalyse.index.ranges import drawn_weights
from sozialanalyse.index.transformations import exponential, min_max, ranks, z_scores

PLAIN = shipped().recipe("plain")
FIRST, SECOND, THIRD = PLAIN.indicators


def recipe(**changes: object) -> Recipe:
    """The plain recipe with other settings."""
    return PLAIN.model_copy(update=changes)


def two(**changes: object) -> Recipe:
    """One of two indicators only."""
    return recipe(ingredients=PLAIN.ingredients[:2], **changes)


def table(first: list[float], second: list[float]) -> pd.DataFrame:
    """Areas a, b, c ... with two indicators."""
    return pd.DataFrame({FIRST: first, SECOND: second}, index=list("abcdefghijklmnopqrstuvwxyz"[: len(first)]))


def turned(name: str) -> Recipe:
    """The recipe of two indicators with one of them as a strength."""
    entries = tuple(
        entry.model_copy(update={"direction": "higher_is_better"}) if entry.indicator == name else entry
        for entry in PLAIN.ingredients[:2]
    )
    return recipe(ingredients=entries)


def by_area(rows: pd.DataFrame, column: str) -> dict[str, object]:
    return dict(zip(rows["area"], rows[column], strict=True))


class TestTransformations:
    def test_z_divides_by_the_population_standard_deviation(self):
        assert z_scores([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0])[[0, -1]].tolist() == [-1.5, 2.0]

    def test_min_max(self):
        assert min_max([10.0, 15.0, 30.0]).tolist() == [0.0, 0.25, 1.0]

    def test_ranks_of_equal_values_share_their_mean(self):
        assert ranks([1.0, 1.0, 5.0, 7.0]).tolist() == [0.375, 0.375, 0.75, 1.0]

    def test_a_tenth_of_many_areas_is_above_50_on_the_exponential_scale(self):
        found = exponential(np.arange(32_844))  # as many as England has
        assert np.mean(found > 50) == pytest.approx(0.1, abs=0.003)
        assert found.max() == pytest.approx(100)
        assert found.min() > 0

    @pytest.mark.parametrize("transform", index.TRANSFORMATIONS.values(), ids=index.TRANSFORMATIONS)
    def test_areas_that_are_all_alike_stay_so(self, transform):
        assert len(set(transform([0.3, 0.3, 0.3]))) == 1

    @given(st.lists(st.floats(0, 100), min_size=3, max_size=20))
    def test_no_transformation_turns_an_order_round(self, values):
        for transform in index.TRANSFORMATIONS.values():
            found = transform(values)
            order = np.argsort(values, kind="stable")
            assert (np.diff(found[order]) >= -1e-9).all()


class TestCompose:
    def test_sum_is_standardised_again(self):
        rows = index.compose(table([0, 1, 2], [0, 1, 2]), two())
        assert rows["sum"].round(4).tolist() == [-2.4495, 0.0, 2.4495]
        assert rows["index"].round(4).tolist() == [-1.2247, 0.0, 1.2247]
        assert rows["class"].tolist() == ["1", "2", "3"]
        assert rows["rank"].tolist() == [3, 2, 1]

    def test_or_not(self):
        rows = index.compose(table([0, 1, 2], [0, 1, 2]), two(restandardise=False))
        assert rows["index"].equals(rows["sum"].rename("index"))

    def test_a_strength_counts_the_other_way_round(self):
        rows = index.compose(table([0, 1, 2], [2, 1, 0]), turned(SECOND))
        assert rows["index"].round(4).tolist() == [-1.2247, 0.0, 1.2247]

    def test_weights(self):
        heavy = tuple(entry.model_copy(update={"weight": 3.0}) for entry in PLAIN.ingredients[:1])
        rows = index.compose(table([0, 1, 2], [2, 1, 0]), recipe(ingredients=(*heavy, PLAIN.ingredients[1])))
        assert rows["sum"].round(4).tolist() == [-2.4495, 0.0, 2.4495]

    def test_listed_and_small_areas_take_no_part(self):
        residents = pd.Series({"a": 299, "b": 300, "c": 5000, "d": 900, "e": 400})
        rows = index.compose(table([99, 0, 1, 2, 50], [99, 0, 1, 2, 50]), two(), excluded=["e"], population=residents)
        assert by_area(rows, "state") == {
            "a": "excluded",
            "b": "included",
            "c": "included",
            "d": "included",
            "e": "excluded",
        }
        assert rows["index"].round(4).tolist()[1:4] == [-1.2247, 0.0, 1.2247]
        assert rows["class"].isna().tolist() == [True, False, False, False, True]

    def test_a_gap_is_refused_with_the_area(self):
        with pytest.raises(UsageError, match="area b: the indicator kinderarmut has no value"):
            index.compose(table([0, 1, 2], [0, np.nan, 2]), two())

    def test_or_leaves_the_area_out_where_the_recipe_says_so(self):
        rows = index.compose(table([0, 7, 1, 2], [0, np.nan, 1, 2]), two(missing="leave_out"))
        assert rows["state"].tolist() == ["included", "missing", "included", "included"]
        assert rows["index"].round(4).dropna().tolist() == [-1.2247, 0.0, 1.2247]

    def test_two_areas_are_not_compared(self):
        with pytest.raises(UsageError, match="at least 3 areas; found 2"):
            index.compose(table([0, 1], [0, 1]), two())

    def test_an_indicator_that_is_not_there(self):
        with pytest.raises(UsageError, match="needs indicators that are not there: grundsicherung_im_alter"):
            index.compose(table([0, 1, 2], [0, 1, 2]), PLAIN)

    def test_classes_by_shares_of_areas(self):
        fifths = [{"id": str(number), "below": number / 5, "label": PLAIN.label} for number in range(1, 5)]
        status = {"limits": "share", "classes": [*fifths, {"id": "5", "label": PLAIN.label}]}
        by_share = Recipe.model_validate({**PLAIN.model_dump(by_alias=True), "status": status})
        by_share = by_share.keeping((FIRST, SECOND))
        rows = index.compose(table(list(range(10)), list(range(10))), by_share)
        assert rows["class"].tolist() == ["1", "1", "2", "2", "3", "3", "4", "4", "5", "5"]

    @pytest.mark.parametrize(("value", "place"), [(-1.001, 1), (-1.0, 2), (1.0, 2), (1.001, 3), (1.5, 3), (1.501, 4)])
    def test_limits_belong_to_the_middle(self, value, place):
        assert index.classify([value], shipped().recipe("berlin_mss").status).tolist() == [place]

    @given(
        st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=4, max_size=12, unique=True),
        st.floats(0.01, 50),
        st.floats(-20, 20),
    )
    def test_units_do_not_matter(self, pairs, factor, shift):
        """Per cent or per thousand: the index of z values is the same."""
        first, second = (list(map(float, column)) for column in zip(*pairs, strict=True))
        one, other = table(first, second), table([factor * x + shift for x in first], second)
        found = [index.compose(values, two())["index"] for values in (one, other)]
        assert np.allclose(*found, atol=1e-6)


class TestConfidenceSets:
    def test_the_observed_place_is_always_one_of_them(self):
        values = table([1, 2, 3, 4, 5, 6, 20], [1, 2, 3, 4, 5, 6, 30])
        rows = index.compose(values, two()).merge(index.confidence_sets(values, values * 0 + 0.5, two()), on="area")
        assert (rows["rank_lower"] <= rows["rank"]).all()
        assert (rows["rank"] <= rows["rank_upper"]).all()
        assert (rows["place_lower"] <= rows["place"]).all()
        assert (rows["place"] <= rows["place_upper"]).all()

    def test_without_chance_nothing_is_open(self):
        values = table([1, 2, 3, 4, 5, 6, 20], [1, 2, 3, 4, 5, 6, 30])
        sets = index.confidence_sets(values, values * 0, two())
        assert sets["rank_lower"].tolist() == sets["rank_upper"].tolist() == [7, 6, 5, 4, 3, 2, 1]
        assert sets["place_lower"].tolist() == sets["place_upper"].tolist() == [2, 2, 2, 2, 2, 2, 3]

    def test_true_ties_share_all_their_ranks(self):
        values = table([1, 1, 1, 9], [1, 1, 1, 9])
        sets = index.confidence_sets(values, values * 0, two())
        assert sets[["rank_lower", "rank_upper"]].to_numpy().tolist() == [[2, 4], [2, 4], [2, 4], [1, 1]]

    def test_with_nothing_but_chance_everything_is_open(self):
        values = table([4, 5, 6, 5], [5, 4, 5, 6])
        sets = index.confidence_sets(values, values * 0 + 5, two())
        assert sets[["rank_lower", "rank_upper"]].to_numpy().tolist() == [[1, 4]] * 4
        assert sets[["place_lower", "place_upper"]].to_numpy().tolist() == [[1, 3]] * 4

    def test_without_intervals_nothing_is_said(self):
        values = table([1, 2, 3], [1, 2, 3])
        sets = index.confidence_sets(values, values * np.nan, two())
        assert sets.drop(columns="area").isna().all(axis=None)

    @pytest.mark.parametrize("name", ["rank", "exponential"])
    def test_of_ranks(self, name):
        values = table([1, 2, 30, 31], [1, 2, 30, 31])
        sets = index.confidence_sets(values, values * 0 + 1, two(transformation=name))
        assert sets[["rank_lower", "rank_upper"]].to_numpy().tolist() == [[3, 4], [3, 4], [1, 2], [1, 2]]

    def test_the_spread_is_uncertain_on_both_sides(self):
        total = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
        lower, upper = index_bounds(total, np.full(5, 0.2))
        middle = z_scores(total)
        assert (lower < middle).all()
        assert (middle < upper).all()
        assert upper[-1] - middle[-1] > middle[-1] - lower[-1]  # it may be smaller by what chance has added


class TestRanges:
    def test_weights_are_the_same_everywhere(self):
        assert drawn_weights(two(), 2).round(4).tolist() == drawn_weights(two(), 3)[:, :2].round(4).tolist()
        assert drawn_weights(two()).min() >= 0.5
        assert drawn_weights(two()).max() <= 1.5

    def test_indicators_that_agree_leave_nothing_open(self):
        rows = index.random_weights(table([0, 1, 2, 9], [0, 1, 2, 9]), two())
        assert (rows["rank_lower"] == rows["rank_upper"]).all()

    def test_those_that_disagree_do(self):
        values = table([0, 1, 5, 2], [5, 1, 0, 2])
        weights, without = index.random_weights(values, two()), index.left_out(values, two())
        assert by_area(weights, "rank_upper")["a"] > by_area(weights, "rank_lower")["a"]
        assert by_area(without, "rank_lower")["a"] == 1
        assert by_area(without, "rank_upper")["a"] == 4

    def test_a_single_indicator_cannot_be_left_out(self):
        values = table([0, 1, 2], [0, 1, 2])[[FIRST]]
        rows = index.left_out(values, recipe(ingredients=PLAIN.ingredients[:1]))
        assert (rows["place_lower"] == rows["place_upper"]).all()
