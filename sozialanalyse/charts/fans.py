"""Fans: the past of an age group as a line, what would follow as a dashed line, and around it the interval from past errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.scale import scales
from sozialanalyse.charts.drawing.time_axis import date_ticks
from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings._table import Table, beside, note_on_dashes
from sozialanalyse.findings.display import Shown, figure, nothing
from sozialanalyse.language import key
from sozialanalyse.trends import years

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sozialanalyse.findings._outlook import Ages, Outlook

HEIGHT = 110.0
DASHES = (0, (3, 2))
ROOM = 1.06
"""Of the upright axis above the highest value."""


def outlook(found: Outlook) -> Shown:
    """Draw how many people of each age group were counted in the area, and how many there would be.

    Parameters
    ----------
    found
        The outlook.

    Returns
    -------
    Shown
        A panel for each age group, with the table of all values beside; nothing where nothing could be computed.
    """
    if found.found is None:
        return nothing()
    view = found.view
    drawn_rows = {ages: (found.rows(ages, past=True), found.rows(ages)) for ages in found.groups}
    tops = {ages: _top(*rows) for ages, rows in drawn_rows.items()}
    labels = [label for top in tops.values() for label in style.number_ticks(view, 0, top)[1]]
    ends = [found.persons(rows[1].iloc[-1]) for rows in drawn_rows.values()]
    panels = style.Panels(
        columns=min(2, len(drawn_rows)),
        height=HEIGHT,
        left=max(style.text_width(label, style.SMALL) for label in labels) + 9,
        right=max(style.text_width(end, style.NORMAL, "bold") for end in ends) + 12,
    )
    with style.look():
        sheet, axes = panels.draw(len(drawn_rows))
        for panel, (ages, rows) in zip(axes, drawn_rows.items(), strict=True):
            _draw(found, panel, ages, rows, tops[ages])
    keys = [_key(found, ages) for ages in found.groups]
    picture = figure(sheet, _alt(found), _caption(found), keys=keys)
    return beside(view.words, picture, *(_table(found, ages, *rows) for ages, rows in drawn_rows.items()))


def _key(found: Outlook, ages: Ages) -> str:
    assert found.found is not None
    first = found.found.counted["period_end"].min()
    return key("drawn_outlook", found.found.measure, found.view.area, first, found.found.end, found.found.level, *ages)


def _top(past: pd.DataFrame, ahead: pd.DataFrame) -> float:
    values = [past["value"], ahead["value"], ahead["upper"]]
    return float(np.nanmax(pd.concat(values).to_numpy(dtype=float))) * ROOM or 1.0


def _draw(found: Outlook, axes: Axes, ages: Ages, rows: tuple[pd.DataFrame, pd.DataFrame], top: float) -> None:
    """Draw one panel; all begin at zero."""
    past, ahead = rows
    assert found.found is not None
    axes.set_gid(f"panel-outlook.{found.found.measure}.{ages[0]}-{ages[1]}")
    both = pd.concat([past, ahead])
    times = years(both["period_end"])
    room = max((times[-1] - times[0]) * 0.03, 0.1)
    axes.set_xlim(times[0] - room, times[-1] + room)
    axes.set_ylim(0, top)
    _draw_fan(axes, past, ahead)
    now = len(past) - 1
    values = both["value"].to_numpy(dtype=float)
    line: dict[str, Any] = {"color": style.INK, "solid_capstyle": "round"}
    axes.plot(times[: now + 1], values[: now + 1], linewidth=2.0, gid="counted", **line)
    axes.plot(times[now:], values[now:], linewidth=1.4, linestyle=DASHES, gid="computed", **line)
    dates = both.assign(period_start=both["period_end"], period_kind="stock")
    scales(axes, date_ticks(axes, dates), style.number_ticks(found.view, 0, top), grid=True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    style.title(axes, found.ages(ages), found.view.words.text("residents"))
    _name_end(found, axes, ahead.iloc[-1], top)


def _draw_fan(axes: Axes, past: pd.DataFrame, ahead: pd.DataFrame) -> None:
    """Draw the interval, from the last count to the last date that has one."""
    from matplotlib.patches import PathPatch  # noqa: PLC0415 - heavy
    from matplotlib.path import Path  # noqa: PLC0415 - heavy

    known = ahead[ahead["lower"].notna()]
    if known.empty:
        return
    now = (float(years(past["period_end"])[-1]), float(past["value"].iloc[-1]))
    there, back = _corners(known, "upper"), _corners(known, "lower")[::-1]
    outline = Path(np.array([now, *there, *back, now]), closed=False)
    axes.add_patch(PathPatch(outline, facecolor=style.RIBBON, edgecolor="none", linewidth=0, gid="fan", zorder=1))


def _corners(rows: pd.DataFrame, column: str) -> list[tuple[float, float]]:
    times: NDArray[np.float64] = years(rows["period_end"])
    return list(zip(times.tolist(), rows[column].tolist(), strict=True))


def _name_end(found: Outlook, axes: Axes, last: pd.Series, top: float) -> None:
    width = axes.get_window_extent().width
    look: dict[str, Any] = {"transform": axes.transAxes, "va": "center", "weight": "bold", "fontsize": style.NORMAL}
    style.write(axes, 1 + 5 / width, last["value"] / top, found.persons(last), **look)


def _caption(found: Outlook) -> str:
    assert found.found is not None
    words = found.view.words
    message = (
        "{area}: residents counted until {last} (line), computed until {end} (dashed), with the interval from past errors (fan). All axes "
        "begin at zero."
    )
    dates = {"last": _keys.date(words, found.found.last), "end": _keys.date(words, found.found.end)}
    return words.text(message, area=_keys.area(found.view), **dates)


def _alt(found: Outlook) -> str:
    words = found.view.words
    parts = []
    for ages in found.groups:
        now, then = found.ends(ages)
        values = {"ages": found.ages(ages), "now": found.persons(now), "then": found.persons(then)}
        parts.append(words.text("{ages}: {now}, then {then}", **values))
    assert found.found is not None
    message = "Line charts with fans: residents of {area} by age, {last} and {end}: {values}."
    dates = {"last": _keys.date(words, found.found.last), "end": _keys.date(words, found.found.end)}
    return signs.plain(words.text(message, area=_keys.area(found.view), values="; ".join(parts), **dates))


def _table(found: Outlook, ages: Ages, past: pd.DataFrame, ahead: pd.DataFrame) -> Table:
    """List what was counted and what was computed, a date a row."""
    words = found.view.words
    counted = [[_keys.date(words, row["period_end"]), found.persons(row), ""] for _, row in past.iterrows()]
    computed = [
        [
            _keys.date(words, row["period_end"]),
            found.persons(row),
            signs.span(*(found.persons(row, end) for end in ("lower", "upper"))),
        ]
        for _, row in ahead.iterrows()
    ]
    rows = [*counted, *computed]
    return Table(
        caption=words.text("{area}: residents, {ages}", area=_keys.area(found.view), ages=found.ages(ages)),
        headings=[words.text("Date"), words.text("Residents"), words.text("Interval (years to come)")],
        rows=rows,
        numeric=frozenset({1, 2}),
        notes=note_on_dashes(words, rows),
    )
