"""Series and their stretches: what is drawn of an area, and between which of its values a line may run."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

LONGEST_STEP = 1.5
"""A step between two dates so many times the shortest one is a gap, if a date was expected in between."""


DRAWN = (
    "indicator",
    "area",
    "period_kind",
    "period_start",
    "period_end",
    "value",
    "lower",
    "upper",
    "status",
    "segment",
)
"""Columns of an indicator frame that a line, its ends and its words need."""

MARKED = "interpolated"
"""Column of the estimates, where a town was carried over to other boundaries."""


@dataclass(frozen=True)
class Courses:
    """Series of some areas in the order of time, by indicator and area, and at which expected dates an indicator has none."""

    series: dict[tuple[str, str], pd.DataFrame]
    absent: dict[str, list[pd.Timestamp]]
    nothing: pd.DataFrame

    @classmethod
    def of(cls, rows: pd.DataFrame, delivered: pd.DataFrame, expected: Collection[pd.Timestamp]) -> Courses:
        """Part rows into series.

        Parameters
        ----------
        rows
            Rows of an indicator frame: those of the series.
        delivered
            Indicator frame of all areas, which tells for which dates an indicator was delivered at all.
        expected
            Dates for which the town expects deliveries.
        """
        drawn = rows[[name for name in (*DRAWN, MARKED) if name in rows]].sort_values("period_end", kind="stable")
        known = delivered.loc[delivered["value"].notna(), ["indicator", "period_end"]].drop_duplicates()
        return cls(
            {(str(name), str(area)): part for (name, area), part in drawn.groupby(["indicator", "area"], sort=False)},
            {str(name): absent_dates(part, expected) for name, part in known.groupby("indicator")["period_end"]},
            drawn.head(0),
        )

    def of_area(self, indicator: str, area: str) -> pd.DataFrame:
        """Series of an indicator in an area, rows without a value included; without rows where there is none."""
        return self.series.get((indicator, area), self.nothing)

    def stretches(self, indicator: str, area: str) -> list[pd.DataFrame]:
        """Stretches of a series (see :func:`stretches`)."""
        return stretches(self.of_area(indicator, area), self.absent.get(indicator, []))


def stretches(series: pd.DataFrame, absent: Sequence[pd.Timestamp] = ()) -> list[pd.DataFrame]:
    """Split a series at declared breaks, at missing values and at dates that were expected but never delivered.

    Parameters
    ----------
    series
        Rows of one indicator and area in the order of time, those without a value included.
    absent
        Dates for which nothing was delivered (see :func:`absent_dates`).

    Returns
    -------
    list of pandas.DataFrame
        The rows with values between which a line may be drawn.
    """
    known = series["value"].notna().to_numpy()
    skipped = np.searchsorted(pd.DatetimeIndex(list(absent)).to_numpy(), series["period_end"].to_numpy())
    places = np.stack([series["segment"].to_numpy(), np.cumsum(~known), skipped])[:, known]
    ends = np.flatnonzero((places[:, 1:] != places[:, :-1]).any(axis=0)) + 1
    rows = series[known]
    bounds = [0, *ends.tolist(), len(rows)] if len(rows) else [0]
    return [rows.iloc[first:end] for first, end in itertools.pairwise(bounds)]


def absent_dates(delivered: Iterable[pd.Timestamp], expected: Iterable[pd.Timestamp]) -> list[pd.Timestamp]:
    """List the dates that a town expects and for which an indicator was not delivered at all.

    An indicator may have a rhythm of its own: what is counted every two years is not missing in between. So an
    expected date counts as absent only within a step that is longer than the indicator's usual one, and only where the
    indicator keeps to the expected dates at all.
    """
    dates, wanted = sorted(set(delivered)), sorted(set(expected))
    if len(dates) < 3 or not set(dates) <= set(wanted):
        return []
    steps = list(itertools.pairwise(dates))
    shortest = min(after - before for before, after in steps)
    long = [(before, after) for before, after in steps if after - before > LONGEST_STEP * shortest]
    return [date for date in wanted if any(before < date < after for before, after in long)]
