"""The inventory of local offers, as a release tells it, and what must never be in it."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Literal

import pydantic

from sozialanalyse.documents import Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialanalyse.audit.keys import Claim

METRES_OF_A_DEGREE = 111_320.0


class _Told(Model):
    """Tells more than is needed here."""

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")


class Labelled(_Told):
    """A kind of offers; places of one that protects are never located."""

    id: str
    label: dict[str, str]
    protects: bool = False


class Persons(_Told):
    """Whom offers are for."""

    indicator: str
    part: Literal["numerator", "denominator"]


class Need(Labelled):
    """A need and the kinds of offers that answer it."""

    kinds: tuple[str, ...]
    persons: Persons
    need: str
    reach: float
    per: int = 100
    turned: bool = False


class Offer(_Told):
    """An offer that may be known."""

    id: str
    kind: str
    target_groups: tuple[str, ...] = ()
    area: str = ""
    x: float | None = None
    y: float | None = None
    area_served: tuple[str, ...] = ()
    places: int | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    barrier_free: str = ""
    location_visibility: Literal["public", "area_only", "never"] = "never"
    name: str = ""
    aim: str = ""
    address: str = ""
    opening: str = ""
    carrier: str = ""
    languages: str = ""
    contact: str = ""
    lessons_learned: str = ""

    @property
    def is_located(self) -> bool:
        """Whether more than its area is told of its place."""
        return bool(self.address) or self.x is not None or self.y is not None

    def runs_on(self, day: dt.date) -> bool:
        """Whether there is the offer on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class HiddenOffers(_Told):
    """Offers of which only the number is told."""

    area: str
    kind: str
    offers: int
    places: int | None = None


class Inventory(_Told):
    """The offers of a release."""

    kinds: tuple[Labelled, ...] = ()
    needs: tuple[Need, ...] = ()
    detour: float = 1.0
    offers: tuple[Offer, ...] = ()
    hidden: tuple[HiddenOffers, ...] = ()
    centres: dict[str, tuple[float, float]] = pydantic.Field(default={})
    degrees: bool = False

    def metres(self, place: Sequence[float]) -> tuple[float, float]:
        """Write coordinates in metres."""
        if not self.degrees:
            return place[0], place[1]
        middle = sum(north for _, north in self.centres.values()) / max(len(self.centres), 1)
        return place[0] * METRES_OF_A_DEGREE * math.cos(math.radians(middle)), place[1] * METRES_OF_A_DEGREE


def misplaced(inventory: Inventory | None, audience: str) -> list[str]:
    """Name the offers of which the release tells more than their place or their privacy allows."""
    found = inventory or Inventory()
    protecting = {kind.id for kind in found.kinds if kind.protects}
    return [
        offer.id
        for offer in found.offers
        if offer.location_visibility == "never"
        or ((offer.location_visibility == "area_only" or offer.kind in protecting) and offer.is_located)
        or (audience == "public" and offer.contact)
    ]


def words_of(claim: Claim, inventory: Inventory | None) -> str:
    """Give the text that a key of a text speaks of; empty where there is none."""
    found = inventory or Inventory()
    parts = claim.parts
    if claim.statistic == "offer_text":
        offer = next((offer for offer in found.offers if offer.id == parts["offer"]), None)
        return str(getattr(offer, parts["field"], "")) if parts["field"] in _TEXTS else ""
    entries: Sequence[Labelled] = found.kinds if parts["what"] == "kind" else found.needs
    return " ".join(" ".join(entry.label.values()) for entry in entries if entry.id == parts["id"])


_TEXTS = ("name", "aim", "address", "opening", "carrier", "languages", "contact", "lessons_learned")


def public_points(inventory: Inventory | None, day: dt.date) -> list[tuple[float, float]]:
    """List the points that a map may show."""
    offers = inventory.offers if inventory else ()
    return [
        (offer.x, offer.y) for offer in offers if offer.x is not None and offer.y is not None and offer.runs_on(day)
    ]
