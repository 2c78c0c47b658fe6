"""Panes: many small panels on the same scales, drawn one after another in one figure without axes of their own.

matplotlib's axes are heavy: sixty of them take seconds. What all panes share is made once here and drawn at the place of each;
what a pane has of its own are a few lines. Each is written as a group of its own, as a panel with axes is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, BboxTransformTo, ScaledTranslation, blended_transform_factory
from matplotlib.transforms import Bbox as Box

from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.scale import GAP, LENGTH, Scale, Side

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from matplotlib.backend_bases import RendererBase
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ticks = tuple[Sequence[float], Sequence[str]]

HAIR = 1.5
"""Half of the width of what stands for one time alone, in points."""

FRAME = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]
BASELINE = FRAME[:2]


@dataclass(frozen=True)
class Span:
    """What a pane shows: from the first to the last time, from zero to the highest value."""

    first: float
    last: float
    top: float


class Panes(Artist):
    """Panes of one size on the same scales.

    Parameters
    ----------
    panels
        Size and margins of each.
    count
        How many there are.
    span
        What each shows.
    times, values
        Ticks of both axes and their labels.

    Attributes
    ----------
    sheet
        The figure.
    panels
        As given.
    hair
        Half of the width of what stands for one time alone, in years.
    """

    def __init__(self, panels: style.Panels, count: int, span: Span, times: Ticks, values: Ticks) -> None:
        super().__init__()
        self.sheet = panels.sheet(count)
        self.panels = panels
        self.hair = HAIR * (span.last - span.first) / panels.width
        self._places = panels.places(count)
        self._place = Affine2D()
        points = Affine2D().scale(1 / style.POINTS_PER_INCH) + self.sheet.dpi_scale_trans
        room, shown = Box.from_bounds(0, 0, panels.width, panels.height), Box([[span.first, 0], [span.last, span.top]])
        self.edges = BboxTransformTo(room) + self._place + points
        self.data = BboxTransformTo(shown).inverted() + self.edges
        self._own: list[tuple[str, list[Artist]]] = []
        self._shared = [self._made(part) for part in self._frame(times, values)]
        self.sheet.add_artist(self)

    def _frame(self, times: Ticks, values: Ticks) -> list[Artist]:
        """Make what stands around each pane."""
        gap, inches = (GAP + LENGTH) / style.POINTS_PER_INCH, self.sheet.dpi_scale_trans
        along = blended_transform_factory(self.data, self.edges)
        upright = blended_transform_factory(self.edges, self.data)
        level = Side("x", along, along + ScaledTranslation(0, -gap, inches), "top", "center")
        beside = Side("y", upright, upright + ScaledTranslation(-gap, 0, inches), "center_baseline", "right")
        look: dict[str, Any] = {"facecolor": "none", "transform": self.edges}
        return [
            PathPatch(Path(FRAME), edgecolor="none", **look),
            Scale(self.sheet, level, times[0], self._told(times[1]), grid=False),
            Scale(self.sheet, beside, *values, grid=True),
            PathPatch(Path(BASELINE), edgecolor=style.QUIET, linewidth=0.6, **look),
        ]

    def _told(self, labels: Sequence[str]) -> list[str]:
        return [style.told(self.sheet, label) for label in labels]

    def _made(self, part: Artist) -> Artist:
        part.set_figure(self.sheet)
        return part

    def line(self, x: Floats, y: Floats, **look: Any) -> Artist:
        """Make a line, interrupted where a value is not a number."""
        return self._made(Line2D(x, y, transform=self.data, **{"solid_capstyle": "round", **look}))

    def upright(self, x: Floats, **look: Any) -> Artist:
        """Make upright lines through the whole pane as one path."""
        transform = blended_transform_factory(self.data, self.edges)
        codes = [Path.MOVETO, Path.LINETO] * len(x)
        corners = [(place, end) for place in x.tolist() for end in (0.0, 1.0)]
        return self._made(PathPatch(Path(corners, codes), facecolor="none", transform=transform, **look))

    def surfaces(self, outlines: Sequence[Floats], **look: Any) -> Artist:
        """Make coloured surfaces as one path."""
        closed = Path.make_compound_path(*(Path(outline, closed=True) for outline in outlines))
        return self._made(PathPatch(closed, transform=self.data, linewidth=0, **look))

    def text(self, text: str, place: tuple[float, float], points: tuple[float, float], **look: Any) -> Artist:
        """Make a text at a place (shares of the pane), moved by points."""
        right, up = (part / style.POINTS_PER_INCH for part in points)
        moved = ScaledTranslation(right, up, self.sheet.dpi_scale_trans)
        written = Text(*place, style.told(self.sheet, text), **{"transform": self.edges + moved, **look})
        written.set_parse_math(False)
        return self._made(written)

    def add(self, name: str, parts: Sequence[Artist]) -> None:
        """Fill the next pane; its parts may be those of others as well."""
        self._own.append((name, list(parts)))

    def draw(self, renderer: RendererBase) -> None:
        """Draw pane by pane."""
        for (x, y), (name, parts) in zip(self._places, self._own, strict=True):
            self._place.clear().translate(x, y)
            renderer.open_group("panel", name)
            for part in (*self._shared, *parts):
                part.draw(renderer)
            renderer.close_group("panel")
