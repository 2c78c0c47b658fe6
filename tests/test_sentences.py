"""The sentences of pages say what their tables say; a sample here, all with ``python -m tests.sentences``."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

import sozialanalyse as sa
from tests.conftest import ROOT
from tests.sentence_pages import Page, Wanted, page_of
from tests.sentences import Checked, check

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sozialanalyse.town import Town

MUSTERSTADT = [
    Wanted("trend", "children", language="de"),
    Wanted("trend", "children", area="05", language="en"),
    Wanted("trend", "disability", area="021", language="de"),
    Wanted("trend", "disability", language="en"),
    Wanted("comparison", "children", language="en"),
    Wanted("comparison", "residents", area="05", language="de"),
    Wanted("comparison", "disability", level="lebensraum", language="de"),
    Wanted("profile", area="05", language="de"),
    Wanted("profile", area="410", language="en"),
    Wanted("profile", area="11", language="de"),  # one of its values is exactly zero
    Wanted("profile", area="13", language="en"),  # nothing points to a need
]
BERLIN = [
    Wanted("trend", "residents", area="05", language="de"),
    Wanted("trend", "older", language="en"),
    Wanted("comparison", "children", level="bezirk", language="en"),
    Wanted("comparison", "residents", area="08", level="bzr", language="de"),
]


def checked(town: Town, pages: Iterable[Page]) -> Checked:
    found = Checked()
    for page in pages:
        check(page, town, found)
    return found


@pytest.fixture(scope="module")
def pages(musterstadt: Town) -> list[Page]:
    return [page_of(musterstadt, wanted) for wanted in MUSTERSTADT]


@pytest.fixture
def children(pages: list[Page]) -> Page:
    """The first page, to be spoilt."""
    return copy.deepcopy(pages[0])


def test_musterstadt(musterstadt: Town, pages: list[Page]) -> None:
    found = checked(musterstadt, pages)
    assert found.faults == []
    assert {kind.split()[0] for kind in found.counts} == {
        "summary",
        "plain",
        "heading",
        "development",
        "comparison",
    } | {"difference", "completeness"}
    assert sum(found.counts.values()) > 100


def test_berlin(shared: Path) -> None:
    berlin = sa.open_town(ROOT / "data" / "berlin", shared / "data")
    found = checked(berlin, (page_of(berlin, wanted) for wanted in BERLIN))
    assert found.faults == []
    assert sum(found.counts.values()) > 50


CHANGES = {
    "another number": ("23,1 %", "23,2 %"),
    "another date": ("am 31.12.2022", "am 31.12.2021"),
    "another direction": ("um 0,9 Prozentpunkte niedriger", "um 0,9 Prozentpunkte höher"),
    "another unit": ("0,9 Prozentpunkte niedriger", "0,9 Prozent niedriger"),
    "a number that no table has": ("Woran das liegt", "Bei 17 Kindern liegt das anders. Woran das liegt"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_summary_that_says_something_else_is_a_fault(musterstadt: Town, children: Page, what: str) -> None:
    """The check can fail: each number, date, direction and unit is held."""
    page = children
    before, after = CHANGES[what]
    said = page.opening["sentences"]["summary"].replace("\u00a0", " ")
    assert before in said
    page.opening["sentences"] = {"summary": said.replace(before, after)}
    found = Checked()
    check(page, musterstadt, found)
    assert [fault.split(": ")[1] for fault in found.faults] == ["summary"]


PLAIN_CHANGES = {
    "another number": ("23 von 100", "24 von 100"),
    "another year": ("das Jahr 2024", "das Jahr 2023"),
    "another direction": ("ist niedriger", "ist höher"),
    "something unknown": ("Die Zahlen nennen keine Gründe.", "Schuld sind die Mieten."),
}


@pytest.mark.parametrize("what", PLAIN_CHANGES)
def test_a_plain_sentence_that_says_something_else_is_a_fault(musterstadt: Town, children: Page, what: str) -> None:
    page = children
    before, after = PLAIN_CHANGES[what]
    assert sum(before in sentence for sentence in page.plain) == 1
    page.plain = [sentence.replace(before, after) for sentence in page.plain]
    found = Checked()
    check(page, musterstadt, found)
    assert [fault.split(": ")[1] for fault in found.faults] == ["plain"]


def test_every_page_speaks_of_areas_and_not_of_people(pages: list[Page]) -> None:
    for page in pages:
        if page.wanted.language == "de":
            assert "sie beschreiben Gebiete, nicht die Menschen, die dort leben." in page.summary
            assert page.limits[0] == "Dies sind Aussagen über Gebiete, nicht über die Menschen, die dort leben."
            assert "Sie beschreiben keine einzelnen Menschen." in page.plain
        else:
            assert "they describe areas, not the people who live there." in page.summary
            assert page.limits[0] == "These are statements about areas, not about the people who live there."
            assert "They do not describe individual people." in page.plain


def test_the_list_of_findings_gets_the_beginning_of_the_summary(children: Page) -> None:
    opening = children.opening
    assert opening["sentences"]["summary"].startswith(opening["summary"])
    assert len(opening["summary"]) < len(opening["sentences"]["summary"])
