"""Withdrawals, as the ledger of releases remembers them: a finding was taken back, or may be made again.

``withdrawals.jsonl`` lies beside the ledger's own lines and like those is only ever added to; each line holds the hash of the one
before, so that nothing can be changed unnoticed. A manifest says the same of its own edition; this file also outlives a lost
output folder.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from typing import TYPE_CHECKING, Literal

import pydantic

from sozialanalyse.batch.edition import Withdrawal
from sozialanalyse.documents import Model
from sozialanalyse.errors import DataError, Fault, Place, UsageError
from sozialanalyse.language import LANGUAGES, Language

if TYPE_CHECKING:
    from pathlib import Path

    from sozialanalyse.batch.edition import Manifest

LEDGER = "releases"
"""The folder of the ledger in a town's folder; the gate calls it so as well, and a test keeps both alike."""

FILE = "withdrawals.jsonl"

Kind = Literal["withdrawn", "restored"]


class Line(Model):
    """One withdrawal, or its end."""

    schema_version: Literal[1] = pydantic.Field(default=1, alias="schema")
    kind: Kind
    audience: str
    finding: str
    date: dt.date
    reason: str
    release: int | None = pydantic.Field(default=None, description="number of the release that was public")
    before: str = pydantic.Field(description="hash of the line before; empty for the first")

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def read_lines(ledger: Path) -> list[Line]:
    """Read all lines, the oldest first; there need be none.

    Parameters
    ----------
    ledger
        Folder of the ledger of releases.

    Raises
    ------
    DataError
        A line is damaged or does not follow upon the one before; with the line.
    """
    return [line for line, _ in _chain(ledger)]


def withdrawn_in(ledger: Path, audience: str) -> dict[str, Withdrawal]:
    """List what is withdrawn from an audience and was not restored, by the id of the finding."""
    found: dict[str, Withdrawal] = {}
    for line in read_lines(ledger):
        if line.audience == audience and line.kind == "withdrawn":
            found[line.finding] = Withdrawal(id=line.finding, withdrawn=line.date, reason=line.reason)
        elif line.audience == audience:
            found.pop(line.finding, None)
    return found


def enter(
    ledger: Path, kind: Kind, *, audience: str, withdrawal: Withdrawal, today: dt.date, release: int | None = None
) -> bool:
    """Add a line, unless the last one of this finding says the same already.

    Parameters
    ----------
    ledger
        Folder of the ledger of releases; made when it is missing.
    kind
        ``withdrawn`` or ``restored``.
    audience, release
        From whom it is taken back, and the number of the release that they see.
    withdrawal
        What, and why.
    today
        The date of the line.

    Raises
    ------
    DataError
        The file is damaged.
    UsageError
        It cannot be written.
    """
    chain = _chain(ledger)
    if (withdrawal.id in withdrawn_in(ledger, audience)) == (kind == "withdrawn"):
        return False
    line = Line(
        kind=kind,
        audience=audience,
        finding=withdrawal.id,
        date=today,
        reason=withdrawal.reason,
        release=release,
        before=chain[-1][1] if chain else "",
    )
    try:
        ledger.mkdir(parents=True, exist_ok=True)
        _append(ledger / FILE, json.dumps(line.model_dump(mode="json", by_alias=True), sort_keys=True))
    except OSError as error:
        message = (
            "the withdrawal cannot be written into the ledger of releases in {folder} ({reason}); name it with --ledger"
        )
        raise UsageError(message, folder=ledger.name, reason=error.strerror) from error
    return True


def _append(path: Path, line: str) -> None:
    """Add a line to a file; what a power cut left of the last one, without its end, is cut off first."""
    with path.open("a+b") as file:
        file.seek(0)
        whole = file.read().rpartition(b"\n")
        file.truncate(len(whole[0]) + len(whole[1]))
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _chain(ledger: Path) -> list[tuple[Line, str]]:
    """Read the lines, each with its hash; a last one without its end was never entered."""
    path = ledger / FILE
    if not path.is_file():
        return []
    chain: list[tuple[Line, str]] = []
    before = ""
    for number, text in enumerate(path.read_text(encoding="utf-8").split("\n")[:-1], start=1):
        place = Place(f"{ledger.name}/{FILE}", number)
        try:
            line = Line.model_validate_json(text)
        except pydantic.ValidationError as error:
            raise DataError(Fault("the line cannot be read; take the file from a backup", {}, place)) from error
        if line.before != before:
            message = "the line does not follow upon the one before; take the file from a backup"
            raise DataError(Fault(message, {}, place))
        before = hashlib.sha256(text.encode()).hexdigest()
        chain.append((line, before))
    return chain


def withdrawn_on(withdrawal: Withdrawal, language: Language) -> str:
    """Say when a finding was withdrawn."""
    return language.text("Withdrawn on {date}", date=language.date(withdrawal.withdrawn))


def dates_of(manifest: Manifest) -> list[str]:
    """List what notices say with a date in it, in all languages: it is no result, and the audit must know that."""
    return [withdrawn_on(entry, Language(code)) for entry in manifest.withdrawals for code in LANGUAGES]  # type: ignore[arg-type]
