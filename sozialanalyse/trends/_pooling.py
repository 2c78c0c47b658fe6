"""What the areas' changes have in common, and which area goes its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.evidence import HIDDEN, HIGHER, LOWER, NO_CLEAR_DIFFERENCE, UNTESTED
from sozialanalyse.trends._methods import SIGNIFICANCE
from sozialanalyse.trends._series import SERIES, Block, block_of, comparable, converted, overlapping

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

POOLED = "pooled_slopes"
"""Method of :func:`common_and_own`."""

NO_EVIDENCE = "common_is_no_evidence"
"""Caveat of every row: what the areas have in common does not speak of one of them."""


def common_and_own(frame: pd.DataFrame, level: str) -> pd.DataFrame:
    """Separate the change that the areas of a level have in common from what each does on its own.

    It also serves series of two to four points, each too short for a test: together they tell a common change, and an area
    can still stand apart from the others. The common change is no evidence about an area.

    Parameters
    ----------
    frame
        Indicator frame.
    level
        The level whose areas are taken together.

    Returns
    -------
    pandas.DataFrame
        A row for each indicator and area: ``points, first_end, last_end``; ``common, common_lower, common_upper, common_p`` (the same in
        all rows of an indicator), ``raw`` (the area's own slope), ``shrunken, shrunken_lower, shrunken_upper`` (drawn
        towards the common one; beside the raw one, never instead), ``own, own_lower, own_upper`` (slope minus that of all
        others), all in the indicator's unit a year; ``p_value`` of the deviation and ``q_value`` (Benjamini-Hochberg among
        the areas of the indicator); ``finding``: ``higher`` or ``lower`` than the others' slope where q is at most
        :data:`SIGNIFICANCE`, ``no_clear_difference``, ``untested`` (fewer than five areas, one point, a stock whose
        persistence is not declared) or ``hidden``; ``method, reason, caveats``.

    Notes
    -----
    Slopes are those of lines through the counts (logit or logarithm), for stocks with the declared persistence; for
    series of five and more points with at least their own dispersion, for shorter ones that of all areas together.
    They are turned into the unit at the mean of all areas. Converted values take no part.

    References
    ----------
    See :func:`.statistics.pooled_slopes` and :func:`.statistics.adjusted_p_values`.
    """
    rows = comparable(frame[(frame["level"] == level) & ~converted(frame)])
    parts = [_of_indicator(part) for _, part in rows.groupby("indicator", sort=False)]
    return pd.concat(parts).reset_index() if parts else pd.DataFrame(columns=[*SERIES, *_COLUMNS])


_RANGES = ("common", "shrunken", "own")
_COLUMNS = [
    *("points", "first_end", "last_end"),
    *(f"{name}{limit}" for name in _RANGES for limit in ("", "_lower", "_upper")),
    *("common_p", "raw", "p_value", "q_value", "finding", "method", "reason", "caveats"),
]


def _of_indicator(rows: pd.DataFrame) -> pd.DataFrame:
    by_series = rows.groupby(SERIES, sort=False)
    hidden = (by_series["value"].count() < by_series.size()).to_numpy()
    out = hidden | overlapping(rows).to_numpy()
    block = block_of(rows)
    slopes, errors = _slopes(block)
    slopes, errors = (np.where(out, np.nan, part) for part in (slopes, errors))
    pooled = statistics.pooled_slopes(slopes, errors)
    unit = _unit(block)
    found = {
        "common": (pooled.common, pooled.common_lower, pooled.common_upper),
        "shrunken": (pooled.shrunken, pooled.shrunken_lower, pooled.shrunken_upper),
        "own": (pooled.deviation, pooled.deviation_lower, pooled.deviation_upper),
    }
    ranges = {
        f"{name}{end}": np.asarray(part) * unit
        for name, parts in found.items()
        for end, part in zip(("", "_lower", "_upper"), parts, strict=True)
    }
    q_value = statistics.adjusted_p_values(pooled.deviation_p)
    result = pd.DataFrame(
        {
            "points": by_series["value"].count(),
            "first_end": by_series["period_end"].first(),
            "last_end": by_series["period_end"].last(),
        }
    )
    return result.assign(
        **ranges,
        common_p=pooled.common_p,
        raw=slopes * unit,
        p_value=pooled.deviation_p,
        q_value=q_value,
        finding=_findings(pooled.deviation, q_value, hidden),
        method=np.where(hidden, HIDDEN, POOLED),
        reason=np.where(hidden, HIDDEN, POOLED),
        caveats=NO_EVIDENCE,
    )[_COLUMNS]


def _findings(deviation: Floats, q_value: Floats, hidden: NDArray[np.bool_]) -> NDArray[np.str_]:
    clear = q_value <= SIGNIFICANCE
    conditions = [hidden, np.isnan(q_value), clear & (deviation > 0), clear & (deviation < 0)]
    return np.select(conditions, [HIDDEN, UNTESTED, HIGHER, LOWER], default=NO_CLEAR_DIFFERENCE)


def _slopes(block: Block) -> tuple[Floats, Floats]:
    """Return slopes of lines through the counts with standard errors; NaN where no law of the errors is known."""
    nothing = np.full(len(block.values), np.nan)
    if block.persistence is None:
        return nothing, nothing
    if not block.has_counts:
        line = statistics.value_trend(block.values, block.times, persistence=block.persistence)
        return line.slope, np.where(line.slope_error > 0, line.slope_error, np.nan)
    fit = statistics.proportion_trend if block.kind == "proportion" else statistics.rate_trend
    events = np.minimum(block.events, block.trials) if block.kind == "proportion" else block.events
    given = (events, block.trials, block.times)
    own = fit(*given, persistence=block.persistence)
    dispersion, freedom = statistics.pooled_dispersion(own)
    widening = np.sqrt(max(dispersion, 1.0)) if freedom > 0 else 1.0
    plain = fit(*given, persistence=block.persistence, dispersion="none")
    errors = np.where(
        block.points >= statistics.TREND_FROM, np.fmax(own.slope_error, plain.slope_error), plain.slope_error * widening
    )
    usable = (block.points >= 2) & (errors > 0) & (np.nansum(events, axis=1) > 0)
    return np.where(usable, plain.slope, np.nan), np.where(usable, errors, np.nan)


def _unit(block: Block) -> float:
    """Return by what a slope of logits or logarithms is multiplied to be one in the indicator's unit, at the mean."""
    if not block.has_counts:
        return 1.0
    known = ~np.isnan(block.events) & (block.trials > 0)
    mean = block.events[known].sum() / block.trials[known].sum()
    unit = block.design_effect if block.kind == "count" else block.factor
    return float(mean * unit * (1 - mean if block.kind == "proportion" else 1.0))
