"""How fast a batch of findings is made: papermill's ways, ours, and the floor of the same code in one warm interpreter.

    python -m benchmarks batch [--findings 40] [--rounds 3] [--release FILE] [--only WAY ...] [--small]

The ways take turns, round by round, in processes of their own; their starts count, but for the floor, whose interpreter is warm.
All read the same file of a Release of the shipped town, and make the same findings from the shipped notebooks of development
and comparison, to HTML with real figures.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._batch_ways import COMMANDS, FLOOR, IN_PROCESS, ONE, TWO, WAYS, Job
from benchmarks._printing import Criteria, say, table

ROOT = Path(__file__).resolve().parent.parent
TOWN = ROOT / "data" / "musterstadt"
GROUPS = ("children", "older", "families", "disability")

Seconds = dict[str, list[float]]
"""By way, a number a round."""

MOST_OVERHEAD = 0.2
"""Seconds a finding that all around its own work may take."""

LEAST = {COMMANDS: 8.0, IN_PROCESS: 5.0}
"""So many times must two workers be faster than each."""


def main(arguments: list[str]) -> int:
    """Measure and judge."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        release = options.release or made_release(folder, small=options.small)
        jobs = findings(release, 2 if options.small else options.findings, options.audience)
        ways = [way for way in WAYS if not options.only or any(word in way for word in options.only)]
        say(f"{len(jobs)} findings, {options.rounds} rounds, on {os.cpu_count()} processors")
        taken, used = measured(jobs, ways, options.rounds, folder)
        figures = {way: _figures(folder / "pages" / way, jobs) for way in ways}
    return judged(medians(taken), medians(used), figures, len(jobs))


def medians(taken: dict[str, list[float]]) -> dict[str, float]:
    """Return the median of the rounds of each way."""
    return {way: statistics.median(seconds) for way, seconds in taken.items()}


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks batch")
    parser.add_argument("--findings", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--release", type=Path, help="file of a release; default: one for the public is made")
    parser.add_argument("--audience", default="public")
    parser.add_argument("--only", nargs="+", help="parts of names of ways")
    parser.add_argument("--small", action="store_true", help="two findings, one round")
    options = parser.parse_args(arguments)
    if options.small:
        options.rounds, options.audience = 1, "statistics_unit"
    return options


def made_release(folder: Path, *, small: bool) -> Path:
    """Make the file that all read; the small one hides nothing, since hiding takes a minute."""
    from sozialanalyse.disclosure.keeping import made_or_kept  # noqa: PLC0415 - heavy
    from sozialanalyse.town import open_town  # noqa: PLC0415 - heavy

    file = folder / "town.release"
    made_or_kept(open_town(TOWN), "statistics_unit" if small else "public", folder / "releases", file)
    return file


def findings(release: Path, count: int, audience: str) -> list[Job]:
    """List findings in turn from both notebooks: target groups, for the town and for each of its larger areas."""
    from sozialanalyse.disclosure.release_files import open_release  # noqa: PLC0415 - heavy

    tree = open_release(release).areas
    areas = [tree.root, *tree.below(tree.root, tree.levels[-2])]
    every = itertools.product(areas, GROUPS, ("trend", "comparison"))
    return [
        {
            "id": f"{notebook}-{group}-{area}",
            "notebook": str(ROOT / "notebooks" / f"{notebook}.ipynb"),
            "parameters": {
                "release": str(release.resolve()),
                "town": "",
                "target_group": group,
                "area": area,
                "language": "de",
                "audience": audience,
            },
        }
        for area, group, notebook in itertools.islice(every, count)
    ]


def measured(jobs: list[Job], ways: list[str], rounds: int, folder: Path) -> tuple[Seconds, Seconds]:
    """Take the seconds of each way in each round, by the clock and of the processors, and say how fast the machine was."""
    file = folder / "jobs.json"
    file.write_text(json.dumps(jobs), encoding="utf-8")
    taken: Seconds = {way: [] for way in ways}
    used: Seconds = {way: [] for way in ways}
    for number, way in itertools.product(range(rounds), ways):
        whole, worked, pace = _once(way, file, folder / "pages" / way)
        say(f"  round {number + 1}: {way}: {whole:.2f} s, {worked:.2f} s of processors (pace {1000 * pace:.1f} ms)")
        taken[way].append(whole)
        used[way].append(worked)
    return taken, used


def _once(way: str, jobs: Path, pages: Path) -> tuple[float, float, float]:
    """Make all findings in one way; return its seconds by the clock and of the processors, and the mean pace of the machine."""
    start, before = time.perf_counter(), processor_seconds()
    command = [sys.executable, "-m", "benchmarks._batch_ways", way, str(jobs), str(pages)]
    done = subprocess.run(  # noqa: S603 - our own module
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    whole, worked = time.perf_counter() - start, processor_seconds() - before
    if done.returncode:
        message = f"{way} failed:\n{done.stderr[-4000:]}"
        raise SystemExit(message)
    said = json.loads(done.stdout.strip().splitlines()[-1])
    if said["own"]:
        whole, worked = said["own"]
    aside = sum(said["paces"])
    # Our runs go on while we look how fast the machine is; the others wait.
    return whole - (0.0 if way in {ONE, TWO} else aside), worked - aside, statistics.mean(said["paces"])


def processor_seconds() -> float:
    """Return what all processes have used that were started here and have ended."""
    spent = os.times()
    return spent.children_user + spent.children_system


def _figures(pages: Path, jobs: list[Job]) -> list[int]:
    """Count the figures of each page; the signs in the style sheet of nbconvert's pages are none."""
    written = [(pages / f"{job['id']}.html").read_text(encoding="utf-8") for job in jobs]
    return [len(re.findall(r"src=['\"]data:image/svg\+xml", html)) for html in written]


def judged(seconds: dict[str, float], used: dict[str, float], figures: dict[str, list[int]], count: int) -> int:
    """Print what was measured and what was asked."""
    rows = [
        {
            "way": way,
            "seconds": round(taken, 2),
            "a finding": round(taken / count, 3),
            "processor, a finding": round(used[way] / count, 3),
            "over the floor": round((taken - seconds[FLOOR]) / count, 3) if FLOOR in seconds else float("nan"),
            "times ours (2)": round(taken / seconds[TWO], 2) if TWO in seconds else float("nan"),
            "figures": sum(figures[way]),
        }
        for way, taken in seconds.items()
    ]
    table("medians of the rounds", rows)
    criteria = Criteria()
    criteria.judge(
        len({tuple(counted) for counted in figures.values()}) == 1 and min(map(min, figures.values())) > 0,
        f"every way draws the same number of figures on each page ({sum(next(iter(figures.values())))} in all)",
    )
    if {ONE, IN_PROCESS, FLOOR} <= set(seconds):
        _judge_overhead(criteria, seconds, count)
    for way, least in LEAST.items():
        if {way, TWO} <= set(seconds):
            ratio = seconds[way] / seconds[TWO]
            criteria.judge(ratio >= least, f"2 workers are {ratio:.1f} times faster than {way} (at least {least:g})")
    return criteria.conclude()


def _judge_overhead(criteria: Criteria, seconds: dict[str, float], count: int) -> None:
    own, theirs = ((seconds[way] - seconds[FLOOR]) / count for way in (ONE, IN_PROCESS))
    criteria.judge(own <= MOST_OVERHEAD, f"{own:.3f} s a finding over the floor (at most {MOST_OVERHEAD})")
    criteria.judge(
        own <= theirs / 10, f"that is 1/{theirs / own if own > 0 else float('inf'):.1f} of papermill's (at most 1/10)"
    )
