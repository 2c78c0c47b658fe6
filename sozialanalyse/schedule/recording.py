"""Listens to a run from its beginning and makes its record at the end, however it ends."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.archive import REPORT
from sozialanalyse.batch.edition import read_manifest
from sozialanalyse.batch.execution import plain
from sozialanalyse.batch.logs import PAGE, RECORD
from sozialanalyse.batch.publishing import LOGS, hold
from sozialanalyse.documents import SCHEMA_VERSION
from sozialanalyse.errors import Fault, LockedError, SozialanalyseError, UsageError
from sozialanalyse.language import Language
from sozialanalyse.schedule.page import run_page
from sozialanalyse.schedule.record import Finding, Record, Status, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sozialanalyse.batch.outcome import Event, Outcome
    from sozialanalyse.language import LanguageCode


@dataclass
class Recording:
    """A run that is being listened to.

    Parameters
    ----------
    output
        Folder of the pages.
    town
        Name of the town.
    audience, language
        For whom the pages are, and in which language the run is spoken of.
    """

    output: Path
    town: str
    audience: str
    language: LanguageCode
    began: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    events: dict[str, Event] = field(default_factory=dict)
    outcome: Outcome | None = None
    impossible: int = 0

    @property
    def logs(self) -> Path:
        """Folder of the logs, beside that of the pages."""
        folder = self.output.resolve()
        return folder.with_name(folder.name + LOGS)

    def hearing(self, report: Callable[[Event], None]) -> Callable[[Event], None]:
        """Listen in on what the progress of the run is told."""

        def hear(event: Event) -> None:
            self.events[event.address] = event
            report(event)

        return hear

    def came_of(self, outcome: Outcome, impossible: int) -> None:
        """Take what came of the run, and how many numbers of the town cannot be right."""
        self.outcome, self.impossible = outcome, impossible

    def record(self, exit_code: int, error: BaseException | None = None) -> Record:
        """Make the record of the run, which has ended with an exit code and perhaps an error."""
        outcome = self.outcome
        status: Status = "stopped" if outcome is None else "done" if exit_code == 0 else "failed"
        counted = {} if outcome is None else {name: getattr(outcome, name) for name in ("made", "unchanged", "failed")}
        text = Language(self.language).text
        return Record(
            schema=SCHEMA_VERSION,
            town=self.town,
            audience=self.audience,
            language=self.language,
            status=status,
            exit_code=exit_code,
            began=self.began,
            ended=max(self.began, dt.datetime.now(dt.UTC)),  # the clock of the machine may have been set back
            impossible=self.impossible,
            peak_memory=max(filter(None, (event.peak_memory for event in self.events.values())), default=_largest()),
            error=None if error is None else shareable(error, text),
            details=None if error is None else described(error, text),
            index=None if outcome is None else str(outcome.index),
            logs=str(self.logs),
            findings=() if outcome is None else self._findings(outcome.index.parent),
            **counted,
        )

    def _findings(self, edition: Path) -> tuple[Finding, ...]:
        """Join what the run report says of each finding, what the manifest calls it, and what was heard of it."""
        manifest = read_manifest(edition)
        entries = {} if manifest is None else {(entry.id, entry.language): entry for entry in manifest.findings}
        found = []
        for line in _lines(edition / REPORT):
            entry = entries.get((line["id"], line["language"]))
            address = "" if entry is None else entry.address
            event = self.events.get(address)
            found.append(
                Finding(
                    id=line["id"],
                    language=line["language"],
                    title=(entry and entry.title) or line["id"],
                    address=address,
                    why=line["why"],
                    changed=tuple(line.get("changed", ())),
                    what={} if event is None else dict(event.what),
                    state=line["state"],
                    seconds=line.get("seconds"),
                    peak_memory=None if event is None else event.peak_memory,
                    cells={} if event is None else dict(event.cells),
                    error=line.get("error"),
                    details=None if event is None else event.reason,
                )
            )
        return tuple(found)


def keep(recording: Recording, record: Record) -> None:
    """Put record and page beside the logs.

    A run that was stopped before it published has put nothing there yet: it does so only where an output folder stands, and
    not while another run holds it. That this fails must not change what a run has come to.
    """
    page = run_page(record, Language(recording.language))
    files = [(RECORD, record.text()), (PAGE, page)]
    with contextlib.suppress(OSError, LockedError, UsageError):
        if record.status != "stopped":
            write(recording.logs, files)
        elif recording.output.is_dir():
            with hold(recording.output, []) as held:
                write(held.logs, files)


def described(error: BaseException, text: Callable[..., str]) -> str:
    """Say in full why a run was stopped."""
    if isinstance(error, SozialanalyseError):
        return error.describe(text)
    if isinstance(error, KeyboardInterrupt):
        return text("the run was interrupted")
    return f"{type(error).__name__}: {error}"


def shareable(error: BaseException, text: Callable[..., str]) -> str:
    """Say why a run was stopped without quoting what is in the data: places and our own words, and values left out."""
    if isinstance(error, LockedError | UsageError | KeyboardInterrupt):
        return plain(described(error, text))
    if not isinstance(error, SozialanalyseError):
        return type(error).__name__
    without = (Fault(fault.message, dict.fromkeys(fault.values, _LEFT_OUT), fault.place) for fault in error.faults)
    return SozialanalyseError(without).describe(text)


class _LeftOut:
    """Stands for a value, however a message wants it written."""

    def __format__(self, form: str) -> str:
        return "…"


_LEFT_OUT = _LeftOut()


def _lines(report: Path) -> list[dict[str, Any]]:
    """Read what the run report says of each finding; nothing where there is no report."""
    try:
        lines: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["runs"]
    except (OSError, ValueError, KeyError):
        return []
    return lines


def _largest() -> int | None:
    """Measure the largest of the processes that this one has waited for, where the system tells."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit or None
