"""The population of areas carried forward: Vorausberechnung (Modellrechnung) by age and sex, or of totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.errors import UsageError
from sozialanalyse.outlook import past, populations, statements
from sozialanalyse.outlook.assumptions import Assumptions
from sozialanalyse.outlook.methods import method_of
from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.outlook.past import Backtest
    from sozialanalyse.outlook.populations import Population

    Floats = NDArray[np.float64]

MOST_YEARS = 25
"""No calculation for small areas says anything about later years."""

MOVERS_UNTIL = 45
"""People who move into new dwellings have the ages of the town's residents below this."""


@dataclass(frozen=True)
class Projection:
    """A calculation of the population to come, and what it is worth.

    Parameters
    ----------
    frame
        A row for each area (the town last), year, sex and age band, and of each area for all sexes and ages together: ``area, level,
        measure, sex, age_from, age_to, period_end, distance`` (years), ``value, lower, upper`` (persons; 80 % interval from
        past errors, NaN where these are too few), ``special`` (persons of them held constant), ``variant, method``.
    statements
        A row for each area: what is said of its total at the last date (see :mod:`.statements`).
    backtest
        The test on held-back years, without assumptions on later ones.
    """

    frame: pd.DataFrame
    statements: pd.DataFrame
    backtest: Backtest


def project(
    counts: pd.DataFrame,
    areas: AreaTree,
    measure: str = "population",
    *,
    horizon: int = 10,
    method: str = "hamilton_perry",
    level: str | None = None,
    assumptions: Assumptions | None = None,
) -> Projection:
    """Carry the population of all areas of a level forward.

    Parameters
    ----------
    counts
        Frame of counts; leave out what lies before a break, such as a census. The last run of yearly dates is used.
    areas
        The tree.
    measure
        Id of a stock of people.
    horizon
        Years, from 1 to :data:`MOST_YEARS`.
    method
        ``hamilton_perry`` (cohort change ratios), ``cohort_component`` (given survival and fertility, past net migration), both by
        sex and age; ``constant_share`` or ``changing_share`` of the town's total, where age bands bear no cohort model.
    level
        Level of the areas; default: the smallest. The town is their sum.
    assumptions
        A variant; default: as before.

    Raises
    ------
    UsageError
        Where the data do not bear it: see :func:`.populations.read`; impossible assumptions.
    """
    if not 1 <= horizon <= MOST_YEARS:
        raise UsageError(
            "the horizon is {horizon} years; it must be from 1 to {most}", horizon=horizon, most=MOST_YEARS
        )
    assumptions = assumptions or Assumptions()
    population = _population(counts, areas, measure, method, level, assumptions)
    compute = method_of(method, population, assumptions)
    persons = population.persons - population.special
    as_before = compute(persons, horizon)
    computed = _with_assumptions(as_before, population, assumptions)
    before = past.computed_before(persons, compute, _least(population), horizon)
    frame = _frame(population, computed, before, areas).assign(variant=assumptions.name, method=method)
    tested = past.held_back(population, compute, _least(population))
    return Projection(frame, statements.of_projection(frame, population, tested, assumptions), _named(tested, areas))


def backtest(
    counts: pd.DataFrame,
    areas: AreaTree,
    measure: str = "population",
    *,
    method: str = "hamilton_perry",
    level: str | None = None,
    assumptions: Assumptions | None = None,
) -> Backtest:
    """Compute the last third of the years from the first two thirds and compare; see :func:`project`."""
    assumptions = assumptions or Assumptions()
    population = _population(counts, areas, measure, method, level, assumptions)
    tested = past.held_back(population, method_of(method, population, assumptions), _least(population))
    return _named(tested, areas)


def variants(
    counts: pd.DataFrame,
    areas: AreaTree,
    assumptions: Sequence[Assumptions],
    measure: str = "population",
    *,
    horizon: int = 10,
    method: str = "hamilton_perry",
    level: str | None = None,
) -> pd.DataFrame:
    """Compute several variants and return their frames one below the other (column ``variant``).

    Raises
    ------
    UsageError
        If two variants bear one name, and as in :func:`project`.
    """
    names = [variant.name for variant in assumptions]
    if len(set(names)) < len(names):
        raise UsageError("two variants bear one name: {names}", names=", ".join(sorted(names)))
    return pd.concat(
        [
            project(counts, areas, measure, horizon=horizon, method=method, level=level, assumptions=variant).frame
            for variant in assumptions
        ],
        ignore_index=True,
    )


