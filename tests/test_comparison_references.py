"""What an area is compared with: the rest of the town or of its part, areas alike, the mean; and with what certainty."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sozialanalyse.catalogue import Catalogue
from sozialanalyse.comparison import compare, expected_changes, similar_areas
from sozialanalyse.errors import DataError, UsageError
from sozialanalyse.statistics import difference_interval, wilson_interval
from tests.tables import COUNT, computed, counts, indicator, indicator_frame, shown, tree
from tests.two_parts import two_parts

TOWN = two_parts("11", "12", "21", "22")

DELIVERED = """
    area  measure  value
    11    people   400
    12    people   600
    21    people   500
    22    people   500
    11    poor     120
    12    poor     60
    21    poor     {}
    22    poor     50
"""

WORSE = indicator(direction="higher_is_worse")


ALL_KNOWN = DELIVERED.format(50)


def compared(text=ALL_KNOWN, entry=WORSE, level="quarter", **given):
    frame = computed(counts(text), TOWN, entry).frame
    return compare(frame, TOWN, level=level, catalogue=Catalogue(indicators=(entry,)), **given).areas


def test_the_rest_of_the_town_is_without_the_area():
    """11 has 30 %; the others 160 of 1,600, which is 10 %: three times as much, 20 points more."""
    first = compared().iloc[0]
    assert first[["value", "reference_value", "difference", "ratio"]].tolist() == pytest.approx([30, 10, 20, 3])
    limits = [(share, *wilson_interval(x, n)) for share, x, n in ((0.1, 160, 1600), (0.3, 120, 400))]
    expected = [100 * float(part) for part in difference_interval(*limits)]
    assert first[["difference", "difference_lower", "difference_upper"]].tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("against", "values"),
    [
        ("town", ["10", "15.7", "15.3", "15.3"]),
        ("parent", ["10", "30", "10", "10"]),
        ("mean", ["10", "16.7", "16.7", "16.7"]),
    ],
)
def test_each_reference_leaves_the_area_out(against, values):
    assert shown(compared(against=against), "reference_value", 1) == values


@pytest.mark.parametrize(
    ("direction", "judgements"),
    [
        ("higher_is_worse", ["worse", "better", "better", "better"]),
        ("higher_is_better", ["better", "worse", "worse", "worse"]),
        ("neutral", ["", "", "", ""]),
    ],
)
def test_judgements_follow_the_direction_and_neutral_indicators_have_none(direction, judgements):
    areas = compared(entry=indicator(direction=direction))
    assert areas["relation"].tolist() == ["above", "below", "below", "below"]
    assert areas["judgement"].tolist() == judgements


def test_against_the_rest_of_the_part_the_interval_of_the_difference_decides():
    assert compared(against="parent")["relation"].tolist() == ["above", "below", "around", "around"]
    assert compared(against="parent")["judgement"].tolist() == ["worse", "better", "similar", "similar"]


def test_a_part_that_is_one_quarter_has_no_rest():
    alone = tree("area level parent\n 0 town .\n 1 part 0\n 11 quarter 1\n 2 part 0\n 21 quarter 2", TOWN.levels)
    delivered = "area measure value\n 11 people 400\n 11 poor 120\n 21 people 500\n 21 poor 50"
    frame = computed(counts(delivered), alone, WORSE).frame
    areas = compare(frame, alone, level="quarter", against="parent", catalogue=Catalogue(indicators=(WORSE,))).areas
    assert shown(areas, "reference_value relation judgement") == [". unknown ", ". unknown "]


def test_rank_sets_hold_the_rank_and_those_that_cannot_be_told_apart():
    assert shown(compared(), "area rank rank_lower rank_upper") == ["11 1 1 1", "12 3 2 4", "21 3 2 4", "22 3 2 4"]


def test_rounding_widens_the_rank_sets():
    text = "area measure value\n" + "\n".join(
        f"{a} people 900\n{a} poor {{}}{x}" for a, x in zip(("11", "12", "21", "22"), (5, 20, 20, 20), strict=True)
    )
    exact, rounded = (compared(text.replace("{}", sign)) for sign in ("", "~"))
    assert shown(exact, "rank_lower rank_upper") == ["4 4", "1 3", "1 3", "1 3"]
    assert shown(rounded, "rank_lower rank_upper") == ["1 4", "1 4", "1 4", "1 4"]


def test_smoothed_values_lie_between_the_value_and_the_common_rate():
    areas = compared()
    common = 100 * 280 / 2000
    between = (areas["smoothed"] - areas["value"]) * (areas["smoothed"] - common)
    assert (between <= 0).all()
    assert (areas["smoothed_lower"] < areas["smoothed"]).all()
    assert areas["rank"].tolist() == areas["value"].rank(ascending=False).tolist()


def test_the_funnel_is_widened_where_areas_differ():
    """Of ten areas alike but one the funnel is that of chance; where all differ, none lies outside."""
    ten = tree("area level parent\n 0 town .\n" + "\n".join(f"{area} quarter 0" for area in "abcdefghij"))
    for numbers, outside in (([20] * 9 + [60], [0] * 9 + [2]), ([5, 60, 10, 50, 20, 40, 30, 8, 45, 25], [0] * 10)):
        text = "\n".join(f"{a} people 200\n{a} poor {x}" for a, x in zip("abcdefghij", numbers, strict=True))
        frame = computed(counts(f"area measure value\n{text}"), ten, WORSE).frame
        areas = compare(frame, ten, level="quarter", catalogue=Catalogue(indicators=(WORSE,))).areas
        assert areas["funnel"].tolist() == outside


def test_one_hidden_area_leaves_funnel_rank_sets_and_smoothing_of_all_unsaid():
    """Hidden are 1 to 9 of 500, fewer than anywhere: the places of the others are certain, what is expected of them is not."""
    areas = compared(DELIVERED.format("*"))
    assert shown(areas, "area rank") == ["11 1", "12 2.5", "21 .", "22 2.5"]
    for name in ("rank_lower", "rank_upper", "funnel", "smoothed"):
        assert areas[name].isna().all(), name


def test_a_hidden_area_makes_unknown_what_it_is_part_of_and_no_more():
    areas = compared(DELIVERED.format("*"), against="parent")
    assert areas["relation"].tolist() == ["above", "below", "unknown", "unknown"]
    assert set(compared(DELIVERED.format("*"), against="mean")["relation"]) == {"unknown"}


def test_a_delivered_whole_tells_of_the_others_though_one_is_hidden():
    text = DELIVERED.format("*") + "    0     poor     235\n    0     people   2000\n"
    assert shown(compared(text), "area reference_value relation", 1) == [
        "11 7.2 above",
        "12 12.5 around",
        "21 . unknown",
        "22 12.3 around",
    ]


def test_counts_have_only_the_mean_of_the_others():
    areas = compared(entry=indicator(**COUNT), against="mean")
    assert shown(areas, "area value reference_value difference relation judgement") == [
        "11 400 533.3333 -133.3333 unknown ",
        "12 600 466.6667 133.3333 unknown ",
        "21 500 500 0 unknown ",
        "22 500 500 0 unknown ",
    ]
    assert compared(entry=indicator(**COUNT))["reference_value"].isna().all()


def test_ratios_have_a_difference_without_interval():
    areas = compared(entry=indicator(kind="ratio"))
    assert shown(areas, "reference_value difference difference_lower rank_lower relation", 1)[0] == "10 20 . . unknown"


def test_people_counted_in_households_have_wider_intervals_and_rank_sets():
    single, bundled = (compared(entry=indicator(bundled=bundled)) for bundled in (None, "household"))
    width = [areas["difference_upper"] - areas["difference_lower"] for areas in (single, bundled)]
    assert (width[1] / width[0]).between(1.45, 1.65).all()  # about the root of 2.5
    assert (
        (bundled["smoothed_upper"] - bundled["smoothed_lower"])
        .gt(single["smoothed_upper"] - single["smoothed_lower"])
        .all()
    )


def test_another_reference_needs_a_catalogue():
    frame = computed(counts(ALL_KNOWN), TOWN, WORSE).frame
    with pytest.raises(UsageError, match="give one"):
        compare(frame, TOWN, level="quarter", against="parent")
    with pytest.raises(UsageError, match="unknown reference 'sibling'"):
        compare(frame, TOWN, level="quarter", against="sibling")


# ---------------------------------------------------------------------------------------------------- similar areas

SEVEN = tree("area level parent\n 0 town .\n" + "\n".join(f"{area} quarter 0" for area in "abcdefg"))
AGES = [10, 11, 12, 13, 14, 15, 40]


def seven(hidden=""):
    rows = [f"{a} 2011-12-31 age {x} {100 * x} 10000" for a, x in zip("abcdefg", AGES, strict=True)]
    rows += [f"{a} 2011-12-31 share {x} {x} 100" for a, x in zip("abcdefg", [20, 20, 20, 20, 20, 20, 60], strict=True)]
    text = "area end indicator value numerator denominator\n" + "\n".join(rows)
    frame = indicator_frame(text, SEVEN)
    return frame.assign(
        status=frame["status"].mask(frame["area"].eq(hidden) & frame["indicator"].eq("age"), "suppressed")
    )


def test_the_nearest_by_context_are_taken_and_never_the_area_itself():
    found = similar_areas(seven(), SEVEN, level="quarter", context=["age"])
    assert found.areas_of("a") == ["b", "c", "d", "e", "f"]
    assert found.areas_of("d") == ["c", "e", "b", "f", "a"]
    assert found.areas_of("g") == ["f", "e", "d", "c", "b"]


def test_an_area_is_compared_with_those_alike():
    entries = Catalogue(indicators=(indicator(direction="higher_is_worse"), indicator("age")))
    found = similar_areas(seven(), SEVEN, level="quarter", context=["age"])
    areas = compare(seven(), SEVEN, level="quarter", catalogue=entries, against=found).areas
    share = areas[areas["indicator"] == "share"].set_index("area")
    assert share.loc["g", ["reference", "reference_value", "difference"]].tolist() == ["similar", 20, 40]
    assert share.loc["a", "reference_value"] == pytest.approx(20)
    assert areas.loc[areas["indicator"] == "age", "reference_value"].isna().all(), "alike by choice"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"context": ["age"], "count": 4}, "at least 5"),
        ({"context": ["age"], "count": 7}, "there are 7 areas"),
        ({"context": []}, "name the indicators"),
        ({"context": ["agee"]}, "unknown indicator 'agee'"),
    ],
)
def test_what_is_no_choice_of_similar_areas_is_refused(given, message):
    with pytest.raises(UsageError, match=message):
        similar_areas(seven(), SEVEN, level="quarter", **given)


def test_a_hidden_context_value_is_refused_with_its_area():
    with pytest.raises(DataError, match="area c: 'age' is confidential"):
        similar_areas(seven("c"), SEVEN, level="quarter", context=["age"])


# ------------------------------------------------------------------------------------------- regression to the mean


def two_dates(first, last, end="2013-12-31"):
    rows = [f"{a} {date} {measure} {value}"
            for date, poor in (("2011-12-31", first), (end, last))
            for a, x in zip("abcdefg", poor, strict=True)
            for measure, value in (("people", 100), ("poor", x))]  # fmt: skip
    return computed(counts("area period measure value\n" + "\n".join(rows)), SEVEN).frame


def test_the_highest_is_expected_to_fall_and_the_lowest_to_rise():
    frame = two_dates([5, 8, 10, 10, 12, 15, 24], [10, 10, 10, 10, 10, 10, 24])
    rows = expected_changes(frame, SEVEN, level="quarter", catalogue=Catalogue(indicators=(indicator(),)))
    assert rows["area"].tolist() == list("abcdefg")
    assert rows["expected_change"].iloc[0] > 0 > rows["expected_change"].iloc[-1]
    assert rows["expected_change"].is_monotonic_decreasing
    assert rows["change"].tolist() == [5, 2, 0, 0, -2, -5, 0]
    assert not rows["beyond"].any()


def test_nothing_is_expected_where_a_first_value_is_hidden():
    frame = two_dates([5, "*", 10, 10, 12, 15, 24], [10] * 7)
    assert expected_changes(frame, SEVEN, level="quarter", catalogue=Catalogue(indicators=(indicator(),))).empty


def test_the_callers_frame_stays_as_it_is():
    frame = seven()
    before = frame.copy()
    compare(frame, SEVEN, level="quarter", catalogue=Catalogue(indicators=(indicator(), indicator("age"))))
    pd.testing.assert_frame_equal(frame, before)


def test_without_rows_the_columns_are_there_all_the_same():
    empty = computed(counts("area value\n 11 1"), TOWN).frame
    compared_ = compare(empty, TOWN, level="quarter", catalogue=Catalogue(indicators=(indicator(),)))
    assert len(compared_.areas) == 0
    assert "judgement" in compared_.areas
    assert np.isfinite(len(compared_.summary))
