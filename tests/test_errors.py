"""Faults: what is wrong, where, and all of it at once."""

from __future__ import annotations

import copy
import pickle

import pytest

from sozialanalyse.errors import (
    MANY_FAULTS,
    DataError,
    Fault,
    LockedError,
    Place,
    SozialanalyseError,
    UsageError,
    nearest,
    unknown,
)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place(), "wrong"),
        (Place("town.yml"), "town.yml: wrong"),
        (Place("town.yml", 3, "levels.0.id"), "town.yml, line 3, levels.0.id: wrong"),
        (Place("counts.csv", 7, area="042"), "counts.csv, line 7, area 042: wrong"),
        (Place(area="042"), "area 042: wrong"),
    ],
)
def test_a_fault_says_where_it_is(place, text):
    assert str(Fault("wrong", {}, place)) == text


def test_what_a_planner_wrote_is_never_a_template():
    fault = Fault("the name is {name}", {"name": "{0.__class__} {other}"})
    assert str(fault) == "the name is {0.__class__} {other}"


def test_columns_may_be_called_like_our_parameters():
    assert str(Fault("{message} {self}", {"message": "a", "self": "b"})) == "a b"
    assert str(UsageError("{faults}", faults="c")) == "c"


def test_all_faults_are_told_at_once_a_line_each():
    error = DataError([Fault("one"), Fault("two", {}, Place("f.csv", 2))])
    assert str(error) == "one\nf.csv, line 2: two"
    assert len(error.faults) == 2


@pytest.mark.parametrize(("number", "last"), [(25, "fault 24"), (26, "... and 1 more"), (40, "... and 15 more")])
def test_of_many_faults_the_first_are_written_out(number, last):
    lines = str(DataError([Fault("fault {n}", {"n": n}) for n in range(number)])).splitlines()
    assert lines[-1] == last
    assert len(lines) == min(number, MANY_FAULTS + 1)


def test_messages_and_places_are_translated():
    german = {"line {row}": "Zeile {row}", "the count {value} is negative": "die Zahl {value} ist negativ"}
    fault = Fault("the count {value} is negative", {"value": -3}, Place("f.csv", 4))
    assert (
        fault.describe(lambda text, **values: german[text].format(**values))
        == "f.csv, Zeile 4: die Zahl -3 ist negativ"
    )


@pytest.mark.parametrize(
    ("error", "code"), [(DataError, 1), (UsageError, 2), (LockedError, 3), (SozialanalyseError, 1)]
)
def test_exit_codes(error, code):
    assert error("wrong").exit_code == code


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_survives_the_way_between_processes(again):
    error = UsageError("unknown area '{found}'", found="{42}")
    assert str(again(error)) == "unknown area '{42}'"
    assert again(error).faults == error.faults


def test_the_nearest_names_are_offered():
    allowed = ["kinderarmut", "population", "unemployed"]
    assert nearest("kinderarmt", allowed) == "kinderarmut"
    assert nearest("zzz", allowed) == "kinderarmut, population, unemployed"
    assert str(unknown("level", "stat", ["stadt", "sozialraum"])) == "unknown level 'stat'; did you mean: stadt?"
