"""Line charts: how indicators developed in an area, and in the areas that differ most from the town.

Points stand at their real dates. A line is broken where the way of counting changed and where something that was
expected is missing: it never bridges what is not known. Values converted from the areas of before a reform have hollow
points and dotted lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse.amounts import NUMBER
from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.curves import Line, draw_stretch
from sozialanalyse.charts.drawing.scale import scales
from sozialanalyse.charts.drawing.time_axis import date_ticks, mark_breaks, period, time_limits
from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings import words as sentences
from sozialanalyse.findings.display import Shown, figure, nothing
from sozialanalyse.findings.stretches import Courses
from sozialanalyse.language import key
from sozialanalyse.trends import converted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sozialanalyse.view import View

DEVIATING_PANELS = 4

NAMED_END = 92.0
"""Width for the name and the last value of a line, in points."""


def development(view: View, frame: pd.DataFrame) -> Shown:
    """Draw how each indicator developed in the view's area, beside the town.

    Parameters
    ----------
    view
        Whose area, target group and language count.
    frame
        Indicator frame.
    """
    courses = _courses(view, frame[frame["area"].isin([view.area, view.town.areas.root])], frame)
    series = {indicator.id: courses.of_area(indicator.id, view.area) for indicator in view.indicators}
    series = {name: rows for name, rows in series.items() if rows["value"].notna().any()}
    if not series:
        return nothing()
    lines = {name: _lines_of_development(view, courses, name) for name in series}
    every = [line for of_panel in lines.values() for line in of_panel]
    left = max(30, *(_room_for_numbers(view, of_panel) for of_panel in lines.values()))
    panels = style.Panels(columns=min(2, len(series)), height=104, left=left, right=_room_for_ends(view, every))
    limits = time_limits(list(series.values()))
    interrupted = any(len(line.stretches) > 1 for line in every)
    with style.look():
        drawn, axes = panels.draw(len(series))
        for panel, (name, rows) in zip(axes, series.items(), strict=True):
            _draw_lines(view, panel, name, lines[name], limits)
            mark_breaks(panel, rows)
    alt, caption = _alt_of_development(view, series, courses), _caption(view, series, interrupted=interrupted)
    return figure(drawn, alt, caption, keys=_keys_of_drawn(list(series.values()), view))


def deviating(view: View, rows: pd.DataFrame) -> Shown:
    """Draw the areas that differ most from the town, for the first indicators that have intervals.

    Parameters
    ----------
    view
        Whose target group and language count.
    rows
        Result of :func:`sozialanalyse.trends.deviating`: all periods of the chosen areas.

    Returns
    -------
    Shown
        Nothing where there is no area to choose among: that of the page alone, which is not divided further.
    """
    if view.members == [view.area]:
        return nothing()
    known = rows[rows["value"].notna()]
    with_interval = set(known.loc[known["lower"].notna(), "indicator"])
    names = [entry.id for entry in view.indicators if entry.id in with_interval][:DEVIATING_PANELS]
    if not names:
        return nothing()
    chosen = {name: rows[rows["indicator"] == name] for name in names}
    frame = view.frame[view.frame["indicator"].isin(names)]
    town = frame[frame["area"] == view.town.areas.root]
    courses = _courses(view, pd.concat([rows[rows["indicator"].isin(names)], town]), frame)
    panels = style.Panels(columns=min(2, len(names)), height=170, right=124)
    with style.look():
        drawn, axes = panels.draw(len(names))
        limits = time_limits([known[known["indicator"].isin(names)]])
        for panel, (name, of_indicator) in zip(axes, chosen.items(), strict=True):
            areas = sorted(of_indicator["area"].unique())
            _draw_lines(view, panel, name, _lines_of_deviating(view, courses, name, areas), limits)
            mark_breaks(panel, of_indicator)
    shown = rows[rows["indicator"].isin(names)]
    alt, caption = _alt_of_deviating(view, chosen), _caption_of_deviating(view, shown)
    return figure(drawn, alt, caption, keys=_keys_of_drawn(list(chosen.values()), view))


def _keys_of_drawn(rows: list[pd.DataFrame], view: View) -> list[str]:
    """Keys of the series of areas, of the town's beside them, and of the axes."""
    keys = []
    for (indicator, area), series in pd.concat(rows).groupby(["indicator", "area"], sort=False):
        name = str(indicator)
        ends = series["period_end"].min(), series["period_end"].max()
        beside = [view.town.areas.root] if view.indicator(name).kind != "count" else []
        areas = dict.fromkeys([area, *beside])
        keys += [*(key("drawn_series", name, one, *ends) for one in areas), key("axis", name)]
    return keys


def _courses(view: View, rows: pd.DataFrame, delivered: pd.DataFrame) -> Courses:
    return Courses.of(rows, delivered, [pd.Timestamp(date) for date in view.town.data.file.periods])


def _has_town_line(view: View, indicator: str) -> bool:
    """A town's count beside that of one of its areas would only flatten the area's line."""
    return view.area != view.town.areas.root and view.indicator(indicator).kind != "count"


