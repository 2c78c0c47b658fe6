"""Trends: what a series of few and irregular dates can carry."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialanalyse.trends import development, deviating, years
from tests.tables import computed, counts, indicator_frame, shown, tree

TOWN = tree("area level parent\n 0 town .\n a quarter 0\n b quarter 0\n c quarter 0\n d quarter 0")

YEARLY = ["2007", "2008", "2009", "2010", "2011", "2012", "2013", "2014"]


def series(values: str, ends=YEARLY, **columns: str) -> pd.DataFrame:
    """Make the indicator frame of area a; a year stands for its last day."""
    further = [column.split() for column in columns.values()]
    rows = [
        " ".join(["a", end if "-" in end else f"{end}-12-31", *cells])
        for end, *cells in zip(ends, values.split(), *further, strict=False)
    ]
    return indicator_frame("\n".join([f"area end value {' '.join(columns)}", *rows]), TOWN, period_kind="flow")


def developed(values: str, ends=YEARLY, **columns: str) -> pd.Series:
    result = development(series(values, ends, **columns))
    assert len(result) == 1
    return result.iloc[0]


# ----------------------------------------------------------------------------------------------- how many dates there are


@pytest.mark.parametrize(
    ("values", "method", "finding"),
    [
        ("1", "one_date", "one_date"),
        ("1 2", "two_dates", "untested"),  # without intervals
        ("1 2 3 4", "two_dates", "untested"),
        ("1 2 3 4 5", "mann_kendall", "rising"),
        ("5 4 3 2 1", "mann_kendall", "falling"),
        ("1 2 3 5 4", "mann_kendall", "no_clear_trend"),
        ("3 3 3 3 3", "mann_kendall", "no_clear_trend"),
        (". 1 2 3 4", "two_dates", "untested"),  # a missing value is no point
    ],
)
def test_a_trend_is_tested_from_five_dates_on(values, method, finding):
    row = developed(values)
    assert (row["method"], row["finding"]) == (method, finding)
    assert np.isnan(row["p_value"]) == (method != "mann_kendall")
    assert np.isnan(row["slope"]) == (method != "mann_kendall")


def test_five_rising_dates():
    row = developed("4.1 4.3 4.4 4.9 5.2", ["2007", "2009", "2011", "2013", "2014"])
    assert row["points"] == 5
    assert (row["first_value"], row["last_value"]) == (4.1, 5.2)
    assert f"{row['first_end']:%Y} {row['last_end']:%Y}" == "2007 2014"
    assert round(row["change"], 10) == 1.1
    assert round(row["p_value"], 4) == 0.0167  # 2 of 120 orders
    assert round(row["slope"], 3) == 0.154


@pytest.mark.parametrize(
    ("lower", "upper", "finding"),
    [
        ("8 12", "12 18", "higher"),
        ("8 9", "13 18", "no_clear_difference"),
        ("8 2", "12 6", "lower"),
    ],
)
def test_two_dates_are_compared_with_their_intervals(lower, upper, finding):
    values = {"higher": "10 15", "no_clear_difference": "10 13", "lower": "10 4"}[finding]
    row = developed(values, lower=lower, upper=upper)
    assert (row["method"], row["finding"]) == ("two_dates", finding)


def test_the_change_of_two_dates_has_newcombes_interval():
    """Lower limit 10 - sqrt((20 - 16)² + (13 - 10)²) = 5, upper limit 10 + sqrt((26 - 20)² + (10 - 2)²) = 20."""
    row = developed("10 20", lower="2 16", upper="13 26")
    assert (row["change"], row["change_lower"], row["change_upper"]) == (10, 5, 20)


def test_limits_of_another_date_are_never_borrowed():
    """The last date has no interval: it is not that of the date before."""
    row = developed("10 15 20", lower="9 14 .", upper="11 16 .")
    assert row["finding"] == "untested"
    assert np.isnan(row["change_lower"])


# ----------------------------------------------------------------------------------------------------- confidential values

COMPUTED = ["p_value", "slope", "slope_lower", "slope_upper", "change", "change_lower", "change_upper"]


@pytest.mark.parametrize(
    ("values", "points"),
    [
        (". 2 3 4 5 6 7", 6),  # the first is the smallest and confidential: nobody may call the others a steady rise
        ("1 2 3 4 5 6 .", 6),
        ("1 2 . 4 5 6 7", 6),
        ("1 .", 1),
        (". 1", 1),
        (". .", 0),
    ],
)
def test_a_series_with_confidential_values_is_not_tested(values, points):
    status = " ".join("suppressed" if value == "." else "number" for value in values.split())
    row = developed(values, status=status, lower=values, upper=values)
    assert (row["method"], row["finding"], row["points"]) == ("hidden", "hidden", points)
    assert row[COMPUTED].isna().all()
    assert "hidden" not in row.index


def test_a_series_with_gaps_alone_is_tested_as_before():
    row = developed("1 . 3 4 5 6", status="number missing number number number number")
    assert (row["method"], row["finding"], row["points"]) == ("mann_kendall", "rising", 5)


def test_confidential_values_before_a_break_do_not_matter():
    row = developed("1 . 1 2 3 4 5", segment="0 0 1 1 1 1 1", status="number suppressed" + " number" * 5)
    assert (row["finding"], row["broken"]) == ("rising", True)
    assert developed("1 2 .", segment="0 0 1", status="number number suppressed")["finding"] == "hidden"


def test_confidential_years_do_not_hide_the_windows_of_three_years():
    frame = indicator_frame(
        """
        area  start       end         value  status
        a     2007-01-01  2009-12-31  30     number
        a     2009-01-01  2009-12-31  .      suppressed
        a     2010-01-01  2012-12-31  20     number
        a     2012-01-01  2012-12-31  .      suppressed
        """,
        TOWN,
        period_kind="flow",
    )
    assert shown(development(frame), "points method first_value last_value") == ["2 two_dates 30 20"]


def test_one_confidential_series_does_not_touch_the_others():
    text = "area end value status\n a 2011-12-31 1 number\n b 2011-12-31 . suppressed\n c 2011-12-31 . missing"
    assert shown(development(indicator_frame(text, TOWN)), "area finding") == ["a one_date", "b hidden"]


# -------------------------------------------------------------------------------------------------------------- real time


def test_time_is_real_time_and_no_row_number():
    """The same values rise half as fast when they lie two years apart, and unequal gaps count with their length."""
    values = "1 2 3 4 5"
    slope = {ends: developed(values, ends.split())["slope"] for ends in (
        "2011 2012 2013 2014 2015", "2007 2009 2011 2013 2015", "2007 2009 2011 2013 2014",
    )}  # fmt: skip
    assert [round(value, 2) for value in slope.values()] == [1.0, 0.5, 0.5]
    assert developed("1 3 5 7 8", ["2007", "2009", "2011", "2013", "2014"])["slope"] == pytest.approx(1, abs=2e-3)


def test_years_as_numbers():
    dates = pd.Series(pd.to_datetime(["1970-01-01", "2011-12-31", "2012-12-31"])).astype("datetime64[s]")
    assert years(dates).round(3).tolist() == [0, 41.997, 42.999]


def test_rows_in_any_order():
    frame = series("1 2 3 5 4 6")
    pd.testing.assert_frame_equal(development(frame), development(frame.iloc[::-1]))


@given(st.lists(st.integers(0, 40), min_size=5, max_size=8), st.integers(1, 5))
@settings(deadline=None, max_examples=8)
def test_a_mirrored_series_develops_the_other_way_round(values, factor):
    text = " ".join(map(str, values))
    there = developed(text)
    back = developed(" ".join(str(-factor * value) for value in values))
    assert back["p_value"] == pytest.approx(there["p_value"])
    assert back["slope"] == pytest.approx(-factor * there["slope"], abs=1e-9)
    mirrored = {"rising": "falling", "falling": "rising"}
    assert back["finding"] == mirrored.get(there["finding"], there["finding"])


# ---------------------------------------------------------------------------------------- breaks and lengths of periods


def test_no_trend_crosses_a_break():
    row = developed("50 52 54 1 2 3 4 5", segment="0 0 0 1 1 1 1 1")
    assert (row["points"], row["first_value"], row["finding"], row["broken"]) == (5, 1, "rising", True)
    assert not developed("1 2 3 4 5", segment="1 1 1 1 1")["broken"]


def test_after_a_recent_break_there_are_few_dates():
    row = developed("1 2 3 4 5 9", segment="0 0 0 0 0 1")
    assert (row["method"], row["points"], row["broken"]) == ("one_date", 1, True)


def test_a_break_before_the_first_value_leaves_nothing_out():
    assert not developed(". 2 3 4 5 6", segment="0 1 1 1 1 1")["broken"]


def test_a_year_is_not_set_beside_three_years():
    """The window 2009-2011 ends on the same day as the year 2011."""
    frame = indicator_frame(
        """
        area  start       end         value
        a     2009-01-01  2011-12-31  30
        a     2010-01-01  2010-12-31  9
        a     2011-01-01  2011-12-31  10
        a     2012-01-01  2012-12-31  11
        """,
        TOWN,
        period_kind="flow",
    )
    row = development(frame).iloc[0]
    assert (row["points"], row["first_value"], row["last_value"]) == (3, 9, 11)


def test_leap_years_are_as_long_as_others():
    ends = ["2011", "2012", "2013"]
    rows = "\n".join(f"a {end}-01-01 {end}-12-31 {n}" for n, end in enumerate(ends))
    assert development(indicator_frame(f"area start end value\n{rows}", TOWN))["points"].tolist() == [3]


# ------------------------------------------------------------------------------------------------------- many, or nothing


def test_each_area_and_indicator_has_its_own_development():
    frame = indicator_frame(
        """
        area  end         indicator  value
        a     2011-12-31  x          1
        a     2012-12-31  x          2
        b     2011-12-31  x          7
        a     2011-12-31  y          .
        a     2012-12-31  y          5
        b     2012-12-31  y          .
        """,
        TOWN,
    )
    assert shown(development(frame), "indicator area points method") == [
        "x a 2 two_dates",
        "x b 1 one_date",
        "y a 1 one_date",
    ]


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(computed(counts("area value\n a 1"), TOWN).frame, id="no indicator at all"),
        pytest.param(series(". ."), id="no value"),
        pytest.param(series("1").iloc[:0], id="no row"),
    ],
)
def test_without_values_there_is_no_development(frame):
    result = development(frame)
    assert result.empty
    assert {"area", "method", "finding", "p_value"} <= set(result)
    assert deviating(frame, ["a"]).empty


# ------------------------------------------------------------------------------------------- areas that differ the most

FIVE = """
    area  end         value  lower  upper
    0     2011-12-31  10     9      11
    a     2011-12-31  14     8      20
    b     2011-12-31  13     12     14
    c     2011-12-31  10     7      13
    d     2011-12-31  7      6      8
