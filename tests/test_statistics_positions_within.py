"""Positions among areas of which some are hidden: given only where no hidden value could change them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialanalyse.statistics import positions_within, quintile, rank

NAN = np.nan


def places(table: str):
    """Read a table of `least greatest` and give what is known of it."""
    least, greatest = np.array([line.split() for line in table.strip().splitlines()], dtype=float).T
    return positions_within(least, greatest, np.zeros(least.size, dtype=int))


def test_a_place_is_given_where_the_hidden_ones_are_surely_on_one_side():
    found = places("""
        9    9
        5    5
        3    3
        0    4
        0    1
    """)
    np.testing.assert_equal(found.rank, [1, 2, NAN, NAN, NAN])
    np.testing.assert_equal(found.largest, [9] * 5)
    np.testing.assert_equal(found.smallest, [NAN] * 5)


@pytest.mark.parametrize(("greatest", "place"), [(2.9, 1), (3.0, NAN), (3.1, NAN)])
def test_a_hidden_value_that_may_be_equal_leaves_the_place_open(greatest, place):
    assert positions_within([3, 0], [3, greatest], [0, 0]).rank[0] == pytest.approx(place, nan_ok=True)


@pytest.mark.parametrize(("least", "smallest"), [(2.0, 2.0), (1.9, NAN)])
def test_the_smallest_is_given_where_nothing_hidden_is_smaller(least, smallest):
    found = positions_within([2, 7, least], [2, 7, 5], [0, 0, 0])
    assert found.smallest[0] == pytest.approx(smallest, nan_ok=True)


def test_an_unknown_bound_is_no_bound():
    found = positions_within([5, 9, NAN, 0], [5, 9, 3, NAN], [0, 0, 0, 1])
    np.testing.assert_equal(found.rank, [2, 1, NAN, NAN])
    np.testing.assert_equal(found.smallest, [NAN] * 4)


def test_a_value_of_which_nothing_is_known_takes_no_part():
    found = positions_within([5, NAN, 9], [5, NAN, 9], [0, 0, -1])
    np.testing.assert_equal(found.rank, [1, NAN, NAN])
    np.testing.assert_equal(found.largest, [5, NAN, NAN])


def test_fifths_count_the_hidden_areas_too():
    found = places("""
        0  1
        2  2
        3  3
        4  4
        5  5
    """)
    np.testing.assert_equal(found.quintile, [NAN, 2, 3, 4, 5])


def test_crossed_bounds_are_refused():
    with pytest.raises(ValueError, match="least values are above the greatest"):
        positions_within([3], [2], [0])


BOUNDS = st.lists(st.tuples(st.integers(0, 6), st.sampled_from([0, 0, 1, 3])), min_size=1, max_size=6)


@given(BOUNDS)
@settings(max_examples=150, deadline=None)
def test_whatever_is_given_holds_for_every_value_within_the_bounds(bounds):
    least = np.array([low for low, _ in bounds], dtype=float)
    greatest = least + [width for _, width in bounds]
    found = positions_within(least, greatest, np.zeros(least.size, dtype=int))
    steps = [np.linspace(low, high, 3 if high > low else 1) for low, high in zip(least, greatest, strict=True)]
    for values in itertools.product(*steps):
        for known, true in ((found.rank, rank(values)), (found.quintile, quintile(values))):
            given_ = ~np.isnan(known)
            np.testing.assert_equal(known[given_], true[given_])
        assert np.isnan(found.smallest[0]) or found.smallest[0] == min(values)
        assert np.isnan(found.largest[0]) or found.largest[0] == max(values)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_with_nothing_hidden_they_are_rank_and_quintile(values):
    found = positions_within(values, values, [0] * len(values))
    np.testing.assert_equal(found.rank, rank(values))
    np.testing.assert_equal(found.quintile, quintile(values))
