"""Pages about the pages: the statement on accessibility with whom to write to, and method and terms."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sozialanalyse.batch.frame import METHOD, STATEMENT, frame_of
from sozialanalyse.batch.site.cards import notices_of_all
from sozialanalyse.batch.templating import page
from sozialanalyse.caveats import STANDING_CAVEATS
from sozialanalyse.language import key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sozialanalyse.batch.edition import Manifest
    from sozialanalyse.language import Language

_STATUS_LABELS = {
    "full": "These pages meet what the law asks ({law}).",
    "partial": "These pages meet in part what the law asks ({law}). Where they fall short is said below.",
    "none": "These pages do not meet what the law asks ({law}). Where they fall short is said below.",
}
_METHODS = {
    "self": "Assessed on {date} by the publisher itself.",
    "external": "Assessed on {date} by others on behalf of the publisher.",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its heading, paragraphs, a list, and terms with their meanings."""

    id: str
    title: str
    paragraphs: Sequence[str] = ()
    items: Sequence[str] = ()
    terms: Sequence[tuple[str, str]] = ()


def about_pages(manifest: Manifest, known: str | None, language: Language) -> dict[str, str]:
    """Write the pages about the pages, by their addresses; none where the town declares nothing of them.

    Parameters
    ----------
    manifest
        Of the edition.
    known
        Content of ``knowledge.json``: what ``town.yml`` says under ``site``, rules of protection, definitions.
    language
        Of the pages.
    """
    frame = frame_of(known, language)
    content = json.loads(known) if frame["links"] and known else {}
    parts = {STATEMENT: _statement, METHOD: _method}
    return {
        link["address"]: page(
            "about.html.j2",
            f"the page '{link['name']}'",
            language,
            frame,
            title=link["name"],
            parts=parts[link["title"]](content, language),
            town=manifest.town_label,
            notices=notices_of_all(manifest, language),
        )
        for link in frame["links"]
    }


def _statement(content: Mapping[str, Any], language: Language) -> list[Part]:
    """Say who publishes, what somebody has found out of barriers, and whom to tell of others."""
    text, site = language.text, content["site"]
    parts = [Part("publisher", text("Publisher"), [site["publisher"][language.code]])]
    declared = site["accessibility"]
    if declared is not None:
        day = dt.date.fromisoformat(declared["assessed"])
        date = Markup('<data value="{}">{}</data>').format(key("date", day), language.date(day))
        law = declared["law"][language.code]
        parts.append(
            Part(
                "accessibility",
                text("Accessibility"),
                [
                    text(_STATUS_LABELS[declared["status"]], law=law),
                    Markup(text(_METHODS[declared["method"]], date=date)),  # noqa: S704 - our message, escaped date
                ],
            )
        )
        if declared["barriers"]:
            barriers = [barrier[language.code] for barrier in declared["barriers"]]
            parts.append(Part("barriers", text("What is not accessible"), items=barriers))
    checked = text(
        "Each page is checked when it is made: that pictures have a text alternative and table headings say what they head, and "
        "that there is one main heading. Such checks find some barriers and not all; they replace no test by people."
    )
    parts.append(Part("checks", text("What is checked by program"), [checked]))
    parts.append(Part("feedback", text("Report a barrier or a fault"), [site["feedback"][language.code]]))
    if declared is not None:
        parts.append(Part("enforcement", text("If you get no answer"), [declared["enforcement"][language.code]]))
    return parts


def _method(content: Mapping[str, Any], language: Language) -> list[Part]:
    """Say how numbers are to be read, how they are protected, and what each indicator means."""
    text, code = language.text, language.code
    rules = [rule[code] for rule in content.get("rules", ())]
    terms = [(entry["label"][code], entry["definition"][code]) for entry in content["site"]["terms"]]
    return [
        Part(
            "reading", text("How to read the numbers"), items=[text(message) for message in STANDING_CAVEATS.values()]
        ),
        *([Part("protection", text("What is kept confidential"), items=rules)] if rules else []),
        *([Part("terms", text("Terms"), terms=terms)] if terms else []),
    ]
