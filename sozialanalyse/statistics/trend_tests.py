"""Mann-Kendall: whether a series rises or falls more often than chance would have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy.special import erfc

from sozialanalyse.statistics._arguments import in_time_order
from sozialanalyse.statistics._kendall import two_sided_p_values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

MINIMUM_POINTS: Final = 5
"""Points from which a trend is tested. With 4 the smallest two-sided p is 2 / 4! = 0.083: no series could reach 5 %."""

EXACT_LIMIT: Final = 30
"""Points up to which the null distribution is exact. It costs at most some milliseconds a tie pattern there; beyond, the
normal p without ties lies within 0.001 of the exact one near 5 %. Peers switch to the normal one at 10 or earlier."""


@dataclass(frozen=True, eq=False)
class MannKendall:
    """Result of `mann_kendall`; every array has one entry a series.

    Attributes
    ----------
    score
        S: pairs that rise minus pairs that fall; NaN with fewer than two points.
    points
        Number of points present.
    variance
        Variance of S if there is no trend, corrected for ties; 0 for a constant series.
    tau_b
        S divided by the root of (all pairs x pairs with unequal values); NaN for a constant series.
    p_value
        Two-sided; NaN with fewer than `MINIMUM_POINTS` points; 1 for a constant series.
    method
        'exact', 'normal', or 'none' where no test was made.
    """

    score: Floats
    points: Integers
    variance: Floats
    tau_b: Floats
    p_value: Floats
    method: NDArray[np.str_]

    @property
    def tau_a(self) -> Floats:
        """S divided by the number of all pairs, without correction for ties (the convention of pymannkendall)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.score / (self.points * (self.points - 1) / 2))


def mann_kendall(
    values: ArrayLike,
    times: ArrayLike,
    *,
    method: Literal["auto", "exact", "normal"] = "auto",
    continuity: bool = True,
) -> MannKendall:
    r"""Mann-Kendall test for a monotone trend, for many series at once.

    .. math::
        S = \sum_{i<j} \operatorname{sign}(x_j - x_i), \quad
        \operatorname{Var} S = \frac{n(n-1)(2n+5) - \sum_t t(t-1)(2t+5)}{18}

    with the points in the order of their times and t the sizes of ties.

    Parameters
    ----------
    values
        Shape (..., points), usually (series, points); NaN for an absent point, which is left out.
    times
        Shape (points,) for all series, or the shape of `values`. Only their order matters; they must be distinct
        within a series and may come unsorted.
    method
        'auto': exact up to `EXACT_LIMIT` points, then normal. 'exact' and 'normal' force one for all series ('exact'
        takes long for very long series).
    continuity
        Whether the normal approximation takes ``abs(S) - 1`` instead of ``abs(S)``. The exact one needs none.

    Returns
    -------
    MannKendall
        Arrays of the shape of `values` without its last axis.

    Raises
    ------
    ValueError
        If shapes do not fit, values or times are infinite, two points of a series share a time, or the method is
        unknown.

    Notes
    -----
    - Exact p: the share of all orders of the observed values, ties included, with an S as far from 0 or farther.
    - Two conventions of tau: R's Kendall and trend correct for ties (tau-b, returned); pymannkendall does not (tau-a,
      the property `tau_a`). Without ties both are the same.
    - A constant series has S = 0, p = 1 and no tau. R's trend gives p = NaN there, pymannkendall p = 1.
    - The test supposes points that are independent but for the trend. Stocks that are mostly the same people from
      year to year are not; there it alarms too often.

    References
    ----------
    Mann (1945), Econometrica 13, 245-259. Kendall (1975), Rank Correlation Methods, 4th edition.

    Examples
    --------
    >>> years = [2007.0, 2009.0, 2011.0, 2013.0, 2014.0]
    >>> test = mann_kendall([[4.1, 4.3, 4.4, 4.9, 5.2], [3, 3, 3, 3, 3], [1, 2, np.nan, 4, 5]], years)
    >>> test.score.tolist(), test.p_value.round(4).tolist()
    ([10.0, 0.0, 6.0], [0.0167, 1.0, nan])
    """
    if method not in {"auto", "exact", "normal"}:
        msg = f"method is {method!r}, but must be 'auto', 'exact' or 'normal'"
        raise ValueError(msg)
    series = in_time_order(values, times)
    points = np.count_nonzero(~np.isnan(series.values), axis=0)
    ties = tie_sizes(series.values)
    score = kendall_score(series.values)
    variance = score_variance(points, ties)
    limit = {"auto": EXACT_LIMIT, "exact": len(series.values), "normal": 0}[method]
    exact = (points >= MINIMUM_POINTS) & (points <= limit)
    p_value = _normal_p(score, variance, continuity=continuity)
    p_value[exact] = _exact_p(score[exact], ties[:, exact], limit)
    p_value[points < MINIMUM_POINTS] = np.nan
    fields = {
        "score": np.where(points >= 2, score, np.nan),
        "points": points,
        "variance": variance,
        "tau_b": _tau_b(score, points, ties),
        "p_value": p_value,
        "method": np.where(points < MINIMUM_POINTS, "none", np.where(exact, "exact", "normal")),
    }
    return MannKendall(**{name: array.reshape(series.shape) for name, array in fields.items()})


