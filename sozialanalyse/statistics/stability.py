"""Leave-one-out: whether a verdict on a trend hangs on a single point."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


class Stability(NamedTuple):
    """Result of `leave_one_out`; every array has one entry a series."""

    verdict: Integers  # of the whole series: 1, 0 or -1
    kept: Integers  # number of points whose absence leaves the verdict as it is
    points: Integers  # number of points present
    decisive: Integers  # place of the first point whose absence changes the verdict, -1 where there is none

    @property
    def stable(self) -> NDArray[np.bool_]:
        """True where no single point decides; False for a series without a point."""
        return (self.kept == self.points) & (self.points > 0)


def leave_one_out(verdict: Callable[[Floats], ArrayLike], values: ArrayLike) -> Stability:
    """Ask for the verdict on each series again without each of its points.

    Parameters
    ----------
    verdict
        Takes values of shape (n, points) and returns 1 (rises), -1 (falls) or 0 (nothing can be said) for each, such as
        ``lambda some: trend_verdict(test.score, test.p_value)`` of a test of `some`. It knows times and bases itself.
    values
        Shape (series, points); NaN for an absent point.

    Returns
    -------
    Stability
        Arrays of shape (series,).

    Raises
    ------
    ValueError
        If values are not of shape (series, points).

    Notes
    -----
    A trend on `MINIMUM_POINTS` points can not be confirmed with one fewer: it is not stable, and that is the truth.

    Examples
    --------
    >>> from sozialanalyse.statistics import mann_kendall
    >>> def verdict(some):
    ...     test = mann_kendall(some, range(7))
    ...     return trend_verdict(test.score, test.p_value)
    >>> steady = leave_one_out(verdict, [[1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 5, 6, 4, 7]])
    >>> steady.verdict.tolist(), steady.kept.tolist(), steady.decisive.tolist()
    ([1, 1], [7, 3], [-1, 0])
    """
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 2:
        msg = f"values need the shape (series, points); found {numbers.shape}"
        raise ValueError(msg)
    whole = np.asarray(verdict(numbers), dtype=np.int64)
    present = ~np.isnan(numbers)
    changed = np.zeros(numbers.shape, dtype=np.bool_)
    for point in range(numbers.shape[1]):
        without = numbers.copy()
        without[:, point] = np.nan
        changed[:, point] = present[:, point] & (np.asarray(verdict(without)) != whole)
    points = np.count_nonzero(present, axis=1)
    first = np.argmax(changed, axis=1) if numbers.shape[1] else np.zeros(len(numbers), dtype=np.int64)
    decisive = np.where(changed.any(axis=1), first, -1)
    return Stability(whole, points - np.count_nonzero(changed, axis=1), points, decisive)


def trend_verdict(direction: ArrayLike, p_value: ArrayLike, *, level: float = 0.05) -> Integers:
    """Return 1 or -1, the sign of a score or slope, where p is at most the level; 0 else and without a p.

    Examples
    --------
    >>> trend_verdict([9, -9, 9, 9], [0.01, 0.05, 0.06, np.nan]).tolist()
    [1, -1, 0, 0]
    """
    signs = np.sign(np.nan_to_num(np.asarray(direction, dtype=np.float64))).astype(np.int64)
    return np.where(np.asarray(p_value, dtype=np.float64) <= level, signs, 0)
