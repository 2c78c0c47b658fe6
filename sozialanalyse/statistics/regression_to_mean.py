"""Areas chosen for their level come back to the middle by themselves: how much change is to be expected without any."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import normal_quantile, refuse
from sozialanalyse.statistics.smoothing import Family, hierarchical_shrinkage

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class ExpectedChange(NamedTuple):
    """Result of `expected_change`: changes of the rates if no area's true rate changes but by the common change."""

    change: Floats  # expected later rate minus the rate found
    lower: Floats  # limits within which the change found will lie
    upper: Floats


def expected_change(
    events: ArrayLike,
    exposure: ArrayLike,
    later_exposure: ArrayLike | None = None,
    *,
    common_change: float = 0.0,
    chosen: ArrayLike | None = None,
    family: Family = "binomial",
    confidence: float = 0.95,
) -> ExpectedChange:
    r"""Change to be expected from regression to the mean alone.

    An area's rate is partly chance. With :math:`\tilde\theta_i` of `hierarchical_shrinkage` the later rate is expected at
    :math:`\tilde\theta_i` plus the common change, so

    .. math:: E(\Delta_i) = \tilde\theta_i - p_i + c, \quad
        \mathrm{limits}\ \pm z \sqrt{\mathrm{var}(\theta_i) + \mathrm{var}(p'_i \mid \theta_i)}

    Parameters
    ----------
    events, exposure
        Shape (areas,), at the time by which the areas were chosen: of all areas, not of the chosen ones alone.
    later_exposure
        Exposures at the later time; without, the same.
    common_change
        Change of the rate that all areas share, such as the town's.
    chosen
        Shape (areas,), True for the areas that were chosen: the result is then that of them together (one number), their rates
        weighted by exposure.
    family
        As in `empirical_bayes`.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    ExpectedChange
        In the unit of the rate; NaN for areas without value, and for a choice that holds one.

    Raises
    ------
    ValueError
        As `hierarchical_shrinkage`, and if nothing is chosen.

    Notes
    -----
    The two times are taken as independent given the true rates. Where mostly the same people are counted at both, less comes
    back, and the limits are too wide.

    References
    ----------
    Davis (1976), American Journal of Epidemiology 104, 493-498. Gardner, Heady (1973), Journal of Chronic Diseases 26, 781-795.

    Examples
    --------
    >>> highest = [False, False, False, False, True, True]
    >>> found = expected_change([2, 5, 6, 4, 12, 16], [100] * 6, chosen=highest)
    >>> float(found.change.round(3)), float(found.lower.round(3))
    (-0.022, -0.083)
    """
    x, n = np.asarray(events, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    later = n if later_exposure is None else np.asarray(later_exposure, dtype=np.float64)
    refuse(later < 0, "later exposures are negative")
    z = normal_quantile(confidence)
    shrunken = hierarchical_shrinkage(x, n, family=family, confidence=confidence)
    size = np.where(later > 0, later, np.nan)
    again = np.maximum(shrunken.value * (1 - shrunken.value), 0.0) if family == "binomial" else shrunken.value
    variance = ((shrunken.upper - shrunken.lower) / (2 * z)) ** 2 + again / size
    change = shrunken.value - x / np.where(n > 0, n, np.nan) + common_change
    if chosen is not None:
        change, variance = _together(change, variance, n, np.asarray(chosen, dtype=bool))
    reach = z * np.sqrt(variance)
    return ExpectedChange(change, change - reach, change + reach)


def _together(change: Floats, variance: Floats, exposure: Floats, chosen: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    if not chosen.any():
        msg = "no area is chosen"
        raise ValueError(msg)
    share = exposure[chosen] / exposure[chosen].sum()
    return np.asarray((share * change[chosen]).sum()), np.asarray((share**2 * variance[chosen]).sum())
