"""Rates of small areas drawn towards those of their neighbourhood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import refuse
from sozialanalyse.statistics.neighbours import as_weights
from sozialanalyse.statistics.smoothing import Family, Shrunken, hierarchical_shrinkage, prior_size, shrunken_value

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def local_empirical_bayes(
    events: ArrayLike,
    exposure: ArrayLike,
    weights: Any,
    *,
    deviations: Literal["here", "there"] = "here",
    family: Family = "poisson",
    confidence: float = 0.95,
) -> Shrunken:
    r"""Empirical Bayes by moments with a prior of each area's own, from the area and its neighbours.

    .. math:: m_i = \frac{\sum_{j \in N_i} x_j}{\sum_{j \in N_i} n_j}, \quad
        A_i = \frac{\sum_{j \in N_i} n_j (p_j - m)^2}{\sum_{j \in N_i} n_j} - \frac{m_i}{\bar n_i}

    Parameters
    ----------
    events, exposure
        Shape (areas,).
    weights
        Who is whose neighbour, see `neighbour_weights`; how strongly does not matter. N contains the area itself.
    deviations
        From which mean the deviations of the neighbours' rates are taken: that of the neighbourhood 'here', :math:`m_i`
        (GeoDa, esda, spdep with geoda=TRUE), or each from that of its own, :math:`m_j`, 'there' (Marshall 1991, spdep).
    family, confidence
        As in `empirical_bayes`.

    Returns
    -------
    Shrunken
        `mean` and `size` have one entry an area. The limits are those of `hierarchical_shrinkage` in the neighbourhood: wide,
        for a handful of neighbours tells little about how much they differ.

    Raises
    ------
    ValueError
        As `empirical_bayes`, and if the weights do not fit or an argument is unknown.

    Notes
    -----
    An island has only itself and keeps its raw rate as value. NaN anywhere in the neighbourhood gives NaN: what is hidden next
    door must not show in the smoothed value.

    References
    ----------
    Marshall (1991), Applied Statistics 40, 283-294.

    Examples
    --------
    >>> from sozialanalyse.statistics.neighbours import neighbour_weights
    >>> row_of_four = neighbour_weights([0, 1, 2], [1, 2, 3], 4)
    >>> local_empirical_bayes([0, 4, 30, 12], [100, 100, 300, 300], row_of_four).value.round(3).tolist()
    [0.01, 0.05, 0.091, 0.048]
    """
    if deviations not in {"here", "there"}:
        msg = f"deviations is {deviations!r}, but must be 'here' or 'there'"
        raise ValueError(msg)
    x, n, member, blind = _neighbourhoods(events, exposure, weights)
    total = member @ n
    mean = _ratio(member @ x, total)
    rate = _ratio(x, n)
    if deviations == "here":
        squares = (member * np.nan_to_num(n * (rate - mean[:, np.newaxis]) ** 2)).sum(axis=1)
    else:
        squares = member @ np.nan_to_num(n * (rate - mean) ** 2)
    size = prior_size(mean, _ratio(squares, total), total / member.sum(axis=1), family)
    value = shrunken_value(x, n, mean, size)
    around = [_around(x, n, np.flatnonzero(row), area, family, confidence) for area, row in enumerate(member)]
    lower, upper = np.array(around).reshape(-1, 2).T
    found = Shrunken(value, np.fmin(lower, value), np.fmax(upper, value), mean, size)
    return Shrunken(*(np.where(blind, np.nan, part) for part in found))


def local_rate(events: ArrayLike, exposure: ArrayLike, weights: Any) -> Floats:
    """Rate of each area together with its neighbours: their events over their exposure.

    Parameters as in `local_empirical_bayes`. NaN anywhere in the neighbourhood gives NaN.

    Examples
    --------
    >>> from sozialanalyse.statistics.neighbours import neighbour_weights
    >>> local_rate([0, 4, 30], [100, 100, 300], neighbour_weights([0], [1], 3)).tolist()
    [0.02, 0.02, 0.1]
    """
    x, n, member, blind = _neighbourhoods(events, exposure, weights)
    return np.where(blind, np.nan, _ratio(member @ x, member @ n))


def local_median_rate(
    events: ArrayLike, exposure: ArrayLike, weights: Any, *, steps: int = 1, importance: ArrayLike | None = None
) -> Floats:
    """Median of the rates of each area and its neighbours: one odd neighbour does not move it.

    Parameters
    ----------
    events, exposure, weights
        As in `local_empirical_bayes`.
    steps
        How many times the medians are taken, each time of the last ones.
    importance
        Shape (areas,): weights of a weighted median, such as the exposure; without, every area counts the same. The
        weighted median is the first value at which half of the weight is reached.

    Examples
    --------
    >>> from sozialanalyse.statistics.neighbours import neighbour_weights
    >>> local_median_rate([0, 4, 90], [100, 100, 100], neighbour_weights([0, 1], [1, 2], 3)).round(2).tolist()
    [0.02, 0.04, 0.47]
    """
    x, n, member, blind = _neighbourhoods(events, exposure, weights)
    rate = _ratio(x, n)
    heavy = None if importance is None else np.asarray(importance, dtype=np.float64)
    for _ in range(steps):
        rate = np.array([_median(rate[row > 0], None if heavy is None else heavy[row > 0]) for row in member])
    return np.where(blind, np.nan, rate)


def _median(values: Floats, weights: Floats | None) -> float:
    if weights is None or np.isnan(values).any():
        return float(np.median(values))
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    place = int(np.searchsorted(reached, reached[-1] / 2))
    if reached[place] == reached[-1] / 2:  # half on either side: the middle between both
        return float(values[order][place : place + 2].mean())
    return float(values[order][place])


def _around(
    x: Floats, n: Floats, members: NDArray[np.intp], area: int, family: Family, confidence: float
) -> tuple[float, float]:
    """Limits of one area from its neighbourhood."""
    found = hierarchical_shrinkage(x[members], n[members], family=family, confidence=confidence)
    own = int(np.searchsorted(members, area))
    return float(found.lower[own]), float(found.upper[own])


class _Neighbourhoods(NamedTuple):
    x: Floats  # 0 where hidden
    n: Floats
    member: Floats  # (areas, areas): 1 for the area itself and its neighbours
    blind: NDArray[np.bool_]  # whether anybody in the neighbourhood is hidden


def _neighbourhoods(events: ArrayLike, exposure: ArrayLike, weights: Any) -> _Neighbourhoods:
    x, n = np.asarray(events, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    refuse(x < 0, "events are negative")
    refuse(n < 0, "exposures are negative")
    member = (as_weights(weights, len(x)).toarray() > 0).astype(np.float64)
    np.fill_diagonal(member, 1.0)
    hidden = np.isnan(x + n)
    return _Neighbourhoods(np.where(hidden, 0.0, x), np.where(hidden, 0.0, n), member, (member @ hidden) > 0)


def _ratio(over: Floats, under: Floats) -> Floats:
    return np.asarray(over / np.where(under > 0, under, np.nan))
