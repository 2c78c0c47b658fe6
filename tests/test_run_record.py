"""What a run says of itself afterwards: its record, the page and the mail made of it, the hook, and the logs of earlier runs."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from sozialanalyse.batch.logs import earlier_runs, rotate, trim
from sozialanalyse.batch.outcome import Event, Outcome
from sozialanalyse.batch.publishing import hold
from sozialanalyse.batch.safety import problems
from sozialanalyse.cli import app
from sozialanalyse.cli.noticing import logged, noted
from sozialanalyse.cli.options import LanguageName
from sozialanalyse.errors import DataError, Fault, LockedError, Place, UsageError, untranslated
from sozialanalyse.language import Language
from sozialanalyse.schedule import hook, mail
from sozialanalyse.schedule.page import run_page
from sozialanalyse.schedule.record import Finding, Record, last_record, read_record, write
from sozialanalyse.schedule.recording import Recording, shareable

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = Language("en")
BEGAN = dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC)


def finding(name: str, state: str = "made", **changes) -> Finding:
    given = {"id": name, "language": "de", "title": f"Page {name}", "address": f"trend/{name}.de.html", "why": "new"}
    return Finding(**(given | {"state": state} | changes))


def record(**changes) -> Record:
    given = {
        "schema": 1,
        "town": "aachen",
        "audience": "public",
        "language": "en",
        "status": "failed",
        "exit_code": 1,
        "began": BEGAN,
        "ended": BEGAN + dt.timedelta(minutes=3, seconds=20),
        "made": 1,
        "unchanged": 1,
        "failed": 1,
        "peak_memory": 312_400_000,
        "index": "out/index.html",
        "logs": "out.log",
        "findings": (
            finding("older", seconds=4.25, cells={"read": 0.5, "draw": 3.25}, why="changed", changed=("data",)),
            finding("children", "kept", why="unchanged"),
            finding(
                "families", "failed", seconds=1.0, error="the log of the run says why", details="KeyError: 'row 17'"
            ),
        ),
    }
    return Record(**(given | changes))


STOPPED = {
    "status": "stopped",
    "made": 0,
    "unchanged": 0,
    "failed": 0,
    "index": None,
    "findings": (),
    "error": "counts.csv, line 2: '…' is no number",
    "details": "counts.csv, line 2: '12x' is no number",
}

# ------------------------------------------------------------------ the record


def test_a_record_is_read_as_it_was_written():
    assert read_record(record().text()) == record()


def test_the_slowest_cells_come_first():
    assert [(cell.finding, cell.cell, cell.seconds) for cell in record().slowest] == [
        ("older.de", "draw", 3.25),
        ("older.de", "read", 0.5),
    ]


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '{"schema": 99}', record().text().replace('"schema": 1', '"schema": 2')]
)
def test_what_is_no_record_is_said(text):
    with pytest.raises(UsageError, match="no record of a run"):
        read_record(text)


def test_no_record_is_said(tmp_path):
    with pytest.raises(UsageError, match=r"no record of a run in out\.log"):
        last_record(tmp_path / "out.log")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_the_record_is_not_for_everybody(tmp_path):
    write(tmp_path / "out.log", [("record.json", record().text())])
    assert [path.name for path in (tmp_path / "out.log").iterdir()] == ["record.json"]
    assert (tmp_path / "out.log").stat().st_mode & 0o007 == 0
    assert (tmp_path / "out.log" / "record.json").stat().st_mode & 0o007 == 0


# ------------------------------------------------------------------ the mail

MAIL = """\
1 page could not be made; all others are published.

Town: aachen (public)
Began: {began}
Duration: 3 min 20 s
Most memory of a process: 312 MB
Pages: 1 made, 1 unchanged, 1 failed

New or changed:
- Page older (older, de): data changed

Could not be made:
- Page families (families, de): the log of the run says why

Report of the run: out.log/run.html
Findings: out/index.html
"""

STOPPED_MAIL = """\
The run was stopped, and nothing was published; the pages of the run before are still there.

Town: aachen (public)
Began: {began}
Duration: 3 min 20 s
Most memory of a process: 312 MB

Why it was stopped:
counts.csv, line 2: '…' is no number

