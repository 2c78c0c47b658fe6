"""Neighbourhood of areas as a matrix of weights, built from pairs of neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sozialanalyse.statistics._arguments import refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

Style = Literal["binary", "row", "total", "unit", "variance"]
"""How weights are scaled, see `neighbour_weights`."""


def neighbour_weights(
    first: ArrayLike,
    second: ArrayLike,
    count: int,
    *,
    style: Style = "row",
    strength: ArrayLike = 1.0,
    mutual: bool = True,
) -> Any:
    r"""Weights of the neighbours of each area, as a sparse matrix whose row i holds what area i looks at.

    Parameters
    ----------
    first, second
        Positions (from 0) of the areas of each pair of neighbours, shape (pairs,).
    count
        Number of areas. An area in no pair is an island: its row is empty.
    style
        'binary': as given. 'row': each row sums to 1 (mean of the neighbours). 'total': all weights sum to the number
        of areas with neighbours. 'unit': all weights sum to 1. 'variance': rows divided by the root of their squares' sum,
        then as 'total' (Tiefelsdorf, Griffith, Boots 1999, Environment and Planning A 31, 165-180).
    strength
        Weight of each pair before scaling, such as the length of the common border; not negative.
    mutual
        Whether a pair counts both ways. A pair named twice counts once, with its larger strength.

    Returns
    -------
    scipy.sparse.csr_array
        Shape (count, count), without entries of 0.

    Raises
    ------
    ValueError
        If a position is outside 0 to count - 1, an area is its own neighbour, a strength is negative or the style unknown.

    Examples
    --------
    >>> neighbour_weights([0, 1], [1, 2], 4).toarray().tolist()
    [[0.0, 1.0, 0.0, 0.0], [0.5, 0.0, 0.5, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
    """
    here, there = np.atleast_1d(np.asarray(first, dtype=np.int64)), np.atleast_1d(np.asarray(second, dtype=np.int64))
    weight = np.broadcast_to(np.asarray(strength, dtype=np.float64), here.shape)
    refuse((here < 0) | (here >= count) | (there < 0) | (there >= count), f"pairs name no area of 0 to {count - 1}")
    refuse(here == there, "pairs name an area as its own neighbour")
    refuse(~(weight >= 0), "strengths are negative or missing")
    if mutual:
        here, there, weight = np.r_[here, there], np.r_[there, here], np.r_[weight, weight]
    return _scaled(_unique(here, there, weight, count), style)


def _unique(here: NDArray[np.int64], there: NDArray[np.int64], weight: Floats, count: int) -> Any:
    from scipy.sparse import coo_array, csr_array  # noqa: PLC0415 - takes longer to load than most statistics take

    order = np.lexsort((-weight, there, here))  # the strongest of a pair first
    pair = (here * count + there)[order]
    kept = order[np.diff(pair, prepend=-1) != 0]
    kept = kept[weight[kept] > 0]
    return csr_array(coo_array((weight[kept], (here[kept], there[kept])), shape=(count, count)))


def _scaled(weights: Any, style: Style) -> Any:
    connected = np.count_nonzero(row_sums(weights) > 0)
    if style == "binary" or not connected:
        return weights
    if style == "row":
        return _divided_by_row(weights, row_sums(weights))
    if style == "variance":
        weights = _divided_by_row(weights, np.sqrt(row_sums(weights.power(2))))
    if style in {"total", "variance"}:
        return weights * (connected / weights.sum())
    if style == "unit":
        return weights / weights.sum()
    msg = f"style is {style!r}, but must be 'binary', 'row', 'total', 'unit' or 'variance'"
    raise ValueError(msg)


def _divided_by_row(weights: Any, divisor: Floats) -> Any:
    from scipy.sparse import csr_array  # noqa: PLC0415 - as above

    scaled = csr_array(weights, copy=True)
    per_entry = np.repeat(divisor, np.diff(scaled.indptr))
    scaled.data = scaled.data / per_entry
    return scaled


def row_sums(weights: Any) -> Floats:
    """Sum of the weights of each area: 0 for an island."""
    return np.asarray(weights.sum(axis=1), dtype=np.float64).ravel()


def as_weights(weights: Any, count: int) -> Any:
    """Return weights as a sparse matrix of floats, from an array, a sparse matrix or an object with a `sparse` one.

    Raises
    ------
    ValueError
        If the matrix is not (count, count), or a weight is negative or missing.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415 - as above

    matrix = csr_array(getattr(weights, "sparse", weights), dtype=np.float64)
    if matrix.shape != (count, count):
        msg = f"weights are of shape {matrix.shape}, but the values are those of {count} areas"
        raise ValueError(msg)
    refuse(~(matrix.data >= 0), "weights are negative or missing")
    return matrix


def lag(weights: Any, values: Floats) -> Floats:
    """Sum of the weighted values of the neighbours, for values of shape (..., areas)."""
    flat = values.reshape(-1, values.shape[-1])
    return np.asarray((weights @ flat.T).T).reshape(values.shape)
