"""A plan on a dask cluster: a real scheduler and real workers, each a process of its own, some of which die."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from sozialanalyse.batch import run_plan
from sozialanalyse.batch.cluster import runner, site
from sozialanalyse.batch.cluster.likeness import ClusterError, own, require_alike
from sozialanalyse.batch.cluster.parcels import DamagedError, packed, parcel_of, unpack
from sozialanalyse.batch.cluster.site import Site
from sozialanalyse.batch.engine.limits import Limits
from sozialanalyse.batch.frame import EMPTY
from sozialanalyse.cli import app
from tests.batch_samples import FINDING, SHOW, order, project, runnable, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes as Linux shows them"),
]

PLAN = """schema: 1
title: {de: Probe, en: Sample}
runs:
  - {id: hangs-once, notebook: once, parameters: {area: MARKS/once, target_group: older}}
  - {id: fails, notebook: fails, parameters: {area: MARKS/fails}}
  - id: good-{target_group}
    notebook: good
    matrix: {target_group: [older, children]}
"""

MARK = """
import os, time
from pathlib import Path
before = len(list(Path(area).parent.glob(Path(area).name + "-*")))
Path(f"{area}-{before}").write_text(str(os.getpid()))
"""
ONCE = MARK + "time.sleep(0 if before else 600)"
SHOWN = SHOW % FINDING


def until(what, seconds=300.0):
    """Wait for something, and give it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError(what)


class Cluster:
    """A scheduler and its workers, which look for temporary files in a folder of their own."""

    def __init__(self, folder):
        self.folder, self.held = folder, contextlib.ExitStack()
        (folder / "tmp").mkdir(parents=True)
        self.scheduler = self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.address = until(lambda: self.said(self.scheduler, "Scheduler at:"))

    def start(self, kind, *arguments, **environment):
        log = self.held.enter_context((self.folder / f"{kind}-{time.monotonic_ns()}.log").open("wb"))
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments],
            stdout=log,
            stderr=log,
            cwd=self.folder,
            env={**os.environ, "TMPDIR": str(self.folder / "tmp"), **environment},
        )
        process.log = Path(log.name)
        self.held.callback(process.wait)
        self.held.callback(process.kill)
        return process

    def worker(self, **environment):
        """Start a worker, and wait until the scheduler knows it."""
        process = self.start("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", **environment)
        process.address = until(lambda: self.said(process, "Start worker at:"))
        until(lambda: "Registered to" in process.log.read_text())
        return process

    @staticmethod
    def said(process, what):
        lines = [line for line in process.log.read_text().splitlines() if what in line]
        return lines and lines[0].split(what)[1].strip()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    with made.held:
        yield made


def sample(folder):
    """Write a project with a notebook that hangs when it is run first, one that fails, and one that is as it should be."""
    project(folder, PLAN.replace("MARKS", str(folder)))
    write(folder / "notebooks" / "once.ipynb", runnable(ONCE, SHOWN))
    write(folder / "notebooks" / "fails.ipynb", runnable(MARK, "raise ValueError('always')"))
    write(folder / "notebooks" / "good.ipynb", runnable(SHOWN))
    return folder


def marks(folder):
    return sorted(path.name for path in folder.glob("*-[0-9]"))


def tree(folder):
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: content for name, content in files.items() if name not in {"run.json", "feed.xml", "news.html"}}


def test_a_cluster_without_workers_is_not_waited_for_in_vain(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "ALONE", 0.5)
    with pytest.raises(ClusterError, match=r"has had no worker for 0.5 seconds; nothing was published"):
        run_plan(order(sample(tmp_path), cluster=cluster.address))
    assert not (tmp_path / "outputs").exists()


@pytest.fixture(scope="module")
def ran(cluster, tmp_path_factory):
    """Carry out a plan; kill its only worker in the midst of a finding, after another one has come."""
    folder = sample(tmp_path_factory.mktemp("ran"))
    cluster.first = cluster.worker()

    def kill():
        mark = folder / "once-0"
        try:
            pid = int(until(lambda: mark.exists() and mark.read_text()))
            assert cluster.first.pid in {parent.pid for parent in psutil.Process(pid).parents()}
            cluster.second = cluster.worker()
        finally:  # else the batch would wait for ever
            cluster.first.kill()
        until(lambda: not psutil.pid_exists(pid))

    killer = threading.Thread(target=kill)
    killer.start()
    events = []
    outcome = run_plan(order(folder, cluster=cluster.address, workers=None), report=events.append)
    killer.join()
    return folder, outcome, events


def test_every_finding_is_made_once_though_a_worker_was_killed(ran):
    folder, outcome, events = ran
    assert (outcome.made, outcome.failed) == (3, 1)
    assert sorted(event.id for event in events) == ["fails", "good-children", "good-older", "hangs-once"]
    assert "once-1" in marks(folder)
    assert "once-2" not in marks(folder)


def test_a_notebook_that_fails_is_not_run_again(ran):
    folder, outcome, _ = ran
    assert [name for name in marks(folder) if name.startswith("fails")] == ["fails-0"]
    assert outcome.failures == {"fails": "ValueError: always (Zelle cell-b)"}


def test_pages_are_the_bytes_of_a_local_run(ran, tmp_path):
    folder, _, _ = ran
    run_plan(order(folder, output=tmp_path / "local"))
    assert tree(folder / "outputs") == tree(tmp_path / "local")


def test_the_log_says_where_a_finding_was_begun_and_what_it_printed(ran, cluster):
    folder, _, _ = ran
    log = (folder / "outputs.log" / "hangs-once.de.log").read_text(encoding="utf-8").splitlines()
    assert log[:2] == [f"begun on {cluster.first.address}", f"begun on {cluster.second.address}"]
    assert "ValueError: always" in (folder / "outputs.log" / "fails.de.log").read_text(encoding="utf-8")


