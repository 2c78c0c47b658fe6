"""Files for download that are JSON: shapes with values, a cube, metadata. Each number is that of a published cell."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from sozialanalyse.audit.downloads import NUMBER, DownloadAudit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sozialanalyse.audit.problems import Problem

CONSTANTS = frozenset(
    {
        "http://www.w3.org/ns/csvw",
        "http://www.w3.org/ns/dcat#",
        "http://purl.org/dc/terms/",
        "http://xmlns.com/foaf/0.1/",
        "http://www.w3.org/2000/01/rdf-schema#",
        "http://www.w3.org/2001/XMLSchema#",
        "http://dcat-ap.de/def/licenses/dl-by-de/2.0",
        "http://dcat-ap.de/def/licenses/dl-zero-de/2.0",
        "http://dcat-ap.de/def/licenses/cc-by/4.0",
        "http://dcat-ap.de/def/licenses/cc-by-de/3.0",
        "utf-8",
    }
)
"""Texts with a numeral that formats ask for."""

LIMITS = ("_lower", "_upper")
OTHERS = ("_state", "_date")
"""What stands behind the id of an indicator in the names of properties."""

DECIMALS, LARGEST = 6, 180
"""Of a degree; more would leave room for something else."""

CUBE = ("version", "class", "label", "source", "note", "id", "size", "role", "dimension", "value", "status")
DIMENSIONS = ["area", "indicator", "period_end", "statistic"]


class CubeAudit(DownloadAudit):
    """Audits a file of JSON."""

    def _text(self, text: str, place: str, told: tuple[str, ...] = ()) -> Iterator[Problem]:
        if text not in CONSTANTS:
            yield from super()._text(text, place, told)

    def _node(self, node: Any, place: str) -> Iterator[Problem]:
        """Judge a node; the size that a manifest tells of a file must be its size."""
        sizes = self.judge.lookup.sizes
        if isinstance(node, dict) and "bytes" in node and node["bytes"] == sizes.get(str(node.get("address"))):
            node = {name: below for name, below in node.items() if name != "bytes"}
        yield from super()._node(node, place)

    def read(self, data: bytes) -> Any:
        """Read JSON with its decimals as they are written; nothing may stand twice under one name, for most see but one."""
        return json.loads(data, parse_float=str, parse_constant=str, object_pairs_hook=_once_each)

    def structure(self, data: bytes) -> Iterator[Problem]:
        """Judge a JSON file: a cube of JSON-stat by its cells, any other node by node."""
        try:
            content = self.read(data)
        except (ValueError, RecursionError):
            yield self._unreadable("the file is no JSON")
            return
        if isinstance(content, dict) and content.get("class") == "dataset":
            yield from self._cube(content)
        else:
            yield from self._node(content, "")

    def shapes(self, data: bytes) -> Iterator[Problem]:
        """Judge a GeoJSON file: properties by their names, shapes by their form."""
        try:
            content = self.read(data)
        except (ValueError, RecursionError):
            content = None
        is_agreed = isinstance(content, dict) and set(content) == {"type", "features"}
        if not is_agreed or content["type"] != "FeatureCollection" or not isinstance(content["features"], list):
            yield self._unreadable("the file is no collection of areas as agreed")
            return
        for number, feature in enumerate(content["features"]):
            yield from self._feature(feature, f"features[{number}]")

    def _feature(self, feature: Any, place: str) -> Iterator[Problem]:
        is_agreed = isinstance(feature, dict) and set(feature) == {"type", "id", "properties", "geometry"}
        if not is_agreed or feature["type"] != "Feature" or not _is_shape(feature["geometry"]):
            yield self._unreadable("the shape of an area is not as agreed", place)
            return
        properties = feature["properties"]
        area = str(properties.get("area"))
        for text in (str(feature["id"]), area, str(properties.get("area_name"))):
            yield from self._text(text, place, (f"area|{area}",))
        for name, text in properties.items():
            if name not in ("area", "area_name") and text is not None:
                yield from self._property(name, str(text), properties, f"{place}.{name}")

    def _property(self, name: str, text: str, properties: dict[str, Any], place: str) -> Iterator[Problem]:
        indicators = self.judge.figures.knowledge.indicators
        limit = next((end for end in LIMITS if name.endswith(end) and name.removesuffix(end) in indicators), "")
        indicator = name.removesuffix(limit)
        other = next((end for end in OTHERS if name.endswith(end) and name.removesuffix(end) in indicators), "")
        if indicator in indicators:
            parts = (indicator, str(properties.get("area")), str(properties.get(f"{indicator}_date")))
            yield from self._number(limit.removeprefix("_") or "value", text, parts, place)
        elif other:
            yield from self._text(text, place)
        else:
            yield from self._text(f"{name} {text}", place)

    def _cube(self, content: dict[str, Any]) -> Iterator[Problem]:
        """Judge a cube: its categories are areas, indicators, days and statistics; each value is that of its place."""
        try:
            names = [list(content["dimension"][name]["category"]["index"]) for name in DIMENSIONS]
            is_agreed = content["id"] == DIMENSIONS and content["size"] == [len(each) for each in names]
            values = {int(place): str(text) for place, text in content["value"].items()}
            places = {int(place) for place in (*content["value"], *content["status"])}
            is_whole = all(0 <= place < math.prod(map(len, names)) for place in places)
        except (KeyError, TypeError, ValueError, AttributeError):
            is_agreed = is_whole = False
        if not (is_agreed and is_whole and set(content) == set(CUBE) and content["version"] == "2.0"):
            yield self._unreadable("the cube is not as agreed")
            return
        said = {name: content[name] for name in CUBE if name not in ("version", "value", "size", "dimension", "status")}
        yield from self._node(said, "")
        yield from self._categories(content["dimension"], names)
        for state in set(content["status"].values()):
            yield from self._node(state, "status")
        areas, indicators, days, statistics = names
        for place, text in values.items():
            rest, statistic = divmod(place, len(statistics))
            rest, day = divmod(rest, len(days))
            area, indicator = divmod(rest, len(indicators))
            parts = (indicators[indicator], areas[area], days[day])
            yield from self._number(statistics[statistic], text, parts, f"value[{place}]")

    def _categories(self, dimensions: dict[str, Any], names: list[list[str]]) -> Iterator[Problem]:
        knowledge = self.judge.figures.knowledge
        known: tuple[Collection[str], ...] = (
            knowledge.areas,
            knowledge.indicators,
            self._days,
            ("value", "lower", "upper"),
        )
        for dimension, listed, allowed in zip(DIMENSIONS, names, known, strict=True):
            for name in listed:
                if name not in allowed:
                    yield self._unreadable(
                        "'{text}' is no {dimension} of the release", dimension, text=name, dimension=dimension
                    )
            for name, label in dimensions[dimension]["category"]["label"].items():
                yield from self._text(str(label), f"{dimension}.{name}", (f"area|{name}",))
            extra = {key: below for key, below in dimensions[dimension].items() if key != "category"}
            extra |= {k: below for k, below in dimensions[dimension]["category"].items() if k not in ("index", "label")}
            yield from self._node(extra, dimension)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError
    return dict(pairs)


def _is_shape(shape: Any) -> bool:
    """Whether a geometry is a polygon or several, of plain points of few decimals, and nothing else."""
    if not isinstance(shape, dict) or set(shape) != {"type", "coordinates"}:
        return False
    depth = {"Polygon": 2, "MultiPolygon": 3}.get(shape["type"])
    return depth is not None and _are_points(shape["coordinates"], depth)


def _are_points(part: Any, depth: int) -> bool:
    if not isinstance(part, list):
        return False
    if depth:
        return all(_are_points(below, depth - 1) for below in part)
    return len(part) == 2 and all(isinstance(point, str | int) and _is_degree(str(point)) for point in part)


def _is_degree(text: str) -> bool:
    return (
        NUMBER.fullmatch(text) is not None and len(text.partition(".")[2]) <= DECIMALS and abs(float(text)) <= LARGEST
    )
