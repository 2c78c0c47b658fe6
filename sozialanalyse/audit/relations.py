"""The relations that tie the cells of a release together, built from public knowledge alone.

An area is the sum of those below it, a term the sum of its atoms of age and sex, a proportion's denominator its numerator
and the rest, a measure never more than the one that it is part of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sozialanalyse.audit.atoms import Part, atoms_of, cover
from sozialanalyse.audit.knowledge import HIDDEN, MISSING, PUBLIC, PUBLISHED, UNASSIGNED
from sozialanalyse.audit.system import FREE, Draft

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from sozialanalyse.audit.knowledge import Exclusion, Identity, Indicator, Knowledge, Measure, Term

INFINITY = float("inf")

UNSTATED = (float("nan"), float("nan"))
"""Bounds of a cell of which none are stated."""


class Time(NamedTuple):
    """First and last day that a count speaks of."""

    start: dt.date
    end: dt.date


class Name(NamedTuple):
    """What a count is of; ``rest_of`` names the indicator whose numerator is taken off its denominator."""

    measure: str
    time: Time
    area: str
    part: Part
    rest_of: str = ""


@dataclass(frozen=True)
class Seen:
    """What is known of one cell before anybody calculates.

    Parameters
    ----------
    cell
        Its id, empty for a derived one.
    state
        One of :data:`.STATES`.
    least, greatest
        Bounds; equal where the count is known.
    prior
        Bounds that no release can help: those of the mark with which its deliverer hid it.
    """

    cell: str
    state: str
    least: float
    greatest: float
    prior: tuple[float, float] = FREE

    @property
    def is_known(self) -> bool:
        """Whether the count itself is known."""
        return self.least == self.greatest


@dataclass(frozen=True)
class Target:
    """A count that must not become known, or not be known to be small.

    Parameters
    ----------
    count
        Its number in the system.
    name
        What it is of.
    cell
        Id of a hidden cell; empty for what is never shown but could be computed.
    prior
        What public numbers say of it whatever the release does.
    """

    count: int
    name: Name
    cell: str
    prior: tuple[float, float]


@dataclass
class Table:
    """The cells of one measure at one time."""

    measure: Measure
    time: Time
    seen: dict[tuple[str, Part], Seen]
    atoms: dict[Part, tuple[Part, ...]]

    @cached_property
    def areas(self) -> dict[str, None]:
        """Areas with a cell, in the order of the file."""
        return dict.fromkeys(area for area, _ in self.seen)

    @cached_property
    def all_atoms(self) -> list[Part]:
        """Every atom once."""
        return list(dict.fromkeys(atom for atoms in self.atoms.values() for atom in atoms))

    @cached_property
    def parts(self) -> dict[Part, bool]:
        """Terms and atoms; true: a term, which is shown."""
        return dict.fromkeys(self.all_atoms, False) | dict.fromkeys(self.atoms, True)

    def lacks(self, area: str, part: Part) -> bool:
        """Whether an area has no count of a term, neither shown nor hidden."""
        seen = self.seen.get((area, part))
        return seen is None or seen.state == MISSING

    @cached_property
    def has_hidden(self) -> bool:
        """Whether anything is to be found out here."""
        return any(seen.state == HIDDEN for seen in self.seen.values())


@dataclass
class Relations:
    """Builds the system of a release step by step; see :func:`relations_of`."""

    knowledge: Knowledge
    tables: dict[tuple[str, Time], Table]
    draft: Draft = field(default_factory=Draft)
    priors: dict[int, float] = field(default_factory=dict)
    marks: dict[str, tuple[float, float]] = field(default_factory=dict)
    protected: dict[int, Name] = field(default_factory=dict)
    _used: set[tuple[str, Time]] = field(default_factory=set)

    def count(self, table: Table, area: str, part: Part) -> int:
        """Return the number of a count; what has no row in the cells is a free one."""
        seen = table.seen.get((area, part))
        limits = (seen.least, seen.greatest) if seen else FREE
        name = Name(table.measure.id, table.time, area, part)
        is_new = name not in self.draft.number
        number = self.draft.count(name, limits, whole=table.measure.whole)
        is_open = seen is None or seen.state == HIDDEN
        if is_new and is_open and table.measure.k is not None and part in table.parts:
            self.protected[number] = name
        return number

    def add_table(self, table: Table) -> None:
        """Tie the cells of a measure together, over ages, sexes and areas."""
        key = table.measure.id, table.time
        if key in self._used:
            return
        self._used.add(key)
        for area in table.areas:
            for term, atoms in table.atoms.items():
                if (area, term) in table.seen and atoms != (term,):
                    self._sum(self.count(table, area, term), [self.count(table, area, atom) for atom in atoms])
        if table.measure.additive:
            for area in (area for area in table.areas if not area.startswith(UNASSIGNED)):
                self._add_parts_of_area(table, area)

    def _add_parts_of_area(self, table: Table, area: str) -> None:
        """Tie an area to those below it, and to what is assigned to none of them."""
        rest = UNASSIGNED + area
        for part, is_shown in table.parts.items():
            if is_shown and table.lacks(area, part):
                continue
            below, is_complete = self._below(table, area, part if is_shown else None)
            if not below:
                continue
            parts = [self.count(table, inside, part) for inside in below]
            if rest in table.areas:
                parts.append(self.count(table, rest, part))
            whole = self.count(table, area, part)
            known = not is_shown or all((inside, part) in table.seen for inside in below)
            self._sum(whole, parts, is_complete=is_complete and known)

    def _below(self, table: Table, area: str, part: Part | None) -> tuple[list[str], bool]:
        """Areas directly below that have a count, or else those below them; and whether nobody is left out."""
        found: list[str] = []
        is_complete = True
        for child in self.knowledge.children.get(area, ()):
            if not self.knowledge.areas[child].exists(table.time.end):
                continue
            if child in table.areas and not (part and table.lacks(child, part)):
                found.append(child)
                continue
            deeper, complete = self._below(table, child, part)
            found += deeper
            is_complete &= complete and bool(deeper)
        return found, is_complete

    def _sum(self, whole: int, parts: list[int], *, is_complete: bool = True) -> None:
        """Learn that a count is the sum of others, or at least that."""
        terms = [(whole, -1.0), *((part, 1.0) for part in parts)]
        self.draft.between(terms, 0.0, 0.0) if is_complete else self.draft.between(terms, -INFINITY, 0.0)

    def add_proportion(self, indicator: Indicator) -> None:
        """Learn that numerator and rest make up the denominator, wherever one of both is hidden or the rest small."""
        if indicator.denominator is None:
            return
        for table in list(self._tables_of(indicator.numerator.measure)):
            other = self._paired(table, indicator)
            if other is None or (table.measure.k is None and not table.has_hidden and not other.has_hidden):
                continue
            for area in table.areas:
                if (area, part_of(indicator.numerator)) in table.seen:
                    self._add_rest(table, other, area, indicator)

    def _add_rest(self, table: Table, other: Table, area: str, indicator: Indicator) -> None:
        term, above = part_of(indicator.numerator), part_of(indicator.denominator or indicator.numerator)
        seen, over = table.seen[area, term], other.seen.get((area, above))
        if over is None or MISSING in (over.state, seen.state):
            return
        if table.measure.base or other.measure.base:
            return  # rounded on their own, one may be above the other
        name = Name(table.measure.id, table.time, area, term, indicator.id)
        rest = self.draft.count(name, FREE, whole=table.measure.whole)
        number = self.count(table, area, term)
        self._sum(self.count(other, area, above), [number, rest])
        if table.measure.threshold and table.measure.saturated:
            self.protected[rest] = name
        if over.state in (PUBLIC, PUBLISHED) and over.is_known:
            for count in (number, rest):
                self.priors[count] = min(self.priors.get(count, INFINITY), over.greatest)

    def add_part_of(self, measure: Measure) -> None:
        """Learn that a measure is nowhere more than the one that it is part of."""
        for table in list(self._tables_of(measure.id)):
            other = self.tables.get((measure.part_of or "", table.time))
            if other is None or not (table.has_hidden or other.has_hidden):
                continue
            atoms = other.all_atoms
            for (area, term), seen in table.seen.items():
                above = cover(term, atoms)
                if seen.state == MISSING or self._is_difference(area, term, table, other):
                    continue
                if above and any((area, shown) in other.seen for shown in other.atoms):
                    bounds = [(self.count(other, area, atom), 1.0) for atom in above]
                    self.draft.between([*bounds, (self.count(table, area, term), -1.0)], 0.0, INFINITY)

    @staticmethod
    def _is_difference(area: str, term: Part, *tables: Table) -> bool:
        """Whether both are known and what two totals have over their areas: there rounding makes a part the larger one."""
        seen = [table.seen.get((area, term)) for table in tables]
        return area.startswith(UNASSIGNED) and all(one is not None and one.is_known for one in seen)

    def add_identity(self, identity: Identity) -> None:
        """Learn a sum of measures."""
        for table in list(self._tables_of(identity.whole.measure)):
            others = [self.tables.get((part.measure, table.time)) for part in identity.parts]
            if not all(others):
                continue
            for area in table.areas:
                counts = [
                    self.count(other, area, part_of(part))
                    for other, part in zip(others, identity.parts, strict=True)
                    if other and (area, part_of(part)) in other.seen
                ]
                if (area, part_of(identity.whole)) in table.seen and len(counts) == len(others):
                    whole = self.count(table, area, part_of(identity.whole))
                    self._sum(whole, counts, is_complete=identity.holds == "equal")

    def _tables_of(self, measure: str) -> Iterator[Table]:
        return (table for (name, _), table in self.tables.items() if name == measure)

    def _paired(self, table: Table, indicator: Indicator) -> Table | None:
        """Find the denominator's table for a numerator's."""
        if indicator.denominator is None:
            return None
        part = part_of(indicator.denominator)
        times = {other.time: other for other in self._tables_of(indicator.denominator.measure) if part in other.atoms}
        chosen = nearest_time(table.time, times, indicator.max_gap_days)
        return None if chosen is None else times[chosen]

    def targets(self) -> list[Target]:
        """List what must not become known."""
        found = []
        for number, name in self.protected.items():
            seen = self.tables[name.measure, name.time].seen.get((name.area, name.part)) if not name.rest_of else None
            least, greatest = self.marks.get(seen.cell, seen.prior) if seen else FREE
            prior = least, min(greatest, self.priors.get(number, INFINITY))
            found.append(Target(number, name, seen.cell if seen else "", prior))
        return found


def relations_of(knowledge: Knowledge) -> Relations:
    """Build all relations of a release.

    Parameters
    ----------
    knowledge
        What is public.

    Returns
    -------
    Relations
        With the system in the making, to which pages may add what they say.
    """
    built = Relations(knowledge, tables_of(knowledge))
    for table in built.tables.values():
        if table.measure.k is not None or table.has_hidden:
            built.add_table(table)
    for indicator in knowledge.document.indicators:
        if indicator.kind == "proportion":
            built.add_proportion(indicator)
    for measure in knowledge.document.measures:
        if measure.part_of is not None:
            built.add_part_of(measure)
    for identity in knowledge.document.identities:
        built.add_identity(identity)
    return built


def tables_of(knowledge: Knowledge) -> dict[tuple[str, Time], Table]:
    """Sort the cells into tables of one measure at one time."""
    stated = {entry.cell: entry for entry in knowledge.document.excluded}
    grouped: dict[tuple[str, Time], dict[tuple[str, Part], Seen]] = {}
    columns = ["measure", "period_start", "period_end", "area", "sex", "age_from", "age_to", "cell", "state", "value"]
    for measure, start, end, area, sex, first, last, cell, state, value, least, greatest in zip(
        *(knowledge.cells[name].tolist() for name in [*columns, "least", "greatest"]), strict=True
    ):
        rule = knowledge.measures[measure]
        # Of what is published as it is, the number holds and no bounds beside it.
        stated_bounds = (
            (least, greatest) if state not in (PUBLISHED, PUBLIC) or measure in knowledge.blurred else UNSTATED
        )
        limits = _limits(rule, state, value, stated_bounds, is_rest=area.startswith(UNASSIGNED))
        prior = _limits(rule, state, value, _mark(stated.get(cell))) if state == HIDDEN else FREE
        known = max(limits[0], prior[0]), min(limits[1], prior[1])
        seen = Seen(cell, state, *(known if state == HIDDEN else limits), prior)
        grouped.setdefault((measure, Time(start, end)), {})[area, (sex, first, last)] = seen
    return {
        (measure, time): Table(knowledge.measures[measure], time, seen, atoms_of({part for _, part in seen}))
        for (measure, time), seen in grouped.items()
    }


def _mark(entry: Exclusion | None) -> tuple[float, float]:
    """Bounds of the mark with which a deliverer hid a count; NaN where there is none."""
    if entry is None or entry.reason != "marked":
        return np.nan, np.nan
    return (np.nan if entry.least is None else entry.least), (np.nan if entry.greatest is None else entry.greatest)


def _limits(
    rule: Measure, state: str, value: float, stated: tuple[float, float], *, is_rest: bool = False
) -> tuple[float, float]:
    """Say between what a cell lies before anybody calculates."""
    least, greatest = stated
    if state in (PUBLISHED, PUBLIC):
        if state == PUBLIC or (rule.base is None and np.isnan(least) and np.isnan(greatest)):
            return value, value
        half = (rule.base or 1) // 2
        return (
            max(0.0, value - half) if np.isnan(least) else least,
            value + half if np.isnan(greatest) else greatest,
        )
    if is_rest:  # delivered totals may be smaller than the sum of their parts
        return 0.0 if np.isnan(least) else least, INFINITY if np.isnan(greatest) else greatest
    is_one = state == HIDDEN and rule.zeros == "published" and rule.whole and rule.threshold > 0
    own = 1.0 if is_one else 0.0
    return own if np.isnan(least) else max(own, least), INFINITY if np.isnan(greatest) else greatest


def part_of(term: Term) -> Part:
    """Sex and ages of a term."""
    return term.sex or "all", term.age_from, term.age_to


def nearest_time(wanted: Time, times: Iterable[Time], max_gap_days: int) -> Time | None:
    """Choose the time that ends nearest, then begins nearest, then is the earlier one; none beyond the gap allowed."""
    near = [time for time in times if abs((time.end - wanted.end).days) <= max_gap_days]
    return min(
        near,
        key=lambda time: (abs((time.end - wanted.end).days), abs((time.start - wanted.start).days), time),
        default=None,
    )
