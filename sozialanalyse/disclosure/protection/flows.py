"""Evidence that primary cells are protected: other tables that fit everything published, as deviations from the true one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sozialanalyse.disclosure.protection.parts import TOLERANCE
from sozialanalyse.disclosure.protection.solver import OPTIMAL, LinearProgram

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sozialanalyse.disclosure.protection.effort import Effort
    from sozialanalyse.disclosure.protection.parts import Part

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

NOBODY: Final = -1
"""No cell is known to an insider."""


class Demand(NamedTuple):
    """What must remain possible: that a primary cell lies this much higher or lower, though one cell is known.

    Parameters
    ----------
    cell
        The primary cell, as a position in the part.
    ways
        The amounts of which one is enough: up is positive, down negative.
    insider
        The cell that is known, or :data:`NOBODY`.
    """

    cell: int
    ways: tuple[float, ...]
    insider: int


EITHER: Final = (1.0, -1.0)
"""Not exactly known: another whole number is possible."""


class Evidence:
    """Deviations that were found, and which demands they meet.

    A deviation serves every primary cell that it moves, and goes stale when one of its cells is published.

    Parameters
    ----------
    part
        The cells.
    insider
        Whether one hidden cell may be known to somebody.
    used
        Shape (deviations, cells): which cells each needs.
    moves
        Shape (deviations, primaries): how far each moves the primary cells.
    """

    def __init__(self, part: Part, *, insider: bool, used: Flags | None = None, moves: Floats | None = None) -> None:
        self.part = part
        self.insider = insider
        self._used = np.zeros((8, len(part.cells)), dtype=bool) if used is None else used
        self._moves = np.zeros((8, len(part.primaries))) if moves is None else moves
        self._count = 0 if used is None else len(used)

    @property
    def used(self) -> Flags:
        """Shape (deviations, cells): which cells each needs."""
        return self._used[: self._count]

    @property
    def moves(self) -> Floats:
        """Shape (deviations, primaries): how far each moves the primary cells."""
        return self._moves[: self._count]

    def add(self, flow: Floats) -> None:
        """Keep a deviation."""
        if self._count == len(self._used):
            # Twice the room: most are added one by one.
            self._used = np.vstack(
                [self._used, np.zeros_like(self._used, shape=(8 + self._count, self._used.shape[1]))]
            )
            self._moves = np.vstack([self._moves, np.zeros((8 + self._count, self._moves.shape[1]))])
        self._used[self._count] = np.abs(flow) > TOLERANCE
        self._moves[self._count] = flow[self.part.primaries]
        self._count += 1

    def within(self, hidden: Flags) -> Evidence:
        """Keep what needs no other cells than these."""
        return self._of(np.logical_not(np.any(self.used[:, ~hidden], axis=1)))

    def without(self, cell: int) -> tuple[Evidence, list[int]]:
        """Keep what does not need a cell; also list the primary cells that lose something."""
        lost = self.used[:, cell]
        touched = np.abs(self.moves[lost]) > TOLERANCE
        return self._of(~lost), np.flatnonzero(touched.any(axis=0)).tolist()

    def _of(self, kept: Flags) -> Evidence:
        return Evidence(self.part, insider=self.insider, used=self.used[kept], moves=self.moves[kept])

    def unmet(self, number: int) -> Iterator[Demand]:
        """Yield the demands of one primary cell that no deviation meets yet; add one for each before the next is asked."""
        part, cell = self.part, int(self.part.primaries[number])
        if part.up[number] > TOLERANCE and self.moves[:, number].max(initial=0.0) < part.up[number] - TOLERANCE:
            yield Demand(cell, (float(part.up[number]),), NOBODY)
        if part.down[number] > TOLERANCE and -self.moves[:, number].min(initial=0.0) < part.down[number] - TOLERANCE:
            yield Demand(cell, (-float(part.down[number]),), NOBODY)
        if not self.moving(number).any():
            yield Demand(cell, EITHER, NOBODY)
        yield from self._insiders(number, cell) if self.insider else ()

    def _insiders(self, number: int, cell: int) -> Iterator[Demand]:
        """Yield a demand for each cell that all deviations need, as long as there is one that was not asked for."""
        asked: Flags = self.part.twin == self.part.twin[cell]
        while (moving := self.moving(number)).any():
            needed = self.used[moving].all(axis=0) & ~asked
            if not needed.any():
                return
            insider = int(np.argmax(needed))
            asked[insider] = True
            yield Demand(cell, EITHER, insider)

    def moving(self, number: int) -> Flags:
        """Flag the deviations that move a primary cell by one or more."""
        return np.abs(self.moves[:, number]) >= 1.0 - TOLERANCE


class Search:
    """Looks for the cheapest deviation that meets a demand, with rises and falls of each cell as variables."""

    def __init__(self, part: Part, effort: Effort) -> None:
        from scipy.sparse import csr_array, hstack  # noqa: PLC0415 - heavy

        self.part = part
        self.size = len(part.cells)
        zero = np.zeros(part.relations.shape[0])
        both = csr_array(hstack([part.relations, -part.relations]))
        self.room = np.concatenate([part.above, part.below])
        none = np.zeros_like(self.room)
        self.program = LinearProgram(none, (none, self.room), both, (zero, zero), effort=effort)
        self.costs: Floats = np.zeros(0)

    def price(self, cost: Floats) -> None:
        """Set what moving each cell by one costs."""
        costs = np.concatenate([cost, cost])
        # A cell with little room carries little: moving it costs in proportion.
        costs = costs / np.clip(self.room, TOLERANCE, 1.0)
        if not np.array_equal(costs, self.costs):
            self.costs = costs
            self.program.price(costs)

    def find(self, demand: Demand, hidden: Flags) -> Floats | None:
        """Find the cheapest deviation within the hidden cells that meets a demand; nothing if there is none."""
        best, least = None, np.inf
        for amount in demand.ways:
            flow, cost = self._try(demand, amount, hidden)
            if flow is not None and cost < least - TOLERANCE:
                best, least = flow, cost
        return best

    def _try(self, demand: Demand, amount: float, hidden: Flags) -> tuple[Floats | None, float]:
        room = np.where(np.concatenate([hidden, hidden]), self.room, 0.0)
        here, back = (demand.cell, demand.cell + self.size)[:: 1 if amount > 0 else -1]
        if room[here] < abs(amount) - TOLERANCE:
            return None, np.inf
        if demand.insider != NOBODY:
            room[[demand.insider, demand.insider + self.size]] = 0.0
        lower = np.zeros_like(room)
        lower[here] = room[here] = min(abs(amount), room[here])
        room[back] = 0.0
        self.program.bound(lower, room)
        solution = self.program.solve()
        if solution.status != OPTIMAL:
            return None, np.inf
        return solution.values[: self.size] - solution.values[self.size :], solution.objective
