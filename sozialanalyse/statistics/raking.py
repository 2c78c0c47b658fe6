"""Raking: counts made to agree with totals that are known better, such as the town's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

TOLERANCE: Final = 1e-9
"""Largest difference to a total, as a share of it, at which raking ends."""


class Raked(NamedTuple):
    """Result of `rake`."""

    table: Floats  # in the shape of the seed
    steps: int  # rounds through all totals


def rake(seed: ArrayLike, totals: Mapping[tuple[int, ...], ArrayLike], *, most_steps: int = 1000) -> Raked:
    r"""Scale a table until its sums are the given ones (iterative proportional fitting).

    Each round multiplies the cells by total / sum, one margin after the other; ratios of odds stay those of the seed.

    Parameters
    ----------
    seed
        Table of any number of axes, such as (areas, sexes, bands); not negative.
    totals
        Axes kept, in ascending order, and the totals over the others: ``{(0,): by_area, (1, 2): by_sex_and_band}``; ``{(): whole}`` is
        the grand total alone.
    most_steps
        After so many rounds without agreement it gives up.

    Returns
    -------
    Raked

    Raises
    ------
    ValueError
        If a cell or total is negative or missing, a shape does not fit, the totals contradict each other, a total is above 0
        where the seed has only zeros, or the rounds do not end.

    Notes
    -----
    Zeros of the seed stay zeros. Several totals may have no common table if zeros stand in the way: then it does not end.

    References
    ----------
    Deming, Stephan (1940), Annals of Mathematical Statistics 11, 427-444.

    Examples
    --------
    >>> found = rake([[10.0, 20], [30, 40]], {(0,): [40.0, 60], (1,): [50.0, 50]})
    >>> found.table.round(2).tolist()
    [[17.58, 22.42], [32.42, 27.58]]
    """
    table = np.array(seed, dtype=np.float64)
    refuse(~(table >= 0), "cells are negative or missing")
    wanted = [_margin(table, axes, given) for axes, given in totals.items()]
    grand = [float(total.sum()) for _, total in wanted]
    if grand and max(grand) - min(grand) > 1e-6 * max(1.0, *grand):
        msg = f"the totals contradict each other: they add up to {', '.join(f'{total:g}' for total in grand)}"
        raise ValueError(msg)
    for step in range(1, most_steps + 1):
        for summed, total in wanted:
            sums = table.sum(axis=summed, keepdims=True)
            table = table * np.where(sums > 0, total / np.where(sums > 0, sums, 1.0), 0.0)
        if all(_agree(table, summed, total) for summed, total in wanted):
            return Raked(table, step)
    msg = f"no table agrees with all totals after {most_steps} rounds; look for zeros that leave them no room"
    raise ValueError(msg)


def _margin(table: Floats, axes: tuple[int, ...], given: ArrayLike) -> tuple[tuple[int, ...], Floats]:
    """Return the axes that are summed over and the totals in the table's number of axes."""
    total = np.asarray(given, dtype=np.float64)
    shape = tuple(table.shape[axis] for axis in axes)
    if total.shape != shape or list(axes) != sorted(set(axes)):
        msg = f"totals over the axes {axes} need the shape {shape} and axes in ascending order; found {total.shape}"
        raise ValueError(msg)
    refuse(~(total >= 0), "totals are negative or missing")
    summed = tuple(axis for axis in range(table.ndim) if axis not in axes)
    spread = total.reshape([size if axis in axes else 1 for axis, size in enumerate(table.shape)])
    refuse((table.sum(axis=summed, keepdims=True) == 0) & (spread > 0), "totals are above 0 where all cells are 0")
    return summed, spread


def _agree(table: Floats, summed: tuple[int, ...], total: Floats) -> bool:
    return bool((np.abs(table.sum(axis=summed, keepdims=True) - total) <= TOLERANCE * np.maximum(total, 1.0)).all())
