"""Köln from the real file: every number recomputed from the raw rows, read here with nothing but the csv module."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

import sozialanalyse as sa

pytestmark = pytest.mark.shared

YEARS = range(2005, 2013)
AGES = {
    "10": (0, 2), "20": (3, 5), "30": (6, 9), "40": (10, 14), "50": (15, 17), "60": (18, 24), "70": (25, 34),
    "80": (35, 44), "90": (45, 54), "100": (55, 59), "110": (60, 64), "120": (65, 74), "130": (75, 999),
}  # fmt: skip
UNDER_18 = ("10", "20", "30", "40", "50")
FROM_65 = ("120", "130")


@pytest.fixture(scope="module")
def raw(shared):
    """Numbers of the raw file by table, line, area and year, and the line of the file on which each stands."""
    with (shared / "data" / "koeln" / "bevoelkerung.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["tab_id"], row["zei_id"], row["raum_id"], int(row["jahr"])): (float(row["zahl"]), line)
            for line, row in enumerate(csv.DictReader(file), start=2)
        }


@pytest.fixture(scope="module")
def town(root, shared):
    return sa.open_town(root / "data" / "koeln", raw=shared / "data")


def share(raw, lines, area, year):
    return 100 * sum(raw["020", line, area, year][0] for line in lines) / raw["005", "10", area, year][0]


# Neustadt/Süd, Blumenberg, Kalk; the Stadtbezirk Kalk; the city.
@pytest.mark.parametrize(
    ("area", "under_18", "from_65"),
    [
        ("102", 9.95, 10.72),
        ("610", 22.88, 7.19),
        ("802", 16.53, 12.96),
        ("008", 18.24, 17.47),
        ("000", 15.51, 17.72),
    ],
)
def test_shares_of_2012(values, area, under_18, from_65):
    assert round(values["share_under_18", area, 2012], 2) == under_18
    assert round(values["share_65plus", area, 2012], 2) == from_65


@pytest.mark.parametrize("area", ["102", "610", "802", "008", "000"])
def test_shares_of_all_years_follow_from_the_raw_rows(raw, values, area):
    for year in YEARS:
        assert values["share_under_18", area, year] == pytest.approx(share(raw, UNDER_18, area, year), rel=1e-12)
        assert values["share_65plus", area, year] == pytest.approx(share(raw, FROM_65, area, year), rel=1e-12)


def test_shares_of_two_areas_with_the_numbers_of_the_raw_rows_written_out(values):
    """Stadtteil Kalk and Stadtbezirk Kalk at the end of 2012."""
    assert values["share_under_18", "802", 2012] == pytest.approx(100 * (711 + 689 + 797 + 944 + 559) / 22383)
    assert values["share_65plus", "802", 2012] == pytest.approx(100 * (1593 + 1307) / 22383)
    assert values["share_under_18", "008", 2012] == pytest.approx(100 * (3795 + 3728 + 4477 + 5579 + 3381) / 114885)
    assert values["share_65plus", "008", 2012] == pytest.approx(100 * (10526 + 9545) / 114885)


def test_every_count_is_the_one_of_the_raw_row(raw, town):
    sexes, others = (
        {"male": "10", "female": "20"},
        {"population_foreign": "50", "population_migration_background": "10"},
    )
    lines = {ages: line for line, ages in AGES.items()}
    seen = Counter()
    for row in town.counts.itertuples():
        ages = (row.age_from, row.age_to)
        if row.measure in others:
            table, line = "030", others[row.measure]
        elif row.sex in sexes:
            table, line = "010", sexes[row.sex]
        else:
            table, line = ("005", "10") if ages == (0, 999) else ("020", lines[ages])
        key = (table, line, row.area, row.period_end.year)
        assert (row.value, row.row) == raw[key], key
        seen[key] += 1
    assert set(seen.values()) == {1}
    assert len(seen) == 96 * 8 * (1 + 2 + 13 + 1 + 1)


def test_all_years_are_reference_dates_at_their_end(town):
    dates = sorted(town.counts["period_end"].dt.strftime("%Y-%m-%d").unique())
    assert dates == [f"{year}-12-31" for year in YEARS]


def test_ids_keep_their_leading_zeros(town):
    tree = town.areas
    assert tree.root == "000"
    assert tree.at("stadtbezirk")["area"].tolist() == [f"00{number}" for number in range(1, 10)]
    assert tree.at("stadtteil")["area"].str.fullmatch("[1-9][0-9][0-9]").all()
    assert len(tree.at("stadtteil")) == 86


def test_a_stadtteil_lies_in_the_stadtbezirk_of_its_first_digit(town):
    for number in range(1, 10):
        children = town.areas.children(f"00{number}")
        assert children
        assert {child[0] for child in children} == {str(number)}
    assert town.areas.name("000") == "Köln"


def test_kalk_is_a_stadtbezirk_and_a_stadtteil(town):
    names = town.areas.frame.set_index("area")["name"]
    assert names[["008", "802"]].tolist() == ["Kalk", "Kalk"]
    twice = names[names.duplicated(keep=False)]
    assert twice.nunique() == 8
    assert {town.areas.level(area) for area in twice.index} == {"stadtbezirk", "stadtteil"}


@pytest.mark.parametrize("year", YEARS)
def test_stadtteile_add_up_to_stadtbezirke_and_city(raw, town, year):
    def residents(areas):
        return sum(raw["005", "10", area, year][0] for area in areas)

    tree = town.areas
    for bezirk in tree.children("000"):
        assert residents(tree.children(bezirk)) == residents([bezirk])
    assert residents(tree.at("stadtteil")["area"]) == residents(tree.children("000")) == residents(["000"])


def test_no_total_differs_from_the_sum_of_its_areas(town):
    assert town.data.file.totals == "exact"
    assert town.data.gaps.empty


@pytest.mark.parametrize("year", YEARS)
def test_sexes_and_ages_add_up_to_the_residents(raw, year):
    for area in ("000", "008", "802", "610"):
        total = raw["005", "10", area, year][0]
        assert sum(raw["020", line, area, year][0] for line in AGES) == total
        assert sum(raw["010", line, area, year][0] for line in ("10", "20")) == total


def test_what_a_town_without_further_deliveries_can_show(town):
    shown = set(town.indicators()["indicator"])
    assert shown == {"population", "share_under_18", "share_65plus", "foreign_share"}
    assert town.unavailable()["share_80plus"] == "ages_do_not_fit"
    assert town.unavailable()["kinderarmut"] == "measure_not_delivered"


def test_the_base_counts_secondary_residences_too(raw, town):
    for year in YEARS:
        assert raw["050", "10", "000", year][0] + raw["050", "20", "000", year][0] == raw["005", "10", "000", year][0]
    assert raw["050", "20", "000", 2012][0] == 17873
    assert "Nebenwohnung" in town.data.file.population_base.de
