"""Do areas stay in their class? Transitions between classes such as quintiles, and what they amount to in the long run.

Description of what was: to read the long run as an outlook one must believe that nothing changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class Transitions(NamedTuple):
    """Result of `transitions`."""

    counts: Floats  # (from, to)
    probabilities: Floats  # rows sum to 1; NaN in the row of a class that nobody left or stayed in


class Mobility(NamedTuple):
    """Result of `mobility`: each is 0 where every area stays in its class."""

    prais: float  # (k - trace) / (k - 1): mean share of leavers, scaled (Shorrocks 1978, Prais 1955)
    determinant: float  # 1 - |det P| (Shorrocks 1978)
    second_eigenvalue: float  # 1 - |second largest eigenvalue| (Sommers and Conlisk 1979)
    leavers: float  # k (1 - expected share of stayers) / (k - 1) (Bartholomew 1973)
    distance: float  # expected number of classes moved / (k - 1) (Bartholomew 1973)


def transitions(classes: ArrayLike, count: int) -> Transitions:
    """Count how often areas go from one class to the next one in time.

    Parameters
    ----------
    classes
        Shape (areas, periods): the class of each area, 0 to count - 1, in the order of time at equal distances. NaN where
        there is none; a step from or to it is not counted.
    count
        Number of classes.

    Raises
    ------
    ValueError
        If a class is not a whole number from 0 to count - 1, or there are fewer than two periods.

    Examples
    --------
    >>> found = transitions([[0, 0, 1], [1, 1, 0]], 2)
    >>> found.counts.tolist(), found.probabilities.tolist()
    ([[1.0, 1.0], [1.0, 1.0]], [[0.5, 0.5], [0.5, 0.5]])
    """
    given = np.asarray(classes, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] < 2:
        msg = f"classes need the shape (areas, periods) with at least two periods; found {given.shape}"
        raise ValueError(msg)
    refuse(
        (given < 0) | (given >= count) | (given % 1 != 0) & ~np.isnan(given), f"classes are none of 0 to {count - 1}"
    )
    before, after = given[:, :-1].ravel(), given[:, 1:].ravel()
    known = ~np.isnan(before + after)
    steps = (before[known] * count + after[known]).astype(np.int64)
    counts = np.bincount(steps, minlength=count * count).reshape(count, count).astype(np.float64)
    left = counts.sum(axis=1, keepdims=True)
    return Transitions(counts, counts / np.where(left > 0, left, np.nan))


def steady_state(probabilities: ArrayLike) -> Floats:
    r"""Shares of the classes that transitions of these probabilities leave as they are: :math:`\pi P = \pi`.

    Parameters
    ----------
    probabilities
        Shape (classes, classes); rows sum to 1.

    Returns
    -------
    ndarray
        Shape (classes,). NaN where it is not unique: classes fall into groups that are never left for one another.

    Raises
    ------
    ValueError
        If a row does not sum to 1 or a probability is negative.

    Examples
    --------
    >>> steady_state([[0.5, 0.25, 0.25], [0.5, 0, 0.5], [0.25, 0.25, 0.5]]).round(6).tolist()
    [0.4, 0.2, 0.4]
    """
    p = _probabilities(probabilities)
    if np.isnan(p).any() or _closed_groups(p) > 1:
        return np.full(len(p), np.nan)
    equations = np.vstack([p.T - np.eye(len(p)), np.ones(len(p))])
    wanted = np.r_[np.zeros(len(p)), 1.0]
    found = np.linalg.lstsq(equations, wanted, rcond=None)[0]
    return np.maximum(found, 0.0) / np.maximum(found, 0.0).sum()


def first_passage(probabilities: ArrayLike) -> Floats:
    r"""Expected number of periods until an area of class i is first found in class j; for i = j until it is back.

    .. math:: M = (I - Z + E Z_{dg}) D, \quad Z = (I - P + \Pi)^{-1}, \quad D = \mathrm{diag}(1 / \pi)

    Parameters and errors as in `steady_state`.

    Returns
    -------
    ndarray
        Shape (from, to), in periods. NaN where there is no unique steady state, infinite towards a class that is left
        for good.

    References
    ----------
    Kemeny, Snell (1976), Finite Markov Chains, theorem 4.4.7.

    Examples
    --------
    >>> first_passage([[0.5, 0.25, 0.25], [0.5, 0, 0.5], [0.25, 0.25, 0.5]]).round(4).tolist()
    [[2.5, 4.0, 3.3333], [2.6667, 5.0, 2.6667], [3.3333, 4.0, 2.5]]
    """
    p = _probabilities(probabilities)
    stay = steady_state(p)
    if np.isnan(stay).any():
        return np.full(p.shape, np.nan)
    fundamental = np.linalg.inv(np.eye(len(p)) - p + stay)
    reached = np.where(stay > 1e-12, stay, np.nan)
    times = (np.eye(len(p)) - fundamental + np.diagonal(fundamental)) / reached
    return np.where(np.isnan(reached), np.inf, times)


def sojourn(probabilities: ArrayLike) -> Floats:
    """Expected number of periods that an area stays in a class once it is there: 1 / (1 - p); infinite if never left.

    Examples
    --------
    >>> sojourn([[0.9, 0.1], [0.0, 1.0]]).round(6).tolist()
    [10.0, inf]
    """
    leaving = 1 - np.diagonal(_probabilities(probabilities))
    return np.where(leaving > 0, 1 / np.where(leaving > 0, leaving, 1.0), np.inf)


def mobility(probabilities: ArrayLike, start: ArrayLike | None = None) -> Mobility:
    """Indices of how much areas move between classes.

    Parameters
    ----------
    probabilities
        Shape (classes, classes); classes in order.
    start
        Shape (classes,): shares of the classes at the beginning, for the two indices of Bartholomew; equal ones without.

    Raises
    ------
    ValueError
        If a row does not sum to 1, a probability is negative, or there are fewer than two classes.

    References
    ----------
    Formby, Smith, Zheng (2004), Journal of Econometrics 120, 181-205.

    Examples
    --------
    >>> found = mobility([[0.8, 0.2], [0.4, 0.6]])
    >>> [round(index, 3) for index in found]
    [0.6, 0.6, 0.6, 0.6, 0.3]
    """
    p = _probabilities(probabilities)
    k = len(p)
    if k < 2:
        msg = "mobility needs at least two classes"
        raise ValueError(msg)
    shares = np.full(k, 1 / k) if start is None else np.asarray(start, dtype=np.float64)
    place = np.arange(k)
    moved = np.abs(place[:, np.newaxis] - place)
    if np.isnan(p).any():
        return Mobility(*[np.nan] * 5)
    return Mobility(
        float((k - np.trace(p)) / (k - 1)),
        float(1 - abs(np.linalg.det(p))),
        float(1 - np.sort(np.abs(np.linalg.eigvals(p)))[-2]),
        float(k * (1 - shares @ np.diagonal(p)) / (k - 1)),
        float(shares @ (p * moved).sum(axis=1) / (k - 1)),
    )


def _probabilities(given: ArrayLike) -> Floats:
    p = np.asarray(given, dtype=np.float64)
    if p.ndim != 2 or p.shape[0] != p.shape[1]:
        msg = f"probabilities need the shape (classes, classes); found {p.shape}"
        raise ValueError(msg)
    refuse(p < 0, "probabilities are negative")
    refuse(np.abs(p.sum(axis=1) - 1) > 1e-6, "rows of probabilities do not sum to 1")
    return p


def _closed_groups(probabilities: Floats) -> int:
    """Count the groups of classes that lead to each other and never out."""
    reached = probabilities > 0
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - loads all of scipy.sparse and scipy.linalg

    count, group = connected_components(reached, directed=True, connection="strong")
    leaves = {group[i] for i, j in np.argwhere(reached) if group[i] != group[j]}
    return int(count - len(leaves))
