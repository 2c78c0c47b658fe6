"""The tutorial holds: from an unknown workbook to a first finding, by its own commands and its own edits, in an empty folder."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from sozialanalyse.loading import load_town

ROOT = Path(__file__).resolve().parent.parent
TUTORIAL = ROOT / "docs" / "tutorial.md"

BLOCK = re.compile(r"^ *```(sh|yaml)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)

TABLE = [
    ["Sozialdaten der Stadtteile, Ausgabe 2024"],
    ["", "Bevölkerung", "", "", "", "Soziales", ""],
    ["Stadtteil", "insgesamt", "unter 18", "65 und älter", "Ausländer", "Leistungsberechtigte SGB II", "Anteil in %"],
    ["Altstadt", 5210, 610, 1320, 1105, 640, 12.3],
    ["Nordend", 8345, 1720, 1214, 2020, 1405, 16.8],
    ["Südhang", 3120, 590, 980, 145, 96, 3.1],
    ["Hafen", 940, 130, 90, 415, "*", "*"],
    ["Weststadt", 11020, 2105, 2160, 1890, 1010, 9.2],
    ["Insgesamt", 28635, 5155, 5764, 5575, 3158, 11.0],
    ["* weniger als 10 Fälle"],
]


def blocks() -> list[tuple[str, str]]:
    """List the commands and edits of the tutorial in their order."""
    return BLOCK.findall(TUTORIAL.read_text(encoding="utf-8"))


def deliver(folder: Path) -> None:
    """Put the workbook of the office where the tutorial expects it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Stadtteile "
    for row in TABLE:
        sheet.append(row)
    sheet.merge_cells("B2:E2")
    sheet.merge_cells("F2:G2")
    folder.mkdir()
    book.save(folder / "Sozialdaten_2024.xlsx")


def do(command: str, folder: Path) -> None:
    """Run a command of the tutorial with the program of this environment."""
    program, *arguments = shlex.split(command)
    assert program == "sozialanalyse"
    done = subprocess.run(
        [sys.executable, "-m", "sozialanalyse", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def edit(line: str, town: Path) -> None:
    """Put a line of the tutorial in the place of the one that begins with the same key."""
    key = line.partition(":")[0] + ":"
    found = [path for path in town.rglob("*.yml") if f"\n{key}" in path.read_text(encoding="utf-8")]
    assert len(found) == 1, f"{key} stands in {found}"
    text = found[0].read_text(encoding="utf-8")
    changed = re.sub(rf"^{re.escape(key)}.*$", lambda _: line, text, flags=re.MULTILINE)
    assert changed != text, f"{line} changes nothing"
    found[0].write_text(changed, encoding="utf-8")


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Walk the tutorial from its first command to its last."""
    folder = tmp_path_factory.mktemp("tutorial")
    deliver(folder / "eingang")
    for kind, text in blocks():
        for line in text.splitlines():
            if kind == "sh":
                do(line, folder)
            else:
                edit(line.removeprefix("  "), folder / "beispielstadt")
    return folder


def test_the_tutorial_has_commands_and_edits():
    kinds = [kind for kind, _ in blocks()]
    assert (kinds.count("sh"), kinds.count("yaml")) == (3, 3)


def test_it_ends_with_a_page_that_shows_the_numbers(walked):
    (page,) = (walked / "befunde").glob("comparison/*.html")
    text = re.sub(r"<[^>]+>", " ", re.sub(r"</?data\b[^>]*>", "", page.read_text(encoding="utf-8")))
    assert "31.12.2023" in text
    assert "Nordend" in text
    assert "28.635" in text


def test_the_mark_keeps_its_bounds_and_totals_their_place(walked):
    counts = load_town(walked / "beispielstadt", walked / "eingang").counts.set_index(["area", "measure"])
    hidden = counts.loc[("Hafen", "sgb2_recipients")]
    assert (hidden["status"], hidden["lower"], hidden["upper"], hidden["mark"]) == ("suppressed", 1, 9, "*")
    assert counts.loc[("0", "sgb2_recipients"), "value"] == 3158


def test_it_names_the_files_that_were_written(walked):
    text = TUTORIAL.read_text(encoding="utf-8")
    written = sorted(path.relative_to(walked).as_posix() for path in (walked / "beispielstadt").rglob("*.*"))
    assert [name for name in written if f"`{name}`" not in text] == []
