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

from sozialanalyse import statistics
from sozialanalyse.amounts import (
    MISSING,
    NOT_APPLICABLE,
    NUMBER,
    PERIOD,
    SEXES,
    SUPPRESSED,
    VALUES,
    ZERO,
    amount_by_area,
)
from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.periods import parse_ages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue, Indicator

COLUMNS = [
    "area",
    "level",
    "indicator",
    *PERIOD,
    "denominator_end",
    "numerator",
    "denominator",
    "value",
    "lower",
    "upper",
    "status",
    "segment",
]
DENOMINATOR_PERIOD = [f"denominator_{name}" for name in PERIOD]
POSITION_COLUMNS = [
    "town_value",
    "level_mean",
    "level_min",
    "level_max",
    "level_areas",
    "rank",
    "quintile",
]

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
    counts: pd.DataFrame, areas: AreaTree, catalogue: Catalogue, wanted: Iterable[Indicator] | None = None
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

    Returns
    -------
    IndicatorFrame
        ``value``, ``lower`` and ``upper`` in the unit of the indicator (per cent: 4.3). The 95 % interval is Wilson's
        for proportions and exact or Byar's for rates; counts, ratios and means have none (NaN).

    Raises
    ------
    DataError
        A proportion whose numerator is larger than its denominator, with file and row of the numerator.
    """

    @cache
    def amount(measure: str, age: str, sex: str) -> pd.DataFrame:
        return amount_by_area(counts, (sex or SEXES[0], *parse_ages(age)), measure, areas)

    delivered = set(counts["measure"].unique())
    frames: list[pd.DataFrame] = []
    unavailable: dict[str, str] = {}
    faults: list[Fault] = []
    for indicator in catalogue.indicators if wanted is None else wanted:
        joined = _join(indicator, delivered, amount)
        if isinstance(joined, str):
            unavailable[indicator.id] = joined
            continue
        faults.extend(_impossible(joined, indicator, counts))
        frames.append(_rate(joined, indicator))
    if faults:
        raise DataError(faults)
    return IndicatorFrame(_assemble(frames, areas), unavailable)


def _join(
    indicator: Indicator, delivered: set[str], amount: Callable[[str, str, str], pd.DataFrame]
) -> pd.DataFrame | str:
    """Bring numerator and denominator of the same area and time together, or say why that cannot be."""
    parts = list(indicator.amounts.values())
    if any(part.measure not in delivered for part in parts):
        return NOT_DELIVERED
    numerator, *denominators = [amount(part.measure, part.age, part.sex) for part in parts]
    if numerator.empty or any(denominator.empty for denominator in denominators):
        return AGES_DO_NOT_FIT
    if not denominators:
        never = pd.Series(pd.NaT, index=numerator.index, dtype="datetime64[s]")
        joined = numerator.assign(denominator=np.nan, denominator_end=never, denominator_status=NUMBER)
    else:
        joined = _join_in_time(numerator, denominators[0], indicator.max_gap_days)
    joined = _drop_empty_periods(joined)
    return NO_COMMON_PERIOD if joined.empty else joined


def _join_in_time(numerator: pd.DataFrame, denominator: pd.DataFrame, max_gap_days: int) -> pd.DataFrame:
    """Join to each period of the numerator one of the denominator, the same for all areas: else sums would not fit."""
    pairs = _pair_periods(_periods(numerator), _periods(denominator).add_prefix("denominator_"), max_gap_days)
    values = denominator[["area", *PERIOD, *VALUES]].rename(
        columns={name: f"denominator_{name}" for name in [*PERIOD, *VALUES]}
    )
    joined = numerator.merge(pairs, on=PERIOD).merge(values, on=["area", *DENOMINATOR_PERIOD], how="left")
    joined["denominator_status"] = joined["denominator_status"].astype(object).fillna(MISSING)
    return joined.rename(columns={"denominator_value": "denominator", "denominator_period_end": "denominator_end"})


def _periods(amount: pd.DataFrame) -> pd.DataFrame:
    """List the periods for which any area has more than a gap."""
    return amount.loc[amount["status"] != MISSING, PERIOD].drop_duplicates()


def _pair_periods(numerators: pd.DataFrame, denominators: pd.DataFrame, max_gap_days: int) -> pd.DataFrame:
    """Choose for each period the one that ends nearest, then begins nearest, then is the earlier one."""
    pairs = numerators.merge(denominators, how="cross")
    pairs["gap"] = (pairs["denominator_period_end"] - pairs["period_end"]).abs()
    pairs["start_gap"] = (pairs["denominator_period_start"] - pairs["period_start"]).abs()
    near = pairs[pairs["gap"] <= pd.Timedelta(days=max_gap_days)]
    nearest = near.sort_values(["gap", "start_gap", *DENOMINATOR_PERIOD[1:]]).drop_duplicates(PERIOD)
    return nearest.drop(columns=["gap", "start_gap"])


def _drop_empty_periods(joined: pd.DataFrame) -> pd.DataFrame:
    """Leave out the periods for which no area at all has both numbers."""
    known = (joined["status"] != MISSING) & (joined["denominator_status"] != MISSING)
    return joined[known.groupby([joined[name] for name in PERIOD]).transform("any")]


def _impossible(joined: pd.DataFrame, indicator: Indicator, counts: pd.DataFrame) -> list[Fault]:
    """Name the rows of a proportion whose numerator is larger than its denominator even at its lower bound."""
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
    return faults


def _place(row: pd.Series, measure: str, counts: pd.DataFrame) -> Place:
    """Say where a count of an area stands; a sum of areas stands in no file."""
    same = (counts["area"] == row["area"]) & (counts["measure"] == measure)
    for name in PERIOD:
        same &= counts[name] == row[name]
    source = counts[same].sort_values("row").head(1)
    if source.empty:
        return Place(area=row["area"])
    return Place(str(source["file"].iloc[0]), int(source["row"].iloc[0]), area=row["area"])


def _rate(joined: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """Divide, and give the interval that suits the kind of indicator."""
    status = _status(joined)
    known = status.isin([NUMBER, ZERO])
    factor = indicator.factor
    numerator = joined["value"].where(known)
    denominator = joined["denominator"].where(known)
    # Multiplied first: of whole numbers the division is then the only rounding, so that 4.35 % does not become 4.3.
    value = numerator if indicator.kind == "count" else numerator * factor / denominator
    lower, upper = _interval(joined[known], indicator)
    return pd.DataFrame(
        {
            **{name: joined[name] for name in ("area", "level", *PERIOD, "denominator_end")},
            "indicator": indicator.id,
            "numerator": numerator,
            "denominator": denominator,
            "value": value,
            "lower": lower.reindex(joined.index) * factor,
            "upper": upper.reindex(joined.index) * factor,
            "status": status,
            "segment": _segments(joined["period_end"], indicator),
        }
    )


def _status(joined: pd.DataFrame) -> pd.Series:
    """Combine the states of numerator and denominator; no people to count among means not applicable."""
    either = [
        (joined["status"] == state) | (joined["denominator_status"] == state)
        for state in (MISSING, SUPPRESSED, NOT_APPLICABLE)
    ]
    conditions = [*either, joined["denominator"] == 0, joined["value"] == 0]
    chosen = np.select(conditions, [MISSING, SUPPRESSED, NOT_APPLICABLE, NOT_APPLICABLE, ZERO], default=NUMBER)
    return pd.Series(chosen, index=joined.index, dtype=object)


def _interval(known: pd.DataFrame, indicator: Indicator) -> tuple[pd.Series, pd.Series]:
    """Interval as a fraction, widened by what rounding leaves open of the counts."""
    if indicator.kind not in {"proportion", "rate"} or known.empty:
        nothing = pd.Series(np.nan, index=known.index)
        return nothing, nothing
    fewest = known["lower"].to_numpy(), known["denominator_upper"].to_numpy()
    most = known["upper"].to_numpy(), known["denominator_lower"].to_numpy()
    if indicator.kind == "proportion":
        low = statistics.wilson_interval(np.minimum(*fewest), fewest[1])[0]
        high = statistics.wilson_interval(np.minimum(*most), most[1])[1]
    else:
        low = statistics.rate_interval(*fewest)[0]
        high = statistics.rate_interval(*most)[1]
    return pd.Series(low, index=known.index), pd.Series(high, index=known.index)


def _segments(period_end: pd.Series, indicator: Indicator) -> np.ndarray:
    """Number the stretches of a series between declared breaks, from 0."""
    breaks = np.array(sorted(np.datetime64(entry.date, "s") for entry in indicator.breaks), dtype="datetime64[s]")
    return np.searchsorted(breaks, period_end.to_numpy().astype("datetime64[s]"), side="right")


def _assemble(frames: list[pd.DataFrame], areas: AreaTree) -> pd.DataFrame:
    if not frames:
        frames = [_without_rows()]
    return add_positions(pd.concat(frames, ignore_index=True)[COLUMNS], areas)


def add_positions(frame: pd.DataFrame, areas: AreaTree) -> pd.DataFrame:
    """Add the town's value and, among the areas of the same level and period, mean, range, rank and quintile.

    The mean is that of the areas, unweighted; beside it stands the town's value, which comes from sums.
    """
    group = ["indicator", *PERIOD]
    town = frame.loc[frame["area"] == areas.root, [*group, "value"]].rename(columns={"value": "town_value"})
    frame = frame.merge(town, on=group, how="left")
    return add_level_positions(frame)


def add_level_positions(frame: pd.DataFrame) -> pd.DataFrame:
    """Add mean, range, rank and quintile among the areas of the frame that are of the same level and period."""
    by_level = frame.groupby(["indicator", *PERIOD, "level"], sort=False, observed=True)
    values = by_level["value"]
    numbers, codes = frame["value"].to_numpy(dtype=np.float64), by_level.ngroup().to_numpy()
    return frame.assign(
        level_mean=values.transform("mean"),
        level_min=values.transform("min"),
        level_max=values.transform("max"),
        level_areas=values.transform("count").astype(int),
        rank=statistics.rank(numbers, groups=codes),
        quintile=statistics.quintile(numbers, groups=codes),
    )


def in_last_period(frame: pd.DataFrame, among: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of each indicator's last period among some rows; of several that end on one day, the shortest."""
    last = among.sort_values(["period_end", "period_start"], kind="stable").groupby("indicator", sort=False).tail(1)
    return frame.merge(last[["indicator", *PERIOD]], on=["indicator", *PERIOD])


def _without_rows() -> pd.DataFrame:
    """Make an indicator frame without rows whose columns have their types all the same."""
    types = dict.fromkeys(COLUMNS, "float64")
    types |= dict.fromkeys(["area", "level", "indicator", "period_kind", "status"], "object")
    types |= dict.fromkeys(["period_start", "period_end", "denominator_end"], "datetime64[s]")
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})
