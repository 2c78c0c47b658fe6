"""The common look of charts and maps: colours, type, panels on a page, text that fits its place.

Sizes are in points (1/72 inch). Type is measured with DejaVu Sans, which is wide; a reader without it sees another
sans-serif, which takes less room, so nothing overlaps.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib import figure as mpl_figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from matplotlib.ticker import MaxNLocator

from sozialanalyse.charts.drawing.compact import compact
from sozialanalyse.findings.signs import plain
from sozialanalyse.language import KEYED, keyed, keys_of, without_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from sozialanalyse.view import View

INK = "#1b2530"
QUIET = "#56616c"
GUIDE = "#e3e6e6"
ACCENT = "#17506b"
RIBBON = "#cfdfe7"
AREA_COLOURS = ("#1b85b2", "#b27100", "#8f3fd6")
"""Three colours beside the dark one of the town: apart in all three colour vision deficiencies, 3:1 on white, no red."""

MARKERS = ("o", "s", "^", "D", "v", "P")
LINE_STYLES = ("-", "-", "-", (0, (4, 1.5)), (0, (4, 1.5)), (0, (4, 1.5)))

WIDTH = 562.0
"""Width of every figure, as the page's column of text and the A4 sheet have it."""

SMALL, NORMAL = 7.0, 8.0
TITLE_SIZES = (9.0, 8.25, 7.5)
POINTS_PER_INCH = 72
MOST_MEASURED = 4096
"""So many widths of texts are remembered: panels share their dates, areas and the town."""
ELLIPSIS = "…"


DRAWING_SETTINGS: Any = {
    "font.sans-serif": ["DejaVu Sans"],
    "path.simplify": False,
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "sozialanalyse",  # ids by content, so that the same picture has the same bytes
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
}


class Figure(mpl_figure.Figure):
    """A figure that looks the same whatever settings matplotlib has when it is saved, and whose SVG is small.

    ``told`` holds the keys of the texts written into it.
    """

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.told: dict[str, None] = {}

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save; an SVG in few bytes."""
        with mpl.rc_context(DRAWING_SETTINGS):
            if options.get("format") != "svg":
                super().savefig(fname, **options)
                return
            drawn = io.BytesIO()
            super().savefig(drawn, **options)
            fname.write(compact(drawn.getvalue()))


@contextmanager
def look() -> Iterator[None]:
    """Draw in the common look, whatever the reader's own settings of matplotlib are."""
    settings: Any = {
        **sns.axes_style("ticks"),
        **DRAWING_SETTINGS,
        "font.family": ["DejaVu Sans", "sans-serif"],
        "font.size": NORMAL,
        "text.color": INK,
        "axes.edgecolor": QUIET,
        "axes.linewidth": 0.6,
        "xtick.color": QUIET,
        "ytick.color": QUIET,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "figure.dpi": POINTS_PER_INCH,
        "hatch.linewidth": 0.5,
    }
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(settings)
        yield


@dataclass(frozen=True)
class Panels:
    """Panels of one size in rows and columns; each drawing area has fixed margins for what stands beside it.

    Parameters
    ----------
    columns
        Panels in a row.
    height
        Height of the drawing area.
    left, right, top, bottom
        Margins of each panel.
    names
        Width of the column left of the first panel, for names that the row shares.
    """

    columns: int
    height: float
    left: float = 30
    right: float = 8
    top: float = 34
    bottom: float = 24
    names: float = 0

    @property
    def width(self) -> float:
        """Width of the drawing area of each panel."""
        return (WIDTH - self.names) / self.columns - self.left - self.right

    def draw(self, count: int) -> tuple[Figure, list[Axes]]:
        """Make a figure with so many panels, in reading order."""
        figure, total = self.sheet(count), self._total(count)
        size = self.width / WIDTH, self.height / total
        return figure, [figure.add_axes((x / WIDTH, y / total, *size)) for x, y in self.places(count)]

    def sheet(self, count: int) -> Figure:
        """Make an empty figure with room for so many panels."""
        size = WIDTH / POINTS_PER_INCH, self._total(count) / POINTS_PER_INCH
        return Figure(figsize=size, facecolor="white")

    def places(self, count: int) -> list[tuple[float, float]]:
        """Lower left corner of the drawing area of each panel, in reading order."""
        rooms = [divmod(number, self.columns) for number in range(count)]
        step = self.width + self.left + self.right
        top = self._total(count) - self.top - self.height
        return [(self.names + column * step + self.left, top - row * self._step) for row, column in rooms]

    @property
    def _step(self) -> float:
        return self.top + self.height + self.bottom

    def _total(self, count: int) -> float:
        """Height of a figure with so many panels."""
        return -(-count // self.columns) * self._step


def told(part: Artist, text: str) -> str:
    """Read a text that is drawn in a part of a figure; the figure remembers the keys."""
    figure = part.figure
    if isinstance(figure, Figure):
        figure.told |= dict.fromkeys(keys_of(text))
    return plain(without_keys(text))


def title(axes: Axes, heading: str, unit: str, *, lift: float = 0) -> None:
    """Write what a panel shows, bold, and its unit, above the drawing area and ``lift`` points higher."""
    width = axes.get_window_extent().width
    heading, unit = told(axes, heading), told(axes, unit)
    place: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "parse_math": False}
    size = next((size for size in TITLE_SIZES if text_width(heading, size, "bold") <= width + 6), TITLE_SIZES[-1])
    heading = fit(heading, width + 6, size, weight="bold")
    axes.annotate(heading, (0, 1), (0, 17 + lift), fontsize=size, weight="bold", color=INK, **place)
    axes.annotate(fit(unit, width, SMALL), (0, 1), (0, 7 + lift), fontsize=SMALL, color=QUIET, **place)


