"""Age groups carried forward: bands of unequal width, as offices deliver them; the test on past years; what would narrow intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialanalyse import outlook
from sozialanalyse.errors import UsageError
from sozialanalyse.outlook.age_groups import AREAS, TOWN
from sozialanalyse.outlook.ageing import aged, by_ageing
from tests.tables import counts, tree

BANDS = ((0, 2), (3, 5), (6, 14), (15, 29), (30, 64), (65, 79), (80, 999))
PARENTS = [3, 4]

TREE = tree(
    """
    area level   parent
    T    town    .
    A    quarter T
    B    quarter T
    C    quarter T
    D    quarter T
    E    quarter T
    """
)
AGES = ["0-2", "3-5", "6-14", "15-29", "30-64", "65-79", "80+"]
STEADY = [30, 30, 90, 150, 350, 150, 100]
"""So many of each band: as many move up as are there, so that nobody needs to be born, die or move."""


def people(persons, years=range(2013, 2025), ages=AGES):
    lines = [
        f"{area} {year}-12-31 population {sex} {age} {persons(area, year, band)}"
        for area in "ABCDE"
        for year in years
        for sex in ("female", "male")
        for band, age in enumerate(ages)
    ]
    return counts("area period measure sex age value\n" + "\n".join(lines))


def steady(_area, _year, band):
    return STEADY[band]


def uneven(area, year, band):
    """Every area goes up and down in its own way."""
    return STEADY[band] + (ord(area) * 7 + year * 13 + band * 5) % 11


def value(frame, area, ages, year, column="value"):
    chosen = frame[(frame["area"] == area) & (frame["age_from"] == ages[0]) & (frame["age_to"] == ages[1])]
    return float(chosen.loc[chosen["period_end"].dt.year == year, column].iloc[0])


def test_of_a_band_of_three_years_a_third_moves_up_and_nobody_leaves_the_last():
    assert aged(np.array([30.0, 60, 90, 0, 0, 0, 8]), BANDS).tolist() == [20, 50, 100, 10, 0, 0, 8]


@given(st.lists(st.integers(0, 500), min_size=7, max_size=7))
def test_growing_old_loses_nobody(persons):
    assert aged(np.array(persons, dtype=float), BANDS).sum() == pytest.approx(sum(persons))


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_areas_add_up_to_what_the_town_alone_gives(seed):
    known = np.random.default_rng(seed).integers(0, 200, (6, 4, 2, 7)).astype(float)
    parts = by_ageing(BANDS, PARENTS, 10, 100.0, known, 5)
    whole = by_ageing(BANDS, PARENTS, 10, 0.0, known.sum(axis=1, keepdims=True), 5)
    assert parts.sum(axis=1, keepdims=True) == pytest.approx(whole)


def test_births_that_are_known_are_taken_as_they_are():
    known = np.random.default_rng(3).integers(50, 200, (6, 4, 2, 7)).astype(float)
    born = np.full((2, 4, 2), 77.0)
    assert by_ageing(BANDS, PARENTS, 10, 100.0, known, 2, born)[:, :, :, 0] == pytest.approx(77.0)


def test_a_population_in_balance_stays_and_its_interval_is_a_point():
    found = outlook.age_groups(people(steady), TREE, [(0, 2), (65, 999)])
    assert value(found.ahead, "A", (0, 2), 2030) == pytest.approx(60)
    assert value(found.ahead, "T", (65, 999), 2030) == pytest.approx(2500)
    assert (found.ahead["upper"] - found.ahead["lower"]).to_numpy() == pytest.approx(0)


@pytest.mark.parametrize(("first", "years"), [(2013, 6), (2018, 1)])
def test_the_outlook_goes_as_far_as_the_town_has_an_interval(first, years):
    """Five past errors are needed: of 12 yearly counts there are as many six years ahead, of 7 only one year ahead."""
    found = outlook.age_groups(people(uneven, range(first, 2025)), TREE, [(0, 2)])
    assert found.ahead["distance"].max() == years
    assert found.ahead.loc[found.ahead["area"] == "T", "lower"].notna().all()


def test_fewer_counts_than_an_interval_needs_are_refused():
    with pytest.raises(UsageError, match="6 yearly counts stand without a gap, but 7 are needed"):
        outlook.age_groups(people(uneven, range(2019, 2025)), TREE, [(0, 2)])


def test_the_town_is_the_sum_of_its_areas():
    ahead = outlook.age_groups(people(uneven), TREE, [(0, 5), (65, 999)]).ahead
    by_area = ahead.pivot_table(index=["age_from", "distance"], columns="area", values="value")
    assert by_area[list("ABCDE")].sum(axis=1).to_numpy() == pytest.approx(by_area["T"].to_numpy())


def test_no_interval_is_narrower_than_that_of_a_year_before():
    ahead = outlook.age_groups(people(uneven), TREE, [(0, 2)]).ahead
    reach = ahead.assign(reach=ahead["upper"] / ahead["value"]).pivot_table(
        index="distance", columns="area", values="reach"
    )
    assert (reach.diff().iloc[1:] >= -1e-12).to_numpy().all()


def test_an_age_group_that_the_ages_do_not_make_up_is_left_out_and_named():
    found = outlook.age_groups(people(uneven), TREE, [(0, 2), (0, 17), (6, 9)])
    assert found.left_out == ((0, 17), (6, 9))
    assert set(found.ahead["age_to"]) == {2}


def test_no_age_group_at_all_is_refused():
    with pytest.raises(UsageError, match="make up none of the age groups"):
        outlook.age_groups(people(uneven), TREE, [(0, 17)])


def test_counts_that_are_hidden_are_never_guessed():
    rows = people(uneven)
    hidden = (rows["area"] == "C") & (rows["period_end"].dt.year == 2020) & (rows["age_from"] == 0)
    rows.loc[hidden, ["value", "status"]] = [np.nan, "suppressed"]
    with pytest.raises(UsageError, match="confidential"):
        outlook.age_groups(rows, TREE, [(65, 999)])


def test_past_errors_are_told_of_the_town_and_of_its_areas_beside_the_last_count():
    """Those of 65 and more grow by 10 persons an area and sex every year: the last count misses five of these, the way learns them."""

    def growing(_area, year, band):
        return STEADY[band] + (10 * (year - 2013) if band == 5 else 0)

    tested = outlook.age_groups(people(growing), TREE, [(65, 79)]).tested.set_index("of")
    assert tested["errors"].to_dict() == {TOWN: 6, AREAS: 30}
    assert tested["distance"].tolist() == [5, 5]
    assert tested.loc[TOWN, "naive"] == pytest.approx(np.mean([50 / (150 + 10 * year) for year in range(6, 12)]))
    assert tested.loc[TOWN, "error"] < tested.loc[TOWN, "naive"] / 2


def test_had_births_been_known_the_youngest_would_have_no_error_and_the_old_the_same():
    found = outlook.age_groups(people(uneven), TREE, [(0, 2), (65, 999)]).narrowing
    areas = found[found["of"] == AREAS].set_index("age_from")
    assert areas.loc[0, "births"] == pytest.approx(0)
    assert areas.loc[65, "births"] == pytest.approx(areas.loc[65, "now"], rel=1e-3)
    assert areas.loc[0, "now"] > 0


@pytest.mark.parametrize("ages", [["0-2", "6+"], ["0-17", "18-59", "60+"]])
def test_ages_with_a_gap_or_too_few_bear_no_outlook(ages):
    with pytest.raises(UsageError, match="leave a gap, are too few"):
        outlook.age_groups(people(steady, ages=ages), TREE, [(0, 2)])


class Need:
    def __init__(self, name, ages, **rates):
        self.id, self.ages, self.rate_of = name, ages, rates


def test_places_are_persons_times_the_rate_with_the_interval_of_the_persons():
    found = outlook.age_groups(people(uneven), TREE, [(0, 2)])
    table = outlook.places(found, [Need("nursery", (0, 2), low=35.0, high=50.0)])
    assert table["variant"].unique().tolist() == ["low", "high"]
    persons = found.ahead
    for column in ("value", "lower", "upper"):
        assert table.loc[table["variant"] == "low", column].to_numpy() == pytest.approx(persons[column] * 0.35)


def test_whole_places_of_the_areas_add_up_to_those_of_the_town():
    table = outlook.places(
        outlook.age_groups(people(uneven), TREE, [(0, 2)]), [Need("nursery", (0, 2), low=35.0, high=43.3)]
    )
    for _, rows in table.groupby(["variant", "period_end"]):
        assert rows["places"].iloc[:-1].sum() == rows["places"].iloc[-1] == np.floor(rows["value"].iloc[-1] + 0.5)
        assert (rows["places"] - rows["value"]).abs().max() < 1


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=20))
def test_apportioned_numbers_keep_their_sum_and_stay_near(values):
    exact = np.array(values)
    total = int(np.floor(exact.sum() + 0.5))
    found = outlook.apportioned(exact, total)
    assert found.sum() == total
    assert np.abs(found - exact).max() < 1 + 1e-9


def test_a_total_that_is_no_rounding_of_the_sum_is_refused():
    with pytest.raises(ValueError, match="9 is no rounding of the sum of the values, 4"):
        outlook.apportioned(np.array([1.4, 1.4, 1.2]), 9)


def test_places_for_ages_that_are_not_carried_forward_are_refused():
    found = outlook.age_groups(people(uneven), TREE, [(0, 2)])
    with pytest.raises(UsageError, match="places of 'care' are for an age group that is not carried forward"):
        outlook.places(found, [Need("care", (80, 999), low=9.0)])


def test_without_needs_there_are_no_places():
    found = outlook.age_groups(people(uneven), TREE, [(0, 2)])
    assert isinstance(outlook.places(found, []), pd.DataFrame)
    assert outlook.places(found, []).empty
