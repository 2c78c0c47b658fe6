"""Maps: classes that can be read, hatching for what is no number, small pictures. Structure, not pixels."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import sozialanalyse as sa
from sozialanalyse.charts import maps
from tests.drawn_town import compared, drawn_view, elements, group, squares, svg_of, texts, with_status
from tests.small_town import TIDY, write_town


@pytest.fixture
def view(tmp_path):
    return drawn_view(tmp_path)


def paths(svg, name):
    return [part for found in group(svg, name) for part in found.iter() if part.tag.endswith("}path")]


def test_map_is_told_in_words(view):
    caption, alt = sa.maps.comparison(view, compared(view)).text.splitlines()
    assert caption == "quarters of Klein: the darker, the higher the value; classes of about equally many areas."
    assert alt.startswith(
        "Maps of the quarters of Klein; indicators shown: 1. Aged 65 and over, 31\u00a0December\u00a02018: Klein 20.0%; "
    )
    assert alt.endswith("; values from 10.0% to 30.0% in 3 areas.")


def test_map_lists_classes_with_their_limits_and_sizes(view):
    svg = svg_of(sa.maps.comparison(view, compared(view)))
    assert texts(svg)[-7:] == ["areas", "10.0", "1", "20.0", "1", "30.0", "1"]
    assert [len(paths(svg, f"class {number}")) for number in (1, 2, 3)] == [1, 1, 1]


def test_map_labels_areas_where_there_is_room(view):
    assert {"01", "02", "03"} <= set(texts(svg_of(sa.maps.comparison(view, compared(view)))))


@pytest.mark.parametrize("status", ["missing", "suppressed"])
def test_map_hatches_what_is_no_number(view, status):
    shown = sa.maps.comparison(view, with_status(compared(view), "02", status))
    svg = svg_of(shown)
    assert len(group(svg, status)) == 1
    assert len(elements(svg, "pattern")) == 1
    assert {"missing": "not delivered", "suppressed": "confidential"}[status] in texts(svg)
    assert "Hatched areas have no value; see the legend." in shown.text
    assert ("The classes are formed from the areas shown" in shown.text) == (status == "suppressed")
    assert ("; without range, since values are kept confidential." in shown.text) == (status == "suppressed")


def test_hatchings_differ():
    used = [hatch for hatch in maps.HATCHES.values() if hatch]
    assert len(used) == len(set(used)) == 3


def test_map_outlines_the_views_area(tmp_path):
    view = drawn_view(tmp_path, area="02")
    shown = sa.maps.comparison(view, compared(view))
    assert len(paths(svg_of(shown), "highlighted")) == 1
    assert "Dark outline: 02 " in shown.text


def test_map_shows_areas_outside_the_comparison_as_neighbours(tmp_path):
    view = drawn_view(tmp_path, area="02")
    within = sa.comparison.compare(view.frame, view.town.areas, level=view.level, within="02")
    svg = svg_of(sa.maps.comparison(view, within))
    assert len(group(svg, "neighbours")) == 1


def test_town_without_shapes_has_no_map(tmp_path):
    view = drawn_view(tmp_path, mapped=False)
    assert str(sa.maps.comparison(view, compared(view)).html) == ""


def test_area_without_a_shape_is_named(tmp_path, view):
    (tmp_path / "areas.geojson").write_text(squares(("01", "02")), encoding="utf-8")
    assert "Without a shape in the map file: 03." in sa.maps.comparison(view, compared(view)).text


def test_shapes_that_the_counts_take_as_one_are_merged(tmp_path):
    drawn_view(tmp_path)
    (tmp_path / "areas.geojson").write_text(squares(("01", "02", "03", "03a")), encoding="utf-8")
    town = (tmp_path / "town.yml").read_text(encoding="utf-8")
    merged = town.replace("{file: areas.geojson}", "{file: areas.geojson, merge: {03a: '03'}}")
    (tmp_path / "town.yml").write_text(merged, encoding="utf-8")
    view = sa.View(sa.open_town(tmp_path), "older", "", "ortsteil", "en")
    svg = svg_of(sa.maps.comparison(view, compared(view)))
    assert [len(paths(svg, f"class {number}")) for number in (1, 2, 3)] == [1, 1, 1]
    assert group(svg, "neighbours") == []


def test_only_the_indicators_asked_for_are_drawn(tmp_path):
    view = drawn_view(tmp_path, "residents")
    comparison = compared(view)
    both = sa.maps.comparison(view, comparison, ["population", "foreign_share"]).text
    assert "indicators shown: 2." in both
    assert "indicators shown: 1." in sa.maps.comparison(view, comparison, ["population"]).text


def test_a_count_is_not_shaded_unless_asked_for(tmp_path):
    """A large area would look like a high value."""
    view = drawn_view(tmp_path, "residents")
    text = sa.maps.comparison(view, compared(view)).text
    assert "indicators shown: 1. Foreign nationals" in text


@pytest.mark.parametrize(
    ("values", "count", "limits"),
    [
        ([1.0, 2.0, 3.0, 4.0], 2, [(1.0, 2.0, 2), (3.0, 4.0, 2)]),
        ([5.0], 4, [(5.0, 5.0, 1)]),
        ([1.0, 1.0, 1.0, 9.0], 4, [(1.0, 1.0, 3), (9.0, 9.0, 1)]),
        ([1.01, 1.02, 2.0], 4, [(1.0, 1.0, 2), (2.0, 2.0, 1)]),  # shown as equal, classed as equal
    ],
)
def test_classes(values, count, limits):
    assert maps.classify(pd.Series(values), count).limits == limits


def test_darker_is_higher():
    classes = maps.classify(pd.Series([1.0, 2.0, 3.0]), 4)
    assert [classes.shade(number) for number in range(3)] == [maps.SHADES[0], maps.SHADES[2], maps.SHADES[4]]


@pytest.mark.shared
def test_map_of_447_areas_is_small(tmp_path, shared):
    source = shared / "data" / "berlin" / "berlin_lor_plr_lor2006_simplified15m.geojson"
    ids = sorted(entry["properties"]["area_id"] for entry in json.loads(source.read_text())["features"])
    names = "area,name,level,parent\n0,Berlin,stadt,\n" + "".join(f"{name},Planungsraum,ortsteil,0\n" for name in ids)
    rows = "".join(f"{name},2018-12-31,population,all,,{1000 + place},\n" for place, name in enumerate(ids))
    town = TIDY + "geometry: {file: areas.geojson, area: area_id}\n"
    write_town(tmp_path, rows, town__yml=town, areas__csv=names, areas__geojson=source.read_text())
    view = sa.View(sa.open_town(tmp_path), "residents", "", "ortsteil")
    svg = svg_of(sa.maps.comparison(view, compared(view), ["population"]))
    drawn = sum(len(paths(svg, f"class {number}")) for number in range(1, 6))
    assert drawn == len(ids) >= 447
    assert len(svg) < 300_000
