"""Decomposition of the differences between populations into structure and rates (Kitagawa, Das Gupta)."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from sozialanalyse.statistics._arguments import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Rate = Callable[[Sequence[Floats]], Floats]


Member = TypeVar("Member")


class Decomposition(NamedTuple):
    """What each factor has to do with the differences of crude rates: result of `decompose` and `standardise_populations`."""

    crude: Floats  # shape (populations, ...): rate of each population
    standardised: Floats  # shape (factors, populations, ...): rate with this factor of its own, all others averaged
    effects: (
        Floats  # shape (factors, ...): standardised last minus first; they add up to the difference of the crude rates
    )


def product_of_factors(factors: Sequence[Floats]) -> Floats:
    """Rate that most decompositions are of: the product of the factors, added up over the cells of the last axis."""
    product = np.ones(1)
    for factor in factors:
        product = product * factor
    return np.asarray(product.sum(axis=-1))


def decompose(
    first: Sequence[ArrayLike],
    second: Sequence[ArrayLike],
    *,
    structure: int = 0,
    rate: Rate = product_of_factors,
) -> Decomposition:
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
    rate
        Another rate R of the factors, such as a ratio of two sums: it takes the list of factors, each of shape
        (..., cells), and returns (...).

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

    def exchange(from_second: frozenset[int]) -> Floats:
        return np.asarray(rate([pair[factor in from_second] for factor, pair in enumerate(pairs)]))

    crude = np.stack([exchange(frozenset()), exchange(frozenset(range(count)))])
    rates = np.stack([_standardised(exchange, factor, blocks) for factor in range(count)])
    return Decomposition(crude, rates, rates[:, 1] - rates[:, 0])


def standardise_populations(
    populations: Sequence[Sequence[ArrayLike]], *, structure: int = 0, rate: Rate = product_of_factors
) -> Decomposition:
    r"""Standardise each factor over any number of populations, such as a town's districts or the years of a series.

    Decomposing every pair alone gives effects that do not add up: A to B and B to C is not A to C. With :math:`r_{ij}` the
    standardised rate of population i in the pair (i, j), that of population i among all n is

    .. math:: \frac{\sum_{j \ne i} r_{ij}}{n - 1}
        + \sum_{j \ne i} \frac{\sum_{k \ne i, j} r_{jk} - (n - 2) r_{ji}}{n (n - 1)}

    so that the differences of any two populations are consistent and add up to the difference of their crude rates.

    Parameters
    ----------
    populations
        The factors of each population, as `first` in `decompose`.
    structure, rate
        As in `decompose`.

    Returns
    -------
    Decomposition
        Rates of all populations; `effects` are those of the last minus the first.

    Raises
    ------
    ValueError
        If there are fewer than two populations, or they have different numbers of factors.

    References
    ----------
    Das Gupta (1993), see `decompose`, chapter 6.

    Examples
    --------
    >>> result = standardise_populations([[[2.0], [3.0]], [[4.0], [3.0]], [[4.0], [5.0]]])
    >>> result.standardised.round(4).tolist()
    [[7.6667, 14.3333, 15.0], [10.3333, 9.6667, 17.0]]
    """
    count = len(populations)
    if count < 2:
        msg = f"a decomposition needs at least two populations; found {count}"
        raise ValueError(msg)
    paired = {
        (i, j): decompose(populations[i], populations[j], structure=structure, rate=rate)
        for i, j in combinations(range(count), 2)
    }
    crude = np.stack([paired[0, 1].crude[0], *(paired[0, j].crude[1] for j in range(1, count))])
    alone = {(i, j): found.standardised[:, 0] for (i, j), found in paired.items()}
    alone |= {(j, i): found.standardised[:, 1] for (i, j), found in paired.items()}
    rates = np.stack([_among_all(alone, i, count) for i in range(count)], axis=1)
    return Decomposition(crude, rates, rates[:, -1] - rates[:, 0])


def _among_all(alone: dict[tuple[int, int], Floats], own: int, count: int) -> Floats:
    """Return the standardised rates of one population among all, from those of the pairs."""
    others = [other for other in range(count) if other != own]
    rates = np.mean([alone[own, other] for other in others], axis=0)
    for other in others:
        beyond = sum(alone[other, third] for third in others if third != other)
        rates = rates + (beyond - (count - 2) * alone[other, own]) / (count * (count - 1))
    return np.asarray(rates)


def _standardised(exchange: Callable[[frozenset[int]], Floats], factor: int, blocks: list[frozenset[int]]) -> Floats:
    """Return the rates with one factor of either population's own and all others averaged."""
    own = next(block for block in blocks if factor in block)
    others = [block for block in blocks if block != own]
    rates = [np.zeros_like(exchange(frozenset()))] * 2
    for outside in _subsets(others):
        for inside in _subsets(sorted(own - {factor})):
            weight = _share(len(outside), len(blocks)) * _share(len(inside), len(own))
            exchanged = inside.union(*outside)
            rates[0] = rates[0] + weight * exchange(exchanged)
            rates[1] = rates[1] + weight * exchange(exchanged | {factor})
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


def _subsets(members: list[Member]) -> Iterator[frozenset[Member]]:
    for size in range(len(members) + 1):
        yield from map(frozenset, combinations(members, size))
