"""Pages: every numeral of an HTML file is mapped to a cell and a statistic, or to static text."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

from sozialanalyse.audit.coverage import Coverage
from sozialanalyse.audit.drawn import faults_of_drawing
from sozialanalyse.audit.judging import Fault
from sozialanalyse.audit.markup import Attribute, Content, read_page
from sozialanalyse.audit.numerals import has_numeral, numerals
from sozialanalyse.audit.order import faults_of_order
from sozialanalyse.audit.pictures import read_drawing
from sozialanalyse.audit.problems import Problem, quoted
from sozialanalyse.audit.sparklines import faults_of_sparkline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.audit.judging import Judge

LONG_ENOUGH = 5
"""So many letters a text has at least that quotes a page: fewer could be found anywhere."""

SCRIPTS = (
    "sha256-kATPh8YE5KC5+BwPWg/wutKP6C/GCO+xvxkxNNJhBZY=",
    "sha256-eH92L2iLI+Isgm+SMmP0EMNrqLWul3LaIqYjS4JjvXs=",
)
"""Scripts that pages may have, by their hash: that of this release, and those of earlier ones, whose pages may still stand.

They are read here and not taken from what makes pages: who changes the script looks at it once more and adds a line.
"""

_POLICY = (
    r"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    rf"(?:script-src '(?:{'|'.join(map(re.escape, SCRIPTS))})'; )?base-uri 'none'; form-action 'none'"
)
_STRANGE_SCRIPT = "a script that nobody knows: what it writes cannot be held against the release"

STRUCTURE = {
    ("meta", "charset"): r"utf-8",
    ("meta", "content"): rf"width=device-width, initial-scale=1|{_POLICY}",
    ("*", "tabindex"): r"0|-1",
    ("*", "colspan"): r"\d{1,2}",
    ("*", "rowspan"): r"\d{1,2}",
}
"""Attributes in which numerals say nothing about people."""


class PageAudit:
    """Audits one page.

    Parameters
    ----------
    file
        Its address below the output folder.
    text
        HTML.
    judge
        Knows the published cells.
    addresses
        All files of the folder: links to them may hold their numerals.
    """

    def __init__(self, file: str, text: str, judge: Judge, addresses: frozenset[str]) -> None:
        self.file = file
        self.judge = judge
        self.addresses = addresses
        self.content: Content = read_page(text)
        self.coverage = Coverage(file)

    def problems(self) -> list[Problem]:
        """Find everything that is wrong with the page."""
        found = [
            *self._of_marks(),
            *self._of_runs(),
            *self._of_attributes(),
            *self._of_pictures(),
            *self._of_sparklines(),
            *self._of_styles(),
            *self._of_scripts(),
        ]
        found += [
            self._problem(fault, "") for table in self.content.tables for fault in faults_of_order(table, self.judge)
        ]
        return found

    @property
    def links(self) -> list[str]:
        """Links with numerals that lead to other files of the folder."""
        found = (entry.text for entry in self.content.attributes if _is_link(entry) and has_numeral(entry.text))
        return [link for link in found if leads_to(link, self.file, self.addresses, self.judge.web_address)]

    def _problem(self, fault: Fault, place: str) -> Problem:
        return Problem(fault.kind, self.file, place, fault.message, fault.values)

    def _of_marks(self) -> Iterator[Problem]:
        for mark in self.content.marks:
            count = len(numerals(mark.text))
            self.coverage.total += count
            fault = self.judge.mark(mark.key, mark.text, mark.language)
            if fault:
                yield self._problem(fault, f"line {mark.line}")
            elif self.judge.is_recomputed(mark.key):
                self.coverage.computed += count
            else:
                self.coverage.held += count

    def _of_runs(self) -> Iterator[Problem]:
        for run in [*self.content.runs, *self.content.comments]:
            if not has_numeral(run.text):
                continue
            if stands_on_web(run.text.strip(), self.addresses, self.judge.web_address):
                continue
            strange = self.judge.unexplained(run.text, (), run.language)
            strange = [numeral for numeral in strange if numeral not in self._footnotes]
            if strange and run.element == "title":
                strange = self._not_quoted(run.text, strange)
            yield from self._unmapped(run.text, strange, f"line {run.line}, {run.element}")

    @cached_property
    def _footnotes(self) -> set[str]:
        """Raised numbers with which a note of the page begins; elsewhere they point to it."""
        raised = "\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
        return {run.text.lstrip()[0] for run in self.content.runs if re.match(rf"\s*[{raised}]\s", run.text)}

    def _not_quoted(self, text: str, strange: list[str]) -> list[str]:
        """Let a title repeat what the page says, where each numeral is judged."""
        parts = re.split(r" [\u2013|] ", " ".join(text.split()))
        return [] if all(not has_numeral(part) or quotes(part, self.content.text) for part in parts) else strange

    def _unmapped(self, text: str, strange: list[str], place: str, *, is_told: bool = False) -> Iterator[Problem]:
        """Count the numerals of a text that is no mark, and say which nobody explains."""
        count = len(numerals(text))
        self.coverage.total += count
        explained = max(0, count - len(strange))
        self.coverage.computed += explained if is_told else 0
        self.coverage.static += 0 if is_told else explained
        if strange:
            values = {"text": quoted(text), "numerals": ", ".join(strange)}
            yield self._problem(Fault("'{text}': nobody tells what {numerals} is", values, kind="unmapped"), place)

    def _of_attributes(self) -> Iterator[Problem]:
        for attribute in self.content.attributes:
            place = f"line {attribute.line}, {attribute.element} {attribute.name}"
            if attribute.name in ("alt", "aria-label", "title") and attribute.told:
                for fault in self.judge.faults_of_told(attribute.told):
                    yield self._problem(fault, place)
            if not has_numeral(attribute.text) or self._is_structure(attribute):
                continue
            strange = self.judge.unexplained(attribute.text, attribute.told, attribute.language)
            yield from self._unmapped(attribute.text, strange, place, is_told=bool(attribute.told))

    def _is_structure(self, attribute: Attribute) -> bool:
        """Whether an attribute's numerals are those of an address, a heading or the markup itself."""
        if _is_link(attribute):
            return leads_to(attribute.text, self.file, self.addresses, self.judge.web_address)
        if attribute.name in ("id", "href", "aria-labelledby", "for", "headers"):
            slugs = {slug(heading) for heading in self.content.headings}
            return all(not has_numeral(name) or name in slugs for name in attribute.text.removeprefix("#").split())
        if attribute.text in self._outlines.get((attribute.element, attribute.name), ()):
            return True
        return any(
            re.fullmatch(pattern, attribute.text)
            for (element, name), pattern in STRUCTURE.items()
            if element in ("*", attribute.element) and name == attribute.name
        )

    @cached_property
    def _outlines(self) -> dict[tuple[str, str], set[str]]:
        """Attributes of a map to click on: it may draw areas just as everybody knows them, and nothing else."""
        known = self.judge.figures.knowledge.document.outlines
        if known is None:
            return {}
        return {("path", "d"): {*known.areas.values()}, ("svg", "viewbox"): {f"0 0 {known.width} {known.height}"}}

    def _of_pictures(self) -> Iterator[Problem]:
        logo = (self.judge.figures.knowledge.document.site or {}).get("logo")
        for picture in self.content.pictures:
            if logo and picture.address == logo:
                continue  # it is that of town.yml to the letter, which everybody knows
            drawing = read_drawing(picture.svg) if picture.svg is not None else None
            for fault in faults_of_drawing(drawing, picture.told, self.judge, picture.language):
                yield self._problem(fault, f"line {picture.line}, picture")
            for text in drawing.texts if drawing else []:
                self.coverage.total += len(numerals(text))
                self.coverage.computed += len(numerals(text))

    def _of_sparklines(self) -> Iterator[Problem]:
        for sparkline in self.content.sparklines:
            for fault in faults_of_sparkline(sparkline, self.judge):
                yield self._problem(fault, f"line {sparkline.line}, svg")

    def _of_scripts(self) -> Iterator[Problem]:
        """Refuse all that acts but the scripts that we know: it could write what is nowhere on the page."""
        for script in self.content.scripts:
            if not script.is_bare or hash_of(script.text) not in SCRIPTS:
                yield self._problem(Fault(_STRANGE_SCRIPT, {}, kind="opaque"), f"line {script.line}, script")
        for attribute in self.content.attributes:
            if attribute.name.startswith("on") or attribute.text.strip().lower().startswith("javascript:"):
                place = f"line {attribute.line}, {attribute.element} {attribute.name}"
                yield self._problem(Fault(_STRANGE_SCRIPT, {}, kind="opaque"), place)

    def _of_styles(self) -> Iterator[Problem]:
        """Refuse style sheets that write text: what they say stands in no element."""
        for style in self.content.styles:
            for written in re.findall(r"content\s*:\s*([^;}]*)", style):
                if has_numeral(written):
                    values = {"text": quoted(written), "numerals": ", ".join(entry.text for entry in numerals(written))}
                    message = "the style sheet writes '{text}'; nobody tells what {numerals} is"
                    yield self._problem(Fault(message, values, kind="unmapped"), "style")