def _lines_of_development(view: View, courses: Courses, indicator: str) -> list[Line]:
    own = {"color": style.INK, "linewidth": 2.0, "marker": "o", "markersize": 3.5}
    parts = courses.stretches(indicator, view.area)
    if not _has_town_line(view, indicator):
        return [Line(parts, "", own, ribbon=True)]
    lines = [Line(parts, _keys.area(view), own, ribbon=True)]
    town = {
        "color": style.AREA_COLOURS[0],
        "linewidth": 1.3,
        "linestyle": (0, (4, 2)),
        "marker": "s",
        "markersize": 2.5,
    }
    if reference := courses.stretches(indicator, view.town.areas.root):
        lines.append(Line(reference, _keys.town(view), town))
    return lines


def _room_for_numbers(view: View, lines: list[Line]) -> float:
    """Width that the numbers of an upright axis need left of their panel: 2.000.000 more than 20."""
    return max(style.text_width(label, style.SMALL) for label in style.number_ticks(view, 0, _top(lines))[1]) + 9


def _top(lines: list[Line]) -> float:
    """Greatest value on the upright axis of lines, their intervals included where these are drawn."""
    limits = ["value", "upper"] if any(line.ribbon for line in lines) else ["value"]
    rows = pd.concat([line.rows for line in lines])
    return float(np.nanmax(rows[limits].to_numpy(dtype=float))) * 1.08 or 1.0


def _room_for_ends(view: View, lines: list[Line]) -> float:
    """Width that the ends of lines need right of their panel: a name and a value, or the value alone."""
    if any(line.name for line in lines):
        return NAMED_END
    values = [_value(view, line.last, line.last["status"]) for line in lines]
    return min(max(style.text_width(value, style.NORMAL, "bold") for value in values) + 12, NAMED_END)


def _lines_of_deviating(view: View, courses: Courses, indicator: str, areas: list[str]) -> list[Line]:
    """Lines of the areas in the order of their ids, the town last so that it lies on top."""
    lines = []
    known = {area: parts for area in areas if (parts := courses.stretches(indicator, area))}
    for number, (area, parts) in enumerate(list(known.items())[: len(style.MARKERS)]):
        look = {
            "color": style.AREA_COLOURS[number % len(style.AREA_COLOURS)],
            "marker": style.MARKERS[number],
            "linestyle": style.LINE_STYLES[number],
            "markersize": 3.2,
            "linewidth": 1.0,
        }
        lines.append(Line(parts, _keys.area(view, area), look))
    if town := courses.stretches(indicator, view.town.areas.root):
        look = {"color": style.INK, "linewidth": 2.2, "marker": ""}
        lines.append(Line(town, _keys.town(view), look))
    return lines


