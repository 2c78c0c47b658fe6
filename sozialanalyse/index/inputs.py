"""What goes into an index: for each area the values of the indicators at a date, what chance does to them, and their changes up to it.

Nothing is filled in. A confidential value of an area that takes part means that there is no index: the small ones are hidden, so leaving them out
would shift what every other area is compared with. What was not delivered is treated as the recipe says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import ndtri

from sozialanalyse.amounts import MISSING, SUPPRESSED
from sozialanalyse.errors import Fault, Place, UsageError
from sozialanalyse.index.composing import FEWEST, INCLUDED, states

if TYPE_CHECKING:
    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Recipe

Day: TypeAlias = Any
"""A day, or NaT where there is none: pandas has no public type for both."""

WITHIN: Final = pd.Timedelta(days=365)
"""Of each indicator the last period counts that ends on the date or less than this before it: a school year ends in July."""

RESIDENTS: Final = "population"
"""Id of the indicator by which areas with few residents are excluded."""

DAYS_OF_A_YEAR: Final = 365.25

QUANTILE: Final = float(ndtri(0.975))
"""Half the width of a 95 % interval in standard errors."""


class Used(NamedTuple):
    """Which periods of an indicator go in: the ends of the last one and of the one with which it is compared (NaT: none)."""

    indicator: str
    end: Day
    first: Day


@dataclass(frozen=True)
class Inputs:
    """What goes into an index.

    Parameters
    ----------
    date, since
        The date of the status, and that from which on changes are measured (NaT where there are none).
    used
        Periods of each indicator.
    value, error, change, change_error
        Frames with a row an area (its id is the index) and a column an indicator. Errors are standard errors, read off 95 % intervals; NaN where there is no
        interval. Those of changes allow for the people who are counted at both dates, by the least persistence that the catalogue declares.
    population
        Residents by area; empty where they were not delivered.
    reasons
        Why a part (``status``, ``dynamics``) cannot be computed; absent where it can.
    """

    date: Day
    since: Day
    used: tuple[Used, ...]
    value: pd.DataFrame
    error: pd.DataFrame
    change: pd.DataFrame
    change_error: pd.DataFrame
    population: pd.Series
    reasons: dict[str, tuple[Fault, ...]] = field(default_factory=dict)


def gather(frame: pd.DataFrame, recipe: Recipe, tree: AreaTree, level: str, date: str = "") -> Inputs:
    """Gather what goes into the index of the areas of a level.

    Parameters
    ----------
    frame
        Indicator frame of the whole town, with the recipe's indicators and, where it excludes small areas, :data:`RESIDENTS`.
    recipe
        Which indicators, and over how many years changes go.
    tree
        The area tree.
    level
        Whose areas are compared, those that exist on the date.
    date
        Day of the status; empty: the last one at which all indicators were counted.

    Raises
    ------
    UsageError
        Unknown level; what is no day.
    """
    counted = frame[frame["status"] != MISSING]
    ends = {name: _ends(counted, name) for name in recipe.indicators}
    absent = [name for name, found in ends.items() if found.empty]
    day = _last_common(ends) if not date else _day(date)
    since: Day = day - pd.DateOffset(years=recipe.dynamics.years) if recipe.dynamics else pd.NaT
    used = tuple(Used(name, _until(found, day), _until(found, since)) for name, found in ends.items())
    members = _members(tree, level, day)
    now = _Wide.of(frame, members, {one.indicator: one.end for one in used})
    before = _Wide.of(frame, members, {one.indicator: one.first for one in used})
    population = _population(frame, counted, members, day)
    reasons = {
        "status": _missing(absent) or _undated(used, 1, day) or now.reasons(recipe, population),
        "dynamics": () if recipe.dynamics else None,
    }
    if recipe.dynamics:
        reasons["dynamics"] = (
            reasons["status"]
            or _undated(used, 2, since)
            or now.broken(before, recipe, population)
            or before.reasons(recipe, population)
        )
    return Inputs(
        date=day,
        since=since,
        used=used,
        value=now.value,
        error=now.error,
        change=now.value - before.value,
        change_error=change_errors(before.error, now.error, now.shared(before, used)),
        population=population,
        reasons={name: found for name, found in reasons.items() if found},
    )


def change_errors(first: pd.DataFrame, last: pd.DataFrame, shared: pd.DataFrame) -> pd.DataFrame:
    """Standard errors of differences between two dates.

    Parameters
    ----------
    first, last
        Standard errors at each date.
    shared
        Correlation of the two counts: of a stock, the share of those counted both times. Of several the least is on the safe side.

    References
    ----------
    Zou (2007), Psychological Methods 12, 399-413; as :func:`.statistics.proportion_change`.
    """
    return (first**2 + last**2 - 2 * shared * first * last) ** 0.5


@dataclass(frozen=True)
class _Wide:
    """Values at one date, an area a row."""

    value: pd.DataFrame
    error: pd.DataFrame
    segment: pd.DataFrame
    estimated: pd.DataFrame
    status: pd.DataFrame
    persistence: pd.DataFrame

    @classmethod
    def of(cls, frame: pd.DataFrame, members: list[str], ends: dict[str, Day]) -> _Wide:
        found = {name: _rows(frame, members, name, end) for name, end in ends.items()}

        def laid_out(column: str, default: object = np.nan) -> pd.DataFrame:
            columns = {
                name: rows[column] if column in rows else pd.Series(default, index=rows.index)
                for name, rows in found.items()
            }
            return pd.DataFrame(columns, index=members)

        errors = (laid_out("upper") - laid_out("lower")) / (2 * QUANTILE)
        return cls(
            laid_out("value"),
            errors.astype(np.float64),
            laid_out("segment"),
            laid_out("interpolated", default=False),
            laid_out("status"),
            laid_out("persistence_least").astype(np.float64),
        )

    def shared(self, before: _Wide, used: tuple[Used, ...]) -> pd.DataFrame:
        """Correlation of the counts of both dates; 0 where nothing is declared."""
        years = pd.Series({one.indicator: (one.end - one.first).days / DAYS_OF_A_YEAR for one in used})
        # A definition that changed between the dates counts other people.
        same = self.segment.eq(before.segment)
        return self.persistence.pow(years, axis="columns").where(same, 0.0).fillna(0.0)

    def included(self, recipe: Recipe, population: pd.Series) -> pd.Series:
        """Which areas take part, those with a confidential value among them."""
        shown = self.value.where(self.status != SUPPRESSED, 0.0)
        return states(shown, recipe, population=population if len(population) else None) == INCLUDED

    def reasons(self, recipe: Recipe, population: pd.Series) -> tuple[Fault, ...]:
        """Say which values of areas that take part are confidential, or missing where the recipe does not allow for it."""
        taking_part = self.included(recipe, population)
        if taking_part.sum() < FEWEST:
            return (Fault(REASON_MESSAGES["few"], {"fewest": FEWEST, "areas": int(taking_part.sum())}),)
        hidden = _cells(self.status == SUPPRESSED, taking_part, "hidden")
        return hidden or _cells(self.value.isna(), taking_part, "missing")

    def broken(self, before: _Wide, recipe: Recipe, population: pd.Series) -> tuple[Fault, ...]:
        """Say where a series does not go on from the first date to the last, or begins with an estimate."""
        taking_part = self.included(recipe, population)
        is_other = (self.segment != before.segment) & self.segment.notna() & before.segment.notna()
        estimated = before.estimated.eq(True)  # noqa: FBT003 - gaps are none
        return _cells(is_other, taking_part, "broken") or _cells(estimated, taking_part, "estimated")


REASON_MESSAGES: Final = {
    "hidden": "{indicator} is confidential (number of areas: {areas}); without them the others would be compared with something else, so there is no index",
    "missing": "{indicator} was not delivered for all areas that take part (number of areas without: {areas})",
    "broken": "between the two dates {indicator} was defined or delimited anew (number of areas: {areas})",
    "estimated": "{indicator} of the first date is only an estimate for some of today's areas (number of areas: {areas})",
    "few": "too few areas take part ({areas}); an index compares at least {fewest}",
    "absent": "{indicator} has not been delivered",
    "undated": "{indicator} was not counted in the year up to {day}",
}
"""Why a part cannot be computed."""


def _cells(found: pd.DataFrame, taking_part: pd.Series, reason: str) -> tuple[Fault, ...]:
    """Name the indicators with such cells, and the areas where they are few."""
    chosen = found[taking_part.to_numpy()]
    return tuple(
        Fault(
            REASON_MESSAGES[reason],
            {"indicator": name, "areas": int(chosen[name].sum())},
            Place(area=_first(chosen[name])),
        )
        for name in chosen
        if chosen[name].any()
    )


def _first(cells: pd.Series) -> str:
    return str(cells.index[cells.to_numpy(dtype=bool)][0])


def _missing(absent: list[str]) -> tuple[Fault, ...]:
    return tuple(Fault(REASON_MESSAGES["absent"], {"indicator": name}) for name in absent)


def _undated(used: tuple[Used, ...], place: Literal[1, 2], day: Day) -> tuple[Fault, ...]:
    if day is pd.NaT:
        return (Fault("there is no date at which all indicators were counted"),)
    message = REASON_MESSAGES["undated"]
    return tuple(
        Fault(message, {"indicator": one.indicator, "day": f"{day:%Y-%m-%d}"}) for one in used if one[place] is pd.NaT
    )


def _ends(counted: pd.DataFrame, indicator: str) -> pd.DatetimeIndex:
    """Ends of the periods in which an indicator was counted anywhere, in order."""
    return pd.DatetimeIndex(counted.loc[counted["indicator"] == indicator, "period_end"].unique()).sort_values()


def _until(ends: pd.DatetimeIndex, day: Day) -> Day:
    """Find the last end on a day or less than a year before."""
    near = ends[(ends <= day) & (ends > day - WITHIN)] if day is not pd.NaT else ends[:0]
    return near[-1] if len(near) else pd.NaT


def _last_common(ends: dict[str, pd.DatetimeIndex]) -> Day:
    """Find the last day up to which every indicator was counted within the year."""
    days = sorted({day for found in ends.values() for day in found}, reverse=True)
    return next((day for day in days if all(_until(found, day) is not pd.NaT for found in ends.values())), pd.NaT)


def _day(date: str) -> pd.Timestamp:
    try:
        return pd.Timestamp(date)
    except ValueError:
        message = "'date' is {found}; it must be a day: year, month and day with hyphens between them"
        raise UsageError(message, found=date) from None


def _members(tree: AreaTree, level: str, day: Day) -> list[str]:
    """Areas of a level that exist on a day, in the order of their ids."""
    rows = tree.at(level)
    if day is not pd.NaT and "valid_from" in rows:
        rows = rows[(rows["valid_from"] <= day) & (day <= rows["valid_to"])]
    return sorted(rows["area"].astype(str))


def _rows(frame: pd.DataFrame, members: list[str], indicator: str, end: Day) -> pd.DataFrame:
    chosen = frame[(frame["indicator"] == indicator) & (frame["period_end"] == end) & frame["area"].isin(members)]
    return chosen.drop_duplicates("area", keep="last").set_index("area")


def _population(frame: pd.DataFrame, counted: pd.DataFrame, members: list[str], day: Day) -> pd.Series:
    end = _until(_ends(counted, RESIDENTS), day)
    return _rows(frame, members, RESIDENTS, end)["value"].reindex(members).dropna()
