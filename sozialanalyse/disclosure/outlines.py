"""Outlines of the areas of a Release, small enough for a page: what a map to click on needs, and everybody may know.

The town's polygons are part of the Release; what is made of them here says less than they do. Borders are made simpler all at
once (Visvalingam and Whyatt 1993, as GEOS simplifies a coverage), so that neighbours keep their common border, and
written in whole units of a drawing. No outline tells where anything but the area itself lies.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sozialanalyse.loading.polygons import read_polygons

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.disclosure.release import Release

WIDTH: Final = 1000
"""Of the drawing, in its units; its height follows from the town's shape."""

MOST_LETTERS: Final = 60_000
"""So many letters the outlines of all levels have at most together; where they have more, they are made simpler."""

FIRST_TOLERANCE: Final = 1.5
"""Side of the square that a corner may change, in units of the drawing; it grows until the outlines are short enough."""

LARGEST_TOLERANCE: Final = 60.0


def outlines_of(release: Release) -> dict[str, Any]:
    """Draw the areas of a Release.

    Parameters
    ----------
    release
        With the town's polygons, or without.

    Returns
    -------
    dict
        ``outlines``: ``width`` and ``height`` of the drawing and, by the id of an area, its outline as SVG writes paths; of
        every level but the whole town. Empty where there are no polygons.
    """
    path, declared = release.data.geometry, release.data.file.geometry
    if path is None or declared is None:
        return {}
    frame = read_polygons(path, declared)
    frame = frame[frame["area"].isin(release.areas.places["area"])]
    if frame.empty:
        return {}
    shapes, height = _drawn(frame)
    tolerance = FIRST_TOLERANCE
    while True:
        areas = _outlines(shapes, list(frame["area"].astype(str)), release.areas, tolerance)
        if sum(map(len, areas.values())) <= MOST_LETTERS or tolerance > LARGEST_TOLERANCE:
            return {"outlines": {"width": WIDTH, "height": height, "areas": areas}}
        tolerance *= 1.5


def _drawn(frame: gpd.GeoDataFrame) -> tuple[Any, int]:
    """Move polygons into the drawing, north up; degrees are made as wide as they are in the middle of the town."""
    import numpy as np  # noqa: PLC0415 - heavy, and without polygons not needed
    import shapely  # noqa: PLC0415 - heavy

    shapes = shapely.force_2d(shapely.make_valid(frame.geometry.to_numpy()))
    west, south, east, north = shapely.total_bounds(shapes)
    is_degrees = frame.crs is not None and frame.crs.is_geographic
    narrower = np.cos(np.radians((south + north) / 2)) if is_degrees else 1.0
    scale = WIDTH / max((east - west) * narrower, 1e-9)
    moved = shapely.transform(
        shapes, lambda at: np.column_stack(((at[:, 0] - west) * narrower * scale, (north - at[:, 1]) * scale))
    )
    return shapely.set_precision(moved, 0.01), max(1, round((north - south) * scale))


def _outlines(shapes: Any, ids: Sequence[str], areas: AreaTree, tolerance: float) -> dict[str, str]:
    """Write the outlines of all levels but the whole town, made as simple as the tolerance allows."""
    import pandas as pd  # noqa: PLC0415 - heavy, and without polygons not needed
    import shapely  # noqa: PLC0415 - heavy

    parts = pd.Series(shapely.coverage_simplify(shapes, tolerance), index=pd.Index(ids))
    found: dict[str, str] = {}
    for level in areas.levels[:-1]:
        above = parts.index.map(areas.ancestors_at(level).to_dict())
        merged = parts[above.notna()].groupby(above[above.notna()], sort=True).agg(shapely.union_all)
        written = {str(area): "".join(_rings(shape)) for area, shape in merged.items()}
        found |= {area: text for area, text in written.items() if text}
    return found


def _rings(shape: Any) -> Iterator[str]:
    """Write each ring of a shape: where it begins, then the way from corner to corner."""
    import numpy as np  # noqa: PLC0415 - heavy, and without polygons not needed
    import shapely  # noqa: PLC0415 - heavy

    for polygon in shapely.get_parts(shape):
        if polygon.geom_type != "Polygon":
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            corners = np.rint(shapely.get_coordinates(ring)[:-1]).astype(int)
            steps = np.diff(corners, axis=0)
            steps = steps[(steps != 0).any(axis=1)]
            if len(steps) >= 2:
                way = " ".join(f"{right} {down}" for right, down in steps)
                yield f"M{corners[0][0]} {corners[0][1]}l{re.sub(' -', '-', way)}z"
