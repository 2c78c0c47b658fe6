"""How wrong forward calculations were: measures of error, intervals from past errors, and the test on held-back years."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import error_share, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Forecaster = Callable[[Floats, int], Floats]


class Backtest(NamedTuple):
    """Result of `backtest`; errors are found minus computed."""

    computed: Floats  # (..., held back)
    errors: Floats  # (..., held back)
    percentage: Floats  # (...): MAPE
    scaled: Floats  # (...): MASE; below 1 is better than the naive way was within the known years
    naive_scaled: Floats  # (...): MASE of the naive way on the same held-back years
    better_than_naive: Floats  # (...): 1 where the error is smaller than the naive way's, 0 where not, NaN unknown


def mape(found: ArrayLike, computed: ArrayLike) -> Floats:
    r"""Mean absolute percentage error, as a fraction: :math:`\frac{1}{h} \sum |y - \hat y| / |y|`.

    Parameters
    ----------
    found, computed
        Shape (..., periods).

    Returns
    -------
    ndarray
        Without the last axis. NaN if a value is missing or a found one is 0: it then says nothing; see `mase`.

    Examples
    --------
    >>> float(mape([100.0, 200], [90, 220]))
    0.1
    """
    y, computed_y = np.asarray(found, dtype=np.float64), np.asarray(computed, dtype=np.float64)
    return np.asarray((np.abs(y - computed_y) / np.where(y == 0, np.nan, np.abs(y))).mean(axis=-1))


def mase(found: ArrayLike, computed: ArrayLike, known: ArrayLike, *, season: int = 1) -> Floats:
    r"""Mean absolute error, scaled by that of the naive way ("as last time") within the known years.

    .. math:: \frac{\frac{1}{h} \sum |y - \hat y|}{\frac{1}{T - s} \sum_{t > s} |y_t - y_{t - s}|}

    Parameters
    ----------
    found, computed
        Shape (..., periods): the held-back years.
    known
        Shape (..., T): the years before them, at equal distances.
    season
        s: 1 for years, 4 for quarters.

    Returns
    -------
    ndarray
        Without the last axis. NaN if a value is missing, nothing changed in the known years, or they are too few.

    References
    ----------
    Hyndman, Koehler (2006), International Journal of Forecasting 22, 679-688.

    Examples
    --------
    >>> float(mase([14.0, 16], [13, 14], [10.0, 12, 11, 13]).round(6))
    0.9
    """
    y, computed_y = np.asarray(found, dtype=np.float64), np.asarray(computed, dtype=np.float64)
    return _scaled(np.abs(y - computed_y).mean(axis=-1), np.asarray(known, dtype=np.float64), season)


def empirical_interval(
    computed: ArrayLike, past_errors: ArrayLike, *, confidence: float = 0.8, relative: bool = False
) -> tuple[Floats, Floats]:
    r"""Interval of a forward calculation from the errors that the same way made before.

    With n past errors the limits are those of rank :math:`\lceil (n + 1) (1 - \alpha / 2) \rceil` and its mirror image, which hold
    if past and coming errors are exchangeable.

    Parameters
    ----------
    computed
        Any shape.
    past_errors
        Found minus computed, at the same distance in time, shape (errors,) or that of `computed` with one more axis; NaN is left out.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).
    relative
        Whether the errors are shares of what was computed.

    Returns
    -------
    lower, upper
        NaN where the errors are too few: 80 % need 9 of them, 95 % need 39.

    References
    ----------
    Williams, Goodman (1971), Journal of the American Statistical Association 66, 752-754. Vovk, Gammerman, Shafer (2005),
    Algorithmic Learning in a Random World (rank).

    Examples
    --------
    >>> lower, upper = empirical_interval([100.0], [-9.0, -4, -3, -1, 0, 1, 2, 5, 8])
    >>> lower.tolist(), upper.tolist()
    ([91.0], [108.0])
    """
    half = error_share(confidence) / 2
    centre, errors = np.asarray(computed, dtype=np.float64), np.asarray(past_errors, dtype=np.float64)
    ordered = np.sort(errors, axis=-1)  # NaN last
    count = (~np.isnan(errors)).sum(axis=-1)
    rank = np.vectorize(lambda n: ceil((n + 1) * (1 - half) - 1e-9))(count)  # 9 errors: 9, not 9.000000001
    low = _at(ordered, count - rank, (rank <= count) & (count > 0))
    high = _at(ordered, rank - 1, (rank <= count) & (count > 0))
    unit = np.abs(centre) if relative else 1.0
    return centre + unit * low, centre + unit * high


def backtest(series: ArrayLike, forecaster: Forecaster, *, held_back: int, season: int = 1) -> Backtest:
    """Compute the last years of a series from those before and compare.

    Parameters
    ----------
    series
        Shape (..., periods), at equal distances.
    forecaster
        Takes the known years, shape (..., T), and the number of years to compute, and returns shape (..., years).
    held_back
        How many of the last years it may not see.
    season
        As in `mase`; the naive way repeats the last season.

    Raises
    ------
    ValueError
        If fewer than two years stay known, none is held back, or the forecaster returns another shape.

    Examples
    --------
    >>> line = lambda known, years: (
    ...     known[..., -1:] + np.arange(1, years + 1) * (known[..., -1:] - known[..., :1]) / (known.shape[-1] - 1)
    ... )
    >>> found = backtest([10.0, 12, 13, 16, 17, 20], line, held_back=2)
    >>> found.computed.tolist(), float(found.scaled), float(found.better_than_naive)
    ([18.0, 20.0], 0.25, 1.0)
    """
    y = np.asarray(series, dtype=np.float64)
    if held_back < 1 or y.shape[-1] - held_back < max(2, season + 1):
        msg = f"{held_back} of {y.shape[-1]} years cannot be held back; at least {max(2, season + 1)} must stay known"
        raise ValueError(msg)
    known, found = y[..., :-held_back], y[..., -held_back:]
    computed = np.asarray(forecaster(known, held_back), dtype=np.float64)
    if computed.shape != found.shape:
        msg = f"the forecaster returned the shape {computed.shape}, but {found.shape} is held back"
        raise ValueError(msg)
    naive = known[..., np.arange(held_back) % season - season]
    error, naive_error = (np.abs(found - guess).mean(axis=-1) for guess in (computed, naive))
    better = np.where(np.isnan(error + naive_error), np.nan, (error < naive_error).astype(np.float64))
    scaled = [_scaled(part, known, season) for part in (error, naive_error)]
    return Backtest(computed, found - computed, mape(found, computed), scaled[0], scaled[1], better)


def interval_coverage(found: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> float:
    """Share of found values that lie within their limits, over all with a value and limits; NaN without any.

    Examples
    --------
    >>> interval_coverage([1.0, 5, np.nan], [0, 0, 0], [2, 4, 9])
    0.5
    """
    y, low, high = (np.asarray(part, dtype=np.float64) for part in (found, lower, upper))
    refuse(low > high, "intervals have a lower limit above the upper one")
    known = ~np.isnan(y + low + high)
    inside = (y >= low) & (y <= high) & known
    return float(inside.sum() / known.sum()) if known.any() else float("nan")


def _scaled(error: Floats, known: Floats, season: int) -> Floats:
    if known.shape[-1] <= season:
        return np.full(np.shape(error), np.nan)
    usual = np.asarray(np.abs(known[..., season:] - known[..., :-season]).mean(axis=-1))
    return np.asarray(error / np.where(usual > 0, usual, np.nan))


def _at(ordered: Floats, place: NDArray[np.int64], known: NDArray[np.bool_]) -> Floats:
    chosen = np.where(known, place, 0)[..., np.newaxis]
    return np.where(known, np.take_along_axis(ordered, chosen, axis=-1)[..., 0], np.nan)
