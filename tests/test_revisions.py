"""The same count delivered twice: said once, or revised by a later delivery, or a contradiction that must be settled."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sozialanalyse.loading.revisions import COLUMNS
from tests.small_town import HEADER, TOWN, faults_of, open_town, rows_of, write_town

OTHER = TOWN + "  landesamt: {name: {de: Landesamt, en: office}, publisher: Land, licence: CC0}\n"


def row(value, area="01", status="", period="2011-12-31"):
    return f"{area},{period},population,,,{value},{status}\n"


def town_of(*entries):
    """Declare files: name, source and day of delivery (empty: none)."""
    lines = [
        f"  - {{file: {name}, source: {source}{f', delivered: {day}' if day else ''}}}\n"
        for name, source, day in entries
    ]
    return OTHER + "counts:\n" + "".join(lines)


def deliver(folder, *files, days=("", ""), sources=("register", "register")):
    """Write one tidy file each, a.csv, b.csv ..., from these sources of these days."""
    names = [f"{letter}.csv" for letter in "abcdefg"[: len(files)]]
    entries = list(zip(names, sources, days, strict=True))
    texts = {name.replace(".", "__"): HEADER + text for name, text in zip(names, files, strict=True)}
    return write_town(folder, town__yml=town_of(*entries), **texts)


def test_the_same_value_is_kept_once(tmp_path):
    data = open_town(deliver(tmp_path, row(100) + row(5, "02"), row(100)))
    assert rows_of(data, "area", "value", "file") == [("01", 100.0, "b.csv"), ("02", 5.0, "a.csv")]
    assert list(data.revisions) == COLUMNS
    assert data.revisions.empty


@pytest.mark.parametrize(
    ("first", "second"),
    [(row(100), row("100.0")), (row("", status="suppressed"), row("", status="suppressed")), (row(""), row(""))],
)
def test_the_same_is_the_same_however_it_is_written(tmp_path, first, second):
    data = open_town(deliver(tmp_path, first, second, sources=("register", "landesamt")))
    assert len(data.counts) == 1


def test_one_file_that_says_it_twice_is_at_fault(tmp_path):
    faults = faults_of(deliver(tmp_path, row(100) + row(100), row(100)))
    assert any("stand more than once (also in a.csv:3" in fault for fault in faults)


def test_the_later_delivery_is_used_and_the_earlier_one_kept(tmp_path):
    data = open_town(deliver(tmp_path, row(110), row(100), days=("2013-03-01", "2012-03-01")))
    assert rows_of(data, "value", "file") == [(110.0, "a.csv")]
    (revision,) = data.revisions.to_dict("records")
    assert {name: revision[name] for name in ("old_value", "old_file", "old_row")} == {
        "old_value": 100.0,
        "old_file": "b.csv",
        "old_row": 2,
    }
    assert {name: revision[name] for name in ("new_value", "new_file", "new_row", "difference", "source")} == {
        "new_value": 110.0,
        "new_file": "a.csv",
        "new_row": 2,
        "difference": 10.0,
        "source": "register",
    }
    assert (revision["old_delivered"], revision["new_delivered"]) == (
        pd.Timestamp("2012-03-01"),
        pd.Timestamp("2013-03-01"),
    )


def test_each_step_from_one_delivery_to_the_next_is_kept(tmp_path):
    files = [row(100), row(100), row(110), row("", status="suppressed")]
    days = ("2012-03-01", "2012-06-01", "2013-03-01", "2014-03-01")
    data = open_town(deliver(tmp_path, *files, days=days, sources=("register",) * 4))
    assert rows_of(data, "status", "file") == [("suppressed", "d.csv")]
    steps = data.revisions[["old_value", "old_file", "new_status", "new_file"]].astype(object)
    assert list(steps.itertuples(index=False, name=None)) == [
        (100.0, "b.csv", "number", "c.csv"),
        (110.0, "c.csv", "suppressed", "d.csv"),
    ]
    assert data.revisions["difference"].isna().tolist() == [False, True]


UNORDERED = (
    "b.csv, line 2, area 01: population (2011-12-31) is 110 here, but 100 in a.csv:2; if one delivery revises the other, "
    "declare when each came (delivered: 2012-03-01, at its entry in town.yml or in its mapping), and the later one is used"
)


@pytest.mark.parametrize("days", [("", ""), ("2012-03-01", ""), ("", "2012-03-01"), ("2012-03-01", "2012-03-01")])
def test_which_of_two_values_holds_is_never_guessed(tmp_path, days):
    assert faults_of(deliver(tmp_path, row(100), row(110), days=days)) == [UNORDERED]


@pytest.mark.parametrize("days", [("", ""), ("2012-03-01", "2013-03-01")])
def test_two_sources_do_not_revise_each_other(tmp_path, days):
    (fault,) = faults_of(deliver(tmp_path, row(100), row(110), days=days, sources=("register", "landesamt")))
    assert fault.startswith(
        "b.csv, line 2, area 01: population (2011-12-31) is 110 here by source 'landesamt', but 100 in a.csv:2 by source "
        "'register'; take the measure from one of them"
    )


@pytest.mark.parametrize(("first", "second"), [(row(100), row("")), (row(0), row("", status="suppressed"))])
def test_a_state_is_no_number(tmp_path, first, second):
    assert len(faults_of(deliver(tmp_path, first, second))) == 1


def test_contradictions_are_all_told_at_once(tmp_path):
    both = [row(100) + row(5, "02"), row(110) + row(6, "02") + row("x", "02", period="2013-12-31")]
    faults = faults_of(deliver(tmp_path, *both))
    assert [fault.split(":")[0] for fault in faults] == [
        "b.csv, line 2, area 01",
        "b.csv, line 3, area 02",
        "b.csv, line 4, area 02",
    ]


def test_a_later_delivery_with_a_broken_value_is_refused(tmp_path):
    faults = faults_of(deliver(tmp_path, row(100), row("1O0"), days=("2012-03-01", "2013-03-01")))
    assert "'1O0' is no number" in faults[0]


def test_a_correction_speaks_of_the_value_that_holds(tmp_path):
    entry = "{{area: '01', date: 2011-12-31, measure: population, expected: {}, value: 120, reason: Bau, who: Amt, "
    entry += "decided: 2013-05-01, status: accepted}}"
    folder = deliver(tmp_path, row(100), row(110), days=("2012-03-01", "2013-03-01"))
    (folder / "corrections.yml").write_text("schema: 1\ncorrections:\n  - " + entry.format(110))
    data = open_town(folder)
    assert rows_of(data, "value") == [(120.0,)]
    assert data.revisions["new_value"].tolist() == [110.0]
    (folder / "corrections.yml").write_text("schema: 1\ncorrections:\n  - " + entry.format(100))
    assert "the old value 100 no longer stands: b.csv, line 2 now says 110" in faults_of(folder)[0]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 3), min_size=2, max_size=5), st.data())
def test_the_last_delivery_always_wins_and_every_change_is_kept(tmp_path, values, drawn):
    """In whatever order the files are named."""
    order = drawn.draw(st.permutations(range(len(values))))
    files = [row(values[number]) for number in order]
    days = [f"2012-03-{number + 1:02}" for number in order]
    data = open_town(deliver(tmp_path, *files, days=days, sources=["register"] * len(values)))
    assert rows_of(data, "value") == [(float(values[-1]),)]
    changes = [(old, new) for old, new in itertools.pairwise(values) if old != new]
    assert [tuple(pair) for pair in data.revisions[["old_value", "new_value"]].to_numpy().tolist()] == changes
    assert data.revisions["difference"].sum() == values[-1] - values[0]
