"""The synthetic town, read with pandas alone: what its README promises."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

TOWN = Path(__file__).resolve().parent.parent / "data" / "musterstadt"
YEARS = [2007, 2009, 2011, 2013, *range(2014, 2025)]
DISABILITY = ["severely_disabled", "mobility_marks", "children_with_disabilities"]
SLIDE_AREAS = ["362", "363", "410", "420", "430", "460"]


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    return pd.read_csv(TOWN / "areas.csv", dtype=str, keep_default_na=False).set_index("area")


@pytest.fixture(scope="module")
def every_row() -> pd.DataFrame:
    files = sorted((TOWN / "counts").glob("*.csv"))
    text = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in files], ignore_index=True)
    # 2011-12-31, 2011 and 2010/11 all end in 2011.
    text["year"] = text["period"].str[:4].astype(int) + text["period"].str.contains("/")
    text["from"] = pd.to_numeric(text["age"].str.extract(r"^(\d+)", expand=False)).fillna(0).astype(int)
    return text.assign(value=pd.to_numeric(text["value"].where(text["value"] != "")))


@pytest.fixture(scope="module")
def table(every_row):
    """Counts of one measure by Lebensraum and year; missing stays missing."""

    def of(measure: str, youngest: int = 0, oldest: int = 999) -> pd.DataFrame:
        rows = every_row[(every_row["measure"] == measure) & (every_row["area"].str.len() == 3)]
        rows = rows[rows["from"].between(youngest, oldest)]
        return rows.groupby(["area", "year"])["value"].sum(skipna=False).unstack()

    return of


def valid(areas: pd.DataFrame, day: str) -> pd.DataFrame:
    begun = areas["valid_from"] <= day
    return areas[begun & ((areas["valid_to"] == "") | (areas["valid_to"] >= day))]


@pytest.mark.parametrize(
    ("day", "number"), [("2007-12-31", 52), ("2008-12-31", 52), ("2009-01-01", 60), ("2024-12-31", 60)]
)
def test_number_of_lebensraeume_before_and_after_the_reform(areas, day, number):
    assert (valid(areas, day)["level"] == "lebensraum").sum() == number


def test_fourteen_sozialraeume_in_one_town(areas):
    assert (areas["level"] == "sozialraum").sum() == 14
    assert areas.index[areas["level"] == "stadt"].tolist() == ["0"]
    assert set(areas.loc[areas["level"] == "lebensraum", "parent"]) == set(areas.index[areas["level"] == "sozialraum"])


def test_sozialraum_05_holds_the_areas_of_the_slide(areas):
    assert areas.index[areas["parent"] == "05"].tolist() == SLIDE_AREAS


def test_one_name_stands_on_two_levels(areas):
    assert areas.index[areas["name"] == "Lindenau"].tolist() == ["02", "110"]
    assert areas["name"].duplicated().sum() == 1


def test_the_other_grouping_cuts_across_the_tree(areas):
    leaves = areas[areas["level"] == "lebensraum"]
    assert (leaves["group_statistischer_bezirk"] != "").all()
    pairs = leaves[["parent", "group_statistischer_bezirk"]].drop_duplicates()
    assert pairs["parent"].duplicated().any()
    assert pairs["group_statistischer_bezirk"].duplicated().any()


def test_every_row_names_an_area_that_is_valid(areas, every_row):
    for year, rows in every_row.groupby("year"):
        leaves = rows.loc[rows["area"].str.len() == 3, "area"]
        expected = valid(areas, f"{year}-12-31")
        assert set(leaves) == set(expected.index[expected["level"] == "lebensraum"])


def test_no_row_stands_twice(every_row):
    assert not every_row.duplicated(["area", "period", "measure", "sex", "age"]).any()


def test_dates(every_row):
    years = every_row.groupby("measure")["year"].unique().map(sorted)
    for measure, found in years.items():
        assert found == (list(range(2007, 2025, 2)) if measure in DISABILITY else YEARS), measure
    kinds = every_row.groupby("measure")["period"].first()
    assert kinds["population"] == "2007-12-31"
    assert kinds["child_welfare_supports"] == "2007"
    assert kinds["school_leavers"] == kinds["school_entry_examined"] == "2006/07"


def test_areas_have_800_to_9000_inhabitants(table):
    inhabitants = table("population")
    assert inhabitants.min().min() >= 800
    assert inhabitants.max().max() <= 9000
    assert 220_000 < inhabitants[2024].sum() < 260_000


def test_age_bands_tile_all_ages(every_row):
    labels = every_row.loc[every_row["measure"] == "population", "age"].unique()
    bounds = sorted(tuple(int(part) for part in label.replace("+", "-999").split("-")) for label in labels)
    assert bounds[0][0] == 0
    assert bounds[-1] == (90, 999)
    assert all(before[1] + 1 == after[0] for before, after in pairwise(bounds))


def test_people_persist(table):
    """Who was 30 to 54 in 2014 is 35 to 59 five years later: in quiet areas mostly the same people."""
    villages = ["810", "820", "840", "890", "910"]
    before, after = table("population", 30, 54)[2014], table("population", 35, 59)[2019]
    assert (after[villages] / before[villages]).between(0.85, 1.15).all()


SLIDE = [
    (("unemployed",), ("civil_labour_force",), "4,3", "1,6", "6,1"),
    (("sgb2_recipients", 0, 0), ("population", 0, 14), "11,3", "5,0", "17,9"),
    (("population_foreign",), ("population",), "8,7", "4,0", "12,5"),
]


@pytest.mark.parametrize(("numerator", "denominator", "mean", "smallest", "largest"), SLIDE)
def test_the_slide_of_sozialraum_05_in_2011(table, numerator, denominator, mean, smallest, largest):
    def shown(rate: float) -> str:
        return f"{100 * rate:.1f}".replace(".", ",")

    counts, people = table(*numerator)[2011][SLIDE_AREAS], table(*denominator)[2011][SLIDE_AREAS]
    rates = counts / people
    assert shown(counts.sum() / people.sum()) == mean
    assert shown(rates.mean()) == mean
    assert (shown(rates.min()), shown(rates.max())) == (smallest, largest)


@pytest.mark.parametrize(("numerator", "denominator", "mean", "smallest", "largest"), SLIDE)
def test_the_year_of_the_slide_is_no_jump(table, numerator, denominator, mean, smallest, largest):
    del mean, smallest, largest
    pooled = table(*numerator).loc[SLIDE_AREAS].sum() / table(*denominator).loc[SLIDE_AREAS].sum()
    around = (pooled[2009] + pooled[2013]) / 2
    assert abs(pooled[2011] - around) < 0.12 * around


PARTS = [
    (("households_one_person",), ("households",)),
    (("households_with_children",), ("households",)),
    (("households_65plus",), ("households",)),
    (("lone_parent_households",), ("households_with_children",)),
    (("households_three_children",), ("households_with_children",)),
    (("children_of_lone_parents",), ("population", 0, 17)),
    (("living_alone", 0, 65), ("population_private_households", 0, 65)),
    (("living_alone", 80), ("population_private_households", 80)),
    (("population_private_households", 0, 65), ("population", 65, 79)),
    (("population_private_households", 80), ("population", 80)),
    (("population_foreign",), ("population",)),
    (("population_migration_background",), ("population", 0, 17)),
    (("unemployed",), ("civil_labour_force",)),
    (("civil_labour_force",), ("population", 15, 64)),
    (("unemployed", 15, 15), ("population", 15, 24)),
    (("long_term_unemployed",), ("unemployed",)),
    (("unemployed_severely_disabled",), ("unemployed",)),
    (("sgb2_recipients", 0, 0), ("population", 0, 14)),
    (("sgb2_recipients", 15), ("population", 15, 64)),
    (("sgb2_lone_parent_communities",), ("lone_parent_households",)),
    (("transfer_recipients_not_unemployed",), ("population",)),
    (("grundsicherung_im_alter_recipients",), ("population", 65)),
    (("grundsicherung_erwerbsminderung_recipients",), ("population", 18, 64)),
    (("hilfe_zur_pflege_recipients",), ("population", 65)),
    (("asylblg_recipients",), ("population_foreign",)),
    (("dwellings_bound",), ("dwellings",)),
    (("dwellings_accessible",), ("dwellings",)),
    (("children_in_childcare", 0, 0), ("population", 0, 2)),
    (("children_in_childcare", 3), ("population", 3, 5)),
    (("school_leavers_without_certificate",), ("school_leavers",)),
    (("school_entry_language_findings",), ("school_entry_examined",)),
    (("care_recipients", 65), ("population", 65)),
    (("eingliederungshilfe_recipients", 18, 18), ("population", 18, 64)),
    (("supported_housing_own_home",), ("supported_housing",)),
    (("severely_disabled", 0, 18), ("population", 0, 64)),
    (("severely_disabled", 65), ("population", 65)),
    (("mobility_marks",), ("population",)),
    (("children_with_disabilities",), ("population", 0, 17)),
]


@pytest.mark.parametrize(("part", "whole"), PARTS, ids=lambda measure: "-".join(map(str, measure)))
def test_parts_are_not_larger_than_the_whole(table, part, whole):
    parts, wholes = table(*part).align(table(*whole), join="inner")
    assert parts.notna().to_numpy().mean() > 0.3
    assert not (parts > wholes).to_numpy().any()


def test_counts_are_whole_and_not_negative(every_row):
    values = every_row["value"].dropna()
    assert (values >= 0).all()
    assert (values % 1 == 0).all()


def test_disability_counts_are_rounded_to_five_and_parts_do_not_add_up(every_row):
    rows = every_row[every_row["measure"].isin(DISABILITY)]
    assert (rows["value"] % 5 == 0).all()
    town = rows[rows["area"] == "0"].set_index(["measure", "age", "year"])["value"]
    parts = rows[rows["area"].str.len() == 3].groupby(["measure", "age", "year"])["value"].sum()
    gaps = (town - parts).abs()
    assert (gaps > 0).mean() > 0.5
    assert gaps.max() <= 2 * 60 + 2  # each of 60 areas and the town may be 2 off


def test_only_one_measure_is_suppressed_and_only_small_counts(every_row):
    suppressed = every_row[every_row["status"] == "suppressed"]
    assert set(suppressed["measure"]) == {"unemployed_severely_disabled"}
    assert suppressed["value"].isna().all()
    shown = every_row.loc[every_row["measure"] == "unemployed_severely_disabled", "value"].dropna()
    assert not shown.between(1, 9).any()


def test_gaps_are_few_but_there(every_row):
    missing = every_row[every_row["value"].isna() & (every_row["status"] == "")]
    examinations = missing["measure"].str.startswith("school_entry")
    assert set(missing.loc[examinations, "year"]) == {2020, 2021, 2022}
    assert 1 <= (~examinations).sum() <= 20
    assert "population" not in set(missing["measure"])


STOCKS = [
    (("unemployed",), ("population", 15, 64), 0.95),
    (("sgb2_recipients", 0, 0), ("population", 0, 14), 0.95),
    (("sgb2_recipients", 15), ("population", 15, 64), 0.95),
    (("grundsicherung_im_alter_recipients",), ("population", 65), 0.95),
    (("lone_parent_households",), ("households_with_children",), 0.9),
    (("eingliederungshilfe_recipients", 18, 18), ("population", 18, 64), 0.9),
    (("population_foreign",), ("population",), 0.98),
]


@pytest.mark.parametrize(("numerator", "denominator", "least"), STOCKS)
def test_stocks_are_autocorrelated(table, numerator, denominator, least):
    rates = table(*numerator) / table(*denominator)
    assert all(rates[year].corr(rates[year + 1]) > least for year in range(2014, 2024))


def test_children_in_poverty_vary_more_than_single_children_would(table):
    """Around what the grown-ups' rate of the area suggests, the spread is several times the binomial one."""
    poor, children = table("sgb2_recipients", 0, 0)[2019], table("population", 0, 14)[2019]
    adults = (table("sgb2_recipients", 15) / table("population", 15, 64))[2019]
    current = poor.notna()
    poor, children, adults = poor[current], children[current], adults[current]
    odds = np.log((poor + 0.5) / (children - poor + 0.5))
    fitted = 1 / (1 + np.exp(-np.polyval(np.polyfit(np.log(adults), odds, 1), np.log(adults))))
    dispersion = ((poor - children * fitted) ** 2 / (children * fitted * (1 - fitted))).sum() / (len(poor) - 2)
    assert dispersion > 2


