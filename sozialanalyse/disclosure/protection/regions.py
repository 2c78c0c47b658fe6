"""A part that is solved through windows: which cells are hidden in it, and how little any pattern can cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.disclosure.protection.exact import Exact
from sozialanalyse.disclosure.protection.flows import NOBODY
from sozialanalyse.disclosure.protection.heuristic import Heuristic
from sozialanalyse.disclosure.protection.parts import TOLERANCE
from sozialanalyse.disclosure.protection.windows import NEAREST, seen_through, windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.disclosure.protection.effort import Effort
    from sozialanalyse.disclosure.protection.flows import Demand
    from sozialanalyse.disclosure.protection.parts import Part

    Flags = NDArray[np.bool_]
    Places = NDArray[np.int64]


class Region:
    """What is seen through one window.

    Parameters
    ----------
    part
        The whole.
    cells
        Shape (cells,): positions in it.
    start
        Shape (cells of the whole,): a safe pattern, if there is one.
    insider
        Whether one hidden cell may be known to somebody.
    effort
        What the work is added to.
    """

    def __init__(self, part: Part, cells: Places, start: Flags | None, *, insider: bool, effort: Effort) -> None:
        self.cells, self.effort = cells, effort
        self.part = seen_through(part, cells)
        self.heuristic = Heuristic(self.part, insider=insider, effort=effort)
        self.unmet: list[Demand] = []
        begin = effort.spent
        if start is None:
            self.hidden, unmet = self.heuristic.pattern()
            self.unmet = [self._placed(demand) for demand in unmet]
        else:
            self.hidden = start[cells]
        self.pace = effort.spent - begin
        self.bound = float(self.part.weight[self.part.always].sum())

    def _placed(self, demand: Demand) -> Demand:
        """Name the cells of a demand by their positions in the whole."""
        insider = NOBODY if demand.insider == NOBODY else int(self.cells[demand.insider])
        return demand._replace(cell=int(self.cells[demand.cell]), insider=insider)

    def cost(self) -> float:
        """What the pattern costs."""
        return float(self.part.weight[self.hidden].sum())

    def closed(self, gap: float) -> bool:
        """Say whether the pattern costs at most this fraction more than what is proven."""
        return self.cost() <= self.bound * (1.0 + gap) + TOLERANCE

    def improve(self, gap: float, end: float) -> None:
        """Look for a better pattern, and prove more, until the effort reaches its end."""
        exact = Exact(self.heuristic, self.hidden, self.pace)
        exact.improve(gap, end)
        self.hidden, self.bound = exact.best, exact.bound


class Solved:
    """A part, the cells hidden in it, the least that any pattern costs, and the demands that none meets.

    Parameters
    ----------
    part
        The part.
    insider
        Whether one hidden cell may be known to somebody.
    effort
        What the work is added to.
    """

    def __init__(self, part: Part, *, insider: bool, effort: Effort) -> None:
        self.part, self.insider, self.effort = part, insider, effort
        self.distances = np.full(len(part.primaries), NEAREST)
        self.regions: list[Region] = []
        self.hidden = part.always.copy()
        self.bound = 0.0
        self._look(None)
        while self.unmet and not self._is_whole():
            self._grow([region for region in self.regions if region.unmet])
            self._look(None)
        self._take_over()

    @property
    def unmet(self) -> list[Demand]:
        """The demands that no pattern meets, with positions in the part."""
        return [demand for region in self.regions for demand in region.unmet]

    def cost(self) -> float:
        """What the pattern costs."""
        return float(self.part.weight[self.hidden].sum())

    def closed(self, gap: float) -> bool:
        """Say whether the pattern costs at most this fraction more than what is proven."""
        return self.cost() <= self.bound * (1.0 + gap) + TOLERANCE

    def improve(self, gap: float, end: float) -> None:
        """Improve the pattern in each window; let those windows grow in which that does not prove enough."""
        while not (self.closed(gap) or self.effort.over(end)):
            waiting = [region for region in self.regions if not region.closed(gap)]
            for number, region in enumerate(waiting):
                share = max(end - self.effort.spent, 0.0) / (len(waiting) - number)
                region.improve(gap, self.effort.spent + share)
            self._take_over()
            if self.closed(gap) or self._is_whole():
                return
            self._grow([region for region in self.regions if not region.closed(gap)])
            self._look(self.hidden)

    def _is_whole(self) -> bool:
        return len(self.regions) == 1 and len(self.regions[0].cells) == len(self.part.cells)

    def _grow(self, regions: list[Region]) -> None:
        for region in regions:
            self.distances[np.isin(self.part.primaries, region.cells)] += 1

    def _look(self, start: Flags | None) -> None:
        """Look through the windows; those that are as they were stay solved."""
        known = {region.cells.tobytes(): region for region in self.regions}
        self.regions = [
            known.get(cells.tobytes()) or Region(self.part, cells, start, insider=self.insider, effort=self.effort)
            for cells in windows(self.part, self.distances)
        ]

    def _take_over(self) -> None:
        """Put the windows together: their patterns make one pattern, and what they prove adds up."""
        hidden = self.part.always.copy()
        for region in self.regions:
            hidden[region.cells] |= region.hidden
        self.hidden = hidden
        self.bound = max(self.bound, sum(region.bound for region in self.regions))
