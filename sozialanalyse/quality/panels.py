"""Counts laid out as series: for each measure a table of area and cell by date, so that checks are a few array operations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

CELL = ["sex", "age_from", "age_to"]

ABSENT = -1
"""Row number of a count that stands in no delivery."""


@dataclass(frozen=True, eq=False)
class Panel:
    """All series of one measure.

    Parameters
    ----------
    measure
        Its id.
    area, level
        Of each series, shape ``(series,)``.
    cell
        Number of sex and ages of each series, shape ``(series,)``.
    periods
        Frame of the periods, in order of time.
    row
        Number of the row in the frame of counts, :data:`ABSENT` where there is none, shape ``(series, periods)``.
    value
        Counts, NaN where not known, shape ``(series, periods)``.
    """

    measure: str
    area: NDArray[np.object_]
    level: NDArray[np.object_]
    cell: Integers
    periods: pd.DataFrame
    row: Integers
    value: Floats

    @cached_property
    def ends(self) -> NDArray[np.datetime64]:
        """Ends of the periods."""
        return self.periods["period_end"].to_numpy()

    @cached_property
    def level_of_most(self) -> str:
        """The level that most series are of: where the spread among areas is known best."""
        names, number = np.unique(self.level.astype(str), return_counts=True)
        return str(names[np.argmax(number)])


def lay_out(counts: pd.DataFrame, areas: AreaTree) -> list[Panel]:
    """Lay out the frame of counts, a panel a measure, in the order of their names."""
    level = areas.frame.set_index("area")["level"]
    numbered = counts.reset_index(drop=True)
    return [
        _panel(str(measure), rows, level) for measure, rows in numbered.groupby("measure", observed=True, sort=True)
    ]


def _panel(measure: str, rows: pd.DataFrame, level: pd.Series) -> Panel:
    cell = rows.groupby(CELL, observed=True, sort=True).ngroup().to_numpy()
    grouped = rows.groupby(["period_end", "period_start"], sort=True)
    period = grouped.ngroup().to_numpy()
    periods = grouped["period_kind"].first().reset_index()
    codes, area = pd.factorize(rows["area"], sort=True)
    key, series = np.unique(codes * (cell.max() + 1) + cell, return_inverse=True)
    row = np.full((len(key), len(periods)), ABSENT, dtype=np.int64)
    value = np.full(row.shape, np.nan)
    row[series, period] = rows.index.to_numpy()
    value[series, period] = rows["value"].to_numpy(dtype=np.float64)
    names = np.asarray(area, dtype=object)[key // (cell.max() + 1)]
    levels = level.reindex(names).to_numpy(dtype=object)
    return Panel(measure, names, levels, key % (cell.max() + 1), periods, row, value)
