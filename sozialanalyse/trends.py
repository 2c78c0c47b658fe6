"""Trends: how an indicator developed, and whether the numbers bear such a statement.

A series is tested on its real dates, from the last declared break on, and among periods of one length. With five or
more points Mann-Kendall's test says whether it rises or falls steadily, and Theil-Sen's slope how fast; with two to four
points the first and the last date are compared and called that; one point says nothing about time. Where a value is
confidential nothing is tested or compared: hidden counts are the small ones, and no test may take them for missing at
random.

Values that were converted to other areas take no part in the test and its slope. How the halves of a divided area moved
before they were counted apart is not known: what shares of a later date give them is the movement of the whole, in both
halves the same. A comparison of the first value with the last may use them: their interval holds the error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import SUPPRESSED
from sozialanalyse.indicators import in_last_period
from sozialanalyse.periods import DAYS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNIFICANCE = 0.05
"""Two-sided probability of error below which a trend is called one."""

DEVIATING_AREAS = 6
"""So many areas are drawn beside the town; more lines cannot be told apart."""

SERIES = ["indicator", "area", "level"]

MANN_KENDALL, TWO_DATES, ONE_DATE = "mann_kendall", "two_dates", "one_date"
RISING, FALLING, NO_CLEAR_TREND = "rising", "falling", "no_clear_trend"
HIGHER, LOWER, NO_CLEAR_DIFFERENCE, UNTESTED = "higher", "lower", "no_clear_difference", "untested"
HIDDEN = "hidden"
"""Method and finding of a series that has confidential values since its last break."""


def converted(frame: pd.DataFrame) -> pd.Series:
    """Tell which rows of an indicator frame hold estimates, converted from the areas of before a reform."""
    if "interpolated" in frame:
        return frame["interpolated"].astype(bool)
    return pd.Series(data=False, index=frame.index)


def development(frame: pd.DataFrame) -> pd.DataFrame:
    """Describe the development of each indicator in each area, since its last break.

    Parameters
    ----------
    frame
        Indicator frame.

    Returns
    -------
    pandas.DataFrame
        A row for each indicator and area with at least one value, be it a confidential one: ``points`` (number of
        known values; where a test was made, of those tested), ``first_end, last_end, first_value, last_value`` (NaN
        where confidential), ``change, change_lower, change_upper`` (last minus first, in the indicator's unit, with
        95 % interval), ``slope, slope_lower, slope_upper`` (unit per year), ``p_value, method, finding, broken`` (an
        earlier stretch was left out), ``converted`` (the first value is an estimate, see :func:`converted`). Findings: ``rising, falling, no_clear_trend`` from the test; ``higher, lower, no_clear_difference,
        untested`` from two dates; ``one_date``; ``hidden``, with neither change nor slope nor p value.

    Notes
    -----
    Counts of people at yearly dates are mostly of the same people, so values of neighbouring years are not
    independent and the test rejects too often; pages say so.
    """
    counted = _of_one_length(frame[frame["value"].notna() | (frame["status"] == SUPPRESSED)])
    segments = counted.groupby(SERIES, sort=False)["segment"]
    broken = segments.min() < segments.max()
    rows = counted[counted["segment"] == segments.transform("max")]
    by_series = rows.groupby(SERIES, sort=False)
    first, last = by_series.first(skipna=False), by_series.last(skipna=False)
    result = pd.DataFrame(
        {
            "points": by_series["value"].count(),
            "first_end": first["period_end"],
            "last_end": last["period_end"],
            "first_value": first["value"],
            "last_value": last["value"],
            "broken": broken,
            "converted": converted(first),
            "hidden": by_series["value"].count() < by_series.size(),
        }
    )
    changes = statistics.difference_interval(_with_limits(first), _with_limits(last))
    result["change"], result["change_lower"], result["change_upper"] = changes
    return _without_hidden(_with_finding(_with_test(result, rows))).reset_index()


def _without_hidden(result: pd.DataFrame) -> pd.DataFrame:
    """Take back what was computed of series with confidential values as if these had not been counted."""
    hidden = result.pop("hidden")
    computed = ["change", "change_lower", "change_upper", "slope", "slope_lower", "slope_upper", "p_value"]
    numbers = result[computed].mask(hidden)
    return result.assign(**numbers, **{name: result[name].mask(hidden, HIDDEN) for name in ("method", "finding")})


def _of_one_length(counted: pd.DataFrame) -> pd.DataFrame:
    """Keep of each series, in order of time, the periods as long as the last: a year is not set beside three years.

    The last is the last known one, where any is: where years are confidential, windows of three years may be shown.
    """
    ordered = counted.sort_values([*SERIES, "period_end", "period_start"], kind="stable")
    days = (ordered["period_end"] - ordered["period_start"]).dt.days
    months = (days / DAYS_PER_YEAR * 12).round()
    series = [ordered[name] for name in SERIES]
    last_known = months.where(ordered["value"].notna()).groupby(series).transform("last")
    return ordered[months == last_known.fillna(months.groupby(series).transform("last"))]


def _with_limits(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return rows["value"].to_numpy(), rows["lower"].to_numpy(), rows["upper"].to_numpy()


def _with_test(result: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Test all series at once: a row each, a column for each of their points."""
    series = rows.groupby(SERIES, sort=False).ngroup().to_numpy()
    point = rows.groupby(SERIES, sort=False).cumcount().to_numpy()
    shape = (len(result), int(point.max()) + 1 if len(point) else 0)
    values, times = np.full(shape, np.nan), np.full(shape, np.nan)
    values[series, point] = rows["value"].mask(converted(rows))
    times[series, point] = years(rows["period_end"])
    test, slope = statistics.mann_kendall(values, times), statistics.theil_sen(values, times)
    tested = (~np.isnan(values)).sum(axis=1)
    enough = tested >= statistics.MINIMUM_POINTS
    return result.assign(
        points=result["points"].mask(enough, tested),
        p_value=np.where(enough, test.p_value, np.nan),
        slope=np.where(enough, slope.slope, np.nan),
        slope_lower=np.where(enough, slope.lower, np.nan),
        slope_upper=np.where(enough, slope.upper, np.nan),
        method=np.select([enough, result["points"] > 1], [MANN_KENDALL, TWO_DATES], default=ONE_DATE),
    )


def _with_finding(result: pd.DataFrame) -> pd.DataFrame:
    """Name what the test or the comparison of two dates found."""
    tested, compared = result["method"] == MANN_KENDALL, result["method"] == TWO_DATES
    clear = tested & (result["p_value"] < SIGNIFICANCE)
    conditions = {
        RISING: clear & (result["slope"] > 0),
        FALLING: clear & (result["slope"] < 0),
        NO_CLEAR_TREND: tested,
        UNTESTED: compared & result["change_lower"].isna(),
        HIGHER: compared & (result["change_lower"] > 0),
        LOWER: compared & (result["change_upper"] < 0),
        NO_CLEAR_DIFFERENCE: compared,
    }
    return result.assign(finding=np.select(list(conditions.values()), list(conditions), default=ONE_DATE))


def years(dates: pd.Series) -> np.ndarray:
    """Turn dates into years as real numbers, so that gaps between them count as long as they are."""
    days = (dates - pd.Timestamp("1970-01-01")).dt.total_seconds() / 86_400
    return (days / DAYS_PER_YEAR).to_numpy()


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
