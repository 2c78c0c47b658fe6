"""Berlin from the real files: shares of the Monitoring become counts, checked against an independent reading."""

from __future__ import annotations

import csv
import json

import numpy as np
import pandas as pd
import pytest

import sozialanalyse as sa

pytestmark = pytest.mark.shared

MONITORING, HALF_A_DIGIT = pd.Timestamp("2016-12-31"), 0.5e-5
BEFORE = pd.Timestamp("2012-12-31")

INDICATORS = {
    "s1": "unemployed_share",
    "s2": "long_term_unemployed_share",
    "s3": "transfer_receipt_not_unemployed",
    "s4": "kinderarmut",
}
REGISTER = "berlin_population_lor_2015_2018h1.csv"
POLYGONS = "berlin_lor_plr_lor2006_simplified15m.geojson"


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "data" / "berlin"


@pytest.fixture(scope="module")
def town(root, shared):
    return sa.open_town(root / "data" / "berlin", raw=shared / "data")


@pytest.fixture(scope="module")
def indicators(town):
    return town.indicators().set_index(["indicator", "period_end", "area"]).sort_index()


def read(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counts_of(town, measure, period, source):
    counts = town.counts
    chosen = (counts["measure"] == measure) & (counts["period_end"] == period) & (counts["source"] == source)
    return counts[chosen].set_index("area")


def test_areas_of_all_levels(town):
    sizes = town.areas.frame.groupby("level").size().to_dict()
    assert sizes == {"plr": 447, "bzr": 138, "pgr": 60, "bezirk": 12, "stadt": 1}
    assert town.areas.root == "0"


def test_areas_lie_in_each_other_and_have_names(town):
    tree = town.areas
    line = ["01011101", "010111", "0101", "01", "0"]
    assert [tree.parent(area) for area in line] == [*line[1:], None]
    names = [tree.name(area) for area in line]
    assert names == ["Stülerstraße", "Tiergarten Süd", "Prognoseraum 0101", "Mitte", "Berlin"]
    assert tree.name("12") == "Reinickendorf"


def test_shares_of_one_planungsraum_by_hand(town):
    """Of 01011101 at the end of 2016: 2,168 residents of 15 to 64, 3,114 in all, 234 under 15."""
    expected = {
        "unemployed": (108, 4.98155, 2168),
        "long_term_unemployed": (33, 1.52214, 2168),
        "transfer_recipients_not_unemployed": (254, 8.15671, 3114),
        "sgb2_recipients": (48, 20.51282, 234),
    }
    for measure, (count, published, residents) in expected.items():
        assert counts_of(town, measure, MONITORING, "mss_2017").loc["01011101", "value"] == count
        assert round(100 * count / residents, 5) == published


@pytest.mark.parametrize(("year", "period", "shares"), [(2017, MONITORING, "s1 s2 s3 s4"), (2013, BEFORE, "s3")])
def test_every_published_share_of_the_planungsraeume_comes_back(folder, indicators, year, period, shares):
    rows = read(folder, f"berlin_mss_{year}_indicators.csv")
    for share in shares.split():
        values = indicators["value"][INDICATORS[share], period]
        for row in rows:
            if row[share]:
                assert abs(values[row["area_id"]] - float(row[share])) <= HALF_A_DIGIT * 1.0001, (share, row)


@pytest.mark.parametrize(("year", "period", "shares"), [(2017, MONITORING, "s1 s2 s3 s4"), (2013, BEFORE, "s3")])
def test_bezirke_have_the_published_shares_to_the_printed_decimals(folder, indicators, year, period, shares):
    rows = read(folder, f"berlin_mss_{year}_bezirk_indicators.csv")
    assert len(rows) == 12
    for share in shares.split():
        values = indicators["value"][INDICATORS[share], period]
        for row in rows:
            assert f"{values[row['area_id']]:.5f}" == f"{float(row[share]):.5f}", (share, row)


def test_bezirksregionen_of_2013_have_the_published_shares(folder, indicators):
    values = indicators["value"]["transfer_receipt_not_unemployed", BEFORE]
    for row in read(folder, "berlin_mss_2013_bzr_indicators.csv"):
        assert f"{values[row['area_id']]:.5f}" == f"{float(row['s3']):.5f}"


def test_the_city_is_the_sum_of_the_bezirke(folder, town, indicators):
    unemployed = counts_of(town, "unemployed", MONITORING, "mss_2017")["value"]
    bezirke = town.areas.at("bezirk")["area"]
    assert unemployed[bezirke].sum() == 161550
    assert indicators["numerator"]["unemployed_share", MONITORING]["0"] == 161550
    assert round(indicators["value"]["unemployed_share", MONITORING]["0"], 2) == 6.52


def test_all_counts_are_whole(town):
    values = town.counts["value"].dropna()
    assert (values == np.round(values)).all()


@pytest.mark.parametrize(("year", "period", "left_out"), [(2013, BEFORE, 13), (2017, MONITORING, 11)])
def test_areas_that_the_senate_left_out_are_missing_and_not_zero(folder, town, indicators, year, period, left_out):
    rows = read(folder, f"berlin_mss_{year}_indicators.csv")
    areas = [row["area_id"] for row in rows if row["included"] == "0"]
    assert len(areas) == left_out
    counts = counts_of(town, "transfer_recipients_not_unemployed", period, f"mss_{year}").loc[areas]
    assert set(counts["status"]) == {"missing"}
    assert counts[["value", "upper"]].isna().all(axis=None)
    rates = indicators["status"]["transfer_receipt_not_unemployed", period]
    assert set(rates[areas]) == {"missing"}


def test_a_sum_that_needs_a_missing_area_is_missing_where_it_is_not_delivered(indicators):
    """01011102 (Großer Tiergarten) is left out; its Bezirksregion is not delivered for 2016, its Bezirk is."""
    status = indicators["status"]["unemployed_share", MONITORING]
    assert status[["01011102", "010111", "0101", "01"]].tolist() == ["missing", "missing", "missing", "number"]


def test_every_count_of_the_register_is_the_one_of_the_raw_row(folder, town):
    columns = {
        ("population", "all", 0, 999): "total", ("population", "female", 0, 999): "female",
        ("population", "all", 0, 5): "age_0_5", ("population", "all", 6, 14): "age_6_14",
        ("population", "all", 15, 17): "age_15_17", ("population", "all", 18, 26): "age_18_26",
        ("population", "all", 27, 44): "age_27_44", ("population", "all", 45, 54): "age_45_54",
        ("population", "all", 55, 64): "age_55_64", ("population", "all", 65, 999): "age_65plus",
        ("population_foreign", "all", 0, 999): "foreign", ("population_migration_background", "all", 0, 999): "mig_total",
        ("population_migration_background", "all", 0, 5): "mig_age_0_5",
        ("population_migration_background", "all", 6, 14): "mig_age_6_14",
        ("population_migration_background", "all", 15, 17): "mig_age_15_17",
    }  # fmt: skip
    raw = dict(enumerate(read(folder, REGISTER), start=2))
    counts = town.counts[town.counts["source"] == "einwohnerregister"]
    for row in counts.itertuples():
        delivered = raw[row.row]
        assert delivered["area_id"] == row.area
        assert delivered["date"] == row.period_end.strftime("%Y-%m-%d")
        assert float(delivered[columns[row.measure, row.sex, row.age_from, row.age_to]]) == row.value
    assert len(counts) == len(raw) * len(columns) == 4606 * 15


def test_the_register_adds_up_and_the_monitoring_does_not_quite(town):
    gaps = town.data.gaps
    assert set(gaps["measure"].astype(str)) == {
        "transfer_recipients_not_unemployed",
        "unemployed",
        "long_term_unemployed",
        "sgb2_recipients",
    }
    spandau = gaps[(gaps["area"] == "05") & (gaps["period_end"] == MONITORING)].set_index("measure")
    assert spandau.loc["unemployed", ["total", "parts", "gap"]].tolist() == [12910, 12908, 2]
    assert spandau.loc["transfer_recipients_not_unemployed", "gap"] == 214
    assert (gaps["gap"] > 0).all()


def test_the_register_never_shows_1_2_or_5_and_says_so(town):
    counts = town.counts[town.counts["source"] == "einwohnerregister"]
    assert not counts["value"].isin([1, 2, 5]).any()
    source = town.data.file.sources["einwohnerregister"]
    assert "1, 2 und 5" in source.note.de
    assert source.rounded_to is None


def test_no_simple_rounding_explains_the_register(town):
    """Why none is declared: small values are mostly multiples of 3, but not all; larger ones are not at all."""
    counts = town.counts[(town.counts["source"] == "einwohnerregister") & (town.counts["area"].str.len() == 8)]
    values = counts["value"]
    small, large = values[values.between(0, 19)], values[values >= 200]
    assert (small % 3 == 0).mean() > 0.7
    assert 4 in set(small)
    assert 0.30 < (large % 3 == 0).mean() < 0.36


def test_polygons_are_of_known_areas_once_the_one_split_off_is_merged(folder, town):
    merge = town.data.file.geometry.merge
    features = json.loads((folder / POLYGONS).read_text(encoding="utf-8"))["features"]
    ids = [feature["properties"]["area_id"] for feature in features]
    assert len(ids) == 448
    assert merge == {"09041403": "09041301"}
    assert {merge.get(area, area) for area in ids} == set(town.areas.at("plr")["area"])
    assert town.data.geometry.samefile(folder / POLYGONS)


def test_what_is_shown_for_which_dates(indicators):
    dates = indicators.reset_index().groupby("indicator")["period_end"].nunique().to_dict()
    assert dates == {
        "population": 8,
        "share_under_18": 7,
        "share_65plus": 7,
        "foreign_share": 7,
        "migration_background_under_18": 7,
        "unemployed_share": 1,
        "long_term_unemployed_share": 1,
        "kinderarmut": 1,
        "transfer_receipt_not_unemployed": 2,
    }
