"""Differences of two rates, with an interval made from the intervals of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def difference_interval(
    first: tuple[ArrayLike, ArrayLike, ArrayLike], second: tuple[ArrayLike, ArrayLike, ArrayLike]
) -> tuple[Floats, Floats, Floats]:
    """Difference ``second - first`` with its interval, by square-and-add of the distances to the limits.

    With Wilson limits this is Newcombe's method 10 (Newcombe 1998, Statistics in Medicine 17, 873-890); for limits of
    other kinds Zou and Donner (2008), Statistics in Medicine 27, 1693-1702 (MOVER).

    Parameters
    ----------
    first, second
        Value, lower and upper limit, in any common unit and of one confidence; arrays broadcast. The two are taken as
        independent; where mostly the same people are counted at two dates the interval is too wide rather than too
        narrow.

    Returns
    -------
    tuple of arrays
        Difference, lower and upper limit, in the unit of the input; a difference without both limits of both has
        none (NaN).

    Examples
    --------
    >>> [round(float(x), 2) for x in difference_interval((10.0, 8.0, 13.0), (14.0, 12.0, 17.0))]
    [4.0, 0.39, 7.61]
    """
    value_1, lower_1, upper_1 = (np.asarray(part, dtype=np.float64) for part in first)
    value_2, lower_2, upper_2 = (np.asarray(part, dtype=np.float64) for part in second)
    difference = value_2 - value_1
    below = np.hypot(value_2 - lower_2, upper_1 - value_1)
    above = np.hypot(upper_2 - value_2, value_1 - lower_1)
    known = ~np.isnan(below + above)
    return difference, np.where(known, difference - below, np.nan), np.where(known, difference + above, np.nan)
