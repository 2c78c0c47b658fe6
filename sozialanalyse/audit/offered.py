"""Offered: whether a map of offers shows the points that may be known and no other, and a map of gaps what the figures give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.audit.claims import interval_of
from sozialanalyse.audit.inventory import public_points
from sozialanalyse.audit.maps import areas_in
from sozialanalyse.audit.offers import need_of, reached_of
from sozialanalyse.audit.panels import fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sozialanalyse.audit.judging import Fault, Judge
    from sozialanalyse.audit.keys import Claim
    from sozialanalyse.audit.pictures import Panel

MISPLACED = 0.3
"""By so many points of a picture a sign may miss its place."""

LEVELS = 3
"""Below, as, or above the town: of the need, and of what is within reach."""


def faults_of_offers(panel: Panel, claim: Claim, judge: Judge) -> Iterator[Fault]:
    """Hold the signs of a map of offers to the points that the release tells: as many, and each at its place.

    Parameters
    ----------
    panel
        What is drawn.
    claim
        Of which day.
    judge
        Knows the offers.
    """
    if panel.areas or panel.lines or panel.bands:
        yield fault(panel, "the panel {panel} shows more than the points of offers")
    known = public_points(judge.figures.knowledge.document.offers, claim.day())
    if len(panel.markers) != len(known):
        message = "the map {panel} shows {count} points for {told} offers whose point may be known"
        yield fault(panel, message, count=f"{len(panel.markers)}", told=f"{len(known)}")
        return
    drawn = [(marker.x, -marker.y) for marker in panel.markers]  # a picture counts from the top
    for axis in (0, 1):
        if _differ(sorted(point[axis] for point in drawn), sorted(point[axis] for point in known)):
            yield fault(panel, "the map {panel} shows an offer at a place where none may be known")
            return
    missing = [point for point in _placed(known, drawn) if not _is_near(point, drawn)]
    if missing:
        yield fault(panel, "the map {panel} shows an offer at a place where none may be known")


def _differ(drawn: Sequence[float], known: Sequence[float]) -> bool:
    """Whether places along an axis are not the known ones, shifted and scaled."""
    return any(abs(place - wanted) > MISPLACED for place, wanted in zip(drawn, _scaled(known, drawn), strict=True))


def _scaled(known: Sequence[float], drawn: Sequence[float]) -> list[float]:
    """Shift and scale known coordinates so that their ends lie on those drawn."""
    low, high = min(known, default=0.0), max(known, default=0.0)
    start, end = min(drawn, default=0.0), max(drawn, default=0.0)
    scale = (end - start) / (high - low) if high > low else 0.0
    return [start + (value - low) * scale for value in known]


def _placed(known: Sequence[tuple[float, float]], drawn: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    axes = [_scaled([point[axis] for point in known], [point[axis] for point in drawn]) for axis in (0, 1)]
    return list(zip(*axes, strict=True))


def _is_near(point: tuple[float, float], drawn: Sequence[tuple[float, float]]) -> bool:
    return any(abs(point[0] - x) <= MISPLACED and abs(point[1] - y) <= MISPLACED for x, y in drawn)


def faults_of_niches(panel: Panel, claim: Claim, judge: Judge) -> Iterator[Fault]:
    """Hold the colours of a map of need and supply to both, for the areas whose number is written into them.

    Class ``3 * need + supply + 1`` says where both lie to the town: 0 below, 1 not to be told apart, 2 above.

    Parameters
    ----------
    panel
        What is drawn.
    claim
        Of which need, on which days and level.
    judge
        Knows the published cells and the offers.
    """
    if panel.markers or panel.lines or panel.bands:
        yield fault(panel, "the panel {panel} shows more than areas")
    for name, outlines in panel.areas.items():
        need, supply = divmod(int(name.rpartition(" ")[2]) - 1, LEVELS)
        for area in areas_in(outlines, panel, judge):
            if not (_needs(claim, area, need, judge) and _is_supplied(claim, area, supply, judge)):
                yield fault(
                    panel, "the map {panel} colours the area {area} otherwise than need and offers are", area=area
                )


def _needs(claim: Claim, area: str, shown: int, judge: Judge) -> bool:
    """Whether the interval of the need lies to the town as it is shown; the side alone where it cannot be computed."""
    need = need_of(judge.lookup, claim.parts["need"])
    indicator = judge.figures.knowledge.indicators.get(need.need) if need else None
    if need is None or indicator is None:
        return False
    shown = LEVELS - 1 - shown if need.turned else shown
    own, town = (judge.figures.figure(indicator, place, claim.day("need_end")) for place in (area, judge.figures.root))
    if own is None or town is None or own.value is None or town.value is None:
        return False
    limits = interval_of(judge.lookup, indicator, own)
    if limits is None:
        return shown == 1 or (own.value > town.value) == (shown > 1)
    return shown == (2 if limits[0] > town.value else 0 if limits[1] < town.value else 1)


def _is_supplied(claim: Claim, area: str, shown: int, judge: Judge) -> bool:
    """Whether what is within reach lies on the side of the town that is shown."""
    own, town = reached_of(judge.lookup, claim.parts["need"], area, claim.day())
    if own is None or town is None:
        return False
    return shown == 1 or (own > town) == (shown > 1)
