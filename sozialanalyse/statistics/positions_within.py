"""The position of an area among others of which some are known only within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import refuse
from sozialanalyse.statistics.positions import QUINTILES

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class Positions(NamedTuple):
    """Result of `positions_within`; every array has one entry a value."""

    rank: Floats
    quintile: Floats
    smallest: Floats  # of the value's group
    largest: Floats


def positions_within(least: ArrayLike, greatest: ArrayLike, groups: ArrayLike) -> Positions:
    """Give rank, quintile, and the group's smallest and largest value, wherever no hidden value could change them.

    Parameters
    ----------
    least, greatest
        Shape (values,): what each value is at least and at most; equal where it is known. NaN in both: it does not take
        part. NaN in one of them: nothing is known on that side.
    groups
        Whole-number codes of the same shape; positions are given within each code. A negative code takes no part.

    Returns
    -------
    Positions
        Ranks and quintiles as by :func:`.rank` and :func:`.quintile`, NaN for a value that is not known itself and for
        one whose place depends on where in their bounds the others are. The smallest value is NaN where a hidden one
        may be smaller still; the largest likewise.

    Raises
    ------
    ValueError
        If `least` is above `greatest`.

    Notes
    -----
    Hidden values are the small ones: leaving them out, as if they were missing at random, would give every other area
    a place too low and the range a bottom too high.

    Examples
    --------
    Two of five are hidden; one of them may be above or below 2.0, both are below 4.3:

    >>> places = positions_within([4.3, 6.1, 2.0, 0.1, 0.1], [4.3, 6.1, 2.0, 1.0, 3.0], [0, 0, 0, 0, 0])
    >>> places.rank.tolist()
    [2.0, 1.0, nan, nan, nan]
    >>> places.smallest.tolist()[0], places.largest.tolist()[0]
    (nan, 6.1)
    """
    low, high = np.asarray(least, dtype=np.float64), np.asarray(greatest, dtype=np.float64)
    refuse(low > high, "least values are above the greatest")
    codes = np.asarray(groups)
    takes_part = (codes >= 0) & ~(np.isnan(low) & np.isnan(high))
    low, high = np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)
    result = Positions(*np.full((4, low.size), np.nan))
    order = np.flatnonzero(takes_part)
    order = order[np.argsort(codes[order], kind="stable")]
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    for members in np.split(order, starts[1:]):
        if members.size:
            for whole, part in zip(result, _positions(low[members], high[members]), strict=True):
                whole[members] = part
    return result


def _positions(low: Floats, high: Floats) -> Positions:
    """Give the positions within one group."""
    size, known = low.size, low == high
    lows, highs = np.sort(low), np.sort(high)
    surely_below = np.searchsorted(highs, low, side="left")
    perhaps_below = np.searchsorted(lows, low, side="left")
    surely_above = size - np.searchsorted(lows, high, side="right")
    points = np.sort(low[known])
    equal = np.searchsorted(points, low, side="right") - np.searchsorted(points, low, side="left")
    is_placed = known & (surely_below + equal + surely_above == size)
    rank = np.where(is_placed, surely_above + (equal + 1) / 2, np.nan)
    fifth, other_fifth = (1 + QUINTILES * below // size for below in (surely_below, perhaps_below))
    differ = surely_below + surely_above > 0  # else all may be equal, and none is low or high
    is_in_one_fifth = known & (fifth == other_fifth) & differ & (size >= QUINTILES)
    quintile = np.where(is_in_one_fifth, fifth, np.nan)
    smallest, largest = low.min(), high.max()
    is_known = (known & (low == smallest)).any(), (known & (high == largest)).any()
    ends = (np.full(size, end if given else np.nan) for end, given in zip((smallest, largest), is_known, strict=True))
    return Positions(rank, quintile, *ends)
