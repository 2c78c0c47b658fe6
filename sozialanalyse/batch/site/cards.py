"""Cards: what a list of findings says of each, gathered by target group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup

from sozialanalyse.batch.edition import OUTDATED
from sozialanalyse.batch.sections import slug
from sozialanalyse.batch.withdrawals import withdrawn_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sozialanalyse.batch.edition import Entry, Manifest
    from sozialanalyse.language import Language

LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}
"""Each language in its own words."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is said of one finding; ``place`` is its area where the list does not say it already."""

    title: str
    place: str
    language: str
    state: str
    address: str
    reason: str | None
    summary: str
    facts: tuple[str, ...]


@dataclass(slots=True)
class Group:
    """A target group and its findings: those with cards, and those that are only named."""

    id: str
    label: str
    cards: list[Card] = field(default_factory=list)
    named: list[Card] = field(default_factory=list)


def is_of_a_part(entry: Entry) -> bool:
    """Whether a finding is of a part of the town; of one that was never made nothing is known."""
    return entry.finding is not None and entry.finding.area != entry.finding.town


def in_groups(
    entries: Iterable[Entry], manifest: Manifest, language: Language, has_card: Callable[[Entry], bool]
) -> list[Group]:
    """Gather findings by target group in their order; a group is called as its findings call it.

    Parameters
    ----------
    entries
        The findings.
    manifest
        Of their edition.
    language
        Of the list; findings in other languages are named as such.
    has_card
        Whether a finding gets a card, or is only named.
    """
    groups: dict[str, Group] = {}
    for entry in entries:
        group = groups.setdefault(entry.group, Group(_anchor(entry.group, groups), ""))
        if entry.finding and (not group.label or entry.language == language.code):
            group.label = entry.finding.target_group
        (group.cards if has_card(entry) else group.named).append(_card(entry, manifest, language))
    for name, group in groups.items():
        group.label = group.label or name or language.text("Further findings")
    return list(groups.values())


def _anchor(name: str, taken: dict[str, Group]) -> str:
    base = f"group-{slug(name) or 'further'}"
    return base if base not in {group.id for group in taken.values()} else f"{base}-{len(taken)}"


def _card(entry: Entry, manifest: Manifest, language: Language) -> Card:
    """Say what a list says of a finding."""
    finding = entry.finding
    is_part = is_of_a_part(entry)
    facts: list[str] = [finding.keyed("area")] if finding and not is_part else []
    if finding and finding.data_state:
        facts.append(Markup("{}: {}").format(language.text("Data state"), finding.keyed("data_state")))
    if entry.language != language.code:
        facts.append(LANGUAGE_NAMES[entry.language])
    reason = None
    if entry.id in manifest.withdrawn and entry.state == "withdrawn":
        reason = f"{withdrawn_on(manifest.withdrawn[entry.id], language)}: {entry.reason}"
    elif entry.state != "current" and entry.reason:
        reason = _reason(entry, entry.reason, language)
    return Card(
        title=entry.label,
        place=finding.keyed("area") if finding and is_part else "",
        language=entry.language,
        state=entry.state,
        address=entry.address,
        reason=reason,
        summary=finding.keyed("summary") if finding else "",
        facts=tuple(facts),
    )


def _reason(entry: Entry, reason: str, language: Language) -> str:
    if reason in OUTDATED:
        return language.text(reason)
    kept = language.text("The page is of an earlier state, as it could not be made anew:")
    return f"{kept if entry.state == 'earlier' else language.text('Could not be made:')} {reason}"


def notices_of_all(manifest: Manifest, language: Language) -> list[str]:
    """Give what every page of a language says at its top, each once."""
    findings = [entry.finding for entry in manifest.findings if entry.finding and entry.language == language.code]
    shared = [notice for finding in findings for notice in finding.notices]
    return list(dict.fromkeys([*manifest.notices.get(language.code, ()), *shared]))
