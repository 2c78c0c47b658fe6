"""Between what an unknown count must lie: by propagation where that decides it, by linear programmes where not.

The attack of Fischetti and Salazar-González (2000, Management Science 46/11, section 2): for each hidden cell the least
and the greatest value of all tables that agree with what is published. Unknowns fall into parts that no sum connects,
so one programme serves one target of each of many parts at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from scipy.sparse import csc_array, csr_array

    from sozialanalyse.audit.system import Flags, Floats, System

    Numbers = NDArray[np.intp]

TOLERANCE = 1e-5
"""By so much a solver's bound may miss the integer that it means; counts are far apart from that."""

LARGEST = 1e7
"""An upper bound for what has none, so that programmes are bounded; results from here on mean: no bound."""

COLUMNS_TOGETHER = 3000
"""So many unknowns go into one programme; beyond, solving takes longer than starting."""

GUESSES = 1
"""Pairs of programmes in random directions that are solved first; their corners show most counts to be wide open."""

GAIN = 0.1
"""As long as this share of the counts that are not yet seen to be wide open is, all of them are pushed together."""

SMALLER = 0.7
"""When the parts that are not done hold at most this share of the unknowns, the others are left out."""

LARGEST_PART = 3000
"""Unknowns tied together of which pairs are still looked for; the work grows with the third power."""

SWEEPS = 60
"""Rounds of propagation at most; what is not decided by then, programmes decide."""


@dataclass(frozen=True, eq=False)
class Bounds:
    """What is known of counts.

    Parameters
    ----------
    least, greatest
        Shape (counts,): of targets the proven bounds, of others what propagation gave; integers where counts are.
    contradictory
        Shape (counts,): no number fits; a sum contradicts what is published.
    is_proven
        Shape (counts,): the bounds are the true ones; else the count is known to be wide enough, and these lie inside.
    determined
        How many cells somebody who knows one other cell could compute; parts beyond :data:`LARGEST_PART` are left out.
    """

    least: Floats
    greatest: Floats
    contradictory: Flags
    is_proven: Flags
    determined: int


@dataclass(frozen=True, eq=False)
class Wanted:
    """Of which counts bounds are wanted, and how wide open a count must be to need no exact ones.

    Parameters
    ----------
    targets
        Shape (counts,): whose bounds are wanted.
    cells
        Shape (counts,): the targets that are cells of a table; somebody may know one of them.
    high, width
        Shape (counts,): a target that can be ``high`` or more and takes values ``width`` apart is open enough; infinite
        where the exact bounds are wanted in any case.
    """

    targets: Flags
    cells: Flags
    high: Floats
    width: Floats

    def enough(self, least: Floats, greatest: Floats, chosen: Numbers) -> Flags:
        """Whether counts are known to be wide open."""
        is_high = greatest >= self.high[chosen] - TOLERANCE
        return is_high & (greatest - least >= self.width[chosen] - TOLERANCE)


def bounds(system: System, wanted: Wanted) -> Bounds:
    """Find the least and the greatest possible value of counts.

    Parameters
    ----------
    system
        What is known.
    wanted
        Of which counts.

    Returns
    -------
    Bounds
        Exact bounds of the linear relaxation, tightened to integers.
    """
    lower, upper, wrong = _propagated(system)
    open_ = ~(upper - lower <= TOLERANCE) & ~wrong
    parts = _parts(system.relations, open_)
    contradictory, proven = wrong.copy(), np.ones(len(lower), dtype=bool)
    least, greatest = lower.copy(), upper.copy()
    for together in _batches(parts, open_, wanted.targets):
        found = _solve(system, together, lower, upper, wanted)
        for columns, part in zip(together, found, strict=True):
            contradictory[columns] |= part is None
            if part is not None:
                least[columns], greatest[columns] = _to_whole(part.least, part.greatest, system.whole[columns])
                proven[columns] = part.is_proven
    ready = [part for part in parts if wanted.targets[part].any() and not contradictory[part].any()]
    by_column = system.relations.tocsc()
    determined = sum(_determined(by_column, part, least, greatest, wanted.cells) for part in ready)
    return Bounds(least, greatest, contradictory, proven, determined)


