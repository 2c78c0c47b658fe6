"""Mann-Kendall over several series at once: the quarters of a year, the areas of a region, a series and its covariate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import in_time_order
from sozialanalyse.statistics.autocorrelation import standardised
from sozialanalyse.statistics.trend_tests import kendall_score, score_variance, tie_sizes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class JointTrend:
    """Result of `joint_mann_kendall`; every array has one entry a case, that is a bundle of series.

    Attributes
    ----------
    score
        Sum of the scores S of the series.
    pairs
        Number of pairs of points compared, over all series.
    variance
        Variance of the score if there is no trend in any series.
    z, p_value
        Standardised score and its two-sided normal p; NaN where no pair was compared; p = 1 for constant series.
    slope
        Median of the slopes of all pairs within the same series, per unit of time; NaN without a pair.
    """

    score: Floats
    pairs: Integers
    variance: Floats
    z: Floats
    p_value: Floats
    slope: Floats

    @property
    def tau_a(self) -> Floats:
        """Score divided by the number of pairs, without correction for ties."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.score / self.pairs)


def joint_mann_kendall(
    values: ArrayLike, times: ArrayLike, *, correlated: bool = False, continuity: bool = True
) -> JointTrend:
    r"""Mann-Kendall test for a common monotone trend in several series that are never compared with each other.

    With quarters as series it is the seasonal test, with areas the regional one:

    .. math::
        S = \sum_g S_g, \quad
        \operatorname{Var} S = \sum_g \operatorname{Var} S_g \text{ or } \sum_{g,h} \Gamma_{gh}, \quad
        \Gamma_{gh} = \frac{1}{3} \Bigl[K_{gh} + 4 \sum_j R_{jg} R_{jh} - n (n+1)^2\Bigr]

    where :math:`K_{gh}` counts pairs of times that move in the same direction in both, minus the others, and R are
    ranks.

    Parameters
    ----------
    values
        Shape (..., series, points): the series of a bundle and their points; NaN for an absent point.
    times
        Shape (points,): in full years for seasons, so that the slope is per year. Distinct; may come unsorted.
    correlated
        Whether the series of a bundle may depend on each other (quarters of one year, neighbouring areas): then the
        covariances :math:`\Gamma` are estimated, from times at which all series have a point. Without it, dependent
        series alarm too often.
    continuity
        Whether ``abs(S) - 1`` is taken for the normal approximation. pymannkendall takes it for independent series
        only; R's csmk.test up to 10 years only.

    Returns
    -------
    JointTrend
        Arrays of the shape of `values` without its last two axes.

    Raises
    ------
    ValueError
        If values have fewer than two axes, shapes do not fit, values or times are infinite, or two times are equal.

    Notes
    -----
    - Trends in opposite directions cancel: no common trend does not mean no trend anywhere.
    - The variances are corrected for ties; the covariances follow from ranks and need no correction.
    - One point, or only constant series: S = 0 and p = 1. No point: NaN.

    References
    ----------
    Hirsch, Slack, Smith (1982), Water Resources Research 18, 107-121. Hirsch, Slack (1984), Water Resources Research
    20, 727-732. Libiseller, Grimvall (2002), Environmetrics 13, 71-84. Helsel, Frans (2006), Environmental Science and
    Technology 40, 4066-4073.

    Examples
    --------
    >>> quarters = np.array([[5, 6, 7, 8, 9], [2, 2, 3, 4, 4], [1, 2, 2, 3, 3], [7, 7, 8, 9, 9]])
    >>> result = joint_mann_kendall(quarters, [2019, 2020, 2021, 2022, 2023])
    >>> float(result.score), round(float(result.p_value), 6), float(result.slope)
    (34.0, 2.3e-05, 0.6666666666666666)
    """
    bundle = _bundles(values, times)
    shown = _complete(bundle.values) if correlated else bundle.values
    score, variance, pairs = _summed(shown)
    if correlated:
        variance = _covariances(shown).sum(axis=(0, 1))
    z, p_value = standardised(score, variance, continuity=continuity)
    fields = {
        "score": np.where(pairs > 0, score, np.nan),
        "pairs": pairs,
        "variance": variance,
        "z": np.where(pairs > 0, z, np.nan),
        "p_value": np.where(pairs > 0, p_value, np.nan),
        "slope": _pooled_slope(bundle.values, bundle.times),
    }
    return JointTrend(**{name: array.reshape(bundle.shape) for name, array in fields.items()})


