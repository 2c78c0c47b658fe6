"""Musterstadt's reform of 2009, 52 to 60 Lebensräume: the counts of 2007 on the new boundaries, beside the truth.

The town is invented, so the truth is known: its script, told that the new areas were always there, delivers 2007 on them. Eight
areas were split in two. The shares come from the counts of 2009, two years later, as a planner would take them.
"""

from __future__ import annotations

import sys

import pandas as pd
import pytest

from sozialanalyse.areas import Crosswalks
from sozialanalyse.areas.crosswalks import AREA, CLUSTERING, POPULATION
from sozialanalyse.areas.interpolation import crosswalk_from_geometry
from sozialanalyse.loading.counted_shares import counted_shares, misplaced
from sozialanalyse.loading.reforms import carry_over
from sozialanalyse.periods import parse_ages
from sozialanalyse.statistics import estimate_clustering, misplaced_share

REFORM, DAY = "2009-01-01", pd.Timestamp("2024-12-31")
CELL = ["area", "measure", "sex", "age_from", "age_to"]


@pytest.fixture(scope="module")
def truth(root, tmp_path_factory):
    """What the script delivers for 2007 if the reform came long before."""
    folder = tmp_path_factory.mktemp("truth")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(root / "data" / "musterstadt")
        import make.files
        from make_musterstadt import make as make_town

        patch.setattr(make.files, "REFORM_YEAR", 0)
        make_town(folder)
    for name in [name for name in sys.modules if name.partition(".")[0] in {"make", "make_musterstadt"}]:
        del sys.modules[name]
    files = sorted((folder / "counts").glob("*.csv"))
    rows = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in files], ignore_index=True)
    rows = rows[rows["period"].isin(["2007-12-31", "2007", "2006/07"]) & (rows["value"] != "")]
    rows[["age_from", "age_to"]] = [parse_ages(age) for age in rows["age"]]
    return rows.assign(sex=rows["sex"].replace("", "all"), truth=rows["value"].astype(float))[[*CELL, "truth"]]


@pytest.fixture(scope="module")
def pairs(musterstadt):
    """Old areas end where new ones begin that bear the first two of their three digits."""
    frame = musterstadt.areas.at("lebensraum")
    old = frame[frame["valid_to"] == "2008-12-31"]["area"]
    new = frame[frame["valid_from"] == REFORM]["area"]
    return pd.DataFrame(
        [(area, half, REFORM) for area in old for half in new if half[:2] == area[:2]],
        columns=["from_area", "to_area", "date"],
    )


@pytest.fixture(scope="module")
def counted(musterstadt, pairs):
    return Crosswalks.from_frame(counted_shares(musterstadt.counts, pairs), musterstadt.areas)


@pytest.fixture(scope="module")
def by_residents(musterstadt, pairs):
    text = counted_shares(musterstadt.counts, pairs)
    return Crosswalks.from_frame(text[text["measure"] == ""], musterstadt.areas)


@pytest.fixture(scope="module")
def by_area(musterstadt, pairs):
    import geopandas

    new = geopandas.read_file(musterstadt.data.geometry)
    came_from = dict(zip(pairs["to_area"], pairs["from_area"], strict=True))
    old = new.assign(area=new["area"].map(lambda area: came_from.get(area, area))).dissolve("area").reset_index()
    text = crosswalk_from_geometry(old, new, REFORM)
    return Crosswalks.from_frame(text[text["from_area"].isin(pairs["from_area"])], musterstadt.areas)


def compared(town, crosswalks, truth):
    """Each estimated count of 2007 with its bounds beside the true one."""
    carried = carry_over(town.counts, town.areas, crosswalks, DAY)
    key = [*CELL, "period_end"]
    rows = carried.estimates.merge(carried.counts[[*key, "lower", "upper"]], on=key)
    rows = rows.astype({"measure": object, "sex": object}).merge(truth, on=CELL)
    return rows.assign(covered=rows["truth"].between(rows["lower"] - 1e-9, rows["upper"] + 1e-9))


def test_eight_areas_were_split_in_two(pairs):
    assert pairs.groupby("from_area")["to_area"].agg("+".join).to_dict() == {
        "020": "021+022", "220": "221+222", "330": "331+332", "470": "471+472",
        "610": "611+612", "730": "731+732", "770": "771+772", "880": "881+882",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["counted", "by_residents", "by_area"])
