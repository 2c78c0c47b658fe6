"""The cells of an unknown file as they stand, before anything is known of its header: each sheet, or each separator tried."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.csv_files import read_bytes
from sozialanalyse.loading.encodings import decode
from sozialanalyse.loading.readers.raw_table import clean
from sozialanalyse.loading.readers.signatures import kind_of
from sozialanalyse.loading.readers.texts import SEPARATORS
from sozialanalyse.loading.readers.workbooks import visible_cells

if TYPE_CHECKING:
    from pathlib import Path

    from sozialanalyse.loading.drafting.shape import Grid


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet, or of a text file read with one of the usual separators."""

    grid: Grid
    name: str | None = None
    encoding: str | None = None
    separator: str | None = None


def sheets_of(path: Path) -> list[Sheet]:
    """Read all sheets of a workbook, or a text file once for each separator.

    Raises
    ------
    DataError
        No such file; neither text nor a workbook; too large or unsafe to open.
    """
    if not path.is_file():
        raise DataError(Fault("the file does not exist", {}, Place(path.name)))
    with path.open("rb") as file:
        kind, form = kind_of(file.read(512))
    if form == "text":
        return _texts(path)
    if form == "workbook":
        return _workbook(path)
    message = "the file is {kind}; a first mapping can be drafted of text files and workbooks"
    raise DataError(Fault(message, {"kind": kind}, Place(path.name)))


def _texts(path: Path) -> list[Sheet]:
    text, encoding = decode(read_bytes(path, path.name), path.name)
    try:
        return [Sheet(_split(text, separator), encoding=encoding, separator=separator) for separator in SEPARATORS]
    except csv.Error as error:
        raise DataError(
            Fault("the file cannot be read: {problem}", {"problem": str(error)}, Place(path.name))
        ) from error


def _split(text: str, separator: str) -> Grid:
    """Split lines into cells; every row gets the width of the widest."""
    lines = text.splitlines(keepends=True)
    rows = [[clean(cell) for cell in row] for row in csv.reader(lines, delimiter=separator)]
    width = max(map(len, rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _workbook(path: Path) -> list[Sheet]:
    return [Sheet(cells, name) for name, cells in visible_cells(path, path.name)]
