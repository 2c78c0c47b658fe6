"""Where do neighbouring areas resemble each other? Local Moran's I and Getis-Ord's G."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from scipy.special import ndtr

from sozialanalyse.statistics.neighbours import as_weights, lag, row_sums
from sozialanalyse.statistics.spatial import SEED

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class LocalPattern(NamedTuple):
    """Result of `local_morans_i` and `local_g`; every array has one entry an area."""

    statistic: Floats
    expected: Floats
    variance: Floats
    z: Floats
    p_value: Floats  # two-sided, from the normal distribution; for many areas see `adjusted_p_values`
    p_permuted: Floats  # two-sided, from conditional permutations; NaN without
    quadrant: Floats  # 1 high among high, 2 low among high, 3 low among low, 4 high among low; NaN for islands


def local_morans_i(
    values: ArrayLike,
    weights: Any,
    *,
    moments: Literal["conditional", "total"] = "conditional",
    degrees: Literal[0, 1] = 0,
    permutations: int = 0,
    seed: int = SEED,
) -> LocalPattern:
    r"""Local Moran's I: an area's value times that of its neighbourhood.

    .. math:: I_i = \frac{z_i}{s^2} \sum_j w_{ij} z_j, \quad s^2 = \frac{\sum z_i^2}{n - d}

    Parameters
    ----------
    values
        Shape (areas,).
    weights
        Matrix of shape (areas, areas), see `neighbour_weights`.
    moments
        Whence mean and variance: 'conditional' on the area's own value, the others in any order (spdep's
        default), or 'total', with all values in any order (Anselin 1995).
    degrees
        d above: 0 as in spdep, 1 as in esda.
    permutations
        How many random neighbourhoods are drawn for every area from the other areas; 0 for none.
    seed
        Start of the random draws.

    Returns
    -------
    LocalPattern

    Raises
    ------
    ValueError
        If the weights do not fit the values or one is negative.

    Notes
    -----
    - An island has the statistic 0 (an empty sum) and neither z nor p-value nor quadrant. It counts in n.
    - As many tests as areas, each dependent on its neighbours': judge them together by `adjusted_p_values`.
    - NaN in one area makes all results NaN; so do constant values.

    References
    ----------
    Anselin (1995), Geographical Analysis 27, 93-115.
    Sokal, Oden, Thomson (1998), Geographical Analysis 30, 331-354 (conditional moments).

    Examples
    --------
    >>> from sozialanalyse.statistics.neighbours import neighbour_weights
    >>> row_of_six = neighbour_weights([0, 1, 2, 3, 4], [1, 2, 3, 4, 5], 6)
    >>> found = local_morans_i([1, 2, 3, 9, 8, 7], row_of_six)
    >>> found.statistic.round(2).tolist(), found.quadrant.tolist()
    ([1.24, 0.93, -0.1, 0.21, 0.93, 0.62], [3.0, 3.0, 2.0, 1.0, 1.0, 1.0])
    """
    y = np.asarray(values, dtype=np.float64)
    matrix = as_weights(weights, y.shape[-1])
    z = y - y.mean()
    spread = float((z * z).mean())
    around = lag(matrix, z)
    unit = spread * len(z) / (len(z) - degrees) if spread > 0 else np.nan
    statistic = z / unit * around
    expected, variance = (_conditional if moments == "conditional" else _total)(z, spread, matrix)
    permuted = _permuted(z, matrix, around, permutations, seed)
    quadrant = np.where(z > 0, np.where(around > 0, 1.0, 4.0), np.where(around > 0, 2.0, 3.0))
    return _pattern(statistic, expected, variance, permuted, np.where(_islands(matrix) | np.isnan(z), np.nan, quadrant))


def local_g(
    values: ArrayLike, weights: Any, *, itself: bool = True, permutations: int = 0, seed: int = SEED
) -> LocalPattern:
    r"""Getis and Ord's local G, which tells whether a neighbourhood is higher or lower than as many areas anywhere.

    With the area itself among its neighbours (G*):

    .. math:: z_i = \frac{\sum_j w_{ij} y_j - W_i \bar y}{s \sqrt{(n \sum_j w_{ij}^2 - W_i^2) / (n - 1)}}

    Without it (G) the mean, s and n are those of the other areas.

    Parameters
    ----------
    values
        Shape (areas,).
    weights
        Matrix of shape (areas, areas), see `neighbour_weights`; the unit of its rows does not matter.
    itself
        Whether the area counts in its own neighbourhood: with the weight on the diagonal or, where there is none, with the
        largest of its row (1 for an island).
    permutations, seed
        As in `local_morans_i`.

    Returns
    -------
    LocalPattern
        `statistic` is the weighted sum of the neighbourhood, z above 0 says that it is high. No quadrants: NaN.

    Notes
    -----
    Islands: without themselves NaN; with themselves their own value is judged. NaN in one area makes all results NaN.

    References
    ----------
    Ord, Getis (1995), Geographical Analysis 27, 286-306.

    Examples
    --------
    >>> from sozialanalyse.statistics.neighbours import neighbour_weights
    >>> row_of_six = neighbour_weights([0, 1, 2, 3, 4], [1, 2, 3, 4, 5], 6)
    >>> local_g([1, 2, 3, 9, 8, 7], row_of_six).z.round(2).tolist()
    [-1.78, -2.16, -0.24, 1.2, 2.16, 1.27]
    """
    y = np.asarray(values, dtype=np.float64)
    matrix = as_weights(weights, y.shape[-1])
    matrix = _with_itself(matrix) if itself else _without_itself(matrix)
    total, squares = row_sums(matrix), row_sums(matrix.power(2))
    around = lag(matrix, y)
    left_out = 0.0 if itself else y
    n = len(y) - (0 if itself else 1)
    mean = (y.sum() - left_out) / n
    spread = ((y * y).sum() - (0.0 if itself else y * y)) / n - mean**2
    expected = total * mean
    variance = spread * (n * squares - total**2) / (n - 1)
    permuted = _permuted(y, matrix, around, permutations, seed)
    empty = np.diff(matrix.indptr) == 0
    known = np.where(empty, np.nan, variance)
    return _pattern(np.where(empty, np.nan, around), expected, known, permuted, np.full(len(y), np.nan))


def _conditional(z: Floats, spread: float, weights: Any) -> tuple[Floats, Floats]:
    n, total, squares = len(z), row_sums(weights), row_sums(weights.power(2))
    unit = spread if spread > 0 else np.nan
    expected = -(z**2) * total / ((n - 1) * unit)
    variance = (z / unit) ** 2 * n / (n - 2) * (squares - total**2 / (n - 1)) * (spread - z**2 / (n - 1))
    return expected, variance


def _total(z: Floats, spread: float, weights: Any) -> tuple[Floats, Floats]:
    n, total, squares = len(z), row_sums(weights), row_sums(weights.power(2))
    kurtosis = float((z**4).mean()) / spread**2 if spread > 0 else np.nan
    expected = -total / (n - 1)
    alone = (n - kurtosis) / (n - 1)
    paired = (2 * kurtosis - n) / ((n - 1) * (n - 2))
    return expected, alone * squares + paired * (total**2 - squares) - expected**2


def _permuted(values: Floats, weights: Any, found: Floats, permutations: int, seed: int) -> Floats:
    """Two-sided share of random neighbourhoods, drawn from the other areas, at least as extreme as each area's own."""
    shares = np.full(len(values), np.nan)
    if not permutations or np.isnan(values).any() or len(values) < 3:
        return shares
    generator = np.random.default_rng(seed)
    orders = np.argsort(generator.random((permutations, len(values) - 1)), axis=1)
    for area in np.flatnonzero(np.diff(weights.indptr)):
        row = slice(weights.indptr[area], weights.indptr[area + 1])
        own = weights.indices[row] == area  # its own value stays, the others' change
        share, kept = weights.data[row][~own], float(weights.data[row][own].sum() * values[area])
        drawn = np.delete(values, area)[orders[:, : len(share)]] @ share + kept
        higher = 1 + np.count_nonzero(drawn >= found[area] - 1e-12)
        lower = 1 + np.count_nonzero(drawn <= found[area] + 1e-12)
        shares[area] = min(1.0, 2 * min(higher, lower) / (permutations + 1))
    return shares


def _with_itself(weights: Any) -> Any:
    largest = np.asarray(weights.max(axis=1).toarray(), dtype=np.float64).ravel()
    diagonal = weights.diagonal()
    added = np.where(diagonal > 0, 0.0, np.where(largest > 0, largest, 1.0))
    from scipy.sparse import diags_array  # noqa: PLC0415 - takes longer to load than most statistics take

    return (weights + diags_array(added)).tocsr()


def _without_itself(weights: Any) -> Any:
    from scipy.sparse import diags_array  # noqa: PLC0415 - as above

    others = (weights - diags_array(weights.diagonal())).tocsr()
    others.eliminate_zeros()
    return others


def _islands(weights: Any) -> NDArray[np.bool_]:
    return np.diff(weights.indptr) == 0


def _pattern(statistic: Floats, expected: Floats, variance: Floats, permuted: Floats, quadrant: Floats) -> LocalPattern:
    known = variance > 0
    z = (statistic - expected) / np.sqrt(np.where(known, variance, np.nan))
    return LocalPattern(statistic, expected, variance, z, 2 * ndtr(-np.abs(z)), permuted, quadrant)