BREAKS = [
    (("sgb2_recipients", 0, 0), ("population", 0, 14), 2016, 1.05, 1.20),
    (("care_recipients", 65), ("population", 65), 2017, 1.15, 1.40),
    (("eingliederungshilfe_recipients", 18, 18), ("population", 18, 64), 2020, 0.80, 0.95),
    (("sgb2_recipients", 0, 0), ("population", 0, 14), 2022, 1.05, 1.20),
]


@pytest.mark.parametrize(("numerator", "denominator", "year", "least", "most"), BREAKS)
def test_breaks_of_definition_are_seen_in_the_town(table, numerator, denominator, year, least, most):
    rate = table(*numerator).sum() / table(*denominator).sum()
    assert least < rate[year] / rate[year - 1] < most


def test_polygons_are_the_current_areas_without_overlap(areas):
    polygons = gpd.read_file(TOWN / "areas.geojson")
    current = valid(areas, "2024-12-31")
    assert polygons.crs.to_epsg() == 25832
    assert polygons["area"].tolist() == current.index[current["level"] == "lebensraum"].tolist()
    assert polygons.geometry.is_valid.all()
    assert polygons.geometry.area.sum() == pytest.approx(polygons.geometry.union_all().area)
    coordinates = polygons.geometry.get_coordinates().to_numpy()
    assert (coordinates == coordinates.round()).all()


