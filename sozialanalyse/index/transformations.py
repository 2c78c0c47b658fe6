"""Transformations that make indicators of different units comparable; numeric functions on arrays, areas along the first axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import rankdata

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

SCALE: Final = 23.0
"""Constant of the English indices: a tenth of the areas is above 50."""


def z_scores(values: ArrayLike) -> Floats:
    """Distances from the unweighted mean in population standard deviations (ddof = 0).

    Parameters
    ----------
    values
        Shape (areas,) or (areas, ...); none missing.

    Returns
    -------
    ndarray
        Of the same shape; 0 where all areas are alike, which no distance tells apart.

    References
    ----------
    Monitoring Soziale Stadtentwicklung Berlin: each area counts once, whatever its size.

    Examples
    --------
    >>> z_scores([1.0, 2.0, 3.0]).round(4).tolist()
    [-1.2247, 0.0, 1.2247]
    """
    x = np.asarray(values, dtype=np.float64)
    centred = x - x.mean(axis=0)
    return _divided(centred, x.std(axis=0), x)


def min_max(values: ArrayLike) -> Floats:
    """Place between the smallest (0) and the largest value (1); as :func:`z_scores`.

    Examples
    --------
    >>> min_max([1.0, 2.0, 5.0]).tolist()
    [0.0, 0.25, 1.0]
    """
    x = np.asarray(values, dtype=np.float64)
    return _divided(x - x.min(axis=0), np.ptp(x, axis=0), x)


def ranks(values: ArrayLike) -> Floats:
    """Rank from below over the number of areas: from 1/n to 1; equal values share the mean of their ranks. As :func:`z_scores`.

    Examples
    --------
    >>> ranks([10.0, 30.0, 10.0, 40.0]).tolist()
    [0.375, 0.75, 0.375, 1.0]
    """
    x = np.asarray(values, dtype=np.float64)
    return np.asarray(rankdata(x, axis=0), dtype=np.float64) / len(x)


def exponential(values: ArrayLike) -> Floats:
    r"""Ranks of :func:`ranks`, drawn out at the upper end so that a low value of one indicator hardly makes up for a high one of another.

    .. math:: X = -23 \ln (1 - R (1 - e^{-100/23}))

    Returns
    -------
    ndarray
        From near 0 to 100.

    References
    ----------
    McLennan and others (2019), The English Indices of Deprivation 2019, technical report, on combining domains. Scottish Executive (2003),
    Scottish Indices of Deprivation 2003, appendix 5.

    Examples
    --------
    >>> exponential(range(10)).round(1).tolist()
    [2.4, 5.1, 8.1, 11.6, 15.6, 20.6, 27.0, 35.9, 50.4, 100.0]
    """
    return exponential_of(ranks(values))


def exponential_of(rank: ArrayLike) -> Floats:
    """Draw out ranks from 0 to 1; see :func:`exponential`."""
    return np.asarray(-SCALE * np.log1p(-np.asarray(rank, dtype=np.float64) * -np.expm1(-100 / SCALE)))


def _divided(numerator: Floats, spread: Floats, values: Floats) -> Floats:
    """Divide by a spread; where that is nothing but rounding of the values, all areas are alike."""
    alike = spread <= np.abs(values).max(axis=0) * RESOLUTION
    return np.where(alike, 0.0, numerator / np.where(alike, 1.0, spread))


RESOLUTION: Final = 1e-12
"""Share of the largest value below which a difference is rounding."""

TRANSFORMATIONS: Final[dict[str, Callable[[ArrayLike], Floats]]] = {
    "z": z_scores,
    "min_max": min_max,
    "rank": ranks,
    "exponential": exponential,
}
"""By the name that a recipe uses."""
