"""Sparklines: the course of a series in a line of text, under the last value in its row of a table (Tufte, Beautiful Evidence, 2006).

They say nothing that table and charts do not, so nobody need hear them. The smallest picture of matplotlib weighs more than the
table: these are written as paths, and take the colour of the text around them, on paper, in the dark and where colours are
forced. Estimates for today's areas are left out: a sparkline shows what was counted, and no more than was released.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from sozialanalyse.findings.display import told
from sozialanalyse.findings.stretches import Courses
from sozialanalyse.language import key
from sozialanalyse.trends import converted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sozialanalyse.view import View

WIDTH, HEIGHT, EDGE = 80, 18, 3
"""Size and margin in pixels; the foot stands for zero, the head for the highest value of the series."""

ALONE = 1
"""Half the length of the stroke for a value that stands alone, in pixels."""

Corner = tuple[float, float]

_FRAME = Markup("<svg width='{}' height='{}' fill='none' stroke='currentColor' aria-hidden='true'{}>{}</svg>")
_LINE = Markup("<path d='{}'/>")
_BREAKS = Markup("<path stroke-dasharray='1 2' d='{}'/>")
_LAST = Markup("<circle cx='{}' cy='{}' r='1.5'/>")

_HOW_TO_READ_MESSAGES = (
    "Small lines: the counted values over time; the dot is the last value.",
    "All axes begin at zero.",
)
_BREAK_MESSAGES = (
    "Dotted vertical line: here the way of counting changed; the values on both sides cannot be compared.",
)
_GAP_MESSAGES = ("A line is interrupted where a value is missing.",)


@dataclass(frozen=True)
class Sparklines:
    """Draws the series of a view's area, all on the same axis of time.

    Parameters
    ----------
    view
        Whose area counts.
    parts
        Of each indicator the stretches of its series (see :func:`.stretches.stretches`).
    first, last
        Ends of the axis of time: days of the first and the last value of any series.
    """

    view: View
    parts: Mapping[str, list[pd.DataFrame]]
    first: pd.Timestamp
    last: pd.Timestamp

    @classmethod
    def of(cls, view: View, indicators: Sequence[str]) -> Sparklines:
        """Take what is counted of some indicators in the view's area; what has a value at one day only has no course."""
        frame = view.frame[view.frame["indicator"].isin(indicators)]
        rows = frame[(frame["area"] == view.area) & ~converted(frame)].drop_duplicates(["indicator", "period_end"])
        days = rows.loc[rows["value"].notna(), "period_end"]
        courses = Courses.of(rows, frame, [pd.Timestamp(date) for date in view.town.data.file.periods])
        parts = {name: courses.stretches(name, view.area) for name in indicators}
        known = {name: found for name, found in parts.items() if sum(map(len, found)) > 1}
        return cls(view, known, days.min(), days.max())

    def line(self, indicator: str) -> Markup:
        """Draw the series of an indicator; nothing where it has no course."""
        parts = self.parts.get(indicator)
        if parts is None:
            return Markup("")
        top = max(float(part["value"].max()) for part in parts) or 1.0
        strokes = [
            [self._corner(day, value, top) for day, value in zip(part["period_end"], part["value"], strict=True)]
            for part in parts
        ]
        drawn = [_LINE.format("".join(map(_stroke, strokes)))]
        if broken := [(strokes[place][-1][0] + strokes[place + 1][0][0]) / 2 for place in _breaks(parts)]:
            drawn.append(_BREAKS.format("".join(f"M{_written(middle)} 0v{HEIGHT}" for middle in broken)))
        drawn.append(_LAST.format(*map(_written, strokes[-1][-1])))
        keys = [key("drawn_series", indicator, self.view.area, self.first, self.last)]
        return _FRAME.format(WIDTH, HEIGHT, told(keys), Markup("").join(drawn))

    def note(self) -> str:
        """Say how to read them; nothing where there are none."""
        if not self.parts:
            return ""
        messages = [*_HOW_TO_READ_MESSAGES]
        if any(map(_breaks, self.parts.values())):
            messages += _BREAK_MESSAGES
        elif any(len(found) > 1 for found in self.parts.values()):
            messages += _GAP_MESSAGES
        return " ".join(map(self.view.words.text, messages))

    def _corner(self, day: pd.Timestamp, value: float, top: float) -> Corner:
        """Place a value, so exactly as can be seen: across to a pixel, upwards to a tenth of one."""
        across = (day - self.first) / (self.last - self.first)
        up = value / top
        return round(EDGE + across * (WIDTH - 2 * EDGE)), round(HEIGHT - EDGE - up * (HEIGHT - 2 * EDGE), 1)


def _breaks(parts: Sequence[pd.DataFrame]) -> list[int]:
    """Find behind which stretches the way of counting changed."""
    pairs = enumerate(itertools.pairwise(parts))
    return [place for place, (one, other) in pairs if one["segment"].iloc[-1] != other["segment"].iloc[0]]


def _stroke(corners: Sequence[Corner]) -> str:
    """Write a stretch as a path; a value that stands alone is a short stroke."""
    (x, y), *others = corners
    if not others:
        return f"M{_written(x - ALONE)} {_written(y)}h{2 * ALONE}"
    return f"M{_written(x)} {_written(y)}L" + " ".join(_written(place) for corner in others for place in corner)


def _written(place: float) -> str:
    """Write a coordinate to a tenth of a pixel."""
    return f"{place:.1f}".removesuffix(".0")
