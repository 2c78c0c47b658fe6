"""What can be known of hidden cells: the least and greatest value that fits everything published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.disclosure.problem import Certificate
from sozialanalyse.disclosure.protection.parts import TOLERANCE
from sozialanalyse.disclosure.protection.solver import INFEASIBLE, STOPPED, UNBOUNDED, LinearProgram

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.disclosure.problem import Problem
    from sozialanalyse.disclosure.protection.solver import Solution

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Places = NDArray[np.int64]


def intervals(problem: Problem, hidden: Flags, cells: Places) -> tuple[Floats, Floats]:
    """Bound cells by what is published, the bounds known beforehand and the sums.

    Parameters
    ----------
    problem
        The cells.
    hidden
        Shape (all cells,): which of them are hidden; what is never shown or was hidden by the deliverer counts as hidden
        whatever is said here.
    cells
        Shape (cells,): positions of those to bound.

    Returns
    -------
    least, greatest
        Shape (cells,): whole numbers. The limits of the linear programs are rounded inward, for counts are whole; a limit within
        1e-6 of a whole number is taken for it. Infinite where nothing bounds a cell.

    Raises
    ------
    ValueError
        If no values fit: then what is published contradicts itself.

    References
    ----------
    Fischetti M, Salazar JJ (2000): Models and algorithms for optimizing cell suppression in tabular data with linear constraints.
    Journal of the American Statistical Association 95: 916-928 (the attacker's problems).
    """
    attack = Attack(problem, hidden)
    found = [attack.bounds(int(cell)) for cell in cells]
    limits = np.array(found, dtype=float).reshape(-1, 2)
    # Adding 0 makes 0 of -0.
    return np.ceil(limits[:, 0] - TOLERANCE) + 0.0, np.floor(limits[:, 1] + TOLERANCE) + 0.0


class Attack:
    """An attacker who sees what is published and bounds what is hidden.

    Parameters
    ----------
    problem
        The cells.
    hidden
        Shape (cells,): as in :func:`intervals`.
    insider
        A hidden cell that the attacker knows.
    """

    def __init__(self, problem: Problem, hidden: Flags, insider: int | None = None) -> None:
        self.problem = problem
        unseen = hidden | ~problem.shown | np.isnan(problem.value)
        unseen &= ~(problem.fixed & ~np.isnan(problem.value))
        if insider is not None and not np.isnan(problem.value[insider]):
            unseen[insider] = False
        self.seen = ~unseen
        self.places = np.full(len(unseen), -1)
        self.cells = np.flatnonzero(unseen)
        self.places[self.cells] = np.arange(len(self.cells))
        known = np.flatnonzero(~unseen)
        right = problem.constants - problem.relations[:, known] @ problem.value[known]
        left = problem.relations[:, self.cells]
        rows = np.flatnonzero(np.diff(left.indptr))
        bounds = problem.lower[self.cells], problem.upper[self.cells]
        self.program = LinearProgram(np.zeros(len(self.cells)), bounds, left[rows], (right[rows], right[rows]))
        self.rows = rows

    def bounds(self, cell: int) -> tuple[float, float]:
        """Give the limits of a cell; of one that is seen, its value twice."""
        place = int(self.places[cell])
        if place < 0:
            return float(self.problem.value[cell]), float(self.problem.value[cell])
        return self._limit(place, 1.0), self._limit(place, -1.0)

    def _limit(self, place: int, sign: float) -> float:
        solution = self._solve(place, sign)
        if solution.status == INFEASIBLE:
            raise ValueError("no values fit what is published: the sums, values and bounds contradict each other")
        if solution.status == UNBOUNDED:
            return -sign * np.inf
        if solution.status == STOPPED:
            message = f"the solver did not bound cell {self.cells[place]}"
            raise ArithmeticError(message)
        return float(solution.values[place])

    def _solve(self, place: int, sign: float) -> Solution:
        self.program.price_one(place, sign)
        solution = self.program.solve()
        self.program.price_one(place, 0.0)
        return solution

    def _carriers(self, place: int, sign: float) -> set[int]:
        """List the seen cells that carry the proof of a limit: those of the sums with a multiplier."""
        multipliers = np.zeros(len(self.problem.constants))
        self.program.price_one(place, sign)
        self.program.solve()
        multipliers[self.rows] = self.program.multipliers()
        self.program.price_one(place, 0.0)
        share = self.problem.relations.T @ multipliers
        return set(np.flatnonzero(self.seen & (np.abs(share) > TOLERANCE)).tolist())

    def certificate(self, cell: int) -> Certificate:
        """Say what is known of a cell and which of the seen cells give it away: those that carry the proof of its limits."""
        least, greatest = self.bounds(cell)
        place = int(self.places[cell])
        carrying = {cell} if place < 0 else self._carriers(place, 1.0) | self._carriers(place, -1.0)
        low, high = float(np.ceil(least - TOLERANCE) + 0.0), float(np.floor(greatest + TOLERANCE) + 0.0)
        return Certificate(cell, low, high, tuple(sorted(carrying)))
