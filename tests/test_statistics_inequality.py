"""Inequality, segregation, gradients and decomposition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.statistics import (
    atkinson,
    decompose,
    gini,
    group_segregation,
    inequality_index,
    multigroup_segregation,
    structure_factors,
    theil,
    theil_parts,
)

INCOMES = st.lists(st.floats(0.1, 1e4), min_size=2, max_size=20)


def test_equal_shares_and_one_holder() -> None:
    values = [[3, 3, 3, 3], [0, 0, 0, 8]]
    assert gini(values).tolist() == pytest.approx([0, 0.75])
    assert gini(values, unbiased=True).tolist() == pytest.approx([0, 1])
    assert theil(values).tolist() == pytest.approx([0, np.log(4)])
    assert atkinson(values, 0.5).tolist() == pytest.approx([0, 0.75])
    assert atkinson(values, 1).tolist() == pytest.approx([0, 1])


def test_nothing_to_share_out_and_missing_values_have_no_inequality() -> None:
    values = [[0, 0], [1, np.nan]]
    assert np.isnan([gini(values), theil(values), atkinson(values, 0.5), atkinson(values, 1)]).all()


@given(INCOMES)
def test_the_gini_is_the_mean_difference(values: list[float]) -> None:
    y = np.array(values)
    assert gini(y) == pytest.approx(np.abs(y[:, np.newaxis] - y).mean() / (2 * y.mean()), abs=1e-9)


@given(INCOMES)
def test_weights_are_repetitions(values: list[float]) -> None:
    weights = np.arange(len(values)) % 3 + 1
    repeated = np.repeat(values, weights)
    for index in (gini, theil, lambda y, weights=None: atkinson(y, 2, weights=weights)):
        assert index(values, weights=weights) == pytest.approx(index(repeated), abs=1e-9)


@given(INCOMES)
def test_the_parts_of_theil_are_not_negative_and_add_up(values: list[float]) -> None:
    parts = theil_parts(values, np.arange(len(values)) % 2)
    assert min(parts.between, parts.within) >= -1e-9
    assert parts.between + parts.within == pytest.approx(parts.total)


def test_impossible_inequality_is_refused() -> None:
    with pytest.raises(ValueError, match="values are negative"):
        gini([1, -1])
    with pytest.raises(ValueError, match="0 or more"):
        atkinson([1, 2], -0.5)
    with pytest.raises(ValueError, match="one entry a unit"):
        theil_parts([1, 2], [0])


def test_full_and_no_segregation() -> None:
    apart, together = group_segregation([100, 0], [100, 100]), group_segregation([10, 20], [100, 200])
    assert [float(index) for index in apart] == pytest.approx([1, 1, 0, 1, 1, 1, 1, 1])
    assert [float(index) for index in together] == pytest.approx([0, 0.1, 0.9, 0, 0, 0, 0, 0])


def test_two_groups_are_the_same_by_either_way() -> None:
    group, total = np.array([10, 20, 60]), np.array([100, 90, 110])
    one = group_segregation(group, total)
    several = multigroup_segregation(np.stack([group, total - group], axis=-1))
    assert several.dissimilarity == pytest.approx(one.dissimilarity)
    assert several.gini == pytest.approx(one.gini)
    assert several.information_theory == pytest.approx(one.entropy)
    assert several.relative_diversity == pytest.approx(one.correlation_ratio)


def test_towns_side_by_side_and_empty_areas() -> None:
    alone = group_segregation([10, 20, 60], [100, 90, 110])
    both = group_segregation([[10, 20, 60, 0], [0, 0, 0, 0]], [[100, 90, 110, 0], [9, 9, 9, 9]])
    assert [index[0] for index in both] == pytest.approx([float(index) for index in alone])
    assert np.isnan([index[1] for index in both[:-1]]).all()


def test_impossible_segregation_is_refused() -> None:
    with pytest.raises(ValueError, match="exceed the total"):
        group_segregation([11], [10])
    with pytest.raises(ValueError, match="between 0 and 1"):
        group_segregation([1], [10], shape=1)
    with pytest.raises(ValueError, match="counts are negative"):
        multigroup_segregation([[1, -1]])


@pytest.mark.parametrize(
    ("scale", "values", "error", "expected"),
    [
        ("identity", [10, 12, 14, 16], 1.0, [8.0, 4.4939, 11.5061, 1.8889, 1.4161, 2.6146, 9.0]),
        ("log", [10, 12, 14, 16], 0.1, [8.1425, 3.5155, 13.1497, 1.8695, 1.3166, 2.6545, 9.3647]),
    ],
)
def test_known_gradients(scale: str, values: list[float], error: float, expected: list[float]) -> None:
    index = inequality_index(values, [1] * 4, [error] * 4, scale=scale)
    assert [round(float(part), 4) for part in index] == expected


@pytest.mark.parametrize("scale", ["identity", "log", "logit"])
def test_the_limits_are_those_of_a_simulation(scale: str) -> None:
    values, population = np.array([0.31, 0.24, 0.2, 0.13]), np.array([900, 1100, 1000, 800])
    curve, back = {
        "identity": (np.asarray, np.asarray),
        "log": (np.log, np.exp),
        "logit": (lambda y: np.log(y / (1 - y)), lambda y: 1 / (1 + np.exp(-y))),
    }[scale]
    error = {"identity": 0.012, "log": 0.06, "logit": 0.08}[scale]
    share = population / population.sum()
    design = np.column_stack([np.ones(4), share.cumsum() - share / 2])
    drawn = curve(values) + error * np.random.default_rng(1).normal(size=(200_000, 4))
    level, slope = np.linalg.solve(design.T * share @ design, design.T * share) @ drawn.T
    first, last = back(level), back(level + slope)
    index = inequality_index(values, population, [error] * 4, scale=scale)
    assert [index.slope_lower, index.slope_upper] == pytest.approx(np.quantile(last - first, [0.025, 0.975]), rel=0.01)
    assert [index.ratio_lower, index.ratio_upper] == pytest.approx(np.quantile(last / first, [0.025, 0.975]), rel=0.01)


def test_values_without_error_have_an_interval_of_no_width() -> None:
    index = inequality_index([10, 12, 14, 16], [1] * 4, [0] * 4)
    assert (index.slope_lower, index.slope_upper) == pytest.approx((8, 8))


def test_gradients_of_many_areas_and_missing_groups() -> None:
    index = inequality_index([[10, 12, 14, 16], [10, np.nan, 14, 16]], np.ones((2, 4)), np.ones((2, 4)))
    assert index.slope.tolist() == pytest.approx([8, np.nan], nan_ok=True)
    assert np.isnan(index.slope_upper).tolist() == [False, True]


def test_impossible_gradients_are_refused() -> None:
    with pytest.raises(ValueError, match="not positive"):
        inequality_index([0, 1], [1, 1], [1, 1], scale="log")
    with pytest.raises(ValueError, match="between 0 and 1"):
        inequality_index([0.5, 1], [1, 1], [1, 1], scale="logit")
    with pytest.raises(ValueError, match="'identity', 'log' or 'logit'"):
        inequality_index([0.5, 1], [1, 1], [1, 1], scale="probit")
    with pytest.raises(ValueError, match="populations are negative"):
        inequality_index([0.5, 1], [1, -1], [1, 1])


def test_two_components() -> None:
    """Kitagawa: the difference of shares times mean rates, and of rates times mean shares."""
    result = decompose([[0.6, 0.4], [10, 40]], [[0.5, 0.5], [12, 42]])
    assert result.crude.tolist() == pytest.approx([22, 27])
    assert result.effects.tolist() == pytest.approx([-0.1 * 11 + 0.1 * 41, 2 * 0.55 + 2 * 0.45])


@given(st.lists(st.lists(st.floats(0.1, 10), min_size=3, max_size=3), min_size=8, max_size=8), st.integers(0, 4))
def test_effects_add_up_to_the_difference(cells: list[list[float]], structure: int) -> None:
    result = decompose(cells[:4], cells[4:], structure=structure)
    assert result.effects.sum() == pytest.approx(result.crude[1] - result.crude[0], abs=1e-6)


def test_the_effect_of_rates_does_not_depend_on_how_finely_the_structure_is_split() -> None:
    sizes, rates = (np.array([[30, 20], [10, 40]]), np.array([[25, 5], [40, 30]])), ([1, 2, 3, 4], [2, 3, 3, 6])
    split = decompose(*([*structure_factors(n), r] for n, r in zip(sizes, rates, strict=True)), structure=2)
    whole = decompose(*([n.ravel() / n.sum(), r] for n, r in zip(sizes, rates, strict=True)))
    assert split.effects[2] == pytest.approx(whole.effects[1])
    assert split.effects[:2].sum() == pytest.approx(whole.effects[0])


def test_structure_factors_multiply_to_the_shares() -> None:
    sizes = np.arange(24.0).reshape(2, 3, 4)
    assert np.prod(structure_factors(sizes), axis=0) == pytest.approx(sizes.ravel() / sizes.sum())
    assert structure_factors([1, 3])[0].tolist() == [0.25, 0.75]


def test_different_factors_are_refused() -> None:
    for first, second, structure in (([], [], 0), ([[1]], [[1], [2]], 0), ([[1]], [[2]], 2)):
        with pytest.raises(ValueError, match="the same factors"):
            decompose(first, second, structure=structure)
