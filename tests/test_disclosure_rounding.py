"""Controlled rounding: multiples of the base, sums that hold, nothing further from the truth than needed."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from sozialanalyse.disclosure.loss import information_loss
from sozialanalyse.disclosure.rounding import controlled_rounding, small_count_rounding

SUM = csr_array([[1.0, -1, -1, -1]])
"""The first cell is the sum of the others."""


def array(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def table(inner: np.ndarray) -> tuple[np.ndarray, csr_array, np.ndarray]:
    """Add totals to a table of two directions: values, sums, and which cells are inner."""
    rows, columns = inner.shape
    full = np.zeros((rows + 1, columns + 1))
    full[:-1, :-1] = inner
    full[-1], full[:, -1] = full.sum(axis=0), full.sum(axis=1)
    full[-1, -1] = inner.sum()
    place = np.arange(full.size).reshape(full.shape)
    sums = np.zeros((rows + columns + 2, full.size))
    for number, line in enumerate([*place, *place.T]):
        sums[number, line[:-1]], sums[number, line[-1]] = -1, 1
    return full.ravel(), csr_array(sums), np.isin(place, place[:-1, :-1]).ravel()


@pytest.mark.parametrize(
    ("base", "shown"),
    [
        (3, [3, 0, 0, 3]),  # nearest would be 3, 0, 0, 3 as well
        (5, [5, 0, 0, 5]),
        (10, [0, 0, 0, 0]),
    ],
)
def test_a_sum_of_small_counts(base, shown):
    found = controlled_rounding(array(4, 1, 1, 2), SUM, base)
    assert (found.value.tolist(), found.additive, found.method) == (shown, True, "optimal")


def test_sums_go_before_nearness():
    """Each of three 1s is nearest to 0 and their sum to 3; one of them has to give."""
    found = controlled_rounding(array(3, 1, 1, 1), SUM, 3)
    assert (found.value[0], sorted(found.value[1:].tolist())) == (3, [0, 0, 3])
    assert found.loss.largest == 2


def test_multiples_and_zeros_stay_and_what_is_missing_stays_missing():
    found = controlled_rounding(array(9, 0, 6, np.nan), SUM, 3)
    assert found.value[:3].tolist() == [9, 0, 6]
    assert np.isnan(found.value[3])
    assert found.loss.cells == 3


def test_a_sum_that_does_not_hold_in_the_counts_need_not_hold_in_what_is_shown():
    found = controlled_rounding(array(50, 1, 1, 2), SUM, 5)
    assert found.value.tolist() == [50, 0, 0, 0]
    assert found.additive  # no sum that holds is broken


def test_where_no_additive_rounding_exists_each_count_is_rounded_on_its_own():
    """Three counts of 1 that are the same cannot become three that add up to 3."""
    sums = csr_array([[1.0, -1, -1, -1], [0, 1, -1, 0], [0, 0, 1, -1]])
    found = controlled_rounding(array(3, 1, 1, 1), sums, 3)
    assert (found.method, found.additive) == ("nearest", False)
    assert found.value.tolist() == [3, 0, 0, 0]


def brute_force(value: np.ndarray, sums: csr_array, base: int) -> float:
    """Try all roundings up and down and return the smallest distance of an additive one."""
    down = base * np.floor(value / base)
    choices = product(*[(0,) if rest == 0 else (0, base) for rest in value - down])
    tried = (down + np.array(choice) for choice in choices)
    return min(np.abs(shown - value).sum() for shown in tried if not np.abs(sums @ shown).any())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("base", [3, 5, 10])
def test_no_additive_rounding_is_nearer(seed, base):
    value, sums, _ = table(np.random.default_rng(seed).poisson(4, (2, 3)).astype(float))
    found = controlled_rounding(value, sums, base)
    assert np.abs(found.difference).sum() == brute_force(value, sums, base)


def test_a_search_is_ended_by_counted_nodes_and_only_in_need_by_the_clock_which_is_said(monkeypatch):
    value, sums, _ = table(np.random.default_rng(1).poisson(4, (30, 12)).astype(float))
    few, many = (controlled_rounding(value, sums, 5, nodes=nodes) for nodes in (1, 2_000))
    assert (many.method, many.by_clock, few.by_clock) == ("optimal", False, False)
    monkeypatch.setattr("sozialanalyse.disclosure.rounding.FUSE", 0.0)
    at_once = controlled_rounding(value, sums, 5)
    assert (at_once.method, at_once.by_clock) == ("nearest", True)


TABLES = st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(TABLES, st.sampled_from([3, 5, 10]))
def test_what_is_promised_of_a_table_of_two_directions(inner, base):
    value, sums, _ = table(np.array(inner, dtype=float))
    found = controlled_rounding(value, sums, base)
    assert found.additive
    assert not (found.value % base).any()
    assert (np.abs(found.difference) < base).all()
    assert (found.value[value == 0] == 0).all()
    assert (sums @ found.value == 0).all()


@settings(max_examples=20, deadline=None)
@given(TABLES, st.sampled_from([3, 5, 10]), st.data())
def test_of_every_cell_another_truth_is_possible(inner, base, data):
    """One person more in a cell and in all its sums would be shown as the same table, or as one as near."""
    value, sums, is_inner = table(np.array(inner, dtype=float))
    shown = controlled_rounding(value, sums, base).value
    cell = data.draw(st.sampled_from(np.flatnonzero(is_inner).tolist()))
    rows, columns = np.array(inner).shape
    row, column = divmod(cell, columns + 1)
    other = shown.reshape(rows + 1, columns + 1).copy()
    other[[row, row, rows, rows], [column, columns, column, columns]] += 1
    assert not (sums @ other.ravel()).any()
    assert (np.abs(other.ravel() - shown) < base).all()


@settings(max_examples=25, deadline=None)
@given(TABLES, st.sampled_from([3, 5]))
def test_what_is_promised_where_only_small_counts_are_rounded(inner, base):
    value, sums, is_inner = table(np.array(inner, dtype=float))
    found = small_count_rounding(value, sums, base, is_inner)
    assert found.additive
    assert not ((found.value > 0) & (found.value < base)).any()
    stays = is_inner & ((value >= base) | (value == 0))
    assert (found.value[stays] == value[stays]).all()
    assert np.isin(found.value[is_inner & ~stays], [0, base]).all()


def test_small_counts_are_exchanged_so_that_sums_hardly_change():
    value, sums, is_inner = table(array(1, 2, 20, 1, 2, 30).reshape(2, 3))
    found = small_count_rounding(value, sums, 3, is_inner)
    shown = found.value.reshape(3, 4)
    assert shown[:, 3].tolist() == [23, 33, 56]
    assert sorted(shown[:2, :2].ravel().tolist()) == [0, 0, 3, 3]
    assert np.abs(found.difference).sum() == 8


@pytest.mark.parametrize(
    ("value", "base", "said"), [([1, 1, 0, 0], 1, "rounds nothing"), ([-1, 0, 0, -1], 3, "negative")]
)
def test_what_makes_no_sense_is_refused(value, base, said):
    with pytest.raises(ValueError, match=said):
        controlled_rounding(array(*value), SUM, base)


def test_information_loss_of_nothing_is_nothing():
    assert information_loss(array(np.nan), array(np.nan)) == (0, 0, 0, 0, 0, 0)
    assert information_loss(array(0, 3), array(3, 3)) == (2, 1, 1.5, pytest.approx(4.5**0.5), 3, 1)
