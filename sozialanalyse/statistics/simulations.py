"""Series without a trend, to see how often a trend test alarms all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.statistics._arguments import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def trendless_series(series: int, points: int, autocorrelation: float, *, seed: int) -> Floats:
    """Draw stationary first-order autoregressive series with standard normal values and no trend.

    Parameters
    ----------
    series, points
        How many series of how many points.
    autocorrelation
        Of neighbouring points, at least 0 and below 1; that of points k apart is its k-th power.
    seed
        The same seed gives the same series.

    Returns
    -------
    ndarray
        Shape (series, points).

    Raises
    ------
    ValueError
        If the autocorrelation is not from 0 to below 1.
    """
    refuse(np.asarray(not 0 <= autocorrelation < 1), "autocorrelations are not from 0 to below 1")
    noise = np.random.default_rng(seed).normal(size=(series, points))
    noise[:, 1:] *= np.sqrt(1 - autocorrelation**2)
    for point in range(1, points):
        noise[:, point] += autocorrelation * noise[:, point - 1]
    return noise


def trendless_stocks(
    series: int, years: int, *, residents: int, share: float, persistence: float, seed: int
) -> NDArray[np.int64]:
    """Draw yearly counts of persons with a characteristic in areas where most persons remain and nothing changes.

    Each year every resident stays with the probability `persistence`, with the characteristic as it is; a newcomer, who
    has it with the probability `share`, takes the place of each who leaves.

    Parameters
    ----------
    series, years
        How many areas are counted how many times.
    residents
        Persons in each area.
    share
        Probability of the characteristic, from 0 to 1.
    persistence
        Probability of staying for a year, from 0 to 1: the correlation of the counts of two neighbouring years.
    seed
        The same seed gives the same counts.

    Returns
    -------
    ndarray
        Shape (series, years).

    Raises
    ------
    ValueError
        If share or persistence are not from 0 to 1.
    """
    refuse(np.array([not 0 <= share <= 1, not 0 <= persistence <= 1]), "probabilities are not from 0 to 1")
    generator = np.random.default_rng(seed)
    counts = np.zeros((series, years), dtype=np.int64)
    counts[:, 0] = generator.binomial(residents, share, size=series)
    for year in range(1, years):
        with_it = generator.binomial(counts[:, year - 1], persistence)
        without = generator.binomial(residents - counts[:, year - 1], persistence)
        counts[:, year] = with_it + generator.binomial(residents - with_it - without, share)
    return counts


def false_alarm_share(p_values: Callable[[Floats], ArrayLike], values: ArrayLike, *, level: float = 0.05) -> float:
    """Return the share of series without a trend in which a test claims one.

    Parameters
    ----------
    p_values
        A test: takes series of shape (series, points) and returns their p-values; NaN is no claim.
    values
        Series without a trend, as from `trendless_series` or `trendless_stocks`.
    level
        A claim is a p-value of at most this.

    Examples
    --------
    >>> from sozialanalyse.statistics import mann_kendall
    >>> years = np.arange(12.0)
    >>> for correlation in (0.0, 0.6):
    ...     drawn = trendless_series(4000, 12, correlation, seed=1)
    ...     print(round(false_alarm_share(lambda some: mann_kendall(some, years).p_value, drawn), 2))
    0.04
    0.24
    """
    p = np.asarray(p_values(np.asarray(values, dtype=np.float64)))
    return float(np.mean(p <= level))  # NaN is never at most the level
