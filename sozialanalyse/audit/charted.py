"""Charted: whether ranks, funnels, heat maps and pyramids show what the published cells give, computed here again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.audit.claims import expected_of, interval_of
from sozialanalyse.audit.fans import faults_of_outlook, is_outlook
from sozialanalyse.audit.funnels import faults_of_funnel
from sozialanalyse.audit.index_maps import faults_of_index_map, faults_of_index_matrix
from sozialanalyse.audit.keys import Claim
from sozialanalyse.audit.knowledge import Term
from sozialanalyse.audit.offered import faults_of_niches, faults_of_offers
from sozialanalyse.audit.panels import SHADE, TOLERANCE, fault, number_of, strangers
from sozialanalyse.audit.placed import IN_ROW, Row, Scale, members_of
from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from sozialanalyse.audit.figures import Figure
    from sozialanalyse.audit.judging import Fault, Judge
    from sozialanalyse.audit.pictures import Panel, Point
    from sozialanalyse.language import LanguageCode

ABOVE, BELOW, AROUND, UNTESTED = "above", "below", "around", "untested"


def is_charted(claim: Claim, panel: Panel) -> bool:
    """Whether a claim says that it is drawn in a panel, in one of the kinds of this module."""
    if claim.statistic == "drawn_ages":
        return panel.name.removeprefix("panel-").rpartition(".")[0] == claim.parts["measure"]
    if claim.statistic in ("drawn_index", "drawn_matrix"):
        return panel.name == claim.statistic.replace("drawn_", "panel-")
    if claim.statistic in ("drawn_offers", "drawn_niches"):
        need = claim.parts.get("need")
        return panel.name == f"panel-{claim.statistic.removeprefix('drawn_')}" + (f".{need}" if need else "")
    if is_outlook(claim, panel):
        return True
    is_own = claim.parts.get("indicator") == panel.name.removeprefix("panel-")
    return is_own and claim.statistic in ("drawn_ranks", "drawn_funnel", "drawn_relations")


def faults_of_chart(
    panel: Panel, claim: Claim, rows: Sequence[Row], judge: Judge, language: LanguageCode
) -> Iterator[Fault]:
    """Find signs, lines and bars that show something else than the published cells.

    Parameters
    ----------
    panel
        What is drawn.
    claim
        What the picture says that it is.
    rows
        Rows of the picture whose areas are named.
    judge
        Knows the published cells.
    language
        How numbers are written.
    """
    if claim.statistic in _WITHOUT_SCALES:
        yield from _WITHOUT_SCALES[claim.statistic](panel, claim, judge)
        return
    scales = {
        axis: Scale(*found) if (found := panel.scale(axis, [number_of(text, language) for _, text in ticks])) else None
        for axis, ticks in panel.ticks.items()
    }
    if claim.statistic == "drawn_relations":
        yield from _faults_of_relations(panel, claim, rows, judge)
    elif claim.statistic == "drawn_outlook":
        yield from faults_of_outlook(panel, claim, scales["y"], judge)
    elif claim.statistic == "drawn_ages":
        yield from _faults_of_ages(panel, claim, scales["x"], judge)
    elif scales["x"] is None or (claim.statistic == "drawn_funnel" and scales["y"] is None):
        yield fault(panel, "the axis of the panel {panel} cannot be read, so its points cannot be checked")
    elif claim.statistic == "drawn_ranks":
        yield from _faults_of_ranks(panel, claim, rows, scales["x"], judge)
    elif scales["y"] is not None:
        yield from faults_of_funnel(panel, claim, (scales["x"], scales["y"]), judge)


_WITHOUT_SCALES = {
    "drawn_index": faults_of_index_map,
    "drawn_matrix": faults_of_index_matrix,
    "drawn_offers": faults_of_offers,
    "drawn_niches": faults_of_niches,
}
"""What reads a panel in which no axis says where a number stands."""


def _area_at(place: float, rows: Sequence[Row]) -> str | None:
    nearest = min(rows, key=lambda row: abs(row.middle - place), default=None)
    return nearest.area if nearest and abs(nearest.middle - place) <= IN_ROW else None


def _faults_of_ranks(panel: Panel, claim: Claim, rows: Sequence[Row], scale: Scale, judge: Judge) -> Iterator[Fault]:
    yield from strangers(panel, "open", "filled")
    named = members_of([claim], rows, judge)
    shown = [area for area, figure in judge.lookup.level(claim) if figure.value is not None]
    ranks = {area: _rank(claim, area, judge) for area in shown}
    if len(panel.markers) > len(shown) or len(panel.bands) > len(shown):
        yield fault(panel, "the panel {panel} shows more ranks than areas have published values")
    for sign in panel.markers:
        wanted = [ranks.get(_area_at(sign.y, named) or "")] if named else list(ranks.values())
        if not any(rank is not None and abs(scale.place(rank) - sign.x) <= TOLERANCE for rank in wanted):
            yield fault(panel, "the panel {panel} shows a rank that no published values give")
            return
    for band in panel.bands:
        ends = sorted(corner.x for corner in band)
        wanted = [ranks.get(_area_at(band[0].y, named) or "")] if named else list(ranks.values())
        if not any(rank is not None and ends[0] - 1 <= scale.place(rank) <= ends[-1] + 1 for rank in wanted):
            yield fault(panel, "the panel {panel} shows a range of ranks without the rank of its area")
            return


def _rank(claim: Claim, area: str, judge: Judge) -> float | None:
    found = expected_of(judge.lookup, Claim(claim.key, "rank", {**claim.parts, "area": area}))
    return None if found.value is None else float(found.value)


def _faults_of_relations(panel: Panel, claim: Claim, rows: Sequence[Row], judge: Judge) -> Iterator[Fault]:
    kinds = (ABOVE, BELOW, AROUND, UNTESTED)
    yield from strangers(panel, *kinds, "unknown", SHADE)
    named = members_of([claim], rows, judge)
    shown = dict(judge.lookup.level(claim))
    known = [figure for figure in shown.values() if figure.value is not None]
    if len(panel.markers) > len(known):
        yield fault(panel, "the panel {panel} shows more signs than areas have published values")
    clear = []
    for kind in kinds:
        for (sign,) in panel.groups.get(kind, []):
            clear += [sign.y] if kind in (ABOVE, BELOW) else []
            figure = shown.get(_area_at(sign.y, named) or "")
            if named and not (figure and relation(figure, claim, judge) in (kind, None)):
                yield fault(panel, "the panel {panel} shows an area as {kind} that is not", kind=kind)
                return
    shades = (stroke for group, strokes in panel.groups.items() if group.startswith(SHADE) for stroke in strokes)
    if any(not any(abs(point.y - place) <= IN_ROW for place in clear) for stroke in shades for point in stroke):
        yield fault(panel, "the panel {panel} shades an area that is not told apart from the town")


def relation(figure: Figure, claim: Claim, judge: Judge) -> str | None:
    """Where the interval of an area lies to the town's value; None where it cannot be computed again."""
    indicator = judge.lookup.indicator(claim)
    limits = interval_of(judge.lookup, indicator, figure)
    town = judge.figures.figure(indicator, judge.figures.root, claim.day())
    if figure.value is None or limits is None or town is None or town.value is None:
        return None
    return ABOVE if limits[0] > town.value else BELOW if limits[1] < town.value else AROUND


