"""Delivered totals against the sum of their parts: what is assigned to no area, age or sex is said, not swallowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialanalyse.amounts import MISSING, PERIOD, SEXES, VALUES, Cell, Delivery, add_up
from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.periods import parse_ages

if TYPE_CHECKING:
    import numpy as np

    from sozialanalyse.areas import AreaTree

CELL = ["measure", *PERIOD, "sex", "age_from", "age_to"]
GAPS = ["area", *CELL, "of", "total", "parts", "gap"]

AREAS, CELLS = "areas", "cells"
"""Of what a total should be the sum: the areas below, or the ages and sexes of the same area."""

WHOLE: Cell = (SEXES[0], *parse_ages(""))

MESSAGES = {
    AREAS: "the total {total:.0f} of {measure} ({period_end:%Y-%m-%d}) is not the sum of its areas {parts:.0f} "
    "(difference {gap:.0f}); correct it, or declare totals: reported in town.yml",
    CELLS: "the total {total:.0f} of {measure} ({period_end:%Y-%m-%d}) is not the sum of its ages and sexes {parts:.0f} "
    "(difference {gap:.0f}); correct it, or declare totals: reported in town.yml",
}


def gaps_of_totals(counts: pd.DataFrame, areas: AreaTree) -> pd.DataFrame:
    """Compare delivered totals with the sum of their parts.

    Each total is compared with the areas below it, of whatever level they were delivered; that of all ages and sexes
    also with the other delivered cells of its area, where these make it up.

    Parameters
    ----------
    counts
        Frame of counts.
    areas
        The area tree.

    Returns
    -------
    pandas.DataFrame
        ``area`` (of the total), cell columns, ``of`` (:data:`AREAS` or :data:`CELLS`), ``total``, ``parts`` (their
        sum), ``gap`` (total minus parts); a row for each total whose parts are all delivered and that differs by more
        than their rounding explains.
    """
    found = [gaps for gaps in (_between_areas(counts, areas), _between_cells(counts, areas)) if len(gaps)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=GAPS)


def _between_cells(counts: pd.DataFrame, areas: AreaTree) -> pd.DataFrame:
    """Compare the totals of all ages and sexes with the other cells of the same area."""
    is_whole = (counts["sex"] == WHOLE[0]) & (counts["age_from"] == WHOLE[1]) & (counts["age_to"] == WHOLE[2])
    comparable = set(counts.loc[is_whole, "measure"]) & set(counts.loc[~is_whole, "measure"])
    gaps = []
    for measure, rows in counts[counts["measure"].isin(comparable)].groupby("measure", observed=True):
        both = Delivery(rows, areas).totals_and_parts(WHOLE)
        if len(both) and len(found := _differing(both)):
            sex, first, last = WHOLE
            gaps.append(found.assign(measure=measure, sex=sex, age_from=first, age_to=last, of=CELLS)[GAPS])
    return pd.concat(gaps).sort_values(["area", *CELL], ignore_index=True) if gaps else pd.DataFrame(columns=GAPS)


def _between_areas(counts: pd.DataFrame, areas: AreaTree) -> pd.DataFrame:
    """Compare each total with the sum of the areas below it."""
    delivered = counts.loc[counts["status"] != MISSING, ["area", *CELL, *VALUES]].astype({"area": object})
    if delivered.empty or len(areas.levels) == 1:
        return pd.DataFrame(columns=GAPS)  # there is nothing to compare
    delivered["cell"] = delivered.groupby(CELL, observed=True, sort=False).ngroup()
    cells = delivered.drop_duplicates("cell").set_index("cell")[CELL]
    delivered = delivered.drop(columns=CELL)
    level_of = delivered["area"].map(areas.frame.set_index("area")["level"])
    known = delivered[level_of == areas.levels[0]]
    gaps = []
    for level in areas.levels[1:]:
        totals = delivered[level_of == level]
        sums = _sums(known, level, areas, cells["period_end"])
        gaps.append(_differing(totals.merge(sums, on=["area", "cell"], suffixes=("_total", "_parts"))))
        best = pd.concat([totals, sums]).drop_duplicates(["area", "cell"])
        known = pd.concat([known, best], ignore_index=True)
    return pd.concat(gaps).join(cells, on="cell").assign(of=AREAS).sort_values(["area", *CELL], ignore_index=True)[GAPS]


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
    return found.assign(gap=found["total"] - found["parts"])


def refuse_gaps(gaps: pd.DataFrame, counts: pd.DataFrame) -> None:
    """Raise a :class:`DataError` for totals that differ, where the town declares ``totals: exact``."""
    if gaps.empty:
        return
    placed = gaps.merge(counts[["area", *CELL, "file", "row"]], on=["area", *CELL])
    records: list[dict[str, Any]] = placed.to_dict("records")  # type: ignore[assignment]  # the columns are text
    raise DataError(
        [Fault(MESSAGES[row["of"]], row, Place(row["file"], row["row"], area=row["area"])) for row in records]
    )
