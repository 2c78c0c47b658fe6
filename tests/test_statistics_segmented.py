"""Segmented regression: known bends, an exhaustive search by brute force, and false alarms."""

from __future__ import annotations

import numpy as np
import pytest

from sozialanalyse.statistics import SEGMENTED_FROM, segmented_line

NAN = float("nan")
YEARS = np.arange(2010.0, 2024.0)


def squares_at(bend: float, values: np.ndarray, times: np.ndarray) -> float:
    design = np.stack([np.ones_like(times), times, np.maximum(times - bend, 0)], axis=1)
    residuals = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    return float(residuals @ residuals)


def test_two_exact_pieces_are_found():
    values = 5 + 0.5 * (YEARS - 2010) - 1.5 * np.maximum(YEARS - 2016.4, 0)
    line = segmented_line(values, YEARS)
    assert line.bend == pytest.approx(2016.4)
    assert (line.slope_before, line.slope_after) == (pytest.approx(0.5), pytest.approx(-1.0))
    assert line.intercept + 2010 * line.slope_before == pytest.approx(5)
    assert line.p_value < 1e-8


@pytest.mark.parametrize("seed", range(6))
def test_no_place_on_a_fine_grid_fits_better(seed):
    values = np.random.default_rng(seed).normal(size=14)
    line = segmented_line(values, YEARS)
    grid = np.linspace(YEARS[2], YEARS[-3], 1101)
    assert line.residual_squares <= min(squares_at(bend, values, YEARS - 2016) for bend in grid - 2016) + 1e-9
    assert line.residual_squares == pytest.approx(squares_at(float(line.bend) - 2016, values, YEARS - 2016))


def test_both_sides_of_the_fewest_points():
    values = [1.0, 2, 3, 4, 5, 4, 3, 2, 1, 0]
    assert SEGMENTED_FROM == 10
    assert segmented_line(values, range(10)).bend == 4
    short = segmented_line([*values[:9], NAN], range(10))
    assert np.isnan([short.bend, short.p_value, short.slope_before]).all()
    assert short.points == 9


def test_a_straight_line_and_a_constant_do_not_bend():
    lines = segmented_line([[3.0] * 14, (2 * YEARS - 7).tolist()], YEARS)
    assert np.isnan(lines.bend).all()
    assert lines.p_value.tolist() == [1, 1]
    np.testing.assert_allclose(lines.slope_after, [0, 2], atol=1e-12)


def test_chance_alone_bends_in_at_most_6_percent():
    noise = np.random.default_rng(8).normal(size=(800, 12))
    assert np.mean(segmented_line(noise, range(12)).p_value <= 0.05) <= 0.06


def test_series_of_any_shape_each_with_its_own_times():
    generator = np.random.default_rng(9)
    table, times = generator.normal(size=(2, 2, 14)), np.cumsum(generator.random((2, 2, 14)) + 0.2, axis=-1)
    together, alone = segmented_line(table, times), segmented_line(table[1, 0], times[1, 0])
    for name in vars(alone):
        assert getattr(together, name).shape == (2, 2)
        assert getattr(together, name)[1, 0] == getattr(alone, name)
    assert segmented_line(np.ones((0, 14)), YEARS).bend.shape == (0,)


def test_limits_are_those_of_a_wider_and_a_narrower_confidence():
    values = np.random.default_rng(1).normal(size=14) + np.abs(YEARS - 2016)
    narrow, wide = (segmented_line(values, YEARS, confidence=level) for level in (0.8, 0.99))
    assert wide.slope_after_lower < narrow.slope_after_lower < narrow.slope_after < narrow.slope_after_upper


def test_a_piece_of_one_point_is_refused():
    with pytest.raises(ValueError, match="piece_at_least is 1, but a line needs at least 2 points"):
        segmented_line(np.arange(12.0), range(12), piece_at_least=1)
