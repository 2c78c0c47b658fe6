"""A page as its reader's program sees it: texts, marks, attributes, pictures and tables, taken from the bytes."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from sozialanalyse.language import LanguageCode

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SPOKEN = {"alt", "title", "aria-label", "aria-description", "summary", "placeholder", "label", "content"}
"""Attributes that people read or hear."""

TOLD = "data-told"
_PICTURE = re.compile(r"data:image/svg\+xml(?:;[a-z-]+=[^;,]*)*(?P<coded>;base64)?,(?P<data>.*)", re.DOTALL)


class Mark(NamedTuple):
    """A number that says what it is."""

    key: str
    text: str
    line: int
    language: LanguageCode = "de"


class Run(NamedTuple):
    """Text between elements that is no mark; ``element`` is the innermost one."""

    text: str
    line: int
    element: str
    language: LanguageCode = "de"


class Attribute(NamedTuple):
    """An attribute of an element, and the keys that the same element tells."""

    element: str
    name: str
    text: str
    told: tuple[str, ...]
    line: int
    language: LanguageCode = "de"


class Picture(NamedTuple):
    """An SVG picture inside a page, and the ``data:`` address that holds it; without ``svg`` one of which nothing can be read."""

    svg: bytes | None
    told: tuple[str, ...]
    line: int
    language: LanguageCode = "de"
    address: str = ""


@dataclass
class Sparkline:
    """A drawing in a line of text, and the keys of what it shows: its own attributes, and its shapes with theirs."""

    told: tuple[str, ...]
    line: int
    attributes: dict[str, str]
    shapes: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@dataclass
class Script:
    """A script of a page, and whether it is nothing but its text: one with attributes may load another."""

    line: int
    is_bare: bool
    text: str = ""


@dataclass
class Row:
    """A row of a table: its texts and marks, cell by cell."""

    cells: list[str] = field(default_factory=list)
    keys: list[list[str]] = field(default_factory=list)
    is_foot: bool = False


@dataclass
class Content:
    """All that a page holds."""

    marks: list[Mark] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    comments: list[Run] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    sparklines: list[Sparkline] = field(default_factory=list)
    tables: list[list[Row]] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    scripts: list[Script] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    text: str = ""
    """Everything that is read, marks included, with single blanks."""


def read_page(text: str) -> Content:
    """Read a page.

    Parameters
    ----------
    text
        HTML.
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.content.text = " ".join("".join(reader.flat).split())
    return reader.content


class _Reader(HTMLParser):
    """Walks through a page; knows which elements are open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.content = Content()
        self.flat: list[str] = []
        self._open: list[str] = []
        self._languages: list[LanguageCode] = []
        self._key: str | None = None
        self._marked = ""
        self._heading: list[str] | None = None
        self._sparkline: Sparkline | None = None

    @property
    def _language(self) -> LanguageCode:
        """Language of the innermost element that states one."""
        return self._languages[-1] if self._languages else "de"

    @property
    def _line(self) -> int:
        return self.getpos()[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        own = _language(named.get("lang", ""), self._language)
        if tag not in VOID:
            self._open.append(tag)
            self._languages.append(own)
        if self._is_drawn(tag, named):
            return
        if tag == "data":
            self._key, self._marked = named.pop("value", ""), ""
        if re.fullmatch(r"h[1-6]", tag):
            self._heading = []
        if tag == "script":
            self.content.scripts.append(Script(self._line, not named))
        self._begin_table_part(tag)
        # Between blocks a reader sees a gap, inside a sentence none.
        if tag not in ("data", "a", "em", "strong", "span", "b", "i", "abbr", "sub", "sup"):
            self.flat.append(" ")
        self._note_attributes(tag, named, own)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def _is_drawn(self, tag: str, named: dict[str, str]) -> bool:
        """Note what belongs to a sparkline, which is judged as a whole: an ``svg`` that tells what it shows, and all in it."""
        if self._sparkline is not None:
            self._sparkline.shapes.append((tag, named))
        elif tag == "svg" and TOLD in named:
            told = tuple(named.pop(TOLD).split())
            self._sparkline = Sparkline(told, self._line, named)
            self.content.sparklines.append(self._sparkline)
        return self._sparkline is not None

    def _begin_table_part(self, tag: str) -> None:
        if tag == "table":
            self.content.tables.append([])
        elif tag == "tr" and self.content.tables:
            self.content.tables[-1].append(Row(is_foot="tfoot" in self._open))
        elif tag in ("td", "th") and self.content.tables and self.content.tables[-1]:
            self.content.tables[-1][-1].cells.append("")
            self.content.tables[-1][-1].keys.append([])

    def _note_attributes(self, tag: str, named: dict[str, str], language: LanguageCode) -> None:
        told = tuple(named.pop(TOLD, "").split())
        for name, value in named.items():
            if name in ("src", "href", "srcset", "xlink:href", "data", "poster") and value.startswith("data:"):
                self._note_picture(value, told, language)
            else:
                self.content.attributes.append(Attribute(tag, name, value, told, self._line, language))

    def _note_picture(self, address: str, told: tuple[str, ...], language: LanguageCode) -> None:
        if address.partition(",")[2] == "":
            return
        found = _PICTURE.fullmatch(address)
        svg = None
        if found:
            try:
                data = found["data"]
                svg = base64.b64decode(data, validate=True) if found["coded"] else unquote_to_bytes(data)
            except binascii.Error:
                svg = None
        self.content.pictures.append(Picture(svg, told, self._line, language, address))

    def handle_endtag(self, tag: str) -> None:
        if tag == "data" and self._key is not None:
            self.content.marks.append(Mark(self._key, self._marked, self._line, self._language))
            self._note_in_cell(key=self._key)
            self._key = None
        if self._heading is not None and re.fullmatch(r"h[1-6]", tag):
            self.content.headings.append("".join(self._heading))
            self._heading = None
        if tag in self._open:
            while self._open.pop() != tag:
                self._languages.pop()
            self._languages.pop()
        if "svg" not in self._open:
            self._sparkline = None

    def handle_data(self, data: str) -> None:
        element = self._open[-1] if self._open else ""
        if element == "style":
            self.content.styles.append(data)
            return
        if element == "script":
            self.content.scripts[-1].text += data
            return
        if element != "title":
            self.flat.append(data)
        self._note_in_cell(text=data)
        if self._heading is not None:
            self._heading.append(data)
        if self._key is not None:
            self._marked += data
        elif data.strip():
            self.content.runs.append(Run(data, self._line, element, self._language))

    def _note_in_cell(self, text: str = "", key: str = "") -> None:
        if not {"td", "th"} & set(self._open) or not self.content.tables or not self.content.tables[-1]:
            return
        row = self.content.tables[-1][-1]
        if row.cells:
            row.cells[-1] += text
            row.keys[-1] += [key] if key else []

    def handle_comment(self, data: str) -> None:
        self.content.comments.append(Run(data, self._line, "comment"))

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self.content.comments.append(Run(decl, self._line, "declaration"))

    def handle_pi(self, data: str) -> None:
        self.content.comments.append(Run(data, self._line, "instruction"))

    def unknown_decl(self, data: str) -> None:
        self.content.comments.append(Run(data, self._line, "declaration"))


def _language(stated: str, around: LanguageCode) -> LanguageCode:
    """Read the ``lang`` of an element; without one it speaks as the element around it."""
    if not stated:
        return around
    return "en" if stated.lower().startswith("en") else "de"
