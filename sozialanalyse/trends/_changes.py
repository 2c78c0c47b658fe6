"""How much more one area changed than another: arithmetic, and no effect of anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import SUPPRESSED
from sozialanalyse.errors import unknown
from sozialanalyse.evidence import HIDDEN, HIGHER, LOWER, NO_CLEAR_DIFFERENCE, UNTESTED
from sozialanalyse.trends._series import comparable

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIFFERENCE = "difference_of_changes"
"""Method of the verb of this name."""

SPAN = ["indicator", "period_kind", "period_start", "period_end", "segment"]


def difference_of_changes(frame: pd.DataFrame, area: str, other: str) -> pd.DataFrame:
    """Compare the change of an area with that of another, between the first and the last period that both have.

    Parameters
    ----------
    frame
        Indicator frame.
    area, other
        Ids of two areas.

    Returns
    -------
    pandas.DataFrame
        A row for each indicator with two common periods since the last break: ``indicator, area, other, level, first_end, last_end,
        change, other_change, difference, lower, upper`` (change minus other change, in the indicator's unit, with 95 %
        interval), ``finding`` (``higher`` or ``lower``: it changed upwards or downwards more than the other;
        ``no_clear_difference``; ``untested`` without intervals; ``hidden`` where one of the four values is confidential), ``method,
        reason, caveats``.

    Raises
    ------
    UsageError
        For an area that is not in the frame.

    Notes
    -----
    Never an effect of a measure: areas differ in more than what one has in mind. Dates and areas are taken as independent
    of each other; of stocks, and where one area contains the other, the interval is too wide rather than too narrow.

    References
    ----------
    See :func:`.statistics.difference_of_changes`.
    """
    rows = comparable(frame[frame["area"].isin([area, other])])
    for name in (area, other):
        if name not in set(frame["area"]):
            what = "area"
            raise unknown(what, name, sorted(frame["area"].unique()))
    own, others = (rows[rows["area"] == name] for name in (area, other))
    both = own.merge(others, on=SPAN, suffixes=("", "_other")).sort_values(["indicator", "period_end"], kind="stable")
    both = both[both.groupby("indicator", sort=False)["period_end"].transform("nunique") > 1]
    by_indicator = both.groupby("indicator", sort=False)
    first, last = by_indicator.head(1), by_indicator.tail(1)
    return _compared(first.reset_index(drop=True), last.reset_index(drop=True), area, other)


def _compared(first: pd.DataFrame, last: pd.DataFrame, area: str, other: str) -> pd.DataFrame:
    own, others = (tuple(_limited(end, suffix) for end in (first, last)) for suffix in ("", "_other"))
    difference, lower, upper = statistics.difference_of_changes(*own, *others)
    level, level_of_other = last["level"], last["level_other"]
    states = [end[name] for end in (first, last) for name in ("status", "status_other")]
    hidden = np.any([(state == SUPPRESSED).to_numpy() for state in states], axis=0)
    named = np.where(hidden, HIDDEN, DIFFERENCE)
    containing = np.where(level == level_of_other, "no_effect", "no_effect containing")
    return pd.DataFrame(
        {
            "indicator": last["indicator"],
            "area": area,
            "other": other,
            "level": level,
            "first_end": first["period_end"],
            "last_end": last["period_end"],
            "change": last["value"] - first["value"],
            "other_change": last["value_other"] - first["value_other"],
            "difference": difference,
            "lower": lower,
            "upper": upper,
            "finding": _findings(lower, upper, hidden),
            "method": named,
            "reason": named,
            "caveats": containing,
        }
    )


def _limited(end: pd.DataFrame, suffix: str) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    value, lower, upper = (end[f"{name}{suffix}"].to_numpy(dtype=np.float64) for name in ("value", "lower", "upper"))
    return value, lower, upper


def _findings(lower: NDArray[np.float64], upper: NDArray[np.float64], hidden: NDArray[np.bool_]) -> NDArray[np.str_]:
    conditions = [hidden, np.isnan(lower), lower > 0, upper < 0]
    return np.select(conditions, [HIDDEN, UNTESTED, HIGHER, LOWER], default=NO_CLEAR_DIFFERENCE)
