"""The manifest of the next edition: of each finding the new page, the earlier one, or none, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.edition import Entry, Manifest, ReleaseNumber, outdated
from sozialanalyse.batch.orders import earlier_findings, versions
from sozialanalyse.batch.store.trees import matches
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sozialanalyse.batch.edition import Hashes, Status, Withdrawal
    from sozialanalyse.batch.orders import Order, Step
    from sozialanalyse.language import LanguageCode


@dataclass(frozen=True)
class Draft:
    """What a run has made, to be joined with what the output folder holds.

    Parameters
    ----------
    order, steps
        What was asked for.
    folder
        The output folder.
    made
        The findings that were run, by the key of the run; those that failed have no hash.
    withdrawals
        What is withdrawn, by the id of the finding.
    same_versions
        Whether the libraries that draw and write are those of the run before.
    """

    order: Order
    steps: Sequence[Step]
    folder: Path
    made: Mapping[str, Entry]
    withdrawals: Mapping[str, Withdrawal]
    same_versions: bool

    @property
    def languages(self) -> list[LanguageCode]:
        """The languages of the pages, that of the index first."""
        return list(dict.fromkeys(step.run.language for step in self.steps))

    def manifest(self) -> Manifest:
        """List what the folder will hold: this plan's findings, then those of the same plan in other languages.

        What was withdrawn stays, whether the plan still has it or not.
        """
        earlier = earlier_findings(self.order, self.folder)
        merged = [self._merged(step, earlier.get((step.run.id, step.run.language))) for step in self.steps]
        hashes = {step.run.id: step.hashes for step in self.steps}
        others = [e for e in earlier.values() if e.id in hashes and e.language not in self.languages]
        gone = [e for e in earlier.values() if e.id not in hashes and e.id in self.withdrawals]
        kept = [*(self._kept(entry, hashes[entry.id]) for entry in others), *gone]
        findings = [self._unless_withdrawn(entry) for entry in (*merged, *kept) if entry is not None]
        release = ReleaseNumber(number=self.order.number, sha256=self.order.data) if self.order.number else None
        return Manifest(
            town=self.order.town_name,
            audience=self.order.audience,
            release=release,
            status=status_of(findings),
            versions=versions(),
            notices={code: said for code, said in self.order.notices.items() if said},
            withdrawals=tuple(self.withdrawals.values()),
            findings=tuple(findings),
        )

    def _merged(self, step: Step, earlier: Entry | None) -> Entry | None:
        """Choose between the new finding and the earlier one; a failed try keeps the earlier page, marked."""
        made = self.made.get(step.run.key)
        if made is None and earlier is None and step.run.id in self.withdrawals:
            return entry_of(step, state="withdrawn", sha256=None)
        if made is None:
            is_same = step.why == "unchanged"  # what it has read, that is: the rest of the Release may be another
            kept = earlier.model_copy(update={"hashes": step.hashes}) if earlier and is_same else earlier
            return kept and self._kept(kept, step.hashes, is_checked=is_same)
        if earlier is not None and made.state == "failed" and self._has_page(earlier):
            return earlier.model_copy(update={"state": "earlier", "reason": made.reason})
        return made

    def _kept(self, entry: Entry, hashes: Hashes, *, is_checked: bool = False) -> Entry:
        """Mark a page that this run did not make, and that is made of something else than this run's pages, or is damaged."""
        if entry.sha256 and not is_checked and not self._has_page(entry):
            lost = Language(entry.language).text("The page is missing or damaged; the next run makes it again.")
            return entry.without_page("failed", lost)
        reason = outdated(entry.hashes, hashes, same_versions=self.same_versions)
        if entry.state != "current" or reason is None:
            return entry
        return entry.model_copy(update={"state": "earlier", "reason": reason})

    def _has_page(self, entry: Entry) -> bool:
        beside = {file.address: file.sha256 for file in entry.downloads}
        return entry.sha256 is not None and not matches(self.folder, {entry.address: entry.sha256, **beside})

    def _unless_withdrawn(self, entry: Entry) -> Entry:
        withdrawal = self.withdrawals.get(entry.id)
        return entry if withdrawal is None else entry.without_page("withdrawn", withdrawal.reason)


def entry_of(step: Step, **found: Any) -> Entry:
    """Make the entry of a run, with what came of it: ``state``, ``sha256``, ``finding`` and ``reason``."""
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


def status_of(findings: Sequence[Entry]) -> Status:
    """Say whether everything that was planned is there as it should be."""
    return "incomplete" if any(entry.state in {"earlier", "failed"} for entry in findings) else "whole"
