"""The map on the index: areas to click on, drawn from what everybody may know of the Release. The list beside it names the same.

It shows where an area lies and nothing of how it fares: all areas look alike.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sozialanalyse.language import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sozialanalyse.batch.site.places import Places

FEWEST_LINKS = 2
"""A map on which fewer areas can be chosen is of no use."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An area on the map.

    Parameters
    ----------
    outline
        As SVG writes paths.
    label
        Its number and name.
    told
        The key of both.
    address
        Of its page; empty where it has none.
    """

    outline: str
    label: str
    told: str
    address: str


@dataclass(frozen=True, slots=True)
class AreaMap:
    """A map of all areas of one level, in the order of their ids."""

    width: int
    height: int
    shapes: tuple[Shape, ...]

    @property
    def has_gaps(self) -> bool:
        """Whether there are areas that cannot be chosen."""
        return any(not shape.address for shape in self.shapes)


def map_of(places: Places, known: str | None) -> AreaMap | None:
    """Draw the areas of the level of which most have a page.

    Parameters
    ----------
    places
        The areas with findings.
    known
        Content of ``knowledge.json``; without it, or without outlines in it, there is no map.
    """
    content = json.loads(known) if known else {}
    outlines = content.get("outlines")
    if not outlines:
        return None
    rows: dict[str, Mapping[str, Any]] = {row["id"]: row for row in content["areas"]}
    spots = {spot.id: spot for _, spot in places.trails()}
    pages = Counter(rows[area]["level"] for area in spots if area in outlines["areas"] and area in rows)
    largest_first = {level: -place for place, level in enumerate(content["levels"])}
    level = min(pages, key=lambda name: (-pages[name], largest_first.get(name, 0)), default=None)
    if level is None or pages[level] < FEWEST_LINKS:
        return None

    def shapes() -> Iterator[Shape]:
        for area in sorted(outlines["areas"]):
            if area in rows and rows[area]["level"] == level:
                spot = spots.get(area)
                label = spot.label.striptags() if spot else f"{area} {rows[area]['name']}"
                yield Shape(outlines["areas"][area], label, key("area", area), spot.address if spot else "")

    return AreaMap(outlines["width"], outlines["height"], tuple(shapes()))
