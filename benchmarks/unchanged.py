"""How long a night takes in which nothing has changed: the real command on an edition of 1,000 findings.

    python -m benchmarks unchanged [--findings 1000] [--rounds 3] [--town DIR] [--small]

One finding is made; the others are copies of its page under their own addresses, entered into the manifest as if they had been made. From
there on everything is real: a process of ``sozialanalyse run`` for each measurement. Three ways take turns: as it is; with what the run
before has left taken away, so that the town is opened and every finding is compared; and an interpreter that only imports the commands.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks._printing import Criteria, table
from benchmarks.batch import ROOT
from sozialanalyse import batch
from sozialanalyse.batch.drafting import entry_of
from sozialanalyse.batch.edition import hash_text, read_manifest
from sozialanalyse.batch.orders import steps_of
from sozialanalyse.batch.settled import MEMO
from sozialanalyse.cli.facts import facts_of
from sozialanalyse.disclosure.release_files import open_release
from sozialanalyse.disclosure.unopened import MEMO as MEMO_OF_GATE

AUDIENCE = "administration"
"""Protected as for the public, but copies of one page cannot pass the audit of public pages."""

AS_IT_IS, COMPARED, IMPORTED = "nothing changed", "nothing kept: each compared", "importing the commands"
MOST_SECONDS = 2.0


@dataclass(frozen=True)
class Place:
    """Folders of a measurement, and the town."""

    folder: Path
    town: Path

    @property
    def output(self) -> Path:
        """Folder of the pages."""
        return self.folder / "outputs"

    @property
    def plan(self) -> Path:
        """The plan."""
        return self.folder / "plan.yml"

    def run(self, *options: str) -> tuple[float, float, str]:
        """Run the command; seconds by the clock, seconds of work, what it said."""
        places = ["--town", str(self.town), "--plan", str(self.plan), "--output", str(self.output)]
        ledger = ["--ledger", str(self.folder / "ledger"), "--audience", AUDIENCE, "--language", "en", "--json"]
        return self.measured(["-m", "sozialanalyse", "run", *places, *ledger, *options])

    def measured(self, arguments: list[str]) -> tuple[float, float, str]:
        """Run Python with arguments."""
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        began, used = time.monotonic(), _used()
        done = subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, check=False
        )
        seconds, work = time.monotonic() - began, _used() - used
        if done.returncode > 1:
            raise RuntimeError(done.stderr.decode())
        return seconds, work, done.stdout.decode()

    def forget(self) -> None:
        """Take away what the run before has left."""
        for path in (self.output.with_name("outputs.log") / MEMO, *(self.folder / "cache").glob(f"*{MEMO_OF_GATE}")):
            path.unlink(missing_ok=True)


def main(arguments: list[str]) -> int:
    """Measure and judge."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks unchanged", description=__doc__)
    parser.add_argument("--findings", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--town", type=Path, default=ROOT / "data" / "musterstadt")
    parser.add_argument("--small", action="store_true", help="few findings, one round")
    options = parser.parse_args(arguments)
    if options.small:
        options.findings, options.rounds = 5, 1
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        place = Place(Path(name), options.town.resolve())
        os.environ["SOZIALANALYSE_CACHE"] = str(place.folder / "cache")
        publish(place, options.findings)
        taken = measure(place, options.rounds)
    return judged(taken, options.findings)


def publish(place: Place, count: int) -> None:
    """Have an edition of so many findings, of which one was made."""
    lines = (f"  - {{id: trend-f{n:04}, notebook: trend, parameters: {{target_group: older}}}}" for n in range(count))
    head = "schema: 1\ntitle: {de: Probe, en: Sample}\nruns:\n"
    place.plan.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    (place.folder / "ledger").mkdir()
    place.run("--only", "trend-f0000")
    _enter_copies(place)
    place.run()  # writes the index and all that goes with it


def _enter_copies(place: Place) -> None:
    """Put the page that was made at all other addresses, and into the manifest."""
    manifest = read_manifest(place.output)
    assert manifest is not None
    (made,) = manifest.findings
    page = (place.output / made.address).read_text(encoding="utf-8")
    order = batch.Order(place.town, "", place.plan, ROOT / "notebooks", place.output, audience=AUDIENCE, language="en")
    with batch.released(place.town, AUDIENCE, ledger=place.folder / "ledger", only_look=True) as released:
        runs = batch.read_plan(place.plan, order.notebooks, "en", facts_of(open_release(released.file)))
        steps = steps_of(order, runs, place.output)
    entries = []
    for step in steps:
        hashes = made.hashes.model_copy(update={"parameters": step.hashes.parameters})
        entry = entry_of(step, state="current", sha256=hash_text(page), finding=made.finding)
        entries.append(entry.model_copy(update={"hashes": hashes}))
        (place.output / entry.address).write_text(page, encoding="utf-8", newline="\n")
    whole = manifest.model_copy(update={"findings": tuple(entries), "files": ()})
    (place.output / "manifest.json").write_text(whole.text(), encoding="utf-8", newline="\n")


def measure(place: Place, rounds: int) -> dict[str, list[tuple[float, float, str]]]:
    """Let the ways take turns."""
    taken: dict[str, list[tuple[float, float, str]]] = {name: [] for name in (AS_IT_IS, COMPARED, IMPORTED)}
    for _ in range(rounds):
        taken[IMPORTED].append(place.measured(["-c", "import sozialanalyse.cli"]))
        taken[AS_IT_IS].append(place.run())
        place.forget()
        taken[COMPARED].append(place.run())
    return taken


def judged(taken: dict[str, list[tuple[float, float, str]]], count: int) -> int:
    """Print the medians and say what holds."""
    clock, work = ({way: statistics.median(run[i] for run in runs) for way, runs in taken.items()} for i in (0, 1))
    rows = [
        {
            "way": way,
            "seconds": round(clock[way], 2),
            "of work": round(work[way], 2),
            "seconds / import": round(clock[way] / clock[IMPORTED], 1),
            "work / import": round(work[way] / work[IMPORTED], 1),
        }
        for way in taken
    ]
    table(f"nothing changed, {count} findings", rows)
    criteria = Criteria()
    said = f'"made": 0, "unchanged": {count}, "failed": 0'
    both = [run[2] for way in (AS_IT_IS, COMPARED) for run in taken[way]]
    criteria.judge(all(said in text for text in both), "both ways find that nothing has changed")
    took = clock[AS_IT_IS]
    criteria.judge(took <= MOST_SECONDS, f"{took:.2f} s where nothing has changed, at most {MOST_SECONDS:g} s")
    return criteria.conclude()


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
