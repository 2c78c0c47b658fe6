"""Small multiples: one indicator in many areas, a small panel each, all on the same axes and beside the town."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.curves import Line, draw_stretch
from sozialanalyse.charts.drawing.rows import areas_that_fit
from sozialanalyse.charts.drawing.scale import scales
from sozialanalyse.charts.drawing.stretches import Courses
from sozialanalyse.charts.drawing.time_axis import mark_breaks, period, time_limits
from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings._table import Table, beside
from sozialanalyse.findings.display import Shown, figure, nothing
from sozialanalyse.language import key
from sozialanalyse.trends import converted, years

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from sozialanalyse.view import View

MOST_PANELS = 72
COLUMNS = 6
OWN = {"color": style.INK, "linewidth": 1.2, "marker": "o", "markersize": 1.8}
TOWN = {"color": style.AREA_COLOURS[0], "linewidth": 0.9, "linestyle": (0, (3, 1.5)), "marker": ""}


def multiples(view: View, frame: pd.DataFrame, indicator: str = "") -> Shown:
    """Draw how one indicator developed in each area, in the order of their ids.

    Parameters
    ----------
    view
        Whose areas, target group and language count. Of more than 72 areas the larger ones that hold them are drawn.
    frame
        Indicator frame.
    indicator
        Its id; empty for the one that leads the target group, or the first with values.

    Returns
    -------
    Shown
        The panels with a table of all values; nothing where no area has a value.
    """
    areas = areas_that_fit(view, MOST_PANELS)
    rows = frame[frame["area"].isin([*areas, view.town.areas.root])]
    name = indicator or _leading(view, rows[rows["area"].isin(areas)])
    rows = rows[rows["indicator"] == name]
    own = rows[rows["area"].isin(areas)]
    if not own["value"].notna().any():
        return nothing()
    areas = _of_today(own, areas)
    own = own[own["area"].isin(areas)]
    expected = [pd.Timestamp(date) for date in view.town.data.file.periods]
    courses = Courses.of(rows, frame[frame["indicator"] == name], expected)
    known = [area for area in areas if courses.stretches(name, area)]
    with style.look():
        scale = _Scales(view, own, time_limits([own]))
        drawn, axes = scale.panels().draw(len(known))
        for panel, area in zip(axes, known, strict=True):
            _draw_panel(view, panel, name, area, courses, scale)
    level = view.level_name(view.town.areas.level(areas[0]), plural=True)
    keys = [*_keys_of_drawn(view, name, own[own["area"].isin(known)]), key("axis", name)]
    picture = figure(drawn, _alt(view, name, own, level), _caption(view, name, own, level), keys=keys)
    return beside(view.words, picture, _table(view, name, own, areas))


def _of_today(rows: pd.DataFrame, areas: Sequence[str]) -> list[str]:
    """Leave out areas that had ended before the last date at which any has a row."""
    last = rows.groupby("area")["period_end"].max()
    known = rows.loc[rows["value"].notna(), "period_end"].max()
    return [area for area in areas if area in last.index and last[area] >= known]


def _leading(view: View, rows: pd.DataFrame) -> str:
    known = set(rows.loc[rows["value"].notna(), "indicator"])
    lead = view.town.catalogue.target_group(view.target_group).lead
    return next((name for name in [lead, *(entry.id for entry in view.indicators)] if name in known), lead)


class _Scales:
    """The axes that all panels share: time from the first to the last date, values from zero to the highest one."""

    def __init__(self, view: View, own: pd.DataFrame, limits: tuple[float, float]) -> None:
        known = own[own["value"].notna()]
        self.limits = limits
        self.top = float(np.nanmax(known[["value", "upper"]].to_numpy(dtype=float))) * 1.05 or 1.0
        dates = known.drop_duplicates("period_end").sort_values("period_end")
        ends = dates.iloc[[0, -1] if len(dates) > 1 else [0]]
        self.times = years(ends["period_end"]).tolist()
        self.labels = [period(row) for _, row in ends.iterrows()]
        self.values = style.number_ticks(view, 0, self.top, 2)

    def panels(self) -> style.Panels:
        """Leave room for the labels of the scales."""
        left = max(style.text_width(label, style.SMALL) for label in self.values[1]) + 9
        right = max(style.text_width(label, style.SMALL) for label in self.labels) / 2 + 2
        return style.Panels(columns=COLUMNS, height=42, left=left, right=right, top=20, bottom=16)

    def draw(self, axes: Axes) -> None:
        """Draw them around a panel."""
        axes.set_xlim(*self.limits)
        axes.set_ylim(0, self.top)
        scales(axes, (self.times, [style.told(axes, label) for label in self.labels]), self.values, grid=True)


def _draw_panel(view: View, axes: Axes, indicator: str, area: str, courses: Courses, scale: _Scales) -> None:
    axes.set_gid(f"panel-{indicator}")
    scale.draw(axes)
    axes.spines[["top", "right", "left"]].set_visible(False)
    if _has_town_line(view, indicator):
        town = courses.stretches(indicator, view.town.areas.root)
        for part in town:
            draw_stretch(axes, _inside(part, scale), Line(town, "", TOWN))
    line = Line(courses.stretches(indicator, area), "", OWN, ribbon=True)
    for part in line.stretches:
        draw_stretch(axes, part, line if len(part) == 1 else replace(line, look=OWN | {"marker": ""}))
    mark_breaks(axes, courses.of_area(indicator, area))
    _head(view, axes, area, line.last)


def _inside(rows: pd.DataFrame, scale: _Scales) -> pd.DataFrame:
    """Leave out the town's dates at which no area has a value."""
    times = years(rows["period_end"])
    return rows[(times >= scale.limits[0]) & (times <= scale.limits[1])]


