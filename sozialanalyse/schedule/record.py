"""The record of a run: what ran, how long, what failed and why.

It holds run times and the full words of errors, which may quote raw rows: so it lies beside the logs, never among the pages, and
:meth:`Record.to_share` takes out what must not leave the machine.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Literal

import pydantic

from sozialanalyse.batch.logs import PAGE, RECORD
from sozialanalyse.documents import SCHEMA_VERSION, Model, Versioned
from sozialanalyse.errors import UsageError
from sozialanalyse.language import LanguageCode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Status = Literal["done", "failed", "stopped"]
"""``done``: all well; ``failed``: published, but some finding could not be made or a number cannot be right;
``stopped``: nothing was published."""

SLOWEST = 10
"""So many of the slowest cells are named."""


class Cell(Model):
    """A cell of a notebook and how long it took."""

    finding: str
    cell: str
    seconds: float


class Finding(Model):
    """One finding in one language.

    ``error`` is what may be said of a failure elsewhere, ``details`` all of it.
    """

    id: str
    language: str
    title: str
    address: str
    why: str
    changed: tuple[str, ...] = pydantic.Field(default=(), description="what it is made of that has changed")
    what: dict[str, tuple[str, ...]] = pydantic.Field(
        default_factory=dict, description="of data and catalogue, by name"
    )
    state: Literal["made", "kept", "failed"]
    seconds: float | None = None
    peak_memory: int | None = pydantic.Field(default=None, description="bytes")
    cells: dict[str, float] = pydantic.Field(default_factory=dict, description="seconds by the id of the cell")
    error: str | None = None
    details: str | None = None


class Record(Versioned):
    """One run.

    ``error`` is what may be said elsewhere of why a run was stopped, ``details`` all of it.
    """

    town: str
    audience: str
    language: LanguageCode
    status: Status
    exit_code: int
    began: dt.datetime
    ended: dt.datetime
    made: int = 0
    unchanged: int = 0
    failed: int = 0
    impossible: int = pydantic.Field(default=0, description="numbers of the town that cannot be right")
    peak_memory: int | None = pydantic.Field(default=None, description="bytes of the largest process")
    error: str | None = None
    details: str | None = None
    index: str | None = pydantic.Field(
        default=None, description="path of the index page; none when nothing was published"
    )
    logs: str = pydantic.Field(description="path of the folder with logs and the report page")
    findings: tuple[Finding, ...] = ()

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return (self.ended - self.began).total_seconds()

    def of(self, *states: str) -> list[Finding]:
        """List the findings in some states, in the order of the plan."""
        return [finding for finding in self.findings if finding.state in states]

    @property
    def slowest(self) -> list[Cell]:
        """The cells that took longest, the slowest first."""
        cells = [
            Cell(finding=f"{finding.id}.{finding.language}", cell=cell, seconds=seconds)
            for finding in self.findings
            for cell, seconds in finding.cells.items()
        ]
        return sorted(cells, key=lambda cell: -cell.seconds)[:SLOWEST]

    def to_share(self) -> Record:
        """Take out the words of errors that may quote what is in the data, for a mail or a hook."""
        findings = tuple(finding.model_copy(update={"details": None}) for finding in self.findings)
        return self.model_copy(update={"details": None, "findings": findings})

    def text(self) -> str:
        """Write the record as JSON."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=1) + "\n"


def read_record(text: str, name: str = RECORD) -> Record:
    """Read a record.

    Raises
    ------
    UsageError
        When the text is no record, or one of another release.
    """
    try:
        return Record.model_validate_json(text)
    except pydantic.ValidationError:
        message = "{file} is no record of a run of this release (schema {schema})"
        raise UsageError(message, file=name, schema=SCHEMA_VERSION) from None


def last_record(logs: Path) -> Record:
    """Read the record of the last run.

    Raises
    ------
    UsageError
        When there is none or it cannot be read.
    """
    try:
        text = (logs / RECORD).read_text(encoding="utf-8")
    except OSError:
        message = "there is no record of a run in {folder}; sozialanalyse run writes one"
        raise UsageError(message, folder=logs.name) from None
    return read_record(text)


def write(logs: Path, files: Sequence[tuple[str, str]]) -> None:
    """Write record and page, each whole or not at all; they may quote raw rows, so they are for the account and its group only."""
    logs.mkdir(parents=True, exist_ok=True, mode=0o750)
    for name, text in files:
        partial = logs / f"{name}.partial"
        partial.touch(mode=0o640)
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(logs / name)


__all__ = ["PAGE", "RECORD", "Cell", "Finding", "Record", "Status", "last_record", "read_record", "write"]
