"""Direct and indirect standardisation, and the t interval of a mean."""

from __future__ import annotations

import numpy as np
import pytest

from sozialanalyse.statistics import (
    DIRECT_FROM,
    ESP_2013,
    direct_standardisation,
    indirect_standardisation,
    mean_interval,
)

TWO_BANDS = [0.5, 0.5]


@pytest.mark.parametrize(
    ("events", "value", "lower", "upper"),
    [
        (9, np.nan, np.nan, np.nan),  # one too few
        (10, 0.005, 0.002393725, 0.009195729),
    ],
)
def test_a_direct_rate_is_given_from_ten_events(events: int, value: float, lower: float, upper: float) -> None:
    rate = direct_standardisation([[events, 0]], [[1000, 1000]], TWO_BANDS)
    assert DIRECT_FROM == 10
    assert rate.events.tolist() == [events]
    assert [rate.value[0], rate.lower[0], rate.upper[0]] == pytest.approx([value, lower, upper], nan_ok=True, abs=1e-9)


def test_the_standard_is_a_structure_of_any_scale() -> None:
    events, population = [[20, 30], [40, 10]], [[1000, 500], [2000, 250]]
    once, often = (direct_standardisation(events, population, [scale, 3 * scale]) for scale in (1, 1000))
    assert once.value.tolist() == pytest.approx(often.value.tolist()) == [0.05, 0.035]


def test_bundles_widen_the_interval_and_leave_the_rate() -> None:
    single = direct_standardisation([[6, 6]], [[1000, 500]], TWO_BANDS)
    in_threes = direct_standardisation([[6, 6]], [[1000, 500]], TWO_BANDS, squared_bundles=[[18, 6]])
    assert single.value == in_threes.value == pytest.approx(0.009)
    assert (single.lower[0], single.upper[0]) == pytest.approx((0.00440957, 0.01608576), abs=1e-8)
    assert (in_threes.lower[0], in_threes.upper[0]) == pytest.approx((0.00356853, 0.01738399), abs=1e-8)


def test_the_gamma_interval_is_given_without_events() -> None:
    rate = direct_standardisation([[0, 0]], [[1000, 500]], TWO_BANDS, method="gamma")
    assert (rate.value[0], rate.lower[0]) == (0, 0)
    assert rate.upper[0] == pytest.approx(0.0036888795)


def test_a_missing_band_makes_the_rate_missing() -> None:
    rate = direct_standardisation([[20, np.nan], [20, 0], [20, 5]], [[900, 900], [900, 0], [900, 900]], TWO_BANDS)
    assert np.isnan(rate.value).tolist() == [True, True, False]
    assert np.isnan(rate.upper).tolist() == [True, True, False]


def test_a_band_without_weight_needs_no_residents() -> None:
    assert direct_standardisation([20, 0], [1000, 0], [1, 0]).value == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("events", "population", "message"),
    [
        ([[12, -1]], [[900, 900]], r"1 of 2 events are negative, the first at index \(0, 1\)"),
        ([[12, 1]], [[900, 0]], "bands have events but no residents"),
        ([[12, 1]], [[900, -9]], "populations are negative"),
    ],
)
def test_impossible_bands_are_refused(events: list[list[int]], population: list[list[int]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        direct_standardisation(events, population, TWO_BANDS)


def test_unknown_methods_and_percentages_are_refused() -> None:
    with pytest.raises(ValueError, match="'dobson' or 'gamma'"):
        direct_standardisation([12, 1], [900, 90], TWO_BANDS, method="exact")
    with pytest.raises(ValueError, match="'poisson' or 'lognormal'"):
        indirect_standardisation([12, 1], [900, 90], [1, 1], [9, 9], method="exact")
    with pytest.raises(ValueError, match=r"did you mean 0\.95"):
        direct_standardisation([12, 1], [900, 90], TWO_BANDS, confidence=95)


def test_the_european_standard_population() -> None:
    assert len(ESP_2013) == 19
    assert sum(ESP_2013) == 100_000
    assert (ESP_2013[0], ESP_2013[9], ESP_2013[18]) == (5000, 7000, 1000)


@pytest.mark.parametrize(
    ("events", "ratio", "lower", "upper"),
    [
        (0, 0.0, 0.0, 0.184443973),
        (9, 0.45, 0.205768655, 0.854240173),  # the last exact one
        (10, 0.5, 0.239372496, 0.919572930),  # the first of Byar's
    ],
)
def test_ratios_to_twenty_expected_events(events: int, ratio: float, lower: float, upper: float) -> None:
    result = indirect_standardisation([[events, 0]], [[1000, 1000]], [5, 15], [1000, 1000])
    assert (result.expected.tolist(), result.reference_rate.tolist()) == ([20.0], [0.01])
    assert [result.ratio[0], result.lower[0], result.upper[0]] == pytest.approx([ratio, lower, upper], abs=1e-8)


def test_lognormal_limits_of_a_ratio_need_an_event() -> None:
    result = indirect_standardisation([[4, 0], [0, 0]], [[1000, 1000]] * 2, [5, 15], [1000, 1000], method="lognormal")
    assert (result.lower[0], result.upper[0]) == pytest.approx((0.075063571, 0.532881652))
    assert np.isnan(result.upper).tolist() == [False, True]


def test_an_empty_band_is_no_problem_for_a_ratio_but_a_missing_one_is() -> None:
    result = indirect_standardisation([[4, 0], [4, np.nan]], [[1000, 0], [1000, 0]], [5, 15], [1000, 1000])
    assert result.ratio.tolist() == pytest.approx([0.8, np.nan], nan_ok=True)


def test_nothing_expected_gives_no_ratio() -> None:
    assert np.isnan(indirect_standardisation([0, 0], [0, 0], [5, 15], [1000, 1000]).ratio)


def test_means_of_few_and_many() -> None:
    lower, upper = mean_interval([10, 10, 10, 10, np.nan], [2, 2, np.nan, 0, 1], [2, 30, 1, 5, 9])
    assert lower.round(4).tolist()[:2] == [-7.9693, 9.2532]
    assert upper.round(4).tolist()[:2] == [27.9693, 10.7468]
    assert np.isnan(lower).tolist() == [False, False, True, False, True]
    assert (lower[3], upper[3]) == (10, 10)


def test_one_measurement_has_no_interval_and_two_have() -> None:
    assert np.isnan(mean_interval(10, 2, [0, 1, 2])[0]).tolist() == [True, True, False]


def test_impossible_means_are_refused() -> None:
    with pytest.raises(ValueError, match="standard deviations are negative"):
        mean_interval(1, -1, 3)
    with pytest.raises(ValueError, match="counts are negative"):
        mean_interval(1, 1, -3)
