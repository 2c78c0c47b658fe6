"""What a calculation of the population assumes, declared: new buildings, special populations, vital rates, a given total."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sozialanalyse.errors import Fault, Place, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from sozialanalyse.outlook.populations import Population

SPECIAL_KINDS: Final = ("homes", "student_halls", "refugee_accommodation", "prisons")
"""Where people live who do not grow old where they are: others take their place."""

SPECIAL_COLUMNS: Final = ("area", "sex", "age_from", "age_to", "persons", "kind")

CARRIED: Final = 10
"""By default at most so many past steps are pooled: about one cycle of migration, so that no single wave goes on for ever."""

BORROWED: Final = 100.0
"""Persons by which each cohort of an area is filled up at the town's ratio. One of 10 persons is then nearly the town's, one
of 1,000 nearly its own; the ratio of 100 survivors of 110 alone has a standard error of 3 points."""


@dataclass(frozen=True, slots=True)
class NewBuilding:
    """Dwellings that will be lived in from a year on.

    Parameters
    ----------
    area
        Where.
    year
        From the reference date of this year on.
    dwellings, persons_per_dwelling
        How many people move in is their product; their number and ages then stay.
    from_outside
        Share of them that comes from outside the town, and so adds to its total; the rest leaves dwellings all over the town.
    """

    area: str
    year: int
    dwellings: float
    persons_per_dwelling: float
    from_outside: float = 0.0

    @property
    def persons(self) -> float:
        """People who move in."""
        return self.dwellings * self.persons_per_dwelling


@dataclass(frozen=True)
class Assumptions:
    """A variant: what is assumed beside "as before".

    Parameters
    ----------
    name
        Name of the variant.
    new_buildings
        People move in with the ages of the town's residents under 45, where ages are computed.
    special
        People in homes, halls, accommodation and prisons: columns ``area, sex, age_from, age_to, persons, kind`` in the age
        bands and sexes of the calculation, one of :data:`SPECIAL_KINDS` each. They are left out of the change of cohorts,
        held constant and added again.
    vital
        For ``cohort_component``: columns ``sex, age_from, survival, fertility``, for one step (as many years as a band is
        wide): share alive at its end; births per woman and step (0 for men).
    birth_survival
        Share of the newborn that is alive at the end of the step.
    totals
        The town's population by year where it is known better, such as from the Land's calculation; all areas are raked to it.
    pooled_steps, borrowed
        How many past steps are pooled, see :data:`CARRIED`; persons borrowed from the town, see :data:`BORROWED`.
    """

    name: str = "as_before"
    new_buildings: tuple[NewBuilding, ...] = ()
    special: pd.DataFrame | None = None
    vital: pd.DataFrame | None = None
    birth_survival: float = 0.996
    totals: Mapping[int, float] = field(default_factory=dict)
    pooled_steps: int = CARRIED
    borrowed: float = BORROWED

    def check(self, population: Population) -> None:
        """Refuse what names no area, no year to come or no possible number.

        Raises
        ------
        UsageError
            With all faults at once.
        """
        faults = [*self._faults_of_buildings(population), *self._faults_of_special(population)]
        if self.pooled_steps < 1 or self.borrowed < 0:
            message = "at least one past step is pooled and no fewer than 0 persons are borrowed; found {steps} and {borrowed}"
            faults.append(Fault(message, {"steps": self.pooled_steps, "borrowed": self.borrowed}))
        if bad := [year for year, total in self.totals.items() if not total >= 0]:
            faults.append(Fault("the given total of {year} is no number of persons", {"year": bad[0]}))
        if faults:
            raise UsageError(faults)

    def _faults_of_buildings(self, population: Population) -> Iterator[Fault]:
        last = population.dates[-1].year
        for building in self.new_buildings:
            place = Place(area=building.area)
            if building.area not in population.areas:
                yield Fault(
                    "new dwellings stand in an area that is not computed on level '{level}'",
                    {"level": population.level},
                    place,
                )
            if building.year <= last:
                message = (
                    "new dwellings of {year} are not to come: the last count is of {last}, which holds who lives there"
                )
                yield Fault(message, {"year": building.year, "last": last}, place)
            if not (building.persons >= 0 and 0 <= building.from_outside <= 1):
                message = "new dwellings need persons of at least 0 and a share from outside of 0 to 1; found {persons:g} and {share:g}"
                yield Fault(message, {"persons": building.persons, "share": building.from_outside}, place)

    def _faults_of_special(self, population: Population) -> Iterator[Fault]:
        if self.special is None:
            return
        if absent := [name for name in SPECIAL_COLUMNS if name not in self.special]:
            yield Fault("the table of special populations lacks the columns {columns}", {"columns": ", ".join(absent)})
            return
        bands = {first for first, _ in population.bands}
        for row in self.special.itertuples():
            place = Place(area=str(row.area))
            if row.kind not in SPECIAL_KINDS:
                message = "unknown kind of special population '{kind}'; allowed are: {allowed}"
                yield Fault(message, {"kind": row.kind, "allowed": ", ".join(SPECIAL_KINDS)}, place)
            if row.area not in population.areas or row.sex not in population.sexes or row.age_from not in bands:
                message = "a special population needs an area, sex and age band of the calculation; found {sex}, from {age} on"
                yield Fault(message, {"sex": row.sex, "age": row.age_from}, place)
            if not float(str(row.persons)) >= 0:
                yield Fault(
                    "a special population has {persons} persons; give a number from 0", {"persons": row.persons}, place
                )