def tie_sizes(values: Floats) -> Integers:
    """Count for each point how many points of its series have the same value, itself included.

    Parameters
    ----------
    values
        Shape (points, series), NaN for an absent point.

    Returns
    -------
    ndarray
        Shape (points, series), ascending along the points: 0 for an absent point, and every tie of size t stands there
        t times.
    """
    ordered = np.sort(values, axis=0)
    sizes = (~np.isnan(ordered)).astype(np.int64)
    for lag in range(1, len(ordered)):
        equal = ordered[lag:] == ordered[:-lag]
        if not equal.any():  # in sorted values no longer run can follow
            break
        sizes[lag:] += equal
        sizes[:-lag] += equal
    return np.sort(sizes, axis=0)


def score_variance(points: Integers, ties: Integers) -> Floats:
    """Return the variance of S without a trend, from the number of points and the result of `tie_sizes`."""
    # A tie of size t stands t times in the column, so t (t - 1) (2 t + 5) is a sum of (t - 1) (2 t + 5).
    lost = np.sum(np.maximum(ties - 1, 0) * (2 * ties + 5), axis=0)
    return np.asarray((points * (points - 1) * (2 * points + 5) - lost) / 18)


def kendall_score(values: Floats) -> Integers:
    """Return S of series in the order of their times: pairs that rise minus pairs that fall.

    Parameters
    ----------
    values
        Shape (points, series), NaN for an absent point.
    """
    score = np.zeros(values.shape[1], dtype=np.int64)
    for lag in range(1, len(values)):
        later, earlier = values[lag:], values[:-lag]
        rises = (later > earlier).view(np.int8) - (later < earlier).view(np.int8)  # NaN is neither
        score += rises.sum(axis=0, dtype=np.int32)
    return score


def _tau_b(score: Integers, points: Integers, ties: Integers) -> Floats:
    pairs = points * (points - 1) / 2
    unequal = pairs - np.maximum(ties - 1, 0).sum(axis=0) / 2
    with np.errstate(invalid="ignore", divide="ignore"):  # 0 / 0 for a constant series: no tau
        return np.asarray(score / np.sqrt(pairs * unequal))


def _normal_p(score: Integers, variance: Floats, *, continuity: bool) -> Floats:
    distance = np.maximum(np.abs(score) - int(continuity), 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = erfc(distance / np.sqrt(2 * variance))
    return np.where(variance > 0, p, 1.0)


def _exact_p(score: Integers, ties: Integers, limit: int) -> Floats:
    """Look every score up in the distribution of its tie pattern; the only loop runs over distinct patterns."""
    if not score.size:
        return np.zeros(0)
    # A pattern as one byte string: sorting these is many times faster than sorting rows of numbers.
    columns = np.ascontiguousarray(ties[-limit:].T, dtype=np.uint16).view(f"S{2 * len(ties[-limit:])}").ravel()
    _, first, which = np.unique(columns, return_index=True, return_inverse=True)
    tables = [two_sided_p_values(_groups(pattern)) for pattern in ties[:, first].T]
    lengths = np.array([len(table) for table in tables])
    starts = np.cumsum(lengths) - lengths
    inversions = (lengths[which] - 1 - score) // 2
    return np.concatenate(tables)[starts[which] + inversions]


def _groups(pattern: Integers) -> tuple[int, ...]:
    """Turn a column of `tie_sizes` into one size a distinct value: 0, 1, 2, 2 into (1, 2)."""
    sizes, times = np.unique(pattern[pattern > 0], return_counts=True)
    return tuple(np.repeat(sizes, times // sizes).tolist())
