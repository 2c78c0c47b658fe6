"""Do neighbouring areas resemble each other? Moran's I and Geary's C, for many indicators at once.

The statistics are few lines each and are checked against esda and spdep in the tests. Permutations are drawn here from a
generator of their own: esda's set the state of numpy's global one and count one side only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np
from scipy.special import ndtr

from sozialanalyse.statistics.neighbours import as_weights, lag, row_sums

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

Islands = Literal["drop", "keep", "spdep"]
"""Whether areas without neighbours count in n. 'drop': they do not. 'keep': they do, as in esda. 'spdep': as 'drop', but in the
variance of Geary's C with n of all areas where spdep's geary.test takes it; Moran's I is that of 'drop'."""

Assumption = Literal["randomisation", "normality"]

SEED: Final = 20130630
"""Start of every random draw unless the caller names another: the same input gives the same result."""


class SpatialTest(NamedTuple):
    """Result of `morans_i` and `gearys_c`; every array has one entry a row of values."""

    statistic: Floats
    expected: Floats  # without any spatial pattern
    variance: Floats
    z: Floats  # positive where neighbours are alike
    p_value: Floats  # two-sided, from the normal distribution
    p_permuted: Floats  # two-sided, from permutations; NaN without


class _Moments(NamedTuple):
    """Constants of a matrix of weights."""

    n: int
    total: float  # S0
    symmetric: float  # S1
    margins: float  # S2


def morans_i(
    values: ArrayLike,
    weights: Any,
    *,
    assumption: Assumption = "randomisation",
    islands: Islands = "drop",
    permutations: int = 0,
    seed: int = SEED,
) -> SpatialTest:
    r"""Moran's I: correlation of the areas' values with those of their neighbours.

    .. math:: I = \frac{n}{S_0} \frac{\sum_{ij} w_{ij} z_i z_j}{\sum_i z_i^2}, \quad E(I) = \frac{-1}{n - 1}

    Parameters
    ----------
    values
        Shape (..., areas), in any unit.
    weights
        Matrix of shape (areas, areas), see `neighbour_weights`.
    assumption
        Whence the variance: 'randomisation' (the values found, in any order) or 'normality'.
    islands
        'drop': areas without neighbours do not count in n (spdep, adjust.n). 'keep': they do (esda). See `Islands`. The statistics
        of the two differ by n / (n - islands). Mean and kurtosis are those of all areas either way.
    permutations
        How many random orders of the values are compared; 0 for none. Islands with the others.
    seed
        Start of the random orders.

    Returns
    -------
    SpatialTest
        Two-sided p-values; a one-sided one is half of it where z has the sign asked for.

    Raises
    ------
    ValueError
        If the weights do not fit the values or one is negative.

    Notes
    -----
    - NaN in one area makes the result NaN: a map with a hidden area is not tested. So do constant values, fewer than four areas,
      and weights that are all 0.
    - Rates of small areas vary with their size; `standardised_rates` takes that out beforehand.

    References
    ----------
    Cliff, Ord (1981), Spatial Processes, chapter 2.

    Examples
    --------
    >>> from sozialanalyse.statistics.neighbours import neighbour_weights
    >>> row_of_six = neighbour_weights([0, 1, 2, 3, 4], [1, 2, 3, 4, 5], 6)
    >>> found = morans_i([1, 2, 3, 4, 5, 6], row_of_six)
    >>> float(found.statistic.round(4)), float(found.expected), float(found.p_value.round(4))
    (0.7143, -0.2, 0.0256)
    """
    z, matrix, moments = _prepared(values, weights, islands)
    statistic = _moran(z, matrix, moments)
    expected = np.broadcast_to(-1 / (moments.n - 1) if moments.n > 1 else np.nan, statistic.shape)
    variance = _variance_of_i(_kurtosis(z), moments, assumption) - expected**2
    permuted = _permuted(z, lambda order: _moran(order, matrix, moments), statistic, permutations, seed)
    return _test(statistic, expected, variance, 1.0, permuted)


def gearys_c(
    values: ArrayLike,
    weights: Any,
    *,
    assumption: Assumption = "randomisation",
    islands: Islands = "drop",
    permutations: int = 0,
    seed: int = SEED,
) -> SpatialTest:
    r"""Geary's C: how much neighbours differ, against how much all areas do; below 1 neighbours are alike.

    .. math:: C = \frac{n - 1}{2 S_0} \frac{\sum_{ij} w_{ij} (y_i - y_j)^2}{\sum_i z_i^2}, \quad E(C) = 1

    Parameters, result, errors and edge cases as in `morans_i`.

    References
    ----------
    Cliff, Ord (1981), Spatial Processes, chapter 2.

    Examples
    --------
    >>> from sozialanalyse.statistics.neighbours import neighbour_weights
    >>> row_of_six = neighbour_weights([0, 1, 2, 3, 4], [1, 2, 3, 4, 5], 6)
    >>> float(gearys_c([1, 2, 3, 4, 5, 6], row_of_six).statistic.round(4))
    0.1429
    """
    z, matrix, moments = _prepared(values, weights, islands)
    statistic = _geary(z, matrix, moments)
    whole = z.shape[-1] if islands == "spdep" else moments.n
    kurtosis = _kurtosis(z) * (moments.n / max(whole, 1))
    variance = _variance_of_c(kurtosis, moments, whole, assumption)
    permuted = _permuted(z, lambda order: _geary(order, matrix, moments), statistic, permutations, seed)
    return _test(statistic, np.ones_like(statistic), variance, -1.0, permuted)


