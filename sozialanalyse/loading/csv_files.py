"""Reading delimited text as text: nothing is guessed, nothing is turned into a number here."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pandas as pd

from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.encodings import UTF_8, decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAXIMUM_BYTES = 500_000_000
"""A delivery by small area is never larger; a larger file is refused before it is opened."""

FILE_ROW = "file_row"

Line = tuple[int, list[str]]
"""A line or row of a file, counted from 1, and its fields; none where it is blank."""


def read_text_table(
    path: Path, name: str, *, encoding: str = UTF_8, separator: str = ",", header_row: int = 1
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
    text, _ = decode(read_bytes(path, name), name, encoding)
    lines = [(row, fields) for row, fields in read_lines(text, name, separator, header_row) if fields]
    return _as_frame(lines, name, separator)


def read_bytes(path: Path, name: str, limit: int = MAXIMUM_BYTES) -> bytes:
    """Read a file that exists and is not too large."""
    require_file(path, name, limit)
    return path.read_bytes()


def require_file(path: Path, name: str, limit: int = MAXIMUM_BYTES) -> None:
    """Refuse a file that does not exist or is too large, before it is opened."""
    if not path.is_file():
        raise DataError(Fault("the file does not exist", {}, Place(name)))
    if path.stat().st_size > limit:
        raise DataError(Fault("the file is larger than {limit} bytes", {"limit": limit}, Place(name)))


def read_lines(text: str, name: str, separator: str, first: int = 1) -> Iterator[Line]:
    """Split text into lines and fields, from a line on; a quoted field may hold line breaks.

    Lines are read as they are asked for, so that notes below a table need not be well-formed.

    Raises
    ------
    DataError
        A quoted field does not end, or something stands behind it.
    """
    stream = io.StringIO(text, newline="")
    for _ in range(first - 1):
        stream.readline()
    reader = csv.reader(stream, delimiter=separator, strict=True)
    row = first
    try:
        for fields in reader:
            yield row, [field.strip() for field in fields]
            row = first + reader.line_num
    except csv.Error as error:
        place = Place(name, first + reader.line_num - 1)
        raise DataError(Fault("the line cannot be read: {problem}", {"problem": str(error)}, place)) from error


def _as_frame(lines: list[Line], name: str, separator: str) -> pd.DataFrame:
    if not lines:
        raise DataError(Fault("the file has no header line", {}, Place(name)))
    row, header = lines[0]
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        message = "columns stand twice: {columns}"
        raise DataError(Fault(message, {"columns": quoted(twice)}, Place(name, row)))
    refuse_other_widths(lines[1:], len(header), name, separator)
    frame = pd.DataFrame([fields for _, fields in lines[1:]], columns=header, dtype=object)
    return frame.assign(**{FILE_ROW: pd.Series([row for row, _ in lines[1:]], index=frame.index, dtype="int64")})


def refuse_other_widths(lines: Iterable[Line], width: int, name: str, separator: str) -> None:
    """Refuse lines with more or fewer fields than the header: which value belongs to which column is not known."""
    message = "the line has {found} fields, the header has {expected} (separator '{separator}')"
    faults = [
        Fault(message, {"found": len(fields), "expected": width, "separator": separator}, Place(name, row))
        for row, fields in lines
        if len(fields) != width
    ]
    if faults:
        raise DataError(faults)


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
