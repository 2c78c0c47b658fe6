"""Pooling over years: sums of events over windows that do not overlap."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class Pooled(NamedTuple):
    """Result of `pool`; arrays have the shape (..., windows)."""

    events: Floats
    exposure: Floats  # person-years: the exposures of the periods, added up
    periods: NDArray[np.int64]  # how many periods each window holds, shape (windows,)


def pool(events: ArrayLike, exposure: ArrayLike, times: ArrayLike, windows: Sequence[tuple[float, float]]) -> Pooled:
    """Add up events and exposures over windows of time.

    Parameters
    ----------
    events, exposure
        Shape (..., periods).
    times
        Shape (periods,): when each period ends, in years.
    windows
        First and last time of each window, both included. They may not share a period: neighbouring windows that do
        would seem to move smoothly where nothing is known to.

    Returns
    -------
    Pooled
        Rates are ``events / exposure``. NaN where a period of the window is missing: a smaller sum is not the sum. A window
        without any period is NaN too.

    Raises
    ------
    ValueError
        If windows overlap or end before they begin.

    Notes
    -----
    For stocks (residents on a day) the same people are counted in each period: pooling steadies the value less than the sum
    suggests, and its interval needs a design effect of up to the number of periods.

    Examples
    --------
    >>> pool([3, 5, 2, 4], [100, 101, 103, 104], [2008, 2009, 2010, 2011], [(2008, 2009), (2010, 2011)]).events.tolist()
    [8.0, 6.0]
    """
    x, n, at = (np.asarray(part, dtype=np.float64) for part in (events, exposure, times))
    _check(windows)
    inside = [(at >= first) & (at <= last) for first, last in windows]
    sums = [np.stack([_total(part[..., chosen]) for chosen in inside], axis=-1) for part in (x, n)]
    return Pooled(sums[0], sums[1], np.array([np.count_nonzero(chosen) for chosen in inside], dtype=np.int64))


def _total(part: Floats) -> Floats:
    return np.asarray(part.sum(axis=-1) if part.shape[-1] else np.full(part.shape[:-1], np.nan))


def _check(windows: Sequence[tuple[float, float]]) -> None:
    for first, last in windows:
        if last < first:
            msg = f"the window from {first} to {last} ends before it begins"
            raise ValueError(msg)
    for before, after in pairwise(sorted(windows)):
        if after[0] <= before[1]:
            msg = f"the windows {before} and {after} overlap; give windows that share no period"
            raise ValueError(msg)
