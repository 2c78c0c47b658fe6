"""Indicators: rates from counts at the level shown, their states, intervals, times and positions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialanalyse import statistics
from sozialanalyse.catalogue import HOUSEHOLD_DESIGN_EFFECT
from sozialanalyse.errors import DataError
from sozialanalyse.indicators import AGES_DO_NOT_FIT, NO_COMMON_PERIOD, NOT_DELIVERED, compute
from sozialanalyse.language import rounded
from sozialanalyse.positions import POSITION_COLUMNS
from tests.tables import COUNT, computed, counts, indicator, shown, tree

TOWN = tree("area level parent\n 0 town .\n a quarter 0\n b quarter 0")


def frame(text: str, *wanted, town=TOWN) -> pd.DataFrame:
    return computed(counts(text), town, *wanted).frame


def of(area: str, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["area"] == area]


# ------------------------------------------------------------------------------------------------- counts to rates


def test_rates_are_made_from_counts_and_never_from_rates():
    """The mean of 50 % and 10 % is 30 %; of all people 14 % are poor."""
    rows = frame(
        """
        area  measure  value
        a     people   10
        a     poor     5
        b     people   90
        b     poor     9
        """
    )
    assert shown(rows, "area numerator denominator value town_value level_mean level_areas") == [
        "0 14 100 14 14 14 1",
        "a 5 10 50 14 30 2",
        "b 9 90 10 14 30 2",
    ]


@pytest.mark.parametrize(
    ("kind", "unit", "value"),
    [
        ("proportion", "percent", "25"),
        ("proportion", "per_1000", "250"),
        ("rate", "per_100", "25"),
        ("rate", "per_10000", "2500"),
        ("ratio", "percent", "25"),
        ("mean", "persons", "0.25"),
    ],
)
def test_units(kind, unit, value):
    rows = frame("area measure value\n a people 12\n a poor 3", indicator(kind=kind, unit=unit))
    assert shown(of("a", rows), "value") == [value]


def test_a_count_has_no_denominator():
    rows = frame("area value\n a 12\n b 0", indicator("people", **COUNT))
    assert shown(rows, "area value numerator denominator denominator_end lower status") == [
        "0 12 12 . . . number",
        "a 12 12 . . . number",
        "b 0 0 . . . zero",
    ]


@given(st.integers(1, 20_000), st.data())
@settings(deadline=None, max_examples=15)
def test_per_cent_rounds_as_one_would_by_hand(people, data):
    """87 of 2000 are 4.35 %, which is 4,4 % and not 4,3 %."""
    poor = data.draw(st.integers(0, people))
    value = of("a", frame(f"area measure value\n a people {people}\n a poor {poor}"))["value"].iloc[0]
    by_hand = (Fraction(poor * 1000, people) + Fraction(1, 2)).__floor__() / 10
    assert rounded(value, 1) == by_hand


def test_ages_and_sexes_of_numerator_and_denominator():
    rows = frame(
        """
        area  sex     age    value
        a     female  0-64   40
        a     female  65+    20
        a     male    0-64   30
        a     male    65-79  6
        a     male    80+    4
        """,
        indicator("old", numerator={"measure": "people", "age": "65+"}),
        indicator("old_men", numerator={"measure": "people", "age": "65+", "sex": "male"}),
        indicator("men_among_old", numerator={"measure": "people", "age": "65+", "sex": "male"},
                  denominator={"measure": "people", "age": "65+", "sex": "all"}),
    )  # fmt: skip
    assert shown(of("a", rows), "indicator numerator denominator value", 1) == [
        "men_among_old 10 30 33.3",
        "old 30 100 30",
        "old_men 10 100 10",
    ]


# ----------------------------------------------------------------------------------------------------------- states

STATES = """
    numerator  people=100  people=0  people=-  people=*  people=x
    3          3           x         -         *         x
    0          0           x         -         *         x
    -          -           -         -         -         -
    *          *           *         -         *         *
    x          x           x         -         *         x
