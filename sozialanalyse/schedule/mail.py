"""A summary of a run for mail: plain text, no numbers from the data, nothing to open or to load."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING

from sozialanalyse.batch.logs import PAGE
from sozialanalyse.schedule.words import counts, duration, memory, moment, reason, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sozialanalyse.language import Language
    from sozialanalyse.schedule.record import Finding, Record

MANY = 40
"""So many findings are named; of the rest only the number is said."""


def subject(record: Record, words: Language) -> str:
    """Say in the subject what came of the run, so that a good morning's mail need not be opened."""
    came = words.text("stopped, nothing published") if record.status == "stopped" else counts(record, words)
    return words.text("Social reporting of {town}: {came}", town=record.town, came=came)


def summary(record: Record, words: Language) -> str:
    """Write the summary.

    Parameters
    ----------
    record
        Of the run; only what may leave the machine is used (:meth:`.Record.to_share`).
    words
        The language of the summary.
    """
    return "\n".join(_paragraphs(record.to_share(), words)) + "\n"


def message(record: Record, words: Language, to: Sequence[str], sender: str | None = None) -> bytes:
    """Write a whole mail with its headers, ready for ``sendmail -t``.

    Raises
    ------
    ValueError
        When an address holds a line break.
    """
    mail = EmailMessage(policy=SMTP.clone(linesep="\n", cte_type="8bit"))
    mail["Subject"] = subject(record, words)
    mail["To"] = ", ".join(to)
    if sender:
        mail["From"] = sender
    mail["Date"] = record.ended
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer by machines, please
    mail.set_content(summary(record, words), charset="utf-8", cte="8bit")
    return mail.as_bytes()


def _paragraphs(record: Record, words: Language) -> Iterator[str]:
    text = words.text
    yield verdict(record, words)
    yield ""
    yield from _facts(record, words)
    if record.error:
        yield from ("", f"{text('Why it was stopped')}:", record.error)
    made = [f"{_line(f)}: {reason(f, words)}".removesuffix(": ") for f in record.of("made")]
    yield from _listed(text("New or changed"), made, words)
    yield from _listed(text("Could not be made"), [f"{_line(f)}: {f.error or ''}" for f in record.of("failed")], words)
    yield ""
    yield f"{text('Report of the run')}: {Path(record.logs) / PAGE}"
    if record.index:
        yield f"{text('Findings')}: {record.index}"


def _facts(record: Record, words: Language) -> Iterator[str]:
    text = words.text
    yield f"{text('Town')}: {record.town} ({text(record.audience)})"
    yield f"{text('Began')}: {moment(record.began, words)}"
    yield f"{text('Duration')}: {duration(record.seconds, words)}"
    if record.peak_memory:
        yield f"{text('Most memory of a process')}: {memory(record.peak_memory, words)}"
    if record.index:
        yield f"{text('Pages')}: {counts(record, words)}"
    if record.impossible:
        yield words.plural(
            "{count} number cannot be right; sozialanalyse check says which",
            "{count} numbers cannot be right; sozialanalyse check says which",
            record.impossible,
        )


def _line(finding: Finding) -> str:
    return f"{finding.title} ({finding.id}, {finding.language})"


def _listed(title: str, lines: Sequence[str], words: Language) -> Iterator[str]:
    if not lines:
        return
    yield from ("", f"{title}:")
    yield from (f"- {line}" for line in lines[:MANY])
    if len(lines) > MANY:
        yield f"- {words.text('... and {count} more', count=len(lines) - MANY)}"
