"""What stands on every page of an edition: the town's logo and colours, ways to the pages about the pages, and who was consulted.

It comes from what everybody may know of a Release (``knowledge.json``), so that a page says the same whoever writes it: the process of
its finding, or a command that takes another finding back. Pages for others than the public have none of it.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any, Final, TypedDict

from sozialanalyse.language import key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sozialanalyse.language import Language

FOLDER = "about"
"""Folder of the pages about the pages."""

PAGE_LABELS = ("Accessibility and contact", "Method and terms")
STATEMENT, METHOD = PAGE_LABELS
NAMES: Final = {STATEMENT: "accessibility", METHOD: "method"}
"""Titles of the pages about the pages, as message ids, and their names as addresses have them."""


class Body(TypedDict):
    """Who was consulted: its name, the day as it is read, and the key of the day."""

    name: str
    day: str
    told: str


class Link(TypedDict):
    """A way to a page about the pages: title as a message id and as it is read, and its address from the folder of the index."""

    title: str
    name: str
    address: str


class Frame(TypedDict):
    """What stands on every page, as plain values, for it is sent to the processes of findings.

    ``url`` is the address of the folder of the index on the web, ending in a slash; empty where the town names none.
    """

    url: str
    logo: str | None
    style: str
    links: list[Link]
    consulted: list[Body]


EMPTY: Final[Frame] = {"url": "", "logo": None, "style": "", "links": [], "consulted": []}
"""Of pages that stand alone, or are not for the public."""


def frame_of(known: str | None, language: Language) -> Frame:
    """Say what stands on every page of a language.

    Parameters
    ----------
    known
        Content of ``knowledge.json``; None where there is none.
    language
        Of the pages.
    """
    content: dict[str, Any] = json.loads(known) if known else {}
    site = content.get("site")
    return {
        "url": (site.get("url") or "") if site else "",
        "logo": site.get("logo") if site else None,
        "style": _style(site.get("colours") or {}) if site else "",
        "links": [_link(title, language) for title in NAMES] if site else [],
        "consulted": [_body(entry, language) for entry in content.get("consulted", ())],
    }


def _link(title: str, language: Language) -> Link:
    address = f"{FOLDER}/{NAMES[title]}.{language.code}.html"
    return {"title": title, "name": language.text(title), "address": address}


def _body(entry: Mapping[str, Any], language: Language) -> Body:
    day = dt.date.fromisoformat(entry["date"])
    return {"name": entry["body"][language.code], "day": language.date(day), "told": key("date", day)}


def _style(colours: Mapping[str, str | None]) -> str:
    """Write the colours of a town over those of the style sheet; dark ones for screens only, as paper is white."""
    light = {name: colours.get(name) for name in ("accent", "band")}
    dark = {name: colours.get(f"{name}_dark") for name in light}
    rules = _rules(light), _rules(dark)
    return f"{rules[0]}@media screen and (prefers-color-scheme: dark) {{{rules[1]}}}" if any(rules) else ""


def _rules(colours: Mapping[str, str | None]) -> str:
    declared = "".join(f"--{name}: {colour}; " for name, colour in colours.items() if colour)
    return f":root {{ {declared}}} " if declared else ""
