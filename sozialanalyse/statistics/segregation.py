"""Residential segregation: how unevenly groups live over the areas of a town.

All indices are descriptions of a whole town. They move with the number and size of its areas: compare only the same
division into areas, and mind that small groups look segregated by chance alone (Carrington, Troske 1997).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

THRESHOLDS: Final = 1000
"""Thresholds from 0 to 1, both included, at which the concentration profile is taken, as in pysal's segregation."""


class GroupSegregation(NamedTuple):
    """Result of `group_segregation`, each entry of the shape of the counts without the last axis (areas)."""

    dissimilarity: Floats  # share of the group that would have to move to live as evenly as the others; 0 to 1
    isolation: Floats  # share of the own group in the area of the average member
    interaction: Floats  # share of the others there: 1 - isolation
    entropy: Floats  # Theil's H: how much less mixed the average area is than the town; 0 to 1
    gini: Floats  # mean difference of two residents' area shares, relative to its largest value; 0 to 1
    correlation_ratio: Floats  # eta squared: isolation freed from the group's size; 0 to 1
    atkinson: Floats  # with the shape parameter of the call; 0 to 1
    concentration_profile: Floats  # Hong, Sadahiro; 0 to 1


class Multigroup(NamedTuple):
    """Result of `multigroup_segregation`, each entry of the shape of the counts without areas and groups."""

    dissimilarity: Floats
    gini: Floats
    information_theory: Floats  # Theil's H
    normalised_exposure: Floats
    relative_diversity: Floats
    diversity: Floats  # of the town: entropy of its groups' shares, in nats
    simpson_interaction: Floats  # of the town: chance that two residents are of different groups
    simpson_concentration: Floats  # of the town: chance that they are of one


def group_segregation(group: ArrayLike, total: ArrayLike, *, shape: float = 0.5) -> GroupSegregation:
    r"""Indices of one group against all others.

    With x of t residents in an area, p = x / t, in the town X, T and P, and e the binary entropy:

    .. math::
        D = \frac{\sum t |p - P|}{2 T P (1 - P)}, \; I = \sum \frac{x}{X} p, \;
        H = \frac{\sum t (e(P) - e(p))}{T e(P)}, \; \eta^2 = \frac{I - P}{1 - P}

    .. math::
        G = \frac{\sum \sum t_i t_j |p_i - p_j|}{2 T^2 P (1 - P)}, \;
        A = 1 - \frac{P}{1 - P} \left(\sum \frac{t}{T P} p^b (1 - p)^{1 - b}\right)^{1 / (1 - b)}

    Parameters
    ----------
    group, total
        Members of the group and all residents, shape (..., areas).
    shape
        b of Atkinson's index, between 0 and 1; over 0.5 weighs areas where the group is over-represented.

    Returns
    -------
    GroupSegregation
        Eight indices, each of the shape of `total` without the last axis.

    Raises
    ------
    ValueError
        If counts are negative, the group exceeds the total, or `shape` is not strictly between 0 and 1.

    Notes
    -----
    - An area without members counts with p = 0; one without residents does not count.
    - NaN in one area makes the town's indices NaN. A group that is nobody or everybody has none: NaN.

    References
    ----------
    Massey, Denton (1988), Social Forces 67, 281-315. Hong, Sadahiro (2014), Geographical Analysis 46, 21-43.

    Examples
    --------
    >>> town = group_segregation([10, 20, 60], [100, 100, 100])
    >>> [round(float(index), 3) for index in town[:4]]
    [0.476, 0.456, 0.544, 0.182]
    """
    if not 0 < shape < 1:
        msg = f"shape is {shape!r}, but must be between 0 and 1"
        raise ValueError(msg)
    x, t = np.broadcast_arrays(np.asarray(group, dtype=np.float64), np.asarray(total, dtype=np.float64))
    refuse(t < 0, "totals are negative")
    refuse(x < 0, "numbers of the group are negative")
    refuse(x > t, "numbers of the group exceed the total")
    whole = np.where(t.sum(axis=-1) > 0, t.sum(axis=-1), np.nan)
    part = x.sum(axis=-1) / whole
    part = np.where((part > 0) & (part < 1), part, np.nan)
    size, share = t / whole[..., np.newaxis], np.where(t == 0, 0.0, x / np.where(t == 0, 1.0, t))
    level, odds = part[..., np.newaxis], part / (1 - part)
    isolation = (size * share**2).sum(axis=-1) / part
    mixing = (size * share**shape * (1 - share) ** (1 - shape)).sum(axis=-1) / part
    return GroupSegregation(
        dissimilarity=(size * np.abs(share - level)).sum(axis=-1) / (2 * part * (1 - part)),
        isolation=isolation,
        interaction=1 - isolation,
        entropy=1
        - (size * (_entropy(share) + _entropy(1 - share))).sum(axis=-1) / (_entropy(part) + _entropy(1 - part)),
        gini=_mean_difference(share, size) / (2 * part * (1 - part)),
        correlation_ratio=(isolation - part) / (1 - part),
        atkinson=1 - odds * mixing ** (1 / (1 - shape)),
        concentration_profile=_profile(x, share, part),
    )


