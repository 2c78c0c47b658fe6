"""Four tables of the Regionaldatenbank: every number compared with a reading by the csv module alone."""

from __future__ import annotations

import csv
import math
from collections import Counter

import pytest

import sozialanalyse as sa
from sozialanalyse.findings.gaps import unassigned
from sozialanalyse.language import without_keys

pytestmark = pytest.mark.shared

AREA, SECOND, THIRD = (f"{number}_variable_attribute_code" for number in (1, 2, 3))
KIND, NAME = "1_variable_code", "1_variable_attribute_label"

SEXES = {"": "all", "GESM": "male", "GESW": "female"}
NATIONALITIES = {"": "employees", "NATA": "employees_foreign"}
OF_TAXES = {"LSNW01": "taxpayers", "EKF002": "income_taxed_thousand_euros", "LSNW02": "income_tax_thousand_euros"}

PARTS = {"03241001", "05334002", "10041100", *(f"110{number:02}0{number:02}" for number in range(1, 13))}
"""Parts of a Kreis: three cities and Berlin's Bezirke; not taken."""


@pytest.fixture(scope="module")
def tables(shared):
    """Rows of each table by its number, with the line on which each stands."""
    found = {}
    for path in (shared / "data" / "genesis").glob("*_flat.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(enumerate(csv.DictReader(file, delimiter=";"), start=2))
        found[path.name.split("-")[0]] = rows
    return found


@pytest.fixture(scope="module")
def town(root, shared):
    return sa.open_town(root / "data" / "kreise", raw=shared / "data")


@pytest.fixture(scope="module")
def values(town):
    frame = town.indicators()
    return dict(zip(zip(frame["indicator"], frame["area"], strict=True), frame["value"], strict=True))


def meaning(table, row):
    """Say what a raw row counts: measure and sex."""
    if table == "11111":
        return "municipalities", "all"
    if table == "12411":
        return "population", SEXES[row[SECOND]]
    if table == "13111":
        return NATIONALITIES[row[SECOND]], SEXES[row[THIRD]]
    return OF_TAXES[row["value_variable_code"]], "all"


def is_taken(table, row):
    """Say whether a raw row is a count: of no part of a Kreis, of no dissolved area, of no Kreis among the employees."""
    if row[AREA] in PARTS or (table == "13111" and row[KIND] == "KREISE"):
        return False
    return row["value"] != "-" or (table == "11111" and row[AREA] in {"02000", "11000"})


def test_every_count_is_the_one_of_the_raw_row(tables, town):
    delivered = {
        (*meaning(table, row), row[AREA]): (row["value"], line)
        for table, rows in tables.items()
        for line, row in rows
        if is_taken(table, row)
    }
    seen = Counter()
    for row in town.counts.itertuples():
        value, line = delivered[row.measure, row.sex, row.area]
        assert row.row == line
        if value == "-":
            assert (row.status, row.mark) == ("missing", "-")
        else:
            assert (row.value, row.status) == (int(value), "number")
        seen[row.measure] += 1
    assert seen == {
        "municipalities": 400,
        "population": 3 * 400,
        "employees": 3 * 55,
        "employees_foreign": 3 * 55,
        **dict.fromkeys(OF_TAXES.values(), 400),
    }
    assert sum(seen.values()) == len(delivered)


def test_dates(town):
    spans = town.counts.groupby("measure", observed=True)[["period_start", "period_end"]].agg(["min", "max"])
    shown = {measure: sorted({f"{date:%Y-%m-%d}" for date in row}) for measure, row in spans.iterrows()}
    assert shown == {
        "municipalities": ["2024-12-31"],
        "population": ["2024-12-31"],
        "employees": ["2025-06-30"],
        "employees_foreign": ["2025-06-30"],
        **{measure: ["2021-01-01", "2021-12-31"] for measure in OF_TAXES.values()},
    }


def test_marks_that_occur_and_where(tables):
    """A dash never stands for a zero here, and nothing carries a flag."""
    marks = Counter()
    for table, rows in tables.items():
        for _, row in rows:
            if not row["value"].isdigit():
                marks[table, row["value"], row[KIND], row[AREA] in PARTS] += 1
    assert marks == {
        ("11111", "-", "KREISE", False): 76,
        ("11111", ".", "KREISE", True): 15,
        ("12411", "-", "KREISE", False): 222,
        ("13111", "-", "KREISE", False): 2844,
        ("13111", "-", "KREISE", True): 18,
        ("13111", ".", "KREISE", True): 72,
        ("13111", "-", "REGBEZ", False): 36,
        ("73111", "-", "KREISE", False): 222,
        ("73111", ".", "KREISE", True): 36,
    }


def test_the_tables_agree_on_which_kreise_were_dissolved(tables):
    dissolved = {row[AREA] for _, row in tables["12411"] if row["value"] == "-"}
    assert len(dissolved) == 74
    assert {row[AREA] for _, row in tables["73111"] if row["value"] == "-"} == dissolved
    assert {row[AREA] for _, row in tables["11111"] if row["value"] == "-"} == dissolved | {"02000", "11000"}
    by_land = Counter(area[:2] for area in dissolved)
    assert by_land == {"03": 2, "05": 2, "13": 16, "14": 29, "15": 24, "16": 1}


def test_areas(tables, town):
    tree = town.areas
    sizes = tree.frame.groupby("level").size().to_dict()
    assert sizes == {"kreis": 400, "regierungsbezirk": 38, "land": 16, "deutschland": 1}
    names = {row[AREA]: " ".join(row[NAME].split()) for rows in tables.values() for _, row in rows}
    assert all(tree.name(area) == names[area] for area in tree.frame["area"])
    line = ["05334", "053", "05", "DG"]
    assert [tree.parent(area) for area in line] == [*line[1:], None]
    assert not PARTS & set(tree.frame["area"])


def test_kreise_of_a_dissolved_ones_name_are_told_by_their_code(town):
    assert "14262" not in town.areas
    assert town.areas.name("14612") == "Dresden, kreisfreie Stadt"


def test_germany_counts_employees_who_work_in_no_land(tables, town):
    """All other totals are the sums of their areas."""
    whole = {area: int(row["value"]) for area, row in employees(tables) if row["value"].isdigit()}
    laender = sum(number for area, number in whole.items() if len(area) == 2 and area != "DG")
    assert (whole["DG"], laender) == (34_885_481, 34_883_321)
    gaps = town.data.gaps
    assert set(gaps["area"]) == {"DG"}
    assert gaps.set_index(["measure", "sex"])["gap"].to_dict() == {
        ("employees", "all"): 2160,
        ("employees", "male"): 1363,
        ("employees", "female"): 797,
        ("employees_foreign", "all"): 801,
        ("employees_foreign", "male"): 565,
        ("employees_foreign", "female"): 236,
    }


def employees(tables):
    """List all employees by area."""
    return [(row[AREA], row) for _, row in tables["13111"] if not row[SECOND] and not row[THIRD]]


def test_residents_of_all_levels_are_those_of_the_kreise(tables, values):
    residents = {row[AREA]: int(row["value"]) for _, row in tables["12411"] if row["value"] != "-" and not row[SECOND]}
    assert sum(number for area, number in residents.items() if area not in PARTS) == 83_577_140
    assert values["population", "DG"] == 83_577_140
    assert values["population", "053"] == sum(
        number for area, number in residents.items() if area.startswith("053") and area not in PARTS
    )


def test_parts_of_a_kreis_stand_beside_the_whole(tables):
    """Berlin's Bezirke are Berlin; the city of Aachen is less than half of its Städteregion."""
    residents = {row[AREA]: int(row["value"]) for _, row in tables["12411"] if row["value"] != "-" and not row[SECOND]}
    assert (
        sum(number for area, number in residents.items() if area.startswith("110") and len(area) == 8)
        == residents["11000"]
    )
    assert (residents["05334002"], residents["05334"]) == (262_670, 582_410)


def test_indicators_with_the_numbers_of_the_raw_rows_written_out(values):
    assert values["foreign_employees_share", "DG"] == pytest.approx(100 * 5_837_916 / 34_885_481)
    assert values["residents_per_municipality", "05334"] == pytest.approx(582_410 / 10)
    assert values["tax_share_of_income", "02000"] == pytest.approx(100 * 11_120_355 / 51_679_966)


def test_a_page_says_how_many_employees_work_in_no_land(town):
    said = unassigned(sa.View(town, "residents", level="land", language="en"))
    assert any(
        "Not assigned to an area: 2,160 persons (less than 0.1%); Employees" in without_keys(text) for text in said
    )


def test_what_was_not_delivered_is_not_shown(values):
    """Neither as zero nor in sums: the Gemeinden of Berlin, and so those of Germany; employees of Kreise."""
    assert math.isnan(values["residents_per_municipality", "11000"])
    assert math.isnan(values["residents_per_municipality", "DG"])
    assert math.isnan(values["foreign_employees_share", "05334"])
