"""Empirical Bayes beside the raw rate: between raw and mean, and with limits that include the uncertainty of the prior."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialanalyse.statistics import (
    empirical_bayes,
    hierarchical_shrinkage,
    local_empirical_bayes,
    local_median_rate,
    local_rate,
    neighbour_weights,
)

AREAS = st.lists(
    st.integers(20, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=3, max_size=12
)


def test_marshall_by_hand():
    """m = 46/740; s2 = 0.001055; A = s2 - m (1 - m) / 185; M = 77.39 persons; area 1: 77.4 m / (40 + 77.4)."""
    found = empirical_bayes([0, 4, 30, 12], [40, 100, 300, 300], family="binomial")
    assert float(found.mean) == pytest.approx(46 / 740)
    assert float(found.size) == pytest.approx(77.39, abs=0.01)
    assert found.value == pytest.approx([0.0410, 0.0496, 0.0923, 0.0446], abs=1e-4)


def test_areas_that_differ_by_chance_alone_all_get_the_mean_but_not_a_certain_one():
    found = empirical_bayes([10, 11, 9, 10], [100, 100, 100, 100])
    assert found.value == pytest.approx([0.1] * 4)
    assert np.isinf(found.size)
    assert (found.upper - found.lower > 0.03).all()


def test_likelihood_and_moments_agree_in_a_large_town():
    generator = np.random.default_rng(4)
    total = generator.integers(100, 3000, 400)
    events = generator.binomial(total, generator.beta(0.1 * 150, 0.9 * 150, 400))
    moments, likelihood = (
        empirical_bayes(events, total, family="binomial", method=method) for method in ("moments", "likelihood")
    )
    assert float(likelihood.mean) == pytest.approx(0.1, abs=0.005)
    assert float(likelihood.size) == pytest.approx(150, rel=0.2)
    assert float(moments.size) == pytest.approx(150, rel=0.3)


def test_likelihood_without_events_or_differences():
    assert empirical_bayes([0, 0, 0], [50, 60, 70], method="likelihood").value.tolist() == [0, 0, 0]
    assert np.isinf(empirical_bayes([10, 11, 9, 10], [100] * 4, method="likelihood").size)


def test_no_events_anywhere_still_leave_an_upper_limit():
    found = hierarchical_shrinkage([0, 0, 0], [50, 60, 70], family="binomial")
    assert (found.lower < 0.005).all()
    assert ((found.upper > 0.005) & (found.upper < 0.1)).all()


def test_a_missing_area_gets_nothing_and_gives_nothing():
    whole, gap = empirical_bayes([3, 9, 20], [100, 100, 100]), empirical_bayes([3, np.nan, 9, 20], [100] * 4)
    assert np.isnan([gap.value[1], gap.lower[1], gap.upper[1]]).all()
    assert gap.value[[0, 2, 3]] == pytest.approx(whole.value)


def test_an_empty_area_gets_the_mean():
    assert empirical_bayes([3, 20, 0], [100, 100, 0]).value[2] == pytest.approx(0.115)


def test_nothing_known():
    assert np.isnan(empirical_bayes([np.nan, 0], [10, 0]).value).all()


@pytest.mark.parametrize(
    ("events", "total", "options", "message"),
    [
        ([-1, 2], [10, 10], {}, "1 of 2 events are negative, the first at index 0"),
        ([11, 2], [10, 10], {"family": "binomial"}, "1 of 2 events exceed the total"),
        ([1, 2], [0, 10], {}, "1 of 2 areas have events but no exposure"),
        ([1, 2], [10, 10], {"family": "normal"}, "family is 'normal'"),
        ([1, 2], [10, 10], {"method": "REML"}, "method is 'REML'"),
        ([1, 2], [10, 10], {"confidence": 95}, "did you mean 0.95"),
    ],
)
def test_faults_are_refused(events, total, options, message):
    with pytest.raises(ValueError, match=message):
        empirical_bayes(events, total, **options)


@settings(max_examples=40, deadline=None)
@given(AREAS, st.sampled_from(["poisson", "binomial"]))
def test_every_value_lies_between_the_raw_rate_and_the_mean_and_within_its_limits(areas, family):
    events, total = np.array(areas, dtype=float).T
    found = empirical_bayes(events, total, family=family)
    raw = events / total
    assert (found.value >= np.minimum(raw, found.mean) - 1e-12).all()
    assert (found.value <= np.maximum(raw, found.mean) + 1e-12).all()
    assert ((found.lower <= found.value) & (found.value <= found.upper)).all()


@pytest.mark.parametrize("family", ["poisson", "binomial"])
@pytest.mark.parametrize("size", [50, 400, 1e6])
def test_limits_cover_the_true_rates_where_those_of_the_estimated_prior_alone_do_not(family, size):
    """30 areas of 50 to 3,000 persons, rates around 5 %: 95 % limits hold at least 93 % of the true rates."""
    generator, held = np.random.default_rng(6), []
    for _ in range(40):
        total = np.round(np.exp(generator.uniform(np.log(50), np.log(3000), 30))).astype(int)
        true = generator.beta(0.05 * size, 0.95 * size, 30)
        events = generator.binomial(total, true) if family == "binomial" else generator.poisson(total * true)
        found = empirical_bayes(events, total, family=family)
        held.append(((found.lower <= true) & (true <= found.upper)).mean())
    assert np.mean(held) >= 0.93


ROW = neighbour_weights([0, 1, 2], [1, 2, 3], 5)
"""Four areas in a row and an island."""


def test_local_rates_by_hand():
    events, exposure = [0, 4, 30, 12, 5], [100, 100, 300, 300, 50]
    assert local_rate(events, exposure, ROW) == pytest.approx([4 / 200, 34 / 500, 46 / 700, 42 / 600, 0.1])
    assert local_median_rate(events, exposure, ROW) == pytest.approx([0.02, 0.04, 0.04, 0.07, 0.1])


def test_weighted_medians_and_repeated_ones():
    events, exposure = [0, 4, 30, 12, 5], [100, 100, 300, 300, 50]
    assert local_median_rate(events, exposure, ROW, importance=exposure) == pytest.approx([0.02, 0.1, 0.04, 0.07, 0.1])
    assert local_median_rate(events, exposure, ROW, steps=2) == pytest.approx([0.03, 0.04, 0.04, 0.055, 0.1])


def test_local_empirical_bayes_by_hand():
    """Area 0: m = 0.02, s2 = 0.0004, A = 0.0002, w = 1/2. The island keeps its raw rate."""
    found = local_empirical_bayes([0, 4, 30, 12, 5], [100, 100, 300, 300, 50], ROW)
    assert found.value[0] == pytest.approx(0.01)
    assert found.value[4] == pytest.approx(0.1)
    assert ((found.lower <= found.value) & (found.value <= found.upper)).all()


def test_deviations_from_here_and_from_there_differ_only_in_the_variance():
    events, exposure = [0, 4, 30, 12, 5], [100, 100, 300, 300, 50]
    here, there = (local_empirical_bayes(events, exposure, ROW, deviations=name) for name in ("here", "there"))
    assert here.mean == pytest.approx(there.mean)
    assert np.isinf(there.size[1]) or here.size[1] != there.size[1]


def test_what_is_hidden_next_door_does_not_show():
    events, exposure = [0, np.nan, 30, 12, 5], [100, 100, 300, 300, 50]
    assert np.isnan(local_rate(events, exposure, ROW)).tolist() == [True, True, True, False, False]
    assert np.isnan(local_median_rate(events, exposure, ROW)).tolist() == [True, True, True, False, False]
    found = local_empirical_bayes(events, exposure, ROW)
    assert np.isnan(found.upper).tolist() == [True, True, True, False, False]


def test_the_reference_of_the_deviations_is_known():
    with pytest.raises(ValueError, match="deviations is 'geoda'"):
        local_empirical_bayes([1, 2], [10, 10], neighbour_weights([0], [1], 2), deviations="geoda")
