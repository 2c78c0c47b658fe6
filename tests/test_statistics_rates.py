"""Limits of counts and rates: exact below 10 events, Byar's from 10."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, poisson

from sozialanalyse.statistics import BYAR_FROM, byar_interval, poisson_interval, rate_interval

CONFIDENCES = st.sampled_from([0.8, 0.9, 0.95, 0.99, 0.998])


@pytest.mark.parametrize(
    ("events", "lower", "upper"),
    [
        (0, 0.0, 3.688879),
        (1, 0.025318, 5.571643),
        (5, 1.623486, 11.668332),
        (9, 4.115373, 17.084803),  # the last exact one
        (10, 4.787450, 18.391459),  # the first of Byar's; exact would be 4.795389 and 18.390356
        (65, 50.163188, 82.849139),
    ],
)
def test_known_limits_of_counts_at_95_percent(events: int, lower: float, upper: float) -> None:
    assert poisson_interval(events) == (pytest.approx(lower, abs=1e-6), pytest.approx(upper, abs=1e-6))


def test_the_method_changes_at_ten_events() -> None:
    below, at = BYAR_FROM - 1, BYAR_FROM
    assert BYAR_FROM == 10
    assert poisson_interval(below)[0] == pytest.approx(chi2.ppf(0.025, 2 * below) / 2)
    assert poisson_interval(below) != byar_interval(below)
    assert poisson_interval(at) == byar_interval(at)


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99, 0.998])
def test_byar_is_close_to_the_exact_limits_from_ten_events(confidence: float) -> None:
    events = np.arange(BYAR_FROM, 3000)
    lower, upper = poisson_interval(events, confidence=confidence)
    exact_lower = chi2.ppf((1 - confidence) / 2, 2 * events) / 2
    exact_upper = chi2.isf((1 - confidence) / 2, 2 * events + 2) / 2
    width = exact_upper - exact_lower
    assert (np.abs(lower - exact_lower) / width).max() < 0.003
    assert (np.abs(upper - exact_upper) / width).max() < 0.003


def test_byar_below_its_range_has_no_lower_limit() -> None:
    lower, upper = byar_interval([0, 1, 10], confidence=0.998)
    assert np.isnan(lower).tolist() == [True, True, False]
    assert upper[1] == pytest.approx(9.362180, abs=1e-6)


def test_rates_divide_the_limits_by_the_exposure() -> None:
    lower, upper = rate_interval([0, 9, 12], [350, 4130, 10])
    assert (1000 * lower).round(3).tolist() == [0.0, 0.996, 619.351]
    assert (1000 * upper).round(3).tolist() == [10.540, 4.137, 2096.286]


def test_rates_may_exceed_one() -> None:
    lower, upper = rate_interval(250, 220)
    assert lower < 250 / 220 < upper


def test_missing_counts_and_empty_areas_have_no_rate() -> None:
    lower, upper = rate_interval([np.nan, 5, 5, 0, 5], [10, np.nan, 0, 0, 10])
    assert np.isnan(lower).tolist() == [True, True, True, True, False]
    assert np.isnan(upper).tolist() == [True, True, True, True, False]


def test_broadcasts_like_numpy() -> None:
    lower, upper = rate_interval([[1], [20]], [100, 200, 300])
    assert lower.shape == upper.shape == (2, 3)
    assert (lower[1, 2], upper[1, 2]) == rate_interval(20, 300)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="2 of 3 events are negative, the first at index 0"):
        poisson_interval([-1, 3, -2])
    with pytest.raises(ValueError, match="1 of 2 exposures are negative, the first at index 1"):
        rate_interval([1, 2], [10, -10])


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_confidence_is_a_fraction(confidence: float) -> None:
    for interval in (poisson_interval, byar_interval):
        with pytest.raises(ValueError, match="must be a fraction"):
            interval(3, confidence=confidence)
    with pytest.raises(ValueError, match="must be a fraction"):
        rate_interval(3, 10, confidence=confidence)


@given(st.integers(0, 10**6), CONFIDENCES)
@settings(deadline=None)
def test_limits_embrace_the_count(events: int, confidence: float) -> None:
    lower, upper = poisson_interval(events, confidence=confidence)
    assert 0 <= lower <= events < upper < np.inf


@given(st.integers(0, 9), CONFIDENCES)
@settings(deadline=None)
def test_exact_limits_leave_half_of_the_error_on_each_side(events: int, confidence: float) -> None:
    lower, upper = poisson_interval(events, confidence=confidence)
    assert poisson.cdf(events, upper) == pytest.approx((1 - confidence) / 2)
    if events:
        assert poisson.sf(events - 1, lower) == pytest.approx((1 - confidence) / 2)


@given(st.integers(1, 10**5), CONFIDENCES)
@settings(deadline=None)
def test_rises_with_the_events(events: int, confidence: float) -> None:
    fewer = poisson_interval(events - 1, confidence=confidence)
    more = poisson_interval(events, confidence=confidence)
    assert fewer[0] < more[0]
    assert fewer[1] < more[1]


@given(st.integers(0, 10**4), st.integers(2, 50))
@settings(deadline=None)
def test_narrower_for_more_exposure_at_the_same_rate(events: int, factor: int) -> None:
    small, large = rate_interval(events, 10**4), rate_interval(factor * events, factor * 10**4)
    assert small[1] - small[0] > large[1] - large[0]
