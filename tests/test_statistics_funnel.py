"""Funnel limits, signals and classes of areas."""

from __future__ import annotations

import numpy as np
import pytest

from sozialanalyse.statistics import (
    ALARM,
    WARNING,
    expected_at_limits,
    poisson_interval,
    proportion_funnel,
    proportion_signal,
    quantile_class,
    quintile,
    ratio_signal,
    wilson_interval,
)


def test_limits_of_a_proportion_stay_within_0_and_1() -> None:
    lower, upper = proportion_funnel([0, 1, 100], 0.2)
    assert lower.tolist() == pytest.approx([np.nan, 0.0, 0.12160144], nan_ok=True)
    assert upper.tolist() == pytest.approx([np.nan, 0.98398559, 0.27839856], nan_ok=True)


@pytest.mark.parametrize("confidence", [WARNING, ALARM])
def test_outside_the_funnel_just_when_the_wilson_interval_leaves_out_the_reference(confidence: float) -> None:
    events = np.arange(101)
    lower, upper = proportion_funnel(100, 0.2, confidence=confidence)
    outside = (events / 100 < lower) | (events / 100 > upper)
    low, high = wilson_interval(events, 100, confidence=confidence)
    assert (outside == ((low > 0.2) | (high < 0.2))).all()


def test_expected_events_on_the_limits() -> None:
    on_lower, on_upper = expected_at_limits([0, 1, 9, 10], confidence=ALARM)
    assert on_lower.round(4).tolist() == [6.9078, 9.2334, 22.6574, 24.134]
    assert on_upper.round(4).tolist() == [0.0, 0.001, 2.4524, 2.9605]


def test_the_curve_is_exact_below_and_from_ten_events() -> None:
    assert expected_at_limits(9)[0] == pytest.approx(poisson_interval(9)[1], rel=1e-12)
    assert expected_at_limits(10)[0] == pytest.approx(18.390356, abs=1e-6)  # Byar's: 18.391459


def test_signals_of_proportions_on_both_sides_of_each_limit() -> None:
    assert proportion_signal([7, 8, 12, 13, 27, 28, 32, 33], 100, 0.2).tolist() == [-2, -1, -1, 0, 0, 1, 1, 2]


def test_signals_of_ratios_on_both_sides_of_a_limit() -> None:
    """The upper limit of 9 events is 17.0848 (exact), of 10 events 18.3915 (Byar's)."""
    assert ratio_signal([9, 9, 10, 10], [17.08, 17.09, 18.39, 18.40]).tolist() == [0, -1, 0, -1]


def test_no_signal_without_a_number() -> None:
    assert np.isnan(ratio_signal([np.nan, 5], [5, np.nan])).all()
    assert np.isnan(proportion_signal([np.nan, 0], [10, 0], 0.2)).all()


def test_impossible_input_is_refused() -> None:
    with pytest.raises(ValueError, match="no fractions"):
        proportion_funnel(10, 20)
    with pytest.raises(ValueError, match="totals are negative"):
        proportion_funnel(-1, 0.2)
    with pytest.raises(ValueError, match="events are negative"):
        expected_at_limits(-1)
    with pytest.raises(ValueError, match="expected events are negative"):
        ratio_signal(1, -1)


def test_classes_need_as_many_values() -> None:
    assert np.isnan(quantile_class([1, 2, 3], 4)).all()
    assert quantile_class([1, 2, 3, 4], 4).tolist() == [1, 2, 3, 4]


def test_equal_values_share_the_lowest_class() -> None:
    assert quantile_class([0, 0, 0, 1], 4).tolist() == [1, 1, 1, 4]
    assert np.isnan(quantile_class([2, 2, 2, 2], 4)).all()


def test_fifths_are_quintiles_and_missing_values_have_none() -> None:
    values = [4.0, 1, np.nan, 7, 7, 3, 9, 2]
    assert quantile_class(values, 5).tolist() == pytest.approx(quintile(values).tolist(), nan_ok=True)


def test_one_class_is_no_division() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        quantile_class([1, 2], 1)
