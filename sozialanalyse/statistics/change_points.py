"""Pettitt: whether and when the level of a series shifted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import in_time_order

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


class Pettitt(NamedTuple):
    """Result of `pettitt`; every array has one entry a series."""

    statistic: Floats  # U: the largest absolute difference of rank sums; NaN with fewer than two points
    last_before: Floats  # the time of the last point before the shift
    points_before: Integers  # number of points up to it, 0 where there is none
    p_value: Floats  # approximate, at most 1; conservative in short series


def pettitt(values: ArrayLike, times: ArrayLike) -> Pettitt:
    r"""Pettitt's rank test for one shift in level at an unknown time, for many series at once.

    .. math::
        U_k = 2 \sum_{i \le k} r_i - k (n + 1), \quad U = \max_k |U_k|, \quad p \approx 2 \exp \frac{-6 U^2}{n^3 + n^2}

    with :math:`r_i` the mean ranks of the points in the order of their times.

    Parameters
    ----------
    values
        Shape (..., points); NaN for an absent point, which is left out.
    times
        Shape (points,) for all series, or the shape of `values`; only their order matters.

    Returns
    -------
    Pettitt
        Arrays of the shape of `values` without its last axis. Of several k with the same U the first.

    Raises
    ------
    ValueError
        If shapes do not fit, values or times are infinite, or two points of a series share a time.

    Notes
    -----
    - The approximation is good for p up to 0.5. A constant series has U = 0 and p = 1; its shift has no meaning.
    - A trend also moves U: a shift is a claim only where a line fits worse. Points must be independent.

    References
    ----------
    Pettitt (1979), Journal of the Royal Statistical Society C 28, 126-135.

    Examples
    --------
    >>> shift = pettitt([3, 4, 3, 4, 3, 8, 9, 8, 9, 8], range(2010, 2020))
    >>> float(shift.statistic), float(shift.last_before), round(float(shift.p_value), 3)
    (25.0, 2014.0, 0.066)
    """
    series = in_time_order(values, times)
    present = ~np.isnan(series.values)
    points = np.count_nonzero(present, axis=0)
    if not len(series.values):
        none = np.full(series.shape, np.nan)
        return Pettitt(none, none, np.zeros(series.shape, dtype=np.int64), none)
    ahead = np.zeros(series.values.shape)  # points below minus points above: 2 r - (n + 1)
    for other in series.values:
        ahead += (other < series.values).astype(np.int8) - (other > series.values).astype(np.int8)
    distance = np.where(present, np.abs(np.cumsum(ahead, axis=0)), -1.0)
    where = np.argmax(distance, axis=0)
    largest = np.take_along_axis(distance, where[np.newaxis], axis=0)[0]
    when = np.take_along_axis(np.broadcast_to(series.times, series.values.shape), where[np.newaxis], axis=0)[0]
    before = np.take_along_axis(np.cumsum(present, axis=0), where[np.newaxis], axis=0)[0]
    n = np.maximum(points, 1)
    p_value = np.minimum(2 * np.exp(-6 * largest**2 / (n**3 + n**2)), 1.0)
    enough = points >= 2
    fields = (
        np.where(enough, largest, np.nan),
        np.where(enough, when, np.nan),
        np.where(enough, before, 0),
        np.where(enough, p_value, np.nan),
    )
    return Pettitt(*(array.reshape(series.shape) for array in fields))
