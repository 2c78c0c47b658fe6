"""Decomposition of a difference between two populations into structure and rates (Kitagawa, Das Gupta)."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from sozialanalyse.statistics._arguments import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


Member = TypeVar("Member")


class Decomposition(NamedTuple):
    """Result of `decompose`: what each factor has to do with the difference of two crude rates."""

    crude: Floats  # shape (2, ...): rate of either population
    standardised: Floats  # shape (factors, 2, ...): rate with this factor of its own, all others averaged
    effects: Floats  # shape (factors, ...): standardised second minus first; they add up to the difference of the crude rates


def decompose(first: Sequence[ArrayLike], second: Sequence[ArrayLike], *, structure: int = 0) -> Decomposition:
    r"""Decompose a difference of two rates, each the sum over cells of a product of factors.

    With factors :math:`f_1 \dots f_k` the rate is :math:`\sum_c f_{1c} \dots f_{kc}`. The effect of a factor is what
    exchanging it alone changes, averaged over all orders in which the factors could be exchanged:

    .. math:: \frac{1}{k} \sum_{S} \binom{k - 1}{|S|}^{-1} \left(R(S \cup f) - R(S)\right)

    over the sets S of other factors taken from the second population. For two factors, structure and rate, these are the
    two components of Kitagawa; for more they are Das Gupta's.

    Parameters
    ----------
    first, second
        The factors of either population, in the same order, each of shape (..., cells): shares and rates by age, or single
        numbers as arrays of one cell.
    structure
        How many of the leading factors make up one structure (see `structure_factors`). They are exchanged in direct
        succession, as parts of one factor, so the other effects do not depend on how finely the structure is split.

    Returns
    -------
    Decomposition
        Rates and effects in the unit of the product.

    Raises
    ------
    ValueError
        If the populations have different numbers of factors or none, or `structure` is more than there are.

    Notes
    -----
    - An effect is arithmetic, not a cause: it says how much of the difference goes with a factor.
    - Effects may exceed the difference and oppose each other. NaN in one cell makes all results NaN.

    References
    ----------
    Kitagawa (1955), Journal of the American Statistical Association 50, 1168-1194.
    Das Gupta (1993), Standardization and Decomposition of Rates, US Bureau of the Census, P23-186.

    Examples
    --------
    >>> shares, rates = ([0.6, 0.4], [0.5, 0.5]), ([10.0, 40.0], [12.0, 42.0])
    >>> result = decompose([shares[0], rates[0]], [shares[1], rates[1]])
    >>> result.crude.round(6).tolist(), result.effects.round(6).tolist()
    ([22.0, 27.0], [3.0, 2.0])
    """
    if not first or len(first) != len(second) or not 0 <= structure <= len(first):
        msg = f"both populations need the same factors, structure included; found {len(first)} and {len(second)}"
        raise ValueError(msg)
    pairs = [tuple(np.asarray(part, dtype=np.float64) for part in pair) for pair in zip(first, second, strict=True)]
    count = len(pairs)
    blocks = [frozenset(range(structure))] if structure else []
    blocks += [frozenset({factor}) for factor in range(structure, count)]
    crude = np.stack([_rate(pairs, frozenset()), _rate(pairs, frozenset(range(count)))])
    rates = np.stack([_standardised(pairs, factor, blocks) for factor in range(count)])
    return Decomposition(crude, rates, rates[:, 1] - rates[:, 0])


def _standardised(pairs: list[tuple[Floats, ...]], factor: int, blocks: list[frozenset[int]]) -> Floats:
    """Return the rates with one factor of either population's own and all others averaged."""
    own = next(block for block in blocks if factor in block)
    others = [block for block in blocks if block != own]
    rates = [np.zeros_like(_rate(pairs, frozenset()))] * 2
    for outside in _subsets(others):
        for inside in _subsets(sorted(own - {factor})):
            weight = _share(len(outside), len(blocks)) * _share(len(inside), len(own))
            exchanged = inside.union(*outside)
            rates[0] = rates[0] + weight * _rate(pairs, exchanged)
            rates[1] = rates[1] + weight * _rate(pairs, exchanged | {factor})
    return np.stack(rates)


def _share(chosen: int, count: int) -> float:
    """Return the share of all orders of `count` members in which just a given set of `chosen` stands before a member."""
    return 1 / (count * comb(count - 1, chosen))


def structure_factors(sizes: ArrayLike) -> list[Floats]:
    r"""Split the shares of a cross-classified population into one factor a characteristic, whose product they are.

    The factor of characteristic i is

    .. math:: \prod_{S \not\ni i} \left(N_{S \cup i} / N_S\right)^{1 / \left(k \binom{k - 1}{|S|}\right)}

    with :math:`N_S` the size of a cell's class when only the characteristics in S are told apart. For one
    characteristic it is the share itself; for two these are Das Gupta's A and B.

    Parameters
    ----------
    sizes
        Numbers of persons, one axis a characteristic: (age, sex). All of them must be there.

    Returns
    -------
    list
        One array of shape (cells,) a characteristic, cells in the order of ``sizes.ravel()``: factors for `decompose`,
        beside the rates in the same order. A cell without persons has the factor 0.

    Raises
    ------
    ValueError
        If sizes are negative.

    Examples
    --------
    >>> age, sex = structure_factors([[30, 20], [10, 40]])
    >>> (age * sex).round(6).tolist(), age.round(4).tolist()
    ([0.3, 0.2, 0.1, 0.4], [0.6124, 0.4082, 0.3536, 0.5774])
    """
    counts = np.asarray(sizes, dtype=np.float64)
    refuse(counts < 0, "sizes are negative")
    axes = list(range(counts.ndim))
    return [_structure_factor(counts, axis, [other for other in axes if other != axis]) for axis in axes]


def _structure_factor(counts: Floats, axis: int, others: list[int]) -> Floats:
    factor = np.ones(counts.shape)
    for told_apart in _subsets(others):
        power = _share(len(told_apart), counts.ndim)
        within, without = _size(counts, told_apart | {axis}), _size(counts, told_apart)
        factor = factor * (within / np.where(without > 0, without, 1.0)) ** power
    return np.where(counts == 0, 0.0, factor).ravel()


def _size(counts: Floats, told_apart: frozenset[int]) -> Floats:
    summed = tuple(axis for axis in range(counts.ndim) if axis not in told_apart)
    return np.asarray(counts.sum(axis=summed, keepdims=True))


def _rate(pairs: list[tuple[Floats, ...]], from_second: frozenset[int]) -> Floats:
    product = np.ones(1)
    for factor, pair in enumerate(pairs):
        product = product * pair[factor in from_second]
    return np.asarray(product.sum(axis=-1))


def _subsets(members: list[Member]) -> Iterator[frozenset[Member]]:
    for size in range(len(members) + 1):
        yield from map(frozenset, combinations(members, size))
