"""Sparklines: whether a line in a table draws nothing but the published values that its key tells of.

As in any picture, a place is a number told. So all that such a drawing holds is read strictly: one line whose corners stand at
the days and values of the series, upright lines midway between two of them, and a dot at the last.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from sozialanalyse.audit.judging import Fault
from sozialanalyse.audit.series import known_points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sozialanalyse.audit.judging import Judge
    from sozialanalyse.audit.keys import Claim
    from sozialanalyse.audit.markup import Sparkline

    Corner = tuple[float, float]

WIDTH, HEIGHT, EDGE = 80, 18, 3
"""Size of the drawing and its margin, in pixels."""

ACROSS, UPWARDS = 0.501, 0.051
"""By so many pixels a corner may miss its place: days are written to a pixel, values to a tenth of one."""

FRAME = {"width": f"{WIDTH}", "height": f"{HEIGHT}", "fill": "none", "stroke": "currentColor", "aria-hidden": "true"}

_CORNER = r"\d{1,2} \d{1,2}(?:\.\d)?"
_STROKE = rf"M{_CORNER}(?:h2|L{_CORNER}(?: {_CORNER})*)"
_LINE = re.compile(rf"(?:{_STROKE})+", re.ASCII)
_BREAKS = re.compile(rf"(?:M\d{{1,2}}(?:\.5)? 0v{HEIGHT})*", re.ASCII)
_ALONE = 1
"""A value that stands alone is the middle of a stroke twice as long."""


def faults_of_sparkline(drawn: Sparkline, judge: Judge) -> Iterator[Fault]:
    """Find what a sparkline shows that the published values of its series are not.

    Parameters
    ----------
    drawn
        What was read of it.
    judge
        Knows the published cells.
    """
    claims = [judge.claim(key) for key in drawn.told]
    if len(claims) != 1 or isinstance(claims[0], Fault) or claims[0].claim.statistic != "drawn_series":
        yield Fault("a sparkline is drawn, but no key tells what", {}, kind="drawing")
        return
    claim = claims[0].claim
    values = {"indicator": claim.parts["indicator"], "area": claim.parts["area"]}
    read = _read(drawn)
    if read is None:
        yield Fault("the sparkline of {indicator} in {area} holds what none should have", values, kind="drawing")
    elif not _follows(*read, claim, judge):
        message = "the sparkline of {indicator} in {area} is not the series of published values"
        yield Fault(message, values, kind="drawing")


def _read(drawn: Sparkline) -> tuple[list[Corner], list[float]] | None:
    """Read the corners of the line and the places of the breaks; None where anything else is drawn."""
    paths = {"": "", "1 2": ""}
    *lines, last = drawn.shapes or [("", {})]
    for tag, attributes in lines:
        dashes = attributes.get("stroke-dasharray", "")
        if tag != "path" or set(attributes) - {"stroke-dasharray"} != {"d"} or paths.get(dashes, "?"):
            return None
        paths[dashes] = attributes["d"]
    if drawn.attributes != FRAME or not _LINE.fullmatch(paths[""]) or not _BREAKS.fullmatch(paths["1 2"]):
        return None
    corners = list(_corners(paths[""]))
    dot = {"cx": _written(corners[-1][0]), "cy": _written(corners[-1][1]), "r": "1.5"}
    breaks = [float(place) for place in re.findall(r"M([\d.]+)", paths["1 2"])]
    return (corners, breaks) if last == ("circle", dot) else None


def _corners(line: str) -> Iterator[Corner]:
    for stroke in line.split("M")[1:]:
        numbers = [float(place) for place in re.findall(r"[\d.]+", stroke.removesuffix("h2"))]
        shift = _ALONE if stroke.endswith("h2") else 0
        yield from ((x + shift, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True))


def _written(place: float) -> str:
    return f"{place:.1f}".removesuffix(".0")


def _follows(corners: Sequence[Corner], breaks: Sequence[float], claim: Claim, judge: Judge) -> bool:
    """Whether each corner is a published value at its day, none stands before another of an earlier day, and breaks stand midway between two."""
    first, last = claim.day("first").toordinal(), claim.day().toordinal()
    known = [(day.toordinal(), float(value)) for day, value in known_points(judge.lookup, claim)]
    places = [x for x, _ in corners]
    middles = [(before + after) / 2 for before, after in pairwise(places)]
    if first >= last or len(corners) > len(known) or any(after < before for before, after in pairwise(places)):
        return False
    if not all(any(abs(place - middle) <= UPWARDS for middle in middles) for place in breaks):
        return False

    def follows(top: float) -> bool:
        curve = [
            (
                EDGE + (day - first) / (last - first) * (WIDTH - 2 * EDGE),
                HEIGHT - EDGE - value / top * (HEIGHT - 2 * EDGE),
            )
            for day, value in known
        ]
        return all(any(abs(x - px) <= ACROSS and abs(y - py) <= UPWARDS for px, py in curve) for x, y in corners)

    return any(follows(top or 1.0) for top in sorted({value for _, value in known}, reverse=True))
