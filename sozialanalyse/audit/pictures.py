"""Pictures: what an SVG shows, panel by panel, measured against its own axis.

A point drawn is a number told: its place on the axis gives the value to several digits. So every point must be a
published value that the picture's keys tell of, and there may be no more of them than there are such values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

XLINK = "{http://www.w3.org/1999/xlink}href"
_NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
_STEP = re.compile(rf"([MLCl])\s*((?:{_NUMBER}[\s,]*)+)")

FRAME = re.compile(
    r"(?:patch|text|legend|matplotlib\.axis|[xy]tick|guides|break|label|neighbours|highlighted)(?:_?\d+)?$"
)
"""Groups that hold no data: frames, axes, texts, the outlines of areas."""

CLASS = re.compile(r"class \d+$")
"""Groups of a map's areas of one class."""

BANDS = re.compile(r"(?:intervals|FillBetweenPolyCollection|LineCollection|PolyCollection|error)(?:_?\d+)?$")
"""Groups of intervals: their ends are no values, but between them lies one."""

BLANK = re.compile(r"(?:missing|suppressed|not_applicable|uncertain)$")
"""Groups of a map's areas that have no value."""

ESTIMATES = re.compile(r"(?:until reform|converted)$")
"""Groups of values of before a reform, estimated for today's areas; they are no cells of the release."""


LEADERS = "leaders"
"""Group of the lines that lead from the end of a line to its name; they may stand beside the panel only."""


class Point(NamedTuple):
    """A place in a picture."""

    x: float
    y: float


class Text(NamedTuple):
    """A text, where it stands, and in which group."""

    place: Point
    text: str
    group: str = ""


@dataclass
class Panel:
    """What is drawn in one panel.

    Parameters
    ----------
    name
        Id of its group.
    ticks
        Places and labels of the ticks of both axes.
    notches
        Places of all ticks, those without a label among them.
    points
        Places of corners of lines.
    lines
        The same, line by line.
    markers
        Places of signs that stand for a value.
    bands
        Corners of intervals, path by path.
    estimates
        How many signs stand for values converted from earlier areas.
    frame
        Least and greatest place inside the axes.
    rules
        Corners of frames, axes, grids and guides.
    areas
        Outlines of the coloured areas of each class.
    texts
        What is written in it.
    groups
        The same corners and signs by the id of their group, stroke by stroke.
    strange
        What is drawn in groups that should hold nothing or are not known.
    """

    name: str
    ticks: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: {"x": [], "y": []})
    notches: dict[str, list[float]] = field(default_factory=lambda: {"x": [], "y": []})
    points: list[Point] = field(default_factory=list)
    lines: list[list[Point]] = field(default_factory=list)
    markers: list[Point] = field(default_factory=list)
    bands: list[list[Point]] = field(default_factory=list)
    estimates: int = 0
    frame: tuple[Point, Point] | None = None
    rules: list[Point] = field(default_factory=list)
    areas: dict[str, list[list[Point]]] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)
    groups: dict[str, list[list[Point]]] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)

    def scale(self, axis: str, numbers: list[float | None]) -> tuple[float, float] | None:
        """Fit the axis: value = offset + slope * place; None where its ticks do not stand evenly."""
        known = [
            (place, number) for (place, _), number in zip(self.ticks[axis], numbers, strict=True) if number is not None
        ]
        if len(known) < 2 or known[0][0] == known[-1][0]:
            return None
        slope = (known[-1][1] - known[0][1]) / (known[-1][0] - known[0][0])
        offset = known[0][1] - slope * known[0][0]
        tolerance = abs(slope) * 0.1
        even = all(abs(offset + slope * place - number) <= tolerance for place, number in known)
        return (offset, slope) if even and slope else None


@dataclass
class Drawing:
    """A picture: its panels, its texts, and what is said of it that nobody sees."""

    panels: list[Panel] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    outside: int = 0


def read_drawing(svg: bytes) -> Drawing | None:
    """Read a picture.

    Parameters
    ----------
    svg
        Its bytes.

    Returns
    -------
    Drawing
        None where it is no well-formed SVG.
    """
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415 - beside its user

    from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # noqa: PLC0415 - heavy
    from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # noqa: PLC0415 - heavy

    try:
        root = fromstring(svg.replace(_DOCTYPE, b""))
    except (ParseError, DefusedXmlException, ValueError):
        return None
    shapes = {element.get("id", ""): element for element in root.iter() if _tag(element) == "path"}
    drawing = Drawing()
    _walk(root, drawing, None, shapes)
    comments = re.findall(rb"<!--(.*?)-->", svg, re.DOTALL)
    drawing.unseen += [comment.decode("utf-8", "replace") for comment in comments]
    return drawing


_DOCTYPE = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"\n  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
"""What matplotlib writes; any other declaration is refused."""


