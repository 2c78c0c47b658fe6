"""Reading the catalogue that ships with the library, and what a town adds to it.

A town's own ``catalogue.yml`` stands beside its ``town.yml`` and has the same sections. An entry with the id of a
shipped one replaces it as a whole, in its place; any other is added at the end. All faults of all files are told at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydantic

from sozialanalyse.catalogue.checks import Problem, find_problems, problems_of_recipe
from sozialanalyse.catalogue.model import Indicator, Measure, TargetGroup
from sozialanalyse.catalogue.recipes import Recipe
from sozialanalyse.catalogue.whole import Catalogue
from sozialanalyse.documents import Document, Model, Versioned, read_document
from sozialanalyse.errors import DataError, Fault, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFINITIONS = Path(__file__).parent / "definitions"

TOWN_FILE = "catalogue.yml"

RECIPES = "recipes"
"""Folder of the recipes of indices, a file each: shipped ones in the definitions, a town's own in its folder."""


class MeasuresFile(Versioned):
    """The file ``measures.yml``."""

    measures: tuple[Measure, ...]


class IndicatorsFile(Versioned):
    """The file ``indicators.yml``."""

    indicators: tuple[Indicator, ...]


class TargetGroupsFile(Versioned):
    """The file ``target_groups.yml``."""

    target_groups: tuple[TargetGroup, ...]


