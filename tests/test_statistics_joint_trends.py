"""Seasonal, regional and partial Mann-Kendall, and Pettitt: peers, hand-made cases, laws."""

from __future__ import annotations

import numpy as np
import pymannkendall
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sozialanalyse.statistics import by_season, joint_mann_kendall, mann_kendall, partial_mann_kendall, pettitt

NAN = float("nan")
BUNDLES = arrays(np.float64, st.tuples(st.integers(2, 4), st.integers(4, 9)), elements=st.integers(0, 9).map(float))


@given(BUNDLES)
@settings(max_examples=40, deadline=None)
def test_independent_series_as_in_pymannkendall(bundle):
    ours = joint_mann_kendall(bundle, range(bundle.shape[1]))
    assert ours.score == sum(mann_kendall(values, range(values.size)).score for values in bundle)
    if ours.variance == 0:
        assert ours.p_value == 1
        return
    peer = pymannkendall.multivariate_test(bundle.T)
    assert (ours.score, ours.variance) == (peer.s, pytest.approx(peer.var_s))
    assert ours.p_value == pytest.approx(peer.p, abs=1e-12)
    assert ours.slope == pytest.approx(peer.slope, abs=1e-12)
    assert ours.tau_a == pytest.approx(peer.Tau)


@given(BUNDLES)
@settings(max_examples=40, deadline=None)
def test_correlated_series_as_in_pymannkendall(bundle):
    ours = joint_mann_kendall(bundle, range(bundle.shape[1]), correlated=True, continuity=False)
    if ours.variance <= 1e-9:
        return
    peer = pymannkendall.correlated_multivariate_test(bundle.T)
    assert ours.variance == pytest.approx(peer.var_s)
    assert ours.p_value == pytest.approx(peer.p, abs=1e-12)


def test_the_variance_of_identical_series_is_that_of_one_times_their_number_squared():
    values = [3.0, 1, 4, 1, 5, 9, 2, 6]
    alone = mann_kendall(values, range(8))
    thrice = joint_mann_kendall([values] * 3, range(8), correlated=True)
    assert thrice.score == 3 * alone.score
    assert thrice.variance == pytest.approx(9 * alone.variance)
    assert joint_mann_kendall([values] * 3, range(8)).variance == pytest.approx(3 * alone.variance)


def test_many_bundles_at_once_and_points_that_are_absent():
    cube = np.random.default_rng(5).normal(size=(2, 3, 4, 7))
    cube[1, 2, 0, 3] = NAN
    for correlated in (False, True):
        together = joint_mann_kendall(cube, range(7), correlated=correlated)
        alone = joint_mann_kendall(cube[1, 2], range(7), correlated=correlated)
        for name in vars(alone):
            assert getattr(together, name).shape == (2, 3)
            assert getattr(together, name)[1, 2] == pytest.approx(getattr(alone, name))
    without = joint_mann_kendall(np.delete(cube[1, 2], 3, axis=1), [0, 1, 2, 4, 5, 6], correlated=True)
    assert together.score[1, 2] == without.score
    assert together.variance[1, 2] == pytest.approx(without.variance)


def test_a_bundle_without_points_has_no_p_and_a_constant_one_has_no_trend():
    result = joint_mann_kendall([[[NAN, NAN, NAN]] * 2, [[2.0, 2, 2]] * 2], range(3))
    np.testing.assert_array_equal(result.p_value, [NAN, 1])
    np.testing.assert_array_equal(result.slope, [NAN, 0])


@pytest.mark.parametrize(("values", "times"), [([1, 2, 3], [1, 2, 3]), ([[1, 2]], [[1, 2]])])
def test_bundles_of_another_shape_are_refused(values, times):
    with pytest.raises(ValueError, match=r"values need the shape \(..., series, points\)"):
        joint_mann_kendall(values, times)


def test_quarters_find_their_place_by_date():
    ends = np.array([2011.0, 2011.2466, 2011.4959, 2011.7479, 2012.0, 2012.2486])  # last days of quarters
    bundles, years = by_season([1, 2, 3, 4, 5, 6], ends)
    assert bundles.shape == (4, 2)
    np.testing.assert_array_equal(bundles, [[1, 5], [2, 6], [3, NAN], [4, NAN]])
    assert years.tolist() == [2011, 2012]


def test_a_seasonal_pattern_hides_no_trend():
    quarters = np.tile([10.0, 2, 5, 20], 6) + np.repeat(np.arange(6.0), 4)
    times = 2015 + np.arange(24) / 4
    assert mann_kendall(quarters, times).p_value > 0.04
    assert joint_mann_kendall(*by_season(quarters, times)).p_value < 1e-7
    assert joint_mann_kendall(*by_season(quarters, times)).slope == 1


@pytest.mark.parametrize(
    ("times", "message"),
    [([2011.0, 2011.1, 2011.25], "do not stand at 4 seasons"), ([2011.0, 2011.001, 2011.25], "share a year")],
)
def test_times_off_the_seasons_are_refused(times, message):
    with pytest.raises(ValueError, match=message):
        by_season([1, 2, 3], times)


@given(
    arrays(np.float64, st.tuples(st.just(2), st.integers(5, 12)), elements=st.integers(0, 60).map(float), unique=True)
)
@settings(max_examples=40, deadline=None)
def test_partial_test_as_in_pymannkendall(pair):
    ours = partial_mann_kendall(pair[0], pair[1], range(pair.shape[1]))
    with np.errstate(invalid="ignore", divide="ignore"):
        peer = pymannkendall.partial_test(pair.T)
    if peer.var_s > 1e-9:
        assert (ours.score, ours.variance) == (pytest.approx(peer.s), pytest.approx(peer.var_s))
        assert ours.p_value == pytest.approx(peer.p, abs=1e-12)


def test_a_series_has_no_trend_beyond_itself():
    values = np.arange(9.0)
    assert partial_mann_kendall(values, values, range(9)).p_value == 1
    assert np.isnan(partial_mann_kendall([1, 2], [2, 1], [0, 1]).p_value)


def test_pettitt_finds_where_the_level_shifts():
    shift = pettitt([[2, 3, 2, 3, 9, 8, 9, 8], [9, 8, 9, 8, 2, 3, 2, 3], [5] * 8], range(2010, 2018))
    assert shift.statistic.tolist() == [16, 16, 0]
    assert shift.last_before.tolist()[:2] == [2013, 2013]
    assert shift.points_before.tolist() == [4, 4, 1]
    assert shift.p_value.round(4).tolist() == [0.139, 0.139, 1]


def test_pettitt_leaves_absent_points_out():
    times = np.array([2010, 2012, 2011, 2014, 2015])
    holed = pettitt([1, NAN, 2, 7, 8], times)
    whole = pettitt([1, 2, 7, 8], [2010, 2011, 2014, 2015])
    assert holed == whole
    assert holed.last_before == 2011
    assert np.isnan(pettitt([NAN, 3.0], [1, 2]).p_value)
    assert pettitt(np.ones((3, 0)), []).p_value.shape == (3,)