def _walk(element: Element, drawing: Drawing, panel: Panel | None, shapes: dict[str, Element], group: str = "") -> None:
    """Go through a picture and note what is drawn in which group."""
    for child in element:
        tag, name = _tag(child), child.get("id", "")
        if tag in ("defs", "clipPath", "style") or not isinstance(child.tag, str):
            continue
        if tag in ("title", "desc", "metadata", "script", "foreignObject"):
            drawing.unseen.append(" ".join("".join(child.itertext()).split()))
        elif tag == "text":
            written = "".join(child.itertext())
            drawing.texts.append(written)
            if panel is not None:
                panel.texts.append(Text(Point(_place(child, "x"), _place(child, "y")), written, element.get("id", "")))
        elif tag == "g":
            own = _panel_of(name, panel, drawing)
            axis = re.match(r"([xy])tick_\d+$", name)
            if axis and own:
                _note_tick(child, own, axis[1])
            special = any(kind.match(group) for kind in (FRAME, BANDS, CLASS, BLANK, ESTIMATES))
            inner = group if not name or special else "" if own is not panel else name
            _walk(child, drawing, own, shapes, inner)
        else:
            _note_shape(child, drawing, panel, shapes, group)


def _panel_of(name: str, panel: Panel | None, drawing: Drawing) -> Panel | None:
    if re.match(r"(?:axes_\d+|panel-.*)$", name) and (panel is None or panel.name.startswith("axes_")):
        if panel is not None and name.startswith("panel-"):
            panel.name = name
            return panel
        drawing.panels.append(Panel(name))
        return drawing.panels[-1]
    return panel


def _note_tick(group: Element, panel: Panel, axis: str) -> None:
    places = [_place(use, axis) for use in group.iter() if _tag(use) == "use"]
    labels = ["".join(text.itertext()) for text in group.iter() if _tag(text) == "text"]
    panel.notches[axis] += places[:1]
    if places and labels:
        panel.ticks[axis].append((places[0], labels[0]))


def _note_shape(shape: Element, drawing: Drawing, panel: Panel | None, shapes: dict[str, Element], group: str) -> None:
    """Note a path, a sign or any other thing that is drawn."""
    if panel is None:
        # Behind all panels lies one white sheet.
        drawing.outside += not group.startswith("patch_1") and _tag(shape) != "svg"
        return
    tag = _tag(shape)
    if FRAME.match(group):
        _note_frame(shape, panel, group)
        return
    if tag == "use":
        place = Point(_place(shape, "x"), _place(shape, "y"))
        target = shapes.get(shape.get(XLINK, shape.get("href", "")).removeprefix("#"))
        corners = list(_corners(target.get("d", "") if target is not None else ""))
        if CLASS.match(group):
            panel.areas.setdefault(group, []).append(
                [Point(corner.x + place.x, corner.y + place.y) for corner in corners]
            )
        elif BANDS.match(group):
            panel.bands.append([Point(corner.x + place.x, corner.y + place.y) for corner in corners])
        elif ESTIMATES.match(group):
            panel.estimates += 1
        else:
            panel.markers.append(place)
            panel.groups.setdefault(group, []).append([place])
    elif tag == "path":
        _note_path(list(_strokes(shape.get("d", ""))), panel, group)
    else:
        panel.strange.append(tag)


def _note_frame(shape: Element, panel: Panel, group: str) -> None:
    """Note where frames, axes and guides stand; the first patch of a panel is its frame."""
    corners = list(_corners(shape.get("d", "")))
    if panel.frame is None and corners and group.startswith("patch"):
        panel.frame = Point(*map(min, zip(*corners, strict=True))), Point(*map(max, zip(*corners, strict=True)))
    panel.rules += corners
    if _tag(shape) == "use":
        panel.rules.append(Point(_place(shape, "x"), _place(shape, "y")))
    elif _tag(shape) != "path":
        panel.strange.append(_tag(shape))


def _note_path(strokes: list[list[Point]], panel: Panel, group: str) -> None:
    corners = [corner for stroke in strokes for corner in stroke]
    if CLASS.match(group):
        panel.areas.setdefault(group, []).append(corners)
    elif BANDS.match(group):
        panel.bands += strokes
    elif not (ESTIMATES.match(group) or BLANK.match(group)):
        panel.groups.setdefault(group, []).extend(strokes)
        if group == LEADERS:
            return
        panel.points += corners
        panel.lines += strokes


def _strokes(path: str) -> Iterator[list[Point]]:
    """Cut a path where the pen is lifted."""
    stroke: list[Point] = []
    for command, numbers in _STEP.findall(path):
        values = [float(number) for number in re.findall(_NUMBER, numbers)]
        if command == "M" and stroke:
            yield stroke
            stroke = []
        pairs = [Point(*pair) for pair in zip(values[::2], values[1::2], strict=False)]
        stroke += _followed(stroke[-1], pairs) if command == "l" and stroke else pairs
    if stroke:
        yield stroke


def _followed(start: Point, steps: list[Point]) -> Iterator[Point]:
    """Follow steps from corner to corner."""
    for step in steps:
        start = Point(start.x + step.x, start.y + step.y)
        yield start


def _corners(path: str) -> Iterator[Point]:
    return (corner for stroke in _strokes(path) for corner in stroke)


def _place(element: Element, axis: str) -> float:
    """Read a coordinate; not a number where there is none."""
    try:
        return float(element.get(axis, "nan"))
    except ValueError:
        return float("nan")


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]