"""


@pytest.mark.parametrize("line", STATES.strip().splitlines()[1:])
def test_states_of_numerator_and_denominator(line):
    """Missing outdoes suppressed, suppressed outdoes not applicable; without people there is nothing to be a share of.

    The neighbour's numbers are there so that the date is one of the town.
    """
    head, (poor, *expected) = STATES.strip().splitlines()[0].split()[1:], line.split()
    for people, state in zip(head, expected, strict=True):
        ratio = indicator(kind="ratio")
        rows = frame(
            f"area measure value\n a people {people.removeprefix('people=')}\n a poor {poor}\n b people 9\n b poor 1",
            ratio,
        )
        assert shown(of("a", rows), "value") == [state], people
        assert rows["value"].isna().eq(~rows["status"].isin(["number", "zero"])).all()


def test_a_hidden_area_hides_the_town_and_not_its_neighbour():
    rows = frame("area measure value\n a people 100\n a poor *\n b people 50\n b poor 4")
    assert shown(rows, "area value numerator lower status") == [
        "0 * . . suppressed",
        "a * . . suppressed",
        "b 8 4 3.155 number",
    ]
    assert rows["level_areas"].tolist() == [0, 1, 1]


# -------------------------------------------------------------------------------------------------------- intervals


@pytest.mark.parametrize(
    ("kind", "poor", "people", "lower", "upper"),
    [
        ("proportion", 12, 100, 6.9994, 19.8121),  # Wilson
        ("proportion", 0, 40, 0, 8.7622),
        ("proportion", 40, 40, 91.2378, 100),
        ("rate", 0, 350, 0, 1.0540),  # exact
        ("rate", 9, 100, 4.1154, 17.0848),
        ("rate", 10, 100, 4.7874, 18.3915),  # Byar
    ],
)
def test_intervals(kind, poor, people, lower, upper):
    unit = {"proportion": "percent", "rate": "per_100"}[kind]
    rows = frame(f"area measure value\n a people {people}\n a poor {poor}", indicator(kind=kind, unit=unit))
    np.testing.assert_allclose(of("a", rows)[["lower", "upper"]].iloc[0].astype(float), [lower, upper], atol=2e-4)


@pytest.mark.parametrize("kind", ["ratio", "mean"])
def test_ratios_and_means_have_no_interval_and_may_exceed_the_whole(kind):
    unit = {"ratio": "percent", "mean": "persons"}[kind]
    rows = frame("area measure value\n a people 4\n a poor 6", indicator(kind=kind, unit=unit))
    assert shown(of("a", rows), "value lower upper") == [{"ratio": "150 . .", "mean": "1.5 . ."}[kind]]


def test_rounding_widens_the_interval():
    """Of ~20 among 200 the lower limit is that of 18, the upper one that of 22."""
    rows = frame("area measure value\n a people 200\n a poor ~20\n b people 200\n b poor 20")
    exact, around = of("b", rows).iloc[0], of("a", rows).iloc[0]
    assert exact["value"] == around["value"] == 10
    assert around["lower"] == pytest.approx(100 * float(statistics.wilson_interval(18, 200)[0]))
    assert around["upper"] == pytest.approx(100 * float(statistics.wilson_interval(22, 200)[1]))
    assert around["lower"] < exact["lower"] < exact["upper"] < around["upper"]


def test_a_rounded_zero_may_be_two():
    rows = frame("area measure value\n a people 100\n a poor ~0\n b people 100\n b poor 0")
    assert shown(rows, "area value lower upper status", 2) == ["0 0 0 3.57 number", "a 0 0 7 number", "b 0 0 3.7 zero"]


def test_a_rounded_denominator_widens_the_interval_of_a_rate():
    rows = frame(
        "area measure value\n a people ~100\n a poor 12\n b people 100\n b poor 12",
        indicator(kind="rate", unit="per_100"),
    )
    low, high = (float(limit) for limit in statistics.poisson_interval(12))
    assert shown(of("a", rows), "lower upper") == [f"{round(low / 1.02, 4)} {round(high / 0.98, 4)}"]


COUNTED = st.lists(st.tuples(st.integers(1, 400), st.integers(0, 400)), min_size=2, max_size=2)


@given(COUNTED, st.sampled_from(["proportion", "rate"]), st.booleans())
@settings(deadline=None, max_examples=15)
def test_the_value_lies_in_its_interval_and_the_town_between_its_areas(given_counts, kind, is_rounded):
    pairs = [(max(pair), min(pair)) for pair in given_counts]
    sign = "~" if is_rounded else ""
    text = "\n".join(f"{area} people {n}\n{area} poor {sign}{x}" for area, (n, x) in zip("ab", pairs, strict=True))
    unit = {"proportion": "percent", "rate": "per_100"}[kind]
    rows = frame("area measure value\n" + text, indicator(kind=kind, unit=unit))
    assert (rows["lower"] <= rows["value"] + 1e-9).all()
    assert (rows["value"] <= rows["upper"] + 1e-9).all()
    quarters, town = rows[rows["level"] == "quarter"]["value"], of("0", rows)["value"].iloc[0]
    assert quarters.min() - 1e-9 <= town <= quarters.max() + 1e-9


# ----------------------------------------------------------------------------------------------- impossible proportions


def test_a_numerator_above_its_denominator_is_refused_with_file_and_row():
    with pytest.raises(DataError) as error:
        frame("area measure value\n a people 100\n b people 50\n a poor 101\n b poor 50")
    assert str(error.value) == (
        "counts.csv, line 4, area a: share, 2011-12-31: the numerator 101 is larger than the denominator 100; "
        "they are not of the same people or date"
    )


@pytest.mark.parametrize(("people", "poor", "is_refused"), [("~100", "102", False), ("~100", "103", True), ("8", "*", False), ("0", "*", True), ("0", "0", False), ("0", "1", True), ("-", "5", False)])  # fmt: skip
def test_only_what_no_rounding_and_no_hiding_explains_is_refused(people, poor, is_refused):
    text = f"area measure value\n a people {people}\n a poor {poor}\n b people 1\n b poor 1"
    if is_refused:
        with pytest.raises(DataError, match="is larger than the denominator"):
            frame(text)
    else:
        assert len(frame(text)) == 3


def test_what_rounding_explains_gets_an_interval_up_to_the_whole():
    rows = of("a", frame("area measure value\n a people ~100\n a poor 102"))
    assert shown(rows, "value upper") == ["102 100"]


def test_all_impossible_rows_are_told_at_once():
    with pytest.raises(DataError) as error:
        frame("area measure value\n a people 1\n b people 1\n a poor 2\n b poor 2")
    assert [(fault.place.area, fault.place.row) for fault in error.value.faults] == [("a", 4), ("b", 5)]


def test_a_sum_that_is_impossible_by_itself_is_told_too():
    """The delivered total of the people is too small for its areas' poor."""
    with pytest.raises(
        DataError, match=r"^area 0: share, 2011-12-31: the numerator 60 is larger than the denominator 50"
    ):
        frame("area measure value\n 0 people 50\n a people 50\n b people 50\n a poor 30\n b poor 30")