def _to_whole(least: Floats, greatest: Floats, whole: Flags) -> tuple[Floats, Floats]:
    """Tighten bounds to integers; where there is no upper one, say so."""
    least = np.where(whole, np.ceil(least - TOLERANCE), least) + 0.0  # no negative zero
    greatest = np.where(whole, np.floor(greatest + TOLERANCE), greatest)
    return np.where(least <= -LARGEST, -np.inf, least), np.where(greatest >= LARGEST, np.inf, greatest)


def _propagated(system: System) -> tuple[Floats, Floats, Flags]:
    """Tighten bounds by each sum on its own until nothing changes.

    Returns
    -------
    tuple
        Lower and upper bounds, and the counts of sums that cannot hold.
    """
    matrix = system.relations.tocoo()
    row, column, weight = matrix.coords[0], matrix.coords[1], matrix.data
    lower, upper = _to_whole(system.lower, system.upper, system.whole)
    wrong = lower > upper + TOLERANCE
    for _ in range(SWEEPS):
        below = np.where(weight > 0, weight * lower[column], weight * upper[column])
        above = np.where(weight > 0, weight * upper[column], weight * lower[column])
        rest_below = _without_own(below, row, -np.inf, len(system.constants))
        rest_above = _without_own(above, row, np.inf, len(system.constants))
        first = (system.constants[row] - rest_above) / weight
        second = (system.constants[row] - rest_below) / weight
        new_lower, new_upper = lower.copy(), upper.copy()
        np.maximum.at(new_lower, column, np.minimum(first, second))
        np.minimum.at(new_upper, column, np.maximum(first, second))
        new_lower, new_upper = _to_whole(new_lower, new_upper, system.whole)
        bad = new_lower > new_upper + TOLERANCE
        wrong |= bad
        new_lower, new_upper = np.where(bad, lower, new_lower), np.where(bad, upper, new_upper)
        gained = (new_lower > lower + TOLERANCE) | (new_upper < upper - TOLERANCE)
        lower, upper = np.maximum(new_lower, lower), np.minimum(new_upper, upper)
        if not gained.any():
            break
    return lower, upper, wrong


def _without_own(terms: Floats, row: Numbers, unbounded: float, rows: int) -> Floats:
    """Add the other terms of each term's sum; one of them without a bound leaves the sum without one."""
    infinite = np.isinf(terms)
    finite = np.where(infinite, 0.0, terms)
    total = np.bincount(row, finite, rows)[row] - finite
    others = np.bincount(row, infinite, rows)[row] - infinite
    return np.where(others > 0, unbounded, total)


