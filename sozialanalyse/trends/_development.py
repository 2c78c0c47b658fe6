"""The development of each indicator in each area: which test it bears, what that found, and what it rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import SUPPRESSED
from sozialanalyse.evidence import (
    FALLING,
    HIDDEN,
    HIGHER,
    LOWER,
    NO_CLEAR_DIFFERENCE,
    NO_CLEAR_TREND,
    ONE_DATE,
    OVERLAPPING,
    RISING,
    UNTESTED,
)
from sozialanalyse.evidence import evidence as evidence_of
from sozialanalyse.periods import DAYS_PER_YEAR
from sozialanalyse.trends import _methods as methods
from sozialanalyse.trends._alike import possible_spans
from sozialanalyse.trends._bounds import certain_direction
from sozialanalyse.trends._pairs import paired_limits
from sozialanalyse.trends._series import SERIES, block_of, comparable, converted, laid_out, overlapping

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from sozialanalyse.evidence import Evidence
    from sozialanalyse.trends._alike import Span
    from sozialanalyse.trends._series import Block

    Chosen = NDArray[np.bool_]
    Spans = Sequence[Span | None]

CHANGE = ["change", "change_lower", "change_upper"]
PAIRED = ["paired_lower", "paired_upper"]
SLOPES = ["slope", "slope_lower", "slope_upper", "yearly", "yearly_lower", "yearly_upper"]
COMPUTED = [*CHANGE, *SLOPES, "p_value"]
"""What is taken back where it cannot be told."""

GRADES = ("", "indicative", "limited", "reliable")
"""From the lowest; an ungraded value makes the series ungraded."""


def development(frame: pd.DataFrame, areas: Collection[str] | None = None) -> pd.DataFrame:
    """Describe the development of each indicator in each area, since its last break.

    Each series is judged by the method that it bears, which the result names with the reason:

    ``mann_kendall`` (from five points): flows, whose years count other events; ``count_trend``: stocks of mostly the same
    people, by a line through their counts for every persistence in the declared span, and flows whose neighbouring years
    resemble each other in many areas; ``descriptive``: stocks without a declared persistence, or too few events;
    ``two_dates`` (two to four points): the first and the last; ``bounds``: hidden values, where every value within the
    deliverer's bounds says the same; ``hidden``: where not, or where hidden counts of other areas leave open which test
    is right and the tests differ (reason ``others_hidden``); ``refused``: windows that overlap; ``one_date``.

    Parameters
    ----------
    frame
        Indicator frame.
    areas
        Ids of the areas to describe; default: all. The others are heard all the same: what they tell together of how much
        neighbouring years of a flow resemble each other chooses the test.

    Returns
    -------
    pandas.DataFrame
        A row for each indicator and area with at least one value, be it a confidential one: ``points`` (number of
        known values; where a test was made, of those tested), ``period_kind, first_start, first_end, last_start,
        last_end, first_value, last_value`` (NaN where confidential), ``change, change_lower, change_upper`` (last minus
        first, in the indicator's unit, with 95 % interval; of two dates of a stock with its declared persistence), ``slope, slope_lower, slope_upper`` (Theil and Sen, unit a
        year; limits only where years are independent), ``yearly, yearly_lower, yearly_upper`` (slope of the line through the counts, at their mean,
        unit a year), ``p_value, method, reason, finding, fragile`` (without one of the points the verdict falls),
        ``turning_point`` (date of a confirmed bend; in flows from 10 points on), ``broken`` (an earlier stretch was left out),
        ``converted`` (the first value is an estimate, see :func:`converted`), ``reliability`` (the lowest of first and last
        value), ``caveats`` (ids of :data:`.evidence.CAVEATS`). Findings: ``rising, falling, no_clear_trend`` from a test;
        ``higher, lower, no_clear_difference`` from two dates; ``untested``; ``one_date``; ``overlapping`` and ``hidden``, with
        neither change nor slope nor p value.

    Notes
    -----
    What is called rising or falling is false in at most 6 % of series without a trend, if the persistence lies in its
    declared span (flows; stocks of 50 to 5,000 residents).

    References
    ----------
    See :func:`.statistics.mann_kendall`, :func:`.statistics.theil_sen`, :func:`.statistics.proportion_trend`,
    :func:`.statistics.segmented_line`, :func:`.statistics.difference_interval`.
    """
    heard = comparable(frame)
    rows = heard if areas is None else heard[heard["area"].isin(areas)]
    result = _ends(rows)
    if rows.empty:
        return result.assign(**dict.fromkeys(_ADDED, np.nan)).reset_index()
    told = set(rows["indicator"])
    by_indicator = {str(name): part for name, part in heard.groupby("indicator", sort=False) if name in told}
    blocks = {name: block_of(part) for name, part in by_indicator.items()}
    spans = {name: _spans(part, blocks[name]) for name, part in by_indicator.items()}
    parts = [_judged(part, blocks[name], spans[name], areas) for name, part in by_indicator.items()]
    judged = pd.concat(parts).set_axis(result.index)
    result = _with_finding(_with_pairs(result.assign(**{str(name): judged[name] for name in judged})))
    result = _masked(result, result.pop("undecided").to_numpy(), HIDDEN, HIDDEN, methods.OTHERS_HIDDEN)
    result = _masked(result, _hidden(rows).to_numpy(), HIDDEN, HIDDEN)
    result = _with_directions(result, rows, spans)
    result = _masked(result, overlapping(rows).to_numpy(), methods.REFUSED, OVERLAPPING)
    return _with_caveats(result).drop(columns=["verdict", "paired"]).reset_index()


_ADDED = [*COMPUTED, "method", "reason", "finding", "fragile", "turning_point", "caveats"]


def evidence(row: Any) -> Evidence:
    """Make evidence of a row of :func:`development`; its size is the change from the first to the last value."""
    columns = {
        "claim": "finding",
        "first": "first_end",
        "last": "last_end",
        "size": "change",
        "lower": "change_lower",
        "upper": "change_upper",
        "grade": "reliability",
    }
    return evidence_of(row, columns, reference="earlier")


def _spans(rows: pd.DataFrame, block: Block) -> Spans:
    """Return what is known of how much neighbouring years of one indicator resemble each other: every possible span."""
    if not block.flow:
        return [block.persistence]
    levels = rows.drop_duplicates(SERIES)["level"]
    largest = levels == levels.value_counts().index[0]  # its areas tell of all events, each once
    return [*possible_spans(block.take(largest.to_numpy()))]


def _judged(rows: pd.DataFrame, block: Block, spans: Spans, areas: Collection[str] | None) -> pd.DataFrame:
    """Judge the series of one indicator, all or those of some areas."""
    estimated = laid_out(rows, converted(rows))
    if areas is not None:
        chosen = rows.drop_duplicates(SERIES)["area"].isin(areas).to_numpy()
        block, estimated = block.take(chosen), estimated[chosen]
    block = replace(block, persistence=spans[0])
    tested = block.with_values(np.where(estimated, np.nan, block.values))
    every = [methods.judge(replace(tested, persistence=span), block.points) for span in spans]
    judged, undecided = methods.agreed(every)
    names = ("method", "reason", "verdict", "p_value", *SLOPES)
    paired = dict(zip(PAIRED, paired_limits(block), strict=True))
    return pd.DataFrame({name: getattr(judged, name) for name in names} | paired).assign(
        points=np.where(tested.points >= statistics.MINIMUM_POINTS, tested.points, block.points),
        fragile=methods.fragile(tested, judged),
        turning_point=_dates(methods.turning_points(tested, judged)),
        undecided=undecided,
    )


def _hidden(rows: pd.DataFrame) -> pd.Series:
    """Tell, by series, whether a value is confidential."""
    return (rows["status"] == SUPPRESSED).groupby([rows[name] for name in SERIES], sort=False).any()


def _ends(rows: pd.DataFrame) -> pd.DataFrame:
    """Put the first and the last value of each series beside each other, with their difference."""
    by_series = rows.groupby(SERIES, sort=False)
    first, last = by_series.first(skipna=False), by_series.last(skipna=False)
    result = pd.DataFrame(
        {
            "points": by_series["value"].count(),
            "period_kind": last["period_kind"].astype(object),
            "first_start": first["period_start"],
            "first_end": first["period_end"],
            "last_start": last["period_start"],
            "last_end": last["period_end"],
            "first_value": first["value"],
            "last_value": last["value"],
            "broken": last["broken"].astype(bool),
            "converted": converted(first),
            "reliability": _lower_grade(first, last),
        }
    )
    limited = [(end["value"].to_numpy(), end["lower"].to_numpy(), end["upper"].to_numpy()) for end in (first, last)]
    return result.assign(**dict(zip(CHANGE, statistics.difference_interval(limited[0], limited[1]), strict=True)))


def _lower_grade(first: pd.DataFrame, last: pd.DataFrame) -> list[str]:
    if "reliability" not in first:
        return [""] * len(first)
    pairs = zip(first["reliability"], last["reliability"], strict=True)
    return [min((grade if grade in GRADES else "" for grade in pair), key=GRADES.index) for pair in pairs]


def _with_pairs(result: pd.DataFrame) -> pd.DataFrame:
    """Take, where two dates of one stock are compared, the limits that reckon with those who remain."""
    given = (result["method"] == methods.TWO_DATES) & result[PAIRED[0]].notna() & ~result["converted"]
    limits = {name: result[name].mask(given, result[pair]) for name, pair in zip(CHANGE[1:], PAIRED, strict=True)}
    return result.assign(**limits, paired=given).drop(columns=PAIRED)


def _with_finding(result: pd.DataFrame) -> pd.DataFrame:
    """Name what the test or the comparison of two dates found."""
    tested = result["method"].isin([methods.MANN_KENDALL, methods.COUNT_TREND])
    compared = result["method"] == methods.TWO_DATES
    conditions = {
        RISING: tested & (result["verdict"] > 0),
        FALLING: tested & (result["verdict"] < 0),
        NO_CLEAR_TREND: tested,
        UNTESTED: (result["method"] == methods.DESCRIPTIVE) | (compared & result["change_lower"].isna()),
        HIGHER: compared & (result["change_lower"] > 0),
        LOWER: compared & (result["change_upper"] < 0),
        NO_CLEAR_DIFFERENCE: compared,
    }
    return result.assign(finding=np.select(list(conditions.values()), list(conditions), default=ONE_DATE))


def _masked(result: pd.DataFrame, chosen: Chosen, method: str, finding: str, reason: str = "") -> pd.DataFrame:
    """Take back what was computed of some series, and say why."""
    numbers = {name: result[name].mask(chosen) for name in [*COMPUTED, "turning_point"]}
    named = {"method": method, "finding": finding, "reason": reason or finding}
    texts = {name: result[name].mask(chosen, text) for name, text in named.items()}
    return result.assign(**numbers, **texts, fragile=result["fragile"] & ~chosen)


def _with_directions(result: pd.DataFrame, rows: pd.DataFrame, spans: Mapping[str, Spans]) -> pd.DataFrame:
    """Tell of series with confidential values what holds for all values within their bounds."""
    names = [*_DIRECTION, "method", "reason"]
    found = []
    hidden = (rows["status"] == SUPPRESSED).groupby([rows[name] for name in SERIES], sort=False).transform("any")
    for series, part in rows[hidden].groupby(SERIES, sort=False):
        hidden_points = (part["status"] == SUPPRESSED).to_numpy()
        direction = certain_direction(block_of(part), hidden_points, spans[str(part["indicator"].iloc[0])])
        if direction is not None:
            told = [getattr(direction, name) for name in _DIRECTION]
            found.append(pd.Series([*told, methods.BOUNDS, methods.BOUNDS], index=names, name=series))
    for row in found:
        result.loc[row.name, names] = row.to_numpy()
    return result


_DIRECTION = ["finding", "change_lower", "change_upper", "p_value"]


def _dates(times: NDArray[np.float64]) -> NDArray[np.datetime64]:
    days = pd.to_timedelta(np.round(times * DAYS_PER_YEAR), unit="D")
    return pd.Series(pd.Timestamp("1970-01-01") + days).astype("datetime64[s]").to_numpy()


def _with_caveats(result: pd.DataFrame) -> pd.DataFrame:
    tested = result["method"].isin([methods.MANN_KENDALL, methods.COUNT_TREND])
    told = ~result["method"].isin([HIDDEN, methods.REFUSED, methods.ONE_DATE])
    line = result["method"] == methods.COUNT_TREND
    stock = (line & (result["reason"] == methods.SAME_PEOPLE)) | (told & result["paired"])
    flags = {
        "same_people": stock,
        "persistence_assumed": stock,
        "fragile": result["fragile"].astype(bool),
        "few_points": (result["method"] == methods.TWO_DATES) & (result["points"] > 2),
        "within_bounds": result["method"] == methods.BOUNDS,
        "broken": result["broken"],
        "converted_untested": result["converted"] & tested,
        "converted": result["converted"] & told & ~tested,
    }
    columns = [np.where(flag, f"{name} ", "") for name, flag in flags.items()]
    return result.assign(caveats=["".join(words).strip() for words in zip(*columns, strict=True)])
