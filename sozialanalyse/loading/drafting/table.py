"""The table in an unknown file: found among sheets and separators, read by the same readers that will read it later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.csv_files import FILE_ROW
from sozialanalyse.loading.drafting.columns import find_columns
from sozialanalyse.loading.drafting.grids import Sheet, sheets_of
from sozialanalyse.loading.drafting.shape import YEAR, Shape, find_shape
from sozialanalyse.loading.mapping import spelling
from sozialanalyse.loading.raw_folder import RawFolder
from sozialanalyse.loading.readers import read_raw
from sozialanalyse.loading.table_file import TableFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.loading.drafting.columns import Column, Role
    from sozialanalyse.loading.drafting.shape import Grid

TOTALS = ("insgesamt", "gesamt", "summe", "zusammen", "total", "gesamtstadt", "stadt insgesamt", "stadt gesamt", "alle")
"""How rows of totals are often called, as :func:`~sozialanalyse.loading.mapping.spelling` writes it."""


@dataclass(frozen=True)
class Table:
    """A table found in a file, and what its columns seem to be.

    Parameters
    ----------
    file
        Path below the folder of raw files.
    sheet, other_sheets
        Sheet of a workbook, and those that also hold a table.
    encoding, separator
        Of a text file.
    shape
        Where the table stands.
    columns
        Its columns with their roles.
    areas_by_name
        The column of areas holds names, not ids.
    codes
        The column with the ids of areas that another column names.
    date_above
        A date in the titles or names above the data, as it is written in mappings.
    totals, root
        What stands in rows that seem to be totals, and the id of the whole town.
    """

    file: str
    sheet: str | None
    other_sheets: tuple[str, ...]
    encoding: str | None
    separator: str | None
    shape: Shape
    columns: tuple[Column, ...]
    areas_by_name: bool
    codes: Column | None
    date_above: str | None
    totals: tuple[str, ...]
    root: str

    def one(self, role: Role) -> Column | None:
        """Return the first column of a role."""
        return next((column for column in self.columns if column.role == role), None)

    @property
    def period(self) -> Column | None:
        """The column of periods: one of whole dates rather than one of years."""
        found = [column for column in self.columns if column.role == "period"]
        dated = [column for column in found if not all(YEAR.fullmatch(text) for text in column.texts)]
        return next(iter([*dated, *found]), None)

    @property
    def numbers(self) -> list[Column]:
        """The columns of counts."""
        return [column for column in self.columns if column.role == "count"]

    @property
    def is_long(self) -> bool:
        """Whether one column of numbers stands beside columns that say what each counts."""
        return len(self.numbers) == 1 and self.one("category") is not None

    @property
    def name_with_year(self) -> str:
        """Names of sheet and file, in which a year may stand."""
        return " ".join(filter(None, [self.sheet, self.file]))


def find_table(path: Path, areas: AreaTree | None = None) -> Table:
    """Find the largest table of a file.

    Parameters
    ----------
    path
        The file: delimited text or a workbook.
    areas
        Areas of the town that it is of, where there are any.

    Raises
    ------
    DataError
        The file cannot be read, or holds no table with names above numbers.
    """
    found = [(sheet, shape) for sheet in sheets_of(path) if (shape := find_shape(sheet.grid))]
    if not found:
        message = "no table was found: a row of column names above rows with numbers is looked for"
        raise DataError(Fault(message, {}, Place(path.name)))
    sheet, shape = max(found, key=lambda pair: _size(*pair))
    frame = read_raw(_declared(path, sheet, shape), RawFolder(path.parent), [])[0].frame.drop(columns=FILE_ROW)
    known = [] if areas is None else [*areas.frame["area"], *areas.frame["name"]]
    columns = tuple(find_columns([str(name) for name in frame], frame.to_numpy().tolist(), known))
    area = next((column for column in columns if column.role == "area"), None)
    texts = [] if area is None else area.texts
    totals = tuple(text for text in texts if spelling(text) in TOTALS)
    codes = None if areas is not None or area is None else _codes_of(area, columns, totals)
    return Table(
        file=path.name,
        sheet=sheet.name,
        other_sheets=tuple(other.name for other, _ in found if other.name and other.name != sheet.name),
        encoding=sheet.encoding,
        separator=sheet.separator,
        shape=shape,
        columns=columns,
        areas_by_name=codes is not None or (areas is not None and not any(text in areas for text in texts)),
        codes=codes,
        date_above=_date_in(sheet.grid[: shape.first_row - 1]),
        totals=totals,
        root="0" if areas is None else areas.root,
    )


def _codes_of(area: Column, columns: Sequence[Column], totals: Sequence[str]) -> Column | None:
    """Find the column that has one code for each named area, totals aside."""
    for column in columns:
        pairs = {pair for pair in zip(area.cells, column.cells, strict=True) if pair[0] and pair[0] not in totals}
        codes = {code for _, code in pairs}
        if column.role == "code" and "" not in codes and len(codes) == len(pairs) == len({name for name, _ in pairs}):
            return column
    return None


def _date_in(rows: Grid) -> str | None:
    """Find the first date that is written out above the data, most often the reference date."""
    texts = " ".join(cell for row in rows for cell in row)
    found = re.search(r"(?<!\d)(\d\d?)\.(\d\d?)\.((?:19|20)\d\d)(?!\d)", texts)
    return None if found is None else f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"


def _size(sheet: Sheet, shape: Shape) -> int:
    """Count the cells that are filled, header and data; with a wrong separator the header has too few."""
    header = sum(1 for cell in sheet.grid[shape.header[-1] - 1] if cell)
    return header * (shape.last_row - shape.first_row + 1)


def _declared(path: Path, sheet: Sheet, shape: Shape) -> TableFile:
    is_next = shape.first_row == shape.header[-1] + 1
    return TableFile(
        file=path.name,
        sheet=sheet.name,
        separator=sheet.separator,
        header_row=shape.header,
        first_row=None if is_next else shape.first_row,
        ends_before=shape.ends_before,
    )