def partial_mann_kendall(values: ArrayLike, covariate: ArrayLike, times: ArrayLike) -> JointTrend:
    r"""Mann-Kendall test of a series for a trend beyond that of a covariate.

    .. math::
        S = S_y - \rho S_x, \quad \operatorname{Var} S = (1 - \rho^2) \frac{n (n-1) (2n+5)}{18}, \quad
        \rho = \frac{18 \Gamma_{xy}}{n (n-1) (2n+5)}

    Parameters
    ----------
    values, covariate
        Shape (..., points), alike; a point counts where both are present.
    times
        Shape (points,).

    Returns
    -------
    JointTrend
        Arrays of the shape of `values` without its last axis: `score` is the S above (seldom whole), z without
        continuity correction; `slope` is that of the values alone.

    Raises
    ------
    ValueError
        As `joint_mann_kendall`.

    Notes
    -----
    - Not corrected for ties, as in its source and in both peers. What it says is about the two series, not about causes.
    - Fewer than 3 common points give NaN; a covariate that is the series itself leaves nothing: p = 1.

    References
    ----------
    Libiseller, Grimvall (2002), Environmetrics 13, 71-84.
    """
    both = np.stack(np.broadcast_arrays(np.asarray(values, np.float64), np.asarray(covariate, np.float64)), axis=-2)
    bundle = _bundles(both, times)
    shown = _complete(bundle.values)
    n = np.count_nonzero(~np.isnan(shown[0]), axis=0)
    whole = n * (n - 1) * (2 * n + 5) / 18
    rho = _covariances(shown)[0, 1] / np.maximum(whole, 1)
    score = kendall_score(shown[0]) - rho * kendall_score(shown[1])
    variance = np.maximum((1 - rho**2) * whole, 0.0)
    z, p_value = standardised(score, variance, continuity=False)
    enough = n >= 3
    fields = {
        "score": np.where(enough, score, np.nan),
        "pairs": n * (n - 1) // 2,
        "variance": variance,
        "z": np.where(enough, z, np.nan),
        "p_value": np.where(enough, p_value, np.nan),
        "slope": _pooled_slope(bundle.values[:1], bundle.times),
    }
    return JointTrend(**{name: array.reshape(bundle.shape) for name, array in fields.items()})


def by_season(values: ArrayLike, times: ArrayLike, *, seasons: int = 4) -> tuple[Floats, Floats]:
    """Turn series of quarters (or months) into the bundles that `joint_mann_kendall` takes.

    Parameters
    ----------
    values
        Shape (..., points); NaN for an absent point.
    times
        Shape (points,): decimal years, 2011.25 for the second quarter if the first stands at 2011.0. Points may lie up
        to a tenth of a season off their place, as decimal dates do.
    seasons
        Of one year: 4 for quarters, 12 for months.

    Returns
    -------
    tuple
        Values of shape (..., seasons, years) with NaN for quarters without a point, and the years, shape (years,).

    Raises
    ------
    ValueError
        If a time lies off the seasons, or two points share year and season.

    Examples
    --------
    >>> bundles, years = by_season([3, 4, 5, 6, 7], [2020.5, 2020.75, 2021.0, 2021.25, 2021.5])
    >>> bundles.tolist(), years.tolist()
    ([[nan, 5.0], [nan, 6.0], [3.0, 7.0], [4.0, nan]], [2020.0, 2021.0])
    """
    series = np.asarray(values, dtype=np.float64)
    places = np.asarray(times, dtype=np.float64) * seasons
    steps = np.round(places - np.min(places, initial=np.inf) % 1).astype(np.int64)
    if np.any(np.abs(places - np.min(places, initial=np.inf) % 1 - steps) > 0.1):
        msg = f"times do not stand at {seasons} seasons of a year; give decimal years such as 2011.25"
        raise ValueError(msg)
    if len(set(steps.tolist())) < len(steps):
        msg = "two points share a year and a season"
        raise ValueError(msg)
    years = steps // seasons
    first, last = years.min(), years.max()
    bundles = np.full((*series.shape[:-1], seasons, last - first + 1), np.nan)
    bundles[..., steps % seasons, years - first] = series
    return bundles, np.arange(first, last + 1, dtype=np.float64)


