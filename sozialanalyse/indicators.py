"""Indicators: rates from counts at every level of the area tree, with intervals and position among the areas.

Rates are computed from counts at the level shown, never as a mean of rates. The interval is for the random variation
of events among people, not a sampling error: the counts are full counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse import positions, statistics
from sozialanalyse.amounts import (
    MISSING,
    NOT_APPLICABLE,
    NUMBER,
    PERIOD,
    SEXES,
    SUPPRESSED,
    VALUES,
    ZERO,
    Amounts,
    Deliveries,
)
from sozialanalyse.errors import DataError, Fault, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Amount, Break, Catalogue, Indicator

COLUMNS = [
    *("area", "level", "indicator", *PERIOD, "denominator_end", "numerator", "denominator", "value", "lower", "upper"),
    *("status", "mark", "segment", "kind", "factor", "numerator_least", "numerator_greatest", "design_effect"),
    *("persistence_least", "persistence_greatest", "reliability"),
]
RELIABLE, LIMITED, INDICATIVE, UNGRADED = "reliable", "limited", "indicative", ""
"""What a value can carry (:mod:`sozialanalyse.statistics.reliability` holds the thresholds); ungraded: no value, no interval."""

_GRADES = {statistics.Grade.RELIABLE: RELIABLE, statistics.Grade.LIMITED: LIMITED}

NOT_DELIVERED = "measure_not_delivered"
AGES_DO_NOT_FIT = "ages_do_not_fit"
NO_COMMON_PERIOD = "no_common_period"


@dataclass(frozen=True)
class IndicatorFrame:
    """Indicators of a town and the reasons why others could not be computed.

    ``frame`` has a row for each area, period and indicator; ``unavailable`` maps indicator ids to one of
    :data:`NOT_DELIVERED`, :data:`AGES_DO_NOT_FIT`, :data:`NO_COMMON_PERIOD`.
    """

    frame: pd.DataFrame
    unavailable: dict[str, str]


def compute(
    counts: pd.DataFrame,
    areas: AreaTree,
    catalogue: Catalogue,
    wanted: Iterable[Indicator] | None = None,
    deliveries: Deliveries | None = None,
) -> IndicatorFrame:
    """Compute indicators for all areas and periods.

    Parameters
    ----------
    counts
        Frame of counts.
    areas, catalogue
        Of the town.
    wanted
        The indicators; default: all of the catalogue.
    deliveries
        The same counts laid out, where somebody has done so.

    Returns
    -------
    IndicatorFrame
        Indicators that would show where places of protection are (``town_only``) have rows of the whole town only.
        ``value``, ``lower`` and ``upper`` in the unit of the indicator (per cent: 4.3). The 95 % interval is Wilson's
        for proportions and exact or Byar's for rates; counts, ratios and means have none (NaN). ``reliability`` is one of
        :data:`RELIABLE`, :data:`LIMITED`, :data:`INDICATIVE` by events and width of the interval, ``""`` without one.
        Of a suppressed numerator its bounds are kept (``numerator_least``, ``numerator_greatest``; equal to the numerator
        where that is exact) and a denominator that is itself known. ``mark`` is the sign that the deliverer set at the area's own
        numerator, unchanged (``( )``, ``/``, ``e`` ...); empty where there is none, and where the numerator is a sum. What the tests of later verbs need to know of an
        indicator stands in every row: ``kind``, ``factor`` (by which numerator over denominator gives the unit),
        ``design_effect`` and its persistence (NaN: none declared; see :meth:`.Catalogue.persistence_of`).

    Raises
    ------
    DataError
        A proportion whose numerator is larger than its denominator, with file and row of the numerator.
    """
    laid_out = Deliveries(counts, areas) if deliveries is None else deliveries
    delivered = laid_out.rows

    @cache
    def find(part: Amount) -> Amounts | None:
        return laid_out[part.measure].amounts((part.sex or SEXES[0], *part.ages))

    frames: list[pd.DataFrame] = []
    unavailable: dict[str, str] = {}
    faults: list[Fault] = []
    for indicator in catalogue.indicators if wanted is None else wanted:
        joined = _join(indicator, find) if _is_delivered(indicator, delivered) else NOT_DELIVERED
        if isinstance(joined, str):
            unavailable[indicator.id] = joined
            continue
        faults.extend(_impossible(joined, indicator, counts))
        shown = joined if not indicator.town_only else joined[joined["area"] == areas.root]
        rated = _described(_rate(shown, indicator, catalogue.breaks_of(indicator)), indicator, catalogue)
        frames.append(rated.assign(mark=_marks(shown, indicator.numerator, delivered[indicator.numerator.measure])))
    if faults:
        raise DataError(faults)
    return IndicatorFrame(_assemble(frames, areas), unavailable)


def _is_delivered(indicator: Indicator, delivered: Container[str]) -> bool:
    return all(part.measure in delivered for part in indicator.amounts.values())


def _join(indicator: Indicator, find: Callable[[Amount], Amounts | None]) -> pd.DataFrame | str:
    """Bring numerator and denominator of the same area and time together, or say why that cannot be."""
    found = [amounts for part in indicator.amounts.values() if (amounts := find(part)) is not None]
    if len(found) < len(indicator.amounts):
        return AGES_DO_NOT_FIT
    numerator, *denominators = found
    if denominators:
        joined = _beside_each_other(numerator, denominators[0], indicator.max_gap_days)
    else:
        joined = _alone(numerator)
    known = (joined["status"] != MISSING) & (joined["denominator_status"] != MISSING)
    joined = joined[known.groupby([joined[name] for name in PERIOD], observed=True).transform("any")]
    return NO_COMMON_PERIOD if joined.empty else joined


def _alone(numerator: Amounts) -> pd.DataFrame:
    """Lay a count out in rows; it has no denominator."""
    rows = _in_rows(numerator, np.arange(len(numerator.periods)))
    never = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[s]")
    return rows.assign(denominator=np.nan, denominator_end=never, denominator_status=NUMBER)


def _beside_each_other(numerator: Amounts, denominator: Amounts, max_gap_days: int) -> pd.DataFrame:
    """Lay out in rows each period of the numerator and the nearest one of the denominator.

    The same one for all areas, even where an area has a gap there and a value at another date: else numerators would
    belong to sums of different dates, and areas could not be compared.
    """
    pairs = list(_pair_periods(numerator, denominator, max_gap_days))
    mine, theirs = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    rows = _in_rows(numerator, mine)
    exists = numerator.exists[:, mine]
    ends = np.broadcast_to(denominator.periods["period_end"].to_numpy()[theirs], exists.shape)
    columns = {
        f"denominator_{name}": getattr(denominator, name)[:, theirs][exists] for name in ("lower", "upper", "status")
    }
    return rows.assign(denominator=denominator.value[:, theirs][exists], denominator_end=ends[exists], **columns)


def _in_rows(amounts: Amounts, chosen: NDArray[np.intp]) -> pd.DataFrame:
    """Lay out some periods of an amount in rows, for the areas that existed at their ends."""
    exists = amounts.exists[:, chosen]
    area, period = np.nonzero(exists)
    where = amounts.areas.places[["area", "level"]].take(area), amounts.periods.take(chosen).take(period)
    rows = pd.concat([part.reset_index(drop=True) for part in where], axis=1)
    return rows.assign(**{name: getattr(amounts, name)[:, chosen][exists] for name in VALUES})


def _pair_periods(numerator: Amounts, denominator: Amounts, max_gap_days: int) -> Iterator[tuple[int, int]]:
    """Pair each period with the one that ends nearest, then begins nearest, then is the earlier one."""
    starts, ends = (_gaps(numerator, denominator, name) for name in ("period_start", "period_end"))
    near = (ends <= np.timedelta64(max_gap_days, "D")) & denominator.is_delivered()
    for mine, row in enumerate(near):
        if row.any():
            yield mine, min(np.flatnonzero(row).tolist(), key=lambda theirs: (ends[mine, theirs], starts[mine, theirs]))


def _gaps(numerator: Amounts, denominator: Amounts, name: str) -> NDArray[np.timedelta64]:
    mine, theirs = (amounts.periods[name].to_numpy() for amounts in (numerator, denominator))
    return np.asarray(np.abs(mine[:, np.newaxis] - theirs))


def _impossible(joined: pd.DataFrame, indicator: Indicator, counts: pd.DataFrame) -> list[Fault]:
    """Name the rows of a proportion whose numerator is larger than its denominator even at its lower bound.

    Sums that are impossible only because delivered counts are, are left out: they mend themselves.
    """
    if indicator.kind != "proportion":
        return []
    message = (
        "{indicator}, {date:%Y-%m-%d}: the numerator {numerator:.12g} is larger than the denominator {denominator:.12g}; "
        "they are not of the same people or date"
    )
    faults = []
    for _, row in joined[joined["lower"] > joined["denominator_upper"]].iterrows():
        bounds = {"numerator": row["lower"], "denominator": row["denominator_upper"]}
        values = {"indicator": indicator.id, "date": row["period_end"], **bounds}
        faults.append(Fault(message, values, _place(row, indicator.numerator.measure, counts)))
    return [fault for fault in faults if fault.place.file] or faults


def _place(row: pd.Series, measure: str, counts: pd.DataFrame) -> Place:
    """Say where a count of an area stands; a sum of areas stands in no file."""
    same = (counts["area"] == row["area"]) & (counts["measure"] == measure)
    for name in PERIOD:
        same &= counts[name] == row[name]
    source = counts[same].sort_values("row").head(1)
    if source.empty:
        return Place(area=row["area"])
    return Place(str(source["file"].iloc[0]), int(source["row"].iloc[0]), area=row["area"])


def _rate(joined: pd.DataFrame, indicator: Indicator, breaks: Iterable[Break]) -> pd.DataFrame:
    """Divide, and give the interval that suits the kind of indicator."""
    status = _status(joined)
    known = status.isin([NUMBER, ZERO])
    factor = indicator.factor
    numerator = joined["value"].where(known)
    hidden = (status == SUPPRESSED) & joined["denominator_status"].isin([NUMBER, ZERO])
    denominator = joined["denominator"].where(known | hidden)
    # Multiplied first: of whole numbers the division is then the only rounding, so that 4.35 % does not become 4.3.
    value = numerator if indicator.kind == "count" else numerator * factor / denominator
    lower, upper = (limit.reindex(joined.index) for limit in interval_of(joined[known], indicator))
    return pd.DataFrame(
        {
            **{name: joined[name] for name in ("area", "level", *PERIOD, "denominator_end")},
            "indicator": indicator.id,
            "numerator": numerator,
            "denominator": denominator,
            "value": value,
            "lower": lower * factor,
            "upper": upper * factor,
            "status": status,
            "segment": _segments(joined["period_end"], breaks),
            "numerator_least": joined["lower"].where(known | hidden),
            "numerator_greatest": joined["upper"].where(known | hidden),
            "reliability": reliability_of(numerator, denominator, (lower, upper), indicator),
        }
    )


def _described(rows: pd.DataFrame, indicator: Indicator, catalogue: Catalogue) -> pd.DataFrame:
    """Say in every row what a test needs to know of its indicator, so that a frame can be judged by itself."""
    least, greatest = catalogue.persistence_of(indicator) or (np.nan, np.nan)
    return rows.assign(
        kind=indicator.kind,
        factor=float(indicator.factor),
        design_effect=indicator.design_effect,
        persistence_least=least,
        persistence_greatest=greatest,
    )


def _marks(joined: pd.DataFrame, part: Amount, counts: pd.DataFrame) -> np.ndarray:
    """Sign that the deliverer set at an area's own count; a sum of ages or areas has none."""
    nothing = np.full(len(joined), "", dtype=object)
    marked = counts[counts["mark"] != ""] if "mark" in counts else counts.head(0)
    if marked.empty:
        return nothing
    first, last = part.ages
    own = (marked["age_from"] == first) & (marked["age_to"] == last) & (marked["sex"] == (part.sex or SEXES[0]))
    key = ["area", *PERIOD[1:]]
    marked = marked[own].drop_duplicates(key)[[*key, "status", "mark"]]
    found = joined[[*key, "status"]].merge(marked, on=key, how="left", suffixes=("", "_own"))
    # Where an area's own count is missing, the sum of those below takes its place.
    told = found["status"] == found["status_own"].astype(object)
    return np.where(told, found["mark"].astype(object), nothing)


