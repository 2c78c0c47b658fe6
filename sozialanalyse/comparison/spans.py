"""The first and the last comparable period of an indicator: the same two for all areas, with no break between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sozialanalyse.amounts import PERIOD, SUPPRESSED
from sozialanalyse.indicators import in_last_period

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

MOST_DAYS_APART = 3
"""Spans of a year differ by leap days, not by more."""

DELIVERED_SHARE = 0.9
"""The first period is the earliest for which so large a share of today's areas was delivered: else a few early ones would
set a date at which the others cannot be compared."""


class Span(NamedTuple):
    """Rows of both periods, by area; areas without comparable values at both have NaN there."""

    first: pd.DataFrame
    last: pd.DataFrame


def first_and_last(rows: pd.DataFrame, areas: Sequence[str], since: pd.Timestamp | None = None) -> Span | None:
    """Find the first and the last comparable period of one indicator.

    Parameters
    ----------
    rows
        Rows of one indicator, all levels and periods.
    areas
        The areas whose deliveries decide which periods are taken.
    since
        The first period ends on this day or later.

    Returns
    -------
    Span or None
        None where there is only one comparable period. Values that are estimates, converted from the areas of before a
        reform, are left out: how the parts moved before they were counted apart is not known.
    """
    inside = rows[rows["area"].isin(areas)]
    last = in_last_period(rows, inside[inside["value"].notna()])
    if last.empty:
        return None
    end, days = last["period_end"].iloc[0], _days(last).iloc[0]
    comparable = rows[(rows["period_end"] < end) & ((_days(rows) - days).abs() <= MOST_DAYS_APART)]
    comparable = comparable.merge(last[["area", "segment"]], on=["area", "segment"])
    if since is not None:
        comparable = comparable[comparable["period_end"] >= since]
    if "interpolated" in comparable:
        comparable = comparable[~comparable["interpolated"].astype(bool)]
    delivered = comparable[comparable["area"].isin(areas)]
    delivered = delivered[delivered["value"].notna() | (delivered["status"] == SUPPRESSED)]
    number = delivered.groupby(PERIOD[1:], observed=True)["area"].nunique()
    enough = number[number >= DELIVERED_SHARE * last["area"].isin(areas).sum()]
    if enough.empty:
        return None
    start = min(enough.index, key=lambda period: (period[1], period[0]))
    at_start = (comparable["period_start"] == start[0]) & (comparable["period_end"] == start[1])
    return Span(comparable[at_start].set_index("area"), last.set_index("area"))


def _days(rows: pd.DataFrame) -> pd.Series:
    return (rows["period_end"] - rows["period_start"]).dt.days
