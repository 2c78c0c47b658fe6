"""Dot plots: the areas of a level beside each other and beside the town's value, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.rows import Rows, mark_states, name_rows, segments
from sozialanalyse.charts.drawing.scale import scales
from sozialanalyse.comparison import ABOVE, BELOW, UNKNOWN
from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings import words as sentences
from sozialanalyse.findings._crowded import shown_by_area
from sozialanalyse.findings.display import Shown, figure, nothing
from sozialanalyse.language import key, keyed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sozialanalyse.comparison import Comparison
    from sozialanalyse.view import View

COLUMNS = 3

ZERO_FROM = 0.5
"""An axis begins at zero unless all values lie above this part of the largest one."""


def comparison(view: View, compared: Comparison, *, subject: str = "") -> Shown:
    """Draw the areas in the order of their ids, with 95 % intervals, against the town's value.

    A filled dot: the interval excludes the town's value. An open dot: it does not. An open diamond: no interval.

    Parameters
    ----------
    view
        Whose target group and language count.
    compared
        Result of :func:`sozialanalyse.comparison.compare`.
    subject
        What it is about, where a page has several such charts.
    """
    areas = compared.areas.assign(status=signs.states(compared.areas))
    known = set(areas.loc[areas["value"].notna(), "indicator"])
    names = [entry.id for entry in view.indicators if entry.id in known]
    if not names:
        return nothing()
    names = shown_by_area(view, names, areas["area"].nunique())
    rows = Rows.of(areas[areas["indicator"].isin(names)])
    columns = min(COLUMNS, len(names))
    panels = style.Panels(
        columns, height=rows.height * len(rows.areas), left=8, right=12, top=48, bottom=24, names=rows.names
    )
    with style.look():
        drawn, axes = panels.draw(len(names))
        for number, (panel, name) in enumerate(zip(axes, names, strict=True)):
            _draw_panel(view, panel, areas[areas["indicator"] == name], rows)
            if number % columns == 0:
                name_rows(view, panel, rows)
    shown = areas[areas["indicator"].isin(names)]
    caption = ": ".join(part for part in (subject, _caption(view, shown, rows)) if part)
    return figure(drawn, _alt(view, compared, names), caption, keys=keys_of_drawn(view, shown))


def keys_of_drawn(view: View, areas: pd.DataFrame) -> list[str]:
    """Keys of the values of areas, with their intervals and the town's value, and of the axis, of each indicator."""
    firsts = [rows.iloc[0] for _, rows in areas.groupby("indicator", sort=False)]
    return [made for row in firsts for made in (_keys.of_level(view, "drawn", row), key("axis", row["indicator"]))]


def _draw_panel(view: View, axes: Axes, areas: pd.DataFrame, rows: Rows) -> None:
    """Draw one indicator: guides, the town's line, intervals, dots, signs for what is no number."""
    indicator = str(areas["indicator"].iloc[0])
    axes.set_gid(f"panel-{indicator}")
    low, high = _limits(view, areas)
    axes.set_xlim(low, high)
    axes.set_ylim(len(rows.areas) - 0.5, -0.5)
    scales(axes, style.number_ticks(view, low, high))
    axes.spines[["top", "right", "left"]].set_visible(False)
    if rows.named:
        segments(
            axes, np.full(len(rows.areas), low), np.full(len(rows.areas), high), np.arange(len(rows.areas)), "guides"
        )
    _draw_town(view, axes, areas, rows)
    thickness = 1.4 if rows.named else 0.7
    known = areas[areas["lower"].notna() & areas["value"].notna()]
    segments(axes, known["lower"], known["upper"], rows.positions(known["area"]), "intervals", style.ACCENT, thickness)
    _draw_dots(axes, areas[areas["value"].notna()], rows)
    mark_states(axes, areas, rows, low)
    style.title(axes, view.short(indicator), view.unit(indicator), lift=12)


def _limits(view: View, areas: pd.DataFrame) -> tuple[float, float]:
    """Limits of the axis: from zero, unless all values are far from it."""
    columns = ["value", "lower", "upper", *([] if _is_count(view, areas) else ["town_value"])]
    values = areas[columns].to_numpy(dtype=float)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low < ZERO_FROM * high or low == high:
        return 0.0, high * 1.03 or 1.0
    room = (high - low) * 0.05
    return low - room, high + room


def _is_count(view: View, areas: pd.DataFrame) -> bool:
    """A town's count is no yardstick for that of its areas."""
    return view.indicator(str(areas["indicator"].iloc[0])).kind == "count"


def _has_town_line(view: View, areas: pd.DataFrame) -> bool:
    return bool(areas["town_value"].notna().iloc[0]) and not _is_count(view, areas)


def _draw_town(view: View, axes: Axes, areas: pd.DataFrame, rows: Rows) -> None:
    """Draw the town's value as an upright line with its label on top."""
    if not _has_town_line(view, areas):
        return
    first = areas.iloc[0]
    value = float(first["town_value"])
    axes.plot([value, value], [-0.5, len(rows.areas) - 0.5], color=style.INK, linewidth=1.2, zorder=1.5, gid="town")
    amount = sentences.value_of_town(view, first)
    width, (low, high) = axes.get_window_extent().width, axes.get_xlim()
    name = style.fit(_keys.town(view), width - style.text_width(amount, style.SMALL) - 4, style.SMALL)
    half = style.text_width(f"{name} {amount}", style.SMALL) / 2
    centre = min(max((value - low) / (high - low) * width, half), max(width - half + 6, half))
    top = 1 + 3 / axes.get_window_extent().height
    style.write(axes, centre / width, top, f"{name} {amount}", transform=axes.transAxes, ha="center", va="bottom")


