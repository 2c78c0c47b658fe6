"""Hamburg's workbook as it was delivered: every number that is taken, compared with a reading by openpyxl alone."""

from __future__ import annotations

import html
import math
import re
import subprocess
import sys
from collections import Counter

import openpyxl
import pytest

import sozialanalyse as sa

pytestmark = [pytest.mark.shared, pytest.mark.slow]

WORKBOOK = "hamburg/Daten_fuer_die_Stadtteilprofile_2014.xlsx"

FIRST, STADTTEILE, BEZIRKE = 5, 99, 7
"""The first row of data, and how many areas of each kind follow; the city stands last."""

SIZES = {"1": 16, "2": 14, "3": 9, "4": 13, "5": 18, "6": 14, "7": 15}
"""How many rows of Stadtteile belong to each Bezirk, in the order of the file."""

ALL = (0, 999)
DECEMBER, YEAR, SCHOOL = ("2013-12-31", "2013-12-31"), ("2013-01-01", "2013-12-31"), ("2013-08-01", "2014-07-31")
NOVEMBER, JANUARY, MARCH = (("2013-11-01",) * 2), (("2014-01-01",) * 2), (("2014-03-01",) * 2)

TAKEN = {
    2: ("population", ALL, DECEMBER),
    3: ("population", (0, 17), DECEMBER),
    5: ("population", (65, 999), DECEMBER),
    7: ("population_foreign", ALL, DECEMBER),
    9: ("migration_background_estimated", ALL, DECEMBER),
    11: ("migration_background_estimated", (0, 17), DECEMBER),
    13: ("households", ALL, DECEMBER),
    15: ("households_one_person", ALL, DECEMBER),
    17: ("households_with_children", ALL, DECEMBER),
    19: ("lone_parent_households", ALL, DECEMBER),
    23: ("births", ALL, YEAR),
    24: ("deaths", ALL, YEAR),
    26: ("arrivals_from_surroundings", ALL, YEAR),
    28: ("departures_to_surroundings", ALL, YEAR),
    30: ("employed_residents", ALL, DECEMBER),
    32: ("unemployed", ALL, DECEMBER),
    34: ("unemployed", (15, 24), DECEMBER),
    36: ("unemployed", (55, 64), DECEMBER),
    38: ("sgb2_recipients", ALL, DECEMBER),
    40: ("sgb2_recipients", (0, 14), DECEMBER),
    42: ("sgb2_communities", ALL, DECEMBER),
    43: ("taxpayers", ALL, ("2010-01-01", "2010-12-31")),
    45: ("residential_buildings", ALL, DECEMBER),
    46: ("dwellings", ALL, DECEMBER),
    47: ("dwellings_completed", ALL, YEAR),
    48: ("dwellings_small_houses", ALL, DECEMBER),
    50: ("living_space", ALL, DECEMBER),
    52: ("dwellings_bound", ALL, JANUARY),
    54: ("dwellings_bound_until_2019", ALL, JANUARY),
    59: ("kindergartens", ALL, MARCH),
    60: ("primary_schools", ALL, SCHOOL),
    61: ("pupils_lower_secondary", ALL, SCHOOL),
    64: ("physicians", ALL, DECEMBER),
    65: ("general_practitioners", ALL, DECEMBER),
    66: ("dentists", ALL, NOVEMBER),
    67: ("pharmacies", ALL, NOVEMBER),
    68: ("private_cars", ALL, JANUARY),
}
"""What each column that is taken counts, of which ages, from when to when; all others are named in the README."""

PUBLISHED = {
    4: ("share_under_18", 1),
    6: ("share_65plus", 1),
    8: ("foreign_share", 1),
    16: ("share_one_person_households", 1),
    18: ("share_households_with_children", 1),
    20: ("share_lone_parents", 1),
    39: ("sgb2_share", 1),
    49: ("share_small_houses", 1),
    51: ("living_space_per_resident", 9),
    53: ("social_dwellings_ratio", 1),
    55: ("social_dwellings_expiring", 1),
    69: ("private_cars_rate", 9),
}
"""Columns that repeat counts as rates: our indicator and the decimals that both have in common."""


@pytest.fixture(scope="module")
def sheet(shared):
    return openpyxl.load_workbook(shared / "data" / WORKBOOK, data_only=True)["Stadtteilprofile 2014"]


@pytest.fixture(scope="module")
def town(root, shared):
    return sa.open_town(root / "data" / "hamburg", raw=shared / "data")


@pytest.fixture(scope="module")
def values(town):
    frame = town.indicators()
    return dict(zip(zip(frame["indicator"], frame["area"], strict=True), frame["value"], strict=True))


