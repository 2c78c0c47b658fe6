"""Comparison: areas beside each other at one date, in the order of their ids."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from sozialanalyse.comparison import compare
from sozialanalyse.errors import UsageError
from tests.tables import computed, counts, indicator, indicator_frame, shown
from tests.two_parts import two_parts

TOWN = two_parts("11", "12", "21")

DELIVERED = """
    area  period      measure  value
    11    2011-12-31  people   1000
    12    2011-12-31  people   100
    21    2011-12-31  people   900
    11    2011-12-31  poor     50
    12    2011-12-31  poor     10
    21    2011-12-31  poor     240
    11    2013-12-31  people   1000
    12    2013-12-31  people   100
    21    2013-12-31  people   900
    11    2013-12-31  poor     60
    12    2013-12-31  poor     20
    21    2013-12-31  poor     -
"""


@pytest.fixture
def frame():
    return computed(counts(DELIVERED), TOWN).frame


def test_areas_are_compared_at_the_last_date_with_values(frame):
    compared = compare(frame, TOWN, level="quarter")
    assert shown(compared.areas, "area period_end value town_value relation") == [
        "11 2013-12-31 6 . unknown",
        "12 2013-12-31 20 . unknown",
        "21 2013-12-31 - . unknown",
    ]


def test_at_a_date_with_the_interval_to_the_towns_value(frame):
    compared = compare(frame, TOWN, level="quarter", date="2011-12-31")
    assert shown(compared.areas, "area value lower upper town_value relation rank", 1) == [
        "11 5 3.8 6.5 15 below 3",
        "12 10 5.5 17.4 15 around 2",
        "21 26.7 23.9 29.7 15 above 1",
    ]
    columns = "value mean minimum maximum areas areas_in_level above below around numerator denominator"
    assert shown(compared.summary, columns, 1) == ["15 13.9 5 26.7 3 3 1 1 1 300 2000"]


def test_a_date_may_be_a_date(frame):
    given = [compare(frame, TOWN, level="part", date=date).areas for date in ("2011-12-31", dt.date(2011, 12, 31))]
    pd.testing.assert_frame_equal(*given)


def test_within_an_area_the_value_from_sums_stands_beside_the_mean_of_the_areas(frame):
    """60 of 1100 people are 5.5 %; the mean of 5 % and 10 % is 7.5 %. The town's value stays the town's."""
    compared = compare(frame, TOWN, level="quarter", within="1", date="2011-12-31")
    assert shown(compared.areas, "area rank level_areas level_mean") == ["11 2 2 7.5", "12 1 2 7.5"]
    assert shown(compared.summary, "value mean areas town_value", 1) == ["5.5 7.5 2 15"]


def test_missing_areas_are_counted(frame):
    summary = compare(frame, TOWN, level="quarter", date="2013-12-31").summary
    assert shown(summary, "value mean areas areas_in_level above below around status") == ["- 13 2 3 0 0 0 missing"]


def test_the_level_may_be_the_town(frame):
    compared = compare(frame, TOWN, level="town", date="2011-12-31")
    assert shown(compared.areas, "area value relation rank") == ["0 15 around 1"]


def test_the_towns_value_is_known_though_only_one_level_is_given(frame):
    quarters = frame[frame["level"] == "quarter"]
    compared = compare(quarters, TOWN, level="quarter", date="2011-12-31")
    assert compared.areas["town_value"].tolist() == [15, 15, 15]
    assert compared.summary["value"].isna().all()


def test_each_indicator_at_its_own_last_date():
    frame = indicator_frame(
        """
        area  end         indicator  value
        11    2011-12-31  x          1
        12    2011-12-31  x          2
        11    2013-12-31  x          .
        11    2013-12-31  y          4
        12    2013-12-31  y          3
        """,
        TOWN,
    )
    compared = compare(frame, TOWN, level="quarter")
    assert shown(compared.areas, "indicator area period_end value") == [
        "x 11 2011-12-31 1",
        "x 12 2011-12-31 2",
        "y 11 2013-12-31 4",
        "y 12 2013-12-31 3",
    ]
    assert shown(compared.summary, "indicator mean minimum maximum") == ["x 1.5 1 2", "y 3.5 3 4"]


def test_one_row_an_area_though_two_spans_end_on_one_day():
    frame = indicator_frame(
        """
        area  start       end         value
        11    2009-01-01  2011-12-31  30
        11    2011-01-01  2011-12-31  10
        12    2011-01-01  2011-12-31  20
        """,
        TOWN,
    )
    for date in (None, "2011-12-31"):
        assert shown(compare(frame, TOWN, level="quarter", date=date).areas, "area value") == ["11 10", "12 20"]


def test_limits_on_the_towns_value_are_not_clear():
    frame = indicator_frame(
        """
        area  end         value  lower  upper
        0     2011-12-31  10     9      11
        11    2011-12-31  12     10     14
        12    2011-12-31  12     10.01  14
        21    2011-12-31  8      6      9.99
        """,
        TOWN,
    )
    assert compare(frame, TOWN, level="quarter").areas["relation"].tolist() == ["around", "above", "below"]


def test_ratios_have_no_relation():
    rows = computed(counts(DELIVERED), TOWN, indicator(kind="ratio")).frame
    compared = compare(rows, TOWN, level="quarter", date="2011-12-31")
    assert set(compared.areas["relation"]) == {"unknown"}


@pytest.mark.parametrize("given", [{"date": "2012-12-31"}, {"within": "2", "level": "town"}])
def test_where_there_is_nothing_to_compare_the_tables_are_empty(frame, given):
    compared = compare(frame, TOWN, **{"level": "quarter"} | given)
    assert (len(compared.areas), len(compared.summary)) == (0, 0)
    assert {"relation", "rank"} <= set(compared.areas)
    assert {"indicator", "mean", "areas", "value"} <= set(compared.summary)


def test_a_frame_without_rows_gives_empty_tables():
    compared = compare(computed(counts("area value\n 11 1"), TOWN).frame, TOWN, level="quarter")
    assert (len(compared.areas), len(compared.summary)) == (0, 0)


def test_unknown_names_are_refused(frame):
    with pytest.raises(UsageError, match="unknown level 'quartier'"):
        compare(frame, TOWN, level="quartier")
    with pytest.raises(UsageError, match="unknown area '3'"):
        compare(frame, TOWN, level="quarter", within="3")


def test_the_callers_frame_stays_as_it_is(frame):
    before = frame.copy()
    compare(frame, TOWN, level="quarter")
    pd.testing.assert_frame_equal(frame, before)
