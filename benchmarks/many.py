"""A thousand findings in one batch: memory of parent and template, seconds a finding as it goes on, and the size of the index.

    python -m benchmarks many [--findings 1000] [--step 100] [--audience public] [--small]

The real command on the shipped town: each target group, area and language from the notebooks of development and comparison. After each
step of findings the memory of the parent and of the template (the largest of its children) is read.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped,unused-ignore]

from benchmarks._printing import Criteria, say, table
from benchmarks.batch import ROOT, TOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUPS = ("children", "older", "families", "disability", "residents")
NOTEBOOKS = ("trend", "comparison")
LANGUAGES = ("de", "en")

MOST_GROWTH = 1.1
"""Memory at the end, as a multiple of that after the first fifth: flat."""

MOST_SLOWER = 1.2
"""Seconds a finding in the last fifth, as a multiple of those in the second one: linear."""

MEGABYTE = 2**20


@dataclass(frozen=True)
class Step:
    """The state of a batch after some findings."""

    done: int
    seconds: float
    parent: float
    template: float


def main(arguments: list[str]) -> int:
    """Measure and judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks many", description=__doc__)
    parser.add_argument("--findings", type=int, default=1000)
    parser.add_argument("--step", type=int, default=100)
    parser.add_argument("--audience", default="public")
    parser.add_argument("--small", action="store_true", help="a few findings of the town's own counts")
    options = parser.parse_args(arguments)
    if options.small:
        options.findings, options.step, options.audience = 4, 1, "statistics_unit"
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        steps, whole = measured(folder, options.findings, options.step, options.audience)
        rows = [
            {
                "findings": step.done,
                "seconds": round(step.seconds, 1),
                "parent, MB": round(step.parent),
                "template, MB": round(step.template),
            }
            for step in steps
        ]
        table("as the batch goes on", rows)
        say(f"\nfrom the command to the published edition: {whole:.0f} s")
        index = (folder / "outputs" / "index.html").stat().st_size
    return judged(steps, index, options.findings)


def written_plan(folder: Path, count: int) -> Path:
    """Write a plan of so many findings: all kinds of the town, then of its areas, the larger ones first."""
    areas = [row.split(",")[0] for row in (TOWN / "areas.csv").read_text(encoding="utf-8").splitlines()[1:]]
    areas.sort(key=len)
    every = itertools.product(areas, LANGUAGES, GROUPS, NOTEBOOKS)
    lines = [
        f"  - {{id: {notebook}-{group}-{area}-{language}, notebook: {notebook}, languages: [{language}], "
        f'parameters: {{target_group: {group}, area: "{area}"}}}}'
        for area, language, group, notebook in itertools.islice(every, count)
    ]
    plan = folder / "plan.yml"
    head = "schema: 1\ntitle: {de: Viele, en: Many}\nruns:\n"
    plan.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return plan


def measured(folder: Path, count: int, step: int, audience: str) -> tuple[list[Step], float]:
    """Run the batch and look at it after each step."""
    plan = written_plan(folder, count)
    (folder / "ledger").mkdir()
    places = ["--town", str(TOWN), "--plan", str(plan), "--output", str(folder / "outputs")]
    began = time.monotonic()
    with subprocess.Popen(  # noqa: S603 - our own command
        [
            sys.executable,
            "-m",
            "sozialanalyse",
            "run",
            *places,
            "--ledger",
            str(folder / "ledger"),
            "--audience",
            audience,
            "--json",
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "SOZIALANALYSE_CACHE": str(folder / "cache")},
        stdout=subprocess.PIPE,
        text=True,
    ) as batch:
        assert batch.stdout is not None
        steps = list(_steps(batch.stdout, psutil.Process(batch.pid), step))
    if batch.returncode:
        message = f"the batch ended with exit code {batch.returncode}"
        raise SystemExit(message)
    return steps, time.monotonic() - began


def _steps(lines: Iterator[str], parent: psutil.Process, step: int) -> Iterator[Step]:
    """Read events; the clock starts with the first finding, when all is warm."""
    first = 0.0
    for line in lines:
        event = json.loads(line)
        if event["event"] != "finding":
            continue
        first = first or time.monotonic()
        if event["done"] % step == 0:
            children = [child.memory_info().rss for child in parent.children()]
            now = (parent.memory_info().rss / MEGABYTE, max(children, default=0) / MEGABYTE)
            yield Step(event["done"], time.monotonic() - first, *now)
            say(f"  {event['done']} of {event['total']}")


def judged(steps: list[Step], index: int, count: int) -> int:
    """Print what was asked."""
    criteria = Criteria()
    fifth = max(1, len(steps) // 5)
    early, late = steps[fifth - 1], steps[-1]
    for name, before, after in (("parent", early.parent, late.parent), ("template", early.template, late.template)):
        said = (
            f"the {name} has {after:.0f} MB at the end and {before:.0f} MB after a fifth (at most {MOST_GROWTH} times)"
        )
        criteria.judge(after <= MOST_GROWTH * before, said)
    if len(steps) >= 10:
        slow, fast = (_pace(steps, end - fifth, end) for end in (len(steps) - 1, 2 * fifth))
        criteria.judge(
            slow <= MOST_SLOWER * fast,
            f"{slow:.2f} s a finding in the last fifth, {fast:.2f} s in the second one (at most {MOST_SLOWER} times)",
        )
    criteria.judge(index <= 400 * count + 60_000, f"the index has {index / 1000:.0f} kB for {count} findings")
    return criteria.conclude()


def _pace(steps: list[Step], first: int, last: int) -> float:
    taken = steps[last].seconds - steps[first].seconds
    return taken / (steps[last].done - steps[first].done)