class _Bundle(NamedTuple):
    values: Floats  # (series, points, cases), points in the order of time
    times: Floats  # (points,)
    shape: tuple[int, ...]  # of the cases


def _bundles(values: ArrayLike, times: ArrayLike) -> _Bundle:
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim < 2 or np.ndim(times) != 1:
        msg = f"values need the shape (..., series, points) and times (points,); found {numbers.shape} and {np.shape(times)}"
        raise ValueError(msg)
    ordered = in_time_order(numbers, times)
    cases = numbers.shape[:-2]
    by_case = ordered.values.reshape(len(ordered.values), int(np.prod(cases)), numbers.shape[-2])
    return _Bundle(np.ascontiguousarray(by_case.transpose(2, 0, 1)), ordered.times[:, 0], cases)


def _complete(values: Floats) -> Floats:
    """Keep only the points of a case at which every series of it is present."""
    return np.where(np.isnan(values).any(axis=0), np.nan, values)


def _summed(values: Floats) -> tuple[Floats, Floats, Integers]:
    """Return scores, their variances as of independent series, and numbers of pairs, added over the series."""
    score, variance = np.zeros(values.shape[-1]), np.zeros(values.shape[-1])
    pairs = np.zeros(values.shape[-1], dtype=np.int64)
    for series in values:
        points = np.count_nonzero(~np.isnan(series), axis=0)
        score += kendall_score(series)
        variance += score_variance(points, tie_sizes(series))
        pairs += points * (points - 1) // 2
    return score, variance, pairs


def _covariances(values: Floats) -> Floats:
    """Estimate the covariances of the scores of complete series, shape (series, series, cases)."""
    number = len(values)
    together = np.zeros((number, number, values.shape[-1]))
    halves = np.where(np.isnan(values), 0.0, 0.5)  # a point is half above, half below itself: rank = sum + 1/2
    ranks = halves.copy()
    for lag in range(1, values.shape[1]):
        moves = np.sign(values[:, lag:] - values[:, :-lag])
        moves[np.isnan(moves)] = 0.0
        together += np.einsum("gtc,htc->ghc", moves, moves)
        present = ~np.isnan(values[:, lag:] - values[:, :-lag])
        ranks[:, lag:] += np.where(present, (moves + 1) / 2, 0.0)
        ranks[:, :-lag] += np.where(present, (1 - moves) / 2, 0.0)
    ranks += halves
    n = np.count_nonzero(~np.isnan(values[0]), axis=0)
    return np.asarray((together + 4 * np.einsum("gtc,htc->ghc", ranks, ranks) - n * (n + 1) ** 2) / 3)


def _pooled_slope(values: Floats, times: Floats) -> Floats:
    """Return the median of the slopes within the series of each case."""
    number, points, cases = values.shape
    slopes = [
        ((values[:, lag:] - values[:, :-lag]) / (times[lag:] - times[:-lag])[:, np.newaxis]).reshape(-1, cases)
        for lag in range(1, points)
    ]
    ordered = np.sort(np.concatenate(slopes), axis=0) if slopes and number else np.full((1, cases), np.nan)
    known = np.count_nonzero(~np.isnan(ordered), axis=0)
    middle = np.stack([np.maximum(known - 1, 0) // 2, np.minimum(known // 2, len(ordered) - 1)])
    found = np.take_along_axis(ordered, middle, axis=0).mean(axis=0)
    return np.where(known > 0, found, np.nan)