# ------------------------------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(("gap", "is_matched"), [(364, False), (365, True), (366, True)])
def test_periods_may_lie_so_many_days_apart_and_no_more(gap, is_matched):
    result = computed(
        counts("area period measure value\n a 2011-12-31 people 100\n a 2012-12-30 poor 5\n b 2011-12-31 people 9"),
        TOWN,
        indicator(max_gap_days=gap),
    )
    if is_matched:
        assert shown(of("a", result.frame), "period_end denominator_end value") == ["2012-12-30 2011-12-31 5"]
    else:
        assert result.unavailable == {"share": NO_COMMON_PERIOD}
        assert result.frame.empty


def test_the_nearest_date_is_taken_and_of_two_the_earlier():
    rows = frame(
        """
        area  period      measure  value
        a     2010-12-31  people   100
        a     2011-12-31  people   200
        a     2012-12-29  people   400
        a     2011-03-01  poor     10
        a     2012-06-30  poor     20
        a     2012-12-29  poor     40
        """,
        indicator(max_gap_days=366),
    )
    assert shown(of("a", rows), "period_end denominator_end value") == [
        "2011-03-01 2010-12-31 10",
        "2012-06-30 2011-12-31 10",  # 182 days both ways
        "2012-12-29 2012-12-29 10",
    ]


def test_all_areas_are_measured_against_the_same_date():
    """Else the areas could not be compared, nor be added to the town."""
    rows = frame(
        """
        area  period      measure  value
        a     2011-12-31  people   100
        b     2011-12-31  people   100
        a     2012-12-31  people   200
        b     2012-12-31  people   -
        a     2012-12-31  poor     10
        b     2012-12-31  poor     10
        """,
        indicator(max_gap_days=366),
    )
    assert shown(rows, "area denominator_end value") == ["0 2012-12-31 -", "a 2012-12-31 5", "b 2012-12-31 -"]


