"""What everybody knows: the rules, areas, measures and cells of a release, as they lie beside its pages.

``knowledge.json`` and ``cells.csv`` are public by definition, so the attack starts from them. Both are checked here:
what the audit rests on must not be guessed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import pydantic

from sozialanalyse.audit.inventory import Inventory, misplaced
from sozialanalyse.audit.needed import Need
from sozialanalyse.audit.people import People
from sozialanalyse.audit.recipes import BothTexts, Recipe
from sozialanalyse.documents import Model, Versioned
from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    from pathlib import Path

KNOWLEDGE = "knowledge.json"
CELLS = "cells.csv"

PUBLISHED, PUBLIC, HIDDEN, MISSING = STATES = ("published", "public", "hidden", "missing")

UNASSIGNED = "unassigned:"
"""Before the id of an area: what is counted in it but in none of the areas below it."""

COLUMNS = (
    "cell",
    "area",
    "measure",
    "sex",
    "age_from",
    "age_to",
    "period_kind",
    "period_start",
    "period_end",
    "state",
    "value",
    "least",
    "greatest",
)
CELL = ("area", "measure", "sex", "age_from", "age_to", "period_start", "period_end")
"""What makes a cell."""

DOCUMENT_MESSAGES = {
    "twice": "the area {name} stands twice",
    "area": "the area {name} is not in the list of areas",
    "measure": "the measure {name} is not in the list of measures",
    "offer": "the offer {name} is told although its place is hidden, or with more than may be known of it",
    "people": "people of {name} are told by age and sex, though a rule protects that measure",
}
CELL_MESSAGES = {
    "area": "the area is not in the list of areas",
    "measure": "the measure is not in the list of measures",
    "state": "the state is none of published, public, hidden, missing",
    "no value": "a published cell has no value",
    "value": "a hidden cell has a value",
    "twice": "the cell stands twice",
    "id": "the id of the cell stands twice",
}


class Area(Model):
    """An area of the tree, or a grouping of areas (``parts``) that cuts across it."""

    id: str
    name: str
    level: str
    parent: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    parts: tuple[str, ...] = ()

    def exists(self, day: dt.date) -> bool:
        """Whether there is such an area on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Term(Model):
    """A measure within an age range and of one sex."""

    measure: str
    sex: str = "all"
    age_from: int = 0
    age_to: int = OPEN_AGE


class Measure(Model):
    """What is known of a measure and the rule that protects it."""

    id: str
    unit: str = "persons"
    period_kind: str = "stock"
    part_of: str | None = None
    k: int | None = pydantic.Field(default=None, description="counts from 1 to k - 1 are protected; none: nothing is")
    zeros: Literal["published", "may_be_hidden", "hidden"] = "published"
    saturated: bool = pydantic.Field(
        default=True, description="what is left of a proportion's denominator is protected"
    )
    base: int | None = pydantic.Field(default=None, ge=2, description="to what its deliverer rounds")
    whole: bool = True
    additive: bool = True
    width: int | None = pydantic.Field(default=None, ge=0)
    contributors: bool = pydantic.Field(
        default=False, description="an amount: k counts those who contribute, so no amount is below it"
    )

    @property
    def threshold(self) -> int:
        """The count from which on one may be known; 0 where no size is a secret."""
        return 0 if self.contributors else self.k or 0


class Indicator(Model):
    """How an indicator is computed and written."""

    id: str
    kind: Literal["count", "proportion", "rate", "ratio", "mean"]
    numerator: Term
    denominator: Term | None = None
    factor: float = 1
    decimals: int = 1
    max_gap_days: int = 0
    town_only: bool = False
    design_effect: float | None = pydantic.Field(default=None, ge=1, description="by it intervals are widened")


class Identity(Model):
    """A sum of measures that holds in each area and period."""

    whole: Term
    parts: tuple[Term, ...]
    holds: Literal["equal", "at_least"] = "equal"


class Exclusion(Model):
    """A cell that the release does not promise to protect, and why."""

    cell: str
    reason: Literal["denominator_below_k", "marked", "published_elsewhere"]
    least: float | None = None
    greatest: float | None = None


class Alteration(Model):
    """A measure whose counts were changed instead of hidden; each cell's bounds say what it may stand for."""

    measure: str
    method: Literal["rounding", "cell_key"]
    base: int | None = None
    off: float = 0
    additive: bool = False
    changed: float = 0
    mean: float = 0
    largest: float = 0


