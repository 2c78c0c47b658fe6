"""Readers: files of any kind and databases become tables of text, one module a kind.

One way in, :func:`read_raw`. Nothing is turned into a number here and nothing is guessed silently: what was detected
stands in the :class:`RawTable`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pandas as pd

from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.csv_files import FILE_ROW, quoted, require_columns, require_file
from sozialanalyse.loading.readers.columnar import read_columnar
from sozialanalyse.loading.readers.databases import read_query
from sozialanalyse.loading.readers.headers import FILE_PART, SHEET_PART
from sozialanalyse.loading.readers.raw_table import RawTable
from sozialanalyse.loading.readers.texts import read_texts
from sozialanalyse.loading.readers.workbooks import read_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sozialanalyse.loading.raw_folder import Match, RawFolder
    from sozialanalyse.loading.table_file import Format, TableFile

__all__ = ["FILE_PART", "SHEET_PART", "RawTable", "format_of", "read_raw"]

ENDINGS: dict[str, Format] = {
    ".csv": "text",
    ".txt": "text",
    ".tsv": "text",
    ".tab": "text",
    ".dat": "text",
    ".asc": "text",
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".xls": "workbook",
    ".parquet": "columnar",
    ".duckdb": "columnar",
}

MEANINGLESS: dict[Format, tuple[str, ...]] = {
    "text": ("sheet",),
    "workbook": ("encoding", "separator"),
    "columnar": ("encoding", "separator", "header_row", "first_row", "last_row", "ends_before"),
    "database": ("encoding", "separator", "header_row", "first_row", "last_row", "ends_before", "sheet"),
}
"""Keys that say nothing about a kind of file; where one is declared, the planner takes the file for another kind."""


def read_raw(table: TableFile, raw: RawFolder, columns: Iterable[str], *, decimal: str = ".") -> list[RawTable]:
    """Read the tables that a mapping names: one, or one a file and sheet where their names have a {}.

    Parameters
    ----------
    table
        Where the table stands and how it is written.
    raw
        The folder of raw files.
    columns
        Columns that are needed.
    decimal
        Decimal sign of the mapping: numbers stored as numbers are written with it.

    Returns
    -------
    list of RawTable
        With the rows that ``table.rows`` chooses, in the order of files and sheets.

    Raises
    ------
    UsageError
        No folder of raw files was named; a database has no address.
    DataError
        With the faults of all files.

    Notes
    -----
    The columns ``file_part`` and ``sheet_part`` hold the text in the place of {}.
    """
    needed = list(dict.fromkeys([*table.rows, *columns]))
    if table.query is not None:
        _refuse_meaningless(table, "database", f"{table.query.connection} [SQL]")
        return [_meant(read_query(table.query, decimal), table, needed)]
    tables: list[RawTable] = []
    faults: list[Fault] = []
    for match in raw.matching(str(table.file)):
        try:
            tables += [_meant(found, table, needed, match.part) for found in _read_file(table, match, decimal)]
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)
    return tables


def format_of(name: str) -> Format | None:
    """Name the format of a file by the ending of its name; None where the ending says nothing."""
    return ENDINGS.get(PurePosixPath(name).suffix.lower())


def _read_file(table: TableFile, match: Match, decimal: str) -> list[RawTable]:
    require_file(match.path, match.name)
    form = table.format or format_of(match.name)
    if form is None:
        message = "what kind of file this is cannot be told by its ending; declare format, or save it as: {endings}"
        raise DataError(Fault(message, {"endings": ", ".join(ENDINGS)}, Place(match.name)))
    _refuse_meaningless(table, form, match.name)
    if form == "text":
        return read_texts(table, match)
    return read_workbook(table, match, decimal) if form == "workbook" else read_columnar(table, match, decimal)


def _refuse_meaningless(table: TableFile, form: Format, name: str) -> None:
    declared = [key for key in MEANINGLESS[form] if key in table.model_fields_set and getattr(table, key) is not None]
    if declared:
        message = "{keys} says nothing about this kind of file ({format}); remove it"
        raise DataError(Fault(message, {"keys": ", ".join(declared), "format": form}, Place(name)))


def _meant(found: RawTable, table: TableFile, needed: Sequence[str], part: str = "") -> RawTable:
    """Check that a table has the columns needed and keep the rows that are meant."""
    frame = found.frame.assign(**{FILE_PART: part}) if part else found.frame
    _refuse_ambiguous(frame, needed, found)
    require_columns(frame, needed, found.name, found.header_row)
    chosen: pd.Series[bool] = pd.Series(True, index=frame.index)  # noqa: FBT003 - the value, not a switch
    for column, wanted in table.rows.items():
        chosen &= frame[column].isin(wanted)
    return replace(found, frame=frame[chosen])


def _refuse_ambiguous(frame: pd.DataFrame, needed: Sequence[str], found: RawTable) -> None:
    """Refuse a name that stands over several columns: which of them is meant must be said by the position."""
    names = [str(column) for column in frame if column != FILE_ROW]
    several = {
        wanted: same
        for wanted in needed
        if wanted not in names and len(same := [name for name in names if _is_numbered(name, wanted)]) > 1
    }
    if several:
        message = "the column '{column}' stands twice; write which is meant: {columns}"
        place = Place(found.name, found.header_row)
        raise DataError(
            [Fault(message, {"column": wanted, "columns": quoted(same)}, place) for wanted, same in several.items()]
        )


def _is_numbered(name: str, wanted: str) -> bool:
    position = name.removeprefix(f"{wanted} (").removesuffix(")")
    return position.isdecimal() and name == f"{wanted} ({position})"
