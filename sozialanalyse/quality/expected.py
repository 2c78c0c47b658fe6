"""What a count was to be expected to be: by its area's other dates, and by what the other areas did in the same time.

The common change of the areas is taken out first, so that what remains of a series is the area's own course. A value is
odd as far as it lies outside what its neighbours in time span; how far is measured in the variation that is usual: that of
counts of people in households, that of the measure from date to date, that of all areas at this step (a declared break
moves them by different amounts), and that of the series itself. All of it by medians, which a few slips cannot move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.quality.thresholds import FEWEST_AREAS, FEWEST_CELLS, FEWEST_STEPS, OVERDISPERSION

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.quality.panels import Floats, Panel

NORMAL = 1.4826
"""Median absolute deviation times this is the standard deviation of a normal variable."""

HALF = 0.5
"""Added to a count before its logarithm is taken, so that zero has one."""


@dataclass(frozen=True, eq=False)
class Expected:
    """Expectations for each count of a panel, all of shape ``(series, periods)`` unless said.

    Parameters
    ----------
    value
        The expected count, NaN where there is no other date.
    scale
        Usual variation of its logarithm.
    strength
        How far the count lies outside what its neighbours span, in units of the scale, with its sign.
    shift
        The same for a lasting change between this date and the one before: the values of two dates on either side apart.
    steps
        Common change of the logarithm to each date from the one before, shape ``(cells, periods)``; NaN where not known.
    """

    value: Floats
    scale: Floats
    strength: Floats
    shift: Floats
    steps: Floats


def expect(panel: Panel) -> Expected:
    """Work out the expectations of a panel."""
    logs = np.log(panel.value + HALF)
    steps = common_steps(panel, logs)
    course = np.cumsum(np.nan_to_num(steps), axis=1)[panel.cell]
    own = _Compact.of(logs - course)
    before, after = own.moved(-1), own.moved(1)
    before_that, after_that = own.moved(-2), own.moved(2)
    ends = np.isnan(before), np.isnan(after)
    neighbour, other = np.where(ends[0], after_that, before), np.where(ends[1], before_that, after)
    centre = np.where(ends[0], after, np.where(ends[1], before, (before + after) / 2))
    least, most = np.fmin(neighbour, other), np.fmax(neighbour, other)
    outside = own.known - np.clip(own.known, least, most)
    early = np.fmax(before, before_that), np.fmin(before, before_that)
    late = np.fmax(own.known, after), np.fmin(own.known, after)
    apart = np.maximum(late[1] - early[0], 0) + np.minimum(late[0] - early[1], 0)
    has_two_sides = ~np.isnan(before_that) & ~np.isnan(after)
    expected = np.exp(own.put(centre) + course)
    scale = _scale(panel, own, expected)
    strength = own.put(outside) / scale
    rise = _rise(panel.value, np.exp(own.put(most) + course), expected, scale)
    return Expected(
        value=np.maximum(expected - HALF, 0),
        scale=scale,
        strength=np.where(strength > 0, np.fmax(strength, rise), strength),
        shift=own.put(np.where(has_two_sides, apart, np.nan)) / scale,
        steps=steps,
    )


def _rise(value: Floats, most: Floats, expected: Floats, scale: Floats) -> Floats:
    """How far a count rose above its neighbours, by its square root: logarithms of very small counts vary too much to tell.

    Twice the square root of a count varies as the logarithm does, times the square root of the count (Anscombe 1948).
    """
    away = 2 * (np.sqrt(value + HALF) - np.sqrt(np.maximum(most, 0)))
    return away / (scale * np.sqrt(np.maximum(expected, 1.0)))


@dataclass(frozen=True, eq=False)
class _Compact:
    """Series with their known values moved together to the left, so that neighbours are the next known dates."""

    known: Floats
    order: NDArray[np.intp]

    @classmethod
    def of(cls, values: Floats) -> _Compact:
        order = np.argsort(np.isnan(values), axis=1, kind="stable")
        return cls(np.take_along_axis(values, order, axis=1), order)

    def moved(self, by: int) -> Floats:
        """For each value the one so many known dates later (earlier: negative), NaN beyond the ends."""
        moved = np.full_like(self.known, np.nan)
        width = self.known.shape[1]
        if abs(by) < width:
            into, out = slice(max(0, -by), width - max(0, by)), slice(max(0, by), width - max(0, -by))
            moved[:, into] = self.known[:, out]
        return moved

    def put(self, values: Floats) -> Floats:
        """Put values back to their dates."""
        placed = np.empty_like(values)
        np.put_along_axis(placed, self.order, values, axis=1)
        return placed


def common_steps(panel: Panel, logs: Floats) -> Floats:
    """Median change of the areas from date to date, for each cell; of the level of most series, at least a few areas.

    NaN at the first date and where too few areas have both dates.
    """
    changes = np.diff(logs, axis=1, prepend=np.nan)
    of_level = panel.level == panel.level_of_most
    steps = np.full((panel.cell.max() + 1, logs.shape[1]), np.nan)
    for cell in range(len(steps)):
        steps[cell] = _median(changes[of_level & (panel.cell == cell)])
    # Cells that too few areas have take the step of the whole measure.
    return np.where(np.isnan(steps), _median(changes[of_level]), steps)


def _median(values: Floats) -> Floats:
    """Median of each column; NaN where fewer than :data:`FEWEST_AREAS` values are known."""
    known = (~np.isnan(values)).sum(axis=0) >= FEWEST_AREAS
    medians = np.full(values.shape[1], np.nan)
    if known.any():
        medians[known] = np.nanmedian(values[:, known], axis=0)
    return medians


def _spread(changes: Floats) -> Floats:
    """Robust standard deviation of each column around zero; 0 where too few are known."""
    return np.nan_to_num(NORMAL * _median(np.abs(changes)))


def _scale(panel: Panel, own: _Compact, expected: Floats) -> Floats:
    """Usual variation of the logarithm of each count against its neighbours (see the module)."""
    changes = own.known - own.moved(-1)
    by_date = own.put(changes)
    size = np.maximum(expected, 1.0)
    chance = OVERDISPERSION * 2 / size
    excess = np.sqrt(np.maximum(by_date**2 - chance * HALF, 0))
    measure = np.nan_to_num(NORMAL * _middle(excess[panel.level == panel.level_of_most].ravel()))
    at_step = np.zeros_like(by_date)
    for cell in range(panel.cell.max() + 1):
        chosen = panel.cell == cell
        spread = _spread(excess[chosen & (panel.level == panel.level_of_most)])
        # A count has a step before it and one after it; the larger one is what its neighbours differ by.
        at_step[chosen] = np.maximum(spread, np.append(spread[1:], 0.0))
    return np.sqrt(chance + np.maximum(np.maximum(at_step, measure), _restlessness(changes)) ** 2)


def _middle(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) >= FEWEST_AREAS else 0.0


def _restlessness(changes: Floats) -> Floats:
    """Robust standard deviation of each series' own changes, shape ``(series, 1)``; 0 for short ones."""
    long_enough = (~np.isnan(changes)).sum(axis=1) >= FEWEST_STEPS
    result = np.zeros((len(changes), 1))
    if long_enough.any():
        result[long_enough, 0] = NORMAL * np.nanmedian(np.abs(changes[long_enough]), axis=1)
    return result


