"""Pictures of an index: the map of its classes, and the matrix of status and dynamics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.shapes import Shapes, outlines
from sozialanalyse.charts.maps import BORDER, HATCHED, MOST_LABELLED, NEIGHBOUR, SHADES
from sozialanalyse.charts.status_matrix import Classes, matrix
from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings._composite_tables import index_key
from sozialanalyse.findings.display import Shown, figure, nothing
from sozialanalyse.index import INCLUDED
from sozialanalyse.language import key, keyed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sozialanalyse.findings.composites import Composite

MARGIN = 110.0
"""Left and right of the map: it needs less width than the page has."""

LINE = 12.0
"""Height of a line of the legend."""

UNCERTAIN = "uncertain"
"""Group of the hatching over areas whose class is not certain."""


def index_matrix(found: Composite) -> Shown:
    """Lay out the areas by the classes of status and dynamics; nothing where one of both is missing.

    Parameters
    ----------
    found
        Result of :func:`.composites.composite`.
    """
    view, index = found.view, found.index
    dynamics = index.recipe.dynamics
    if index.status.empty or index.dynamics.empty or dynamics is None:
        return nothing()
    areas = index.status[["area", "class"]].rename(columns={"class": "status"})
    moved = index.dynamics.set_index("area")["class"]
    classes = Classes(
        areas=areas.assign(dynamics=areas["area"].map(moved)),
        status={entry.id: view.words.of(entry.label) for entry in index.recipe.status.classes},
        dynamics={entry.id: view.words.of(entry.label) for entry in dynamics.classes},
        subject=view.words.of(index.recipe.label),
        needy=frozenset({(index.recipe.status.classes[-1].id, dynamics.classes[-1].id)}),
    )
    return matrix(view, classes, [index_key(index, "drawn_matrix", "status")])


def index_map(found: Composite) -> Shown:
    """Draw a map of the classes of the status: the darker, the greater the need; hatched where the class is not certain.

    Parameters
    ----------
    found
        Result of :func:`.composites.composite`.

    Returns
    -------
    Shown
        Nothing where there is no status, or the town has no shapes of these areas.
    """
    view, rows = found.view, found.index.status
    if rows.empty:
        return nothing()
    classes = found.index.recipe.status.classes
    panels = style.Panels(columns=1, height=0, left=MARGIN, right=MARGIN)
    day = found.index.inputs.date
    shapes = outlines(view, rows["area"].tolist(), width=panels.width, panels=1, day=day)
    if shapes is None:
        return nothing()
    bottom = LINE * (len(classes) + 3) + 6
    panels = style.Panels(1, height=round(shapes.height), left=MARGIN, right=MARGIN, top=34, bottom=bottom)
    with style.look():
        drawn, (axes,) = panels.draw(1)
        _draw(found, axes, shapes)
    keys = [index_key(found.index, "drawn_index", "status")]
    return figure(drawn, _alt(found), _caption(found, shapes), keys=keys)


def _draw(found: Composite, axes: Axes, shapes: Shapes) -> None:
    rows = found.index.status.set_index("area")
    axes.set_gid("panel-index")
    axes.set_xlim(0, axes.get_window_extent().width)
    axes.set_ylim(0, shapes.height)
    axes.set_axis_off()
    shapes.draw(axes, shapes.neighbours, facecolor=NEIGHBOUR, edgecolor=BORDER, linewidth=0.5, gid="neighbours")
    looks = _looks(found)
    for place, look in enumerate(looks, start=1):
        chosen = shapes.of(rows.index[rows["place"] == place])
        shapes.draw(axes, chosen, **look, linewidth=0.6, gid=f"class {place}")
    out = shapes.of(rows.index[rows["state"] != INCLUDED])
    shapes.draw(axes, out, facecolor=HATCHED, edgecolor=style.QUIET, linewidth=0.4, hatch="xxxx", gid="missing")
    unsure = shapes.of(rows.index[(rows["state"] == INCLUDED) & ~rows["stable"].astype(bool)])
    hatching = {"facecolor": "none", "edgecolor": "white", "linewidth": 0.0, "hatch": "////"}
    shapes.draw(axes, unsure, **hatching, gid=UNCERTAIN)
    if len(rows) <= MOST_LABELLED:
        _label(axes, rows, shapes, len(looks))
    style.title(axes, found.view.words.of(found.recipe.label), _keys.date(found.view.words, found.index.inputs.date))
    _draw_legend(found, axes, looks)


def _looks(found: Composite) -> list[dict[str, Any]]:
    """Colour of each class: one hue, the darker the greater the need."""
    count = len(found.index.recipe.status.classes)
    shades = np.linspace(0, len(SHADES) - 1, count).round().astype(int)
    return [{"facecolor": SHADES[shade], "edgecolor": BORDER} for shade in shades]


def _label(axes: Axes, rows: pd.DataFrame, shapes: Shapes, count: int) -> None:
    """Write the ids of the areas on a plain ground, where they fit."""
    for area, shape in shapes.areas.items():
        if shapes.has_room(shape, style.text_width(str(area), style.SMALL), style.SMALL):
            point, is_dark = shape.representative_point(), rows["place"].get(area, 0) == count
            ink, ground = ("white", SHADES[-1]) if is_dark else (style.INK, "white")
            text = keyed(str(area), key("area", area))
            plate = {"facecolor": ground, "linewidth": 0, "pad": 0.8}
            style.write(axes, point.x, point.y, text, ha="center", va="center", color=ink, gid="label", bbox=plate)


def _draw_legend(found: Composite, axes: Axes, looks: list[dict[str, Any]]) -> None:
    """List the classes with how many areas they hold."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - heavy

    view, index = found.view, found.index
    entries = []
    for place, (entry, look) in enumerate(zip(index.recipe.status.classes, looks, strict=True), start=1):
        count = int((index.status["place"] == place).sum())
        number = keyed(view.words.number(count), index_key(index, "index_class_areas", "status", entry.id))
        entries.append((view.words.of(entry.label), number, look))
    unsure = int(((index.status["state"] == INCLUDED) & ~index.status["stable"].astype(bool)).sum())
    if unsure:
        number = keyed(view.words.number(unsure), index_key(index, "index_unstable", "status"))
        hatching = {"facecolor": SHADES[2], "edgecolor": "white", "hatch": "////"}
        entries.append((view.words.text("class not certain"), number, hatching))
    line = -10.0
    width = axes.get_window_extent().width
    style.write(axes, width, line, view.words.text("areas"), ha="right", va="center", color=style.QUIET, fontsize=6.5)
    for text, count_text, look in entries:
        line -= LINE
        axes.add_patch(Rectangle((0, line - 3.5), 14, 7, linewidth=0.4, clip_on=False, **look))
        style.write(axes, 20, line, style.fit(text, width - 50, style.SMALL), va="center", fontsize=style.SMALL)
        style.write(axes, width, line, count_text, ha="right", va="center", fontsize=style.SMALL)