def areas():
    """Ids of the areas in the order of their rows: Stadtteile of each Bezirk, the Bezirke, the city."""
    quarters = [f"{bezirk}{number:03}" for bezirk, size in SIZES.items() for number in range(1, size + 1)]
    return [*quarters, *SIZES, "0"]


ROWS = {area: row for row, area in enumerate(areas(), start=FIRST)}


def expected(sheet, column, area):
    """Read the count of a column; the one mean among them is multiplied by the dwellings of column 46."""
    value = sheet.cell(ROWS[area], column).value
    return round(value * sheet.cell(ROWS[area], 46).value) if column == 50 else value


def test_the_file_is_the_one_that_is_described(sheet):
    assert len(ROWS) == STADTTEILE + BEZIRKE + 1 == 107
    assert sheet.cell(2, 2).value == "Bevölkerung und Haushalte 31.12.2013"
    assert [sheet.cell(row, 1).value for row in (5, 103, 104, 110, 111)] == [
        "Hamburg-Altstadt",
        "Cranz",
        "Hamburg-Mitte",
        "Harburg",
        "Hamburg",
    ]
    texts = {
        (cell.column, cell.value) for row in sheet.iter_rows(min_row=5, max_row=111, min_col=2) for cell in row
        if not isinstance(cell.value, int | float)
    }  # fmt: skip
    assert texts == {(56, "."), (57, "."), (58, ".")}


def test_every_count_is_the_one_of_its_cell(sheet, town):
    columns = {(measure, *ages, *dates): column for column, (measure, ages, dates) in TAKEN.items()}
    seen = Counter()
    for row in town.counts.itertuples():
        dates = (f"{row.period_start:%Y-%m-%d}", f"{row.period_end:%Y-%m-%d}")
        column = columns[row.measure, row.age_from, row.age_to, *dates]
        assert row.row == ROWS[row.area]
        assert row.value == expected(sheet, column, row.area), (column, row.area)
        assert row.status == ("number" if row.value else "zero")
        seen[column] += 1
    assert seen == dict.fromkeys(TAKEN, 107)


STATED = {
    "Nov 2013": NOVEMBER,
    "Jan 2014": JANUARY,
    "März 2014": MARCH,
    "2013/2014": SCHOOL,
    "Bevölkerungsbewegung": YEAR,
}
"""What the name or the group of a column says of its date; all others are of the end of 2013."""


def test_each_column_is_of_the_date_that_it_states(sheet):
    groups = {column: sheet.cell(2, column).value for column in range(2, 70)}
    for column, (measure, _, dates) in TAKEN.items():
        group = next(groups[before] for before in range(column, 1, -1) if groups[before])
        named = f"{group} {sheet.cell(3, column).value}"
        said = next((dates for text, dates in STATED.items() if text in named), DECEMBER)
        if measure not in {"taxpayers", "dwellings_completed", "dwellings_bound_until_2019"}:
            assert dates == said, named
    assert "(2010)" in sheet.cell(3, 43).value
    assert "im Jahr" in sheet.cell(4, 47).value
    assert "2014" not in sheet.cell(3, 54).value  # a part of column 52, whose date it shares


@pytest.mark.parametrize(("column", "indicator", "decimals"), [(c, *rest) for c, rest in PUBLISHED.items()])
def test_our_rates_are_the_published_ones(sheet, values, column, indicator, decimals):
    """One decimal is all that is published of a share, so ours may differ by half of it and no more."""
    for area, row in ROWS.items():
        published, ours = sheet.cell(row, column).value, values[indicator, area]
        if not math.isnan(ours):  # a share of no dwellings is none; published as 0
            assert abs(ours - published) <= 0.5 * 10**-decimals + 1e-9, area
        else:
            assert published == 0


def test_shares_with_a_migration_background_have_another_base(sheet, town):
    """Of the residents delivered they would be others than published, by up to a point: no rate is made of them."""
    mitte, city = ROWS["1"], ROWS["0"]
    assert sheet.cell(mitte, 10).value == 46
    assert round(100 * sheet.cell(mitte, 9).value / sheet.cell(mitte, 2).value, 1) == 44.9
    assert sheet.cell(city, 10).value == 30.8
    assert round(100 * sheet.cell(city, 9).value / sheet.cell(city, 2).value, 1) == 30.6
    assert town.unavailable()["migration_background_under_18"] == "measure_not_delivered"


