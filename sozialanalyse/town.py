"""A town, opened: its counts, areas and catalogue, and the indicators computed from them, on the boundaries of any day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse import indicators
from sozialanalyse.amounts import MISSING, NUMBER, PERIOD, SEXES, Deliveries
from sozialanalyse.areas import Crosswalks, territory_breaks
from sozialanalyse.loading import TownData, load_town
from sozialanalyse.loading.counted_shares import misplaced
from sozialanalyse.loading.reforms import LARGEST_RELATIVE_ERROR, Carried, carry_over
from sozialanalyse.positions import POSITION_COLUMNS
from sozialanalyse.reading import EVERYTHING, note

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Break, Catalogue, Indicator, TargetGroup
    from sozialanalyse.loading import AppliedCorrection, Delivery
    from sozialanalyse.loading.offers import Offers

CELL = ["measure", "sex", "age_from", "age_to"]
NUMBERS = ["numerator", "denominator", "value", "lower", "upper", "numerator_least", "numerator_greatest"]


@dataclass(frozen=True)
class Town:
    """A town with checked data.

    Parameters
    ----------
    data
        What was loaded.
    carried
        What became of the counts where they were carried over to other boundaries (see :meth:`on_boundaries`).
    delivered
        The town as it was delivered, of one that was carried over.
    """

    data: TownData
    carried: Carried | None = None
    delivered: Town | None = None

    @property
    def name(self) -> str:
        """Name of the town as it is declared."""
        return self.data.file.name

    @property
    def audience(self) -> str | None:
        """For whom the counts have been protected; None where they are as they came in, which is for nobody else."""
        return None

    @property
    def entire(self) -> Town:
        """The town itself; of one that was narrowed to what a page needs, the one that it was taken from."""
        return self

    @property
    def areas(self) -> AreaTree:
        """The area tree."""
        return self.data.areas

    @property
    def catalogue(self) -> Catalogue:
        """Measures, indicators and target groups, the town's own included."""
        return self.data.catalogue

    @property
    def counts(self) -> pd.DataFrame:
        """Frame of counts (see :func:`sozialanalyse.loading.counts.check_counts`)."""
        return self.data.counts

    @property
    def unassigned(self) -> pd.DataFrame:
        """Delivered counts that belong to no area, with the ``label`` of their rows."""
        return self.data.unassigned

    @property
    def revisions(self) -> pd.DataFrame:
        """Counts that a later delivery changed (see :func:`sozialanalyse.loading.revisions.without_replaced`)."""
        return self.data.revisions

    @property
    def corrections(self) -> tuple[AppliedCorrection, ...]:
        """Declared corrections that were applied to the deliveries."""
        return self.data.corrections

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Provenance of each delivered table."""
        return self.data.deliveries

    @property
    def offers(self) -> Offers:
        """Local offers, as they were loaded or, of a Release, as its audience may know them."""
        return self.data.offers

    def breaks_of(self, indicator: str) -> tuple[Break, ...]:
        """Return all declared breaks of an indicator: its own, those of its measures and those of the town."""
        return self.catalogue.breaks_of(self.catalogue.indicator(indicator))

    @cached_property
    def _computed(self) -> dict[str | None, indicators.IndicatorFrame]:
        """What has been computed so far, by target group (None: the whole catalogue)."""
        return {}

    def _compute(self, target_group: str | None) -> indicators.IndicatorFrame:
        """Compute the indicators of a target group once; a page of one group need not wait for the others."""
        if target_group not in self._computed:
            wanted = None
            if target_group is not None:
                ids = self.catalogue.target_group(target_group).indicators
                wanted = [self.catalogue.indicator(name) for name in ids]
            computed = indicators.compute(self.counts, self.areas, self.catalogue, wanted, self._deliveries)
            frame = self._across_reforms(computed.frame, target_group).copy()  # in few blocks rows are chosen faster
            self._computed[target_group] = replace(computed, frame=frame)
        return self._computed[target_group]

    def _across_reforms(self, frame: pd.DataFrame, target_group: str | None) -> pd.DataFrame:
        """Stop series where an area became another place, and mark what was carried over."""
        frame = _with_territory_breaks(frame, self._breaks)
        if self.delivered is None:
            return frame
        if self.crossed.frame.empty:
            return frame.assign(interpolated=False, relative_error=np.nan, do_not_use=False)
        return _with_estimates(frame, self.delivered.indicators(target_group), self, self.delivered)

    @cached_property
    def _breaks(self) -> pd.DataFrame:
        """Areas that became other places (see :func:`.territory_breaks`)."""
        return territory_breaks(self.areas, self.data.crosswalks)

    @cached_property
    def crossed(self) -> Crosswalks:
        """The crosswalks over which earlier counts were carried; none of a town as it was delivered."""
        if self.delivered is None:
            return Crosswalks()
        frame = self.delivered.data.crosswalks.frame
        return Crosswalks(frame[~frame["date"].isin(self.data.crosswalks.frame["date"])])

    @property
    def variant(self) -> str:
        """Which boundaries its counts are on: as delivered, or by the last reform over which they were carried."""
        if self.delivered is None:
            return "delivered"
        return f"{max(self.crossed.dates):%Y-%m-%d}" if self.crossed.dates else "no reform"

    def misplaced(self) -> pd.DataFrame:
        """Tell how many people the crosswalks put into the wrong area (see :func:`.counted_shares.misplaced`)."""
        return self._misplaced.copy() if self.delivered is None else self.delivered.misplaced()

    @cached_property
    def _misplaced(self) -> pd.DataFrame:
        return misplaced(self._counted_once(), self.areas, self.data.crosswalks)

    def _counted_once(self) -> pd.DataFrame:
        """Counts among which nobody stands twice."""
        return self.counts

    def on_boundaries(self, day: str | dt.date | None = None) -> Town:
        """Return the town with all earlier counts on the boundaries of a day, as far as its crosswalks reach.

        Parameters
        ----------
        day
            Default: the last date that was counted. Reforms after it are left out of account.

        Returns
        -------
        Town
            Its ``carried.estimates`` list each estimated count with its error. Its indicator frame has three more columns:
            ``interpolated`` (a split area took part), ``relative_error`` (standard error over value, of numerator and
            denominator together), and ``do_not_use``: such values are left out, as missing. Areas that kept their territory,
            such as the whole town, keep their values as they were delivered. A town without crosswalks is returned as it is.
        """
        if not self.data.crosswalks.dates:
            return self
        wanted = pd.Timestamp(self.counts["period_end"].max() if day is None else day)
        if wanted not in self._carried_over:
            self._carried_over[wanted] = self._carry_over(wanted)
        return self._carried_over[wanted]

    @cached_property
    def _carried_over(self) -> dict[pd.Timestamp, Town]:
        """The town on the boundaries of other days, as far as they were asked for."""
        return {}

    def _carry_over(self, wanted: pd.Timestamp) -> Town:
        data = self.data
        carried = carry_over(self.counts, self.areas, data.crosswalks, wanted)
        later = Crosswalks(data.crosswalks.frame[data.crosswalks.frame["date"] > wanted])
        moved = replace(data, areas=carried.areas, counts=carried.counts, crosswalks=later)
        return replace(self, data=moved, carried=carried, delivered=self)

    def amounts(self, measure: str, cell: tuple[str, int, int]) -> pd.DataFrame:
        """Return the amounts of a measure for every area and period, added up once (see :func:`.amounts.amount_by_area`).

        Parameters
        ----------
        measure
            Id of the measure.
        cell
            Sex, first and last age wanted.
        """
        if (measure, cell) not in self._added_up:
            self._added_up[measure, cell] = self._deliveries.amount_by_area(measure, cell)
        return self._added_up[measure, cell].copy(deep=False)

    @cached_property
    def _deliveries(self) -> Deliveries:
        """The counts, laid out by area, period and cell."""
        return Deliveries(self.counts, self.areas)

    @cached_property
    def _added_up(self) -> dict[tuple[str, tuple[str, int, int]], pd.DataFrame]:
        """What has been added up so far."""
        return {}

    def gathering(self, group: TargetGroup) -> Town:
        """Return the town with one more target group, made of indicators of the others and of what is computed for those.

        Parameters
        ----------
        group
            What it is called, and its indicators; each belongs to another target group as well.
        """
        groups = [entry for entry in self.catalogue.target_groups if {*entry.indicators} & {*group.indicators}]
        catalogue = self.catalogue.model_copy(update={"target_groups": (*self.catalogue.target_groups, group)})
        made = replace(self, data=replace(self.data, catalogue=catalogue))
        computed = [self._compute(entry.id) for entry in groups]
        frame = pd.concat([found.frame[found.frame["indicator"].isin(group.indicators)] for found in computed])
        frame = frame.drop_duplicates(["indicator", "area", *PERIOD]).reset_index(drop=True)
        reasons = {name: why for found in computed for name, why in found.unavailable.items()}
        own = {name: reasons[name] for name in group.indicators if name in reasons}
        made._computed[group.id] = indicators.IndicatorFrame(frame, own)  # noqa: SLF001 - the same class
        made._added_up.update(self._added_up)  # noqa: SLF001 - the same class
        return made

    def unavailable(self, target_group: str | None = None) -> dict[str, str]:
        """Return why indicators could not be computed, by their ids (see :class:`~.indicators.IndicatorFrame`)."""
        return self._compute(target_group).unavailable

    def indicators(self, target_group: str | None = None, level: str | None = None) -> pd.DataFrame:
        """Return the indicator frame (see :func:`sozialanalyse.indicators.compute`).

        Parameters
        ----------
        target_group
            Only the indicators of this group, in its reading order.
        level
            Only areas of this level.

        Raises
        ------
        UsageError
            Unknown target group or level.
        """
        frame = self._compute(target_group).frame
        if level is not None:
            frame = frame[frame["level"] == self.areas.require_level(level)]
        return frame.reset_index(drop=True)

    def indicators_of(self, target_group: str) -> list[Indicator]:
        """Return the indicators of a target group for which there are data, in reading order."""
        ids = self.catalogue.target_group(target_group).indicators
        return [self.catalogue.indicator(name) for name in ids if name not in self.unavailable(target_group)]


def open_town(folder: str | Path, raw: str | Path | None = None) -> Town:
    """Open a town folder.

    Parameters
    ----------
    folder
        The folder that holds ``town.yml``.
    raw
        Folder of raw files, where the town's mappings need them; default: environment variable ``SOZIALANALYSE_RAW``.

    Raises
    ------
    SozialanalyseError
        With all faults of the town's files at once.
    """
    note(EVERYTHING)  # by whoever has a Release, and opens a town beside it
    return Town(load_town(Path(folder), None if raw is None else Path(raw)))


def _with_territory_breaks(frame: pd.DataFrame, breaks: pd.DataFrame) -> pd.DataFrame:
    """Begin a new segment of every series of an area on the day from which on its id means another territory."""
    segment = frame["segment"]
    for area, date in breaks.itertuples(index=False):
        segment = segment + ((frame["area"] == area) & (frame["period_end"] >= date)).astype(segment.dtype)
    return frame.assign(segment=segment)


def _with_estimates(frame: pd.DataFrame, before: pd.DataFrame, town: Town, delivered: Town) -> pd.DataFrame:
    """Mark the values of an indicator frame that rest on estimates, and leave out those too uncertain to be used."""
    wanted = [town.catalogue.indicator(name) for name in frame["indicator"].unique()]
    breaks = territory_breaks(delivered.areas, town.crossed)
    smallest = town.areas.levels[0]
    larger = [area for area in breaks["area"].unique() if area in town.areas and town.areas.level(area) != smallest]
    errors = _errors_of_amounts(wanted, town.crossed, delivered, larger)
    numerator = _error_at(frame, errors["numerator"], "period_end")
    denominator = _error_at(frame, errors["denominator"], "denominator_end")
    interpolated = numerator.notna() | denominator.notna()
    error = ((numerator.fillna(0) ** 2 + denominator.fillna(0) ** 2) ** 0.5).where(interpolated)
    do_not_use = interpolated & ~(error <= LARGEST_RELATIVE_ERROR) & (frame["status"] == NUMBER)
    changed = frame["period_end"] < pd.to_datetime(frame["area"].map(dict(breaks.itertuples(index=False, name=None))))
    frame = _as_delivered(frame.drop(columns=POSITION_COLUMNS), before, interpolated | changed)
    masked = frame.assign(
        **{name: frame[name].mask(do_not_use) for name in NUMBERS}, status=frame["status"].mask(do_not_use, MISSING)
    )
    marks = {"interpolated": interpolated, "relative_error": error, "do_not_use": do_not_use}
    return indicators.add_positions(masked, town.areas).assign(**marks)


def _as_delivered(frame: pd.DataFrame, before: pd.DataFrame, other: pd.Series) -> pd.DataFrame:
    """Take the values of areas that kept their territory from the town as it was delivered, those of ``other`` rows not.

    The sum of two halves is known exactly, but the bounds of the halves do not know that: added up, they are too wide.
    """
    key = ["area", "indicator", "period_kind", "period_start", "period_end"]
    names = [*NUMBERS, "status", "mark", "reliability"]
    found = frame[key].merge(before[[*key, *names]], on=key, how="left").set_index(frame.index)
    other = other | found["status"].isna()
    return frame.assign(**{name: frame[name].where(other, found[name]) for name in names})


def _errors_of_amounts(
    wanted: list[Indicator], crosswalks: Crosswalks, delivered: Town, larger: Iterable[str]
) -> dict[str, pd.DataFrame]:
    """Relative errors of the numerators and denominators that were estimated: ``area, indicator, end, relative_error``."""
    last = crosswalks.frame["date"].max()
    earlier = delivered.counts[delivered.counts["period_end"] < last]
    cells = pd.DataFrame(
        [(i.id, role, p.measure, p.sex or SEXES[0], *p.ages) for i in wanted for role, p in i.amounts.items()],
        columns=["indicator", "role", *CELL],
    )
    different = cells[CELL].drop_duplicates().itertuples(index=False, name=None)
    deliveries = Deliveries(earlier, delivered.areas)
    amounts = [
        deliveries.amount_by_area(measure, (sex, first, end)).assign(
            measure=measure, sex=sex, age_from=first, age_to=end, row=0
        )
        for measure, sex, first, end in different
    ]
    carried = carry_over(pd.concat(amounts), delivered.areas, crosswalks, last)
    sums = [_errors_of_sum(carried, area) for area in larger]
    estimates = pd.concat([carried.estimates, *sums]).merge(cells, on=CELL)
    # An estimate of nobody has no relative error; it is as uncertain as can be.
    estimates = estimates.fillna({"relative_error": np.inf}).rename(columns={"period_end": "end"})
    columns = ["area", "indicator", "end", "relative_error"]
    return {role: estimates.loc[estimates["role"] == role, columns] for role in ("numerator", "denominator")}


def _errors_of_sum(carried: Carried, area: str) -> pd.DataFrame:
    """Errors of a larger area that changed its territory, as if those of its parts were independent of each other."""
    parts = carried.areas.below(area, carried.areas.levels[0])
    by = [*CELL, "period_end"]
    squares = carried.estimates[carried.estimates["area"].isin(parts)].assign(error=lambda rows: rows["error"] ** 2)
    errors = squares.groupby(by, observed=True, as_index=False)["error"].sum()
    counts = carried.counts[carried.counts["area"].isin(parts)]
    sums = errors.merge(counts.groupby(by, observed=True, as_index=False)["value"].sum(), on=by)
    relative = sums["error"] ** 0.5 / sums["value"].where(sums["value"] > 0)
    return sums.assign(area=area, relative_error=relative)


def _error_at(frame: pd.DataFrame, errors: pd.DataFrame, end: str) -> pd.Series:
    """Relative error of each row whose amount was estimated at the date in a column; the largest of several spans."""
    largest = errors.groupby(["area", "indicator", "end"], as_index=False)["relative_error"].max()
    found = frame.merge(largest, left_on=["area", "indicator", end], right_on=["area", "indicator", "end"], how="left")
    return found["relative_error"].set_axis(frame.index)
