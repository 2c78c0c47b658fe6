"""Broken and hostile input met at the command line: one clear message, its exit code, and earlier pages untouched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from sozialanalyse.cli import app
from tests.small_town import AREAS, HEADER, MAPPED, write_town

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "01,2011-12-31,population,,,100,\n02,2011-12-31,population,,,200,\n"

MAPPING = """\
schema: 1
file: raw.csv
source: register
separator: ";"
area: {column: nr}
period: {value: "2011-12-31"}
values:
  - {column: menschen, measure: population}
"""

PLAN = """\
schema: 1
title: {{de: Plan, en: plan}}
runs:
  - id: {id}
    notebook: {notebook}
    parameters: {{{parameters}}}
"""


def called(*arguments: str | Path) -> tuple[int, str]:
    """Exit code and standard error of the program."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.stderr.strip()


@pytest.fixture
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pages of an earlier run, not in the town's."""
    folder = tmp_path_factory.mktemp("published") / "outputs"
    (folder / "trend").mkdir(parents=True)
    (folder / "index.html").write_text("earlier index", encoding="utf-8")
    (folder / "trend" / "older.de.html").write_text("earlier page", encoding="utf-8")
    return folder


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            "01,2011-12-31,population,,,100,\n01,2011-12-31,population,,,100,\n",
            "counts.csv, Zeile 2, Gebiet 01: Gebiet, Zeitraum, Messgröße, Geschlecht und Alter stehen mehrfach",
        ),
        ("99,2011-12-31,population,,,100,\n", "counts.csv, Zeile 2, Gebiet 99: das Gebiet »99« steht nicht in der"),
        ("01,2011-12-31,population,,,viele,\n", "counts.csv, Zeile 2, Gebiet 01: »viele« ist keine Zahl;"),
        ("01,2011-12-31,population,,,-5,\n", "counts.csv, Zeile 2, Gebiet 01: die Anzahl -5 ist negativ"),
        (
            GOOD + "01,2011-12-31,population_foreign,,,101,\n",
            "counts.csv, Zeile 4, Gebiet 01: foreign_share, 31.12.2011: der Zähler 101 ist größer als der Nenner 100;",
        ),
    ],
    ids=["duplicate", "unknown area", "text in a number", "negative count", "numerator above denominator"],
)
def test_faulty_counts(tmp_path: Path, output: Path, rows: str, message: str) -> None:
    before = content(output)
    write_town(tmp_path, rows)
    code, said = called("run", "--town", tmp_path, "--output", output)
    assert code == 1
    assert said.splitlines()[0].startswith(message)
    assert content(output) == before


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            "nr;menschen\n01;é\n".encode("cp1252"),
            "raw.csv, Zeile 2, Gebiet 01: »é« ist keine Zahl",
        ),
        (b"nr;leute\n01;5\n", "raw.csv, Zeile 1: es fehlen Spalten: 'menschen'; die Datei hat: 'nr', 'leute'"),
    ],
    ids=["no number", "missing column"],
)
def test_faulty_raw_files(tmp_path: Path, output: Path, raw: bytes, message: str) -> None:
    before = content(output)
    write_town(tmp_path, town__yml=MAPPED, mapping__yml=MAPPING)
    (tmp_path / "raw.csv").write_bytes(raw)
    code, said = called("run", "--town", tmp_path, "--raw", tmp_path, "--output", output)
    assert code == 1
    assert said.startswith(message)
    assert content(output) == before


def test_an_area_tree_with_a_cycle(tmp_path: Path, output: Path) -> None:
    before = content(output)
    write_town(tmp_path, GOOD, areas__csv=AREAS.replace("0,Klein,stadt,\n", "0,Klein,stadt,01\n"))
    code, said = called("run", "--town", tmp_path, "--output", output)
    assert code == 1
    assert "areas.csv, Zeile 2, Gebiet 0: das Gebiet ist über »01« sich selbst übergeordnet" in said
    assert content(output) == before


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (
            {"id": "a", "notebook": "trend", "parameters": "targetgroup: older"},
            "plan.yml, Zeile 6, runs.0.parameters.targetgroup: das Notebook hat keinen Parameter »targetgroup«",
        ),
        (
            {"id": "a", "notebook": "trend", "parameters": "area: 5"},
            "plan.yml, Zeile 6, runs.0.parameters.area: »area« ist vom Typ str",
        ),
        (
            {"id": "a", "notebook": "trend", "parameters": "target_group: olders"},
            "plan.yml, Zeile 6, runs.0.parameters.target_group: unbekannt",
        ),
        (
            {"id": "../a", "notebook": "trend", "parameters": ""},
            "plan.yml, Zeile 4, runs.0.id: »../a« kann keine Kennung sein",
        ),
        ({"id": "a", "notebook": "../trend", "parameters": ""}, "plan.yml, Zeile 5, runs.0.notebook: "),
    ],
    ids=[
        "unknown parameter",
        "wrong type",
        "unknown target group",
        "id out of the folder",
        "notebook out of the folder",
    ],
)
def test_faulty_plans(tmp_path: Path, output: Path, plan: dict[str, str], message: str) -> None:
    before = content(output)
    write_town(tmp_path, GOOD)
    (tmp_path / "plan.yml").write_text(PLAN.format(**plan), encoding="utf-8")
    code, said = called("run", "--town", tmp_path, "--plan", tmp_path / "plan.yml", "--output", output)
    assert code in {1, 2}
    assert message in said
    assert content(output) == before


def test_pages_are_never_written_into_the_town(tmp_path: Path) -> None:
    write_town(tmp_path, GOOD)
    before = content(tmp_path)
    code, said = called("run", "--town", tmp_path, "--output", tmp_path / "counts.csv" / ".." / "pages")
    assert code == 2
    assert "pages" in said
    assert content(tmp_path) == before


def test_all_faults_come_at_once(tmp_path: Path, output: Path) -> None:
    write_town(tmp_path, "01,2011,population,,,100,\n02,2011-12-31,populaton,,,x,\n")
    code, said = called("check", "--town", tmp_path)
    assert code == 1
    assert len(said.splitlines()) == 3


def test_messages_come_in_english_on_request(tmp_path: Path) -> None:
    write_town(tmp_path, "01,2011-12-31,population,,,-5,\n")
    code, said = called("check", "--town", tmp_path, "--language", "en")
    assert (code, said) == (1, "counts.csv, line 2, area 01: the count -5 is negative")


def test_a_good_town_is_checked_without_a_fault(tmp_path: Path) -> None:
    write_town(tmp_path, GOOD)
    assert called("check", "--town", tmp_path) == (0, "")


def test_header_of_the_small_town_is_that_of_the_documentation(root: Path) -> None:
    """The README shows the columns that the reader takes."""
    assert HEADER.strip() in (root / "README.md").read_text(encoding="utf-8")
