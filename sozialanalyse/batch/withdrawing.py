"""Taking a finding back, at once: a notice in its place, in the public edition and in all earlier ones that are kept."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from sozialanalyse.batch.archive import earlier_editions, remember
from sozialanalyse.batch.drafting import status_of
from sozialanalyse.batch.edition import MANIFEST, Withdrawal
from sozialanalyse.batch.publishing import KNOWLEDGE, hold
from sozialanalyse.batch.standing import assembled_again, public_edition, report_of
from sozialanalyse.batch.store import trees
from sozialanalyse.batch.withdrawals import enter
from sozialanalyse.errors import UsageError, unknown
from sozialanalyse.language import LANGUAGES, Language

if TYPE_CHECKING:
    from pathlib import Path

    from sozialanalyse.batch.archive import Edition
    from sozialanalyse.batch.edition import Manifest
    from sozialanalyse.batch.publishing import Output

LONGEST_REASON = 400
"""So many characters a reason may have: a sentence or two that readers understand."""


def withdraw(
    folder: Path, finding: str, reason: str, *, town: Path, ledger: Path, now: dt.datetime | None = None
) -> Path:
    """Withdraw a finding.

    Parameters
    ----------
    folder
        The output folder.
    finding
        Id of the finding; all its languages are withdrawn.
    reason
        Why, in words for its readers. On public pages it may hold no number that the audit does not know.
    town
        Folder of the town; it is checked that the pages are its.
    ledger
        Folder of its ledger of releases, which remembers the withdrawal.
    now
        The time; default: that of the clock.

    Returns
    -------
    pathlib.Path
        The notice, of the first language.

    Raises
    ------
    UsageError
        No such finding or reason; the notice stands all the same when only the ledger cannot be written.
    LockedError
        A run holds the output folder.
    """
    now = now or dt.datetime.now(dt.UTC)
    with hold(folder, []) as output:
        manifest = _manifest_of(output, town)
        entries = [entry for entry in manifest.findings if entry.id == finding]
        if not entries:
            what = "finding"
            raise unknown(what, finding, [entry.id for entry in manifest.findings])
        known = manifest.withdrawn.get(finding)
        withdrawal = Withdrawal(
            id=finding, withdrawn=known.withdrawn if known else now.date(), reason=_sound(reason, output)
        )
        _publish(output, taken_back(manifest, {**manifest.withdrawn, finding: withdrawal}), now)
        for edition in earlier_editions(output.private):
            _mark(edition, withdrawal)
        remember(output.private, "withdrawn", now, finding=finding, reason=withdrawal.reason)
        number = manifest.release.number if manifest.release else None
        enter(ledger, "withdrawn", audience=manifest.audience, withdrawal=withdrawal, today=now.date(), release=number)
        return output.folder / entries[0].address


def restore(folder: Path, finding: str, *, town: Path, ledger: Path, now: dt.datetime | None = None) -> None:
    """Let a finding that was withdrawn be made again by the next run; until then a notice stays in its place.

    Parameters
    ----------
    folder, finding, town, ledger, now
        As of :func:`withdraw`.

    Raises
    ------
    UsageError
        It is not withdrawn, or the ledger cannot be written; then nothing has changed.
    """
    now = now or dt.datetime.now(dt.UTC)
    with hold(folder, []) as output:
        manifest = _manifest_of(output, town)
        withdrawal = manifest.withdrawn.get(finding)
        if withdrawal is None:
            message = "the finding {finding} is not withdrawn; withdrawn are: {known}"
            raise UsageError(message, finding=finding, known=", ".join(manifest.withdrawn) or "-")
        enter(ledger, "restored", audience=manifest.audience, withdrawal=withdrawal, today=now.date())
        rest = {name: entry for name, entry in manifest.withdrawn.items() if name != finding}
        _publish(output, taken_back(manifest, rest), now)
        remember(output.private, "restored", now, finding=finding)


def taken_back(manifest: Manifest, withdrawals: dict[str, Withdrawal]) -> Manifest:
    """Let a manifest say what is withdrawn; what is so no longer waits for the next run."""
    findings = []
    for entry in manifest.findings:
        if entry.id in withdrawals:
            findings.append(entry.without_page("withdrawn", withdrawals[entry.id].reason))
        elif entry.state == "withdrawn":
            said = Language(entry.language).text("The withdrawal was lifted; the next run makes this finding again.")
            findings.append(entry.without_page("failed", said))
        else:
            findings.append(entry)
    changes = {"findings": tuple(findings), "withdrawals": tuple(withdrawals.values()), "status": status_of(findings)}
    return manifest.model_copy(update=changes)


def _manifest_of(output: Output, town: Path) -> Manifest:
    """Read what is public, and check that it is of the town."""
    manifest = public_edition(output).manifest
    if manifest.town != town.resolve().name:
        message = "the pages in {folder} are of the town {found}, not of {town}; name its folder with --town"
        raise UsageError(message, folder=output.folder.name, found=manifest.town, town=town.resolve().name)
    return manifest


def _sound(reason: str, output: Output) -> str:
    """Check a reason as the audit checks a text: a numeral must be one that says nothing of results."""
    plain = " ".join(reason.split())
    if not re.search(r"\w", plain) or len(plain) > LONGEST_REASON:
        message = "say with --reason why, in words for the readers of the page, in at most {limit} characters"
        raise UsageError(message, limit=LONGEST_REASON)
    strange = _unexplained(plain, output.folder)
    if strange:
        message = "the reason holds {numerals}, of which nobody can say whether it gives something away; say it without"
        raise UsageError(message, numerals=", ".join(strange))
    return plain


def _unexplained(text: str, folder: Path) -> list[str]:
    """Find numerals in a text that are neither static nor said by the release; none where nothing is protected."""
    from sozialanalyse.audit.figures import Figures  # noqa: PLC0415 - heavy
    from sozialanalyse.audit.judging import Judge  # noqa: PLC0415 - heavy
    from sozialanalyse.audit.knowledge import read_knowledge  # noqa: PLC0415 - heavy

    if not (folder / KNOWLEDGE).is_file():
        return []
    judge = Judge(Figures(read_knowledge(folder)))
    found = (judge.unexplained(text, (), code) for code in LANGUAGES)  # type: ignore[arg-type]
    return list(dict.fromkeys(numeral for strange in found for numeral in strange))


def _publish(output: Output, manifest: Manifest, now: dt.datetime) -> None:
    assembly = assembled_again(manifest, output.folder)
    report = report_of(output.folder, output.next_number, now)
    output.publish(assembly.with_times(report, output.folder, now), assembly.kept)


def _mark(edition: Edition, withdrawal: Withdrawal) -> None:
    """Take the pages of a finding out of an earlier edition; they go first, whatever happens after."""
    held = [entry for entry in edition.manifest.findings if entry.id == withdrawal.id and entry.sha256]
    if not held:
        return
    for address in (name for entry in held for name in (entry.address, *(file.address for file in entry.downloads))):
        (edition.folder / address).unlink(missing_ok=True)
    manifest = taken_back(edition.manifest, {**edition.manifest.withdrawn, withdrawal.id: withdrawal})
    texts = assembled_again(manifest, edition.folder).texts
    for address, text in sorted(texts.items(), key=lambda entry: entry[0] == MANIFEST):
        _replace(edition.folder / address, text)


def _replace(path: Path, text: str | bytes) -> None:
    """Replace a file whole: the bytes of the old one may be those of another edition, too."""
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    trees.write(partial, text).replace(path)
