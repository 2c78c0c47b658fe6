"""The feed (Atom, RFC 4287): new editions and withdrawn findings, for whoever wants to be told. Times stand here."""

from __future__ import annotations

import datetime as dt
import uuid
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from defusedxml import ElementTree as SafeET  # type: ignore[import-untyped]

from sozialanalyse.batch.edition import hash_of
from sozialanalyse.batch.withdrawals import withdrawn_on
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialanalyse.batch.edition import Entry, Manifest

ATOM = "http://www.w3.org/2005/Atom"
XML = "{http://www.w3.org/XML/1998/namespace}"
MOST_ENTRIES = 30
"""So many entries the feed has, the newest first."""

MOST_NAMED = 20
"""So many findings an entry names."""


def feed_text(
    before: str | None, manifest: Manifest, previous: Manifest | None, now: dt.datetime, *, web: str = ""
) -> str:
    """Write the feed of a new edition.

    Parameters
    ----------
    before
        Text of the feed so far, or None; one that cannot be read is as none.
    manifest
        Of the new edition.
    previous
        Of the edition before; None where there was none for the same town and audience.
    now
        When it is published. Time goes on in a feed, even where a clock was set back.
    web
        Where the folder stands on the web, as the town says: all addresses are relative to it (``xml:base``), those of earlier
        entries too, however it was called then. No name (``id``) depends on it.
    """
    ET.register_namespace("", ATOM)
    kept = _entries(before) if previous is not None else []
    language = Language(manifest.language)
    time = max([now.astimezone(dt.UTC), *(_time(entry) + dt.timedelta(seconds=1) for entry in kept[:1])])
    new = [_told(manifest, previous, language, time)]
    new += [_withdrawal(entry, manifest, time) for entry in withdrawn_since(manifest, previous)]
    root = ET.Element(_name("feed"), {f"{XML}lang": language.code, **({f"{XML}base": web} if web else {})})
    _add(root, "title", f"{manifest.town_label} – {language.text('Social reporting')}")
    _add(root, "id", _urn(manifest.town, manifest.audience))
    _add(root, "updated", _written(time))
    _add(_sub(root, "author"), "name", manifest.town_label)
    _sub(root, "link", rel="self", href=f"{web}feed.xml")
    _sub(root, "link", rel="alternate", href=f"{web}index.html")
    root.extend([*new, *kept][:MOST_ENTRIES])
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def changed_since(manifest: Manifest, previous: Manifest | None) -> list[Entry]:
    """List the findings of an edition that the one before had not, or otherwise."""
    known = {entry.address: entry.sha256 for entry in previous.findings} if previous else {}
    return [e for e in manifest.findings if e.sha256 and known.get(e.address) != e.sha256 and e.state == "current"]


def withdrawn_since(manifest: Manifest, previous: Manifest | None) -> list[Entry]:
    """List the findings that were taken back since the edition before."""
    known = previous.withdrawn if previous else {}
    return [entry for entry in manifest.findings if entry.state == "withdrawn" and entry.id not in known]


def _told(manifest: Manifest, previous: Manifest | None, language: Language, time: dt.datetime) -> ET.Element:
    """Write the entry of the edition, with the findings that are new in it."""
    changed = changed_since(manifest, previous)
    titles = list(dict.fromkeys(entry.label for entry in changed if entry.language == language.code))
    more = [language.text("and further findings")] if len(titles) > MOST_NAMED else []
    summary = "; ".join([*titles[:MOST_NAMED], *more])
    title = language.text("New edition")
    return _entry(title, summary, "index.html", time, (manifest.town, manifest.audience, hash_of(manifest.hashes)))


def _withdrawal(entry: Entry, manifest: Manifest, time: dt.datetime) -> ET.Element:
    """Write the entry of a finding that was taken back."""
    withdrawal, language = manifest.withdrawn[entry.id], Language(entry.language)
    title = f"{entry.label}: {withdrawn_on(withdrawal, language)}"
    return _entry(title, withdrawal.reason, entry.address, time, (manifest.town, manifest.audience, entry.address))


def _entry(title: str, summary: str, address: str, time: dt.datetime, about: tuple[str, ...]) -> ET.Element:
    entry = ET.Element(_name("entry"))
    _add(entry, "title", title)
    _add(entry, "id", _urn(*about, _written(time)))
    _add(entry, "updated", _written(time))
    _sub(entry, "link", href=address)
    _add(entry, "summary", summary or title)
    return entry


def _entries(before: str | None) -> list[ET.Element]:
    """Take the entries of the feed so far."""
    try:
        found: Iterable[ET.Element] = SafeET.fromstring(before or "").findall(_name("entry"))
        return [entry for entry in found if _time(entry).tzinfo]
    except (ET.ParseError, ValueError, TypeError, AttributeError):
        return []


def _time(entry: ET.Element) -> dt.datetime:
    return dt.datetime.fromisoformat(str(entry.findtext(_name("updated"))))


def _written(time: dt.datetime) -> str:
    return time.isoformat(timespec="seconds")


def _urn(*about: str) -> str:
    """Name something for ever; the same thing always has the same name."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "sozialanalyse:" + "|".join(about)).urn


def _name(tag: str) -> str:
    return f"{{{ATOM}}}{tag}"


def _add(parent: ET.Element, tag: str, text: str) -> None:
    _sub(parent, tag).text = text


def _sub(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, _name(tag), attributes)
