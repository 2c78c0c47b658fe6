"""Pages for the check of sentences: the notebooks' own cells without charts, and what their HTML says as plain text.

Nothing here asks the program what a sentence means: it reads tables, lists and the opening as a reader gets them.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sozialanalyse as sa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.town import Town

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"

LEFT_OUT = ("sa.charts", "sa.maps", "sa.downloads", "sa.pages.definitions", "sa.pages.sources", "sa.protection")
"""Cells with these calls say nothing in sentences about results, and drawing takes most of the time."""

OPENING = "application/vnd.sozialanalyse.finding+json"


@dataclass(frozen=True)
class Wanted:
    """A page to check: notebook, target group, area, level, language."""

    notebook: str
    target_group: str = ""
    area: str = ""
    level: str = ""
    language: str = "de"

    def __str__(self) -> str:
        return "-".join(filter(None, (self.notebook, self.target_group, self.area, self.level, self.language)))


@dataclass
class Page:
    """What a page says: rows of its tables as lines of cells, and its sentences; of a profile, tables and headings of its groups."""

    wanted: Wanted
    opening: dict[str, Any] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    findings: list[tuple[str, list[str]]] = field(default_factory=list)
    groups: list[tuple[list[Table], list[str]]] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """The summary at the top."""
        return flat(self.opening["sentences"]["summary"])


@dataclass
class Table:
    """Caption, headings and rows; a cell is the list of its lines."""

    caption: str = ""
    headings: list[str] = field(default_factory=list)
    rows: list[list[list[str]]] = field(default_factory=list)


def page_of(town: Town, wanted: Wanted) -> Page:
    """Run the cells of a notebook that make sentences and tables, and read what they show."""
    names: dict[str, Any] = {"opened": town}
    page = Page(wanted)
    for cell_id, source in _code_cells(wanted):
        shown = _executed(source, names)
        if cell_id == "open":
            page.opening = shown.metadata[OPENING]
        elif shown is not None:
            _read_into(page, cell_id, str(shown.html))
    return page


def _code_cells(wanted: Wanted) -> Iterator[tuple[str, str]]:
    notebook = json.loads((NOTEBOOKS / f"{wanted.notebook}.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and not any(call in source for call in LEFT_OUT):
            yield cell["id"], source.replace("sa.open_for(audience, release, town, raw)", "opened")
        if "parameters" in cell["metadata"].get("tags", []):
            chosen = {name: getattr(wanted, name) for name in ("target_group", "area", "level", "language")}
            yield "chosen", "\n".join(f"{name} = {value!r}" for name, value in chosen.items())


def _executed(source: str, names: dict[str, Any]) -> Any:
    """Run a cell as a notebook does: the value of its last expression is shown."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    names.setdefault("sa", sa)
    exec(compile(tree, "<cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if last else None


def _read_into(page: Page, cell_id: str, html: str) -> None:
    reader = _Reader()
    reader.feed(html)
    page.tables += reader.tables
    if cell_id == "say-plainly":
        page.plain = [flat(line) for paragraph in reader.paragraphs for line in paragraph]
    elif cell_id.startswith("say"):
        page.findings += reader.findings
    elif reader.tables and reader.headings:
        page.groups.append((reader.tables, reader.headings))
    elif cell_id == "show-limits":
        page.limits += [item for _, items in reader.findings for item in items]


class _Reader(HTMLParser):
    """Reads tables, headed lists and paragraphs."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.findings: list[tuple[str, list[str]]] = []
        self.headings: list[str] = []
        self.paragraphs: list[list[str]] = []
        self._text: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append(Table())
        elif tag == "tr":
            self.tables[-1].rows.append([])
        elif tag in {"caption", "th", "td", "h3", "li", "p", "summary"}:
            self._text = [""]
        elif tag == "ul" and (not self.findings or self.findings[-1][1]):
            self.findings.append(("", []))
        elif tag == "br":
            self._text.append("")

    def handle_data(self, data: str) -> None:
        self._text[-1] += data

    def handle_endtag(self, tag: str) -> None:
        lines = [flat(line) for line in self._text]
        if tag == "caption":
            self.tables[-1].caption = lines[0]
        elif tag in {"th", "td"}:
            self.tables[-1].rows[-1].append(lines)
        elif tag == "thead":
            self.tables[-1].headings = [cell[0] for cell in self.tables[-1].rows.pop()]
        elif tag in {"h3", "summary"}:
            self.findings.append((lines[0], []))
            self.headings += [lines[0]] if tag == "h3" else []
        elif tag == "li":
            self.findings[-1][1].append(lines[0])
        elif tag == "p":
            self.paragraphs.append(lines)


def flat(text: str) -> str:
    """Read a text with ordinary blanks."""
    return " ".join(text.replace("\u00a0", " ").split())
