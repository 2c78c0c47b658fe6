"""The feed of a published folder: its times, names and links must look like such; all else is text, judged as on a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from sozialanalyse.audit.judging import Fault
from sozialanalyse.audit.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from xml.etree.ElementTree import Element

    from sozialanalyse.audit.attached import FileAudit

FEED = "feed.xml"

_ATOM = "{http://www.w3.org/2005/Atom}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_FORMS = {
    "updated": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00",
    "id": r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
}
"""Elements that say nothing of results, and what they look like."""


def faults_of_feed(audit: FileAudit, data: bytes, addresses: Collection[str]) -> Iterator[Problem]:
    """Judge a feed.

    Parameters
    ----------
    audit
        Knows the published cells and the texts of the pages.
    data
        The bytes of the feed.
    addresses
        All files of the folder, to which links may lead.
    """
    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError):
        yield Problem("opaque", audit.file, "", "the file cannot be read, so nobody knows what it tells")
        return
    if b"<!--" in data or b"<![CDATA[" in data or data.count(b"<?") != 1:
        yield Problem("opaque", audit.file, "", "the file cannot be read, so nobody knows what it tells")
    web = audit.judge.web_address
    on_web = (f"{web}{address}" for address in addresses if web)
    known = {"href": {*addresses, *on_web}, _LANGUAGE: {"de", "en"}, _BASE: {web}}
    for element in root.iter():
        yield from _faults_of(element, audit, known)


def _faults_of(element: Element, audit: FileAudit, known: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    name = element.tag.removeprefix(_ATOM)
    if not re.fullmatch(r"[a-z]+", name, re.ASCII):
        fault = Fault("the element {name} does not belong in a feed", {"name": name}, kind="unmapped")
        yield Problem(fault.kind, audit.file, "", fault.message, fault.values)
    text = element.text or ""
    if not (name in _FORMS and re.fullmatch(_FORMS[name], text, re.ASCII)):
        yield from audit.plain(text)
    for attribute, value in element.attrib.items():
        if value not in known.get(attribute, ()):
            yield from audit.plain(f"{attribute} {value}")
    yield from audit.plain(element.tail or "")
