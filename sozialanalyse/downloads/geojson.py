"""Areas as GeoJSON (RFC 7946): the shapes of today's areas with the last released value of each indicator.

Not as GeoPackage: that is a database, which holds the time of its making and whatever its pages held before.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sozialanalyse.downloads.table import PLACE, clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from sozialanalyse.downloads.table import Row
    from sozialanalyse.town import Town

DEGREES = "EPSG:4326"
PRECISION = 6
"""Decimals of a degree: about ten centimetres."""

LARGEST = (-180.0, -90.0, 180.0, 90.0)

STATISTICS = ("value", "lower", "upper")
"""Of each indicator; with its state and its date they are the properties of an area: ``ID``, ``ID_lower``, ``ID_state`` ..."""


def areas_of(town: Town, rows: Iterable[Row], level: str) -> bytes | None:
    """Write the areas of a level.

    Parameters
    ----------
    town
        With its polygons.
    rows
        Of the table of values; the last one of each area and indicator is taken.
    level
        Id of a level.

    Returns
    -------
    bytes or None
        None where the town has no polygons, or none of which is known where on earth they are.
    """
    shapes = _shapes(town, level)
    if not shapes:
        return None
    last = _last(rows, level)
    features = [
        {
            "type": "Feature",
            "id": area,
            "properties": {
                "area": area,
                "area_name": clean(town.areas.name(area)),
                "level": level,
                **last.get(area, {}),
            },
            "geometry": shapes[area],
        }
        for area in sorted(shapes)
    ]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'.encode()


def number(text: str) -> float | int | None:
    """Read a number of the table; None where there is none."""
    return None if not text else float(text) if "." in text else int(text)


def _last(rows: Iterable[Row], level: str) -> dict[str, dict[str, Any]]:
    """Take the last row of each area of a level and indicator, as properties."""
    chosen: dict[tuple[str, str], Row] = {}
    for row in rows:
        if row[PLACE["level"]] == level:
            key = row[PLACE["area"]], row[PLACE["indicator"]]
            before = chosen.get(key)
            if before is None or before[PLACE["period_end"]] <= row[PLACE["period_end"]]:
                chosen[key] = row
    found: dict[str, dict[str, Any]] = {}
    for (area, indicator), row in chosen.items():
        own = {"value": indicator, "lower": f"{indicator}_lower", "upper": f"{indicator}_upper"}
        properties: dict[str, Any] = {own[name]: number(row[PLACE[name]]) for name in STATISTICS}
        properties |= {f"{indicator}_state": row[PLACE["state"]], f"{indicator}_date": row[PLACE["period_end"]]}
        found.setdefault(area, {}).update(properties)
    return found


def _shapes(town: Town, level: str) -> dict[str, dict[str, Any]]:
    """Give the shape of each area of a level in degrees, put together of its parts."""
    import shapely  # noqa: PLC0415 - heavy

    frame = _polygons(town)
    if frame is None:
        return {}
    target = frame["area"].map(town.areas.ancestors_at(level))
    groups = frame[target.notna()].groupby(target[target.notna()], sort=True)["geometry"]
    merged = {str(area): shapely.union_all(part.to_numpy()) for area, part in groups}
    return {area: _geometry(shape) for area, shape in merged.items() if not shape.is_empty}


def _polygons(town: Town) -> pd.DataFrame | None:
    """Read the polygons in degrees, on a grid so that neighbours keep their common border."""
    path, declared = town.data.geometry, town.data.file.geometry
    if path is None or declared is None:
        return None
    import geopandas as gpd  # noqa: PLC0415 - heavy
    import shapely  # noqa: PLC0415 - heavy

    frame = gpd.read_file(path)
    if frame.crs is not None:
        frame = frame.to_crs(DEGREES)
    west, south, east, north = frame.total_bounds
    if west < LARGEST[0] or south < LARGEST[1] or east > LARGEST[2] or north > LARGEST[3]:
        return None
    shapes = shapely.force_2d(shapely.make_valid(frame.geometry.to_numpy()))
    geometry = shapely.set_precision(shapes, 10.0**-PRECISION)
    return gpd.GeoDataFrame({"area": frame[declared.area].astype(str).replace(declared.merge)}, geometry=geometry)


def _geometry(shape: Any) -> dict[str, Any]:
    """Write a shape; rings turn as RFC 7946 asks."""
    from shapely.geometry import mapping  # noqa: PLC0415 - heavy
    from shapely.geometry.polygon import orient  # noqa: PLC0415 - heavy

    polygons = [orient(part) for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon"]
    parts = [_rounded(mapping(polygon)["coordinates"]) for polygon in polygons]
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def _rounded(part: Any) -> Any:
    return round(part, PRECISION) if isinstance(part, float) else [_rounded(below) for below in part]
