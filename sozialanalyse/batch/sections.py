"""An executed notebook, read as a finding: what it is about, and its sections in one language.

Conventions between notebooks and pages:

- Markdown cells tagged ``lang-de`` or ``lang-en`` are kept in that language only. The first one kept has the
  notebook's own title (not shown: the page's comes from the finding) and below it the question, which leads.
- An output of type :data:`FINDING` says what the page is about; one of type :data:`NOTHING` that there is nothing
  to show. A section all of whose outputs say so is dropped with its heading and text.
- Of every output the first of HTML, SVG, PNG and plain text is shown; pictures carry ``alt`` in their metadata.
- What a notebook prints is for its log, never for its page.
- Files of an output of type :data:`.DOWNLOADS` stand beside the page, which links to them.
- A written number is a ``data`` element whose value is its key; the numbers of an attribute have theirs in ``data-told``.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import mistune
import pydantic
from markupsafe import Markup, escape
from mistune.core import BlockState
from mistune.plugins.table import table

from sozialanalyse.batch.offering import DOWNLOADS, OfferError, links, offered
from sozialanalyse.batch.safety import problems
from sozialanalyse.errors import DataError, Fault, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nbformat import NotebookNode

FINDING = "application/vnd.sozialanalyse.finding+json"
"""Output type of what a page is about."""

NOTHING = "application/vnd.sozialanalyse.nothing+json"
"""Output type of "there is nothing to show here"."""

PICTURES = ("image/svg+xml", "image/png")
LANGUAGE_TAG = "lang-"

_SPELLED_OUT = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}
_TAKEN = ("content", "contents")
_MEMORY_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
_TABLE = r"()(<table\b.*?</table>)()"
_FIGURE = r"(<figure\b[^>]*>\s*)(<img\b[^>]*>)(.*?</figure>)"
_WIDE = re.compile(rf"{_TABLE}|{_FIGURE}", re.DOTALL)
_CAPTION = re.compile(r"<(caption|figcaption)\b[^>]*>(.*?)</\1>", re.DOTALL)
_KEY = re.compile(r'<data\b[^>]* value="([^"]*)"')


class Keyed(pydantic.BaseModel):
    """Plain texts, escaped wherever they are shown.

    ``told`` says for a text by its name which numbers stand in it: first letter, letter after the last one, key.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    told: dict[str, tuple[tuple[int, int, str], ...]] = {}

    def keyed(self, name: str) -> Markup:
        """Write one of the texts with its numbers as ``data`` elements."""
        text, end = getattr(self, name), 0
        parts = []
        for start, after, key in self.told.get(name, ()):
            number = Markup('<data value="{}">{}</data>').format(key, text[start:after])
            parts += [escape(text[end:start]), number]
            end = after
        return Markup().join([*parts, escape(text[end:])])


class Figure(Keyed):
    """A key figure: what it is, how much, and when."""

    label: str
    value: str
    when: str


class Finding(Keyed):
    """What a page is about; what its index and its address need stands in the manifest as well."""

    title: str = pydantic.Field(min_length=1)
    town: str
    area: str
    target_group: str
    data_state: str
    summary: str = ""
    synthetic: bool = False
    notices: tuple[str, ...] = ()


class Sentences(Keyed):
    """The whole summary; in lists of findings stands only its beginning."""

    summary: str = ""


class _Opening(pydantic.BaseModel):
    """What stands only on the page itself."""

    figures: tuple[Figure, ...] = ()
    sentences: Sentences = Sentences()


@dataclass(slots=True)
class Section:
    """A heading and what stands below it; the first one has no heading."""

    id: str = ""
    title: Markup = field(default_factory=Markup)
    blocks: list[Markup] = field(default_factory=list)
    shown: int = 0
    empty: int = 0

    @property
    def is_kept(self) -> bool:
        """Whether anything but "nothing to show" stands in it."""
        return bool(self.shown or not self.empty) and bool(self.blocks or self.title)


@dataclass(frozen=True, slots=True)
class Content:
    """All that a page shows of a notebook, and the files beside it by their address.

    Parameters
    ----------
    finding
        What the page says of itself, with the whole summary; what lists say of it is ``listed``.
    """

    finding: Finding
    listed: Finding
    lead: Markup
    sections: Sequence[Section]
    figures: Sequence[Figure] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


