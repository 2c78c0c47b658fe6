"""Funnel limits: how far an area may lie from the reference by chance alone, given its size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import gammainccinv, gammaincinv

from sozialanalyse.statistics._arguments import error_share, normal_quantile, refuse
from sozialanalyse.statistics.rates import poisson_interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

WARNING: Final = 0.95
"""Confidence of the inner limits, usually called two sigma: 0.025 beyond either."""

ALARM: Final = 0.998
"""Confidence of the outer limits, usually called three sigma: 0.001 beyond either."""


def proportion_funnel(total: ArrayLike, reference: ArrayLike, *, confidence: float = WARNING) -> tuple[Floats, Floats]:
    r"""Limits of the proportions that areas of these sizes may show if theirs is the reference's.

    .. math:: \pi \pm z \sqrt{\pi (1 - \pi) / n}

    A proportion lies outside just when its Wilson interval leaves out the reference.

    Parameters
    ----------
    total
        Sizes n, any shape that broadcasts with `reference`.
    reference
        Proportion of the reference, a fraction from 0 to 1: usually all events divided by all totals.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    lower, upper
        Fractions, kept within 0 and 1. NaN for a total of 0.

    Raises
    ------
    ValueError
        If totals are negative, the reference is no fraction, or `confidence` is not one.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202.

    Examples
    --------
    >>> lower, upper = proportion_funnel([25, 100, 400], 0.2)
    >>> lower.round(3).tolist(), upper.round(3).tolist()
    ([0.043, 0.122, 0.161], [0.357, 0.278, 0.239])
    """
    n, share = np.asarray(total, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    refuse(n < 0, "totals are negative")
    refuse((share < 0) | (share > 1), "references are no fractions from 0 to 1")
    reach = normal_quantile(confidence) * np.sqrt(share * (1 - share) / np.where(n > 0, n, np.nan))
    return np.maximum(share - reach, 0.0), np.minimum(share + reach, 1.0)


def expected_at_limits(events: ArrayLike, *, confidence: float = WARNING) -> tuple[Floats, Floats]:
    r"""Expected events at which these observed ones lie just on a funnel limit, by the exact Poisson distribution.

    The curve of a funnel for ratios is ``events / expected`` over ``expected``; for rates the expected events are the
    reference's rate times the exposure, so that the exposure on the limit is ``expected / rate``.

    .. math:: E_{lower} = \chi^2_{1 - \alpha / 2}(2 x + 2) / 2, \quad E_{upper} = \chi^2_{\alpha / 2}(2 x) / 2

    Parameters
    ----------
    events
        Observed events x, any shape.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    on_lower, on_upper
        Expected events at which x lies on the lower limit of the funnel (many are expected), and on the upper one (0 for
        no event, which lies on no upper limit).

    Raises
    ------
    ValueError
        If events are negative, or `confidence` is not a fraction.

    Notes
    -----
    Exact for every number of events: here the curve must be smooth, where `poisson_interval` changes over at 10.

    Examples
    --------
    >>> on_lower, on_upper = expected_at_limits([1, 20])
    >>> on_lower.round(3).tolist(), on_upper.round(3).tolist()
    ([5.572, 30.888], [0.025, 12.217])
    """
    half = error_share(confidence) / 2
    x = np.asarray(events, dtype=np.float64)
    refuse(x < 0, "events are negative")
    on_upper = np.where(x == 0, 0.0, gammaincinv(np.where(x == 0, 1.0, x), half))
    return np.asarray(gammainccinv(x + 1, half)), on_upper


def proportion_signal(events: ArrayLike, total: ArrayLike, reference: ArrayLike) -> Floats:
    """Tell beyond which limits of `proportion_funnel` an area lies.

    Parameters
    ----------
    events, total
        Events and those who could have had them; arrays broadcast.
    reference
        Proportion of the reference, a fraction.

    Returns
    -------
    ndarray
        0 within the `WARNING` limits, 1 or -1 beyond them, 2 or -2 beyond those of `ALARM`; negative is low. NaN where
        the events or the total are missing, or the total is 0.

    Examples
    --------
    >>> proportion_signal([20, 30, 5, 40], 100, 0.2).tolist()
    [0.0, 1.0, -2.0, 2.0]
    """
    n = np.asarray(total, dtype=np.float64)
    share = np.asarray(events, dtype=np.float64) / np.where(n > 0, n, np.nan)
    inner = proportion_funnel(n, reference, confidence=WARNING)
    outer = proportion_funnel(n, reference, confidence=ALARM)
    return _signal(share, inner, outer)


def ratio_signal(events: ArrayLike, expected: ArrayLike) -> Floats:
    """Tell whether observed events are more or fewer than expected, beyond chance.

    The limits of the count are those of `poisson_interval`: exact below 10 events, Byar's from 10. For a crude rate
    the expected events are the reference's rate times the exposure; for a directly standardised rate D they are
    ``events * reference / D``, and fewer than 10 events give no such rate.

    Parameters
    ----------
    events
        Observed events, any shape that broadcasts with `expected`.
    expected
        Expected events.

    Returns
    -------
    ndarray
        0 where the 95 % limits hold the expected events, 1 (more) or -1 (fewer) where they do not, 2 or -2 where those at
        99.8 % do not either. NaN where an input is missing.

    Examples
    --------
    >>> ratio_signal([20, 20, 20, 0], [21.0, 12.0, 40.0, 5.0]).tolist()
    [0.0, 1.0, -2.0, -1.0]
    """
    wanted = np.asarray(expected, dtype=np.float64)
    refuse(wanted < 0, "expected events are negative")
    inner = poisson_interval(events, confidence=WARNING)
    outer = poisson_interval(events, confidence=ALARM)
    return 0.0 - _signal(wanted, inner, outer)


def _signal(found: Floats, inner: tuple[Floats, Floats], outer: tuple[Floats, Floats]) -> Floats:
    """Count the limits passed upwards minus those passed downwards."""
    above = (found > inner[1]).astype(np.float64) + (found > outer[1])
    below = (found < inner[0]).astype(np.float64) + (found < outer[0])
    return np.where(np.isnan(found + inner[0] + inner[1]), np.nan, above - below)
