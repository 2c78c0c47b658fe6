"""Workbooks: sheets, titles, merged headers, notes, and cells of every kind, in XLSX and XLS."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest
import xlwt

from tests.raw_files import faults_of, rows_of, table_of, tables_of, xlsx

ROWS = [["area", "value"], ["01", 5], ["02", 6]]

TABLE = [["area", "value", "file_row"], ["01", "5", 2], ["02", "6", 3]]


def write_xlsx(folder, sheets, name="x.xlsx", merged=(), hidden=()):
    """Write sheets given by name and rows; ranges of the first one are merged."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
    for cells in merged:
        book.worksheets[0].merge_cells(cells)
    book.save(folder / name)


def write_xls(folder, sheets, name="x.xls", merged=(), hidden=()):
    book = xlwt.Workbook()
    styles = {is_date: xlwt.easyxf(num_format_str="DD.MM.YYYY" if is_date else "General") for is_date in (True, False)}
    for title, rows in sheets.items():
        sheet = book.add_sheet(title)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if value is not None:
                    sheet.write(i, j, value, styles[isinstance(value, dt.date)])
        sheet.visibility = int(title in hidden)
    for cells in merged:
        first, last = (openpyxl.utils.cell.coordinate_from_string(cell) for cell in cells.split(":"))
        columns = [openpyxl.utils.column_index_from_string(cell[0]) - 1 for cell in (first, last)]
        book.get_sheet(0).merge(first[1] - 1, last[1] - 1, *columns)
    book.save(str(folder / name))


BOTH = pytest.mark.parametrize(("write", "file"), [(write_xlsx, "x.xlsx"), (write_xls, "x.xls")], ids=["xlsx", "xls"])


@BOTH
def test_titles_merged_headers_and_notes(tmp_path, write, file):
    rows = [
        ["Bevölkerung nach Stadtteilen"],
        [],
        ["Nr", "Bevölkerung", None, "Fläche\nin km²"],
        [None, "Männer ", " Frauen", None],
        ["01", 1, 2, 1.5],
        [],
        ["02", 3, 4, 2.25],
        ["Summe", 4, 6, 3.75],
        ["Quelle: Amt für Statistik"],
    ]
    write(tmp_path, {"S": rows}, merged=["A3:A4", "B3:C3", "D3:D4"])
    table = table_of(tmp_path, file=file, header_row=[3, 4], ends_before="Summe", decimal=",")
    assert rows_of(table) == [
        ["Nr", "Bevölkerung / Männer", "Bevölkerung / Frauen", "Fläche in km²", "file_row"],
        ["01", "1", "2", "1,5", 5],
        ["02", "3", "4", "2,25", 7],
    ]
    assert (table.name, table.sheet, table.header_row) == (f"{file} [S]", "S", 4)


@BOTH
def test_a_table_that_begins_further_down_and_right_keeps_its_rows(tmp_path, write, file):
    write(tmp_path, {"S": [[], [], [None, "area", "value"], [None, "01", 5]]})
    assert rows_of(table_of(tmp_path, file=file, header_row=3)) == [["area", "value", "file_row"], ["01", "5", 4]]


@BOTH
def test_cells_of_every_kind_become_text(tmp_path, write, file):
    cells = [
        "NO",
        "042",
        "1e5",
        "<script>",
        13066.0,
        45.8,
        0.125,
        -3,
        1e-7,
        123456789012,
        True,
        dt.date(2011, 12, 31),
    ]
    write(tmp_path, {"S": [[f"c{number}" for number in range(len(cells))], cells]})
    assert rows_of(table_of(tmp_path, file=file))[1] == [
        *["NO", "042", "1e5", "<script>", "13066", "45.8", "0.125", "-3", "0.0000001", "123456789012"],
        *["true", "2011-12-31", 2],
    ]


@BOTH
def test_blanks_and_line_breaks_within_a_cell_are_one_blank_but_narrow_ones_stay(tmp_path, write, file):
    write(tmp_path, {"S": [["a", "b", "c"], [" x\n y  z ", "1\u202f234", "1\u00a0234\u00a0"]]})
    assert rows_of(table_of(tmp_path, file=file))[1] == ["x y z", "1\u202f234", "1\u00a0234", 2]


@BOTH
def test_a_sheet_is_found_in_spite_of_blanks_around_its_name(tmp_path, write, file):
    write(tmp_path, {"Titel": [["nothing"]], "Tabelle  1 ": ROWS})
    table = table_of(tmp_path, file=file, sheet="Tabelle 1")
    assert rows_of(table) == TABLE
    assert (table.name, table.sheet) == (f"{file} [Tabelle  1]", "Tabelle  1 ")


@BOTH
def test_of_several_sheets_one_must_be_declared(tmp_path, write, file):
    write(tmp_path, {"2011": ROWS, "2012 ": ROWS, "leer": [], "alt": ROWS}, hidden=["alt"])
    assert faults_of(tmp_path, file=file) == [
        f"{file}: the workbook has several sheets with data: '2011', '2012 '; declare sheet"
    ]
    assert faults_of(tmp_path, file=file, sheet="2013") == [
        f"{file}: there is no sheet '2013'; the workbook has: '2011', '2012 ', 'leer', 'alt'"
    ]


