"""The population that a calculation starts from: yearly counts by area, sex and age band, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from sozialanalyse.age_bands import BOTH, finest
from sozialanalyse.amounts import MISSING, SUPPRESSED, Delivery, tile
from sozialanalyse.errors import Fault, Place, UsageError, unknown
from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sozialanalyse.amounts import Amounts, Cell
    from sozialanalyse.areas import AreaTree

    Floats = NDArray[np.float64]

AGEING: Final = "ageing"
COHORTS: Final = ("hamilton_perry", "cohort_component", AGEING)
TOTALS: Final = ("constant_share", "changing_share")
METHODS: Final = (*COHORTS, *TOTALS)
"""Cohorts that grow old, by age and sex; or totals alone, as shares of the town."""

WIDTHS: Final = (1, 2, 5, 10)
"""Years that age bands may be wide: the calculation moves everybody by one band a step."""

LEAST_BANDS: Final = 5
YOUNGEST_TOP: Final = 60
"""Age from which the open-ended band may begin: below it would hold parents."""

LEAST_YEARS: Final = 5
"""Yearly counts that even a calculation of totals needs: three to see growth, two to test it on."""


_MESSAGES: Final = {
    "no_total": (
        "'{measure}' is delivered neither as a total nor in parts that make one up; an outlook needs the total of each area"
    ),
    "no_cohorts": (
        "the age bands ({bands}) bear no cohort model: bands of {widths} years throughout are needed, with one open end at {top} "
        "or older, so that everybody moves up one band a step; ask for finer ages, or compute totals with one of: {methods}"
    ),
    "no_bands": (
        "the age bands ({bands}) leave a gap, are too few, or have no open end at {top} or older; ask for ages without gaps, or compute "
        "totals with one of: {methods}"
    ),
    "no_step": (
        "{found} yearly counts stand without a gap up to {last:%Y-%m-%d}, but {needed} are needed: a step of {width} years must be seen "
        "in the first two thirds and tested in the rest; wait for more years, or compute totals with one of: {methods}"
    ),
    "no_growth": (
        "{found} yearly counts stand without a gap up to {last:%Y-%m-%d}, but {needed} are needed: growth must be seen "
        "in the first two thirds and tested in the rest; wait for more years"
    ),
    SUPPRESSED: "counts are confidential on {date:%Y-%m-%d}: no outlook guesses them; compute a larger level, or inside the "
    "statistics unit",
    MISSING: "counts are missing on {date:%Y-%m-%d}; leave out the years before, or compute a larger level",
}
"""Why there is no outlook, by a key or the state of a count."""


@dataclass(frozen=True)
class Population:
    """Persons at yearly dates.

    ``persons`` has the shape (dates, areas, sexes, bands); ``width`` is the years of a step, 0 where there are only totals.
    ``special`` holds those of them who are held constant, shape (areas, sexes, bands).
    """

    measure: str
    town: str
    level: str
    areas: tuple[str, ...]
    dates: tuple[pd.Timestamp, ...]
    sexes: tuple[str, ...]
    bands: tuple[tuple[int, int], ...]
    width: int
    persons: Floats
    special: Floats

    def with_special(self, special: pd.DataFrame | None) -> Population:
        """Flag people who do not grow old where they live.

        Raises
        ------
        UsageError
            Where they are more than are counted at one of the dates.
        """
        if special is None:
            return self
        flagged = np.zeros(self.persons.shape[1:])
        firsts = [first for first, _ in self.bands]
        for area, sex, first, persons in zip(
            *(special[name] for name in ("area", "sex", "age_from", "persons")), strict=True
        ):
            flagged[self.areas.index(area), self.sexes.index(sex), firsts.index(first)] += persons
        faults = [
            Fault(
                "{special:g} persons in homes, halls, accommodation or prisons are more than the {counted:g} counted on "
                "{date:%Y-%m-%d} (from {age} years on, {sex}); leave out those who came later",
                {
                    "special": flagged[area, sex, band],
                    "counted": self.persons[date, area, sex, band],
                    "date": self.dates[date],
                    "age": firsts[band],
                    "sex": self.sexes[sex],
                },
                Place(area=self.areas[area]),
            )
            for date, area, sex, band in np.argwhere(flagged > self.persons).tolist()
        ]
        if faults:
            raise UsageError(faults)
        return replace(self, special=flagged)


def read(counts: pd.DataFrame, areas: AreaTree, measure: str, method: str, level: str | None = None) -> Population:
    """Lay out the counts that a method needs.

    Parameters
    ----------
    counts
        Frame of counts.
    areas
        The tree.
    measure
        Id of a stock of people.
    method
        One of :data:`METHODS`.
    level
        Level of the areas; default: the smallest.

    Raises
    ------
    UsageError
        Unknown measure, method or level; age bands that bear no cohort model, too few yearly dates, counts that are missing
        or confidential. The message names what would do.
    """
    if method not in METHODS:
        raise unknown("method", method, METHODS)
    rows = counts[counts["measure"] == measure]
    if rows.empty:
        raise unknown("measure", measure, sorted(set(counts["measure"].astype(str))))
    level = areas.levels[0] if level is None else areas.require_level(level)
    delivery = Delivery(rows, areas)
    width, sexes, bands = _layout(delivery.cells, method)
    found = {(sex, *band): delivery.amounts((sex, *band)) for sex in sexes for band in bands}
    known = [amounts for amounts in found.values() if amounts is not None]
    if len(known) < len(found):
        raise UsageError(_MESSAGES["no_total"], measure=measure)
    return _complete(known, measure, level, areas, (width, sexes, bands))


def _layout(cells: Sequence[Cell], method: str) -> tuple[int, tuple[str, ...], tuple[tuple[int, int], ...]]:
    """Choose width of the step, sexes and bands."""
    if method in TOTALS:
        return 0, ("all",), ((0, OPEN_AGE),)
    sexes_apart = (BOTH, ("all",))
    widths = (1,) if method == AGEING else WIDTHS
    for width in widths:
        for sexes in sexes_apart:
            if bands := _uneven(cells, sexes) if method == AGEING else _bands(cells, width, sexes):
                return width, sexes, bands
    delivered = sorted({(first, last) for _, first, last in cells})
    shown = ", ".join(f"{first}+" if last == OPEN_AGE else f"{first}-{last}" for first, last in delivered[:20])
    values = {"bands": shown, "top": YOUNGEST_TOP, "methods": ", ".join(TOTALS)}
    if method == AGEING:
        raise UsageError(_MESSAGES["no_bands"], **values)
    raise UsageError(_MESSAGES["no_cohorts"], widths=", ".join(map(str, WIDTHS)), **values)


def _uneven(cells: Sequence[Cell], sexes: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Give the finest bands that are delivered for each sex; none where they leave a gap or are too few."""
    delivered = [{(first, last) for sex, first, last in cells if sex == wanted} for wanted in sexes]
    bands = finest(set.intersection(*delivered))
    return tuple(bands) if len(bands) >= LEAST_BANDS and bands[-1][0] >= YOUNGEST_TOP else ()