def standardised_rates(events: ArrayLike, exposure: ArrayLike) -> Floats:
    r"""Rates as deviations from the common one in units of their own standard deviation, for `morans_i`.

    .. math:: z_i = \frac{p_i - m}{\sqrt{A + m / n_i}}

    with the mean m and the variance A between areas of `empirical_bayes` by moments. A small area's rate varies more, so
    Moran's I of plain rates finds patterns of size.

    Parameters
    ----------
    events, exposure
        Shape (areas,); every exposure above 0.

    References
    ----------
    Assunção, Reis (1999), Statistics in Medicine 18, 2147-2162.
    """
    x, n = np.asarray(events, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    rate, mean = x / n, x.sum() / n.sum()
    spread = (n * (rate - mean) ** 2).sum() / n.sum()
    between = max(0.0, float(spread - mean / n.mean()))
    return np.asarray((rate - mean) / np.sqrt(between + mean / n))


def _prepared(values: ArrayLike, weights: Any, islands: Islands) -> tuple[Floats, Any, _Moments]:
    """Return the values about their mean, the weights as a matrix, and its constants."""
    y = np.asarray(values, dtype=np.float64)
    matrix = as_weights(weights, y.shape[-1])
    return y - y.mean(axis=-1, keepdims=True), matrix, _moments(matrix, islands)


def _moments(weights: Any, islands: Islands) -> _Moments:
    if islands not in {"drop", "keep", "spdep"}:
        msg = f"islands is {islands!r}, but must be 'drop', 'keep' or 'spdep'"
        raise ValueError(msg)
    out, into = row_sums(weights), row_sums(weights.T)
    both = weights + weights.T
    connected = int(np.count_nonzero(np.diff(weights.indptr)))
    return _Moments(
        len(out) if islands == "keep" else connected,
        float(out.sum()),
        float(both.power(2).sum() / 2),
        float(((out + into) ** 2).sum()),
    )


def _moran(z: Floats, weights: Any, moments: _Moments) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):  # constant values, no neighbours: NaN, as documented
        ratio = (z * lag(weights, z)).sum(axis=-1) / (z * z).sum(axis=-1)
        return np.asarray(ratio * np.divide(moments.n, moments.total))


def _geary(z: Floats, weights: Any, moments: _Moments) -> Floats:
    squares = z * z
    apart = lag(weights, squares) + squares * row_sums(weights) - 2 * z * lag(weights, z)
    with np.errstate(invalid="ignore", divide="ignore"):  # as above
        ratio = apart.sum(axis=-1) / squares.sum(axis=-1)
        return np.asarray(ratio * np.divide(moments.n - 1, 2 * moments.total))


def _kurtosis(z: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):  # constant values
        return np.asarray(z.shape[-1] * (z**4).sum(axis=-1) / (z**2).sum(axis=-1) ** 2)


def _variance_of_i(kurtosis: Floats, moments: _Moments, assumption: Assumption) -> Floats:
    """Mean square of Moran's I if there is no pattern."""
    n, s0, s1, s2 = moments
    if assumption == "normality":
        return np.asarray((n * n * s1 - n * s2 + 3 * s0**2) / _nonzero(s0**2 * (n * n - 1)) + 0 * kurtosis)
    free = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    bound = kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
    return np.asarray((free - bound) / _nonzero((n - 1) * (n - 2) * (n - 3) * s0**2))


def _variance_of_c(kurtosis: Floats, moments: _Moments, whole: int, assumption: Assumption) -> Floats:
    """Variance of Geary's C if there is no pattern; `whole` is n where spdep takes that of all areas."""
    n, s0, s1, s2 = moments
    if assumption == "normality":
        return np.asarray(((2 * s1 + s2) * (n - 1) - 4 * s0**2) / _nonzero(2 * (whole + 1) * s0**2) + 0 * kurtosis)
    first = (n - 1) * s1 * (n * n - 3 * whole + 3 - (n - 1) * kurtosis)
    second = (n - 1) * s2 * (n * n + 3 * whole - 6 - (n * n - whole + 2) * kurtosis) / 4
    third = s0**2 * (n * n - 3 - (n - 1) ** 2 * kurtosis)
    return np.asarray((first - second + third) / _nonzero(whole * (n - 2) * (n - 3) * s0**2))


def _nonzero(divisor: float) -> float:
    return divisor if divisor > 0 else np.nan


def _permuted(z: Floats, statistic_of: Any, found: Floats, permutations: int, seed: int) -> Floats:
    """Two-sided share of random orders at least as extreme; the order found counts as one of them."""
    if not permutations:
        return np.full(found.shape, np.nan)
    generator = np.random.default_rng(seed)
    higher, lower = np.ones(found.shape), np.ones(found.shape)
    for _ in range(permutations):
        drawn = statistic_of(z[..., generator.permutation(z.shape[-1])])
        higher += drawn >= found - 1e-12  # the same sum in another order may differ in its last digit
        lower += drawn <= found + 1e-12
    both = np.minimum(1.0, 2 * np.minimum(higher, lower) / (permutations + 1))
    return np.where(np.isnan(found), np.nan, both)


def _test(statistic: Floats, expected: Floats, variance: Floats, sign: float, permuted: Floats) -> SpatialTest:
    known = variance > 0
    spread = np.sqrt(np.where(known, variance, np.nan))
    z = sign * (statistic - expected) / spread
    return SpatialTest(statistic, expected, np.where(known, variance, np.nan), z, 2 * ndtr(-np.abs(z)), permuted)
