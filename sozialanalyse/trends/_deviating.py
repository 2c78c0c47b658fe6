"""Which areas a chart of developments shows beside the town."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.indicators import in_last_period

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

DEVIATING_AREAS = 6
"""So many areas are drawn beside the town; more lines cannot be told apart."""


def deviating(frame: pd.DataFrame, areas: Sequence[str], count: int = DEVIATING_AREAS) -> pd.DataFrame:
    """Choose the areas, among those named, that differ most clearly from the town at an indicator's last date.

    Clear means: measured by the width of the area's own interval, so that small areas are not chosen for their chance
    variation. Counts have no interval and no town's value to differ from; they are held against the mean of their level.
    Where the town's value is not known, no area is chosen. The order of the result is that of the area ids: it is no
    ranking.

    Parameters
    ----------
    frame
        Indicator frame.
    areas
        Ids of the areas to choose from, of one level.
    count
        How many areas for each indicator.

    Returns
    -------
    pandas.DataFrame
        The rows of the indicator frame (all periods) of the chosen areas.
    """
    rows = frame[frame["area"].isin(areas) & frame["value"].notna()]
    last = in_last_period(rows, rows)
    distance = last["value"] - last["town_value"].where(last["denominator"].notna(), last["level_mean"])
    towards = (last["value"] - last["lower"]).where(distance > 0, last["upper"] - last["value"])
    judged = last.assign(evidence=distance.abs() / towards.fillna(1.0).clip(lower=1e-12)).dropna(subset=["evidence"])
    chosen = judged.sort_values(["evidence", "area"], ascending=[False, True], kind="stable")
    chosen = chosen.groupby("indicator", sort=False).head(count)[["indicator", "area"]]
    return frame.merge(chosen, on=["indicator", "area"]).sort_values(["indicator", "area", "period_end"], kind="stable")
