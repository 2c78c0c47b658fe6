"""What a record says in words: sizes, times, counts; the same on the page and in the mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from sozialanalyse.language import Language
    from sozialanalyse.schedule.record import Finding, Record

MINUTE, HOUR, GIGABYTE = 60, 3600, 10**9

REASONS = {
    "new": "new",
    "failed before": "failed before",
    "forced": "forced",
    "data": "data changed",
    "catalogue": "catalogue changed",
    "notebook": "notebook changed",
    "parameters": "parameters changed",
    "library": "library changed",
    "ledger": "ledger changed",
    "versions": "libraries changed",
    "page": "page changed",
}
"""How it is said why a finding was made; what is not here says nothing to a reader."""

MOST_NAMED = 4
"""So many of the things that have changed are named."""


def duration(seconds: float, words: Language) -> str:
    """Write how long something took: 0,4 s; 12 s; 3 min 20 s; 2 h 5 min.

    Examples
    --------
    >>> from sozialanalyse.language import Language
    >>> [duration(seconds, Language("en")) for seconds in (0.44, 9.96, 59.6, 200, 7500)]
    ['0.4 s', '10 s', '1 min 0 s', '3 min 20 s', '2 h 5 min']
    """
    if seconds < 9.95:
        return f"{words.number(seconds, 1)} s"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    return f"{whole // HOUR} h {whole % HOUR // MINUTE} min"


def memory(size: int, words: Language) -> str:
    """Write a size of memory.

    Examples
    --------
    >>> from sozialanalyse.language import Language
    >>> memory(312_400_000, Language("en")), memory(2_400_000_000, Language("de"))
    ('312 MB', '2,4 GB')
    """
    if size < GIGABYTE:
        return f"{words.number(size / 10**6)} MB"
    return f"{words.number(size / GIGABYTE, 1)} GB"


def moment(time: dt.datetime, words: Language) -> str:
    """Write a moment by the clock of this machine."""
    here = time.astimezone()
    return f"{words.date(here)}, {here:%H:%M}"


def reason(finding: Finding, words: Language) -> str:
    """Say why a finding was made: it is new, or what it is made of has changed."""
    return ", ".join(changes((finding.why, *finding.changed), finding.what, words))


def changes(names: Iterable[str], what: Mapping[str, Sequence[str]], words: Language) -> list[str]:
    """Say what has changed, and what of it as far as that is known: data changed: kinderarmut.

    Parameters
    ----------
    names
        Of :data:`REASONS`; what is not there is left out.
    what
        What that is, by the name of the reason.
    words
        The language that it is said in.
    """
    said = [(words.text(REASONS[name]), list(what.get(name, ()))) for name in names if name in REASONS]
    shown = [(text, [*one[:MOST_NAMED], *(["…"] if one[MOST_NAMED:] else [])]) for text, one in said]
    return [f"{text}: {', '.join(one)}" if one else text for text, one in shown]


def counts(record: Record, words: Language) -> str:
    """Say how many pages a run made."""
    message = "{made} made, {unchanged} unchanged, {failed} failed"
    return words.text(message, made=record.made, unchanged=record.unchanged, failed=record.failed)


def verdict(record: Record, words: Language) -> str:
    """Say in one sentence what came of a run."""
    if record.status == "stopped":
        return words.text(
            "The run was stopped, and nothing was published; the pages of the run before are still there."
        )
    if record.failed:
        return words.plural(
            "{count} page could not be made; all others are published.",
            "{count} pages could not be made; all others are published.",
            record.failed,
        )
    if record.impossible:
        return words.text("All pages are published, but some numbers of the town cannot be right.")
    return words.text("Everything is published.") if record.made else words.text("Nothing has changed.")
