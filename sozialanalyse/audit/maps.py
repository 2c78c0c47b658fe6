"""Maps: whether the classes of a map hold the published values of the areas that they colour, and no others."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sozialanalyse.audit.judging import Fault
from sozialanalyse.audit.numerals import Written, read_number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from sozialanalyse.audit.judging import Judge
    from sozialanalyse.audit.keys import Claim
    from sozialanalyse.audit.pictures import Panel, Point
    from sozialanalyse.language import LanguageCode

BASELINE = 2.1
"""So many points below its middle a label is written."""

LABEL = "label"
"""Group of the numbers of areas that are written into them."""

SAME_LINE = 0.5
"""By so many points two texts of one line may differ in height."""


class Class(NamedTuple):
    """A class as the legend of a map states it."""

    least: Written
    greatest: Written
    areas: int

    def holds(self, value: Fraction) -> bool:
        """Whether a value lies in the class as it is written."""
        return self.least.value - self.least.half <= value <= self.greatest.value + self.greatest.half


def faults_of_map(
    panel: Panel, own: list[Claim], judge: Judge, language: LanguageCode, values: dict[str, str]
) -> Iterator[Fault]:
    """Hold a map to the published values: how many areas are coloured, which ones, and what the legend says of them.

    Parameters
    ----------
    panel
        What is drawn.
    own
        What the keys of the picture say of its indicator.
    judge
        Knows the published cells.
    language
        How numbers are written.
    values
        What messages name.
    """
    shown = {
        area: figure.value
        for claim in own
        if claim.statistic == "drawn"
        for area, figure in judge.lookup.level(claim)
        if figure.value is not None
    }
    coloured = sum(map(len, panel.areas.values()))
    if coloured > len(shown):
        message = "the map {panel} colours {count} areas, but {told} have a published value"
        yield Fault(message, {**values, "count": coloured, "told": len(shown)}, kind="drawing")
    classes = _legend(panel, language)
    yield from _faults_of_legend(panel, classes, list(shown.values()), values)
    for number, outlines in enumerate(outlines for _, outlines in sorted(panel.areas.items(), key=_number)):
        for area in areas_in(outlines, panel, judge):
            value = shown.get(area)
            if value is None or (number < len(classes) and not classes[number].holds(value)):
                message = "the map {panel} colours the area {area} as a class in which it has no published value"
                yield Fault(message, {**values, "area": area}, kind="drawing")


def _number(entry: tuple[str, object]) -> int:
    return int(entry[0].rpartition(" ")[2])


def _legend(panel: Panel, language: LanguageCode) -> list[Class]:
    """Read the lines of the legend: the limits of a class, and beside them how many areas it holds."""
    found = []
    for limits, count in lines_in(panel):
        ends = [read_number(part, language) for part in limits.split(" \u2013 ")]
        areas = read_number(count, language)
        if areas and len(ends) <= 2 and ends[0] and ends[-1]:
            found.append(Class(ends[0], ends[-1], int(areas.value)))
    return found


def lines_in(panel: Panel) -> Iterator[tuple[str, str]]:
    """Find the texts that stand beside each other, from top to bottom; numbers of areas are no part of a legend."""
    texts = sorted((text for text in panel.texts if text.group != LABEL), key=lambda text: (text.place.y, text.place.x))
    for left, right in pairwise(texts):
        if _is_in_line(left.place, right.place):
            yield left.text, right.text


def lines_of_legend(panel: Panel) -> set[str]:
    """Texts of the legend of a map: what a sign means, and how many areas bear it."""
    return {text for line in lines_in(panel) for text in line}


def _is_in_line(first: Point, second: Point) -> bool:
    return abs(first.y - second.y) <= SAME_LINE


def _faults_of_legend(
    panel: Panel, classes: list[Class], shown: list[Fraction], values: dict[str, str]
) -> Iterator[Fault]:
    """Hold the legend to the published values: disjoint classes that hold them all, each as many as it says."""
    if len(classes) != len(panel.areas):
        yield Fault("the legend of the map {panel} does not list its classes", values, kind="drawing")
        return
    overlap = any(first.greatest.value >= second.least.value for first, second in pairwise(classes))
    held = [sum(entry.holds(value) for value in shown) for entry in classes]
    ends = [written for entry in classes for written in (entry.least, entry.greatest)]
    is_shown = all(any(written.stands_for(value) for value in shown) for written in ends)
    if overlap or not is_shown or held != [entry.areas for entry in classes] or sum(held) != len(shown):
        yield Fault("the legend of the map {panel} is not what the published values give", values, kind="drawing")


def areas_in(outlines: list[list[Point]], panel: Panel, judge: Judge) -> Iterator[str]:
    """Find the areas whose number is written within one of the outlines.

    Parameters
    ----------
    outlines
        Of coloured areas.
    panel
        In which they are drawn.
    judge
        Knows the areas.
    """
    for place, text, _ in panel.texts:
        if text in judge.figures.knowledge.areas and any(
            _is_inside(place.x, place.y - BASELINE, outline) for outline in outlines
        ):
            yield text


def _is_inside(x: float, y: float, outline: list[Point]) -> bool:
    """Whether a point lies inside an outline: a ray from it crosses the outline an odd number of times."""
    crossings = 0
    for first, second in zip(outline, [*outline[1:], *outline[:1]], strict=True):
        if (first.y > y) != (second.y > y):
            crossings += x < first.x + (y - first.y) / (second.y - first.y) * (second.x - first.x)
    return crossings % 2 == 1
