"""The areas of which an edition has findings, and how they lie in one another: read from what everybody may know."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from markupsafe import Markup

from sozialanalyse.batch.sections import slug
from sozialanalyse.batch.site.cards import is_of_a_part
from sozialanalyse.language import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sozialanalyse.batch.edition import Entry, Manifest

FOLDER = "areas"
"""Folder of the pages of areas."""


@dataclass(frozen=True, slots=True)
class Spot:
    """An area with findings, or one that holds such an area.

    Parameters
    ----------
    id
        Of the area.
    label
        Its number and name, with their key.
    address
        Of its page; empty where it has no findings itself.
    parts
        Spots in it.
    """

    id: str
    label: Markup
    address: str
    parts: tuple[Spot, ...]


@dataclass(frozen=True)
class Places:
    """All areas of which an edition has findings.

    Parameters
    ----------
    spots
        The largest ones, each with those in it.
    entries
        Findings by the id of their area.
    """

    spots: tuple[Spot, ...]
    entries: Mapping[str, Sequence[Entry]]

    def trails(self) -> Iterator[tuple[tuple[Spot, ...], Spot]]:
        """Yield each area that has a page, after those in which it lies, the largest first."""
        yield from _trails(self.spots, ())


def _trails(spots: tuple[Spot, ...], above: tuple[Spot, ...]) -> Iterator[tuple[tuple[Spot, ...], Spot]]:
    for spot in spots:
        if spot.address:
            yield above, spot
        yield from _trails(spot.parts, (*above, spot))


def area_of(entry: Entry) -> str | None:
    """Return the id of the part of the town that a finding is of; None where it is of the whole, or nothing is known."""
    told = entry.finding.told.get("area", ()) if entry.finding and is_of_a_part(entry) else ()
    ids = (found.partition("|")[2] for _, _, found in told if found.startswith("area|"))
    return next(map(unquote, ids), None)


def places_of(manifest: Manifest, known: str | None = None) -> Places:
    """Find the areas of which an edition has findings.

    Parameters
    ----------
    manifest
        Of the edition.
    known
        Content of ``knowledge.json``, for which area lies in which; without it, all stand side by side.
    """
    entries: dict[str, list[Entry]] = {}
    for entry in manifest.findings:
        area = area_of(entry)
        if area is not None:
            entries.setdefault(area, []).append(entry)
    rows = {row["id"]: row for row in json.loads(known)["areas"]} if known else {}
    addresses = _addresses([*dict.fromkeys([*rows, *sorted(entries)])], manifest.language)
    below: dict[str | None, list[str]] = {}
    for area in addresses:
        below.setdefault(rows.get(area, {}).get("parent"), []).append(area)

    def spots(above: str | None) -> Iterator[Spot]:
        for area in below.get(above, ()):
            parts = tuple(spots(area))
            if parts or area in entries:
                has_page = addresses[area] if area in entries else ""
                yield Spot(area, _label(area, entries.get(area, ()), rows), has_page, parts)

    # What has no page and lies in nothing is the town, whose page is the index.
    largest = ((spot,) if spot.address else spot.parts for spot in spots(None))
    return Places(tuple(itertools.chain.from_iterable(largest)), entries)


def _label(area: str, entries: Sequence[Entry], rows: Mapping[str, Mapping[str, Any]]) -> Markup:
    """Name an area as its findings do."""
    if entries and entries[0].finding:
        return entries[0].finding.keyed("area")
    return Markup('<data value="{}">{} {}</data>').format(key("area", area), area, rows[area]["name"])


def _addresses(areas: Sequence[str], language: str) -> dict[str, str]:
    """Give each area an address that tells its id and is other than all before."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    for area in areas:
        base = slug(area) or "area"
        names = (base, *(f"{base}-{number}" for number in range(2, len(areas) + 2)))
        name = next(name for name in names if name not in taken)
        taken.add(name)
        found[area] = f"{FOLDER}/{name}.{language}.html"
    return found
