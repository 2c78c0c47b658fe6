"""Polygons of a town, from GeoJSON, GeoPackage or Shapefile.

A check that each belongs to a known area, so that no map shows a silent blank, and the one way to read them. The check of
a GeoJSON file needs no geographic library, so a town with one opens fast.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sozialanalyse.errors import DataError, Fault, Place, nearest
from sozialanalyse.loading.csv_files import quoted, require_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.loading.town_file import Geometry

MAXIMUM_BYTES = 200_000_000
"""Polygons of small areas, drawn for a page, are never larger."""

KINDS = ("Polygon", "MultiPolygon")
CORNERS = 3
"""Fewer different points enclose nothing."""

SIGNATURES = {".gpkg": b"SQLite format 3\x00", ".shp": b"\x00\x00\x27\x0a"}
"""First bytes by ending. What reads these files would open any kind by its content, also such as point to other files."""

COMPANIONS = (".shx", ".dbf")
"""Files that belong to a Shapefile beside ``.shp``; those with the projection and the encoding may be absent."""

OPTIONAL = (".prj", ".cpg")


def check_polygons(path: Path, geometry: Geometry, areas: AreaTree) -> None:
    """Check a file of polygons against the table of areas.

    Parameters
    ----------
    path
        The file: GeoJSON, GeoPackage or Shapefile.
    geometry
        What ``town.yml`` says of it.
    areas
        The area tree.

    Raises
    ------
    DataError
        No such file; polygons without an id; polygons of areas that are neither in the table nor merged into one that
        is; features that are no polygon, or an empty one.
    """
    is_geojson = path.suffix.lower() not in SIGNATURES
    features = _features(path, geometry.file) if is_geojson else _features_of(_open(path, geometry), geometry)
    faults = list(_faults(features, geometry, areas))
    if faults:
        raise DataError(faults)


def read_polygons(path: Path, geometry: Geometry) -> gpd.GeoDataFrame:
    """Read the polygons of a checked file.

    Returns
    -------
    geopandas.GeoDataFrame
        ``area``: the id of the area that a polygon belongs to (``geometry.merge`` applied), text; ``geometry``; in the
        file's own reference system.
    """
    import geopandas as gpd  # noqa: PLC0415 - heavy

    frame = _open(path, geometry)
    ids = frame[geometry.area].astype(object).replace(dict(geometry.merge))
    return gpd.GeoDataFrame({"area": ids}, geometry=frame.geometry.to_numpy(), crs=frame.crs)


def shapes_of(path: Path, geometry: Geometry) -> dict[str, Any]:
    """Read the shape of each area of a checked file, those merged that belong to one area.

    Returns
    -------
    dict of str to shapely geometry
        In the file's own reference system, in the order of the ids.
    """
    import shapely  # noqa: PLC0415 - heavy
    from shapely.geometry import shape  # noqa: PLC0415 - heavy

    is_geojson = path.suffix.lower() not in SIGNATURES
    features = _features(path, geometry.file) if is_geojson else _features_of(_open(path, geometry), geometry)
    parts: dict[str, list[Any]] = {}
    for feature in features:
        area = feature["properties"][geometry.area]
        parts.setdefault(geometry.merge.get(area, area), []).append(shapely.make_valid(shape(feature["geometry"])))
    return {area: shapely.union_all(parts[area]) if len(parts[area]) > 1 else parts[area][0] for area in sorted(parts)}


def files_of(path: Path) -> list[Path]:
    """List the files that polygons are read from: a Shapefile is several."""
    if path.suffix.lower() != ".shp":
        return [path]
    beside = [path.with_suffix(ending) for ending in (*COMPANIONS, *OPTIONAL)]
    return [path, *(file for file in beside if file.is_file())]


def _open(path: Path, geometry: Geometry) -> gpd.GeoDataFrame:
    """Read a file whose first bytes are what its ending says; nothing is written beside it."""
    import geopandas as gpd  # noqa: PLC0415 - heavy
    from pyogrio.errors import DataSourceError  # noqa: PLC0415 - heavy

    ending = path.suffix.lower()
    _require_kind(path, geometry.file, ending)
    options = {"IMMUTABLE": "YES"} if ending == ".gpkg" else {}
    try:
        layer = _layer(path, geometry)
        return gpd.read_file(path, layer=layer, engine="pyogrio", **options)
    except (DataSourceError, ValueError) as error:
        raise DataError(Fault("the polygons cannot be read; the file is damaged", {}, Place(geometry.file))) from error


def _require_kind(path: Path, name: str, ending: str) -> None:
    require_file(path, name, MAXIMUM_BYTES)
    if ending not in SIGNATURES:
        return
    with path.open("rb") as stream:
        head = stream.read(16)
    if not head.startswith(SIGNATURES[ending]):
        message = "the file is no {expected}, whatever its name says"
        expected = "GeoPackage" if ending == ".gpkg" else "Shapefile"
        raise DataError(Fault(message, {"expected": expected}, Place(name)))
    missing = [file for file in COMPANIONS if ending == ".shp" and not path.with_suffix(file).is_file()]
    if missing:
        message = "a Shapefile is several files; beside this one are missing: {missing}"
        raise DataError(Fault(message, {"missing": quoted(missing)}, Place(name)))


def _layer(path: Path, geometry: Geometry) -> str:
    """Choose the declared layer, or the only one."""
    import pyogrio  # noqa: PLC0415 - heavy

    layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if geometry.layer in layers or (geometry.layer is None and len(layers) == 1):
        return geometry.layer or layers[0]
    message = "the file has the layers {layers}; declare in geometry which layer is meant"
    raise DataError(Fault(message, {"layers": quoted(layers)}, Place(geometry.file)))


def _features_of(frame: gpd.GeoDataFrame, geometry: Geometry) -> list[Any]:
    """Write polygons as GeoJSON has them."""
    ids = frame[geometry.area].astype(object) if geometry.area in frame else [None] * len(frame)
    shapes = [None if shape is None or shape.is_empty else shape for shape in frame.geometry]
    return [
        {"properties": {geometry.area: area}, "geometry": shape and json.loads(json.dumps(shape.__geo_interface__))}
        for area, shape in zip(ids, shapes, strict=True)
    ]


def _features(path: Path, name: str) -> list[Any]:
    require_file(path, name, MAXIMUM_BYTES)
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
