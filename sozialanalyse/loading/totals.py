"""Delivered totals against the sum of their parts: what is assigned to no area, age or sex is said, not swallowed.

Totals are never replaced: they are right for the level that they state. Hidden and rounded counts are compared by their
bounds, so that a gap is only what no numbers within them explain.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialanalyse.amounts import MISSING, PERIOD, SEXES, VALUES, Cell, Delivery, add_up
from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.periods import parse_ages

if TYPE_CHECKING:
    import numpy as np

    from sozialanalyse.areas import AreaTree

CELL = ["measure", *PERIOD, "sex", "age_from", "age_to"]
GAPS = ["area", *CELL, "of", "total", "parts", "gap", "lower", "upper", "unassigned", "explained"]
_OWN = GAPS[:-2]
"""What a gap is in itself, without the counts of no area."""

AREAS, CELLS = "areas", "cells"
"""Of what a total should be the sum: the areas below, or the ages and sexes of the same area."""

WHOLE: Cell = (SEXES[0], *parse_ages(""))

MESSAGES = {
    AREAS: "the total {total:.0f} of {measure} ({period_end:%Y-%m-%d}) is not the sum of its areas {parts:.0f} "
    "(difference {gap:.0f}); correct it, or declare totals: reported in town.yml",
    CELLS: "the total {total:.0f} of {measure} ({period_end:%Y-%m-%d}) is not the sum of its ages and sexes {parts:.0f} "
    "(difference {gap:.0f}); correct it, or declare totals: reported in town.yml",
}

MESSAGES_OF_HIDDEN = {
    AREAS: "the total of {measure} ({period_end:%Y-%m-%d}) differs from the sum of its areas by at least {least:.0f}, "
    "whatever the hidden counts are; correct it, or declare totals: reported in town.yml",
    CELLS: "the total of {measure} ({period_end:%Y-%m-%d}) differs from the sum of its ages and sexes by at least {least:.0f}, "
    "whatever the hidden counts are; correct it, or declare totals: reported in town.yml",
}
"""The same where the total or a part is suppressed, so that there is no single difference."""


def gaps_of_totals(counts: pd.DataFrame, areas: AreaTree, unassigned: pd.DataFrame | None = None) -> pd.DataFrame:
    """Compare delivered totals with the sum of their parts.

    Each total is compared with the areas below it, of whatever level they were delivered; that of all ages and sexes
    also with the other delivered cells of its area, where these make it up.

    Parameters
    ----------
    counts
        Frame of counts.
    areas
        The area tree.
    unassigned
        Delivered counts of no area (see :func:`sozialanalyse.loading.counts.set_apart`); they belong to the whole town.

    Returns
    -------
    pandas.DataFrame
        ``area`` (of the total), cell columns, ``of`` (:data:`AREAS` or :data:`CELLS`), ``total``, ``parts`` (their
        sum), ``gap`` (total minus parts; NaN where one of both is hidden) and its bounds ``lower, upper`` (NaN: none);
        ``unassigned``: how much was delivered for no area, NaN where nothing or hidden; ``explained``: whether that
        makes up the gap. A row for each total whose parts are all delivered and that differs by more than rounding and
        hiding explain.
    """
    found = [gaps for gaps in (_between_areas(counts, areas), _between_cells(counts, areas)) if len(gaps)]
    if not found:
        return pd.DataFrame(columns=GAPS)
    return _with_unassigned(pd.concat(found, ignore_index=True), unassigned, areas)


def _with_unassigned(gaps: pd.DataFrame, unassigned: pd.DataFrame | None, areas: AreaTree) -> pd.DataFrame:
    """Set beside each gap of the whole town what was delivered for no area."""
    if unassigned is None or unassigned.empty:
        return gaps.assign(unassigned=float("nan"), explained=False)[GAPS]
    of_town = add_up(unassigned, CELL).rename(columns={"value": "unassigned"})
    keys = dict.fromkeys(("measure", "period_kind", "sex"), object)
    both = gaps.astype(keys).merge(
        of_town.drop(columns="status").astype(keys).assign(area=areas.root, of=AREAS),
        how="left",
        on=["area", *CELL, "of"],
        suffixes=("", "_apart"),
    )
    most, least = both["upper_apart"].fillna(float("inf")), both["lower_apart"]
    fits = ~(both["lower"] > most) & ~(both["upper"] < least)
    return both.assign(explained=fits & least.notna())[GAPS]


def _between_cells(counts: pd.DataFrame, areas: AreaTree) -> pd.DataFrame:
    """Compare the totals of all ages and sexes with the other cells of the same area."""
    is_whole = (counts["sex"] == WHOLE[0]) & (counts["age_from"] == WHOLE[1]) & (counts["age_to"] == WHOLE[2])
    comparable = set(counts.loc[is_whole, "measure"]) & set(counts.loc[~is_whole, "measure"])
    gaps = []
    for measure, rows in counts[counts["measure"].isin(comparable)].groupby("measure", observed=True):
        both = Delivery(rows, areas).totals_and_parts(WHOLE)
        if len(both) and len(found := _differing(both)):
            sex, first, last = WHOLE
            gaps.append(found.assign(measure=measure, sex=sex, age_from=first, age_to=last, of=CELLS)[_OWN])
    return pd.concat(gaps).sort_values(["area", *CELL], ignore_index=True) if gaps else pd.DataFrame(columns=_OWN)


def _between_areas(counts: pd.DataFrame, areas: AreaTree) -> pd.DataFrame:
    """Compare each total with the sum of the areas below it."""
    delivered = counts.loc[counts["status"] != MISSING, ["area", *CELL, *VALUES]].astype({"area": object})
    if delivered.empty or len(areas.levels) == 1:
        return pd.DataFrame(columns=_OWN)  # there is nothing to compare
    level_of = delivered["area"].map(areas.frame.set_index("area")["level"])
    if not level_of.isin(areas.levels[1:]).any():
        return pd.DataFrame(columns=_OWN)  # no totals were delivered
    delivered["cell"] = delivered.groupby(CELL, observed=True, sort=False).ngroup()
    cells = delivered.drop_duplicates("cell").set_index("cell")[CELL]
    delivered = delivered.drop(columns=CELL)
    known = delivered[level_of == areas.levels[0]]
    gaps = []
    for level in areas.levels[1:]:
        totals = delivered[level_of == level]
        sums = _sums(known, level, areas, cells["period_end"])
        gaps.append(_differing(totals.merge(sums, on=["area", "cell"], suffixes=("_total", "_parts"))))
        best = pd.concat([totals, sums]).drop_duplicates(["area", "cell"])
        known = pd.concat([known, best], ignore_index=True)
    return pd.concat(gaps).join(cells, on="cell").assign(of=AREAS).sort_values(["area", *CELL], ignore_index=True)[_OWN]


def _sums(known: pd.DataFrame, level: str, areas: AreaTree, period_end: pd.Series) -> pd.DataFrame:
    """Add up the areas right below those of a level, where all that existed are known."""
    parent = areas.frame.set_index("area")["parent"]
    below = known.assign(area=known["area"].map(parent))
    below = below[below["area"].isin(areas.at(level)["area"])]
    sums = add_up(below, ["area", "cell"])
    number = below.groupby(["area", "cell"], sort=True).size().to_numpy()
    return sums[number == _expected(sums["area"], sums["cell"].map(period_end), areas)]


def _expected(area: pd.Series, period_end: pd.Series, areas: AreaTree) -> np.ndarray[Any, Any]:
    """Count the areas right below each area that existed at the end of the period."""
    grid = areas.frame.merge(period_end.drop_duplicates().to_frame("period_end"), how="cross")
    exists = (grid["valid_from"] <= grid["period_end"]) & (grid["period_end"] <= grid["valid_to"])
    number = grid[exists].groupby(["parent", "period_end"]).size()
    return number.reindex(pd.MultiIndex.from_arrays([area, period_end])).to_numpy()


def _differing(both: pd.DataFrame) -> pd.DataFrame:
    """Keep the totals that no numbers within the bounds of the parts add up to."""
    differs = (both["upper_parts"] < both["lower_total"]) | (both["lower_parts"] > both["upper_total"])
    found = both[differs].rename(columns={"value_total": "total", "value_parts": "parts"})
    return found.assign(
        gap=found["total"] - found["parts"],
        lower=found["lower_total"] - found["upper_parts"],
        upper=found["upper_total"] - found["lower_parts"],
    )


def refuse_gaps(gaps: pd.DataFrame, counts: pd.DataFrame) -> None:
    """Raise a :class:`DataError` for totals that differ, where the town declares ``totals: exact``.

    What was delivered for no area may make up a gap; then it is none.
    """
    gaps = gaps[~gaps["explained"].astype(bool)]
    if gaps.empty:
        return
    keys = dict.fromkeys(("area", "measure", "period_kind", "sex"), object)
    places = counts[["area", *CELL, "file", "row"]].astype(keys)
    records: list[dict[str, Any]] = gaps.astype(keys).merge(places, on=["area", *CELL]).to_dict("records")  # type: ignore[assignment]  # the columns are text
    raise DataError([_fault(row) for row in records])


def _fault(row: dict[str, Any]) -> Fault:
    place = Place(row["file"], row["row"], area=row["area"])
    if not math.isnan(row["gap"]):
        return Fault(MESSAGES[row["of"]], row, place)
    least = max(bound for bound in (row["lower"], -row["upper"]) if not math.isnan(bound))
    return Fault(MESSAGES_OF_HIDDEN[row["of"]], {**row, "least": least}, place)
