"""Unattended runs from end to end: a real cron, a real watch, an account that may write next to nothing.

Cron starts its jobs at the full minute. It is started first, with a disk of its own for what it reads, and heard of last; the other
tests fill the time between.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import email
import email.policy
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sozialanalyse.cli import app
from sozialanalyse.schedule.record import last_record
from tests.batch_samples import BROKEN, GOOD, project, write

ROOT = Path(__file__).resolve().parent.parent

PLAN = """schema: 1
title: {de: Probe, en: Sample}
runs:
  - {id: older, notebook: trend, parameters: {target_group: older}, title: {de: Ältere, en: Older}}
"""

DELIVERY = "area,period,measure,sex,age,value\n"

PATIENCE = 240
"""Seconds that a run of one notebook may take on a machine that has much else to do."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="cron, accounts and signals as they are on Linux"),
]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "sozialanalyse", *arguments]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Make an environment that holds no settings of this desk."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), **more}


def wait_for(condition, what: str, patience: float = PATIENCE):
    """Look again and again until a condition holds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    pytest.fail(f"{what} did not come within {patience:g} s", pytrace=False)


def deliver(folder: Path, older: int) -> None:
    """Put a delivery into the town's folder, as an office does: whole, under its name."""
    rows = [
        f"{area},{year}-12-31,population,,{age},{people}"
        for area in ("01", "02")
        for year in (2022, 2023, 2024)
        for age, people in (("0-64", 900), ("65+", older + 7 * (year - 2022) + int(area)))
    ]
    write(folder / "data" / "probestadt" / "counts" / "population.csv", DELIVERY + "\n".join(rows) + "\n")


# ------------------------------------------------------------------ cron, begun


@dataclass
class Night:
    """A project with yesterday's edition, a delivery that came since, and a cron that is to run it."""

    folder: Path
    before: dict
    log: Path


IN_ITS_OWN_ROOM = """
mount --make-rprivate /
mount --bind "$1" /var/spool/cron/crontabs
mount -t tmpfs none /etc/cron.d
mount --bind /dev/null /etc/crontab
mount -t tmpfs none /run
exec "$0" -f -L 15
"""
"""Cron sees our table and no other, and leaves nothing: what it mounts and starts ends with it."""


