"""The catalogue as a whole: everything that a town works with, found by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sozialanalyse.catalogue.model import Break, Indicator, Measure, TargetGroup
from sozialanalyse.catalogue.recipes import Recipe
from sozialanalyse.documents import Model
from sozialanalyse.errors import unknown
from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    from collections.abc import Sequence


class Catalogue(Model):
    """All measures, indicators, target groups and recipes of an index that a town works with."""

    measures: tuple[Measure, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
    recipes: tuple[Recipe, ...] = ()

    def measure(self, name: str) -> Measure:
        """Return a measure by its id, or raise a UsageError that names the nearest ones."""
        return _find("measure", name, self.measures)

    def indicator(self, name: str) -> Indicator:
        """Return an indicator by its id, or raise a UsageError that names the nearest ones."""
        return _find("indicator", name, self.indicators)

    def breaks_of(self, indicator: Indicator) -> tuple[Break, ...]:
        """Return all breaks of an indicator, its own and those of the measures that it is made of, in order of time.

        A town's breaks are among the versions of its measures. Of breaks of one date with the same note one is kept.
        """
        used = {part.measure for part in indicator.amounts.values()}
        versions = [version for measure in self.measures if measure.id in used for version in measure.versions]
        found = [*indicator.breaks, *(version.as_break() for version in versions)]
        once = {(entry.date, entry.note): entry for entry in found}
        return tuple(sorted(once.values(), key=lambda entry: entry.date))

    def persistence_of(self, indicator: Indicator) -> tuple[float, float] | None:
        """Return the least and largest correlation, a year apart, of counts that are mostly of the same people.

        It is the persistence of the numerator's measure; where an age band ends, those who outgrow it are taken off: of a
        band of w years each year one w-th. Flows count others every year: 0. None where nothing is declared.
        """
        measure = next((entry for entry in self.measures if entry.id == indicator.numerator.measure), None)
        if measure is None:
            return None
        if measure.period_kind != "stock":
            return 0.0, 0.0
        if measure.persistence is None:
            return None
        first, last = indicator.numerator.ages
        staying = 1.0 if last == OPEN_AGE else 1 - 1 / (last - first + 1)
        low, high = measure.persistence
        return low * staying, high * staying

    def target_group(self, name: str) -> TargetGroup:
        """Return a target group by its id, or raise a UsageError that names the nearest ones."""
        return _find("target group", name, self.target_groups)

    def recipe(self, name: str) -> Recipe:
        """Return the recipe of an index by its id, or raise a UsageError that names the nearest ones."""
        return _find("recipe", name, self.recipes)


E = TypeVar("E", Measure, Indicator, TargetGroup, Recipe)


def _find(what: str, name: str, entries: Sequence[E]) -> E:
    for entry in entries:
        if entry.id == name:
            return entry
    raise unknown(what, name, [entry.id for entry in entries])
