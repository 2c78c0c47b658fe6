"""Putting an earlier edition back: as a new one, through the audit, and never with what was withdrawn since."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sozialanalyse.batch.archive import earlier_editions, remember
from sozialanalyse.batch.edition import SCHEMA_VERSION
from sozialanalyse.batch.gate import PUBLIC
from sozialanalyse.batch.publishing import KNOWLEDGE, hold
from sozialanalyse.batch.standing import assembled_again, public_edition, report_of
from sozialanalyse.batch.store import trees
from sozialanalyse.batch.store.scratch import scratch
from sozialanalyse.batch.withdrawing import taken_back
from sozialanalyse.errors import Fault, SozialanalyseError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from sozialanalyse.batch.archive import Edition
    from sozialanalyse.batch.assembling import Assembly
    from sozialanalyse.language import Language


class RollbackError(SozialanalyseError):
    """An earlier edition cannot be public again; the present one stays."""


def rollback(folder: Path, number: int | None, words: Language, *, now: dt.datetime | None = None) -> int:
    """Make an earlier edition the public one again.

    Parameters
    ----------
    folder
        The output folder.
    number
        Of the earlier edition; None for the last one.
    words
        The language in which it is said what the audit found.
    now
        The time; default: that of the clock.

    Returns
    -------
    int
        The number of the edition that was put back; it stands as a new one with a number of its own.

    Raises
    ------
    UsageError
        There is no such edition.
    RollbackError
        It holds a withdrawn finding, is damaged, or does not pass the audit together with all that was public since.
    LockedError
        A run holds the output folder.
    """
    now = now or dt.datetime.now(dt.UTC)
    with hold(folder, []) as output:
        public = public_edition(output)
        kept = earlier_editions(output.private)
        chosen = _chosen(kept, number)
        faults = list(_faults(chosen, public))
        if faults:
            raise RollbackError(faults)
        assembly = assembled_again(taken_back(chosen.manifest, public.manifest.withdrawn), chosen.folder)
        report = report_of(chosen.folder, output.next_number, now, restored=chosen.number)
        texts = assembly.with_times(report, output.folder, now)
        since = [public, *(edition for edition in kept if edition.number > chosen.number)]
        _require_safe(assembly, texts, chosen, since, words)
        output.publish(texts, assembly.kept, base=chosen.folder)
        remember(output.private, "rolled back", now, to=chosen.number, edition=output.number)
        return chosen.number


def _chosen(kept: list[Edition], number: int | None) -> Edition:
    known = {edition.number: edition for edition in kept}
    if number is None and kept:
        return kept[0]
    if number is None or number not in known:
        message = "there is no earlier edition {found}; there are: {known}"
        raise UsageError(message, found=number or "-", known=", ".join(map(str, known)) or "-")
    return known[number]


def _faults(chosen: Edition, public: Edition) -> list[Fault]:
    """Say what stands against an edition before anything is calculated."""
    now, then = public.manifest, chosen.manifest
    if then.schema_version < SCHEMA_VERSION:
        message = "edition {number} was made by an earlier release of this program and does not say all that is needed"
        return [Fault(message, {"number": chosen.number})]
    if not then.fits(now.town, now.audience):
        message = "edition {number} is of {town} for {audience}, which is not what is public now"
        return [Fault(message, {"number": chosen.number, "town": then.town, "audience": then.audience})]
    held = sorted({entry.id for entry in then.findings if entry.id in now.withdrawn and entry.sha256})
    message = "edition {number} holds the finding {finding}, which was withdrawn"
    faults = [Fault(message, {"number": chosen.number, "finding": finding}) for finding in held]
    damaged = trees.matches(chosen.folder, then.hashes)
    message = "edition {number} is damaged: {file} is missing or was changed"
    return faults + [Fault(message, {"number": chosen.number, "file": file}) for file in damaged]


def _require_safe(
    assembly: Assembly, texts: dict[str, str | bytes], chosen: Edition, since: list[Edition], words: Language
) -> None:
    """Attack the edition with what was public since: who has read those reads this as well."""
    from sozialanalyse.audit import audit_folder  # noqa: PLC0415 - heavy

    if assembly.manifest.audience != PUBLIC or KNOWLEDGE not in texts:
        return
    with scratch() as folder:
        trees.build(folder, chosen.folder, texts, assembly.kept)
        report = audit_folder(folder, earlier=[e.folder for e in since if (e.folder / KNOWLEDGE).is_file()])
    if not report.is_safe:
        said = [Fault("{found}", {"found": line}) for line in report.lines(words.text)]
        message = "edition {number} does not pass the audit together with what was public since"
        raise RollbackError([Fault(message, {"number": chosen.number}), *said])
