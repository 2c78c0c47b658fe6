"""What tests read of pictures: their structure in words, and the room that each text takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sozialanalyse.audit.pictures import read_drawing
from sozialanalyse.charts.drawing import style
from tests.drawn_town import elements

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from sozialanalyse.audit.pictures import Panel

TURNED = re.compile(r"translate\(([-\d.]+) ([-\d.]+)\) rotate\(-90\)")
NAMED = re.compile(r"(?!line2d|text)[a-z]")


class Room(NamedTuple):
    """The room of a text, in points from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    def meets(self, other: Room) -> bool:
        """Whether both texts lie over each other."""
        beside = self.right <= other.left or other.right <= self.left
        return not beside and self.top < other.bottom and other.top < self.bottom


def structure(svg: str) -> list[str]:
    """Say of each panel what its axes are labelled with, and how much is drawn in which group."""
    drawing = read_drawing(svg.encode())
    assert drawing is not None
    return [_of_panel(panel) for panel in drawing.panels]


def looked_at(root: Path, name: str) -> list[str]:
    """Read the structure that a chart had when it was last looked at."""
    text = (root / "tests" / "chart_structures.txt").read_text(encoding="utf-8")
    return text.partition(f"[{name}]\n")[2].partition("\n[")[0].strip().splitlines()


def _of_panel(panel: Panel) -> str:
    axes = (f"{axis} {' '.join(label for _, label in ticks)}" for axis, ticks in panel.ticks.items() if ticks)
    groups = {name: strokes for name, strokes in panel.groups.items() if NAMED.match(name)}
    signs = (f"{name} {len(strokes)}x{sum(map(len, strokes))}" for name, strokes in groups.items())
    others = {"lines": panel.lines, "bands": panel.bands, "signs": panel.markers, "texts": panel.texts}
    counts = (f"{name} {len(found)}" for name, found in others.items() if found)
    areas = (f"{name} {len(outlines)}" for name, outlines in panel.areas.items())
    return "; ".join([panel.name, *axes, *signs, *areas, *counts])


def rooms(svg: str) -> list[Room]:
    """Measure every text of a picture, as wide as it is written in a wide type."""
    return [_room(element) for element in elements(svg, "text") if (element.text or "").strip()]


def _room(element: Element) -> Room:
    look = dict(part.split(": ") for part in element.get("style", "").split("; ") if ": " in part)
    size, text = float(look["font-size"].removesuffix("px")), element.text or ""
    width = style.text_width(text, size, "bold" if look.get("font-weight") == "700" else "normal")
    if turned := TURNED.search(element.get("transform", "")):
        x, y = map(float, turned.groups())
        return Room(x - 0.7 * size, y - width, x, y, text)
    x, y = float(element.get("x", "nan")), float(element.get("y", "nan"))
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[look["text-anchor"]]
    return Room(left, y - 0.7 * size, left + width, y, text)


def overlapping(svg: str) -> Iterator[tuple[str, str]]:
    """Find texts that lie over each other."""
    ordered = sorted(rooms(svg))
    for number, one in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if other.left >= one.right:
                break
            if one.meets(other):
                yield one.text, other.text


def outside(svg: str) -> list[str]:
    """Find texts that go beyond the edge of the picture."""
    width, height = (float(part) for part in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())  # type: ignore[union-attr]
    return [
        room.text
        for room in rooms(svg)
        if room.left < -1 or room.right > width + 1 or room.top < -1 or room.bottom > height + 1
    ]
