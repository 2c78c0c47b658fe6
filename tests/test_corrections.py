"""Corrections: declared beside the deliveries, applied where the old value still stands, refused aloud elsewhere."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sozialanalyse.loading import CORRECTIONS_FILE
from tests.small_town import AREAS, MAPPED, TIDY, faults_of, open_town, rows_of, write_town

COUNTS = """\
01,2011-12-31,population,,,100,
02,2011-12-31,population,,,205,
01,2011-12-31,population,female,0-4,7,
02,2011-12-31,unemployed,,15-64,,suppressed
02,2011,child_welfare_supports,,,3,
"""

WHO = "reason: Zahlendreher, who: Statistikstelle, decided: 2012-03-05"


def correction(text, status="accepted"):
    """Write one entry; area 02, its population and the year end 2011 unless said otherwise."""
    given = {"area": '"02"', "date": "2011-12-31", "measure": "population", "expected": "205", "value": "250"}
    given |= dict(part.split(": ", 1) for part in text.split("; ") if part)
    said = ", ".join(f"{key}: {value}" for key, value in given.items())
    return f"  - {{{said}, {WHO}, status: {status}}}\n"


def written(folder, *entries, counts=COUNTS, **files):
    text = "schema: 1\ncorrections:\n" + "".join(entries)
    return write_town(folder, counts, corrections__yml=text, **files)


def test_a_town_without_corrections_has_none(tmp_path):
    assert open_town(write_town(tmp_path, COUNTS)).corrections == ()


def test_an_accepted_correction_replaces_the_value_and_is_told(tmp_path):
    data = open_town(written(tmp_path, correction("expected: 205; value: 250")))
    assert rows_of(data, "area", "measure", "value")[3] == ("02", "population", 250.0)
    (applied,) = data.corrections
    assert (applied.area, applied.date, applied.measure, applied.old, applied.new) == (
        *("02", "2011-12-31", "population", "205", "250"),
    )
    assert (applied.file, applied.row, applied.source) == ("counts.csv", 3, "register")
    assert (applied.reason, applied.who, applied.decided) == ("Zahlendreher", "Statistikstelle", dt.date(2012, 3, 5))


@pytest.mark.parametrize("status", ["proposed", "withdrawn"])
def test_what_is_not_accepted_is_not_applied(tmp_path, status):
    data = open_town(written(tmp_path, correction("", status), correction('area: "99"; expected: 1', status)))
    assert data.corrections == ()
    assert data.counts["value"].max() == 205


@pytest.mark.parametrize(
    ("entry", "place", "old", "new"),
    [
        ('area: "01"; sex: female; age: 0-4; expected: 7; value: 8', 4, "7", (8, "number", 8, 8)),
        ("measure: unemployed; age: 15-64; expected: suppressed; value: 4", 5, "suppressed", (4, "number", 4, 4)),
        ("measure: child_welfare_supports; date: 2011; expected: 3; value: 0", 6, "3", (0, "zero", 0, 0)),
        ("measure: child_welfare_supports; date: 2011; expected: 3; value: zero", 6, "3", (0, "zero", 0, 0)),
        (
            "measure: child_welfare_supports; date: 2011-01-01/2011-12-31; expected: 3.0; value: missing",
            6,
            "3",
            "missing",
        ),
        ("expected: 205; value: suppressed", 3, "205", "suppressed"),
        ("expected: 205; value: not_applicable", 3, "205", "not_applicable"),
    ],
)
def test_bounds_and_state_follow_the_correction(tmp_path, entry, place, old, new):
    data = open_town(written(tmp_path, correction(entry)))
    row = data.counts[data.counts["row"] == place].iloc[0]
    assert (data.corrections[0].old, data.corrections[0].row) == (old, place)
    if isinstance(new, str):
        assert (row["status"], row["value"] == row["value"]) == (new, False)
    else:
        assert (row["value"], row["status"], row["lower"], row["upper"]) == new


def test_bounds_of_a_corrected_count_are_those_of_its_source(tmp_path):
    rounded = TIDY.replace("licence: CC0", "licence: CC0, rounded_to: 5")
    data = open_town(written(tmp_path, correction("value: 210"), town__yml=rounded))
    assert rows_of(data, "value", "lower", "upper")[3] == (210.0, 208.0, 212.0)


def test_a_mark_of_the_deliverer_is_expected_as_it_stands(tmp_path):
    mapping = """\
