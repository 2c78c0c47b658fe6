"""The whole way: take the problem apart, find a safe pattern of each part or why there is none, improve, and check it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.disclosure.problem import Pattern
from sozialanalyse.disclosure.protection.attack import Attack, intervals
from sozialanalyse.disclosure.protection.effort import Effort
from sozialanalyse.disclosure.protection.flows import NOBODY
from sozialanalyse.disclosure.protection.parts import TOLERANCE, check, determined, split
from sozialanalyse.disclosure.protection.regions import Solved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.disclosure.problem import Certificate, Problem

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


def protect(
    problem: Problem, *, insider: bool = True, effort: float = 10.0, gap: float = 0.05, exact: bool = False
) -> Pattern:
    """Find cells to hide so that every primary cell is protected, at little cost.

    A primary cell is protected if, given everything published, all sums and the bounds known beforehand, its least possible value
    is at most ``at_most``, its greatest at least ``at_least``, and two whole numbers are possible.

    Parameters
    ----------
    problem
        The cells.
    insider
        Whether two whole numbers must remain possible also for somebody who knows any one other hidden cell. Cells that
        are one statement are apart: a count and its complement to a public number, an area and the district
        of which it is the only part.
    effort
        How much work to spend on a better pattern; the first safe one is finished in any case. A unit is about a second of one
        core, but it is counted, not measured (see :mod:`.effort`): the same problem gives the same pattern on every machine. Only
        one that is twenty times slower than it should be is stopped by the clock, and the pattern then says so.
    gap
        Stop when the cost is proven to be within this fraction of the least possible.
    exact
        Look until the least cost is proven, or the effort is spent.

    Returns
    -------
    Pattern
        ``optimal``: proven to cost no more than the gap asked for above the least. ``heuristic``: safe, the effort was spent.
        ``refused``: some cells cannot be protected, and everything that may be hidden for the others is.

    Raises
    ------
    ValueError
        If the problem contradicts itself.
    ArithmeticError
        If the solver fails, or the check at the end finds a primary cell that is not protected.

    References
    ----------
    Fischetti M, Salazar JJ (2000): Models and algorithms for optimizing cell suppression in tabular data with linear constraints.
    Journal of the American Statistical Association 95: 916-928.
    """
    start = time.perf_counter()
    check(problem)
    known = determined(problem)
    work = Effort(effort)
    solved = [Solved(part, insider=insider, effort=work) for part in split(problem, known)]
    impossible = _refusals(problem, known, solved)
    if not impossible:
        _improve(solved, 0.0 if exact else gap, work)
    hidden = _hideable(problem) & (~problem.shown | problem.primary | np.isnan(problem.value))
    for one in solved:
        hidden[one.part.cells] |= one.hidden
    least, greatest = _known_of(problem, hidden)
    if not impossible:
        _assert_safe(problem, least, greatest)
    weight = float(problem.weight[hidden & problem.shown & ~np.isnan(problem.value)].sum())
    bound = float("inf") if impossible else float(sum(one.bound for one in solved))
    close = weight <= bound * (1.0 + (0.0 if exact else gap)) + TOLERANCE
    method = "refused" if impossible else "optimal" if close else "heuristic"
    seconds = time.perf_counter() - start
    return Pattern(hidden, least, greatest, weight, bound, method, seconds, tuple(impossible), work.by_clock)


def _improve(solved: list[Solved], gap: float, effort: Effort) -> None:
    """Improve the parts, each with its share of the effort that is left."""
    waiting = [one for one in solved if not one.closed(0.0)]
    for number, one in enumerate(waiting):
        one.improve(gap, effort.share(len(waiting) - number))


def _hideable(problem: Problem) -> Flags:
    return ~(problem.fixed & ~np.isnan(problem.value))


def _refusals(problem: Problem, known: Flags, solved: list[Solved]) -> list[Certificate]:
    """Certify the primary cells that sums give away whatever is hidden, and those with a demand that no pattern meets."""
    exposed: dict[int, int | None] = dict.fromkeys(np.flatnonzero(problem.primary & known).tolist())
    for one in solved:
        for demand in one.unmet:
            insider = None if demand.insider == NOBODY else int(one.part.cells[demand.insider])
            exposed.setdefault(int(one.part.cells[demand.cell]), insider)
    hideable = _hideable(problem)
    attacks = {insider: Attack(problem, hideable, insider, deduce=False) for insider in set(exposed.values())}
    return [attacks[insider].certificate(cell) for cell, insider in sorted(exposed.items(), key=lambda item: item[0])]


def _known_of(problem: Problem, hidden: Flags) -> tuple[Floats, Floats]:
    """Bound all hidden cells; published ones have their value."""
    least, greatest = problem.value.copy(), problem.value.copy()
    cells = np.flatnonzero(hidden)
    least[cells], greatest[cells] = intervals(problem, hidden, cells)
    return least, greatest


def _assert_safe(problem: Problem, least: Floats, greatest: Floats) -> None:
    """Check the promise on the attacker's own programs, which know nothing of how the pattern was found."""
    low = least <= problem.at_most + TOLERANCE
    high = greatest >= problem.at_least - TOLERANCE
    exposed = np.flatnonzero(problem.primary & ~(low & high & (greatest - least >= 1.0)))
    if len(exposed):
        message = (
            f"the pattern does not protect the cells {exposed[:5].tolist()}: the solver's tolerances do not suffice"
        )
        raise ArithmeticError(message)