def multigroup_segregation(groups: ArrayLike) -> Multigroup:
    r"""Indices of several groups that together are all residents.

    With p the share of group k in an area, P in the town, t and T residents, and :math:`I = \sum P (1 - P)`:

    .. math::
        D = \frac{\sum_k \sum t |p - P|}{2 T I}, \; G = \frac{\sum_k \sum \sum t_i t_j |p_i - p_j|}{2 T^2 I}, \;
        H = \frac{\sum_k \sum t \, p \ln (p / P)}{T E}

    .. math::
        N = \sum_k \sum \frac{t (p - P)^2}{T (1 - P)}, \; R = \frac{\sum_k \sum t (p - P)^2}{T I}, \; E = -\sum P \ln P

    Parameters
    ----------
    groups
        Residents, shape (..., areas, groups).

    Returns
    -------
    Multigroup
        Each entry of the shape of `groups` without the last two axes.

    Raises
    ------
    ValueError
        If counts are negative.

    Notes
    -----
    An area without residents does not count, a group without members adds nothing; NaN makes all NaN; one group alone
    has no segregation: NaN.

    References
    ----------
    Reardon, Firebaugh (2002), Sociological Methodology 32, 33-67.

    Examples
    --------
    >>> town = multigroup_segregation([[80, 10, 10], [60, 30, 10], [40, 20, 40]])
    >>> round(float(town.dissimilarity), 3), round(float(town.information_theory), 3)
    (0.298, 0.091)
    """
    counts = np.asarray(groups, dtype=np.float64)
    refuse(counts < 0, "counts are negative")
    t = counts.sum(axis=-1)
    whole = np.where(t.sum(axis=-1) > 0, t.sum(axis=-1), np.nan)
    size = (t / whole[..., np.newaxis])[..., np.newaxis]
    share = counts / np.where(t == 0, 1.0, t)[..., np.newaxis]
    part = counts.sum(axis=-2) / whole[..., np.newaxis]
    level = part[..., np.newaxis, :]
    chance = (part * (1 - part)).sum(axis=-1)
    scale = np.where(chance > 0, chance, np.nan)
    diversity = _entropy(part).sum(axis=-1)
    squares = (size * (share - level) ** 2).sum(axis=-2)
    pairs = _mean_difference(np.moveaxis(share, -1, -2), np.moveaxis(size, -1, -2)).sum(axis=-1)
    mixed = (size[..., 0] * _entropy(share).sum(axis=-1)).sum(axis=-1)
    return Multigroup(
        dissimilarity=(size * np.abs(share - level)).sum(axis=(-1, -2)) / (2 * scale),
        gini=pairs / (2 * scale),
        information_theory=1 - mixed / np.where(diversity > 0, diversity, np.nan),
        normalised_exposure=(squares / np.where(part < 1, 1 - part, np.nan)).sum(axis=-1),
        relative_diversity=squares.sum(axis=-1) / scale,
        diversity=diversity,
        simpson_interaction=chance,
        simpson_concentration=1 - chance,
    )


def _entropy(share: Floats) -> Floats:
    """Return -p ln p, 0 for p = 0."""
    return -share * np.log(np.where(share == 0, 1.0, share))


def _mean_difference(values: Floats, weights: Floats) -> Floats:
    """Return the mean absolute difference of two draws along the last axis, by sorting instead of comparing all pairs."""
    order = np.argsort(values, axis=-1)
    y = np.take_along_axis(values, order, axis=-1)
    w = np.take_along_axis(np.broadcast_to(weights, values.shape), order, axis=-1)
    below = np.cumsum(w, axis=-1) - w
    whole = w.sum(axis=-1, keepdims=True)
    return np.asarray(2 * (w * y * (2 * below + w - whole)).sum(axis=-1))


def _profile(members: Floats, share: Floats, part: Floats) -> Floats:
    """Area between the concentration profile and that of an even town, as a share of the largest."""
    grid = np.linspace(0, 1, THRESHOLDS)
    held = members / np.where(part > 0, members.sum(axis=-1), np.nan)[..., np.newaxis]
    curve = (held[..., np.newaxis] * (share[..., np.newaxis] >= grid)).sum(axis=-2)
    level = part[..., np.newaxis]
    below, above = np.where(grid < level, curve, 0.0).sum(axis=-1), np.where(grid >= level, curve, 0.0).sum(axis=-1)
    return np.asarray((part - below / THRESHOLDS + above / THRESHOLDS) / (1 - part))
