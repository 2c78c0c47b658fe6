"""Two dates, pooled slopes and leave-one-out: hand-made cases, laws and simulated levels."""

from __future__ import annotations

import numpy as np
import pytest

from sozialanalyse.statistics import (
    difference_interval,
    false_alarm_share,
    leave_one_out,
    mann_kendall,
    pooled_slopes,
    proportion_change,
    rate_change,
    rate_interval,
    trend_verdict,
    trendless_stocks,
    wilson_interval,
)

NAN = float("nan")


def test_without_correlation_it_is_newcombes_interval():
    ours = proportion_change((56, 70), (48, 80))
    lower_1, upper_1 = wilson_interval(56, 70)
    lower_2, upper_2 = wilson_interval(48, 80)
    expected = difference_interval((56 / 70, lower_1, upper_1), (48 / 80, lower_2, upper_2))
    np.testing.assert_allclose(ours[2:5], expected)
    np.testing.assert_allclose(np.abs(ours[2:5]), [0.2, 0.3339, 0.0524], atol=5e-5)  # as in Newcombe's table


def test_a_rate_takes_the_limits_of_counts():
    ours = rate_change((8, 400.0), (20, 500.0))
    limits = [(x / n, *rate_interval(x, n)) for x, n in ((8, 400.0), (20, 500.0))]
    np.testing.assert_allclose(ours[2:5], difference_interval(*limits))


def test_the_same_people_at_both_dates_show_a_change_more_clearly():
    strangers, mostly_same = (proportion_change((40, 400), (55, 400), correlation=r) for r in (0.0, 0.8))
    assert mostly_same.upper - mostly_same.lower < strangers.upper - strangers.lower
    assert mostly_same.p_value < 0.01
    assert strangers.p_value > 0.05


def test_both_sides_of_the_fewest_events():
    change = proportion_change(([5, 5, 96], [100, 100, 100]), ([5, 4, 95], [100, 100, 100]))
    assert np.isnan(change.p_value).tolist() == [False, True, True]
    assert change.p_value[0] == 1
    assert np.isnan(rate_change((NAN, 10), (30, 10)).p_value)
    assert np.isnan(proportion_change((0, 0), (30, 100)).difference)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.8])
@pytest.mark.parametrize(("residents", "part"), [(100, 0.2), (300, 0.05), (2000, 0.01)])
def test_stocks_that_do_not_change_alarm_in_at_most_6_percent(share, residents, part):
    stocks = trendless_stocks(4000, 4, residents=residents, share=part, persistence=share, seed=9)
    margin = 2 * np.sqrt(0.06 * 0.94 / 4000)

    def two_dates(some):
        return proportion_change((some[:, 0], residents), (some[:, 1], residents), correlation=share).p_value

    assert false_alarm_share(two_dates, stocks) <= 0.06 + margin


def test_a_common_change_is_no_evidence_about_an_area():
    pooled = pooled_slopes([0.05, 0.06, 0.04, 0.05, 0.06, 0.05, 0.0], [0.03] * 7)
    assert pooled.common_p < 0.01
    assert pooled.between == 0
    np.testing.assert_allclose(pooled.shrunken, pooled.common)  # chance alone explains their spread
    assert (pooled.deviation_p > 0.05).all()
    assert pooled.deviation[6] == pytest.approx(0.0 - 0.31 / 6)


def test_what_is_certain_is_hardly_drawn_to_the_mean():
    pooled = pooled_slopes([0.0, 0.1, -0.1, 0.2, -0.2, 0.3], [0.001, 0.1, 0.1, 0.1, 0.1, 0.1])
    moved = np.abs(pooled.shrunken - [0.0, 0.1, -0.1, 0.2, -0.2, 0.3])
    assert moved[0] < 0.001 < moved[1:].min()
    assert ((pooled.shrunken_lower < pooled.shrunken) & (pooled.shrunken < pooled.shrunken_upper)).all()


def test_the_variance_between_areas_solves_its_equation():
    slopes, errors = np.array([0.1, -0.2, 0.3, 0.0, 0.25, -0.1]), np.array([0.05, 0.04, 0.06, 0.05, 0.03, 0.05])
    pooled = pooled_slopes(slopes, errors)
    weights = 1 / (pooled.between + errors**2)
    assert (weights * (slopes - pooled.common) ** 2).sum() == pytest.approx(5)
    assert pooled.common == pytest.approx((weights * slopes).sum() / weights.sum())


def test_areas_without_a_slope_take_no_part_and_four_are_too_few():
    five = pooled_slopes([0.1, 0.2, NAN, 0.1, 0.2, 0.1], [0.1] * 6)
    assert np.isnan(five.shrunken).tolist() == [False, False, True, False, False, False]
    assert not np.isnan(five.common)
    four = pooled_slopes([0.1, 0.2, NAN, 0.1, 0.2], [0.1] * 5)
    assert np.isnan(four.common)
    assert np.isnan(four.deviation_p).all()
    with pytest.raises(ValueError, match="standard errors are not positive"):
        pooled_slopes([0.1], [0.0])
    with pytest.raises(ValueError, match="slopes and errors need one shape"):
        pooled_slopes([0.1], [0.1, 0.2])


def test_areas_that_move_alike_or_differ_by_chance_deviate_in_about_5_percent():
    generator = np.random.default_rng(4)
    for between in (0.0, 0.03):
        p_values = [
            pooled_slopes(0.05 + between * generator.normal(size=40) + 0.03 * generator.normal(size=40), [0.03] * 40)
            for _ in range(60)
        ]
        assert np.mean([part.deviation_p <= 0.05 for part in p_values]) <= 0.06


def verdict(some):
    test = mann_kendall(some, range(some.shape[1]))
    return trend_verdict(test.score, test.p_value)


def test_one_point_that_decides_is_named():
    found = leave_one_out(verdict, [[1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 3, 4, 7, 6, 5, 8], [3, 1, 2, 5, 4, 3, 1, 2]])
    assert found.verdict.tolist() == [1, 1, 0]
    assert found.stable.tolist() == [True, False, True]
    assert found.decisive.tolist() == [-1, 2, -1]
    assert found.kept.tolist()[0] == 8


def test_absent_points_are_not_left_out_twice():
    found = leave_one_out(verdict, [[1, 2, NAN, 3, 4, 5, 6, 7], [NAN] * 8])
    assert found.points.tolist() == [7, 0]
    assert found.kept.tolist() == [7, 0]
    assert found.stable.tolist() == [True, False]
    with pytest.raises(ValueError, match=r"need the shape \(series, points\)"):
        leave_one_out(verdict, [1, 2, 3])
