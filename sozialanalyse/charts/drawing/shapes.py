"""Shapes of areas for maps: read, merged to a level, scaled to the paper and made small."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import shapely
from matplotlib.collections import PathCollection
from matplotlib.path import Path as Outline

from sozialanalyse.charts.drawing import style
from sozialanalyse.language import key, keyed

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes

    from sozialanalyse.view import View

Shape: TypeAlias = Any
"""A geometry of shapely, which ships no types."""

GRID = 0.1
"""Coordinates are rounded to so many points: finer than a printer prints."""

TOLERANCES = (0.3, 0.45, 0.65, 0.9, 1.2)
"""By about so many points may a border move where it is simplified; the first is taken that makes the picture small."""

FEW_VERTICES, MOST_VERTICES, OF_AN_AREA = 4_000, 12_000, 20
"""In all panels together, and in each area where there are many; a vertex takes about 15 bytes, so a map of few areas stays
below 100 kB and one of very many below 300 kB."""

SLIVER = 1.0
"""A hole narrower than so many points is no area but a fault of the borders."""

TALLEST = 300.0
LARGEST_LONGITUDE, LARGEST_LATITUDE = 180.0, 90.0


@dataclass(frozen=True)
class Shapes:
    """Shapes on paper, in points from the lower left corner.

    ``areas`` are those compared, by id; ``neighbours`` surround them; ``highlighted`` is the outline of the view's area;
    ``missing`` lists compared areas for which the file has no shape; ``paper`` and ``squeeze`` say how the world came on the paper.
    """

    areas: dict[str, Shape]
    height: float
    neighbours: list[Shape] = field(default_factory=list)
    highlighted: list[Shape] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    paper: _Paper | None = None
    squeeze: float = 1.0

    def points(self, places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Put points on paper that are given as the file has its coordinates."""
        if self.paper is None or not places:
            return []
        moved = self.paper.to_paper(np.array(places, dtype=np.float64) * (self.squeeze, 1.0))
        return [(float(x), float(y)) for x, y in moved]

    def of(self, areas: Iterable[str]) -> list[Shape]:
        """Shapes of areas, those without one left out."""
        return [self.areas[area] for area in areas if area in self.areas]

    def spread(self, axes: Axes) -> None:
        """Make a panel the paper: a point of the shapes is a point on it, and there are no axes."""
        axes.set_xlim(0, axes.get_window_extent().width)
        axes.set_ylim(0, self.height)
        axes.set_axis_off()

    def label(self, axes: Axes, dark: Container[str]) -> None:
        """Write the ids of the areas into them, where they fit; in white upon the dark ones."""
        for area, shape in self.areas.items():
            if self.has_room(shape, style.text_width(area, style.SMALL), style.SMALL):
                point = shape.representative_point()
                colour = "white" if area in dark else style.INK
                name = keyed(area, key("area", area))
                style.write(axes, point.x, point.y, name, ha="center", va="center", color=colour, gid="label")

    @staticmethod
    def draw(axes: Axes, shapes: Sequence[Shape], **look: Any) -> None:
        """Add shapes to a panel as one collection."""
        if shapes:
            paths = [_outline(shape) for shape in shapes if not shape.is_empty]
            axes.add_collection(PathCollection(paths, **look), autolim=False)

    @staticmethod
    def has_room(shape: Shape, width: float, height: float) -> bool:
        """Whether a label of this size fits into a shape around its representative point."""
        if shape.is_empty:
            return False
        point = shape.representative_point()
        box = shapely.box(point.x - width / 2, point.y - height / 2, point.x + width / 2, point.y + height / 2)
        return bool(shape.intersection(box).area >= 0.9 * box.area)


