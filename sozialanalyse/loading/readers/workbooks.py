"""Workbooks: XLSX and XLS, their sheets by name, merged cells in the header, values as they were saved."""

from __future__ import annotations

import hashlib
import io
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.csv_files import quoted, read_bytes
from sozialanalyse.loading.raw_folder import ANY
from sozialanalyse.loading.readers.headers import SHEET_PART, as_frame, column_names, cut
from sozialanalyse.loading.readers.office_xml import inspect_xlsx
from sozialanalyse.loading.readers.old_workbooks import inspect_xls
from sozialanalyse.loading.readers.raw_table import RawTable, cell_text
from sozialanalyse.loading.readers.signatures import ZIP, refuse_other_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import python_calamine

    from sozialanalyse.loading.csv_files import Line
    from sozialanalyse.loading.raw_folder import Match
    from sozialanalyse.loading.readers.office_xml import Extent
    from sozialanalyse.loading.table_file import TableFile

PANIC = "PanicException"
"""How a failure inside a compiled reader is called; it is no :class:`Exception`."""

MAXIMUM_BYTES = 100_000_000
"""A workbook by small area is never larger; a larger file is refused before it is opened."""


@dataclass(frozen=True)
class _Sheet:
    """A sheet that may be read."""

    name: str
    extent: Extent
    is_hidden: bool = False


def read_workbook(table: TableFile, match: Match, decimal: str) -> list[RawTable]:
    """Read the sheets of a workbook that are meant.

    Formulas give the value that was saved; one that was never calculated stands as its text (``=1+1``), an error as it
    is shown (``#N/A``). Macros and links to other files are not touched.

    Raises
    ------
    DataError
        No workbook, protected or dangerous to open; no such sheet, or several and none declared; another shape than
        the declared one.
    """
    with _opened(match.path, match.name) as book:
        chosen = _chosen(book.sheets, table.sheet, match.name)
        return [_read(book.grid(sheet), sheet, table, match, decimal, book.sha256) for sheet in chosen]


def visible_cells(path: Path, name: str) -> list[tuple[str, list[list[str]]]]:
    """Return the name and all cells, as text, of each sheet that is not hidden.

    Parameters
    ----------
    path, name
        The workbook, and how it is called in messages.

    Raises
    ------
    DataError
        No workbook, protected or dangerous to open.
    """
    with _opened(path, name) as book:
        shown = [sheet for sheet in book.sheets if not sheet.is_hidden]
        return [
            (sheet.name, [cells for _, cells in _lines(book.grid(sheet), sheet.extent, decimal=".")]) for sheet in shown
        ]


@dataclass(frozen=True)
class _Book:
    """A workbook that was found safe to open."""

    opened: python_calamine.CalamineWorkbook
    sheets: list[_Sheet]
    sha256: str

    def grid(self, sheet: _Sheet) -> python_calamine.CalamineSheet:
        return self.opened.get_sheet_by_name(sheet.name)


@contextmanager
def _opened(path: Path, name: str) -> Iterator[_Book]:
    """Open a workbook once its size and its parts are known to be harmless."""
    import python_calamine  # noqa: PLC0415 - needed for workbooks only

    raw = read_bytes(path, name, MAXIMUM_BYTES)
    refuse_other_kind(raw[:512], "workbook", name)
    extents: dict[str, Extent] | list[Extent]
    extents = inspect_xlsx(raw, name) if raw.startswith(ZIP) else inspect_xls(raw, name)
    try:
        book = python_calamine.load_workbook(io.BytesIO(raw))
        yield _Book(book, _sheets_of(book, extents), hashlib.sha256(raw).hexdigest())
    except (python_calamine.CalamineError, OSError) as error:
        raise _damaged(name) from error
    except BaseException as error:  # a broken file makes the reader panic, which Python knows only by its name
        if type(error).__name__ != PANIC:
            raise
        raise _damaged(name) from error


def _damaged(name: str) -> DataError:
    message = "the workbook is damaged or protected; open it in a spreadsheet program and save it again as XLSX"
    return DataError(Fault(message, {}, Place(name)))


