"""Local offers of a town: read and checked as a whole, every fault with its row and column; nothing is loaded by halves.

Here stands everything that a town knows of its offers, private data too. What may leave is decided in
:mod:`sozialanalyse.disclosure.offers`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field

from sozialanalyse.areas import ALWAYS_TO
from sozialanalyse.documents import Model
from sozialanalyse.errors import DataError, Fault, Place, nearest
from sozialanalyse.loading.csv_files import FILE_ROW, require_columns
from sozialanalyse.loading.offers_file import Need, OfferKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue

Visibility = Literal["public", "area_only", "never"]
PUBLIC, AREA_ONLY, NEVER = VISIBILITIES = ("public", "area_only", "never")

NEEDED = ("offer", "name", "kind")
OPTIONAL = (
    *("target_groups", "aim", "address", "area", "x", "y", "area_served", "places", "opening", "carrier", "languages"),
    *("barrier_free", "valid_from", "valid_to", "contact", "location_visibility", "lessons_learned"),
)
"""Columns of the table of offers."""

SHOWN_TEXTS = ("name", "aim", "opening", "carrier", "languages", "lessons_learned")
"""Texts that readers see; a telephone number has no business there."""

ACCESS: Final = {"yes": "yes", "ja": "yes", "partly": "partly", "teilweise": "partly", "no": "no", "nein": "no", "": ""}

PRIVATE = re.compile(r"[\w.+-]+@[\w-]+\.\w|(?<![\w.,-])(?:\+|00?)[ (]?[1-9](?:[ /()-]{0,3}\d){5,}")
"""An e-mail address, or a telephone number: a plus or zeros, then at least six digits."""

_LISTED = re.compile(r"\s*[|;,]\s*")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_WHOLE = re.compile(r"\d+(?:\.0+)?")

MESSAGES = {
    "no id": "the offer has no id; write a short one that stays, such as kita_nord",
    "twice": "the offer '{found}' stands twice (also in row {other}); ids must be unique",
    "empty": "'{column}' is empty; every offer needs it",
    "kind": "the kind '{found}' is not known; did you mean: {near}? Own kinds are declared under offers.kinds in town.yml",
    "target group": "the target group '{found}' is not in the catalogue; did you mean: {near}?",
    "area": "area '{found}' is not in the table of areas, or has ended; did you mean: {near}?",
    "places": "'{found}' is no number of places; write a whole number, or nothing where it is not known",
    "coordinate": "'{found}' is no coordinate; write a number such as 293512.4",
    "one coordinate": "of the coordinates x and y one is missing; give both or none",
    "outside": "the point lies far outside of the town; are x and y exchanged, or is it another reference system than that of the polygons?",
    "elsewhere": "the point lies in the area {lies}, not in {found}; correct the area or the coordinates",
    "nowhere": "it is not known where the offer is; give x and y, an area, or area_served",
    "date": "'{found}' is no date; write 2025-12-31",
    "ends": "the offer ends on {found}, before it begins",
    "access": "'{found}' is not known; allowed: yes, partly, no, or nothing",
    "visibility": "'{found}' is not known; allowed: public, area_only, never, or nothing for the default of the kind",
    "protected": "a place of protection is never located: write never or area_only; an offer that everybody is to find has another kind",
    "address": "'{found}' stands in another column as well and would be published there, though only the area is to be known",
    "private": "the text holds what looks like a telephone number or an e-mail address and would be published; move it to the column contact",
}


class Offer(Model):
    """A local offer.

    ``x`` and ``y`` are in the reference system of the town's polygons; ``area`` is the smallest known area that it lies in; of an
    offer without ``area_served`` everybody may make use.
    """

    id: str
    name: str
    kind: str
    target_groups: tuple[str, ...] = ()
    aim: str = ""
    address: str = ""
    area: str = ""
    x: float | None = None
    y: float | None = None
    area_served: tuple[str, ...] = ()
    places: int | None = None
    opening: str = ""
    carrier: str = ""
    languages: str = ""
    barrier_free: Literal["yes", "partly", "no", ""] = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    contact: str = ""
    location_visibility: Visibility = "never"
    lessons_learned: str = ""

    def runs_on(self, day: dt.date) -> bool:
        """Whether there is the offer on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class HiddenOffers(Model):
    """Offers of which is only told how many there are in an area."""

    area: str
    kind: str
    offers: int
    places: int | None = None


