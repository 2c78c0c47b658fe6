"""JSON Schemas of the catalogue's files, with which an editor completes keys and marks mistakes while they are typed.

Made from the models: ``python -m sozialanalyse.catalogue.schema`` writes them anew; a test says when that is due.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sozialanalyse.catalogue.reading import FILES, TownCatalogueFile
from sozialanalyse.documents import SCHEMA_VERSION

if TYPE_CHECKING:
    from sozialanalyse.documents import Versioned

FOLDER = Path(__file__).parent / "schema"

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """Return the text of each schema file by its name."""
    models: dict[str, type[Versioned]] = {**FILES, "catalogue": TownCatalogueFile}
    return {f"{name}.schema.json": _schema_of(model) for name, model in models.items()}


def write(folder: Path = FOLDER) -> None:
    """Write all schema files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _schema_of(model: type[Versioned]) -> str:
    schema = {"$schema": DIALECT, **model.model_json_schema()}
    schema["properties"]["schema"]["const"] = SCHEMA_VERSION
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write()
