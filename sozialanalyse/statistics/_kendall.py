"""Exact null distribution of Kendall's score S when the values carry ties and the times do not.

Under the null hypothesis every order of the observed values is equally likely. A pair of unequal values is discordant
where the order is an inversion of the multiset, and the number of orders with k inversions is the coefficient of
q**k in the Gaussian multinomial coefficient of the tie sizes (MacMahon 1913, American Journal of Mathematics 35,
281-322). With N unequal pairs, S = N - 2 k. The tests compare with the enumeration of all orders.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def inversion_counts(tie_sizes: tuple[int, ...]) -> list[int]:
    """Count the orders of a multiset by their number of inversions, in exact integers.

    The Gaussian multinomial is the product of ``1 - q**m`` for m = 1 .. n, divided by the same product for every tie
    size; both are carried out on the power series, cut at its known degree.

    Parameters
    ----------
    tie_sizes
        How often each distinct value occurs; (1, 1, 1) are three different values, (2, 1) two equal and another.

    Returns
    -------
    list
        Entry k: how many orders have k inversions; the last index is the number of unequal pairs.

    Examples
    --------
    >>> inversion_counts((1, 1, 1)), inversion_counts((2, 1)), inversion_counts((3,))
    ([1, 2, 2, 1], [1, 1, 1], [1])
    """
    points = sum(tie_sizes)
    degree = (points * points - sum(size * size for size in tie_sizes)) // 2
    multiply = Counter(range(1, points + 1))
    divide = Counter(factor for size in tie_sizes for factor in range(1, size + 1))
    series = np.zeros(degree + 1, dtype=object)  # Python's integers: 30! does not fit 64 bits
    series[0] = 1
    for factor in (multiply - divide).elements():
        series[factor:] -= series[:-factor].copy() if factor <= degree else 0
    for factor in (divide - multiply).elements():
        series = _divided(series, factor)
    return [int(count) for count in series]


def _divided(series: NDArray[np.object_], factor: int) -> NDArray[np.object_]:
    """Divide a power series by ``1 - q**factor``: running sums in steps of the factor."""
    padded = np.zeros(-(-len(series) // factor) * factor, dtype=object)
    padded[: len(series)] = series
    return np.cumsum(padded.reshape(-1, factor), axis=0).ravel()[: len(series)]


@lru_cache(maxsize=8192)  # all tie patterns of 30 points are 5604
def two_sided_p_values(tie_sizes: tuple[int, ...]) -> Floats:
    """Return P(abs(S) >= abs(s)) for every possible s, by the number of inversions (read-only).

    Examples
    --------
    >>> two_sided_p_values((2, 1, 1)).round(4).tolist()
    [0.1667, 0.5, 1.0, 1.0, 0.5, 0.1667]
    """
    counts = inversion_counts(tie_sizes)
    below = list(accumulate(counts))
    last = len(counts) - 1
    # The distribution is symmetric; true division of integers is correctly rounded.
    p = np.array([min(1.0, 2 * below[min(k, last - k)] / below[-1]) for k in range(len(counts))])
    p.setflags(write=False)
    return p


def rank_of_limit(points: int, error: float) -> int:
    """Return which pairwise slope, counted from either end, bounds an interval of exact confidence ``1 - error``.

    The largest rank r at which r - 1 or fewer inversions, or as many from the other end, have at most this
    probability (Hollander, Wolfe 1973, Nonparametric Statistical Methods, chapter 9); 0 when there is none: too few
    points bound no slope at this confidence.

    Examples
    --------
    >>> [rank_of_limit(points, 0.05) for points in (4, 5, 6, 10)]
    [0, 1, 2, 12]
    """
    p = two_sided_p_values((1,) * points)
    return int(np.searchsorted(p[: len(p) // 2], error, side="right"))
