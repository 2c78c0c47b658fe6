"""Databases: what a query gives on SQLite and on a real PostgreSQL, that nothing but reading is done, no secret is told."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.raw_files import faults_of, rows_of, table_of

COUNTS = """
CREATE TABLE counts (area text, day date, men integer, share numeric(5, 2), "Be  merkung" text);
INSERT INTO counts VALUES ('01', '2011-12-31', 5, 1.50, ' NO '), ('02', '2012-12-31', NULL, 0, '042');
"""

SELECT = "SELECT * FROM counts WHERE day >= :since ORDER BY area"


def query(sql, **parameters):
    return {"connection": "register", "sql": sql, "parameters": parameters}


@pytest.fixture
def sqlite(tmp_path, monkeypatch):
    """Make a database in a file whose name means something in addresses."""
    path = tmp_path / "a ?#%.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(COUNTS)
    connection.close()
    monkeypatch.setenv("SOZIALANALYSE_DATABASE_REGISTER", f"sqlite:///{str(path).replace('?', '%3F')}")
    return path


@pytest.fixture(scope="session")
def server(require_tool):
    """Start a PostgreSQL of our own on a socket in a folder of its own, and end it when all tests are done."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *map(str, reversed(installed))])
    initdb, postgres, psql = (require_tool(tool) for tool in ("initdb", "postgres", "psql"))
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: the path of a socket has at most 107 characters
    user = _unprivileged(folder)
    options = {"user": user, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    made = [initdb, "-D", str(folder / "data"), "-U", "owner", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"]
    subprocess.run(made, check=True, timeout=120, **options)
    command = [postgres, "-D", str(folder / "data"), "-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, **{**options, "stderr": log}) as process:
        try:
            _wait_until_ready(psql, folder)
            yield folder
        finally:
            process.terminate()
            process.wait(timeout=60)
    shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder):
    """PostgreSQL does not run as root, so whoever is root makes the folder somebody else's."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    shutil.chown(folder, name)
    return name


def _wait_until_ready(psql, folder):
    command = [psql, "-h", str(folder), "-U", "owner", "-d", "postgres", "-qc", "SELECT 1"]
    for _ in range(100):
        if subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0:
            return
        subprocess.run(["sleep", "0.2"], check=True)
    pytest.fail((folder / "log").read_text(encoding="utf-8", errors="replace"))


@pytest.fixture
def postgresql(server, monkeypatch):
    """Give a database with the same table as the file; its account may write, so that only the reader keeps from it."""
    import psycopg

    with psycopg.connect(host=str(server), user="owner", dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS counts")
        connection.execute(COUNTS)
    monkeypatch.setenv("SOZIALANALYSE_DATABASE_REGISTER", f"postgresql://owner:s3cret@/postgres?host={server}")
    return server


def count_of(server):
    import psycopg

    with psycopg.connect(host=str(server), user="owner", dbname="postgres") as connection:
        return connection.execute("SELECT count(*) FROM counts").fetchone()[0]


TABLE = [["area", "day", "men", "share", "Be merkung", "file_row"]]


def test_a_query_of_sqlite(tmp_path, sqlite):
    table = table_of(tmp_path, ["area"], query=query(SELECT, since="2011-01-01"))
    assert rows_of(table) == [
        *TABLE,
        ["01", "2011-12-31", "5", "1.5", "NO", 1],
        ["02", "2012-12-31", "", "0", "042", 2],
    ]
    assert (table.name, table.file, table.path, table.rows) == ("register [SQL]", "register", None, 2)


def test_a_query_of_postgresql(tmp_path, postgresql):
    table = table_of(tmp_path, ["area"], ",", query=query(SELECT, since="2011-01-01"), rows={"area": "01"})
    assert rows_of(table) == [*TABLE, ["01", "2011-12-31", "5", "1,5", "NO", 1]]


def test_parameters_are_bound_and_never_part_of_the_text(tmp_path, sqlite):
    sql = "SELECT area FROM counts WHERE area = :area"
    assert table_of(tmp_path, query=query(sql, area="01")).rows == 1
    assert table_of(tmp_path, query=query(sql, area="x' OR '1'='1")).rows == 0


def test_parameters_are_bound_on_postgresql(tmp_path, postgresql):
    sql = "SELECT area FROM counts WHERE area = :area"
    assert table_of(tmp_path, query=query(sql, area="x' OR '1'='1")).rows == 0


def test_the_hash_is_that_of_the_rows_in_any_order(tmp_path, sqlite):
    hashes = [
        table_of(tmp_path, query=query(f"SELECT area, men FROM counts {order}")).sha256
        for order in ("ORDER BY area", "ORDER BY area DESC", "WHERE area = '01'")
    ]
    assert hashes[0] == hashes[1] != hashes[2]


def test_only_a_select_is_run(tmp_path, sqlite):
    assert faults_of(tmp_path, query=query("/* x */ -- y\n delete from counts")) == [
        "register [SQL], query.sql: a query begins with SELECT or WITH, this one with 'delete from counts'; nothing else is run"
    ]


SQLITE_WRITES = [
    "WITH x AS (SELECT 1) DELETE FROM counts",
    "SELECT 1; DELETE FROM counts",
    "WITH x AS (SELECT 1) INSERT INTO counts (area) SELECT '03'",
    "SELECT load_extension('x')",
    "SELECT * FROM pragma_table_info('counts')",
]


@pytest.mark.parametrize("sql", SQLITE_WRITES)
def test_sqlite_itself_refuses_all_but_reading(tmp_path, sqlite, sql):
    before = sqlite.read_bytes()
    [said] = faults_of(tmp_path, query=query(sql))
    assert said.startswith("register [SQL]: the database says: ")
    assert sqlite.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [sqlite.name]


def test_a_database_that_does_not_exist_is_not_made(tmp_path, monkeypatch):
    monkeypatch.setenv("SOZIALANALYSE_DATABASE_REGISTER", f"sqlite:///{tmp_path / 'new.db'}")
    assert faults_of(tmp_path, query=query("SELECT 1")) == [
        "register [SQL]: the database says: unable to open database file"
    ]
    assert list(tmp_path.iterdir()) == []


POSTGRESQL_WRITES = [
    "WITH gone AS (DELETE FROM counts RETURNING *) SELECT * FROM gone",
    "SELECT 1; DELETE FROM counts",
    "SELECT 1; COMMIT; SET default_transaction_read_only = off; DELETE FROM counts; COMMIT",
    "SELECT * INTO copied FROM counts",
    "SELECT set_config('transaction_read_only', 'off', false) FROM counts; DELETE FROM counts",
    "WITH off AS (SELECT set_config('transaction_read_only', 'off', true)), gone AS (DELETE FROM counts RETURNING 1) SELECT 1",
]


def test_several_statements_are_refused_as_such(tmp_path, postgresql):
    assert faults_of(tmp_path, query=query("SELECT 1; SELECT 2")) == [
        "register [SQL]: the database says: cannot insert multiple commands into a prepared statement"
    ]


@pytest.mark.parametrize("sql", POSTGRESQL_WRITES)
def test_postgresql_itself_refuses_all_but_reading(tmp_path, postgresql, sql):
    [said] = faults_of(tmp_path, query=query(sql))
    assert said.startswith("register [SQL]: the database says: ")
    assert count_of(postgresql) == 2


def test_a_connection_without_an_address_says_which_variable_to_set(tmp_path, monkeypatch):
    monkeypatch.delenv("SOZIALANALYSE_DATABASE_REGISTER", raising=False)
    assert faults_of(tmp_path, query=query("SELECT 1")) == [
        "the connection 'register' has no address; set the environment variable SOZIALANALYSE_DATABASE_REGISTER"
    ]


ADDRESSES = [
    "postgresql://owner:s3cret@localhost:1/x",
    "postgresql://owner:s3cret@[::1/x",
    "nothing://owner:s3cret@localhost/x",
    "postgresql+psycopg://owner:s3cret@localhost:port/x",
    "s3cret",
    "mssql+pyodbc://owner:s3cret@localhost/x",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_password_is_in_no_message_and_no_traceback(tmp_path, monkeypatch, address):
    import traceback

    from sozialanalyse.errors import DataError

    monkeypatch.setenv("SOZIALANALYSE_DATABASE_REGISTER", address)
    with pytest.raises(DataError) as caught:
        table_of(tmp_path, query=query("SELECT 1"))
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


def test_a_wrong_query_says_what_the_database_says(tmp_path, postgresql):
    assert faults_of(tmp_path, query=query("SELECT nothing FROM counts")) == [
        'register [SQL]: the database says: column "nothing" does not exist'
    ]


def test_a_query_of_too_many_rows_is_refused(tmp_path, sqlite, monkeypatch):
    from sozialanalyse.loading.readers import databases

    monkeypatch.setattr(databases, "MAXIMUM_CELLS", 1)
    assert "gives more than 1 cells" in faults_of(tmp_path, query=query("SELECT area FROM counts"))[0]


def test_a_query_has_no_sheet_and_a_file_no_query(tmp_path, sqlite):
    assert faults_of(tmp_path, query=query("SELECT 1"), sheet="A") == [
        "register [SQL]: sheet says nothing about this kind of file (database); remove it"
    ]
    for declared in ({}, {"file": "x.csv", "query": query("SELECT 1")}, {"file": "x.csv", "format": "database"}):
        with pytest.raises(ValueError, match=r"give either file or query|goes with"):
            table_of(tmp_path, **declared)
