"""Small multiples: one indicator in many areas, a small panel each, all on the same axes and beside the town."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.curves import DOTTED
from sozialanalyse.charts.drawing.leading import lead_first
from sozialanalyse.charts.drawing.panes import Panes, Span
from sozialanalyse.charts.drawing.rows import areas_that_fit
from sozialanalyse.charts.drawing.time_axis import break_times, period, time_limits
from sozialanalyse.findings import _keys, signs, words
from sozialanalyse.findings._table import Table, beside
from sozialanalyse.findings.display import Shown, figure, nothing
from sozialanalyse.findings.stretches import Courses
from sozialanalyse.language import key
from sozialanalyse.trends import converted, years

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from numpy.typing import NDArray

    from sozialanalyse.view import View

    Floats = NDArray[np.float64]

MOST_PANELS = 72
COLUMNS = 6
HEIGHT = 42.0
GAP = 2.0
"""Between the names of two panes, in points."""

TYPE = 6.0
"""Size of what is written above a pane."""

COLOUR = style.INK
OWN: dict[str, Any] = {"color": COLOUR, "linewidth": 1.2}
TOWN: dict[str, Any] = {"color": style.AREA_COLOURS[0], "linewidth": 0.9, "linestyle": (0, (3, 1.5))}
DOT: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": 1.8, "color": COLOUR, "markeredgewidth": 0}
HOLLOW = DOT | {"markersize": 2.8, "markerfacecolor": "white", "markeredgecolor": COLOUR, "markeredgewidth": 0.9}


def multiples(view: View, frame: pd.DataFrame, indicator: str = "", *, fewest: int = 1) -> Shown:
    """Draw how one indicator developed in each area, in the order of their ids.

    Parameters
    ----------
    view
        Whose areas, target group and language count. Of more than 72 areas the larger ones that hold them are drawn.
    frame
        Indicator frame.
    indicator
        Its id; empty for the one that leads the target group, or the first with values.
    fewest
        Of fewer areas nothing is drawn.

    Returns
    -------
    Shown
        The panels with a table of all values; nothing where no area has a value.
    """
    areas = areas_that_fit(view, MOST_PANELS)
    if len(areas) < fewest:
        return nothing()
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
        drawn = _draw(view, name, own, known, courses)
        level = view.level_name(view.town.areas.level(areas[0]), plural=True)
        keys = [*_keys_of_drawn(view, name, own), key("axis", name)]
        picture = figure(drawn, _alt(view, name, own, level), _caption(view, name, own, level), keys=keys)
    return beside(view.words, picture, _table(view, name, own, areas))


def _of_today(rows: pd.DataFrame, areas: Sequence[str]) -> list[str]:
    """Leave out areas that had ended before the last date at which any has a row."""
    last = rows.groupby("area")["period_end"].max()
    known = rows.loc[rows["value"].notna(), "period_end"].max()
    return [area for area in areas if area in last.index and last[area] >= known]


def _leading(view: View, rows: pd.DataFrame) -> str:
    known = set(rows.loc[rows["value"].notna(), "indicator"])
    return next((entry.id for entry in lead_first(view) if entry.id in known), "")


def _draw(view: View, indicator: str, own: pd.DataFrame, areas: Sequence[str], courses: Courses) -> style.Figure:
    """Draw a pane for each area; the line of the town is the same in all of them."""
    panes = _panes(view, own, len(areas))
    limits = time_limits([own])
    town = _inside(courses.stretches(indicator, view.town.areas.root), limits)
    beside_it = _line(panes, town, TOWN) if _has_town_line(view, indicator) else []
    for area in areas:
        series = courses.of_area(indicator, area)
        stretches = courses.stretches(indicator, area)
        parts = [*_band(panes, stretches), *beside_it, *_own_line(panes, stretches), *_breaks(panes, series)]
        panes.add(f"panel-{indicator}", [*parts, *_head(view, panes, area, stretches[-1].iloc[-1])])
    return panes.sheet


def _panes(view: View, own: pd.DataFrame, count: int) -> Panes:
    """Lay out the panes on shared scales: time from the first to the last date, values from zero to the highest one."""
    known = own[own["value"].notna()]
    top = float(np.nanmax(known[["value", "upper"]].to_numpy(dtype=float))) * 1.05 or 1.0
    dates = known.drop_duplicates("period_end").sort_values("period_end")
    ends = dates.iloc[[0, -1] if len(dates) > 1 else [0]]
    labels = [period(row) for _, row in ends.iterrows()]
    values = style.number_ticks(view, 0, top, 2)
    left = max(style.text_width(label, style.SMALL) for label in values[1]) + 9
    right = max(style.text_width(label, style.SMALL) for label in labels) / 2 + 2
    panels = style.Panels(columns=COLUMNS, height=HEIGHT, left=left, right=right, top=20, bottom=16)
    return Panes(panels, count, Span(*time_limits([own]), top), (years(ends["period_end"]).tolist(), labels), values)


def _points(stretches: Sequence[pd.DataFrame]) -> tuple[Floats, Floats]:
    """Join stretches to one line that is interrupted between them."""
    gap = np.array([np.nan])
    times = [part for stretch in stretches for part in (years(stretch["period_end"]), gap)]
    values = [part for stretch in stretches for part in (stretch["value"].to_numpy(dtype=np.float64), gap)]
    return np.concatenate([*times, gap]), np.concatenate([*values, gap])


def _line(panes: Panes, stretches: Sequence[pd.DataFrame], look: dict[str, Any]) -> list[Artist]:
    """Draw measured values as one line, with a dot where a value stands alone."""
    joined, alone = ([part for part in stretches if (len(part) == 1) == is_alone] for is_alone in (False, True))
    looks = ((joined, look), (alone, DOT | {"color": look["color"]}))
    return [panes.line(*_points(parts), **of_them) for parts, of_them in looks if parts]


def _own_line(panes: Panes, stretches: Sequence[pd.DataFrame]) -> list[Artist]:
    """Draw the line of an area: dotted and hollow where it was converted from earlier areas."""
    counts = [int(converted(part).sum()) for part in stretches]  # a reform lies after all of them, so they stand first
    measured = [part.iloc[count:] for part, count in zip(stretches, counts, strict=True)]
    estimated = [(part, count) for part, count in zip(stretches, counts, strict=True) if count]
    parts = _line(panes, [part for part in measured if len(part)], OWN)
    if estimated:
        until = _points([part.iloc[: count + 1] for part, count in estimated])
        parts.append(panes.line(*until, gid="until reform", **(OWN | {"linestyle": DOTTED})))
        hollow = _points([part.iloc[:count] for part, count in estimated])
        parts.append(panes.line(*hollow, gid="converted", **HOLLOW))
    return parts


def _band(panes: Panes, stretches: Sequence[pd.DataFrame]) -> list[Artist]:
    """Draw the intervals of stretches that have them; of a value that stands alone as a broad line."""
    known = [part for part in stretches if part["lower"].notna().all()]
    outlines = [_outline(part, panes.hair) for part in known]
    return [panes.surfaces(outlines, facecolor=style.RIBBON, gid="intervals")] if outlines else []


def _outline(part: pd.DataFrame, hair: float) -> Floats:
    times, lower, upper = (years(part["period_end"]), part["lower"].to_numpy(), part["upper"].to_numpy())
    if len(part) == 1:
        times, lower, upper = np.array([times[0] - hair, times[0] + hair]), lower.repeat(2), upper.repeat(2)
    there, back = np.column_stack([times, lower]), np.column_stack([times, upper])[::-1]
    return np.concatenate([there, back, there[:1]])


def _breaks(panes: Panes, series: pd.DataFrame) -> list[Artist]:
    times = break_times(series)
    look: dict[str, Any] = {"edgecolor": style.QUIET, "linewidth": 0.8, "linestyle": (0, (1, 1.5)), "gid": "break"}
    return [panes.upright(times, **look)] if len(times) else []


def _inside(stretches: Sequence[pd.DataFrame], limits: tuple[float, float]) -> list[pd.DataFrame]:
    """Leave out the town's dates at which no area has a value."""
    times = [years(part["period_end"]) for part in stretches]
    cut = [part[(at >= limits[0]) & (at <= limits[1])] for part, at in zip(stretches, times, strict=True)]
    return [part for part in cut if len(part)]


