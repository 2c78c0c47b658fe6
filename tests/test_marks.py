"""Marks, flags and footnotes: each cell ends in one of five states with its SDMX status, and nothing is lost."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.amounts import STATES
from sozialanalyse.documents import parse_document
from sozialanalyse.errors import DataError
from sozialanalyse.loading.mapping import Mapping
from sozialanalyse.loading.marks import FLAGS, OF_STATE, PRESETS, RANK, Mark, Signs, read_cell
from tests.small_town import MAPPED, faults_of, open_town, write_town

DESTATIS = Signs(marks=PRESETS["destatis"], flags=FLAGS)
BA = Signs(marks={**PRESETS["ba"], "*": Mark(state="suppressed", between=(1, 9))}, flags=FLAGS)


@pytest.mark.parametrize(
    ("signs", "text", "status", "obs_status", "conf_status"),
    [
        (DESTATIS, "-", "zero", "A", "F"),
        (DESTATIS, "\u2013", "zero", "A", "F"),
        (DESTATIS, "0", "", "A", "F"),
        (DESTATIS, ".", "suppressed", "Q", "C"),
        (DESTATIS, "x", "not_applicable", "M", "F"),
        (DESTATIS, "/", "missing", "U", "F"),
        (DESTATIS, "...", "missing", "O", "F"),
        (DESTATIS, "\u2026", "missing", "O", "F"),
        (BA, "*", "suppressed", "Q", "C"),
        (BA, ".", "missing", "O", "F"),
        (BA, "x", "not_applicable", "M", "F"),
        (BA, "-", "zero", "A", "F"),
    ],
)
def test_the_marks_of_offices(signs, text, status, obs_status, conf_status):
    cell = read_cell(text, signs)
    assert (cell.status, cell.obs_status, cell.conf_status) == (status, obs_status, conf_status)
    assert cell.mark == ("" if text == "0" else text.replace("\u2212", "-"))


@pytest.mark.parametrize(
    ("text", "plain", "mark", "obs_status"),
    [
        ("12", "12", "", "A"),
        ("(12)", "12", "( )", "U"),
        ("( 12 )", "12", "( )", "U"),
        ("12r", "12", "r", "A"),
        ("12 p", "12", "p", "P"),
        ("12s", "12", "s", "E"),
        ("(12)r", "12", "( ) r", "U"),
        ("(12 r)", "12", "( ) r", "U"),
        ("(12)p", "12", "( ) p", "P"),
    ],
)
def test_flagged_numbers_keep_their_value(text, plain, mark, obs_status):
    cell = read_cell(text, DESTATIS)
    assert (cell.plain, cell.mark, cell.obs_status, cell.status) == (plain, mark, obs_status, "")


def test_flags_are_read_only_where_the_marks_of_an_office_are_declared():
    cell = read_cell("(12)", Signs())
    assert (cell.plain, cell.fix) == ("", "marks_of: destatis")


@pytest.mark.parametrize(
    ("text", "plain", "footnote"),
    [
        ("45.8**)", "45.8", "**) with barracks"),
        ("45.8 **)", "45.8", "**) with barracks"),
        ("123 1)", "123", "1) since 2012"),
        ("45**)*", "45", "**) with barracks; *"),
        ("45*", "45", "*"),
    ],
)
def test_footnotes_are_split_off_and_kept(text, plain, footnote):
    signs = Signs(footnotes={"**)": "with barracks", "1)": "since 2012", "*": ""})
    cell = read_cell(text, signs)
    assert (cell.plain, cell.footnote) == (plain, footnote)


def test_a_footnote_that_begins_with_a_digit_must_stand_apart():
    cell = read_cell("1231)", Signs(footnotes={"1)": "since 2012"}))
    assert (cell.plain, cell.footnote) == ("", "")


def test_a_mark_may_have_a_footnote_and_a_sign_alone_is_a_mark():
    signs = Signs(marks={".": Mark(state="missing"), "*": Mark(state="suppressed")}, footnotes={"*": "estimated"})
    assert read_cell(". *", signs)[1:4] == ("missing", ".", "* estimated")
    assert read_cell("*", signs)[1:4] == ("suppressed", "*", "")
    assert read_cell("5*", signs)[0:4] == ("5", "", "", "* estimated")


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("45.8**)", 'footnotes: {"**)": ""}'),
        ("123 1)", 'footnotes: {"1)": ""}'),
        ("/", "marks_of: destatis"),
        ("*", "marks_of: ba"),
        ("12 r", "marks_of: destatis"),
        ("k. A.", 'marks: {"k. A.": missing}'),
        ("Ehrenfeld", ""),
        ("12a34", ""),
        ("123a)", 'footnotes: {"a)": ""}'),
        ("1231)", ""),  # 1231 with a bracket, or 123 with the footnote 1)
    ],
)
def test_what_cannot_be_read_names_the_declaration_that_is_likely_missing(text, fix):
    assert read_cell(text, Signs()).fix == fix


@given(st.text(alphabet="0123456789.,-()/*xrpse \u2026\u00a0", max_size=8))
def test_every_cell_is_a_number_a_state_or_neither(text):
    cell = read_cell(text, Signs(marks={"": Mark(state="missing"), **PRESETS["destatis"]}, flags=FLAGS))
    assert cell.status in ("", *STATES)
    assert bool(cell.plain) == (cell.status == "zero" or (cell.status == "" and cell.obs_status != ""))


def test_every_status_is_of_the_code_list():
    used = {*OF_STATE.values(), *FLAGS.values()} | {m.obs_status for p in PRESETS.values() for m in p.values()} - {None}
    assert used <= set(RANK)
    assert len(RANK) == 20  # as many as CL_OBS_STATUS 2.2 has


RAW = """\
schema: 1
file: raw.csv
source: register
area: {column: area}
period: {value: "2011-12-31"}
values:
  - {column: people, measure: population}
