"""Which sentences and headings a profile may show, written a second time: filled from the tables of its target groups.

As :mod:`tests.sentence_rules`, it uses nothing of the program that writes them but the names and directions that the catalogue
declares. How values developed is said by the sentences of pages of developments, which are checked there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.sentence_rules import SIDES, Course, in_sentence
from tests.sentence_summaries import PlainCheck, Setting, listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.town import Town
    from tests.sentence_pages import Page, Table

UNTESTED = 9

HEADINGS = {
    "de": {"Erkennbar über der Stadt": {1}, "Erkennbar unter der Stadt": {-1}, "Von der Stadt nicht zu unterscheiden": {0},
           "Nicht mit der Stadt verglichen": {UNTESTED}, "Über die Stadt bekannt": set()},
    "en": {"Discernibly above the town": {1}, "Discernibly below the town": {-1}, "Not to be told from the town": {0},
           "Not compared with the town": {UNTESTED}, "Known of the town": set()},
}  # fmt: skip
"""Headings over the table of a target group, and where the area lies then; of the town itself nothing is compared."""

NEED, STRENGTH, UNJUDGED = "need", "strength", "unjudged"
NEEDS = {
    "de": {"Hinweise auf einen größeren Bedarf an Unterstützung": NEED, "Stärken, also Hinweise auf einen kleineren Bedarf": STRENGTH,
           "Anders als in der Stadt, ohne Wertung": UNJUDGED},
    "en": {"Pointing to a greater need for support": NEED, "Strengths, pointing to a smaller need for support": STRENGTH,
           "Other than in the town, without any judgement": UNJUDGED},
}  # fmt: skip

NOTHING_POINTS = {
    "de": "Kein Indikator weist auf einen erkennbar größeren oder kleineren Bedarf an Unterstützung hin als in {town} im Ganzen.",
    "en": "No indicator points to a discernibly greater or smaller need for support than in {town} as a whole.",
}
"""Said in place of what points to a need, and of strengths."""

UNITS = {"de": {"%": "Prozent", "": "Anzahl"}, "en": {"%": "per cent", "": "number"}}
"""Units that stand with the number or not at all."""


@dataclass(frozen=True)
class Place:
    """A row of the table of a target group, as it is written."""

    label: str
    unit: str
    when: str
    value: str
    interval: str
    town: str
    side: int | None

    def course(self, language: str) -> Course:
        """Give the row as one of developments, which holds no more than it does."""
        unit = self.unit or UNITS[language]["%" if "%" in self.value else ""]
        return Course(language, self.label, unit, last=self.value, last_when=self.when, town=self.town)


def places(table: Table, labels: set[str], language: str) -> Iterator[Place]:
    """Read the table of a target group; that of the whole town compares nothing."""
    is_town = len(table.headings) == 3
    for row in table.rows:
        name, when = row[0]
        label, unit = (name, "") if name in labels else name.rsplit(", ", 1)
        written, *below = row[1]
        interval = below[0].split("; ")[0] if below and "\u2013" in below[0] else ""
        side = None if is_town else SIDES[language].get(row[3][0], UNTESTED)
        yield Place(label, unit, when, written.split(" (")[0], interval, "" if is_town else row[2][0], side)


def expected_need(at: Setting, row: Place) -> str:
    """Write all that is said of a difference from the town."""
    low, high = row.interval.split("\u2013")
    value = f"{row.value} {row.unit}".strip()
    begin = f"{row.label} {in_sentence(row.when, at.language)}: {value}"
    if at.language == "de":
        word = "darüber" if row.side == 1 else "darunter"
        return f"{begin} (Intervall von {low} bis {high}); in {at.town} waren es {row.town}, das Gebiet liegt erkennbar {word}."
    word = "above" if row.side == 1 else "below"
    return f"{begin} (interval from {low} to {high}); in {at.town} it was {row.town}, the area lies discernibly {word}."


def faults(page: Page, at: Setting, town: Town) -> Iterator[tuple[str, str, bool]]:
    """Hold every heading and sentence of a profile to its tables: its kind, itself, and whether they bear it."""
    groups = [
        ([row for table in tables[:1] for row in places(table, set(at.said), at.language)], headings)
        for tables, headings in page.groups
    ]
    rows = {row.label: row for found, _ in groups for row in found}
    for found, headings in groups:
        for heading in headings:
            yield "heading", heading, _is_heading_of(heading, found, at.language)
    yield from _needs(page, at, rows, town)
    leads = {group.lead for group in town.catalogue.target_groups}
    yield from _plain(page, at, [row for row in rows.values() if at.said[row.label][0] in leads])


def _is_heading_of(heading: str, rows: list[Place], language: str) -> bool:
    verdict, _, names = heading.partition(": ")
    wanted = HEADINGS[language].get(verdict)
    if wanted is None:
        return False
    return names == listing([row.label for row in rows if not wanted or row.side in wanted], language)


def _needs(page: Page, at: Setting, rows: dict[str, Place], town: Town) -> Iterator[tuple[str, str, bool]]:
    """Each discernible difference is told once, under the heading that the direction of its indicator asks for."""
    expected = {expected_need(at, row): row for row in rows.values() if row.side in {1, -1}}
    nothing_points = NOTHING_POINTS[at.language].format(town=at.town)
    points = {_meaning(row, at, town) for row in expected.values()} & {NEED, STRENGTH}
    told = [sentence for _, sentences in page.findings for sentence in sentences if sentence != nothing_points]
    yield "completeness", f"{len(told)} of {len(expected)} differences", sorted(told) == sorted(expected)
    for heading, sentences in page.findings:
        if sentences == [nothing_points]:
            yield "difference", nothing_points, not heading and not points
            continue
        verdict, _, names = heading.partition(": ")
        found = [expected[sentence] for sentence in sentences if sentence in expected]
        meant = {_meaning(row, at, town) for row in found}
        holds = meant == {NEEDS[at.language].get(verdict)} and names == listing(
            [row.label for row in found], at.language
        )
        yield "heading", heading, holds
        for sentence in sentences:
            yield "difference", sentence, sentence in expected


def _meaning(row: Place, at: Setting, town: Town) -> str:
    direction = town.catalogue.indicator(at.said[row.label][0]).direction
    if direction == "neutral":
        return UNJUDGED
    return NEED if (row.side == 1) == (direction == "higher_is_worse") else STRENGTH


def _plain(page: Page, at: Setting, leads: list[Place]) -> Iterator[tuple[str, str, bool]]:
    """Hold each plain sentence to the leading indicator whose topic was named last; before the first one, to any."""
    spoken = [row for row in leads if at.said[row.label][1] is not None]
    checks = {_topic(at, row): PlainCheck(at, row.course(at.language)) for row in spoken}
    check = next(iter(checks.values()))
    for sentence in page.plain:
        check = checks.get(sentence, check)
        yield "plain", sentence, check.holds(sentence)


def _topic(at: Setting, row: Place) -> str:
    said = at.said[row.label][1]
    assert said is not None
    topic = getattr(said.topic, at.language)
    return f"Es geht um {topic}." if at.language == "de" else f"This is about {topic}."
