"""What a dry run says: what would be made and why, for people in their language and for programs as lines of JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import get_args

import pytest

from sozialanalyse.batch import preview
from sozialanalyse.batch.edition import OUTDATED, Entry, Manifest, hash_text
from sozialanalyse.batch.orders import Why, versions
from sozialanalyse.batch.runs import Selection
from sozialanalyse.cli.previewing import REASONS, reason, say_preview
from sozialanalyse.language import Language
from tests.batch_samples import order, project, runnable, write

ONE = "schema: 1\ntitle: {de: P, en: P}\nruns:\n  - {id: trend-older, notebook: trend, parameters: {years: 5}}\n"
PAGE = "<p>Seite</p>"


@pytest.fixture
def published(tmp_path):
    """Have one page published, made of what is there."""

    def publish(*, state="current", why=None, **hashes):
        folder = project(tmp_path, ONE)
        (step,) = preview(order(folder))
        entry = Entry(
            id=step.run.id,
            language="de",
            address=step.run.address,
            state=state,
            group="older",
            sha256=None if state in {"failed", "withdrawn"} else hash_text(PAGE),
            hashes=step.hashes.model_copy(update=hashes),
            reason=why,
        )
        manifest = Manifest(town="probestadt", audience="public", versions=versions(), findings=(entry,))
        write(folder / "outputs" / "manifest.json", manifest.text())
        write(folder / "outputs" / "run.json", json.dumps({"versions": versions()}))
        write(folder / "outputs" / step.run.address, PAGE)
        return folder

    return publish


def because(folder, **changes):
    (step,) = preview(order(folder, **changes))
    return (step.why, step.changed)


def test_what_is_the_same_is_not_made_again(published):
    assert because(published()) == ("unchanged", ())
    assert because(published(), force=True) == ("forced", ())


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (lambda folder: {"data": "1" * 64}, ("data",)),
        (lambda folder: {"ledger": "1" * 64}, ("ledger",)),
        (lambda folder: write(folder / "notebooks" / "trend.ipynb", runnable("2")) and {}, ("notebook",)),
        (lambda folder: write(folder / "notebooks/plans/standard.yml", ONE.replace("5", "6")) and {}, ("parameters",)),
        (lambda folder: write(folder / "outputs" / "trend" / "older.de.html", "torn") and {}, ("page",)),
        (lambda folder: (folder / "outputs" / "trend" / "older.de.html").unlink() or {"data": "1" * 64}, ("data", "page")),
    ],
    ids=["data", "ledger", "notebook", "parameters", "page", "data and page"],
)  # fmt: skip
def test_what_has_changed_is_named(published, change, changed):
    folder = published()
    assert because(folder, **change(folder)) == ("changed", changed)


@pytest.mark.parametrize("part", ["catalogue", "library"])
def test_another_catalogue_or_library_is_named(published, part):
    assert because(published(**{part: "0" * 64})) == ("changed", (part,))


def test_a_finding_that_failed_is_tried_again_and_says_what_has_changed_since(published):
    assert because(published(state="failed")) == ("failed before", ())
    assert because(published(state="failed"), data="1" * 64) == ("failed before", ("data",))
    assert because(published(state="earlier", why="the time limit")) == ("failed before", ())


def test_a_page_that_is_marked_as_earlier_is_made_again_when_its_data_come_back(published):
    assert because(published(state="earlier", why=OUTDATED[0])) == ("changed", ("data",))


def test_what_was_withdrawn_is_not_made_again(published):
    (step,) = preview(order(published(state="withdrawn")))
    assert (step.why, step.is_due) == ("withdrawn", False)


def test_what_was_not_chosen_says_so(tmp_path):
    assert [step.why for step in preview(order(project(tmp_path), only=("trend-*",)))] == ["new", "new", "not chosen"]


def test_every_reason_has_its_words(published):
    (step,) = preview(order(published()))
    assert {*type(step.hashes).model_fields, "versions", "page", *get_args(Why)} - {"changed"} == set(REASONS)


def test_people_read_the_reasons_in_their_language(published):
    folder = published()
    (step,) = preview(order(folder, data="1" * 64, ledger="2" * 64))
    assert reason(step, Language("en")) == "data changed, ledger changed"
    named = replace(step, what={"data": ("kinderarmut", "kinder", "b", "c", "d")})
    assert reason(named, Language("en")) == "data changed: kinderarmut, kinder, b, c, …, ledger changed"


SELECTIONS = (
    Selection("trend-{area}", "area", ("01", "02"), ("03",), of=4),
    Selection("trend-{date}", "date", ("2024-12-31",), of=15, target_group="older"),
)


def steps(folder):
    found = preview(order(folder))
    return [replace(step, run=replace(step.run, selections=SELECTIONS)) for step in found]


def test_people_read_what_choices_came_to_and_how_many_findings_there_would_be(tmp_path, capsys):
    say_preview(steps(project(tmp_path)), Language("en"), as_json=False)
    said = capsys.readouterr()
    assert [line.split() for line in said.out.splitlines()] == [
        ["trend-older", "trend/older.de.html", "new"],
        ["trend-children", "trend/children.de.html", "new"],
        ["broken-older", "broken/older.de.html", "new"],
    ]
    assert said.err.splitlines() == [
        "trend-{area}, area: 2 of 4 chosen: 01, 02; left out, as hidden or missing: 03",
        "trend-{date}, date (older): 1 of 15 chosen: 2024-12-31",
        "3 findings: 3 new",
    ]


def test_programs_read_lines_of_json(tmp_path, capsys):
    """These keys are what others rely on; more may be added."""
    say_preview(steps(project(tmp_path, ONE)), Language("de"), as_json=True)
    said = capsys.readouterr()
    assert [json.loads(line) for line in said.out.splitlines()] == [
        {"entry": "trend-{area}", "key": "area", "target_group": None, "chosen": ["01", "02"], "unknown": ["03"], "of": 4},
        {"entry": "trend-{date}", "key": "date", "target_group": "older", "chosen": ["2024-12-31"], "unknown": [], "of": 15},
        {
            "id": "trend-older",
            "address": "trend/older.de.html",
            "language": "de",
            "why": "new",
            "changed": [],
            "what": {},
            "parameters": {"years": 5},
        },
    ]  # fmt: skip
    assert said.err == ""
