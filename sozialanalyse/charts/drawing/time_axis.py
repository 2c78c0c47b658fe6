"""The axis of time: periods as briefly as it needs them, ticks at the real dates, lines where the way of counting changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.charts.drawing import style
from sozialanalyse.language import EN_DASH, key, keyed
from sozialanalyse.trends import years

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


def time_limits(series: list[pd.DataFrame]) -> tuple[float, float]:
    """Give first and last time of all panels, so that they can be compared, with a little room."""
    rows = pd.concat(series)
    times = years(rows.loc[rows["value"].notna(), "period_end"])
    first, last = float(times.min()), float(times.max())
    room = max((last - first) * 0.03, 0.1)
    return first - room, last + room


def period_label(row: pd.Series) -> str:
    """Write a period as briefly as an axis needs: 2013, 06/2015, 2011/12, 2012–14."""
    start, end = row["period_start"], row["period_end"]
    if row["period_kind"] == "school_year":
        return f"{start.year}/{end.year % 100:02}"
    if row["period_kind"] == "window" and start.year != end.year:
        return f"{start.year}{EN_DASH}{end.year % 100:02}"
    return f"{end.year}" if (end.month, end.day) == (12, 31) else f"{end.month:02}/{end.year}"


def period(row: pd.Series) -> str:
    """Write a period briefly, with its key."""
    start, end = row["period_start"], row["period_end"]
    label = period_label(row)
    return keyed(label, key("date", end) if label.endswith(f"{end.year}") else key("period", start, end))


def date_ticks(axes: Axes, rows: pd.DataFrame) -> tuple[list[float], list[str]]:
    """Put ticks at dates of the data, the first and the last always, and label those for which there is room."""
    rows = rows.drop_duplicates("period_end").sort_values("period_end")
    times = years(rows["period_end"]).tolist()
    labels = [period(row) for _, row in rows.iterrows()]
    first, last = axes.get_xlim()
    points = axes.get_window_extent().width / (last - first)
    room = max(style.text_width(label, style.SMALL) for label in labels) + 7
    shown = [0]
    for number in range(1, len(times) - 1):
        far_enough = (times[number] - times[shown[-1]]) * points >= room
        if far_enough and (times[-1] - times[number]) * points >= room:
            shown.append(number)
    shown.append(len(times) - 1)
    return times, [style.told(axes, label) if number in shown else "" for number, label in enumerate(labels)]


def mark_breaks(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw a thin upright line at each declared break."""
    for middle in break_times(rows).tolist():
        axes.axvline(middle, color=style.QUIET, linewidth=0.8, linestyle=(0, (1, 1.5)), gid="break")


def break_times(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Give the time of each declared break, midway between the two values that it parts."""
    known = rows[rows["value"].notna()].drop_duplicates("period_end").sort_values("period_end")
    times, segments = years(known["period_end"]), known["segment"].to_numpy()
    after = np.flatnonzero(segments[1:] != segments[:-1]) + 1
    return (times[after - 1] + times[after]) / 2