def _draw_lines(view: View, axes: Axes, indicator: str, lines: list[Line], limits: tuple[float, float]) -> None:
    """Draw one panel: ribbons, lines, axes from zero, and each line's name and last value at its end."""
    axes.set_gid(f"panel-{indicator}")
    for line in lines:
        for part in line.stretches:
            draw_stretch(axes, part, line)
    rows = pd.concat([line.rows for line in lines])
    top = _top(lines)
    axes.set_xlim(*limits)
    axes.set_ylim(0, top)
    dates = date_ticks(axes, lines[0].rows if len(lines) < 3 else rows)
    scales(axes, dates, style.number_ticks(view, 0, top), grid=True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    style.title(axes, view.short(indicator), view.unit(indicator))
    _name_ends(view, axes, lines)


def _name_ends(view: View, axes: Axes, lines: list[Line]) -> None:
    """Write name and last value right of the panel, moved apart where lines end close to each other."""
    height = axes.get_window_extent().height
    low, high = axes.get_ylim()
    end = max(line.last["period_end"] for line in lines)
    room = 19.5 if any(line.name for line in lines) and len(lines) < 3 else 9.5
    wished = [(line.last["value"] - low) / (high - low) * height for line in lines]
    for line, place in zip(lines, style.spread(wished, room, 0, height - 4), strict=True):
        text = _value(view, line.last, line.last["status"])
        if line.last["period_end"] != end:
            text += f" ({period(line.last)})"
        _name_end(axes, line, text, place / height, two_rows=room > 10)


def _name_end(axes: Axes, line: Line, value: str, place: float, *, two_rows: bool) -> None:
    colour = line.look["color"]
    weight = "bold" if colour == style.INK else "normal"
    look: dict[str, Any] = {"transform": axes.transAxes, "va": "center", "color": colour}
    width = axes.get_window_extent().width
    if two_rows and line.name:
        style.write(axes, 1 + 5 / width, place, value, weight=weight, fontsize=style.NORMAL, **look)
        name = style.fit(line.name, 84, style.SMALL)
        style.write(axes, 1 + 5 / width, place - 8.5 / axes.get_window_extent().height, name, **look)
        return
    if not line.name:
        style.write(axes, 1 + 5 / width, place, value, weight=weight, fontsize=style.NORMAL, **look)
        return
    axes.plot(
        1 + 6 / width,
        place,
        clip_on=False,
        transform=axes.transAxes,
        **{**line.look, "linestyle": "", "marker": line.look["marker"] or "_", "markersize": 4},
    )
    name = style.fit(line.name, 110 - style.text_width(value, style.SMALL, weight) - 4, style.SMALL, weight)
    style.write(axes, 1 + 12 / width, place, f"{name} {value}", weight=weight, **look)


def _value(view: View, row: pd.Series, status: str = NUMBER) -> str:
    return sentences.value_of(view, row, status)


def _break_note(view: View) -> str:
    message = "Dotted vertical line: here the way of counting changed; the values on both sides cannot be compared."
    return view.words.text(message)


def _converted_note(view: View) -> str:
    return view.words.text("Hollow points and dotted line: converted to today's areas, an estimate.")


def _has_converted(rows: pd.DataFrame) -> bool:
    """Whether estimates are drawn among the rows of one or several indicators and areas."""
    return bool((converted(rows) & rows["value"].notna()).any())


def _is_broken(rows: pd.DataFrame) -> bool:
    """Whether the rows of an indicator with values lie on both sides of a declared break."""
    segments = rows.loc[rows["value"].notna(), "segment"]
    return bool(len(segments) and segments.min() < segments.max())


def _caption(view: View, series: dict[str, pd.DataFrame], *, interrupted: bool) -> str:
    words = view.words
    broken = any(_is_broken(rows) for rows in series.values())
    texts = [words.text("{area}: value (line) and 95 % interval (band).", area=_keys.area(view))]
    if any(_has_town_line(view, name) for name in series):
        texts.append(words.text("Dashed: {town}.", town=_keys.town(view)))
    if broken:
        texts.append(_break_note(view))
    elif interrupted:
        texts.append(words.text("A line is interrupted where a value is missing."))
    if any(_has_converted(rows) for rows in series.values()):
        texts.append(_converted_note(view))
    texts.append(words.text("All axes begin at zero."))
    return " ".join(texts)


def _alt_of_development(view: View, series: dict[str, pd.DataFrame], courses: Courses) -> str:
    words = view.words
    rows = pd.concat(list(series.values()))
    rows = rows[rows["value"].notna()]
    rows = rows.sort_values("period_end", kind="stable")
    first, last = rows.iloc[0], rows.iloc[-1]
    message = "Line charts: development in {area}, {first} to {last}."
    texts = [words.text(message, area=_keys.area(view), first=period(first), last=period(last))]
    parts = [_last_value(view, courses, name, rows) for name, rows in series.items()]
    texts.append(words.text("Last values: {values}.", values="; ".join(parts)))
    return signs.plain(" ".join([*texts, *_alt_of_converted(view, rows)]))


def _alt_of_converted(view: View, rows: pd.DataFrame) -> list[str]:
    """Say which of the drawn periods are estimates."""
    periods = rows[converted(rows) & rows["value"].notna()].sort_values("period_end", kind="stable")
    labels = dict.fromkeys(period(row) for _, row in periods.iterrows())
    message = "Converted to today's areas, as estimates: {periods}."
    return [view.words.text(message, periods=view.words.listing(list(labels)))] if labels else []


def _last_value(view: View, courses: Courses, indicator: str, rows: pd.DataFrame) -> str:
    last = rows[rows["value"].notna()].iloc[-1]
    values = {
        "label": view.short(indicator),
        "value": _value(view, last),
        "date": period(last),
    }
    town = courses.of_area(indicator, view.town.areas.root)
    town = town[(town["period_end"] == last["period_end"]) & town["value"].notna()]
    if not _has_town_line(view, indicator) or town.empty:
        return view.words.text("{label} {value} ({date})", **values)
    town_value = _value(view, town.iloc[0])
    return view.words.text("{label} {value}, town {town_value} ({date})", town_value=town_value, **values)


def _caption_of_deviating(view: View, rows: pd.DataFrame) -> str:
    words = view.words
    message = "Thin lines: the areas that differ most clearly from {town}; thick line: {town}. All axes begin at zero."
    text = words.text(message, town=_keys.town(view))
    broken = any(_is_broken(part) for _, part in rows.groupby("indicator"))
    notes = [_break_note(view)] * broken + [_converted_note(view)] * _has_converted(rows)
    return " ".join([text, *notes])


def _alt_of_deviating(view: View, chosen: dict[str, pd.DataFrame]) -> str:
    words = view.words
    message = "Line charts: the areas that differ most clearly from {town}, in the order of their numbers."
    texts = [words.text(message, town=_keys.town(view))]
    for name, rows in list(chosen.items())[:1]:
        known = rows[rows["value"].notna()]
        last = known[known["period_end"] == known["period_end"].max()].sort_values("area")
        values = [f"{_keys.area(view, row.area)} {_value(view, row)}" for _, row in last.iterrows()]
        town = sentences.value_of_town(view, last.iloc[0])
        texts.append(
            words.text(
                "{label}, {date}: {values}; town {town_value}.",
                label=view.short(name),
                date=period(last.iloc[0]),
                values=", ".join(values),
                town_value=town,
            )
        )
    return signs.plain(" ".join([*texts, *_alt_of_converted(view, pd.concat(list(chosen.values())))]))
