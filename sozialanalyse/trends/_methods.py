"""Which test a series bears, and what it says: verdicts, slopes and sizes of all series of an indicator at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse import statistics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sozialanalyse.statistics import CountTrend
    from sozialanalyse.trends._series import Block

    Floats = NDArray[np.float64]
    Texts = NDArray[np.str_]
    Chosen = NDArray[np.bool_]

SIGNIFICANCE = 0.05
"""Two-sided probability of error at or below which a trend is called one."""

MANN_KENDALL, COUNT_TREND, DESCRIPTIVE = "mann_kendall", "count_trend", "descriptive"
TWO_DATES, ONE_DATE, BOUNDS, REFUSED = "two_dates", "one_date", "bounds", "refused"
"""How a development was judged. ``hidden``: confidential values stand in the way."""

OTHER_EVENTS, SAME_PEOPLE, ALIKE_YEARS = "other_events", "same_people", "alike_years"
NOT_DECLARED, FEW_EVENTS, FEW_DATES, ONLY_ONE = "not_declared", "few_events", "few_dates", "only_one_date"
OTHERS_HIDDEN = "others_hidden"
"""Why a method was chosen: each year counts other events; mostly the same people, with a declared persistence; years that
resemble each other, as seen in many areas; a stock of which no persistence is declared; too few events for a line; fewer
points than a test needs; one point; hidden counts of other areas leave open which test is right, and the tests differ."""


@dataclass(frozen=True, eq=False)
class Judgement:
    """What was found of each series; arrays with one entry a series."""

    method: Texts
    reason: Texts
    verdict: NDArray[np.int64]  # 1 rises, -1 falls, 0 nothing can be told
    p_value: Floats
    slope: Floats
    slope_lower: Floats
    slope_upper: Floats
    yearly: Floats
    yearly_lower: Floats
    yearly_upper: Floats


def judge(block: Block, known: NDArray[np.int64] | None = None) -> Judgement:
    """Choose for each series the method that it bears, and apply it.

    Parameters
    ----------
    block
        The series with the points that may be tested.
    known
        Numbers of points that may be compared; default: those tested.

    Flows are tested with Mann-Kendall (their years count other events), unless many areas show that neighbouring years
    resemble each other. Stocks, and such flows, are tested with a line through their counts that reckons with the
    resemblance. Stocks of which nothing is declared, and too few events, are described.
    """
    known = block.points if known is None else known
    line = count_trend(block)
    kendall = statistics.mann_kendall(block.values, block.times)
    slope = statistics.theil_sen(block.values, block.times)
    enough = block.points >= statistics.MINIMUM_POINTS
    by_ranks = enough & block.independent
    by_line = enough & ~by_ranks & (block.persistence is not None) & ~np.isnan(line.p_value)
    tested = by_ranks | by_line
    p_value = np.where(by_ranks, kendall.p_value, np.where(by_line, line.p_value, np.nan))
    direction = np.where(by_ranks, np.nan_to_num(kendall.score), _agreed(line.slope, slope.slope))
    yearly = np.where(tested, _in_unit(block, line), np.nan)
    return Judgement(
        method=_methods(known, enough, by_ranks, by_line),
        reason=_reasons(block, known, enough, tested),
        verdict=statistics.trend_verdict(direction, p_value, level=SIGNIFICANCE),
        p_value=p_value,
        slope=np.where(enough, slope.slope, np.nan),
        slope_lower=np.where(by_ranks, slope.lower, np.nan),
        slope_upper=np.where(by_ranks, slope.upper, np.nan),
        yearly=yearly[0],
        yearly_lower=yearly[1],
        yearly_upper=yearly[2],
    )


def agreed(judgements: Sequence[Judgement]) -> tuple[Judgement, Chosen]:
    """Keep of several judgements of the same series what all say, and tell of which series they differ.

    The largest p and the widest limits count; where they differ, nothing can be told.
    """
    verdicts = np.stack([one.verdict for one in judgements])
    both = replace(
        judgements[0],
        p_value=np.fmax.reduce([one.p_value for one in judgements]),
        yearly_lower=np.fmin.reduce([one.yearly_lower for one in judgements]),
        yearly_upper=np.fmax.reduce([one.yearly_upper for one in judgements]),
    )
    return both, np.asarray((verdicts != verdicts[0]).any(axis=0))


def _methods(known: NDArray[np.int64], enough: Chosen, by_ranks: Chosen, by_line: Chosen) -> Texts:
    conditions = [by_ranks, by_line, enough, known > 1]
    return np.select(conditions, [MANN_KENDALL, COUNT_TREND, DESCRIPTIVE, TWO_DATES], default=ONE_DATE)


def _reasons(block: Block, known: NDArray[np.int64], enough: Chosen, tested: Chosen) -> Texts:
    why = OTHER_EVENTS if block.independent else ALIKE_YEARS if block.flow else SAME_PEOPLE
    why_not = NOT_DECLARED if block.persistence is None else FEW_EVENTS
    return np.select([tested, enough, known > 1], [why, why_not, FEW_DATES], default=ONLY_ONE)


def _agreed(one: Floats, other: Floats) -> Floats:
    """Return the direction of a slope, 0 where the other one contradicts it."""
    return np.where(np.sign(one) * np.sign(other) < 0, 0.0, np.nan_to_num(one))


def count_trend(block: Block) -> CountTrend:
    """Fit the line that suits the kind of indicator: through its counts where their law is known, else its values."""
    persistence = block.persistence or (0.0, 0.0)
    if not block.has_counts:
        return statistics.value_trend(block.values, block.times, persistence=persistence)
    if block.kind == "proportion":
        events = np.minimum(block.events, block.trials)  # of rounded counts the part may seem larger than the whole
        return statistics.proportion_trend(events, block.trials, block.times, persistence=persistence)
    return statistics.rate_trend(block.events, block.trials, block.times, persistence=persistence)


def _in_unit(block: Block, line: CountTrend) -> Floats:
    """Turn slope and limits of a line into the indicator's unit a year, at the mean of the series."""
    slopes = np.stack([line.slope, line.lower, line.upper])
    if not block.has_counts:
        return slopes
    known = ~np.isnan(block.events) & (block.trials > 0)
    events, trials = (np.where(known, part, 0.0).sum(axis=1) for part in (block.events, block.trials))
    mean = events / np.where(trials > 0, trials, np.nan)
    unit = block.design_effect if block.kind == "count" else block.factor
    return np.asarray(slopes * mean * unit * (1 - mean if block.kind == "proportion" else 1.0))


