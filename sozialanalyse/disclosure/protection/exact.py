"""The cheapest safe pattern, and how cheap any can be: cutting planes on an integer program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sozialanalyse.disclosure.protection.cuts import Cut, Separation, rows
from sozialanalyse.disclosure.protection.parts import TOLERANCE
from sozialanalyse.disclosure.protection.solver import OPTIMAL, LinearProgram

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.disclosure.protection.heuristic import Heuristic

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

ROUNDS_BETWEEN: Final = 5
"""So many rounds of conditions are found before the next pattern is made after their solution."""

PATIENCE: Final = 2
"""A primary cell that broke no condition so often is asked again only when no other one does."""

LEFT_OPEN: Final = 1.02
"""A cell that the relaxed program hides wholly still costs this much less one, so that short ways are preferred."""


class Exact:
    """Improves a safe pattern of one part, and proves how little any can cost.

    The program chooses cells to hide; conditions that every safe pattern meets are added where its solution breaks
    them, first to its relaxation, then to the integer program itself. Its solution bounds the cost from below, and its
    fractions tell the heuristic where to look.

    Parameters
    ----------
    heuristic
        Makes safe patterns of the part.
    pattern
        Shape (cells,): a safe pattern.
    pace
        What it took to make it, in units of :class:`~sozialanalyse.disclosure.protection.effort.Effort`.

    References
    ----------
    Fischetti M, Salazar JJ (2000): Models and algorithms for optimizing cell suppression in tabular data with linear constraints.
    Journal of the American Statistical Association 95: 916-928.
    """

    def __init__(self, heuristic: Heuristic, pattern: Flags, pace: float) -> None:
        self.heuristic, self.part = heuristic, heuristic.part
        self.effort = heuristic.effort
        self.best, self.pace = pattern, pace
        self.separation = Separation(self.part, insider=heuristic.insider, effort=self.effort)
        weight, always = self.part.weight, self.part.always
        self.base = float(weight[always].sum())
        self.whole = bool(np.array_equal(weight, np.round(weight)))
        self.bound = self.base
        self.free = np.flatnonzero(~always)
        self.cuts: list[Cut] = []
        self.seen: set[bytes] = set()
        self.relaxed = self._program(integer=False)
        self._add(rows(self.part, insider=heuristic.insider))

    @property
    def cost(self) -> float:
        """What the best pattern costs."""
        return float(self.part.weight[self.best].sum())

    def improve(self, gap: float, end: float) -> None:
        """Improve the pattern until it costs at most this fraction more than what is proven, or the effort is spent.

        Parameters
        ----------
        gap
            0.05 is five per cent.
        end
            Up to what may be spent.
        """
        self._relax(gap, end)
        while not self._done(gap, end):
            if not self._branch(gap, end):
                return

    def _done(self, gap: float, end: float) -> bool:
        return self.cost <= self.bound * (1.0 + gap) + TOLERANCE or self.effort.over(end)

    def _relax(self, gap: float, end: float) -> None:
        """Add conditions to the relaxation until its solution breaks none."""
        quiet = np.zeros(len(self.part.primaries), dtype=np.int64)
        turn = 0
        while not self._done(gap, end):
            solution = self.relaxed.solve()
            if solution.status != OPTIMAL:
                return
            self._raise(solution.objective)
            share = self._share(solution.values)
            asked = np.flatnonzero(quiet < PATIENCE)
            found = self._separate(share, asked, quiet, end)
            found = found or self._separate(share, np.flatnonzero(quiet >= PATIENCE), quiet, end)
            turn += 1
            if turn % ROUNDS_BETWEEN == 0 or not found:
                self._make(end, attraction=LEFT_OPEN - share)
            if not found:
                return

    def _separate(self, share: Floats, numbers: NDArray[np.int64], quiet: NDArray[np.int64], end: float) -> bool:
        """Add the conditions on some primary cells that a proposal breaks; say whether there were any."""
        any_new = False
        for number in numbers:
            if self.effort.over(end):
                break
            new = self._add(self.separation.broken(int(number), share))
            quiet[number] = 0 if new else quiet[number] + 1
            any_new |= new
        return any_new

    def _branch(self, gap: float, end: float) -> bool:
        """Solve the integer program and add what its solution breaks; say whether there was anything to add."""
        program = self._program(integer=True)
        self._enter(program, self.cuts)
        program.suggest(self.best[self.free].astype(float))
        solution = program.solve(gap=gap / 2, end=end)
        self._raise(solution.bound)
        if solution.status != OPTIMAL:
            return False
        hidden = self._share(solution.values) > 0.5
        new = self._against(hidden, end)
        self._make(end, start=hidden)
        return new

    def _against(self, hidden: Flags, end: float) -> bool:
        """Add the conditions that a whole pattern breaks; say whether there were any."""
        evidence = self.heuristic.evidence.within(hidden)
        found: dict[int, list[Cut]] = {}
        for number, demand in self.heuristic.broken(hidden, evidence, range(len(self.part.primaries))):
            known = found.setdefault(number, self.separation.broken(number, hidden.astype(float)))
            known += self.separation.against(demand, hidden)
            if self.effort.over(end):
                break
        return self._add([cut for cuts in found.values() for cut in cuts])

    def _make(self, end: float, *, attraction: Floats | None = None, start: Flags | None = None) -> None:
        """Make another pattern and keep it if it is better; not if that would take more than is left."""
        begin = self.effort.spent
        if begin + self.pace > end:
            return
        pattern, _ = self.heuristic.pattern(attraction, start)
        self.pace = self.effort.spent - begin
        if self.part.weight[pattern].sum() < self.cost - TOLERANCE:
            self.best = pattern

    def _raise(self, free_bound: float) -> None:
        """Take over what the program proves; weights that are whole numbers add up to one."""
        total = free_bound + self.base
        if self.whole and np.isfinite(total):
            total = np.ceil(total - TOLERANCE)
        self.bound = max(self.bound, min(total, self.cost))

    def _share(self, values: Floats) -> Floats:
        share = self.part.always.astype(float)
        share[self.free] = np.clip(values, 0.0, 1.0)
        return share

    def _program(self, *, integer: bool) -> LinearProgram:
        from scipy.sparse import csr_array  # noqa: PLC0415 - heavy

        size, none = len(self.free), np.zeros(0)
        bounds = np.zeros(size), np.ones(size)
        rows = csr_array((0, size)), (none, none)
        return LinearProgram(self.part.weight[self.free], bounds, *rows, integer=integer, effort=self.effort)

    def _add(self, cuts: list[Cut]) -> bool:
        """Add the conditions that are new to the relaxation; say whether there were any."""
        new = []
        for cut in cuts:
            key = np.round(np.append(cut.coefficients, cut.least), 6).tobytes()
            if key not in self.seen:
                self.seen.add(key)
                new.append(cut)
        self.cuts += new
        self._enter(self.relaxed, new)
        return bool(new)

    def _enter(self, program: LinearProgram, cuts: list[Cut]) -> None:
        from scipy.sparse import csr_array  # noqa: PLC0415 - heavy

        if cuts:
            matrix = csr_array(np.array([cut.coefficients[self.free] for cut in cuts]))
            program.add(matrix, np.array([cut.least for cut in cuts]), np.full(len(cuts), np.inf))
