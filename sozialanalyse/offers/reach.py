"""Reach: how many places there are for those who have them within reach, shared with all others who do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CONFIDENCE_WIDTH = 1.959964
"""Standard errors on either side: 95 %."""


@dataclass(frozen=True)
class Catchments:
    """Supply within reach.

    Parameters
    ----------
    ratio
        Of each offer: places per person who has it within reach; NaN where nobody has, or it is not known how many.
    access
        Of each place where people live: places per person within reach (the sum of the ratios of the offers there).
    covariance
        Of ``access``, shape (places, places), when the number of persons everywhere varies like a Poisson count.
    reachable
        Of each place: how many offers are within reach.
    """

    ratio: Floats
    access: Floats
    covariance: Floats
    reachable: NDArray[np.int64]

    def mean(self, persons: Floats) -> tuple[float, float, float]:
        """Return the access of an average person of some places, with its 95 % interval.

        Parameters
        ----------
        persons
            Of each place; 0 for those that do not count.

        Returns
        -------
        tuple of float
            Access and the ends of its interval on the scale of logarithms (all 0 where nothing is within reach); NaN where there is nobody, or something is not known.
        """
        total = persons.sum()
        if not total > 0:
            return float("nan"), float("nan"), float("nan")
        weights = persons / total
        counts = weights > 0
        access = float(weights[counts] @ self.access[counts])
        if not access > 0:
            return access, access, access
        variance = float(weights[counts] @ self.covariance[np.ix_(counts, counts)] @ weights[counts])
        around = float(np.exp(CONFIDENCE_WIDTH * np.sqrt(max(variance, 0.0)) / access))
        return access, access / around, access * around


def floating_catchments(places: Any, persons: Any, within: Any) -> Catchments:
    """Compute two-step floating catchment areas.

    First, the places of each offer are divided among all persons who have it within reach; second, each person gets the sum of
    these ratios over the offers within reach. Weighted with the persons, access adds up to the places that somebody can reach.

    Parameters
    ----------
    places
        Of each offer, shape (offers,); none negative.
    persons
        Where people live, shape (points,); NaN where it is not known how many.
    within
        Whether the offer is within reach of the point, shape (points, offers).

    Returns
    -------
    Catchments

    References
    ----------
    Luo and Wang (2003), Measures of spatial accessibility to health care in a GIS environment, Environment and Planning B 30.

    Examples
    --------
    Two points of 100 persons; the first offer is within reach of both, the second one of the second point only.

    >>> found = floating_catchments([20, 10], [100, 100], [[True, False], [True, True]])
    >>> found.access.tolist()
    [0.1, 0.2]
    """
    supply = np.asarray(places, dtype=np.float64)
    people = np.asarray(persons, dtype=np.float64)
    reach = np.asarray(within, dtype=bool).reshape(len(people), len(supply))
    if (supply < 0).any() or (people < 0).any():
        problem = "places and persons must not be negative"
        raise ValueError(problem)
    weights = reach.astype(np.float64)
    demand = np.where(reach, people[:, None], 0.0).sum(axis=0)  # NaN where somebody in reach is not known
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(demand > 0, supply / demand, np.nan)
        falls = np.where(demand > 0, supply / demand**2, np.nan)
    access = _sums(reach, np.where(demand == 0, 0.0, ratio))
    slopes = np.where(demand == 0, 0.0, falls)
    known = np.nan_to_num(slopes)
    gradient = -(weights * known) @ weights.T
    covariance = (gradient * np.nan_to_num(people)) @ gradient.T
    return Catchments(ratio, access, covariance, reach.sum(axis=1))


def _sums(reach: NDArray[np.bool_], ratio: Floats) -> Floats:
    """Add up the ratios of the offers within reach; one that is not known makes the sum unknown."""
    return np.where(reach, ratio, 0.0).sum(axis=1)
