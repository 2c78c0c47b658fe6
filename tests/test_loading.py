"""Opening a town folder with tidy files: what comes out, and what is said of each thing that can be wrong."""

from __future__ import annotations

import json

import pytest

import sozialanalyse as sa
from sozialanalyse.errors import DataError, UsageError
from sozialanalyse.loading import load_town
from tests.small_town import HEADER, TIDY, faults_of, open_town, rows_of, write_town


def test_counts_keep_their_state_their_file_and_their_row(tmp_path):
    counts = """\
01,2011-12-31,population,,,100,
02,2011-12-31,population,female,65+,0,
01,2011-12-31,unemployed,,15-64,,
02,2011-12-31,unemployed,,15-64,,suppressed
"""
    data = open_town(write_town(tmp_path, counts))
    assert rows_of(data, "area", "measure", "sex", "age_from", "age_to", "status", "file", "row") == [
        ("01", "population", "all", 0, 999, "number", "counts.csv", 2),
        ("01", "unemployed", "all", 15, 64, "missing", "counts.csv", 4),
        ("02", "population", "female", 65, 999, "zero", "counts.csv", 3),
        ("02", "unemployed", "all", 15, 64, "suppressed", "counts.csv", 5),
    ]
    assert data.counts["value"].tolist()[0] == 100
    assert data.counts["value"].isna().tolist() == [False, True, False, True]


def test_the_frame_of_counts_has_the_agreed_columns(tmp_path):
    data = open_town(write_town(tmp_path, "01,2011-12-31,population,,,100,\n"))
    columns = (
        "area measure period_kind period_start period_end sex age_from age_to value status lower upper source file row "
        "mark footnote obs_status conf_status"
    )
    assert data.counts.columns.tolist() == columns.split()
    assert data.counts["period_end"].dtype == "datetime64[s]"
    assert data.counts["measure"].dtype == "category"


def test_each_count_has_its_status_of_sdmx(tmp_path):
    counts = """\
01,2011-12-31,population,,,100,
02,2011-12-31,population,,,0,
01,2011-12-31,unemployed,,15-64,,
02,2011-12-31,unemployed,,15-64,,suppressed
0,2011-12-31,unemployed,,15-64,,not_applicable
"""
    data = open_town(write_town(tmp_path, counts))
    assert rows_of(data, "status", "obs_status", "conf_status", "mark", "footnote") == [
        ("not_applicable", "M", "F", "", ""),
        ("number", "A", "F", "", ""),
        ("missing", "O", "F", "", ""),
        ("zero", "A", "F", "", ""),
        ("suppressed", "Q", "C", "", ""),
    ]


def test_each_kind_of_period_has_its_start_and_end(tmp_path):
    counts = """\
01,2011-12-31,population,,,1,
01,2011,child_welfare_supports,,,1,
01,2011/12,school_leavers,,,1,
"""
    data = open_town(write_town(tmp_path, counts))
    found = data.counts.assign(start=data.counts["period_start"].astype(str), end=data.counts["period_end"].astype(str))
    assert sorted(found[["period_kind", "start", "end"]].itertuples(index=False, name=None)) == [
        ("flow", "2011-01-01", "2011-12-31"),
        ("school_year", "2011-08-01", "2012-07-31"),
        ("stock", "2011-12-31", "2011-12-31"),
    ]


@pytest.mark.parametrize(
    ("declared", "row", "lower", "upper"),
    [
        ("", "01,2011-12-31,population,,,100,", 100, 100),
        ("rounded_to: 5", "01,2011-12-31,population,,,100,", 98, 102),
        ("rounded_to: 5", "01,2011-12-31,population,,,0,", 0, 2),
        ("suppressed_between: [1, 9]", "01,2011-12-31,population,,,,suppressed", 1, 9),
        ("suppressed_between: [1, 2]", "01,2011-12-31,population,,,3,", 3, 3),
    ],
)
def test_bounds_follow_from_rounding_and_hiding(tmp_path, declared, row, lower, upper):
    town = TIDY.replace("licence: CC0", f"licence: CC0{', ' if declared else ''}{declared}")
    counts = open_town(write_town(tmp_path, row + "\n", town__yml=town)).counts
    assert counts[["lower", "upper"]].iloc[0].tolist() == [lower, upper]


