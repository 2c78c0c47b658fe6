"""Matrix of status and dynamics: which areas stand where now, and which way they went; a cell lists its areas by number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse import trends
from sozialanalyse.charts.drawing import style
from sozialanalyse.comparison import ABOVE, AROUND, BELOW
from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings._table import Table, beside
from sozialanalyse.findings.display import Shown, figure, nothing
from sozialanalyse.language import key, keyed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from sozialanalyse.comparison import Comparison
    from sozialanalyse.view import View

SIZES = ((120, 7.0), (300, 6.0), (10_000, 5.0))
"""Up to so many areas: size of their numbers."""

BETWEEN = "\u2002"
"""Between two numbers: an en space, which nothing shortens."""

LEADING = 1.35
"""Height of a line of numbers, in sizes of type."""

RISEN = (trends.RISING, trends.HIGHER)
FALLEN = (trends.FALLING, trends.LOWER)
STEADY = (trends.NO_CLEAR_TREND, trends.NO_CLEAR_DIFFERENCE)


@dataclass(frozen=True)
class Classes:
    """Classes of areas to lay out in a matrix.

    Parameters
    ----------
    areas
        A row an area, with ``area, status, dynamics``: names of classes, missing where an area has none.
    status, dynamics
        Names of the classes as they are read, from the first to the last, by the names in ``areas``.
    subject
        What was classed, as it is read.
    needy
        Pairs of classes whose cell is shaded, since they point to a greater need for support; empty for what is not judged.
    """

    areas: pd.DataFrame
    status: dict[str, str]
    dynamics: dict[str, str]
    subject: str
    needy: frozenset[tuple[str, str]] = frozenset()


def status_and_dynamics(view: View, compared: Comparison, developed: pd.DataFrame, indicator: str = "") -> Classes:
    """Class the areas by one indicator: how they lie to the town at the last date, and how they developed.

    Parameters
    ----------
    view
        Whose areas, target group and language count.
    compared, developed
        Results of :func:`sozialanalyse.comparison.compare` and of :func:`sozialanalyse.trends.development`.
    indicator
        Its id; empty for the one that leads the target group.

    Returns
    -------
    Classes
        Nothing is classed that chance alone may explain: it stands in the middle. An area without an interval or without
        a test has no class.
    """
    name = indicator or view.town.catalogue.target_group(view.target_group).lead
    text, entry = view.words.text, view.indicator(name)
    now = compared.areas[
        (compared.areas["indicator"] == name) & compared.areas["relation"].isin([ABOVE, AROUND, BELOW])
    ]
    course = developed[developed["indicator"] == name].set_index("area")["finding"]
    found = now["area"].map(course)
    kinds = [found.isin(RISEN), found.isin(STEADY), found.isin(FALLEN)]
    areas = pd.DataFrame(
        {"area": now["area"], "status": now["relation"], "dynamics": np.select(kinds, list("123"), "")}
    )
    worse = {"higher_is_worse": (ABOVE, "1"), "higher_is_better": (BELOW, "3")}.get(entry.direction)
    town = _keys.town(view)
    return Classes(
        areas=areas.assign(dynamics=areas["dynamics"].replace("", None)),
        status={
            ABOVE: text("above {town}", town=town),
            AROUND: text("not to be told apart from {town}", town=town),
            BELOW: text("below {town}", town=town),
        },
        dynamics={"1": text("risen"), "2": text("no clear change"), "3": text("fallen")},
        subject=text("{label} ({unit})", label=view.label(name), unit=view.unit(name)),
        needy=frozenset({worse}) if worse else frozenset(),
    )


def matrix(view: View, classes: Classes, keys: Sequence[str] = ()) -> Shown:
    """Lay out areas by status (rows) and dynamics (columns), each cell with the numbers of its areas in their order.

    Parameters
    ----------
    view
        Whose language counts.
    classes
        Of an indicator (:func:`status_and_dynamics`) or of an index.
    keys
        What is drawn, of an index.

    Returns
    -------
    Shown
        The matrix with its table; nothing where no area has both classes.
    """
    rows = classes.areas.dropna(subset=["status", "dynamics"]).sort_values("area", kind="stable")
    if rows.empty:
        return nothing()
    cells = {
        (status, dynamics): rows.loc[(rows["status"] == status) & (rows["dynamics"] == dynamics), "area"].tolist()
        for status in classes.status
        for dynamics in classes.dynamics
    }
    size = next(size for most, size in SIZES if len(rows) <= most)
    names, width = 92.0, style.WIDTH - 96.0
    column = width / len(classes.dynamics)
    lines = {place: _lines(areas, column - 10, size) for place, areas in cells.items()}
    heights = [
        max(30.0, 12 + LEADING * size * max(len(lines[status, dynamics]) for dynamics in classes.dynamics))
        for status in classes.status
    ]
    panels = style.Panels(1, height=sum(heights), left=0, right=4, top=30, bottom=4, names=names)
    with style.look():
        drawn, (axes,) = panels.draw(1)
        _draw(axes, classes, lines, heights, size)
    without = len(classes.areas) - len(rows)
    picture = figure(drawn, _alt(view, classes, cells), _caption(view, classes, without), keys=keys)
    return beside(view.words, picture, _table(view, classes, cells))


def _lines(areas: Sequence[str], width: float, size: float) -> list[list[str]]:
    """Break the numbers of areas into lines that fit a cell."""
    if not areas:
        return []
    widest = max(style.text_width(area, size) for area in areas) + style.text_width(BETWEEN, size)
    fitting = max(int(width // widest), 1)
    return [list(areas[start : start + fitting]) for start in range(0, len(areas), fitting)]


def _draw(
    axes: Axes, classes: Classes, lines: dict[tuple[str, str], list[list[str]]], heights: list[float], size: float
) -> None:
    """Draw the grid, the names of the classes, and the numbers line by line."""
    axes.set_gid("panel-matrix")
    width, total = axes.get_window_extent().width, sum(heights)
    axes.set_xlim(0, width)
    axes.set_ylim(total, 0)
    axes.set_axis_off()
    column = width / len(classes.dynamics)
    top = 0.0
    for height, (status, name) in zip(heights, classes.status.items(), strict=True):
        _write_wrapped(axes, -6, top + height / 2, name, 84)
        for number, dynamics in enumerate(classes.dynamics):
            _draw_cell(axes, (number * column, top, column, height), shaded=(status, dynamics) in classes.needy)
            for row, areas in enumerate(lines[status, dynamics]):
                written = BETWEEN.join(keyed(area, key("area", area)) for area in areas)
                y = top + 6 + LEADING * size * (row + 0.5)
                style.write(axes, number * column + 5, y, written, fontsize=size, va="center")
        top += height
    for number, name in enumerate(classes.dynamics.values()):
        style.write(
            axes,
            (number + 0.5) * column,
            -6,
            style.fit(name, column - 6, 7.5),
            ha="center",
            va="bottom",
            weight="bold",
            fontsize=7.5,
        )


def _draw_cell(axes: Axes, box: tuple[float, float, float, float], *, shaded: bool) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - heavy

    x, y, width, height = box
    look: dict[str, Any] = {"facecolor": style.RIBBON if shaded else "white", "edgecolor": style.QUIET}
    axes.add_patch(
        Rectangle(
            (x, y), width, height, linewidth=1.4 if shaded else 0.5, zorder=2 if shaded else 1, clip_on=False, **look
        )
    )


def _write_wrapped(axes: Axes, x: float, y: float, name: str, width: float) -> None:
    """Write the name of a class in up to three lines, right-aligned."""
    lines: list[str] = [""]
    for word in name.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and style.text_width(longer, 7.5, "bold") > width:
            lines.append(word)
        else:
            lines[-1] = longer
    for number, line in enumerate(lines):
        place = y + (number - (len(lines) - 1) / 2) * 9.5
        style.write(
            axes, x, place, style.fit(line, width, 7.5, "bold"), ha="right", va="center", weight="bold", fontsize=7.5
        )


def _caption(view: View, classes: Classes, without: int) -> str:
    text = view.words.text
    texts = [
        text(
            "{subject}. Rows: status at the last date; columns: development. The numbers are those of the areas, in their order; they are no ranking.",
            subject=classes.subject,
        )
    ]
    if classes.needy:
        texts.append(text("Shaded with a thick border: this points to a greater need for support."))
    if without:
        texts.append(
            text("Areas that cannot be classed are left out: {count}.", count=_keys.number(view, without, "areas"))
        )
    texts.append(text("These are statements about areas, not about the people who live there."))
    return " ".join(texts)


def _alt(view: View, classes: Classes, cells: dict[tuple[str, str], list[str]]) -> str:
    parts = [
        f"{classes.status[status]}, {classes.dynamics[dynamics]}: {_keys.number(view, len(areas), 'areas', status, dynamics)}"
        for (status, dynamics), areas in cells.items()
        if areas
    ]
    message = "Matrix of status and development, {subject}; number of areas: {cells}."
    return signs.plain(view.words.text(message, subject=classes.subject, cells="; ".join(parts)))


def _table(view: View, classes: Classes, cells: dict[tuple[str, str], list[str]]) -> Table:
    text = view.words.text
    return Table(
        caption=text("Status and development: {subject}", subject=classes.subject),
        headings=[text("Status"), *classes.dynamics.values()],
        rows=[
            [name, *(_listed(view, cells[status, dynamics]) for dynamics in classes.dynamics)]
            for status, name in classes.status.items()
        ],
        numeric=frozenset(),
    )


def _listed(view: View, areas: list[str]) -> str:
    """Count the areas of a cell and name them."""
    if not areas:
        return view.words.text("none")
    return f"{_keys.number(view, len(areas), 'areas')}: {', '.join(_keys.area(view, area) for area in areas)}"
