"""Mann-Kendall tests that allow for years that resemble their neighbours: corrected variances and prewhitening.

None of them holds its level in series as short as municipal ones; see `HAMED_RAO_FROM`. Where the share of persons
who remain from year to year is known, `persistent_trend` does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
from scipy.special import erfc

from sozialanalyse.statistics._arguments import error_share, in_time_order, normal_quantile
from sozialanalyse.statistics.slopes import theil_sen
from sozialanalyse.statistics.trend_tests import kendall_score, score_variance, tie_sizes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

Correction = Literal["hamed_rao", "yue_wang", "prewhitening", "trend_free_prewhitening"]

CORRECTIONS: Final = ("hamed_rao", "yue_wang", "prewhitening", "trend_free_prewhitening")

HAMED_RAO_FROM: Final = 500
"""Points from which Hamed and Rao's test holds its level with the first 10 lags: in the project's own simulation
(`false_alarm_share` of 1,500 trendless series, nominal 5 %) it then alarms in 4.6, 5.5, 5.9 and 6.1 % of series with
lag-1 autocorrelation 0, 0.3, 0.6 and 0.7; at 400 points in up to 7 %, at 100 in 17 %, at 15 in 27 to 33 %, which is no
better than the plain test. With the first 3 lags or with all of them it does not hold even there. No municipal series
is as long, so there it is left out."""

PREWHITENING_FROM: Final = 50
"""Points from which prewhitening holds (5 to 6 % false alarms up to autocorrelation 0.7); it takes power from trends."""

TESTED_FROM: Final[Mapping[Correction, float]] = {
    "hamed_rao": HAMED_RAO_FROM,
    "yue_wang": math.inf,  # still 12 % at 500 points
    "prewhitening": PREWHITENING_FROM,
    "trend_free_prewhitening": math.inf,  # worse than the plain test at any length
}
"""Points from which each correction is used at all."""

SERIES_AT_ONCE: Final = 2**22
"""Pairs of points held in memory at a time, as an upper bound."""


@dataclass(frozen=True, eq=False)
class CorrectedKendall:
    """Result of `corrected_mann_kendall`; every array has one entry a series.

    Attributes
    ----------
    score
        S of the tested series (after prewhitening where that is the correction).
    points
        Number of points present in the series given.
    tested_points
        Number of points of the tested series: one fewer after prewhitening.
    variance
        Variance of S, corrected; can come out negative for 'hamed_rao' and 'yue_wang', and then there is no p.
    z
        Standardised score with continuity correction; 0 where S is 0.
    p_value
        Two-sided, normal; NaN where not tested; 1 for a constant series.
    slope
        Theil-Sen slope of the series given, per unit of time.
    """

    score: Floats
    points: Integers
    tested_points: Integers
    variance: Floats
    z: Floats
    p_value: Floats
    slope: Floats

    @property
    def tau_a(self) -> Floats:
        """S divided by the number of all pairs of the tested series, without correction for ties."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.score / (self.tested_points * (self.tested_points - 1) / 2))


