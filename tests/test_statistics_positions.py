"""Ranks and quintiles within groups."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sozialanalyse.statistics import quintile, rank

NAN = float("nan")
VALUES = arrays(np.float64, st.integers(0, 40), elements=st.one_of(st.integers(0, 12).map(float), st.just(NAN)))


@pytest.mark.parametrize(
    ("values", "ranks"),
    [
        ([4.3, 1.6, 6.1], [2, 3, 1]),
        ([5, 5, 1], [1.5, 1.5, 3]),
        ([2, 2, 2], [2, 2, 2]),
        ([3, NAN, 9], [2, NAN, 1]),
        ([NAN, NAN], [NAN, NAN]),
        ([7], [1]),
        ([], []),
    ],
)
def test_ranks_count_from_the_highest(values: list[float], ranks: list[float]) -> None:
    np.testing.assert_array_equal(rank(values), ranks)


@pytest.mark.parametrize(
    ("values", "fifths"),
    [
        ([10, 20, 30, 40, 50], [1, 2, 3, 4, 5]),
        ([50, 10, 40, 20, 30], [5, 1, 4, 2, 3]),
        ([1, 2, 3, 4, 5, 6], [1, 1, 2, 3, 4, 5]),  # 1 of 6 lower: 16.7 %, still the first; 2 of 6: the second
        ([0, 0, 0, 1, 2], [1, 1, 1, 4, 5]),
        ([1, 2, 2, 2, 2], [1, 2, 2, 2, 2]),
        ([1, 2, 3, 4], [NAN] * 4),  # fewer than five values
        ([1, 2, 3, 4, NAN], [NAN] * 5),
        ([1, 2, 3, 4, NAN, 5], [1, 2, 3, 4, NAN, 5]),
        ([3, 3, 3, 3, 3], [NAN] * 5),  # none is low or high
    ],
)
def test_quintiles_count_from_the_lowest(values: list[float], fifths: list[float]) -> None:
    np.testing.assert_array_equal(quintile(values), fifths)


def test_positions_within_groups() -> None:
    table = pd.DataFrame(
        {
            "group": [0, 1, 0, 1, 0, -1, 1, 0, 0],
            "value": [1.0, 5.0, 2.0, 7.0, 3.0, 9.0, NAN, 4.0, 5.0],
        }
    )
    values, groups = table["value"].to_numpy(), table["group"].to_numpy()
    np.testing.assert_array_equal(rank(values, groups=groups), [5, 2, 4, 1, 3, NAN, NAN, 2, 1])
    np.testing.assert_array_equal(quintile(values, groups=groups), [1, NAN, 2, NAN, 3, NAN, NAN, 4, 5])


def test_positions_along_an_axis() -> None:
    table = np.array([[1.0, 30.0], [2.0, 20.0], [3.0, 10.0]])
    np.testing.assert_array_equal(rank(table, axis=0), [[3, 1], [2, 2], [1, 3]])
    np.testing.assert_array_equal(rank(table), [[2, 1], [2, 1], [2, 1]])
    cube = np.random.default_rng(1).normal(size=(4, 7, 3))
    np.testing.assert_array_equal(quintile(cube, axis=1)[2, :, 1], quintile(cube[2, :, 1]))


def test_groups_need_whole_codes_of_the_same_shape() -> None:
    with pytest.raises(ValueError, match=r"of the shape of values \(3,\); found shape \(2,\)"):
        rank([1, 2, 3], groups=[0, 1])
    with pytest.raises(ValueError, match="whole-number codes"):
        quintile([1, 2], groups=["a", "b"])


def test_the_argument_is_not_changed() -> None:
    values = np.array([3.0, NAN, 1.0])
    rank(values)
    quintile(values)
    np.testing.assert_array_equal(values, [3.0, NAN, 1.0])


@given(VALUES)
@settings(deadline=None)
def test_ranks_are_those_of_pandas(values: np.ndarray) -> None:
    np.testing.assert_array_equal(rank(values), pd.Series(values).rank(ascending=False))


@given(VALUES)
@settings(deadline=None)
def test_quintile_by_its_definition(values: np.ndarray) -> None:
    present = values[~np.isnan(values)]
    for value, fifth in zip(values, quintile(values), strict=True):
        if np.isnan(value) or present.size < 5 or np.ptp(present) == 0:
            assert np.isnan(fifth)
        else:
            share_below = Fraction(int((present < value).sum()), present.size)
            assert Fraction(int(fifth) - 1, 5) <= share_below < Fraction(int(fifth), 5)


@given(VALUES, st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_the_order_of_the_areas_does_not_matter(values: np.ndarray, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(values.size)
    np.testing.assert_array_equal(rank(values)[order], rank(values[order]))
    np.testing.assert_array_equal(quintile(values)[order], quintile(values[order]))


@given(VALUES)
@settings(deadline=None)
def test_rising_transformations_do_not_matter(values: np.ndarray) -> None:
    np.testing.assert_array_equal(rank(values), rank(np.exp(values / 3)))
    np.testing.assert_array_equal(quintile(values), quintile(np.exp(values / 3)))


@given(VALUES, st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_a_group_is_ranked_as_if_it_were_alone(values: np.ndarray, seed: int) -> None:
    groups = np.random.default_rng(seed).integers(0, 3, values.size)
    ranks, fifths = rank(values, groups=groups), quintile(values, groups=groups)
    for group in range(3):
        np.testing.assert_array_equal(ranks[groups == group], rank(values[groups == group]))
        np.testing.assert_array_equal(fifths[groups == group], quintile(values[groups == group]))
