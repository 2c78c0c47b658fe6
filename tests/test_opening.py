"""Opening a town: everything or nothing, provenance of each file, and what German spreadsheet programs make of tidy files."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from tests.small_town import AREAS, HEADER, MAPPED, TIDY, TOWN, faults_of, open_town, rows_of, write_town

ROWS = "01,2011-12-31,population,,,1250,\n02,2011-12-31,population,,,205,\n"

MAPPING = """\
schema: 1
file: raw.csv
source: register
area: {column: area}
period: {value: "2011-12-31"}
values: [{column: people, measure: population}]
"""


def german(text, encoding="cp1252"):
    """Save a table as a German spreadsheet program does."""
    return text.replace(",", ";").replace("\n", "\r\n").encode(encoding)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-8"])
def test_tidy_files_saved_by_a_german_spreadsheet_program_load(tmp_path, encoding):
    folder = write_town(tmp_path, ROWS)
    plain = open_town(folder)
    (folder / "counts.csv").write_bytes(german(HEADER + ROWS, encoding))
    (folder / "areas.csv").write_bytes(german(AREAS, encoding))
    data = open_town(folder)
    assert data.counts.equals(plain.counts)
    assert data.areas.name("02") == "Süd"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("12,5", "'12,5' is no number; write 1234 or 1234.5"),
        ("1.250,0", "'1.250,0' is no number; write 1234 or 1234.5"),
        ("1.250", "'1.250' may mean 1250 or 1.25: the file was saved by a German spreadsheet program; write numbers"),
    ],
)
def test_german_numbers_in_a_tidy_file_are_refused_with_a_hint(tmp_path, value, said):
    folder = write_town(tmp_path, "")
    text = f"area;period;measure;value\n01;2011-12-31;living_space;{value}\n02;2011-12-31;living_space;3\n"
    (folder / "counts.csv").write_bytes(text.encode())
    (fault,) = faults_of(folder)
    assert fault.startswith("counts.csv, line 2")
    assert said in fault


def test_a_decimal_point_of_three_digits_is_one_where_commas_separate(tmp_path):
    data = open_town(write_town(tmp_path, "01,2011-12-31,living_space,,,1.250,\n"))
    assert rows_of(data, "value") == [(1.25,)]


def test_provenance_of_a_tidy_file(tmp_path):
    town = TIDY.replace("source: register}", "source: register, delivered: 2012-03-01}")
    folder = write_town(tmp_path, ROWS, town__yml=town)
    (one,) = open_town(folder).deliveries
    assert (one.file, one.sheet, one.separator, one.rows) == ("counts.csv", None, ",", 2)
    assert (one.source, one.delivered) == ("register", dt.date(2012, 3, 1))
    assert one.sha256 == hashlib.sha256((folder / "counts.csv").read_bytes()).hexdigest()
    assert set(one.detected) == {"encoding", "separator"}


def test_provenance_of_a_mapped_file(tmp_path):
    folder = write_town(tmp_path, town__yml=MAPPED, mapping__yml=MAPPING + "delivered: 2012-03-01\n")
    (folder / "raw.csv").write_bytes("area;people;note\n01;5;Süd – West\n02;7;\n".encode("cp1252"))
    (one,) = open_town(folder).deliveries
    assert (one.file, one.separator, one.rows, one.source) == ("raw.csv", ";", 2, "register")
    assert one.encoding == "cp1252"
    assert one.delivered == dt.date(2012, 3, 1)


def test_a_later_file_of_another_shape_revises(tmp_path):
    town = TOWN + "counts: [{file: counts.csv, source: register, delivered: 2012-03-01}]\nmappings: [mapping.yml]\n"
    folder = write_town(tmp_path, ROWS, town__yml=town, mapping__yml=MAPPING + "delivered: 2013-03-01\n")
    (folder / "raw.csv").write_text("area,people\n01,1251\n02,205\n")
    data = open_town(folder)
    assert rows_of(data, "area", "value", "file") == [("01", 1251.0, "raw.csv"), ("02", 205.0, "raw.csv")]
    assert data.revisions[["old_value", "new_value"]].to_numpy().tolist() == [[1250.0, 1251.0]]
    assert [one.file for one in data.deliveries] == ["counts.csv", "raw.csv"]


def test_opening_writes_nothing(tmp_path):
    folder = write_town(tmp_path, ROWS)

    def state():
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}

    before = state()
    open_town(folder)
    (folder / "town.yml").write_text("schema: 1\n")
    before[folder / "town.yml"] = state()[folder / "town.yml"]
    faults_of(folder)
    assert state() == before


@pytest.mark.parametrize("name", ["../other.csv", "/etc/passwd", "counts/../../other.csv"])
def test_paths_stay_inside_the_town_folder(tmp_path, name):
    (tmp_path / "other.csv").write_text(HEADER + ROWS)
    (tmp_path / "town").mkdir()
    folder = write_town(tmp_path / "town", town__yml=TIDY.replace("counts.csv", name))
    assert faults_of(folder) == [f"{name}: the path leads out of the town folder; it must stay inside"]


@pytest.mark.parametrize("name", ["counts.csv", "areas.csv", "corrections.yml", "catalogue.yml", "town.yml"])
def test_a_symbolic_link_does_not_lead_out_of_the_town_folder(tmp_path, name):
    (tmp_path / "town").mkdir()
    folder = write_town(tmp_path / "town", ROWS)
    outside = tmp_path / name
    outside.write_text((folder / name).read_text() if (folder / name).exists() else "schema: 1\n")
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(outside)
    assert faults_of(folder) == [f"{name}: the path leads out of the town folder; it must stay inside"]


def test_a_symbolic_link_does_not_lead_out_of_the_folder_of_raw_files(tmp_path):
    (tmp_path / "town").mkdir()
    folder = write_town(tmp_path / "town", town__yml=MAPPED, mapping__yml=MAPPING)
    (tmp_path / "raw.csv").write_text("area,people\n01,5\n")
    (folder / "raw.csv").symlink_to(tmp_path / "raw.csv")
    assert faults_of(folder) == ["raw.csv: the path leads out of the folder of raw files; it must stay inside"]


def test_faults_of_all_files_are_told_at_once(tmp_path):
    town = TIDY + "breaks: [{source: nobody, date: 2012-01-01, note: {de: a, en: b}, review: open}]\n"
    town += "mappings: [mapping.yml]\n"
    folder = write_town(
        tmp_path, ROWS.replace("205", "2O5"), town__yml=town, corrections__yml="schema: 1\ncorrection: []\n"
    )
    places = [fault.split(":")[0] for fault in faults_of(folder)]
    assert [place.split(",")[0] for place in places] == ["town.yml", "mapping.yml", "corrections.yml", "counts.csv"]


@pytest.mark.parametrize("name", ["a{}.csv", "{}{}.csv"])
def test_a_tidy_file_is_named_in_full(tmp_path, name):
    (fault,) = faults_of(write_town(tmp_path, town__yml=TIDY.replace("file: counts.csv", f"file: '{name}'")))
    assert fault.startswith("town.yml, line 10, counts.0.file")


def test_columns_of_a_tidy_file_may_be_separated_by_tabs(tmp_path):
    folder = write_town(tmp_path, ROWS)
    (folder / "counts.csv").write_text((HEADER + ROWS).replace(",", "\t"))
    assert rows_of(open_town(folder), "value") == [(1250.0,), (205.0,)]
