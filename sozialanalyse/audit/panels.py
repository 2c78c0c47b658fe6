"""Panels: what the checks of all kinds of charts need: places inside, labels of ticks, groups that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.audit.judging import Fault
from sozialanalyse.audit.numerals import read_number
from sozialanalyse.audit.pictures import LEADERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sozialanalyse.audit.pictures import Panel, Point
    from sozialanalyse.language import LanguageCode

TOLERANCE = 0.06
"""By so many points of a picture a sign may miss its place: coordinates are written with two decimals."""

SHADE = "shade "
"""How the names of groups begin that hold the shades of a heat map."""


def number_of(label: str, language: LanguageCode) -> float | None:
    """Read the label of a tick; dates are numbers of years."""
    written = read_number(label, language)
    return float(written.value) if written else None


def inside_of(panel: Panel) -> Callable[[Point], bool]:
    """Make a test of whether a place lies in the frame of a panel."""
    low, high = panel.frame or (None, None)

    def inside(point: Point) -> bool:
        if low is None or high is None:
            return True
        return low.x - 1 <= point.x <= high.x + 1 and low.y - 1 <= point.y <= high.y + 1

    return inside


def fault(panel: Panel, message: str, **values: str) -> Fault:
    """Say what is wrong with a panel; ``{panel}`` in the message is its name."""
    return Fault(message, {"panel": panel.name.removeprefix("panel-"), **values}, kind="drawing")


def strangers(panel: Panel, *known: str) -> Iterator[Fault]:
    """Refuse what is drawn in groups that such a chart does not have; those of frames and lines to names are not among them."""
    for group in panel.groups:
        if group not in (*known, LEADERS) and not (group.startswith(SHADE) and SHADE in known):
            yield fault(
                panel, "the panel {panel} holds shapes in the group {group}, which it should not have", group=group
            )
