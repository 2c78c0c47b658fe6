"""Notices: what stands at the address of a finding that could not be made or was taken back, so that no link leads nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.batch.frame import frame_of
from sozialanalyse.batch.templating import page
from sozialanalyse.batch.withdrawals import withdrawn_on
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from sozialanalyse.batch.edition import Entry, Manifest


def notices_of(manifest: Manifest, known: str | None = None) -> dict[str, str]:
    """Write the page of each finding of an edition that has none of its own, by its address; ``known`` as of :func:`.frame_of`."""
    return {entry.address: notice_page(entry, manifest, known) for entry in manifest.findings if entry.sha256 is None}


def notice_page(entry: Entry, manifest: Manifest, known: str | None = None) -> str:
    """Write the page that says that a finding could not be made, or that it was withdrawn.

    Parameters
    ----------
    entry
        The finding.
    manifest
        Of the edition, with its withdrawals.
    known
        Content of ``knowledge.json``, where there is one.
    """
    language = Language(entry.language)
    withdrawal = manifest.withdrawn.get(entry.id)
    return page(
        "notice.html.j2",
        "the notice",
        language,
        frame_of(known, language),
        title=entry.label,
        town=entry.finding.town if entry.finding else manifest.town,
        withdrawn=None if withdrawal is None else withdrawn_on(withdrawal, language),
        reason=entry.reason,
        notices=manifest.notices.get(entry.language, ()),
    )
