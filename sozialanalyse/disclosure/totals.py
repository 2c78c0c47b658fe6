"""Totals of areas: which are the sum of the areas below them, and what some count in none of these.

A total that was delivered need not be the sum of its areas: people without an address count for the town and for no part of it, and
rounded parts do not add up. Then there is one cell more, what is left over; an attacker does not know it but can guess its
size from the other totals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.disclosure.nodes import REST, Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Numbers = NDArray[np.int64]

TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class Totals:
    """Sums over areas of one quantity.

    Parameters
    ----------
    parents
        Shape (areas, periods): number of the area or group of which each is a part, -1 where there is none.
    holds
        Shape (areas, periods): the area is the sum of those below, the rest included where there is one.
    parts
        Shape (areas, periods): cells that are parts of such sums.
    rest
        What the totals count in none of the areas below; None where there is no such thing.
    """

    parents: Numbers
    holds: Flags
    parts: Flags
    rest: Node | None

    def sums(self) -> Iterator[tuple[int, Numbers, int]]:
        """Yield each sum: the area, the areas below it and the period, by their numbers."""
        for area, period in zip(*np.nonzero(self.holds), strict=True):
            below = (self.parents[:, period] == area) & self.parts[:, period]
            yield int(area), np.flatnonzero(below), int(period)


@dataclass(frozen=True, eq=False)
class _Below:
    """What each area has as parts, shape (areas, periods): numbers of cells and of gaps, and sums."""

    cells: Floats
    gaps: Floats
    rounded: Floats
    value: Floats
    lower: Floats
    upper: Floats


def totals_of(node: Node, areas: AreaTree, delivered: Flags, parents: Numbers | None = None) -> Totals:
    """Find the sums over areas that hold, and what is left over where delivered totals are no sums.

    Parameters
    ----------
    node
        A quantity.
    areas
        The tree.
    delivered
        Shape (areas, periods): whether the area itself was delivered; a sum that we made ourselves has nothing left over.
    parents
        Shape (areas,): to which area each belongs, -1 for none (see :attr:`.AreaTree.hierarchies`); default: as in the tree.

    Notes
    -----
    An area that has no count leaves its place to those below it: whoever knows the larger total and these knows what is left,
    which then counts those too who were not delivered.

    A rest is known to be 0 or more where no total is smaller than its parts. Where one is, the rests are differences of
    rounding, and lie between the least and the largest that the totals of its period show. Of rounded parts there are no sums.
    """
    above = _nearest(node, areas.hierarchies[0][0], parents)
    below = _below(node, areas, above)
    comparable = node.present & node.exact & (below.cells > 0) & (below.rounded == 0)
    gap = np.where(comparable, node.value - below.value, np.nan)
    apart = comparable & (below.gaps > 0)
    full = comparable & (below.gaps == 0)
    impossible = (below.lower > node.upper) | (below.upper < node.lower)
    differs = full & ((np.abs(np.nan_to_num(gap)) > TOLERANCE) | (np.isnan(gap) & impossible))
    loose = apart | (full & delivered & differs.any(axis=0))
    rest = _rest(node, gap, loose, full & delivered) if loose.any() else None
    return Totals(above, comparable, node.present, rest)


def _nearest(node: Node, tree: Numbers, parents: Numbers | None) -> Numbers:
    """Find the nearest area above each that has a count, shape (areas, periods); of a grouping only its groups."""
    up = tree if parents is None else np.where(parents >= 0, parents, tree)
    period = np.arange(node.present.shape[1])
    above = np.repeat(up[:, np.newaxis], len(period), axis=1)
    while (absent := (above >= 0) & ~node.present[above, period]).any():
        above = np.where(absent, up[above], above)
    return above if parents is None else np.where(np.isin(above, parents[parents >= 0]), above, -1)


def _rest(node: Node, gap: Floats, loose: Flags, full: Flags) -> Node:
    """Make the node of what totals count in none of their areas."""
    least = np.fmin(0.0, np.nanmin(np.where(full, gap, np.nan), axis=0, initial=0.0))
    most = np.nanmax(np.where(full, gap, np.nan), axis=0, initial=0.0)
    rest = Node.computed(REST, node.term, node, gap, loose)
    is_count = np.broadcast_to(least == 0, gap.shape)
    lower = np.where(is_count, 0.0, least)
    upper = np.where(is_count | ~full, rest.upper, most)
    return replace(rest, lower=lower, upper=upper, exact=rest.exact & is_count)


def _below(node: Node, areas: AreaTree, above: Numbers) -> _Below:
    """Add up the parts of each area; gaps are areas without a count and without others below them that could have one."""
    ends = node.periods["period_end"].to_numpy()
    first, last = (areas.places[name].to_numpy()[:, np.newaxis] for name in ("valid_from", "valid_to"))
    exists = (first <= ends) & (ends <= last)
    period = np.arange(len(ends))

    def added(column: NDArray[np.generic], to: Numbers = above) -> Floats:
        sums = np.zeros(node.value.shape)
        inside = to >= 0
        where = to[inside], np.broadcast_to(period, to.shape)[inside]
        np.add.at(sums, where, column[inside].astype(np.float64))
        return sums

    undivided = added(exists, np.repeat(areas.hierarchies[0][0][:, np.newaxis], len(period), axis=1)) == 0
    present = node.present
    return _Below(
        cells=added(present),
        gaps=added(exists & ~present & ~node.nobody & undivided),
        rounded=added(present & ~node.exact),
        value=added(np.where(present, node.value, 0.0)),
        lower=added(np.where(present, node.lower, 0.0)),
        upper=added(np.where(present, node.upper, 0.0)),
    )
