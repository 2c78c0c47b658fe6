"""The scale of an axis: ticks, their labels and the lines of a grid.

matplotlib makes five artists for each tick and measures all labels, though it has been told where they stand; that takes
half of the time of a chart with many panels. Here three artists are moved from tick to tick, to the same picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.markers import TICKDOWN, TICKLEFT
from matplotlib.text import Text

from sozialanalyse.charts.drawing import style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.backend_bases import RendererBase

LENGTH, WIDTH, GAP = 2.5, 0.6, 2.0
"""Of a tick, and between it and its label; in points."""

BELOW_ALL = 0.5
"""Order in which matplotlib draws axes that lie below the data."""


class _Scale(Artist):
    """Ticks along one side of a panel, in the groups in which matplotlib writes those of an axis."""

    def __init__(
        self, axes: Axes, along: Literal["x", "y"], places: Sequence[float], labels: Sequence[str], *, grid: bool
    ) -> None:
        super().__init__()
        self._along, self._places, self._labels = along, places, labels
        is_level = along == "x"
        marks, lines = (
            (axes.get_xaxis_transform if is_level else axes.get_yaxis_transform)(which) for which in ("tick1", "grid")
        )
        ink: dict[str, Any] = {"marker": TICKDOWN if is_level else TICKLEFT, "linestyle": "none"}
        ink |= {"color": style.QUIET, "markersize": LENGTH, "markeredgewidth": WIDTH}
        self._mark = Line2D([0], [0], transform=marks, **ink)
        self._line = Line2D([0], [0], color=style.GUIDE, linewidth=WIDTH, transform=lines, visible=grid)
        text_transform = axes.get_xaxis_text1_transform if is_level else axes.get_yaxis_text1_transform
        place, upright, level = text_transform(GAP + LENGTH)
        look: dict[str, Any] = {"color": style.QUIET, "fontsize": style.SMALL, "transform": place}
        self._label = Text(0, 0, "", verticalalignment=upright, horizontalalignment=level, **look)
        for part in (self._mark, self._line, self._label):
            part.set_figure(axes.figure)
        self._line.set_clip_path(axes.patch)
        self.set_zorder(BELOW_ALL)

    def draw(self, renderer: RendererBase) -> None:
        """Draw tick by tick."""
        renderer.open_group("matplotlib.axis")
        for place, label in zip(self._places, self._labels, strict=True):
            renderer.open_group(f"{self._along}tick")
            self._stand_at(place, label)
            for part in (self._line, self._mark, self._label):
                part.draw(renderer)
            renderer.close_group(f"{self._along}tick")
        renderer.close_group("matplotlib.axis")

    def _stand_at(self, place: float, label: str) -> None:
        self._label.set_text(label)
        if self._along == "x":
            self._line.set_data([place, place], [0, 1])
            self._mark.set_data([place], [0])
            self._label.set_position((place, 0))
        else:
            self._line.set_data([0, 1], [place, place])
            self._mark.set_data([0], [place])
            self._label.set_position((0, place))


def scales(
    axes: Axes,
    x: tuple[Sequence[float], Sequence[str]],
    y: tuple[Sequence[float], Sequence[str]] = ((), ()),
    *,
    grid: bool = False,
) -> None:
    """Draw the scales of a panel, in place of matplotlib's own.

    Parameters
    ----------
    axes
        The panel; its limits are set.
    x, y
        Places of ticks inside the limits, and a label for each, which may be empty.
    grid
        Level lines stand at the ticks of the upright axis.
    """
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_visible(False)
    axes.add_artist(_Scale(axes, "x", *x, grid=False))
    axes.add_artist(_Scale(axes, "y", *y, grid=grid))
