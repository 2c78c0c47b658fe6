"""Cohorts of unequal age bands, year by year: what offices deliver (under 3, 3 to 5, 6 to 9 ...) grows old as it stands.

Hamilton-Perry needs bands as wide as a step of time. Here a step is a year, and of a band of w years a w-th moves up, as if
people stood evenly in it. The ratio of those found to those so expected holds survival, migration, and that they do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bands = tuple[tuple[int, int], ...]


class Ageing(NamedTuple):
    """How a year changed each band beyond growing old."""

    ratios: Floats  # (..., sexes, bands): persons found per person expected; of the youngest band without meaning
    children: Floats  # (..., sexes): persons of the youngest band per person of the parents' bands, of the first sex


def aged(persons: Floats, bands: Bands) -> Floats:
    """Let a year pass: of a band of w years a w-th moves up; nobody is born, dies or moves.

    Parameters
    ----------
    persons
        Shape (..., bands), the youngest first, an open-ended band last.
    bands
        First and last age of each, both included.

    Returns
    -------
    ndarray
        The same shape; the youngest band holds those who stay in it.

    Examples
    --------
    >>> aged(np.array([30.0, 30, 100]), ((0, 2), (3, 5), (6, 999))).tolist()
    [20.0, 30.0, 110.0]
    """
    widths = np.array([last - first + 1.0 for first, last in bands])
    leaving = persons / widths
    leaving[..., -1] = 0.0
    arriving = np.concatenate([np.zeros_like(leaving[..., :1]), leaving[..., :-1]], axis=-1)
    return np.asarray(persons - leaving + arriving)


def by_ageing(
    bands: Bands,
    parents: list[int],
    pooled: int,
    borrowed: float,
    known: Floats,
    years: int,
    newborn: Floats | None = None,
) -> Floats:
    """Carry a population forward by yearly ratios, areas leaning on the town and raked to it after each year.

    Parameters
    ----------
    bands
        First and last age of each band.
    parents
        Bands of those to whom the youngest are related; women's where there are women.
    pooled
        How many past years are added up.
    borrowed
        Person-years that each cohort of an area borrows from the town.
    known
        Shape (dates, areas, sexes, bands), a year apart; at least 2 dates.
    years
        How many years to compute.
    newborn
        The youngest band, shape (years, areas, sexes), where it is given and not computed.

    Returns
    -------
    ndarray
        Shape (years, areas, sexes, bands).

    Notes
    -----
    The wider the bands, the more a wave of births is spread out as it grows old; the test on past years holds that error too.

    References
    ----------
    Hamilton, Perry (1962), Social Forces 41, 163-170 (cohort change ratios).
    """
    steps = min(pooled, len(known) - 1)
    earlier, later = known[-steps - 1 : -1].sum(axis=0), known[-steps:].sum(axis=0)
    town = _change(earlier.sum(axis=0), later.sum(axis=0), None, bands, parents, 0.0)
    own = _change(earlier, later, town, bands, parents, borrowed)
    now, whole = known[-1], known[-1].sum(axis=0)
    computed = []
    for year in range(years):
        given = None if newborn is None else newborn[year]
        whole = _one_year(whole, town, bands, parents, None if given is None else given.sum(axis=0))
        now = _raked(_one_year(now, own, bands, parents, given), whole)
        computed.append(now)
    return np.stack(computed)


def _change(
    earlier: Floats, later: Floats, reference: Ageing | None, bands: Bands, parents: list[int], borrowed: float
) -> Ageing:
    expected = aged(earlier, bands)
    mothers = later[..., 0, :][..., parents].sum(axis=-1)[..., np.newaxis]
    # Where nobody is, everything stays as it is.
    ratios, children = (1.0, 0.0) if reference is None else reference
    return Ageing(
        _per(later + borrowed * ratios, expected + borrowed, ratios),
        _per(later[..., 0] + borrowed * children, mothers + borrowed, children),
    )


def _per(over: Floats, under: Floats, otherwise: Floats | float) -> Floats:
    is_known = np.broadcast_to(under > 0, over.shape)
    return np.where(is_known, over / np.where(under > 0, under, 1.0), otherwise)


def _one_year(now: Floats, change: Ageing, bands: Bands, parents: list[int], newborn: Floats | None) -> Floats:
    moved = aged(now, bands) * change.ratios
    mothers = moved[..., 0, :][..., parents].sum(axis=-1)[..., np.newaxis]
    moved[..., 0] = mothers * change.children if newborn is None else newborn
    return moved


def _raked(persons: Floats, whole: Floats) -> Floats:
    """Scale each cell of the areas so that they add up to the town's."""
    total = persons.sum(axis=0)
    return np.asarray(persons * np.where(total > 0, whole / np.where(total > 0, total, 1.0), 1.0))