def stand_out(panel: Panel, sizes: Floats) -> tuple[Floats, Floats]:
    """Compare each count with those of the other areas at the same date, given the size of its area.

    Parameters
    ----------
    panel
        Of one measure.
    sizes
        Logarithm of the size of each series' area at each date (see :func:`area_sizes`), shape ``(series, periods)``.

    Returns
    -------
    tuple
        Expected count and strength (in robust standard deviations of the areas), NaN where too few areas are known.
    """
    relative = np.log(panel.value + HALF) - sizes
    expected, strength = (np.full_like(relative, np.nan) for _ in range(2))
    for cell in range(panel.cell.max() + 1):
        chosen = panel.cell == cell
        centre = _median(relative[chosen & (panel.level == panel.level_of_most)])
        away = relative[chosen] - centre
        spread = NORMAL * _median(np.abs(away))
        expected[chosen] = np.exp(centre + sizes[chosen])
        chance = OVERDISPERSION / np.maximum(expected[chosen], 1.0)
        strength[chosen] = away / np.sqrt(spread**2 + chance)
    return expected, strength


def area_sizes(panels: list[Panel], ends: NDArray[np.datetime64]) -> pd.Series:
    """Size of each area at some dates, as the median over all cells of the ratio to the median area (its logarithm).

    The median of ratios is the size factor of Anders and Huber (2010, Genome Biology 11:R106): one slipped cell of several
    does not move it, and it needs no total. Areas with fewer than three cells have none. Index: area and end.
    """
    parts = []
    for panel in panels:
        columns = np.flatnonzero(np.isin(panel.ends, ends))
        logs = np.log(np.where(panel.value > 0, panel.value, np.nan)[:, columns])
        for cell in range(panel.cell.max() + 1):
            chosen = panel.cell == cell
            ratios = logs[chosen] - _median(logs[chosen & (panel.level == panel.level_of_most)])
            index = pd.MultiIndex.from_product([panel.area[chosen], panel.ends[columns]])
            parts.append(pd.Series(ratios.ravel(), index=index))
    grouped = pd.concat(parts).dropna().groupby(level=[0, 1])
    sizes: pd.Series = grouped.median()[grouped.size() >= FEWEST_CELLS]
    return sizes
