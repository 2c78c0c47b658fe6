"""Comparisons of two dates or two pooled spans, for series too short to have a trend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.special import erfc

from sozialanalyse.statistics._arguments import refuse
from sozialanalyse.statistics.proportions import wilson_interval
from sozialanalyse.statistics.rates import rate_interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

EVENTS_COMPARED: Final = 10
"""Events (and, for proportions, non-events) of both dates together from which a difference is tested."""


class Change(NamedTuple):
    """Result of `proportion_change` and `rate_change`, arrays of one shape."""

    first: Floats  # proportion, or rate per unit of exposure, at the first date
    second: Floats
    difference: Floats  # second - first
    lower: Floats
    upper: Floats
    p_value: Floats  # score test, two-sided; NaN with too few events


def proportion_change(
    first: tuple[ArrayLike, ArrayLike],
    second: tuple[ArrayLike, ArrayLike],
    *,
    correlation: ArrayLike = 0.0,
    confidence: float = 0.95,
) -> Change:
    r"""Difference of a proportion between two dates, with its interval and score test.

    Interval: Wilson limits of both, squared and added, with the correlation :math:`\rho` between them:

    .. math:: \delta = \sqrt{(p_2 - l_2)^2 - 2 \rho (p_2 - l_2)(u_1 - p_1) + (u_1 - p_1)^2}

    and alike above. Test: :math:`z^2 = d^2 / \bigl(\bar p (1 - \bar p)(1/n_1 + 1/n_2 - 2 \rho / \sqrt{n_1 n_2})\bigr)`.

    Parameters
    ----------
    first, second
        Events and trials at each date; arrays broadcast.
    correlation
        Of the two counts, from 0 to below 1: 0 for different people, for a stock the share of those counted both times
        (`persistence_share` to the power of the years between).
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    Change
        Fractions, not per cent. NaN where a date has NaN or no trials.

    Raises
    ------
    ValueError
        If events are negative or exceed trials, a correlation is not from 0 to below 1, or `confidence` is no fraction.

    Notes
    -----
    - Interval and test are two methods: near 5 % one may leave out 0 where the other does not. The test is the verdict.
    - By simulation of stocks (50 to 5,000 residents, shares 0.005 to 0.4, correlations 0 to 0.8) at most 6.0 % false
      alarms.
    - Two dates say that something changed, not that it goes on changing. Of three or four the first and the last are compared:
      adding up halves has never more power, by simulation.
    - No test below `EVENTS_COMPARED` events or non-events; equal proportions have p = 1.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890 and 2635-2650. Zou (2007), Psychological Methods 12, 399-413.

    Examples
    --------
    >>> change = proportion_change((40, 400), (62, 410), correlation=0.6)
    >>> [round(float(part), 4) for part in (change.difference, change.lower, change.upper, change.p_value)]
    [0.0512, 0.0222, 0.0817, 0.0005]
    """
    (x1, n1), (x2, n2) = (tuple(np.asarray(part, np.float64) for part in date) for date in (first, second))
    limits = [wilson_interval(x, n, confidence=confidence) for x, n in ((x1, n1), (x2, n2))]
    p1, p2 = x1 / np.where(n1 > 0, n1, np.nan), x2 / np.where(n2 > 0, n2, np.nan)
    share = (x1 + x2) / np.where(n1 + n2 > 0, n1 + n2, np.nan)
    enough = np.minimum(x1 + x2, n1 + n2 - x1 - x2) >= EVENTS_COMPARED
    return _change((p1, *limits[0]), (p2, *limits[1]), share * (1 - share), (n1, n2), np.asarray(correlation), enough)


def rate_change(
    first: tuple[ArrayLike, ArrayLike],
    second: tuple[ArrayLike, ArrayLike],
    *,
    correlation: ArrayLike = 0.0,
    confidence: float = 0.95,
) -> Change:
    """Difference of a rate between two dates or spans: as `proportion_change`, with limits and variance of counts.

    Parameters
    ----------
    first, second
        Events and exposure at each date; arrays broadcast.
    correlation, confidence
        As in `proportion_change`.

    Returns
    -------
    Change
        Per one unit of exposure.

    Raises
    ------
    ValueError
        If events or exposures are negative, a correlation is not from 0 to below 1, or `confidence` is no fraction.

    Examples
    --------
    >>> change = rate_change((31, 2900), (18, 3020))
    >>> (
    ...     [round(1000 * float(part), 2) for part in (change.difference, change.lower, change.upper)],
    ...     round(float(change.p_value), 3),
    ... )
    ([-4.73, -9.83, 0.14], 0.046)
    """
    (x1, n1), (x2, n2) = (tuple(np.asarray(part, np.float64) for part in date) for date in (first, second))
    limits = [rate_interval(x, n, confidence=confidence) for x, n in ((x1, n1), (x2, n2))]
    p1, p2 = x1 / np.where(n1 > 0, n1, np.nan), x2 / np.where(n2 > 0, n2, np.nan)
    rate = (x1 + x2) / np.where(n1 + n2 > 0, n1 + n2, np.nan)
    return _change(
        (p1, *limits[0]), (p2, *limits[1]), rate, (n1, n2), np.asarray(correlation), x1 + x2 >= EVENTS_COMPARED
    )


def _change(
    first: tuple[Floats, Floats, Floats],
    second: tuple[Floats, Floats, Floats],
    unit_variance: Floats,
    bases: tuple[Floats, Floats],
    correlation: Floats,
    enough: NDArray[np.bool_],
) -> Change:
    refuse((correlation < 0) | (correlation >= 1), "correlations are not from 0 to below 1")
    (value_1, lower_1, upper_1), (value_2, lower_2, upper_2) = first, second
    difference = value_2 - value_1
    below = _joined(value_2 - lower_2, upper_1 - value_1, correlation)
    above = _joined(upper_2 - value_2, value_1 - lower_1, correlation)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = 1 / bases[0] + 1 / bases[1] - 2 * correlation / np.sqrt(bases[0] * bases[1])
        z = np.abs(difference) / np.sqrt(unit_variance * np.maximum(spread, 0.0))
    p_value = np.where(difference == 0, 1.0, erfc(z / np.sqrt(2)))
    tested = enough & ~np.isnan(difference)
    return Change(
        value_1, value_2, difference, difference - below, difference + above, np.where(tested, p_value, np.nan)
    )


def _joined(one: Floats, other: Floats, correlation: Floats) -> Floats:
    return np.sqrt(np.maximum(one**2 - 2 * correlation * one * other + other**2, 0.0))