@BOTH
def test_the_only_sheet_with_data_need_not_be_declared(tmp_path, write, file):
    write(tmp_path, {"leer": [], "alt": [["x"]], "2012": ROWS}, hidden=["alt"])
    assert rows_of(table_of(tmp_path, file=file)) == TABLE


@BOTH
def test_a_sheet_a_year_passes_hidden_ones_over(tmp_path, write, file):
    sheets = {"Jahr 2012": ROWS[:2], "Jahr 2011 ": ROWS[:2], "Jahr 2010": ROWS, "Notizen": [["x"]]}
    write(tmp_path, sheets, hidden=["Jahr 2010"])
    tables = tables_of(tmp_path, ["sheet_part"], file=file, sheet="Jahr {}")
    assert [rows_of(table)[1] for table in tables] == [["01", "5", "2012", 2], ["01", "5", "2011", 2]]


@BOTH
def test_a_hidden_sheet_is_read_where_it_is_named(tmp_path, write, file):
    write(tmp_path, {"S": ROWS, "alt": ROWS[:2]}, hidden=["alt"])
    assert table_of(tmp_path, file=file, sheet="alt").rows == 1


def test_sheets_whose_names_differ_by_blanks_only_cannot_be_told_apart(tmp_path):
    write_xlsx(tmp_path, {"S": ROWS, "S ": ROWS})
    assert faults_of(tmp_path, file="x.xlsx", sheet="S") == [
        "x.xlsx: several sheets are named 'S' but for blanks: 'S', 'S '"
    ]


def test_a_formula_gives_its_saved_value_and_one_never_calculated_its_text(tmp_path):
    cells = '<c r="A2"><f>1+1</f><v>2</v></c><c r="B2"><f>1+2</f></c><c r="C2" t="str"><f>"x"</f><v>x</v></c>'
    errors = '<c r="D2" t="e"><v>#N/A</v></c><c r="E2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    names = "".join(f'<c r="{letter}1" t="inlineStr"><is><t>{letter}</t></is></c>' for letter in "ABCDE")
    (tmp_path / "x.xlsx").write_bytes(xlsx(f'<row r="1">{names}</row><row r="2">{cells}{errors}</row>'))
    assert rows_of(table_of(tmp_path, file="x.xlsx"))[1] == ["2", "=1+2", "x", "#N/A", "#DIV/0!", 2]


def test_an_error_in_an_old_workbook_is_seen(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for column, value in enumerate(("a", "b")):
        sheet.write(0, column, value)
    sheet.row(1).set_cell_error(0, 0x2A)
    sheet.write(1, 1, 5)
    book.save(tmp_path / "x.xls")
    assert rows_of(table_of(tmp_path, file="x.xls"))[1] == ["#N/A", "5", 2]


def test_an_old_workbook_of_many_sectors_is_looked_through(tmp_path):
    write_xls(tmp_path, {"S": [["a", "b"], *([f"{n:05}", n] for n in range(60_000))]})
    table = table_of(tmp_path, file="x.xls")
    assert table.rows == 60_000
    assert rows_of(table)[-1] == ["59999", "59999", 60_001]


def test_a_text_file_under_the_name_of_a_workbook(tmp_path):
    (tmp_path / "x.xlsx").write_text("area;value\n01;5\n", encoding="utf-8")
    assert faults_of(tmp_path, file="x.xlsx") == [
        "x.xlsx: the file is no XLSX / XLS but text, whatever its name says; declare format: text"
    ]
    assert rows_of(table_of(tmp_path, file="x.xlsx", format="text"))[1] == ["01", "5", 2]


@BOTH
def test_a_workbook_under_another_name(tmp_path, write, file):
    write(tmp_path, {"S": ROWS}, name="x.csv")
    assert "; declare format: workbook" in faults_of(tmp_path, file="x.csv")[0]
    assert rows_of(table_of(tmp_path, file="x.csv", format="workbook")) == TABLE


@pytest.mark.parametrize(("part", "kind"), [("content.xml", "ODS"), ("xl/workbook.bin", "XLSB"), ("x.txt", "ZIP")])
def test_packages_of_other_kinds_are_refused(tmp_path, part, kind):
    import zipfile

    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as package:
        package.writestr(part, "")
    assert faults_of(tmp_path, file="x.xlsx") == [
        f"x.xlsx: the file is no XLSX workbook but {kind}, which is not read; save it as XLSX"
    ]


def test_keys_of_text_files_make_no_sense(tmp_path):
    write_xlsx(tmp_path, {"S": ROWS})
    assert faults_of(tmp_path, file="x.xlsx", separator=";", encoding="utf-8") == [
        "x.xlsx: encoding, separator says nothing about this kind of file (workbook); remove it"
    ]


def test_the_row_of_a_missing_column_is_the_last_header_row(tmp_path):
    write_xlsx(tmp_path, {"S": [["Titel"], *ROWS]})
    assert faults_of(tmp_path, ["sex"], file="x.xlsx", header_row=2) == [
        "x.xlsx [S], line 2: columns are missing: 'sex'; the file has: 'area', 'value'"
    ]
