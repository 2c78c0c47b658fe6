"""Delivered totals against the sum of their areas."""

from __future__ import annotations

import pytest

from sozialanalyse.amounts import amount_by_area
from tests.small_town import AREAS, TIDY, faults_of, open_town, write_town

EXACT = TIDY + "totals: exact\n"

THREE_LEVELS = TIDY.replace(
    "  - {id: stadt,",
    "  - {id: bezirk, label: {de: Bezirk, en: borough}, plural: {de: Bezirke, en: boroughs}}\n  - {id: stadt,",
)
DEEP_AREAS = "area,name,level,parent\n0,Klein,stadt,\nA,Ost,bezirk,0\n01,Nord,ortsteil,A\n02,Süd,ortsteil,A\n"


def population(*rows: str) -> str:
    """Rows of residents at one date, each given as ``area,value`` or ``area,value,status``."""
    parts = [row.split(",") for row in rows]
    return "".join(f"{area},2011-12-31,population,,,{','.join(rest)}{',' * (2 - len(rest))}\n" for area, *rest in parts)


def gaps(folder):
    return list(open_town(folder).gaps[["area", "total", "parts", "gap"]].itertuples(index=False, name=None))


def test_a_total_that_is_the_sum_of_its_areas_leaves_no_gap(tmp_path):
    assert gaps(write_town(tmp_path, population("01,40", "02,60", "0,100"))) == []


def test_a_gap_is_kept_with_total_and_parts(tmp_path):
    assert gaps(write_town(tmp_path, population("01,40", "02,60", "0,103"))) == [("0", 103.0, 100.0, 3.0)]


def test_a_gap_is_a_fault_where_totals_are_exact(tmp_path):
    folder = write_town(tmp_path, population("01,40", "02,60", "0,103"), town__yml=EXACT)
    assert faults_of(folder) == [
        (
            "counts.csv, line 4, area 0: the total 103 of population (2011-12-31) is not the sum of its areas 100 "
            "(difference 3); correct it, or declare totals: reported in town.yml"
        )
    ]


def test_all_gaps_are_told_at_once(tmp_path):
    counts = population("01,40", "02,60", "0,103") + population("01,1", "02,2", "0,4").replace("2011", "2012")
    assert len(faults_of(write_town(tmp_path, counts, town__yml=EXACT))) == 2


def test_rounded_totals_may_differ_by_what_rounding_explains(tmp_path):
    town = TIDY.replace("licence: CC0", "licence: CC0, rounded_to: 5")
    assert gaps(write_town(tmp_path, population("01,40", "02,60", "0,105"), town__yml=town)) == []
    assert gaps(write_town(tmp_path, population("01,40", "02,60", "0,110"))) == [("0", 110.0, 100.0, 10.0)]


@pytest.mark.parametrize("part", ["02,,missing", "02,"])
def test_where_a_part_is_missing_nothing_is_compared(tmp_path, part):
    assert gaps(write_town(tmp_path, population("01,40", part, "0,103"))) == []


def test_where_a_part_was_not_delivered_at_all_nothing_is_compared(tmp_path):
    assert gaps(write_town(tmp_path, population("01,40", "0,30"))) == []


def test_a_hidden_part_lies_within_its_bounds(tmp_path):
    town = TIDY.replace("licence: CC0", "licence: CC0, suppressed_between: [1, 9]")
    assert gaps(write_town(tmp_path, population("01,40", "02,,suppressed", "0,49"), town__yml=town)) == []
    ((area, total, _, _),) = gaps(write_town(tmp_path, population("01,40", "02,,suppressed", "0,50"), town__yml=town))
    assert (area, total) == ("0", 50.0)


def test_an_area_that_no_longer_exists_is_no_part(tmp_path):
    areas = (
        AREAS.replace("parent\n", "parent,valid_to\n")
        .replace("stadt,", "stadt,,")
        .replace("Süd,ortsteil,0", "Süd,ortsteil,0,2010-12-31")
    )
    areas = areas.replace("Nord,ortsteil,0", "Nord,ortsteil,0,")
    assert gaps(write_town(tmp_path, population("01,40", "0,41"), areas__csv=areas)) == [("0", 41.0, 40.0, 1.0)]


def test_levels_between_that_were_not_delivered_are_added_up(tmp_path):
    folder = write_town(tmp_path, population("01,40", "02,60", "0,103"), town__yml=THREE_LEVELS, areas__csv=DEEP_AREAS)
    assert gaps(folder) == [("0", 103.0, 100.0, 3.0)]


def test_each_level_is_compared_with_what_was_delivered_right_below(tmp_path):
    counts = population("01,40", "02,60", "A,102", "0,102")
    folder = write_town(tmp_path, counts, town__yml=THREE_LEVELS, areas__csv=DEEP_AREAS)
    assert gaps(folder) == [("A", 102.0, 100.0, 2.0)]


@pytest.mark.parametrize("rows", [["0,5"], ["01,5"], ["01,", "0,"]])
def test_few_counts_leave_no_gap(tmp_path, rows):
    assert gaps(write_town(tmp_path, population(*rows))) == []


def test_a_town_of_one_level_has_no_gaps(tmp_path):
    town = "\n".join(line for line in TIDY.splitlines() if "ortsteil" not in line)
    areas = "area,name,level,parent\n0,Klein,stadt,\n"
    assert gaps(write_town(tmp_path, population("0,5"), town__yml=town, areas__csv=areas)) == []


