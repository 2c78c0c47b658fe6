"""Corrected Mann-Kendall tests: as in pymannkendall, and the length from which each holds its level."""

from __future__ import annotations

import numpy as np
import pymannkendall
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sozialanalyse.statistics import (
    HAMED_RAO_FROM,
    corrected_mann_kendall,
    false_alarm_share,
    mann_kendall,
    trendless_series,
)
from sozialanalyse.statistics import autocorrelation as module

PEERS = {
    "hamed_rao": pymannkendall.hamed_rao_modification_test,
    "yue_wang": pymannkendall.yue_wang_modification_test,
    "prewhitening": pymannkendall.pre_whitening_modification_test,
    "trend_free_prewhitening": pymannkendall.trend_free_pre_whitening_modification_test,
}
NAN = float("nan")
YEARS = np.arange(14.0)
SERIES = arrays(np.float64, st.integers(8, 16), elements=st.integers(0, 40).map(float), unique=True)


@pytest.mark.parametrize("correction", PEERS)
@given(values=SERIES)
@settings(max_examples=25, deadline=None)
def test_as_in_pymannkendall(correction, values):
    rows = np.arange(values.size)
    assume(np.ptp(values - rows * pymannkendall.sens_slope(values).slope) > 1e-6)  # the peer divides 0 by 0 on a line
    ours = corrected_mann_kendall(values, rows, correction=correction, lags=None, gaps="closed", minimum_points=3)
    with np.errstate(invalid="ignore"):  # the peer takes roots of negative variances
        peer = PEERS[correction](values)
    assert ours.score == peer.s
    assert ours.variance == pytest.approx(peer.var_s, rel=1e-9)
    assert ours.p_value == pytest.approx(peer.p, abs=1e-9, nan_ok=True)
    assert ours.slope == pytest.approx(peer.slope, abs=1e-12)


@pytest.mark.parametrize("correction", PEERS)
def test_many_series_at_once_are_each_as_alone(correction, monkeypatch):
    table = trendless_series(9, 14, 0.5, seed=2)
    table[3, [2, 7]] = NAN
    monkeypatch.setattr(module, "SERIES_AT_ONCE", 500)
    options = {"correction": correction, "gaps": "closed", "minimum_points": 3}
    together = corrected_mann_kendall(table, YEARS, **options)
    for row, values in enumerate(table):
        alone = corrected_mann_kendall(values, YEARS, **options)
        for name in vars(alone):
            np.testing.assert_allclose(getattr(together, name)[row], getattr(alone, name), rtol=1e-12)


def test_municipal_series_are_too_short_for_any_correction():
    table = trendless_series(3, 40, 0.5, seed=1)
    for correction in PEERS:
        assert np.isnan(corrected_mann_kendall(table, range(40), correction=correction).p_value).all()


def test_both_sides_of_the_length_at_which_hamed_rao_holds():
    values = trendless_series(1, HAMED_RAO_FROM, 0.3, seed=4)[0]
    long = corrected_mann_kendall(values, range(HAMED_RAO_FROM), correction="hamed_rao")
    short = corrected_mann_kendall(values[1:], range(HAMED_RAO_FROM - 1), correction="hamed_rao")
    assert 0 < long.p_value <= 1
    assert np.isnan(short.p_value)
    assert short.score == mann_kendall(values[1:], range(HAMED_RAO_FROM - 1), method="normal").score


def test_in_short_persistent_series_the_correction_is_no_better_than_the_plain_test():
    drawn = trendless_series(2000, 15, 0.65, seed=11)
    years = np.arange(15.0)

    def corrected(some):
        return corrected_mann_kendall(some, years, correction="hamed_rao", lags=3, minimum_points=3).p_value

    plain = false_alarm_share(lambda some: mann_kendall(some, years, method="normal").p_value, drawn)
    assert 0.25 < plain < 0.35
    assert 0.25 < false_alarm_share(corrected, drawn) < 0.35


@pytest.mark.slow
def test_at_its_length_hamed_rao_holds():
    drawn = trendless_series(600, HAMED_RAO_FROM, 0.6, seed=12)
    years = np.arange(float(HAMED_RAO_FROM))
    share = false_alarm_share(lambda some: corrected_mann_kendall(some, years, correction="hamed_rao").p_value, drawn)
    assert share < 0.06 + 2 * np.sqrt(0.06 * 0.94 / 600)


def test_gaps_stop_a_test_of_lags_unless_they_are_closed():
    times = [2007, 2009, 2011, 2013, 2014, 2015, 2017, 2018]
    values = [3.0, 5, 4, 6, 8, 7, 9, 12]
    options = {"correction": "prewhitening", "minimum_points": 3}
    assert np.isnan(corrected_mann_kendall(values, times, **options).p_value)
    assert corrected_mann_kendall(values, times, gaps="closed", **options).p_value < 1


def test_every_second_year_is_a_regular_series():
    every_second = [3.0, NAN, 5, NAN, 4, NAN, 6, NAN, 8, NAN, 7]
    options = {"correction": "hamed_rao", "minimum_points": 3}
    with_gaps = corrected_mann_kendall(every_second, range(11), **options)
    without = corrected_mann_kendall([3.0, 5, 4, 6, 8, 7], range(0, 12, 2), **options)
    assert with_gaps.p_value == without.p_value
    assert with_gaps.slope == without.slope


@pytest.mark.parametrize("correction", PEERS)
def test_a_constant_series_has_no_trend(correction):
    result = corrected_mann_kendall([4.0] * 12, range(12), correction=correction, minimum_points=3)
    assert (result.score, result.z, result.p_value, result.slope) == (0, 0, 1, 0)


@pytest.mark.parametrize("correction", PEERS)
@pytest.mark.parametrize("shape", [(0, 6), (2, 0), (2, 1), (2, 2)])
def test_nothing_in_gives_nothing_out(correction, shape):
    result = corrected_mann_kendall(np.ones(shape), range(shape[1]), correction=correction, minimum_points=1)
    assert result.p_value.shape == shape[:1]
    assert np.isnan(result.p_value).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"correction": "newey_west"}, "correction is 'newey_west', but must be one of 'hamed_rao'"),
        ({"correction": "yue_wang", "gaps": "open"}, "gaps is 'open', but must be 'refused' or 'closed'"),
        ({"correction": "yue_wang", "lags": 0}, "lags is 0, but must be at least 1"),
        ({"correction": "hamed_rao", "confidence": 95}, "must be a fraction"),
    ],
)
def test_unknown_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        corrected_mann_kendall(np.arange(12.0), range(12), **options)


def test_an_autocorrelation_of_1_is_no_stationary_series():
    assert trendless_series(3, 4, 0.0, seed=1).shape == (3, 4)
    with pytest.raises(ValueError, match="not from 0 to below 1"):
        trendless_series(3, 4, 1.0, seed=1)
