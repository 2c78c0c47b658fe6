"""Delivered totals against the sum of their areas: what is assigned to no area is said, not swallowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialanalyse.amounts import MISSING, PERIOD, VALUES, add_up
from sozialanalyse.errors import DataError, Fault, Place

if TYPE_CHECKING:
    from sozialanalyse.areas import AreaTree

CELL = ["measure", *PERIOD, "sex", "age_from", "age_to"]
GAPS = ["area", *CELL, "total", "parts", "gap"]


def gaps_of_totals(counts: pd.DataFrame, areas: AreaTree) -> pd.DataFrame:
    """Compare each delivered total with the sum of the areas below it, of whatever level they were delivered.

    Parameters
    ----------
    counts
        Frame of counts.
    areas
        The area tree.

    Returns
    -------
    pandas.DataFrame
        ``area`` (of the total), cell columns, ``total``, ``parts`` (sum of its areas), ``gap`` (total minus parts); a
        row for each total whose areas are all delivered and that differs by more than their rounding explains.
    """
    delivered = counts.loc[counts["status"] != MISSING, ["area", *CELL, *VALUES]].astype({"area": object})
    level_of = delivered["area"].map(areas.frame.set_index("area")["level"])
    known = delivered[level_of == areas.levels[0]]
    gaps = []
    for level in areas.levels[1:]:
        totals = delivered[level_of == level]
        sums = _sums(known, level, areas)
        both = totals.merge(sums, on=["area", *CELL], suffixes=("_total", "_parts"))
        gaps.append(_differing(both))
        best = pd.concat([totals, sums]).drop_duplicates(["area", *CELL])
        known = pd.concat([known, best], ignore_index=True)
    return pd.concat(gaps, ignore_index=True)[GAPS]


def _sums(known: pd.DataFrame, level: str, areas: AreaTree) -> pd.DataFrame:
    """Add up the areas right below those of a level, where all that existed are known."""
    parent = areas.frame.set_index("area")["parent"]
    below = known.assign(area=known["area"].map(parent))
    below = below[below["area"].isin(areas.at(level)["area"])]
    sums = add_up(below, ["area", *CELL])
    number = below.groupby(["area", *CELL], observed=True, sort=True).size().to_numpy()
    return sums[number == _expected(sums, areas)]


def _expected(sums: pd.DataFrame, areas: AreaTree) -> pd.Series:
    """Count the areas right below each total that existed at the end of the period."""
    ends = pd.DataFrame({"period_end": sums["period_end"].unique()})
    grid = areas.frame.merge(ends, how="cross")
    exists = (grid["valid_from"] <= grid["period_end"]) & (grid["period_end"] <= grid["valid_to"])
    number = grid[exists].groupby(["parent", "period_end"]).size()
    key = pd.MultiIndex.from_frame(sums[["area", "period_end"]])
    return pd.Series(number.reindex(key).to_numpy(), index=sums.index)


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
    message = (
        "the total {total:.0f} of {measure} ({period_end:%Y-%m-%d}) is not the sum of its areas {parts:.0f} "
        "(difference {gap:.0f}); correct it, or declare totals: reported in town.yml"
    )
    records: list[dict[str, Any]] = placed.to_dict("records")  # type: ignore[assignment]  # the columns are text
    raise DataError([Fault(message, row, Place(row["file"], row["row"], area=row["area"])) for row in records])
