"""Lines of a line chart: each in stretches that bridge nothing unknown, with its interval, and with estimates hollow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialanalyse.charts.drawing import style
from sozialanalyse.trends import converted, years

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOTTED = (0, (0.8, 1.4))


@dataclass(frozen=True)
class Line:
    """A line to draw: its stretches, how it looks, and what it is called at its end."""

    stretches: list[pd.DataFrame]
    name: str
    look: dict[str, Any]
    ribbon: bool = False

    @property
    def rows(self) -> pd.DataFrame:
        """All rows of the line."""
        return pd.concat(self.stretches)

    @property
    def last(self) -> pd.Series:
        """Its last row."""
        return self.stretches[-1].iloc[-1]


def draw_stretch(axes: Axes, part: pd.DataFrame, line: Line) -> None:
    """Draw one stretch of a line with its band; what was converted from earlier areas is hollow and dotted."""
    times = years(part["period_end"])
    if line.ribbon and part["lower"].notna().all():
        if len(part) == 1:
            axes.vlines(times, part["lower"], part["upper"], color=style.RIBBON, linewidth=4)
        else:
            axes.fill_between(times, part["lower"], part["upper"], color=style.RIBBON, linewidth=0)
    estimates = int(converted(part).sum())  # a reform lies after all of them, so they stand first
    measured, values = slice(estimates, None), part["value"].to_numpy()
    axes.plot(times[measured], values[measured], solid_capstyle="round", markeredgewidth=0, **line.look)
    if estimates:
        colour, width = line.look["color"], line.look["linewidth"]
        until = slice(None, estimates + 1)
        axes.plot(times[until], values[until], color=colour, linewidth=width, linestyle=DOTTED, gid="until reform")
        hollow = {"markerfacecolor": "white", "markeredgecolor": colour, "markeredgewidth": 0.9, "linestyle": ""}
        marker, size = line.look["marker"] or "o", line.look.get("markersize", 3.0) + 1
        first = slice(None, estimates)
        axes.plot(times[first], values[first], marker=marker, markersize=size, gid="converted", **hollow)
