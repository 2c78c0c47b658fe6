"""JSON Schemas of the files that planners write: an editor completes keys and marks mistakes while they are typed.

Made from the models: ``python -m sozialanalyse.schemas`` writes them anew; a test says when that is due.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.plan_file import Plan
from sozialanalyse.catalogue import Recipe
from sozialanalyse.catalogue.reading import FILES, TownCatalogueFile
from sozialanalyse.disclosure.rules_file import DefaultFile, RulesFile
from sozialanalyse.documents import SCHEMA_VERSION
from sozialanalyse.loading.corrections import CorrectionsFile
from sozialanalyse.loading.mapping import AreasMapping, Mapping
from sozialanalyse.loading.needs_file import NeedsFile
from sozialanalyse.loading.town_file import TownFile
from sozialanalyse.schedule.events import events_schema
from sozialanalyse.schedule.record import Record

if TYPE_CHECKING:
    from sozialanalyse.documents import Versioned

FOLDER = Path(__file__).parent / "schema"

DIALECT = "https://json-schema.org/draft/2020-12/schema"

MODELS: dict[str, type[Versioned]] = {
    **FILES,
    "catalogue": TownCatalogueFile,
    "town": TownFile,
    "mapping": Mapping,
    "areas": AreasMapping,
    "corrections": CorrectionsFile,
    "needs": NeedsFile,
    "disclosure": RulesFile,
    "default": DefaultFile,
    "plan": Plan,
    "recipe": Recipe,
    "record": Record,
}
"""The model of each kind of file, by the name of its schema."""


def schemas() -> dict[str, str]:
    """Return the text of each schema file by its name."""
    return {
        **{f"{name}.schema.json": _schema_of(model) for name, model in MODELS.items()},
        "events.schema.json": _written({"$schema": DIALECT, **events_schema()}),
    }


def write(folder: Path = FOLDER) -> None:
    """Write all schema files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _schema_of(model: type[Versioned]) -> str:
    schema = {"$schema": DIALECT, **model.model_json_schema()}
    schema["properties"]["schema"]["const"] = SCHEMA_VERSION
    return _written(schema)


def _written(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write()
