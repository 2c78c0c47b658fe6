"""What can be known of hidden cells: the least and greatest value that fits everything published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sozialanalyse.disclosure.problem import Certificate
from sozialanalyse.disclosure.protection.parts import TOLERANCE
from sozialanalyse.disclosure.protection.solver import INFEASIBLE, STOPPED, UNBOUNDED, LinearProgram

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

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

    What a sum leaves alone is computed step by step; what is left falls apart into groups that no sum ties together, each
    with a linear program of its own.

    Parameters
    ----------
    problem
        The cells.
    hidden
        Shape (cells,): as in :func:`intervals`.
    insider
        A hidden cell that the attacker knows.
    deduce
        Whether to compute what a sum leaves alone; if not, certificates name published cells only.
    """

    def __init__(self, problem: Problem, hidden: Flags, insider: int | None = None, *, deduce: bool = True) -> None:
        from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - heavy

        self.problem = problem
        unseen = hidden | ~problem.shown | np.isnan(problem.value)
        unseen &= ~(problem.fixed & ~np.isnan(problem.value))
        if insider is not None and not np.isnan(problem.value[insider]):
            unseen[insider] = False
        self.seen = ~unseen
        self.value = np.where(unseen, 0.0, problem.value)
        if deduce:
            self._deduce()
        self.unknown = np.flatnonzero(~self.seen)
        self.sums = problem.relations[:, self.unknown]
        self.sums.eliminate_zeros()
        self.right = problem.constants - problem.relations @ self.value
        tied = abs(self.sums)
        self.group = np.full(len(unseen), NO_GROUP)
        self.group[self.unknown] = connected_components(tied.T @ tied, directed=False)[1]
        self.groups: dict[int, Group] = {}

    def _deduce(self) -> None:
        """Compute what sums leave alone, until none does."""
        sums = self.problem.relations.copy()
        sums.eliminate_zeros()
        tied = abs(sums).sign()
        while len(alone := np.flatnonzero(np.round(tied @ (~self.seen).astype(float)) == 1)):
            unknown = np.flatnonzero(~self.seen)
            left = sums[alone][:, unknown]
            cells = unknown[left.indices]
            self.value[cells] = (self.problem.constants[alone] - sums[alone] @ self.value) / left.data
            self.seen[cells] = True
            self._assert_possible(cells, alone)

    def _assert_possible(self, cells: Places, rows: Places) -> None:
        value, problem = self.value[cells], self.problem
        close = TOLERANCE * (1.0 + np.abs(value))
        fits = (value >= problem.lower[cells] - close) & (value <= problem.upper[cells] + close)
        scale = 1.0 + abs(problem.relations[rows]) @ np.abs(self.value)
        holds = np.abs(problem.relations[rows] @ self.value - problem.constants[rows]) <= TOLERANCE * scale
        if not (fits.all() and holds.all()):
            raise ValueError(CONTRADICTION)

    def bounds(self, cell: int) -> tuple[float, float]:
        """Give the limits of a cell; of one that is seen or can be computed, its value twice."""
        if self.seen[cell]:
            return float(self.value[cell]), float(self.value[cell])
        return self._group(cell).limit(cell, 1.0), self._group(cell).limit(cell, -1.0)

    def _group(self, cell: int) -> Group:
        number = int(self.group[cell])
        if number not in self.groups:
            members = self.group[self.unknown] == number
            sums = self.sums[:, np.flatnonzero(members)]
            rows = np.flatnonzero(np.diff(sums.indptr))
            self.groups[number] = Group(self.problem, self.unknown[members], sums[rows], rows, self.right[rows])
        return self.groups[number]

    def certificate(self, cell: int) -> Certificate:
        """Say what is known of a cell and which of the seen cells give it away: those that carry the proof of its limits."""
        least, greatest = self.bounds(cell)
        carrying = {cell} if self.seen[cell] else self._carriers(cell, 1.0) | self._carriers(cell, -1.0)
        low, high = float(np.ceil(least - TOLERANCE) + 0.0), float(np.floor(greatest + TOLERANCE) + 0.0)
        return Certificate(cell, low, high, tuple(sorted(carrying)))

    def _carriers(self, cell: int, sign: float) -> set[int]:
        """List the seen cells that carry the proof of a limit: those of the sums with a multiplier."""
        multipliers = np.zeros(len(self.problem.constants))
        group = self._group(cell)
        multipliers[group.rows] = group.multipliers(cell, sign)
        share = self.problem.relations.T @ multipliers
        return set(np.flatnonzero(self.seen & (np.abs(share) > TOLERANCE)).tolist())


NO_GROUP: Final = -1

CONTRADICTION: Final = "no values fit what is published: the sums, values and bounds contradict each other"


class Group:
    """Hidden cells that sums tie together.

    Parameters
    ----------
    problem
        The cells.
    cells
        Shape (cells of the group,): positions in the problem, in ascending order.
    sums, rows, right
        Shapes (sums, cells of the group), (sums,), (sums,): the sums over them, their positions in the problem, and what is left
        of each when what is seen is taken out.
    """

    def __init__(self, problem: Problem, cells: Places, sums: csr_array, rows: Places, right: Floats) -> None:
        self.cells, self.rows = cells, rows
        bounds = problem.lower[cells], problem.upper[cells]
        self.program = LinearProgram(np.zeros(len(cells)), bounds, sums, (right, right))

    def limit(self, cell: int, sign: float) -> float:
        """Give the least (1) or the greatest (-1) value of a cell."""
        place = int(np.searchsorted(self.cells, cell))
        solution = self._solve(place, sign)
        if solution.status == INFEASIBLE:
            raise ValueError(CONTRADICTION)
        if solution.status == UNBOUNDED:
            return -sign * np.inf
        if solution.status == STOPPED:
            message = f"the solver did not bound cell {cell}"
            raise ArithmeticError(message)
        return float(solution.values[place])

    def multipliers(self, cell: int, sign: float) -> Floats:
        """Give the multipliers of the sums that prove a limit, shape (sums,)."""
        self._solve(int(np.searchsorted(self.cells, cell)), sign)
        return self.program.multipliers()

    def _solve(self, place: int, sign: float) -> Solution:
        self.program.price_one(place, sign)
        solution = self.program.solve()
        self.program.price_one(place, 0.0)
        return solution
