"""Slope and relative index of inequality where rates of few events vary on the log scale around a straight line."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from sozialanalyse.statistics import inequality_index

RATES = np.array([15.2, 13.4, 11.0, 9.0, 5.9])
RESIDENTS = [4000, 3900, 3700, 3900, 3600]
ERRORS = [0.13, 0.14, 0.16, 0.17, 0.22]


def test_skewed_limits_as_in_a_plain_simulation():
    ours = inequality_index(RATES, RESIDENTS, ERRORS, varies="log")
    drawn = np.exp(np.log(RATES) + np.random.default_rng(1).normal(size=(200_000, 5)) * ERRORS)
    share = np.array(RESIDENTS) / np.sum(RESIDENTS)
    slope, first = np.polyfit(np.cumsum(share) - share / 2, drawn.T, 1, w=np.sqrt(share))
    for name, simulated in (("slope", slope), ("ratio", (first + slope) / first)):
        limits = [getattr(ours, f"{name}_lower"), getattr(ours, f"{name}_upper")]
        np.testing.assert_allclose(limits, np.quantile(simulated, [0.025, 0.975]), rtol=0.01)


def test_the_index_itself_and_equal_scales_are_unchanged():
    plain, skewed = (inequality_index(RATES, RESIDENTS, ERRORS, varies=way) for way in (None, "log"))
    assert (plain.slope, plain.ratio, plain.intercept) == (skewed.slope, skewed.ratio, skewed.intercept)
    curve = inequality_index(RATES, RESIDENTS, ERRORS, scale="log")
    assert curve == inequality_index(RATES, RESIDENTS, ERRORS, scale="log", varies="log")


def test_many_areas_at_once_the_same_at_every_run():
    table = np.stack([RATES, RATES[::-1], [1.0, 2, 3, 4, np.nan]])
    together = inequality_index(table, [RESIDENTS] * 3, [ERRORS] * 3, varies="log")
    alone = inequality_index(RATES[::-1], RESIDENTS, ERRORS, varies="log")
    for one, other in zip(together, alone, strict=True):
        assert one[1] == other
        assert np.isnan(one[2])


def test_evenly_spread_points_place_a_single_group_of_quantiles():
    """With no error but in the last group its share of the slope is normal on the log scale: the limits are known."""
    errors = [0, 0, 0, 0, 0.2]
    ours = inequality_index(RATES, [1] * 5, errors, varies="log")
    limits = [inequality_index([*RATES[:4], RATES[4] * np.exp(0.2 * z)], [1] * 5, [0] * 5).slope for z in (-1.96, 1.96)]
    np.testing.assert_allclose([ours.slope_lower, ours.slope_upper], limits, rtol=2e-3)
    assert norm.ppf(0.975) == pytest.approx(1.96, abs=1e-4)


def test_values_must_fit_the_scale_on_which_they_vary():
    with pytest.raises(ValueError, match="not positive, which the scale 'log' needs"):
        inequality_index([0.0, *RATES[1:]], RESIDENTS, ERRORS, varies="log")
    with pytest.raises(ValueError, match="varies is 'square', but must be"):
        inequality_index(RATES, RESIDENTS, ERRORS, varies="square")
