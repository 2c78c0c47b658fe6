"""Trends of counts: as statsmodels, edge cases, and the level held for stocks of mostly the same people."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from sozialanalyse.statistics import (
    EVENTS_FROM,
    TREND_FROM,
    effective_points,
    estimated_persistence,
    false_alarm_share,
    persistence_share,
    pooled_dispersion,
    proportion_trend,
    rate_trend,
    trendless_series,
    trendless_stocks,
    value_trend,
)

NAN = float("nan")
DATES = np.array([2007.0, 2009.0, 2011.0, 2013.0, 2014.0, 2015.0, 2017.0])
DESIGN = sm.add_constant(DATES - 2012)


def counts(*, seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    trials = generator.integers(60, 900, size=(12, 7)).astype(float)
    return generator.binomial(trials.astype(int), 0.25).astype(float), trials


def test_a_proportion_as_in_statsmodels():
    events, trials = counts(seed=1)
    ours = proportion_trend(events, trials, DATES, dispersion="estimated")
    for row, (x, n) in enumerate(zip(events, trials, strict=True)):
        peer = sm.GLM(np.stack([x, n - x], axis=1), DESIGN, family=sm.families.Binomial()).fit(tol=1e-13)
        dispersion = peer.pearson_chi2 / 5
        assert ours.slope[row] == pytest.approx(peer.params[1], abs=1e-8)
        assert ours.intercept[row] + 2012 * ours.slope[row] == pytest.approx(peer.params[0], abs=1e-8)
        assert ours.dispersion[row] == pytest.approx(dispersion, rel=1e-8)
        assert ours.slope_error[row] == pytest.approx(peer.bse[1] * np.sqrt(dispersion), rel=1e-8)


def test_a_rate_as_in_statsmodels():
    events, exposure = counts(seed=2)
    ours = rate_trend(events, exposure, DATES, dispersion="estimated")
    for row, (x, n) in enumerate(zip(events, exposure, strict=True)):
        peer = sm.GLM(x, DESIGN, family=sm.families.Poisson(), exposure=n).fit(tol=1e-13, scale="X2")
        assert ours.slope[row] == pytest.approx(peer.params[1], abs=1e-8)
        assert ours.slope_error[row] == pytest.approx(peer.bse[1], rel=1e-8)
        assert ours.dispersion[row] == pytest.approx(peer.scale, rel=1e-8)


def test_values_with_weights_and_with_persistence_as_in_statsmodels():
    generator = np.random.default_rng(3)
    values, weights = generator.normal(size=(6, 7)), generator.integers(20, 300, size=(6, 7))
    weighted, persistent = value_trend(values, DATES, weights=weights), value_trend(values, DATES, persistence=0.6)
    correlations = 0.6 ** np.abs(DATES[:, np.newaxis] - DATES)
    for row, y in enumerate(values):
        for ours, peer in (
            (weighted, sm.WLS(y, DESIGN, weights=weights[row]).fit()),
            (persistent, sm.GLS(y, DESIGN, sigma=correlations).fit()),
        ):
            assert ours.slope[row] == pytest.approx(peer.params[1], abs=1e-10)
            assert ours.p_value[row] == pytest.approx(peer.pvalues[1], abs=1e-10)
            assert (ours.lower[row], ours.upper[row]) == pytest.approx(tuple(peer.conf_int()[1]), abs=1e-10)


def test_of_two_judgements_the_more_careful_counts():
    events, trials = counts(seed=4)
    ways = {way: proportion_trend(events, trials, DATES, dispersion=way) for way in ("none", "estimated", "at_least_1")}
    larger = np.maximum(ways["none"].p_value, ways["estimated"].p_value)
    np.testing.assert_allclose(ways["at_least_1"].p_value, larger)
    for name, pick in (("lower", np.minimum), ("upper", np.maximum)):
        widest = pick(getattr(ways["none"], name), getattr(ways["estimated"], name))
        np.testing.assert_allclose(getattr(ways["at_least_1"], name), widest)


def test_with_two_bounds_the_least_favourable_persistence_counts():
    events, trials = counts(seed=5)
    between = proportion_trend(events, trials, DATES, persistence=(0.3, 0.8))
    for share in (0.3, 0.5, 0.8):
        assert (between.p_value >= proportion_trend(events, trials, DATES, persistence=share).p_value - 1e-12).all()
    assert set(between.persistence.round(2)) <= {0.3, 0.4, 0.5, 0.6, 0.7, 0.8}


def test_both_sides_of_the_fewest_points_and_events():
    assert (TREND_FROM, EVENTS_FROM) == (5, 20)
    tested = proportion_trend([[4, 4, 4, 4, 4], [4, 4, 4, 4, 3], [5, 5, 5, 5, NAN]], 100.0, range(5)).p_value
    np.testing.assert_array_equal(np.isnan(tested), [False, True, True])
    most = proportion_trend([[96, 96, 96, 96, 96], [96, 96, 96, 96, 97]], 100.0, range(5)).p_value
    np.testing.assert_array_equal(np.isnan(most), [False, True])


def test_nothing_or_everything_has_no_trend():
    result = proportion_trend([[0] * 6, [50] * 6, [NAN] * 6], 50.0, range(6))
    np.testing.assert_array_equal(result.p_value, [1, 1, NAN])
    np.testing.assert_array_equal(result.slope[:2], [0, 0])
    assert rate_trend([0] * 6, 50.0, range(6)).p_value == 1
    assert value_trend([7.0] * 6, range(6)).p_value == 1


def test_a_series_that_is_constant_but_not_empty_has_p_1():
    assert proportion_trend([10] * 6, 50.0, range(6)).p_value == pytest.approx(1)


@pytest.mark.parametrize("persistence", [0.0, 0.6])
def test_absent_points_and_order_make_no_difference(persistence):
    events, trials = counts(seed=6)
    whole = proportion_trend(events, trials, DATES, persistence=persistence)
    order = [6, 2, 7, 0, 3, 5, 1, 4]
    padded = np.insert(events, 7, NAN, axis=1)[:, order], np.insert(trials, 7, 0, axis=1)[:, order]
    shuffled = proportion_trend(*padded, np.append(DATES, 2031)[order], persistence=persistence)
    for name in vars(whole):
        np.testing.assert_allclose(getattr(whole, name), getattr(shuffled, name), rtol=1e-9)


def test_series_of_any_leading_shape():
    events, trials = counts(seed=7)
    cube = proportion_trend(events.reshape(3, 4, 7), trials.reshape(3, 4, 7), DATES)
    np.testing.assert_allclose(cube.p_value.ravel(), proportion_trend(events, trials, DATES).p_value)
    assert proportion_trend(np.ones((0, 7)), 5.0, DATES).p_value.shape == (0,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: proportion_trend([6], [5], [1]), "1 of 1 events exceed the trials"),
        (lambda: rate_trend([-1], [5], [1]), "1 of 1 events are negative"),
        (lambda: rate_trend([1], [-5], [1]), "1 of 1 trials, exposures or weights are negative"),
        (lambda: rate_trend([1, 2], [5, 5], [1, 1]), "the times of a series must be distinct"),
        (lambda: rate_trend([1], [5], [1], persistence=1.0), "persistences are not from 0 to below 1"),
        (lambda: rate_trend([1], [5], [1], persistence=(0.2, 1.2)), "persistences are not from 0 to below 1"),
        (lambda: rate_trend([1], [5], [1], dispersion="guessed"), "dispersion is 'guessed', but must be one of"),
        (lambda: rate_trend([1], [5], [1], confidence=95), "must be a fraction"),
    ],
)
def test_unusable_counts_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("years", [5, 8, 15])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.8])
def test_stocks_that_do_not_change_alarm_in_at_most_6_percent(years, share):
    stocks = trendless_stocks(1500, years, residents=300, share=0.1, persistence=share, seed=years)
    times = np.arange(float(years))

    def known(some):
        return proportion_trend(some, 300.0, times, persistence=share).p_value

    def between(some):
        return proportion_trend(some, 300.0, times, persistence=(0.3, 0.8), dispersion="none").p_value

    assert false_alarm_share(known, stocks) <= 0.06
    assert false_alarm_share(between, stocks) <= 0.06


def test_taken_for_independent_years_the_same_stocks_alarm_in_a_fifth():
    stocks = trendless_stocks(1500, 15, residents=300, share=0.1, persistence=0.8, seed=1)
    assert false_alarm_share(lambda some: proportion_trend(some, 300.0, np.arange(15.0)).p_value, stocks) > 0.18


def test_a_trend_of_eight_percent_a_year_is_found_in_ten_years():
    generator = np.random.default_rng(2)
    chances = 1 / (1 + np.exp(1.4 - 0.08 * np.arange(10)))
    found = proportion_trend(generator.binomial(300, chances, size=(1000, 10)), 300.0, range(10)).p_value
    assert np.mean(found <= 0.05) > 0.9


def test_a_dispersion_pooled_over_areas_brings_power_to_short_series():
    generator = np.random.default_rng(3)
    chances = 1 / (1 + np.exp(1.4 - 0.15 * np.arange(5)))
    drawn = generator.binomial(300, chances, size=(800, 5))
    alone = proportion_trend(drawn, 300.0, range(5))
    value, freedom = pooled_dispersion(alone)
    together = proportion_trend(drawn, 300.0, range(5), pooled=(value, freedom))
    assert value == pytest.approx(1, abs=0.1)
    assert freedom == 800 * 3
    assert np.mean(together.p_value <= 0.05) > 1.3 * np.mean(alone.p_value <= 0.05)


def test_the_share_who_stayed_is_the_correlation_of_two_dates():
    assert persistence_share([800, 640, NAN, 0], 1000, 1000, years=[1, 2, 1, 1]).round(3).tolist()[:2] == [0.8, 0.8]
    assert persistence_share(800, 1000, 640 + 160 + 1600 - 1400) == pytest.approx(0.8)
    assert np.isnan(persistence_share(0, 0, 10))
    with pytest.raises(ValueError, match="exceed those counted"):
        persistence_share(11, 10, 20)
    with pytest.raises(ValueError, match="distances in years are not positive"):
        persistence_share(5, 10, 20, years=0)


def test_ten_persistent_years_are_worth_two():
    assert effective_points(range(10), [0, 0.8, 1]).round(1).tolist() == [10, 1.8, 1]


def test_stocks_are_as_persistent_as_they_were_drawn():
    stocks = trendless_stocks(4000, 6, residents=500, share=0.2, persistence=0.7, seed=5)
    assert stocks.mean() == pytest.approx(100, abs=0.5)
    assert np.corrcoef(stocks[:, 2], stocks[:, 3])[0, 1] == pytest.approx(0.7, abs=0.03)


def test_many_areas_tell_their_persistence_and_few_do_not():
    drawn = trendless_series(400, 8, 0.6, seed=6)
    found = estimated_persistence(drawn, range(8))
    assert found.lower < 0.6 < found.upper
    assert found.estimate == pytest.approx(0.6, abs=0.12)
    assert np.isnan(estimated_persistence(drawn[:19], range(8))).all()
    assert not np.isnan(estimated_persistence(drawn[:20], range(8))).any()
    assert np.isnan(estimated_persistence(drawn[:, :3], range(3))).all()
