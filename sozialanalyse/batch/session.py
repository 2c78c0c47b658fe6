"""One batch from plan to published edition."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.auditing import PUBLIC, require_safe, shared_files
from sozialanalyse.batch.edition import (
    MANIFEST,
    Entry,
    Hashes,
    Manifest,
    ReleaseNumber,
    hash_text,
    outdated,
    read_manifest,
)
from sozialanalyse.batch.execution import Executed, Execution, Failure, default_workers, log_error, plain
from sozialanalyse.batch.gate import entered
from sozialanalyse.batch.orders import (
    Order,
    Step,
    checked_runs,
    earlier_findings,
    keep_out,
    same_versions,
    steps_of,
    versions,
)
from sozialanalyse.batch.publishing import INDEX, REPORT, Output, hold
from sozialanalyse.errors import SozialanalyseError
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from sozialanalyse.batch.plan import Check
    from sozialanalyse.language import LanguageCode


@dataclass(frozen=True, slots=True)
class Event:
    """Progress: a run came to its end, as number ``done`` of ``total``; ``reason`` says why it failed."""

    id: str
    address: str
    done: int
    total: int
    seconds: float
    reason: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a batch.

    Parameters
    ----------
    made, unchanged, failed
        Numbers of pages.
    failures
        Why runs failed, by their ids; of several languages the first one that failed.
    index
        Where the index stands.
    """

    made: int
    unchanged: int
    failed: int
    failures: Mapping[str, str]
    index: Path


Report = Callable[[Event], None]


def run_plan(order: Order, check: Check | None = None, report: Report | None = None) -> Outcome:
    """Make the findings of a plan and publish them.

    Everything is checked before the first notebook runs; from then on a failing run stops no other.

    Parameters
    ----------
    order
        What to make.
    check
        Checks of each run that need to know the town.
    report
        Called with each run that came to its end.

    Raises
    ------
    DataError
        Faults of the plan or of the notebooks that it names; nothing has been touched.
    UsageError
        An unknown id, or an output folder that must not be written.
    LockedError
        Another run holds the output folder.
    """
    runs = checked_runs(order, check)
    with hold(order.output, keep_out(order)) as output:
        steps = steps_of(order, runs, output.folder)
        batch = _Batch(order, output, steps, report or (lambda _: None), same_versions(output.folder))
        with tempfile.TemporaryDirectory(prefix="sozialanalyse-", ignore_cleanup_errors=True) as work:
            batch.make(Path(work))
        return batch.publish()