CELLS = "01,2011-12-31,population,,,{total},\n01,2011-12-31,population,female,,{female},{mark}\n"
CELLS += "01,2011-12-31,population,male,,40,\n"


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"total": 90, "female": 50, "mark": ""}, []),
        ({"total": 91, "female": 50, "mark": ""}, [("01", 91.0, 90.0, 1.0)]),
        ({"total": 91, "female": "", "mark": "missing"}, []),
        ({"total": 91, "female": "", "mark": "suppressed"}, []),  # anything may be hidden
        ({"total": 39, "female": "", "mark": "suppressed"}, [("01", 39.0, None, None)]),
    ],
)
def test_a_total_is_compared_with_the_ages_and_sexes_of_its_area(tmp_path, cells, found):
    rows = open_town(write_town(tmp_path, CELLS.format(**cells))).gaps
    assert set(rows["of"]) <= {"cells"}
    written = (
        rows[["area", "total", "parts", "gap"]]
        .astype(object)
        .where(rows[["area", "total", "parts", "gap"]].notna(), None)
    )
    assert list(written.itertuples(index=False, name=None)) == found


def test_a_total_that_is_not_the_sum_of_its_sexes_is_a_fault_where_totals_are_exact(tmp_path):
    rows = CELLS.format(total=91, female=50, mark="")
    assert faults_of(write_town(tmp_path, rows, town__yml=EXACT)) == [
        (
            "counts.csv, line 2, area 01: the total 91 of population (2011-12-31) is not the sum of its ages and sexes 90 "
            "(difference 1); correct it, or declare totals: reported in town.yml"
        )
    ]


def test_a_hidden_total_is_compared_by_its_bounds_and_gives_no_number_that_is_none(tmp_path):
    town = EXACT.replace("licence: CC0", "licence: CC0, suppressed_between: [1, 9]")
    assert gaps(write_town(tmp_path, population("01,4", "02,5", "0,,suppressed"), town__yml=town)) == []
    folder = write_town(tmp_path, population("01,4", "02,6", "0,,suppressed"), town__yml=town)
    assert faults_of(folder) == [
        (
            "counts.csv, line 4, area 0: the total of population (2011-12-31) differs from the sum of its areas by at least 1, "
            "whatever the hidden counts are; correct it, or declare totals: reported in town.yml"
        )
    ]
    (row,) = open_town(write_town(tmp_path, town__yml=town.replace("exact", "reported"))).gaps.to_dict("records")
    assert (row["lower"], row["upper"]) == (-9, -1)


def test_hidden_sexes_are_compared_by_their_bounds(tmp_path):
    rows = CELLS.format(total=39, female="", mark="suppressed")
    assert faults_of(write_town(tmp_path, rows, town__yml=EXACT)) == [
        (
            "counts.csv, line 2, area 01: the total of population (2011-12-31) differs from the sum of its ages and sexes by at "
            "least 1, whatever the hidden counts are; correct it, or declare totals: reported in town.yml"
        )
    ]


WITH_REST = """\
schema: 1
file: raw.csv
source: register
area: {column: area}
period: {value: "2011-12-31"}
unassigned: [keine Angabe]
totals: {"0": [insgesamt]}
values:
  - {column: people, measure: population}
"""

REST_TOWN = TIDY.replace("counts: [{file: counts.csv, source: register}]", "mappings: [mapping.yml]")


@pytest.mark.parametrize(
    ("total", "gap", "explained", "is_refused"),
    [(103, 3.0, True, False), (104, 4.0, False, True), (102, 2.0, False, True)],
)
def test_rows_of_no_area_may_make_up_the_gap(tmp_path, total, gap, explained, is_refused):
    raw = f"area,people\n01,40\nkeine Angabe,3\ninsgesamt,{total}\n02,60\n"
    folder = write_town(tmp_path, town__yml=REST_TOWN, mapping__yml=WITH_REST, raw__csv=raw)
    (row,) = open_town(folder).gaps.to_dict("records")
    assert (row["gap"], row["unassigned"], row["explained"]) == (gap, 3.0, explained)
    (folder / "town.yml").write_text(REST_TOWN + "totals: exact\n", encoding="utf-8")
    if is_refused:
        assert len(faults_of(folder)) == 1
    else:
        assert open_town(folder).unassigned["value"].tolist() == [3.0]


def test_a_hidden_row_of_no_area_may_make_up_the_gap(tmp_path):
    mapping = WITH_REST + "marks: {'*': {state: suppressed, between: [1, 9]}}\n"
    raw = "area,people\n01,40\nkeine Angabe,*\ninsgesamt,{total}\n02,60\n"
    found = []
    for total in (109, 110):
        text = raw.format(total=total)
        folder = write_town(tmp_path, town__yml=REST_TOWN, mapping__yml=mapping, raw__csv=text)
        found += open_town(folder).gaps["explained"].tolist()
    assert found == [True, False]


@pytest.mark.parametrize("level", ["0", "A"])
def test_a_delivered_total_is_used_and_not_the_sum_of_rounded_parts(tmp_path, level):
    town = THREE_LEVELS.replace("licence: CC0", "licence: CC0, rounded_to: 5")
    counts = population("01,10", "02,10", f"{level},25")
    data = open_town(write_town(tmp_path, counts, town__yml=town, areas__csv=DEEP_AREAS))
    amounts = amount_by_area(data.counts, ("all", 0, 999), "population", data.areas).set_index("area")
    assert amounts.loc[level, ["value", "lower", "upper"]].tolist() == [25, 23, 27]
    assert amounts.loc["0", ["value", "lower", "upper"]].tolist() == [25, 23, 27]
    assert data.gaps.empty
