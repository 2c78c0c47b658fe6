"""Which rows of an indicator frame stand beside each other: those of one period of each indicator, and their common state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import MISSING, NUMBER, SUPPRESSED
from sozialanalyse.comparison.counted import COUNTED, Counted
from sozialanalyse.indicators import in_last_period

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Indicator


def at_one_date(frame: pd.DataFrame, areas: Sequence[str], date: dt.date | str | pd.Timestamp | None) -> pd.DataFrame:
    """Keep of each indicator one period, so that no two different spans of time stand in one comparison.

    Parameters
    ----------
    frame
        Indicator frame.
    areas
        Those whose values decide which period that is; rows of other areas are kept as well.
    date
        End of the period; default: of each indicator the last one with values.
    """
    inside = frame[frame["area"].isin(areas)]
    wanted = inside["value"].notna() if date is None else inside["period_end"] == pd.Timestamp(date)
    return in_last_period(frame, inside[wanted])


def of_level(
    frame: pd.DataFrame, tree: AreaTree, level: str, date: dt.date | str | pd.Timestamp | None
) -> pd.DataFrame:
    """Keep the areas of a level, and of each indicator one period (see :func:`at_one_date`).

    Raises
    ------
    UsageError
        Unknown level.
    """
    members = tree.at(tree.require_level(level))["area"].tolist()
    return at_one_date(frame[frame["area"].isin(members)], members, date)


def joined(parts: Iterable[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """Put parts one below the other; an empty one has no types that the others should heed."""
    known = [part for part in parts if len(part)]
    return pd.concat(known, ignore_index=True) if known else pd.DataFrame(columns=list(columns))


def common_state(rows: pd.DataFrame) -> str:
    """Name what stands in the way of a measure that needs all areas: ``suppressed``, ``missing``, or ``number`` for nothing.

    Areas to which an indicator does not apply have nobody to count; they stand in nobody's way.
    """
    states = set(rows["status"])
    return next((state for state in (SUPPRESSED, MISSING) if state in states), NUMBER)


def values_alike(rows: pd.DataFrame, indicator: Indicator) -> NDArray[np.float64]:
    """Values whose chance variation does not depend on the size of the area, where that can be had (Assunção, Reis 1999)."""
    if indicator.kind not in COUNTED:
        return rows["value"].to_numpy(dtype=np.float64)
    counted = Counted.of(rows, indicator)
    return np.asarray(statistics.standardised_rates(counted.events, counted.total))
