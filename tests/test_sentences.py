"""The sentences of pages say what their tables say; a sample here, all with ``python -m tests.sentences``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import sozialanalyse as sa
from tests.conftest import ROOT
from tests.sentence_pages import Wanted, page_of
from tests.sentences import Checked, check

if TYPE_CHECKING:
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
]
BERLIN = [
    Wanted("trend", "residents", area="05", language="de"),
    Wanted("trend", "older", language="en"),
    Wanted("comparison", "children", level="bezirk", language="en"),
    Wanted("comparison", "residents", area="08", level="bzr", language="de"),
]


def checked(town: Town, wanted: list[Wanted]) -> Checked:
    found = Checked()
    for each in wanted:
        check(page_of(town, each), town, found)
    return found


@pytest.fixture(scope="module")
def of_musterstadt(musterstadt: Town) -> Checked:
    return checked(musterstadt, MUSTERSTADT)


def test_musterstadt(of_musterstadt: Checked) -> None:
    assert of_musterstadt.faults == []
    kinds = {kind.split()[0] for kind in of_musterstadt.counts}
    assert kinds == {"summary", "plain", "heading", "development", "comparison"}
    assert sum(of_musterstadt.counts.values()) > 100


def test_berlin(shared: Path) -> None:
    found = checked(sa.open_town(ROOT / "data" / "berlin", shared / "data"), BERLIN)
    assert found.faults == []
    assert sum(found.counts.values()) > 50


CHANGES = {
    "another number": ("23,1 %", "23,2 %"),
    "another date": ("(31.12.2022)", "(31.12.2021)"),
    "another direction": ("um 0,9 Prozentpunkte niedriger", "um 0,9 Prozentpunkte höher"),
    "another unit": ("0,9 Prozentpunkte niedriger", "0,9 Prozent niedriger"),
    "a number that no table has": ("Woran das liegt", "Bei 17 Kindern liegt das anders. Woran das liegt"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_summary_that_says_something_else_is_a_fault(musterstadt: Town, what: str) -> None:
    """The check can fail: each number, date, direction and unit is held."""
    page = page_of_children(musterstadt)
    before, after = CHANGES[what]
    said = page.opening["sentences"]["summary"].replace("\u00a0", " ")
    assert before in said or what == "another date"
    page.opening["sentences"] = {"summary": said.replace(before, after).replace("am 31.12.2022", "am 31.12.2021")}
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
def test_a_plain_sentence_that_says_something_else_is_a_fault(musterstadt: Town, what: str) -> None:
    page = page_of_children(musterstadt)
    before, after = PLAIN_CHANGES[what]
    assert sum(before in sentence for sentence in page.plain) == 1
    page.plain = [sentence.replace(before, after) for sentence in page.plain]
    found = Checked()
    check(page, musterstadt, found)
    assert [fault.split(": ")[1] for fault in found.faults] == ["plain"]


_PAGES: list = []


def page_of_children(town: Town):
    """The page is made once; each test gets a copy to spoil."""
    import copy

    if not _PAGES:
        _PAGES.append(page_of(town, Wanted("trend", "children")))
    return copy.deepcopy(_PAGES[0])


def test_every_page_speaks_of_areas_and_not_of_people(musterstadt: Town) -> None:
    page = page_of_children(musterstadt)
    assert "sie beschreiben Gebiete, nicht die Menschen, die dort leben." in page.summary
    assert page.limits[0] == "Dies sind Aussagen über Gebiete, nicht über die Menschen, die dort leben."
    assert "Sie beschreiben keine einzelnen Menschen." in page.plain


def test_the_list_of_findings_gets_the_beginning_of_the_summary(musterstadt: Town) -> None:
    opening = page_of_children(musterstadt).opening
    assert opening["sentences"]["summary"].startswith(opening["summary"])
    assert len(opening["summary"]) < len(opening["sentences"]["summary"])
