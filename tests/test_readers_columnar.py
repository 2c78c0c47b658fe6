"""Parquet and DuckDB files: columns of every kind as text, and a reader that is shut off from everything else."""

from __future__ import annotations

import duckdb
import pytest

from tests.raw_files import faults_of, rows_of, table_of, tables_of

COUNTS = """
SELECT * FROM (VALUES
  ('01', DATE '2011-12-31', 5, 13066.0::DOUBLE, 1.50::DECIMAL(9, 2), TRUE, ' NO '),
  ('02', DATE '2012-12-31', NULL, 45.8::DOUBLE, 0::DECIMAL(9, 2), FALSE, '042')
) AS t(area, "day", men, women, share, is_final, " no  te ")
"""

TABLE = [
    ["area", "day", "men", "women", "share", "is_final", "no te", "file_row"],
    ["01", "2011-12-31", "5", "13066", "1,5", "true", "NO", 1],
    ["02", "2012-12-31", "", "45,8", "0", "false", "042", 2],
]


def write_parquet(path, sql=COUNTS):
    with duckdb.connect() as connection:
        connection.sql(sql).write_parquet(str(path))


def write_duckdb(path, *statements):
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_parquet_file(tmp_path):
    write_parquet(tmp_path / "x.parquet")
    table = table_of(tmp_path, ["area"], ",", file="x.parquet")
    assert rows_of(table) == TABLE
    assert (table.name, table.header_row, table.rows) == ("x.parquet", 1, 2)


def test_a_parquet_file_whose_name_has_a_quotation_mark(tmp_path):
    write_parquet(tmp_path / "a 'b'.parquet")
    assert rows_of(table_of(tmp_path, (), ",", file="a 'b'.parquet")) == TABLE


def test_a_parquet_file_whose_name_means_something_to_patterns_is_not_taken_for_another(tmp_path):
    write_parquet(tmp_path / "a 1.parquet")
    (tmp_path / "a 1.parquet").rename(tmp_path / "a [1].parquet")
    write_parquet(tmp_path / "a 1.parquet", "SELECT 1 AS other")
    assert faults_of(tmp_path, file="a [1].parquet") == [
        (
            "a [1].parquet: the path of a Parquet file may hold none of * ? [, which stand for other characters; "
            "rename it"
        )
    ]


def test_the_only_table_of_a_duckdb_file(tmp_path):
    write_duckdb(tmp_path / "x.duckdb", f"CREATE TABLE counts AS {COUNTS}")
    table = table_of(tmp_path, (), ",", file="x.duckdb")
    assert rows_of(table) == TABLE
    assert (table.name, table.sheet) == ("x.duckdb [counts]", "counts")


def test_one_of_several_tables_must_be_declared(tmp_path):
    tables = ('CREATE TABLE "a ""b""" AS SELECT 1 AS n', "CREATE SCHEMA s", "CREATE TABLE s.c AS SELECT 2 AS n")
    write_duckdb(tmp_path / "x.duckdb", *tables)
    assert faults_of(tmp_path, file="x.duckdb") == [
        """x.duckdb: the file has several tables: 'a "b"', 's.c'; declare sheet"""
    ]
    assert faults_of(tmp_path, file="x.duckdb", sheet="d") == [
        """x.duckdb: there is no table 'd'; the file has: 'a "b"', 's.c'"""
    ]
    assert rows_of(table_of(tmp_path, file="x.duckdb", sheet='a "b"'))[1] == ["1", 1]
    assert rows_of(table_of(tmp_path, file="x.duckdb", sheet="s.c"))[1] == ["2", 1]


def test_a_table_a_year(tmp_path):
    write_duckdb(tmp_path / "x.duckdb", *(f"CREATE TABLE pop_{year} AS SELECT {year} AS n" for year in (2012, 2011)))
    assert [rows_of(table)[1] for table in tables_of(tmp_path, file="x.duckdb", sheet="pop_{}")] == [
        ["2011", "2011", 1],
        ["2012", "2012", 1],
    ]


def test_a_view_is_not_run(tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    write_duckdb(tmp_path / "x.duckdb", f"CREATE VIEW v AS SELECT * FROM read_csv('{tmp_path / 'secret.csv'}')")
    assert faults_of(tmp_path, file="x.duckdb", sheet="v") == ["x.duckdb: there is no table 'v'; the file has: "]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "ATTACH 'new.duckdb'",
        "COPY (SELECT 1) TO 'new.csv'",
    ],
)
def test_the_connection_reaches_nothing_but_the_file(tmp_path, sql, monkeypatch):
    from sozialanalyse.loading.readers import columnar

    monkeypatch.chdir(tmp_path)
    write_parquet(tmp_path / "x.parquet")
    with columnar._open(tmp_path / "x.parquet", is_parquet=True) as connection, pytest.raises(duckdb.Error):
        connection.execute(sql)
    assert [path.name for path in tmp_path.iterdir()] == ["x.parquet"]


@pytest.mark.parametrize("file", ["x.parquet", "x.duckdb"])
def test_a_damaged_file_is_a_fault(tmp_path, file):
    write_parquet(tmp_path / "x.parquet")
    write_duckdb(tmp_path / "x.duckdb", f"CREATE TABLE counts AS {COUNTS}")
    whole = (tmp_path / file).read_bytes()
    for kept in (12, len(whole) // 2, len(whole) - 1):
        (tmp_path / file).write_bytes(whole[:kept])
        assert len(faults_of(tmp_path, file=file)) == 1
    (tmp_path / file).write_text("area;value\n", encoding="utf-8")
    assert faults_of(tmp_path, file=file) == [
        f"{file}: the file is no Parquet / DuckDB but text, whatever its name says; declare format: text"
    ]


def test_rows_of_a_sheet_make_no_sense(tmp_path):
    write_parquet(tmp_path / "x.parquet")
    assert faults_of(tmp_path, file="x.parquet", header_row=2) == [
        "x.parquet: header_row says nothing about this kind of file (columnar); remove it"
    ]