class TownCatalogueFile(Versioned):
    """A town's own ``catalogue.yml``: what it adds to the shipped catalogue or replaces in it."""

    measures: tuple[Measure, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()


SECTIONS: dict[str, type[Measure | Indicator | TargetGroup]] = {
    "measures": Measure,
    "indicators": Indicator,
    "target_groups": TargetGroup,
}
FILES: dict[str, type[Versioned]] = {
    "measures": MeasuresFile,
    "indicators": IndicatorsFile,
    "target_groups": TargetGroupsFile,
}


@cache
def shipped() -> Catalogue:
    """Return the catalogue that ships with the library."""
    return with_recipes(read_catalogue(DEFINITIONS), DEFINITIONS / RECIPES)


def read_catalogue(folder: Path) -> Catalogue:
    """Read ``measures.yml``, ``indicators.yml`` and ``target_groups.yml`` of a folder.

    Raises
    ------
    DataError
        With all faults of all three files at once, each with file, line and key.
    """
    reading = _Reading()
    for section, model in FILES.items():
        reading.add(folder / f"{section}.yml", model)
    return reading.finish(Catalogue())


def with_town(catalogue: Catalogue, folder: Path) -> Catalogue:
    """Return the catalogue with what a town adds or replaces by its ``catalogue.yml`` and its ``recipes``; else the same one.

    Parameters
    ----------
    catalogue
        Usually :func:`shipped`; it stays as it is.
    folder
        The town's folder.

    Raises
    ------
    DataError
        With all faults at once, each with file, line and key; also where a replaced entry no longer fits the others.
    """
    path = folder / TOWN_FILE
    if path.is_file():
        reading = _Reading()
        reading.add(path, TownCatalogueFile)
        catalogue = reading.finish(catalogue)
    return with_recipes(catalogue, folder / RECIPES)


def recipe_files(folder: Path) -> list[Path]:
    """List the files of recipes in a folder; none where there is no such folder."""
    return sorted(folder.glob("*.yml"))


def with_recipes(catalogue: Catalogue, folder: Path) -> Catalogue:
    """Return the catalogue with the recipes of a folder; one with the id of another takes its place.

    Parameters
    ----------
    catalogue
        With the indicators that the recipes are made of.
    folder
        Of YAML files, a recipe each.

    Raises
    ------
    DataError
        With all faults of all files at once; also where a recipe no longer fits what a town replaced in the catalogue.
    """
    faults: list[Fault] = []
    documents: dict[str, Document[Recipe]] = {}
    for path in recipe_files(folder):
        try:
            document = read_document(path, Recipe)
        except DataError as error:
            faults.extend(error.faults)
            continue
        if document.content.id in documents:
            faults.append(document.fault(("id",), "id '{id}' stands twice; remove one", id=document.content.id))
        documents[document.content.id] = document
    recipes = _over(catalogue.recipes, {name: document.content for name, document in documents.items()})
    for problem in (problem for recipe in recipes for problem in problems_of_recipe(recipe, catalogue)):
        document_of = documents.get(problem.entry)
        place = Place("shipped recipes", None, problem.entry) if document_of is None else document_of.place(problem.key)
        faults.append(Fault(problem.message, problem.values, place))
    if faults:
        raise DataError(faults)
    return catalogue.model_copy(update={"recipes": recipes}) if documents else catalogue


def read_recipe(path: Path) -> Recipe:
    """Read a recipe by itself; whether its indicators are in a catalogue is not asked.

    Raises
    ------
    DataError
        With all faults, each with file, line and key.
    """
    return read_document(path, Recipe).content


@dataclass
class _Reading:
    """Entries gathered from files together with what is wrong with them."""

    entries: dict[str, dict[str, Any]] = field(default_factory=lambda: {section: {} for section in SECTIONS})
    homes: dict[tuple[str, str], tuple[Document[Any], int]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def add(self, path: Path, model: type[Versioned]) -> None:
        """Take in a file; of a file with faults, take in the entries that are right in themselves."""
        try:
            document: Document[Any] = read_document(path, model)
        except DataError as error:
            self.faults.extend(error.faults)
            try:
                document = read_document(path, _AnyFile)
            except DataError:
                return  # no YAML, or no list of entries: there is nothing to save
        for section in SECTIONS:
            for number, entry in enumerate(getattr(document.content, section, ())):
                self._add_entry(document, section, number, entry)

    def _add_entry(self, document: Document[Any], section: str, number: int, found: Any) -> None:
        entry = _right_in_itself(section, found)
        if entry is None:
            name = found.get("id") if isinstance(found, dict) else None
            self.broken.update([name] if isinstance(name, str) else [])
            return
        if entry.id in self.entries[section]:
            fault = document.fault((section, number, "id"), "id '{id}' stands twice; remove one", id=entry.id)
            self.faults.append(fault)
            return
        self.entries[section][entry.id] = entry
        self.homes[section, entry.id] = document, number

    def finish(self, base: Catalogue) -> Catalogue:
        """Put the entries over those of another catalogue, or raise everything that is wrong."""
        merged = {name: _over(getattr(base, name), entries) for name, entries in self.entries.items()}
        catalogue = Catalogue(**merged, recipes=base.recipes)
        self.faults.extend(map(self._locate, find_problems(catalogue, frozenset(self.broken))))
        if self.faults:
            raise DataError(self.faults)
        return catalogue

    def _locate(self, problem: Problem) -> Fault:
        """Turn a problem into a fault; in an entry that no file read here holds, it is that of the shipped catalogue."""
        if home := self.homes.get((problem.section, problem.entry)):
            document, number = home
            return document.fault((problem.section, number, *problem.key), problem.message, **problem.values)
        key = ".".join(map(str, (problem.section, problem.entry, *problem.key)))
        return Fault(problem.message, problem.values, Place("shipped catalogue", None, key))


class _AnyFile(Model):
    """The lists of a file whatever stands in them; only to save what is right in a file with faults."""

    model_config = pydantic.ConfigDict(extra="ignore")

    measures: tuple[Any, ...] = ()
    indicators: tuple[Any, ...] = ()
    target_groups: tuple[Any, ...] = ()


def _right_in_itself(section: str, found: Any) -> Any:
    try:
        return SECTIONS[section].model_validate(found)
    except pydantic.ValidationError:
        return None


def _over(below: Sequence[Any], above: dict[str, Any]) -> tuple[Any, ...]:
    """Replace entries by those of the same id, in their place, and add the others at the end."""
    replaced = [above.get(entry.id, entry) for entry in below]
    known = {entry.id for entry in below}
    return (*replaced, *(entry for name, entry in above.items() if name not in known))
