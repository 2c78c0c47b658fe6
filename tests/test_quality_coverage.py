"""What is missing, what was delivered twice, what was revised, corrected or assigned to no area."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd

from sozialanalyse import quality
from sozialanalyse.loading.corrections import AppliedCorrection
from tests.quality_tables import findings, town

AREAS = "ABCDEFGHIJ"


def block(*years: int, without: tuple[str, ...] = ()) -> str:
    """Ten areas with different numbers each year; some lines left out, named as ``A2012``."""
    lines = [
        f"{area} {year}-12-31 {1000 + 37 * number + (year * 13 + number * 7) % 29}"
        for number, area in enumerate(AREAS)
        for year in years
        if f"{area}{year}" not in without
    ]
    return "area period value\n" + "\n".join(lines)


def test_what_is_complete_is_not_named():
    assert findings(town(block(2011, 2012, 2013)), coverage=True) == []


def test_an_area_that_is_missing_at_one_date_is_named():
    assert findings(town(block(2011, 2012, 2013, without=("C2012",))), coverage=True) == [
        "warning coverage C population: population of 2012-12-31 is missing for this area, while 9 of 10 areas of its level have it"
    ]


def test_of_more_than_five_missing_areas_only_the_number_is_said():
    names = "ABCDEFGHIJKLMN"
    lines = [
        f"{area} {year}-12-31 {100 + 7 * number + 3 * (year % 2)}"
        for number, area in enumerate(names)
        for year in (2011, 2012)
    ]
    absent = [line for line in lines if not (line[0] in "ABCDEF" and "2012" in line)]
    assert findings(town("area period value\n" + "\n".join(absent)), coverage=True) == [
        "warning coverage * population: population of 2012-12-31 is missing for 6 of 14 areas of level quarter: A, B, C, D, E, ..."
    ]


def test_ages_that_are_missing_are_named():
    delivered = "area age value\nA 0-17 20\nA 18+ 80\nB 0-17 30"
    assert findings(town(delivered), coverage=True) == [
        "warning coverage B population: population of 2011-12-31 has 1 of 2 ages and sexes for this area; other areas have all"
    ]


def test_a_date_that_is_missing_between_others_is_named_and_a_rhythm_of_two_years_is_not():
    people = block(*range(2010, 2020))
    some = block(2010, 2011, 2012, 2013, 2014, 2016, 2017, 2018, 2019).replace("\n", "\nX").splitlines()[1:]
    every_second = block(2010, 2012, 2014, 2016, 2018).splitlines()[1:]

    def both(lines: list[str], measure: str) -> str:
        first = [f"{line} population" for line in people.splitlines()[1:]]
        second = [f"{line.removeprefix('X')} {measure}" for line in lines]
        return "area period value measure\n" + "\n".join(first + second)

    assert findings(town(both(every_second, "households")), coverage=True) == []
    assert findings(town(both(some, "households")), coverage=True) == [
        "warning coverage * households: households is missing on 2015-12-31; it is there on the dates before and after"
    ]


def test_values_that_the_deliverer_left_empty_are_a_note():
    assert findings(town("area value\nA 100\nB 200\nC -"), coverage=True) == [
        "note coverage * population: population of 2011-12-31 is delivered without a number for 1 of 3 areas of level quarter"
    ]


def test_the_matrix_says_what_is_there():
    matrix = quality.coverage(town("area age value\nA 0-17 20\nA 18+ 80\nB 0-17 30\nC 0-17 -\nD 0-17 -\nD 18+ 5"))
    assert matrix[["area", "cells", "expected", "status"]].to_numpy().tolist() == [
        ["A", 2, 2, "complete"],
        ["B", 1, 2, "partial"],
        ["C", 0, 2, "empty"],
        ["D", 1, 2, "partial"],
    ]


def test_a_date_delivered_twice_is_named():
    twice = block(2011, 2012, 2013) + "".join(
        "\n" + line.replace("2012-", "2014-") for line in block(2012).splitlines()[1:]
    )
    assert findings(town(twice)) == [
        (
            "warning duplicates * population: population: 10 of 10 numbers of 2014-12-31 are those of 2012-12-31; was one date delivered "
            "twice?"
        )
    ]


def test_an_area_delivered_twice_is_named():
    years = range(2005, 2015)
    lines = block(*years).splitlines()[1:]
    doubled = [line for line in lines if line[0] != "J"] + ["J" + line[1:] for line in lines if line[0] == "A"]
    (line,) = findings(town("area period value\n" + "\n".join(doubled)))
    assert line == (
        "warning duplicates J population: population: 10 of 10 numbers of area J are those of area A; was one area delivered twice?"
    )


def test_revisions_corrections_and_rows_without_area_are_notes():
    data = town("area value\nA 100\nB 200")
    row = {"area": "A", "measure": "population", "sex": "all", "age_from": 0, "age_to": 999, "source": "register"}
    times = {"period_end": pd.Timestamp("2011-12-31"), "period_start": pd.Timestamp("2011-12-31")}
    old, new = {"old_value": 90.0, "old_status": "number"}, {"new_value": 100.0, "new_status": "number"}
    revised = pd.DataFrame([{**row, **times, **old, **new, "new_file": "b.csv", "new_row": 2}])
    nowhere = pd.DataFrame([{**row, **times, "value": 12.0, "label": "keine Angabe", "file": "a.csv", "row": 9}])
    correction = AppliedCorrection(
        *("B", "2011-12-31", "population", "", "", "20", "200", "a.csv", 3, "register", "a slip", "planner"),
        dt.date(2012, 5, 1),
    )
    told = dataclasses.replace(
        data, revisions=revised, unassigned=nowhere.drop(columns="area"), corrections=(correction,)
    )
    assert findings(told) == [
        "note revisions B population: population of 2011-12-31 was corrected from 20 to 200: a slip",
        "note totals * population: population of 2011-12-31: 12 are assigned to no area (keine Angabe)",
        (
            "note revisions * population: register delivered again with another value, of which the later one is used: 1 "
            "(largest change: population, 2011-12-31: 90 became 100)"
        ),
    ]


def test_a_level_that_is_missing_at_one_date_is_named():
    years = (2011, 2012, 2013, 2014)
    totals = [f"T {year}-12-31 {11000 + year}" for year in years if year != 2014]
    assert [line for line in findings(town("\n".join([block(*years), *totals])), coverage=True) if "lacks" in line] == [
        (
            "warning coverage * population: population of 2014-12-31 lacks most areas, or some ages or sexes, of these levels: "
            "town; they are there on 3 other dates"
        )
    ]


def test_most_areas_missing_at_the_last_date_tell_of_a_file_that_was_cut():
    cut = block(2011, 2012, 2013, without=tuple(f"{area}2013" for area in AREAS[2:]))
    assert findings(town(cut), coverage=True) == [
        (
            "warning coverage * population: population of 2013-12-31 lacks most areas, or some ages or sexes, of these levels: "
            "quarter; they are there on 2 other dates"
        )
    ]


def test_a_date_that_the_town_expects_and_nobody_delivered_is_named():
    data = town(block(2011, 2012))
    expecting = data.file.model_copy(
        update={"periods": (dt.date(2011, 12, 31), dt.date(2012, 12, 31), dt.date(2013, 12, 31))}
    )
    (line,) = findings(dataclasses.replace(data, file=expecting), coverage=True)
    assert (
        line == "warning coverage * None: there are no counts of 2013-12-31, a date that town.yml names under periods"
    )


def test_a_number_that_an_area_has_on_all_other_dates_is_named():
    lost = block(2011, 2012, 2013).splitlines()
    place = next(number for number, line in enumerate(lost) if line.startswith("C 2012"))
    lost[place] = "C 2012-12-31 -"
    warnings = [line for line in findings(town("\n".join(lost)), coverage=True) if line.startswith("warning")]
    assert warnings == [
        (
            "warning coverage C population: population of 2012-12-31 is delivered without a number for this area; it has one on "
            "all 2 other dates"
        )
    ]
