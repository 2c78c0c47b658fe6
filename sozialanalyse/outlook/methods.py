"""The ways of computing, on arrays: known persons (years, areas, sexes, bands) to those of the years to come."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse import statistics
from sozialanalyse.errors import UsageError
from sozialanalyse.outlook.ageing import by_ageing
from sozialanalyse.outlook.populations import AGEING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from sozialanalyse.outlook.assumptions import Assumptions
    from sozialanalyse.outlook.populations import Population

    Floats = NDArray[np.float64]
    Method = Callable[[Floats, int], Floats]

PARENT_AGES = (15, 50)
"""Ages, in completed years and without the last, of those to whom the youngest band is related."""


def method_of(name: str, population: Population, assumptions: Assumptions) -> Method:
    """Return the function that computes (years, areas, sexes, bands) from known years and a number of years.

    Raises
    ------
    UsageError
        ``cohort_component`` without a table of vital rates that fits the bands.
    """
    if name == "hamilton_perry":
        parents = parents_of(population.bands)
        return partial(by_ratios, population.width, parents, assumptions.pooled_steps, assumptions.borrowed)
    if name == AGEING:
        parents = parents_of(population.bands)
        return partial(by_ageing, population.bands, parents, assumptions.pooled_steps, assumptions.borrowed)
    if name == "cohort_component":
        return partial(by_components, population.width, _components(population, assumptions), assumptions.pooled_steps)
    return partial(by_shares, assumptions.pooled_steps, 0.0 if name == "constant_share" else 1.0)


def parents_of(bands: tuple[tuple[int, int], ...]) -> list[int]:
    """Positions of the bands that lie within :data:`PARENT_AGES` with most of their years.

    Examples
    --------
    >>> parents_of(((0, 9), (10, 19), (20, 29), (30, 39), (40, 49), (50, 999)))
    [1, 2, 3, 4]
    """
    youngest, oldest = PARENT_AGES
    return [place for place, (first, last) in enumerate(bands) if youngest <= (first + last + 1) / 2 < oldest]


def by_ratios(width: int, parents: list[int], pooled: int, borrowed: float, known: Floats, years: int) -> Floats:
    """Hamilton-Perry with ratios pooled over past steps, areas leaning on the town and raked to it after each step.

    Parameters
    ----------
    width
        Years of a band and of a step.
    parents
        Bands of those to whom the youngest are related; women's where there are women.
    pooled
        How many past steps, each ending a year after the other, are added up.
    borrowed
        Persons that each cohort borrows from the town.
    known
        Shape (dates, areas, sexes, bands), a year apart; at least width + 1 dates.
    years
        How many years to compute.

    Returns
    -------
    ndarray
        Shape (years, areas, sexes, bands). Years between two steps lie on a straight line.
    """
    earlier, later = _pooled_steps(known, width, pooled)
    change = partial(_change, parents=parents)
    town = change(earlier.sum(axis=0), later.sum(axis=0), None, 0.0)
    own = [_filled(*pair) for pair in zip(change(earlier, later, town, borrowed), town, strict=True)]
    now, whole = known[-1], known[-1].sum(axis=0)
    stations = [now]
    for _ in range(-(-years // width)):
        now, whole = _one_step(now, own, parents), _one_step(whole, town, parents)
        now = statistics.rake(now, {(1, 2): whole}).table
        stations.append(now)
    return _between(np.stack(stations), width, years)


def _pooled_steps(known: Floats, width: int, pooled: int) -> tuple[Floats, Floats]:
    steps = min(pooled, len(known) - width)
    return known[-steps - width : len(known) - width].sum(axis=0), known[-steps:].sum(axis=0)


def _change(
    earlier: Floats,
    later: Floats,
    reference: list[statistics.CohortChange] | None,
    borrowed: float,
    *,
    parents: list[int],
) -> list[statistics.CohortChange]:
    """Ratios of each sex; the youngest of both are related to the first sex, the women."""
    found = []
    for sex in range(earlier.shape[-2]):
        upon = None if reference is None else reference[sex]
        change = statistics.cohort_change(
            earlier[..., sex, :], later[..., sex, :], parents, reference=upon, borrowed=borrowed
        )
        mothers = later[..., 0, parents].sum(axis=-1) + borrowed
        born = later[..., sex, 0] + (0.0 if upon is None else borrowed * upon.child_ratio)
        found.append(change._replace(child_ratio=born / np.where(mothers > 0, mothers, np.nan)))
    return found


def _filled(own: statistics.CohortChange, town: statistics.CohortChange) -> statistics.CohortChange:
    """Take the town's ratio where an area has no cohort that could have one."""
    pairs = [(own.ratios, town.ratios), (own.child_ratio, town.child_ratio)]
    return statistics.CohortChange(*(np.where(np.isnan(mine), theirs, mine) for mine, theirs in pairs))