def test_every_total_is_kept(musterstadt, kind, request):
    carried = carry_over(musterstadt.counts, musterstadt.areas, request.getfixturevalue(kind), DAY)
    leaves = set(musterstadt.areas.at("lebensraum")["area"])

    def totals(counts):
        rows = counts[counts["area"].isin(leaves)]
        key = ["measure", "period_end", "sex", "age_from", "age_to"]
        return rows.groupby(key, observed=True)["value"].sum()

    difference = (totals(musterstadt.counts) - totals(carried.counts)).abs()
    assert difference.max() < 1e-8
    assert set(carried.counts.loc[carried.counts["area"].isin(leaves), "area"]) == set(
        carried.areas.at("lebensraum")["area"]
    )


@pytest.mark.parametrize(
    ("kind", "wrong", "usable"),
    [
        # People of all counts of 2007 in a split area who end in the wrong half; share of counts that may be used.
        ("counted", 0.010, 0.50),
        ("by_residents", 0.030, 0.05),
        ("by_area", 0.085, 0.00),
    ],
)
def test_estimates_beside_the_truth(musterstadt, truth, kind, wrong, usable, request):
    rows = compared(musterstadt, request.getfixturevalue(kind), truth)
    found = float(misplaced_share(rows["value"], rows["truth"]))
    may_be_used = 1 - rows["do_not_use"].mean()
    print(f"{kind}: {len(rows)} counts, {found:.1%} of people misplaced, {may_be_used:.0%} usable")
    assert len(rows) > 1400
    assert found <= wrong
    assert may_be_used >= usable


@pytest.mark.parametrize(
    ("kind", "most"),
    # Shares by area are set for towns with woods and lakes, which Musterstadt has not.
    [("counted", 0.98), ("by_residents", 0.98), ("by_area", 1.0)],
)
def test_the_stated_range_holds_about_95_per_cent_of_the_true_counts(musterstadt, truth, kind, most, request):
    rows = compared(musterstadt, request.getfixturevalue(kind), truth)
    print(f"{kind}: {rows['covered'].mean():.1%} of {len(rows)} within the 95 % range")
    assert 0.93 <= rows["covered"].mean() <= most


def test_what_is_not_flagged_is_near_the_truth(musterstadt, counted, truth):
    rows = compared(musterstadt, counted, truth)
    usable = rows[~rows["do_not_use"] & (rows["truth"] > 0)]
    error = (usable["value"] / usable["truth"] - 1).abs()
    assert error.median() < 0.05
    assert (error > 0.30).mean() < 0.02


def test_the_clustering_of_residents_and_areas_is_about_the_one_measured_here(
    musterstadt, by_residents, by_area, truth
):
    """Median over the measures with at least 50 people an old area; constants are set cautiously above it."""
    for crosswalks, basis in ((by_residents, POPULATION), (by_area, AREA)):
        rows = compared(musterstadt, crosswalks, truth)
        shares = crosswalks.frame.set_index("to_area")["share"]
        rows["share"] = rows["area"].map(shares)
        rows["old"] = rows["value"] / rows["share"]
        rows = rows[rows.groupby("measure")["old"].transform("mean") >= 50]
        found = [
            estimate_clustering(part["old"], part["share"], part["truth"])
            for _, part in rows.groupby(["measure", "age_from"])
        ]
        median = pd.Series(found).median()
        print(f"{basis}: {median:.3f} measured, {CLUSTERING[basis]} assumed")
        assert 0.1 * CLUSTERING[basis] < median < CLUSTERING[basis]


def test_people_in_the_wrong_area_can_be_told_without_the_truth(musterstadt, counted, truth):
    """2011 is as far from the counted shares of 2009 as 2007 is; what goes wrong there tells of 2007."""
    evidence = misplaced(musterstadt.counts, musterstadt.areas, counted)
    of = evidence[evidence["measure"] == "population"].set_index("period_end")["share"]
    rows = compared(musterstadt, counted, truth)
    people = rows[rows["measure"] == "population"].groupby("area")[["value", "truth"]].sum()
    true = float(misplaced_share(people["value"], people["truth"]))
    print(f"population: {true:.2%} misplaced in 2007, {of['2011-12-31']:.2%} in 2011, {of['2024-12-31']:.1%} in 2024")
    assert of["2009-12-31"] == pytest.approx(0, abs=1e-12)
    assert (round(true, 3), round(of["2011-12-31"], 3)) == (0.008, 0.006)
    assert of["2024-12-31"] > of["2011-12-31"]