def _sheets_of(book: python_calamine.CalamineWorkbook, extents: dict[str, Extent] | list[Extent]) -> list[_Sheet]:
    """List the sheets of cells; charts and the like are none."""
    import python_calamine  # noqa: PLC0415 - needed for workbooks only

    by_name = extents if isinstance(extents, dict) else dict(zip(book.sheet_names, extents, strict=True))
    return [
        _Sheet(sheet.name, by_name[sheet.name], sheet.visible != python_calamine.SheetVisibleEnum.Visible)
        for sheet in book.sheets_metadata
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]


def _chosen(sheets: Sequence[_Sheet], declared: str | None, name: str) -> list[_Sheet]:
    """Choose sheets; a hidden one only where it is named in full."""
    if declared is None:
        filled = [sheet for sheet in sheets if sheet.extent.rows and not sheet.is_hidden]
        message = "the workbook has several sheets with data: {sheets}; declare sheet"
        return _single(filled, Fault(message, {"sheets": _names(filled)}, Place(name)), name)
    if ANY in declared:
        found = [sheet for sheet in sheets if not sheet.is_hidden and part_of(declared, sheet.name) is not None]
    else:
        found = [sheet for sheet in sheets if part_of(declared, sheet.name) is not None]
        message = "several sheets are named '{sheet}' but for blanks: {sheets}"
        values = {"sheet": declared, "sheets": _names(found)}
        found = _single(found, Fault(message, values, Place(name)), name) if found else found
    if not found:
        message = "there is no sheet '{sheet}'; the workbook has: {sheets}"
        raise DataError(Fault(message, {"sheet": declared, "sheets": _names(sheets)}, Place(name)))
    return found


def _single(sheets: list[_Sheet], several: Fault, name: str) -> list[_Sheet]:
    if not sheets:
        raise DataError(Fault("the workbook has no sheet with data that is not hidden", {}, Place(name)))
    if len(sheets) > 1:
        raise DataError(several)
    return sheets


def _names(sheets: Sequence[_Sheet]) -> str:
    return quoted(sheet.name for sheet in sheets)


def part_of(pattern: str, name: str) -> str | None:
    """Return the text of a name in the place of {}, "" where the pattern has none, None where the name does not match.

    Blanks around both and repeated ones within do not count.

    Examples
    --------
    >>> part_of("Tabelle {}", "Tabelle  2012 "), part_of("Tabelle 1", "Tabelle 1 "), part_of("A {}", "B 1")
    ('2012', '', None)
    """
    expression = re.escape(" ".join(pattern.split())).replace(re.escape(ANY), "(.+)")
    found = re.fullmatch(expression, " ".join(name.split()))
    return None if found is None else "".join(found.groups())


def _read(
    grid: python_calamine.CalamineSheet, sheet: _Sheet, table: TableFile, match: Match, decimal: str, sha256: str
) -> RawTable:
    name = f"{match.name} [{sheet.name.strip()}]"
    header, data = cut(_lines(grid, sheet.extent, decimal), table, name)
    merged = [((top, left), (bottom, right)) for (top, left), (bottom, right) in grid.merged_cell_ranges or ()]
    frame = as_frame(column_names(header, len(header[-1][1]), merged), data)
    if table.sheet and ANY in table.sheet:
        frame[SHEET_PART] = part_of(table.sheet, sheet.name)
    return RawTable(
        frame,
        name=name,
        file=match.name,
        path=match.path,
        sha256=sha256,
        sheet=sheet.name,
        header_row=table.header_row[-1],
        rows=len(data),
    )


def _lines(grid: python_calamine.CalamineSheet, extent: Extent, decimal: str) -> list[Line]:
    """Write all cells as text, from the first row and column on, also where the sheet begins further down."""
    rows = grid.to_python(skip_empty_area=False)
    texts = [[cell_text(value, decimal) for value in row] for row in rows]
    width = max(extent.columns, *map(len, texts), 0)
    lines = [row + [""] * (width - len(row)) for row in texts]
    lines += [[""] * width for _ in range(extent.rows - len(lines))]
    for (row, column), text in extent.dropped.items():
        lines[row][column] = text
    return list(enumerate(lines, start=1))