"""


@pytest.mark.parametrize(("count", "chosen"), [(1, "b"), (2, "b d"), (3, "a b d"), (6, "a b c d")])
def test_areas_differ_by_what_their_interval_allows_to_say(count, chosen):
    """Area a is furthest away, but small; b and d differ as clearly, and the order is that of the ids."""
    picked = deviating(indicator_frame(FIVE, TOWN), list("abcd"), count)
    assert picked["area"].tolist() == chosen.split()


def test_only_the_areas_named_are_chosen_from():
    assert deviating(indicator_frame(FIVE, TOWN), ["c", "d"], 1)["area"].tolist() == ["d"]


def test_all_dates_of_the_chosen_areas_are_returned_in_order():
    text = FIVE + "    b  2007-12-31  99  98  100\n    a  2013-12-31  .  .  .\n"
    picked = deviating(indicator_frame(text, TOWN), list("abcd"), 1)
    assert shown(picked, "area period_end value") == ["b 2007-12-31 99", "b 2011-12-31 13"]


def test_where_the_towns_value_is_not_known_no_area_differs():
    frame = indicator_frame(FIVE.replace("0     2011-12-31  10 ", "0     2011-12-31  .  "), TOWN)
    assert deviating(frame, list("abcd")).empty


def test_counts_are_held_against_the_mean_of_their_level():
    """Against the town's 1000 people the smallest area would always differ the most."""
    frame = indicator_frame(
        """
        area  end         value
        0     2011-12-31  1000
        a     2011-12-31  100
        b     2011-12-31  200
        c     2011-12-31  200
        d     2011-12-31  500
        """,
        TOWN,
        denominator=np.nan,
    )
    assert deviating(frame, list("abcd"), 1)["area"].tolist() == ["d"]
