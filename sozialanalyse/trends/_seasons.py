"""Series of quarters: whether each quarter rises or falls from year to year, whatever the season."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import SUPPRESSED
from sozialanalyse.evidence import FALLING, HIDDEN, NO_CLEAR_TREND, RISING, UNTESTED
from sozialanalyse.evidence import evidence as evidence_of
from sozialanalyse.trends._methods import FEW_DATES, NOT_DECLARED, OTHER_EVENTS, SAME_PEOPLE, SIGNIFICANCE
from sozialanalyse.trends._series import SERIES, comparable, converted

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from sozialanalyse.evidence import Evidence

    Floats = NDArray[np.float64]

SEASONAL = "seasonal_mann_kendall"
"""Method of :func:`seasonal`."""

QUARTERS: Final = 4

YEARS_FROM: Final = 5
"""Years from which quarters are tested. By simulation (4,000 series each; quarters of one year alike by up to 0.6, or one
quarter like the next by up to 0.4) at most 6 % false alarms from here to 10 years, 7 % at 15; with 3 or 4 years no series
can reach 5 %."""


def seasonal(frame: pd.DataFrame) -> pd.DataFrame:
    """Describe the development of each series of quarters since its last break, and test it where it can be tested.

    Each quarter is compared with the same quarter of other years, so that no season looks like a trend; quarters of one
    year may depend on each other.

    Parameters
    ----------
    frame
        Indicator frame. Series with at most one date a year are no quarters and left out (see :func:`.development`), and
        so are converted values.

    Returns
    -------
    pandas.DataFrame
        A row for each indicator and area with quarters: ``points, years`` (how many calendar years they span), ``first_end,
        last_end, slope`` (median slope within the quarters, in the indicator's unit a year), ``p_value, method, reason, finding,
        caveats``. Findings: ``rising, falling, no_clear_trend`` from a test; ``untested`` with fewer than :data:`YEARS_FROM` years,
        or for a stock of mostly the same people (``same_people``, ``not_declared``): its slope is a description; ``hidden`` where a
        value is confidential: its quarter would be one of larger values only.

    References
    ----------
    See :func:`.statistics.joint_mann_kendall` (Hirsch and Slack's test, with the covariances of the quarters).

    Examples
    --------
    >>> ends = pd.date_range("2015-03-31", periods=24, freq="QE").astype("datetime64[s]")
    >>> values = [season + year for year in range(6) for season in (5.0, 9.0, 12.0, 6.0)]
    >>> rows = {
    ...     "area": "a",
    ...     "level": "quarter",
    ...     "indicator": "share",
    ...     "status": "number",
    ...     "segment": 0,
    ...     "period_kind": "window",
    ... }
    >>> starts = ends - pd.offsets.QuarterBegin(startingMonth=1)
    >>> found = seasonal(pd.DataFrame({"period_start": starts, "period_end": ends, "value": values, **rows}))
    >>> found[["points", "years", "slope", "finding"]].to_numpy().tolist()
    [[24, 6, 1.0, 'rising']]
    """
    rows = comparable(frame[~converted(frame)])
    year, quarter = rows["period_end"].dt.year, rows["period_end"].dt.quarter
    rows = rows.assign(_year=year, _quarter=quarter)
    several = rows.groupby([*SERIES, "_year"], sort=False)["_quarter"].transform("nunique")
    of_quarters = several.groupby([rows[name] for name in SERIES], sort=False).transform("max") > 1
    alone = rows.groupby([*SERIES, "_year", "_quarter"], sort=False)["value"].transform("size") == 1
    of_quarters &= alone.groupby([rows[name] for name in SERIES], sort=False).transform("all")
    parts = [_of_indicator(part) for _, part in rows[of_quarters].groupby("indicator", sort=False)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*SERIES, *_COLUMNS])


_COLUMNS = [
    *("points", "years", "first_end", "last_end", "slope", "p_value", "method", "reason", "finding", "caveats"),
]


def evidence(row: Any) -> Evidence:
    """Make evidence of a row of :func:`seasonal`; its size is the slope a year."""
    columns = {"claim": "finding", "first": "first_end", "last": "last_end", "size": "slope"}
    return evidence_of(row, columns, reference="earlier")


def _of_indicator(rows: pd.DataFrame) -> pd.DataFrame:
    by_series = rows.groupby(SERIES, sort=False)
    values, years = _laid_out(rows)
    found = statistics.joint_mann_kendall(values, years, correlated=True)
    span = (by_series["_year"].max() - by_series["_year"].min() + 1).to_numpy()
    # The covariances rest on the years in which no quarter is absent.
    complete = np.count_nonzero(~np.isnan(values).any(axis=-2), axis=-1)
    hidden = (rows["status"] == SUPPRESSED).groupby([rows[name] for name in SERIES], sort=False).any().to_numpy()
    reason = _why_not(rows)
    tested = (complete >= YEARS_FROM) & ~hidden & (reason == "")
    p_value = np.where(tested, found.p_value, np.nan)
    verdict = statistics.trend_verdict(np.nan_to_num(found.score), p_value, level=SIGNIFICANCE)
    claims = [hidden, ~tested, verdict > 0, verdict < 0]
    result = pd.DataFrame(
        {
            "points": by_series["value"].count(),
            "years": span,
            "first_end": by_series["period_end"].first(),
            "last_end": by_series["period_end"].last(),
            "slope": np.where(hidden, np.nan, found.slope),
            "p_value": p_value,
            "method": np.where(hidden, HIDDEN, SEASONAL),
            "reason": np.where(hidden, HIDDEN, reason or np.where(tested, OTHER_EVENTS, FEW_DATES)),
            "finding": np.select(claims, [HIDDEN, UNTESTED, RISING, FALLING], default=NO_CLEAR_TREND),
            "caveats": np.where(by_series["broken"].any(), "broken", ""),
        }
    )
    return result.reset_index()


def _laid_out(rows: pd.DataFrame) -> tuple[Floats, Floats]:
    """Lay out the values as series, quarters and years, and the years."""
    series = rows.groupby(SERIES, sort=False).ngroup().to_numpy()
    times, point = np.unique(rows["_year"] + (rows["_quarter"] - 1) / QUARTERS, return_inverse=True)
    values = np.full((series.max() + 1, len(times)), np.nan)
    values[series, point] = rows["value"]
    return statistics.by_season(values, times, seasons=QUARTERS)


def _why_not(rows: pd.DataFrame) -> str:
    """Say why the law of the test does not hold: empty for flows, and for stocks that are declared to be others each year."""
    if str(rows["period_kind"].iloc[-1]) != "stock":
        return ""
    remaining = rows["persistence_greatest"].iloc[-1] if "persistence_greatest" in rows else np.nan
    if pd.isna(remaining):
        return NOT_DECLARED
    return SAME_PEOPLE if remaining > 0 else ""