schema: 1
file: raw.csv
source: register
area: {column: area}
period: {value: "2011-12-31"}
marks: {"*": suppressed}
values: [{column: people, measure: population}]
"""
    folder = written(
        tmp_path,
        correction('expected: "*"; value: 6'),
        counts=None,
        town__yml=MAPPED,
        mapping__yml=mapping,
        raw__csv="area,people\n01,100\n02,*\n",
    )
    data = open_town(folder)
    assert rows_of(data, "area", "value", "status") == [("01", 100.0, "number"), ("02", 6.0, "number")]
    assert data.corrections[0].old == "*"


def test_a_correction_mends_what_would_be_refused(tmp_path):
    slipped = COUNTS.replace("205", "2.05")
    assert "has a decimal point slipped?" in faults_of(write_town(tmp_path, slipped))[0]
    data = open_town(written(tmp_path, correction("expected: 2.05; value: 205"), counts=slipped))
    assert data.counts["value"].max() == 205


def test_totals_are_compared_with_corrected_counts(tmp_path):
    counts = "0,2011-12-31,population,,,305,\n01,2011-12-31,population,,,100,\n02,2011-12-31,population,,,250,\n"
    exact = TIDY + "totals: exact\n"
    assert "is not the sum of its areas" in faults_of(write_town(tmp_path, counts, town__yml=exact))[0]
    data = open_town(written(tmp_path, correction("expected: 250; value: 205"), counts=counts, town__yml=exact))
    assert data.gaps.empty


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            "expected: 206",
            (
                "the old value 206 no longer stands: counts.csv, line 3 now says 205; check the correction anew, or set "
                "status: withdrawn"
            ),
        ),
        (
            "expected: 250; value: 205",
            "the old value 250 no longer stands: counts.csv, line 3 now says 205, as corrected; set status: withdrawn",
        ),
        ('expected: ""', "the old value '' no longer stands: counts.csv, line 3 now says 205; check the correction"),
        ("expected: suppressed", "the old value suppressed no longer stands: counts.csv, line 3 now says 205;"),
        ("area: 03", "area '03' is not in the table of areas; did you mean: "),
        ("measure: populaton", "measure 'populaton' is not in the catalogue; did you mean: population"),
        ("date: 2011", "'2011' is no period of this measure; a stock needs a date (2011-12-31), a flow a span"),
        ("date: 2012-12-31", "no delivery holds this count (population, 2012-12-31); has the delivery changed, or is"),
        ("age: 0-4", "no delivery holds this count (population, 2011-12-31); has the delivery changed, or is"),
    ],
)
def test_a_correction_that_does_not_fit_fails_loudly(tmp_path, entry, said):
    (fault,) = faults_of(written(tmp_path, correction(entry)))
    assert fault.startswith(f"corrections.yml, line 3, corrections.0: {said}")


def test_one_count_is_corrected_once(tmp_path):
    entries = (correction("value: 250"), correction('area: "01"; expected: 100; value: 101'), correction("value: 251"))
    assert faults_of(written(tmp_path, *entries)) == [
        (
            "corrections.yml, line 5, corrections.2: this count is corrected twice, also in line 3; keep one, and set the "
            "other to status: withdrawn"
        )
    ]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            "value: '1.250,5'",
            "write a number like 1234 or 1234.5, or one of: zero, missing, suppressed, not_applicable",
        ),
        ("value: number", "write a number like 1234 or 1234.5, or one of: zero, missing, suppressed, not_applicable"),
        ("age: 4-0", "is no age group"),
        ("who: ' '", "the text is empty"),
        ("decided: 2012", "a date like 2011-12-31 is expected"),
        ("by: me", "this key is not known here; check its spelling"),
    ],
)
def test_a_correction_is_written_in_full(tmp_path, entry, said):
    given = correction(entry)
    for key in ("who", "decided"):
        given = (
            given.replace(f", {key}: {'Statistikstelle' if key == 'who' else '2012-03-05'}", "")
            if key in entry
            else given
        )
    (fault,) = faults_of(written(tmp_path, given))
    assert fault.startswith("corrections.yml, line 3, corrections.0.")
    assert said in fault


def test_a_missing_delivery_is_told_without_its_corrections(tmp_path):
    town = TIDY.replace("counts: [", "counts: [{file: other.csv, source: register}, ")
    folder = written(tmp_path, correction('area: "01"; date: 2009-12-31'), town__yml=town)
    assert faults_of(folder) == ["other.csv: the file does not exist"]


def test_the_correction_is_part_of_the_data_state(tmp_path):
    before = open_town(write_town(tmp_path, COUNTS)).fingerprint()
    assert open_town(written(tmp_path, correction(""))).fingerprint() != before
    assert CORRECTIONS_FILE in dict(open_town(tmp_path).files)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=st.integers(0, 10**6), new=st.integers(0, 10**6), expected=st.integers(0, 10**6))
def test_only_the_expected_value_is_ever_replaced(tmp_path, old, new, expected):
    """Whatever is declared: the number is the new one where the old one stands, and nothing is loaded elsewhere."""
    counts = f"01,2011-12-31,population,,,{old},\n"
    entry = correction(f'area: "01"; expected: {expected}; value: {new}')
    folder = written(tmp_path, entry, counts=counts, areas__csv=AREAS)
    if expected == old:
        assert rows_of(open_town(folder), "value") == [(float(new),)]
    else:
        assert "no longer stands" in faults_of(folder)[0]
