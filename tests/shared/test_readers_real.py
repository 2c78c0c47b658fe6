"""The readers on real deliveries: every cell against an independent reading of the same file."""

from __future__ import annotations

import csv
import re

import openpyxl
import pytest

from tests.raw_files import table_of

HAMBURG = "data/hamburg/Daten_fuer_die_Stadtteilprofile_2014.xlsx"
SHEET = "Stadtteilprofile 2014"
WIEN = "data/wien/vie-bez-pop-sex-age5-stk-nat-geo4-2002f.csv"
LAST_COLUMN = 69

FILES = ["data/koeln/bevoelkerung.csv", "data/berlin/berlin_mss_2013_indicators.csv"]


def plain(value):
    """Write a cell of openpyxl as text."""
    if value is None:
        return ""
    text = re.sub(r"[ \n]+", " ", value.strip()) if isinstance(value, str) else repr(value)
    return text.removesuffix(".0") if isinstance(value, float) else text


def test_hamburgs_workbook_cell_by_cell(shared):
    table = table_of(shared, file=HAMBURG, sheet=SHEET, header_row=3, first_row=5, last_row=111)
    sheet = openpyxl.load_workbook(shared / HAMBURG, data_only=True)[SHEET]
    rows = list(sheet.iter_rows(min_row=5, max_row=111, max_col=LAST_COLUMN, values_only=True))
    assert table.frame.shape == (107, LAST_COLUMN + 1)
    assert table.frame.iloc[:, :LAST_COLUMN].to_numpy().tolist() == [[plain(value) for value in row] for row in rows]
    assert table.frame["file_row"].tolist() == list(range(5, 112))


def test_hamburgs_merged_groups_stand_before_the_names(shared):
    table = table_of(shared, file=HAMBURG, sheet=SHEET, header_row=[2, 3], first_row=5, last_row=111)
    book = openpyxl.load_workbook(shared / HAMBURG)
    sheet = book[SHEET]
    groups = {
        column: plain(sheet.cell(cells.min_row, cells.min_col).value)
        for cells in sheet.merged_cells.ranges
        if cells.min_row == 2
        for column in range(cells.min_col, cells.max_col + 1)
    }
    names = [plain(sheet.cell(3, column).value) for column in range(1, LAST_COLUMN + 1)]
    found = table.frame.columns[:LAST_COLUMN].tolist()
    joined = [
        " / ".join(filter(None, (groups.get(i, plain(sheet.cell(2, i).value)), name)))
        for i, name in enumerate(names, 1)
    ]
    assert found == [re.sub(r"\s+", " ", name) for name in joined]
    assert len(set(found)) == LAST_COLUMN


def independent(path, separator, first):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.reader(stream, delimiter=separator))[first - 1 :]
    return [[re.sub(r" {2,}", " ", field.strip()) for field in line] for line in lines if line]


@pytest.mark.parametrize(("file", "separator", "header_row"), [*((name, ",", 1) for name in FILES), (WIEN, ";", 2)])
def test_text_files_cell_by_cell(shared, file, separator, header_row):
    table = table_of(shared, file=file, header_row=header_row)
    expected = independent(shared / file, separator, header_row)
    assert (table.encoding, table.separator) == ("utf-8", separator)
    assert [table.frame.columns[:-1].tolist(), *table.frame.iloc[:, :-1].to_numpy().tolist()] == expected


def test_the_four_flat_files_of_genesis_cell_by_cell(shared):
    files = sorted((shared / "data/genesis").glob("*_flat.csv"))
    tables = [table_of(shared, file=f"data/genesis/{path.name}") for path in files]
    assert [table.rows for table in tables] == [489, 1467, 3300, 1467]
    for path, table in zip(files, tables, strict=True):
        header, *rows = independent(path, ";", 1)
        assert (table.encoding, table.separator) == ("utf-8", ";")
        assert table.frame.columns[:-1].tolist() == header
        assert table.frame.iloc[:, :-1].to_numpy().tolist() == rows
