"""Reading delimited text files as text: nothing is guessed, nothing is turned into a number here."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pandas as pd

from sozialanalyse.errors import DataError, Fault, Place

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAXIMUM_BYTES = 500_000_000
"""A delivery by small area is never larger; a larger file is refused before it is opened."""

FILE_ROW = "file_row"


def read_text_table(
    path: Path, name: str, *, encoding: str = "utf-8", separator: str = ",", header_row: int = 1
) -> pd.DataFrame:
    """Read a delimited file, each value as the text that stands there, without blanks around it.

    Parameters
    ----------
    path, name
        The file, and how it is called in messages.
    encoding, separator
        As declared; a byte order mark is taken away.
    header_row
        Line of the column names, counted from 1; lines above it are titles.

    Returns
    -------
    pandas.DataFrame
        Text columns, and ``file_row`` (int): the line in the file, counted from 1.

    Raises
    ------
    DataError
        File absent, too large or not in the declared encoding; no header; a line with too few or too many fields.
    """
    stream = io.StringIO(_decode(path, name, encoding), newline="")
    for _ in range(header_row - 1):
        stream.readline()
    reader = csv.reader(stream, delimiter=separator, strict=True)
    rows: list[list[str]] = []
    numbers: list[int] = []
    first = header_row
    try:
        for row in reader:
            if row:
                rows.append([value.strip() for value in row])
                numbers.append(first)
            first = header_row + reader.line_num
    except csv.Error as error:
        place = Place(name, header_row + reader.line_num - 1)
        raise DataError(Fault("the line cannot be read: {problem}", {"problem": str(error)}, place)) from error
    return _as_frame(rows, numbers, name, separator)


def _decode(path: Path, name: str, encoding: str) -> str:
    if not path.is_file():
        raise DataError(Fault("the file does not exist", {}, Place(name)))
    if path.stat().st_size > MAXIMUM_BYTES:
        raise DataError(Fault("the file is larger than {limit} bytes", {"limit": MAXIMUM_BYTES}, Place(name)))
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding)
    except UnicodeDecodeError as error:
        place = Place(name, raw[: error.start].count(b"\n") + 1)
        message = "the file is not {encoding} text (found the byte 0x{byte:02x}); declare its encoding, often cp1252"
        raise DataError(Fault(message, {"encoding": encoding, "byte": raw[error.start]}, place)) from error
    if "\x00" in text:
        message = "the file holds NUL characters and is not {encoding} text; is it UTF-16 or no text file?"
        raise DataError(Fault(message, {"encoding": encoding}, Place(name)))
    return text


def _as_frame(rows: list[list[str]], numbers: list[int], name: str, separator: str) -> pd.DataFrame:
    if not rows:
        raise DataError(Fault("the file has no header line", {}, Place(name)))
    header = rows[0]
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        message = "columns stand twice: {columns}"
        raise DataError(Fault(message, {"columns": quoted(twice)}, Place(name, numbers[0])))
    message = "the line has {found} fields, the header has {expected} (separator '{separator}')"
    faults = [
        Fault(message, {"found": len(row), "expected": len(header), "separator": separator}, Place(name, number))
        for row, number in zip(rows[1:], numbers[1:], strict=True)
        if len(row) != len(header)
    ]
    if faults:
        raise DataError(faults)
    frame = pd.DataFrame(rows[1:], columns=header, dtype=object)
    return frame.assign(**{FILE_ROW: pd.Series(numbers[1:], index=frame.index, dtype="int64")})


def require_columns(
    frame: pd.DataFrame, needed: Iterable[str], name: str, row: int = 1, *, optional: Iterable[str] | None = None
) -> None:
    """Refuse a table that lacks columns, naming those that it has.

    Where ``optional`` is given, a column that is neither needed nor optional is refused too: it is more likely a
    misspelt one than one that may be passed over.
    """
    needed = list(needed)
    found = [str(column) for column in frame if column != FILE_ROW]
    place = Place(name, row)
    faults = []
    if missing := [column for column in needed if column not in found]:
        values = {"missing": quoted(missing), "found": quoted(found)}
        faults.append(Fault("columns are missing: {missing}; the file has: {found}", values, place))
    if optional is not None and (strange := [name for name in found if name not in {*needed, *optional}]):
        values = {"strange": quoted(strange), "allowed": quoted([*needed, *optional])}
        faults.append(Fault("columns are not known: {strange}; allowed are: {allowed}", values, place))
    if faults:
        raise DataError(faults)


def quoted(names: Iterable[str]) -> str:
    """Name columns in a message; one without a name is seen as ''."""
    return ", ".join(f"'{name}'" for name in names)
