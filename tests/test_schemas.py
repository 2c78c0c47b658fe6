"""What an editor knows of the files that planners write: the schemas are those of the models, and our own files follow them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from sozialanalyse.schemas import FOLDER, schemas

ROOT = Path(__file__).resolve().parent.parent
DEFINITIONS = ROOT / "sozialanalyse" / "catalogue" / "definitions"

NAMED = "# yaml-language-server: $schema="
"""What the first line of a file begins with, by which an editor finds its schema."""


class TextDates(yaml.SafeLoader):
    """YAML as an editor reads it, but dates stay the text that they are to a schema."""


TextDates.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


def kind_of(path: Path) -> str:
    """Tell by its place what a file of a town is."""
    if path.name == "town.yml":
        return "town"
    if path.parent.name in {"plans", "recipes"}:
        return path.parent.name.removesuffix("s")
    if path.parent.name == "mapping":
        return "areas" if path.name.startswith("areas") else "mapping"
    return path.stem


def town_files() -> list[Path]:
    return sorted([*ROOT.glob("data/*/*.yml"), *ROOT.glob("data/*/*/*.yml"), *ROOT.glob("notebooks/plans/*.yml")])


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=TextDates)


def test_schemas_are_up_to_date():
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert written == schemas(), "run python -m sozialanalyse.schemas"


@pytest.mark.parametrize("path", sorted(DEFINITIONS.rglob("*.yml")), ids=lambda path: path.stem)
def test_shipped_definitions_name_and_follow_their_schema(path):
    first, *_ = path.read_text(encoding="utf-8").splitlines()
    schema = (path.parent / first.removeprefix(NAMED)).resolve()
    jsonschema.validate(read(path), json.loads(schema.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", town_files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_of_our_towns_follow_their_schema(path):
    jsonschema.validate(read(path), json.loads(schemas()[f"{kind_of(path)}.schema.json"]))


def test_a_misspelt_key_is_marked():
    schema = json.loads(schemas()["catalogue.schema.json"])
    jsonschema.validate({"schema": 1}, schema)
    with pytest.raises(jsonschema.ValidationError, match="colour"):
        jsonschema.validate({"schema": 1, "colour": "red"}, schema)
