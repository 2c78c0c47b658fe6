"""Placed: whether each sign of a picture shows the value of the very area and day at whose place it stands.

A sign at the value of another area is no value that nobody published, and yet it says something that is not so.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from sozialanalyse.audit.judging import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sozialanalyse.audit.judging import Judge
    from sozialanalyse.audit.keys import Claim
    from sozialanalyse.audit.pictures import Drawing, Panel, Point

BASELINE = 2.0
"""So many points below the middle of its row a label is written."""

IN_ROW = 1.5
"""By so many points a sign may miss the middle of its row."""

AT_DATE = 0.4
"""By so many points a sign may miss the place of its day."""

ENDS = 2
"""An axis of time with so many ticks has them at its first and its last day."""

CUT = "\u2026"
"""What stands for the rest of a name that is too long."""

_NO_SIGNS = frozenset({"Cc", "Cn", "Cs", "Zl", "Zp"})
"""Categories of signs that XML holds not, or not within a line."""

Places = dict[str, list[float]]
"""Of areas the places at which their values may stand."""


class Row(NamedTuple):
    """A row of a dot plot: its middle and its area."""

    middle: float
    area: str


class Scale(NamedTuple):
    """An axis: value = offset + slope * place."""

    offset: float
    slope: float

    def place(self, value: float) -> float:
        """Where a value stands."""
        return (value - self.offset) / self.slope


def rows_of(drawing: Drawing, judge: Judge) -> list[Row]:
    """Read which area stands in which row: a label begins with the id of its area.

    Parameters
    ----------
    drawing
        A picture.
    judge
        Knows the areas.
    """
    return [Row(place.y - BASELINE, area) for panel in drawing.panels for place, area, _ in _named(panel, judge)]


def _named(panel: Panel, judge: Judge) -> Iterator[tuple[Point, str, str]]:
    """Find the texts that are nothing but the number of an area and its name, or the beginning of it: place, number, name."""
    areas = judge.figures.knowledge.areas
    for place, text, _ in panel.texts:
        name, _, rest = text.partition(" ")
        known = areas.get(name)
        if known is not None and _drawable(known.name).startswith(rest.rstrip(CUT).rstrip()):
            yield place, name, rest


def area_of(panel: Panel, judge: Judge) -> str | None:
    """Read of which single area a panel says that it is; None where it names none or several.

    Parameters
    ----------
    panel
        What is drawn.
    judge
        Knows the areas.
    """
    named = {area for _, area, name in _named(panel, judge) if name}  # a number alone may be the label of a tick
    return named.pop() if len(named) == 1 else None


def _drawable(name: str) -> str:
    """Write a name as a drawing can: it holds no control signs, and none that are no signs."""
    spaced = "".join(" " if unicodedata.category(sign) in _NO_SIGNS else sign for sign in name)
    return " ".join(filter(None, spaced.split(" ")))


def faults_of_rows(
    panel: Panel, drawn: Sequence[Claim], rows: Iterable[Row], scale: Scale, judge: Judge, allowed: float
) -> Iterator[Fault]:
    """Hold each sign and each interval of a dot plot to the value of the area in whose row it stands.

    Parameters
    ----------
    panel
        What is drawn.
    drawn
        Keys that tell what.
    rows
        Of the picture.
    scale
        Of the panel's values.
    judge
        Knows the published cells.
    allowed
        By so many points a sign may miss its place.
    """
    low, high = panel.frame or (None, None)
    inside = [row for row in rows if low is None or high is None or low.y - 1 <= row.middle <= high.y + 1]
    own = members_of(drawn, inside, judge)
    if not own:
        return
    places = _places(drawn, scale, judge)
    for sign in panel.markers:
        area = _area_at(sign.y, own)
        if area is None or not any(abs(sign.x - place) <= allowed for place in places.get(area, [])):
            yield _fault(panel, area, scale.offset + scale.slope * sign.x)
    for band in panel.bands:
        area = _area_at(band[0].y, own)
        ends = sorted(corner.x for corner in band)
        if not any(ends[0] - allowed <= place <= ends[-1] + allowed for place in places.get(area or "", [])):
            yield _fault(panel, area, scale.offset + scale.slope * ends[0])


def members_of(drawn: Iterable[Claim], rows: Iterable[Row], judge: Judge) -> list[Row]:
    """Keep the rows of areas that are drawn; where they are too many to be named, only brackets of larger ones have a name."""
    members = {
        area
        for claim in drawn
        if "level" in claim.parts
        for area in judge.figures.members(claim.parts["within"], claim.parts["level"], claim.day())
    }
    return [row for row in rows if row.area in members]


def _fault(panel: Panel, area: str | None, value: float) -> Fault:
    message = "the panel {panel} shows {value} in the row of the area {area}, which has no such published value"
    values = {"panel": panel.name.removeprefix("panel-"), "value": f"{value:.4g}", "area": area or "?"}
    return Fault(message, values, kind="drawing")


def _area_at(place: float, rows: Iterable[Row]) -> str | None:
    """Find the row at a place."""
    nearest = min(rows, key=lambda row: abs(row.middle - place))
    return nearest.area if abs(nearest.middle - place) <= IN_ROW else None


def _places(drawn: Iterable[Claim], scale: Scale, judge: Judge) -> Places:
    """Work out where the value of each area stands."""
    found: Places = {}
    for claim in drawn:
        if claim.statistic == "drawn":
            for area, figure in judge.lookup.level(claim):
                if figure.value is not None:
                    found.setdefault(area, []).append(scale.place(float(figure.value)))
    return found


def faults_of_lines(
    panel: Panel, drawn: Sequence[Claim], scale: Scale, judge: Judge, allowed: float
) -> Iterator[Fault]:
    """Hold each line to the series of one area, day by day.

    Parameters
    ----------
    panel, drawn, scale, judge, allowed
        As of :func:`faults_of_rows`.
    """
    series = [_series(claim, judge) for claim in drawn if claim.statistic == "drawn_series"]
    days = _days(panel, [claim for claim in drawn if claim.statistic == "drawn_series"])
    if days is None or not (
        _names_its_ends(panel, days) or all(_has_notch(days.place(day), panel) for values in series for day in values)
    ):
        return
    curves = [[(days.place(day), scale.place(value)) for day, value in values.items()] for values in series]
    low, high = panel.frame or (None, None)
    for line in panel.lines:
        seen = [corner for corner in line if low is None or high is None or low.x - 1 <= corner.x <= high.x + 1]
        if seen and not any(all(_lies_on(corner, curve, allowed) for corner in seen) for curve in curves):
            message = "a line of the panel {panel} is not the series of one area at the days of its axis"
            yield Fault(message, {"panel": panel.name.removeprefix("panel-")}, kind="drawing")
            return


def _series(claim: Claim, judge: Judge) -> dict[float, float]:
    """Published values of an area by their day, as a number."""
    of = judge.lookup
    series = of.figures.series(of.indicator(claim), claim.parts["area"], claim.day("first"), claim.day())
    return {float(day.toordinal()): float(figure.value) for day, figure in series if figure.value is not None}


def _days(panel: Panel, drawn: Sequence[Claim]) -> Scale | None:
    """Read the axis of time: its first and last tick stand at the first and the last day that are told."""
    places = sorted(panel.notches["x"])
    first = min((claim.day("first").toordinal() for claim in drawn), default=0)
    last = max((claim.day().toordinal() for claim in drawn), default=0)
    if len(places) < 2 or places[0] == places[-1] or first == last:
        return None
    slope = (last - first) / (places[-1] - places[0])
    return Scale(first - slope * places[0], slope)


def _names_its_ends(panel: Panel, days: Scale) -> bool:
    """Whether an axis of time has two ticks, at the first and the last day, and says so."""
    ticks = panel.ticks["x"]
    return len(panel.notches["x"]) == len(ticks) == ENDS and all(
        str(dt.date.fromordinal(round(days.offset + days.slope * place)).year) in label for place, label in ticks
    )


def _has_notch(place: float, panel: Panel) -> bool:
    return any(abs(place - notch) <= AT_DATE for notch in panel.notches["x"])


def _lies_on(corner: Point, curve: Iterable[tuple[float, float]], allowed: float) -> bool:
    return any(abs(corner.x - x) <= AT_DATE and abs(corner.y - y) <= allowed for x, y in curve)
