"""Outlines of areas for the map on the index: small, of whole units, with common borders, and of the Release alone."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest
import shapely
from shapely.geometry import mapping

from sozialanalyse.areas import AreaTree
from sozialanalyse.disclosure import outlines
from sozialanalyse.disclosure.knowledge import knowledge_of
from sozialanalyse.disclosure.outlines import outlines_of
from sozialanalyse.disclosure.release import unprotected
from sozialanalyse.loading.town_file import Geometry
from tests.tables import table

AREAS = """
    area  name  level    parent  valid_from  valid_to
    0     Ort   stadt    .       .           .
    1     Nord  raum     0       .           .
    2     Süd   raum     0       .           .
    11    a     viertel  1       .           .
    12    b     viertel  1       .           .
    21    c     viertel  2       .           .
"""
SQUARES = {"11": (0, 100, 100, 200), "12": (100, 100, 200, 200), "21": (0, 0, 200, 100)}
"""Edges of each square: left, bottom, right, top."""


@pytest.fixture
def drawn(tmp_path):
    """Draw polygons of the town of three quarters."""

    def make(shapes, **crs):
        features = [
            {"type": "Feature", "properties": {"area": area, "name": "secret"}, "geometry": mapping(shape)}
            for area, shape in shapes.items()
        ]
        path = tmp_path / "areas.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", **crs, "features": features}), encoding="utf-8")
        tree = AreaTree.from_frame(table(AREAS), ["viertel", "raum", "stadt"])
        data = SimpleNamespace(geometry=path, file=SimpleNamespace(geometry=Geometry(file=path.name)))
        return outlines_of(SimpleNamespace(data=data, areas=tree))["outlines"]

    return make


METRES = {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}}


def polygon(path):
    """Read a path of one ring back."""
    start, steps = re.fullmatch(r"M(\d+ \d+)l([-\d ]+)z", path).groups()
    x, y = map(int, start.split())
    corners = [(x, y)]
    numbers = [int(found) for found in re.findall(r"-?\d+", steps)]
    for right, down in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + right, y + down
        corners.append((x, y))
    return shapely.Polygon(corners)


def test_areas_are_drawn_in_units_of_the_width_north_up(drawn):
    made = drawn({area: shapely.box(*edges) for area, edges in SQUARES.items()}, **METRES)
    assert (made["width"], made["height"]) == (1000, 1000)
    assert {area: polygon(path).bounds for area, path in made["areas"].items()} == {
        "11": (0, 0, 500, 500),
        "12": (500, 0, 1000, 500),
        "21": (0, 500, 1000, 1000),
        "1": (0, 0, 1000, 500),
        "2": (0, 500, 1000, 1000),
    }


def test_degrees_are_as_wide_as_they_are_there(drawn):
    """At 60 degrees north one of longitude is half as long as one of latitude."""
    squares = {"11": shapely.box(10, 59.5, 11, 60.5), "12": shapely.box(11, 59.5, 12, 60.5)}
    assert drawn(squares)["height"] == 1000


def test_polygons_of_unknown_areas_stay_away(drawn):
    shapes = {area: shapely.box(*edges) for area, edges in SQUARES.items()} | {"99": shapely.box(900, 900, 950, 950)}
    made = drawn(shapes, **METRES)
    assert "99" not in made["areas"]
    assert polygon(made["areas"]["21"]).bounds == (0, 500, 1000, 1000)


def test_long_outlines_are_made_simpler_until_they_are_short_enough(drawn, monkeypatch):
    """A border of 720 corners; neighbours still share it afterwards."""
    ring = shapely.Point(100, 100).buffer(60, quad_segs=180)
    shapes = {"11": ring, "12": shapely.box(0, 0, 200, 200) - ring}
    free = sum(map(len, drawn(shapes, **METRES)["areas"].values()))
    monkeypatch.setattr(outlines, "MOST_LETTERS", free // 2)
    made = drawn(shapes, **METRES)["areas"]
    assert sum(map(len, made.values())) <= free // 2
    hole = re.findall("M[^M]*", made["12"])[1]
    assert polygon(hole).symmetric_difference(polygon(made["11"])).area <= 1


def test_musterstadt_is_drawn_within_what_a_page_may_weigh(musterstadt):
    release = unprotected(musterstadt)
    found = knowledge_of(release)["outlines"]
    assert set(found["areas"]) == {
        area for area in release.areas.places["area"] if area != "0" and area in found["areas"]
    }
    assert len(found["areas"]) == 74
    assert len(json.dumps(found)) < outlines.MOST_LETTERS
    assert found == outlines_of(release)["outlines"]
