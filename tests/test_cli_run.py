"""The command line: what it makes of options, what it says, and its exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sozialanalyse.batch.publishing import hold
from sozialanalyse.cli import app, speaking, towns
from tests.batch_samples import GOOD, PLAN, project, runnable, town, write

pytestmark = pytest.mark.slow

ONE_RUN = "schema: 1\ntitle: {{de: a, en: b}}\nruns:\n  - id: x\n    notebook: trend\n    parameters: {parameters}\n"
DATED = GOOD.replace("years: int", 'date: str = \\"\\"\\nyears: int')


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Stand in a project with one town."""
    monkeypatch.chdir(project(tmp_path, PLAN.split("  - {id: broken")[0]))
    monkeypatch.delenv("SOZIALANALYSE_RAW", raising=False)
    return tmp_path


def call(*arguments):
    return CliRunner().invoke(app, arguments)


def run(*arguments):
    return call("run", "--town", "data/probestadt", *arguments)


def test_help_is_cheap():
    code = (
        "import sys, sozialanalyse.cli; print(sorted({'pandas', 'pydantic', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "sozialanalyse", "run", "--help"], capture_output=True, text=True, check=True
    )
    options = "town raw plan only audience language workers ledger output dry-run force quiet json"
    assert [option for option in options.split() if f"--{option}" not in done.stdout] == []


def test_a_run_publishes_and_says_so(folder):
    result = run("--only", "trend-older")
    assert result.exit_code == 0, result.stderr
    assert (folder / "outputs" / "trend" / "older.de.html").is_file()
    assert not (folder / "outputs" / "trend" / "children.de.html").exists()
    assert result.stderr.splitlines()[0].startswith("1/1 trend-older (")
    assert str(Path("outputs", "index.html")) in result.stderr.splitlines()[-1]
    assert result.stdout == ""


def test_a_failing_notebook_is_exit_code_1_as_json(folder):
    write(folder / "notebooks" / "trend.ipynb", runnable("1 / 0"))
    result = run("--json", "--only", "trend-older")
    assert result.exit_code == 1
    event, summary = map(json.loads, result.stdout.splitlines())
    assert (event["id"], event["done"], event["total"]) == ("trend-older", 1, 1)
    assert event["reason"].startswith("ZeroDivisionError: division by zero")
    assert (summary["made"], summary["failed"], list(summary["failures"])) == (0, 1, ["trend-older"])
    assert result.stderr == ""


def test_a_dry_run_says_what_and_why_and_writes_nothing(folder):
    result = run("--dry-run", "--language", "en")
    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["trend-older", "trend/older.en.html", "new"],
        ["trend-children", "trend/children.en.html", "new"],
    ]
    assert result.stderr.splitlines() == ["2 findings: 2 new"]
    assert not (folder / "outputs").exists()
    first = json.loads(run("--dry-run", "--json").stdout.splitlines()[0])
    assert (first["id"], first["parameters"]) == ("trend-older", {"target_group": "older"})


def test_a_plan_chooses_among_the_areas_that_were_released(folder):
    """Both quarters are as large as their pages say; a limit that none keeps is refused with the nearest."""
    plan = (
        "schema: 1\ntitle: {de: a, en: b}\nruns:\n  - id: x-{area}\n    notebook: trend\n"
        "    matrix: {area: {every: viertel, with_more_than: {population: LIMIT}}}\n"
    )
    write(folder / "own.yml", plan.replace("LIMIT", "220"))
    result = run("--plan", "own.yml", "--dry-run", "--language", "en", "--only", "x-*")
    assert (result.exit_code, result.stdout.split()[0]) == (0, "x-02"), result.stderr
    assert result.stderr.splitlines() == ["x-{area}, area: 1 of 2 chosen: 02", "1 finding: 1 new"]
    assert run("--plan", "own.yml", "--dry-run", "--only", "y-*").exit_code == 2
    write(folder / "own.yml", plan.replace("LIMIT", "999"))
    refused = run("--plan", "own.yml", "--language", "en")
    assert refused.exit_code == 1
    assert (
        "own.yml, line 6, runs.0.matrix.area.with_more_than.population: none of 2 areas fits; the nearest is 02 with 228"
        in refused.stderr
    )
    assert not (folder / "outputs").exists()


