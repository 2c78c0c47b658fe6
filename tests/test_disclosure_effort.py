"""A search ends after counted work, not after measured time; windows make it shorter and no worse."""

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from benchmarks._disclosure_tables import Case, Size, draw
from sozialanalyse.disclosure import solving
from sozialanalyse.disclosure.protection import effort, intervals, protect
from sozialanalyse.disclosure.protection.effort import Effort
from sozialanalyse.disclosure.protection.parts import determined, split
from sozialanalyse.disclosure.protection.windows import seen_through, windows
from tests.disclosure_tables import problem

NOTHING_MORE = 0.0
ENOUGH_FOR_SOME = 0.05
"""Units of work after which the search in :func:`drawn` is neither at its beginning nor at its end."""


def drawn(seed=1):
    """A table of 20 areas in 5 districts by 4 ages, whose best pattern takes more work than is allowed here."""
    return draw(np.random.default_rng(seed), Size(20, 5, 4), Case(below=5, mean=8, zeros_published=False))


def found(table, **limits):
    """What a search finds, without how long it took."""
    pattern = protect(table, **limits)
    said = (pattern.weight, pattern.bound, pattern.method, pattern.by_clock)
    return pattern.hidden.tobytes(), pattern.least.tobytes(), pattern.greatest.tobytes(), *said


# Work is counted


def test_work_is_what_programs_of_their_size_and_steps_cost_and_ten_of_a_kind_cost_ten_times_as_much():
    one, ten, larger, longer = (Effort(1.0) for _ in range(4))
    one.charge(500, 20)
    for _ in range(10):
        ten.charge(500, 20)
    larger.charge(5000, 20)
    longer.charge(500, 200)
    assert one.spent == pytest.approx(0.00067, rel=0.01)
    assert ten.spent == pytest.approx(10 * one.spent)
    assert one.spent < longer.spent < larger.spent


def test_enough_is_what_was_allowed_and_several_share_what_is_left():
    work = Effort(2.0)
    work.spent = 0.5
    assert (work.over(0.4), work.over(0.5), work.over(0.6), work.by_clock) == (True, True, False, False)
    assert [work.share(among) for among in (1, 3)] == [2.0, 1.0]
    work.spent = 3.0
    assert work.share(2) == 3.0


def test_the_same_is_found_by_a_slow_machine_as_by_a_fast_one(monkeypatch):
    table = drawn()
    here = found(table, effort=ENOUGH_FOR_SOME, gap=0.0)
    clock = time.monotonic
    monkeypatch.setattr(effort.time, "monotonic", lambda: 15 * clock())
    assert found(table, effort=ENOUGH_FOR_SOME, gap=0.0) == here
    assert here[-2:] == ("heuristic", False)


def test_more_work_finds_a_better_pattern_or_proves_more():
    table = drawn()
    first, some, most = (protect(table, effort=units, gap=0.0) for units in (NOTHING_MORE, ENOUGH_FOR_SOME, 5.0))
    assert first.weight >= some.weight >= most.weight
    assert first.bound <= some.bound <= most.bound
    assert first.bound < most.bound


def test_where_the_clock_ends_the_search_the_pattern_is_safe_and_says_so(monkeypatch):
    table = drawn()
    clock = time.monotonic
    monkeypatch.setattr(effort.time, "monotonic", lambda: 1e6 * clock())
    pattern = protect(table, effort=5.0, gap=0.0)
    assert (pattern.method, pattern.by_clock) == ("heuristic", True)
    assert (pattern.greatest >= table.at_least)[table.primary].all()


def test_the_same_is_found_by_several_processes_at_once_as_by_one(monkeypatch):
    tables = [drawn(seed) for seed in (1, 2)]
    marked = [np.zeros(len(table.value), dtype=bool) for table in tables]
    alone = [one.hidden.tobytes() for one in solving.patterns(tables, marked, ENOUGH_FOR_SOME)]
    monkeypatch.setattr(solving, "WORTH_PROCESSES", 0)
    assert [one.hidden.tobytes() for one in solving.patterns(tables, marked, ENOUGH_FOR_SOME)] == alone


