"""Whether neighbouring areas resemble each other: Moran's I over the town, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import NUMBER
from sozialanalyse.comparison._chosen import common_state, of_level, values_alike
from sozialanalyse.comparison.neighbourhoods import neighbours_of

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue, Indicator
    from sozialanalyse.comparison.neighbourhoods import Neighbours

PERMUTATIONS: Final = 999
"""Random orders to which the pattern found is compared; the smallest p is then 0.002."""

QUADRANTS = {1.0: "high_among_high", 2.0: "low_among_high", 3.0: "low_among_low", 4.0: "high_among_low"}

SUMMARY = ("indicator", "period_end", "areas", "islands", "status", "moran", "expected", "p_value")
AREAS = ("indicator", "area", "local_moran", "p_value", "adjusted", "pattern", "island")


class Spatial(NamedTuple):
    """Result of `spatial`."""

    summary: pd.DataFrame
    """A row an indicator, :data:`SUMMARY`: Moran's I, what it would be without a pattern, p by permutations."""
    areas: pd.DataFrame
    """A row an indicator and area, :data:`AREAS`: local Moran's I; ``pattern`` one of :data:`QUADRANTS`, empty where none
    stands out at the stated share of false ones."""


def spatial(
    frame: pd.DataFrame,
    neighbours: pd.DataFrame,
    tree: AreaTree,
    level: str,
    *,
    catalogue: Catalogue,
    date: dt.date | str | None = None,
    false_share: float = statistics.FALSE_SHARE,
) -> Spatial:
    """Test for each indicator at its last date whether neighbouring areas are alike, and where.

    Areas without neighbours (islands) are no part of the pattern and counted apart. Proportions and rates are first freed
    of the variation that comes with size (Assunção, Reis 1999).

    Parameters
    ----------
    frame
        Indicator frame.
    neighbours
        Polygons, whose neighbours share a border or a corner, or a table ``area, neighbour`` (see :func:`.neighbours_of`).
    tree, level, catalogue
        Of the areas.
    date
        End of the period; default: of each indicator the last one with values.
    false_share
        Expected share of false ones among the local patterns of an indicator (Benjamini and Hochberg: local statistics of
        neighbours depend on each other positively).

    Returns
    -------
    Spatial
        Indicators with a hidden area have the status ``suppressed`` and no result; those with a missing one ``missing``.

    Raises
    ------
    UsageError
        Unknown level; no polygons of its areas, or a table that names others.

    Notes
    -----
    A pattern says that areas are alike, not why, and nothing about those who live there.
    """
    last = of_level(frame, tree, level, date)
    around = neighbours_of(neighbours, tree, level)
    last = last.sort_values(["indicator", "area"], kind="stable")
    summaries, areas = [], []
    for name, rows in last.groupby("indicator", sort=False):
        summary, local = _of_indicator(rows, around, catalogue.indicator(str(name)), false_share)
        summaries.append(summary)
        areas.append(local)
    local_rows = pd.concat(areas, ignore_index=True) if areas else pd.DataFrame(columns=list(AREAS))
    return Spatial(pd.DataFrame(summaries, columns=list(SUMMARY)), local_rows)


def _of_indicator(
    rows: pd.DataFrame, around: Neighbours, indicator: Indicator, false_share: float
) -> tuple[dict[str, object], pd.DataFrame]:
    status = common_state(rows)
    drawn = rows[rows["value"].notna() & rows["area"].isin(around.areas)]
    summary: dict[str, object] = dict.fromkeys(SUMMARY, np.nan)
    summary |= {
        "indicator": indicator.id,
        "period_end": rows["period_end"].iloc[0],
        "areas": len(drawn),
        "status": status,
    }
    if status != NUMBER or drawn.empty:
        return summary | {"islands": 0}, pd.DataFrame(columns=list(AREAS))
    weights = around.weights(drawn["area"].tolist())
    island = np.diff(weights.indptr) == 0
    values = values_alike(drawn, indicator)
    found = statistics.morans_i(values, weights, permutations=PERMUTATIONS)
    summary |= {
        "islands": int(island.sum()),
        "moran": float(found.statistic),
        "expected": float(found.expected),
        "p_value": float(found.p_permuted),
    }
    return summary, _local(drawn["area"].to_numpy(), values, weights, island, false_share).assign(
        indicator=indicator.id
    )


def _local(
    areas: NDArray[Any], values: NDArray[np.float64], weights: Any, island: NDArray[np.bool_], false_share: float
) -> pd.DataFrame:
    local = statistics.local_morans_i(values, weights)
    judged = statistics.discoveries(np.where(island, np.nan, local.p_value), false_share=false_share)
    pattern = [
        QUADRANTS.get(quadrant, "") if told else ""
        for quadrant, told in zip(local.quadrant, judged.reported, strict=True)
    ]
    columns = {
        "area": areas,
        "local_moran": np.where(island, np.nan, local.statistic),
        "p_value": np.where(island, np.nan, local.p_value),
        "adjusted": judged.adjusted,
        "pattern": pattern,
        "island": island,
    }
    return pd.DataFrame(columns, columns=list(AREAS))
