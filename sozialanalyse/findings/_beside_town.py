"""An area beside its town: the town's value at the same date, and on which side of it the area discernibly lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialanalyse.evidence import ABOVE, AROUND, BELOW, UNKNOWN

if TYPE_CHECKING:
    from sozialanalyse.view import View


def row_of(view: View, indicator: str, day: pd.Timestamp, area: str) -> pd.Series | None:
    """Find the row of an area in the view's indicator frame; None where it has none at that day."""
    frame = view.frame
    found = frame[(frame["indicator"] == indicator) & (frame["area"] == area) & (frame["period_end"] == day)]
    return found.iloc[0] if len(found) else None


def town_value(view: View, indicator: str, day: pd.Timestamp) -> float:
    """Look up the value of the whole town; NaN where it has none, and on pages about the town itself."""
    root = view.town.areas.root
    row = None if view.area == root else row_of(view, indicator, day, root)
    return float("nan") if row is None else float(row["value"])


def side(own: Any, town: float) -> str:
    """Say where the interval of a row lies to the town's value, as :func:`sozialanalyse.comparison.compare` does."""
    if own is None or pd.isna(own["lower"]) or pd.isna(town):
        return UNKNOWN
    if own["lower"] > town:
        return ABOVE
    return BELOW if own["upper"] < town else AROUND