@dataclass
class _Batch:
    """A batch that holds its output folder."""

    order: Order
    output: Output
    steps: Sequence[Step]
    report: Report
    same_versions: bool
    began: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    pages: dict[str, str] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def make(self, work: Path) -> None:
        """Run and render all that is due."""
        due = {step.run.key: step for step in self.steps if step.is_due}
        workers = max(1, min(self.order.workers or default_workers(), len(due)))
        execution = Execution(work, self.output.logs, self.order.given, workers, self.order.deadline)
        with contextlib.closing(execution.results([step.run for step in due.values()])) as results:
            for done, executed in enumerate(results, start=1):
                run = executed.run
                self.seconds[run.key] = round(executed.seconds, 2)
                self.take(due[run.key], executed)
                reason = self.failures.get(run.key)
                self.report(Event(run.id, run.address, done, len(due), executed.seconds, reason))

    def take(self, step: Step, executed: Executed) -> None:
        """Render what a run has made, or note why there is nothing."""
        from sozialanalyse.batch.rendering import render  # noqa: PLC0415 - nbconvert is heavy

        run, failure = step.run, executed.failure
        if executed.notebook is not None:
            try:
                page = render(executed.notebook, run.language, run.notebook, self.order.notices.get(run.language, ()))
                entry = self.entry(step, state="current", sha256=hash_text(page.html), finding=page.finding)
            except SozialanalyseError as error:
                failure = Failure("render", type(error).__name__, plain(error.describe(Language(run.language).text)))
            except Exception as error:  # noqa: BLE001 - one page, whatever is wrong with it, never ends the batch
                log_error(self.output.logs, run)
                failure = Failure("render", type(error).__name__, plain(f"{type(error).__name__}: {error}"))
            else:
                self.pages[run.address] = page.html
                self.entries[run.key] = entry
        if failure is not None:
            reason = self.reason(failure, run.language)
            self.failures[run.key] = reason
            self.entries[run.key] = self.entry(
                step, state="failed", sha256=None, reason=self.told(reason, run.language)
            )

    def entry(self, step: Step, **found: Any) -> Entry:
        run = step.run
        group = str(run.parameters.get("target_group") or "")
        return Entry(
            id=run.id,
            language=run.language,
            address=run.address,
            group=group,
            title=run.title,
            hashes=step.hashes,
            **found,
        )

    def reason(self, failure: Failure, language: LanguageCode) -> str:
        """Say in the readers' language why a finding could not be made."""
        text = Language(language).text
        said = {
            "deadline": text("the time limit of {limit} seconds was exceeded", limit=f"{self.order.deadline:g}"),
            "died": text("the program ended without a result (too little memory?)"),
            "render": failure.message,
        }
        where = "" if failure.cell is None else f" ({text('cell')} {failure.cell})"
        is_ours = failure.name in {"DataError", "UsageError"}
        return said.get(failure.kind) or (failure.message if is_ours else f"{failure.name}: {failure.message}") + where

    def told(self, reason: str, language: LanguageCode) -> str:
        """Say why a finding could not be made where everybody reads it: an error's own words may hold numbers that nobody checks."""
        is_safe = self.order.audience != PUBLIC or not self.order.audited or not re.search(r"\d", reason)
        return reason if is_safe else Language(language).text("the log of the run says why")

    def publish(self) -> Outcome:
        """Put everything in its place."""
        from sozialanalyse.batch.index import index_page  # noqa: PLC0415 - Jinja is heavy

        manifest = self.manifest()
        before = read_manifest(self.output.folder)
        kept = {entry.address for entry in manifest.findings if entry.sha256}
        stale = {entry.address for entry in before.findings} - kept if before else set()
        language = self.languages[0]
        index = index_page(manifest, Language(language), self.order.notices.get(language, ()))
        side = {REPORT: self.run_report(), MANIFEST: manifest.text(), **self.shared(), INDEX: index}
        if self.order.audience == PUBLIC and self.order.audited and self.order.release is not None:
            require_safe(self.output.folder, kept, self.pages, side, Language(language))
        self.output.publish(self.pages, stale, side)
        if self.order.number and self.order.release is not None:
            entered(self.order.release, self.order.town, self.order.ledger_folder)
        unchanged = sum(step.why == "unchanged" for step in self.steps)
        failures: dict[str, str] = {}
        for step in self.steps:
            if step.run.key in self.failures:
                failures.setdefault(step.run.id, self.failures[step.run.key])
        return Outcome(len(self.pages), unchanged, len(self.failures), failures, self.output.folder / INDEX)

    def shared(self) -> dict[str, str]:
        """Give what everybody may know of the Release."""
        notices = [notice for said in self.order.notices.values() for notice in said]
        return shared_files(self.order, [step.run for step in self.steps], [*versions(), *notices])

    @property
    def languages(self) -> list[LanguageCode]:
        """The languages of the pages, that of the index first."""
        return list(dict.fromkeys(step.run.language for step in self.steps))

    def manifest(self) -> Manifest:
        """List what the folder will hold: this plan's findings, then those of the same plan in other languages."""
        earlier = earlier_findings(self.order, self.output.folder)
        merged = [self.merged(step, earlier.get((step.run.id, step.run.language))) for step in self.steps]
        hashes = {step.run.id: step.hashes for step in self.steps}
        others = [e for e in earlier.values() if e.id in hashes and e.language not in self.languages]
        kept = [self.kept(entry, hashes[entry.id]) for entry in others]
        findings = tuple(entry for entry in (*merged, *kept) if entry is not None)
        made = ReleaseNumber(number=self.order.number, sha256=self.order.data) if self.order.number else None
        return Manifest(town=self.order.town_name, audience=self.order.audience, release=made, findings=findings)

    def merged(self, step: Step, earlier: Entry | None) -> Entry | None:
        """Choose between the new finding and the earlier one; a failed try keeps the earlier page, marked."""
        made = self.entries.get(step.run.key)
        if made is None:
            return earlier and self.kept(earlier, step.hashes)
        has_page = earlier is not None and earlier.sha256 and (self.output.folder / earlier.address).is_file()
        if earlier is not None and made.state == "failed" and has_page:
            return earlier.model_copy(update={"state": "earlier", "reason": made.reason})
        return made

    def kept(self, entry: Entry, hashes: Hashes) -> Entry:
        """Mark a page that this run did not make, and that is made of something else than this run's pages."""
        reason = outdated(entry.hashes, hashes, same_versions=self.same_versions)
        if entry.state != "current" or reason is None:
            return entry
        return entry.model_copy(update={"state": "earlier", "reason": reason})

    def run_report(self) -> str:
        """Write ``run.json``: times, states, errors and versions, all that differs between runs and machines."""
        report = {
            "schema": 1,
            "began": self.began.isoformat(timespec="seconds"),
            "ended": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "status": "failed" if self.failures else "done",
            "audience": self.order.audience,
            "languages": self.languages,
            "versions": versions(),
            "runs": [self.run_line(step) for step in self.steps],
        }
        return json.dumps(report, ensure_ascii=False, indent=1) + "\n"

    def run_line(self, step: Step) -> dict[str, Any]:
        name = step.run.key
        return {
            "id": step.run.id,
            "language": step.run.language,
            "why": step.why,
            "state": "failed" if name in self.failures else "made" if name in self.entries else "kept",
            "seconds": self.seconds.get(name),
            "error": None if name not in self.failures else self.told(self.failures[name], step.run.language),
        }
