"""Rows of areas from top to bottom, in the order of their ids: their height, their names, and signs for what is no number.

Where there are too many areas to name each, the larger areas that they belong to are named beside brackets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sozialanalyse.charts.drawing import style
from sozialanalyse.findings import _keys, signs

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sozialanalyse.view import View

ROW_HEIGHTS = ((20, 14.0, 7.5), (45, 10.5, 7.0), (150, 7.6, 6.0))
"""Up to so many areas: height of a row and size of its type, in points."""

DENSE_ROWS = (2.4, 6.0)
"""Least and largest height of a row where there are too many areas to name each."""

DENSE_HEIGHT = 900.0
"""What such a panel takes, as far as these heights allow."""

MOST_GROUPS = 24


@dataclass(frozen=True)
class Rows:
    """The areas from top to bottom, and how much room each has."""

    areas: list[str]
    height: float
    size: float

    @classmethod
    def of(cls, areas: pd.DataFrame) -> Rows:
        """Make a row for each area of a frame."""
        ids = sorted(areas["area"].unique())
        fitting = [(height, size) for most, height, size in ROW_HEIGHTS if len(ids) <= most]
        dense = min(max(DENSE_HEIGHT / len(ids), DENSE_ROWS[0]), DENSE_ROWS[1])
        height, size = fitting[0] if fitting else (dense, 6.5)
        return cls(ids, height, size)

    @property
    def named(self) -> bool:
        """Whether there is room for the name of each area."""
        return len(self.areas) <= ROW_HEIGHTS[-1][0]

    @property
    def names(self) -> float:
        """Width of the column of names."""
        return 116.0

    def positions(self, areas: pd.Series) -> np.ndarray:
        """Row of each area, from the top."""
        number = {area: row for row, area in enumerate(self.areas)}
        return areas.map(number).to_numpy(dtype=float)


def segments(
    axes: Axes, starts: object, ends: object, rows: object, name: str, colour: str = style.GUIDE, width: float = 0.6
) -> None:
    """Draw many level lines as one path, which keeps the picture small."""
    starts, ends, rows = (np.asarray(part, dtype=float) for part in (starts, ends, rows))
    blank = np.full(len(starts), np.nan)
    x, y = np.column_stack([starts, ends, blank]).ravel(), np.repeat(rows, 3)
    axes.plot(x, y, color=colour, linewidth=width, solid_capstyle="butt", gid=name, zorder=1 if name == "guides" else 2)


def areas_that_fit(view: View, most: int) -> list[str]:
    """Areas of the view's level in the order of their ids, or, where they are too many, those of the next larger level that fits."""
    tree = view.town.areas
    for level in tree.levels[tree.levels.index(view.level) if view.level in tree.levels else 0 :]:
        members = view.members if level == view.level else tree.below(view.area, level)
        if members and len(members) <= most:
            return sorted(members)
    return [view.area]


def mark_states(axes: Axes, areas: pd.DataFrame, rows: Rows, place: float) -> None:
    """Write the sign of each area whose ``status`` is no number into its row, at a place of the level axis."""
    for _, area in areas[areas["status"].isin(list(signs.MARKS))].iterrows():
        row, sign = rows.areas.index(area.area), f" {signs.MARKS[area.status]}"
        style.write(axes, place, row, sign, fontsize=rows.size + 1.5, weight="bold", va="center", gid="sign")


def name_rows(view: View, axes: Axes, rows: Rows) -> None:
    """Write the areas' names left of the first panel; where there are too many, those of the groups they belong to."""
    width = axes.get_window_extent().width
    place: dict[str, Any] = {
        "transform": axes.get_yaxis_transform(),
        "ha": "right",
        "va": "center",
        "fontsize": rows.size,
    }
    if rows.named:
        for number, area in enumerate(rows.areas):
            name = style.fit(_keys.area(view, area), rows.names - 4, rows.size)
            style.write(axes, -8 / width, number, name, **place)
        return
    ends: list[float] = []
    for name, first, last in _groups(view, rows):
        style.write(axes, -9 / width, (first + last) / 2, style.fit(name, rows.names - 6, rows.size), **place)
        short = min(1.0 / rows.height, (last - first) / 2)  # leaves a gap of two points
        ends += [first - 0.5 + short, last + 0.5 - short, np.nan]
    look: dict[str, Any] = {"color": style.QUIET, "linewidth": 0.8, "clip_on": False, "gid": "leaders"}
    axes.plot(np.full(len(ends), -5 / width), ends, transform=place["transform"], **look)


def _groups(view: View, rows: Rows) -> list[tuple[str, int, int]]:
    """Name, first and last row of the larger areas, on the level with the most of them that can still be named."""
    tree = view.town.areas
    for level in tree.levels:
        above = tree.ancestors_at(level)
        groups = [str(above.get(area, "")) for area in rows.areas]
        starts = [row for row, group in enumerate(groups) if row == 0 or group != groups[row - 1]]
        if "" not in groups and len(starts) <= MOST_GROUPS:
            ends = [*(start - 1 for start in starts[1:]), len(groups) - 1]
            return [(_keys.area(view, groups[start]), start, end) for start, end in zip(starts, ends, strict=True)]
    return []
