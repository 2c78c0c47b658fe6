"""Looking up what a key speaks of among the published cells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from sozialanalyse.audit.keys import Claim, ClaimError

if TYPE_CHECKING:
    from fractions import Fraction

    from sozialanalyse.audit.courses import Course
    from sozialanalyse.audit.figures import Figure, Figures
    from sozialanalyse.audit.knowledge import Indicator
    from sozialanalyse.audit.standings import Standing


@dataclass(frozen=True, eq=False)
class Lookup:
    """Looks up what a key speaks of.

    Parameters
    ----------
    figures
        The published cells.
    sizes
        Bytes of each published file by its address.
    rows
        Cells of downloads that were in order, and rows of them, with how many numerals each holds: the same stand in many files.
    limits
        Intervals that were computed, by indicator, area and last day.
    standings, ends
        Indices that were computed, and up to which day each of their indicators was counted.
    courses
        What follows from counts by age, by measure and level.
    """

    figures: Figures
    sizes: dict[str, int] = field(default_factory=dict)
    rows: dict[tuple[str, ...], int] = field(default_factory=dict)
    limits: dict[tuple[str, ...], tuple[Fraction, Fraction] | None] = field(default_factory=dict)
    standings: dict[tuple[str, ...], Standing] = field(default_factory=dict)
    ends: dict[tuple[str, ...], dt.date | None] = field(default_factory=dict)
    courses: dict[tuple[str, str], Course | None] = field(default_factory=dict)

    @cached_property
    def days(self) -> frozenset[str]:
        """Days on which a period begins or ends."""
        cells = self.figures.knowledge.cells
        return frozenset(str(day) for name in ("period_start", "period_end") for day in cells[name].unique())

    @cached_property
    def _names(self) -> dict[str, set[str]]:
        knowledge = self.figures.knowledge
        return {
            "indicator": set(knowledge.indicators),
            "area": set(knowledge.areas),
            "within": set(knowledge.areas),
            "measure": set(knowledge.measures),
            "level": {*knowledge.document.levels, *(area.level for area in knowledge.areas.values())},
        }

    def check_names(self, claim: Claim) -> None:
        """Refuse a claim of what does not exist; as :func:`.expected_of`."""
        known = self._names
        for name, part in claim.parts.items():
            if name in known and part not in known[name]:
                message = "{key}: there is no {what} {part}"
                raise ClaimError(message, key=claim.key, what=name, part=part)
            if name in ("end", "first", "date"):
                try:
                    dt.date.fromisoformat(part)
                except ValueError as error:
                    message = "{key}: {part} is no day"
                    raise ClaimError(message, key=claim.key, part=part) from error

    def indicator(self, claim: Claim) -> Indicator:
        """Return the indicator that a claim speaks of."""
        return self.figures.knowledge.indicators[claim.parts["indicator"]]

    def decimals(self, claim: Claim) -> int:
        """So many decimals may a value have."""
        indicator = self.indicator(claim)
        return 0 if indicator.kind == "count" else indicator.decimals

    def figure(self, claim: Claim, day: str = "end", area: str | None = None) -> Figure | None:
        """Look up the value that a claim speaks of."""
        return self.figures.figure(self.indicator(claim), area or claim.parts["area"], claim.day(day))

    def level(self, claim: Claim) -> list[tuple[str, Figure]]:
        """Look up the values of all areas of a level that a claim speaks of."""
        areas = self.figures.members(claim.parts["within"], claim.parts["level"], claim.day())
        found = ((area, self.figure(claim, area=area)) for area in areas)
        return [(area, figure) for area, figure in found if figure]

    def shown_values(self, claim: Claim) -> list[Fraction]:
        """Values of a level that are published."""
        return [figure.value for _, figure in self.level(claim) if figure.value is not None]