def test_sozialraeume_and_divided_areas_are_in_one_piece(areas):
    polygons = gpd.read_file(TOWN / "areas.geojson").set_index("area").geometry
    for _, rows in areas.loc[polygons.index].groupby("parent"):
        assert polygons[rows.index].union_all().geom_type == "Polygon"
    begun = areas.index[areas["valid_from"] == "2009-01-01"]
    for _, halves in pd.Series(begun, index=begun).groupby(begun.str[:2]):
        first, second = polygons[list(halves)]
        assert shapely.intersection(first, second).length > 0


def test_offers_lie_where_they_say_and_nobody_tells_where_shelters_are(areas):
    offers = pd.read_csv(TOWN / "offers.csv", dtype=str, keep_default_na=False)
    polygons = gpd.read_file(TOWN / "areas.geojson").set_index("area").geometry
    points = gpd.points_from_xy(offers["x"].astype(float), offers["y"].astype(float))
    assert all(polygons[area].covers(point) for area, point in zip(offers["area"], points, strict=True))
    protecting = offers[offers["kind"].isin(["shelter", "accommodation"])]
    assert len(protecting) == 6
    assert set(protecting["location_visibility"]) == {""}  # the default of these kinds is never
    assert offers["contact"].str.fullmatch(r"Telefon 0000 55\d+ \(erfunden\)").all()
    assert (offers["lessons_learned"] != "").sum() == 4


def test_the_script_makes_the_committed_files(tmp_path):
    command = [sys.executable, str(TOWN / "make_musterstadt.py"), "--output", str(tmp_path)]
    subprocess.run(command, check=True, timeout=60)
    made = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert set(made) >= {"areas.csv", "areas.geojson", "counts/population.csv"}
    committed = {"areas.csv", "areas.geojson", "crosswalks.csv", "offers.csv"} | {
        f"counts/{path.name}" for path in (TOWN / "counts").iterdir()
    }
    assert set(made) == committed
    assert [name for name, content in made.items() if content != (TOWN / name).read_bytes()] == []
    assert sum(map(len, made.values())) < 8_000_000
    assert not any(b"\r" in content for content in made.values())
