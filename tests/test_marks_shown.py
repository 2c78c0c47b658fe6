"""The deliverer's signs stay beside the value that they were set at, and beside no sum."""

from __future__ import annotations

import pytest

import sozialanalyse as sa
from sozialanalyse.catalogue import Catalogue
from sozialanalyse.findings import signs
from sozialanalyse.indicators import compute
from tests.drawn_town import compared, drawn_view
from tests.tables import counts, indicator, shown, tree

TOWN = tree("area level parent\n 0 town .\n a quarter 0\n b quarter 0")
SHARE = """
    area  measure  value
    a     people   100
    b     people   100
    a     poor     {}
    b     poor     {}
"""


def computed(first, second, mark, **entry):
    """Compute the share of the poor, of whom a has the first and b the second number; the mark stands at a."""
    delivered = counts(SHARE.format(first, second))
    marked = (delivered["area"] == "a") & (delivered["measure"] == "poor")
    delivered = delivered.assign(mark=marked.map({True: mark, False: ""}).astype("category"))
    return compute(delivered, TOWN, Catalogue(indicators=(indicator(**entry),))).frame


@pytest.mark.parametrize(
    ("number", "mark", "state"), [(5, "( ) r", "number"), ("-", "/", "missing"), ("*", "*", "suppressed")]
)
def test_the_mark_of_a_count_stands_beside_its_own_value_and_no_sum_has_one(number, mark, state):
    frame = computed(number, 7, mark)
    assert shown(frame, "area status mark") == [
        f"0 {state} ",
        f"a {state} {mark}",
        "b number ",
    ]


def test_marks_of_the_denominator_are_not_those_of_the_value():
    delivered = counts(SHARE.format(5, 7))
    delivered = delivered.assign(mark=(delivered["measure"] == "people").map({True: "e", False: ""}))
    frame = compute(delivered, TOWN, Catalogue(indicators=(indicator(),))).frame
    assert set(frame["mark"]) == {""}


def test_a_sum_of_ages_has_no_mark():
    text = "area measure age value\n a people . 100\n a poor 0-5 3\n a poor 6-9 4\n b people . 100\n b poor 0-5 1\n b poor 6-9 1"
    delivered = counts(text).assign(mark="e")
    entry = indicator(numerator={"measure": "poor", "age": "0-9"})
    frame = compute(delivered, TOWN, Catalogue(indicators=(entry,))).frame
    assert set(frame["mark"]) == {""}


def test_where_an_own_count_is_missing_the_sum_of_those_below_has_no_mark():
    text = SHARE.format(5, 7) + "    0     poor     -\n"
    delivered = counts(text)
    delivered = delivered.assign(mark=(delivered["area"] == "0").map({True: "/", False: ""}))
    frame = compute(delivered, TOWN, Catalogue(indicators=(indicator(),))).frame
    assert shown(frame, "area value mark") == ["0 6 ", "a 5 ", "b 7 "]


def test_counts_without_marks_have_none():
    frame = compute(counts(SHARE.format(5, 7)), TOWN, Catalogue(indicators=(indicator(),))).frame
    assert set(frame["mark"]) == {""}


# ------------------------------------------------------------------------------------------------------- what is written


@pytest.mark.parametrize(
    ("mark", "written"),
    [
        ("( )", "(4,3 %)"),
        ("( ) r", "(4,3 %)\u00a0r"),
        ("e", "4,3 %\u00a0e"),
        ("k. A.", "4,3 %\u00a0k. A."),
        ("", "4,3 %"),
        ("-", "4,3 %"),
        ("<5", "4,3 %"),
        (float("nan"), "4,3 %"),
    ],
)
def test_brackets_stand_around_a_value_and_letters_behind_it(mark, written):
    assert signs.with_mark("4,3 %", mark) == written


@pytest.fixture
def marked(tmp_path):
    """Compare the three drawn quarters; 01 and 02 have a sign of the deliverer."""
    view = drawn_view(tmp_path, language="en")
    found = compared(view)
    areas = found.areas.assign(mark=found.areas["area"].map({"01": "( ) r", "02": "/"}).fillna(""))
    return view, sa.comparison.Comparison(areas, found.summary)


def test_the_table_shows_the_marks_and_explains_them(marked):
    text = sa.tables.comparison(*marked).text.replace("\u00a0", " ")
    rows = {line[:2]: line.split("\t") for line in text.splitlines() if "\t" in line}
    assert [rows[area][2] for area in ("02", "03")] == ["30.0% /", "20.0%"]
    assert "(10.0%) r" in text
    assert "Signs of the deliverer: ( ) limited reliability; / no value, since too unreliable; r revised." in text


def test_without_marks_nothing_is_explained(tmp_path):
    view = drawn_view(tmp_path, language="en")
    assert "deliverer" not in sa.tables.comparison(view, compared(view)).text
    assert "deliverer" not in sa.tables.key_figures(view, compared(view)).text


def test_converted_values_are_sums_and_have_no_mark(marked):
    view, found = marked
    converted = sa.comparison.Comparison(found.areas.assign(interpolated=True, do_not_use=False), found.summary)
    assert "(10.0%)" not in sa.tables.comparison(view, converted).text
