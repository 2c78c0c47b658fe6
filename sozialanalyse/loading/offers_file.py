"""What a town declares of its local offers: the table, kinds of its own, and the needs that the offers are held against."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from sozialanalyse.catalogue import Text
from sozialanalyse.documents import Model, Versioned, read
from sozialanalyse.errors import Fault, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.documents import Document

OFFERS_FILES = ("offers.csv", "offers.xlsx")
"""Beside ``town.yml`` one of these is found without being declared."""

DEFINITIONS = Path(__file__).parent / "definitions" / "offers.yml"

_ID = r"^[a-z][a-z0-9_]*$"


class OfferKind(Model):
    """A kind of offers."""

    id: str = Field(pattern=_ID)
    label: Text
    unit: Literal["places", "dwellings"] = Field(default="places", description="what its places are")
    protects: bool = Field(default=False, description="a place of protection: where it is, is never shown to anybody")


class Persons(Model):
    """Whom offers are for: those whom the numerator or the denominator of an indicator counts."""

    indicator: str
    part: Literal["numerator", "denominator"]


class Need(Model):
    """A need: which offers answer it, for how many persons, and what points to a greater one."""

    id: str = Field(pattern=_ID)
    label: Text
    kinds: tuple[str, ...] = Field(min_length=1)
    persons: Persons
    need: str = Field(description="id of the indicator whose value points to the need; one with a direction")
    per: Literal[100, 1000] = Field(default=100, description="places are given for so many persons")
    reach: float = Field(default=1500, gt=0, description="so many metres on foot are within reach")
    turned: bool = Field(
        default=False, description="a lower value points to a greater need; set by the direction of the indicator"
    )
    decided_by: Text | None = Field(
        default=None,
        description="who decided to take an indicator without a direction as a need; without it, that is refused",
    )


class OffersDeclared(Model):
    """The key ``offers`` of ``town.yml``."""

    file: str | None = Field(
        default=None, pattern=r"^[^{}]+$", description="the table; default: offers.csv or offers.xlsx"
    )
    kinds: tuple[OfferKind, ...] = Field(default=(), description="further kinds; one of a shipped id replaces it")
    needs: tuple[Need, ...] | None = Field(default=None, description="in place of the shipped needs")
    detour: float = Field(
        default=1.3, ge=1, le=3, description="how many times longer the way on foot is than the straight line"
    )
    population_points: str | None = Field(
        default=None,
        pattern=r"^[^{}]+$",
        description="a table of where people live (x, y, persons); of it only one centre for each smallest area is used",
    )


class OffersDefined(Versioned):
    """The shipped kinds and needs."""

    kinds: tuple[OfferKind, ...]
    needs: tuple[Need, ...]


@cache
def shipped_offers() -> OffersDefined:
    """Return the kinds and needs that ship with the library."""
    return read(DEFINITIONS, OffersDefined)


def kinds_of(declared: OffersDeclared) -> tuple[OfferKind, ...]:
    """Return the shipped kinds and those of the town; an own one of the same id stands in its place."""
    return tuple(({kind.id: kind for kind in (*shipped_offers().kinds, *declared.kinds)}).values())


def needs_of(declared: OffersDeclared, catalogue: Catalogue) -> tuple[Need, ...]:
    """Return the needs that the town declares; without any, the shipped ones whose indicators the catalogue has."""
    known = {entry.id: entry for entry in catalogue.indicators}
    own = shipped_offers().needs if declared.needs is None else declared.needs
    return tuple(
        need.model_copy(update={"turned": known[need.need].direction == "higher_is_better"})
        for need in own
        if {need.persons.indicator, need.need} <= known.keys()
    )


MESSAGES = {
    "indicator": "indicator '{found}' is not in the catalogue; did you mean: {near}?",
    "kind": "the kind '{found}' is not known; did you mean: {near}? Own kinds are declared under offers.kinds",
    "part": "the indicator '{found}' has no denominator; take its numerator",
    "neutral": "the indicator '{found}' has no direction, so it points to no need; take another, or write under decided_by who decided it",
}


def faults_of_needs(document: Document[Any], declared: OffersDeclared, catalogue: Catalogue) -> Iterator[Fault]:
    """Find what the town's own needs name that is not known, or points to no need."""
    indicators = {entry.id: entry for entry in catalogue.indicators}
    kinds = [kind.id for kind in kinds_of(declared)]
    for number, need in enumerate(declared.needs or ()):
        at = ("offers", "needs", number)
        for key, name in ((("persons", "indicator"), need.persons.indicator), (("need",), need.need)):
            if name not in indicators:
                near = nearest(name, list(indicators))
                yield document.fault((*at, *key), MESSAGES["indicator"], found=name, near=near)
        for kind in need.kinds:
            if kind not in kinds:
                yield document.fault((*at, "kinds"), MESSAGES["kind"], found=kind, near=nearest(kind, kinds))
        counted = indicators.get(need.persons.indicator)
        if counted and need.persons.part not in counted.amounts:
            yield document.fault((*at, "persons", "part"), MESSAGES["part"], found=counted.id)
        pointing = indicators.get(need.need)
        if pointing and pointing.direction == "neutral" and need.decided_by is None:
            yield document.fault((*at, "need"), MESSAGES["neutral"], found=pointing.id)
