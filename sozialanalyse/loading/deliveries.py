"""Deliveries as tidy text, with what is known of each file: how it was written, from whom and when it came."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.csv_files import FILE_ROW, quoted, require_columns
from sozialanalyse.loading.raw_files import TIDY, read_mapped
from sozialanalyse.loading.readers import format_of, read_raw
from sozialanalyse.loading.table_file import TableFile

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.documents import Document
    from sozialanalyse.loading.mapping import Mapping
    from sozialanalyse.loading.raw_folder import RawFolder
    from sozialanalyse.loading.readers import RawTable
    from sozialanalyse.loading.town_file import CountsFile

NEEDED = ("area", "period", "measure", "value")
"""Columns that a tidy file must have; the others of :data:`TIDY` may be absent."""

SEPARATORS = (",", ";", "\t")
"""What may stand between the columns of a tidy file; of equals the first is taken."""

LONGEST_HEADER = 10_000

NUMBERED = re.compile(r"(.+) \([0-9]+\)")
"""A column whose name stands twice, as the readers write it: with its position."""

GERMAN_SEPARATOR = ";"
"""What German spreadsheet programs put between fields; they write numbers the German way then."""

GROUPED = re.compile(r"-?[0-9]{1,3}\.[0-9]{3}")
"""1.250: a thousand two hundred and fifty in German, a little more than one in a tidy file."""

MESSAGES = {
    "grouped": "'{value}' may mean {whole} or {decimal}: the file was saved by a German spreadsheet program; "
    "write numbers without separators of thousands ({whole})",
}


@dataclass(frozen=True)
class Delivery:
    """What is known of a delivered table: provenance, not content.

    ``file`` is its path below the town folder or the folder of raw files; of a query, the name of the connection.
    ``detected`` names what of ``encoding`` and ``separator`` was found out, not declared.
    """

    file: str
    sheet: str | None
    encoding: str | None
    separator: str | None
    detected: tuple[str, ...]
    rows: int
    source: str
    delivered: dt.date | None
    sha256: str
    open_end: bool


@dataclass(frozen=True)
class Delivered:
    """Tidy text of an entry of ``town.yml`` and the tables that it came from."""

    text: pd.DataFrame
    deliveries: tuple[Delivery, ...]


def read_tidy(entry: CountsFile, folder: RawFolder) -> Delivered:
    """Read a tidy file of the town folder, in whatever encoding and with whatever separator it was saved.

    Raises
    ------
    DataError
        The file is faulty, lacks columns or has unknown ones, or holds numbers that can be read in two ways.
    """
    tables = _read_plain(entry.file, folder)
    for table in tables:
        _refuse_twice(table)
        optional = [column for column in TIDY if column not in NEEDED]
        require_columns(table.frame, NEEDED, table.name, table.header_row, optional=optional)
        _refuse_german_numbers(table)
    text = pd.concat([_tidy(table, entry) for table in tables], ignore_index=True)
    return Delivered(text, tuple(_provenance(table, entry.source, entry.delivered) for table in tables))


def read_mapping(document: Document[Mapping], raw: RawFolder, areas: AreaTree) -> Delivered:
    """Read raw files by a mapping (see :func:`sozialanalyse.loading.raw_files.read_mapped`)."""
    mapping = document.content
    mapped = read_mapped(document, raw, areas)
    deliveries = tuple(_provenance(table, mapping.source, mapping.delivered) for table in mapped.tables)
    return Delivered(mapped.counts, deliveries)


def read_table(file: str, folder: RawFolder) -> pd.DataFrame:
    """Read one plain table of the town folder as text."""
    return pd.concat([table.frame for table in _read_plain(file, folder)], ignore_index=True)


def _read_plain(file: str, folder: RawFolder) -> list[RawTable]:
    """Read a table of which only the name is declared; its first line says what separates its columns."""
    path = folder.one(file)
    if format_of(file) != "text" or not path.is_file():
        return read_raw(TableFile(file=file), folder, ())
    separator = _separator_in(path)
    tables = read_raw(TableFile(file=file, separator=separator), folder, ())
    return [replace(table, detected=(*table.detected, "separator")) for table in tables]


def _separator_in(path: Path) -> str:
    """Find the sign that stands most often in the header; our column names hold none of them."""
    with path.open("rb") as stream:
        header = stream.readline(LONGEST_HEADER)
    return max(SEPARATORS, key=lambda sign: header.count(sign.encode()))


def _refuse_twice(table: RawTable) -> None:
    """Refuse columns of one name, which the reader has numbered."""
    names = (NUMBERED.fullmatch(str(name)) for name in table.frame)
    if twice := sorted({name[1] for name in names if name}):
        message = "columns stand twice: {columns}"
        raise DataError(Fault(message, {"columns": quoted(twice)}, Place(table.name, table.header_row)))


def _tidy(table: RawTable, entry: CountsFile) -> pd.DataFrame:
    columns = {column: table.frame.get(column, "") for column in TIDY}
    tidy = pd.DataFrame({**columns, "plain": columns["value"]}, index=table.frame.index, dtype=object)
    came = entry.delivered.isoformat() if entry.delivered else ""
    return tidy.assign(source=entry.source, file=table.name, delivered=came, **{FILE_ROW: table.frame[FILE_ROW]})


def _refuse_german_numbers(table: RawTable) -> None:
    """Refuse 1.250 where a German spreadsheet program has written it: no reader could tell what it means."""
    values = table.frame["value"]
    bad = table.frame[values.map(lambda text: bool(GROUPED.fullmatch(text)))]
    if table.separator != GERMAN_SEPARATOR or bad.empty:
        return
    raise DataError(
        Fault(
            MESSAGES["grouped"],
            {"value": row["value"], "whole": row["value"].replace(".", ""), "decimal": f"{float(row['value'])}"},
            Place(table.name, row[FILE_ROW], "value", row["area"]),
        )
        for row in bad.to_dict("records")
    )


def _provenance(table: RawTable, source: str, delivered: dt.date | None) -> Delivery:
    return Delivery(
        file=table.file,
        sheet=table.sheet,
        encoding=table.encoding,
        separator=table.separator,
        detected=table.detected,
        rows=table.rows,
        source=source,
        delivered=delivered,
        sha256=table.sha256,
        open_end=table.open_end,
    )
