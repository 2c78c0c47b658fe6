"""Age groups carried forward: those whom a target group is made of, with intervals, the test on past years, and what would narrow them.

The horizon is not chosen: it is as far as enough past errors are known to give the town an interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from sozialanalyse.errors import UsageError
from sozialanalyse.outlook import past, populations
from sozialanalyse.outlook.ageing import by_ageing
from sozialanalyse.outlook.assumptions import BORROWED, CARRIED
from sozialanalyse.outlook.methods import parents_of
from sozialanalyse.outlook.populations import AGEING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.outlook.populations import Population

    Floats = NDArray[np.float64]
    Ages = tuple[int, int]

FARTHEST: Final = 10
"""Years; beyond, most children of the outlook are not born yet, nor most of their parents settled."""

LEAST_DATES: Final = 2
"""Dates that a calculation needs: one year of change."""

LEAST_ERRORS: Final = 5
"""Past errors of the town at a distance that an interval of 80 % needs (nine, as each counts in both directions)."""

TESTED_AHEAD: Final = 5
"""Years ahead at which past calculations are told in words, or fewer where the outlook ends before."""

TOWN, AREAS = "town", "areas"
"""Of whom an error or a width is told: the town; on average of its areas."""


@dataclass(frozen=True)
class AgeOutlook:
    """Age groups of all areas of a level and of the town, counted and carried forward.

    Parameters
    ----------
    counted
        A row for each area (the town last), age group and yearly date: ``area, level, measure, age_from, age_to, period_end, value``.
    ahead
        The same of the years to come, with ``distance`` (years), ``lower, upper`` (80 % interval from past errors; NaN where these are
        too few). The town's value is the sum of its areas'; its limits are no sums.
    tested
        A row for each age group and :data:`TOWN` or :data:`AREAS`: ``distance``, ``errors`` (how many), ``error`` and ``naive`` (mean of
        the errors' sizes as fractions of those found: of this way, and of taking the last count), ``inside, tested`` (held-back values
        within their 80 % interval).
    narrowing
        A row for each age group and :data:`TOWN` or :data:`AREAS` (their median): half the width of the interval at the last date as a
        fraction of the value: ``now``; ``next_count`` (one year nearer); ``births`` (had the numbers of births been known). NaN: unknown.
    measure, level
        Whom, and of which areas.
    left_out
        Age groups that the delivered ages do not make up.
    """

    counted: pd.DataFrame
    ahead: pd.DataFrame
    tested: pd.DataFrame
    narrowing: pd.DataFrame
    measure: str
    level: str
    left_out: tuple[Ages, ...] = ()

    @property
    def last(self) -> pd.Timestamp:
        """The last date counted."""
        return pd.Timestamp(self.counted["period_end"].max())

    @property
    def end(self) -> pd.Timestamp:
        """The last date computed."""
        return pd.Timestamp(self.ahead["period_end"].max())


def age_groups(
    counts: pd.DataFrame,
    areas: AreaTree,
    ages: Sequence[Ages],
    measure: str = "population",
    *,
    level: str | None = None,
    farthest: int = FARTHEST,
) -> AgeOutlook:
    """Carry age groups forward, as far as past errors show how wrong that may be.

    Parameters
    ----------
    counts
        Frame of counts.
    areas
        The tree.
    ages
        First and last age of each group, both included; groups may overlap.
    measure
        Id of a stock of people.
    level
        Level of the areas; default: the smallest.
    farthest
        Years at most.

    Raises
    ------
    UsageError
        Where the data do not bear it (:func:`.populations.read`), no group is made up of delivered ages, or no interval can be given.

    Notes
    -----
    Intervals are those of :func:`.past.limits`: errors of the same way of computing from every earlier date, as shares, in both directions,
    pooled among areas of like size; the town's from its own. As few errors vary, no interval is narrower than that of a year before.
    """
    population = populations.read(counts, areas, measure, AGEING, level)
    chosen = {group: cells for group in ages if (cells := _cells(population, group)).size}
    if not chosen:
        raise UsageError("the ages counted make up none of the age groups that are asked for")
    horizon = min(farthest, len(population.dates) - LEAST_DATES - LEAST_ERRORS + 1)
    if horizon < 1:
        message = (
            "{found} yearly counts stand without a gap, but {needed} are needed to see how wrong a calculation may be"
        )
        raise UsageError(message, found=len(population.dates), needed=LEAST_DATES + LEAST_ERRORS)
    runs = _Runs.of(population, horizon)
    parts = [_of_group(runs, population, areas, group, cells) for group, cells in chosen.items()]
    counted, ahead, tested, narrowing = (pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True))
    left_out = tuple(group for group in ages if group not in chosen)
    return AgeOutlook(counted, ahead, tested, narrowing, measure, population.level, left_out)


def _cells(population: Population, group: Ages) -> NDArray[np.int64]:
    """Positions of the bands that make up an age group; none where they do not."""
    inside = [place for place, (first, last) in enumerate(population.bands) if group[0] <= first and last <= group[1]]
    ends = (population.bands[inside[0]][0], population.bands[inside[-1]][1]) if inside else None
    return np.array(inside if ends == group else [], dtype=np.int64)


@dataclass(frozen=True)
class _Runs:
    """All areas and the town as computed: ahead, and from each past date; with the births that came, too."""

    persons: Floats  # (dates, areas and the town, sexes, bands)
    ahead: Floats  # (years, ...)
    before: Floats  # (origins, years, ...)
    with_births: Floats
    found: Floats
    classes: list[NDArray[np.int64]]
    held: tuple[Floats, Floats, Floats, Floats]  # computed, found, and past runs of what was known at two thirds

    @classmethod
    def of(cls, population: Population, horizon: int) -> _Runs:
        """Compute all."""
        persons = population.persons

        def compute(known: Floats, years: int, newborn: Floats | None = None) -> Floats:
            parents = parents_of(population.bands)
            return by_ageing(population.bands, parents, CARRIED, BORROWED, known, years, newborn)

        def with_births(known: Floats, years: int) -> Floats:
            return compute(known, years, persons[len(known) : len(known) + years, ..., 0])

        known = populations.known_years(len(persons))
        later = persons[known:]
        tested = past.computed_before(persons[:known], compute, LEAST_DATES, len(later))
        before, found = past.computed_before(persons, compute, LEAST_DATES, horizon)
        born, _ = past.computed_before(persons, with_births, LEAST_DATES, horizon)
        everybody = past.with_town(persons)
        return cls(
            everybody,
            past.with_town(compute(persons, horizon)),
            before,
            born,
            found,
            past.size_classes(everybody[-1].sum(axis=(-2, -1))),
            (past.with_town(compute(persons[:known], len(later))), past.with_town(later), *tested),
        )


def _of_group(
    runs: _Runs, population: Population, areas: AreaTree, group: Ages, cells: NDArray[np.int64]
) -> tuple[pd.DataFrame, ...]:
    """Add up the bands of a group, and give its rows of each frame."""

    def total(persons: Floats) -> Floats:
        return np.asarray(persons[..., cells].sum(axis=(-2, -1), keepdims=True))

    centre, counted = total(runs.ahead), total(runs.persons)
    before, found, born = total(runs.before), total(runs.found), total(runs.with_births)
    lower, upper = _limits(centre, before, found, runs.classes)
    names = _names(population, areas, group)
    last = population.dates[-1]
    ends = [last + pd.DateOffset(years=distance + 1) for distance in range(len(centre))]
    ahead = _rows(names, ends, {"value": centre, "lower": lower, "upper": upper})
    ahead.insert(6, "distance", np.repeat(np.arange(1, len(centre) + 1), len(names)))
    reach = (upper - lower) / 2 / _divisor(centre)
    born_limits = _limits(centre, born, found, runs.classes)
    with_births = (born_limits[1] - born_limits[0]) / 2 / _divisor(centre)
    return (
        _rows(names, list(population.dates), {"value": counted}),
        ahead,
        _tested(group, before, found, counted, tuple(map(total, runs.held)), runs.classes),
        _narrowing(group, reach, with_births),
    )


def _divisor(centre: Floats) -> Floats:
    """Give what shares are of: of nobody there is no share."""
    return np.where(centre > 0, centre, np.nan)


def _limits(centre: Floats, computed: Floats, found: Floats, classes: list[NDArray[np.int64]]) -> tuple[Floats, Floats]:
    """Give intervals from past errors, as :func:`.past.limits`, that never become narrower with the years."""
    _, upper = past.limits(centre, computed, found, classes)
    reach = upper / _divisor(centre) - 1
    reach = np.where(np.isnan(reach), np.nan, np.fmax.accumulate(reach, axis=0))
    return np.maximum(centre * (1 - reach), 0.0), centre * (1 + reach)


def _names(population: Population, areas: AreaTree, group: Ages) -> pd.DataFrame:
    levels = [*[population.level] * len(population.areas), areas.level(areas.root)]
    names = {"area": [*population.areas, population.town], "level": levels}
    return pd.DataFrame({**names, "measure": population.measure, "age_from": group[0], "age_to": group[1]})


def _rows(names: pd.DataFrame, ends: Sequence[pd.Timestamp], values: dict[str, Floats]) -> pd.DataFrame:
    """Lay out arrays of shape (dates, areas and the town, 1, 1)."""
    frame = pd.concat([names] * len(ends), ignore_index=True)
    dates = pd.DatetimeIndex(np.repeat(pd.DatetimeIndex(list(ends)).to_numpy(), len(names))).astype("datetime64[s]")
    return frame.assign(period_end=dates, **{name: array.ravel() for name, array in values.items()})


def _tested(
    group: Ages,
    before: Floats,
    found: Floats,
    counted: Floats,
    held: tuple[Floats, ...],
    classes: list[NDArray[np.int64]],
) -> pd.DataFrame:
    """Say how far off the way was some years ahead, beside taking the last count, and how its intervals fared."""
    distance = min(TESTED_AHEAD, before.shape[1])
    came = found[:, distance - 1, :, 0, 0]
    guesses = {"error": before[:, distance - 1, :, 0, 0], "naive": _last_counts(counted, len(came))}
    whole = np.where(came > 0, came, np.nan)
    computed, later, *runs = held
    lower, upper = _limits(computed, runs[0], runs[1], classes)
    is_tested = ~np.isnan(lower + upper)
    inside = is_tested & (lower <= later) & (later <= upper)
    rows = []
    for of, places in ((TOWN, slice(-1, None)), (AREAS, slice(None, -1))):
        sizes = {name: _mean(np.abs(came - guess)[:, places] / whole[:, places]) for name, guess in guesses.items()}
        errors = int((~np.isnan(came[:, places])).sum())
        shown = {"inside": int(inside[:, places].sum()), "tested": int(is_tested[:, places].sum())}
        ages = {"age_from": group[0], "age_to": group[1]}
        rows.append({**ages, "of": of, "distance": distance, "errors": errors, **sizes, **shown})
    return pd.DataFrame(rows)


def _last_counts(counted: Floats, origins: int) -> Floats:
    """Counts of the date from which each past run began."""
    return np.asarray(counted[LEAST_DATES - 1 : LEAST_DATES - 1 + origins, :, 0, 0])


def _mean(sizes: Floats) -> float:
    known = sizes[~np.isnan(sizes)]
    return float(known.mean()) if known.size else float("nan")


def _narrowing(group: Ages, reach: Floats, with_births: Floats) -> pd.DataFrame:
    """Lay out half widths at the last date, a year nearer, and with the births known."""
    nearer = reach[-2] if len(reach) > 1 else np.full(reach.shape[1:], np.nan)
    widths = {"now": reach[-1], "next_count": nearer, "births": with_births[-1]}
    of = {TOWN: slice(-1, None), AREAS: slice(None, -1)}
    rows = [
        {
            "age_from": group[0],
            "age_to": group[1],
            "of": name,
            **{kind: _median(width[places, 0, 0]) for kind, width in widths.items()},
        }
        for name, places in of.items()
    ]
    return pd.DataFrame(rows)


def _median(widths: Floats) -> float:
    known = widths[~np.isnan(widths)]
    return float(np.median(known)) if known.size else float("nan")
