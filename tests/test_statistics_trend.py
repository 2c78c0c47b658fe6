"""Mann-Kendall and Theil-Sen: known series, brute force, peers, and what must not change the answer."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pymannkendall
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import kendalltau, theilslopes

from sozialanalyse.statistics import EXACT_LIMIT, MINIMUM_POINTS, mann_kendall, slopes, theil_sen

NAN = float("nan")
IRREGULAR = np.array([2007.0, 2009.0, 2011.0, 2013.0, 2014.0, 2015.0, 2017.0])
WITH_TIES = arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(5, 12)), elements=st.integers(0, 6).map(float))
UNTIED = st.integers(5, 14).flatmap(lambda points: st.permutations(range(points))).map(lambda x: np.array(x, float))


def score_by_hand(values: np.ndarray) -> int:
    return sum(int(np.sign(values[j] - values[i])) for i in range(len(values)) for j in range(i + 1, len(values)))


def p_by_enumeration(values: np.ndarray) -> float:
    """Share of all orders of the values whose score is as far from 0 as that of the given order, or farther."""
    observed = abs(score_by_hand(values))
    scores = [abs(score_by_hand(np.array(order))) for order in permutations(values)]
    return sum(score >= observed for score in scores) / len(scores)


@pytest.mark.parametrize(
    ("values", "score", "tau_b", "p_value"),
    [
        ([1, 2, 3, 4, 5], 10, 1.0, 2 / 120),
        ([5, 4, 3, 2, 1], -10, -1.0, 2 / 120),
        ([1, 2, 3, 5, 4], 8, 0.8, 2 * 5 / 120),
        ([2, 1, 4, 3, 5], 6, 0.6, 2 * 14 / 120),
        ([1, 1, 2, 2, 3], 8, 8 / math.sqrt(10 * 8), 2 / 30),  # 5! / (2! 2!) = 30 orders
        ([4, 8, 4, 8, 4, 8], 3, 3 / math.sqrt(15 * 9), 14 / 20),  # +100 % in the naive reading of first to last
        ([3, 3, 3, 3, 3], 0, NAN, 1.0),
    ],
)
def test_known_series(values: list[float], score: int, tau_b: float, p_value: float) -> None:
    result = mann_kendall(values, np.arange(len(values)))
    assert result.score == score
    assert result.tau_b == pytest.approx(tau_b, nan_ok=True)
    assert result.p_value == pytest.approx(p_value)
    assert result.method == "exact"


def test_both_sides_of_the_smallest_number_of_points() -> None:
    result = mann_kendall([[1, 2, 3, 4, NAN], [1, 2, 3, 4, 5], [NAN] * 5, [NAN, NAN, 7, NAN, NAN]], range(5))
    assert MINIMUM_POINTS == 5
    assert result.points.tolist() == [4, 5, 0, 1]
    np.testing.assert_array_equal(result.score, [6, 10, NAN, NAN])
    np.testing.assert_allclose(result.p_value, [NAN, 2 / 120, NAN, NAN])
    assert result.method.tolist() == ["none", "exact", "none", "none"]


def test_both_sides_of_the_exact_limit() -> None:
    values = np.sin(np.arange(31) * 12.9898) + np.arange(31) / 20
    exact = mann_kendall(values[:EXACT_LIMIT], range(EXACT_LIMIT))
    normal = mann_kendall(values, range(31))
    assert EXACT_LIMIT == 30
    assert (exact.method, normal.method) == ("exact", "normal")
    assert exact.p_value == pytest.approx(kendalltau(range(30), values[:30], method="exact").pvalue)
    assert normal.p_value == pytest.approx(pymannkendall.original_test(values).p)
    assert normal.p_value == pytest.approx(float(mann_kendall(values, range(31), method="exact").p_value), abs=0.003)


@given(arrays(np.float64, st.integers(5, 7), elements=st.integers(0, 4).map(float)))
@settings(max_examples=25, deadline=None)
def test_exact_p_by_enumerating_all_orders(values: np.ndarray) -> None:
    assert mann_kendall(values, range(values.size)).p_value == pytest.approx(p_by_enumeration(values), abs=1e-12)


@given(UNTIED)
@settings(deadline=None)
def test_exact_p_without_ties_as_in_scipy(values: np.ndarray) -> None:
    peer = kendalltau(np.arange(values.size), values, method="exact")
    ours = mann_kendall(values, np.arange(values.size))
    assert ours.p_value == pytest.approx(peer.pvalue, rel=1e-9)
    assert ours.tau_b == pytest.approx(peer.statistic, abs=1e-12)


@given(WITH_TIES)
@settings(deadline=None)
def test_score_variance_tau_and_normal_p_as_in_pymannkendall(table: np.ndarray) -> None:
    ours = mann_kendall(table, np.arange(table.shape[1]), method="normal")
    for row, values in enumerate(table):
        peer = pymannkendall.original_test(values)
        assert ours.score[row] == peer.s == score_by_hand(values)
        assert ours.variance[row] == pytest.approx(peer.var_s)
        assert ours.tau_a[row] == pytest.approx(peer.Tau, abs=1e-12)
        assert ours.p_value[row] == pytest.approx(peer.p, abs=1e-12)


@given(WITH_TIES)
@settings(deadline=None)
def test_tau_b_with_ties_as_in_scipy(table: np.ndarray) -> None:
    ours = mann_kendall(table, np.arange(table.shape[1]))
    peers = [kendalltau(np.arange(table.shape[1]), values).statistic for values in table]
    np.testing.assert_allclose(ours.tau_b, peers, atol=1e-12)


def test_without_continuity_correction_the_normal_p_is_smaller() -> None:
    values, times = [4.3, 4.1, 4.4, 4.6, 5.0, 4.9, 5.2, 5.8, 5.7, 6.1, 6.0], range(11)
    corrected = mann_kendall(values, times, method="normal")
    plain = mann_kendall(values, times, method="normal", continuity=False)
    assert corrected.p_value == pytest.approx(0.000342157, abs=1e-9)
    assert plain.p_value == pytest.approx(0.000253256, abs=1e-9)


@given(WITH_TIES)
@settings(deadline=None)
def test_reversed_time_flips_the_trend(table: np.ndarray) -> None:
    times = np.arange(table.shape[1])
    there, back = mann_kendall(table, times), mann_kendall(table, -times)
    np.testing.assert_array_equal(there.score, -back.score)
    np.testing.assert_array_equal(there.p_value, back.p_value)
    np.testing.assert_allclose(theil_sen(table, times).slope, -theil_sen(table, -times).slope)


@given(WITH_TIES)
@settings(deadline=None)
def test_rising_transformations_leave_the_test_unchanged(table: np.ndarray) -> None:
    times = np.arange(table.shape[1])
    plain, bent = mann_kendall(table, times), mann_kendall(np.exp(table), times**3)
    for name in ("score", "points", "variance", "tau_b", "p_value", "method"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(bent, name))


@given(WITH_TIES, st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_points_in_any_order_and_absent_points_make_no_difference(table: np.ndarray, seed: int) -> None:
    generator = np.random.default_rng(seed)
    times = generator.permutation(100)[: table.shape[1]].astype(float)
    padded = np.concatenate([table, np.full((len(table), 2), NAN)], axis=1)
    own_times = np.broadcast_to(np.append(times, [500, NAN]), padded.shape)
    order = generator.permutation(padded.shape[1])
    for verb in (mann_kendall, theil_sen):
        shared, own = verb(table, times), verb(padded[:, order], own_times[:, order])
        for name in vars(shared):
            np.testing.assert_array_equal(getattr(shared, name), getattr(own, name))


@given(WITH_TIES, st.data())
@settings(deadline=None)
def test_an_absent_value_is_as_good_as_no_point(table: np.ndarray, data: st.DataObject) -> None:
    times = np.cumsum(np.arange(1.0, table.shape[1] + 1))
    absent = data.draw(st.integers(0, table.shape[1] - 1))
    holed = table.copy()
    holed[:, absent] = NAN
    for verb in (mann_kendall, theil_sen):
        with_hole, without = verb(holed, times), verb(np.delete(table, absent, axis=1), np.delete(times, absent))
        for name in vars(without):
            np.testing.assert_array_equal(getattr(with_hole, name), getattr(without, name))


def test_series_have_any_leading_shape() -> None:
    cube = np.random.default_rng(7).normal(size=(2, 3, 8))
    for verb in (mann_kendall, theil_sen):
        together, alone = verb(cube, range(8)), verb(cube[1, 2], range(8))
        for name in vars(alone):
            assert getattr(together, name).shape == (2, 3)
            assert getattr(together, name)[1, 2] == getattr(alone, name)


@pytest.mark.parametrize("shape", [(0, 6), (3, 0), (3, 1)])
def test_nothing_in_gives_nothing_out(shape: tuple[int, int]) -> None:
    test, line = mann_kendall(np.ones(shape), range(shape[1])), theil_sen(np.ones(shape), range(shape[1]))
    assert test.p_value.shape == line.slope.shape == shape[:1]
    assert np.isnan(test.p_value).all()
    assert np.isnan(line.slope).all()


@pytest.mark.parametrize("verb", [mann_kendall, theil_sen])
@pytest.mark.parametrize(
    ("values", "times", "message"),
    [
        ([1, 2, 3], [2007, 2009, 2009], "1 of 3 times, put in order, equal the one before"),
        ([[1, 2], [3, 4]], [[1, 2], [5, 5]], "1 of 2 series have two points at one time.*the first at index 1"),
        ([1, 2, 3], [2007, 2009], r"found values \(3,\) and times \(2,\)"),
        (3, 2007, r"need times of shape \(points,\)"),
        ([1, np.inf, 3], [1, 2, 3], "1 of 3 values are infinite, the first at index 1"),
        ([1, 2], np.array(["2011-12-31", "2013-12-31"], dtype="datetime64[D]"), "times are dates; give numbers"),
    ],
)
def test_unusable_series_are_refused(verb: object, values: object, times: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        verb(values, times)


@pytest.mark.parametrize("verb", [mann_kendall, theil_sen])
def test_an_unknown_method_is_refused(verb: object) -> None:
    with pytest.raises(ValueError, match="must be 'auto', 'exact' or 'normal'"):
        verb([1, 2, 3], [1, 2, 3], method="bootstrap")


def test_slope_on_real_dates_respects_the_gaps() -> None:
    straight = 3 + 0.2 * (IRREGULAR - 2007)
    line = theil_sen(straight, IRREGULAR)
    assert line.slope == pytest.approx(0.2)
    assert line.lower == pytest.approx(0.2)
    assert line.upper == pytest.approx(0.2)
    assert line.intercept + line.slope * 2007 == pytest.approx(3)


def test_two_points_have_a_slope_and_four_no_limits() -> None:
    line = theil_sen([[1, NAN, NAN, NAN, 3], [1, 2, 3, 9, NAN], [1, 2, 3, 9, 4]], [0, 1, 2, 3, 4])
    assert line.slope.tolist() == [0.5, 11 / 6, 1.0]
    assert line.method.tolist() == ["none", "none", "exact"]
    np.testing.assert_array_equal(line.lower, [NAN, NAN, -5.0])
    np.testing.assert_array_equal(line.upper, [NAN, NAN, 6.0])


def test_four_points_bound_the_slope_at_90_percent() -> None:
    line = theil_sen([1, 2, 3, 9], [0, 1, 2, 3], confidence=0.9)
    assert (line.lower, line.upper) == (1.0, 6.0)  # all orders but 2 of 24: 91.7 %


def test_a_constant_series_has_the_slope_zero() -> None:
    for method in ("exact", "normal"):
        line = theil_sen([5.0] * 10, range(10), method=method)
        assert (line.slope, line.lower, line.upper) == (0, 0, 0)


def test_one_outlier_does_not_move_the_slope() -> None:
    values = np.arange(9.0)
    values[4] = 1000
    assert theil_sen(values, range(9)).slope == 1


@given(UNTIED)
@settings(deadline=None)
def test_exact_limits_leave_out_zero_just_when_the_test_is_significant(values: np.ndarray) -> None:
    line, test = theil_sen(values, np.arange(values.size)), mann_kendall(values, np.arange(values.size))
    assert (line.lower > 0 or line.upper < 0) == (test.p_value <= 1 - 0.95)


@pytest.mark.parametrize(("points", "confidence"), [(5, 0.95), (6, 0.95), (7, 0.95), (6, 0.8)])
def test_exact_limits_hold_their_confidence_over_all_orders(points: int, confidence: float) -> None:
    errors = np.sqrt(np.arange(1.0, points + 1))  # any unequal errors around a slope of 0
    line = theil_sen(list(permutations(errors)), range(points), confidence=confidence)
    covered = np.mean((line.lower < 0) & (line.upper > 0))
    assert covered >= confidence


@given(WITH_TIES)
@settings(deadline=None)
def test_slope_intercept_and_normal_limits_as_in_scipy(table: np.ndarray) -> None:
    times = np.cumsum(np.arange(table.shape[1]) % 3 + 1.0)
    ours = theil_sen(table, times, method="normal")
    for row, values in enumerate(table):
        peer = theilslopes(values, times, 0.95)
        assert ours.slope[row] == pytest.approx(peer.slope, abs=1e-12)
        assert ours.intercept[row] == pytest.approx(peer.intercept, abs=1e-9)
        if ours.method[row] == "normal":  # scipy gives the outermost slopes where too few points bound none
            limits = (ours.lower[row], ours.upper[row])
            assert limits == pytest.approx((peer.low_slope, peer.high_slope), abs=1e-12)


@given(WITH_TIES, st.integers(-50, 50))
@settings(deadline=None)
def test_adding_a_constant_leaves_the_slope(table: np.ndarray, constant: int) -> None:
    times = np.arange(table.shape[1])
    plain, lifted = theil_sen(table, times), theil_sen(table + constant, times)
    np.testing.assert_allclose(lifted.slope, plain.slope)
    np.testing.assert_allclose(lifted.lower, plain.lower)
    np.testing.assert_allclose(lifted.upper, plain.upper)
    np.testing.assert_allclose(lifted.intercept, plain.intercept + constant, atol=1e-9)


@given(WITH_TIES, st.sampled_from([-2.0, 0.25, 3.0]))
@settings(deadline=None)
def test_tilting_a_series_tilts_its_slope(table: np.ndarray, tilt: float) -> None:
    times = np.arange(table.shape[1])
    np.testing.assert_allclose(
        theil_sen(table + tilt * times, times).slope, theil_sen(table, times).slope + tilt, atol=1e-12
    )


def test_few_series_at_a_time_give_the_same_slopes(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(3)
    table = np.where(generator.random((50, 12)) < 0.1, NAN, generator.normal(size=(50, 12)))
    own_times = np.cumsum(generator.random((50, 12)) + 0.1, axis=1)
    for times in (np.arange(12.0), own_times):
        whole = theil_sen(table, times)
        with monkeypatch.context() as patch:
            patch.setattr(slopes, "SLOPES_AT_ONCE", 200)
            parts = theil_sen(table, times)
        for name in vars(whole):
            np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))
