"""Theil-Sen: how fast a series rises or falls, on real dates and unmoved by single outliers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from sozialanalyse.statistics._arguments import Series, error_share, in_time_order, normal_quantile
from sozialanalyse.statistics._kendall import rank_of_limit
from sozialanalyse.statistics.trend_tests import EXACT_LIMIT, score_variance, tie_sizes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

SLOPES_AT_ONCE: Final = 2**20
"""Pairwise slopes held in memory at a time (8 MB): 100,000 series of 15 points have 10.5 million."""


@dataclass(frozen=True, eq=False)
class TheilSen:
    """Result of `theil_sen`; every array has one entry a series.

    Attributes
    ----------
    slope
        Median of the slopes of all pairs of points, in units of the values per unit of time; NaN with fewer than two.
    lower, upper
        Limits of the slope; NaN where the points are too few to bound it at this confidence (4 or fewer at 95 %).
    intercept
        Median of the values minus slope times median of the times: the line's value at time 0.
    points
        Number of points present.
    method
        'exact' or 'normal': how the limits were found; 'none' where there are none.
    """

    slope: Floats
    lower: Floats
    upper: Floats
    intercept: Floats
    points: Integers
    method: NDArray[np.str_]


def theil_sen(
    values: ArrayLike,
    times: ArrayLike,
    *,
    confidence: float = 0.95,
    method: Literal["auto", "exact", "normal"] = "auto",
) -> TheilSen:
    r"""Theil-Sen slope with its rank-based interval, for many series at once.

    The slope is the median of :math:`(x_j - x_i) / (t_j - t_i)` over all pairs. Its limits are the r-th smallest and
    the r-th largest of these N slopes. Exact: r from the null distribution of Kendall's score. Normal:
    :math:`r = (N - z \sqrt{\operatorname{Var} S}) / 2`, rounded, and one further out at the upper end (Gilbert).

    Parameters
    ----------
    values
        Shape (..., points), usually (series, points); NaN for an absent point, which is left out.
    times
        Shape (points,) for all series, or the shape of `values`; distinct within a series. Years as floats (2011.997)
        give a slope per year: gaps count with their true length, not as one step.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).
    method
        'auto': exact up to `EXACT_LIMIT` points, then normal. 'exact' and 'normal' force one for all series.

    Returns
    -------
    TheilSen
        Arrays of the shape of `values` without its last axis.

    Raises
    ------
    ValueError
        If shapes do not fit, values or times are infinite, two points of a series share a time, `confidence` is not a
        fraction, or the method is unknown.

    Notes
    -----
    - Without ties the exact interval leaves out 0 just when the exact p of `mann_kendall` is at most 1 - confidence.
    - With ties the exact interval keeps the rank of the untied case and so is never too narrow; the normal one uses
      the tie-corrected variance, as do R's trend and scipy, which both use it for few points as well.
    - pymannkendall's slope takes row numbers for times; here gaps are respected.
    - A constant series has the slope 0 with limits 0 and 0.

    References
    ----------
    Theil (1950), Proceedings of the Royal Netherlands Academy of Sciences A 53, 386-392, 521-525, 1397-1412.
    Sen (1968), Journal of the American Statistical Association 63, 1379-1389.
    Gilbert (1987), Statistical Methods for Environmental Pollution Monitoring, chapter 16.

    Examples
    --------
    >>> line = theil_sen([4.1, 4.3, 4.4, 4.9, 5.2], [2007.0, 2009.0, 2011.0, 2013.0, 2014.0])
    >>> round(float(line.slope), 4), round(float(line.lower), 4), round(float(line.upper), 4)
    (0.1536, 0.05, 0.3)
    """
    if method not in {"auto", "exact", "normal"}:
        msg = f"method is {method!r}, but must be 'auto', 'exact' or 'normal'"
        raise ValueError(msg)
    series = in_time_order(values, times)
    points = np.count_nonzero(~np.isnan(series.values), axis=0)
    limit = {"auto": EXACT_LIMIT, "exact": len(series.values), "normal": 0}[method]
    low, high = _ranks(series.values, points, confidence, limit)
    slope, lower, upper = _picked_slopes(series, points, low, high)
    times_present = np.where(np.isnan(series.values), np.nan, series.times)
    fields = {
        "slope": slope,
        "lower": lower,
        "upper": upper,
        "intercept": _median(series.values, points) - slope * _median(times_present, points),
        "points": points,
        "method": np.where(np.isnan(lower), "none", np.where(points <= limit, "exact", "normal")),
    }
    return TheilSen(**{name: array.reshape(series.shape) for name, array in fields.items()})


def _ranks(values: Floats, points: Integers, confidence: float, limit: int) -> tuple[Integers, Integers]:
    """Return the places of both limits among the ascending slopes, counted from 0; -1 where there is no limit."""
    pairs = points * (points - 1) // 2
    low, high = _normal_ranks(pairs, score_variance(points, tie_sizes(values)), confidence)
    for number in np.unique(points[points <= limit]).tolist():
        rank = rank_of_limit(number, error_share(confidence))
        here = points == number
        low[here], high[here] = rank - 1, pairs[here] - rank
    possible = (low >= 0) & (high < pairs)
    return np.where(possible, low, -1), np.where(possible, high, -1)


def _normal_ranks(pairs: Integers, variance: Floats, confidence: float) -> tuple[Integers, Integers]:
    spread = normal_quantile(confidence) * np.sqrt(variance)
    low = np.round((pairs - spread) / 2) - 1
    high = np.round((pairs + spread) / 2)
    return low.astype(np.int64), high.astype(np.int64)


def _picked_slopes(series: Series, points: Integers, low: Integers, high: Integers) -> tuple[Floats, Floats, Floats]:
    """Return median, lower and upper limit of the pairwise slopes, some series at a time to spare memory."""
    rows, columns = series.values.shape
    pairs = points * (points - 1) // 2
    picked = np.full((4, columns), np.nan)
    wanted = np.stack([(pairs - 1) // 2, pairs // 2, low, high])  # an even number has two middle slopes
    wanted[:, pairs == 0] = -1
    step = max(1, 2 * SLOPES_AT_ONCE // max(rows * (rows - 1), 1))
    for start in range(0, columns if rows > 1 else 0, step):
        part = slice(start, start + step)
        slopes = np.sort(_pairwise_slopes(series, part), axis=1)  # NaN last
        places = wanted[:, part].T
        found = np.take_along_axis(slopes, np.maximum(places, 0), axis=1)
        picked[:, part] = np.where(places >= 0, found, np.nan).T
    return (picked[0] + picked[1]) / 2, picked[2], picked[3]


def _pairwise_slopes(series: Series, part: slice) -> Floats:
    """Return the slopes of all pairs of points, shape (series, pairs); NaN where a point is absent."""
    values = series.values[:, part]
    times = series.times if series.times.shape[1] == 1 else series.times[:, part]
    slopes = [(values[lag:] - values[:-lag]) / (times[lag:] - times[:-lag]) for lag in range(1, len(values))]
    return np.ascontiguousarray(np.concatenate(slopes).T)


def _median(numbers: Floats, points: Integers) -> Floats:
    """Median along the first axis without NaN; unlike numpy's, fast and silent for columns without a number."""
    if not len(numbers):
        return np.full(points.shape, np.nan)
    ordered = np.sort(numbers, axis=0)
    places = np.stack([np.maximum(points - 1, 0) // 2, np.minimum(points // 2, len(numbers) - 1)])
    return np.asarray(np.take_along_axis(ordered, places, axis=0).mean(axis=0))
