"""The checks ``jumps``, ``slips`` and ``breaks``: numbers that do not go with their series, and what likely happened.

Three things that look alike are told apart: one date is odd and the next is as before (a slip, mostly), the number changes
and stays (a boundary, a new quarter, a shelter), or all areas change at once (a definition).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sozialanalyse.errors import Fault
from sozialanalyse.periods import DAYS_PER_YEAR
from sozialanalyse.quality.expected import NORMAL, area_sizes, stand_out
from sozialanalyse.quality.irregularity import Irregularity, Severity, of_count, row_of
from sozialanalyse.quality.slips import AMONG_AREAS, LASTING, SINGLE, Odd, explain
from sozialanalyse.quality.thresholds import (
    CERTAIN_FACTOR,
    CERTAIN_STRENGTH,
    COMMON_FACTOR,
    COMMON_SLIP,
    COMMON_STRENGTH,
    CROSS_STRENGTH,
    FEWEST_COMMON_STEPS,
    FEWEST_DATES,
    LARGE_FACTOR_STRENGTH,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.loading.expectations import Expectations
    from sozialanalyse.quality.expected import Expected
    from sozialanalyse.quality.panels import Floats, Panel

MESSAGES = {
    SINGLE: "{what} is {found:.0f} on {date}; by the other dates and the other areas about {expected:.0f} were expected",
    LASTING: "{what} changes to {found:.0f} on {date} and stays; about {expected:.0f} were expected, other areas do not change so",
    AMONG_AREAS: "{what} is {found:.0f} on {date}; by the size of the area and the other areas about {expected:.0f} were expected",
}
OTHERS = " (and {others} other numbers of this measure, area and date)"

COMMON = "{what} changes in all areas by {change:+.0%} at once on {date}; usual are {usual:+.0%}"
THERE_AND_BACK = "{what} is {change:+.0%} away on {date} in all areas from the dates before and after"
COLUMN = "has its column been exchanged with another, or the unit been changed at this date? ask the deliverer"
DECLARE = "if the definition changed, declare a break with its date in town.yml; else ask the deliverer"


class _Look(NamedTuple):
    """What is known of the series of one measure."""

    panel: Panel
    expected: Floats
    strength: Floats
    kind: np.ndarray


def odd_counts(panels: list[Panel], expected: list[Expected], expectations: Expectations) -> list[Odd]:
    """Find the counts that do not go with their series, or for one or two dates not with the other areas."""
    short = [panel.ends for panel in panels if len(panel.ends) < FEWEST_DATES]
    sizes = area_sizes(panels, np.unique(np.concatenate(short))) if short else pd.Series(dtype=float)
    found: list[Odd] = []
    for panel, of_panel in zip(panels, expected, strict=True):
        is_short = len(panel.ends) < FEWEST_DATES
        look = _among_areas(panel, sizes, expectations) if is_short else _in_time(panel, of_panel)
        found.extend(_odd(look, expectations))
    return found


def _in_time(panel: Panel, expected: Expected) -> _Look:
    """Look at each series over its dates."""
    single, lasting = np.nan_to_num(expected.strength), np.nan_to_num(expected.shift)
    is_lasting = np.abs(lasting) > np.abs(single)
    before = _before(panel.value)
    return _Look(
        panel,
        np.where(is_lasting, before, expected.value),
        np.where(is_lasting, lasting, single),
        np.where(is_lasting, LASTING, SINGLE).astype(object),
    )


def _before(values: Floats) -> Floats:
    """Return the last known value before each date."""
    filled = pd.DataFrame(values).ffill(axis=1).shift(1, axis=1)
    return filled.to_numpy()


def _among_areas(panel: Panel, sizes: pd.Series, expectations: Expectations) -> _Look:
    """Look at each count among the other areas of its date; the threshold is another, so the strength is scaled to it."""
    wanted = pd.MultiIndex.from_product([panel.area, panel.ends])
    size = sizes.reindex(wanted).to_numpy(dtype=np.float64) if len(sizes) else np.full(len(wanted), np.nan)
    expected, strength = stand_out(panel, size.reshape(panel.value.shape))
    scaled = np.nan_to_num(strength) * expectations.jump_strength / CROSS_STRENGTH
    return _Look(panel, expected, scaled, np.full(panel.value.shape, AMONG_AREAS, dtype=object))


def _odd(look: _Look, expectations: Expectations) -> Iterator[Odd]:
    """List what lies far enough out, by its strength and by its factor."""
    panel = look.panel
    ratio = np.abs(np.log((panel.value + 1) / (look.expected + 1)))
    strength = np.abs(look.strength) / expectations.jump_strength
    out = (strength >= 1) & (ratio >= np.log(expectations.jump_factor))
    out |= (strength >= LARGE_FACTOR_STRENGTH) & (ratio >= np.log(CERTAIN_FACTOR))
    for series, period in zip(*np.nonzero(out), strict=True):
        yield Odd(
            row=int(panel.row[series, period]),
            measure=panel.measure,
            area=str(panel.area[series]),
            cell=int(panel.cell[series]),
            period=int(period),
            value=float(panel.value[series, period]),
            expected=float(look.expected[series, period]),
            strength=float(look.strength[series, period]),
            kind=str(look.kind[series, period]),
        )


def said_of(
    odd: list[Odd], counts: pd.DataFrame, areas: AreaTree, known: set[int], borne_out: NDArray[np.bool_]
) -> Iterator[Irregularity]:
    """Say what is odd, once for each measure, area and date, and not again of areas that hold an odd one.

    Parameters
    ----------
    odd
        From :func:`odd_counts`.
    counts
        Frame of counts.
    areas
        The area tree.
    known
        Rows of which another check has said what is wrong; the areas above them are explained, too.
    borne_out
        Of each row, whether the total of the larger area bears it out: it then jumped, but hardly slipped.
    """
    above = _above(odd, areas)
    odd = [one for one in odd if one.row not in known and (one.measure, one.cell, one.period, one.area) not in above]
    reasons = explain([one for one in odd if not borne_out[one.row]])
    groups: dict[tuple[str, str, int], list[Odd]] = {}
    for one in sorted(odd, key=lambda one: (one.row not in reasons, -abs(one.strength))):
        groups.setdefault((one.measure, one.area, one.period), []).append(one)
    for first, *others in groups.values():
        yield _said(first, len(others), reasons.get(first.row), counts)


def _above(odd: Iterable[Odd], areas: AreaTree) -> set[tuple[object, ...]]:
    """List the numbers of larger areas that an odd one goes into."""
    parent = dict(zip(areas.frame["area"], areas.frame["parent"], strict=True))
    found: set[tuple[object, ...]] = set()
    for one in odd:
        area = parent[one.area]
        while area:
            found.add((one.measure, one.cell, one.period, area))
            area = parent[area]
    return found


def _said(one: Odd, others: int, reason: Any, counts: pd.DataFrame) -> Irregularity:
    row = row_of(counts, one.row)
    values = {"found": one.value, "expected": one.expected, "others": others}
    message = MESSAGES[one.kind] + (OTHERS if others else "")
    if reason is None:
        return of_count(row, message, values, severity="warning", check="jumps")
    ratio = (max(one.value, one.expected) + 1) / (min(one.value, one.expected) + 1)
    is_certain = abs(one.strength) >= CERTAIN_STRENGTH and ratio >= CERTAIN_FACTOR and one.kind == SINGLE
    severity: Severity = "error" if is_certain else "warning"
    said = of_count(row, message, values, severity=severity, check="slips")
    return dataclasses.replace(said, repair=reason.repair, proposed=reason.proposed)


def common_jumps(
    panel: Panel, steps: Floats, declared: list[np.datetime64], counts: pd.DataFrame
) -> Iterator[Irregularity]:
    """Name the dates at which all areas change at once, where no break is declared between this date and the one before.

    Changes are those of a year, so that a longer way between two dates makes no break. Of small counts the median area
    moves in leaps, so the sum of all areas must have changed as well. The strongest cell speaks for its measure.
    """
    years = np.append(np.nan, np.diff(panel.ends).astype("timedelta64[D]").astype(float) / DAYS_PER_YEAR)
    rates = _lesser(steps, _steps_of_sums(panel)) / np.maximum(years, 1.0)
    known = (~np.isnan(rates)).sum(axis=1) >= FEWEST_COMMON_STEPS
    if not known.any():
        return
    usual = np.nanmedian(rates[known], axis=1, keepdims=True)
    spread = NORMAL * np.nanmedian(np.abs(rates[known] - usual), axis=1, keepdims=True)
    away = np.abs(np.nan_to_num(rates[known] - usual)) / np.maximum(COMMON_STRENGTH * spread, np.log(COMMON_FACTOR))
    for period in np.flatnonzero((away > 1).any(axis=0)):
        if any(panel.ends[period - 1] < date <= panel.ends[period] for date in declared):
            continue
        strongest = int(np.argmax(away[:, period]))
        cell = int(np.flatnonzero(known)[strongest])
        values = {"change": np.expm1(steps[cell, period]), "usual": np.expm1(usual[strongest, 0])}
        rows = panel.row[panel.cell == cell, period]
        yield _of_all_areas(row_of(counts, int(rows[rows >= 0].min())), values, COMMON, DECLARE)


def common_slips(panel: Panel, steps: Floats, counts: pd.DataFrame) -> Iterator[Irregularity]:
    """Name the dates at which all areas are far from the dates before and after, which agree; a break does not go back."""
    changes = np.nan_to_num(_lesser(steps, _steps_of_sums(panel)))
    there, back = changes[:, :-1], changes[:, 1:]
    least = np.minimum(np.abs(there), np.abs(back))
    is_odd = (there * back < 0) & (least >= np.log(COMMON_SLIP)) & (np.abs(there + back) <= least / 2)
    for period in np.flatnonzero(is_odd.any(axis=0)):
        cell = int(np.argmax(np.where(is_odd, least, 0)[:, period]))
        rows = panel.row[panel.cell == cell, period]
        values = {"change": np.expm1(there[cell, period])}
        yield _of_all_areas(row_of(counts, int(rows[rows >= 0].min())), values, THERE_AND_BACK, COLUMN)


def _steps_of_sums(panel: Panel) -> Floats:
    """Change of the logarithm of the sum of the areas that have both dates, shape ``(cells, periods)``."""
    steps = np.full((panel.cell.max() + 1, len(panel.ends)), np.nan)
    both = ~np.isnan(panel.value[:, 1:]) & ~np.isnan(panel.value[:, :-1])
    now, earlier = (np.where(both, panel.value[:, part], 0.0) for part in (slice(1, None), slice(None, -1)))
    for cell in range(len(steps)):
        chosen = (panel.cell == cell) & (panel.level == panel.level_of_most)
        steps[cell, 1:] = np.log((now[chosen].sum(axis=0) + 1) / (earlier[chosen].sum(axis=0) + 1))
    return steps


def _lesser(one: Floats, other: Floats) -> Floats:
    """Take of two changes the one closer to none; none where they go in opposite directions."""
    return np.where(np.sign(one) == np.sign(other), np.sign(one) * np.minimum(np.abs(one), np.abs(other)), 0.0 * one)


def _of_all_areas(row: dict[str, Any], values: dict[str, float], message: str, repair: str) -> Irregularity:
    said = of_count(row, message, values, severity="warning", check="breaks")
    place = dataclasses.replace(said.fault.place, area=None)
    fault = dataclasses.replace(said.fault, place=place)
    return dataclasses.replace(said, fault=fault, repair=Fault(repair), area=None, found=None)