"""


def counts_of(folder, cells, declared, town=MAPPED, entry=None):
    """Open a town of two quarters with a raw cell each."""
    raw = "area;people\n" + "".join(f"0{number};{cell}\n" for number, cell in enumerate(cells, 1))
    mapping = RAW.replace("file:", 'separator: ";"\nfile:') + declared
    mapping = mapping.replace("measure: population}", entry) if entry else mapping
    write_town(folder, town__yml=town, mapping__yml=mapping, raw__csv=raw)
    columns = ["value", "status", "lower", "upper", "mark", "footnote", "obs_status", "conf_status"]
    frame = open_town(folder).counts[columns].astype(object)
    return list(frame.where(frame.notna(), None).itertuples(index=False, name=None))


def test_marks_flags_and_footnotes_reach_the_frame_of_counts(tmp_path):
    declared = 'marks_of: destatis\nfootnotes: {"*)": with barracks}\n'
    assert counts_of(tmp_path, ["(12)*)", "."], declared) == [
        (12, "number", 12, 12, "( )", "*) with barracks", "U", "F"),
        (None, "suppressed", 0, None, ".", "", "Q", "C"),
    ]


@pytest.mark.parametrize(
    ("declared", "bounds"),
    [
        ("marks_of: ba", (0, None)),
        ("marks_of: ba\nmarks: {'*': {state: suppressed, between: [1, 9]}}", (1, 9)),
        ("marks: {'*': {state: suppressed, between: [1, 2]}}", (1, 2)),
        ("marks: {'*': suppressed}", (0, None)),
    ],
)
def test_a_hidden_count_has_the_bounds_of_its_mark(tmp_path, declared, bounds):
    assert counts_of(tmp_path, ["*", "5"], declared)[0][2:4] == bounds


def test_a_mark_without_bounds_has_those_of_the_source(tmp_path):
    town = MAPPED.replace("licence: CC0", "licence: CC0, suppressed_between: [1, 4]")
    declared = "marks: {'*': suppressed, '#': {state: suppressed, between: [5, 9]}}"
    assert [row[2:4] for row in counts_of(tmp_path, ["*", "#"], declared, town)] == [(1, 4), (5, 9)]


@pytest.mark.parametrize(
    ("cell", "declared", "entry", "value", "status", "bounds"),
    [
        ("10", "rounded_to: 5", None, 10, "number", (8, 12)),
        ("0", "rounded_to: 5", None, 0, "number", (0, 2)),
        ("12", "", "measure: population, factor: 1000}", 12000, "number", (11500, 12500)),
        ("12.3", "", "measure: population, factor: 1000}", 12300, "number", (12250, 12350)),
        ("12.345", 'decimal: "."', "measure: population, factor: 1000}", 12345, "number", (12345, 12345)),
        ("0", "marks_of: destatis", "measure: population, factor: 1000}", 0, "number", (0, 500)),
        ("-", "marks_of: destatis", "measure: population, factor: 1000}", 0, "zero", (0, 0)),
        ("0", "marks_of: destatis", None, 0, "zero", (0, 0)),  # a count in ones has no halves
        ("0", "marks_of: destatis", "measure: living_space}", 0, "number", (0, 0.5)),
    ],
)
def test_rounded_counts_know_how_far_they_may_be_off(tmp_path, cell, declared, entry, value, status, bounds):
    assert counts_of(tmp_path, [cell], declared + "\n", entry=entry)[0][:4] == (value, status, *bounds)


@pytest.mark.parametrize(
    ("text", "declared", "fix"),
    [
        ("1.250", "", 'decimal: "." / thousands: "."'),
        ("12,5", "", 'decimal: ","'),
        ("45**)", "", 'footnotes: {"**)": ""}'),
        ("*", "", "marks_of: ba"),
    ],
)
def test_a_cell_that_cannot_be_read_is_a_fault_with_the_likely_fix(tmp_path, text, declared, fix):
    with pytest.raises(DataError) as caught:
        counts_of(tmp_path, [text], declared)
    assert str(caught.value) == (
        f"raw.csv, line 2, area 01: '{text}' is no number as the mapping declares them; if it is right, write there: {fix}"
    )


def test_a_count_may_be_the_sum_of_columns(tmp_path):
    raw = "area,a,b,c\n01,5,6,7\n02,5,*,7\n"
    mapping = (
        RAW.replace("column: people", "columns: [a, b, c]") + "marks: {'*': {state: suppressed, between: [1, 3]}}\n"
    )
    write_town(tmp_path, town__yml=MAPPED, mapping__yml=mapping, raw__csv=raw)
    rows = open_town(tmp_path).counts[["status", "lower", "upper", "mark"]]
    assert list(rows.itertuples(index=False, name=None)) == [("number", 18, 18, ""), ("suppressed", 13, 15, "*")]


@pytest.mark.parametrize(
    ("cells", "status", "bounds"),
    [
        ("5,-,7", "number", (12, 12)),
        ("-,-,-", "zero", (0, 0)),
        ("5,...,7", "missing", (math.nan, math.nan)),
        ("5,.,7", "suppressed", (12, math.nan)),
        ("x,x,x", "not_applicable", (math.nan, math.nan)),
        ("x,5,6", "number", (11, 11)),
    ],
)
def test_a_sum_of_columns_obeys_the_five_states(tmp_path, cells, status, bounds):
    mapping = RAW.replace("column: people", "columns: [a, b, c]") + "marks_of: destatis\n"
    write_town(tmp_path, town__yml=MAPPED, mapping__yml=mapping, raw__csv=f"area,a,b,c\n01,{cells}\n")
    (row,) = open_town(tmp_path).counts[["status", "lower", "upper"]].itertuples(index=False, name=None)
    assert row[0] == status
    assert row[1:] == pytest.approx(bounds, nan_ok=True)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ("marks: {'*': {state: zero, between: [1, 9]}}", "only a suppressed count lies between bounds"),
        (
            "marks: {'*': {state: suppressed, between: [9, 1]}}",
            "the smallest hidden count stands first, then the largest, for example [1, 9]",
        ),
        ("footnotes: {'1': text}", "the sign of a footnote is more than blanks and digits, such as '*' or '1)'"),
    ],
)
def test_declarations_that_make_no_sense_are_refused(declared, message):
    with pytest.raises(DataError) as caught:
        parse_document(RAW + declared, Mapping, "mapping.yml")
    assert message in str(caught.value)


def test_an_unknown_state_names_those_that_there_are(tmp_path):
    write_town(tmp_path, town__yml=MAPPED, mapping__yml=RAW + "marks: {'*': hidden}\n", raw__csv="area,people\n01,5\n")
    (fault,) = faults_of(tmp_path)
    assert fault.startswith("mapping.yml, line 8, marks.*")
    assert "'suppressed'" in fault