def fragile(block: Block, judged: Judgement) -> Chosen:
    """Tell of which series the verdict would not stand without a single one of its points."""
    result = np.zeros(len(judged.verdict), dtype=np.bool_)
    for method in (MANN_KENDALL, COUNT_TREND):
        chosen = (judged.method == method) & (judged.verdict != 0)
        if chosen.any():
            result[chosen] = ~_stable(block.take(chosen), method)
    return result


def _stable(block: Block, method: str) -> Chosen:
    """Judge again all series without their first point, all without their second, and so on, at one go."""
    series, points = block.values.shape
    again = block.take(np.tile(np.arange(series), points))
    absent = np.repeat(np.arange(points), series)
    values = np.where(np.arange(points) == absent[:, np.newaxis], np.nan, again.values)
    present = ~np.isnan(block.values).T
    verdicts = _verdict(again.with_values(values), method).reshape(points, series)
    return np.asarray(((verdicts == _verdict(block, method)) | ~present).all(axis=0))


def _verdict(block: Block, method: str) -> NDArray[np.int64]:
    if method == MANN_KENDALL:
        test = statistics.mann_kendall(block.values, block.times)
        return statistics.trend_verdict(test.score, test.p_value, level=SIGNIFICANCE)
    line = count_trend(block)
    return statistics.trend_verdict(line.slope, line.p_value, level=SIGNIFICANCE)


def turning_points(block: Block, judged: Judgement) -> Floats:
    """Return the time at which a flow bends, where a bend is confirmed; looked for from 10 points on, in flows alone."""
    result = np.full(len(judged.verdict), np.nan)
    chosen = (judged.method == MANN_KENDALL) & (block.points >= statistics.SEGMENTED_FROM)
    if chosen.any():
        part = block.take(chosen)
        found = statistics.segmented_line(part.values, part.times)
        result[chosen] = np.where(found.p_value <= SIGNIFICANCE, found.bend, np.nan)
    return result
