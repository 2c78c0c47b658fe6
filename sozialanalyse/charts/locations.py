"""Where an area lies: the areas of its level in outline, and the area itself filled; the map shows no values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.shapes import Shapes, outlines
from sozialanalyse.findings import _keys
from sozialanalyse.findings.display import Shown, figure, nothing
from sozialanalyse.view import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUND, BORDER, OWN = "#e7ebec", "#ffffff", style.ACCENT
MARGIN = 140.0
"""Left and right of the map: it needs less width than the page has."""


def location(view: View) -> Shown:
    """Draw where the view's area lies among the areas of its level; of the whole town, its parts.

    Parameters
    ----------
    view
        Whose area, town and language count.

    Returns
    -------
    Shown
        Nothing where the town has no shapes of these areas.
    """
    tree = view.town.areas
    level = view.level if view.area == tree.root else tree.level(view.area)
    whole = View(view.town, view.target_group, "", level, view.language, view.audience)
    panels = style.Panels(columns=1, height=0, left=MARGIN, right=MARGIN, top=4, bottom=4)
    day = view.frame["period_end"].max()
    shapes = outlines(whole, whole.members, width=panels.width, panels=1, day=day) if len(view.frame) else None
    if shapes is None:
        return nothing()
    panels = style.Panels(columns=1, height=round(shapes.height), left=MARGIN, right=MARGIN, top=4, bottom=4)
    with style.look():
        drawn, (axes,) = panels.draw(1)
        _draw(axes, shapes, view.area)
    return figure(drawn, _alt(whole, view.area), _caption(whole, view.area))


def _draw(axes: Axes, shapes: Shapes, area: str) -> None:
    axes.set_gid("panel-location")
    shapes.spread(axes)
    others = [shape for name, shape in shapes.areas.items() if name != area]
    shapes.draw(axes, others, facecolor=GROUND, edgecolor=BORDER, linewidth=0.8, gid="neighbours")
    shapes.draw(axes, shapes.of([area]), facecolor=OWN, edgecolor=OWN, linewidth=0.8, gid="highlighted")
    shapes.label(axes, {area})


def _caption(whole: View, area: str) -> str:
    values = {"level": whole.level_name(plural=True), "town": _keys.town(whole)}
    text = whole.words.text("{level} of {town} with their numbers.", **values)
    if area == whole.area:
        return text
    return f"{text} {whole.words.text('Filled: {area}.', area=_keys.area(whole, area))}"


def _alt(whole: View, area: str) -> str:
    values = {"level": whole.level_name(plural=True), "town": _keys.town(whole)}
    if area == whole.area:
        return whole.words.text("Map of {town}, divided into {level}.", **values)
    message = "Map of {town}, divided into {level}; filled is {area}."
    return whole.words.text(message, **values, area=_keys.area(whole, area))