class Offers(Model):
    """The offers of a town, as they were loaded or as an audience may know them.

    Parameters
    ----------
    kinds, needs
        What is declared.
    detour
        How many times longer the way on foot is than the straight line.
    offers
        In the order of their ids.
    hidden
        Sums of offers that are not among them.
    centres
        Where the people of each smallest area live on average; where that is known.
    degrees
        Coordinates are degrees of longitude and latitude, not metres.
    """

    kinds: tuple[OfferKind, ...] = ()
    needs: tuple[Need, ...] = ()
    detour: float = 1.3
    offers: tuple[Offer, ...] = ()
    hidden: tuple[HiddenOffers, ...] = ()
    centres: dict[str, tuple[float, float]] = Field(default={})
    degrees: bool = False

    def __bool__(self) -> bool:
        return bool(self.offers or self.hidden)

    def kind(self, name: str) -> OfferKind:
        """Return a kind by its id."""
        return next(kind for kind in self.kinds if kind.id == name)


@dataclass(frozen=True)
class Known:
    """What the rows of the table may speak of."""

    areas: AreaTree
    catalogue: Catalogue
    kinds: tuple[OfferKind, ...]
    locate: Callable[[float, float], str | None]
    """Finds the smallest area in which a point lies: empty where it lies in none, None where that is far from the town."""

    @cached_property
    def groups(self) -> list[str]:
        """Ids of the target groups."""
        return [group.id for group in self.catalogue.target_groups]

    @cached_property
    def today(self) -> list[str]:
        """Ids of the areas that have not ended."""
        frame = self.areas.frame
        return [str(area) for area in frame.loc[frame["valid_to"] == ALWAYS_TO, "area"]]

    @cached_property
    def protected(self) -> frozenset[str]:
        """Kinds that protect."""
        return frozenset(kind.id for kind in self.kinds if kind.protects)


def check_offers(table: pd.DataFrame, name: str, known: Known) -> tuple[Offer, ...]:
    """Turn the table of offers into offers.

    Parameters
    ----------
    table
        Text, with the row of each line in its file.
    name
        How the file is called in messages.
    known
        What the rows may speak of.

    Raises
    ------
    DataError
        With all faults of all rows at once.
    """
    require_columns(table, NEEDED, name, optional=OPTIONAL)
    rows = [
        {column: str(row.get(column, "")).strip() for column in (*NEEDED, *OPTIONAL)}
        for row in table.to_dict("records")
    ]
    numbers = [int(row) for row in table[FILE_ROW]]
    checks = [_Row(row, name, number, known) for row, number in zip(rows, numbers, strict=True)]
    offers = [check.offer() for check in checks]
    faults = [*(fault for check in checks for fault in check.faults), *_twice(rows, numbers, name)]
    if faults:
        raise DataError(sorted(faults, key=lambda fault: fault.place.row or 0))
    return tuple(sorted((Offer.model_validate(offer) for offer in offers), key=lambda offer: offer.id))


def _twice(rows: Sequence[Mapping[str, str]], numbers: Sequence[int], name: str) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for row, number in zip(rows, numbers, strict=True):
        other = first.setdefault(row["offer"], number)
        if row["offer"] and other != number:
            yield Fault(MESSAGES["twice"], {"found": row["offer"], "other": other}, Place(name, number, "offer"))


