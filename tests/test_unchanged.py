"""A night in which nothing has changed: the town is not opened, the plan is not read, and the edition stands as it was."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sozialanalyse.batch import run_plan
from sozialanalyse.batch.outcome import Outcome
from sozialanalyse.batch.settled import MEMO, expected, nothing_to_do
from sozialanalyse.disclosure import process, unopened
from sozialanalyse.disclosure.places import CACHE_VARIABLE
from sozialanalyse.disclosure.release_files import open_release
from sozialanalyse.loading.raw_folder import RAW_VARIABLE
from tests.batch_samples import GOOD, order, project, runnable, write
from tests.released import write_town

# --- the gate: bytes of the town's files ---


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.delenv(RAW_VARIABLE, raising=False)


@pytest.fixture
def job(tmp_path):
    """A job of the gate whose town is a folder of any files."""
    write(tmp_path / "town" / "town.yml", "name: Klein")
    write(tmp_path / "town" / "releases" / "ledger.jsonl", "first\n")
    write(tmp_path / "raw" / "2024" / "people.shp", "1")
    write(tmp_path / "raw" / "2024" / "people.dbf", "1")
    write(tmp_path / "raw" / "other.csv", "1")
    names = {name: str(tmp_path / name) for name in ("town", "raw", "file", "result")}
    return {"do": "release", "ledger": None, "audience": "public", "only_look": True, **names}


READ = ["town.yml", "2024/people.shp"]
RESULT = {"sha256": "a" * 64, "number": 1, "ledger": "b" * 64, "impossible": 0}


def remembered(job, before=None):
    kept = write(Path(os.environ[CACHE_VARIABLE]) / "k.release", "Release")
    write(Path(job["file"]), "Release")
    unopened.remember(job, RESULT, kept, READ, before or unopened.snapshot(job))
    Path(job["file"]).unlink()
    return job


def test_where_nothing_has_changed_the_result_and_the_release_are_given_again(job):
    assert unopened.recalled(job) is None
    assert unopened.recalled(remembered(job)) == RESULT
    assert Path(job["file"]).read_text() == "Release"


@pytest.mark.parametrize(
    ("file", "is_read"),
    [
        ("town/town.yml", True),
        ("town/new.yml", True),
        ("town/counts/new.csv", True),
        ("town/releases/ledger.jsonl", True),
        ("town/releases/0001-public.csv.gz", True),
        ("town/releases/withdrawals.jsonl", False),
        ("raw/2024/people.shp", True),
        ("raw/2024/people.dbf", True),
        ("raw/2024/people.prj", True),
        ("raw/2025/people.shp", True),
        ("raw/other.csv", False),
        ("cache/k.release", True),
        ("elsewhere.csv", False),
    ],
)
def test_any_file_that_can_have_been_read_counts(job, tmp_path, file, is_read):
    """Of raw files that were not read the name counts alone: a mapping may ask for all of a pattern."""
    remembered(job)
    write(tmp_path / file, "changed")
    assert (unopened.recalled(job) is None) == is_read


def test_a_file_that_is_gone_counts(job, tmp_path):
    remembered(job)
    (tmp_path / "raw" / "2024" / "people.shp").unlink()
    assert unopened.recalled(job) is None


@pytest.mark.parametrize("changed", [{"audience": "administration"}, {"raw": None}, {"ledger": "elsewhere"}], ids=str)
def test_another_job_is_another_matter(job, changed):
    remembered(job)
    assert unopened.recalled(job | changed) is None


def test_files_behind_links_count(job, tmp_path):
    (tmp_path / "town" / "link").symlink_to(write(tmp_path / "far" / "a.csv", "1").parent)
    (tmp_path / "town" / "round").symlink_to(tmp_path / "town")
    assert unopened.recalled(remembered(job)) == RESULT
    write(tmp_path / "far" / "a.csv", "2")
    assert unopened.recalled(job) is None


def test_what_changed_while_the_town_was_opened_is_not_remembered(job, tmp_path):
    before = unopened.snapshot(job)
    write(tmp_path / "town" / "town.yml", "name: Kleiner")
    assert unopened.recalled(remembered(job, before)) is None


def test_entering_the_release_into_its_ledger_changes_nothing(job, tmp_path):
    remembered(job)
    before = unopened.ledger_state(unopened.ledger_of(job))
    write(tmp_path / "town" / "releases" / "ledger.jsonl", "first\nsecond\n")
    assert unopened.recalled(job) is None
    unopened.entered("c" * 64, before, unopened.ledger_state(unopened.ledger_of(job)))  # that of another town
    assert unopened.recalled(job) is None
    unopened.entered(RESULT["sha256"], before, unopened.ledger_state(unopened.ledger_of(job)))
    assert unopened.recalled(job) == RESULT


def test_the_cache_names_no_file_of_the_town(job, tmp_path):
    remembered(job)
    (memo,) = (tmp_path / "cache").glob(f"*{unopened.MEMO}")
    assert "people" not in memo.read_text()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 1}', '{"schema": 9}'])
def test_a_damaged_memo_is_none(job, tmp_path, text):
    remembered(job)
    (memo,) = (tmp_path / "cache").glob(f"*{unopened.MEMO}")
    memo.write_text(text)
    assert unopened.recalled(job) is None


def test_it_looks_where_the_raw_files_are_looked_for(job, monkeypatch):
    assert unopened.RAW_VARIABLE == RAW_VARIABLE
    monkeypatch.setenv(RAW_VARIABLE, job["raw"])
    assert unopened.recalled(remembered(job | {"raw": None})) == RESULT


ASKED = "import json, sys; from sozialanalyse.disclosure.__main__ import main; main(); print('pandas' in sys.modules)"


def asked(job, tmp_path):
    """Let a process of its own do a job: its result, and whether it had to import what opens a town."""
    with subprocess.Popen(
        [sys.executable, "-c", ASKED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdin.write(f"{json.dumps(job)}\n")
        process.stdin.flush()  # and stays open: it would end with whoever asked
        said = process.stdout.read()
    assert process.returncode == 0
    return json.loads((tmp_path / "result.json").read_text()), said.strip() == "True"


def test_a_real_town_is_opened_once(tmp_path):
    town = write_town(tmp_path / "town")
    given = {"town": str(town), "raw": None, "ledger": None, "audience": "public", "only_look": False}
    job = {"do": "release", **given, "file": str(tmp_path / "a.release"), "result": str(tmp_path / "result.json")}
    process.work(job)
    first = json.loads((tmp_path / "result.json").read_text())
    assert asked(job, tmp_path) == (first, False)
    assert open_release(tmp_path / "a.release").sha256 == first["sha256"]
    process.work(job | {"do": "record"})
    assert asked(job, tmp_path) == (first, False)
    write(town / "disclosure.yml", (town / "disclosure.yml").read_text() + "# a word\n")
    assert unopened.recalled(job) is None


def test_what_is_for_the_house_alone_is_not_kept(tmp_path):
    town = write_town(tmp_path / "town")
    given = {"town": str(town), "raw": None, "ledger": None, "audience": "statistics_unit", "only_look": False}
    process.make({"do": "release", **given, "file": str(tmp_path / "a.release")})
    assert not list((tmp_path / "cache").glob("*"))


# --- the batch: bytes of all else ---

PLAN = """schema: 1
title: {de: P, en: P}
runs:
  - {id: "trend-{target_group}", notebook: trend, matrix: {target_group: [older, children]}}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Publish two pages, in real processes."""
    folder = project(tmp_path_factory.mktemp("made"), PLAN)
    write(folder / "town.release", "Release")
    write(folder / "data" / "probestadt" / "releases" / "ledger.jsonl", "first\n")
    outcome = run_plan(ordered(folder))
    assert (outcome.made, outcome.failures) == (2, {})
    return folder


def ordered(folder, **changes):
    return order(folder, release=folder / "town.release", audience="administration", **changes)


@pytest.fixture
def folder(made, tmp_path):
    """A copy of what was published, with what a run that finds nothing to do has left."""
    copied = Path(shutil.copytree(made, tmp_path / "project"))
    run_plan(ordered(copied))
    return copied


def came_of(order):
    memo = expected(order)
    return memo and nothing_to_do(order, memo)


def test_it_is_known_that_there_is_nothing_to_do(folder):
    report = json.loads((folder / "outputs" / "run.json").read_text())
    for _ in range(2):
        assert came_of(ordered(folder)) == Outcome(0, 2, 0, {}, folder / "outputs" / "index.html", edition=1)
    again = json.loads((folder / "outputs" / "run.json").read_text())
    times = dict.fromkeys(("began", "ended"))
    assert again | times == report | times


def test_after_the_pages_were_made_the_next_run_has_nothing_to_do(made, tmp_path):
    """The report of the first run says new, that of the second unchanged."""
    (made / "outputs.log" / MEMO).read_text()
    report = json.loads((made / "outputs" / "run.json").read_text())
    assert [line["why"] for line in report["runs"]] == ["new", "new"]
    assert came_of(ordered(made)).unchanged == 2
    report = json.loads((made / "outputs" / "run.json").read_text())
    assert [(line["why"], line["state"], line["seconds"]) for line in report["runs"]] == [
        ("unchanged", "kept", None)
    ] * 2


def test_a_page_is_hashed_unless_it_is_the_very_file_that_was(folder, monkeypatch):
    """Whoever writes a page, and sets its time back, changes the time of that."""
    page = folder / "outputs/trend/older.de.html"
    monkeypatch.setattr("sozialanalyse.batch.settled.TICK", 0)
    assert came_of(ordered(folder)) is not None
    memo = json.loads((folder / "outputs.log" / MEMO).read_text())
    assert "trend/older.de.html" in memo["seen"]
    times = page.stat()
    with page.open("r+b") as file:
        file.write(b"<!DOCTYPE HTML>")
    os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert came_of(ordered(folder)) is None


CHANGES = {
    "a page": lambda folder: write(folder / "outputs/trend/older.de.html", "torn"),
    "a page is gone": lambda folder: (folder / "outputs/trend/older.de.html").unlink(),
    "the index": lambda folder: write(folder / "outputs/index.html", "torn"),
    "the manifest": lambda folder: write(folder / "outputs/manifest.json", "{}"),
    "the report": lambda folder: write(folder / "outputs/run.json", "{}"),
    "no feed": lambda folder: (folder / "outputs/feed.xml").unlink(),
    "a notebook": lambda folder: write(folder / "notebooks/trend.ipynb", GOOD + " "),
    "a plan": lambda folder: write(folder / "notebooks/plans/standard.yml", PLAN + "# a word\n"),
    "a plan that it may extend": lambda folder: write(folder / "notebooks/plans/other.yml", PLAN),
    "the release": lambda folder: write(folder / "town.release", "Another"),
    "the ledger": lambda folder: write(folder / "data/probestadt/releases/ledger.jsonl", "first\nsecond\n"),
    "a withdrawal": lambda folder: write(folder / "data/probestadt/releases/withdrawals.jsonl", "first\n"),
    "no memo": lambda folder: (folder / "outputs.log" / MEMO).unlink(),
    "a damaged memo": lambda folder: write(folder / "outputs.log" / MEMO, '{"schema": 1}'),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=[*CHANGES])
def test_any_change_of_a_file_is_looked_into(folder, change):
    change(folder)
    assert came_of(ordered(folder)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"force": True},
        {"only": ("trend-older",)},
        {"language": "en"},
        {"data": "1" * 64},
        {"impossible": 1},
        {"number": 1},
    ],
    ids=str,
)
def test_any_other_order_is_looked_into(folder, changes):
    assert came_of(ordered(folder, **changes)) is None


def test_how_it_is_made_is_no_reason(folder):
    assert came_of(replace(ordered(folder), workers=1, deadline=7.0, engine="plain")) is not None


def test_a_notebook_that_is_in_no_plan_may_change_at_the_cost_of_a_look(folder):
    write(folder / "notebooks" / "new.ipynb", runnable("1"))
    assert came_of(ordered(folder)) is None
    assert run_plan(ordered(folder)).unchanged == 2
    assert came_of(ordered(folder)) is not None