def test_names_of_two_levels_are_kept_apart(sheet, town):
    tree = town.areas
    names = tree.frame.set_index("area")["name"]
    assert {area: names[area] for area in ROWS} == {area: sheet.cell(row, 1).value for area, row in ROWS.items()}
    twice = names[names.duplicated(keep=False)]
    assert sorted(set(twice)) == ["Bergedorf", "Eimsbüttel", "Harburg", "Wandsbek"]
    assert {tree.level(area) for area in twice.index} == {"stadtteil", "bezirk"}
    residents = town.counts[(town.counts["measure"] == "population") & (town.counts["age_from"] == 0)]
    residents = residents[residents["age_to"] == 999].set_index("area")["value"]
    assert (names["7001"], residents["7001"]) == ("Harburg", 22_674)
    assert (names["7"], residents["7"]) == ("Harburg", 155_548)


@pytest.mark.parametrize("column", [13, 15, 17, 19, 23, 24, 26, 28, 32, 38])
def test_stadtteile_belong_to_their_bezirk(sheet, town, column):
    """The file does not say so; ten columns that add up exactly do."""
    for bezirk in SIZES:
        parts = [sheet.cell(ROWS[area], column).value for area in town.areas.children(bezirk)]
        assert sum(parts) == sheet.cell(ROWS[bezirk], column).value


def test_gaps_between_totals_and_areas(town):
    gaps = town.data.gaps
    gaps = gaps[(gaps["age_from"] == 0) & (gaps["age_to"] == 999)].set_index(["measure", "area"])["gap"].to_dict()
    assert gaps == {
        ("population", "1"): 6777,
        ("population_foreign", "1"): 6716,
        ("employed_residents", "1"): 855,
        ("employed_residents", "0"): 2940,
        ("unemployed", "0"): 470,
        ("sgb2_recipients", "0"): 410,
        ("sgb2_communities", "0"): 280,
        ("taxpayers", "0"): 34_918,
        ("residential_buildings", "1"): 7,
        ("dwellings", "1"): 12,
        ("dwellings_small_houses", "1"): 8,
        ("living_space", "1"): 1146,
        ("dwellings_bound", "0"): 528,
        ("dwellings_bound_until_2019", "0"): 528,
        ("primary_schools", "1"): 1,
        ("pupils_lower_secondary", "0"): 2772,
        ("private_cars", "1"): 3,
        ("private_cars", "0"): 55,
    }


def test_values_of_the_city_are_made_of_its_delivered_totals(sheet, values):
    assert values["population", "0"] == 1_788_994
    assert sum(sheet.cell(ROWS[area], 2).value for area in areas()[:STADTTEILE]) == 1_782_217
    assert values["share_under_18", "0"] == pytest.approx(100 * 280_364 / 1_788_994)


@pytest.fixture(scope="module")
def pages(root, shared, tmp_path_factory):
    """Texts of pages, made as a user makes them: by id and language."""
    folder = tmp_path_factory.mktemp("hamburg")
    for language, *wanted in (
        ("de", "comparison-residents-stadtteile", "comparison-residents-7"),
        ("en", "comparison-residents-stadtteile"),
    ):
        command = [
            sys.executable,
            "-m",
            "sozialanalyse",
            "run",
            "--no-downloads",
            "--town",
            "data/hamburg",
            "--raw",
            str(shared / "data"),
        ]
        command += ["--output", str(folder), "--language", language, "--ledger", str(folder.parent / "ledger")]
        command += [part for name in wanted for part in ("--only", name)]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
    return {path.name.removesuffix(".html"): _text(path) for path in (folder / "comparison").glob("*.html")}


def _text(path):
    """Read what a page shows; no-break blanks as blanks."""
    inline = re.sub(r"</?data\b[^>]*>", "", path.read_text(encoding="utf-8"))
    text = re.sub(r"<(style|svg)\b.*?</\1>|<[^>]+>", " ", inline, flags=re.DOTALL)
    return " ".join(html.unescape(text).replace("\u00a0", " ").replace("\u202f", " ").split())


def test_a_page_states_the_reference_date_and_the_source(pages):
    page = pages["residents-stadtteile.de"]
    assert "31.12.2013" in page
    assert "Statistisches Amt für Hamburg und Schleswig-Holstein" in page
    assert "31 December 2013" in pages["residents-stadtteile.en"]


def test_a_page_keeps_stadtteil_and_bezirk_of_one_name_apart(pages):
    page = pages["residents-7.de"]
    assert "7 Harburg" in page
    assert "7001 Harburg" in page
    assert "22.674" in page
    assert "155.548" in page


def test_a_page_shows_the_gap_to_the_total_of_the_city(pages):
    page = pages["residents-stadtteile.de"]
    assert "Nicht einem Gebiet zugeordnet: 6.777 Personen (0,4 %)" in page
    assert "Nicht einem Gebiet zugeordnet: 410 Personen (0,2 %)" in page
    assert "Not assigned to an area: 6,777 persons (0.4%)" in pages["residents-stadtteile.en"]
    assert "Nicht einem Gebiet zugeordnet" not in pages["residents-7.de"]