def read_content(notebook: NotebookNode, language: str, name: str, address: str = "") -> Content:
    """Read an executed notebook.

    Parameters
    ----------
    notebook
        Of format 4.
    language
        Language of the page.
    name
        What messages call the notebook.
    address
        Of the page below the output folder; empty: nothing can stand beside it.

    Raises
    ------
    DataError
        With every output that cannot be published, each with the id of its cell.
    """
    reader = _Reader(language, name, address)
    for cell in notebook.cells:
        reader.add(cell)
    if not reader.findings and not reader.faults:
        reader.fault("the notebook does not say what its page is about (no output of type {kind})", kind=FINDING)
    if reader.faults:
        raise DataError(reader.faults)
    kept = [section for section in reader.sections if section.is_kept]
    return Content(reader.whole, reader.findings[-1], reader.lead, kept, reader.opening.figures, reader.files)


@dataclass
class _Reader:
    """Goes through the cells of one notebook."""

    language: str
    name: str
    address: str = ""
    lead: Markup = field(default_factory=Markup)
    begun: bool = False
    cell: str = ""
    sections: list[Section] = field(default_factory=lambda: [Section()])
    findings: list[Finding] = field(default_factory=list)
    opening: _Opening = field(default_factory=_Opening)
    faults: list[Fault] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def whole(self) -> Finding:
        """The finding with its whole summary, where the notebook gave one."""
        said, listed = self.opening.sentences, self.findings[-1]
        if not said.summary:
            return listed
        return listed.model_copy(update={"summary": said.summary, "told": {**listed.told, **said.told}})

    def fault(self, message: str, **values: Any) -> None:
        key = f"cell {self.cell}" if self.cell else None
        self.faults.append(Fault(message, values, Place(self.name, key=key)))

    def add(self, cell: NotebookNode) -> None:
        self.cell = cell.get("id", "")
        if cell.cell_type == "code":
            for output in cell.outputs:
                self.add_output(output)
        elif cell.cell_type == "markdown" and self.is_ours(cell.metadata.get("tags", ())):
            self.add_markdown(cell.source)

    def is_ours(self, tags: Iterable[str]) -> bool:
        languages = [tag for tag in tags if tag.startswith(LANGUAGE_TAG)]
        return not languages or LANGUAGE_TAG + self.language in languages

    def add_markdown(self, source: str) -> None:
        tokens = _tokens(source)
        found = problems(_html(tokens), page=True)
        for problem in found:
            if "h1" not in problem and "caption" not in problem:
                self.fault("the text holds what a page must not have: {problem}", problem=problem)
        if not self.begun:
            self.begun = True
            self.lead = _html([token for token in tokens if not _is_heading(token, 1)])
            return
        for token in tokens:
            if _is_heading(token, 1):
                self.fault("only the first text has a heading '#'; sections begin with '##'")
            elif _is_heading(token, 2):
                title = Markup(mistune.HTMLRenderer()(token["children"], BlockState()))  # noqa: S704 - it escapes
                self.sections.append(Section(self.new_id(title.striptags()), title))
            else:
                self.sections[-1].blocks.append(with_scroll(_html([token]), self.sections[-1].title.striptags()))

    def new_id(self, title: str) -> str:
        """Make an anchor from a heading, other than all before."""
        taken = {*_TAKEN, *(section.id for section in self.sections)}
        base = slug(title) or "section"
        return next(name for name in (base, *(f"{base}-{n}" for n in range(2, 1000))) if name not in taken)

    def add_output(self, output: NotebookNode) -> None:
        if output.output_type == "error":
            self.fault("the cell ended with {error}", error=output.ename)
        if output.output_type not in {"execute_result", "display_data"}:
            return
        if FINDING in output.data:
            self.add_finding(output.data[FINDING])
        elif NOTHING in output.data or (DOWNLOADS in output.data and not self.address):
            self.sections[-1].empty += 1
            return
        is_offer = DOWNLOADS in output.data
        block = self.offer(output.data[DOWNLOADS]) if is_offer else self.block(output.data, output.get("metadata", {}))
        if block:
            self.sections[-1].blocks.append(block)
            self.sections[-1].shown += 1

    def offer(self, data: object) -> Markup | None:
        """Take the files that stand beside the page, and link to them."""
        try:
            found = offered(data, self.address)
            listed = links(data, found, self.address, self.language)
        except OfferError as error:
            self.fault("the output offers what is no file to stand beside a page: {found}", found=str(error))
            return None
        self.files.update(found)
        return listed

    def add_finding(self, data: object) -> None:
        try:
            finding, self.opening = Finding.model_validate(data), _Opening.model_validate(data)
        except pydantic.ValidationError as error:
            wrong = ", ".join(".".join(map(str, item["loc"])) for item in error.errors())
            self.fault("what the page is about is not complete: {wrong}", wrong=wrong)
            return
        if self.findings and finding != self.findings[-1]:
            self.fault("the notebook says twice what its page is about")
        self.findings.append(finding)

    def block(self, data: Mapping[str, Any], metadata: Mapping[str, Any]) -> Markup | None:
        """Make what is shown of an output; nothing when it is empty or at fault."""
        picture = next((kind for kind in PICTURES if kind in data), None)
        if "text/html" in data:
            return self.html(_text(data["text/html"]))
        if picture:
            return self.picture(picture, _text(data[picture]), {**metadata, **metadata.get(picture, {})})
        if "text/plain" in data:
            return self.plain(_text(data["text/plain"]))
        if FINDING not in data:
            self.fault("an output of the types {kinds} cannot be shown", kinds=", ".join(sorted(data)))
        return None

    def html(self, html: str) -> Markup | None:
        found = problems(html)
        for problem in found:
            self.fault("the output holds what a page must not have: {problem}", problem=problem)
        return None if found or not html.strip() else with_scroll(html, self.sections[-1].title.striptags())

    def picture(self, kind: str, source: str, metadata: Mapping[str, Any]) -> Markup | None:
        alt = str(metadata.get("alt") or "").strip()
        if not alt:
            self.fault("a figure has no text alternative ('alt' in the metadata of its output)")
            return None
        if kind == "image/svg+xml":
            source = base64.b64encode(source.encode()).decode()
        caption = Markup("<figcaption>{}</figcaption>").format(metadata["caption"]) if metadata.get("caption") else ""
        address = f"data:{kind};base64,{''.join(source.split())}"
        return self.html(Markup('<figure><img src="{}" alt="{}">{}</figure>').format(address, alt, caption))

    def plain(self, text: str) -> Markup | None:
        if _MEMORY_ADDRESS.search(text):
            self.fault("the output shows an object without a form of its own: {found}", found=text[:80])
            return None
        return Markup("<pre>{}</pre>").format(text)