class _Row:
    """A row being checked; what is wrong with it is gathered in ``faults``."""

    def __init__(self, row: dict[str, str], name: str, number: int, known: Known) -> None:
        self.row, self.name, self.number, self.known = row, name, number, known
        self.faults: list[Fault] = []

    def offer(self) -> dict[str, Any]:
        row = self.row
        for column in NEEDED:
            if not row[column]:
                self._fault(column, "no id" if column == "offer" else "empty")
        for column in SHOWN_TEXTS:
            if PRIVATE.search(row[column]):
                self._fault(column, "private")
        visibility = self._visibility()
        x, y, area = self._place(visibility)
        if visibility == AREA_ONLY and row["address"] and any(row["address"] in row[column] for column in SHOWN_TEXTS):
            self._fault("address", "address")
        begins, ends = self._day("valid_from"), self._day("valid_to")
        if begins and ends and ends < begins:
            self._fault("valid_to", "ends", found=row["valid_to"])
        texts = {column: row[column] for column in (*SHOWN_TEXTS, "address", "contact", "kind")}
        return {
            **texts,
            "id": row["offer"],
            "target_groups": self._named("target_groups", self.known.groups, "target group"),
            "area": area,
            "x": x,
            "y": y,
            "area_served": self._areas("area_served"),
            "places": self._places(),
            "barrier_free": self._access(),
            "valid_from": begins,
            "valid_to": ends,
            "location_visibility": visibility,
        }

    def _fault(self, at: str, message: str, **values: Any) -> None:
        values = {"found": self.row[at], "column": at, **values}
        self.faults.append(Fault(MESSAGES[message], values, Place(self.name, self.number, at)))

    def _named(self, column: str, allowed: Sequence[str], message: str) -> tuple[str, ...]:
        """Read a list of names of which each must be known."""
        found = tuple(dict.fromkeys(part for part in _LISTED.split(self.row[column]) if part))
        for part in found:
            if part not in allowed:
                self._fault(column, message, found=part, near=nearest(part, allowed))
        return found

    def _areas(self, column: str) -> tuple[str, ...]:
        return self._named(column, self.known.today, "area")

    def _place(self, visibility: str) -> tuple[float | None, float | None, str]:
        """Read where the offer is: point and area must not contradict each other; a declared area may be all that is to be known."""
        x, y = self._coordinate("x"), self._coordinate("y")
        area = next(iter(self._areas("area")), "")
        if bool(self.row["x"]) != bool(self.row["y"]):
            self._fault("x" if self.row["y"] else "y", "one coordinate")
        if x is None or y is None:
            if not any(self.row[column] for column in ("x", "y", "area", "area_served")):
                self._fault("area", "nowhere")
            return None, None, area
        lies = self.known.locate(x, y)
        if lies is None:
            self._fault("x", "outside")
        elif (
            lies and area and area in self.known.areas and lies in self.known.areas and not self._is_within(lies, area)
        ):
            self._fault("area", "elsewhere", lies=lies)
        return x, y, area if area and visibility == AREA_ONLY else lies or area

    def _is_within(self, lies: str, area: str) -> bool:
        return lies in self.known.areas.below(area, self.known.areas.level(lies))

    def _coordinate(self, column: str) -> float | None:
        text = self.row[column]
        if text and not _NUMBER.fullmatch(text):
            self._fault(column, "coordinate")
            return None
        return float(text.replace(",", ".")) if text else None

    def _places(self) -> int | None:
        text = self.row["places"]
        if text and not _WHOLE.fullmatch(text):
            self._fault("places", "places")
            return None
        return int(float(text)) if text else None

    def _day(self, column: str) -> dt.date | None:
        text = self.row[column].removesuffix(" 00:00:00")
        if german := _GERMAN_DAY.fullmatch(text):
            text = f"{german[3]}-{int(german[2]):02}-{int(german[1]):02}"
        try:
            return dt.date.fromisoformat(text) if text else None
        except ValueError:
            self._fault(column, "date")
            return None

    def _access(self) -> str:
        text = self.row["barrier_free"].lower()
        if text not in ACCESS:
            self._fault("barrier_free", "access")
        return ACCESS.get(text, "")

    def _visibility(self) -> str:
        """Read how far its place may be known; what protects is hidden unless more is said, and never located."""
        text, kind = self.row["location_visibility"], self.row["kind"]
        kinds = [entry.id for entry in self.known.kinds]
        if kind and kind not in kinds:
            self._fault("kind", "kind", near=nearest(kind, kinds))
        if text and text not in VISIBILITIES:
            self._fault("location_visibility", "visibility")
            return NEVER
        if kind in self.known.protected and text == PUBLIC:
            self._fault("location_visibility", "protected")
        default = NEVER if kind in self.known.protected or kind not in kinds else PUBLIC
        return text or default
