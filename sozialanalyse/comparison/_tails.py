"""Exact probabilities of as many events or more, or as few or fewer, than a stated rate lets expect.

Counts need not be whole: divided by a design effect they are numbers of independent people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betainc, gammainc, gammaincc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.comparison.counted import Counted

    Floats = NDArray[np.float64]


def beyond_margin(counted: Counted, rate: Floats, margin: float) -> Floats:
    """Two-sided p-value of "the area's rate departs from this one by at most the margin", the rate taken as known.

    Parameters
    ----------
    counted
        Shape (areas,).
    rate
        Rates to compare with, per one of the total.
    margin
        Smallest difference that matters, per one of the total; 0 for none.
    """
    more, less = _at_least(counted, rate + margin), _at_most(counted, rate - margin)
    both = np.minimum(1.0, 2 * np.minimum(more, less))
    return np.where(np.isnan(counted.rate + rate), np.nan, both)


def _at_least(counted: Counted, rate: Floats) -> Floats:
    """Probability of these events or more; certain for none, and where everybody is expected."""
    x, n = counted.events, counted.total
    some = np.where(x > 0, x, 1.0)
    if counted.is_part:
        tail = betainc(some, np.maximum(n - x, 0.0) + 1, np.clip(rate, 0.0, 1.0))
    else:
        tail = gammainc(some, np.maximum(rate * n, 0.0))
    return np.where(x > 0, tail, 1.0)


def _at_most(counted: Counted, rate: Floats) -> Floats:
    """Probability of these events or fewer; certain where nothing is expected, or nothing less than nothing."""
    x, n = counted.events, counted.total
    if counted.is_part:
        others = np.where(n > x, n - x, 1.0)
        tail = np.where(n > x, betainc(others, x + 1, np.clip(1 - rate, 0.0, 1.0)), 1.0)
    else:
        tail = gammaincc(x + 1, np.maximum(rate * n, 0.0))
    return np.where(rate > 0, tail, 1.0)
