"""What may stand out: every area's departure from the rest of the town, in level and in change, with a p-value.

Two questions are asked of each, and the less certain answer counts: is the departure more than the area's own counts let
expect (exact tail of the level, score test of the change), and is it more than what areas of this town usually show
(a random-effects model without the area itself), or, where the planners declared one, than the smallest relevant difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.special import ndtr

from sozialanalyse import statistics
from sozialanalyse.amounts import SUPPRESSED
from sozialanalyse.comparison._tails import beyond_margin
from sozialanalyse.comparison.counted import Counted, own_limits
from sozialanalyse.comparison.references import rest_of_whole
from sozialanalyse.comparison.spans import first_and_last
from sozialanalyse.indicators import in_last_period

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Indicator
    from sozialanalyse.comparison.counted import Limited

    Floats = NDArray[np.float64]

LEVEL, CHANGE = "level", "change"

RELEVANT, AMONG_AREAS = "relevant_difference", "among_areas"
"""Methods: against the declared smallest relevant difference, or against the distribution between areas."""

COLUMNS: Final = (
    *("kind", "indicator", "area", "level", "period_kind", "first_end", "last_end", "value"),
    *("own", "reference_value", "difference", "lower", "upper", "margin", "method", "size", "p_value", "reliability"),
)


def levels(
    rows: pd.DataFrame, areas: list[str], tree: AreaTree, indicator: Indicator, date: pd.Timestamp | None
) -> pd.DataFrame:
    """Test the level of each area at the last period: :data:`COLUMNS`, `own` is the value."""
    inside = rows[rows["area"].isin(areas)]
    last = in_last_period(rows, inside[inside["value"].notna() if date is None else inside["period_end"] == date])
    if last.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    own = last.set_index("area").reindex(areas).rename_axis("area").reset_index()
    rest = _rest(own, last, tree, indicator)
    counted, limits, others = Counted.of(own, indicator), own_limits(own, indicator), rest.limited()
    difference = statistics.difference_interval(others, limits)
    margin = indicator.relevant_difference
    p_value = beyond_margin(counted, others[0], (margin or 0.0) / indicator.factor)
    value = counted.even()[0]
    if margin is None:
        # How areas spread is not known: what is unusual is so on either scale, with its upper or its lower end drawn in.
        hidden = bool((own["status"] == SUPPRESSED).any())
        among = np.maximum(*(_among_areas(*scale, hidden=hidden) for scale in (counted.even(), counted.log_odds())))
    else:
        wide = statistics.error_of_limits(difference[1], difference[2])
        among = statistics.relevance_test(difference[0], wide, margin / indicator.factor).beyond
    size = np.abs(value - rest.even()[0])
    return _rows(LEVEL, own, indicator, (limits[0], others[0], difference), np.maximum(p_value, among), size)


def changes(
    rows: pd.DataFrame,
    areas: list[str],
    tree: AreaTree,
    indicator: Indicator,
    span: tuple[pd.Timestamp | None, pd.Timestamp | None],
) -> pd.DataFrame:
    """Test the change of each area between the first and the last comparable period: `own` is the change."""
    since, date = span
    pair = first_and_last(rows if date is None else rows[rows["period_end"] <= date], areas, since)
    if pair is None:
        return pd.DataFrame(columns=list(COLUMNS))
    before, after = (part.reindex(areas).rename_axis("area").reset_index() for part in pair)
    rests = [_rest(own, part.reset_index(), tree, indicator) for own, part in zip((before, after), pair, strict=True)]
    counts = [Counted.of(own, indicator) for own in (before, after)]
    own_change = statistics.difference_interval(own_limits(before, indicator), own_limits(after, indicator))
    rest_change = statistics.difference_interval(*(rest.limited() for rest in rests))
    difference = statistics.difference_interval(rest_change, own_change)
    margin = indicator.relevant_difference
    error = np.hypot(_score_error(*counts), _score_error(*rests))
    excess = difference[0]
    (first, first_error), (last, last_error) = (counted.even() for counted in counts)
    if margin is None:
        p_value = 2 * ndtr(-np.abs(excess) / np.where(error > 0, error, np.nan))
        hidden = bool((before["status"] == SUPPRESSED).any() or (after["status"] == SUPPRESSED).any())
        p_value = np.maximum(p_value, _among_areas(last - first, np.hypot(first_error, last_error), hidden=hidden))
    else:
        p_value = statistics.relevance_test(excess, error, margin / indicator.factor).beyond
    size = np.abs(last - first - (rests[1].even()[0] - rests[0].even()[0]))
    p_value = np.where(_enough(*counts), p_value, np.nan)
    found = _rows(CHANGE, after, indicator, (own_change[0], rest_change[0], difference), p_value, size)
    return found.assign(first_end=pair.first["period_end"].iloc[0])


def _rest(own: pd.DataFrame, everywhere: pd.DataFrame, tree: AreaTree, indicator: Indicator) -> Counted:
    """Counts of the town without each area: from the town's own counts, so that other hidden areas do not matter."""
    return Counted.from_counts(*rest_of_whole(own, everywhere.set_index("area"), tree, "town"), indicator)


def _among_areas(value: Floats, error: Floats, *, hidden: bool) -> Floats:
    """p-value of "no more unusual than the other areas are among themselves"; with a hidden one, they are not known."""
    if hidden:
        return np.full(value.shape, np.nan)
    return statistics.pooled_slopes(value, error).deviation_p


def _score_error(before: Counted, after: Counted) -> Floats:
    """Standard error of a change if there is none: from both dates together, as the score test takes it.

    Stocks of both dates share people, which makes the true error smaller: the test is on the careful side.
    """
    total = before.total + after.total
    rate = (before.events + after.events) / np.where(total > 0, total, np.nan)
    spread = rate * (1 - rate) if before.is_part else rate
    sizes = [np.where(part.total > 0, part.total, np.nan) for part in (before, after)]
    return np.sqrt(spread * (1 / sizes[0] + 1 / sizes[1]))


def _enough(before: Counted, after: Counted) -> NDArray[np.bool_]:
    """Whether both dates together have the events (and those without) that a test of two dates needs."""
    events, total = before.events + after.events, before.total + after.total
    rarer = np.minimum(events, total - events) if before.is_part else events
    return np.asarray(rarer >= statistics.EVENTS_COMPARED)


def _rows(
    kind: str,
    own: pd.DataFrame,
    indicator: Indicator,
    found: tuple[Floats, Floats, Limited],
    p_value: Floats,
    size: Floats,
) -> pd.DataFrame:
    """Lay results out; what is not known of the area itself has no p-value."""
    value, reference, (difference, lower, upper) = found
    factor, margin = indicator.factor, indicator.relevant_difference
    return pd.DataFrame(
        {
            "kind": kind,
            "indicator": indicator.id,
            "area": own["area"],
            "level": own["level"],
            "period_kind": own["period_kind"],
            "first_end": pd.NaT,
            "last_end": own["period_end"],
            "value": own["value"],
            "own": value * factor,
            "reference_value": reference * factor,
            "difference": difference * factor,
            "lower": lower * factor,
            "upper": upper * factor,
            "margin": np.nan if margin is None else margin,
            "method": AMONG_AREAS if margin is None else RELEVANT,
            "size": size,
            "p_value": np.where(np.isnan(difference), np.nan, p_value),
            "reliability": own["reliability"],
        },
        columns=list(COLUMNS),
    )
