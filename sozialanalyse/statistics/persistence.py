"""How much of a yearly stock is the same people, and how many independent years a series is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import normal_quantile, refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

AREAS_FROM: Final = 20
"""Areas from which their common persistence is estimated from the counts themselves."""

GRID: Final = np.linspace(0.0, 0.98, 99)
"""Persistences among which the estimate is looked up."""


class Persistence(NamedTuple):
    """Result of `estimated_persistence`, per unit of time; NaN where it cannot be estimated."""

    estimate: float
    lower: float
    upper: float


def persistence_share(stayed: ArrayLike, earlier: ArrayLike, later: ArrayLike, *, years: ArrayLike = 1.0) -> Floats:
    r"""Correlation, per year, of the counts of two dates of which many persons are the same.

    .. math:: r = \left( \frac{\text{stayed}}{\sqrt{\text{earlier} \cdot \text{later}}} \right)^{1 / \text{years}}

    Parameters
    ----------
    stayed
        Persons counted at both dates, unchanged in what is counted; from a register: those of the earlier date minus
        removals, deaths and changes. Arrays broadcast.
    earlier, later
        Persons counted at each date.
    years
        Between the dates.

    Returns
    -------
    ndarray
        From 0 to 1; NaN where nobody was counted or an input is NaN.

    Raises
    ------
    ValueError
        If more stayed than were counted, a number is negative or years are not positive.

    Examples
    --------
    >>> float(persistence_share(640, 1000, 1000, years=2).round(3))
    0.8
    """
    same, before, after, apart = (np.asarray(part, dtype=np.float64) for part in (stayed, earlier, later, years))
    refuse((same < 0) | (before < 0) | (after < 0), "numbers of persons are negative")
    refuse((same > before) | (same > after), "numbers of those who stayed exceed those counted")
    refuse(apart <= 0, "distances in years are not positive")
    counted = np.sqrt(before * after)
    return np.asarray((same / np.where(counted > 0, counted, np.nan)) ** (1 / apart))


def effective_points(times: ArrayLike, persistence: ArrayLike) -> Floats:
    r"""Number of independent years that the mean of a persistent series is worth.

    .. math:: n_\text{eff} = \frac{n^2}{\sum_{i,j} r^{|t_i - t_j|}}

    Parameters
    ----------
    times
        Shape (points,).
    persistence
        Share r per unit of time, from 0 to 1; any shape.

    Returns
    -------
    ndarray
        In the shape of `persistence`: `points` if r is 0, 1 if r is 1.

    Raises
    ------
    ValueError
        If a persistence is not from 0 to 1.

    Notes
    -----
    It holds for means and pooled years. A trend is another matter: `proportion_trend` takes the persistence itself.

    References
    ----------
    Bayley, Hammersley (1946), Supplement to the Journal of the Royal Statistical Society 8, 184-197.

    Examples
    --------
    >>> effective_points(np.arange(10), [0.0, 0.5, 0.8]).round(1).tolist()
    [10.0, 3.8, 1.8]
    """
    dates = np.asarray(times, dtype=np.float64)
    share = np.asarray(persistence, dtype=np.float64)
    refuse((share < 0) | (share > 1), "persistences are not from 0 to 1")
    apart = np.abs(dates[:, np.newaxis] - dates)
    whole = (share[..., np.newaxis, np.newaxis] ** apart).sum(axis=(-2, -1))  # 0 to the power of 0 is 1
    return np.asarray(len(dates) ** 2 / whole)


def estimated_persistence(values: ArrayLike, times: ArrayLike, *, confidence: float = 0.95) -> Persistence:
    r"""Persistence that many areas have in common, by moments, from how their residuals resemble their neighbours.

    A line is taken out of each area. The pooled sum of products of neighbouring residuals over that of their squares is
    far too low in short series; it is set equal to its expectation,
    :math:`\operatorname{tr}(L M R M) / \operatorname{tr}(M R M)`, with :math:`R_{ij} = r^{|t_i - t_j|}`, M taking out
    the line and L picking neighbours. The limits come from leaving out one area at a time.

    Parameters
    ----------
    values
        Shape (areas, points), on a scale on which areas have alike variances: rates times the root of their bases. Areas
        with an absent point (NaN) are left out.
    times
        Shape (points,), ascending.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    Persistence
        NaN with fewer than `AREAS_FROM` complete areas or fewer than 4 points: one series alone, at T below about 30,
        does not tell its own autocorrelation.

    Raises
    ------
    ValueError
        If shapes do not fit, times do not ascend or `confidence` is no fraction.

    Notes
    -----
    In simulated trendless series of 60 areas it is right on average from 5 points, with a standard deviation of 0.2 at
    5 points, 0.1 to 0.15 at 8 and below 0.1 at 12; the limits cover in 91 to 95 %.

    Shocks common to all areas count as resemblance between areas, not between years; take the town's movement out first.
    Areas that bend, not just rise, look more persistent than they are.

    Examples
    --------
    >>> from sozialanalyse.statistics.simulations import trendless_series
    >>> found = estimated_persistence(trendless_series(200, 10, 0.6, seed=3), np.arange(10))
    >>> [round(number, 2) for number in found]
    [0.65, 0.55, 0.77]
    """
    z = normal_quantile(confidence)
    numbers, dates = np.asarray(values, dtype=np.float64), np.asarray(times, dtype=np.float64)
    if numbers.ndim != 2 or dates.shape != numbers.shape[1:]:
        msg = f"values need the shape (areas, points) and times (points,); found {numbers.shape} and {dates.shape}"
        raise ValueError(msg)
    refuse(np.diff(dates) <= 0, "times do not ascend")
    complete = numbers[~np.isnan(numbers).any(axis=1)]
    areas, points = complete.shape
    if areas < AREAS_FROM or points < 4:
        return Persistence(np.nan, np.nan, np.nan)
    free = without_line(dates)
    residuals = complete @ free
    products = (residuals[:, 1:] * residuals[:, :-1]).sum(axis=1)
    squares = (residuals**2).sum(axis=1)
    expected = _expected_ratios(free, dates)
    whole = products.sum() / squares.sum()
    without = (products.sum() - products) / (squares.sum() - squares)
    reach = z * np.sqrt((areas - 1) / areas * ((without - without.mean()) ** 2).sum())
    found = np.interp([whole, whole - reach, whole + reach], expected, GRID)
    return Persistence(*(float(number) for number in found))


def without_line(times: ArrayLike) -> Floats:
    """Return the matrix that takes a straight line out of a series: residuals are ``values @ without_line(times)``.

    Parameters
    ----------
    times
        Shape (points,).

    Returns
    -------
    ndarray
        Shape (points, points), symmetric.
    """
    dates = np.asarray(times, dtype=np.float64)
    design = np.stack([np.ones(len(dates)), dates - dates.mean()], axis=1)
    return np.asarray(np.eye(len(dates)) - design @ np.linalg.pinv(design))


def _expected_ratios(free: Floats, times: Floats) -> Floats:
    """Return the expected ratio of sums for every persistence of the grid, made to ascend."""
    apart = np.abs(times[:, np.newaxis] - times)
    spread = [free @ (share**apart) @ free for share in GRID]
    ratios = [np.diagonal(part, offset=1).sum() / np.trace(part) for part in spread]
    return np.maximum.accumulate(ratios) + 1e-12 * np.arange(len(GRID))
