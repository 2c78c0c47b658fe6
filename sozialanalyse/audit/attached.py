"""Other files beside the pages: texts, tables, JSON and notebooks; each numeral is mapped as on a page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sozialanalyse.audit.coverage import Coverage
from sozialanalyse.audit.judging import Fault
from sozialanalyse.audit.keys import PARTS
from sozialanalyse.audit.names import strange_parts
from sozialanalyse.audit.numerals import has_numeral, numerals
from sozialanalyse.audit.pages import quotes
from sozialanalyse.audit.problems import Problem, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sozialanalyse.audit.judging import Judge
    from sozialanalyse.language import LanguageCode

ABOUT_THE_RUN = {
    **dict.fromkeys(("schema", "execution_count", "nbformat", "nbformat_minor"), r"\d{1,3}"),
    **dict.fromkeys(("edition", "restored"), r"\d{1,6}"),
    "withdrawn": r"\d{4}-\d\d-\d\d",
    "seconds": r"\d+(?:\.\d+)?",
    **dict.fromkeys(
        ("data", "catalogue", "notebook", "parameters", "library", "ledger", "sha256", "downloads_of"), r"[0-9a-f]{64}"
    ),
    **dict.fromkeys(("began", "ended"), r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"),
}
"""Keys of JSON files whose values say how a page was made, not what it says, and what these look like."""

VERSIONS = "versions"
_VERSION = r"\d+(?:\.\w+)*"


class FileAudit:
    """Audits one file that is no page.

    Parameters
    ----------
    file
        Its address below the output folder.
    judge
        Knows the published cells.
    pages
        Texts of all pages; what quotes them word for word was judged there.
    """

    def __init__(self, file: str, judge: Judge, pages: Iterable[str]) -> None:
        self.file = file
        self.judge = judge
        self.pages = list(pages)
        self.coverage = Coverage(file)
        self.language: LanguageCode = "en"

    def _problem(self, fault: Fault, place: str) -> Problem:
        return Problem(fault.kind, self.file, place, fault.message, fault.values)

    def _text(self, text: str, place: str, told: tuple[str, ...] = ()) -> Iterator[Problem]:
        """Judge a text that is no number of a table."""
        if not has_numeral(text):
            return
        count = len(numerals(text))
        self.coverage.total += count
        strange = min((self.judge.unexplained(text, told, code) for code in ("de", "en")), key=len)
        if strange and any(quotes(text, page) for page in self.pages):
            strange = []
        self.coverage.static += max(0, count - len(strange))
        if strange:
            values = {"text": quoted(text), "numerals": ", ".join(strange)}
            yield self._problem(Fault("'{text}': nobody tells what {numerals} is", values, kind="unmapped"), place)

    def plain(self, text: str) -> Iterator[Problem]:
        """Judge a text file line by line."""
        for number, line in enumerate(text.splitlines(), start=1):
            yield from self._text(line, f"line {number}")

    def table(self, rows: list[list[str]], place: str = "") -> Iterator[Problem]:
        """Judge a table: its columns say which statistic they hold, its rows of what."""
        if not rows:
            return
        head = [name.strip() for name in rows[0]]
        for name in head:
            yield from self._text(name, f"{place} 1".strip())
        for number, row in enumerate(rows[1:], start=2):
            named = dict(zip(head, row, strict=False))
            for column, text in enumerate(row):
                name = head[column] if column < len(head) else ""
                yield from self._cell(name, text, named, f"{place} {number}, {name}".strip(" ,"))

    def _cell(self, name: str, text: str, row: dict[str, str], place: str) -> Iterator[Problem]:
        if not has_numeral(text):
            return
        keys = self._keys_of(name, row)
        if keys and PARTS[name] == ("indicator", "area", "end"):
            self.coverage.total += 1
            fault = self.judge.mark(keys, _exact(text), "en")
            self.coverage.computed += fault is None
            if fault:
                yield self._problem(fault, place)
        elif name in ("area", "indicator", "period_end", "level"):
            self.coverage.total += 1
            known = self.judge.figures.knowledge
            is_known = text in known.areas or text in known.indicators or _is_day_of(text, self.judge)
            self.coverage.static += is_known
            if not is_known:
                yield self._problem(
                    Fault(
                        "'{text}' is no area, indicator or day of the release", {"text": quoted(text)}, kind="unmapped"
                    ),
                    place,
                )
        else:
            yield from self._text(text, place)

    def _keys_of(self, name: str, row: dict[str, str]) -> str:
        if name not in PARTS or not {"indicator", "area", "period_end"} <= set(row):
            return ""
        return "|".join([name, *(quote(row[part], safe="") for part in ("indicator", "area", "period_end"))])

    def structure(self, data: bytes) -> Iterator[Problem]:
        """Judge a JSON file or a notebook."""
        try:
            content = json.loads(data)
        except ValueError:
            yield self._problem(Fault("the file is no JSON", {}, kind="opaque"), "")
            return
        yield from self._node(content, "")

    def _node(self, node: Any, place: str) -> Iterator[Problem]:
        if isinstance(node, dict):
            entries = node.get("told")
            told: dict[str, Any] = entries if isinstance(entries, dict) else {}
            for name, below in node.items():
                here = f"{place}.{name}".strip(".")
                if name not in ABOUT_THE_RUN and not place.endswith(VERSIONS):
                    yield from self._text(str(name), here)
                if name == "told" or self._is_about_the_run(name, below, place):
                    continue
                if name in told and isinstance(below, str):
                    yield from self._told(below, told[name], str(node.get("language", "")), here)
                else:
                    yield from self._node(below, here)
        elif isinstance(node, list):
            for number, below in enumerate(node):
                yield from self._node(below, f"{place}[{number}]")
        elif not isinstance(node, bool) and node is not None:
            yield from self._text(str(node), place)

    def _is_about_the_run(self, name: str, value: Any, place: str) -> bool:
        """Whether a value is a hash, a version, a time or an address of a page, and looks like one."""
        if name in ("id", "address"):
            return re.fullmatch(r"[a-z0-9_./-]+", str(value)) is not None and not strange_parts(str(value), self.judge)
        if place == "release" and name == "number":
            return str(value).isdecimal()
        pattern = _VERSION if place.endswith(VERSIONS) else ABOUT_THE_RUN.get(name)
        return pattern is not None and re.fullmatch(pattern, str(value), re.ASCII) is not None

    def _told(self, text: str, entries: Any, language: str, place: str) -> Iterator[Problem]:
        """Judge a text of which offsets say where its numbers stand."""
        rest, position = "", 0
        for start, end, key in entries:
            rest, position = f"{rest}{text[position:start]} ", end
            self.coverage.total += len(numerals(text[start:end]))
            said = len(self.judge.said)
            found = [self.judge.mark(key, text[start:end], code) for code in _languages(language)]
            if all(found):
                yield self._problem(next(fault for fault in found if fault), place)
            else:
                del self.judge.said[said:]  # what it would say in the other language, it does not say
                self.coverage.computed += len(numerals(text[start:end]))
        yield from self._text(rest + text[position:], place)


def _languages(language: str) -> tuple[LanguageCode, ...]:
    return ("de",) if language == "de" else ("en",) if language == "en" else ("de", "en")


def _exact(text: str) -> str:
    """Write a number of a table as a page does, without what only computers add."""
    return text.replace("-", "\u2212").removesuffix(".0")


def _is_day_of(text: str, judge: Judge) -> bool:
    return text[:10] in {str(day) for day in judge.figures.knowledge.cells["period_end"].unique()}
