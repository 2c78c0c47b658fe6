"""What the audit remembers: verdicts on pages that have not changed by a byte, and nothing that a fault could hide behind."""

from __future__ import annotations

import json

import pytest

from sozialanalyse.audit import audit_folder
from sozialanalyse.audit.memory import Memory, Verdict, seal_of
from tests.audit_site import DAY, PAGE, cells, key, write_site

SECOND = "comparison/more.de.html"


@pytest.fixture
def memory(tmp_path):
    return tmp_path / "memory"


@pytest.fixture
def site(tmp_path):
    folder = write_site(tmp_path / "site")
    (folder / SECOND).write_text((folder / PAGE).read_text(encoding="utf-8"), encoding="utf-8")
    return folder


RECALLED = 999
"""Number of numerals that every remembered page is given here, so that it is known again."""


def read(report):
    """Pages that were read and not recalled."""
    return [file.file for file in report.coverage if file.file.endswith(".html") and file.total != RECALLED]


def audited_before(site, memory):
    """Audit a folder, and give what is remembered of its pages a sign."""
    report = audit_folder(site, memory=memory)
    for path in memory.rglob("*.json"):
        verdict = json.loads(path.read_text(encoding="utf-8"))
        if "coverage" in verdict:
            verdict["coverage"]["total"] = RECALLED
            path.write_text(json.dumps(verdict), encoding="utf-8")
    return report


def verdict_of(report):
    return report.is_safe, report.problems, report.coverage, report.attack.hidden, report.attack.insider


def test_the_second_time_the_report_is_the_same(site, memory):
    first, again = (audit_folder(site, memory=memory) for _ in range(2))
    assert verdict_of(again) == verdict_of(first) == verdict_of(audit_folder(site))
    assert list(again.lines(str.format)) == list(first.lines(str.format))


def test_the_second_time_no_page_is_read(site, memory):
    assert read(audited_before(site, memory)) == [PAGE, SECOND]
    assert read(audit_folder(site, memory=memory)) == []


def test_a_changed_page_is_read_and_the_other_is_not(site, memory):
    audited_before(site, memory)
    (site / PAGE).write_text((site / PAGE).read_text(encoding="utf-8") + "<p>02: 3</p>", encoding="utf-8")
    report = audit_folder(site, memory=memory)
    assert read(report) == [PAGE]
    assert [(problem.file, problem.kind) for problem in report.problems] == [(PAGE, "unmapped")]


def test_a_page_with_a_fault_is_never_remembered(site, memory):
    (site / PAGE).write_text("<p>02: 3</p>", encoding="utf-8")
    assert not audited_before(site, memory).is_safe
    again = audit_folder(site, memory=memory)
    assert not again.is_safe
    assert read(again) == [PAGE]


def test_what_two_pages_say_together_is_attacked_although_one_is_remembered(site, memory):
    """The count of 03 gives that of 02 away, which the remembered page does not name."""
    audit_folder(site, memory=memory)
    told = f'<data value="{key("numerator", "03")}">12</data>'
    (site / PAGE).write_text(told, encoding="utf-8")
    found = audit_folder(site, memory=memory).attack.disclosures
    assert ("exact", "02", DAY, 3) in {(entry.kind, entry.area, entry.period, entry.least) for entry in found}


@pytest.mark.parametrize("file", ["cells.csv", "knowledge.json"])
def test_other_cells_or_rules_are_another_edition(site, memory, file):
    audited_before(site, memory)
    before = seal_of(site)
    content = (site / file).read_text(encoding="utf-8")
    (site / file).write_text(content.replace("Altstadt", "Neustadt").replace("c1,", "c100,"), encoding="utf-8")
    assert seal_of(site) != before
    assert read(audit_folder(site, memory=memory)) == [PAGE, SECOND]


def test_an_attack_that_found_something_is_made_again(tmp_path, memory):
    """80 in the town cannot be 60: cells whose sums contradict each other."""
    rows = [line.replace("published,80,", "published,60,") for line in cells()]
    site = write_site(tmp_path / "wrong", rows=rows)
    assert not audit_folder(site, memory=memory).is_safe
    assert not audit_folder(site, memory=memory).is_safe
    assert list(memory.rglob("attack.json")) == []


def test_a_link_to_a_page_that_is_gone_is_judged_again(site, memory):
    linked = '<a href="2024.de.html">weiter</a>'
    (site / SECOND).write_text(linked, encoding="utf-8")
    (site / "comparison/2024.de.html").write_text("<p>Seite</p>", encoding="utf-8")
    assert audit_folder(site, memory=memory).is_safe
    (site / "comparison/2024.de.html").unlink()
    report = audit_folder(site, memory=memory)
    assert [(problem.file, problem.kind) for problem in report.problems] == [(SECOND, "unmapped")]


def test_what_cannot_be_read_is_not_remembered(site, memory):
    audit_folder(site, memory=memory)
    for file in memory.rglob("*.json"):
        file.write_text("{", encoding="utf-8")
    assert audit_folder(site, memory=memory).is_safe


def test_without_a_folder_nothing_is_remembered(site):
    nowhere = Memory(None, site)
    nowhere.keep_page(PAGE, b"", Verdict(None, ""))
    assert nowhere.page(PAGE, b"") is None


def test_what_is_kept_names_no_number_of_a_hidden_cell(site, memory):
    audit_folder(site, memory=memory)
    (attack,) = memory.rglob("attack.json")
    assert json.loads(attack.read_text(encoding="utf-8"))["disclosures"] == []