def with_scroll(html: str, title: str = "") -> Markup:
    """Put each table and each picture into a region that scrolls by itself and that the keyboard reaches.

    Parameters
    ----------
    html
        Checked HTML.
    title
        What a table or picture without a caption is called.
    """

    def wrap(found: re.Match[str]) -> str:
        before, wide, after = (part for part in found.groups() if part is not None)
        caption = _CAPTION.search(found[0])
        label = Markup(caption[2]).striptags() if caption else title  # noqa: S704 - escaped again below
        keys = " ".join(dict.fromkeys(_KEY.findall(caption[2]))) if caption else ""
        told = Markup(' data-told="{}"').format(keys) if keys else ""
        opening = Markup('<div class="scroll" role="region" tabindex="0" aria-label="{}"{}>').format(label, told)
        return f"{before}{opening}{wide}</div>{after}"

    return Markup(_WIDE.sub(wrap, html))  # noqa: S704 - checked by the caller


def slug(text: str) -> str:
    """Write a heading as an anchor.

    Examples
    --------
    >>> slug("Wie groß sind die Unterschiede?")
    'wie-gross-sind-die-unterschiede'
    """
    text = text.lower().translate(_SPELLED_OUT)
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")[:60].rstrip("-")


def _tokens(source: str) -> list[dict[str, Any]]:
    """Parse markdown; HTML in it becomes text."""
    tokens, _ = mistune.Markdown(renderer=None, plugins=[table]).parse(source)
    assert isinstance(tokens, list)
    return [token for token in tokens if token["type"] != "blank_line"]


def _html(tokens: list[dict[str, Any]]) -> Markup:
    renderer = mistune.HTMLRenderer(escape=True)
    table(mistune.Markdown(renderer=renderer))
    html = renderer(tokens, BlockState())
    html = re.sub(r"<th(?![\w-])(?! scope)", '<th scope="col"', html)
    return Markup(html)  # noqa: S704 - the renderer escapes


def _is_heading(token: Mapping[str, Any], level: int) -> bool:
    return bool(token["type"] == "heading" and token["attrs"]["level"] == level)


def _text(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


def lines(text: str) -> Markup:
    """Write text, or markup without blocks, with its line breaks as paragraphs."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", escape(text)) if part.strip()]
    return Markup().join(Markup("<p>{}</p>").format(Markup(part)) for part in parts)  # noqa: S704 - escaped above
