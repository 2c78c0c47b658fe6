"""Funnels: whether signs, limits and the line of the town stand where the published cells put them, computed here again.

Limits of proportions are the normal approximation (Spiegelhalter 2005, Statistics in Medicine 24), those of rates the exact
ones of the Poisson distribution.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from sozialanalyse.audit.panels import TOLERANCE, fault, inside_of, strangers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from sozialanalyse.audit.figures import Figure
    from sozialanalyse.audit.judging import Fault, Judge
    from sozialanalyse.audit.keys import Claim
    from sozialanalyse.audit.knowledge import Indicator
    from sozialanalyse.audit.pictures import Panel, Point
    from sozialanalyse.audit.placed import Scale

WITHIN, INNER, OUTER = "within", "beyond 95", "beyond 99.8"
CONFIDENCE = {INNER: 0.95, OUTER: 0.998}
"""Of the limits of a funnel."""

NEAR = {"proportion": 0.002, "rate": 0.03}
"""A value this near to a limit, relatively to that of the town, may be told to lie on either side; for rates programs use
approximations."""


class Course(NamedTuple):
    """What the limits of a funnel depend on.

    Parameters
    ----------
    kind
        Of the indicator.
    common
        The town's value as a fraction.
    effect
        By how much the variance is larger than that of single persons.
    """

    kind: str
    common: float
    effect: float

    def limits(self, size: float, confidence: float) -> tuple[float, float]:
        """Compute the lower and the upper limit at a size, as fractions."""
        people = size / self.effect
        if self.kind == "proportion":
            reach = NormalDist().inv_cdf((1 + confidence) / 2) * sqrt(self.common * (1 - self.common) / people)
            return max(self.common - reach, 0.0), min(self.common + reach, 1.0)
        from scipy.special import pdtrik  # noqa: PLC0415 - heavy

        expected, half = self.common * people, (1 - confidence) / 2
        return float(pdtrik(half, expected)) / people, (float(pdtrik(1 - half, expected)) + 1) / people


def faults_of_funnel(panel: Panel, claim: Claim, scales: tuple[Scale, Scale], judge: Judge) -> Iterator[Fault]:
    """Find signs, limits and lines of a funnel plot that stand elsewhere than the published cells say.

    Parameters
    ----------
    panel
        What is drawn.
    claim
        What the picture says that it is.
    scales
        Sizes across, values upright.
    judge
        Knows the published cells.
    """
    yield from strangers(panel, WITHIN, INNER, OUTER, "town", *(f"limits {name}" for name in CONFIDENCE))
    indicator = judge.lookup.indicator(claim)
    town = judge.figures.figure(indicator, judge.figures.root, claim.day())
    if town is None or town.value is None:
        yield fault(panel, "the panel {panel} is a funnel around a value of the town that is not published")
        return
    course = _course(indicator, town)
    yield from _faults_of_signs(panel, claim, scales, course, judge)
    yield from _faults_of_limits(panel, scales, course, float(town.factor))
    level = scales[1].place(float(town.value))
    if any(abs(point.y - level) > TOLERANCE for stroke in panel.groups.get("town", []) for point in stroke):
        yield fault(panel, "the panel {panel} shows a line that is not the value of the town")


def _course(indicator: Indicator, town: Figure) -> Course | None:
    """Say how the limits go; None where it is not known by how much they were widened."""
    if indicator.design_effect is None or indicator.kind not in NEAR or town.value is None:
        return None
    return Course(indicator.kind, float(town.value / town.factor), float(indicator.design_effect))


def _faults_of_signs(
    panel: Panel, claim: Claim, scales: tuple[Scale, Scale], course: Course | None, judge: Judge
) -> Iterator[Fault]:
    shown = [figure for _, figure in judge.lookup.level(claim) if figure.value is not None and figure.denominator]
    if len(panel.markers) > len(shown):
        yield fault(panel, "the panel {panel} shows more signs than areas have published values")
    for group in (WITHIN, INNER, OUTER):
        for (sign,) in panel.groups.get(group, []):
            at_place = [figure for figure in shown if _stands_at(sign, figure, *scales)]
            if not at_place:
                yield fault(panel, "the panel {panel} shows a sign at a size and a value that no area has")
                return
            if course is not None and not any(_lies(group, figure, course) for figure in at_place):
                yield fault(panel, "the panel {panel} shows a sign as {group} that lies elsewhere", group=group)
                return


def _stands_at(sign: Point, figure: Figure, across: Scale, upright: Scale) -> bool:
    size, value = _size(figure), figure.value
    if size is None or value is None:
        return False
    return (
        abs(across.place(float(size)) - sign.x) <= TOLERANCE and abs(upright.place(float(value)) - sign.y) <= TOLERANCE
    )


def _size(figure: Figure) -> Fraction | None:
    return figure.denominator.value if figure.denominator else None


def _lies(group: str, figure: Figure, course: Course) -> bool:
    """Hold a sign to the limits at its size."""
    size = _size(figure)
    if figure.value is None or not size:
        return False
    share, slack = float(figure.value / figure.factor), NEAR[course.kind] * course.common
    beyond = {}
    for name, confidence in CONFIDENCE.items():
        low, high = course.limits(float(size), confidence)
        beyond[name] = max(low - share, share - high)
    wanted = {
        WITHIN: beyond[INNER] <= slack,
        INNER: beyond[INNER] >= -slack and beyond[OUTER] <= slack,
        OUTER: beyond[OUTER] >= -slack,
    }
    return wanted[group]


def _faults_of_limits(
    panel: Panel, scales: tuple[Scale, Scale], course: Course | None, factor: float
) -> Iterator[Fault]:
    """Hold every corner of a curve to the limit at its size."""
    inside = inside_of(panel)
    for name, confidence in CONFIDENCE.items():
        for stroke in panel.groups.get(f"limits {name}", []):
            corners = [point for point in stroke if inside(point)]
            if course is None or not all(_lies_on(point, scales, course, confidence, factor) for point in corners):
                yield fault(panel, "the panel {panel} shows a limit of chance that the published values do not give")
                return


def _lies_on(point: Point, scales: tuple[Scale, Scale], course: Course, confidence: float, factor: float) -> bool:
    """Whether a curve passes a corner, as near as coordinates are written: where it is steep, a little to the side."""
    across, upright = scales
    size, reach = across.offset + across.slope * point.x, abs(across.slope) * TOLERANCE
    curves = [course.limits(max(at, 1e-9), confidence) for at in (size - reach, size + reach) if at > 0]
    for side in (0, 1):
        places = [upright.place(limits[side] * factor) for limits in curves]
        if places and min(places) - TOLERANCE <= point.y <= max(places) + TOLERANCE:
            return True
    return False
