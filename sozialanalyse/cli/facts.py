"""What a plan may know of a town: its areas, and what was released of their size, its dates and its target groups."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sozialanalyse.errors import Fault, Place, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.batch import Run
    from sozialanalyse.town import Town

NEAREST_DATES = 3
"""So many dates are named to who asked for one without values."""


@dataclass(frozen=True)
class ReleasedFacts:
    """A town as the plans of its pages may know it (:class:`sozialanalyse.batch.choices.TownFacts`).

    Parameters
    ----------
    town
        A Release; what it hides, this hides.
    """

    town: Town

    @property
    def areas(self) -> AreaTree:
        """All areas, those of other times included."""
        return self.town.areas

    @cached_property
    def present(self) -> list[str]:
        """Ids of the areas that exist at the last date that was counted, in reading order."""
        last = self.town.counts["period_end"].max()
        frame = self.town.areas.frame
        exists = (frame["valid_from"] <= last) & (last <= frame["valid_to"])
        return [str(area) for area in frame.loc[exists, "area"]]

    @cached_property
    def _amounts(self) -> dict[str, dict[str, float]]:
        return {}

    def amounts(self, measure: str) -> dict[str, float]:
        """Number of each area at the last date of a measure; areas for which it is hidden or missing are left out.

        Raises
        ------
        UsageError
            The catalogue has no such measure.
        """
        self.town.catalogue.measure(measure)
        if measure not in self._amounts:
            self._amounts[measure] = _last_amounts(self.town, measure)
        return self._amounts[measure]

    def target_groups(self) -> dict[str, bool]:
        """All target groups, and whether the town has counts for one of their indicators."""
        counted = set(_delivered(self.town.counts)["measure"].unique())
        catalogue = self.town.catalogue
        has_values = {
            indicator.id: {amount.measure for amount in indicator.amounts.values()} <= counted
            for indicator in catalogue.indicators
        }
        return {group.id: any(has_values[name] for name in group.indicators) for group in catalogue.target_groups}

    @cached_property
    def _dates(self) -> dict[str | None, list[dt.date]]:
        return {}

    def dates(self, target_group: str | None) -> list[dt.date]:
        """The dates at which a target group has values, or any has; none of a group that there is not."""
        if target_group is not None and target_group not in {group.id for group in self.town.catalogue.target_groups}:
            return []
        if target_group not in self._dates:
            frame = self.town.indicators(target_group)
            ends = frame.loc[frame["value"].notna(), "period_end"].unique()
            self._dates[target_group] = sorted(end.date() for end in ends)
        return self._dates[target_group]

    def faults(self, run: Run) -> Iterator[Fault]:
        """Say what is wrong with a run: areas, levels, target groups and dates that there are not."""
        known: dict[str, Callable[[str], Any]] = {
            "area": self.town.areas.require,
            "level": self.town.areas.require_level,
            "target_group": self.town.catalogue.target_group,
        }
        for key, require in known.items():
            value = run.parameters.get(key)
            try:
                if value:
                    require(str(value))
            except UsageError as error:
                yield from (Fault(fault.message, fault.values, Place(key=key)) for fault in error.faults)
        yield from self._faults_of_date(run.parameters.get("date"), run.parameters.get("target_group"))

    def _faults_of_date(self, date: object, group: object) -> Iterator[Fault]:
        """Say what is wrong with the date of a run: its form, or that its target group has no values there."""
        if not date:
            return  # the last one
        wanted, place = _iso_date(str(date)), Place(key="date")
        if wanted is None:
            yield Fault("'{found}' is not a date of the form 2011-12-31", {"found": date}, place)
            return
        ends = self.dates(str(group) if group else None)
        if ends and wanted not in ends:  # without any data a page is made, and says so
            near = sorted(sorted(ends, key=lambda end: abs(end - wanted))[:NEAREST_DATES])
            values = {"found": date, "group": group or "-", "nearest": ", ".join(map(str, near))}
            yield Fault("the target group {group} has no values at {found}; nearest: {nearest}", values, place)


def facts_of(town: Town) -> ReleasedFacts:
    """Say what the plans of a Release's pages may know of it."""
    return ReleasedFacts(town)


def _delivered(counts: pd.DataFrame) -> pd.DataFrame:
    """Keep the counts that are more than a gap."""
    from sozialanalyse.amounts import MISSING  # noqa: PLC0415 - heavy

    return counts[counts["status"] != MISSING]


def _last_amounts(town: Town, measure: str) -> dict[str, float]:
    """Add up a measure over all ages and sexes, at the last date for which anything was delivered."""
    from sozialanalyse.amounts import amount_by_area  # noqa: PLC0415 - heavy
    from sozialanalyse.periods import OPEN_AGE  # noqa: PLC0415 - heavy

    counts = town.counts[town.counts["measure"] == measure]
    last = counts[counts["period_end"] == _delivered(counts)["period_end"].max()]
    amounts = amount_by_area(last, ("all", 0, OPEN_AGE), measure, town.areas)
    known = amounts[amounts["value"].notna()]
    return {str(area): float(value) for area, value in zip(known["area"], known["value"], strict=True)}


def _iso_date(text: str) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None
