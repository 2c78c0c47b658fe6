"""Which rows of a sheet or text file are the header, which are data, and what the columns are called.

Titles stand above the header; notes and totals may stand below the data and are cut off where the mapping says so.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.csv_files import FILE_ROW
from sozialanalyse.loading.readers.raw_table import is_empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sozialanalyse.loading.csv_files import Line
    from sozialanalyse.loading.table_file import TableFile

FILE_PART, SHEET_PART = "file_part", "sheet_part"

RESERVED = (FILE_ROW, FILE_PART, SHEET_PART)
"""Columns that readers add; one of the file that is called so gets its position behind its name."""

JOIN = " / "

Area = tuple[tuple[int, int], tuple[int, int]]
"""First and last cell of a merged area, as (row, column) counted from 0."""


def cut(lines: Iterable[Line], table: TableFile, name: str) -> tuple[list[Line], list[Line]]:
    """Take the header rows and the rows of data; empty rows are passed over.

    Raises
    ------
    DataError
        A header row is empty or absent; the data do not reach the last row, or what they should end before is not
        found: the delivery has another shape than the mapping says.
    """
    header, data, ended = parted(lines, table)
    _refuse_other_shape(header, data, table, name, ended=ended or not table.ends_before)
    return header, data


def parted(lines: Iterable[Line], table: TableFile) -> tuple[list[Line], list[Line], bool]:
    """Part lines into the header and the data; also tell whether what the data end before was found."""
    header: list[Line] = []
    data: list[Line] = []
    first = table.first_row or table.header_row[-1] + 1
    for row, fields in lines:
        if row in table.header_row:
            header.append((row, fields))
        elif row < first:
            continue
        elif table.last_row and row > table.last_row:
            break
        elif _ends(fields, table.ends_before):
            return header, data, True
        elif not is_empty(fields):
            data.append((row, fields))
    return header, data, False


def _ends(fields: Sequence[str], ends_before: str | None) -> bool:
    if ends_before is None:
        return False
    first = next(filter(None, fields), "")
    return first.startswith(ends_before) if ends_before else not first


def _refuse_other_shape(header: list[Line], data: list[Line], table: TableFile, name: str, *, ended: bool) -> None:
    found = {row for row, fields in header if not is_empty(fields)}
    if not found and not data:
        raise DataError(Fault("the file has no header line", {}, Place(name)))
    faults = [
        Fault("the row declared as header is empty or absent", {}, Place(name, row, "header_row"))
        for row in table.header_row
        if row not in found
    ]
    last = data[-1][0] if data else table.header_row[-1]
    if faults:
        raise DataError(faults)
    if not ended:
        message = "no row begins with '{text}', before which the data should end; has the delivery changed?"
        raise DataError(Fault(message, {"text": table.ends_before}, Place(name, last, "ends_before")))
    if table.last_row and last < table.last_row and table.ends_before is None:
        message = "the data end in row {last}, before the row declared as the last, {declared}; has the file been cut?"
        raise DataError(Fault(message, {"last": last, "declared": table.last_row}, Place(name, last, "last_row")))


def column_names(header: Sequence[Line], width: int, merged: Sequence[Area] | None = None) -> list[str]:
    """Join the header rows to one name a column.

    Parameters
    ----------
    header
        The header rows, from the upper to the lower.
    width
        Number of columns.
    merged
        Merged areas of a sheet. Without any in the header, as in text files, a name of an upper row holds for the
        columns to its right until the next one.

    Examples
    --------
    >>> column_names([(1, ["Nr", "2011", ""]), (2, ["", "m", "w"])], 3)
    ['Nr', '2011 / m', '2011 / w']
    """
    cells = {row: [*fields, *[""] * width][:width] for row, fields in header}
    areas = [area for area in merged or () if any(area[0][0] < row <= area[1][0] + 1 for row in cells)]
    if areas:
        _fill_merged(cells, areas)
    else:
        for row in list(cells)[:-1]:
            cells[row] = list(_filled_right(cells[row]))
    return [_joined(parts) for parts in zip(*cells.values(), strict=True)]


def _fill_merged(cells: dict[int, list[str]], areas: Sequence[Area]) -> None:
    for (top, left), (bottom, right) in areas:
        text = cells.get(top + 1, [""] * (left + 1))[left]
        for row, fields in cells.items():
            if text and top < row <= bottom + 1:
                end = min(right + 1, len(fields))
                fields[left:end] = [text] * (end - left)


def _filled_right(fields: Iterable[str]) -> Iterator[str]:
    last = ""
    for field in fields:
        last = field or last
        yield last


def _joined(parts: Iterable[str]) -> str:
    """Join what is not empty; a cell that is merged downwards counts once."""
    texts = [" ".join(part.split()) for part in parts if part]
    return JOIN.join(text for i, text in enumerate(texts) if i == 0 or text != texts[i - 1])


def as_frame(names: Sequence[str], data: Sequence[Line]) -> pd.DataFrame:
    """Make the frame of text; columns without a name and a value are left out.

    A name that stands twice says nothing by itself, so the column's position (from 1) is added: ``Anzahl (7)``; a
    column with values but without a name is called ``(7)``.
    """
    often = Counter([*names, *RESERVED])
    frame = pd.DataFrame([fields for _, fields in data], columns=range(len(names)), dtype=object)
    kept = [i for i, name in enumerate(names) if name or (frame[i] != "").any()]
    frame = frame[kept]
    frame.columns = pd.Index([_told_apart(names[i], i, often) for i in kept], dtype=object)
    return frame.assign(**{FILE_ROW: pd.Series([row for row, _ in data], index=frame.index, dtype="int64")})


def _told_apart(name: str, position: int, often: Counter[str]) -> str:
    if not name:
        return f"({position + 1})"
    return f"{name} ({position + 1})" if often[name] > 1 else name
