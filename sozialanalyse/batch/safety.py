"""The last look at HTML before it is published: only what a finding needs, nothing that acts or loads.

Our own library escapes what it writes, and the page's Content-Security-Policy forbids requests and all scripts but ours. This
is the third line: a script that is not ours to the letter (:data:`.SCRIPT`), and elements and attributes not listed here stop the page, and so does a figure without a text
alternative or a table that a screen reader cannot read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from sozialanalyse.batch.scripting import SCRIPT

ELEMENTS = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "data",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "style",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "u",
        "ul",
        "var",
        "wbr",
    }
)
"""Elements that an output of a notebook may hold; ``h1`` and ``h2`` belong to the page."""

DRAWING = frozenset(
    {
        "svg",
        "g",
        "defs",
        "title",
        "desc",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "textpath",
        "use",
        "clippath",
        "mask",
        "pattern",
        "lineargradient",
        "radialgradient",
        "stop",
        "marker",
        "symbol",
        "metadata",
        "rdf:rdf",
        "cc:work",
        "cc:agent",
        "dc:type",
        "dc:format",
        "dc:creator",
        "dc:title",
        "dc:date",
    }
)
"""Elements of a drawing (SVG); nothing in it can move, act or hold other HTML."""

PAGE = frozenset(
    {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "nav",
        "main",
        "section",
        "aside",
        "footer",
        "h1",
        "h2",
        "link",
    }
)
"""Elements that the page's own template adds."""

SAFE_LINK = re.compile(r"(?:https?://|mailto:|#|\.{0,2}/?[\w-]+(?:[./][\w.-]*)*(?:#[\w-]*)?$)", re.IGNORECASE)
SAFE_IMAGE = re.compile(r"data:image/(?:png|jpeg|svg\+xml)[;,]", re.IGNORECASE)
UNSAFE_STYLE = re.compile(r"@import|expression\s*\(|url\s*\(\s*(?!['\"]?#)|\\", re.IGNORECASE)

NO_ICON = "data:,"
"""The empty icon: without one, a browser asks the server for ``favicon.ico``."""

_ON_WEB = re.compile(r"https?://[^\s'\"<>]+$", re.IGNORECASE)
_WITHIN_PAGE = re.compile(r"url\(['\"]?#[\w.:-]+['\"]?\)")

_LOADING = frozenset(
    {
        "src",
        "srcset",
        "srcdoc",
        "data",
        "poster",
        "background",
        "action",
        "formaction",
        "ping",
        "manifest",
        "code",
        "codebase",
        "archive",
        "longdesc",
        "lowsrc",
        "dynsrc",
        "xml:base",
    }
)


def problems(html: str, *, page: bool = False) -> list[str]:
    """List what is wrong with a piece of HTML, each problem once.

    Parameters
    ----------
    html
        An output of a notebook, or a whole page.
    page
        Whether it is a whole page, which has its own elements and exactly one ``h1``.

    Examples
    --------
    >>> problems('<p onclick="x()">a</p><script>x()</script>')
    ["attribute 'onclick' of <p>", 'element <script>']
    """
    inspector = _Inspector(page)
    try:
        inspector.feed(html)
        inspector.check_end()
        inspector.close()
    except AssertionError:  # how the parser of the standard library says that it gives up
        inspector.found.append("a declaration that cannot be read")
    inspector.finish()
    return list(dict.fromkeys(inspector.found))


@dataclass
class _Inspector(HTMLParser):
    """Reads HTML tag by tag and notes what is not allowed."""

    page: bool
    found: list[str] = field(default_factory=list)
    tables: list[bool] = field(default_factory=list)
    headings: int = 0
    style: bool = False
    script: list[str] | None = None
    scripts: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and self.page and not attrs:
            self.script = []
            self.scripts += 1
        elif tag not in ELEMENTS and tag not in DRAWING and not (self.page and tag in PAGE):
            self.found.append(f"element <{tag}>")
        attributes = {name: value or "" for name, value in attrs}
        self.found += [
            f"attribute '{name}' of <{tag}>" for name, value in attributes.items() if _acts(tag, name, value)
        ]
        if tag == "link" and not _is_quiet(attrs):
            self.found.append("attribute 'href' of <link>")
        self.style = tag == "style"
        self.headings += tag == "h1"
        if tag == "img" and not attributes.get("alt", "").strip():
            self.found.append("a figure without a text alternative (alt)")
        if tag == "svg" and not (attributes.get("aria-label", "").strip() or attributes.get("aria-hidden") == "true"):
            self.found.append("a drawing without a text alternative (role=img and aria-label, or aria-hidden)")
        if tag == "th" and not attributes.get("scope"):
            self.found.append("a table heading without scope")
        if tag == "table":
            self.tables.append(False)
        elif tag == "caption" and self.tables:
            self.tables[-1] = True

    def handle_endtag(self, tag: str) -> None:
        self.style = False
        if tag == "script" and self.script is not None:
            self.found += ["a script that is not ours"] if "".join(self.script) != SCRIPT else []
            self.script = None
        if tag == "table" and self.tables and not self.tables.pop() and not self.page:
            self.found.append("a table without a caption")

    def handle_data(self, data: str) -> None:
        if self.script is not None:
            self.script.append(data)
        if self.style and UNSAFE_STYLE.search(data) and not self.page:
            self.found.append("a style that loads something")

    def handle_comment(self, data: str) -> None:  # noqa: ARG002 - a browser may end it elsewhere than this parser
        self.found.append("a comment")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"declaration <![{data[:20]}")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"instruction <?{data[:20]}")

    def handle_decl(self, decl: str) -> None:
        if not self.page:
            self.found.append(f"declaration <!{decl[:20]}")

    def check_end(self) -> None:
        """Note what is still open when all is read: it would swallow what the page says next."""
        if "<" in self.rawdata or self.cdata_elem:
            self.found.append("a part that does not end")

    def finish(self) -> None:
        if self.rawdata:
            self.found.append("an end that cannot be read")
        if self.tables:
            self.found.append("a table that does not end")
        if self.scripts > 1:
            self.found.append("more than one script")
        if self.page and self.headings != 1:
            self.found.append(f"{self.headings} headings h1 in place of one")


def _is_quiet(link: list[tuple[str, str | None]]) -> bool:
    """Say whether a link of the head asks for nothing: the empty icon, or the address at which the page stands on the web."""
    if sorted(name for name, _ in link) != ["href", "rel"]:
        return False
    kind, address = (str(dict(link)[name]) for name in ("rel", "href"))
    return address == NO_ICON if kind == "icon" else kind == "canonical" and bool(_ON_WEB.match(address))


def _acts(tag: str, name: str, value: str) -> bool:
    """Say whether an attribute runs or loads something."""
    if tag == "link" and name == "href":
        return False  # it depends on the kind of the link
    if name in {"href", "xlink:href"}:
        return not (SAFE_LINK.match(value.strip()) if tag == "a" else value.startswith("#"))
    if name == "src" and tag == "img":
        return not SAFE_IMAGE.match(value)
    if name == "style":
        return bool(UNSAFE_STYLE.search(value))
    value_loads = not name.startswith(("alt", "aria-", "title", "xmlns")) and "url(" in value.lower()
    return (
        name.startswith("on")
        or name in _LOADING
        or (name == "http-equiv" and tag != "meta")
        or (value_loads and not _WITHIN_PAGE.fullmatch(value.strip()))
    )
