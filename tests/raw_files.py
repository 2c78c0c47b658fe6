"""Raw files that tests make and read: bytes in, rows of text out."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from sozialanalyse.errors import SozialanalyseError
from sozialanalyse.loading.csv_files import FILE_ROW
from sozialanalyse.loading.raw_folder import RawFolder
from sozialanalyse.loading.readers import RawTable, read_raw
from sozialanalyse.loading.table_file import TableFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CONTENT = "http://schemas.openxmlformats.org/package/2006/content-types"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def tables_of(folder: Path, columns: Iterable[str] = (), decimal: str = ".", **declared: Any) -> list[RawTable]:
    """Read the tables that a mapping with these keys names."""
    return read_raw(TableFile.model_validate(declared), RawFolder(folder), columns, decimal=decimal)


def table_of(folder: Path, columns: Iterable[str] = (), decimal: str = ".", **declared: Any) -> RawTable:
    """Read the one table that there is."""
    [table] = tables_of(folder, columns, decimal, **declared)
    return table


def rows_of(table: RawTable) -> list[list[Any]]:
    """Give the names of the columns, then the rows; the last cell is the row in the file."""
    columns = [name for name in table.frame if name != FILE_ROW]
    rows = table.frame[[*columns, FILE_ROW]].astype(object).to_numpy().tolist()
    return [[*columns, FILE_ROW], *rows]


def faults_of(folder: Path, columns: Iterable[str] = (), **declared: Any) -> list[str]:
    """Give what is said of a file that cannot be read, a line a fault."""
    try:
        tables_of(folder, columns, **declared)
    except SozialanalyseError as error:
        return [str(fault) for fault in error.faults]
    message = "the file was read without a fault"
    raise AssertionError(message)


def xlsx(*sheets: str, **parts: str) -> bytes:
    """Pack sheets, each the XML of its rows, into a workbook as small as can be; ``parts`` are added or replaced."""
    numbers = range(1, len(sheets) + 1)
    names = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    links = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    kinds = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    kinds += f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
    texts = {
        "[Content_Types].xml": f'<Types xmlns="{CONTENT}">{kinds}</Types>',
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}">'
            f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
    }
    for number, rows in zip(numbers, sheets, strict=True):
        part = f"xl/worksheets/sheet{number}.xml"
        texts[part] = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for part, text in (texts | parts).items():
            package.writestr(part, text)
    return buffer.getvalue()


def text_cell(reference: str, text: str) -> str:
    """Write a cell of text."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


SMALL = f'<row r="1">{text_cell("A1", "area")}</row><row r="2">{text_cell("A2", "01")}</row>'
"""A sheet of one column and one row."""
