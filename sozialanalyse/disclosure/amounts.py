"""Sensitivity of amounts: of what contributors bring together, such as square metres or euros, by dominance and p-percent."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.intp]

TOLERANCE = 1e-12
"""Two amounts that differ by less, as a share of the cell's, are equal: 0.1 + 0.2 is 0.3."""


class Contributions(NamedTuple):
    """What makes up amounts: of each contributor how much, and to which cell (its index)."""

    amount: Floats
    cell: Ints


class Largest(NamedTuple):
    """The contributors of each cell, summed up.

    Parameters
    ----------
    total
        Shape (cells,): what all bring together.
    number
        Shape (cells,): how many bring more than nothing.
    first, second
        Shape (cells,): the largest two.
    """

    total: Floats
    number: Floats
    first: Floats
    second: Floats


def largest(contributions: Contributions, cells: int) -> Largest:
    """Sum up the contributors of each cell.

    Parameters
    ----------
    contributions
        Amounts, none negative, and their cells, from 0 to below ``cells``.
    cells
        Number of cells.

    Raises
    ------
    ValueError
        If an amount is negative or missing: of such no share makes sense.
    """
    amount, cell = np.asarray(contributions.amount, dtype=np.float64), np.asarray(contributions.cell)
    if not (amount >= 0).all():
        msg = "a contribution is negative or missing"
        raise ValueError(msg)
    first, second = (_nth_largest(amount, cell, cells, n) for n in (0, 1))
    return Largest(_summed(amount, cell, cells), _summed(amount > 0, cell, cells), first, second)


def dominated(contributions: Contributions, cells: int, n: int, share: float) -> Flags:
    """Say which cells are dominated: the largest n contributors bring the share, or more, of all.

    Parameters
    ----------
    contributions, cells
        As of :func:`largest`.
    n, share
        Number of contributors, and share of the whole, from 0 to 1. A cell at exactly the share is dominated.

    Returns
    -------
    numpy.ndarray
        Shape (cells,); of cells without any amount False.

    Examples
    --------
    >>> given = Contributions(np.array([80.0, 10, 10, 70, 20, 10]), np.array([0, 0, 0, 1, 1, 1]))
    >>> dominated(given, 2, n=2, share=0.9).tolist()
    [True, True]
    >>> dominated(given, 2, n=1, share=0.75).tolist()
    [True, False]
    """
    total = largest(contributions, cells).total
    return (total > 0) & (_sum_of_largest(contributions, cells, n) >= share * total - TOLERANCE * total)


def estimated_too_closely(contributions: Contributions, cells: int, percent: float) -> Flags:
    """Say in which cells the second largest contributor may estimate the largest more closely than by p per cent (p-percent rule).

    Whoever takes his own amount off the cell's knows the largest but for the others' amounts; these must be p per cent
    of it or more. At exactly p per cent a cell is safe.

    Parameters
    ----------
    contributions, cells
        As of :func:`largest`.
    percent
        p, from 0 to 100.

    Examples
    --------
    >>> given = Contributions(np.array([80.0, 10, 8, 80, 10, 7]), np.array([0, 0, 0, 1, 1, 1]))
    >>> estimated_too_closely(given, 2, percent=10).tolist()
    [False, True]
    """
    found = largest(contributions, cells)
    others = found.total - found.first - found.second
    return (found.total > 0) & (others < percent / 100 * found.first - TOLERANCE * found.total)


def upper_protection(
    contributions: Contributions, cells: int, dominance: tuple[int, float] | None, percent: float | None
) -> Floats:
    """Say by how much more than it is a sensitive amount must remain possible, so that the rule would hold.

    Parameters
    ----------
    contributions, cells
        As of :func:`largest`.
    dominance, percent
        n and share of the dominance rule, p of the p-percent rule; None where it does not apply.

    Returns
    -------
    numpy.ndarray
        Shape (cells,): the larger of what the rules ask for, 0 where neither does.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, Wiley, chapter 4 (upper protection levels).
    """
    found = largest(contributions, cells)
    levels = [np.zeros(cells)]
    if dominance is not None:
        n, share = dominance
        levels.append(_sum_of_largest(contributions, cells, n) / share - found.total)
    if percent is not None:
        levels.append(percent / 100 * found.first - (found.total - found.first - found.second))
    return np.maximum.reduce(levels)


def _sum_of_largest(contributions: Contributions, cells: int, n: int) -> Floats:
    amount, cell = np.asarray(contributions.amount, dtype=np.float64), np.asarray(contributions.cell)
    order, rank = _ranked(amount, cell)
    kept = rank < n
    return _summed(amount[order][kept], cell[order][kept], cells)


def _summed(amount: Floats | Flags, cell: Ints, cells: int) -> Floats:
    return np.asarray(np.bincount(cell, amount, minlength=cells), dtype=np.float64)


def _nth_largest(amount: Floats, cell: Ints, cells: int, n: int) -> Floats:
    order, rank = _ranked(amount, cell)
    chosen = order[rank == n]
    found = np.zeros(cells)
    found[cell[chosen]] = amount[chosen]
    return found


def _ranked(amount: Floats, cell: Ints) -> tuple[Ints, Ints]:
    """Order contributors by cell, the largest first, and give their rank within it, from 0."""
    order = np.lexsort((-amount, cell))
    starts = np.searchsorted(cell[order], cell[order])
    return order, np.arange(len(order)) - starts
