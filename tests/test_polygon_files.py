"""Polygons from GeoJSON, GeoPackage and Shapefile: the same areas and shapes from each, the same faults."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from sozialanalyse.errors import DataError
from sozialanalyse.loading.polygons import check_polygons, files_of, read_polygons
from sozialanalyse.loading.town_file import Geometry
from tests.tables import tree

FILES = ("x.geojson", "x.gpkg", "x.shp")

SQUARES = {"01": shapely.box(0, 0, 1, 1), "02": shapely.box(1, 0, 2, 1), "02a": shapely.box(2, 0, 3, 1)}


@pytest.fixture
def areas():
    return tree(
        """
        area level   parent
        0    town    .
        01   quarter 0
        02   quarter 0
        """
    )


def write(path, shapes=SQUARES, **options):
    frame = gpd.GeoDataFrame({"nr": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:4326")
    frame.to_file(path, engine="pyogrio", **options)


def said_of(path, areas, **declared):
    with pytest.raises(DataError) as caught:
        check_polygons(path, geometry(path, **declared), areas)
    return [str(fault) for fault in caught.value.faults]


def geometry(path, **declared):
    return Geometry(**{"file": path.name, "area": "nr", "merge": {"02a": "02"}, **declared})


@pytest.mark.parametrize("file", FILES)
def test_each_kind_gives_the_same_areas_and_shapes(tmp_path, areas, file):
    write(tmp_path / file)
    check_polygons(tmp_path / file, geometry(tmp_path / file), areas)
    frame = read_polygons(tmp_path / file, geometry(tmp_path / file))
    assert frame.columns.tolist() == ["area", "geometry"]
    assert frame["area"].tolist() == ["01", "02", "02"]
    assert [shape.equals(square) for shape, square in zip(frame.geometry, SQUARES.values(), strict=True)] == [True] * 3


@pytest.mark.parametrize("file", FILES)
def test_a_polygon_of_an_unknown_area_is_a_fault(tmp_path, areas, file):
    write(tmp_path / file)
    assert said_of(tmp_path / file, areas, merge={}) == [
        (
            f"{file}, features.2: the polygon is of area '02a', which is not in the table of areas; merge it into one: "
            "02, 0?"
        )
    ]


@pytest.mark.parametrize("file", FILES)
def test_a_property_that_is_absent_or_a_number_names_no_area(tmp_path, areas, file):
    write(tmp_path / file, {1: SQUARES["01"]})
    message = f"{file}, features.0: the polygon has no text '{{}}' that names its area"
    assert said_of(tmp_path / file, areas) == [message.format("nr")]
    assert said_of(tmp_path / file, areas, area="id") == [message.format("id")]


@pytest.mark.parametrize("file", FILES[:2])
def test_what_is_no_polygon_is_a_fault(tmp_path, areas, file):
    write(tmp_path / file, {"01": shapely.Point(0, 0), "02": None})
    assert [said.split(": ")[0] for said in said_of(tmp_path / file, areas)] == [
        f"{file}, features.0",
        f"{file}, features.1",
    ]


def test_of_several_layers_one_is_declared(tmp_path, areas):
    path = tmp_path / "x.gpkg"
    write(path, layer="new")
    write(path, {"99": SQUARES["01"]}, layer="old")
    assert said_of(path, areas) == [
        "x.gpkg: the file has the layers 'new', 'old'; declare in geometry which layer is meant"
    ]
    check_polygons(path, geometry(path, layer="new"), areas)


def test_nothing_is_written_beside_a_geopackage(tmp_path, areas):
    path = tmp_path / "x.gpkg"
    write(path)
    before = path.read_bytes()
    read_polygons(path, geometry(path))
    assert [file.name for file in tmp_path.iterdir()] == ["x.gpkg"]
    assert path.read_bytes() == before


def test_a_shapefile_is_several_files(tmp_path, areas):
    path = tmp_path / "x.shp"
    write(path)
    assert [file.name for file in files_of(path)] == ["x.shp", "x.shx", "x.dbf", "x.prj", "x.cpg"]
    (tmp_path / "x.dbf").unlink()
    assert said_of(path, areas) == ["x.shp: a Shapefile is several files; beside this one are missing: '.dbf'"]


ELSEWHERE = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("x.gpkg", "x.gpkg: the file is no GeoPackage, whatever its name says"),
        ("x.shp", "x.shp: the file is no Shapefile, whatever its name says"),
        ("x.geojson", "x.geojson, line 1: this is no GeoJSON file with a list of features"),
    ],
)
def test_a_file_that_points_to_others_is_not_opened(tmp_path, areas, file, said):
    (tmp_path / file).write_text(ELSEWHERE, encoding="utf-8")
    assert said_of(tmp_path / file, areas) == [said]


@pytest.mark.parametrize("file", ["x.gpkg", "x.shp"])
def test_a_damaged_file_is_a_fault(tmp_path, areas, file):
    write(tmp_path / file)
    whole = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(whole[:60])
    assert said_of(tmp_path / file, areas) == [f"{file}: the polygons cannot be read; the file is damaged"]
