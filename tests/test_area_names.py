"""Which area a row speaks of: ids that lost their zeros, names on two levels, totals, rows of no area."""

from __future__ import annotations

import pandas as pd
import pytest

from sozialanalyse.areas import AreaTree
from sozialanalyse.documents import parse_document
from sozialanalyse.errors import DataError
from sozialanalyse.loading.mapping import Mapping
from sozialanalyse.loading.raw_files import read_mapped
from sozialanalyse.loading.raw_folder import RawFolder
from tests.small_town import MAPPED, faults_of, open_town, rows_of, write_town

LEVELS = ("stadtteil", "bezirk", "stadt")

AREAS = """\
area name level parent valid_from valid_to
0 Hamburg stadt
1 Harburg bezirk 0
2 Altona bezirk 0
101 Harburg stadtteil 1
102 Wilstorf stadtteil 1
103 Altstadt stadtteil 1
201 Osdorf stadtteil 2
202 Altstadt stadtteil 2
203 Neuland stadtteil 2 - 2008-02-29
204 Neuland stadtteil 2 2008-03-01
"""


def tree():
    lines = [[field.replace("-", "", field == "-") for field in line.split(" ")] for line in AREAS.splitlines()]
    table = [line + [""] * (6 - len(line)) for line in lines]
    return AreaTree.from_frame(pd.DataFrame(table[1:], columns=table[0]), LEVELS)


MAPPING = """\
schema: 1
file: raw.csv
source: register
area: {{{area}}}
period: {{column: date}}
values:
  - {{column: people, measure: population}}
"""


def read(folder, rows, area="column: place, by: name", more=""):
    """Read rows of ``place,people`` or ``place,people,date,above``; give id, label and problem of each."""
    lines = [(row + ",,").split(",")[:4] for row in rows]
    text = "".join(f"{place},{people},{date or '2011-12-31'},{above}\n" for place, people, date, above in lines)
    (folder / "raw.csv").write_text("place,people,date,above\n" + text, encoding="utf-8")
    document = parse_document(MAPPING.format(area=area) + more, Mapping, "mapping.yml")
    counts = read_mapped(document, RawFolder(folder), tree()).counts
    return [tuple(filter(None, row)) for row in counts[["area", "label", "area_problem"]].itertuples(index=False)]


def test_names_that_only_one_area_bears_are_found(tmp_path):
    assert read(tmp_path, ["Wilstorf,1", "  OSDORF,2", "Hamburg,3"]) == [("102",), ("201",), ("0",)]


def test_ids_get_their_zeros_back(tmp_path):
    (tmp_path / "raw.csv").write_text("place,people,date\n42,1,2011-12-31\n042,2,2011-12-31\nx,3,2011-12-31\n")
    document = parse_document(MAPPING.format(area="column: place, width: 3"), Mapping, "mapping.yml")
    assert read_mapped(document, RawFolder(tmp_path), tree()).counts["area"].tolist() == ["042", "042", "x"]


def test_a_name_on_two_levels_is_a_problem_until_the_mapping_says_which(tmp_path):
    rows = ["Harburg,20", "Wilstorf,15", "Harburg,150", "Hamburg,1700"]
    assert read(tmp_path, rows)[0] == ("Harburg", "ambiguous")
    ordered = "column: place, by: name, order: [stadtteil, bezirk, stadt]"
    assert read(tmp_path, rows, ordered) == [("101",), ("102",), ("1",), ("0",)]
    assert (
        read(tmp_path, rows, ordered.replace("stadtteil, bezirk", "bezirk, stadtteil"))[0::2] == [("1",), ("101",)][:2]
    )


def test_the_order_is_of_each_date_apart(tmp_path):
    rows = ["Harburg,20,2011-12-31", "Harburg,21,2012-12-31", "Harburg,150,2011-12-31", "Harburg,151,2012-12-31"]
    found = read(tmp_path, rows, "column: place, by: name, order: [stadtteil, bezirk]")
    assert found == [("101",), ("101",), ("1",), ("1",)]


@pytest.mark.parametrize("rows", [["Harburg,20"], ["Harburg,20", "Harburg,150", "Harburg,7"]])
def test_too_few_or_too_many_rows_of_a_name_are_no_order(tmp_path, rows):
    found = read(tmp_path, rows, "column: place, by: name, order: [stadtteil, bezirk]")
    assert set(found) == {("Harburg", "ambiguous")}


