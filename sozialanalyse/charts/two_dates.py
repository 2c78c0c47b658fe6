"""Slope chart: each area at two dates, joined by a line; what is no more than chance stays quiet.

Only the first and the last date are shown, and only of areas that have both on the same side of every break.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse.amounts import SUPPRESSED
from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.curves import DOTTED
from sozialanalyse.charts.drawing.leading import lead_first
from sozialanalyse.charts.drawing.rows import areas_that_fit
from sozialanalyse.charts.drawing.scale import scales
from sozialanalyse.charts.drawing.time_axis import period
from sozialanalyse.findings import _keys, signs, words
from sozialanalyse.findings._table import Table, beside, note_on_dashes
from sozialanalyse.findings.display import Shown, figure, nothing
from sozialanalyse.language import NO_NUMBER, key
from sozialanalyse.trends import HIDDEN, development, years

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sozialanalyse.view import View

MOST_PANELS = 4
FEW, MOST_NAMED = 15, 60
"""Up to so many lines each has its name at its end; of more those that changed clearly, up to so many."""

LABELS = 118.0
"""Width of the names, in points."""

ROOM = 7.5
"""Between two names, in points."""

LEAST_HEIGHT, TALLEST = 170.0, 470.0

UP, DOWN, UNCLEAR = "up", "down", "unclear"
LOOKS: dict[str, dict[str, Any]] = {
    UNCLEAR: {"color": "#868f97", "linewidth": 0.6, "linestyle": (0, (3, 2)), "marker": "o", "markersize": 2.4},
    UP: {"color": style.ACCENT, "linewidth": 1.3, "linestyle": "-", "marker": "^", "markersize": 4.0},
    DOWN: {"color": style.AREA_COLOURS[1], "linewidth": 1.3, "linestyle": "-", "marker": "v", "markersize": 4.0},
}
"""From the bottom to the top of the drawing; neither direction is called good."""


def changes(view: View, *, fewest: int = 1) -> Shown:
    """Test how the leading indicator developed in each area of the view's level, and draw it as :func:`slopes`.

    Parameters
    ----------
    view
        Whose areas, target group and language count.
    fewest
        Of fewer areas none is tested or drawn.

    Returns
    -------
    Shown
        As of :func:`slopes`; of the first indicator that has two dates.
    """
    areas = areas_that_fit(view, MOST_NAMED)
    if len(areas) < fewest:
        return nothing()
    frame = view.frame
    rows = (frame[frame["indicator"] == entry.id] for entry in lead_first(view))
    drawn = (slopes(view, development(part, areas), panels=1, fewest=fewest) for part in rows if len(part))
    return next((shown for shown in drawn if shown.html), nothing())


def slopes(view: View, developed: pd.DataFrame, *, panels: int = MOST_PANELS, fewest: int = 1) -> Shown:
    """Draw how each area of the view's level changed between two dates, for the first indicators that have both.

    Of more than 60 areas the larger ones that hold them are drawn, if they are in the result.

    A triangle with a full line: the interval of the change leaves out zero. A dot with a dashed line: it does not, or there
    is no interval. Areas whose values stand at other dates, or are confidential, are in the table alone.

    Parameters
    ----------
    view
        Whose areas, target group and language count.
    developed
        Result of :func:`sozialanalyse.trends.development`.
    panels
        So many indicators are drawn at most, the leading one of the target group first.
    fewest
        Of fewer areas with both dates none is drawn.

    Returns
    -------
    Shown
        The chart with its table; nothing where no area has two dates.
    """
    areas = areas_that_fit(view, MOST_NAMED)
    rows = developed[developed["area"].isin(areas)]
    chosen = {entry.id: _at_common_dates(rows[rows["indicator"] == entry.id]) for entry in lead_first(view)}
    chosen = dict([(name, part) for name, part in chosen.items() if len(part) >= max(fewest, 1)][:panels])
    if not chosen:
        return nothing()
    most = max(len(_named(part)) for part in chosen.values())
    height = min(max(LEAST_HEIGHT, most * ROOM + 10), TALLEST)
    layout = style.Panels(columns=min(2, len(chosen)), height=height, left=34, right=LABELS if most else 20)
    with style.look():
        drawn, axes = layout.draw(len(chosen))
        for panel, (name, part) in zip(axes, chosen.items(), strict=True):
            _draw_panel(view, panel, name, part)
    everything = rows[rows["indicator"].isin(list(chosen))]
    picture = figure(drawn, _alt(view, chosen), _caption(view, chosen, everything), keys=_keys_of_drawn(chosen))
    return beside(view.words, picture, *(_table(view, name, everything) for name in chosen))


def _at_common_dates(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the areas with the pair of dates that most of them have, in the order of their ids."""
    known = rows[rows["first_value"].notna() & rows["last_value"].notna() & (rows["first_end"] < rows["last_end"])]
    if known.empty:
        return known
    pairs = known.groupby(["first_end", "last_end"]).size()
    first, last = pairs.index[int(np.argmax(pairs.to_numpy()))]
    alike = known[(known["first_end"] == first) & (known["last_end"] == last)]
    return alike.assign(kind=_kinds(alike)).sort_values("area", kind="stable")