def _has_town_line(view: View, indicator: str) -> bool:
    """A town's count beside that of one of its areas would only flatten the area's line."""
    return view.indicator(indicator).kind != "count"


def _head(view: View, panes: Panes, area: str, last: pd.Series) -> list[Artist]:
    """Write the area's number and name above its pane, and below them its last value."""
    before = panes.panels.left - GAP
    name = style.fit(_keys.area(view, area), panes.panels.width + before + panes.panels.right - GAP, TYPE, "bold")
    value = signs.amount(
        view, last["indicator"], last["value"], last["status"], key=_keys.of_area(_keys.value_of(last), last)
    )
    look: dict[str, Any] = {"fontsize": TYPE, "verticalalignment": "baseline"}
    return [
        panes.text(name, (0, 1), (-before, 11), weight="bold", **look),
        panes.text(f"{value} ({period(last)})", (1, 1), (0, 3), horizontalalignment="right", color=style.QUIET, **look),
    ]


def _keys_of_drawn(view: View, indicator: str, own: pd.DataFrame) -> list[str]:
    rows = own[own["value"].notna()]
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
            text("Dotted vertical line: here the way of counting changed; the values on both sides cannot be compared.")
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
    value = words.value_of(view, row)
    is_estimate = _keys.value_of(row) == "converted" and row["status"] not in signs.MARKS
    return signs.converted(value) if is_estimate else value
