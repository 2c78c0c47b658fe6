"""The verbs of comparison on the invented town, as a planner would call them."""

from __future__ import annotations

import pandas as pd
import pytest

import sozialanalyse as sa
from sozialanalyse import comparison
from sozialanalyse.catalogue import shipped
from sozialanalyse.comparison.counted import COUNTED

LEVEL = "lebensraum"
FEW = ["sgb2_quote", "kinderarmut", "old_age_dependency_ratio", "leavers_without_certificate"]


@pytest.fixture(scope="module")
def frame(musterstadt):
    rows = musterstadt.indicators()
    return rows[rows["indicator"].isin(FEW)].reset_index(drop=True)


@pytest.fixture(scope="module")
def neighbours(musterstadt, root):
    """The declared neighbours are those of the map: polygons need to be joined only once."""
    from sozialanalyse.loading.polygons import read_polygons

    geometry = musterstadt.data.file.geometry
    polygons = read_polygons(root / "data" / "musterstadt" / geometry.file, geometry)
    return comparison.neighbours_of(polygons, musterstadt.areas, LEVEL).pairs


@pytest.fixture
def given(musterstadt):
    return {"tree": musterstadt.areas, "level": LEVEL, "catalogue": musterstadt.catalogue}


def test_every_lebensraum_has_neighbours(neighbours, musterstadt):
    areas = musterstadt.areas.at(LEVEL)
    today = areas.loc[areas["valid_to"] >= pd.Timestamp("2024-12-31"), "area"]
    assert set(neighbours.to_numpy().ravel()) == set(today)


def test_all_lebensraeume_are_judged_with_their_neighbours(frame, neighbours, given):
    found = comparison.hot_spots(frame, neighbours, **given)
    assert set(found.summary["status"]) == {"number"}
    assert len(found.areas) == found.summary["areas"].sum() == 240
    judged = found.areas[found.areas["claim"].isin(["above", "below"])]
    assert len(found.evidence()) == len(judged)
    assert (judged["adjusted"] <= 0.05).all()


def test_local_values_lie_between_the_value_and_that_of_the_neighbourhood(frame, neighbours, given):
    rows = comparison.local_values(frame, neighbours, **given)
    assert set(rows["indicator"]) == {"sgb2_quote", "kinderarmut", "leavers_without_certificate"}
    assert ((rows["local"] - rows["value"]) * (rows["local"] - rows["around"]) <= 1e-9).all()
    assert (rows["local_lower"] <= rows["local"]).all()


def test_areas_stay_in_their_quintile_more_often_than_those_of_few_events(frame, given):
    summary = comparison.quintile_moves(frame, **given).summary.set_index("indicator")
    assert summary.loc["old_age_dependency_ratio", ["dates", "steps"]].tolist() == [12, 660]
    assert summary.loc["old_age_dependency_ratio", "stayed"] > 0.8
    assert summary.loc["leavers_without_certificate", "stayed"] < 0.4
    assert summary.loc["leavers_without_certificate", "stayed_by_chance"] < 0.4


def test_a_declared_break_shortens_what_can_be_compared(frame, given):
    summary = comparison.quintile_moves(frame, **given).summary.set_index("indicator")
    assert f"{summary.loc['sgb2_quote', 'first_end']:%Y}" == "2022"


def test_children_in_poverty_live_where_many_receive_benefits(frame, given):
    """The order is by the same benefits that are counted: a steep slope, and no finding about anybody."""
    found = comparison.gradients(frame, **given, ordered_by="sgb2_quote")
    row = found.summary.set_index("indicator").loc["kinderarmut"]
    assert row["claim"] == "higher"
    assert 30 < row["slope_lower"] < row["slope"] < row["slope_upper"] < 60
    assert found.groups.groupby("indicator")["areas"].sum().tolist() == [60, 60]


def test_leavers_of_three_years_are_told_more_surely_than_those_of_one(frame, musterstadt):
    pooled = comparison.pool_years(frame, musterstadt.areas, 3, catalogue=musterstadt.catalogue)
    assert set(pooled["indicator"]) == {"leavers_without_certificate"}
    width = [
        (rows["upper"] - rows["lower"])[(rows["level"] == LEVEL) & (rows["indicator"] == "leavers_without_certificate")]
        for rows in (frame, pooled)
    ]
    assert width[1].median() < 0.75 * width[0].median()


# -------------------------------------------------------------------------------------------------- relevant differences


def test_only_core_indicators_with_a_direction_have_a_relevant_difference():
    declared = [entry for entry in shipped().indicators if entry.relevant_difference is not None]
    assert len(declared) == 9
    for entry in declared:
        assert (entry.tier, entry.direction != "neutral", entry.kind in COUNTED) == ("core", True, True), entry.id


def test_the_page_says_which_standard_was_used(musterstadt):
    view = sa.View(musterstadt, "children", level=LEVEL)
    found = comparison.noticeable.find(view.frame, musterstadt.areas, LEVEL, catalogue=musterstadt.catalogue)
    methods = found.tests.groupby("indicator")["method"].first()
    assert methods["kinderarmut"] == "relevant_difference"
    assert methods["share_under_18"] == "among_areas"
    assert "kinderarmut" in set(found.found["indicator"])
    assert found.found.loc[found.found["indicator"] == "kinderarmut", "difference"].abs().min() > 10
    text = sa.tables.noticeable(view, found).text.replace("\u00a0", " ")
    assert "Kinderarmut" in text
    assert "10,0 Prozentpunkte" in text[text.index("Maßstab ist der festgelegte kleinste bedeutsame Unterschied") :]


def test_no_verb_changes_the_callers_frame(frame, neighbours, given, musterstadt):
    before = frame.copy()
    comparison.gradients(frame, **given, ordered_by="sgb2_quote", groups=3)
    comparison.hot_spots(frame, neighbours, **given)
    comparison.pool_years(frame, musterstadt.areas, 2, catalogue=musterstadt.catalogue)
    pd.testing.assert_frame_equal(frame, before)