def _one_step(now: Floats, change: list[statistics.CohortChange], parents: list[int]) -> Floats:
    # A cohort that nobody of the whole town belongs to has no ratio, and nobody to carry either.
    filled = [
        part._replace(ratios=np.nan_to_num(part.ratios), child_ratio=np.nan_to_num(part.child_ratio)) for part in change
    ]
    moved = [statistics.hamilton_perry(now[..., sex, :], part, parents)[0] for sex, part in enumerate(filled)]
    mothers = moved[0][..., parents].sum(axis=-1)
    for part, persons in zip(filled, moved, strict=True):
        persons[..., 0] = mothers * part.child_ratio
    return np.stack(moved, axis=-2)


def by_components(width: int, rates: statistics.Components, pooled: int, known: Floats, years: int) -> Floats:
    """Cohort-component method: given survival and fertility; net migration as it was in the past steps.

    Net migrants of a step are those found at its end less those whom survival and births leave, on average over the
    pooled steps; it therefore holds every other error of the counts too.

    Parameters
    ----------
    width
        Years of a band and of a step.
    rates
        Survival and fertility for one step.
    pooled, known, years
        As in :func:`by_ratios`.
    """
    earlier, later = _pooled_steps(known, width, pooled)
    steps = min(pooled, len(known) - width)
    migration = np.zeros_like(earlier)
    for _ in range(2):  # Once for all who were alive, once more for the children of those who came.
        migration = migration + later - statistics.cohort_component(earlier, [rates._replace(migration=migration)])[0]
    ahead = [rates._replace(migration=migration / steps)] * -(-years // width)
    return _between(np.concatenate([known[-1:], statistics.cohort_component(known[-1], ahead)]), width, years)


def by_shares(pooled: int, own: float, known: Floats, years: int) -> Floats:
    """Totals: the town goes on to grow as on average of the last years, areas keep their share or their own growth.

    Parameters
    ----------
    pooled
        Over how many past years growth is taken.
    own
        0: every area grows like the town, so that shares stay. 1: each as it did itself, raked to the town's total.
    known, years
        As in :func:`by_ratios`.
    """
    span = min(pooled, len(known) - 1)
    first, last = known[-1 - span], known[-1]
    ahead = np.arange(1, years + 1)[:, np.newaxis, np.newaxis, np.newaxis] / span
    town = last.sum(axis=0) * (last.sum(axis=0) / first.sum(axis=0)) ** ahead
    growth = np.where(first > 0, last / np.where(first > 0, first, 1.0), 1.0)
    grown = last * growth ** (own * ahead)
    return np.asarray(grown * (town / grown.sum(axis=1, keepdims=True)))


def _between(stations: Floats, width: int, years: int) -> Floats:
    ahead = np.arange(1, years + 1)
    before = (ahead - 1) // width
    part = ((ahead - before * width) / width)[:, np.newaxis, np.newaxis, np.newaxis]
    return np.asarray(stations[before] * (1 - part) + stations[before + 1] * part)


def _components(population: Population, assumptions: Assumptions) -> statistics.Components:
    vital = assumptions.vital
    if vital is None:
        raise UsageError(
            "the cohort-component method needs survival and fertility (assumptions: vital), for steps of {width} years; "
            "hamilton_perry does without",
            width=population.width,
        )
    if population.sexes != ("female", "male"):
        raise UsageError("the cohort-component method needs counts of women and men; hamilton_perry does without")
    tables = {name: _by_band(vital, name, population) for name in ("survival", "fertility")}
    birth = np.full(2, assumptions.birth_survival)
    return statistics.Components(tables["survival"], birth, tables["fertility"][0], np.zeros(tables["survival"].shape))


def _by_band(vital: pd.DataFrame, name: str, population: Population) -> Floats:
    """Lay out a column of the vital rates by sex and band, and refuse gaps and numbers that cannot be."""
    if absent := [column for column in ("sex", "age_from", name) if column not in vital]:
        raise UsageError("the table of vital rates lacks the columns {columns}", columns=", ".join(absent))
    cells = {(row["sex"], row["age_from"]): float(row[name]) for _, row in vital.iterrows()}
    table = np.array([[cells.get((sex, first), np.nan) for first, _ in population.bands] for sex in population.sexes])
    needed = table if name == "survival" else table[:1]
    highest = 1.0 if name == "survival" else np.inf
    if not ((needed >= 0) & (needed <= highest)).all():
        raise UsageError(
            "vital rates: {name} is missing or impossible in some of the bands {bands}; survival is from 0 to 1, "
            "fertility from 0",
            name=name,
            bands=", ".join(f"{first}" for first, _ in population.bands),
        )
    return table