def _parts(relations: csr_array, open_: Flags) -> list[Numbers]:
    """Split the open unknowns into parts that no sum connects."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - heavy
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - heavy

    columns = np.flatnonzero(open_)
    if not len(columns):
        return []
    inside = csr_array(relations[:, columns])
    pattern = csr_array((np.ones(inside.nnz), inside.indices, inside.indptr), shape=inside.shape)
    _, label = connected_components(pattern.T @ pattern, directed=False)
    order = np.argsort(label, kind="stable")
    return [columns[part] for part in np.split(order, np.flatnonzero(np.diff(label[order])) + 1)]


def _batches(parts: list[Numbers], open_: Flags, targets: Flags) -> Iterator[list[Numbers]]:
    """Put parts with targets together, those of like many targets, up to :data:`COLUMNS_TOGETHER` unknowns."""
    wanted = sorted(
        (part for part in parts if (targets & open_)[part].any()), key=lambda part: -int(targets[part].sum())
    )
    batch: list[Numbers] = []
    for part in wanted:
        if batch and sum(map(len, batch)) + len(part) > COLUMNS_TOGETHER:
            yield batch
            batch = []
        batch.append(part)
    if batch:
        yield batch


@dataclass(frozen=True, eq=False)
class _Solved:
    """Bounds of the unknowns of one part."""

    least: Floats
    greatest: Floats
    is_proven: Flags


def _solve(system: System, parts: list[Numbers], lower: Floats, upper: Floats, wanted: Wanted) -> list[_Solved | None]:
    """Give bounds of the unknowns of each part; nothing for a part that contradicts itself."""
    columns = np.concatenate(parts)
    programme = _Programme.of(system, columns, lower, upper)
    corner = programme.optimum(np.zeros(programme.size))
    if corner is None:
        if len(parts) == 1:
            return [None]
        return [found for part in parts for found in _solve(system, [part], lower, upper, wanted)]
    starts = np.cumsum([0, *map(len, parts)])
    places = [np.arange(start, end) for start, end in pairwise(starts)]
    search = _Search(programme, wanted, columns, corner)
    search.guess()
    search.push(np.flatnonzero(wanted.targets[columns]))
    search.prove(places)
    is_target = wanted.targets[columns]
    least, greatest = (np.where(is_target, *both) for both in search.both())
    proven = ~is_target | search.is_proven
    return [_Solved(least[a:b], greatest[a:b], proven[a:b]) for a, b in pairwise(starts)]


class _Search:
    """Looks for the bounds of targets; every solution on the way shows what other counts can be."""

    def __init__(self, programme: _Programme, wanted: Wanted, columns: Numbers, corner: Floats) -> None:
        self.programme, self.wanted, self.columns = programme, wanted, columns
        self.low, self.high = corner.copy(), corner.copy()
        self.is_proven = np.zeros(len(columns), dtype=bool)
        self._inside, self._smaller = np.arange(len(columns)), programme

    def both(self) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
        """Bounds that were found, and those that were there before."""
        return (self.low, self.programme.lower), (self.high, self.programme.upper)

    def _go(self, goal: Floats) -> None:
        """Solve, and remember what every count was."""
        inside = self._inside
        found = self._smaller.optimum(goal[inside])
        if found is not None:
            self.low[inside] = np.minimum(self.low[inside], found)
            self.high[inside] = np.maximum(self.high[inside], found)

    def guess(self) -> None:
        """Go to corners in random directions, always the same ones."""
        directions = np.random.default_rng(5).normal(size=(GUESSES, self.programme.size))
        for direction in directions:
            self._go(direction)
            self._go(-direction)

    def push(self, targets: Numbers) -> None:
        """Push all targets that are not yet seen to be wide open, up and down, as long as that shows many of them to be."""
        weights = np.random.default_rng(7)
        left = self._not_seen(targets)
        while len(left):
            for sign in (1.0, -1.0):
                goal = np.zeros(self.programme.size)
                goal[left] = sign * weights.uniform(0.5, 1.5, len(left))
                self._go(goal)
            before, left = left, self._not_seen(left)
            if len(left) > (1 - GAIN) * len(before):
                return

    def _not_seen(self, targets: Numbers) -> Numbers:
        """Choose the targets that are not yet seen to be wide open, the narrowest first."""
        left = targets[~self.wanted.enough(self.low[targets], self.high[targets], self.columns[targets])]
        return left[np.argsort(self.high[left] - self.low[left], kind="stable")]

    def prove(self, parts: list[Numbers]) -> None:
        """Find the exact bounds of all targets that are not seen to be wide open; one of each part at a time.

        Parts that are done are left out of the programmes.
        """
        while True:
            waiting = [(part, self._next(part)) for part in parts]
            parts = [part for part, target in waiting if target is not None]
            now = np.array([target for _, target in waiting if target is not None], dtype=np.intp)
            if not parts:
                return
            self._leave(parts)
            for sign in (1.0, -1.0):
                goal = np.zeros(self.programme.size)
                goal[now] = sign
                self._go(goal)
            self.is_proven[now] = True

    def _next(self, part: Numbers) -> int | None:
        """Choose the narrowest target of a part of which nothing is proven and that is not seen to be wide open."""
        open_ = part[self.wanted.targets[self.columns[part]] & ~self.is_proven[part]]
        left = self._not_seen(open_)
        return int(left[0]) if len(left) else None

    def _leave(self, parts: list[Numbers]) -> None:
        """Leave the other parts out where that makes the programme much smaller."""
        size = sum(map(len, parts))
        if size <= SMALLER * len(self._inside):
            self._inside = np.concatenate(parts)
            self._smaller = self.programme.only(self._inside)


@dataclass(frozen=True, eq=False)
class _Programme:
    """A linear programme over some unknowns; all others are known."""

    relations: csr_array
    constants: Floats
    lower: Floats
    upper: Floats

    @classmethod
    def of(cls, system: System, columns: Numbers, lower: Floats, upper: Floats) -> _Programme:
        from scipy.sparse import csr_array  # noqa: PLC0415 - heavy

        known = np.ones(len(lower), dtype=bool)
        known[columns] = False
        chosen = csr_array(system.relations[:, columns])
        rows = np.flatnonzero(np.diff(chosen.indptr))
        # Of the sums of these unknowns all other terms are known: a part holds whatever is open in its sums.
        rest = csr_array(system.relations[rows]) @ np.where(known & np.isfinite(lower), lower, 0.0)
        floor, ceiling = np.maximum(lower[columns], -LARGEST), np.minimum(upper[columns], LARGEST)
        return cls(csr_array(chosen[rows]), system.constants[rows] - rest, floor, ceiling)

    @property
    def size(self) -> int:
        return len(self.lower)

    def only(self, columns: Numbers) -> _Programme:
        """Return the programme of some unknowns that no sum connects with the others."""
        from scipy.sparse import csr_array  # noqa: PLC0415 - heavy

        chosen = csr_array(self.relations[:, columns])
        rows = np.flatnonzero(np.diff(chosen.indptr))
        return _Programme(csr_array(chosen[rows]), self.constants[rows], self.lower[columns], self.upper[columns])

    def optimum(self, goal: Floats) -> Floats | None:
        """Return the unknowns that make the goal least; nothing where no numbers fit."""
        from scipy.optimize import linprog  # noqa: PLC0415 - heavy

        found = linprog(
            goal,
            A_eq=self.relations if self.relations.shape[0] else None,
            b_eq=self.constants if self.relations.shape[0] else None,
            bounds=np.column_stack([self.lower, self.upper]),
            method="highs",
        )
        return found.x if found.status == 0 else None


def _determined(relations: csc_array, columns: Numbers, least: Floats, greatest: Floats, cells: Flags) -> int:
    """Count the cells that move only as one other cell does, so that who knows that one knows both.

    The sums of a part leave a space of movements (the null space); two unknowns whose rows in a basis of it are parallel
    determine each other.
    """
    from scipy.linalg import null_space  # noqa: PLC0415 - heavy

    moving = columns[greatest[columns] - least[columns] > TOLERANCE]
    chosen = np.flatnonzero(cells[moving])
    if len(chosen) < 2 or len(moving) > LARGEST_PART:
        return 0
    inside = relations[:, moving]
    rows, places = np.unique(inside.indices, return_inverse=True)
    dense = np.zeros((len(rows), len(moving)))
    dense[places, np.repeat(np.arange(len(moving)), np.diff(inside.indptr))] = inside.data
    basis = null_space(dense)[chosen] if dense.size else np.eye(len(moving))[chosen]
    length = np.linalg.norm(basis, axis=1)
    able = length > TOLERANCE
    unit = basis[able] / length[able, np.newaxis]
    parallel = np.abs(unit @ unit.T) > 1 - 1e-9
    return int((parallel.sum(axis=1) > 1).sum())
