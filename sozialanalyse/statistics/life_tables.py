"""Life expectancy from an abridged life table, with its limits of use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import normal_quantile, refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

AGES: Final = (0, 1, *range(5, 95, 5))
"""First ages of the 20 bands: under 1, 1-4, 5-9 ... 85-89, 90 and older."""

POPULATION_ABOVE: Final = 5000
"""A life table is made for more person-years than this (all bands together); with fewer, intervals are useless and biased:
Toson, Baker (2003), National Statistics Methodological Series 33, and phe_life_expectancy of PHEindicatormethods."""

WIDEST: Final = 20.0
"""Years: an expectancy whose 95 % interval is wider is not given, as in phe_life_expectancy."""

INFANT_SHARE: Final = 0.1
"""Share of the first year that those who die in it live through; in all other bands it is one half."""


class LifeExpectancy(NamedTuple):
    """Result of `life_expectancy`; shape of the deaths: one entry a band, for those who reach its first age."""

    value: Floats  # years
    lower: Floats
    upper: Floats


def life_expectancy(deaths: ArrayLike, population: ArrayLike, *, confidence: float = 0.95) -> LifeExpectancy:
    r"""Further years of life expected at the first age of each band (Chiang II), with Silcocks' variance at the end.

    With the death rate :math:`M = d / n` of a band of :math:`w` years, of which the dying live the share :math:`a`:

    .. math::
        q = \frac{w M}{1 + w (1 - a) M}, \quad e_x = \frac{1}{l_x} \sum_{y \ge x} L_y, \quad
        \operatorname{Var} e_x = \frac{1}{l_x^2} \sum_{y \ge x} l_y^2 \left((1 - a_y) w_y + e_{y+1}\right)^2
        \frac{q_y^2 (1 - q_y)}{d_y}

    where :math:`L = w (l_{y+1} + a (l_y - l_{y+1}))`, the last band has :math:`L = l / M` and adds
    :math:`l^2 / (d M^2)` to the sum of the variance.

    Parameters
    ----------
    deaths, population
        Shape (..., 20), usually (areas, 20), in the bands of `AGES`. Deaths of several years need as many years'
        population added up (person-years).
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    LifeExpectancy
        Years, in the shape of `deaths`.

    Raises
    ------
    ValueError
        If there are not 20 bands, deaths are negative or exceed the population of their band, or `confidence` is no fraction.

    Notes
    -----
    Not given (NaN), where the peer warns and gives NA:

    - a population of `POPULATION_ABOVE` or less in all, a band without residents, or a missing number anywhere: the
      whole area. No deaths in the last band: the whole area as well, since nobody is seen to die at the end;
    - a 95 % interval wider than `WIDEST` years, whatever `confidence`: only the value, its limits stay.

    No deaths in another band are allowed: nobody dies in it, and it adds nothing to the variance.

    References
    ----------
    Chiang (1984), The Life Table and Its Applications. Silcocks, Jenner, Reza (2001), Journal of Epidemiology and
    Community Health 55, 38-43.

    Examples
    --------
    >>> deaths = [4, 1, 1, 1, 2, 3, 4, 4, 5, 7, 10, 15, 24, 35, 50, 70, 100, 140, 160, 150]
    >>> table = life_expectancy(deaths, [1000, 4000, *[5000] * 14, 3000, 2000, 1000, 600])
    >>> [round(float(part[0]), 1) for part in table]
    [80.6, 79.7, 81.5]
    """
    d, n = np.broadcast_arrays(np.asarray(deaths, dtype=np.float64), np.asarray(population, dtype=np.float64))
    if d.ndim == 0 or d.shape[-1] != len(AGES):
        msg = f"a life table needs {len(AGES)} bands along the last axis; found the shape {d.shape}"
        raise ValueError(msg)
    refuse(d < 0, "deaths are negative")
    refuse(d > n, "deaths exceed the population of their band")
    usable = (n.sum(axis=-1) > POPULATION_ABOVE) & (n > 0).all(axis=-1) & (d[..., -1] > 0)
    usable &= ~np.isnan(d).any(axis=-1)
    rate = np.where(usable[..., np.newaxis], d, np.nan) / np.where(n > 0, n, np.nan)
    value, variance = _table(rate, d)
    reach = np.sqrt(variance)
    given = 2 * normal_quantile(0.95) * reach <= WIDEST
    z = normal_quantile(confidence)
    return LifeExpectancy(np.where(given, value, np.nan), value - z * reach, value + z * reach)


def _table(rate: Floats, deaths: Floats) -> tuple[Floats, Floats]:
    """Return the expectancy at each first age and its variance."""
    width = np.diff(AGES)
    lived = np.where(np.array(AGES[:-1]) == 0, INFANT_SHARE, 0.5)
    first, last = rate[..., :-1], rate[..., -1:]
    dying = width * first / (1 + width * (1 - lived) * first)
    dying = np.minimum(dying, 1.0)
    start = np.ones_like(last)
    alive = np.concatenate([start, np.cumprod(1 - dying, axis=-1)], axis=-1)
    now, then = alive[..., :-1], alive[..., 1:]
    years = np.concatenate([width * (then + lived * (now - then)), alive[..., -1:] / last], axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):  # nobody alive, no deaths: 0 / 0
        expected = _from_the_end(years) / alive
        share = np.where(deaths[..., :-1] > 0, dying**2 * (1 - dying) / deaths[..., :-1], 0.0)
        spread = now**2 * ((1 - lived) * width + expected[..., 1:]) ** 2 * share
        end = alive[..., -1:] ** 2 / (deaths[..., -1:] * last**2)
        variance = _from_the_end(np.concatenate([spread, end], axis=-1)) / alive**2
    return expected, variance


def _from_the_end(numbers: Floats) -> Floats:
    return np.flip(np.cumsum(np.flip(numbers, axis=-1), axis=-1), axis=-1)
