"""The check ``duplicates``: the same numbers delivered twice, under another date or for another area."""

from __future__ import annotations

import dataclasses
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from sozialanalyse.errors import Fault
from sozialanalyse.quality.irregularity import Irregularity, of_count, row_of
from sozialanalyse.quality.thresholds import FEWEST_AREAS, TWIN_LEAST, TWIN_SHARE, TWIN_USUAL, TWIN_VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sozialanalyse.quality.panels import Floats, Panel

DATES = "{measure}: {equal} of {compared} numbers of {date} are those of {other}; was one date delivered twice?"
AREAS = (
    "{measure}: {equal} of {compared} numbers of area {area} are those of area {other}; was one area delivered twice?"
)
REPAIR = "ask the deliverer for the block that is missing"


def equal_dates(panel: Panel, counts: pd.DataFrame) -> Iterator[Irregularity]:
    """Name dates whose numbers are, nearly all, those of another date of a measure that otherwise changes."""
    shares: dict[tuple[int, int], tuple[int, int]] = {}
    for one, other in combinations(range(len(panel.ends)), 2):
        equal, compared = _equal(panel.value[:, one], panel.value[:, other])
        if compared >= max(TWIN_VALUES, FEWEST_AREAS):
            shares[one, other] = equal, compared
    if not shares:
        return
    ratio = {key: equal / compared for key, (equal, compared) in shares.items()}
    for (one, other), (equal, compared) in shares.items():
        rest = [
            value for (first, second), value in ratio.items() if other in {first, second} and one not in {first, second}
        ]
        rest += [
            value for (first, second), value in ratio.items() if one in {first, second} and other not in {first, second}
        ]
        if ratio[one, other] >= TWIN_SHARE and (not rest or float(np.median(rest)) <= TWIN_USUAL):
            values = {"equal": equal, "compared": compared, "other": str(panel.ends[one])[:10]}
            yield _said(DATES, values, panel, panel.row[:, other], counts)


def equal_areas(panel: Panel, counts: pd.DataFrame) -> Iterator[Irregularity]:
    """Name areas of one level whose numbers are, nearly all, those of another area: of all dates, or of one date."""
    if len(panel.ends) >= TWIN_VALUES or panel.cell.max() == 0:
        yield from _twins(panel, np.arange(len(panel.ends)), counts)
        return
    for period in range(len(panel.ends)):
        yield from _twins(panel, np.array([period]), counts)


def _twins(panel: Panel, periods: np.ndarray, counts: pd.DataFrame) -> Iterator[Irregularity]:
    for level in np.unique(panel.level.astype(str)):
        chosen = np.flatnonzero(panel.level == level)
        names, area = np.unique(panel.area[chosen].astype(str), return_inverse=True)
        width = len(periods)
        table = np.full((len(names), (panel.cell.max() + 1) * width), np.nan)
        places = panel.cell[chosen, np.newaxis] * width + np.arange(width)
        table[area[:, np.newaxis], places] = panel.value[np.ix_(chosen, periods)]
        for one, other in _candidates(table):
            equal, compared = _equal(table[one], table[other])
            if compared >= TWIN_VALUES and equal >= TWIN_SHARE * compared:
                rows = panel.row[np.ix_(chosen[area == other], periods)].ravel()
                yield _said(AREAS, {"equal": equal, "compared": compared, "other": names[one]}, panel, rows, counts)


def _candidates(table: Floats) -> list[tuple[int, int]]:
    """Pairs of rows that share their value in most of the columns in which values are rarest: few, and all true twins."""
    found: dict[tuple[int, int], int] = {}
    larger = np.where(table >= TWIN_LEAST, table, np.nan)
    for column in larger.T:
        order = np.argsort(column, kind="stable")
        known = order[: int((~np.isnan(column)).sum())]
        same = column[known[1:]] == column[known[:-1]]
        for one, other in zip(known[:-1][same].tolist(), known[1:][same].tolist(), strict=True):
            key = (min(one, other), max(one, other))
            found[key] = found.get(key, 0) + 1
    return [key for key, number in found.items() if number >= TWIN_VALUES // 2]


def _equal(one: Floats, other: Floats) -> tuple[int, int]:
    """How many of the larger values are equal, and how many were compared."""
    compared = (np.fmax(one, other) >= TWIN_LEAST) & ~np.isnan(one) & ~np.isnan(other)
    return int((one[compared] == other[compared]).sum()), int(compared.sum())


def _said(message: str, values: dict[str, Any], panel: Panel, rows: Any, counts: pd.DataFrame) -> Irregularity:
    """Name the block by its first row."""
    row = row_of(counts, min(row for row in rows.tolist() if row >= 0))
    values = {"measure": panel.measure, "area": row["area"], **values}
    said = of_count(row, message, values, severity="warning", check="duplicates")
    is_of_date = message == DATES
    place = dataclasses.replace(said.fault.place, area=None) if is_of_date else said.fault.place
    return dataclasses.replace(
        said,
        fault=dataclasses.replace(said.fault, place=place),
        repair=Fault(REPAIR),
        area=None if is_of_date else said.area,
        period_end=said.period_end if is_of_date or len(panel.ends) == 1 else None,
        sex="",
        age="",
        found=None,
    )