def _kinds(rows: pd.DataFrame) -> np.ndarray:
    """Tell where the interval of the change lies to zero."""
    return np.select([rows["change_lower"] > 0, rows["change_upper"] < 0], [UP, DOWN], default=UNCLEAR)


def _keys_of_drawn(chosen: dict[str, pd.DataFrame]) -> list[str]:
    series = [_keys.of_change("drawn_series", row) for part in chosen.values() for _, row in part.iterrows()]
    return [*series, *(key("axis", name) for name in chosen)]


def _draw_panel(view: View, axes: Axes, indicator: str, rows: pd.DataFrame) -> None:
    axes.set_gid(f"panel-{indicator}")
    ends = rows[["first_end", "last_end"]].iloc[0]
    first, last = years(ends).tolist()
    top = float(rows[["first_value", "last_value"]].to_numpy().max()) * 1.05 or 1
    axes.set_xlim(first - (last - first) * 0.04, last + (last - first) * 0.04)
    axes.set_ylim(0, top)
    dates = [style.told(axes, _date(rows, end)) for end in ("first", "last")]
    scales(axes, ([first, last], dates), style.number_ticks(view, 0, top), grid=True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    for kind, look in LOOKS.items():
        for is_estimate in (True, False):
            part = rows[(rows["kind"] == kind) & (rows["converted"].astype(bool) == is_estimate)]
            _draw_lines(axes, part, (first, last), look, is_estimate=is_estimate)
    style.title(axes, view.short(indicator), view.unit(indicator))
    _name_ends(view, axes, _named(rows), top)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """Choose the lines that get a name: all where they are few, else those that changed clearly, while there is room."""
    clear = rows[rows["kind"] != UNCLEAR]
    chosen = rows if len(rows) <= FEW or clear.empty else clear
    return chosen if len(chosen) <= MOST_NAMED else rows.iloc[:0]


def _date(rows: pd.DataFrame, end: str) -> str:
    """Write the first or the last period of rows that share it."""
    row = rows.iloc[0]
    parts = ("period_kind", f"{end}_start", f"{end}_end")
    return period(row[list(parts)].set_axis(["period_kind", "period_start", "period_end"]))


def _draw_lines(
    axes: Axes, rows: pd.DataFrame, dates: tuple[float, float], look: dict[str, Any], *, is_estimate: bool
) -> None:
    """Draw all lines of one look as one path; where the first value is an estimate it is hollow and the line dotted."""
    if rows.empty:
        return
    x = np.tile([*dates, np.nan], len(rows))
    y = np.column_stack([rows["first_value"], rows["last_value"], np.full(len(rows), np.nan)]).ravel()
    if not is_estimate:
        axes.plot(x, y, markeredgewidth=0, **look)
        return
    axes.plot(x, y, gid="until reform", **{**look, "linestyle": DOTTED, "marker": ""})
    hollow = {"markerfacecolor": "white", "markeredgecolor": look["color"], "markeredgewidth": 0.8, "linestyle": ""}
    axes.plot(x[::3], y[::3], gid="converted", marker=look["marker"], markersize=look["markersize"] + 1, **hollow)
    ends = {name: look[name] for name in ("color", "marker", "markersize")}
    axes.plot(x[1::3], y[1::3], linestyle="", markeredgewidth=0, **ends)


def _name_ends(view: View, axes: Axes, rows: pd.DataFrame, top: float) -> None:
    """Write number, name and last value of each area right of its line, moved apart where lines end close together."""
    extent = axes.get_window_extent()
    ends = (rows["last_value"] / top * extent.height).tolist()
    places, size = style.spread(ends, ROOM, 2, extent.height + 8), 6.0
    _lead(axes, ends, places)
    for place, (_, row) in zip(places, rows.iterrows(), strict=True):
        value = words.end_value(view, row, "last")
        colour = LOOKS[row["kind"]]["color"] if row["kind"] != UNCLEAR else style.QUIET
        name = style.fit(_keys.area(view, row["area"]), LABELS - 18 - style.text_width(f" {value}", size), size)
        style.write(
            axes,
            1 + 12 / extent.width,
            place / extent.height,
            f"{name} {value}",
            transform=axes.transAxes,
            va="center",
            fontsize=size,
            color=colour,
        )


def _lead(axes: Axes, ends: list[float], places: list[float]) -> None:
    """Lead from the end of each line to its name, which may have been moved; all as one path beside the panel."""
    if not ends:
        return
    extent = axes.get_window_extent()
    x = np.tile([1 + 2 / extent.width, 1 + 10 / extent.width, np.nan], len(ends))
    y = np.column_stack([ends, places, np.full(len(ends), np.nan)]).ravel() / extent.height
    look: dict[str, Any] = {"color": style.QUIET, "linewidth": 0.4, "clip_on": False, "gid": "leaders"}
    axes.plot(x, y, transform=axes.transAxes, **look)


def _level(view: View, *rows: pd.DataFrame) -> str:
    return view.level_name(str(rows[0]["level"].iloc[0]), plural=True)


def _caption(view: View, chosen: dict[str, pd.DataFrame], everything: pd.DataFrame) -> str:
    text = view.words.text
    texts = [text("{level}, first and last date.", level=_level(view, everything))]
    kinds = {kind for part in chosen.values() for kind in part["kind"]}
    if kinds & {UP, DOWN}:
        texts.append(text("Solid line with a triangle: the change is more than chance alone explains."))
    if UNCLEAR in kinds:
        texts.append(text("Dashed line with a dot: the change cannot be told from chance, or was not tested."))
    if any(part["converted"].astype(bool).any() for part in chosen.values()):
        texts.append(text("Hollow points and dotted line: converted to today's areas, an estimate."))
    if len(everything) > sum(map(len, chosen.values())):
        texts.append(text("Areas without a value at both dates are only in the table."))
    texts.append(text("All axes begin at zero."))
    return " ".join(texts)


def _alt(view: View, chosen: dict[str, pd.DataFrame]) -> str:
    text = view.words.text
    texts = [text("Slope charts: {level} at two dates.", level=_level(view, *chosen.values()))]
    for name, rows in chosen.items():
        first, last = (_date(rows, end) for end in ("first", "last"))
        counts = {kind: _keys.number(view, int((rows["kind"] == kind).sum()), "areas", name, kind) for kind in LOOKS}
        message = (
            "{label}, {first} to {last}: higher in {up}, lower in {down}, not to be told apart in {unclear} areas."
        )
        texts.append(text(message, label=view.short(name), first=first, last=last, **counts))
    return signs.plain(" ".join(texts))


def _table(view: View, indicator: str, everything: pd.DataFrame) -> Table:
    """One indicator: first and last value and change of each area, in the order of ids."""
    text = view.words.text
    rows = everything[everything["indicator"] == indicator].sort_values("area", kind="stable")
    cells = [_cells(view, row) for _, row in rows.iterrows()]
    headings = [
        view.level_name(str(rows["level"].iloc[0])),
        text("First value"),
        text("Last value"),
        text("Change with 95 % interval"),
    ]
    return Table(
        caption=text(
            "{label} ({unit}): change between two dates", label=view.label(indicator), unit=view.unit(indicator)
        ),
        headings=headings,
        rows=cells,
        numeric=frozenset({1, 2, 3}),
        notes=[
            signs.explain(view, [SUPPRESSED] if (rows["finding"] == HIDDEN).any() else []),
            *note_on_dashes(view.words, cells),
        ],
    )


def _cells(view: View, row: pd.Series) -> list[str]:
    first = NO_NUMBER if row.first_end == row.last_end else _end(view, row, "first")
    cells = [_keys.area(view, row.area), first, _end(view, row, "last")]
    if pd.isna(row.change):
        return [*cells, NO_NUMBER]
    if pd.isna(row.change_lower):
        return [*cells, words.change_of(view, row)]
    decimals = view.decimals(row.indicator)
    limits = {
        name: words.signed(view, row[f"change_{limit}"], decimals, key=_keys.of_change(f"change_{limit}", row))
        for name, limit in (("low", "lower"), ("high", "upper"))
    }
    return [*cells, f"{words.change_of(view, row)} ({view.words.text('{low} to {high}', **limits)})"]


def _end(view: View, row: pd.Series, end: str) -> str:
    """Write a value at an end, with the sign of estimates, or that of what is kept confidential."""
    if row.finding == HIDDEN and pd.isna(row[f"{end}_value"]):
        return signs.MARKS[SUPPRESSED]
    value = words.end_value(view, row, end)
    return signs.converted(value) if end == "first" and row.converted else value