def _faults_of_ages(panel: Panel, claim: Claim, scale: Scale | None, judge: Judge) -> Iterator[Fault]:
    yield from strangers(panel, "bars", "earlier")
    if scale is None or panel.frame is None:
        yield fault(panel, "the axis of the panel {panel} cannot be read, so its points cannot be checked")
        return
    low, high = panel.frame
    sex = panel.name.rpartition(".")[2]
    bands = {day: _bands(claim, day, sex, judge) for day in ("first", "end")}
    oldest = max((end for found in bands.values() for _, end in found), default=0)
    for day, strokes in (
        ("end", panel.groups.get("bars", [])),
        ("first", list(_steps(panel.groups.get("earlier", [])))),
    ):
        for stroke in strokes:
            ages = [oldest * (high.y - point.y) / (high.y - low.y) for point in stroke]
            band = round(min(ages)), round(max(ages))
            length = max(abs(scale.offset + scale.slope * point.x) for point in stroke)
            persons = bands[day].get(band)
            slack = abs(scale.slope) * TOLERANCE
            if persons is None or abs(length - float(persons) / (band[1] - band[0])) > slack:
                yield fault(panel, "the panel {panel} shows a bar that no published count gives")
                return


def _steps(strokes: Sequence[Sequence[Point]]) -> Iterator[list[Point]]:
    """Cut a line of steps into its upright parts, one for each age group."""
    for stroke in strokes:
        yield from ([one, other] for one, other in zip(stroke[::2], stroke[1::2], strict=False))


def _bands(claim: Claim, day: str, sex: str, judge: Judge) -> dict[tuple[int, int], Fraction]:
    """Published counts by first age and end of the drawn bar; an open end is drawn over ten years."""
    found: dict[tuple[int, int], Fraction] = {}
    for _, first, last in sorted(part for part in judge.figures.parts(claim.parts["measure"]) if part[0] == sex):
        term = Term(measure=claim.parts["measure"], sex=sex, age_from=first, age_to=last)
        time = judge.figures.time_of(term, claim.day(day))
        count = judge.figures.count(term, claim.parts["area"], time) if time else None
        if count is not None and count.value is not None:
            found[first, (last if last < OPEN_AGE else first + 9) + 1] = count.value
    return found
