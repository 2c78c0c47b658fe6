"""Notebooks stay thin: text, one call a section, no logic, no results, and the same sections in both languages.

The rules are those of a notebook that is executed hundreds of times with other parameters and read by people who do
not program. Whatever a rule forbids belongs into the library, where it is tested.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
import statistics
import uuid
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

LAST_SECTION = "Aussagekraft und Grenzen"
LANGUAGES = ("lang-de", "lang-en")
CELL_LINES = 10
MEDIAN_LINES = 3
LOGIC = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.For, ast.AsyncFor, ast.While, ast.If, ast.Match, ast.Try, ast.TryStar, ast.With, ast.AsyncWith),
)

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def cells(path: Path, kind: str) -> list[dict]:
    return [cell for cell in read(path)["cells"] if cell["cell_type"] == kind]


def source(cell: dict) -> str:
    return "".join(cell["source"])


def tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


def lines(cell: dict) -> list[str]:
    return [line for line in source(cell).splitlines() if line.strip()]


def language(cell: dict) -> str:
    found = [tag for tag in tags(cell) if tag in LANGUAGES]
    return found[0] if len(found) == 1 else f"{len(found)} language tags"


def headings(cell: dict) -> list[tuple[int, str]]:
    found = re.findall(r"^(#{1,6}) +(.+?) *$", source(cell), flags=re.MULTILINE)
    return [(len(signs), title) for signs, title in found]


def parameter_cells(path: Path) -> list[dict]:
    return [cell for cell in cells(path, "code") if "parameters" in tags(cell)]


def looks_made_by_a_machine(cell_id: str) -> bool:
    """Tell ids that an editor drew by lot from words that somebody chose."""
    try:
        uuid.UUID(cell_id)
    except ValueError:
        return re.fullmatch(r"[0-9a-f]{8,}", cell_id.replace("-", "")) is not None
    return True


def test_there_are_notebooks():
    assert NOTEBOOKS, "the folder notebooks/ holds no .ipynb"


@pytest.mark.parametrize("cell_id", ["4b1f9a2c", "0c5d1f5e-8d0a-4f7e-9a55-0d8f3a1b2c3d", "deadbeef-0012"])
def test_ids_drawn_by_lot_are_recognised(cell_id):
    assert looks_made_by_a_machine(cell_id)


@pytest.mark.parametrize("cell_id", ["title-de", "parameters", "level-and-trend", "facade"])
def test_ids_that_somebody_wrote_are_recognised(cell_id):
    assert not looks_made_by_a_machine(cell_id)


@every_notebook
def test_holds_no_results(path):
    for cell in cells(path, "code"):
        assert cell["outputs"] == [], f"{cell['id']}: make format strips outputs"
        assert cell["execution_count"] is None, f"{cell['id']}: make format strips counts"


@every_notebook
def test_names_the_python_kernel_and_nothing_of_the_machine(path):
    notebook = read(path)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) >= (4, 5)
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info"}
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert notebook["metadata"].get("language_info", {"name": "python"}) == {"name": "python"}
    strange = {key for cell in notebook["cells"] for key in cell["metadata"]} - {"tags"}
    assert strange == set(), "cells carry tags and no other metadata"


@every_notebook
def test_cell_ids_are_written_by_hand_and_stay(path):
    ids = [cell["id"] for cell in read(path)["cells"]]
    assert len(ids) == len(set(ids))
    assert [i for i in ids if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", i) or looks_made_by_a_machine(i)] == []


@every_notebook
def test_begins_with_its_title(path):
    first = read(path)["cells"][0]
    assert first["cell_type"] == "markdown"
    assert source(first).startswith("# ")


@every_notebook
def test_ends_with_what_the_findings_can_carry(path):
    german = [heading for cell in cells(path, "markdown") if language(cell) == "lang-de" for heading in headings(cell)]
    assert german[-1][1] == LAST_SECTION


@every_notebook
def test_every_text_stands_in_german_and_then_in_english(path):
    texts = [cell for cell in read(path)["cells"] if cell["cell_type"] == "markdown"]
    assert [(cell["id"], language(cell)) for cell in texts] == [
        (cell["id"], expected) for cell, expected in zip(texts, itertools.cycle(LANGUAGES), strict=False)
    ]
    assert len(texts) % 2 == 0, f"{texts[-1]['id']} has no English twin"
    for german, english in zip(texts[::2], texts[1::2], strict=True):
        levels = [[level for level, _ in headings(cell)] for cell in (german, english)]
        assert levels[0] == levels[1], f"{german['id']} and {english['id']} have other heading levels"


@every_notebook
def test_twins_stand_side_by_side(path):
    """With code between them the reader of one language would get the call before its question."""
    kinds = [cell["cell_type"] for cell in read(path)["cells"]]
    runs = [(kind, len(list(run))) for kind, run in itertools.groupby(kinds)]
    assert [length for kind, length in runs if kind == "markdown" and length % 2] == []


@every_notebook
def test_text_states_no_number(path):
    """Numbers come from results: a number in the text is wrong for the next area."""
    assert [(cell["id"], digit) for cell in cells(path, "markdown") for digit in re.findall(r"\d+", source(cell))] == []


@every_notebook
def test_parameters_are_one_cell_of_typed_and_commented_defaults(path):
    (cell,) = parameter_cells(path)
    text = source(cell).splitlines()
    for statement in ast.parse(source(cell)).body:
        line = text[statement.lineno - 1]
        assert isinstance(statement, ast.AnnAssign), f"not typed: {line}"
        assert statement.value is not None, f"no default: {line}"
        ast.literal_eval(statement.value)
        commented = "#" in text[statement.end_lineno - 1] or text[statement.lineno - 2].lstrip().startswith("#")
        assert commented, f"no comment: {line}"


@every_notebook
def test_imports_only_the_library(path):
    trees = [ast.parse(source(cell)) for cell in cells(path, "code")]
    imports = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == ["import sozialanalyse as sa"]


@every_notebook
def test_holds_no_logic(path):
    found = [
        (cell["id"], lines(cell)[0])
        for cell in cells(path, "code")
        if any(isinstance(node, LOGIC) for node in ast.walk(ast.parse(source(cell))))
    ]
    assert found == []


@every_notebook
def test_code_cells_are_short(path):
    lengths = {cell["id"]: len(lines(cell)) for cell in cells(path, "code")}
    assert {cell: length for cell, length in lengths.items() if length > CELL_LINES} == {}
    assert statistics.median(lengths.values()) <= MEDIAN_LINES
