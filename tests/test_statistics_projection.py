"""Population carried forward, raking, and the test on held-back years."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.statistics import (
    CohortChange,
    Components,
    backtest,
    cohort_change,
    cohort_component,
    empirical_interval,
    hamilton_perry,
    interval_coverage,
    mape,
    mase,
    rake,
)

EARLIER, LATER = [100.0, 80, 60, 40], [90.0, 95, 84, 50]
"""Four bands, the last one open; parents are the two in the middle."""


def test_cohort_change_by_hand():
    """95 / 100, 84 / 80, 50 / (60 + 40), 90 / (95 + 84)."""
    found = cohort_change(EARLIER, LATER, parents=[1, 2])
    assert found.ratios == pytest.approx([np.nan, 0.95, 1.05, 0.5], nan_ok=True)
    assert float(found.child_ratio) == pytest.approx(90 / 179)


def test_hamilton_perry_by_hand():
    carried = hamilton_perry(LATER, cohort_change(EARLIER, LATER, [1, 2]), [1, 2], steps=2)
    grown = [90 * 0.95, 95 * 1.05, (84 + 50) * 0.5]
    assert carried[0] == pytest.approx([(grown[0] + grown[1]) * 90 / 179, *grown])
    assert carried[1, 1] == pytest.approx(carried[0, 0] * 0.95)
    assert carried.shape == (2, 4)


def test_what_was_counted_is_what_the_ratios_carry_the_first_count_to():
    change = cohort_change(EARLIER, LATER, [1, 2])
    assert hamilton_perry(EARLIER, change, [1, 2])[0] == pytest.approx(LATER)


def test_a_small_area_borrows_from_the_town():
    town = CohortChange(np.array([np.nan, 1.0, 1.0, 0.5]), np.array(0.5))
    area = cohort_change([2, 0, 3, 1], [1, 4, 0, 2], [1, 2], reference=town, borrowed=50)
    assert area.ratios == pytest.approx([np.nan, 54 / 52, 50 / 50, 27 / 54], nan_ok=True)
    assert float(area.child_ratio) == pytest.approx(26 / 54)
    assert np.isnan(cohort_change([2, 0, 3, 1], [1, 4, 0, 2], [1, 2]).ratios[2])


def test_many_areas_at_once():
    both = cohort_change([EARLIER, LATER], [LATER, EARLIER], [1, 2])
    assert both.ratios[0] == pytest.approx(cohort_change(EARLIER, LATER, [1, 2]).ratios, nan_ok=True)
    assert hamilton_perry([EARLIER, LATER], both, [1, 2], steps=3).shape == (3, 2, 4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cohort_change([1, 2], [1, 2], [0]), "at least 3 bands"),
        (lambda: cohort_change(EARLIER, [1, -2, 3, 4], [1]), "1 of 4 later persons are negative"),
        (lambda: cohort_change(EARLIER, LATER, [1], borrowed=5), "cannot be borrowed"),
        (lambda: hamilton_perry([1, 2, 3], cohort_change(EARLIER, LATER, [1]), [1]), "3 bands do not fit 4 ratios"),
        (lambda: cohort_component([[1.0, 2, 3]], [], girls=49), "girls is 49"),
    ],
)
def test_faulty_populations_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def step(survival=1.0, birth_survival=1.0, fertility=0.0, migration=0.0):
    bands = np.zeros((2, 4))
    return Components(bands + survival, np.array(birth_survival), np.zeros(4) + fertility, bands + migration)


POPULATION = np.array([[100.0, 100, 100, 100], [90, 90, 90, 90]])


def test_without_births_deaths_and_migration_everybody_gets_older_and_nobody_is_lost():
    carried = cohort_component(POPULATION, [step(), step()])
    assert carried[0].tolist() == [[0, 100, 100, 200], [0, 90, 90, 180]]
    assert carried.sum(axis=(1, 2)).tolist() == [760, 760]


def test_births_come_from_the_mean_number_of_women():
    """Fertility 0.4 in the second band: (100 + 100) / 2 x 0.4 = 40, of them 40 x 0.4878 girls."""
    born = cohort_component(POPULATION, [step(fertility=[0, 0.4, 0, 0])])[0, :, 0]
    assert born.tolist() == pytest.approx([40 * 0.4878, 40 * 0.5122])


def test_deaths_and_migrants():
    found = cohort_component(POPULATION, [step(survival=[1, 0.9, 0.8, 0.5], migration=[0, 5, 0, -500])])[0]
    assert found.tolist() == [[0, 105, 90, 0], [0, 95, 81, 0]]


def test_survivals_are_fractions():
    with pytest.raises(ValueError, match="survivals are no fractions"):
        cohort_component(POPULATION, [step(survival=98)])


def test_raking_by_hand():
    """Two margins; the odds ratio of the seed (2 / 3) stays."""
    found = rake([[10.0, 20], [30, 40]], {(0,): [40.0, 60], (1,): [50.0, 50]}).table
    assert found.sum(axis=1) == pytest.approx([40, 60])
    assert found.sum(axis=0) == pytest.approx([50, 50])
    assert found[0, 0] * found[1, 1] / (found[0, 1] * found[1, 0]) == pytest.approx(2 / 3)


@given(
    st.lists(st.lists(st.floats(0.5, 100), min_size=3, max_size=3), min_size=2, max_size=6),
    st.lists(st.floats(0.5, 100), min_size=3, max_size=3),
)
def test_raking_areas_to_the_town_keeps_the_areas_and_the_bands(seed, bands):
    table, town = np.array(seed), np.array(bands)
    areas = table.sum(axis=1) * town.sum() / table.sum()
    found = rake(table, {(0,): areas, (1,): town}).table
    assert found.sum(axis=0) == pytest.approx(town, rel=1e-6)
    assert found.sum(axis=1) == pytest.approx(areas, rel=1e-6)
    assert (found > 0).all()


def test_raking_to_the_grand_total_is_a_common_factor():
    assert rake([[1.0, 2], [3, 4]], {(): 20.0}).table.tolist() == [[2, 4], [6, 8]]


@pytest.mark.parametrize(
    ("seed", "totals", "message"),
    [
        ([[1.0, 2], [3, 4]], {(0,): [3, 7], (1,): [4, 7]}, "contradict each other: they add up to 10, 11"),
        ([[0.0, 0], [3, 4]], {(0,): [3, 7]}, "totals are above 0 where all cells are 0"),
        ([[1.0, np.nan], [3, 4]], {(0,): [3, 7]}, "cells are negative or missing"),
        ([[1.0, 2], [3, 4]], {(0,): [3, 7, 9]}, r"need the shape \(2,\)"),
        ([[1.0, 0], [0, 1]], {(0,): [3, 7], (1,): [7, 3]}, "no table agrees with all totals after 50 rounds"),
    ],
)
def test_totals_that_no_table_has_are_refused(seed, totals, message):
    with pytest.raises(ValueError, match=message):
        rake(seed, totals, most_steps=50)


def test_measures_of_error_by_hand():
    assert float(mape([100.0, 200], [90, 220])) == pytest.approx(0.1)
    assert np.isnan(mape([0.0, 200], [90, 220]))
    assert float(mase([14.0, 16], [13, 14], [10.0, 12, 11, 13])) == pytest.approx(1.5 / (5 / 3))
    assert np.isnan(mase([14.0], [13], [10.0, 10, 10]))
    assert float(mase([5.0], [6], [1.0, 2, 3, 4, 3, 4], season=4)) == pytest.approx(1 / 2)


def test_empirical_limits_are_past_errors_and_too_few_errors_give_none():
    errors = [-9.0, -4, -3, -1, 0, 1, 2, 5, 8]
    lower, upper = empirical_interval([100.0, 50.0], errors)
    assert lower.tolist() == [91, 41]
    assert upper.tolist() == [108, 58]
    assert np.isnan(empirical_interval([100.0], errors[1:])[0]).all()
    assert np.isnan(empirical_interval([100.0], errors, confidence=0.95)[1]).all()


def test_relative_errors_grow_with_the_population():
    errors = np.linspace(-0.1, 0.1, 9)
    lower, upper = empirical_interval([100.0, 1000.0], errors, relative=True)
    assert lower.tolist() == pytest.approx([90, 900])
    assert upper.tolist() == pytest.approx([110, 1100])


def test_limits_from_past_errors_cover_at_their_level():
    generator = np.random.default_rng(3)
    past, coming = generator.standard_t(3, (20000, 19)), generator.standard_t(3, 20000)
    lower, upper = empirical_interval(np.zeros(20000), past)
    assert interval_coverage(coming, lower, upper) == pytest.approx(0.8, abs=0.01)


def naive(known, years):
    return np.repeat(known[..., -1:], years, axis=-1)


def test_backtest_of_the_naive_way_is_as_good_as_itself():
    found = backtest([[10.0, 12, 13, 16, 17, 20], [5, 5, 6, 5, 6, 6]], naive, held_back=2)
    assert found.computed.tolist() == [[16, 16], [5, 5]]
    assert found.errors.tolist() == [[1, 4], [1, 1]]
    assert found.scaled == pytest.approx(found.naive_scaled)
    assert found.better_than_naive.tolist() == [0, 0]


def test_the_forecaster_sees_no_held_back_year():
    seen = []

    def watching(known, years):
        seen.append(known.tolist())
        return naive(known, years)

    backtest([1.0, 2, 3, 4, 99], watching, held_back=1)
    assert seen == [[1, 2, 3, 4]]


def test_the_naive_way_of_quarters_repeats_the_last_year():
    found = backtest(
        [1.0, 2, 3, 4, 2, 3, 4, 5, 2, 3, 4, 5], lambda known, years: known[..., -4:][..., :years], held_back=3, season=4
    )
    assert float(found.naive_scaled) == 0


@pytest.mark.parametrize("held_back", [0, 4, 9])
def test_enough_years_must_stay_known(held_back):
    with pytest.raises(ValueError, match="cannot be held back"):
        backtest([1.0, 2, 3, 4, 5], naive, held_back=held_back)


def test_a_forecaster_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"returned the shape \(1,\), but \(2,\) is held back"):
        backtest([1.0, 2, 3, 4, 5], lambda known, years: known[..., -1:], held_back=2)
