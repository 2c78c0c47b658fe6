"""One batch from plan to published edition."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.assembling import Assembly, assemble
from sozialanalyse.batch.auditing import AuditError, require_safe, shared_files
from sozialanalyse.batch.downloads import FOLDER, DownloadsError, with_downloads
from sozialanalyse.batch.drafting import Draft, entry_of, status_of
from sozialanalyse.batch.edition import Entry, File, Manifest, Withdrawal, hash_text, read_manifest
from sozialanalyse.batch.execution import Executed, Execution, Failure, default_workers
from sozialanalyse.batch.gate import PUBLIC, entered
from sozialanalyse.batch.orders import Order, Step, checked_runs, keep_out, remember, same_versions, steps_of, versions
from sozialanalyse.batch.outcome import Event, Outcome
from sozialanalyse.batch.publishing import INDEX, Output, StorageError, hold
from sozialanalyse.batch.settled import settle, unsettle
from sozialanalyse.batch.store.scratch import scratch
from sozialanalyse.batch.withdrawals import LEDGER, dates_of, withdrawn_in
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from sozialanalyse.batch.choices import TownFacts
    from sozialanalyse.batch.traces import Notes
    from sozialanalyse.language import LanguageCode


Report = Callable[[Event], None]


def run_plan(
    order: Order,
    facts: TownFacts | None = None,
    report: Report | None = None,
) -> Outcome:
    """Make the findings of a plan and publish them.

    Everything is checked before the first notebook runs; from then on a failing run stops no other.

    Parameters
    ----------
    order
        What to make.
    facts
        What a plan may know of the town.
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
    StorageError
        The disk is full, or a file that is needed is gone; the earlier edition stands as it was.
    """
    runs = checked_runs(order, facts)
    with hold(order.output, keep_out(order)) as output:
        steps = steps_of(order, runs, output.folder)
        batch = _Batch(order, output, steps, report or (lambda _: None), _withdrawn(order, output.folder))
        try:
            with scratch() as work:
                batch.make(work)
            outcome = batch.publish()
        except OSError as error:
            file, reason = Path(str(error.filename or output.folder)).name, error.strerror or str(error)
            message = "nothing was published, the earlier pages stand as they were: {file}: {reason}"
            raise StorageError(message, file=file, reason=reason) from error
        if batch.is_settled:
            settle(order, output)
        else:
            unsettle(output)
        output.prune(order.retention)
        return outcome


def _withdrawn(order: Order, folder: Path) -> dict[str, Withdrawal]:
    """List what is withdrawn: as the public edition says, and the ledger, which also outlives a lost output folder."""
    manifest = read_manifest(folder)
    known = manifest.withdrawn if manifest is not None and manifest.fits(order.town_name, order.audience) else {}
    return {**withdrawn_in(order.ledger_folder or order.town / LEDGER, order.audience), **known}


@dataclass
class _Batch:
    """A batch that holds its output folder."""

    order: Order
    output: Output
    steps: Sequence[Step]
    report: Report
    withdrawn: Mapping[str, Withdrawal] = field(default_factory=dict)
    began: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    pages: dict[str, str | bytes] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    read: dict[str, Notes] = field(default_factory=dict)
    is_settled: bool = False

    def make(self, work: Path) -> None:
        """Run and render all that is due."""
        due = {step.run.key: step for step in self.steps if step.is_due and step.run.id not in self.withdrawn}
        order = self.order
        workers = max(1, min(order.workers or default_workers(order.cluster), len(due)))
        how: dict[str, Any] = {"engine": order.engine, "cluster": order.cluster, "notices": order.notices}
        how["frames"] = order.frames
        execution = Execution(work, self.output.logs, order.given, workers, order.deadline, **how)
        with contextlib.closing(execution.results([step.run for step in due.values()])) as results:
            for done, executed in enumerate(results, start=1):
                run = executed.run
                self.seconds[run.key] = round(executed.seconds, 2)
                self.take(due[run.key], executed)
                reason = self.failures.get(run.key)
                used = (executed.cells, executed.peak_memory)
                what = due[run.key].what
                self.report(Event(run.id, run.address, done, len(due), executed.seconds, reason, *used, what))

    def take(self, step: Step, executed: Executed) -> None:
        """Take the page that a run has made, or note why there is none."""
        run, page, failure = step.run, executed.page, executed.failure
        if page is not None:
            self.pages |= {run.address: page.html, **page.files}
            self.read[run.key] = executed.read
            beside = tuple(File(address=name, sha256=hash_text(data)) for name, data in page.files.items())
            made = {"sha256": hash_text(page.html), "finding": page.finding, "downloads": beside}
            self.entries[run.key] = entry_of(step, state="current", **made)
        if failure is not None:
            reason = self.reason(failure, run.language).encode("utf-8", "replace").decode()  # half a character is none
            self.failures[run.key] = reason
            self.entries[run.key] = entry_of(step, state="failed", sha256=None, reason=self.told(reason, run.language))

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
        from sozialanalyse.audit.numerals import has_numeral  # noqa: PLC0415 - heavy

        is_safe = self.order.audience != PUBLIC or not self.order.audited or not has_numeral(reason)
        return reason if is_safe else Language(language).text("the log of the run says why")

    def publish(self) -> Outcome:
        """Put everything in its place, unless it stands there already."""
        draft = Draft(
            self.order, self.steps, self.output.folder, self.entries, self.withdrawn, same_versions(self.output.folder)
        )
        assembly = self.assembled(self.offered(draft.manifest()))
        at_once = True
        if assembly.is_in(self.output.folder):
            self.output.replace_report(self.run_report(self.output.number))
        else:
            assembly = self.audited(assembly)
            report = self.run_report(self.output.next_number)
            texts = assembly.with_times(report, self.output.folder, dt.datetime.now(dt.UTC))
            at_once = self.output.publish(texts, assembly.kept)
        remember(self.order, self.output.folder, self.steps, self.entries, self.read)
        if self.order.number and self.order.release is not None:
            entered(self.order.release, self.order.town, self.order.ledger_folder)
        self.is_settled = not self.failures and self.is_complete(assembly.manifest)
        return self.outcome(at_once=at_once)

    def offered(self, manifest: Manifest) -> Manifest:
        """Add the files for all; that they cannot be made stops nothing else."""
        if not self.steps:
            return manifest
        try:
            complete, files = with_downloads(manifest, self.order, self.steps[0].hashes)
        except DownloadsError as error:
            self.failures[FOLDER] = error.describe(Language(manifest.language).text)
            return manifest
        self.pages |= files
        return complete

    def is_complete(self, manifest: Manifest) -> bool:
        """Say whether all that was chosen is there and of now, or withdrawn, so that the same again would do nothing."""
        states = {f"{entry.id}.{entry.language}": entry.state for entry in manifest.findings}
        chosen = [step.run.key for step in self.steps if step.why != "not chosen"]
        return all(states.get(name) in {"current", "withdrawn"} for name in chosen)

    def outcome(self, *, at_once: bool) -> Outcome:
        """Say what came of the batch."""
        failures: dict[str, str] = {}
        for step in self.steps:
            if step.run.key in self.failures:
                failures.setdefault(step.run.id, self.failures[step.run.key])
        if FOLDER in self.failures:
            failures[FOLDER] = self.failures[FOLDER]
        return Outcome(
            made=sum(entry.state == "current" for entry in self.entries.values()),
            unchanged=sum(step.why == "unchanged" for step in self.steps),
            failed=len(self.failures),
            failures=failures,
            index=self.output.folder / INDEX,
            edition=self.output.number,
            at_once=at_once,
        )

    def assembled(self, manifest: Manifest) -> Assembly:
        """Write all that an edition holds but for the times."""
        names = [notice for said in self.order.notices.values() for notice in said]
        shared = shared_files(self.order, [step.run for step in self.steps], [*versions(), *names, *dates_of(manifest)])
        return assemble(manifest, self.pages, shared)

    def audited(self, assembly: Assembly) -> Assembly:
        """Attack an edition; where earlier pages of runs that failed do not pass, a notice takes their place.

        Raises
        ------
        AuditError
            When it does not pass without them either.
        """
        if self.order.audience != PUBLIC or not self.order.audited or self.order.release is None:
            return assembly
        manifest = assembly.manifest
        folder, now = self.output.folder, dt.datetime.now(dt.UTC)
        side = assembly.with_times(self.run_report(self.output.next_number), folder, now)
        pages = {address: side.pop(address) for address in [*side] if "/" in address}
        try:
            require_safe(folder, {*pages, *assembly.kept}, pages, side, Language(manifest.language))
        except AuditError as error:
            doubtful = self.doubtful(manifest, error)
            if not doubtful:
                raise
            return self.audited(self.assembled(self.without(manifest, doubtful)))
        return assembly

    def doubtful(self, manifest: Manifest, error: AuditError) -> set[str]:
        """Name the addresses of earlier pages in place of which a notice can stand: those that the audit names, else all."""
        kept = {
            e.address for e in manifest.findings if e.state == "earlier" and f"{e.id}.{e.language}" in self.failures
        }
        said = "\n".join(str(fault.values.get("found", "")) for fault in error.faults)
        return {address for address in kept if address.removesuffix("html") in said} or kept

    @staticmethod
    def without(manifest: Manifest, doubtful: set[str]) -> Manifest:
        """Let notices take the place of pages."""
        findings = [e.without_page("failed", e.reason) if e.address in doubtful else e for e in manifest.findings]
        return manifest.model_copy(update={"findings": tuple(findings), "status": status_of(findings)})

    @property
    def languages(self) -> list[LanguageCode]:
        """The languages of the pages, that of the index first."""
        return list(dict.fromkeys(step.run.language for step in self.steps))

    def run_report(self, edition: int) -> str:
        """Write ``run.json``: times, states, errors and versions, all that differs between runs and machines."""
        report = {
            "schema": 1,
            "edition": edition,
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
            "why": "withdrawn" if step.run.id in self.withdrawn else step.why,
            "changed": list(step.changed),
            "state": "failed" if name in self.failures else "made" if name in self.entries else "kept",
            "seconds": self.seconds.get(name),
            "error": None if name not in self.failures else self.told(self.failures[name], step.run.language),
        }