def write(axes: Axes, x: float, y: float, text: str, **look_of_it: Any) -> Text:
    """Write a text into a panel, letter by letter as it is given."""
    return axes.text(x, y, told(axes, text), **{"parse_math": False, "fontsize": SMALL, **look_of_it})


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a text in points, as it is read."""
    return _measured(without_keys(text), size, weight)


@lru_cache(MOST_MEASURED)
def _measured(text: str, size: float, weight: str) -> float:
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    return float(TextToPath().get_text_width_height_descent(text, font, ismath=False)[0])


def fit(text: str, width: float, size: float, weight: str = "normal") -> str:
    """Shorten a text, at its end and visibly, so that it fits a width; it keeps its key.

    Examples
    --------
    >>> fit("Ostviertel", 100, 8.0), fit("Ostviertel", 30, 8.0)
    ('Ostviertel', 'Ostvi…')
    """
    if found := KEYED.fullmatch(text):
        return keyed(fit(found[2], width, size, weight), found[1])
    text = plain(text)
    if text_width(text, size, weight) <= width:
        return text
    kept = len(text)
    while kept > 1 and text_width(text[:kept].rstrip() + ELLIPSIS, size, weight) > width:
        kept -= 1
    return text[:kept].rstrip() + ELLIPSIS


def spread(places: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """Move labels apart so that neighbours keep a distance, as little as possible and in their order.

    Parameters
    ----------
    places
        Where each label would stand.
    distance
        Least distance between two labels.
    low, high
        Limits for all labels; where they are too narrow, the upper one yields.

    Examples
    --------
    >>> spread([5.0, 5.0, 20.0], 2.0, 0.0, 30.0)
    [4.0, 6.0, 20.0]
    """
    order = np.argsort(np.asarray(places, dtype=float), kind="stable")
    groups: list[tuple[float, int]] = []  # sum of wished places of the first label, number of labels
    for place in np.asarray(places, dtype=float)[order]:
        groups.append((float(place), 1))
        while len(groups) > 1 and _start(groups[-2], distance, low, high) + groups[-2][1] * distance > _start(
            groups[-1], distance, low, high
        ):
            (second, more), (first, some) = groups.pop(), groups.pop()
            groups.append((first + second - more * some * distance, some + more))
    placed = [_start(group, distance, low, high) + number * distance for group in groups for number in range(group[1])]
    result = np.empty(len(placed))
    result[order] = placed
    return result.tolist()


def _start(group: tuple[float, int], distance: float, low: float, high: float) -> float:
    """Place of the first label of a block of labels that touch."""
    total, size = group
    return max(min(total / size, high - (size - 1) * distance), low)


def number_ticks(view: View, low: float, high: float, count: int = 4) -> tuple[list[float], list[str]]:
    """Choose round numbers on an axis and write them as readers do."""
    ticks = [float(tick) for tick in MaxNLocator(count, steps=[1, 2, 5, 10]).tick_values(low, high)]
    ticks = [round(tick, 10) + 0.0 for tick in ticks if low - 1e-9 <= tick <= high + 1e-9]
    decimals = next((d for d in range(3) if all(abs(round(tick, d) - tick) < 1e-9 for tick in ticks)), 3)
    return ticks, [view.words.number(tick, decimals) for tick in ticks]