def test_a_town_brings_its_own_plan(folder):
    own = "schema: 1\ntitle: {de: a, en: b}\nruns:\n  - {id: own, notebook: trend}\n"
    write(folder / "data" / "probestadt" / "plans" / "standard.yml", own)
    assert run("--dry-run").stdout.split()[0] == "own"
    assert run("--dry-run", "--plan", "notebooks/plans/standard.yml").stdout.split()[0] == "trend-older"


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["--only", "trend-oldest"], 2, "trend-older"),
        (["--output", "data/probestadt/out"], 2, "--output"),
        (["--output", "."], 2, "--output"),
        (["--output", "notebooks/plans/standard.yml"], 2, "standard.yml"),
        (["--plan", "missing.yml"], 2, "es gibt keinen Plan missing.yml"),
        (["--raw", "missing"], 2, "missing"),
        (["--output", "own.txt/outputs"], 2, "--output"),
        (["--audience", "everyone"], 2, "everyone"),
        (["--workers", "0"], 2, "workers"),
        (["--language", "fr"], 2, "fr"),
    ],
)
def test_wrong_use_is_one_message(folder, arguments, exit_code, said):
    write(folder / "own.txt", "a file, not a folder")
    result = run(*arguments)
    assert result.exit_code == exit_code
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not (folder / "outputs").exists()


def test_no_such_town(folder):
    result = call("run", "--town", "data/nirgendwo")
    assert result.exit_code == 2
    assert "nirgendwo" in result.stderr


@pytest.mark.parametrize(
    ("parameter", "said"), [("target_group: oldest", "older"), ("area: '99'", "99"), ("area: '01'", None)]
)
def test_a_plan_is_checked_against_the_town(folder, parameter, said):
    plan = (
        f"schema: 1\ntitle: {{de: a, en: b}}\nruns:\n  - id: x\n    notebook: trend\n    parameters: {{{parameter}}}\n"
    )
    write(folder / "own.yml", plan)
    result = run("--plan", "own.yml", "--dry-run")
    assert result.exit_code == (0 if said is None else 1)
    if said is not None:
        assert said in result.stderr
        assert f"runs.0.parameters.{parameter.split(':')[0]}" in result.stderr


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("2024-12-31", None),
        ("", None),
        ("2011-13-31", "»2011-13-31« ist kein Datum der Form 2011-12-31"),
        ("31.12.2024", "»31.12.2024« ist kein Datum der Form 2011-12-31"),
        ("20241231", "»20241231« ist kein Datum der Form 2011-12-31"),
        ("1999-12-31", "die Zielgruppe older hat zum 1999-12-31 keine Werte; am nächsten: 2024-12-31"),
    ],
)
def test_the_date_of_a_plan_is_one_with_values(folder, date, said):
    """Before anything starts; without it a page of nothing would be made."""
    write(folder / "notebooks" / "trend.ipynb", DATED)
    parameters = f'{{target_group: older, date: "{date}"}}'
    write(folder / "own.yml", ONE_RUN.format(parameters=parameters))
    result = run("--plan", "own.yml", "--dry-run")
    assert result.exit_code == (0 if said is None else 1), result.stderr
    if said is not None:
        assert result.stderr.strip() == f"own.yml, Zeile 6, runs.0.parameters.date: {said}"
        assert run("--plan", "own.yml").exit_code == 1
        assert not (folder / "outputs").exists()


def test_a_plan_names_its_languages_and_an_option_takes_their_place(folder):
    plan = ONE_RUN.format(parameters="{}").replace("runs:", "languages: [en, de]\nruns:")
    write(folder / "own.yml", plan)
    made = [line.split()[1] for line in run("--plan", "own.yml", "--dry-run").stdout.splitlines()]
    assert made == ["trend/x.en.html", "trend/x.de.html"]
    chosen = run("--plan", "own.yml", "--dry-run", "--language", "de").stdout
    assert [line.split()[1] for line in chosen.splitlines()] == ["trend/x.de.html"]


