"""Files made to harm, or harmful by accident: refused before they are opened, quickly and with little memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from sozialanalyse.loading.readers import columnar, office_xml, raw_table
from tests.raw_files import MAIN, SMALL, faults_of, rows_of, table_of, text_cell, xlsx

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTE = 1_000_000

SECONDS, SLACK = 2, 3
"""A refusal takes at most so long; other tests on the same machine may slow it by the slack."""

MEMORY = 300 * 1024
"""In kilobytes, the whole process with Python and pandas."""

CHILD = r"""
import json, re, resource, sys, time
from pathlib import Path
from tests.raw_files import faults_of
start = time.perf_counter()
said = faults_of(Path(sys.argv[1]), file=sys.argv[2])
taken = time.perf_counter() - start
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    # What getrusage states begins with what the parent had when it started this process.
    most = int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text()).group(1))
except OSError:
    pass
print(json.dumps([said, taken, most]))
"""


def refused_in_a_child(path: Path, root: Path) -> tuple[str, float, int]:
    """Read a file in a process of its own; give what is said of it, the seconds and the kilobytes that it took."""
    command = [sys.executable, "-c", CHILD, str(path.parent), path.name]
    environment = {**os.environ, "PYTHONPATH": str(root), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True, timeout=120)
    [said], seconds, kilobytes = json.loads(done.stdout)
    return said, seconds, kilobytes


def stray_cell() -> bytes:
    """A table of one cell, and a stray one in the last corner of the sheet."""
    return xlsx(SMALL + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def many_blanks() -> bytes:
    """A sheet of 179 MB, packed into 0.2 to 0.6 MB."""
    return xlsx(SMALL + " " * 179 * MEGABYTE)


def long_shared_text() -> bytes:
    """A text of 30,000 characters that each of 20,000 cells refers to."""
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 20_001))
    shared = f'<sst xmlns="{MAIN}"><si><t>{"x" * 30_000}</t></si></sst>'
    return xlsx(cells, **{"xl/sharedStrings.xml": shared})


BOMBS = {
    "a stray cell": (
        stray_cell,
        (
            "bomb.xlsx: a sheet reaches to row 1048576 and column 16384, which makes more than 5000000 cells; is there a "
            "stray cell far from the table? Clear it and save the file again"
        ),
    ),
    "many blanks": (many_blanks, "is much more in it than the table? Copy the table into a new workbook"),
    "a long text in many cells": (long_shared_text, "bomb.xlsx: a sheet holds more than 200000000 characters"),
}


@pytest.mark.parametrize(("make", "message"), BOMBS.values(), ids=BOMBS)
def test_a_small_file_that_unfolds_to_gigabytes_is_refused_in_2_seconds_and_300_megabytes(
    tmp_path, root, make, message
):
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(make())
    assert path.stat().st_size < MEGABYTE
    said, seconds, kilobytes = refused_in_a_child(path, root)
    assert message in said
    assert seconds < SECONDS * SLACK
    assert kilobytes < MEMORY


def test_a_stray_cell_in_an_old_workbook_is_refused(tmp_path):
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    sheet.write(0, 0, "area")
    sheet.write(65535, 255, 1)
    book.save(tmp_path / "bomb.xls")
    [said] = faults_of(tmp_path, file="bomb.xls")
    assert said.startswith("bomb.xls: a sheet reaches to row 65536 and column 256")


def test_far_cells_that_hold_nothing_do_no_harm(tmp_path):
    (tmp_path / "styled.xlsx").write_bytes(xlsx(SMALL + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'))
    assert rows_of(table_of(tmp_path, file="styled.xlsx")) == [["area", "file_row"], ["01", 2]]


def test_the_grid_may_be_as_large_as_the_limit(tmp_path, monkeypatch):
    rows = f'<row r="1">{text_cell("A1", "a")}{text_cell("B1", "b")}</row><row r="3">{text_cell("B3", "x")}</row>'
    (tmp_path / "x.xlsx").write_bytes(xlsx(rows))
    monkeypatch.setattr(office_xml, "MAXIMUM_CELLS", 6)
    assert table_of(tmp_path, file="x.xlsx").rows == 1
    monkeypatch.setattr(office_xml, "MAXIMUM_CELLS", 5)
    assert "more than 5 cells" in faults_of(tmp_path, file="x.xlsx")[0]


def test_cells_without_a_reference_are_counted_from_the_one_before(tmp_path, monkeypatch):
    (tmp_path / "x.xlsx").write_bytes(xlsx("<row>" + "<c><v>1</v></c>" * 3 + "</row>" + "<row><c><v>1</v></c></row>"))
    monkeypatch.setattr(office_xml, "MAXIMUM_CELLS", 5)
    assert "reaches to row 2 and column 3" in faults_of(tmp_path, file="x.xlsx")[0]


ENTITIES = """<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>"""
OUTSIDE = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declaration", [ENTITIES, OUTSIDE, '<!DOCTYPE w SYSTEM "http://example.org/x.dtd">'])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "docProps/app.xml", "xl/styles.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_every_part_and_encoding(tmp_path, declaration, part, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}<worksheet xmlns="{MAIN}"/>'
    (tmp_path / "x.xlsx").write_bytes(xlsx(SMALL, **{part: text.encode(encoding)}))
    assert faults_of(tmp_path, file="x.xlsx") == [
        "x.xlsx: the workbook declares entities (DOCTYPE), which no spreadsheet program writes; it is not opened"
    ]


def test_a_part_that_is_longer_than_the_directory_says_is_refused(tmp_path):
    raw = xlsx(SMALL)
    with zipfile.ZipFile(tmp_path / "honest.zip", "w"):
        pass
    at = raw.rindex(b"xl/worksheets/sheet1.xml") - 46 + 24  # the unfolded size in the central directory
    (tmp_path / "x.xlsx").write_bytes(raw[:at] + (10).to_bytes(4, "little") + raw[at + 4 :])
    assert faults_of(tmp_path, file="x.xlsx") == [
        "x.xlsx: the workbook is damaged or protected; open it in a spreadsheet program and save it again as XLSX"
    ]


@pytest.mark.parametrize("raw", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 600, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 80])
def test_a_damaged_workbook_is_a_fault_and_no_traceback(tmp_path, raw):
    (tmp_path / "x.xlsx").write_bytes(raw)
    assert "damaged or protected" in faults_of(tmp_path, file="x.xlsx")[0]


@pytest.mark.parametrize("kept", range(0, 1000, 37))
def test_a_workbook_cut_anywhere_is_a_fault(tmp_path, kept):
    (tmp_path / "x.xlsx").write_bytes(xlsx(SMALL)[:kept])
    assert faults_of(tmp_path, file="x.xlsx")


def test_a_parquet_file_of_many_rows_in_few_bytes_is_refused(tmp_path, monkeypatch):
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        query = "SELECT 1 AS a, 2 AS b FROM range(3000000)"
        connection.execute(f"COPY ({query}) TO '{tmp_path / 'x.parquet'}' (FORMAT parquet)")
    assert faults_of(tmp_path, file="x.parquet") == [
        "x.parquet: the table has 3000000 rows and 2 columns; at most 5000000 cells are read"
    ]


def test_a_parquet_file_with_a_long_text_is_refused(tmp_path, monkeypatch):
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 'xxxx' AS a) TO '{tmp_path / 'x.parquet'}' (FORMAT parquet)")
    monkeypatch.setattr(columnar, "MAXIMUM_LENGTH", 4)
    assert table_of(tmp_path, file="x.parquet").rows == 1
    monkeypatch.setattr(columnar, "MAXIMUM_LENGTH", 3)
    assert faults_of(tmp_path, file="x.parquet") == ["x.parquet, a: the column holds a text of more than 3 characters"]


@pytest.mark.parametrize(
    "name", ["../secret.csv", "/etc/passwd", "a/../../secret.csv", "link.csv", "{}/../../secret.csv"]
)
def test_paths_stay_inside_the_folder_of_raw_files(tmp_path, name):
    (tmp_path / "secret.csv").write_text("area,value\n01,5\n", encoding="utf-8")
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "link.csv").symlink_to(tmp_path / "secret.csv")
    [said] = faults_of(raw, file=name)
    assert said == f"{name}: the path leads out of the folder of raw files; it must stay inside"


def test_a_link_that_leads_out_is_no_match_of_a_pattern(tmp_path):
    (tmp_path / "secret.csv").write_text("area,value\n01,5\n", encoding="utf-8")
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "pop_2012.csv").symlink_to(tmp_path / "secret.csv")
    assert faults_of(raw, file="pop_{}.csv") == [
        "pop_2012.csv: the path leads out of the folder of raw files; it must stay inside"
    ]


def test_nothing_is_written_beside_a_file(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    (tmp_path / "x.xlsx").write_bytes(xlsx(SMALL))
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
        connection.execute(f"COPY t TO '{tmp_path / 'x.parquet'}' (FORMAT parquet)")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for path in before:
        table_of(tmp_path, file=path.name)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_limits_are_those_that_the_messages_state():
    assert raw_table.MAXIMUM_CELLS == 5 * MEGABYTE
    assert office_xml.MAXIMUM_UNFOLDED == 400 * MEGABYTE