class Uninsured(Model):
    """A part of a release of which nothing is promised against those who know one of its hidden cells."""

    measures: tuple[str, ...]
    period_end: dt.date


class Release(Model):
    """Which release was published."""

    number: int
    sha256: str


class Outlines(Model):
    """Areas as a page may draw them: size of the drawing, and the outline of each area as SVG writes paths."""

    width: int
    height: int
    areas: dict[str, str]


class Document(Versioned):
    """The content of ``knowledge.json``."""

    town: str
    audience: str
    release: Release
    levels: tuple[str, ...]
    areas: tuple[Area, ...]
    measures: tuple[Measure, ...]
    indicators: tuple[Indicator, ...] = ()
    identities: tuple[Identity, ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    rules: tuple[BothTexts, ...] = ()
    static: tuple[str, ...] = ()
    altered: tuple[Alteration, ...] = ()
    without_insiders: tuple[Uninsured, ...] = ()
    outlines: Outlines | None = None
    site: dict[str, Any] | None = None
    people: tuple[People, ...] = ()
    consulted: tuple[dict[str, Any], ...] = ()
    recipes: tuple[Recipe, ...] = ()
    offers: Inventory | None = None
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Everything public about a release.

    Parameters
    ----------
    document
        Rules, areas, measures, indicators.
    cells
        Columns :data:`COLUMNS`, a row a cell; periods as dates, ages as whole numbers.
    """

    document: Document
    cells: pd.DataFrame

    @cached_property
    def areas(self) -> dict[str, Area]:
        """Areas by their id."""
        return {area.id: area for area in self.document.areas}

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """Measures by their id."""
        return {measure.id: measure for measure in self.document.measures}

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """Indicators by their id."""
        return {indicator.id: indicator for indicator in self.document.indicators}

    @cached_property
    def blurred(self) -> set[str]:
        """Measures whose published counts are not the true ones: rounded by their deliverer, or altered."""
        rounded = {measure.id for measure in self.document.measures if measure.base is not None}
        return rounded | {entry.measure for entry in self.document.altered}

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """Ids of the areas directly below each area, of all times; of a grouping its parts."""
        found: dict[str, list[str]] = {area.id: list(area.parts) for area in self.document.areas}
        for area in self.document.areas:
            if area.parent is not None:
                found[area.parent].append(area.id)
        return {area: tuple(below) for area, below in found.items()}


def read_knowledge(folder: Path) -> Knowledge:
    """Read what a published folder says about itself.

    Parameters
    ----------
    folder
        With ``knowledge.json`` and ``cells.csv``.

    Raises
    ------
    DataError
        When one is missing or not as agreed, or both do not fit together.
    """
    try:
        document = Document.model_validate_json((folder / KNOWLEDGE).read_bytes())
    except OSError as error:
        message = "the file does not exist; without it nobody can say what was promised"
        raise DataError(Fault(message, {}, Place(KNOWLEDGE))) from error
    except pydantic.ValidationError as error:
        raise DataError(_fault_of(found) for found in error.errors(include_url=False)) from error
    knowledge = Knowledge(document, read_cells(folder / CELLS))
    faults = [*_faults_of_document(knowledge), *_faults_of_cells(knowledge)]
    if faults:
        raise DataError(faults)
    return knowledge


def _fault_of(found: Any) -> Fault:
    key = ".".join(map(str, found["loc"])) or None
    return Fault("{problem}", {"problem": found["msg"]}, Place(KNOWLEDGE, key=key))


def read_cells(path: Path) -> pd.DataFrame:
    """Read a table of cells.

    Parameters
    ----------
    path
        A CSV file with the columns :data:`COLUMNS`; ``cell``, ``state``, ``least`` and ``greatest`` may be missing in a
        file of further knowledge.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`COLUMNS`.

    Raises
    ------
    DataError
        When it cannot be read, a column is missing, or a number or a date is none.
    """
    try:
        text = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except OSError as error:
        raise DataError(Fault("the file does not exist", {}, Place(path.name))) from error
    except (ValueError, UnicodeError) as error:
        raise DataError(Fault("the file cannot be read: {problem}", {"problem": error}, Place(path.name))) from error
    optional = {"cell": "", "state": PUBLISHED, "least": "", "greatest": "", "period_kind": "", "sex": "all"}
    text = text.assign(**{name: default for name, default in optional.items() if name not in text})
    if missing := [name for name in COLUMNS if name not in text]:
        message = "columns are missing: {missing}"
        raise DataError(Fault(message, {"missing": ", ".join(missing)}, Place(path.name, 1)))
    return _typed(text[list(COLUMNS)], path.name)


def _typed(text: pd.DataFrame, name: str) -> pd.DataFrame:
    """Turn text into numbers and dates, or say where that cannot be done."""
    numbers = {column: pd.to_numeric(text[column], errors="coerce") for column in ("value", "least", "greatest")}
    ages = {
        "age_from": pd.to_numeric(text["age_from"].replace("", "0"), errors="coerce"),
        "age_to": pd.to_numeric(text["age_to"].replace("", str(OPEN_AGE)), errors="coerce"),
    }
    dates = {
        column: pd.to_datetime(text[column], format="%Y-%m-%d", errors="coerce")
        for column in ("period_start", "period_end")
    }
    wrong = [
        Fault("'{found}' is not a number or a date", {"found": text[column].iloc[row]}, Place(name, row + 2, column))
        for column, values in (numbers | ages | dates).items()
        for row in _rows(values.isna() & (text[column] != ""))
    ]
    wrong += [Fault("the cell has no period", {}, Place(name, row + 2)) for row in _rows(dates["period_end"].isna())]
    if wrong:
        raise DataError(wrong)
    days = {column: values.dt.date for column, values in dates.items()}
    days["period_start"] = days["period_start"].where(dates["period_start"].notna(), days["period_end"])
    return text.assign(**numbers, **{column: values.astype(int) for column, values in ages.items()}, **days)


def _rows(chosen: pd.Series) -> list[int]:
    """Positions of the rows that are chosen."""
    return [row for row, is_chosen in enumerate(chosen.tolist()) if is_chosen]


def _faults_of_document(knowledge: Knowledge) -> list[Fault]:
    """List names that stand twice or are used but not explained."""
    document = knowledge.document
    ids = [area.id for area in document.areas]
    named = {area.parent for area in document.areas} | {part for area in document.areas for part in area.parts}
    terms = [term for entry in document.indicators for term in (entry.numerator, entry.denominator) if term]
    terms += [term for entry in document.identities for term in (entry.whole, *entry.parts)]
    used = {term.measure for term in terms} | {entry.part_of for entry in document.measures}
    used |= {entry.measure for entry in document.altered} | {entry.measure for entry in document.people}
    used |= {entry.measure for entry in document.needs}
    named |= {area for entry in document.people for area in entry.counts}
    used |= {measure for entry in document.without_insiders for measure in entry.measures}
    protected = {entry.id for entry in document.measures if entry.k is not None}
    found = {
        "twice": sorted({name for name in ids if ids.count(name) > 1}),
        "area": sorted(name for name in named - set(ids) if name),
        "measure": sorted(name for name in used - set(knowledge.measures) if name),
        "offer": misplaced(document.offers, document.audience),
        "people": sorted({entry.measure for entry in document.people} & protected),
    }
    return [
        Fault(DOCUMENT_MESSAGES[kind], {"name": name}, Place(KNOWLEDGE))
        for kind, names in found.items()
        for name in names
    ]


def _faults_of_cells(knowledge: Knowledge) -> list[Fault]:
    """List cells that cannot be what they say."""
    cells = knowledge.cells
    known = cells["state"].isin([PUBLISHED, PUBLIC])
    wrong = {
        "area": ~cells["area"].str.removeprefix(UNASSIGNED).isin(knowledge.areas),
        "measure": ~cells["measure"].isin(knowledge.measures),
        "state": ~cells["state"].isin(STATES),
        "no value": known & cells["value"].isna(),
        "value": ~known & cells["value"].notna(),
        "twice": cells.duplicated(list(CELL)),
        "id": cells["cell"].duplicated() & (cells["cell"] != ""),
    }
    return [
        Fault(CELL_MESSAGES[kind], {}, Place(CELLS, row + 2, area=str(cells["area"].iloc[row])))
        for kind, rows in wrong.items()
        for row in _rows(rows)
    ]
