"""Bytes that are no delivery: whatever stands in a file, reading it ends in a table or in an error for the planner."""

from __future__ import annotations

import contextlib
import io
import tempfile
from functools import cache
from pathlib import Path

import openpyxl
import pytest
import xlwt
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sozialanalyse.errors import DataError
from tests.raw_files import tables_of

SIGNATURES = (
    b"",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"PAR1",
    b"\0" * 8 + b"DUCK",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
)
"""First bytes by which kinds of files and encodings are known; none; blanks."""

ENDINGS = (".csv", ".xlsx", ".xls", ".parquet", ".duckdb")

TABLE = [["Nr", "Name", "Anzahl"], *([f"{number:02d}", "Süd", number * 37] for number in range(1, 30))]

TRIED = settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


def ends_well(name: str, content: bytes) -> None:
    """Read a file of these bytes; any other error than those for planners fails the test."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_bytes(content)
        with contextlib.suppress(DataError):
            tables_of(Path(folder), file=name)


@cache
def whole(ending: str) -> bytes:
    """A file that is in order."""
    stream = io.BytesIO()
    if ending == ".xlsx":
        book = openpyxl.Workbook()
        for row in TABLE:
            book.active.append(row)
        book.save(stream)
    elif ending == ".xls":
        old = xlwt.Workbook()
        sheet = old.add_sheet("S")
        for row, fields in enumerate(TABLE):
            for column, field in enumerate(fields):
                sheet.write(row, column, field)
        old.save(stream)
    elif ending == ".csv":
        stream.write("".join(f"{nr};{name};{number}\n" for nr, name, number in TABLE).encode("cp1252"))
    else:
        return _columnar(ending)
    return stream.getvalue()


def _columnar(ending: str) -> bytes:
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "whole" + ending)
        with duckdb.connect(str(path) if ending == ".duckdb" else ":memory:") as connection:
            connection.execute("CREATE TABLE t AS SELECT range AS nr, 'x' || range AS name FROM range(30)")
            if ending == ".parquet":
                connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
        return path.read_bytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_in_order_is_read(ending, tmp_path):
    (tmp_path / f"x{ending}").write_bytes(whole(ending))
    [table] = tables_of(tmp_path, file=f"x{ending}")
    assert len(table.frame) >= 29


@pytest.mark.parametrize("ending", ENDINGS)
@TRIED
@given(signature=st.sampled_from(SIGNATURES), content=st.binary(max_size=600))
@example(signature=b"", content=b"")
def test_any_bytes_end_in_a_table_or_an_error(ending, signature, content):
    ends_well(f"x{ending}", signature + content)


@pytest.mark.parametrize("ending", ENDINGS)
@TRIED
@given(part=st.floats(min_value=0, max_value=1))
def test_a_file_cut_anywhere_ends_in_a_table_or_an_error(ending, part):
    content = whole(ending)
    ends_well(f"x{ending}", content[: int(part * len(content))])


@pytest.mark.parametrize("ending", ENDINGS)
@TRIED
@given(data=st.data())
def test_a_file_with_broken_bytes_ends_in_a_table_or_an_error(ending, data):
    content = bytearray(whole(ending))
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=8)
    ):
        content[place] = byte
    ends_well(f"x{ending}", bytes(content))
