"""Checks the sentences of pages against the tables of the same page: ``python -m tests.sentences`` takes all of them.

Every sentence must be one that its rules allow (:mod:`tests.sentence_rules`), filled with the number, direction, unit and
date of its row. Without arguments all pages of Musterstadt and Berlin are checked in both languages; ``--sample N`` prints N
of their sentences for reading.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import sentence_profiles as profiles
from tests import sentence_rules as rules
from tests import sentence_summaries as summaries
from tests.sentence_pages import Page, Wanted, flat, page_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.town import Town

ROOT = Path(__file__).resolve().parent.parent
GROUPS = ("older", "children", "disability", "families", "residents")

WORDS_OF_BLAME = re.compile(
    r"schlecht|\bbeste|Problem|Brennpunkt|abgehängt|Spitzenreiter|Schlusslicht|leider|erfreulich|alarmierend|dramatisch|"
    r"Rang(?!e)|Platz \d|wegen|deshalb steig|aufgrund|verursacht|führt zu|worst|\bbest\b|problem|unfortunately|alarming|"
    r"because of|caused|due to(?! chance)|leads to|deprived|ranking",
    re.IGNORECASE,
)
"""What no sentence about results says: blame, praise, ranks, causes."""


@dataclass
class Checked:
    """What was checked: how many sentences of each kind, and those that the tables do not bear."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    sentences: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, page: Page, sentence: str, *, holds: bool) -> None:
        """Count a sentence, and note it where it is at fault."""
        self.counts[f"{kind} {page.wanted.language}"] += 1
        self.sentences.append((str(page.wanted), sentence))
        if WORDS_OF_BLAME.search(sentence):
            self.faults.append(f"{page.wanted}: judges or explains: {sentence}")
        if not holds:
            self.faults.append(f"{page.wanted}: {kind}: {sentence}")


def check(page: Page, town: Town, checked: Checked) -> None:
    """Check all sentences of a page."""
    if not page.tables:
        return
    at = setting(page, town)
    if page.wanted.notebook == "profile":
        for kind, sentence, holds in profiles.faults(page, at, town):
            checked.add(kind, page, sentence, holds=holds)
        return
    if page.wanted.notebook == "trend":
        _check_trend(page, at, checked)
    else:
        _check_comparison(page, at, checked)


def setting(page: Page, town: Town) -> summaries.Setting:
    """Read from the opening where a page is; what indicators are called, the catalogue declares."""
    language = page.wanted.language
    said = {getattr(entry.label, language): (entry.id, entry.said) for entry in town.catalogue.indicators}
    lead = "" if page.wanted.notebook == "profile" else _lead(page, said, town)
    return summaries.Setting(language, flat(page.opening["town"]), flat(page.opening["area"]), said, lead)


def _lead(page: Page, said: dict[str, tuple[str, Any]], town: Town) -> str:
    """Find the label of the indicator that a page of one target group speaks of first."""
    order = town.catalogue.target_group(page.wanted.target_group)
    shown = [row[0][0].removesuffix("¹").strip().rsplit(", ", 1)[0] for row in page.tables[0].rows]
    ids = {said[label][0]: label for label in shown}
    return next(ids[name] for name in (order.lead, *order.indicators) if name in ids)


def _check_trend(page: Page, at: summaries.Setting, checked: Checked) -> None:
    rows = rules.courses(page.tables[0], at.language)
    by_label = {row.label: row for row in rows}
    summary = summaries.expected_summary_of_course(at, rows)
    checked.add("summary", page, page.summary, holds=summary.fullmatch(page.summary) is not None)
    _check_plain(page, summaries.PlainCheck(at, by_label[at.lead]), checked)
    for heading, sentences in page.findings:
        verdict, _, names = heading.partition(": ")
        labels = [next((label for label in by_label if text.startswith(label)), "") for text in sentences]
        found = {by_label[label].finding for label in labels if label}
        holds = found <= rules.HEADINGS[at.language].get(verdict, set()) and names == summaries.listing(
            labels, at.language
        )
        checked.add("heading", page, heading, holds=holds)
        for sentence, label in zip(sentences, labels, strict=True):
            holds = bool(label) and rules.expected_course(by_label[label]).fullmatch(sentence) is not None
            checked.add("development", page, sentence, holds=holds)
    _check_all_said(page, rows, checked)