def test_nothing_is_left_on_a_worker(ran, cluster):
    assert psutil.Process(cluster.second.pid).children(recursive=True) == []
    left = [path for path in (cluster.folder / "tmp").glob("sozialanalyse-*") if any((path / "work").glob("*"))]
    assert len(left) <= 1  # of the worker that was killed; whoever comes next there removes it


def test_a_worker_of_another_version_is_refused(ran, cluster, root, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(root / "sozialanalyse", other / "sozialanalyse", ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "sozialanalyse" / "view.py").open("a", encoding="utf-8") as file:
        file.write("# another release\n")
    stranger = cluster.worker(PYTHONPATH=str(other))
    folder = sample(tmp_path / "project")
    with pytest.raises(ClusterError) as refused:
        run_plan(order(folder, cluster=cluster.address))
    stranger.kill()
    first, last = str(refused.value).splitlines()
    assert first.startswith(f"the worker {stranger.address} has sozialanalyse 0.1.0 (")
    assert first.endswith(f"this machine {own()['sozialanalyse']}")
    assert "requirements.lock" in last
    assert not (folder / "outputs").exists()


def test_a_scheduler_that_goes_ends_the_batch_and_publishes_nothing(ran, cluster, tmp_path):
    folder = sample(tmp_path)

    def begun():
        return set((cluster.folder / "tmp").glob("sozialanalyse-*/*/logs/engine.log"))

    before = begun()

    def kill():
        until(lambda: begun() - before)
        cluster.scheduler.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(ClusterError, match=r"is gone; nothing was published"):
        run_plan(order(folder, cluster=cluster.address))
    killer.join()
    assert not (folder / "outputs").exists()


def run(*arguments):
    return CliRunner().invoke(app, ["run", "--town", "data/probestadt", "--language", "en", *arguments])


def test_a_scheduler_that_cannot_be_reached(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "REACHED", 0.5)
    write(tmp_path / "outputs" / "index.html", "earlier")
    with pytest.raises(ClusterError, match=r"^the scheduler tcp://127.0.0.1:9 cannot be reached; does it run") as error:
        run_plan(order(sample(tmp_path), cluster="tcp://127.0.0.1:9"))
    assert error.value.exit_code == 1
    assert tree(tmp_path / "outputs") == {"index.html": b"earlier"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--cluster", "localhost"], "--cluster localhost: this is no address of a scheduler; write tcp://HOST:PORT"),
        (["--cluster", "http://a:1"], "http://a:1"),
        (["--cluster", "tcp://a:1", "--audience", "statistics_unit"], "data do not leave this machine"),
    ],
)
def test_wrong_use_is_said_before_the_town_is_opened(tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "probestadt").mkdir(parents=True)
    result = run(*arguments)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, None),
        ({"numpy": "1.0"}, f"the worker w has numpy 1.0, this machine {own()['numpy']}"),
        ({"python": "3.9.1"}, f"the worker w has python 3.9.1, this machine {own()['python']}"),
        ({"more": "1"}, "the worker w has more 1, this machine –"),
    ],
)
def test_what_differs_is_said(changed, said):
    if said is None:
        require_alike({"w": own()})
        return
    with pytest.raises(ClusterError) as refused:
        require_alike({"v": own(), "w": own() | changed})
    assert str(refused.value).splitlines()[0] == said


def test_a_worker_without_the_program_is_refused():
    with pytest.raises(ClusterError, match="the worker w cannot run this program: ModuleNotFoundError: sozialanalyse"):
        require_alike({"w": ModuleNotFoundError("sozialanalyse")})


GOODS = {"release": None, "sha256": "", "groups": [], "limits": asdict(Limits()), "deadline": 0.3, "engine": "plain"}


def test_a_worker_keeps_the_deadline_and_leaves_when_its_batch_is_not_heard_of(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "_LOOK", 0.05)
    left = threading.Event()
    there = Site(GOODS, left.set)
    notebook = write(tmp_path / "slow.ipynb", runnable("import time; time.sleep(600)"))
    look = {"language": "de", "name": "slow", "notices": [], "stands_alone": True, "address": "a.html", "frame": EMPTY}
    answer = there.carry_out(parcel_of({"notebook": str(notebook), "parameters": {"release": "/a"}, "look": look}))
    assert (answer["in_time"], answer["files"]) == (False, {})
    assert not left.is_set()
    monkeypatch.setattr(site, "IDLE", 0.1)
    assert left.wait(10)
    there.close()


def test_a_release_that_was_damaged_on_its_way_is_not_opened():
    with pytest.raises(ValueError, match="damaged"):
        Site(GOODS | {"release": b"another"}, lambda: None)


@pytest.mark.parametrize("named", ["town", "raw"])
def test_the_town_goes_to_no_worker(named):
    job = {"notebook": "a.ipynb", "parameters": {"town": "", "raw": None, named: "/home/erika/a"}, "look": None}
    with pytest.raises(ValueError, match=f"{named}: the town's own files do not leave this machine"):
        parcel_of(job)


def test_a_file_that_was_damaged_on_its_way_is_not_taken(tmp_path):
    write(tmp_path / "run" / "page.html", "a page")
    answer = packed(tmp_path / "run")
    unpack(answer, tmp_path / "here")
    assert (tmp_path / "here" / "page.html").read_text() == "a page"
    answer["files"]["page.html"] = b"another page"
    with pytest.raises(DamagedError, match=r"page\.html"):
        unpack(answer, tmp_path / "there")
