"""Ranks, references without the area itself, ratios, differences of changes, regression to the mean, decomposition of many."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.statistics import (
    against_rest,
    anscombe,
    decompose,
    difference_of_changes,
    expected_change,
    rank_sets,
    ratio_interval,
    reference_without_self,
    standardise_populations,
    wilson_interval,
)


def test_ranks_that_cannot_be_told_apart_are_shared():
    found = rank_sets([10.0, 11.0, 30.0, 12.0], [1.0, 1.0, 1.0, 1.0])
    assert found.best.tolist() == [1, 1, 4, 1]
    assert found.worst.tolist() == [3, 3, 4, 3]
    assert found.above.tolist() == [1, 1, 0, 1]


def test_the_reach_is_that_of_tukey():
    """Four areas, 95 %: 3.633 / sqrt(2) standard errors of the difference of two with error 1 are 3.633."""
    assert rank_sets([0.0, 3.63, 20, 40], 1.0).best[1] == 1
    assert rank_sets([0.0, 3.64, 20, 40], 1.0).best[1] == 2


def test_without_error_the_ranks_are_plain_and_ties_share_theirs():
    found = rank_sets([3.0, 1.0, 3.0, 9.0], 0.0)
    assert found.best.tolist() == [2, 1, 2, 4]
    assert found.worst.tolist() == [3, 1, 3, 4]


def test_areas_without_value_are_not_ranked():
    found = rank_sets([3.0, np.nan, 5.0], 0.0)
    assert found.best == pytest.approx([1, np.nan, 2], nan_ok=True)
    assert rank_sets([5.0], 1.0).worst.tolist() == [1]


@pytest.mark.parametrize(
    "true", [np.full(20, 0.12), np.repeat([0.05, 0.10, 0.15, 0.25], 5), np.linspace(0.05, 0.30, 20)]
)
def test_all_ranks_are_covered_together_with_and_without_ties(true):
    generator, held = np.random.default_rng(5), []
    total = np.round(np.exp(generator.uniform(np.log(100), np.log(3000), 20))).astype(int)
    best = np.array([(true < own).sum() + 1 for own in true])
    worst = np.array([20 - (true > own).sum() for own in true])
    for _ in range(400):
        found = rank_sets(*anscombe(generator.binomial(total, true), total))
        held.append(((found.best <= best) & (found.worst >= worst)).all())
    assert np.mean(held) >= 0.94  # 0.95 with the error of 400 draws


def test_a_reference_does_not_contain_the_area():
    events, total = reference_without_self([5, 10, 3], [100, 200, 50])
    assert events.tolist() == [13, 8, 15]
    assert total.tolist() == [250, 150, 300]


def test_a_reference_of_similar_areas():
    members = [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    events, total = reference_without_self([5, 10, 3], [100, 200, 50], members)
    assert events.tolist() == [10, 5, 0]
    assert total.tolist() == [200, 100, 0]
    assert np.isnan(against_rest([5, 10, 3], [100, 200, 50], members).difference[2])


def test_a_hidden_member_hides_the_reference_of_the_others_only():
    events, _ = reference_without_self([5, np.nan, 3], [100, 200, 50])
    assert events == pytest.approx([np.nan, 8, np.nan], nan_ok=True)


def test_members_must_fit():
    with pytest.raises(ValueError, match=r"members are of shape \(2, 2\), but there are 3 areas"):
        reference_without_self([1, 2, 3], [10, 10, 10], np.ones((2, 2)))


def test_difference_and_ratio_tell_the_same_story():
    found = against_rest([60, 20, 20], [200, 200, 200])
    assert found.difference.tolist() == pytest.approx([0.2, -0.1, -0.1])
    assert ((found.lower > 0) == (found.ratio_lower > 1)).all()
    assert found.ratio[0] == pytest.approx(3.0)
    assert found.reference.tolist() == pytest.approx([0.1, 0.2, 0.2])


def test_rates_may_exceed_1():
    found = against_rest([30, 10], [10, 10], family="poisson")
    assert found.ratio.tolist() == pytest.approx([3, 1 / 3])


def test_difference_from_the_rest_covers_at_its_level():
    """A large area of 40 % of the town: compared with the whole town, the interval would be too wide and the value too small."""
    generator = np.random.default_rng(8)
    total, true = np.array([400, 300, 300]), np.array([0.2, 0.1, 0.1])
    found = against_rest(generator.binomial(total, true, (4000, 3)), total)
    assert ((found.lower[:, 0] <= 0.1) & (found.upper[:, 0] >= 0.1)).mean() == pytest.approx(0.95, abs=0.012)
    assert ((found.ratio_lower[:, 0] <= 2) & (found.ratio_upper[:, 0] >= 2)).mean() == pytest.approx(0.95, abs=0.012)


def test_ratios_of_nothing():
    some, none = (0.2, 0.1, 0.35), (0.0, 0.0, 0.1)
    assert ratio_interval(some, none)[:2] == (0, 0)
    assert ratio_interval(none, some)[0] == np.inf
    assert 0 < ratio_interval(none, some)[1] < 10
    assert ratio_interval(none, some)[2] == np.inf
    assert np.isnan(ratio_interval(none, none)[0])
    assert np.isnan(ratio_interval((np.nan, 0.1, 0.2), some)).all()


@given(st.integers(1, 99), st.integers(1, 99))
def test_the_ratio_turned_round_has_the_limits_turned_round(first, second):
    limits = [(x / 100, *(float(part) for part in wilson_interval(x, 100))) for x in (first, second)]
    ratio, lower, upper = (float(part) for part in ratio_interval(*limits))
    turned = [float(part) for part in ratio_interval(*reversed(limits))]
    assert lower <= ratio <= upper
    assert turned == pytest.approx([1 / ratio, 1 / upper, 1 / lower], rel=1e-9)


def test_difference_of_changes_by_hand():
    """(36 - 30) - (21 - 20) = 5, reach sqrt(4 x 4 + 4 x 4 + 1 + 1)."""
    found = difference_of_changes((30, 26, 34), (36, 32, 40), (20, 19, 21), (21, 20, 22))
    assert [float(part) for part in found] == pytest.approx([5, 5 - np.sqrt(34), 5 + np.sqrt(34)])


def test_the_worst_six_of_sixty_seem_to_improve_by_themselves():
    """Nothing changes, but the six highest of the first year are lower in the second: by what was to be expected."""
    generator, expected, found, held = np.random.default_rng(12), [], [], []
    for _ in range(200):
        total = generator.integers(100, 600, 60)
        true = generator.beta(0.15 * 60, 0.85 * 60, 60)
        first, second = generator.binomial(total, true, (2, 60))
        chosen = np.isin(np.arange(60), np.argsort(first / total)[-6:])
        change = expected_change(first, total, chosen=chosen)
        fell = (second[chosen] - first[chosen]).sum() / total[chosen].sum()
        expected.append(float(change.change))
        found.append(fell)
        held.append(change.lower <= fell <= change.upper)
    assert np.mean(found) < -0.01
    assert np.mean(expected) == pytest.approx(np.mean(found), abs=0.004)
    assert np.mean(held) >= 0.92


def test_changes_of_single_areas_are_expected_towards_the_mean():
    found = expected_change([2, 10, 10, 10, 25], [100] * 5)
    assert found.change[0] > 0 > found.change[4]
    assert found.change[1] == pytest.approx(0, abs=0.01)
    common = expected_change([2, 10, 10, 10, 25], [100] * 5, common_change=0.03)
    assert common.change == pytest.approx(found.change + 0.03)


def test_a_choice_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no area is chosen"):
        expected_change([1, 2], [10, 10], chosen=[False, False])


FACTORS = st.lists(st.tuples(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0.1, 10)), min_size=3, max_size=5)


@given(FACTORS)
def test_effects_between_many_populations_are_consistent_and_add_up(populations):
    found = standardise_populations([[[factor] for factor in population] for population in populations])
    differences = found.standardised - found.standardised[:, :1]
    assert differences.sum(axis=0) == pytest.approx(found.crude - found.crude[0], abs=1e-6)


def test_two_populations_are_decomposed_as_before():
    first, second = [[0.6, 0.4], [10.0, 40.0]], [[0.5, 0.5], [12.0, 42.0]]
    many, two = standardise_populations([first, second]), decompose(first, second)
    assert many.standardised == pytest.approx(two.standardised)
    assert many.effects == pytest.approx(two.effects)
    assert many.crude == pytest.approx(two.crude)


def test_another_rate_than_a_product():
    """Births minus deaths: Das Gupta 1993, example 3.1, where the growth is 8.6 and 14.2 per 1,000."""
    found = decompose([[19.4], [10.8]], [[23.7], [9.5]], rate=lambda factors: (factors[0] - factors[1]).sum(axis=-1))
    assert found.crude.tolist() == pytest.approx([8.6, 14.2])
    assert found.effects.tolist() == pytest.approx([4.3, 1.3])


def test_one_population_is_no_comparison():
    with pytest.raises(ValueError, match="at least two populations; found 1"):
        standardise_populations([[[1.0]]])
