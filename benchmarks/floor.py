"""What a finding itself takes, by kind of work: reading, statistics, drawing, tables and text, conversion to HTML, audit.

    python -m benchmarks floor [--findings 16] [--rounds 3] [--release FILE] [--against FOLDER] [--small]

Seconds of the processor in one warm interpreter. With another checkout of the program both make each finding in turn, so that
they see the same load of the machine, and the ratio of the two is printed: before and after.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks._floor_work import KINDS
from benchmarks._printing import Criteria, say, table
from benchmarks.batch import GROUPS, ROOT, findings, made_release

if TYPE_CHECKING:
    from benchmarks._batch_ways import Job

HERE, THERE = "here", "there"

MOST = 1.2
"""Seconds of the processor that a finding may take on average, audit aside."""

Seconds = dict[str, dict[str, list[float]]]
"""By notebook and kind of work: a number for each finding and round."""


def main(arguments: list[str]) -> int:
    """Measure and print."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        release = options.release or made_release(Path(name), small=options.small)
        jobs = findings(release, options.findings, options.audience)
        folders = {HERE: ROOT} | ({THERE: options.against.resolve()} if options.against else {})
        workers = {side: Worker(folder, release) for side, folder in folders.items()}
        for side, worker in workers.items():
            say(f"{side}: {worker.start['imports']:.1f} s for imports, {worker.start['release']:.1f} s for the Release")
        seconds, same = measured(jobs, workers, options.rounds)
        for worker in workers.values():
            worker.close()
    if options.against:
        say(f"{same} of {len(jobs)} pages have the same bytes")
    return printed(seconds)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks floor")
    parser.add_argument("--findings", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--release", type=Path, help="file of a release; default: one for the public is made")
    parser.add_argument("--audience", default="public")
    parser.add_argument("--against", type=Path, help="folder of another checkout of the program")
    parser.add_argument("--small", action="store_true", help="two findings, one round")
    options = parser.parse_args(arguments)
    if options.small:
        options.findings, options.rounds, options.audience = 2, 1, "statistics_unit"
    return options


class Worker:
    """A warm interpreter that makes findings with the program in a folder."""

    def __init__(self, folder: Path, release: Path) -> None:
        self.folder = folder
        script = Path(__file__).with_name("_floor_work.py")
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", str(script), str(release.resolve()), *GROUPS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder)},
        )
        self.start = self._answer()
        package = Path(self.start["package"])
        if not package.is_relative_to(folder):
            message = f"{package} was imported, not the program in {folder}"
            raise SystemExit(message)

    def make(self, job: Job) -> dict[str, Any]:
        """Make a finding; return its seconds by kind and the hash of its page."""
        own = {**job, "notebook": str(self.folder / Path(job["notebook"]).relative_to(ROOT))}
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(own)}\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """Let it end."""
        self._process.communicate()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            message = f"the program in {self.folder} failed"
            raise SystemExit(message)
        answer: dict[str, Any] = json.loads(line)
        return answer


def measured(jobs: list[Job], workers: dict[str, Worker], rounds: int) -> tuple[dict[str, Seconds], int]:
    """Let all make each finding in turn, the first round unheard; return the seconds, and how many pages are the same."""
    seconds: dict[str, Seconds] = {side: defaultdict(lambda: defaultdict(list)) for side in workers}
    same = 0
    for number in range(rounds + 1):
        for job in jobs:
            pages = set()
            for side, worker in workers.items():
                made = worker.make(job)
                pages.add(made["page"])
                for kind in KINDS if number else ():
                    seconds[side][Path(job["notebook"]).stem][kind].append(made["seconds"].get(kind, 0.0))
            same += number == 0 and len(pages) == 1
    return seconds, same


def printed(seconds: dict[str, Seconds]) -> int:
    """Print a table for each notebook, and judge the mean of all."""
    for notebook, here in seconds[HERE].items():
        there = seconds[THERE][notebook] if THERE in seconds else None
        rows = [_row(kind, here[kind], there and there[kind]) for kind in KINDS]
        rows.append(_row("all but the audit", _whole(here), there and _whole(there)))
        table(f"{notebook}: seconds of the processor a finding, medians", rows)
    criteria = Criteria()
    mean = _mean(seconds[HERE])
    criteria.judge(mean <= MOST, f"a finding takes {mean:.2f} s of the processor on average (at most {MOST:g})")
    if THERE in seconds:
        before = _mean(seconds[THERE])
        say(f"before {before:.2f} s, after {mean:.2f} s: {before / mean:.2f} times as fast")
    return criteria.conclude()


def _row(name: str, here: list[float], there: list[float] | None) -> dict[str, object]:
    after = statistics.median(here)
    if there is None:
        return {"work": name, "seconds": after}
    before = statistics.median(there)
    return {"work": name, "before": before, "after": after, "times": before / after if after else float("nan")}


def _whole(by_kind: dict[str, list[float]]) -> list[float]:
    """Add up the kinds of each finding, without the audit."""
    return [sum(parts) for parts in zip(*(by_kind[kind] for kind in KINDS[:-1]), strict=True)]


def _mean(seconds: Seconds) -> float:
    return statistics.mean(taken for by_kind in seconds.values() for taken in _whole(by_kind))
