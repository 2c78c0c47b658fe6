"""What everybody can look up in the published cells: counts, and the values of indicators made of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from sozialanalyse.audit.knowledge import MISSING, PUBLIC, PUBLISHED
from sozialanalyse.audit.relations import Name, Time, nearest_time, part_of

if TYPE_CHECKING:
    import datetime as dt

    from sozialanalyse.audit.atoms import Part
    from sozialanalyse.audit.knowledge import Indicator, Knowledge, Term

Cells = dict[tuple[str, "Part"], tuple[str, float]]


@dataclass(frozen=True)
class Count:
    """A count as the release shows it.

    Parameters
    ----------
    name
        What it is of.
    state
        One of :data:`.STATES`.
    value
        None where it is not known.
    """

    name: Name
    state: str
    value: Fraction | None


@dataclass(frozen=True)
class Figure:
    """An indicator's value in an area at a time, as the release shows it.

    Parameters
    ----------
    numerator, denominator
        Its counts; of a count there is no denominator.
    factor
        By what the fraction is multiplied.
    """

    numerator: Count
    denominator: Count | None
    factor: Fraction

    @property
    def hidden(self) -> list[Count]:
        """Counts that are not to be known."""
        return [count for count in (self.numerator, self.denominator) if count and count.value is None]

    @property
    def value(self) -> Fraction | None:
        """The value; none where a count is not known or there is nobody to count among."""
        numerator = self.numerator.value
        if self.denominator is None or numerator is None:
            return numerator
        below = self.denominator.value
        return numerator * self.factor / below if below else None


def hidden_of(*figures: Figure | None) -> tuple[Count, ...]:
    """Counts of figures that are not to be known."""
    return tuple(count for figure in figures if figure for count in figure.hidden)


@dataclass(frozen=True, eq=False)
class Figures:
    """Looks up counts and values; nothing here is hidden, since only what is published is in the cells."""

    knowledge: Knowledge

    @cached_property
    def _tables(self) -> dict[str, dict[Time, Cells]]:
        found: dict[str, dict[Time, Cells]] = {}
        names = ("measure", "period_start", "period_end", "area", "sex", "age_from", "age_to", "state", "value")
        columns = (self.knowledge.cells[name].tolist() for name in names)
        for measure, start, end, area, sex, first, last, state, value in zip(*columns, strict=True):
            times = found.setdefault(measure, {})
            times.setdefault(Time(start, end), {})[area, (sex, first, last)] = state, value
        for entry in self.knowledge.document.people:
            at_time = found.setdefault(entry.measure, {}).setdefault(Time(entry.period_start, entry.period_end), {})
            for area, people in entry.counts.items():
                at_time.setdefault((area, (entry.sex, entry.age_from, entry.age_to)), (PUBLIC, people))
        return found

    def parts(self, measure: str) -> set[Part]:
        """Sexes and ages by which a measure was counted anywhere."""
        return {part for cells in self._tables.get(measure, {}).values() for _, part in cells}

    def count(self, term: Term, area: str, time: Time) -> Count | None:
        """Look up a count; None where there is no such cell."""
        part = part_of(term)
        found = self._tables.get(term.measure, {}).get(time, {}).get((area, part))
        if found is None:
            return None
        state, value = found
        known = state in (PUBLISHED, PUBLIC)
        return Count(Name(term.measure, time, area, part), state, Fraction(repr(value)) if known else None)

    def times(self, term: Term) -> list[Time]:
        """Times at which a term was counted anywhere."""
        part = part_of(term)
        tables = self._tables.get(term.measure, {})
        return sorted(
            time
            for time, cells in tables.items()
            if any(shown == part and state != MISSING for (_, shown), (state, _) in cells.items())
        )

    def time_of(self, term: Term, end: dt.date) -> Time | None:
        """Find the time that ends on a day."""
        return next((time for time in self._times(term) if time.end == end), None)

    def figure(self, indicator: Indicator, area: str, end: dt.date) -> Figure | None:
        """Look up an indicator's value in an area; None where there is none at all."""
        name = indicator.id, area, end
        if name not in self._known_figures:
            self._known_figures[name] = self._figure(indicator, area, end)
        return self._known_figures[name]

    def _figure(self, indicator: Indicator, area: str, end: dt.date) -> Figure | None:
        time = self.time_of(indicator.numerator, end)
        numerator = self.count(indicator.numerator, area, time) if time else None
        if time is None or numerator is None or numerator.state == MISSING:
            return None
        factor = Fraction(repr(float(indicator.factor)))
        if indicator.denominator is None:
            return Figure(numerator, None, factor)
        other = nearest_time(time, self._times(indicator.denominator), indicator.max_gap_days)
        denominator = self.count(indicator.denominator, area, other) if other else None
        if denominator is None or denominator.state == MISSING:
            return None
        return Figure(numerator, denominator, factor)

    def series(self, indicator: Indicator, area: str, first: dt.date, last: dt.date) -> list[tuple[dt.date, Figure]]:
        """Look up all values of an area between two days."""
        ends = (time.end for time in self._times(indicator.numerator) if first <= time.end <= last)
        found = ((end, self.figure(indicator, area, end)) for end in ends)
        return [(end, figure) for end, figure in found if figure]

    def members(self, within: str, level: str, day: dt.date) -> list[str]:
        """Areas of a level inside an area that exist on a day."""
        areas = self.knowledge.areas
        return [
            area.id
            for area in areas.values()
            if area.level == level and area.exists(day) and (within in areas and self._lies_in(area.id, within))
        ]

    def _lies_in(self, area: str, within: str) -> bool:
        """Whether an area lies in another; a group does when all its parts do."""
        parts = self.knowledge.areas[area].parts
        if parts and area != within:
            return all(self._lies_in(part, within) for part in parts)
        parent: str | None = area
        while parent is not None and parent != within:
            parent = self.knowledge.areas[parent].parent
        return parent == within

    def _times(self, term: Term) -> list[Time]:
        key = term.measure, part_of(term)
        if key not in self._known_times:
            self._known_times[key] = self.times(term)
        return self._known_times[key]

    @cached_property
    def _known_figures(self) -> dict[tuple[str, str, dt.date], Figure | None]:
        return {}

    @cached_property
    def _known_times(self) -> dict[tuple[str, Part], list[Time]]:
        return {}

    @cached_property
    def root(self) -> str:
        """Id of the whole town."""
        largest = self.knowledge.document.levels[-1]
        return next(area.id for area in self.knowledge.document.areas if area.level == largest)
