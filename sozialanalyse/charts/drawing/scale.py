"""The scale of an axis: ticks, their labels and the lines of a grid.

matplotlib makes five artists for each tick and measures all labels, though it has been told where they stand; that takes
half of the time of a chart with many panels. Here three artists are moved from tick to tick, to the same picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.markers import TICKDOWN, TICKLEFT
from matplotlib.text import Text

from sozialanalyse.charts.drawing import style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.backend_bases import RendererBase
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.patches import Patch
    from matplotlib.transforms import Transform

    HorizontalAlignment = Literal["left", "center", "right"]
    VerticalAlignment = Literal["bottom", "baseline", "center", "center_baseline", "top"]

LENGTH, WIDTH, GAP = 2.5, 0.6, 2.0
"""Of a tick, and between it and its label; in points."""

BELOW_ALL = 0.5
"""Order in which matplotlib draws axes that lie below the data."""


class Side(NamedTuple):
    """One side of a panel, along which a scale stands.

    Parameters
    ----------
    along
        Whether it goes with the level or with the upright axis.
    data
        From a value on this axis and a share of the other one to a place on the sheet.
    label
        From the same to the place of a label.
    upright, level
        How a label stands at its place.
    """

    along: Literal["x", "y"]
    data: Transform
    label: Transform
    upright: VerticalAlignment
    level: HorizontalAlignment


class Scale(Artist):
    """Ticks along one side of a panel, in the groups in which matplotlib writes those of an axis."""

    def __init__(
        self, figure: Figure | SubFigure, side: Side, places: Sequence[float], labels: Sequence[str], *, grid: bool
    ) -> None:
        super().__init__()
        self._along, self._places, self._labels = side.along, places, labels
        ink: dict[str, Any] = {"marker": TICKDOWN if side.along == "x" else TICKLEFT, "linestyle": "none"}
        ink |= {"color": style.QUIET, "markersize": LENGTH, "markeredgewidth": WIDTH}
        self._mark = Line2D([0], [0], transform=side.data, **ink)
        self._line = Line2D([0], [0], color=style.GUIDE, linewidth=WIDTH, transform=side.data, visible=grid)
        look: dict[str, Any] = {"color": style.QUIET, "fontsize": style.SMALL, "transform": side.label}
        self._label = Text(0, 0, "", verticalalignment=side.upright, horizontalalignment=side.level, **look)
        for part in (self._mark, self._line, self._label):
            part.set_figure(figure)
        self.set_zorder(BELOW_ALL)

    def clip(self, patch: Patch) -> None:
        """Cut the lines of the grid at the edge of a panel."""
        self._line.set_clip_path(patch)

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
    gap = GAP + LENGTH
    level = Side("x", axes.get_xaxis_transform("tick1"), *axes.get_xaxis_text1_transform(gap))
    upright = Side("y", axes.get_yaxis_transform("tick1"), *axes.get_yaxis_text1_transform(gap))
    for side, ticks in ((level, x), (upright, y)):
        scale = Scale(axes.figure, side, *ticks, grid=grid and side is upright)
        scale.clip(axes.patch)
        axes.add_artist(scale)
