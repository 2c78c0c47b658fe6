"""Pictures of an index: whether maps colour each area by the class that the published cells give, and matrices put it into that cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.audit.composites import both_parts, standing_of
from sozialanalyse.audit.maps import areas_in, lines_in
from sozialanalyse.audit.panels import fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sozialanalyse.audit.judging import Fault, Judge
    from sozialanalyse.audit.keys import Claim
    from sozialanalyse.audit.pictures import Panel
    from sozialanalyse.audit.standings import Standing

SAME = 0.5
"""Edges nearer to each other than so many points are one."""

CUT = "\u2026"
"""End of a name that was too long for the legend."""


def faults_of_index_map(panel: Panel, claim: Claim, judge: Judge) -> Iterator[Fault]:
    """Hold the map of an index to the classes that the published cells give.

    Parameters
    ----------
    panel
        What is drawn.
    claim
        Which index.
    judge
        Knows the published cells.
    """
    found = standing_of(judge.lookup, claim)
    places = dict(zip(found.areas, found.place.tolist(), strict=True))
    if panel.markers or panel.points or panel.bands:
        yield fault(panel, "the map {panel} holds shapes that are no areas")
    for group, outlines in panel.areas.items():
        place = int(group.rpartition(" ")[2])
        if len(outlines) > sum(one == place for one in places.values()):
            yield fault(
                panel, "the map {panel} colours more areas as {group} than the published values give", group=group
            )
        for area in areas_in(outlines, panel, judge):
            if places.get(area) != place:
                message = "the map {panel} colours the area {area} as a class that the published values do not give"
                yield fault(panel, message, area=area)
    yield from _faults_of_legend(panel, found)


def _faults_of_legend(panel: Panel, found: Standing) -> Iterator[Fault]:
    """Find classes whose line of the legend says another number, or which have none."""
    lines = [(name.removesuffix(CUT), count) for name, count in lines_in(panel)]
    for number, entry in enumerate(found.classed.classes, start=1):
        count = str(int((found.place == number).sum()))
        if not any(
            count == told and name and any(full.startswith(name) for full in entry.names) for name, told in lines
        ):
            yield fault(panel, "the legend of the map {panel} is not what the published values give")
            return


def _edges(places: Iterable[float]) -> list[float]:
    """Find the edges of cells, each once."""
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > SAME:
            found.append(place)
    return found


def faults_of_index_matrix(panel: Panel, claim: Claim, judge: Judge) -> Iterator[Fault]:
    """Hold the matrix of status (rows, the first class on top) and dynamics (columns) to the classes that the published cells give.

    Parameters
    ----------
    panel, claim, judge
        As of :func:`faults_of_index_map`.
    """
    parts = both_parts(judge.lookup, claim)
    places = [dict(zip(part.areas, part.place.tolist(), strict=True)) for part in parts]
    rows, columns = (_edges(getattr(corner, axis) for corner in panel.rules) for axis in ("y", "x"))
    if [len(rows), len(columns)] != [len(part.classed.classes) + 1 for part in parts]:
        yield fault(panel, "the cells of the matrix {panel} cannot be read, so its areas cannot be checked")
        return
    shown = []
    for place, text, _ in panel.texts:
        cell = sum(edge < place.y for edge in rows), sum(edge < place.x for edge in columns)
        for area in text.split() if 0 < cell[0] < len(rows) and 0 < cell[1] < len(columns) else ():
            shown.append(area)
            if tuple(found.get(area) for found in places) != cell:
                message = "the matrix {panel} shows the area {area} in a cell that the published values do not give"
                yield fault(panel, message, area=area)
    if sorted(shown) != sorted(places[0].keys() & places[1].keys()):
        yield fault(panel, "the matrix {panel} does not show each area once")
