"""Berlin: one planning area until 2019 and two from then on; and how far shares by area or residents carry elsewhere."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import sozialanalyse as sa
from sozialanalyse.areas import AreaTree, Crosswalks, boundaries_of, territory_breaks
from sozialanalyse.areas.crosswalks import AREA, CLUSTERING, POPULATION
from sozialanalyse.areas.interpolation import EQUAL_AREA, crosswalk_from_geometry
from sozialanalyse.loading.reforms import carry_over
from sozialanalyse.statistics import estimate_clustering, split_variance

pytestmark = pytest.mark.shared

WHOLE, SPLIT_OFF, REFORM = "09041301", "09041403", "2019-01-01"
BEFORE, AFTER = pd.Timestamp("2018-06-30"), pd.Timestamp("2019-06-30")
POLYGONS = "berlin_lor_plr_lor2006_simplified15m.geojson"


@pytest.fixture(scope="module")
def town(root, shared):
    return sa.open_town(root / "data" / "berlin", raw=shared / "data")


@pytest.fixture(scope="module")
def polygons(shared):
    """The 448 polygons of the file, none of them merged."""
    frame = gpd.read_file(shared / "data" / "berlin" / POLYGONS)
    return frame.rename(columns={"area_id": "area"})[["area", "geometry"]]


@pytest.fixture(scope="module")
def areas(town):
    """The areas of all times: the one split off begins in 2019, in the same district region as its other half.

    Its number begins with that of another region (090414); before the reform its people are counted in 090413.
    """
    known = town.areas.frame
    new = pd.DataFrame(
        {"area": [SPLIT_OFF], "name": [SPLIT_OFF], "level": ["plr"], "parent": ["090414"], "valid_from": [REFORM]}
    )
    text = known.assign(valid_from="", valid_to="")
    return AreaTree.from_frame(pd.concat([text, new], ignore_index=True), town.areas.levels)


@pytest.fixture(scope="module")
def crosswalks(polygons, areas):
    """One area before 2019: the two polygons put together, laid over the two."""
    old = polygons.assign(area=polygons["area"].replace(SPLIT_OFF, WHOLE)).dissolve("area").reset_index()
    concerned = {WHOLE, SPLIT_OFF}
    text = crosswalk_from_geometry(old[old["area"].isin(concerned)], polygons[polygons["area"].isin(concerned)], REFORM)
    return Crosswalks.from_frame(text, areas)


def test_the_file_has_one_polygon_more_than_the_tables_have_areas(town, polygons):
    assert len(polygons) == 448
    assert set(polygons["area"]) - set(town.areas.at("plr")["area"]) == {SPLIT_OFF}


def test_the_map_of_a_day_before_the_reform_has_the_areas_of_the_tables(town, polygons, crosswalks):
    """What town.yml merges by hand follows from the crosswalk."""
    merged = crosswalks.merged_before(BEFORE)
    assert merged == town.data.file.geometry.merge == {SPLIT_OFF: WHOLE}
    assert set(polygons["area"].replace(merged)) == set(town.areas.at("plr")["area"])
    assert crosswalks.merged_before(AFTER) == {}


def test_tables_and_map_agree_on_both_sides_of_the_reform(polygons, areas, crosswalks):
    valid = {}
    for day in (BEFORE, AFTER):
        frame = areas.at("plr")
        valid[day] = set(frame.loc[(frame["valid_from"] <= day) & (day <= frame["valid_to"]), "area"])
    assert (len(valid[BEFORE]), len(valid[AFTER])) == (447, 448)
    assert valid[BEFORE] == set(polygons["area"].replace(crosswalks.merged_before(BEFORE)))
    assert valid[AFTER] == set(polygons["area"])


def test_the_series_of_the_area_that_lost_a_part_breaks_and_that_of_its_region(areas, crosswalks):
    found = territory_breaks(areas, crosswalks)
    assert found["area"].tolist() == ["090413", WHOLE, "090414"]
    assert set(found["date"]) == {pd.Timestamp(REFORM)}


def test_counts_before_are_carried_over_without_losing_anybody_and_are_not_to_be_used(town, areas, crosswalks):
    carried = carry_over(town.counts, areas, crosswalks, AFTER)
    residents = town.counts["measure"] == "population"

    def at_last_date(counts):
        rows = counts[(counts["measure"] == "population") & (counts["period_end"] == BEFORE)]
        return rows[(rows["sex"] == "all") & (rows["age_to"] == 999) & (rows["age_from"] == 0)].set_index("area")[
            "value"
        ]

    before, after = at_last_date(town.counts[residents]), at_last_date(carried.counts)
    assert after[[WHOLE, SPLIT_OFF]].sum() == pytest.approx(before[WHOLE])
    planning_areas = areas.at("plr")["area"]
    assert after.reindex(planning_areas).sum() == pytest.approx(before.reindex(planning_areas).sum())
    # By area alone nobody knows where the people live.
    estimates = carried.estimates
    assert set(estimates["area"]) == {WHOLE, SPLIT_OFF}
    assert estimates[estimates["area"] == SPLIT_OFF]["do_not_use"].all()
    # Delivered sums of the two regions are of other territories now; the borough is the same.
    assert not {"090413", "090414"} & set(after.index)
    assert after["09"] == before["09"]
    assert SPLIT_OFF in boundaries_of(areas, crosswalks, AFTER)


# How uncertain shares are, measured where both sides are counted: 138 district regions, cut into their planning areas.


@pytest.fixture(scope="module")
def cut(town, polygons):
    """Counts of planning areas beside those of their region, with their share of its ground and of its residents."""
    ground = polygons.assign(area=polygons["area"].replace(SPLIT_OFF, WHOLE)).dissolve("area").to_crs(EQUAL_AREA).area
    counts = town.counts
    rows = counts[(counts["period_end"] == pd.Timestamp("2016-12-31")) & counts["area"].isin(ground.index)]
    rows = rows[rows["status"].isin(["number", "zero"])].astype({"measure": object, "sex": object})
    everybody = rows[(rows["measure"] == "population") & (rows["sex"] == "all") & (rows["age_to"] == 999)]
    residents = everybody[everybody["age_from"] == 0].set_index("area")["value"]
    region = rows["area"].str[:6]
    rows = rows.assign(ground=rows["area"].map(ground), residents=rows["area"].map(residents), region=region)
    by = [rows[name] for name in ("region", "measure", "sex", "age_from", "age_to")]
    whole = rows.groupby(by)[["value", "ground", "residents"]].transform("sum")
    complete = rows.groupby(by)["area"].transform("size") == region.map(ground.groupby(ground.index.str[:6]).size())
    rows = rows.assign(old=whole["value"], area_share=rows["ground"] / whole["ground"])
    rows = rows.assign(resident_share=rows["residents"] / whole["residents"])
    return rows[complete & (rows["area_share"] < 1) & (rows["old"] > 0)]


@pytest.mark.parametrize(("basis", "column"), [(AREA, "area_share"), (POPULATION, "resident_share")])
def test_the_stated_range_holds_about_95_per_cent_of_the_true_counts(cut, basis, column):
    is_all = (cut["measure"] == "population") & (cut["sex"] == "all") & (cut["age_from"] == 0) & (cut["age_to"] == 999)
    rows = cut if basis == AREA else cut[~is_all]
    estimate, share = rows["old"] * rows[column], rows[column].to_numpy()
    variance = rows["old"] * share * (1 - share) * (1 + (rows["old"] - 1).clip(lower=0) * CLUSTERING[basis])
    covered = ((estimate - rows["value"]).abs() <= 1.96 * np.sqrt(variance)).mean()
    print(f"{basis}: {covered:.1%} of {len(rows)} counts within the 95 % range")
    assert 0.93 <= covered <= 0.99
    one = split_variance(rows["old"].iloc[:1], [[share[0]]], CLUSTERING[basis])
    assert one[0] == pytest.approx(variance.iloc[0])


def test_the_clustering_assumed_is_about_the_one_measured(cut):
    names = ["measure", "sex", "age_from", "age_to"]
    measured = {
        basis: [estimate_clustering(part["old"], part[column], part["value"]) for _, part in cut.groupby(names)]
        for basis, column in ((AREA, "area_share"), (POPULATION, "resident_share"))
    }
    for basis, values in measured.items():
        print(f"{basis}: median {np.median(values):.3f}, largest {max(values):.3f}, assumed {CLUSTERING[basis]}")
    assert 0.10 < np.median(measured[AREA]) < 0.15
    assert 0.005 < np.median(measured[POPULATION]) < CLUSTERING[POPULATION]
