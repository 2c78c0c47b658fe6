"""What of a difference between two areas goes with the age structure, and what with the rates at the same age."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import MISSING, PERIOD, SEXES, SUPPRESSED, amount_by_area
from sozialanalyse.errors import DataError, Fault, Place, UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from sozialanalyse.catalogue import Amount, Indicator
    from sozialanalyse.town import Town

KINDS = ("proportion", "rate")

Ages = tuple[int, int]


@dataclass(frozen=True)
class Structure:
    """A difference of two rates, split (Kitagawa): ``difference = structure + rate``, in the unit of the indicator.

    Parameters
    ----------
    indicator, area, reference, period_end
        Of what, where and when. Where the reference holds the area, it is taken without it.
    difference
        Value of the area minus that of the reference.
    structure
        What goes with the area's people being older or younger.
    rate
        What goes with higher or lower rates at the same age.
    ages
        ``age_from, age_to``, and of both places ``share, rate`` and ``reference_share, reference_rate``: shares of the
        denominator, rates in the unit.
    """

    indicator: str
    area: str
    reference: str
    period_end: pd.Timestamp
    difference: float
    structure: float
    rate: float
    ages: pd.DataFrame


def decompose(
    town: Town, indicator: str, area: str, reference: str | None = None, *, date: dt.date | str | None = None
) -> Structure:
    """Split the difference between an area and a reference into age structure and age-specific rates.

    It is arithmetic and no cause: it says how much of the difference goes with the one and how much with the other.

    Parameters
    ----------
    town
        Whose counts by age are taken.
    indicator
        A proportion or rate whose numerator and denominator are delivered by the same ages.
    area
        The area.
    reference
        The area that it is compared with; default: the whole town.
    date
        End of the period; default: the last for which both places have all age groups.

    Raises
    ------
    UsageError
        Unknown names; an indicator without ages or of another kind; an area that is its own reference.
    DataError
        An age group is confidential or missing: neither part could be given without it.

    Notes
    -----
    An age group in which an area has nobody has no rate there; it is taken to have the reference's, so that the whole of
    its difference counts as structure.
    """
    chosen = town.catalogue.indicator(indicator)
    reference = town.areas.root if reference is None else town.areas.require(reference)
    if town.areas.require(area) == reference:
        raise UsageError("area '{area}' is compared with itself; name another reference", area=area)
    groups = _common_ages(town, chosen)
    cells = pd.concat([_cell(town, chosen, ages, (area, reference)) for ages in groups], ignore_index=True)
    rows = _at_one_date(cells, chosen, date)
    own, other = (rows[rows["area"] == place].reset_index(drop=True) for place in (area, reference))
    if area in town.areas.below(reference, town.areas.level(area)):
        other = other.assign(**{name: (other[name] - own[name]).clip(lower=0) for name in ("numerator", "denominator")})
    return _split(chosen, own, other, reference)


def _split(indicator: Indicator, own: pd.DataFrame, other: pd.DataFrame, reference: str) -> Structure:
    shares = [place["denominator"].to_numpy() / place["denominator"].sum() for place in (own, other)]
    rates = [_rates(place) for place in (own, other)]
    rates = [np.where(np.isnan(rates[0]), rates[1], rates[0]), np.where(np.isnan(rates[1]), rates[0], rates[1])]
    rates = [np.nan_to_num(rate) for rate in rates]  # an age of nobody in either place
    found = statistics.decompose([shares[1], rates[1]], [shares[0], rates[0]])
    factor = indicator.factor
    ages = own[["age_from", "age_to"]].assign(
        share=shares[0], rate=rates[0] * factor, reference_share=shares[1], reference_rate=rates[1] * factor
    )
    return Structure(
        indicator.id,
        str(own["area"].iloc[0]),
        reference,
        own["period_end"].iloc[0],
        float(found.crude[1] - found.crude[0]) * factor,
        float(found.effects[0]) * factor,
        float(found.effects[1]) * factor,
        ages,
    )


def _rates(rows: pd.DataFrame) -> np.ndarray:
    return np.asarray(rows["numerator"] / rows["denominator"].where(rows["denominator"] > 0))


def _common_ages(town: Town, indicator: Indicator) -> list[Ages]:
    """Find the finest age groups into which both counts can be split, from the first age asked for to the last."""
    bottom = indicator.denominator
    if indicator.kind not in KINDS or bottom is None:
        message = "'{indicator}' is a {kind}; only proportions and rates are split into structure and rates"
        raise UsageError(message, indicator=indicator.id, kind=indicator.kind)
    if indicator.numerator.ages != bottom.ages:
        message = "'{indicator}' counts ages {above} among ages {below}; to be split, both must be the same"
        ages = {"above": indicator.numerator.age or "0+", "below": bottom.age or "0+"}
        raise UsageError(message, indicator=indicator.id, **ages)
    groups = _shared_steps(_delivered_ages(town, indicator.numerator), _delivered_ages(town, bottom), bottom.ages)
    if len(groups) < 2:
        message = "'{indicator}' cannot be split: its counts are not delivered by common age groups"
        raise UsageError(message, indicator=indicator.id)
    return groups


def _delivered_ages(town: Town, part: Amount) -> set[Ages]:
    rows = town.counts[town.counts["measure"] == part.measure]
    pairs = rows[["age_from", "age_to"]].drop_duplicates().itertuples(index=False, name=None)
    return {(int(first), int(last)) for first, last in pairs}


def _shared_steps(above: Iterable[Ages], below: Iterable[Ages], whole: Ages) -> list[Ages]:
    """Cut the whole wherever both deliveries begin an age group.

    Examples
    --------
    >>> _shared_steps([(0, 2), (3, 5), (6, 14)], [(0, 5), (6, 9), (10, 14), (15, 17)], (0, 14))
    [(0, 5), (6, 14)]
    """
    starts = sorted({first for first, _ in above} & {first for first, _ in below})
    inside = [first for first in starts if whole[0] <= first <= whole[1]]
    ends = [*(first - 1 for first in inside[1:]), whole[1]]
    return list(zip(inside, ends, strict=True)) if inside and inside[0] == whole[0] else []


def _cell(town: Town, indicator: Indicator, ages: Ages, places: Sequence[str]) -> pd.DataFrame:
    """Numerator and denominator of one age group in both places, a row a place and period."""
    parts = {}
    for role, part in indicator.amounts.items():
        found = amount_by_area(town.counts, (part.sex or SEXES[0], *ages), part.measure, town.areas)
        found = found[found["area"].isin(places)]
        names = {"value": role, "status": f"{role}_status"}
        parts[role] = found[["area", *PERIOD[2:], "value", "status"]].rename(columns=names)
    both = parts["numerator"].merge(parts["denominator"], on=["area", *PERIOD[2:]])
    return both.assign(age_from=ages[0], age_to=ages[1])


def _at_one_date(cells: pd.DataFrame, indicator: Indicator, date: dt.date | str | None) -> pd.DataFrame:
    """Keep the last period that is complete in both places, or the one asked for; refuse one with gaps."""
    gap = cells["numerator"].isna() | cells["denominator"].isna()
    if date is None:
        complete = ~gap.groupby(cells["period_end"]).transform("any")
        ends = cells.loc[complete, "period_end"] if complete.any() else cells["period_end"]
        wanted = ends.max()
    else:
        wanted = pd.Timestamp(date)
    rows, absent = cells[cells["period_end"] == wanted], gap[cells["period_end"] == wanted]
    if rows.empty:
        raise UsageError("there are no counts by age of '{indicator}' at this date", indicator=indicator.id)
    message = "'{indicator}' cannot be split on {date:%Y-%m-%d}: ages {first} to {last} are {state}"
    faults = []
    for row in rows[absent].itertuples():
        state = SUPPRESSED if SUPPRESSED in {row.numerator_status, row.denominator_status} else MISSING
        values = {"indicator": indicator.id, "date": wanted, "first": row.age_from, "last": row.age_to, "state": state}
        faults.append(Fault(message, values, Place(area=str(row.area))))
    if faults:
        raise DataError(faults)
    return rows.sort_values("age_from", kind="stable")