def _caption(found: Composite, shapes: Shapes) -> str:
    words = found.view.words
    texts = [
        words.text(
            "{level} of {town}: the darker, the greater the presumed need for support compared with the other areas.",
            level=found.view.level_name(plural=True),
            town=_keys.town(found.view),
        ),
        words.text("Hatched: the class is not certain."),
    ]
    if (found.index.status["state"] != INCLUDED).any():
        texts.append(words.text("Crosswise hatched areas take no part."))
    if shapes.missing:
        names = words.listing([keyed(signs.plain(area), key("area", area)) for area in shapes.missing])
        texts.append(words.text("Without a shape in the map file: {areas}.", areas=names))
    return " ".join(texts)


def _alt(found: Composite) -> str:
    view, index = found.view, found.index
    parts = []
    for place, entry in enumerate(index.recipe.status.classes, start=1):
        count = int((index.status["place"] == place).sum())
        number = keyed(view.words.number(count), index_key(index, "index_class_areas", "status", entry.id))
        parts.append(f"{view.words.of(entry.label)}: {number}")
    message = "Map of the {level} of {town} by the class of the index; number of areas: {classes}."
    values = {"level": view.level_name(plural=True), "town": _keys.town(view), "classes": "; ".join(parts)}
    return signs.plain(view.words.text(message, **values))