def test_a_school_year_may_have_a_stock_as_its_denominator():
    rows = frame(
        "area period measure value\n a 2011-12-31 people 80\n a 2011/12 leavers 20",
        indicator(kind="rate", unit="per_100", numerator={"measure": "leavers"}, max_gap_days=214),
    )
    assert shown(of("a", rows), "period_kind period_start period_end denominator_end value") == [
        "school_year 2011-08-01 2012-07-31 2011-12-31 25"
    ]


def test_of_two_spans_that_end_on_one_day_the_alike_one_is_taken():
    text = "area period measure value\n a 2009-01-01/2011-12-31 births 30\n a 2011 births 12\n a 2011 deaths 3"
    rows = frame(text, indicator(kind="ratio", numerator={"measure": "deaths"}, denominator={"measure": "births"}))
    assert shown(of("a", rows), "value") == ["25"]


def test_a_date_for_which_no_area_has_both_is_left_out():
    rows = frame(
        """
        area  period      measure  value
        a     2011-12-31  people   100
        a     2011-12-31  poor     10
        a     2012-12-31  people   100
        a     2013-12-31  poor     10
        a     2014-12-31  people   -
        a     2014-12-31  poor     10
        """
    )
    assert set(rows["period_end"]) == {pd.Timestamp("2011-12-31")}


def test_an_area_of_before_a_reform_has_no_rows_after_it():
    town = tree(
        """
        area  level    parent  valid_from  valid_to
        0     town     .       .           .
        1     quarter  0       .           2011-12-31
        2     quarter  0       2012-01-01  .
        """
    )
    rows = frame(
        """
        area  period      measure  value
        1     2011-12-31  people   100
        1     2011-12-31  poor     10
        2     2012-12-31  people   50
        2     2012-12-31  poor     10
        """,
        town=town,
    )
    assert shown(rows, "area period_end value") == [
        "0 2011-12-31 10",
        "0 2012-12-31 20",
        "1 2011-12-31 10",
        "2 2012-12-31 20",
    ]


@pytest.mark.parametrize(
    ("end", "segment"), [("2011-07-31", 0), ("2011-08-01", 1), ("2011-12-31", 1), ("2014-01-01", 2)]
)
def test_a_series_is_divided_at_its_breaks(end, segment):
    breaks = [
        {"date": date, "note": {"de": "neu", "en": "new"}, "review": "open"} for date in ("2011-08-01", "2014-01-01")
    ]
    rows = frame(f"area period measure value\n a {end} people 9\n a {end} poor 1", indicator(breaks=breaks))
    assert set(rows["segment"]) == {segment}


# --------------------------------------------------------------------------------------------------- what is not there


def test_reasons_why_an_indicator_is_not_available():
    result = computed(
        counts("area age value\n a 0-64 80\n a 65+ 20"),
        TOWN,
        indicator("old", numerator={"measure": "people", "age": "65+"}),
        indicator("poor"),
        indicator("very_old", numerator={"measure": "people", "age": "80+"}),
        indicator("both_do_not_fit", numerator={"measure": "people", "age": "80+"}, denominator={"measure": "people", "age": "70+"}),
    )  # fmt: skip
    assert result.unavailable == {
        "poor": NOT_DELIVERED,
        "very_old": AGES_DO_NOT_FIT,
        "both_do_not_fit": AGES_DO_NOT_FIT,
    }
    assert set(result.frame["indicator"]) == {"old"}


def test_a_frame_without_rows_has_all_columns_with_their_types():
    empty, full = frame("area value\n a 1"), frame("area measure value\n a people 9\n a poor 1")
    assert empty.empty
    assert list(empty) == list(full)
    assert [empty[name].dtype for name in ("period_end", "value", "rank")] == [
        full[name].dtype for name in ("period_end", "value", "rank")
    ]


# --------------------------------------------------------------------------------------------------------- positions

SIX = tree("area level parent\n 0 town .\n" + "\n".join(f"{area} quarter 0" for area in "abcdef"))


def test_positions_among_the_areas_of_a_level():
    rows = frame(
        "area measure value\n"
        + "\n".join(
            f"{area} people 100\n{area} poor {poor}"
            for area, poor in zip("abcdef", ["10", "20", "20", "40", "5", "-"], strict=True)
        ),
        town=SIX,
    )
    assert shown(rows, "area value level_mean level_min level_max level_areas rank quintile") == [
        "0 - . . . 0 . .",
        "a 10 19 5 40 5 4 2",
        "b 20 19 5 40 5 2.5 3",
        "c 20 19 5 40 5 2.5 3",
        "d 40 19 5 40 5 1 5",
        "e 5 19 5 40 5 5 1",
        "f - 19 5 40 5 . .",
    ]