def _bands(cells: Sequence[Cell], width: int, sexes: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Give bands of one width up to the oldest open one that the delivered cells make up; none where they do not."""
    tops = sorted({first for _, first, last in cells if last == OPEN_AGE}, reverse=True)
    for top in (first for first in tops if first % width == 0 and first >= YOUNGEST_TOP):
        bands = (*((first, first + width - 1) for first in range(0, top, width)), (top, OPEN_AGE))
        if len(bands) >= LEAST_BANDS and all(tile(cells, (sex, *band)) for sex in sexes for band in bands):
            return bands
    return ()


def _complete(
    known: list[Amounts],
    measure: str,
    level: str,
    areas: AreaTree,
    layout: tuple[int, tuple[str, ...], tuple[tuple[int, int], ...]],
) -> Population:
    """Take the last run of yearly dates, refuse gaps in it, and put the arrays together."""
    width, sexes, bands = layout
    ends = pd.DatetimeIndex(known[0].periods["period_end"])
    run = last_yearly_run(ends)
    _refuse_short(len(run), width, ends)
    tree = areas.places
    exists = known[0].exists[:, run]
    members = np.flatnonzero((tree["level"] == level).to_numpy() & exists[:, -1])
    status = np.stack([amounts.status[:, run] for amounts in known])
    _refuse_gaps(status[:, members], exists[members], tree["area"].to_numpy()[members], ends[run])
    persons = np.stack([amounts.value[members][:, run] for amounts in known], axis=-1)
    shape = (len(members), len(run), len(sexes), len(bands))
    return Population(
        measure,
        areas.root,
        level,
        tuple(tree["area"].to_numpy()[members].tolist()),
        tuple(ends[run]),
        sexes,
        bands,
        width,
        np.moveaxis(persons.reshape(shape), 0, 1),
        np.zeros((shape[0], *shape[2:])),
    )


def last_yearly_run(ends: pd.DatetimeIndex) -> list[int]:
    """Positions of the longest run of dates one year apart that ends with the last date; dates must be in order.

    Examples
    --------
    >>> last_yearly_run(pd.DatetimeIndex(["2009-12-31", "2011-12-31", "2012-12-31", "2013-12-31"]))
    [1, 2, 3]
    """
    run = [len(ends) - 1]
    for position in range(len(ends) - 2, -1, -1):
        if ends[position] == ends[run[0]] - pd.DateOffset(years=1):
            run.insert(0, position)
        elif ends[position] < ends[run[0]] - pd.DateOffset(years=1):
            break
    return run


def years_needed(width: int) -> int:
    """How many yearly dates a method needs so that its first two thirds bear one step.

    Examples
    --------
    >>> years_needed(0), years_needed(5)
    (5, 8)
    """
    least = max(LEAST_YEARS, width + 2)
    while known_years(least) < width + 1:
        least += 1
    return least


def known_years(dates: int) -> int:
    """How many of the dates a calculation may see when it is put to the test: two thirds.

    Examples
    --------
    >>> known_years(24), known_years(8)
    (16, 6)
    """
    return -(-2 * dates // 3)


def _refuse_short(length: int, width: int, ends: pd.DatetimeIndex) -> None:
    if length >= years_needed(width):
        return
    values = {"found": length, "last": ends[-1], "needed": years_needed(width)}
    if width:
        raise UsageError(_MESSAGES["no_step"], **values, width=width, methods=", ".join(TOTALS))
    raise UsageError(_MESSAGES["no_growth"], **values)


def _refuse_gaps(
    status: NDArray[np.object_], exists: NDArray[np.bool_], ids: NDArray[np.object_], ends: pd.DatetimeIndex
) -> None:
    """Refuse areas that are new, not fully delivered, or hidden: hidden counts are the small ones, no method may guess them."""
    faults = []
    for position, area in enumerate(ids.tolist()):
        if not exists[position].all():
            date = ends[np.flatnonzero(~exists[position])[-1]]
            message = (
                "the area did not exist on {date:%Y-%m-%d}; compute the town on today's boundaries (on_boundaries)"
            )
            faults.append(Fault(message, {"date": date}, Place(area=area)))
            continue
        for state in (SUPPRESSED, MISSING):
            if (dates := np.flatnonzero((status[:, position] == state).any(axis=0))).size:
                faults.append(Fault(_MESSAGES[state], {"date": ends[dates[-1]]}, Place(area=area)))
                break
    if faults:
        raise UsageError(faults)
