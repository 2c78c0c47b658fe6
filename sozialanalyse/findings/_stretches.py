"""Stretches of a series: between which of its values a line may be drawn."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_STEP = 1.5
"""A step between two dates so many times the shortest one is a gap, if a date was expected in between."""


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
    known = series["value"].notna()
    gaps = (~known).cumsum().to_numpy()
    skipped = np.searchsorted(pd.DatetimeIndex(list(absent)).to_numpy(), series["period_end"].to_numpy())
    keys = [series["segment"].to_numpy()[known], gaps[known], skipped[known]]
    return [part for _, part in series[known].groupby(keys, sort=False)]


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
