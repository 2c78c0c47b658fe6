"""Which ranks an area may have: sets that hold the true ranks of all areas together, from simultaneous pairwise differences.

Drawing anew from the observed ranks covers far less than it says: the observed order is more spread out than the true one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import error_share, refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


WIDENED: Final = 1.03
"""Factor of the standard errors of `anscombe`: counts are whole, and their tails a little heavier than normal. Without it 6 to 60
areas of 100 to 2,000 persons that are all alike keep all their ranks in 94.1 to 95.1 % of 20,000 simulations, with it in 95.6 to 96.8 %."""


class RankSets(NamedTuple):
    """Result of `rank_sets`; every array has the shape (areas,), NaN for an area without value."""

    best: Floats  # smallest rank that the area may have; 1 is the smallest value
    worst: Floats  # largest one
    above: Floats  # how many areas are discernibly larger
    below: Floats  # how many are discernibly smaller


def rank_sets(value: ArrayLike, error: ArrayLike, *, confidence: float = 0.95) -> RankSets:
    r"""Sets of ranks that with this confidence hold the true rank of every area at once.

    Areas i and j differ discernibly if :math:`|v_i - v_j| > q \sqrt{s_i^2 + s_j^2}`, with q the quantile of the studentised range
    of as many areas over :math:`\sqrt 2` (Tukey and Kramer). Then

    .. math:: best_i = 1 + \#\{j \text{ discernibly smaller}\}, \quad worst_i = k - \#\{j \text{ discernibly larger}\}

    Parameters
    ----------
    value
        Shape (areas,), on a scale with nearly normal errors; for proportions `anscombe`.
    error
        Standard errors, not negative.
    confidence
        Simultaneous, for all areas together; a fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    RankSets

    Raises
    ------
    ValueError
        If an error is negative or `confidence` is not a fraction.

    Notes
    -----
    - True ties: an area that shares its true value with others has all ranks from 1 + #smaller to k - #larger, and its set holds
      all of them.
    - Areas without value are not ranked, and ranks count those with one.
    - The quantile is exact for equal errors and on the safe side for unequal ones (Hayter 1984).

    References
    ----------
    Mohamad, Goeman, van Zwet (2022), Biostatistics 23, 1117-1134 (ties). Klein, Wright, Wieczorek (2020), Journal of
    the Royal Statistical Society A 183, 589-606. Hayter (1984), Annals of Statistics 12, 61-75.

    Examples
    --------
    >>> found = rank_sets([10.0, 11.0, 30.0, 12.0], [1.0, 1.0, 1.0, 1.0])
    >>> found.best.tolist(), found.worst.tolist()
    ([1.0, 1.0, 4.0, 1.0], [3.0, 3.0, 4.0, 3.0])
    """
    v, s = np.broadcast_arrays(np.asarray(value, dtype=np.float64), np.asarray(error, dtype=np.float64))
    refuse(s < 0, "standard errors are negative")
    level = 1 - error_share(confidence)
    known = ~np.isnan(v + s)
    count = int(np.count_nonzero(known))
    reach = _reach(level, count) if count > 1 else 0.0
    apart = v[:, np.newaxis] - v  # NaN compares as False
    discernible = (np.abs(apart) > reach * np.hypot(s[:, np.newaxis], s)) & (count > 1)
    below, above = (discernible & (apart > 0)).sum(axis=1), (discernible & (apart < 0)).sum(axis=1)
    return RankSets(*(np.where(known, part, np.nan) for part in (1.0 + below, count - above, above, below)))


def anscombe(events: ArrayLike, total: ArrayLike) -> tuple[Floats, Floats]:
    r"""Proportions on a scale where their errors are nearly normal and depend on the size alone.

    .. math:: v = \arcsin \sqrt{\frac{x + 3/8}{n + 3/4}}, \quad s = \frac{1.03}{2 \sqrt{n + 1/2}}

    Returns
    -------
    value, error
        For `rank_sets`. Order is kept only among areas of one size: with few events a small area is drawn to the middle.

    References
    ----------
    Anscombe (1948), Biometrika 35, 246-254.

    Examples
    --------
    >>> value, error = anscombe([0, 10], [40, 40])
    >>> value.round(3).tolist(), error.round(4).tolist()
    ([0.096, 0.529], [0.0809, 0.0809])
    """
    x, n = np.broadcast_arrays(np.asarray(events, dtype=np.float64), np.asarray(total, dtype=np.float64))
    refuse(x < 0, "events are negative")
    refuse(x > n, "events exceed the total they are part of")
    size = np.where(n > 0, n, np.nan)
    return np.arcsin(np.sqrt((x + 0.375) / (size + 0.75))), WIDENED * 0.5 / np.sqrt(size + 0.5)


@lru_cache(maxsize=256)
def _reach(level: float, count: int) -> float:
    """Return the largest standardised difference of two among so many areas that chance leaves; scipy integrates for it."""
    from scipy.stats import studentized_range  # noqa: PLC0415 - takes longer to load than everything else here

    return float(studentized_range.ppf(level, count, np.inf)) / float(np.sqrt(2))