def test_a_town_can_be_the_current_folder(folder, monkeypatch):
    monkeypatch.chdir(folder / "data" / "probestadt")
    plan = folder / "notebooks" / "plans" / "standard.yml"
    monkeypatch.setattr(towns, "root", lambda: folder)
    result = call("run", "--town", ".", "--plan", str(plan), "--only", "trend-older", "--output", str(folder / "o"))
    assert result.exit_code == 0, result.stderr
    assert json.loads((folder / "o" / "manifest.json").read_text(encoding="utf-8"))["town"] == "probestadt"


def test_the_current_folder_counts_only_with_a_standard_plan(folder):
    assert towns.root() == folder
    (folder / "notebooks" / "plans" / "standard.yml").unlink()
    assert towns.root() == Path(towns.__file__).parents[2]


def test_a_path_on_another_drive_is_said_whole(monkeypatch):
    def other_drive(path):
        raise ValueError(path)

    monkeypatch.setattr("os.path.relpath", other_drive)
    assert speaking.from_here(Path("outputs") / "index.html") == str(Path("outputs", "index.html"))


def test_confidential_counts_are_released_before_the_public_sees_pages(folder):
    town(folder / "data" / "probestadt", "confidential")
    result = run("--only", "trend-older", "--language", "en")
    assert result.exit_code == 0, result.stderr
    assert "Not for sharing" not in (folder / "outputs" / "trend" / "older.en.html").read_text(encoding="utf-8")
    manifest = json.loads((folder / "outputs" / "manifest.json").read_text(encoding="utf-8"))
    (line,) = (folder / "data" / "probestadt" / "releases" / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    assert manifest["release"] == {"number": 1, "sha256": json.loads(line)["release"]}
    assert {path.name for path in (folder / "outputs").iterdir()} >= {"knowledge.json", "cells.csv"}


def test_pages_of_confidential_counts_are_marked(folder):
    town(folder / "data" / "probestadt", "confidential")
    result = run("--audience", "administration", "--only", "trend-older", "--language", "en", "--quiet")
    assert (result.exit_code, result.stderr) == (0, "")
    for name in ("trend/older.en.html", "index.html"):
        assert "Not for sharing" in (folder / "outputs" / name).read_text(encoding="utf-8")


def test_a_held_output_is_exit_code_3(folder):
    with hold(folder / "outputs", []):
        result = run()
    assert result.exit_code == 3
    assert "outputs" in result.stderr


def test_the_list_names_what_there_is(folder):
    result = call("list", "--language", "en", "--json")
    listed = json.loads(result.stdout)
    assert listed["notebooks"] == {"broken": "", "trend": ""}
    assert {"older", "children", "disability", "families"} <= set(listed["target groups"])
    assert listed["towns"] == {"probestadt": ""}
    assert "kinderarmut" in call("list").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_signal_ends_the_run_and_its_children(folder, root):
    write(
        folder / "notebooks" / "trend.ipynb",
        runnable(f"open({str(folder / 'begun')!r}, 'w').close()\nimport time; time.sleep(600)"),
    )
    command = [sys.executable, "-m", "sozialanalyse", "run", "--town", "data/probestadt", "--only", "trend-older"]
    sign = folder / "begun"
    environment = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        while not sign.exists() and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "Traceback" not in said
    assert not (folder / "outputs").exists()
    assert sorted(path.name for path in (folder / "outputs.editions").iterdir()) == [".lock"]


def test_numbers_that_cannot_be_right_are_said_and_the_pages_made_all_the_same(folder):
    counts = folder / "data" / "probestadt" / "counts" / "population.csv"
    counts.write_text(counts.read_text(encoding="utf-8") + "0,2024-12-31,population,,0-64,9999\n", encoding="utf-8")
    result = run("--only", "trend-older")
    assert result.exit_code == 1
    assert "1 Zahl kann nicht stimmen; welche, sagt sozialanalyse check" in result.stderr
    assert (folder / "outputs" / "trend" / "older.de.html").is_file()
