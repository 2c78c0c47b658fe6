"""The report of an audit: what is disclosed, what nobody can explain, and how much was checked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sozialanalyse.audit.attack import Attack, Disclosure
    from sozialanalyse.audit.coverage import Coverage
    from sozialanalyse.audit.problems import Problem

MANY = 20
"""So many entries of a list are written out on the terminal; the JSON holds them all."""

VERDICTS = {
    True: "safe: nothing that was to be protected can be computed",
    False: "NOT safe: this must not be published",
}
"""The last line."""

NARROWEST = 5
"""So many of the narrowest intervals are written out."""

MESSAGES = {
    "exact": "{cell}: a hidden cell can be computed: {least}",
    "small": "{cell}: certainly below the threshold: {least} to {greatest}",
    "narrow": "{cell}: fewer values remain than were promised: {least} to {greatest}",
    "saturated": "{cell}: everybody of the group is known to be counted",
}
"""What each kind of disclosure says."""


@dataclass(frozen=True)
class Report:
    """What an audit found.

    Parameters
    ----------
    town
        Its name.
    attack
        What can be calculated.
    problems
        What is wrong with the files.
    coverage
        How many numerals of each file are mapped.
    revised
        Tables of earlier editions that were revised since.
    given_away
        What an earlier edition hid and can be calculated since this one is there.
    seconds
        How long it took.
    """

    town: str
    attack: Attack
    problems: tuple[Problem, ...]
    coverage: tuple[Coverage, ...]
    revised: tuple[str, ...] = ()
    given_away: tuple[Disclosure, ...] = ()
    seconds: float = 0.0

    @property
    def is_safe(self) -> bool:
        """Whether nothing is disclosed, nothing contradicts itself, and every number is explained."""
        return not (self.attack.disclosures or self.given_away or self.attack.contradictions or self.problems)

    def lines(self, translate: Callable[..., str]) -> Iterator[str]:
        """Write the report for a terminal.

        Parameters
        ----------
        translate
            Translates a message template and fills it.
        """
        attack = self.attack
        message = "{hidden} hidden cells attacked, and {derived} that are never shown but could be computed"
        yield translate(message, hidden=attack.hidden, derived=attack.derived)
        kinds = {kind: [entry for entry in attack.disclosures if entry.kind == kind] for kind in MESSAGES}
        message = "exactly disclosed: {exact}; certainly below the threshold: {small}; too narrow: {narrow}; whole groups: {saturated}"
        yield translate(message, **{kind: len(entries) for kind, entries in kinds.items()})
        for entries in kinds.values():
            yield from _some([self._of(entry, translate) for entry in entries], translate)
        message = "{cell}: hidden in an earlier edition, and given away by this one: {least} to {greatest}"
        yield from _some([translate(message, **_values(entry)) for entry in self.given_away], translate)
        if attack.excluded:
            yield translate(
                "{count} hidden cells are small by public numbers alone; nothing is promised of them",
                count=attack.excluded,
            )
        yield translate(
            "{count} cells could be computed by somebody who knows one other hidden cell", count=attack.insider
        )
        for entry in attack.intervals[:NARROWEST]:
            yield translate("narrowest interval: {cell}: {least} to {greatest}", **_values(entry))
        for line in self.revised:
            yield translate("revised since an earlier edition, so not compared: {table}", table=line)
        yield from _some([translate("contradiction: {cell}", cell=cell) for cell in attack.contradictions], translate)
        message = "published numbers contradict each other, and nothing beside them is hidden: {cell}"
        yield from _some([translate(message, cell=cell) for cell in attack.inconsistent], translate)
        yield from _some([problem.describe(translate) for problem in self.problems], translate)
        yield from self._coverage(translate)
        yield translate(VERDICTS[self.is_safe])

    @staticmethod
    def _of(entry: Disclosure, translate: Callable[..., str]) -> str:
        return translate(MESSAGES[entry.kind], **_values(entry))

    def _coverage(self, translate: Callable[..., str]) -> Iterator[str]:
        message = "{file}: {mapped} of {total} numerals mapped ({computed} computed again, {held} held to a range, {static} static)"
        for file in self.coverage:
            if file.total:
                yield translate(message, **_counts(file))
        totals = {
            name: sum(_counts(file)[name] for file in self.coverage)
            for name in ("mapped", "total", "computed", "held", "static")
        }
        yield translate(message, file=translate("all files"), **totals)

    def as_json(self) -> dict[str, Any]:
        """Write the report as plain data."""
        attack = self.attack
        return {
            "schema": 1,
            "safe": self.is_safe,
            "hidden": attack.hidden,
            "derived": attack.derived,
            "excluded": attack.excluded,
            "insider": attack.insider,
            "disclosures": [{"kind": entry.kind, **_values(entry)} for entry in attack.disclosures],
            "given_away": [{"kind": entry.kind, **_values(entry)} for entry in self.given_away],
            "narrowest": [_values(entry) for entry in attack.intervals[:MANY]],
            "contradictions": list(attack.contradictions),
            "inconsistent": list(attack.inconsistent),
            "revised": list(self.revised),
            "problems": [
                {"kind": entry.kind, "file": entry.file, "place": entry.place, "message": entry.describe(str.format)}
                for entry in self.problems
            ],
            "coverage": [_counts(file) for file in self.coverage],
            "seconds": round(self.seconds, 2),
        }


def _some(lines: list[str], translate: Callable[..., str]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:MANY])
    if len(lines) > MANY:
        yield "  " + translate("... and {count} more", count=len(lines) - MANY)


def _values(entry: Disclosure) -> dict[str, Any]:
    cell = f"{entry.area}|{entry.what}|{entry.period}"
    return {"cell": cell, "least": _number(entry.least), "greatest": _number(entry.greatest)}


def _number(value: float) -> int | float | None:
    if math.isinf(value):
        return None
    return int(value) if value == int(value) else round(value, 3)


def _counts(file: Coverage) -> dict[str, Any]:
    names = ("total", "mapped", "computed", "held", "static")
    return {"file": file.file, **{name: getattr(file, name) for name in names}}