def test_a_hidden_count_without_stated_bounds_has_no_upper_one(tmp_path):
    counts = open_town(write_town(tmp_path, "01,2011-12-31,population,,,,suppressed\n")).counts
    assert counts["lower"].tolist() == [0]
    assert counts["upper"].isna().all()


def test_optional_columns_may_be_absent_and_blanks_and_a_byte_order_mark_do_no_harm(tmp_path):
    write_town(tmp_path, counts__csv="\ufeffarea, period ,measure,value\n01 , 2011-12-31,population, 7\n\n")
    assert rows_of(open_town(tmp_path), "area", "sex", "age_to", "value", "row") == [("01", "all", 999, 7.0, 2)]


FAULTS = {
    "unknown area": (
        "03,2011-12-31,population,,,5,",
        "counts.csv, line 2, area 03: area '03' is not in the table of areas; did you mean: 0, 02, 01?",
    ),
    "area as a number": (
        "1,2011-12-31,population,,,5,",
        "counts.csv, line 2, area 1: area '1' is not in the table of areas; did you mean: 01?",
    ),
    "unknown measure": (
        "01,2011-12-31,populaton,,,5,",
        (
            "counts.csv, line 2, area 01: measure 'populaton' is not in the catalogue; did you mean: population, "
            "population_foreign?"
        ),
    ),
    "text in a number": (
        "01,2011-12-31,population,,,12a,",
        (
            "counts.csv, line 2, area 01: '12a' is no number; write 1234 or 1234.5, or declare the decimal sign and marks "
            "in a mapping"
        ),
    ),
    "separator of thousands": (
        '01,2011-12-31,population,,,"1,234",',
        (
            "counts.csv, line 2, area 01: '1,234' is no number; write 1234 or 1234.5, or declare the decimal sign and marks "
            "in a mapping"
        ),
    ),
    "digits of another script": (
        "01,2011-12-31,population,,,١٢,",
        (
            "counts.csv, line 2, area 01: '١٢' is no number; write 1234 or 1234.5, or declare the decimal sign and marks "
            "in a mapping"
        ),
    ),
    "not a finite number": (
        "01,2011-12-31,population,,,inf,",
        (
            "counts.csv, line 2, area 01: 'inf' is no number; write 1234 or 1234.5, or declare the decimal sign and marks "
            "in a mapping"
        ),
    ),
    "negative count": (
        "01,2011-12-31,population,,,-5,",
        "counts.csv, line 2, area 01: the count -5 is negative",
    ),
    "count that is not whole": (
        "01,2011-12-31,population,,,1.234,",
        "counts.csv, line 2, area 01: the count 1.234 is not a whole number; has a decimal point slipped?",
    ),
    "bare year of a stock": (
        "01,2011,population,,,5,",
        (
            "counts.csv, line 2, area 01: '2011' is no period of this measure; a stock needs a date (2011-12-31), a flow a "
            "span (2011, 2011/12)"
        ),
    ),
    "day that does not exist": (
        "01,2011-02-30,population,,,5,",
        (
            "counts.csv, line 2, area 01: '2011-02-30' is no period of this measure; a stock needs a date (2011-12-31), a "
            "flow a span (2011, 2011/12)"
        ),
    ),
    "unknown sex": (
        "01,2011-12-31,population,w,,5,",
        "counts.csv, line 2, area 01: sex 'w' is not known; allowed: female, male, diverse, or empty for all",
    ),
    "no age group": (
        "01,2011-12-31,population,,unter 3,5,",
        "counts.csv, line 2, area 01: 'unter 3' is no age group; write 0-4, 85+, a single year, or nothing for all ages",
    ),
    "unknown status": (
        "01,2011-12-31,population,,,5,ok",
        (
            "counts.csv, line 2, area 01: status 'ok' is not known; allowed: number, zero, missing, suppressed, "
            "not_applicable"
        ),
    ),
    "hidden count that is there": (
        "01,2011-12-31,population,,,5,suppressed",
        "counts.csv, line 2, area 01: value '5' and status 'suppressed' contradict each other",
    ),
}


