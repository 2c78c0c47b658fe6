"""Fans: whether the line of the past, that of the future and the fan around it show what was counted and what follows."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from sozialanalyse.audit.outlooks import ages_of
from sozialanalyse.audit.outlooks import course as course_of_claim
from sozialanalyse.audit.panels import TOLERANCE, fault, strangers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from sozialanalyse.audit.courses import Course
    from sozialanalyse.audit.judging import Fault, Judge
    from sozialanalyse.audit.keys import Claim
    from sozialanalyse.audit.pictures import Panel
    from sozialanalyse.audit.placed import Scale

PANEL = "panel-outlook."
AT_DAY = 0.4
"""By so many points a corner may miss the place of its day."""


def is_outlook(claim: Claim, panel: Panel) -> bool:
    """Whether a claim says that it is drawn in a panel."""
    if claim.statistic != "drawn_outlook":
        return False
    parts = claim.parts
    return panel.name == f"{PANEL}{parts['measure']}.{parts['age_from']}-{parts['age_to']}"


def faults_of_outlook(panel: Panel, claim: Claim, upright: Scale | None, judge: Judge) -> Iterator[Fault]:
    """Hold the line of the past, the line of the future and the fan to what was counted and what follows.

    Parameters
    ----------
    panel
        What is drawn.
    claim
        What the picture says that it is.
    upright
        Scale of persons.
    judge
        Knows the published cells.
    """
    yield from strangers(panel, "counted", "computed", "fan")
    course = course_of_claim(judge.lookup, claim)
    cells = course.cells(ages_of(claim)) if course else []
    place = course.place(claim.parts["area"], judge.figures.root) if course else -1
    notches = sorted(panel.notches["x"])
    if course is None or not cells or place < 0 or upright is None or len(notches) < 2:
        yield fault(panel, "the panel {panel} shows an outlook that no published counts give")
        return
    if panel.markers or panel.bands:
        yield fault(panel, "the panel {panel} shows signs that an outlook does not have")
    if (claim.day("first"), course.distance(claim.day())) != (course.days[0], course.horizon):
        yield fault(panel, "the panel {panel} begins or ends on another day than its counts and what follows from them")
        return
    places = _Places(course, cells, place, upright, (notches[0], notches[-1]))
    for group, allowed in places.of_groups().items():
        for corner in (point for stroke in panel.groups.get(group, []) for point in stroke):
            if not any(abs(corner.x - x) <= AT_DAY and abs(corner.y - y) <= TOLERANCE for x, y in allowed):
                values = {"group": group, "value": f"{upright.offset + upright.slope * corner.y:.5g}"}
                yield fault(
                    panel, "the panel {panel} shows {value} as {group}, which no published counts give", **values
                )
                return


class _Places:
    """Where each value of an outlook stands."""

    def __init__(self, course: Course, cells: list[int], place: int, upright: Scale, ends: tuple[float, float]) -> None:
        last = course.days[-1]
        self._days = [*course.days, *(last.replace(year=last.year + ahead + 1) for ahead in range(course.horizon))]
        self._counted = course.counted[:, place, cells].sum(-1)
        self._computed = course.ahead[:, place, cells].sum(-1)
        self._limits = [limit[:, place] for limit in course.limits(cells)]
        self._upright, self._ends = upright, ends

    def of_groups(self) -> dict[str, list[tuple[float, float]]]:
        """List places by the group that may stand there."""
        dates = len(self._counted)
        past, coming = self._days[:dates], self._days[dates:]
        now = self._at(past[-1:], self._counted[-1:])
        return {
            "counted": self._at(past, self._counted),
            "computed": [*now, *self._at(coming, self._computed)],
            "fan": [*now, *(point for limit in self._limits for point in self._at(coming, limit))],
        }

    def _at(self, days: Sequence[dt.date], values: Iterable[float]) -> list[tuple[float, float]]:
        first, last = self._days[0].toordinal(), self._days[-1].toordinal()
        left, right = self._ends
        across = [left + (day.toordinal() - first) * (right - left) / (last - first) for day in days]
        return [
            (x, self._upright.place(float(value))) for x, value in zip(across, values, strict=True) if not isnan(value)
        ]