def _draw_dots(axes: Axes, areas: pd.DataFrame, rows: Rows) -> None:
    """Draw filled dots, open dots and diamonds, each kind as one path."""
    size = 4.6 if rows.size > 7 else 3.6 if rows.named else 2.0
    clear = areas["relation"].isin([ABOVE, BELOW])
    unknown = areas["relation"] == UNKNOWN
    for name, chosen, marker, face in (
        ("open", ~clear & ~unknown, "o", "white"),
        ("unknown", unknown, "D", "white"),
        ("filled", clear, "o", style.ACCENT),
    ):
        part = areas[chosen]
        axes.plot(
            part["value"],
            rows.positions(part["area"]),
            linestyle="",
            marker=marker,
            markersize=size,
            clip_on=False,
            markerfacecolor=face,
            markeredgecolor=style.ACCENT,
            markeredgewidth=0.9 if rows.named else 0.5,
            gid=name,
        )


def _caption(view: View, areas: pd.DataFrame, rows: Rows) -> str:
    words = view.words
    message = "{count} {level} in the order of their numbers; dot: value, line: 95 % interval."
    texts = [words.text(message, count=_number_of_areas(view, len(rows.areas)), level=view.level_name(plural=True))]
    by_indicator = [part for _, part in areas.groupby("indicator")]
    if any(_has_town_line(view, part) for part in by_indicator):
        texts.append(words.text("Vertical line: {town}.", town=_keys.town(view)))
    if (areas["relation"] != UNKNOWN).any():
        texts.append(words.text("Filled: the interval excludes the town's value; open: it does not."))
    if (areas["value"].notna() & (areas["relation"] == UNKNOWN)).any():
        texts.append(words.text("Diamond: without an interval or a value of the town nothing is compared."))
    if any(_limits(view, part)[0] > 0 for part in by_indicator):
        texts.append(words.text("Not all axes begin at zero."))
    texts.append(signs.explain(view, set(areas["status"]) & set(signs.MARKS)))
    if signs.explain_converted(view, areas):
        texts.append(words.text("Some values are converted to today's areas: estimates."))
    return " ".join(text for text in texts if text)


def _number_of_areas(view: View, count: int) -> str:
    return _keys.number(view, count, "areas", view.area, view.level)


def _alt(view: View, compared: Comparison, names: list[str]) -> str:
    words = view.words
    lead = view.town.catalogue.target_group(view.target_group).lead
    name = lead if lead in names else names[0]
    areas = compared.areas[(compared.areas["indicator"] == name) & compared.areas["value"].notna()]
    message = (
        "Dot plots: {areas} {level} in the order of their numbers, with 95 % intervals; indicators shown: {count}."
    )
    everything = compared.areas[compared.areas["indicator"].isin(names)]
    texts = [
        words.text(
            message,
            count=_keys.number(view, len(names), "indicators"),
            areas=_number_of_areas(view, everything["area"].nunique()),
            level=view.level_name(plural=True),
        ),
        words.text(
            "{label}, {date}: {values}.",
            label=view.short(name),
            date=_keys.date(words, areas["period_end"].iloc[0]),
            values="; ".join([*_reference_values(view, compared, name), value_range(view, areas)]),
        ),
        _relations(view, areas),
    ]
    return signs.plain(" ".join(text for text in texts if text))


def _reference_values(view: View, compared: Comparison, indicator: str) -> list[str]:
    """Value of the view's area and of the town, as far as they are known."""
    summary = compared.summary[compared.summary["indicator"] == indicator].iloc[0]
    of_areas = {view.area: (_keys.area(view), summary["value"])}
    of_areas[view.town.areas.root] = (_keys.town(view), summary["town_value"])
    return [
        f"{name} {view.amount(indicator, value, key=key('value', indicator, area, summary['period_end']))}"
        for area, (name, value) in of_areas.items()
        if not np.isnan(value)
    ]


def value_range(view: View, areas: pd.DataFrame) -> str:
    """Say between which values the areas lie, naming none of them as highest or lowest.

    There is no range where values are confidential: the hidden ones might lie outside it.
    """
    first = areas.iloc[0]
    if np.isnan(first["level_min"]) or np.isnan(first["level_max"]):
        return view.words.text("without range, since values are kept confidential")
    return view.words.text(
        "values from {low} to {high} in {count} areas",
        low=view.amount(first["indicator"], first["level_min"], key=_keys.of_level(view, "level_min", first)),
        high=view.amount(first["indicator"], first["level_max"], key=_keys.of_level(view, "level_max", first)),
        count=keyed(view.words.number(first["level_areas"]), _keys.of_level(view, "level_areas", first)),
    )


def _relations(view: View, areas: pd.DataFrame) -> str:
    """Say how many areas differ from the town beyond chance."""
    tested = areas[areas["relation"] != UNKNOWN]
    if tested.empty:
        return ""
    clear, first = int(tested["relation"].isin([ABOVE, BELOW]).sum()), tested.iloc[0]
    return view.words.text(
        "In {count} of {areas} areas the interval excludes the town's value.",
        count=keyed(view.words.number(clear), _keys.of_level(view, "level_clear", first)),
        areas=keyed(view.words.number(len(tested)), _keys.of_level(view, "level_tested", first)),
    )
