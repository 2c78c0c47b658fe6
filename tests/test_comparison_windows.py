"""Years of flows joined to windows: from counts, without overlap, with hidden years as bounds."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialanalyse.catalogue import Catalogue
from sozialanalyse.comparison import pool_years
from sozialanalyse.errors import UsageError
from sozialanalyse.statistics import rate_interval
from tests.tables import COUNT, computed, counts, indicator, shown, tree

TOWN = tree("area level parent\n 0 town .\n a quarter 0\n b quarter 0")
DEATHS = {"kind": "rate", "unit": "per_1000", "numerator": {"measure": "deaths"}, "max_gap_days": 0}


def years(deaths, first=2010, people=1000, **changes):
    """Make a frame of one flow: how many of the people of a and of b died in each year."""
    rows = []
    for place, numbers in deaths.items():
        for year, number in enumerate(numbers, start=first):
            rows += [f"{place} {year} deaths {number}", f"{place} {year}-12-31 people {people}"]
    entry = indicator(**DEATHS | changes)
    return computed(counts("area period measure value\n" + "\n".join(rows)), TOWN, entry).frame, entry


def pooled(deaths, size=3, **changes):
    frame, entry = years(deaths, **changes)
    return pool_years(frame, TOWN, size, catalogue=Catalogue(indicators=(entry,)))


COLUMNS = "area period_start period_end numerator denominator value"


def test_sums_over_sums_from_the_last_year_back():
    """2010 fills no window and is left out."""
    rows = pooled({"a": [50, 1, 2, 3, 4, 5, 6], "b": [50, 10, 20, 30, 40, 50, 60]})
    assert shown(rows, COLUMNS) == [
        "0 2011-01-01 2013-12-31 66 6000 11",
        "0 2014-01-01 2016-12-31 165 6000 27.5",
        "a 2011-01-01 2013-12-31 6 3000 2",
        "a 2014-01-01 2016-12-31 15 3000 5",
        "b 2011-01-01 2013-12-31 60 3000 20",
        "b 2014-01-01 2016-12-31 150 3000 50",
    ]
    assert set(rows["period_kind"]) == {"window"}
    last = rows[(rows["area"] == "a") & (rows["numerator"] == 15)].iloc[0]
    assert last[["lower", "upper"]].tolist() == pytest.approx([1000 * float(end) for end in rate_interval(15, 3000)])
    assert (last["town_value"], last["rank"], last["reliability"]) == (27.5, 2, "limited")


def test_a_hidden_year_leaves_limits_that_hold_for_all_that_it_can_be():
    """Hidden are 1 to 9, so that a has 11 to 19 events."""
    row = pooled({"a": [4, "*", 6], "b": [10, 10, 10]}).set_index("area").loc["a"]
    assert (row["status"], row["numerator_least"], row["numerator_greatest"]) == ("suppressed", 11, 19)
    assert pd.isna(row["value"])
    assert row[["lower", "upper"]].tolist() == pytest.approx(
        [1000 * float(rate_interval(11, 3000)[0]), 1000 * float(rate_interval(19, 3000)[1])]
    )


@pytest.mark.parametrize(("numbers", "status"), [([4, "-", 6], "missing"), ([4, "*?", 6], "suppressed")])
def test_without_bounds_or_a_year_there_is_nothing(numbers, status):
    row = pooled({"a": numbers, "b": [10, 10, 10]}).set_index("area").loc["a"]
    assert row["status"] == status
    assert row[["value", "lower", "upper"]].isna().all()


def test_three_years_without_an_event_are_zero():
    row = pooled({"a": [0, 0, 0], "b": [1, 1, 1]}).set_index("area").loc["a"]
    assert (row["status"], row["value"], row["lower"]) == ("zero", 0, 0)


def test_a_year_that_was_not_delivered_begins_another_window():
    frame, entry = years({"a": [1, 2, 3, 4, 5], "b": [1, 2, 3, 4, 5]})
    rows = pool_years(frame[frame["period_end"].dt.year != 2013], TOWN, 2, catalogue=Catalogue(indicators=(entry,)))
    assert sorted(set(rows["period_end"].dt.year)) == [2012]


def test_a_window_does_not_cross_a_break():
    broken = {"date": "2012-01-01", "note": {"de": "neu", "en": "new"}, "review": "open"}
    rows = pooled({"a": [1, 2, 3, 4], "b": [1, 2, 3, 4]}, breaks=[broken])
    assert set(rows["status"]) == {"missing"}


def test_counts_are_added_up():
    changes = COUNT | {"numerator": {"measure": "deaths"}}
    assert shown(pooled({"a": [4, 5, 6], "b": [1, 1, 1]}, **changes), "area value") == ["0 18", "a 15", "b 3"]


def test_stocks_and_windows_of_one_year_are_refused():
    frame, entry = years({"a": [1, 2], "b": [1, 2]})
    with pytest.raises(UsageError, match="only flows are pooled"):
        pool_years(frame.assign(period_kind="stock"), TOWN, 2, catalogue=Catalogue(indicators=(entry,)))
    with pytest.raises(UsageError, match="1 years joins nothing"):
        pool_years(frame, TOWN, 1, catalogue=Catalogue(indicators=(entry,)))


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=4, max_size=4), st.integers(1, 9))
def test_whatever_is_hidden_lies_in_the_limits(numbers, hidden):
    shown_years, hidden_years = ([*numbers, number] for number in (hidden, "*"))
    told, kept = (
        pooled({"a": part, "b": [1] * 5}, size=5).set_index("area").loc["a"] for part in (shown_years, hidden_years)
    )
    assert kept["lower"] <= told["lower"] <= told["value"] <= told["upper"] <= kept["upper"]
