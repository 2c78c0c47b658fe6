"""Sheets of a workbook, read strictly: rows of cells that hold an inline text, a number or a day, and nothing else."""

from __future__ import annotations

import datetime as dt
import hashlib
import re

SHEETS = (1, 2, 3)
"""Numbers of the sheets: data, metadata, notes."""

HEADS = {
    1: "7d0156c69f2ce5c542e2f4fca6ac201a40fb2a8f70dfc867408069637c62d67a",
    2: "14cf0e3d763292cdf7e2032176ce61f633af42fcfe8440825bf23e113bd8f1a5",
    3: "0ded2e638d36100f73fa05c50cc89b86276b44dfe94e36a0608dce7854510653",
}
"""Hashes (sha256) of what stands before the rows of each sheet: how it is shown."""

BEGIN, FINISH = b"<sheetData>", b"</sheetData></worksheet>"

ROW = re.compile(r'<row r="(\d+)">(.*?)</row>', re.DOTALL)
CELL = re.compile(
    r'<c r="([A-Z])(\d+)"(?: s="([1-5])")?'
    r'(?: t="inlineStr"><is><t xml:space="preserve">([^<>]*)</t></is>|><v>(-?\d+(?:\.\d+)?)</v>)</c>'
)
ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
CODE = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)")
A_DAY = "4"
"""Style of a day."""

FIRST_DAY = dt.date(1899, 12, 30)


class SheetError(ValueError):
    """A sheet holds something that is not agreed."""


def read_sheet(data: bytes, number: int) -> list[tuple[str, ...]]:
    """Read the rows of a sheet.

    Parameters
    ----------
    data
        The part of the archive.
    number
        Of the sheet.

    Returns
    -------
    list
        Texts and numbers as they stand, days as ISO 8601; a cell that is left out is empty.

    Raises
    ------
    SheetError
        With the beginning of what is not as agreed.
    """
    head, begin, rest = data.partition(BEGIN)
    if hashlib.sha256(head + begin).hexdigest() != HEADS[number] or not rest.endswith(FINISH):
        raise SheetError("its frame")
    text = rest.removesuffix(FINISH).decode("utf-8")
    rows: list[tuple[str, ...]] = []
    position = 0
    width = 17 if number == 1 else 4 - number
    while position < len(text):
        row = ROW.match(text, position)
        if row is None or row[1] != str(len(rows) + 1):
            raise SheetError(text[position : position + 60])
        rows.append(_cells(row[2], row[1], width))
        position = row.end()
    return rows


def _cells(text: str, row: str, width: int) -> tuple[str, ...]:
    cells, position, last = [""] * width, 0, -1
    while position < len(text):
        cell = CELL.match(text, position)
        place = ord(cell[1]) - ord("A") if cell else -1
        if cell is None or cell[2] != row or not last < place < width:
            raise SheetError(text[position : position + 60])
        cells[place] = _told(cell)
        position, last = cell.end(), place
    return tuple(cells)


def _told(cell: re.Match[str]) -> str:
    style, text, number = cell[3], cell[4], cell[5]
    if number is not None:
        is_day = style == A_DAY and number.isdecimal() and len(number) <= 6
        return str(FIRST_DAY + dt.timedelta(days=int(number))) if is_day else number
    if ENTITY.search(text):
        raise SheetError(text[:60])
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return CODE.sub("_", plain)