def test_positions_are_those_of_one_date_and_one_indicator():
    rows = frame(
        """
        area  period      measure  value
        a     2011-12-31  people   100
        b     2011-12-31  people   100
        a     2011-12-31  poor     10
        b     2011-12-31  poor     20
        a     2013-12-31  people   100
        b     2013-12-31  people   100
        a     2013-12-31  poor     40
        b     2013-12-31  poor     30
        """,
        indicator(),
        indicator("people", **COUNT),
    )
    assert shown(of("a", rows), "indicator period_end value town_value rank") == [
        "people 2011-12-31 100 200 1.5",
        "people 2013-12-31 100 200 1.5",
        "share 2011-12-31 10 15 2",
        "share 2013-12-31 40 35 1",
    ]


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), min_size=6, max_size=6), st.randoms())
@settings(deadline=None, max_examples=12)
def test_the_order_of_the_deliveries_does_not_matter(pairs, random):
    text = "area measure value\n" + "\n".join(
        f"{a} people {n}\n{a} poor {min(n, x)}" for a, (n, x) in zip("abcdef", pairs, strict=True)
    )
    delivered = counts(text)
    order = list(delivered.index)
    random.shuffle(order)
    pd.testing.assert_frame_equal(computed(delivered, SIX).frame, computed(delivered.loc[order], SIX).frame)


def test_a_category_that_is_not_used_makes_no_rows():
    delivered = counts("area measure value\n a people 9\n a poor 1")
    delivered["measure"] = pd.Categorical(delivered["measure"], categories=["people", "poor", "dogs"])
    delivered["period_kind"] = pd.Categorical(delivered["period_kind"], categories=["flow", "stock"])
    delivered["status"] = pd.Categorical(delivered["status"], categories=["number", "suppressed"])
    assert shown(of("a", computed(delivered, TOWN).frame), "value") == ["11.1111"]
    assert computed(delivered, TOWN, indicator(numerator={"measure": "dogs"})).unavailable == {"share": NOT_DELIVERED}


# ------------------------------------------------------------------------------------------------------------- bundles


def test_people_counted_in_households_have_wider_intervals():
    text = "area measure value\n a people 100\n a poor 10"
    alone, bundled = (frame(text, indicator(bundled=kind)) for kind in (None, "household"))
    assert shown(of("a", alone), "value lower upper", 2) == ["10 5.52 17.44"]
    assert shown(of("a", bundled), "value lower upper", 2) == ["10 3.96 23.05"]


def test_intervals_of_children_in_households_hold_what_they_promise():
    """Children come and go by households of 1 to 4; the plain interval misses the true share far too often."""
    random = np.random.default_rng(2026)
    sizes, weights, share, towns, households = np.array([1, 2, 3, 4]), [0.45, 0.33, 0.15, 0.07], 0.2, 2_000, 150
    size = random.choice(sizes, p=weights, size=(towns, households))
    poor = (size * (random.random(size.shape) < share)).sum(axis=1)
    children = size.sum(axis=1)

    def coverage(design_effect: float) -> float:
        lower, upper = statistics.wilson_interval(poor / design_effect, children / design_effect)
        return float(np.mean((lower <= share) & (share <= upper)))

    assert coverage(1.0) < 0.83
    assert 0.93 < coverage(HOUSEHOLD_DESIGN_EFFECT) < 0.98


# -------------------------------------------------------------------------------------------------------- Musterstadt


def test_all_indicators_of_the_catalogue_can_be_computed(musterstadt):
    result = compute(musterstadt.counts, musterstadt.areas, musterstadt.catalogue)
    assert result.unavailable == {}
    assert list(result.frame)[-len(POSITION_COLUMNS) :] == POSITION_COLUMNS


def test_indicators_of_a_target_group_come_in_reading_order(musterstadt):
    group = musterstadt.catalogue.target_group("disability")
    rows = musterstadt.indicators(group.id, level="stadt")
    assert list(dict.fromkeys(rows["indicator"])) == list(group.indicators)
    assert set(rows["area"]) == {musterstadt.areas.root}