def _population(
    counts: pd.DataFrame, areas: AreaTree, measure: str, method: str, level: str | None, assumptions: Assumptions
) -> Population:
    population = populations.read(counts, areas, measure, method, level)
    assumptions.check(population)
    return population.with_special(assumptions.special)


def _least(population: Population) -> int:
    """How many dates a calculation needs: one step, or three dates to see growth."""
    return population.width + 1 if population.width else 3


def _named(tested: Backtest, areas: AreaTree) -> Backtest:
    """Give the town's row its level."""
    level = tested.frame["level"].mask(tested.frame["area"] == areas.root, areas.level(areas.root))
    return past.Backtest(tested.frame.assign(level=level), tested.summary)


def _with_assumptions(as_before: Floats, population: Population, assumptions: Assumptions) -> Floats:
    """Let people move into new dwellings, add those held constant, and rake to totals that are given."""
    computed = as_before.copy()
    years = [population.dates[-1].year + ahead for ahead in range(1, len(computed) + 1)]
    ages = _ages_of_movers(population)
    for building in assumptions.new_buildings:
        place = population.areas.index(building.area)
        for ahead, year in enumerate(years):
            if year < building.year:
                continue
            whole = computed[ahead].sum()
            leaving = building.persons * (1 - building.from_outside)
            computed[ahead] *= max(0.0, 1 - leaving / whole) if whole > 0 else 1.0
            computed[ahead, place] += building.persons * ages
    computed = computed + population.special
    for ahead, year in enumerate(years):
        if year in assumptions.totals:
            computed[ahead] = _raked(computed[ahead], population.special, assumptions.totals[year], year)
    return computed


def _raked(persons: Floats, special: Floats, total: float, year: int) -> Floats:
    """Rake all who are not held constant to what the given total leaves for them."""
    rest = total - special.sum()
    if rest < 0:
        raise UsageError(
            "the given total of {year}, {total:g}, is less than the {special:g} persons held constant",
            year=year,
            total=total,
            special=special.sum(),
        )
    return statistics.rake(persons - special, {(): rest}).table + special


def _ages_of_movers(population: Population) -> Floats:
    """Shares of sexes and bands among those who move into new dwellings."""
    town = population.persons[-1].sum(axis=0)
    young = np.array([last < MOVERS_UNTIL for _, last in population.bands]) | (population.width == 0)
    shares = town * young
    return np.asarray(shares / shares.sum())


def _frame(population: Population, computed: Floats, before: tuple[Floats, Floats], areas: AreaTree) -> pd.DataFrame:
    """Lay out totals, and cells where there are any."""
    classes = past.size_classes(past.with_town(population.persons)[-1].sum(axis=(-2, -1)))
    centre, special = past.with_town(computed), past.with_town(population.special)
    whole = (past.totals(centre), past.totals(special), *map(past.totals, before))
    frames = [_rows(population, whole, classes, ("all",), ((0, OPEN_AGE),))]
    if population.width:
        frames.append(_rows(population, (centre, special, *before), classes, population.sexes, population.bands))
    frame = pd.concat(frames, ignore_index=True).assign(measure=population.measure)
    frame["level"] = np.where(frame["area"] == areas.root, areas.level(areas.root), population.level)
    columns = ["area", "level", "measure", "sex", "age_from", "age_to", "period_end", "distance"]
    return frame[[*columns, "value", "lower", "upper", "special"]]


def _rows(
    population: Population,
    arrays: tuple[Floats, ...],
    classes: list[NDArray[np.int64]],
    sexes: tuple[str, ...],
    bands: tuple[tuple[int, int], ...],
) -> pd.DataFrame:
    centre, special, computed, found = arrays
    # Those who are held constant are no part of past errors, nor of the interval.
    lower, upper = past.limits(centre - special, computed, found, classes)
    names = (*population.areas, population.town)
    year, area, sex, band = (axis.ravel() for axis in np.indices(centre.shape))
    ends = [population.dates[-1] + pd.DateOffset(years=ahead + 1) for ahead in range(len(centre))]
    return pd.DataFrame(
        {
            "area": np.array(names, dtype=object)[area],
            "sex": np.array(sexes, dtype=object)[sex],
            "age_from": np.array([first for first, _ in bands])[band],
            "age_to": np.array([last for _, last in bands])[band],
            "period_end": pd.DatetimeIndex(ends).astype("datetime64[s]")[year],
            "distance": year + 1,
            "value": centre.ravel(),
            "lower": (lower + special).ravel(),
            "upper": (upper + special).ravel(),
            "special": np.broadcast_to(special, centre.shape).ravel(),
        }
    )