Report of the run: out.log/run.html
"""


@pytest.mark.parametrize(
    ("changes", "subject", "text"),
    [
        ({}, "Social reporting of aachen: 1 made, 1 unchanged, 1 failed", MAIL),
        (STOPPED, "Social reporting of aachen: stopped, nothing published", STOPPED_MAIL),
    ],
)
def test_the_mail_says_what_is_new_and_what_failed_and_why(changes, subject, text):
    here = BEGAN.astimezone()
    began = f"{here.day}\xa0{here:%B}\xa0{here:%Y}, {here:%H:%M}"
    assert mail.subject(record(**changes), ENGLISH) == subject
    assert mail.summary(record(**changes), ENGLISH) == text.format(began=began)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": "done", "failed": 0}, "Everything is published."),
        ({"status": "done", "failed": 0, "made": 0}, "Nothing has changed."),
        ({"failed": 0, "impossible": 2}, "All pages are published, but some numbers of the town cannot be right."),
        ({"failed": 2}, "2 pages could not be made; all others are published."),
    ],
)
def test_the_first_line_is_the_verdict(changes, said):
    assert mail.summary(record(**changes), ENGLISH).splitlines()[0] == said


def test_a_mail_does_not_name_hundreds_of_pages():
    many = tuple(finding(f"f{n}") for n in range(100))
    lines = mail.summary(record(findings=many), ENGLISH).splitlines()
    assert lines[lines.index("New or changed:") + 1 :].index("- ... and 60 more") == 40


def test_no_mail_quotes_what_is_in_the_data():
    for changes in ({}, STOPPED):
        text = mail.message(record(**changes), ENGLISH, ["it@example.org"]).decode()
        assert "row 17" not in text
        assert "12x" not in text


def test_a_whole_mail_is_one_that_mail_programs_read():
    written = mail.message(record(town="Köln"), Language("de"), ["a@example.org", "b@example.org"], "n@example.org")
    read = email.message_from_bytes(written, policy=email.policy.default)
    assert (read["To"], read["From"]) == ("a@example.org, b@example.org", "n@example.org")
    assert "Köln" in read["Subject"]
    assert "Köln" in read.get_content()
    assert read["Date"].datetime == record().ended.replace(microsecond=0)


def test_the_report_of_the_last_run(tmp_path):
    write(tmp_path / "out.log", [("record.json", record().text())])
    result = CliRunner().invoke(app, ["report", str(tmp_path / "out")])
    assert result.exit_code == 0, result.stderr
    assert result.stdout == mail.summary(record(), ENGLISH)
    shared = json.loads(CliRunner().invoke(app, ["report", str(tmp_path / "out"), "--json"]).stdout)
    assert [line["details"] for line in shared["findings"]] == [None, None, None]


def test_the_report_as_a_mail_of_a_record_on_standard_input():
    arguments = ["report", "-", "--mail", "it@example.org", "--language", "en"]
    result = CliRunner().invoke(app, arguments, input=record().text())
    assert result.exit_code == 0, result.stderr
    assert email.message_from_string(result.stdout)["To"] == "it@example.org"


@pytest.mark.parametrize(
    ("address", "sender"), [("a@example.org\nBcc: all@example.org", None), ("a@example.org", "x\ny")]
)
def test_an_address_brings_no_header_of_its_own(address, sender):
    arguments = ["report", "-", "--mail", address, *(["--from", sender] if sender else [])]
    result = CliRunner().invoke(app, arguments, input=record().text())
    assert (result.exit_code, result.stdout) == (2, "")


def test_no_report_of_a_run_that_never_was(tmp_path):
    assert CliRunner().invoke(app, ["report", str(tmp_path / "out")]).exit_code == 2


# ------------------------------------------------------------------ the page


def test_the_page_says_what_ran_how_long_what_failed_and_why():
    html = run_page(record(), ENGLISH)
    assert problems(html, page=True) == []
    for said in (
        "1 page could not be made",
        "KeyError: &#39;row 17&#39;",
        "3 min 20 s",
        "312 MB",
        "4.3 s",
        "draw",
        "made (data changed)",
    ):
        assert said in html
    assert html.index("3.3 s") < html.index("0.5 s")  # the slowest first


def test_the_page_of_a_run_that_was_stopped():
    html = run_page(record(**STOPPED), ENGLISH)
    assert "&#39;12x&#39; is no number" in html
    assert "What ran" not in html


def test_what_an_error_says_is_text():
    hostile = finding("x", "failed", details="<script>alert(1)</script>", title="<img src=x onerror=a()>")
    html = run_page(record(findings=(hostile,)), ENGLISH)
    assert html.count("<script") == 1
    assert "<img" not in html


# ------------------------------------------------------------------ what may be said elsewhere


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            DataError(Fault("'{found}' is no number", {"found": "12x"}, Place("a.csv", 2))),
            "a.csv, line 2: '…' is no number",
        ),
        (DataError(Fault("more than {limit:,.1f}", {"limit": 3.5})), "more than …"),
        (UsageError("there is no folder {folder}", folder="raw"), "there is no folder raw"),
        (LockedError("another run is writing to {folder}", folder="out"), "another run is writing to out"),
        (KeyboardInterrupt(), "the run was interrupted"),
        (KeyError("row 17"), "KeyError"),
    ],
)
def test_why_a_run_was_stopped_is_said_without_quoting_the_data(error, said):
    assert shareable(error, untranslated) == said


# ------------------------------------------------------------------ how a run is noted


def note(folder: Path, notify: str | None = None):
    return noted(folder / "out", folder / "town", "public", LanguageName.en, notify)


def publish(folder: Path, *lines: dict) -> Outcome:
    """Leave what a run that published leaves: its report among the pages."""
    (folder / "out").mkdir(exist_ok=True)
    (folder / "out" / "run.json").write_text(json.dumps({"runs": lines}), encoding="utf-8")
    return Outcome(1, 0, len(lines) - 1, {}, folder / "out" / "index.html")


MADE = {"id": "a", "language": "de", "why": "new", "state": "made", "seconds": 1.5, "error": None}


def test_a_good_run_is_noted(tmp_path):
    with note(tmp_path) as recording:
        recording.came_of(publish(tmp_path, MADE), 0)
    found = last_record(tmp_path / "out.log")
    assert (found.status, found.exit_code, found.made, found.error) == ("done", 0, 1, None)
    assert [(line.id, line.state, line.seconds) for line in found.findings] == [("a", "made", 1.5)]
    assert "Everything is published." in (tmp_path / "out.log" / "run.html").read_text(encoding="utf-8")
    assert not (tmp_path / "out" / "run.html").exists()  # never among the pages


def test_a_run_with_a_failure_keeps_its_exit_code_and_why(tmp_path):
    def run(recording: Recording) -> None:
        hear = recording.hearing(lambda _: None)
        hear(
            Event(
                id="b",
                address="",
                done=1,
                total=1,
                seconds=2.0,
                reason="ValueError: 17",
                cells={"c": 1.5},
                peak_memory=7,
            )
        )
        failed = MADE | {"id": "b", "state": "failed", "error": "the log of the run says why"}
        recording.came_of(publish(tmp_path, failed), 0)
        raise typer.Exit(1)

    with pytest.raises(typer.Exit), note(tmp_path) as recording:
        run(recording)
    found = last_record(tmp_path / "out.log")
    assert (found.status, found.exit_code) == ("failed", 1)
    (line,) = found.findings
    assert (line.error, line.details) == ("the log of the run says why", "ValueError: 17")
    assert (line.cells, line.peak_memory, found.peak_memory) == ({"c": 1.5}, 7, 7)


def test_a_run_that_was_stopped_is_noted_where_there_are_pages(tmp_path):
    def stop():
        with pytest.raises(DataError), note(tmp_path):
            raise DataError(Fault("'{found}' is no number", {"found": "12x"}))

    stop()
    assert not (tmp_path / "out.log").exists()  # nothing was made, so nothing is left lying about
    (tmp_path / "out").mkdir()
    stop()
    found = last_record(tmp_path / "out.log")
    assert (found.status, found.exit_code, found.error) == ("stopped", 1, "'…' is no number")
    assert found.details == "'12x' is no number"


def test_a_run_that_found_another_one_leaves_its_notes_alone(tmp_path):
    with hold(tmp_path / "out", []), pytest.raises(LockedError), note(tmp_path):
        raise LockedError("another run")
    assert not (tmp_path / "out.log" / "record.json").exists()


def test_an_interrupted_run_says_so(tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(KeyboardInterrupt), note(tmp_path):
        raise KeyboardInterrupt
    assert last_record(tmp_path / "out.log").error == "the run was interrupted"


def test_a_clock_that_was_set_back_makes_no_negative_time(tmp_path):
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    assert Recording(tmp_path, "a", "public", "en", began=later).record(0).seconds == 0


# ------------------------------------------------------------------ the hook


def shell(script: str) -> str:
    """Write a hook that runs on every system: Python by the shell."""
    return subprocess.list2cmdline([sys.executable, "-c", script])


def test_the_hook_hears_of_the_run(tmp_path):
    script = "import os, sys; print(os.environ['SOZIALANALYSE_STATUS']); print(sys.stdin.read())"
    heard = tmp_path / "heard.txt"
    assert hook.call(f"{shell(script)} > {heard}", record()) is None
    status, text = heard.read_text(encoding="utf-8").split("\n", 1)
    assert status == "failed"
    assert read_record(text) == record().to_share()
    assert "row 17" not in text


@pytest.mark.parametrize(
    ("command", "said"),
    [(shell("raise SystemExit(7)"), "exit code 7"), ("no-such-program-anywhere", "exit code 127"), ("exit 0", None)],
)
@pytest.mark.skipif(sys.platform == "win32", reason="the exit codes are those of sh")
def test_a_hook_that_fails_is_said(command, said):
    assert hook.call(command, record()) == said


def test_a_hook_that_does_not_read_is_fine():
    assert hook.call(shell("pass"), record(details="x" * 1_000_000, error="y" * 1_000_000)) is None


@pytest.mark.skipif(sys.platform == "win32", reason="sleep is a program of Unix")
def test_a_hook_that_hangs_is_ended_with_what_it_started(tmp_path):
    began = time.monotonic()
    assert hook.call(f"sh -c 'sleep 600; echo late > {tmp_path}/late'", record(), longest=0.5) == "0.5 s"
    assert time.monotonic() - began < 10


def test_a_hook_finds_this_program(tmp_path):
    mailed = tmp_path / "mail.txt"
    assert hook.call(f"sozialanalyse report - --language en > {mailed}", record()) is None
    assert mailed.read_text(encoding="utf-8") == mail.summary(record(), ENGLISH)


def test_a_failing_hook_never_fails_the_run(tmp_path, capsys):
    with note(tmp_path, notify="exit 9") as recording:
        recording.came_of(publish(tmp_path, MADE), 0)
    assert capsys.readouterr().err == "the command of --notify has failed: exit code 9\n"


# ------------------------------------------------------------------ the logs


def leave(logs: Path, ended: int) -> None:
    logs.mkdir(exist_ok=True)
    for name in ("a.de.log", "record.json", "run.html"):
        (logs / name).write_text(name, encoding="utf-8")
        os.utime(logs / name, (ended, ended))


def test_the_logs_of_the_last_runs_are_kept(tmp_path):
    logs = tmp_path / "out.log"
    (tmp_path / "out.log").mkdir()
    (logs / "mine.md").write_text("not ours", encoding="utf-8")
    for night in range(5):
        leave(logs, 86_400 * night)
        rotate(logs, keep=3)
    assert sorted(path.name for path in logs.iterdir()) == ["earlier", "mine.md"]
    assert [path.name for path in earlier_runs(logs)] == [
        "1970-01-05T000000Z",
        "1970-01-04T000000Z",
        "1970-01-03T000000Z",
    ]
    assert sorted(path.name for path in earlier_runs(logs)[0].iterdir()) == ["a.de.log", "record.json", "run.html"]


def test_two_runs_in_one_second_are_both_kept(tmp_path):
    logs = tmp_path / "out.log"
    for _ in range(3):
        leave(logs, 0)
        rotate(logs)
    assert [path.name for path in earlier_runs(logs)] == [
        "1970-01-01T000000Z-3",
        "1970-01-01T000000Z-2",
        "1970-01-01T000000Z",
    ]


def test_no_logs_are_no_trouble(tmp_path):
    rotate(tmp_path / "out.log")
    assert not (tmp_path / "out.log").exists()


@pytest.mark.parametrize(("lines", "left"), [(10, 10), (11, 5)])
def test_the_older_half_of_a_long_log_goes(tmp_path, lines, left):
    console = tmp_path / "console.txt"
    console.write_text("".join(f"line {n:04}\n" for n in range(lines)), encoding="utf-8")
    trim(console, most=100)
    kept = console.read_text(encoding="utf-8").splitlines()
    assert len(kept) <= left
    assert kept[-1] == f"line {lines - 1:04}"
    assert all(len(line) == 9 for line in kept)


def test_what_is_said_goes_to_the_log(tmp_path):
    log = tmp_path / "out.log" / "console.txt"
    script = (
        "import sys, subprocess, pathlib; from sozialanalyse.cli.noticing import logged\n"
        "with logged(pathlib.Path(sys.argv[1])):\n"
        "    print('said', flush=True); print('warned', file=sys.stderr)\n"
        "    subprocess.run([sys.executable, '-c', 'print(\"by a child\")'])\n"
        "print('after')\n"
    )
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", script, str(log)], capture_output=True, text=True, check=True)
        assert (done.stdout, done.stderr) == ("after\n", "")
    lines = log.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("--- 2")] == ["said", "warned", "by a child"] * 2


def test_without_a_log_nothing_is_redirected(capsys):
    with logged(None):
        typer.echo("here")
    assert capsys.readouterr().out == "here\n"