def test_the_area_above_tells_areas_of_one_level_apart(tmp_path):
    rows = ["Altstadt,1,,Harburg", "Altstadt,2,,2", "Harburg,3,,Harburg", "Harburg,4,,Hamburg"]
    found = read(tmp_path, rows, "column: place, by: name, within: above")
    assert found == [("103",), ("202",), ("101",), ("Harburg", "ambiguous")]  # both Harburg lie in Hamburg


def test_the_level_tells_them_apart(tmp_path):
    assert read(tmp_path, ["Harburg,1"], "column: place, by: name, level: bezirk") == [("1",)]


def test_the_date_tells_areas_apart_that_followed_each_other(tmp_path):
    assert read(tmp_path, ["Neuland,1,2007-12-31", "Neuland,2,2008-12-31"]) == [("203",), ("204",)]


def test_an_unknown_name_is_a_problem(tmp_path):
    assert read(tmp_path, ["Willsdorf,1"]) == [("Willsdorf", "name")]


def test_totals_are_known_by_their_spelling_wherever_they_stand(tmp_path):
    rows = ["Wilstorf,1", "INSGESAMT :,9,2011-12-31", "Osdorf,2", "Stadt  gesamt,8,2012-12-31"]
    more = 'totals: {"0": [insgesamt, Stadt gesamt, Summe]}\n'
    assert read(tmp_path, rows, more=more) == [("102",), ("0",), ("201",), ("0",)]
    ids = ["102,1", "insgesamt,9"]
    assert read(tmp_path, ids, "column: place, width: 3", more) == [("102",), ("0",)]


def test_rows_of_no_area_keep_what_stands_there(tmp_path):
    more = 'unassigned: ["keine Angabe", unbekannt]\n'
    assert read(tmp_path, ["Wilstorf,1", "Keine Angabe,3"], more=more) == [("102",), ("keine Angabe",)]


def test_ids_of_another_form_are_not_meant_unless_they_are_named(tmp_path):
    more = 'totals: {"0": [SUMSUMSUM]}\nunassigned: [keine Angabe]\n'
    rows = ["102,1", "1SUM,5", "SUMSUMSUM,9", "keine Angabe,2"]
    assert read(tmp_path, rows, 'column: place, matching: "[0-9]{3}"', more) == [("102",), ("0",), ("keine Angabe",)]


IN_VAIN = {
    "a total that stands nowhere": (
        'totals: {"0": [Summe, insgesamt]}\n',
        "mapping.yml, line 8, totals.0: 'Summe', 'insgesamt' stands in no row of raw.csv; has the delivery changed?",
    ),
    "a total of an unknown area": (
        'totals: {"00": [Wilstorf]}\n',
        "mapping.yml, line 8, totals.00: area '00' is not in the table of areas; did you mean: 0?",
    ),
    "a name that stands nowhere": (
        'area_names: {Ostdorf: "201"}\n',
        "mapping.yml, line 8, area_names.Ostdorf: 'Ostdorf' stands in no row of raw.csv; has the delivery changed?",
    ),
    "a value of rows that stands nowhere": (
        "rows: {date: ['2011-12-31', '2012-12-31']}\n",
        (
            "mapping.yml, line 8, rows.date: no row of raw.csv that is meant has '2012-12-31' in 'date'; has the delivery "
            "changed?"
        ),
    ),
}


@pytest.mark.parametrize(("more", "message"), IN_VAIN.values(), ids=IN_VAIN)
def test_what_a_mapping_declares_must_find_something(tmp_path, more, message):
    with pytest.raises(DataError) as caught:
        read(tmp_path, ["Wilstorf,1"], more=more)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "more",
    ["unassigned: [keine Angabe]\n", "footnotes: {'*': text}\n", "marks_of: ba\n", 'area_names: {Willsdorf: "102"}\n'],
)
def test_what_one_year_has_and_another_not_may_be_absent(tmp_path, more):
    assert read(tmp_path, ["Wilstorf,1"], more=more) == [("102",)]


