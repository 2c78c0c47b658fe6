"""Polygons of a town: a check that each belongs to a known area, so that no map shows a silent blank."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sozialanalyse.errors import DataError, Fault, Place, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.loading.town_file import Geometry

MAXIMUM_BYTES = 200_000_000
"""Polygons of small areas, drawn for a page, are never larger."""


KINDS = ("Polygon", "MultiPolygon")
CORNERS = 3
"""Fewer different points enclose nothing."""


def check_polygons(path: Path, geometry: Geometry, areas: AreaTree) -> None:
    """Check a GeoJSON file against the table of areas.

    Parameters
    ----------
    path
        The file.
    geometry
        What ``town.yml`` says of it.
    areas
        The area tree.

    Raises
    ------
    DataError
        No GeoJSON; polygons without an id; polygons of areas that are neither in the table nor merged into one that is;
        features that are no polygon, or an empty one.
    """
    faults = list(_faults(_features(path, geometry.file), geometry, areas))
    if faults:
        raise DataError(faults)


def _features(path: Path, name: str) -> list[Any]:
    if not path.is_file():
        raise DataError(Fault("the file does not exist", {}, Place(name)))
    if path.stat().st_size > MAXIMUM_BYTES:
        raise DataError(Fault("the file is larger than {limit} bytes", {"limit": MAXIMUM_BYTES}, Place(name)))
    try:
        return list(json.loads(path.read_bytes())["features"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        message = "this is no GeoJSON file with a list of features"
        raise DataError(Fault(message, {}, Place(name, getattr(error, "lineno", None)))) from error


def _faults(features: list[Any], geometry: Geometry, areas: AreaTree) -> Iterator[Fault]:
    known = areas.frame["area"].tolist()
    for number, feature in enumerate(features):
        place = Place(geometry.file, None, f"features.{number}")
        properties = feature.get("properties") if isinstance(feature, dict) else None
        area = properties.get(geometry.area) if isinstance(properties, dict) else None
        if not isinstance(area, str):
            yield Fault("the polygon has no text '{property}' that names its area", {"property": geometry.area}, place)
        elif geometry.merge.get(area, area) not in areas:
            message = "the polygon is of area '{area}', which is not in the table of areas; merge it into one: {near}?"
            yield Fault(message, {"area": area, "near": nearest(area, known)}, place)
        elif not _is_polygon(feature.get("geometry")):
            message = "the polygon of area '{area}' has no area; a Polygon or MultiPolygon with coordinates is expected"
            yield Fault(message, {"area": area}, place)


def _is_polygon(geometry: Any) -> bool:
    """Tell whether a GeoJSON geometry has rings, and the outer one of each part enough points to enclose something."""
    if not isinstance(geometry, dict) or geometry.get("type") not in KINDS:
        return False
    parts = geometry.get("coordinates")
    parts = [parts] if geometry["type"] == "Polygon" else parts
    return isinstance(parts, list) and bool(parts) and all(_encloses(part) for part in parts)


def _encloses(rings: Any) -> bool:
    outer = rings[0] if isinstance(rings, list) and rings else None
    if not isinstance(outer, list):
        return False
    points = {tuple(point[:2]) for point in outer if isinstance(point, list) and _are_numbers(point[:2])}
    return len(points) >= CORNERS


def _are_numbers(point: list[Any]) -> bool:
    return len(point) == 2 and all(isinstance(number, (int, float)) for number in point)
