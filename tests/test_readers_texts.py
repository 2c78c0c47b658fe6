"""Delimited text: encodings, separators, titles, header rows, notes; what comes out, and what is said of a fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.errors import DataError
from sozialanalyse.loading.encodings import decode
from tests.raw_files import faults_of, rows_of, table_of, tables_of

PLAIN = "area;name;value\n01;Köln;5\n02;Süd;6\n"

TABLE = [["area", "name", "value", "file_row"], ["01", "Köln", "5", 2], ["02", "Süd", "6", 3]]


def write(folder, text, encoding="utf-8"):
    (folder / "x.csv").write_bytes(text if isinstance(text, bytes) else text.encode(encoding))


@pytest.mark.parametrize(
    ("written", "stated"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("iso-8859-1", "iso-8859-1"),
        ("cp1252", "iso-8859-1"),  # the same bytes as long as no sign of cp1252's own occurs
    ],
)
def test_the_encoding_is_detected_and_stated(tmp_path, written, stated):
    write(tmp_path, PLAIN, written)
    table = table_of(tmp_path, file="x.csv")
    assert rows_of(table) == TABLE
    assert (table.encoding, table.separator, table.detected) == (stated, ";", ("encoding", "separator"))


@pytest.mark.parametrize("byte_order", ["utf-16-le", "utf-16-be"])
def test_utf_16_of_either_byte_order_is_told_by_its_mark(tmp_path, byte_order):
    write(tmp_path, ("\ufeff" + PLAIN).encode(byte_order))
    assert rows_of(table_of(tmp_path, file="x.csv")) == TABLE


def test_a_sign_of_its_own_tells_cp1252(tmp_path):
    write(tmp_path, PLAIN.replace("Süd", "5 € – „Süd“"), "cp1252")
    table = table_of(tmp_path, file="x.csv")
    assert table.encoding == "cp1252"
    assert table.frame["name"].tolist() == ["Köln", "5 € – „Süd“"]


def test_what_is_declared_is_not_detected(tmp_path):
    write(tmp_path, PLAIN, "cp850")
    table = table_of(tmp_path, file="x.csv", encoding="cp850", separator=";")
    assert rows_of(table) == TABLE
    assert (table.encoding, table.detected) == ("cp850", ())


WRONG = {
    "UTF-8 for cp1252": (
        ("cp1252", "utf-8"),
        "x.csv, line 2: the file is not utf-8 text (found the byte 0xf6); declare its encoding, often cp1252",
    ),
    "cp1252 for UTF-8": (
        ("utf-8", "cp1252"),
        "x.csv: the file is declared as cp1252, but it is written in utf-8; declare that, or leave encoding out",
    ),
    "latin-1 for UTF-8": (
        ("utf-8", "latin-1"),
        "x.csv: the file is declared as latin-1, but it is written in utf-8; declare that, or leave encoding out",
    ),
    "UTF-8 for UTF-16": (
        ("utf-16", "utf-8"),
        "x.csv: the file is declared as utf-8, but it is written in utf-16; declare that, or leave encoding out",
    ),
    "UTF-16 without a mark": (
        ("utf-16-le", None),
        "x.csv: the file holds NUL characters and is not utf-8 text; is it UTF-16 or no text file?",
    ),
    "DOS": (
        ("cp850", None),
        (
            "x.csv, line 2: the encoding of the file cannot be told: it is not UTF-8, and as cp1252 a word would read "
            "'K”l'; declare encoding, often cp850 or mac-roman"
        ),
    ),
}


@pytest.mark.parametrize(("encodings", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_encoding_is_a_fault_and_no_wrong_letters(tmp_path, encodings, said):
    written, declared = encodings
    write(tmp_path, PLAIN, written)
    assert faults_of(tmp_path, file="x.csv", encoding=declared, separator=";") == [said]


def test_latin_1_has_no_signs_where_cp1252_has_them(tmp_path):
    write(tmp_path, "area;name\n01;5 €\n", "cp1252")
    assert faults_of(tmp_path, file="x.csv", encoding="iso-8859-1") == [
        "x.csv: the file is declared as iso-8859-1, but it is written in cp1252; declare that, or leave encoding out"
    ]


@given(text=st.text(st.characters(codec="cp1252", exclude_categories=["Cc"])))
def test_whatever_is_detected_is_the_text_that_was_written(text):
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        try:
            found, _ = decode(text.encode(encoding), "x.csv")
        except DataError:
            continue  # told apart from nothing, so it must be declared
        assert found == text or encoding == "cp1252"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_detected(tmp_path, separator):
    write(tmp_path, PLAIN.replace(";", separator))
    table = table_of(tmp_path, file="x.csv")
    assert rows_of(table) == TABLE
    assert table.separator == separator


def test_separators_within_quotation_marks_and_numbers_do_not_count(tmp_path):
    write(tmp_path, 'area;name;share\n01;"Köln, Stadt; links";1,5\n02;Süd;2,25\n')
    assert rows_of(table_of(tmp_path, file="x.csv"))[1:] == [
        ["01", "Köln, Stadt; links", "1,5", 2],
        ["02", "Süd", "2,25", 3],
    ]


def test_separators_that_fit_alike_must_be_told_apart_by_the_planner(tmp_path):
    write(tmp_path, "a,b;c\n1,5;2\n")
    assert faults_of(tmp_path, file="x.csv") == [
        "x.csv, line 1: the separator cannot be told: ',', ';' fit alike; declare separator"
    ]
    assert rows_of(table_of(tmp_path, file="x.csv", separator=";")) == [["a,b", "c", "file_row"], ["1,5", "2", 2]]


def test_a_file_of_one_column_needs_its_separator_declared(tmp_path):
    write(tmp_path, "area\n01\n")
    assert faults_of(tmp_path, file="x.csv") == [
        (
            "x.csv, line 1: the separator cannot be told: with none of ',', ';', '\\t', '|' do the lines have as many "
            "fields as the header; declare separator and header_row"
        )
    ]
    assert table_of(tmp_path, file="x.csv", separator=";").frame["area"].tolist() == ["01"]


TITLED = """\
Bevölkerung, "nach Geschlecht
Stand; 31.12.2011