def hash_of(script: str) -> str:
    """Name a script as a Content-Security-Policy does."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def _is_link(attribute: Attribute) -> bool:
    return attribute.name == "href" and not attribute.text.startswith("#")


def leads_to(link: str, file: str, addresses: frozenset[str], web: str = "") -> bool:
    """Whether a link of a page leads to another file of the folder, on the disk or on the web."""
    path = link.partition("#")[0].removeprefix("../").removeprefix("./")
    return path in addresses or f"{file.rpartition('/')[0]}/{path}" in addresses or stands_on_web(link, addresses, web)


def stands_on_web(address: str, addresses: frozenset[str], web: str) -> bool:
    """Whether an address is that of a file of the folder where everybody can open it, or of the folder itself."""
    return bool(web) and address.startswith(web) and address.removeprefix(web) in {"", *addresses}


def quotes(text: str, page: str) -> bool:
    """Whether a text stands word for word in a page, and is long enough to be more than a coincidence."""
    plain = " ".join(text.split())
    if plain not in page or sum(sign.isalpha() for sign in plain) < LONG_ENOUGH:
        return False
    return re.search(rf"(?<![\w.,]){re.escape(plain)}(?!\w|[.,]\d)", page) is not None


def slug(heading: str) -> str:
    """Write a heading as an address does."""
    plain = heading.lower()
    for sign, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(sign, letters)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
