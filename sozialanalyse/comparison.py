"""Comparison: the areas of a level beside each other and beside the town, at one date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.indicators import add_level_positions, in_last_period

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sozialanalyse.areas import AreaTree

ABOVE, BELOW, AROUND, UNKNOWN = "above", "below", "around", "unknown"


@dataclass(frozen=True)
class Comparison:
    """Areas compared at one date each indicator.

    ``areas`` holds a row for each indicator and area, in the order of area ids, with ``relation`` to the town's value;
    ``summary`` a row for each indicator: the value of the area that encloses them (from sums), the unweighted mean of
    the areas, their range, and of how many areas.
    """

    areas: pd.DataFrame
    summary: pd.DataFrame


def compare(
    frame: pd.DataFrame, tree: AreaTree, *, level: str, within: str | None = None, date: dt.date | str | None = None
) -> Comparison:
    """Compare the areas of a level.

    Parameters
    ----------
    frame
        Indicator frame.
    tree
        The area tree.
    level
        The level of the areas that are compared.
    within
        Only areas inside this one; default: the whole town.
    date
        The end of the period; default: for each indicator the last one for which the level has values.

    Raises
    ------
    UsageError
        Unknown level or area.
    """
    within = tree.root if within is None else tree.require(within)
    members = tree.below(within, tree.require_level(level))
    at_date = _at_date(frame, members, None if date is None else pd.Timestamp(date))
    inside = add_level_positions(at_date[at_date["area"].isin(members)])
    inside = inside.assign(relation=_relation(inside)).sort_values(["indicator", "area"], kind="stable")
    return Comparison(inside.reset_index(drop=True), _summary(inside, at_date[at_date["area"] == within]))


def _at_date(frame: pd.DataFrame, members: Sequence[str], date: pd.Timestamp | None) -> pd.DataFrame:
    """Keep one period of each indicator, so that no two different spans of time stand in one comparison."""
    inside = frame[frame["area"].isin(members)]
    return in_last_period(frame, inside[inside["value"].notna() if date is None else inside["period_end"] == date])


def _relation(rows: pd.DataFrame) -> np.ndarray:
    """Where the interval of an area lies to the town's value; without an interval this stays unknown."""
    return np.select(
        [
            rows["lower"].isna() | rows["town_value"].isna(),
            rows["lower"] > rows["town_value"],
            rows["upper"] < rows["town_value"],
        ],
        [UNKNOWN, ABOVE, BELOW],
        default=AROUND,
    )


def _summary(inside: pd.DataFrame, pooled: pd.DataFrame) -> pd.DataFrame:
    by_indicator = inside.groupby("indicator", sort=False)
    summary = by_indicator.agg(
        period_end=("period_end", "first"),
        mean=("level_mean", "first"),
        minimum=("level_min", "first"),
        maximum=("level_max", "first"),
        areas=("value", "count"),
        areas_in_level=("area", "size"),
        above=("relation", lambda relation: int((relation == ABOVE).sum())),
        below=("relation", lambda relation: int((relation == BELOW).sum())),
        around=("relation", lambda relation: int((relation == AROUND).sum())),
        town_value=("town_value", "first"),
    ).reset_index()
    names = ["indicator", "value", "lower", "upper", "numerator", "denominator", "status", "interpolated", "do_not_use"]
    own = pooled[[name for name in names if name in pooled]]
    return summary.merge(own, on="indicator", how="left")