def _status(joined: pd.DataFrame) -> pd.Series:
    """Combine the states of numerator and denominator.

    No people to count among means not applicable. Zero is only what cannot be more: a rounded 0 is a number.
    """
    either = [
        (joined["status"] == state) | (joined["denominator_status"] == state)
        for state in (MISSING, SUPPRESSED, NOT_APPLICABLE)
    ]
    conditions = [*either, joined["denominator"] == 0, joined["upper"] == 0]
    chosen = np.select(conditions, [MISSING, SUPPRESSED, NOT_APPLICABLE, NOT_APPLICABLE, ZERO], default=NUMBER)
    return pd.Series(chosen, index=joined.index, dtype=object)


def interval_of(known: pd.DataFrame, indicator: Indicator) -> tuple[pd.Series, pd.Series]:
    """Interval as a fraction, widened by what rounding leaves open and by the design effect of counting in bundles.

    The design effect divides both counts: so many independent people would vary as much (effective number, Kish 1965).
    """
    if indicator.kind not in {"proportion", "rate"} or known.empty:
        nothing = pd.Series(np.nan, index=known.index)
        return nothing, nothing
    names = ("lower", "upper", "denominator_lower", "denominator_upper")
    least, greatest, smallest, largest = (known[name].to_numpy() / indicator.design_effect for name in names)
    if indicator.kind == "proportion":
        low = statistics.wilson_interval(np.minimum(least, largest), largest)[0]
        high = statistics.wilson_interval(np.minimum(greatest, smallest), smallest)[1]
    else:
        low = statistics.rate_interval(least, largest)[0]
        high = statistics.rate_interval(greatest, smallest)[1]
    return pd.Series(low, index=known.index), pd.Series(high, index=known.index)


