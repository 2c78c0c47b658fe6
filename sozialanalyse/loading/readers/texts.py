"""Delimited text: encoding and separator as declared, or detected and stated."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING

from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.csv_files import quoted, read_bytes, read_lines, refuse_other_widths
from sozialanalyse.loading.encodings import decode
from sozialanalyse.loading.readers.headers import as_frame, column_names, cut, parted
from sozialanalyse.loading.readers.raw_table import RawTable, clean
from sozialanalyse.loading.readers.signatures import refuse_other_kind

if TYPE_CHECKING:
    from sozialanalyse.loading.csv_files import Line
    from sozialanalyse.loading.raw_folder import Match
    from sozialanalyse.loading.table_file import TableFile

SEPARATORS = (",", ";", "\t", "|")

SAMPLE = 2_000
"""So many lines are looked at to find the separator."""

CONSISTENT = 0.5
"""With the right separator at least so large a part of the lines has as many fields as the header; where it is not all
of them, the others are faulty and told so."""


def read_texts(table: TableFile, match: Match) -> list[RawTable]:
    """Read a text file.

    Raises
    ------
    DataError
        Not a text file, too large, not in the declared encoding; the encoding or separator cannot be detected; the
        shape is not the declared one; a line of the data has too few or too many fields.
    """
    raw = read_bytes(match.path, match.name)
    refuse_other_kind(raw[:512], "text", match.name)
    text, encoding = decode(raw, match.name, table.encoding)
    separator = table.separator or detect_separator(text, table, match.name)
    header, data = cut(read_lines(text, match.name, separator, table.header_row[0]), table, match.name)
    width = len(header[-1][1])
    refuse_other_widths(data, width, match.name, separator)
    plain = {field: clean(field) for field in {field for _, fields in data for field in fields}}
    data = [(row, [plain[field] for field in fields]) for row, fields in data]
    return [
        RawTable(
            as_frame(column_names(header, width), data),
            name=match.name,
            file=match.name,
            path=match.path,
            sha256=hashlib.sha256(raw).hexdigest(),
            encoding=encoding,
            separator=separator,
            detected=tuple(key for key in ("encoding", "separator") if getattr(table, key) is None),
            open_end=not text.endswith(("\n", "\r")),
            header_row=table.header_row[-1],
            rows=len(data),
        )
    ]


def detect_separator(text: str, table: TableFile, name: str) -> str:
    """Find the separator by which the lines of the table have as many fields as its header.

    Raises
    ------
    DataError
        None does, or several do: which one is meant must be declared.
    """
    fits = {separator: _fit(text, table, separator) for separator in SEPARATORS}
    best = max(fits.values())
    found = [separator for separator, fit in fits.items() if fit == best]
    if best < CONSISTENT:
        message = (
            "the separator cannot be told: with none of {signs} do the lines have as many fields as the header; "
            "declare separator and header_row"
        )
        values = {"signs": quoted(_shown(sign) for sign in SEPARATORS)}
        raise DataError(Fault(message, values, Place(name, table.header_row[-1])))
    if len(found) > 1:
        message = "the separator cannot be told: {signs} fit alike; declare separator"
        signs = quoted(_shown(sign) for sign in found)
        raise DataError(Fault(message, {"signs": signs}, Place(name, table.header_row[-1])))
    return found[0]


def _fit(text: str, table: TableFile, separator: str) -> float:
    """Part of the lines with as many fields as the header; 0 where the header is one field or the text has no lines."""
    lines = islice(read_lines(text, "", separator, table.header_row[0]), SAMPLE)
    try:
        header, data, _ = parted(lines, table)
    except DataError:
        return 0.0
    width = len(header[-1][1]) if header else 0
    return _part_as_wide(data, width) if width > 1 else 0.0


def _part_as_wide(data: list[Line], width: int) -> float:
    return sum(len(fields) == width for _, fields in data) / len(data) if data else 1.0


def _shown(separator: str) -> str:
    return "\\t" if separator == "\t" else separator
