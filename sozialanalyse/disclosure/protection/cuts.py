"""Conditions that every safe pattern meets, found where a proposed pattern breaks them.

Each rests on multipliers of the sums: whatever moves a primary cell must move others with it, so of these enough must be hidden.
Where a part is cut out of a larger one, only its inner sums count, for what lies outside may move: so the conditions hold for the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sozialanalyse.disclosure.protection.flows import NOBODY
from sozialanalyse.disclosure.protection.parts import TOLERANCE
from sozialanalyse.disclosure.protection.solver import OPTIMAL, LinearProgram

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.disclosure.protection.effort import Effort
    from sozialanalyse.disclosure.protection.flows import Demand
    from sozialanalyse.disclosure.protection.parts import Part

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

VIOLATED: Final = 0.02
"""A condition is used where a proposal breaks it by more than this."""

LARGE: Final = 1e6
"""More room than any count needs."""

BLUR: Final = 1e-3
"""So far a proposal is moved towards hiding everything: of the conditions that it breaks, those with the fewest cells are found."""


class Cut(NamedTuple):
    """``coefficients @ hidden >= least`` for every safe pattern; shape (cells,)."""

    coefficients: Floats
    least: float


class Separation:
    """Finds conditions that a proposed pattern, whole or fractional, breaks.

    Parameters
    ----------
    part
        The cells.
    insider
        Whether one hidden cell may be known to somebody.
    effort
        What the work is added to.
    """

    def __init__(self, part: Part, *, insider: bool, effort: Effort) -> None:
        self.part = part
        self.insider = insider
        zero = np.zeros(part.inner.shape[0])
        free = np.zeros(len(part.cells))
        self.program = LinearProgram(free, (free, free), part.inner, (zero, zero), effort=effort)
        self.movable = np.maximum(part.below, part.above) > TOLERANCE

    def broken(self, number: int, share: Floats) -> list[Cut]:
        """Find the conditions on one primary cell that a proposal breaks.

        Parameters
        ----------
        number
            Which primary cell.
        share
            Shape (cells,): how far each cell is hidden, 0 to 1.

        Returns
        -------
        list of Cut
        """
        part, cell = self.part, int(self.part.primaries[number])
        found = [self._moved(cell, amount, share) for amount in (float(part.up[number]), -float(part.down[number]))]
        return [cut for cut in (*found, self._connected(cell, share)) if cut is not None]

    def _moved(self, cell: int, amount: float, share: Floats) -> Cut | None:
        """It must be possible to move the cell by an amount: so much room must be hidden in every cut."""
        if abs(amount) <= TOLERANCE:
            return None
        blurred = share + BLUR * (1.0 - share)
        room = np.minimum(self.part.below, abs(amount)) * blurred, np.minimum(self.part.above, abs(amount)) * blurred
        reached, reduced = self.farthest(cell, amount, room)
        if reached >= abs(amount) * (1.0 - VIOLATED):
            return None
        return self._tight(abs(amount), self.coefficients(cell, np.sign(amount), reduced), share)

    def coefficients(self, cell: int, sign: float, reduced: Floats) -> Floats:
        """Give how much each cell, if it is hidden, lets the cell move, by the multipliers behind the reduced costs."""
        own = 1.0 + sign * reduced[cell]
        if own <= TOLERANCE:
            return np.full(len(reduced), np.inf)
        with np.errstate(invalid="ignore"):
            room = np.where(reduced < -TOLERANCE, -reduced * self.part.above, 0.0)
            room += np.where(reduced > TOLERANCE, reduced * self.part.below, 0.0)
        room[cell] = 0.0
        return room / own

    def _tight(self, amount: float, coefficients: Floats, share: Floats) -> Cut | None:
        """Take out what is hidden in every pattern; no cell then counts for more than what is still missing."""
        always = self.part.always
        missing = amount - coefficients[always].sum()
        if not missing > TOLERANCE:
            return None
        tight = np.where(always, 0.0, np.minimum(coefficients, missing)) / missing
        return Cut(tight, 1.0) if tight @ share < 1.0 - VIOLATED else None

    def _connected(self, cell: int, share: Floats) -> Cut | None:
        """Every cut through the cell holds another hidden cell, or with insiders two; one of the same statement does for both."""
        wanted = 2.0 if self.insider else 1.0
        count = np.where(self.part.twin == self.part.twin[cell], wanted, 1.0) * self.movable
        room = count * (share + BLUR * (1.0 - share))
        reached, reduced = self.farthest(cell, wanted, (room, room))
        if reached >= wanted - VIOLATED or 1.0 + reduced[cell] <= TOLERANCE:
            return None
        support = (np.abs(reduced) > TOLERANCE) & (np.arange(len(share)) != cell)
        coefficients = np.where(support, count, 0.0)
        always = self.part.always
        missing = wanted - coefficients[always].sum()
        if missing <= TOLERANCE:
            return None
        tight = np.where(always, 0.0, np.minimum(coefficients, missing))
        return Cut(tight, missing) if tight @ share < missing - VIOLATED else None

    def farthest(self, cell: int, amount: float, room: tuple[Floats, Floats]) -> tuple[float, Floats]:
        """Move a cell as far as the room of the others allows, at most by the amount; also give the reduced costs."""
        sign = float(np.sign(amount))
        lower, upper = -room[0], room[1].copy()
        lower[cell], upper[cell] = (0.0, amount) if sign > 0 else (amount, 0.0)
        self.program.bound(lower, upper)
        self.program.price_one(cell, -sign)
        solution = self.program.solve()
        reduced = self.program.reduced_costs()
        self.program.price_one(cell, 0.0)
        reached = abs(float(solution.values[cell])) if solution.status == OPTIMAL else np.inf
        return reached, reduced

    def against(self, demand: Demand, hidden: Flags) -> list[Cut]:
        """Find conditions that a whole pattern breaks which does not meet a demand.

        Parameters
        ----------
        demand
            What the pattern does not meet.
        hidden
            Shape (cells,): the pattern.

        Returns
        -------
        list of Cut
            One of the cells outside must be hidden; and, if there is only one way to meet the demand, how much room.
        """
        for blur in (BLUR, 0.0):
            proofs = self._proofs(demand, hidden, blur)
            if proofs is not None:
                break
        else:
            return []
        outside = np.logical_or.reduce([proof > TOLERANCE for proof in proofs], initial=False) & ~hidden
        found = [Cut(outside.astype(float), 1.0)] if outside.any() else []
        if len(demand.ways) == 1 and proofs:
            tight = self._tight(abs(demand.ways[0]), proofs[0], hidden.astype(float))
            found += [tight] if tight is not None else []
        return found

    def _proofs(self, demand: Demand, hidden: Flags, blur: float) -> list[Floats] | None:
        """Give for each way of a demand how much each cell contributes at most; nothing if that does not prove it unmet."""
        part, found = self.part, []
        for amount in demand.ways:
            own = part.above[demand.cell] if amount > 0 else part.below[demand.cell]
            if own < abs(amount) - TOLERANCE:
                continue
            below, above = (
                np.where(hidden, np.minimum(side, LARGE), blur * np.minimum(side, abs(amount)))
                for side in (part.below, part.above)
            )
            if demand.insider != NOBODY:
                below[demand.insider] = above[demand.insider] = 0.0
            _, reduced = self.farthest(demand.cell, amount, (below, above))
            proof = self.coefficients(demand.cell, float(np.sign(amount)), reduced)
            if demand.insider != NOBODY:
                proof[demand.insider] = 0.0
            if not proof[hidden].sum() < abs(amount) - TOLERANCE:
                return None
            found.append(proof)
        return found


def rows(part: Part, *, insider: bool) -> list[Cut]:
    """List the plainest conditions: in each sum with a primary cell another one is hidden, or with insiders two."""
    found = []
    wanted = 2.0 if insider else 1.0
    for row in range(part.inner.shape[0]):
        cells = part.inner.indices[part.inner.indptr[row] : part.inner.indptr[row + 1]]
        primary = np.intersect1d(cells, part.primaries)
        if len(primary) and len(cells) > 2:
            coefficients = np.zeros(len(part.cells))
            coefficients[cells] = 1.0
            coefficients[part.always] = 0.0
            missing = wanted + 1.0 - part.always[cells].sum()
            twins = len(np.unique(part.twin[cells])) < len(cells)
            if missing > 0 and not twins:
                found.append(Cut(coefficients, missing))
    return found
