"""What to write for an unknown file: the texts of new files, none of which replaces one that is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sozialanalyse import catalogue
from sozialanalyse.errors import UsageError
from sozialanalyse.loading.drafting.table import find_table
from sozialanalyse.loading.drafting.town import SOURCE, areas_text, town_text
from sozialanalyse.loading.drafting.writing import mapping_text
from sozialanalyse.loading.opening import TOWN_FILE, load_declared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Say = Callable[..., str]

AREAS_FILE = "areas.csv"
MAPPINGS = "mapping"


@dataclass(frozen=True)
class Draft:
    """New files of a town folder.

    Parameters
    ----------
    files
        Text of each new file by its path below the town folder.
    mapping
        Path of the mapping among them.
    is_new_town
        Whether the town folder is new; else its ``town.yml`` must be told of the mapping.
    """

    files: dict[str, str]
    mapping: str
    is_new_town: bool


def draft(path: Path, town: Path, say: Say) -> Draft:
    """Draft the mapping of a file, and the town around it where there is none yet.

    Parameters
    ----------
    path
        The delivery.
    town
        The town folder; may not exist yet.
    say
        Translates our comments.

    Raises
    ------
    DataError
        The file cannot be read or holds no table; the town's own files are faulty.
    UsageError
        There is already such a mapping.
    """
    name = f"{MAPPINGS}/{path.stem}.yml"
    if (town / name).exists():
        message = "there is already a mapping {file}; rename or remove it first"
        raise UsageError(message, file=name)
    return _for_known_town(path, town, name, say) if (town / TOWN_FILE).is_file() else _new_town(path, town, name, say)


def _new_town(path: Path, town: Path, name: str, say: Say) -> Draft:
    table, own = find_table(path), town.resolve().name
    files = {
        TOWN_FILE: town_text(own, name, say),
        AREAS_FILE: areas_text(own, table),
        name: mapping_text(table, catalogue.shipped(), SOURCE, say),
    }
    return Draft(files, name, is_new_town=True)


def _for_known_town(path: Path, town: Path, name: str, say: Say) -> Draft:
    declared = load_declared(town, path.parent)
    table = find_table(path, declared.areas)
    source = next(iter(declared.town.sources))
    return Draft({name: mapping_text(table, declared.catalogue, source, say)}, name, is_new_town=False)
