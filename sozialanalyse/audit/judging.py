"""Judging: whether a written number is what its key says, and which numerals of a text nobody explains."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from sozialanalyse.audit.claims import expected_of
from sozialanalyse.audit.inventory import words_of
from sozialanalyse.audit.keys import CLASS_NAMES, DIRECTIONS, SEVERAL, WITHOUT_TEXT, Claim, ClaimError, read_key
from sozialanalyse.audit.lookup import Lookup
from sozialanalyse.audit.numerals import Written, has_digit, has_numeral, read_number
from sozialanalyse.audit.problems import quoted
from sozialanalyse.audit.spoken import bears, sense
from sozialanalyse.audit.telling import Static, Telling, fits, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialanalyse.audit.expected import Expected
    from sozialanalyse.audit.figures import Count, Figures
    from sozialanalyse.audit.problems import Kind
    from sozialanalyse.language import LanguageCode


class Fault(NamedTuple):
    """What is wrong with a number, before it is said where."""

    message: str
    values: dict[str, Any]
    kind: Kind


class Known(NamedTuple):
    """A key that can be checked, and what its number must be."""

    claim: Claim
    expected: Expected


class Said(NamedTuple):
    """A number that a page says of cells that are not to be known; what follows from it, the attack finds out."""

    claim: Claim
    written: Written
    hidden: tuple[Count, ...]


@dataclass(frozen=True, eq=False)
class Judge:
    """Compares what is written with what the published cells give.

    Parameters
    ----------
    figures
        The published cells.
    said
        Collects what pages say of hidden cells.
    """

    figures: Figures
    said: list[Said] = field(default_factory=list)

    @cached_property
    def lookup(self) -> Lookup:
        """What looks up the cells that keys speak of."""
        return Lookup(self.figures)

    @cached_property
    def web_address(self) -> str:
        """Where the folder can be opened by everybody, as ``town.yml`` says; empty where it does not."""
        return str((self.figures.knowledge.document.site or {}).get("url") or "")

    @cached_property
    def static(self) -> Static:
        """Texts that may stand without a key."""
        known = self.figures.knowledge
        names = (area.name for area in known.areas.values() if not has_digit(area.name))
        return Static((*known.document.static, *names))

    @cached_property
    def _claims(self) -> dict[str, Known | Fault]:
        return {}

    def claim(self, key: str) -> Known | Fault:
        """Read a key and compute its number; or say why that cannot be."""
        if key not in self._claims:
            try:
                claim = read_key(key)
                self._claims[key] = Known(claim, expected_of(self.lookup, claim))
            except ClaimError as error:
                self._claims[key] = Fault(error.message, error.values, kind="unmapped")
            except ValueError:
                self._claims[key] = Fault("{key}: a part is no number or no day", {"key": key}, kind="unmapped")
        return self._claims[key]

    def mark(self, key: str, text: str, language: LanguageCode) -> Fault | None:
        """Judge a number that says what it is."""
        found = self.claim(key)
        if isinstance(found, Fault):
            return found
        claim, expected = found
        values = {"text": quoted(text), "key": key}
        if claim.statistic in WITHOUT_TEXT:
            return Fault("'{text}' is written, but {key} is only drawn", values, kind="unmapped")
        if claim.statistic in SEVERAL:
            strange = [part for part in parts_of(text) if part not in self._words(claim)]
            return Fault("'{text}' is not {key}", values, kind="wrong") if strange else None
        if claim.statistic in CLASS_NAMES:
            return self._judged_name(expected, text, values)
        return self._judged_text(found, text, language, values)

    def _judged_text(self, known: Known, text: str, language: LanguageCode, values: dict[str, Any]) -> Fault | None:
        """Judge a word that tells a direction, or one number."""
        claim, expected = known
        if claim.statistic in DIRECTIONS:
            return self._judged_direction(expected, sense(text, language), values)
        written = read_number(text, language)
        if written is None:
            return Fault("'{text}' is not one number, as {key} should be", values, kind="unmapped")
        return self._judged(claim, expected, written, values)

    def _judged_direction(self, expected: Expected, direction: int, values: dict[str, Any]) -> Fault | None:
        """Hold a word that tells a direction to the differences that it may rest on."""
        if expected.hidden:
            area = expected.hidden[0].name
            values = {**values, "cell": f"{area.area}|{area.measure}|{area.time.end}"}
            return Fault("'{text}' ({key}) needs the hidden cell {cell}", values, kind="hidden")
        if expected.is_absent:
            return Fault("'{text}' ({key}) follows from no published cell", values, kind="wrong")
        if direction == 0 or not bears(expected, direction):
            return Fault("'{text}' ({key}) is not the direction that the published cells give", values, kind="wrong")
        return None

    def _judged_name(self, expected: Expected, text: str, values: dict[str, Any]) -> Fault | None:
        """Hold the name of a class to the class that the published cells give."""
        if expected.hidden or expected.is_absent:
            return self._judged_direction(expected, 0, values)
        if text.strip() not in expected.names:
            values = {**values, "expected": ", ".join(expected.names)}
            return Fault("'{text}' ({key}) is not what the published cells give: {expected}", values, kind="wrong")
        return None

    def _judged(self, claim: Claim, expected: Expected, written: Written, values: dict[str, Any]) -> Fault | None:
        """Hold a number to what it must be."""
        if expected.hidden:
            self.said.append(Said(claim, written, expected.hidden))
            area = expected.hidden[0].name
            values = {**values, "cell": f"{area.area}|{area.measure}|{area.time.end}"}
            return Fault("'{text}' ({key}) needs the hidden cell {cell}", values, kind="hidden")
        if expected.is_absent:
            return Fault("'{text}' ({key}) follows from no published cell", values, kind="wrong")
        if written.decimals > expected.decimals:
            values = {**values, "allowed": expected.decimals}
            return Fault("'{text}' ({key}) has more than {allowed} decimals", values, kind="wrong")
        if not fits(expected, written):
            self.said.append(Said(claim, written, ()))
            values = {**values, "expected": _shown(expected)}
            return Fault("'{text}' ({key}) is not what the published cells give: {expected}", values, kind="wrong")
        return None

    def is_certain(self, key: str) -> bool:
        """Whether a key says one number, or a date or name, and no range."""
        found = self.claim(key)
        return isinstance(found, Fault) or not _is_held(found.expected)

    def is_recomputed(self, key: str) -> bool:
        """Whether the number of a key was computed again and not only held to a range."""
        found = self.claim(key)
        return not isinstance(found, Fault) and (found.expected.value is not None or found.claim.statistic in SEVERAL)

    def unexplained(self, text: str, told: Iterable[str], language: LanguageCode) -> list[str]:
        """Find the numerals of a text that are neither static nor what one of its keys says.

        Parameters
        ----------
        text
            Of an attribute, a picture, or between elements.
        told
            Keys of the same element.
        language
            How numbers are written.
        """
        if not has_numeral(text):
            return []
        rest = self.static.removed_from(text)
        return self._telling(tuple(told)).strange(rest, language) if has_numeral(rest) else []

    def _telling(self, told: tuple[str, ...]) -> Telling:
        """What the keys of an element tell; worked out once for all texts of the element."""
        if told not in self._tellings:
            known = [found for key in told if not isinstance(found := self.claim(key), Fault)]
            claims = [found for found in known if found.claim.statistic not in DIRECTIONS]
            self._tellings[told] = Telling(
                words=frozenset(w for claim, _ in claims if claim.statistic in SEVERAL for w in self._words(claim)),
                exact=tuple(found for _, found in claims if found.value is not None),
                ranged=tuple(found for _, found in claims if found.value is None and _is_held(found)),
            )
        return self._tellings[told]

    @cached_property
    def _tellings(self) -> dict[tuple[str, ...], Telling]:
        return {}

    def faults_of_told(self, told: Iterable[str]) -> list[Fault]:
        """Judge keys of what is told without text: they must be readable and need no hidden cell."""
        faults = []
        for key in told:
            found = self.claim(key)
            if isinstance(found, Fault):
                faults.append(found)
            elif found.expected.hidden:
                name = found.expected.hidden[0].name
                cell = f"{name.area}|{name.measure}|{name.time.end}"
                faults.append(
                    Fault("{key} is told and needs the hidden cell {cell}", {"key": key, "cell": cell}, kind="hidden")
                )
        return faults

    def _words(self, claim: Claim) -> set[str]:
        """Numerals that may stand in the text of a date, an age range or a name."""
        parts = claim.parts
        if claim.statistic == "area":
            return set(parts_of(f"{parts['area']} {self.figures.knowledge.areas[parts['area']].name}"))
        if claim.statistic in ("offer_text", "offer_label"):
            return set(parts_of(words_of(claim, self.figures.knowledge.document.offers)))
        if claim.statistic == "ages":
            return {parts["age_from"], parts["age_to"]}
        days = [dt.date.fromisoformat(day) for day in parts.values()]
        numbers = {number for day in days for number in (day.day, day.month, day.year, day.year % 100)}
        return {form for number in numbers for form in (str(number), f"{number:02}")}


def _is_held(expected: Expected) -> bool:
    """Whether a number is held to a range, and to no hidden cell."""
    has_range = expected.least is not None or expected.greatest is not None or bool(expected.among)
    return has_range and not expected.hidden


def _shown(expected: Expected) -> str:
    """Write the number that would be right."""
    if expected.value is not None:
        return f"{float(expected.value):.{max(expected.decimals, 0) + 1}f}"
    if expected.among:
        return ", ".join(f"{float(value):.{expected.decimals + 1}f}" for value in sorted(expected.among))
    ends = (expected.least, expected.greatest)
    return " to ".join("…" if end is None else f"{float(end):.6g}" for end in ends)
