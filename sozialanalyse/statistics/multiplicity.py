"""Many tests at once: p-values adjusted so that the expected share of false alarms among what is reported is known.

60 areas times 40 indicators are 2,400 tests: at 5 % they give 120 alarms where nothing is going on. Which tests belong together
(the family) is declared before the data are looked at; nested levels are not tested twice in one family.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

Dependence = Literal["positive", "any"]
"""'positive': Benjamini and Hochberg, exact for independent tests and safe under positive regression dependence. 'any':
Benjamini and Yekutieli, safe under every dependence, for a price of the sum 1 + 1/2 + ... + 1/m."""

FALSE_SHARE: Final = 0.05
"""Expected share of false ones in a list of what stands out, unless declared otherwise."""


class Discoveries(NamedTuple):
    """Result of `discoveries`; arrays have the shape of the p-values."""

    reported: NDArray[np.bool_]  # False for NaN: what cannot be tested does not stand out
    adjusted: Floats  # the smallest level at which it would be reported
    expected_false: Floats  # how many of the reported ones of the family are expected to be false, at most


def adjusted_p_values(
    p_values: ArrayLike, *, dependence: Dependence = "positive", family: ArrayLike | None = None
) -> Floats:
    r"""p-values adjusted for the false discovery rate, in each family.

    With m tests in the family and the j-th smallest p-value:

    .. math:: \tilde p_{(i)} = \min_{j \ge i} \min\left(1, \frac{c\, m}{j} p_{(j)}\right), \quad c = 1
        \text{ ('positive')}, \quad c = \sum_{k=1}^m \frac{1}{k} \text{ ('any')}

    Parameters
    ----------
    p_values
        Any shape, from 0 to 1. NaN is no test: it counts in no family.
    dependence
        'positive' or 'any', see `Dependence`.
    family
        Labels in the same shape: tests with the same label form a family. Without: all are one.

    Raises
    ------
    ValueError
        If a p-value is outside 0 to 1, the families do not fit, or the dependence is unknown.

    References
    ----------
    Benjamini, Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.
    Benjamini, Yekutieli (2001), Annals of Statistics 29, 1165-1188.

    Examples
    --------
    >>> adjusted_p_values([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    >>> adjusted_p_values([0.01, 0.04, 0.03, 0.5], dependence="any").round(4).tolist()
    [0.0833, 0.1111, 0.1111, 1.0]
    """
    p = np.asarray(p_values, dtype=np.float64)
    refuse((p < 0) | (p > 1), "p-values are outside 0 to 1")
    if dependence not in {"positive", "any"}:
        msg = f"dependence is {dependence!r}, but must be 'positive' or 'any'"
        raise ValueError(msg)
    labels = _families(family, p.shape)
    flat, adjusted = p.ravel(), np.full(p.size, np.nan)
    for label in range(labels.max(initial=-1) + 1):
        members = np.flatnonzero((labels == label) & ~np.isnan(flat))
        adjusted[members] = _stepped_up(flat[members], dependence)
    return adjusted.reshape(p.shape)


def discoveries(
    p_values: ArrayLike,
    *,
    false_share: float = FALSE_SHARE,
    dependence: Dependence = "positive",
    family: ArrayLike | None = None,
) -> Discoveries:
    """What stands out, with the number of false ones that are to be expected among it.

    Parameters
    ----------
    p_values, dependence, family
        As in `adjusted_p_values`.
    false_share
        Largest expected share of false ones among the reported ones of a family; a fraction strictly between 0 and 1.

    Raises
    ------
    ValueError
        As `adjusted_p_values`, and if `false_share` is no such fraction.

    Examples
    --------
    >>> found = discoveries([0.001, 0.02, 0.03, 0.5])
    >>> found.reported.tolist(), float(found.expected_false[0].round(2))
    ([True, True, True, False], 0.15)
    """
    if not 0 < false_share < 1:
        msg = f"false_share is {false_share!r}, but must be a fraction between 0 and 1, such as 0.05"
        raise ValueError(msg)
    adjusted = adjusted_p_values(p_values, dependence=dependence, family=family)
    reported = adjusted <= false_share
    labels = _families(family, adjusted.shape)
    count = np.bincount(labels, weights=reported.ravel(), minlength=1)
    expected_false = np.asarray(false_share * count[labels], dtype=np.float64)
    return Discoveries(reported, adjusted, expected_false.reshape(adjusted.shape))


def _families(family: ArrayLike | None, shape: tuple[int, ...]) -> NDArray[np.intp]:
    if family is None:
        return np.zeros(int(np.prod(shape)), dtype=np.intp)
    labels = np.asarray(family)
    if labels.shape != shape:
        msg = f"families are of shape {labels.shape}, but the p-values of {shape}"
        raise ValueError(msg)
    return np.unique(labels.ravel(), return_inverse=True)[1].reshape(-1)


def _stepped_up(p_values: Floats, dependence: Dependence) -> Floats:
    count = len(p_values)
    order = np.argsort(p_values)
    place = np.arange(1, count + 1)
    price = (1 / place).sum() if dependence == "any" else 1.0
    steps = p_values[order] * (price * count) / place
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(steps[::-1])[::-1])
    return adjusted
