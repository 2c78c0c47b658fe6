"""Solving the parts of a decision, several at once: they do not touch each other."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.disclosure.protection import intervals, protect
from sozialanalyse.parents import end_with_owner

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sozialanalyse.disclosure.problem import Pattern, Problem

MOST_PROCESSES = 8

WORTH_PROCESSES = 8_000
"""So many cells take longer than starting processes does."""


def patterns(problems: Sequence[Problem], marked: Sequence[NDArray[np.bool_]], effort: float) -> Iterator[Pattern]:
    """Find a safe pattern for each problem, in their order.

    Parameters
    ----------
    problems
        Parts that no sum ties together.
    marked
        Of each its cells that the deliverer hid (see :func:`within_marks`).
    effort
        For each, in the units of :func:`~sozialanalyse.disclosure.protection.protect`. It is counted, not measured, so that several
        processes find what one alone finds.
    """
    solve = partial(_solve, effort=effort)
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    size = sum(len(problem.value) for problem in problems)
    if min(usable, len(problems)) < 2 or size < WORTH_PROCESSES:
        yield from map(solve, problems, marked)
        return
    with ProcessPoolExecutor(min(usable, MOST_PROCESSES), get_context("spawn"), end_with_owner) as pool:
        yield from pool.map(solve, problems, marked)


def _solve(problem: Problem, marked: NDArray[np.bool_], effort: float) -> Pattern:
    """Protect one part; against insiders too, unless the deliverer's own marks make that impossible.

    Who knows that an area marked 1 to 9 counts 4 knows each of its four parts that are marked, whatever we hide. The pattern says so.
    """
    problem = within_marks(problem, marked)
    pattern = protect(problem, effort=effort)
    if pattern.impossible and marked.any():
        return replace(protect(problem, insider=False, effort=effort), insider=False)
    return pattern


def within_marks(problem: Problem, marked: NDArray[np.bool_]) -> Problem:
    """Ask of cells that the deliverer hid only for what the marks themselves leave open.

    Whoever sees that an area is marked 1 to 9 and that each of its four parts is, knows that no part is more than 6: that much
    is known before anything is released, and the promise is that it will not be more.
    """
    cells = np.flatnonzero(marked & problem.primary)
    if not len(cells):
        return problem
    open_ = ~(problem.fixed & ~np.isnan(problem.value))
    least, greatest = intervals(problem, open_, cells)
    at_most, at_least, primary = problem.at_most.copy(), problem.at_least.copy(), problem.primary.copy()
    at_most[cells] = np.fmax(at_most[cells], least)
    at_least[cells] = np.fmin(at_least[cells], greatest)
    primary[cells[greatest - least < 1]] = False
    return replace(problem, at_most=at_most, at_least=at_least, primary=primary)