def outlines(view: View, areas: Sequence[str], width: float, panels: int, day: pd.Timestamp) -> Shapes | None:
    """Read the town's shapes and prepare those of some areas for a panel.

    Parameters
    ----------
    view
        Whose town and area count.
    areas
        Ids of the compared areas, all of the view's level.
    width
        Width of a panel in points.
    panels
        How many panels show the shapes.
    day
        On which the areas existed; shapes of today are merged where areas have been divided since.

    Returns
    -------
    Shapes or None
        None where the town has no shapes of these areas.
    """
    path, declared = view.town.data.geometry, view.town.data.file.geometry
    if path is None or declared is None:
        return None
    before = view.town.data.crosswalks.merged_before(day)
    merge = before | {part: before.get(area, area) for part, area in declared.merge.items()}
    leaves = _read(path, merge, declared.area)
    of_level = view.town.areas.ancestors_at(view.level)
    level = leaves.map_area(of_level)
    if not set(areas) & set(level):
        return None
    own = {area: level[area] for area in sorted(areas) if area in level}
    on_paper = _Paper.fitting(list(own.values()), width)
    names = [*own, *(area for area in level if area not in own)]
    most = min(max(FEW_VERTICES // panels, OF_AN_AREA * len(own)), MOST_VERTICES // panels)
    shapes = dict(zip(names, on_paper.place([level[name] for name in names], most), strict=True))
    return Shapes(
        areas={area: shapes[area] for area in own},
        height=on_paper.height,
        neighbours=[shape for name, shape in shapes.items() if name not in own and on_paper.shows(shape)],
        highlighted=_highlight(view, shapes),
        missing=[area for area in sorted(areas) if area not in level],
        paper=on_paper,
        squeeze=leaves.squeeze,
    )


def _highlight(view: View, shapes: dict[str, Shape]) -> list[Shape]:
    """Outline of the view's area, unless it is the whole town."""
    tree = view.town.areas
    if view.area == tree.root:
        return []
    inside = set(tree.below(view.area, view.level))
    own = [shape for area, shape in shapes.items() if area in inside]
    return [shapely.union_all(own)] if own else []


@dataclass(frozen=True)
class _Leaves:
    """Shapes by the id of the area that they belong to, as the file has them but for degrees of longitude, which are squeezed."""

    frame: gpd.GeoDataFrame
    squeeze: float = 1.0

    def map_area(self, to: Any) -> dict[str, Shape]:
        """Merge the shapes of all areas that belong to the same larger one."""
        target = self.frame["area"].map(to)
        known = self.frame[target.notna()]
        groups = known.groupby(target[target.notna()], sort=True)["geometry"]
        return {str(area): shapely.union_all(part.to_numpy()) for area, part in groups}


def _read(path: Path, merge: dict[str, str], column: str) -> _Leaves:
    """Read the file and call each shape by the area that it is part of; degrees are stretched so that a kilometre is as long in both directions."""
    import geopandas as gpd  # noqa: PLC0415 - heavy

    frame = gpd.read_file(path)
    ids = frame[column].astype(str)
    geometry = shapely.force_2d(shapely.make_valid(frame.geometry.to_numpy()))
    west, south, east, north = shapely.total_bounds(geometry)
    squeeze = 1.0
    if max(-west, east) <= LARGEST_LONGITUDE and max(-south, north) <= LARGEST_LATITUDE:
        squeeze = float(np.cos(np.radians((south + north) / 2)))
        geometry = shapely.transform(geometry, lambda points: points * (squeeze, 1.0))
    return _Leaves(gpd.GeoDataFrame({"area": ids.replace(merge)}, geometry=geometry), squeeze)


@dataclass(frozen=True)
class _Paper:
    """How the world is put on paper: shifted, scaled, simplified, rounded."""

    origin: tuple[float, float]
    scale: float
    shift: float
    width: float
    height: float

    @classmethod
    def fitting(cls, shapes: Sequence[Shape], width: float) -> _Paper:
        west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
        scale = min((width - 4) / (east - west), (TALLEST - 4) / (north - south))
        height = float(np.ceil((north - south) * scale)) + 4
        return cls((west, south), scale, (width - (east - west) * scale) / 2, width, height)

    def place(self, shapes: Sequence[Shape], most_vertices: int) -> list[Shape]:
        """Put shapes on the paper; a border that two shapes share is simplified the same way in both."""
        on_paper = shapely.transform(np.array(shapes, dtype=object), self.to_paper)
        scaled = np.array([_without_slivers(shape) for shape in on_paper], dtype=object)
        for tolerance in TOLERANCES:
            simple = shapely.set_precision(shapely.coverage_simplify(scaled, tolerance), GRID)
            if sum(shapely.get_num_coordinates(shape) for shape in simple if self.shows(shape)) <= most_vertices:
                break
        return list(simple)

    def to_paper(self, points: np.ndarray) -> np.ndarray:
        """Shift and scale points."""
        return (points - self.origin) * self.scale + (self.shift, 2.0)

    def shows(self, shape: Shape) -> bool:
        """Whether a shape reaches into the panel."""
        if shape.is_empty:
            return False
        west, south, east, north = shape.bounds
        return bool(west < self.width and east > 0 and south < self.height and north > 0)


def _without_slivers(shape: Shape) -> Shape:
    """Close the narrow gaps that stay between merged shapes whose borders do not quite meet; real holes remain."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    closed = [
        shapely.Polygon(part.exterior, [ring for ring in part.interiors if not _is_sliver(ring)]) for part in parts
    ]
    return shapely.MultiPolygon(closed) if len(closed) > 1 else closed[0] if closed else shape


def _is_sliver(ring: Shape) -> bool:
    return bool(shapely.Polygon(ring).buffer(-SLIVER / 2).is_empty)


def _outline(shape: Shape) -> Outline:
    """Make one path of a shape with its holes."""
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    rings = [np.asarray(ring.coords) for part in polygons for ring in (part.exterior, *part.interiors)]
    return Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings))