def reliability_of(
    numerator: pd.Series, denominator: pd.Series, limits: tuple[pd.Series, pd.Series], indicator: Indicator
) -> np.ndarray:
    """Grade values by their events and the width of their interval, both with the design effect."""
    lower, upper = limits
    effect = indicator.design_effect
    if indicator.kind == "proportion":
        part = np.minimum(numerator, denominator)  # of rounded counts the part may seem larger than the whole
        grade = statistics.grade_of_proportion(part, denominator, lower, upper, design_effect=effect)
    else:
        grade = statistics.grade_of_rate(numerator, numerator / denominator, lower, upper, design_effect=effect)
    named = np.select([grade == level for level in _GRADES], list(_GRADES.values()), default=INDICATIVE)
    return np.where(np.isnan(grade), UNGRADED, named).astype(object)


def _segments(period_end: pd.Series, breaks: Iterable[Break]) -> np.ndarray:
    """Number the stretches of a series between the declared breaks that stop a trend, from 0."""
    stops = sorted({np.datetime64(entry.date, "s") for entry in breaks if entry.stops_trend})
    dates = np.array(stops, dtype="datetime64[s]")
    return np.searchsorted(dates, period_end.to_numpy().astype("datetime64[s]"), side="right")


def _assemble(frames: list[pd.DataFrame], areas: AreaTree) -> pd.DataFrame:
    if not frames:
        frames = [_without_rows()]
    return add_positions(pd.concat(frames, ignore_index=True)[COLUMNS], areas)


def add_positions(frame: pd.DataFrame, areas: AreaTree) -> pd.DataFrame:
    """Add the town's value and the places among the areas (see :func:`.positions.add_positions`)."""
    # Values that were too uncertain after a conversion are left out, and what was said of them with them.
    graded = frame.assign(reliability=frame["reliability"].where(frame["value"].notna(), UNGRADED))
    return positions.add_positions(graded, areas)


def in_last_period(frame: pd.DataFrame, among: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of each indicator's last period among some rows; of several that end on one day, the shortest."""
    periods = among[["indicator", *PERIOD]].sort_values(["period_end", "period_start"], kind="stable")
    last = periods.drop_duplicates("indicator", keep="last")
    return frame.merge(last, on=["indicator", *PERIOD])


def _without_rows() -> pd.DataFrame:
    """Make an indicator frame without rows whose columns have their types all the same."""
    types = dict.fromkeys(COLUMNS, "float64")
    types |= dict.fromkeys(
        ["area", "level", "indicator", "kind", "period_kind", "status", "mark", "reliability"], "object"
    )
    types |= dict.fromkeys(["period_start", "period_end", "denominator_end"], "datetime64[s]")
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})
