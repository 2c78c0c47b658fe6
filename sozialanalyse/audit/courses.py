"""Courses: what follows from the published counts by age for later years, computed here a second time.

A step is a year: of an age band of w years a w-th moves up; the ratio of those found to those so expected, over at most ten years, goes on.
Areas lean on the town by a hundred persons a cohort, and add up to it. Intervals of 80 % come from the errors of the same way
from each earlier date. The program that wrote the page has no part in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.audit.knowledge import Term
from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from sozialanalyse.audit.figures import Figures

    Floats = NDArray[np.float64]

BOTH = ("female", "male")
POOLED, LEANING, FARTHEST, FIRST_RUN, ERRORS, TOLD_AHEAD = 10, 100.0, 10, 2, 5, 5
"""Years pooled; persons borrowed; years ahead at most; dates that the first run saw; errors that an interval needs; years ahead of which
past errors are told."""

COVERED = 0.8
PARENTS_FROM, PARENTS_TO = 15, 50
CLASS_OF, CLASSES = 4, 3


@dataclass(frozen=True, eq=False)
class Course:
    """Yearly counts of all areas of a level by sex and age.

    Parameters
    ----------
    areas
        Their ids, in the order of the areas.
    days
        Dates, a year apart.
    bands
        First and last age of each band.
    persons
        Shape (dates, areas, sexes, bands).
    """

    areas: tuple[str, ...]
    days: tuple[dt.date, ...]
    bands: tuple[tuple[int, int], ...]
    persons: Floats

    @property
    def horizon(self) -> int:
        """Years ahead for which the town has enough past errors."""
        return min(FARTHEST, len(self.days) - FIRST_RUN - ERRORS + 1)

    def distance(self, day: dt.date) -> int:
        """Years from the last count to a day; 0 where none is computed."""
        last = self.days[-1]
        ahead = day.year - last.year
        return ahead if (day.month, day.day) == (last.month, last.day) and 1 <= ahead <= self.horizon else 0

    def place(self, area: str, root: str) -> int:
        """Where an area stands, the town last; -1: nowhere."""
        names = (*self.areas, root)
        return names.index(area) if area in names else -1

    def cells(self, ages: tuple[int, int]) -> list[int]:
        """Positions of the bands that make up an age group; none where they do not."""
        chosen = [n for n, band in enumerate(self.bands) if ages[0] <= band[0] and band[1] <= ages[1]]
        whole = chosen and (self.bands[chosen[0]][0], self.bands[chosen[-1]][1]) == ages
        return chosen if whole else []

    @cached_property
    def ahead(self) -> Floats:
        """Shape (years, areas and town, bands): both sexes together."""
        return _together(self._follow(self.persons, self.horizon))

    @cached_property
    def counted(self) -> Floats:
        """Shape (dates, areas and town, bands)."""
        return _together(self.persons)

    @cached_property
    def _runs(self) -> dict[bool, Floats]:
        """Past runs to each year ahead, shape (runs, years, areas and town, bands); with births known or not."""
        return {births: self._past(self.persons, self.horizon, births=births) for births in (False, True)}

    def _past(self, persons: Floats, years: int, *, births: bool = False) -> Floats:
        runs = range(FIRST_RUN, len(persons))
        found = np.full((max(len(runs), 1), years, len(self.areas) + 1, len(self.bands)), np.nan)
        for number, seen in enumerate(runs):
            reach = min(years, len(persons) - seen)
            born = persons[seen : seen + reach, :, :, 0] if births else None
            found[number, :reach] = _together(self._follow(persons[:seen], reach, born))
        return found

    def _follow(self, seen: Floats, years: int, born: Floats | None = None) -> Floats:
        moves = _moves(self.bands)
        mothers = [n for n, (a, z) in enumerate(self.bands) if PARENTS_FROM <= (a + z + 1) / 2 < PARENTS_TO]
        back = min(POOLED, len(seen) - 1)
        was, became = seen[-1 - back : -1].sum(0) @ moves.T, seen[-back:].sum(0)
        all_ratios = _over(became.sum(0), was.sum(0), 1.0)
        own_ratios = _over(became + LEANING * all_ratios, was + LEANING, 1.0)
        women = became[:, 0][:, mothers].sum(-1)[:, None]
        all_births = _over(became.sum(0)[:, 0], np.full(became.shape[1], women.sum()), 0.0)
        own_births = _over(
            became[:, :, 0] + LEANING * all_births, np.broadcast_to(women + LEANING, became.shape[:2]), 0.0
        )
        now, town, course = seen[-1], seen[-1].sum(0), []
        for year in range(years):
            now, town = (now @ moves.T) * own_ratios, (town @ moves.T) * all_ratios
            now[:, :, 0] = now[:, 0][:, mothers].sum(-1)[:, None] * own_births if born is None else born[year]
            town[:, 0] = town[0][mothers].sum() * all_births if born is None else born[year].sum(0)
            now = now * _over(town, now.sum(0), 1.0)
            course.append(now)
        return np.array(course)

    @cached_property
    def _classes(self) -> list[list[int]]:
        sizes = self.counted[-1].sum(-1)
        order = sorted(range(len(self.areas)), key=lambda place: sizes[place])
        parts = max(1, min(CLASSES, len(order) // CLASS_OF))
        return [*(part.tolist() for part in np.array_split(order, parts) if len(part)), [len(order)]]

    def limits(self, cells: list[int], *, births: bool = False) -> tuple[Floats, Floats]:
        """Intervals of an age group, shape (years, areas and town); not a number where there is none."""
        return self._limits(
            self.ahead[..., cells].sum(-1), self._runs[births][..., cells].sum(-1), self.counted[..., cells].sum(-1)
        )

    def _limits(self, centre: Floats, runs: Floats, counted: Floats) -> tuple[Floats, Floats]:
        came = np.full(runs.shape, np.nan)
        for number in range(len(runs)):
            later = counted[FIRST_RUN + number :][: runs.shape[1]]
            came[number, : len(later)] = later
        errors = (came - runs) / np.where(runs > 0, runs, np.nan)
        low, high = np.full(centre.shape, np.nan), np.full(centre.shape, np.nan)
        for places in self._classes:
            widest = 0.0
            for year in range(len(centre)):
                sizes = errors[:, year, places]
                known = np.sort(np.concatenate([sizes[~np.isnan(sizes)], -sizes[~np.isnan(sizes)]]))
                rank = ceil((len(known) + 1) * (1 + COVERED) / 2 - 1e-9)
                if 0 < rank <= len(known):
                    middle = centre[year, places]
                    widest = max(widest, float(known[rank - 1]))  # later years are never surer
                    low[year, places] = np.maximum(middle * (1 - widest), 0.0)
                    high[year, places] = middle * (1 + widest)
        return low, high

    def past_error(self, cells: list[int], *, town: bool, naive: bool) -> tuple[float, int]:
        """Mean size of past errors as a fraction, of the calculation or of the last count, and how many they are."""
        ahead = min(TOLD_AHEAD, self.horizon)
        counted = self.counted[..., cells].sum(-1)
        guess = counted[FIRST_RUN - 1 :] if naive else self._runs[False][:, ahead - 1][..., cells].sum(-1)
        came = counted[FIRST_RUN + ahead - 1 :]
        places = slice(-1, None) if town else slice(None, -1)
        came, guess = came[:, places], guess[: len(came), places]
        sizes = np.abs(came - guess)[came > 0] / came[came > 0]
        return (float(sizes.mean()) if sizes.size else float("nan")), came.size

    def covered(self, cells: list[int], *, town: bool) -> tuple[int, int]:
        """How many of the last third of the counts lay within intervals made of the rest, and how many were tested."""
        known = -(-2 * len(self.days) // 3)
        later = self.counted[known:][..., cells].sum(-1)
        seen = Course(self.areas, self.days[:known], self.bands, self.persons[:known])
        computed = _together(self._follow(seen.persons, len(later)))[..., cells].sum(-1)
        runs = self._past(seen.persons, len(later))[..., cells].sum(-1)
        low, high = self._limits(computed, runs, seen.counted[..., cells].sum(-1))
        places = slice(-1, None) if town else slice(None, -1)
        tested = ~np.isnan(low + high)[:, places]
        inside = tested & (low <= later)[:, places] & (later <= high)[:, places]
        return int(inside.sum()), int(tested.sum())

    def reach(self, cells: list[int], *, town: bool, kind: str) -> float:
        """Half the width of the interval as a fraction of the value: now, a year nearer, or with the births known."""
        years = -2 if kind == "next_count" else -1
        if self.horizon + 1 + years <= 0:
            return float("nan")
        low, high = self.limits(cells, births=kind == "births")
        centre = self.ahead[..., cells].sum(-1)
        widths = ((high - low) / 2 / np.where(centre > 0, centre, np.nan))[years]
        known = widths[-1:] if town else widths[:-1]
        known = known[~np.isnan(known)]
        return float(np.median(known)) if known.size else float("nan")


def course_of(figures: Figures, measure: str, level: str) -> Course | None:
    """Lay out the published counts of a measure by sex and age; None where they bear no course.

    Parameters
    ----------
    figures
        What is published.
    measure
        Whom.
    level
        Of the areas.
    """
    for sexes in (BOTH, ("all",)):
        bands = _bands(figures, measure, sexes)
        if bands:
            return _laid_out(figures, measure, level, sexes, bands)
    return None


def _laid_out(
    figures: Figures, measure: str, level: str, sexes: tuple[str, ...], bands: tuple[tuple[int, int], ...]
) -> Course | None:
    terms = [[Term(measure=measure, sex=sex, age_from=a, age_to=z) for a, z in bands] for sex in sexes]
    times = figures.times(terms[0][0])
    run = times[-1:]
    for time in reversed(times[:-1]):
        first = run[0].end
        if (time.end.year + 1, time.end.month, time.end.day) == (first.year, first.month, first.day):
            run.insert(0, time)
    areas = figures.members(figures.root, level, run[-1].end) if run else []
    counts = [[[[figures.count(term, area, time) for term in of] for of in terms] for area in areas] for time in run]
    values = [[[[c.value if c else None for c in of] for of in area] for area in time] for time in counts]
    persons = np.array(values, dtype=np.float64)
    if not areas or np.isnan(persons).any() or len(run) < FIRST_RUN + ERRORS:
        return None
    return Course(tuple(areas), tuple(time.end for time in run), bands, persons)


def _bands(figures: Figures, measure: str, sexes: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Lay the narrowest ages one after another; none where they leave a gap."""
    by_sex = [{(a, z) for sex, a, z in figures.parts(measure) if sex == wanted} for wanted in sexes]
    common = set.intersection(*by_sex)
    bands: list[tuple[int, int]] = []
    start = 0
    while fitting := sorted(z for a, z in common if a == start):
        bands.append((start, fitting[0]))
        start = fitting[0] + 1
    return tuple(bands) if len(bands) > 1 and bands[-1][1] >= OPEN_AGE else ()


def _moves(bands: tuple[tuple[int, int], ...]) -> Floats:
    """Matrix of growing a year older."""
    stay = [1 - 1 / (z - a + 1) for a, z in bands[:-1]] + [1.0]
    return np.diag(stay) + np.diag([1 / (z - a + 1) for a, z in bands[:-1]], -1)


def _over(up: Floats, down: Floats, otherwise: float) -> Floats:
    return np.where(down > 0, up / np.where(down > 0, down, 1.0), otherwise)


def _together(persons: Floats) -> Floats:
    """Add the sexes and append the town."""
    people = persons.sum(-2)
    return np.concatenate([people, people.sum(-2, keepdims=True)], axis=-2)