def test_an_unknown_level_is_refused(tmp_path):
    with pytest.raises(DataError) as caught:
        read(tmp_path, ["Wilstorf,1"], "column: place, by: name, order: [quarter]")
    assert "level 'quarter' is not among the levels: stadtteil, bezirk, stadt" in str(caught.value)


MODEL = {
    "order without names": ("column: place, order: [bezirk]", "they need by: name"),
    "width of names": ("column: place, by: name, width: 3", "width is of ids, not of names"),
    "no expression": ('column: place, matching: "[0-9"', "this is no regular expression"),
}


@pytest.mark.parametrize(("area", "message"), MODEL.values(), ids=MODEL)
def test_declarations_of_areas_that_make_no_sense_are_refused(tmp_path, area, message):
    with pytest.raises(DataError) as caught:
        read(tmp_path, ["Wilstorf,1"], area)
    assert message in str(caught.value)


def test_a_row_cannot_be_a_total_and_of_no_area(tmp_path):
    with pytest.raises(DataError) as caught:
        read(tmp_path, ["Wilstorf,1"], more='totals: {"0": [Rest]}\nunassigned: ["REST:"]\n')
    assert "the same row cannot be two things: rest" in str(caught.value)


BY_NAME = """\
schema: 1
file: raw.csv
source: register
area: {column: Gebiet, by: name}
period: {value: "2011-12-31"}
values:
  - {column: Einwohner, measure: population}
unassigned: [keine Angabe]
"""


def test_names_that_are_not_found_are_faults_with_what_may_be_meant(tmp_path):
    areas = "area,name,level,parent\n0,Nord,stadt,\n01,Nord,ortsteil,0\n02,Süd,ortsteil,0\n"
    raw = "Gebiet,Einwohner\nNord,5\nSued,x\nSüd,7\n"
    write_town(tmp_path, town__yml=MAPPED, mapping__yml=BY_NAME, raw__csv=raw, areas__csv=areas)
    assert faults_of(tmp_path) == [
        (
            "raw.csv, line 2, area Nord: 'Nord' is the name of several areas: 0 (stadt), 01 (ortsteil); declare area.level, "
            "area.order or area.within"
        ),
        (
            "raw.csv, line 3, area Sued: there is no area named 'Sued'; did you mean: Süd? Declare it under area_names, "
            "totals or unassigned"
        ),
        (
            "raw.csv, line 3, area Sued: 'x' is no number as the mapping declares them; if it is right, write there: "
            "marks_of: destatis"
        ),
    ]


def test_rows_of_no_area_are_kept_apart_and_counted_to_none(tmp_path):
    raw = "Gebiet,Einwohner\nNord,5\nkeine Angabe,2\nSüd,7\n"
    data = open_town(write_town(tmp_path, town__yml=MAPPED, mapping__yml=BY_NAME, raw__csv=raw))
    assert rows_of(data, "area", "value") == [("01", 5.0), ("02", 7.0)]
    assert data.unassigned[["label", "value", "status", "row"]].to_numpy().tolist() == [
        ["keine Angabe", 2.0, "number", 3]
    ]
    assert "area" not in data.unassigned


def test_a_mark_of_abolished_areas_is_no_zero_where_there_was_none(tmp_path):
    areas = "area,name,level,parent,valid_to\n0,Klein,stadt,,\n01,Nord,ortsteil,0,2008-12-31\n02,Süd,ortsteil,0,\n"
    mapping = BY_NAME.replace(", by: name", "") + "marks_of: destatis\nabolished: ['-']\n"
    raw = "Gebiet,Einwohner\n01,-\n02,-\n03,-\n"
    write_town(tmp_path, town__yml=MAPPED, mapping__yml=mapping, raw__csv=raw, areas__csv=areas)
    assert rows_of(open_town(tmp_path), "area", "status") == [("02", "zero")]
    (tmp_path / "raw.csv").write_text(raw.replace("01,-", "01,5").replace("03,-", "03,."), encoding="utf-8")
    assert faults_of(tmp_path) == [
        "raw.csv, line 2, area 01: the area did not exist on the date '2011-12-31'",
        "raw.csv, line 4, area 03: area '03' is not in the table of areas; did you mean: 0, 02, 01?",
    ]