Gebiet;2011;;2012;
;m;w;m;w

01;1;2;3;4
02;5;6;7;8

Summe;6;8;10;12
Quelle: Amt für "Statistik; eigene, Berechnung
"""


def test_titles_group_headers_blank_lines_and_notes(tmp_path):
    write(tmp_path, TITLED)
    table = table_of(tmp_path, file="x.csv", header_row=[4, 5], ends_before="Summe")
    assert rows_of(table) == [
        ["Gebiet", "2011 / m", "2011 / w", "2012 / m", "2012 / w", "file_row"],
        ["01", "1", "2", "3", "4", 7],
        ["02", "5", "6", "7", "8", 8],
    ]
    assert table.header_row == 5


@pytest.mark.parametrize(
    ("declared", "rows"),
    [
        ({"last_row": 8}, ["01", "02"]),
        ({"last_row": 7}, ["01"]),
        ({"first_row": 8, "last_row": 8}, ["02"]),
        ({"first_row": 7, "ends_before": ""}, ["01", "02"]),
        ({"ends_before": "Quelle"}, ["01", "02", "Summe"]),
    ],
)
def test_where_the_data_begin_and_end(tmp_path, declared, rows):
    write(tmp_path, TITLED)
    table = table_of(tmp_path, file="x.csv", header_row=[4, 5], **declared)
    assert table.frame["Gebiet"].tolist() == rows


SHAPES = {
    "notes that are not cut off": (
        {"header_row": [4, 5]},
        "x.csv, line 11: the line has 2 fields, the header has 5 (separator ';')",
    ),
    "an end that is not found": (
        {"header_row": [4, 5], "ends_before": "Insgesamt", "last_row": 10},
        "x.csv, line 10, ends_before: no row begins with 'Insgesamt', before which the data should end; has the delivery changed?",
    ),
    "a header that is a blank line": (
        {"header_row": 3, "separator": ";", "last_row": 8},
        "x.csv, line 3, header_row: the row declared as header is empty or absent",
    ),
    "a header below the file": (
        {"header_row": [4, 40], "separator": ";", "last_row": 41},
        "x.csv, line 40, header_row: the row declared as header is empty or absent",
    ),
}


@pytest.mark.parametrize(("declared", "said"), SHAPES.values(), ids=SHAPES)
def test_another_shape_than_declared_is_a_fault(tmp_path, declared, said):
    write(tmp_path, TITLED)
    assert faults_of(tmp_path, file="x.csv", **declared) == [said]


def test_a_file_that_was_cut_has_lost_its_last_row(tmp_path):
    write(tmp_path, PLAIN)
    assert table_of(tmp_path, file="x.csv", last_row=3).rows == 2
    write(tmp_path, "area;name;value\n01;Köln;5\n")
    assert faults_of(tmp_path, file="x.csv", last_row=3) == [
        (
            "x.csv, line 2, last_row: the data end in row 2, before the row declared as the last, 3; "
            "has the file been cut?"
        )
    ]


@pytest.mark.parametrize("kept", range(17, len(PLAIN.encode()) + 1))
def test_a_file_cut_anywhere_is_a_fault_or_loses_rows_or_says_that_it_has_no_end(tmp_path, kept):
    write(tmp_path, PLAIN.encode()[:kept])
    try:
        table = table_of(tmp_path, file="x.csv", encoding="utf-8", separator=";")
    except DataError:
        return
    assert table.open_end or table.rows < 2 or rows_of(table) == TABLE


def test_a_line_with_other_fields_than_the_header_is_a_fault(tmp_path):
    write(tmp_path, PLAIN + "03;Nord\n04;West;7;8\n")
    assert faults_of(tmp_path, file="x.csv") == [
        "x.csv, line 4: the line has 2 fields, the header has 3 (separator ';')",
        "x.csv, line 5: the line has 4 fields, the header has 3 (separator ';')",
    ]


def test_everything_is_text_and_blanks_are_taken_away(tmp_path):
    write(tmp_path, "a ;b\tc;d\n NO ;042;1e5\n=1+1;<script>;  x   y \n1\u202f234;1\u00a0234;-\n", "utf-8")
    assert rows_of(table_of(tmp_path, file="x.csv")) == [
        ["a", "b c", "d", "file_row"],
        ["NO", "042", "1e5", 2],
        ["=1+1", "<script>", "x y", 3],
        ["1\u202f234", "1\u00a0234", "-", 4],
    ]


def test_a_field_over_several_lines_keeps_the_line_that_it_begins_on(tmp_path):
    write(tmp_path, 'area;"Be-\nvölkerung"\n01;"5\n6"\n02;7\n')
    assert rows_of(table_of(tmp_path, file="x.csv")) == [
        ["area", "Be- völkerung", "file_row"],
        ["01", "5 6", 3],
        ["02", "7", 5],
    ]


def test_columns_without_a_name_and_names_that_stand_twice_get_their_position(tmp_path):
    write(tmp_path, "area;;n;n;;file_row\n01;x;1;2;;9\n")
    table = table_of(tmp_path, file="x.csv")
    assert rows_of(table) == [
        ["area", "(2)", "n (3)", "n (4)", "file_row (6)", "file_row"],
        ["01", "x", "1", "2", "9", 2],
    ]
    assert faults_of(tmp_path, ["area", "n"], file="x.csv") == [
        "x.csv, line 1: the column 'n' stands twice; write which is meant: 'n (3)', 'n (4)'"
    ]


def test_a_column_that_is_missing_is_a_fault_that_names_the_others(tmp_path):
    write(tmp_path, PLAIN)
    assert faults_of(tmp_path, ["value", "sex"], file="x.csv", rows={"age": "65+"}) == [
        "x.csv, line 1: columns are missing: 'age', 'sex'; the file has: 'area', 'name', 'value'"
    ]


def test_only_the_rows_that_are_meant_are_taken(tmp_path):
    write(tmp_path, PLAIN)
    table = table_of(tmp_path, file="x.csv", rows={"area": ["02", "03"]})
    assert rows_of(table)[1:] == [["02", "Süd", "6", 3]]
    assert table.rows == 2


def test_a_file_a_year(tmp_path):
    for year in (2012, 2011):
        (tmp_path / f"pop_{year}.csv").write_text(f"area;value\n01;{year}\n", encoding="utf-8")
    for name in ("pop_.csv", "~$pop_2013.csv", ".pop_2014.csv", "other_2011.csv"):
        (tmp_path / name).write_text("no table", encoding="utf-8")
    tables = tables_of(tmp_path, ["file_part"], file="pop_{}.csv", rows={"file_part": ["2011", "2012"]})
    assert [(table.name, *rows_of(table)[1]) for table in tables] == [
        ("pop_2011.csv", "01", "2011", "2011", 2),
        ("pop_2012.csv", "01", "2012", "2012", 2),
    ]


def test_a_folder_a_year_and_characters_that_mean_something_to_patterns(tmp_path):
    for year in (2011, 2012):
        (tmp_path / str(year)).mkdir()
        (tmp_path / str(year) / "pop [1].csv").write_text("a;b\n1;2\n", encoding="utf-8")
    names = [table.name for table in tables_of(tmp_path, file="{}/pop [1].csv")]
    assert names == ["2011/pop [1].csv", "2012/pop [1].csv"]
    assert faults_of(tmp_path, file="{}/pop [2].csv") == [
        "{}/pop [2].csv: no file in the folder of raw files is named like this"
    ]


def test_the_faults_of_all_files_are_said_at_once(tmp_path):
    (tmp_path / "pop_1.csv").write_text("area;value\n01\n", encoding="utf-8")
    (tmp_path / "pop_2.csv").write_text("area;value\n", encoding="utf-16-le")
    assert len(faults_of(tmp_path, file="pop_{}.csv", separator=";")) == 2


KINDS = {
    "a page": (b"<!DOCTYPE html><table>", "HTML / XML", "; save it as XLSX or CSV"),
    "a workbook": (b"PK\x03\x04", "XLSX", "; declare format: workbook"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS", "; declare format: workbook"),
    "Parquet": (b"PAR1", "Parquet", "; declare format: columnar"),
    "something packed": (b"\x1f\x8b", "gzip", "; save it as XLSX or CSV"),
}


@pytest.mark.parametrize(("raw", "kind", "advice"), KINDS.values(), ids=KINDS)
def test_a_file_of_another_kind_than_its_ending_says(tmp_path, raw, kind, advice):
    write(tmp_path, raw)
    assert faults_of(tmp_path, file="x.csv") == [
        f"x.csv: the file is no text but {kind}, whatever its name says{advice}"
    ]


def test_what_cannot_be_told_or_makes_no_sense_is_a_fault(tmp_path):
    write(tmp_path, PLAIN)
    (tmp_path / "x.ods").write_bytes(b"")
    assert faults_of(tmp_path, file="x.csv", sheet="A") == [
        "x.csv: sheet says nothing about this kind of file (text); remove it"
    ]
    assert faults_of(tmp_path, file="y.csv") == ["y.csv: the file does not exist"]
    assert faults_of(tmp_path, file="x.ods")[0].startswith(
        "x.ods: what kind of file this is cannot be told by its ending; declare format, or save it as: .csv, .txt"
    )
