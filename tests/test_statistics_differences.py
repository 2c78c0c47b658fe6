"""Differences of two rates: square-and-add of the distances to the limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.statistics import difference_interval, wilson_interval

NAN = float("nan")
UP = st.floats(0, 50)
RATE = st.tuples(st.floats(0, 100), UP, UP).map(lambda t: (t[0], t[0] - t[1], t[0] + t[2]))


def wilson(events: float, total: float) -> tuple[float, float, float]:
    lower, upper = wilson_interval(events, total)
    return events / total, float(lower), float(upper)


@pytest.mark.parametrize(
    ("second", "first", "difference", "lower", "upper"),
    [
        # Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10, as second minus first
        ((56, 70), (48, 80), 0.2, 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.6, 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.5714, 0.0582, 0.8062),
        ((5, 56), (0, 29), 0.0893, -0.0381, 0.1926),
        ((0, 10), (0, 20), 0.0, -0.1611, 0.2775),
        ((10, 10), (0, 20), 1.0, 0.6791, 1.0),
    ],
)
def test_newcombes_examples(second, first, difference, lower, upper):
    found = difference_interval(wilson(*first), wilson(*second))
    np.testing.assert_allclose([float(part) for part in found], [difference, lower, upper], atol=6e-5)


def test_a_right_angle():
    assert [float(part) for part in difference_interval((10, 2, 13), (20, 16, 26))] == [10, 5, 20]


@pytest.mark.parametrize("absent", range(6))
def test_without_a_limit_there_is_no_interval(absent):
    numbers = [10.0, 8.0, 12.0, 15.0, 13.0, 17.0]
    numbers[absent] = NAN
    difference, lower, upper = difference_interval(tuple(numbers[:3]), tuple(numbers[3:]))
    assert math.isnan(difference) == (absent in (0, 3))
    assert math.isnan(lower)
    assert math.isnan(upper)


def test_many_at_once():
    difference, lower, upper = difference_interval(([1, 2], [0, 1], [2, 3]), ([5, NAN], [4, NAN], [6, NAN]))
    np.testing.assert_allclose(difference, [4, NAN])
    np.testing.assert_allclose(lower, [4 - math.sqrt(2), NAN])
    np.testing.assert_allclose(upper, [4 + math.sqrt(2), NAN])


@given(RATE, RATE)
def test_exchanging_the_two_mirrors_the_interval(first, second):
    there, back = difference_interval(first, second), difference_interval(second, first)
    np.testing.assert_allclose([-back[0], -back[2], -back[1]], there, atol=1e-9)
    assert there[1] <= there[0] <= there[2]


@given(RATE)
def test_nothing_differs_from_itself(rate):
    difference, lower, upper = difference_interval(rate, rate)
    assert lower <= difference == 0 <= upper


@given(RATE, RATE)
def test_a_certain_rate_leaves_the_interval_of_the_other(first, second):
    value = first[0]
    _, lower, upper = difference_interval((value, value, value), second)
    np.testing.assert_allclose([lower, upper], [second[1] - value, second[2] - value], atol=1e-9)
