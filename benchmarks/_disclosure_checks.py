"""An attacker and an exact model of their own, which share no code with the program that protects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import block_array, csr_array, diags_array, eye_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.disclosure.problem import Problem

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

CLOSE: Final = 1e-6
"""So far two numbers may be apart and still count as the same."""

ROOM: Final = 100.0
"""More than any cell of a small table must move."""


class Found(NamedTuple):
    """How many primary cells an attacker knows exactly, knows to be under the threshold, or knows exactly as an insider."""

    exact: int
    below: int
    by_insiders: int = 0


class Attacker:
    """Bounds hidden cells by one linear program each, from the values that are not hidden.

    Parameters
    ----------
    problem
        All values are known to who tests, none is NaN.
    hidden
        Shape (cells,).
    """

    def __init__(self, problem: Problem, hidden: Flags) -> None:
        self.problem = problem
        self.cells = np.flatnonzero(hidden)
        seen = np.where(hidden, 0.0, problem.value)
        self.right = problem.constants - problem.relations @ seen
        self.left = problem.relations[:, self.cells]
        self.bounds = np.column_stack([problem.lower, problem.upper])[self.cells]
        self.truth = problem.value[self.cells]

    def table(self, cell: int, sign: int, known: int | None = None) -> Floats:
        """Give values of the hidden cells that fit and make a cell as large (1) or small (-1) as possible, up to a million."""
        cost = np.zeros(len(self.cells))
        place = np.searchsorted(self.cells, cell)
        cost[place] = -sign
        bounds = self.bounds.copy()
        bounds[place, 1] = min(bounds[place, 1], 1e6)
        if known is not None:
            bounds[np.searchsorted(self.cells, known)] = self.problem.value[known]
        result = linprog(cost, A_eq=self.left, b_eq=self.right, bounds=bounds, method="highs")
        return np.asarray(result.x)


def attack(problem: Problem, hidden: Flags) -> Found:
    """Attack a pattern: bound each primary cell that no table found so far shows to be safe."""
    attacker = Attacker(problem, hidden)
    least, greatest = attacker.truth.copy(), attacker.truth.copy()
    exact = below = 0
    for cell in np.flatnonzero(problem.primary).tolist():
        place, wanted = int(np.searchsorted(attacker.cells, cell)), problem.at_least[cell] - CLOSE
        for sign in (1, -1):
            if greatest[place] - least[place] < 1.0 - CLOSE or greatest[place] < wanted:
                table = attacker.table(cell, sign)
                least, greatest = np.minimum(least, table), np.maximum(greatest, table)
        is_exact = greatest[place] - least[place] < 1.0 - CLOSE
        exact += is_exact
        below += not is_exact and greatest[place] < wanted
    return Found(int(exact), int(below))


def by_insiders(problem: Problem, hidden: Flags) -> list[tuple[int, int]]:
    """List the pairs of a primary and another hidden cell where who knows the other knows the primary one exactly."""
    attacker = Attacker(problem, hidden)
    primary = np.flatnonzero(problem.primary).tolist()
    tables = [attacker.table(cell, sign) for cell in primary for sign in (-1, 1)]
    moves = np.reshape(tables, (2 * len(primary), len(attacker.cells))) - attacker.truth
    found = []
    for cell in primary:
        place, asked = int(np.searchsorted(attacker.cells, cell)), {cell}
        while (other := _suspect(attacker, moves, place, asked)) is not None:
            asked.add(other)
            more = np.array([attacker.table(cell, sign, other) for sign in (-1, 1)]) - attacker.truth
            moves = np.vstack([moves, more])
            if np.ptp(more[:, place]) < 1.0 - CLOSE and not _same(problem, cell, other):
                found.append((cell, other))
    return found


def _suspect(attacker: Attacker, moves: Floats, place: int, asked: set[int]) -> int | None:
    """Name a hidden cell that moves in every table in which the primary one does: who knows it may know that one."""
    helpful = np.abs(moves[:, place]) >= 1.0 - CLOSE
    suspects = attacker.cells[(np.abs(moves[helpful]) > CLOSE).all(axis=0)].tolist() if helpful.any() else []
    return next((other for other in suspects if other not in asked), None)


def _same(problem: Problem, cell: int, other: int) -> bool:
    """Say whether a sum holds nothing but these two besides what is known, the one within the other."""
    rows = problem.relations[:, np.flatnonzero(~problem.fixed)]
    alone = np.diff(rows.indptr) == 2
    pair = problem.relations[:, [cell, other]].toarray()
    return bool(((pair[:, 0] * pair[:, 1] < 0) & alone).any())


def impossible(problem: Problem, *, insider: bool) -> bool:
    """Say whether hiding everything that may be hidden leaves a primary cell unprotected: then no pattern is safe."""
    everything = ~problem.fixed | problem.primary
    if (problem.primary & problem.fixed).any() or any(attack(problem, everything)):
        return True
    return insider and bool(by_insiders(problem, everything))


def least_cost(problem: Problem, *, insider: bool) -> float:
    """Solve the compact model: what the cheapest safe pattern costs, infinity if there is none.

    One integer program holds a choice of cells and, for every demand, a table of its own that differs from the true one
    only in hidden cells. A demand with two ways (a cell may move up or down) has a table for each and a choice between them.
    Of the demands on account of insiders those are added that the choice does not meet, until it meets all.
    """
    primary = np.flatnonzero(problem.primary).tolist()
    demands: list[tuple[int, int | None]] = [(cell, None) for cell in primary]
    while demands:
        cost, hidden = _cheapest(problem, demands)
        new = by_insiders(problem, hidden) if insider and np.isfinite(cost) else []
        if not new:
            return cost
        demands += new
    return 0.0


def _cheapest(problem: Problem, demands: list[tuple[int, int | None]]) -> tuple[float, Flags]:
    """Solve the model for some demands: its cost, and the choice."""
    size, copies = len(problem.value), _copies(problem, demands)
    nothing = float("inf"), problem.primary
    if (problem.primary & problem.fixed).any():
        return nothing
    lower = np.concatenate([problem.primary, np.full(size * len(copies), -np.inf), np.zeros(len(copies))])
    upper = np.concatenate([~problem.fixed, np.full(size * len(copies), np.inf), np.ones(len(copies))])
    whole = np.concatenate([np.ones(size), np.zeros(size * len(copies)), np.ones(len(copies))])
    cost = np.concatenate([problem.weight, np.zeros((size + 1) * len(copies))])
    room = np.column_stack([problem.value - problem.lower, problem.upper - problem.value]).clip(0.0, ROOM)
    constraints = _constraints(problem, copies, room)
    result = milp(cost, integrality=whole, bounds=Bounds(lower, upper), constraints=constraints)
    return (float(result.fun), result.x[:size] > 0.5) if result.status == 0 else nothing


class Copy(NamedTuple):
    """A table that moves a cell by an amount, leaves another as it is, and is one of those of which a demand needs one."""

    cell: int
    amount: float
    known: int | None
    demand: int


def _copies(problem: Problem, demands: list[tuple[int, int | None]]) -> list[Copy]:
    copies, number = [], 0
    for cell, known in demands:
        ways = [[1.0, -1.0]]
        if known is None:
            ways += [[problem.at_least[cell] - problem.value[cell]], [problem.at_most[cell] - problem.value[cell]]]
        for way in ways:
            if all(way):
                copies += [Copy(cell, amount, known, number) for amount in way]
                number += 1
    return copies


def _constraints(problem: Problem, copies: list[Copy], room: Floats) -> list[LinearConstraint]:
    size, count = len(problem.value), len(copies)
    nothing = csr_array((problem.relations.shape[0] * count, size))
    tables = block_array(
        [[problem.relations if row == column else None for column in range(count)] for row in range(count)]
    )
    balance = block_array([[nothing, tables, csr_array((nothing.shape[0], count))]])
    above, below = ([_room(copy, side) for copy in copies] for side in (room[:, 1], room[:, 0]))
    own, none = eye_array(size * count), csr_array((size * count, count))
    rise = block_array([[-_stacked(above), own, none]])
    fall = block_array([[-_stacked(below), -own, none]])
    moved = csr_array(
        (
            np.sign([copy.amount for copy in copies]),
            (range(count), [n * size + copy.cell for n, copy in enumerate(copies)]),
        ),
        shape=(count, size * count),
    )
    used = diags_array([-abs(copy.amount) for copy in copies])
    reach = block_array([[csr_array((count, size)), moved, used]])
    of = csr_array((np.ones(count), ([copy.demand for copy in copies], range(count))))
    met = block_array([[csr_array((of.shape[0], size * (1 + count))), of]])
    return [
        LinearConstraint(balance, 0.0, 0.0),
        LinearConstraint(rise, -np.inf, 0.0),
        LinearConstraint(fall, -np.inf, 0.0),
        LinearConstraint(reach, 0.0, np.inf),
        LinearConstraint(met, 1.0, np.inf),
    ]


def _room(copy: Copy, side: Floats) -> Floats:
    room = side.copy()
    if copy.known is not None:
        room[copy.known] = 0.0
    return room


def _stacked(rooms: list[Floats]) -> csr_array:
    return block_array([[diags_array(room)] for room in rooms])
