"""Parquet and DuckDB files, read by DuckDB shut off from everything else: no network, no extensions, no other file."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.csv_files import quoted, require_file
from sozialanalyse.loading.raw_folder import ANY
from sozialanalyse.loading.readers.headers import SHEET_PART, as_frame
from sozialanalyse.loading.readers.raw_table import MAXIMUM_CELLS, MAXIMUM_LENGTH, RawTable, cell_text
from sozialanalyse.loading.readers.signatures import PARQUET, refuse_other_kind
from sozialanalyse.loading.readers.workbooks import part_of

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from sozialanalyse.loading.raw_folder import Match
    from sozialanalyse.loading.table_file import TableFile

SHUT_OFF = (
    "SET temp_directory = ''",
    "SET memory_limit = '1GB'",
    "SET threads = 1",  # rows come in the order of the file
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)

PATTERN = re.compile(r"[*?\[]")
"""What DuckDB takes for a pattern of several files."""

NOTHING_LOADED: dict[str, Any] = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def read_columnar(table: TableFile, match: Match, decimal: str) -> list[RawTable]:
    """Read a Parquet file, or the tables of a DuckDB file that are meant (``sheet``); views are not run.

    Raises
    ------
    DataError
        Neither of both; damaged or too large; no such table, or several and none declared.
    """
    import duckdb  # noqa: PLC0415 - heavy

    require_file(match.path, match.name)
    with match.path.open("rb") as stream:
        head = stream.read(512)
        stream.seek(0)
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    refuse_other_kind(head, "columnar", match.name)
    try:
        with _open(match.path, is_parquet=head.startswith(PARQUET)) as connection:
            sources = (
                [_parquet(match.path, match.name)]
                if head.startswith(PARQUET)
                else _chosen(connection, table, match.name)
            )
            return [_read(connection, source, table, match, decimal, sha256) for source in sources]
    except (duckdb.Error, RuntimeError) as error:  # the latter where a text of a damaged file is no UTF-8
        problem = str(error).splitlines()[0].replace(str(match.path), match.name)
        raise DataError(Fault("the file cannot be read: {problem}", {"problem": problem}, Place(match.name))) from None


def _open(path: Path, *, is_parquet: bool) -> duckdb.DuckDBPyConnection:
    import duckdb  # noqa: PLC0415 - heavy

    connection = duckdb.connect(
        ":memory:" if is_parquet else str(path), read_only=not is_parquet, config=NOTHING_LOADED
    )
    if is_parquet:
        # A setting takes no bound parameter; a quotation mark in the path is doubled.
        connection.execute("SET allowed_paths = ['" + str(path).replace("'", "''") + "']")
    for setting in SHUT_OFF:
        connection.execute(setting)
    return connection


@dataclass(frozen=True)
class _Source:
    """A table as SQL names it, its bound parameters, and its name where the file has several."""

    sql: str
    parameters: tuple[str, ...] = ()
    name: str | None = None


def _parquet(path: Path, name: str) -> _Source:
    if PATTERN.search(str(path)):
        message = "the path of a Parquet file may hold none of {signs}, which stand for other characters; rename it"
        raise DataError(Fault(message, {"signs": "* ? ["}, Place(name)))
    return _Source("read_parquet(?)", (str(path),))


def _chosen(connection: duckdb.DuckDBPyConnection, table: TableFile, name: str) -> list[_Source]:
    """Choose tables of a DuckDB file by their name, those of another schema than ``main`` with it in front."""
    listing = "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL"
    sources = [_table(schema, title) for schema, title in connection.execute(listing).fetchall()]
    found = [source for source in sources if _is_meant(table.sheet, source.name or "")]
    values = {"table": table.sheet, "tables": quoted(source.name or "" for source in sources)}
    if not found:
        raise DataError(Fault("there is no table '{table}'; the file has: {tables}", values, Place(name)))
    if len(found) > 1 and not (table.sheet and ANY in table.sheet):
        raise DataError(Fault("the file has several tables: {tables}; declare sheet", values, Place(name)))
    return found


def _table(schema: str, title: str) -> _Source:
    quoted_names = ['"' + name.replace('"', '""') + '"' for name in (schema, title)]
    return _Source(".".join(quoted_names), name=title if schema == "main" else f"{schema}.{title}")


def _is_meant(declared: str | None, name: str) -> bool:
    return declared is None or part_of(declared, name) is not None


def _read(
    connection: duckdb.DuckDBPyConnection, source: _Source, table: TableFile, match: Match, decimal: str, sha256: str
) -> RawTable:
    name = f"{match.name} [{source.name}]" if source.name else match.name
    names = _require_small(connection, source, name)
    cursor = connection.execute(f"SELECT * FROM {source.sql}", list(source.parameters))  # noqa: S608 - a quoted name
    data = [
        (number, [cell_text(value, decimal) for value in values])
        for number, values in enumerate(iter(cursor.fetchone, None), start=1)
    ]
    frame = as_frame([" ".join(title.split()) for title in names], data)
    if source.name and table.sheet and ANY in table.sheet:
        frame[SHEET_PART] = part_of(table.sheet, source.name)
    return RawTable(frame, name, match.name, sha256, path=match.path, sheet=source.name, rows=len(data))


def _require_small(connection: duckdb.DuckDBPyConnection, source: _Source, name: str) -> list[str]:
    """Refuse a table that few bytes stand for but that would fill the memory; return the names of its columns."""
    table, parameters = source.sql, list(source.parameters)
    # Only names are put into the text: read_parquet(?) or a table's, quoted.
    described = connection.execute(f"SELECT * FROM {table} LIMIT 0", parameters).description  # noqa: S608
    names = [column for column, *_ in described or ()]
    rows, *_ = connection.execute(f"SELECT count(*) FROM {table}", parameters).fetchone() or (0,)  # noqa: S608
    if rows * len(names) > MAXIMUM_CELLS:
        message = "the table has {rows} rows and {columns} columns; at most {limit} cells are read"
        values = {"rows": rows, "columns": len(names), "limit": MAXIMUM_CELLS}
        raise DataError(Fault(message, values, Place(name)))
    longest = "SELECT max(strlen(CAST(COLUMNS(*) AS VARCHAR))) FROM "
    lengths = connection.execute(longest + table, parameters).fetchone() or ()
    for column, length in zip(names, lengths, strict=True):
        if (length or 0) > MAXIMUM_LENGTH:
            message = "the column holds a text of more than {limit} characters"
            raise DataError(Fault(message, {"limit": MAXIMUM_LENGTH}, Place(name, None, column)))
    return names
