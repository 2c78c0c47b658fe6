"""The index page: every finding by target group, and what could not be made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup

from sozialanalyse.batch.edition import OUTDATED
from sozialanalyse.batch.safety import problems
from sozialanalyse.batch.sections import slug
from sozialanalyse.batch.templating import environment
from sozialanalyse.batch.withdrawals import withdrawn_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialanalyse.batch.edition import Entry, Manifest
    from sozialanalyse.language import Language

LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}
"""Each language in its own words."""


@dataclass(frozen=True, slots=True)
class Line:
    """What the index says of one finding; ``place`` is its area where that is not the whole town."""

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
    """A target group and its findings."""

    id: str
    label: str
    entries: list[Line] = field(default_factory=list)


def index_page(manifest: Manifest, language: Language, notices: Sequence[str] = ()) -> str:
    """Write the index of an output folder.

    Parameters
    ----------
    manifest
        What the folder holds; the findings stand in its order.
    language
        Language of the index; findings in other languages are named as such.
    notices
        What must stand at its top, beside the notices that all findings share.
    """
    html = (
        environment()
        .get_template("index.html.j2")
        .render(
            groups=_groups(manifest, language),
            town=manifest.town_label,
            notices=list(
                dict.fromkeys(
                    [*notices, *manifest.notices.get(language.code, ()), *_shared_notices(manifest, language)]
                )
            ),
            language=language,
            text=language.text,
        )
    )
    found = problems(html, page=True)
    if found:
        message = f"the index holds what it must not have: {', '.join(found)}"
        raise AssertionError(message)
    return html


def _groups(manifest: Manifest, language: Language) -> list[Group]:
    """Gather findings by target group in their order; a group is called as its findings call it."""
    groups: dict[str, Group] = {}
    for entry in manifest.findings:
        group = groups.setdefault(entry.group, Group(_anchor(entry.group, groups), ""))
        if entry.finding and (not group.label or entry.language == language.code):
            group.label = entry.finding.target_group
        group.entries.append(_line(entry, manifest, language))
    for name, group in groups.items():
        group.label = group.label or name or language.text("Further findings")
    return list(groups.values())


def _anchor(name: str, taken: dict[str, Group]) -> str:
    base = f"group-{slug(name) or 'further'}"
    return base if base not in {group.id for group in taken.values()} else f"{base}-{len(taken)}"


def _line(entry: Entry, manifest: Manifest, language: Language) -> Line:
    finding = entry.finding
    is_part = finding is not None and finding.area != finding.town
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
    return Line(
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


def _shared_notices(manifest: Manifest, language: Language) -> list[str]:
    """Give the notices of the findings in the language of the index, each once."""
    findings = [entry.finding for entry in manifest.findings if entry.finding and entry.language == language.code]
    return list(dict.fromkeys(notice for finding in findings for notice in finding.notices))