@pytest.fixture(scope="module")
def night(tmp_path_factory, require_tool):
    """Start cron on the line that ``schedule`` prints for the next minute but that which is about to begin."""
    cron, unshare = require_tool("cron"), require_tool("unshare")
    room = [unshare, "--mount", "--pid", "--fork", "--kill-child"]
    if subprocess.run([*room, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this account may not start a cron with a table of its own")
    trend = (ROOT / "notebooks" / "trend.ipynb").read_text(encoding="utf-8")
    folder = project(tmp_path_factory.mktemp("Nächte 100%"), PLAN, trend=trend)
    deliver(folder, 200)
    with contextlib.chdir(folder):
        first = CliRunner().invoke(app, ["run", "--town", "data/probestadt", "--output", "pages"])
        assert first.exit_code == 0, first.stderr
        before = json.loads((folder / "pages" / "manifest.json").read_text(encoding="utf-8"))
        deliver(folder, 260)
        begins = dt.datetime.now() + dt.timedelta(seconds=75)  # noqa: DTZ005 - cron goes by the clock on the wall
        hook = f"sozialanalyse report - --mail it@example.org --language de > '{folder}/mail.txt'"
        arguments = ["--town", "data/probestadt", "--output", "pages", "--time", f"{begins:%H:%M}", "--notify", hook]
        line = CliRunner().invoke(app, ["schedule", "--cron", *arguments]).stdout
    tables = folder / "tables"
    tables.mkdir(mode=0o1730)
    table = write(tables / "root", f"PYTHONPATH={ROOT}\nHOME={folder / 'home'}\n{line}")
    table.chmod(0o600)
    with (folder / "cron.txt").open("wb") as said:
        daemon = [*room, "sh", "-c", IN_ITS_OWN_ROOM, cron, str(tables)]
        with subprocess.Popen(daemon, stdout=said, stderr=subprocess.STDOUT) as process:
            yield Night(folder, before, folder / "cron.txt")
            process.kill()


@pytest.fixture(scope="module", autouse=True)
def begun(request):
    """Start cron before anything else, so that the other tests need not wait for it."""
    with contextlib.suppress(pytest.skip.Exception):  # said by the test that needs it
        request.getfixturevalue("night")


# ------------------------------------------------------------------ a service account


def as_nobody() -> list[str]:
    """Give the words that start a command as an account that owns nothing.

    Where the interpreter lies in a folder that is closed to it, it may read everything; it never may write.
    """
    start = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--inh-caps=-all", "--ambient-caps=-all"]
    # by the shell: the first program is still found with the rights of the administrator
    looks = [*start, "sh", "-c", 'exec "$0" -c "import typer"', sys.executable]
    if subprocess.run(looks, check=False, capture_output=True).returncode == 0:
        return start
    return [*start[:-2], "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]


@pytest.fixture
def service(require_tool):
    """Give a project that an account without a home may only read, and a folder that is its own."""
    require_tool("setpriv")
    if os.geteuid():
        pytest.skip("only the administrator may start a program as another account")
    with tempfile.TemporaryDirectory() as name:  # the folders of pytest are closed to others
        folder = Path(name)
        folder.chmod(0o755)
        project(folder / "checkout", PLAN)
        (folder / "place").mkdir()
        os.chown(folder / "place", 65534, 65534)

        def run(*arguments: str) -> subprocess.CompletedProcess[str]:
            words = command("run", "--town", "data/probestadt", "--output", str(folder / "place" / "pages"), *arguments)
            return subprocess.run(
                [*as_nobody(), *words],
                cwd=folder / "checkout",
                env=environment(Path("/nonexistent")),
                capture_output=True,
                text=True,
                check=False,
            )

        yield folder, run


def everything_in(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_uid) for path in folder.rglob("*")}


def test_a_service_account_needs_no_home_and_writes_only_where_it_may(service):
    folder, run = service
    before = everything_in(folder / "checkout")
    done = run("--ledger", str(folder / "place" / "ledger"))
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[0].startswith("1/1 older (")
    assert (folder / "place" / "pages" / "trend" / "older.de.html").is_file()
    assert (folder / "place" / "ledger" / "ledger.jsonl").is_file()
    assert everything_in(folder / "checkout") == before


def test_a_ledger_that_cannot_be_written_is_said_before_anything_runs(service):
    folder, run = service
    done = run()
    assert done.returncode != 0
    assert "--ledger" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "place" / "pages").exists()


# ------------------------------------------------------------------ the watch


def test_the_watch_runs_again_when_a_delivery_comes_and_ends_when_told(tmp_path):
    folder = project(tmp_path, PLAN)
    heard = folder / "heard.txt"
    arguments = ["run", "--watch", "--settle", "0.5", "--town", "data/probestadt", "--notify", f"cat >>'{heard}'"]
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(command(*arguments), cwd=folder, env=environment(folder), stdout=said, stderr=said)
        try:
            wait_for(lambda: len(runs_of(heard)) == 1, "the first run")
            deliver(folder, 300)
            wait_for(lambda: len(runs_of(heard)) == 2, "the run of the delivery")
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(60)
    assert code == 0, (folder / "said.txt").read_text(encoding="utf-8")
    assert [found["status"] for found in runs_of(heard)] == ["done", "done"]
    assert "Traceback" not in (folder / "said.txt").read_text(encoding="utf-8")


def runs_of(heard: Path) -> list[dict]:
    """Read the records that a hook has gathered, one after the other."""
    text = heard.read_text(encoding="utf-8") if heard.exists() else ""
    found, decoder = [], json.JSONDecoder()
    while text.strip():
        try:
            one, end = decoder.raw_decode(text)
        except ValueError:
            break  # it is being written
        found, text = [*found, one], text[end:].lstrip()
    return found


def test_a_watch_that_is_told_to_end_ends_its_run(tmp_path):
    sign = tmp_path / "begun"
    busy = f"open({str(sign)!r}, 'w').close()\nimport time; time.sleep(600)"
    folder = project(tmp_path, PLAN, trend=GOOD.replace("\\nshow({", "\\n" + json.dumps(busy)[1:-1] + "\\nshow({", 1))
    arguments = ["run", "--watch", "--settle", "0.2", "--town", "data/probestadt"]
    process = subprocess.Popen(
        command(*arguments), cwd=folder, env=environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        wait_for(sign.exists, "the notebook")
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"Traceback" not in said
    assert not (folder / "outputs" / "index.html").exists()


def test_nothing_to_watch_is_said_at_once(tmp_path):
    folder = project(tmp_path, PLAN)
    done = subprocess.run(
        command("run", "--watch", "--town", "data/nirgendwo"),
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "nirgendwo" in done.stderr


# ------------------------------------------------------------------ a run is heard of, whatever came of it


def test_a_night_with_a_failure_is_told_with_its_reason(tmp_path, monkeypatch):
    plan = (
        PLAN
        + "  - {id: broken, notebook: broken, parameters: {target_group: older}, title: {de: Kaputtes, en: Broken}}\n"
    )
    folder = project(tmp_path, plan, broken=BROKEN)
    monkeypatch.chdir(folder)
    heard = folder / "heard.txt"
    result = CliRunner().invoke(app, ["run", "--town", "data/probestadt", "--notify", f"cat >'{heard}'"])
    assert result.exit_code == 1
    (told,) = runs_of(heard)
    assert (told["status"], told["made"], told["failed"]) == ("failed", 1, 1)
    assert [(line["id"], line["state"]) for line in told["findings"]] == [("older", "made"), ("broken", "failed")]
    assert "kaputt in zahlen.csv" in told["findings"][1]["error"]
    report = (folder / "outputs.log" / "run.html").read_text(encoding="utf-8")
    assert "kaputt in zahlen.csv" in report
    made = last_record(folder / "outputs.log").findings[0]
    assert made.seconds > 0
    assert "cell-a" in made.cells
    assert made.peak_memory > 10_000_000


def test_a_delivery_that_cannot_be_read_is_told_without_what_stands_in_it(tmp_path, monkeypatch):
    folder = project(tmp_path, PLAN)
    monkeypatch.chdir(folder)
    deliver(folder, 100)
    counts = folder / "data" / "probestadt" / "counts" / "population.csv"
    counts.write_text(counts.read_text(encoding="utf-8").replace(",900", ",Frau Schmitz"), encoding="utf-8")
    heard = folder / "heard.txt"
    result = CliRunner().invoke(app, ["run", "--town", "data/probestadt", "--notify", f"cat >'{heard}'"])
    assert result.exit_code == 1
    assert "Schmitz" in result.stderr
    (told,) = runs_of(heard)
    assert told["status"] == "stopped"
    assert "population.csv" in told["error"]
    assert "Schmitz" not in json.dumps(told)


# ------------------------------------------------------------------ cron, heard of


def test_the_night_a_delivery_comes_in_cron_runs_it_and_the_morning_brings_mail_and_a_new_edition(night):
    mail = night.folder / "mail.txt"
    try:
        wait_for(lambda: mail.exists() and mail.stat().st_size > 0, "the mail of the night")
    except BaseException:
        console = night.folder / "pages.log" / "console.txt"
        for path in (night.log, console):
            print(path.name, path.read_text(encoding="utf-8") if path.exists() else "is not there")
        raise
    read = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    assert read["To"] == "it@example.org"
    assert "probestadt" in read["Subject"]
    assert "(older, de)" in read.get_content()

    record = last_record(night.folder / "pages.log")
    assert (record.status, record.made, record.failed) == ("done", 1, 0)
    assert [line.why for line in record.findings] == ["changed"]

    after = json.loads((night.folder / "pages" / "manifest.json").read_text(encoding="utf-8"))
    assert after["release"]["number"] == night.before["release"]["number"] + 1
    assert after["findings"][0]["sha256"] != night.before["findings"][0]["sha256"]
    feed = (night.folder / "pages" / "feed.xml").read_text(encoding="utf-8")
    assert (
        feed.count("<summary>Ältere Menschen: Entwicklung</summary>") == 2
    )  # yesterday's edition and what changed today

    audited = CliRunner().invoke(app, ["audit", str(night.folder / "pages")])
    assert audited.exit_code == 0, audited.stdout
    assert "older" in (night.folder / "pages.log" / "console.txt").read_text(encoding="utf-8")
