"""Many tests at once, departures that matter, and overdispersion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.statistics import (
    adjusted_p_values,
    arcsine_difference,
    discoveries,
    error_of_limits,
    homogeneity_p_value,
    overdispersed_funnel,
    overdispersed_z,
    overdispersion,
    poisson_p_value,
    proportion_funnel,
    relevance_test,
    wilson_interval,
)

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_benjamini_and_hochberg_by_hand():
    """0.01 x 4/1, 0.03 x 4/2, 0.04 x 4/3 (smaller than 0.06, so it holds for both), 0.5 x 4/4."""
    assert adjusted_p_values([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 4 / 75, 4 / 75, 0.5])


def test_yekutieli_pays_the_harmonic_sum():
    price = 1 + 1 / 2 + 1 / 3 + 1 / 4
    plain, safe = (adjusted_p_values([0.01, 0.04, 0.03, 0.1], dependence=name) for name in ("positive", "any"))
    assert safe == pytest.approx(price * plain)


def test_families_are_adjusted_apart_and_missing_tests_do_not_count():
    p = [[0.01, 0.04, np.nan], [0.03, 0.5, 0.02]]
    family = [["level"] * 3, ["change"] * 3]
    found = adjusted_p_values(p, family=family)
    assert found[0, :2] == pytest.approx([0.02, 0.04])
    assert np.isnan(found[0, 2])
    assert found[1] == pytest.approx([0.045, 0.5, 0.045])


def test_discoveries_say_how_many_of_them_are_false():
    found = discoveries([0.001, 0.002, 0.003, 0.6, np.nan], false_share=0.1)
    assert found.reported.tolist() == [True, True, True, False, False]
    assert found.expected_false[0] == pytest.approx(0.3)


@given(P_VALUES)
def test_adjusted_p_values_keep_the_order_and_are_never_smaller(p_values):
    p = np.array(p_values)
    adjusted, safe = adjusted_p_values(p), adjusted_p_values(p, dependence="any")
    order = np.argsort(p)
    assert (np.diff(adjusted[order]) >= 0).all()
    assert ((p <= adjusted + 1e-15) & (adjusted <= safe + 1e-15) & (safe <= 1)).all()


def test_the_share_of_false_discoveries_stays_within_its_level():
    """500 families of 100 tests, 80 of them true nulls."""
    generator = np.random.default_rng(9)
    z = generator.normal(size=(500, 100)) + np.repeat([0.0, 3.0], [80, 20])
    from scipy.stats import norm

    p = 2 * norm.sf(np.abs(z))
    family = np.broadcast_to(np.arange(500)[:, np.newaxis], p.shape)
    reported = discoveries(p, family=family).reported
    false = reported[:, :80].sum(axis=1) / np.maximum(reported.sum(axis=1), 1)
    assert false.mean() <= 0.05
    assert reported[:, 80:].mean() > 0.4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: adjusted_p_values([0.1, 1.2]), "1 of 2 p-values are outside 0 to 1"),
        (lambda: adjusted_p_values([0.1], dependence="none"), "dependence is 'none'"),
        (lambda: adjusted_p_values([0.1, 0.2], family=["a"]), r"families are of shape \(1,\)"),
        (lambda: discoveries([0.1], false_share=5), "false_share is 5"),
        (lambda: poisson_p_value(3, 2.0, side="both"), "side is 'both'"),
        (lambda: relevance_test(0.1, 0.1, -0.02), "1 of 1 margins are negative"),
        (lambda: overdispersion([1, 2], [1, 0]), "1 of 2 standard errors are not above 0"),
        (lambda: overdispersion([1, 2], 1, winsorised=0.5), "winsorised is 0.5"),
    ],
)
def test_faults_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_poisson_p_values_by_hand():
    """e^-4 = 0.0183; P(X >= 0) = 1; nothing expected and something found cannot be."""
    assert float(poisson_p_value(0, 4.0, side="less")) == pytest.approx(np.exp(-4))
    assert float(poisson_p_value(0, 4.0, side="greater")) == 1
    assert float(poisson_p_value(2, 4.0, side="less")) == pytest.approx(np.exp(-4) * 13)
    assert float(poisson_p_value(1, 0.0)) == 0
    assert np.isnan(poisson_p_value(np.nan, 4.0))


def test_a_difference_that_is_real_but_does_not_matter_is_not_reported():
    found = relevance_test([0.010, 0.050], 0.002, 0.02)
    usual = relevance_test([0.010, 0.050], 0.002, 0.0)
    assert (usual.beyond < 0.001).all()
    assert found.beyond[0] == 1
    assert found.beyond[1] < 0.001
    assert found.within[0] < 0.001
    assert found.within[1] > 0.999


def test_without_error_only_the_size_decides():
    found = relevance_test([0.01, 0.02, 0.03], 0.0, 0.02)
    assert found.above.tolist() == [1, 1, 0]
    assert np.isnan(relevance_test(np.nan, 0.1, 0.02).within)


def test_the_error_that_belongs_to_an_interval():
    lower, upper = wilson_interval(300, 1000)
    assert float(error_of_limits(lower, upper)) == pytest.approx(np.sqrt(0.3 * 0.7 / 1000), rel=0.01)


def test_areas_that_differ_by_chance_are_not_overdispersed():
    generator = np.random.default_rng(1)
    found = overdispersion(generator.normal(0, 0.05, (200, 60)), 0.05, winsorised=0.0)
    assert found.phi.mean() == pytest.approx(1, abs=0.03)
    assert np.median(found.tau) < 0.012


def test_the_spread_between_areas_is_found_and_one_that_stands_out_does_not_hide_itself():
    generator = np.random.default_rng(2)
    difference = generator.normal(0, np.hypot(0.05, 0.08), 400)
    with_one_more = np.append(difference, 5.0)
    assert float(overdispersion(difference, 0.05, winsorised=0.0).tau) == pytest.approx(0.08, rel=0.1)
    assert float(overdispersion(with_one_more, 0.05).tau) == pytest.approx(
        float(overdispersion(difference, 0.05).tau), rel=0.05
    )
    assert float(overdispersed_z(5.0, 0.05, 0.08)) > 50


@pytest.mark.parametrize("winsorised", [0.0, 0.1, 0.2])
def test_drawing_in_does_not_make_the_spread_too_small(winsorised):
    """Areas of 100 to 5,000 people; by moments of the drawn-in scores it would be about two thirds of it."""
    generator = np.random.default_rng(3)
    error = 0.5 / np.sqrt(np.geomspace(100, 5_000, 60))
    difference = generator.normal(0, np.hypot(error, 0.08), (300, 60))
    tau = overdispersion(difference, error, winsorised=winsorised).tau
    assert tau.mean() == pytest.approx(0.08, rel=0.02)
    outside = np.abs(overdispersed_z(difference, error, tau[:, np.newaxis])) > 1.96
    assert outside.mean() == pytest.approx(0.05, abs=0.01)


def test_too_few_areas_say_nothing_about_their_spread():
    assert np.isnan(overdispersion([0.1, np.nan], 0.05).phi)


def test_without_spread_the_funnel_is_nearly_the_plain_one():
    plain, wide = proportion_funnel(500, 0.2), overdispersed_funnel(500, 0.2, 0.0)
    assert [float(x) for x in wide] == pytest.approx([float(x) for x in plain], abs=0.002)
    lower, upper = overdispersed_funnel([500, 1e9, 0], 0.2, 0.05)
    assert lower[0] < plain[0] < plain[1] < upper[0]
    assert lower[1] == pytest.approx(np.sin(np.arcsin(np.sqrt(0.2)) - 1.959964 * 0.05) ** 2)
    assert np.isnan(lower[2])


def test_arcsine_differences_count_as_far_outside_the_funnel_as_they_are():
    difference, error = arcsine_difference([130, 60], 500, 0.2)
    lower, upper = overdispersed_funnel(500, 0.2, 0.0)
    assert ((difference / error > 1.96) == (np.array([0.26, 0.12]) > upper)).all()
    assert ((difference / error < -1.96) == (np.array([0.26, 0.12]) < lower)).all()


def test_all_areas_alike_is_a_question_of_all_together():
    assert float(homogeneity_p_value([0.0, 0.1, -0.1])) > 0.99
    assert float(homogeneity_p_value([3.0, -3.0, np.nan])) == pytest.approx(2.2e-5, rel=0.02)
