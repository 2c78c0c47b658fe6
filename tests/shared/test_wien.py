"""Vienna from the real file: every number recomputed from the raw rows, read here with nothing but the csv module."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter

import pytest

import sozialanalyse as sa

pytestmark = pytest.mark.shared

FILE = "wien/vie-bez-pop-sex-age5-stk-nat-geo4-2002f.csv"

GROUPS = ("AUT", "EEA", "REU", "TCN")
COLUMNS = {
    "population": GROUPS,
    "population_foreign": GROUPS[1:],
    "population_austrian": ("AUT",),
    "population_eea": ("EEA",),
    "population_reu": ("REU",),
    "population_tcn": ("TCN",),
}
"""The columns that make up each measure."""

SEXES = {"1": "male", "2": "female"}
LAST_AGE = 17

WRITTEN_OUT = [["541", "42", "10", "20"], ["734", "47", "25", "16"]]
"""Men and women of 80 and over in the Innere Stadt on 1 January 2025, in the groups of nationality."""


@pytest.fixture(scope="module")
def raw(shared):
    """Rows of the raw file by district, date, sex and age code, and the line on which each stands."""
    with (shared / "data" / FILE).open(encoding="utf-8", newline="") as file:
        next(file)  # the title
        return {
            (row["DISTRICT_CODE"], row["REF_DATE"], row["SEX"], int(row["AGE5"])): (row, line)
            for line, row in enumerate(csv.DictReader(file, delimiter=";"), start=3)
        }


@pytest.fixture(scope="module")
def town(root, shared):
    return sa.open_town(root / "data" / "wien", raw=shared / "data")


def residents(raw, district=None, year=None, sex=None, ages=range(1, LAST_AGE + 1), columns=GROUPS):
    """Add up raw rows; None stands for all of them."""
    return sum(
        int(row[column])
        for (code, date, code_of_sex, age), (row, _) in raw.items()
        if age in ages and district in (None, code) and year in (None, int(date[:4])) and sex in (None, code_of_sex)
        for column in columns
    )


def test_every_count_is_the_one_of_the_raw_row(raw, town):
    codes = {sex: code for code, sex in SEXES.items()}
    seen = Counter()
    for row in town.counts.itertuples():
        age = row.age_from // 5 + 1
        assert (row.age_from, row.age_to) == (5 * (age - 1), 999 if age == LAST_AGE else 5 * age - 1)
        delivered, line = raw[row.area, f"{row.period_end:%Y%m%d}", codes[row.sex], age]
        assert (row.value, row.row) == (sum(int(delivered[name]) for name in COLUMNS[row.measure]), line)
        assert row.status == ("number" if row.value else "zero")
        seen[row.measure] += 1
    assert len(raw) == 23 * 24 * 2 * 17 == 18_768
    assert seen == dict.fromkeys(COLUMNS, 18_768)


def test_reference_dates_are_the_first_of_january(town):
    dates = sorted(town.counts["period_end"].dt.date.unique())
    assert dates == [dt.date(year, 1, 1) for year in range(2002, 2026)]
    assert set(town.counts["period_kind"]) == {"stock"}


def test_age_codes_are_groups_of_five_years(raw):
    """Who stands in a group stands in the next one five years later, as far as nobody moves or dies."""
    for code in range(3, 6 + 1):  # between 10 and 34 people move to Vienna, for school and work
        assert residents(raw, year=2002, ages=[code]) < residents(raw, year=2007, ages=[code + 1])
    for code in range(7, 15 + 1):
        before, after = residents(raw, year=2002, ages=[code]), residents(raw, year=2007, ages=[code + 1])
        assert 0.8 * before < after < 1.03 * before


def test_sex_codes(raw):
    """Boys are 51 to 52 of 100 small children, women about two thirds of the oldest."""
    children = residents(raw, year=2025, sex="1", ages=[1]) / residents(raw, year=2025, ages=[1])
    oldest = residents(raw, year=2025, sex="2", ages=[17]) / residents(raw, year=2025, ages=[17])
    assert 0.505 < children < 0.525
    assert 0.60 < oldest < 0.66


def test_areas(town):
    tree = town.areas
    assert (tree.root, tree.name(tree.root)) == ("AT13", "Wien")
    assert tree.children("AT13") == [f"9{number:02}00" for number in range(1, 24)]
    assert [tree.name(area) for area in ("90100", "91000", "92300")] == ["Innere Stadt", "Favoriten", "Liesing"]


def test_the_city_is_the_sum_of_its_districts(raw, values):
    assert values["population", "AT13", 2025] == residents(raw, year=2025) == 2_028_289
    assert values["population", "AT13", 2002] == residents(raw, year=2002) == 1_571_123


@pytest.mark.parametrize("district", ["90100", "91100", "92200"])
@pytest.mark.parametrize("year", [2002, 2013, 2025])
def test_shares_of_a_district_follow_from_the_raw_rows(raw, values, district, year):
    everyone = residents(raw, district, year)
    expected = {
        "share_under_15": residents(raw, district, year, ages=range(1, 4)),
        "share_65plus": residents(raw, district, year, ages=range(14, 18)),
        "share_80plus": residents(raw, district, year, ages=[17]),
        "foreign_share": residents(raw, district, year, columns=GROUPS[1:]),
    }
    for indicator, part in expected.items():
        assert values[indicator, district, year] == pytest.approx(100 * part / everyone, rel=1e-12)


def test_shares_with_the_numbers_of_the_raw_rows_written_out(raw, values):
    rows = [raw["90100", "20250101", sex, LAST_AGE][0] for sex in SEXES]
    assert [[row[name] for name in GROUPS] for row in rows] == WRITTEN_OUT
    oldest = sum(int(number) for row in WRITTEN_OUT for number in row)
    assert values["share_80plus", "90100", 2025] == pytest.approx(100 * oldest / values["population", "90100", 2025])


def test_what_five_year_groups_cannot_show(town):
    assert town.unavailable()["share_under_18"] == "ages_do_not_fit"
    assert "youth_dependency_ratio" not in town.unavailable()
