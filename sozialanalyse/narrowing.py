"""Towns that hold no more than the scope of a page, and leave a note of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sozialanalyse.disclosure.about import narrow_about
from sozialanalyse.disclosure.release import Release, narrow_states
from sozialanalyse.errors import UsageError, unknown
from sozialanalyse.reading import note, noted
from sozialanalyse.scope import narrow_carried, narrow_data
from sozialanalyse.town import Town

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from sozialanalyse.amounts import Cell
    from sozialanalyse.indicators import IndicatorFrame
    from sozialanalyse.loading import AppliedCorrection, Delivery
    from sozialanalyse.loading.offers import Offers
    from sozialanalyse.scope import Scope

PROVENANCE = (
    "a view holds counts and indicators; how they came in is asked of the town itself, before a view is made of it"
)


def narrowed(town: Town, scope: Scope) -> Town:
    """Leave of a town, or of a Release, what a scope holds, and note that this is read.

    Parameters
    ----------
    town
        The whole.
    scope
        What is wanted of it.
    """
    with noted():
        delivered = None if town.delivered is None else _narrowed(town.delivered, scope)
        made = _narrowed(town, scope, delivered=delivered)
        variants = dict.fromkeys([(town.delivered or town).variant, town.variant])
    for variant in variants:
        note({"variant": variant, "target_group": scope.target_group})
    return made


def _narrowed(town: Town, scope: Scope, **changed: Any) -> NarrowedTown:
    own = {entry.name: getattr(town, entry.name) for entry in fields(town)}
    carried = None if town.carried is None else narrow_carried(town.carried, scope)
    own |= {"data": narrow_data(town.data, scope), "carried": carried, "scope": scope, "whole": town, **changed}
    if not isinstance(town, Release):
        return NarrowedTown(**own)
    parts = {"about": narrow_about(town.about, scope), "states": narrow_states(town.states, scope)}
    return NarrowedRelease(**{**own, **parts})


@dataclass(frozen=True)
class NarrowedTown(Town):
    """What a scope holds of a town.

    Parameters
    ----------
    scope
        What it holds.
    whole
        The town, which computes what is asked; who else looks into it is noted as reading everything.
    """

    scope: Scope | None = None
    whole: Town | None = None

    @property
    def entire(self) -> Town:
        """The town that it was taken from."""
        return self._rest[1]

    @property
    def _rest(self) -> tuple[Scope, Town]:
        assert self.scope is not None
        assert self.whole is not None
        return self.scope, self.whole

    def _compute(self, target_group: str | None) -> IndicatorFrame:
        """Take what the whole town computes; its only target group is all there is."""
        scope, whole = self._rest
        group = self.catalogue.target_group(target_group or scope.target_group)
        with noted():
            return whole._compute(group.id)  # noqa: SLF001 - the same of another town

    def amounts(self, measure: str, cell: Cell) -> pd.DataFrame:
        """Take the amounts that the whole town adds up (see :meth:`.Town.amounts`)."""
        scope, whole = self._rest
        if measure not in scope.measures:
            what = "measure"
            raise unknown(what, measure, scope.measures)
        with noted():
            return whole.amounts(measure, cell)

    def misplaced(self) -> pd.DataFrame:
        """Take what is known of the whole town (see :meth:`.Town.misplaced`)."""
        note({"misplaced": True})
        with noted():
            return self._rest[1].misplaced()

    def on_boundaries(self, day: str | dt.date | None = None) -> Town:
        """Carry the whole town over, and take of it what the scope holds (see :meth:`.Town.on_boundaries`)."""
        scope, whole = self._rest
        moved = whole.on_boundaries(day)
        return self if moved is whole else narrowed(moved, scope)

    @property
    def unassigned(self) -> pd.DataFrame:
        """Not within a view."""
        raise UsageError(PROVENANCE)

    @property
    def revisions(self) -> pd.DataFrame:
        """Not within a view."""
        raise UsageError(PROVENANCE)

    @property
    def corrections(self) -> tuple[AppliedCorrection, ...]:
        """Not within a view."""
        raise UsageError(PROVENANCE)

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Not within a view."""
        raise UsageError(PROVENANCE)

    @property
    def offers(self) -> Offers:
        """Not within a view."""
        raise UsageError(PROVENANCE)


@dataclass(frozen=True)
class NarrowedRelease(NarrowedTown, Release):
    """What a scope holds of a Release."""
