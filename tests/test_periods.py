"""Periods and ages, as they stand in files."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.periods import OPEN_AGE, PERIOD_KINDS, Period, parse_ages, parse_period


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        ("2011-12-31", "stock", "2011-12-31", "2011-12-31"),
        (" 2011-12-31 ", "stock", "2011-12-31", "2011-12-31"),
        ("2012-02-29", "stock", "2012-02-29", "2012-02-29"),
        ("2011", "flow", "2011-01-01", "2011-12-31"),
        ("2011/12", "school_year", "2011-08-01", "2012-07-31"),
        ("1999/00", "school_year", "1999-08-01", "2000-07-31"),
        ("2011/12", "flow", "2011-08-01", "2012-07-31"),
        ("2010-04-01/2011-03-31", "flow", "2010-04-01", "2011-03-31"),
        ("2008-03-01/2009-02-28", "flow", "2008-03-01", "2009-02-28"),
        ("2009-01-01/2011-12-31", "window", "2009-01-01", "2011-12-31"),
        ("2011-08-01/2012-07-31", "school_year", "2011-08-01", "2012-07-31"),
    ],
)
def test_periods(text, kind, start, end):
    assert parse_period(text, kind) == Period(dt.date.fromisoformat(start), dt.date.fromisoformat(end), kind)


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("2011", "stock", "'2011' is a span; a stock needs its reference date, for example 2011-12-31"),
        ("2011/12", "stock", "a stock needs its reference date, for example 2012-07-31"),
        ("2011-12-31", "flow", "'2011-12-31' is one day; a flow needs a span, for example 2011"),
        ("2011-01-01/2011-12-30", "flow", "is not twelve months; a rate of a flow is one of a year"),
        ("2011-01-01/2012-01-01", "flow", "is not twelve months; a rate of a flow is one of a year"),
        ("2009-01-01/2011-12-31", "flow", "is not twelve months; a rate of a flow is one of a year"),
        ("2011", "school_year", "'2011' is a calendar year; a school year is written 2011/12"),
        ("1999", "school_year", "a school year is written 1999/00"),
        ("2011/13", "school_year", "'2011/13' is no period; write 2011-12-31, 2011, 2011/12 or"),
        ("2011/11", "school_year", "is no period"),
        ("2011-02-29", "stock", "day"),
        ("2011-13-01", "stock", "month"),
        ("2011-12-31/2011-01-01", "flow", "ends on 2011-01-01, before it starts"),
        ("31.12.2011", "stock", "is no period"),
        ("11", "flow", "is no period"),
        ("2011 ff.", "flow", "is no period"),
        ("٢٠١١", "flow", "is no period"),
        ("", "stock", "is no period"),
    ],
)
def test_what_is_no_period(text, kind, message):
    with pytest.raises(ValueError, match=r"\S") as error:
        parse_period(text, kind)
    assert message in str(error.value)


def test_periods_are_in_the_order_of_time():
    days = [dt.date(2011, 1, 1), dt.date(2011, 6, 30), dt.date(2011, 12, 31)]
    assert Period(days[0], days[1], "flow") < Period(days[0], days[2], "flow") < Period(days[1], days[2], "flow")


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)), st.sampled_from(PERIOD_KINDS))
def test_a_stock_is_one_day_and_nothing_else_is(day, kind):
    if kind == "stock":
        period = parse_period(day.isoformat(), kind)
        assert period.start == period.end == day
    else:
        with pytest.raises(ValueError, match="is one day"):
            parse_period(day.isoformat(), kind)


@given(st.integers(1900, 2098))
def test_school_years_follow_each_other_without_a_gap(year):
    this, following = (parse_period(f"{y}/{(y + 1) % 100:02}", "school_year") for y in (year, year + 1))
    assert following.start - this.end == dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("", (0, OPEN_AGE)),
        ("0+", (0, OPEN_AGE)),
        ("0-4", (0, 4)),
        (" 0-4 ", (0, 4)),
        ("00-04", (0, 4)),
        ("85+", (85, OPEN_AGE)),
        ("7", (7, 7)),
        ("7-7", (7, 7)),
        ("100+", (100, OPEN_AGE)),
    ],
)
def test_ages(text, ages):
    assert parse_ages(text) == ages


@pytest.mark.parametrize("text", ["5-4", "unter 5", "0–4", "-4", "5-", "+", "0-4-9", "1000", "65 +", "²"])
def test_what_is_no_age_group(text):
    with pytest.raises(ValueError, match="is no age group; write 0-4, 85"):
        parse_ages(text)