def _check_comparison(page: Page, at: summaries.Setting, checked: Checked) -> None:
    rows = rules.compared(page.tables, at.language)
    by_label = {row.label: row for row in rows}
    summary = summaries.expected_summary_of_comparison(at, rows)
    checked.add("summary", page, page.summary, holds=summary.fullmatch(page.summary) is not None)
    _check_plain(page, summaries.PlainCheck(at, by_label[at.lead]), checked)
    expected = {rules.expected_comparison(row): row for row in rows}
    for heading, sentences in page.findings:
        verdict, _, names = heading.partition(": ")
        said = [expected.get(sentence) for sentence in sentences]
        found = {_seen(row) for row in said if row}
        labels = [row.label if row else "" for row in said]
        holds = found <= {rules.COMPARED[at.language].get(verdict)} and names == summaries.listing(labels, at.language)
        checked.add("heading", page, heading, holds=holds)
        for sentence, row in zip(sentences, said, strict=True):
            checked.add("comparison", page, sentence, holds=row is not None)
    _check_all_said(page, rows, checked)


def _check_all_said(page: Page, rows: list, checked: Checked) -> None:
    """Each row of the table has its sentence."""
    said = sum(len(sentences) for _, sentences in page.findings)
    if said != len(rows):
        checked.faults.append(f"{page.wanted}: {said} sentences for {len(rows)} rows")


def _seen(row: rules.Compared) -> str:
    if row.sides.get(1) or row.sides.get(-1):
        return "differing"
    return "alike" if row.tested else "untested"


def _check_plain(page: Page, check: summaries.PlainCheck, checked: Checked) -> None:
    if check.at.said[check.row.label][1] is None:
        return
    if len(page.plain) < 5:
        checked.faults.append(f"{page.wanted}: nothing is said in plain words")
    for sentence in page.plain:
        checked.add("plain", page, sentence, holds=check.holds(sentence))


def pages_of(
    town: Town, levels: tuple[str, ...], most: int | None = None, languages: tuple[str, ...] = ("de", "en")
) -> Iterator[Wanted]:
    """List pages of a town: of the whole for each target group, and of its areas of today; at most so many of a level."""
    today = town.on_boundaries().areas
    yield from (
        Wanted("profile", area=area, language=language)
        for level in levels
        for area in today.at(level)["area"].tolist()[:most]
        for language in languages
    )
    for number, group in enumerate(GROUPS):
        for language in languages:
            for notebook in ("trend", "comparison"):
                yield Wanted(notebook, group, level=levels[0], language=language)
        for level in levels:
            areas = today.at(level)["area"].tolist()
            chosen = areas if most is None else [areas[(7 * number + 3 * n) % len(areas)] for n in range(most)]
            for place, area in enumerate(chosen):
                for language in languages if most is None else (languages[(place + number) % len(languages)],):
                    yield Wanted("trend", group, area, language=language)
                    if today.levels.index(level) > 0:
                        yield Wanted("comparison", group, area, language=language)


def check_town(town: Town, wanted: Iterator[Wanted], checked: Checked) -> None:
    """Check pages of a town."""
    for each in wanted:
        checked.counts[f"pages {each.language}"] += 1
        try:
            check(page_of(town, each), town, checked)
        except Exception as error:  # noqa: BLE001 - a page that cannot be read is a fault among others
            checked.faults.append(f"{each}: cannot be read: {error!r}")


def towns() -> Iterator[tuple[str, Town, tuple[str, ...]]]:
    """Open Musterstadt's Release for the public, and Berlin where its data stand beside the project."""
    import sozialanalyse as sa
    from tests.conftest import SHARED

    yield "Musterstadt", sa.open_for("public", town=ROOT / "data" / "musterstadt"), ("sozialraum", "lebensraum")
    if SHARED.is_dir():
        berlin = sa.open_town(ROOT / "data" / "berlin", SHARED / "data")
        yield "Berlin", berlin, ("bezirk", "pgr", "bzr")


def main() -> None:
    """Check everything, print counts and faults."""
    parser = argparse.ArgumentParser(prog="python -m tests.sentences", description=__doc__)
    parser.add_argument(
        "--most", type=int, default=None, help="so many areas of each level and target group; default: all"
    )
    parser.add_argument("--sample", type=int, default=0, help="print so many sentences for reading")
    chosen = parser.parse_args()
    faults = 0
    for name, town, levels in towns():
        checked = Checked()
        check_town(town, pages_of(town, levels, chosen.most), checked)
        faults += len(checked.faults)
        print(f"{name}: " + ", ".join(f"{kind}: {count}" for kind, count in sorted(checked.counts.items())))
        print("\n".join(checked.faults[:50]), f"{len(checked.faults)} at fault", sep="\n")
        some = random.Random(7).sample(checked.sentences, min(chosen.sample, len(checked.sentences)))
        print("\n".join(f"{page}: {sentence}" for page, sentence in some))
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