@pytest.mark.parametrize(("row", "message"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_row_gives_one_message(tmp_path, row, message):
    assert faults_of(write_town(tmp_path, row + "\n")) == [message]


def test_the_same_count_twice_names_both_rows(tmp_path):
    counts = "01,2011-12-31,population,,,5,\n02,2011-12-31,population,,,5,\n01,2011-12-31,population,all,0+,6,\n"
    said = "area, period, measure, sex and age stand more than once (also in counts.csv:"
    assert faults_of(write_town(tmp_path, counts)) == [
        f"counts.csv, line 2, area 01: {said}4)",
        f"counts.csv, line 4, area 01: {said}2)",
    ]


def test_the_same_count_with_the_same_value_in_two_files_is_one_count(tmp_path):
    town = TIDY.replace("[{", "[{file: more.csv, source: register}, {")
    row = "01,2011-12-31,population,,,5,\n"
    data = open_town(write_town(tmp_path, row, town__yml=town, more__csv=HEADER + row))
    assert rows_of(data, "area", "value") == [("01", 5.0)]


def test_a_thousand_repeated_rows_are_told_in_time(tmp_path):
    faults = faults_of(write_town(tmp_path, "01,2011-12-31,population,,,5,\n" * 5000))
    assert len(faults) == 5000
    assert faults[4999].endswith("stand more than once (also in counts.csv:2, counts.csv:3, counts.csv:4)")


def test_a_period_that_was_not_declared_is_refused_for_stocks_only(tmp_path):
    town = TIDY + "periods: [2011-12-31]\n"
    counts = "01,2012-12-31,population,,,5,\n01,2011/12,school_leavers,,,5,\n"
    assert faults_of(write_town(tmp_path, counts, town__yml=town)) == [
        "counts.csv, line 2, area 01: the period '2012-12-31' is not among the reference dates declared in town.yml"
    ]


def test_an_area_has_counts_only_while_it_exists(tmp_path):
    areas = "area,name,level,parent,valid_from,valid_to\n0,Klein,stadt,,,\n01,Nord,ortsteil,0,,2008-12-31\n"
    counts = "01,2008-12-31,population,,,5,\n01,2009-01-01,population,,,5,\n"
    assert faults_of(write_town(tmp_path, counts, areas__csv=areas)) == [
        "counts.csv, line 3, area 01: the area did not exist on the date '2009-01-01'"
    ]


def test_all_faults_of_all_files_are_told_at_once_in_the_order_of_rows(tmp_path):
    town = TIDY.replace("[{", "[{file: absent.csv, source: register}, {file: more.csv, source: regster}, {")
    counts = "01,2011-12-31,population,,,-5,\n09,2011,population,x,,a,\n"
    assert faults_of(write_town(tmp_path, counts, town__yml=town)) == [
        "absent.csv: the file does not exist",
        "town.yml, line 10, counts.1.source: 'regster' is not known here; did you mean: register?",
        "counts.csv, line 2, area 01: the count -5 is negative",
        "counts.csv, line 3, area 09: area '09' is not in the table of areas; did you mean: 0, 02, 01?",
        (
            "counts.csv, line 3, area 09: '2011' is no period of this measure; a stock needs a date (2011-12-31), a flow a "
            "span (2011, 2011/12)"
        ),
        "counts.csv, line 3, area 09: sex 'x' is not known; allowed: female, male, diverse, or empty for all",
        (
            "counts.csv, line 3, area 09: 'a' is no number; write 1234 or 1234.5, or declare the decimal sign and marks in a "
            "mapping"
        ),
    ]


FILES = {
    "another encoding, which is detected": (
        HEADER.encode() + b"01,2011-12-31,population,,,5,\nS\xfcd,2011-12-31,population,,,5,\n",
        "counts.csv, line 3, area Süd: area 'Süd' is not in the table of areas; did you mean: 0, 01, 02?",
    ),
    "no text": (
        b"PK\x03\x04\x00\x00",
        "counts.csv: the file is no text but XLSX, whatever its name says; declare format: workbook",
    ),
    "missing column": (
        b"area,period,value\n01,2011-12-31,5\n",
        "counts.csv, line 1: columns are missing: 'measure'; the file has: 'area', 'period', 'value'",
    ),
    "misspelt column": (
        b"area,period,measure,gender,value\n01,2011-12-31,population,female,5\n",
        (
            "counts.csv, line 1: columns are not known: 'gender'; allowed are: 'area', 'period', 'measure', 'value', 'sex', "
            "'age', 'status'"
        ),
    ),
    "column twice": (
        b"area,period,measure,value,sex,sex\n01,2011-12-31,population,5,,\n",
        "counts.csv, line 1: columns stand twice: 'sex'",
    ),
    "line too short": (
        b"area,period,measure,value\n01,2011-12-31,population\n",
        "counts.csv, line 2: the line has 3 fields, the header has 4 (separator ',')",
    ),
    "quote left open": (
        b'area,period,measure,value\n01,2011-12-31,"population,5\n',
        "counts.csv, line 2: the line cannot be read: unexpected end of data",
    ),
    "empty file": (b"", "counts.csv: the file has no header line"),
    "header only": (
        HEADER.encode(),
        "town.yml, line 1: there are no counts; name files under counts or mappings",
    ),
}


@pytest.mark.parametrize(("content", "message"), FILES.values(), ids=FILES)
def test_a_faulty_file_gives_one_message(tmp_path, content, message):
    (write_town(tmp_path) / "counts.csv").write_bytes(content)
    assert faults_of(tmp_path) == [message]


def test_a_path_must_not_lead_out_of_the_folder(tmp_path):
    (tmp_path / "secret.csv").write_text(HEADER, encoding="utf-8")
    folder = tmp_path / "town"
    folder.mkdir()
    write_town(folder, town__yml=TIDY.replace("counts.csv", "../secret.csv"))
    assert faults_of(folder) == ["../secret.csv: the path leads out of the town folder; it must stay inside"]


def test_a_link_must_not_lead_out_of_the_folder(tmp_path):
    (tmp_path / "secret.csv").write_text(HEADER, encoding="utf-8")
    folder = tmp_path / "town"
    folder.mkdir()
    (write_town(folder) / "counts.csv").symlink_to(tmp_path / "secret.csv")
    assert faults_of(folder) == ["counts.csv: the path leads out of the town folder; it must stay inside"]


def test_a_tree_of_areas_with_a_cycle_is_refused(tmp_path):
    areas = "area,name,level,parent\n0,Klein,stadt,01\n01,Nord,ortsteil,0\n"
    assert faults_of(write_town(tmp_path, "", areas__csv=areas)) == [
        "areas.csv: no area is without a parent; one must be, the whole town",
        "areas.csv, line 2, area 0: the area is its own ancestor by its parent '01'; a tree has no cycle",
        "areas.csv, line 3, area 01: the area is its own ancestor by its parent '0'; a tree has no cycle",
        "areas.csv, line 2, area 0: the parent '01' is not on a larger level than the area",
    ]


def test_no_town(tmp_path):
    with pytest.raises(UsageError, match=r"^there is no town in nowhere: town\.yml is missing$"):
        load_town(tmp_path / "nowhere")


TOWN_FAULTS = {
    "newer format": (
        ("schema: 1", "schema: 2"),
        "town.yml, line 1, schema: schema version 2 is not known; this release reads 1 (found: '2')",
    ),
    "bare year as reference date": (
        ("name: Klein", "name: Klein\nperiods: [2011]"),
        "town.yml, line 3, periods.0: a date like 2011-12-31 is expected (found: '2011')",
    ),
    "level twice": (
        ("id: ortsteil", "id: stadt"),
        "town.yml, line 3, levels: levels stand from the smallest to the whole town, each once; found: stadt, stadt",
    ),
    "bounds of hiding turned round": (
        ("licence: CC0", "licence: CC0, suppressed_between: [9, 1]"),
        (
            "town.yml, line 9, sources.register.suppressed_between: the smallest hidden count stands first, then the largest, "
            "for example [1, 9]"
        ),
    ),
    "no counts at all": (
        ("counts: [{file: counts.csv, source: register}]", ""),
        "town.yml, line 1: there are no counts; name files under counts or mappings",
    ),
}


@pytest.mark.parametrize(("change", "message"), TOWN_FAULTS.values(), ids=TOWN_FAULTS)
def test_a_faulty_town_file_gives_one_message(tmp_path, change, message):
    assert faults_of(write_town(tmp_path, "", town__yml=TIDY.replace(*change))) == [message]


def test_a_numerator_above_its_denominator_is_named_with_file_and_row(tmp_path):
    counts = """\
01,2011-12-31,population,,15-64,100,
01,2011-12-31,unemployed,,15-64,101,
02,2011-12-31,population,,15-64,100,
02,2011-12-31,unemployed,,15-64,5,
"""
    with pytest.raises(DataError) as caught:
        sa.open_town(write_town(tmp_path, counts)).indicators()
    assert str(caught.value) == (
        "counts.csv, line 3, area 01: unemployed_share, 2011-12-31: the numerator 101 is larger than the denominator 100; "
        "they are not of the same people or date"
    )


def test_a_rounded_0_is_a_number_and_not_zero(tmp_path):
    """With the base 5 it may stand for one or two people."""
    rows = "01,2011-12-31,population,,,0,\n02,2011-12-31,population,,,0,zero\n"
    town = TIDY.replace("licence: CC0", "licence: CC0, rounded_to: 5")
    rounded = open_town(write_town(tmp_path, rows, town__yml=town))
    assert rows_of(rounded, "status", "lower", "upper") == [("number", 0, 2), ("number", 0, 2)]
    exact = open_town(write_town(tmp_path, rows))
    assert rows_of(exact, "status", "lower", "upper") == [("zero", 0, 0), ("zero", 0, 0)]


def test_a_count_that_is_called_zero_is_refused(tmp_path):
    assert faults_of(write_town(tmp_path, "01,2011-12-31,population,,,5,zero\n")) == [
        "counts.csv, line 2, area 01: value '5' and status 'zero' contradict each other"
    ]


def polygons(*areas: object, key: str = "area") -> str:
    square = {"type": "Polygon", "coordinates": [[[6, 50], [6.1, 50], [6.1, 50.1], [6, 50]]]}
    features = [{"type": "Feature", "properties": {key: area}, "geometry": square} for area in areas]
    return json.dumps({"type": "FeatureCollection", "features": features})


GEOMETRY = TIDY + "geometry: {file: map.geojson}\n"
ROW = "01,2011-12-31,population,,,5,\n"


def test_polygons_are_found_and_need_not_be_of_every_area(tmp_path):
    data = open_town(write_town(tmp_path, ROW, town__yml=GEOMETRY, map__geojson=polygons("01")))
    assert data.geometry == tmp_path / "map.geojson"


def test_a_polygon_of_an_unknown_area_is_refused_until_it_is_merged(tmp_path):
    folder = write_town(tmp_path, ROW, town__yml=GEOMETRY, map__geojson=polygons("01", "012"))
    assert faults_of(folder) == [
        (
            "map.geojson, features.1: the polygon is of area '012', which is not in the table of areas; merge it into one: "
            "02, 01, 0?"
        )
    ]
    merged = TIDY + "geometry: {file: map.geojson, merge: {'012': '01'}}\n"
    assert open_town(write_town(tmp_path, town__yml=merged)).geometry


def test_the_source_of_polygons_must_be_declared(tmp_path):
    town = TIDY + "geometry: {file: map.geojson, source: atlas}\n"
    assert faults_of(write_town(tmp_path, ROW, town__yml=town, map__geojson=polygons("01"))) == [
        "town.yml, line 11, geometry.source: 'atlas' is not known here; did you mean: register?"
    ]


def test_ids_of_polygons_are_text(tmp_path):
    folder = write_town(tmp_path, ROW, town__yml=GEOMETRY, map__geojson=polygons(1, "01"))
    assert faults_of(folder) == ["map.geojson, features.0: the polygon has no text 'area' that names its area"]


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"features": 3}', "[" * 100_000])
def test_what_is_no_geojson_is_refused(tmp_path, content):
    (said,) = faults_of(write_town(tmp_path, ROW, town__yml=GEOMETRY, map__geojson=content))
    assert said.endswith(": this is no GeoJSON file with a list of features")
    assert said.startswith("map.geojson")


def test_the_fingerprint_is_of_the_content_and_not_of_the_place(tmp_path):
    prints = []
    for name, row in [("here", ROW), ("there", ROW), ("changed", ROW.replace("5", "6"))]:
        (tmp_path / name).mkdir()
        prints.append(open_town(write_town(tmp_path / name, row)).fingerprint())
    assert prints[0] == prints[1] != prints[2]


def test_the_files_are_listed_as_they_were_read(tmp_path):
    names = [name for name, _ in open_town(write_town(tmp_path, ROW)).files]
    assert names == ["town.yml", "areas.csv", "counts.csv"]


def test_nothing_is_written(tmp_path):
    write_town(tmp_path, ROW + ROW)
    before = sorted(tmp_path.rglob("*"))
    faults_of(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_towns_own_measure_can_be_delivered(tmp_path):
    own = """\
schema: 1
measures:
  - {id: garden_plots, label: {de: Kleingärten, en: garden plots}, unit: cases, period_kind: stock, ages: false,
     source: {de: Amt, en: office}}
"""
    data = open_town(write_town(tmp_path, "01,2011-12-31,garden_plots,,,5,\n", catalogue__yml=own))
    assert rows_of(data, "measure", "value") == [("garden_plots", 5.0)]
    assert [name for name, _ in data.files] == ["town.yml", "areas.csv", "catalogue.yml", "counts.csv"]


SQUARE = [[6, 50], [6.1, 50], [6.1, 50.1], [6, 50]]


def of_shape(geometry: object) -> str:
    feature = {"type": "Feature", "properties": {"area": "01"}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        "Polygon",
        {},
        {"type": "Point", "coordinates": [6, 50]},
        {"type": "LineString", "coordinates": SQUARE},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": None},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [SQUARE[:2]]},
        {"type": "Polygon", "coordinates": [[[6, 50], [6, 50], [6, 50], [6, 50]]]},
        {"type": "Polygon", "coordinates": [[["6", "50"]] * 4]},
        {"type": "MultiPolygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": [[]]},
        {"type": "MultiPolygon", "coordinates": [[SQUARE], [[]]]},
        {"type": "GeometryCollection", "geometries": []},
    ],
)
def test_a_feature_without_an_area_is_refused(tmp_path, geometry):
    assert faults_of(write_town(tmp_path, ROW, town__yml=GEOMETRY, map__geojson=of_shape(geometry))) == [
        (
            "map.geojson, features.0: the polygon of area '01' has no area; a Polygon or MultiPolygon with coordinates "
            "is expected"
        )
    ]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [SQUARE]},
        {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]},
        {"type": "Polygon", "coordinates": [[[*point, 12.5] for point in SQUARE]]},  # with a height
    ],
)
def test_polygons_and_several_of_them_are_read(tmp_path, geometry):
    assert open_town(write_town(tmp_path, ROW, town__yml=GEOMETRY, map__geojson=of_shape(geometry))).geometry