def corrected_mann_kendall(
    values: ArrayLike,
    times: ArrayLike,
    *,
    correction: Correction,
    lags: int | None = 10,
    gaps: Literal["refused", "closed"] = "refused",
    minimum_points: int | None = None,
    confidence: float = 0.95,
) -> CorrectedKendall:
    r"""Mann-Kendall test corrected for autocorrelation that is estimated from the series itself.

    With :math:`r_k` the lag-k autocorrelation around the Theil-Sen line, the variance of S is multiplied by

    .. math::
        1 + \frac{2}{n(n-1)(n-2)} \sum_k (n-k)(n-k-1)(n-k-2) r_k \quad \text{(Hamed, Rao: ranks, significant k only)}

        1 + 2 \sum_k (1 - k/n) r_k \quad \text{(Yue, Wang: values, all k)}

    Prewhitening tests :math:`x_t - r_1 x_{t-1}`; trend-free prewhitening takes the line out before and adds it after.

    Parameters
    ----------
    values
        Shape (..., points), usually (series, points); NaN for an absent point.
    times
        Shape (points,) for all series, or the shape of `values`; distinct within a series.
    correction
        'hamed_rao', 'yue_wang', 'prewhitening' or 'trend_free_prewhitening'.
    lags
        Largest lag of the variance corrections; None for all. Hamed and Rao used the first 3, Yue and Wang the first;
        peers take all.
    gaps
        A lag is a step of time, so 'refused' tests only series whose present points stand at equal distances. 'closed'
        takes present points as neighbours whatever lies between them (the convention of pymannkendall; the slope
        keeps the true times in both).
    minimum_points
        Series with fewer points present get no p; None for `TESTED_FROM`, the length at which the correction holds.
        Lower it for comparison with peers only.
    confidence
        Of the bound that an autocorrelation must pass to count in 'hamed_rao'; a fraction strictly between 0 and 1.

    Returns
    -------
    CorrectedKendall
        Arrays of the shape of `values` without its last axis.

    Raises
    ------
    ValueError
        If shapes do not fit, values or times are infinite, two points of a series share a time, or the correction, the
        gaps or the lags are unknown.

    Notes
    -----
    - With estimated autocorrelation none of these tests holds its level in short series: `HAMED_RAO_FROM`.
    - A constant series has S = 0 and p = 1. A negative corrected variance gives no p, as in pymannkendall.

    References
    ----------
    Hamed, Rao (1998), Journal of Hydrology 204, 182-196. Yue, Wang (2004), Water Resources Management 18, 201-218;
    (2002), Water Resources Research 38(6). Yue, Pilon, Phinney, Cavadias (2002), Hydrological Processes 16, 1807-1829.

    Examples
    --------
    >>> wave = np.sin(np.arange(600) / 9)
    >>> long, short = (
    ...     corrected_mann_kendall(wave[:points], np.arange(points), correction="hamed_rao") for points in (600, 20)
    ... )
    >>> round(float(long.p_value), 2), float(short.p_value)
    (0.97, nan)
    """
    _check(correction, gaps, lags)
    series = in_time_order(values, times)
    points = np.count_nonzero(~np.isnan(series.values), axis=0)
    slope = np.atleast_1d(theil_sen(values, times).slope).ravel()
    closed = _closed(series.values)
    evenly = np.full(points.shape, fill_value=True) if gaps == "closed" else _evenly_spaced(series.values, series.times)
    step = slope if gaps == "closed" else slope * _first_step(series.values, series.times)
    kept = max(1, SERIES_AT_ONCE // max(len(closed) ** 2, 1))
    parts = [
        _tested(closed[:, start : start + kept], step[start : start + kept], correction, lags, confidence)
        for start in range(0, max(closed.shape[1], 1), kept)
    ]
    score, tested, variance = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    z, p_value = standardised(score, variance, continuity=True)
    needed = TESTED_FROM[correction] if minimum_points is None else minimum_points
    shown = (points >= max(needed, 3)) & evenly
    fields = {
        "score": np.where(points >= 2, score, np.nan),
        "points": points,
        "tested_points": tested,
        "variance": variance,
        "z": np.where(shown, z, np.nan),
        "p_value": np.where(shown, p_value, np.nan),
        "slope": slope,
    }
    return CorrectedKendall(**{name: array.reshape(series.shape) for name, array in fields.items()})


def standardised(score: Floats, variance: Floats, *, continuity: bool) -> tuple[Floats, Floats]:
    """Return z and the two-sided normal p of a score; variance 0 gives z = 0 and p = 1, a negative one NaN.

    Parameters
    ----------
    score, variance
        Arrays of one shape.
    continuity
        Whether ``abs(score) - 1`` is taken instead of ``abs(score)``.
    """
    distance = np.maximum(np.abs(score) - int(continuity), 0) * np.sign(score)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where((variance == 0) | (score == 0), 0.0, distance / np.sqrt(variance))
    return z, erfc(np.abs(z) / np.sqrt(2))


def _check(correction: str, gaps: str, lags: int | None) -> None:
    if correction not in CORRECTIONS:
        msg = f"correction is {correction!r}, but must be one of {', '.join(map(repr, CORRECTIONS))}"
        raise ValueError(msg)
    if gaps not in {"refused", "closed"}:
        msg = f"gaps is {gaps!r}, but must be 'refused' or 'closed'"
        raise ValueError(msg)
    if lags is not None and lags < 1:
        msg = f"lags is {lags!r}, but must be at least 1, or None for all"
        raise ValueError(msg)


class _Tested(NamedTuple):
    score: Floats
    points: Integers
    variance: Floats


def _tested(values: Floats, step: Floats, correction: Correction, lags: int | None, confidence: float) -> _Tested:
    """Return score, points and variance of series without gaps, of any common length and NaN behind their last point.

    Parameters
    ----------
    values
        Shape (points, series).
    step
        Change of the Theil-Sen line from one point to the next.
    """
    line = np.arange(1, len(values) + 1)[:, np.newaxis] * step
    detrended = values - line
    if correction == "prewhitening":
        return _plain(_whitened(values))
    if correction == "trend_free_prewhitening":
        return _plain(_whitened(detrended) + line[:-1])
    plain = _plain(values)
    residuals = _ranks(detrended) if correction == "hamed_rao" else detrended
    r = _autocorrelation(residuals, plain.points)[: None if lags is None else lags]
    n, k = plain.points, np.arange(1, len(r) + 1)[:, np.newaxis]
    if correction == "hamed_rao":
        bound = normal_quantile(confidence) / np.sqrt(np.maximum(n, 1))
        weights = np.where(np.abs(r) > bound, (n - k) * (n - k - 1) * (n - k - 2), 0)
        factor = 1 + 2 * (weights * r).sum(axis=0) / np.maximum(n * (n - 1) * (n - 2), 1)
    else:
        error_share(confidence)
        factor = 1 + 2 * ((1 - k / np.maximum(n, 1)) * r).sum(axis=0)
    return plain._replace(variance=np.where(plain.variance > 0, plain.variance * factor, 0.0))


def _plain(values: Floats) -> _Tested:
    points = np.count_nonzero(~np.isnan(values), axis=0)
    return _Tested(kendall_score(values).astype(np.float64), points, score_variance(points, tie_sizes(values)))


def _whitened(values: Floats) -> Floats:
    points = np.count_nonzero(~np.isnan(values), axis=0)
    first = _autocorrelation(values, points, lags=1)
    return np.asarray(values[1:] - values[:-1] * first[0]) if len(first) else values[1:]


def _autocorrelation(values: Floats, points: Integers, lags: int | None = None) -> Floats:
    """Return the autocorrelations of lag 1, 2 ..., shape (lags, series), each sum divided by n; 0 beyond the series."""
    present = ~np.isnan(values)
    mean = np.where(present, values, 0.0).sum(axis=0) / np.maximum(points, 1)
    centred = np.where(present, values - mean, 0.0)
    whole = (centred**2).sum(axis=0)
    reach = len(values) - 1 if lags is None else min(lags, len(values) - 1)
    found = [(centred[lag:] * centred[:-lag]).sum(axis=0) for lag in range(1, reach + 1)]
    sums = np.array(found).reshape(len(found), values.shape[1])
    return np.asarray(sums / np.where(whole > 0, whole, np.inf))  # a constant series resembles nothing


def _ranks(values: Floats) -> Floats:
    """Return the mean ranks within each series, from 1; NaN for an absent point."""
    below = np.zeros(values.shape)
    for other in values:
        below += (other < values) + 0.5 * (other == values)  # NaN is neither
    return np.where(np.isnan(values), np.nan, below + 0.5)


def _closed(values: Floats) -> Floats:
    """Move the present points of each series together, NaN last."""
    order = np.argsort(np.isnan(values), axis=0, kind="stable")
    return np.take_along_axis(values, order, axis=0)


def _present_times(values: Floats, times: Floats) -> Floats:
    shown = np.where(np.isnan(values), np.nan, np.broadcast_to(times, values.shape))
    return np.sort(shown, axis=0)


def _first_step(values: Floats, times: Floats) -> Floats:
    if len(values) < 2:
        return np.full(values.shape[1], np.nan)
    dates = _present_times(values, times)
    return np.asarray(dates[1] - dates[0])


def _evenly_spaced(values: Floats, times: Floats) -> NDArray[np.bool_]:
    """Tell which series have the same distance between all neighbouring points, to a hundredth of a step.

    A hundredth lets leap years pass: 31 December as a decimal year moves by a three-hundredth.
    """
    steps = np.diff(_present_times(values, times), axis=0)
    first = _first_step(values, times)
    with np.errstate(invalid="ignore"):
        uneven = np.abs(steps - first) > 0.01 * np.abs(first)
    return np.asarray(~uneven.any(axis=0))
