"""Kills batches at random moments, fills a small disk, asks for too much memory; a reader looks on and must see whole editions.

Half of the kills hit at any moment of a batch, half while it publishes, which is a small part of its time. After every tenth a
batch is let through: it must complete, and nothing of the killed ones may be left, neither files nor processes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped,unused-ignore]

from benchmarks._faults_project import make_greedy, write_project
from benchmarks._faults_reader import by_name
from benchmarks._printing import Criteria, say, table

PATIENCE = 120.0
"""Seconds after which a batch that should be over counts as hanging."""

BETWEEN = 10
"""After so many kills a batch is let through."""

SMALL_DISK = "3m"


@dataclass
class Trial:
    """One output folder under fire."""

    base: Path
    engine: str | None
    random: random.Random
    state: int = 0
    seconds: float = 10.0
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def output(self) -> Path:
        """The output folder."""
        return self.base / "site" / "outputs"

    @property
    def temporary(self) -> Path:
        """Where its processes put their temporary files."""
        return self.base / "temporary"

    def start(self, output: Path | None = None) -> subprocess.Popen[bytes]:
        """Start a batch on a new state of the data."""
        self.state += 1
        engine = [self.engine] if self.engine else []
        given = [str(self.base / "project"), str(output or self.output), str(self.state), *engine]
        with (self.base / "said.log").open("ab") as said:
            return subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-m", "benchmarks._faults_project", *given],
                stdout=said,
                stderr=said,
                env=os.environ | {"TMPDIR": str(self.temporary)},
                start_new_session=True,
            )

    def let_through(self) -> None:
        """Run a batch to its end: it must complete and leave nothing of the ones before."""
        began = time.monotonic()
        self.counts["batches let through"] += 1
        completed = self.start().wait(PATIENCE) == 0 and by_name(self.output) == "whole"
        self.counts["completed"] += completed
        self.seconds = time.monotonic() - began
        self.counts["files left"] += len(self.files_left())

    def files_left(self) -> list[str]:
        """Name what no run should have left."""
        private = self.output.with_name("outputs.editions")
        left = [path for path in private.iterdir() if not path.name.isdecimal() and path.name != ".lock"]
        left += [path for path in self.output.rglob("*") if path.name.startswith((".staging", ".lock"))]
        left += list(private.rglob("*.partial"))
        left += list(self.temporary.glob("sozialanalyse-*"))
        return [str(path) for path in left]

    def kill_one(self, *, while_publishing: bool) -> None:
        """Start a batch and kill one of its processes."""
        batch = psutil.Process(self.start().pid)
        moment = self.random.uniform(0, self.seconds)
        target, name = self.wait_for(batch, moment, while_publishing=while_publishing)
        family = [batch, *_below(batch)]
        if target is None:
            self.counts["too late to kill"] += 1
        else:
            with suppress(psutil.Error):
                target.kill()
                self.counts[f"killed: {name}"] += 1
                self.counts["killed while publishing"] += while_publishing
        _, alive = psutil.wait_procs(family, timeout=30 if name == "parent" else PATIENCE)
        alive = [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
        self.counts["processes left"] += len(alive)
        for process in alive:
            say(f"  left after {name} was killed: {' '.join(process.cmdline())[:120]}")
            process.kill()

    def wait_for(
        self, batch: psutil.Process, moment: float, *, while_publishing: bool
    ) -> tuple[psutil.Process | None, str]:
        """Wait for the moment and choose who dies; nobody when the batch is over before."""
        began = time.monotonic()
        private = self.output.with_name("outputs.editions")
        while batch.is_running() and batch.status() != psutil.STATUS_ZOMBIE:
            if while_publishing and any(private.glob("*.new")):
                time.sleep(self.random.uniform(0, 0.03))
                return batch, "parent"
            if not while_publishing and time.monotonic() - began >= moment:
                return self.choose(batch)
            time.sleep(0.001 if while_publishing else 0.01)
        return None, "nobody"

    def choose(self, batch: psutil.Process) -> tuple[psutil.Process, str]:
        """Choose parent, template or worker, of those that are there."""
        direct = batch.children() if batch.is_running() else []
        workers = [process for child in direct for process in _below(child)]
        there = [("parent", [batch]), ("template" if self.engine != "plain" else "child", direct), ("worker", workers)]
        name, processes = self.random.choice([entry for entry in there if entry[1]])
        return self.random.choice(processes), name


def _below(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return process.children(recursive=True)
    return []


def watch(trial: Trial) -> tuple[subprocess.Popen[bytes], Path, Path]:
    """Start the reader."""
    result, stop = trial.base / "counts.json", trial.base / "stop"
    command = [sys.executable, "-m", "benchmarks._faults_reader", str(trial.output), str(result), str(stop)]
    return subprocess.Popen(command), result, stop  # noqa: S603 - ourselves


def full_disk(trial: Trial) -> Counter[str]:
    """Publish into a small file system that fills up; only root can mount one."""
    counts: Counter[str] = Counter()
    disk = trial.base / "disk"
    disk.mkdir()
    if not _is_done("mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(disk)):
        say("  no small file system could be mounted here, so the full disk was not tried")
        return counts
    try:
        output = disk / "outputs"
        counts["first edition completes"] = int(trial.start(output).wait(PATIENCE) == 0)
        filler = disk / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"0" * 4096)
        counts["refused with exit code 1"] = int(trial.start(output).wait(PATIENCE) == 1)
        counts["earlier edition whole"] = int(by_name(output) == "whole")
        counts["files left"] = len(list((disk / "outputs.editions").glob("*.new")))
        filler.unlink()
        counts["next run completes"] = int(trial.start(output).wait(PATIENCE) == 0 and by_name(output) == "whole")
    finally:
        _is_done("umount", "--lazy", str(disk))
    return counts


def _is_done(program: str, *given: str) -> bool:
    """Run a program of the system; false when it is not there or cannot do it."""
    path = shutil.which(program)
    return path is not None and not subprocess.run([path, *given], capture_output=True, check=False).returncode  # noqa: S603


def too_much_memory(trial: Trial) -> Counter[str]:
    """Let every notebook ask for more memory than there is: the earlier pages stay, marked, and the next run makes them anew."""
    make_greedy(trial.base / "project", greedy=True)
    failed = trial.start().wait(PATIENCE) == 1 and by_name(trial.output) == "whole"
    make_greedy(trial.base / "project", greedy=False)
    completed = trial.start().wait(PATIENCE) == 0 and by_name(trial.output) == "whole"
    return Counter({"failed with a whole edition": int(failed), "next run completes": int(completed)})


def main(arguments: list[str]) -> int:
    """Print counts; exit code 1 when an edition was torn, something was left, or a run did not complete."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--small", action="store_true", help="two kills only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=["fork", "plain"])
    given = parser.parse_args(arguments)
    base = Path(tempfile.mkdtemp(prefix="faults-"))
    trial = Trial(base, given.engine, random.Random(given.seed))  # noqa: S311 - a fixed seed, no secret
    trial.temporary.mkdir()
    write_project(base / "project")
    try:
        return _try_all(trial, 2 if given.small else given.kills)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _try_all(trial: Trial, kills: int) -> int:
    began = time.monotonic()
    trial.let_through()
    reader, result, stop = watch(trial)
    for number in range(1, kills + 1):
        trial.kill_one(while_publishing=number % 2 == 0)
        if number % BETWEEN == 0 or number == kills:
            trial.let_through()
            say(f"  {number} of {kills} kills, {time.monotonic() - began:.0f} s")
    memory = too_much_memory(trial)
    stop.touch()
    reader.wait(PATIENCE)
    seen = Counter(json.loads(result.read_text(encoding="utf-8")))
    disk = full_disk(trial)
    table("Killed", [{"what": name, "count": count} for name, count in sorted(trial.counts.items())])
    table(
        "Seen by the reader", [{"what": name, "count": seen[name]} for name in ("whole", "changed meanwhile", "torn")]
    )
    table("Too much memory", [{"what": name, "as it should be": bool(count)} for name, count in memory.items()])
    table("Full disk", [{"what": name, "count": count} for name, count in disk.items()])
    say(f"\n{time.monotonic() - began:.0f} s")
    return _judged(trial, seen, memory, disk)


def _judged(trial: Trial, seen: Counter[str], memory: Counter[str], disk: Counter[str]) -> int:
    counts, criteria = trial.counts, Criteria()
    left = counts["files left"] + counts["processes left"] + disk["files left"]
    incomplete = counts["batches let through"] - counts["completed"]
    criteria.judge(not seen["torn"] and seen["whole"] > 0, f"torn or mixed editions seen: {seen['torn']} (0)")
    criteria.judge(not left, f"files and processes left after the next run: {left} (0)")
    criteria.judge(not incomplete, f"runs let through that did not complete: {incomplete} (0)")
    for name, passed in [*memory.items(), *disk.items()]:
        if name != "files left":
            criteria.judge(bool(passed), name)
    return criteria.conclude()
