"""What a single value can carry: a grade by events and width of the interval, and what bundled events take from it.

All thresholds stand here. The grades are our own words; the deliverer's marks are another thing and stay beside them.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sozialanalyse.statistics._arguments import refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class Grade(IntEnum):
    """How far a value may be relied upon; a larger one is better."""

    INDICATIVE = 0  # nur als Hinweis
    LIMITED = 1  # eingeschränkt
    RELIABLE = 2  # belastbar


RELIABLE_EVENTS: Final = 20
"""Events from which a value is reliable: below, the standard error of a count is more than 22 % of it. The National Center for
Health Statistics calls rates on fewer than 20 deaths unreliable (National Vital Statistics Reports, technical notes)."""

LIMITED_EVENTS: Final = 10
"""Events below which a value is only indicative: the limit under which PHEindicatormethods gives no standardised rate."""

RELIABLE_WIDTH: Final = 0.15
"""Largest width of the 95 % interval of a reliable proportion, as a fraction: plus or minus 7.5 points, about what separates
neighbouring quintiles of areas for most indicators of a town."""

LIMITED_WIDTH: Final = 0.30
"""Width of the interval from which a proportion is only indicative: not presented by NCHS from here on (Parker and others
2017, Vital and Health Statistics 2, 175)."""

NARROW_WIDTH: Final = 0.05
"""Width up to which a proportion is at least of limited use whatever the number of events, as with NCHS (same place): no
event among 5,000 is a statement."""

RELIABLE_RELATIVE_WIDTH: Final = 0.95
"""Largest width of the interval of a reliable rate, per rate: that of 20 events is 0.93."""

LIMITED_RELATIVE_WIDTH: Final = 1.40
"""Width of the interval per rate from which a rate is only indicative: that of 10 events is 1.36."""


def grade_of_proportion(
    events: ArrayLike, total: ArrayLike, lower: ArrayLike, upper: ArrayLike, *, design_effect: ArrayLike = 1.0
) -> Floats:
    """Grade proportions by the rarer of event and non-event and the width of their 95 % interval.

    A proportion p and its complement 1 - p get the same grade: 97 % employed says as little as 3 % unemployed.

    Parameters
    ----------
    events, total
        Counts; arrays broadcast.
    lower, upper
        Limits of the interval at 95 %, fractions; with the design effect, where there is one.
    design_effect
        Events count for ``events / design_effect``, see `bundled_design_effect`; at least 1.

    Returns
    -------
    ndarray
        A `Grade` as number; NaN where the value or its interval is missing.

    Raises
    ------
    ValueError
        If events exceed the total, a count is negative, or a design effect is below 1.

    Examples
    --------
    >>> grade_of_proportion([30, 15, 3, 297], 300, [0.07, 0.03, 0.003, 0.97], [0.14, 0.08, 0.03, 0.997]).tolist()
    [2.0, 1.0, 1.0, 1.0]
    """
    x, n, low, high, effect = _floats(events, total, lower, upper, design_effect)
    refuse(x < 0, "events are negative")
    refuse(x > n, "events exceed the total they are part of")
    refuse(effect < 1, "design effects are below 1")
    rarer = np.minimum(x, n - x) / effect
    width = high - low
    reliable = (rarer >= RELIABLE_EVENTS) & (width <= RELIABLE_WIDTH)
    limited = ((rarer >= LIMITED_EVENTS) & (width < LIMITED_WIDTH)) | (width <= NARROW_WIDTH)
    return _graded(reliable, limited, rarer + width)


def grade_of_rate(
    events: ArrayLike, value: ArrayLike, lower: ArrayLike, upper: ArrayLike, *, design_effect: ArrayLike = 1.0
) -> Floats:
    """Grade rates, ratios and standardised rates by their events and the width of their 95 % interval per rate.

    Parameters
    ----------
    events
        Events that the value rests on.
    value, lower, upper
        The value and the limits of its interval at 95 %, in any common unit.
    design_effect
        As in `grade_of_proportion`.

    Returns
    -------
    ndarray
        A `Grade` as number; NaN where something is missing. No event: indicative.

    Raises
    ------
    ValueError
        If a count is negative or a design effect is below 1.

    Examples
    --------
    >>> grade_of_rate([20, 10, 9], [20.0, 10, 9], [12.2, 4.79, 4.1], [30.9, 18.39, 17.1]).tolist()
    [2.0, 1.0, 0.0]
    """
    x, rate, low, high, effect = _floats(events, value, lower, upper, design_effect)
    refuse(x < 0, "events are negative")
    refuse(effect < 1, "design effects are below 1")
    counted = x / effect
    width = (high - low) / np.where(rate == 0, np.nan, np.abs(rate))
    reliable = (counted >= RELIABLE_EVENTS) & (width <= RELIABLE_RELATIVE_WIDTH)
    limited = (counted >= LIMITED_EVENTS) & (width <= LIMITED_RELATIVE_WIDTH)
    return _graded(reliable, limited, counted + rate + low + high)


def bundled_design_effect(sizes: ArrayLike, *, correlation: float = 1.0) -> Floats:
    r"""Design effect of events that come in bundles, such as the children of one household.

    .. math:: D = 1 + \rho \left(\frac{\sum b^2}{\sum b} - 1\right)

    Parameters
    ----------
    sizes
        Shape (..., bundles): persons in each household; NaN and 0 are no household.
    correlation
        How alike the persons of a bundle are, from 0 to 1. 1: all or none (children's poverty hangs on the household's income).

    Returns
    -------
    ndarray
        At least 1, in the shape of `sizes` without the last axis. NaN without any household.

    Raises
    ------
    ValueError
        If a size is negative or the correlation no fraction.

    References
    ----------
    Kish (1965), Survey Sampling, section 5.4, with unequal bundles.

    Examples
    --------
    >>> float(bundled_design_effect([1, 1, 2, 2, 3]).round(3)), float(bundled_design_effect([2, 2], correlation=0.5))
    (2.111, 1.5)
    """
    if not 0 <= correlation <= 1:
        msg = f"correlation is {correlation!r}, but must be a fraction from 0 to 1"
        raise ValueError(msg)
    b = np.asarray(sizes, dtype=np.float64)
    refuse(b < 0, "bundles are of negative size")
    persons = np.nansum(b, axis=-1)
    return np.asarray(1 + correlation * (np.nansum(b * b, axis=-1) / np.where(persons > 0, persons, np.nan) - 1))


def estimated_design_effect(events: ArrayLike, sizes: ArrayLike) -> Floats:
    r"""Design effect found in bundles: the variance of their proportion over that of single events.

    .. math:: D = \frac{k}{k - 1} \frac{\sum (x_i - p b_i)^2}{n\, p (1 - p)}, \quad p = \frac{\sum x_i}{n}, \quad n = \sum b_i

    Parameters
    ----------
    events
        Shape (..., bundles): persons of each bundle with the event.
    sizes
        Persons of each bundle, of the same shape; 0 is no bundle.

    Returns
    -------
    ndarray
        At least 1. NaN for fewer than two bundles, without events or where all persons have them.

    Raises
    ------
    ValueError
        If events are negative or more than persons.

    References
    ----------
    Rao, Scott (1992), Biometrics 48, 577-585.

    Examples
    --------
    >>> float(estimated_design_effect([2, 0, 0, 3, 0], [2, 2, 1, 3, 2]).round(3))
    2.75
    """
    x, b = _floats(events, sizes)
    refuse(x < 0, "events are negative")
    refuse(x > b, "events exceed the bundle they are part of")
    bundles, persons = (b > 0).sum(axis=-1), b.sum(axis=-1)
    p = np.asarray(x.sum(axis=-1) / np.where(persons > 0, persons, np.nan))
    within = persons * p * (1 - p)
    squares = ((x - p[..., np.newaxis] * b) ** 2).sum(axis=-1)
    factor = bundles / np.where(bundles > 1, bundles - 1, np.nan)
    return np.maximum(1.0, factor * squares / np.where(within > 0, within, np.nan))


def effective_counts(events: ArrayLike, total: ArrayLike, design_effect: ArrayLike) -> tuple[Floats, Floats]:
    """Events and totals divided by the design effect: what to give to an interval that takes events as independent.

    Examples
    --------
    >>> [counts.tolist() for counts in effective_counts([30, 12], [200, 100], 2.0)]
    [[15.0, 6.0], [100.0, 50.0]]
    """
    x, n, effect = _floats(events, total, design_effect)
    refuse(effect < 1, "design effects are below 1")
    return x / effect, n / effect


def _floats(*given: ArrayLike) -> list[Any]:
    return list(np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in given)))


def _graded(reliable: NDArray[np.bool_], limited: NDArray[np.bool_], known: Floats) -> Floats:
    better = np.where(limited, float(Grade.LIMITED), float(Grade.INDICATIVE))
    return np.where(np.isnan(known), np.nan, np.where(reliable, float(Grade.RELIABLE), better))
