"""What a value can carry: a grade by events and width of the interval, in words and never as a deliverer's sign."""

from __future__ import annotations

import pandas as pd
import pytest

import sozialanalyse as sa
from sozialanalyse.findings import signs
from tests.drawn_town import compared, drawn_view
from tests.tables import COUNT, computed, counts, indicator, tree

TOWN = tree("area level parent\n 0 town .\n a quarter 0\n b quarter 0")


def grade(poor, people=1000, entry=None):
    delivered = counts(f"area measure value\n a people {people}\n a poor {poor}\n b people 9\n b poor 3")
    frame = computed(delivered, TOWN, entry or indicator()).frame
    return frame.loc[frame["area"] == "a", "reliability"].iloc[0]


@pytest.mark.parametrize(
    ("poor", "expected"),
    [
        ("20", "reliable"),
        ("19", "limited"),
        # A proportion and what is left of it carry the same.
        ("981", "limited"),
        ("980", "reliable"),
        # Narrow intervals of many people say something though the events are few.
        ("0", "limited"),
        ("9", "limited"),
    ],
)
def test_proportions_are_graded_by_the_rarer_of_events_and_others(poor, expected):
    assert grade(poor) == expected


@pytest.mark.parametrize(("people", "expected"), [(30, "indicative"), (160, "limited"), (170, "reliable")])
def test_half_of_few_people_has_a_wide_interval(people, expected):
    """The interval of one half is 34 points wide for 30 people, 15.3 for 160 and 14.9 for 170."""
    assert grade(people // 2, people) == expected


@pytest.mark.parametrize(
    ("cases", "expected"),
    [("20", "reliable"), ("19", "limited"), ("10", "limited"), ("9", "indicative"), ("0", "indicative")],
)
def test_rates_are_graded_by_their_events(cases, expected):
    assert grade(cases, entry=indicator(kind="rate", unit="per_1000")) == expected


@pytest.mark.parametrize(("poor", "expected"), [("50", "reliable"), ("49", "limited")])
def test_children_of_one_household_count_for_fewer(poor, expected):
    assert grade(poor, entry=indicator(bundled="household")) == expected


@pytest.mark.parametrize("entry", [indicator(**COUNT), indicator(kind="ratio")], ids=["count", "ratio"])
def test_without_an_interval_there_is_no_grade(entry):
    assert grade("20", entry=entry) == ""


@pytest.mark.parametrize("mark", ["-", "*", "x"])
def test_what_is_no_number_has_no_grade(mark):
    assert grade(mark) == ""


def test_rounded_counts_whose_part_seems_larger_than_the_whole_are_graded():
    assert grade("~51", "~50") == "indicative"


# ------------------------------------------------------------------------------------------------------------ pages


@pytest.fixture
def view(tmp_path):
    return drawn_view(tmp_path, language="en")


@pytest.mark.parametrize(
    ("reliability", "words"),
    [
        ("limited", "of limited reliability"),
        ("indicative", "only as an indication"),
        ("reliable", ""),
        ("", ""),
        (float("nan"), ""),
        (None, ""),
    ],
)
def test_only_a_reservation_is_said(view, reliability, words):
    assert signs.reservation(view, reliability) == words


def test_the_table_says_it_under_the_value_and_explains_it_once(view):
    comparison = compared(view)
    comparison.areas.loc[comparison.areas["area"] == "02", "reliability"] = "indicative"
    text = sa.tables.comparison(view, comparison).text
    assert [line.split("\t")[2] for line in text.splitlines()[2:5]] == ["10.0%", "30.0% only as an indication", "20.0%"]
    assert text.count("few cases or a wide interval") == 1


def test_where_all_is_reliable_nothing_is_said(view):
    assert "few cases" not in sa.tables.comparison(view, compared(view)).text
    assert "few cases" not in sa.tables.key_figures(view, compared(view)).text


def test_key_figures_say_it_too(view):
    comparison = compared(view)
    comparison.summary["reliability"] = pd.Series(["limited"] * len(comparison.summary), dtype=object)
    assert "from sums, of limited reliability" in sa.tables.key_figures(view, comparison).text