def _has_town_line(view: View, indicator: str) -> bool:
    """A town's count beside that of one of its areas would only flatten the area's line."""
    return view.indicator(indicator).kind != "count"


def _head(view: View, axes: Axes, area: str, last: pd.Series) -> None:
    """Write the area's number and name above its panel, and below them its last value."""
    extent = axes.get_window_extent()
    look = {"transform": axes.transAxes, "fontsize": 6.0}
    name = style.fit(_keys.area(view, area), extent.width + 24, 6.0, "bold")
    style.write(axes, -20 / extent.width, 1 + 11 / extent.height, name, weight="bold", va="baseline", **look)
    value = signs.amount(
        view, last["indicator"], last["value"], last["status"], key=_keys.of_area(_keys.value_of(last), last)
    )
    written = f"{value} ({period(last)})"
    style.write(axes, 1, 1 + 3 / extent.height, written, ha="right", va="baseline", color=style.QUIET, **look)


def _keys_of_drawn(view: View, indicator: str, rows: pd.DataFrame) -> list[str]:
    ends = rows["period_end"].min(), rows["period_end"].max()
    town = [view.town.areas.root] if _has_town_line(view, indicator) else []
    return [key("drawn_series", indicator, area, *ends) for area in [*rows["area"].unique(), *town]]


def _caption(view: View, indicator: str, rows: pd.DataFrame, level: str) -> str:
    text = view.words.text
    message = "{label} ({unit}), {level} in the order of their numbers: value (line) and 95 % interval (band)."
    texts = [text(message, label=view.label(indicator), unit=view.unit(indicator), level=level)]
    if _has_town_line(view, indicator):
        texts.append(text("Dashed: {town}.", town=_keys.town(view)))
    segments = rows[rows["value"].notna()].groupby("area")["segment"].nunique()
    if (segments > 1).any():
        texts.append(
            text("Dotted upright line: here the way of counting changed; the values on both sides cannot be compared.")
        )
    if (converted(rows) & rows["value"].notna()).any():
        texts.append(text("Hollow points and dotted line: converted to today's areas, an estimate."))
    texts.append(
        text("A line is interrupted where a value is missing or confidential. All axes are the same and begin at zero.")
    )
    return " ".join(texts)


def _alt(view: View, indicator: str, rows: pd.DataFrame, level: str) -> str:
    known = rows[rows["value"].notna()].sort_values("period_end", kind="stable")
    message = "Small line charts, one for each of {areas} {level}: {label}, {first} to {last}. Each value stands in the table."
    values = {"first": period(known.iloc[0]), "last": period(known.iloc[-1]), "label": view.label(indicator)}
    areas = _keys.number(view, known["area"].nunique(), "areas", indicator)
    return signs.plain(view.words.text(message, areas=areas, level=level, **values))


def _table(view: View, indicator: str, rows: pd.DataFrame, areas: Sequence[str]) -> Table:
    """Area a row, period a column."""
    ordered = rows.assign(status=signs.states(rows)).sort_values("period_end", kind="stable")
    ends = ordered.drop_duplicates("period_end")
    cells = {(row["area"], row["period_end"]): _value(view, row) for _, row in ordered.iterrows()}
    return Table(
        caption=view.words.text(
            "{label} ({unit}): development", label=view.label(indicator), unit=view.unit(indicator)
        ),
        headings=[view.words.text("Area"), *(period(row) for _, row in ends.iterrows())],
        rows=[[_keys.area(view, area), *(cells.get((area, end), "") for end in ends["period_end"])] for area in areas],
        numeric=frozenset(range(1, len(ends) + 1)),
        notes=[signs.explain(view, ordered["status"]), signs.explain_converted(view, ordered)],
    )


def _value(view: View, row: pd.Series) -> str:
    value = signs.amount(
        view, row["indicator"], row["value"], row["status"], key=_keys.of_area(_keys.value_of(row), row)
    )
    is_estimate = _keys.value_of(row) == "converted" and row["status"] not in signs.MARKS
    return signs.converted(value) if is_estimate else value
