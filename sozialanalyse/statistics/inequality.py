"""Inequality of a quantity over areas or persons: Gini, Theil with its parts, Atkinson."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class TheilParts(NamedTuple):
    """Result of `theil_parts`: total = between + within."""

    total: Floats
    between: Floats
    within: Floats


def gini(values: ArrayLike, *, weights: ArrayLike | None = None, unbiased: bool = False) -> Floats:
    r"""Gini coefficient: half the mean absolute difference of two draws, divided by the mean.

    .. math:: G = \frac{\sum_i \sum_j w_i w_j |y_i - y_j|}{2 \bar y}, \quad \sum w = 1

    Parameters
    ----------
    values
        Shape (..., units), not negative: incomes, or numbers by area.
    weights
        How many stand behind each value (residents of an area), in the shape of `values`; without, all count the same.
    unbiased
        Whether to multiply by n / (n - 1), n the number of values. Peers differ: pysal's inequality does not, R's ineq can.

    Returns
    -------
    ndarray
        From 0 (all equal) to 1 - 1 / n, with `unbiased` to 1; of the shape of `values` without the last axis.

    Raises
    ------
    ValueError
        If values or weights are negative.

    Notes
    -----
    NaN in one value makes the result NaN. All values 0: NaN, as there is nothing to share out.

    References
    ----------
    Gini (1912), Variabilità e mutabilità. Cowell (2011), Measuring Inequality, 3rd edition.

    Examples
    --------
    >>> gini([[1, 1, 1, 1], [0, 0, 0, 8], [1, 2, 3, 4]]).round(4).tolist()
    [0.0, 0.75, 0.25]
    """
    y, share, mean = _checked(values, weights)
    order = np.argsort(y, axis=-1)
    y, share = np.take_along_axis(y, order, axis=-1), np.take_along_axis(share, order, axis=-1)
    place = np.cumsum(share, axis=-1) - share / 2  # middle of each value's stretch of the population
    result = 2 * (share * y * (place - 0.5)).sum(axis=-1) / mean
    n = y.shape[-1]
    return np.asarray(result * n / (n - 1) if unbiased else result)


def theil(values: ArrayLike, *, weights: ArrayLike | None = None) -> Floats:
    r"""Theil's index T: :math:`\sum w \frac{y}{\bar y} \ln \frac{y}{\bar y}`, :math:`\sum w = 1`; a value of 0 adds nothing.

    Parameters
    ----------
    values, weights
        As in `gini`.

    Returns
    -------
    ndarray
        From 0 (all equal) to ln n (one has everything); of the shape of `values` without the last axis. NaN as in `gini`.

    Raises
    ------
    ValueError
        If values or weights are negative.

    References
    ----------
    Theil (1967), Economics and Information Theory.

    Examples
    --------
    >>> theil([[5, 5], [0, 5], [1, 3]]).round(4).tolist()
    [0.0, 0.6931, 0.1308]
    """
    y, share, mean = _checked(values, weights)
    return np.asarray((share * _times_log(y / mean[..., np.newaxis])).sum(axis=-1))


def theil_parts(values: ArrayLike, groups: ArrayLike, *, weights: ArrayLike | None = None) -> TheilParts:
    r"""Theil's T split into the part between groups (Sozialräume) and the part within them.

    .. math:: T_b = \sum_g s_g \ln \frac{s_g}{w_g}, \quad T_w = T - T_b = \sum_g s_g T_g

    with :math:`s_g` the group's share of the sum of all values and :math:`w_g` its share of the weights.

    Parameters
    ----------
    values, weights
        As in `gini`.
    groups
        Group of each unit, shape (units,), anything that can be sorted.

    Returns
    -------
    TheilParts
        Each of the shape of `values` without the last axis.

    Raises
    ------
    ValueError
        If values or weights are negative or the groups have another length than the values.

    Notes
    -----
    Both parts are at least 0. A group whose values are all 0 adds nothing to either.

    Examples
    --------
    >>> [round(float(part), 4) for part in theil_parts([1, 1, 3, 3], ["a", "a", "b", "b"])]
    [0.1308, 0.1308, 0.0]
    """
    y, share, mean = _checked(values, weights)
    labels = np.asarray(groups)
    if labels.shape != y.shape[-1:]:
        msg = f"groups must have one entry a unit, {y.shape[-1:]}; found {labels.shape}"
        raise ValueError(msg)
    member = (labels[:, np.newaxis] == np.unique(labels)).astype(np.float64)  # (units, groups)
    size, held = share @ member, (share * y / mean[..., np.newaxis]) @ member
    between = np.asarray((size * _times_log(held / np.where(size > 0, size, 1.0))).sum(axis=-1))
    total = theil(y, weights=share)
    return TheilParts(total, between, total - between)


def atkinson(values: ArrayLike, aversion: float, *, weights: ArrayLike | None = None) -> Floats:
    r"""Atkinson's index: the share of the total that could be given up if the rest were shared out equally.

    .. math:: A = 1 - \frac{1}{\bar y} \left(\sum w \, y^{1 - \varepsilon}\right)^{1 / (1 - \varepsilon)}, \quad
        \varepsilon = 1: \; A = 1 - \frac{1}{\bar y} \prod y^{w}

    Parameters
    ----------
    values, weights
        As in `gini`.
    aversion
        :math:`\varepsilon`, 0 or more: how much inequality at the lower end counts; 0 counts none (A = 0).

    Returns
    -------
    ndarray
        From 0 to 1, of the shape of `values` without the last axis. NaN as in `gini`. The income that, given to all, would be
        as good as the distribution is ``mean * (1 - A)``.

    Raises
    ------
    ValueError
        If values or weights are negative, or the aversion is.

    Notes
    -----
    From an aversion of 1 on, a single 0 makes A = 1.

    References
    ----------
    Atkinson (1970), Journal of Economic Theory 2, 244-263.

    Examples
    --------
    >>> [float(atkinson([1, 4], aversion).round(4)) for aversion in (0, 0.5, 1, 2)]
    [0.0, 0.1, 0.2, 0.36]
    """
    if not aversion >= 0:
        msg = f"aversion is {aversion!r}, but must be 0 or more"
        raise ValueError(msg)
    y, share, mean = _checked(values, weights)
    relative = y / mean[..., np.newaxis]
    with np.errstate(divide="ignore"):  # a 0 makes the equal equivalent 0, by way of infinity
        if aversion == 1:
            equal = np.exp((share * np.log(relative)).sum(axis=-1))
        else:
            equal = (share * relative ** (1 - aversion)).sum(axis=-1) ** (1 / (1 - aversion))
    return np.asarray(1 - equal)


def _checked(values: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    """Return the values, the weights as shares of 1 and the weighted mean, NaN for a mean of 0."""
    y = np.asarray(values, dtype=np.float64)
    w = np.ones_like(y) if weights is None else np.asarray(weights, dtype=np.float64)
    refuse(y < 0, "values are negative")
    refuse(w < 0, "weights are negative")
    whole = w.sum(axis=-1, keepdims=True)
    share = np.broadcast_to(w / np.where(whole > 0, whole, np.nan), y.shape)
    mean = np.asarray((share * y).sum(axis=-1))
    return y, share, np.where(mean > 0, mean, np.nan)


def _times_log(ratio: Floats) -> Floats:
    """Return r ln r, 0 for r = 0."""
    return ratio * np.log(np.where(ratio == 0, 1.0, ratio))
