"""Tables as text: for a German Excel (semicolon, decimal comma, byte order mark), and tidy for programs (RFC 4180).

A text that a spreadsheet would take for a formula begins with an apostrophe, in both (OWASP, "CSV Injection"); a number
never does, for it stands in a column of numbers.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from sozialanalyse.downloads.table import COLUMNS, NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sozialanalyse.downloads.table import Table

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212")
"""With these begins what a spreadsheet would calculate; the wide forms are the same to some."""

APOSTROPHE = "'"

_NUMBERS = [place for place, column in enumerate(COLUMNS) if column.kind == "number"]
_TEXTS = [place for place, column in enumerate(COLUMNS) if column.kind == "text"]


def for_excel(table: Table) -> bytes:
    """Write a table as a German Excel opens it by a double click: UTF-8 with byte order mark, ``;``, decimal comma.

    Parameters
    ----------
    table
        Its headings are those that people read.
    """
    text = _written([table.headings, *(_with_commas(row) for row in table.read_rows)], ";")
    return text.encode("utf-8-sig")


def tidy(table: Table) -> bytes:
    """Write a table for programs: UTF-8, ``,``, decimal point, ids as headings, a row for each value.

    Parameters
    ----------
    table
        As :func:`for_excel`.
    """
    return _written([NAMES, *table.rows], ",").encode("utf-8")


def harmless(text: str) -> str:
    """Write a text so that no spreadsheet takes it for a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless("Markt")
    ("'=1+1", 'Markt')
    """
    return APOSTROPHE + text if text.startswith(FORMULA) else text


def _with_commas(row: Sequence[str]) -> list[str]:
    cells = list(row)
    for place in _NUMBERS:
        cells[place] = cells[place].replace(".", ",")
    return cells


def _written(rows: Iterable[Sequence[str]], delimiter: str) -> str:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows(_harmless(row) for row in rows)
    return target.getvalue()


def _harmless(row: Sequence[str]) -> Sequence[str]:
    if not any(row[place].startswith(FORMULA) for place in _TEXTS):
        return row
    return [harmless(text) if place in _TEXT_PLACES else text for place, text in enumerate(row)]


_TEXT_PLACES = frozenset(_TEXTS)
