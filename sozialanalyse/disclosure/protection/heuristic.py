"""A safe pattern, fast: add the cheapest deviation for each demand that is not met, then publish what is not needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sozialanalyse.disclosure.protection.flows import Demand, Evidence, Search
from sozialanalyse.disclosure.protection.parts import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sozialanalyse.disclosure.protection.effort import Effort
    from sozialanalyse.disclosure.protection.parts import Part

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

NEXT_TO_NOTHING: Final = 1e-3
"""What it costs to use a cell that is hidden already: little, but short ways are preferred to long ones."""


class Heuristic:
    """Makes safe patterns of one part.

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
        self.effort = effort
        self.search = Search(part, effort)
        self.evidence = Evidence(part, insider=insider)

    def pattern(self, attraction: Floats | None = None, start: Flags | None = None) -> tuple[Flags, list[Demand]]:
        """Hide cells until all demands are met that can be met, then publish those that are not needed.

        Parameters
        ----------
        attraction
            Shape (cells,): factor on the cost of each cell, to make other patterns than the plain one.
        start
            Shape (cells,): cells to hide at first.

        Returns
        -------
        hidden
            Shape (cells,).
        impossible
            The demands that cannot be met whatever is hidden.
        """
        factor = np.ones(len(self.part.cells)) if attraction is None else attraction
        hidden = self.part.always.copy() if start is None else self.part.always | start
        evidence = self.evidence.within(hidden)
        impossible = []
        for number in self._order():
            for demand in evidence.unmet(number):
                flow = self._cheapest(demand, hidden, factor)
                if flow is None:
                    impossible.append(demand)
                else:
                    hidden |= np.abs(flow) > TOLERANCE
                    self._note(flow, evidence)
        return (hidden if impossible else self.reduced(hidden, evidence)), impossible

    def _order(self) -> list[int]:
        """Those first that need most."""
        need = self.part.up + self.part.down
        return np.argsort(-need, kind="stable").tolist()

    def _cheapest(self, demand: Demand, hidden: Flags, factor: Floats) -> Floats | None:
        cost = np.where(hidden, NEXT_TO_NOTHING, (self.part.weight + NEXT_TO_NOTHING) * factor)
        self.search.price(cost)
        return self.search.find(demand, np.ones_like(hidden))

    def _note(self, flow: Floats, evidence: Evidence) -> None:
        evidence.add(flow)
        if evidence is not self.evidence:
            self.evidence.add(flow)

    def reduced(self, hidden: Flags, evidence: Evidence) -> Flags:
        """Publish each cell, dear ones first, without which all demands are met still."""
        candidates = np.flatnonzero(hidden & ~self.part.always)
        uses = evidence.used.sum(axis=0)
        for cell in candidates[np.lexsort((uses[candidates], -self.part.weight[candidates]))]:
            fewer = hidden.copy()
            fewer[cell] = False
            left, touched = evidence.without(int(cell))
            if self._met(fewer, left, touched):
                hidden, evidence = fewer, left
        return hidden

    def _met(self, hidden: Flags, evidence: Evidence, numbers: Sequence[int]) -> bool:
        """Say whether all demands of some primary cells are met; what is found on the way is kept as evidence."""
        return next(self.broken(hidden, evidence, numbers), None) is None

    def broken(self, hidden: Flags, evidence: Evidence, numbers: Sequence[int]) -> Iterator[tuple[int, Demand]]:
        """Yield the demands that cannot be met within a pattern, with the primary cell's number."""
        self.search.price(np.full(len(hidden), NEXT_TO_NOTHING))
        for number in numbers:
            for demand in evidence.unmet(number):
                flow = self.search.find(demand, hidden)
                if flow is None:
                    yield number, demand
                else:
                    self._note(flow, evidence)