# Windows


def street(houses):
    """A tree: a town of districts of three areas by two ages with totals; only the first area holds a small count."""
    leaves = np.array([[30.0, 40.0]] * (3 * houses))
    leaves[0, 0] = 3.0
    leaves = np.column_stack([leaves, leaves.sum(axis=1)])
    districts = leaves.reshape(houses, 3, 3).sum(axis=1)
    value = np.vstack([leaves, districts, districts.sum(axis=0)])
    place = np.arange(value.size).reshape(value.shape)
    sums = [[row[2], row[0], row[1]] for row in place.tolist()]
    for column in range(3):
        sums += [
            [place[3 * houses + number, column], *place[3 * number : 3 * number + 3, column]]
            for number in range(houses)
        ]
        sums.append([place[-1, column], *place[3 * houses : -1, column]])
    return problem(value.ravel(), sums)


def test_a_window_holds_what_is_two_sums_away_from_a_small_count():
    table = street(10)
    [part] = split(table, determined(table))
    [cells] = windows(part, np.array([1]))
    # The area's three columns, its two neighbours and its district in the first.
    assert cells.tolist() == [0, 1, 2, 3, 6, 90]
    [cells] = windows(part, np.array([2]))
    assert len(cells) == 9 + 3 + 9 + 1
    assert len(next(windows(part, np.array([9])))) == len(table.value)


def test_through_a_window_only_whole_sums_bind_what_lies_outside_may_move():
    table = street(10)
    [part] = split(table, determined(table))
    window = seen_through(part, next(windows(part, np.array([1]))))
    assert (window.relations.shape, window.inner.shape) == ((8, 6), (2, 6))
    assert window.primaries.tolist() == [0]
    assert seen_through(part, np.arange(len(part.cells))) is part


@pytest.mark.parametrize("insider", [False, True])
def test_what_windows_find_and_prove_is_what_the_whole_does(insider, monkeypatch):
    table = street(12)
    through = protect(table, insider=insider, exact=True)
    monkeypatch.setattr("sozialanalyse.disclosure.protection.windows.LARGE", 0.0)
    whole = protect(table, insider=insider, exact=True)
    assert through.method == whole.method == "optimal"
    assert (through.weight, through.bound) == (whole.weight, whole.bound) == ((7, 7) if insider else (4, 4))


def test_a_window_grows_until_a_small_count_can_be_protected():
    # Everything in the first district but the small count and its way up is known: only other districts can help.
    table = street(12)
    fixed = np.zeros(len(table.value), dtype=bool)
    fixed[[1, 2, *range(3, 9)]] = True
    fixed[2] = False
    pattern = protect(replace(table, fixed=fixed), insider=False, exact=True)
    assert pattern.method == "optimal"
    assert pattern.hidden[[0, 2, 108, 110]].all()


def test_a_small_count_in_no_sum_at_all_is_hidden():
    pattern = protect(replace(problem([3, 20], []), relations=csr_array((0, 2))))
    assert (pattern.hidden.tolist(), pattern.weight, pattern.bound) == ([True, False], 1, 1)


# What sums leave alone is computed, not searched


def test_step_by_step_an_attacker_computes_what_sums_leave_alone():
    # 10 = 4 + 6, 6 = 1 + 5, and 5 is part of nothing else.
    table = problem([10, 4, 6, 1, 5], [[0, 1, 2], [2, 3, 4]])
    least, greatest = intervals(table, np.array([False, False, True, False, True]), np.array([2, 4]))
    assert (least.tolist(), greatest.tolist()) == ([6, 5], [6, 5])


def test_what_can_be_computed_but_lies_outside_its_bounds_is_a_contradiction():
    table = problem([10, 4, 6], [[0, 1, 2]], upper=[99, 99, 5])
    with pytest.raises(ValueError, match="contradict each other"):
        intervals(table, np.array([False, False, True]), np.array([2]))
