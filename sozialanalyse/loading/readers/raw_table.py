"""What every reader gives: a table of text that knows its file, its rows and how it was written."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

MAXIMUM_CELLS = 5_000_000
"""Rows times columns of a table, empty cells included; about 1.5 GB when it is read. The largest delivery by small area
seen has a quarter of it."""

MAXIMUM_LENGTH = 32_767
"""Characters in a cell: what spreadsheets allow."""

MIDNIGHT = dt.time()

BLANKS = re.compile(r"[ \t\r\n\f\v]{2,}|[\t\r\n\f\v]")
"""Line breaks, and more than one blank; no-break and narrow blanks are left to whoever reads numbers."""


@dataclass(frozen=True)
class RawTable:
    """A table as text.

    Parameters
    ----------
    frame
        Text columns, ``file_row`` (int: line or row of the file, counted from 1), and ``file_part`` and ``sheet_part``
        where the name of the file or sheet has a {}: the text in its place.
    name
        How the table is called in messages: ``x.csv``, ``x.xlsx [Sheet]``, ``register [SQL]``.
    file, path
        The file's path below the folder of raw files and in full; of a query, the connection's name and None.
    sheet
        The sheet of a workbook or the table of a DuckDB file, as it is written there.
    encoding, separator
        Of a text file.
    detected
        Which of both were detected, not declared.
    open_end
        The last line of a text file has no line break: the file may have been cut.
    header_row
        Row of the (last) header row; 1 where there is none.
    sha256
        Hash of the file's bytes; of a query, of the rows that it gave, in any order.
    rows
        How many rows there were before those that are meant were chosen.
    """

    frame: pd.DataFrame
    name: str
    file: str
    sha256: str
    path: Path | None = None
    sheet: str | None = None
    encoding: str | None = None
    separator: str | None = None
    detected: tuple[str, ...] = ()
    open_end: bool = False
    header_row: int = 1
    rows: int = 0


def clean(text: str) -> str:
    """Take away blanks around a text, line breaks and repeated blanks within."""
    text = text.strip()
    return text if text.isalnum() else BLANKS.sub(" ", text)  # most are plain numbers and names


def cell_text(value: Any, decimal: str) -> str:
    """Write a stored value as a text file would have it.

    Parameters
    ----------
    value
        What a workbook, a database or a columnar file holds.
    decimal
        Decimal sign that the mapping declares; numbers are written with it, without exponent and trailing zeros.

    Examples
    --------
    >>> [cell_text(value, ",") for value in (13066.0, 45.8, 1e21, "042", None, True, dt.datetime(2011, 12, 31))]
    ['13066', '45,8', '1000000000000000000000', '042', '', 'true', '2011-12-31']
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float, Decimal)):
        return _number_text(value, decimal)
    if isinstance(value, dt.datetime):
        return str(value.date() if value.timetz() == MIDNIGHT else value)
    return clean(str(value))


def _number_text(value: float | Decimal, decimal: str) -> str:
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        return str(value)
    plain = f"{exact:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain == "-0" else plain.replace(".", decimal)


def is_empty(fields: Sequence[str]) -> bool:
    """Tell whether a row has no text at all."""
    return not any(fields)
