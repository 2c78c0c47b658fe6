"""Databases through SQLAlchemy: one SELECT with bound parameters, in a transaction that can only read.

The address stands in the environment, ``SOZIALANALYSE_DATABASE_<NAME>``, so that no password gets into a file that is
shared; nor does one get into a message. PostgreSQL and SQLite refuse themselves to write; of other databases the
account should have no right to.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sozialanalyse.errors import DataError, Fault, Place, UsageError
from sozialanalyse.loading.readers.headers import as_frame
from sozialanalyse.loading.readers.raw_table import MAXIMUM_CELLS, RawTable, cell_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine
    from sqlalchemy.engine import URL

    from sozialanalyse.loading.csv_files import Line
    from sozialanalyse.loading.table_file import Query

VARIABLE = "SOZIALANALYSE_DATABASE_"
"""With the name of the connection in capitals: environment variable of its address."""

PATIENCE = 600
"""Seconds that PostgreSQL may take for a query."""

BATCH = 10_000

COMMENTS = re.compile(r"\s+|--[^\n]*(?:\n|$)|/\*.*?\*/", re.DOTALL)

ASKS = re.compile(r"(?:SELECT|WITH|VALUES)\b", re.IGNORECASE)

READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
"""What SQLite may do for a query; attaching a file, changing a setting or a table is none of it."""


OWN_QUESTION = (sqlite3.SQLITE_PRAGMA, "read_uncommitted", None)


def read_query(query: Query, decimal: str) -> RawTable:
    """Read what a query gives; ``file_row`` counts its rows from 1.

    Raises
    ------
    UsageError
        The environment variable with the address is missing.
    DataError
        The text is no SELECT; the database cannot be reached or refuses; too many rows.
    """
    import sqlalchemy  # noqa: PLC0415 - needed for databases only

    name = f"{query.connection} [SQL]"
    _refuse_other_statements(query.sql, name)
    url = _address(query.connection, name)
    try:
        engine = _engine(url)
        try:
            names, data = _ask(engine, query, decimal, name)
        finally:
            engine.dispose()
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
        message = "the database says: {problem}"
        # Without its cause: a traceback would show the address.
        raise DataError(Fault(message, {"problem": _without_password(error, url)}, Place(name))) from None
    sha256 = hashlib.sha256("\n".join(sorted("\x1f".join(fields) for _, fields in [(0, names), *data])).encode())
    return RawTable(as_frame(names, data), name, query.connection, sha256.hexdigest(), rows=len(data))


def _refuse_other_statements(sql: str, name: str) -> None:
    """Say early what the database would refuse anyway."""
    start = 0
    while comment := COMMENTS.match(sql, start):
        start = comment.end()
    if not ASKS.match(sql, start):
        message = "a query begins with SELECT or WITH, this one with '{found}'; nothing else is run"
        raise DataError(Fault(message, {"found": sql[start : start + 20].strip()}, Place(name, None, "query.sql")))


def _address(connection: str, name: str) -> URL:
    import sqlalchemy  # noqa: PLC0415 - needed for databases only

    variable = VARIABLE + connection.upper()
    address = os.environ.get(variable, "").strip()
    if not address:
        message = "the connection '{connection}' has no address; set the environment variable {variable}"
        raise UsageError(message, connection=connection, variable=variable)
    try:
        return sqlalchemy.make_url(address)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        message = "the address in {variable} cannot be read; one looks like postgresql+psycopg://user@host/database"
        raise DataError(Fault(message, {"variable": variable}, Place(name))) from None


def _engine(url: URL) -> Engine:
    import sqlalchemy  # noqa: PLC0415 - needed for databases only
    from sqlalchemy.pool import NullPool  # noqa: PLC0415 - as above

    kind = url.get_backend_name()
    if kind == "sqlite":
        return sqlalchemy.create_engine(
            "sqlite://", creator=lambda: _open_sqlite(url.database), poolclass=NullPool, hide_parameters=True
        )
    if kind == "postgresql":
        # Prepared, a text of several statements is refused; the setting holds also where the transaction is left.
        options = f"-c default_transaction_read_only=on -c statement_timeout={PATIENCE * 1000}"
        return sqlalchemy.create_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args={"prepare_threshold": 0, "options": options},
            poolclass=NullPool,
            hide_parameters=True,
        ).execution_options(postgresql_readonly=True)
    return sqlalchemy.create_engine(url, poolclass=NullPool, hide_parameters=True)


def _open_sqlite(path: str | None) -> sqlite3.Connection:
    """Open a file for reading only; one that does not exist is not made."""
    location = quote(str(Path(path or "").absolute()))
    connection = sqlite3.connect(f"file:{location}?mode=ro", uri=True, check_same_thread=False)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.set_authorizer(_allow_reading)
    return connection


def _allow_reading(action: int, first: str | None, second: str | None, *_: Any) -> int:
    # SQLAlchemy asks for a setting, and the driver begins and ends transactions.
    is_own = action == sqlite3.SQLITE_TRANSACTION or (action, first, second) == OWN_QUESTION
    is_harmless = action in READING and "load_extension" not in (first, second)
    return sqlite3.SQLITE_OK if is_own or is_harmless else sqlite3.SQLITE_DENY


def _ask(engine: Engine, query: Query, decimal: str, name: str) -> tuple[list[str], list[Line]]:
    import sqlalchemy  # noqa: PLC0415 - needed for databases only

    with engine.connect().execution_options(stream_results=True, max_row_buffer=BATCH) as connection:
        result = connection.execute(sqlalchemy.text(query.sql), dict(query.parameters))
        names = [" ".join(key.split()) for key in result.keys()]  # noqa: SIM118 - not a mapping
        data: list[Line] = []
        for row in result:
            data.append((len(data) + 1, [cell_text(value, decimal) for value in row]))
            _refuse_many(len(data) * len(names), name)
        connection.rollback()
    return names, data


def _refuse_many(cells: int, name: str) -> None:
    if cells > MAXIMUM_CELLS:
        message = "the query gives more than {limit} cells; choose rows with WHERE or add them up with GROUP BY"
        raise DataError(Fault(message, {"limit": MAXIMUM_CELLS}, Place(name)))


def _without_password(error: Exception, url: URL) -> str:
    """Give the first line of what the database says; a password in it becomes stars."""
    lines: Sequence[str] = str(getattr(error, "orig", None) or error).splitlines()
    problem = next((line.strip() for line in lines if line.strip()), type(error).__name__)
    secrets = {
        str(url.password or ""),
        quote(str(url.password or ""), safe=""),
        url.render_as_string(hide_password=False),
    }
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        problem = problem.replace(secret, "***")
    return problem
