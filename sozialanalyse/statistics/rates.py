"""Intervals for counts of events and for rates: events per exposure, which may exceed 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import gammainccinv, gammaincinv

from sozialanalyse.statistics._arguments import error_share, normal_quantile, refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

BYAR_FROM: Final = 10
"""Events from which Byar's approximation replaces the exact limits, as in phe_rate of PHEindicatormethods (Office for
Health Improvement and Disparities). From here on its limits lie within 0.3 % of the interval's width of the exact ones (90 % to
99.8 %); below, the lower limit breaks down (negative for one event at 99.8 %)."""


def byar_interval(events: ArrayLike, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    r"""Byar's approximation of the limits of a Poisson count, whatever the number of events.

    .. math::
        l = x \left(1 - \frac{1}{9x} - \frac{z}{3\sqrt{x}}\right)^3, \quad
        u = (x + 1) \left(1 - \frac{1}{9(x + 1)} + \frac{z}{3\sqrt{x + 1}}\right)^3

    Prefer `poisson_interval`, which is exact where this is poor.

    Parameters
    ----------
    events
        Number of events, any shape.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    lower, upper
        Limits on the scale of the count. The lower one is NaN where the formula falls below 0 (few events) and for
        no event; NaN events give NaN.

    Raises
    ------
    ValueError
        If events are negative, naming how many and the first; or if `confidence` is not a fraction.

    References
    ----------
    Breslow, Day (1987), Statistical Methods in Cancer Research II, IARC Scientific Publications 82, equation 2.13.

    Examples
    --------
    >>> lower, upper = byar_interval([10, 65])
    >>> lower.round(3).tolist(), upper.round(3).tolist()
    ([4.787, 50.163], [18.391, 82.849])
    """
    z = normal_quantile(confidence)
    x = _counted(events)
    with np.errstate(invalid="ignore", divide="ignore"):  # no event: 1 / 0, answered by NaN below
        root = 1 - 1 / (9 * x) - z / (3 * np.sqrt(x))
        lower = np.where(root >= 0, x * root**3, np.nan)
    y = x + 1
    upper = y * (1 - 1 / (9 * y) + z / (3 * np.sqrt(y))) ** 3
    return lower[()], upper


def poisson_interval(events: ArrayLike, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    r"""Interval of the expected number of events: exact below 10 events, Byar's approximation from 10.

    The exact limits are :math:`\chi^2_{\alpha/2}(2x) / 2` and :math:`\chi^2_{1-\alpha/2}(2x + 2) / 2`.

    Parameters
    ----------
    events
        Number of events, any shape. Need not be whole.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    lower, upper
        Limits on the scale of the count, in the shape of `events`.

    Raises
    ------
    ValueError
        If events are negative, naming how many and the first; or if `confidence` is not a fraction.

    Notes
    -----
    - No event: lower is exactly 0, upper finite (3.69 at 95 %): nothing seen does not mean nothing possible.
    - NaN gives NaN: a missing count is not zero.
    - From 9 to 10 events the method changes (`BYAR_FROM`); the limits move on by nearly one event, as they should.

    References
    ----------
    Garwood (1936), Biometrika 28, 437-442 (exact). Breslow, Day (1987), see `byar_interval`.

    Examples
    --------
    >>> lower, upper = poisson_interval([0, 9, 10])
    >>> lower.round(3).tolist(), upper.round(3).tolist()
    ([0.0, 4.115, 4.787], [3.689, 17.085, 18.391])
    """
    half = error_share(confidence) / 2
    x = np.atleast_1d(_counted(events))
    lower, upper = byar_interval(x, confidence=confidence)
    few = x < BYAR_FROM
    lower[few] = np.where(x[few] > 0, gammaincinv(x[few], half), 0.0)
    upper[few] = gammainccinv(x[few] + 1, half)  # the complement keeps its digits for a very high confidence
    shape = np.shape(events)
    return lower.reshape(shape)[()], upper.reshape(shape)[()]


def rate_interval(events: ArrayLike, exposure: ArrayLike, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Interval of a rate: the limits of the count, divided by the exposure.

    Parameters
    ----------
    events
        Number of events; any shape that broadcasts with `exposure`. May exceed the exposure.
    exposure
        Residents, person-years, households ...: what the events are counted per; taken as known without error.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    lower, upper
        Events per one unit of exposure (multiply by 1000 for "per 1000"), in the broadcast shape.

    Raises
    ------
    ValueError
        If events or exposure are negative, naming how many and the first; or if `confidence` is not a fraction.

    Notes
    -----
    An exposure of 0 gives NaN, where some peers raise: an area without residents is no error, it has no rate.
    Limits, edge cases and sources as in `poisson_interval`.

    Examples
    --------
    >>> lower, upper = rate_interval([0, 12], [350, 10])
    >>> (1000 * lower).round(2).tolist(), (1000 * upper).round(2).tolist()
    ([0.0, 619.35], [10.54, 2096.29])
    """
    lower, upper = poisson_interval(events, confidence=confidence)
    given = np.asarray(exposure, dtype=np.float64)
    refuse(given < 0, "exposures are negative")
    divisor = np.where(given > 0, given, np.nan)
    return lower / divisor, upper / divisor


def _counted(events: ArrayLike) -> Floats:
    counts = np.asarray(events, dtype=np.float64)
    refuse(counts < 0, "events are negative")
    return counts
