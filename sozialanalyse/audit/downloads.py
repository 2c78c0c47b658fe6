"""Files for download: every number in them must be that of a published cell, as on a page.

The format is agreed (docs/downloads.md) and read strictly: what is not of it is not passed over but said. A workbook is read as
bytes, so that a hidden sheet, a comment, a property or what lies between the parts of its archive is found.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from functools import cached_property
from typing import TYPE_CHECKING

from sozialanalyse.audit.attached import FileAudit
from sozialanalyse.audit.judging import Fault
from sozialanalyse.audit.numerals import has_numeral
from sozialanalyse.audit.sheets import SHEETS, SheetError, read_sheet
from sozialanalyse.language import key as key_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sozialanalyse.audit.problems import Problem

COLUMNS = (
    *("area", "area_name", "level", "indicator", "indicator_name", "unit", "period_start", "period_end", "state"),
    *("value", "lower", "upper", "numerator", "denominator", "reliability", "mark", "source"),
)
"""What stands in which column of a table of values, whatever its heading."""

AREA, INDICATOR, START, END = (COLUMNS.index(name) for name in ("area", "indicator", "period_start", "period_end"))
NUMBERS = tuple(COLUMNS.index(name) for name in ("value", "lower", "upper", "numerator", "denominator"))
CELLS = (AREA, INDICATOR, START, END, *NUMBERS)
TEXTS = tuple(place for place in range(len(COLUMNS)) if place not in {AREA, INDICATOR, START, END, *NUMBERS})

NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
DAY = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])", re.ASCII)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212")
"""With these begins what a spreadsheet calculates."""

FIXED_PARTS = {
    "[Content_Types].xml": "c052c64ee007a760a7c866796c08709508b139f37179fde923e053f6e3b14204",
    "_rels/.rels": "9f96bb683e71c45171c7ae310bf6c37fb5a834bb9738497ac7084c42ac9c2d9a",
    "xl/_rels/workbook.xml.rels": "8c7bb2dd8fa96877da7b043c1cb21668cf05ab4b022f18a66f0a164e58ba57ab",
    "xl/styles.xml": "90fcb5f7107f2fb9d4eec1fa27f16b9781f98074eda81d98b3697474b9a4c7ea",
}
"""Hashes (sha256) of the parts of a workbook that are always the same."""

BOOK = re.compile(
    r'<\?xml version="1\.0" encoding="UTF-8" standalone="yes"\?>\n<workbook xmlns="[^"]+" xmlns:r="[^"]+"><sheets>'
    r'<sheet name="([^"]+)" sheetId="1" r:id="rId1"/><sheet name="([^"]+)" sheetId="2" r:id="rId2"/>'
    r'<sheet name="([^"]+)" sheetId="3" r:id="rId3"/></sheets></workbook>'
)
"""The list of the sheets: none of them hidden, no names, no settings."""

_LOCAL, _CENTRAL, _END = 30, 46, 22
"""Bytes of the headers of a ZIP archive, beside names and contents."""


class DownloadAudit(FileAudit):
    """Audits one file for download."""

    @cached_property
    def _days(self) -> frozenset[str]:
        return self.judge.lookup.days

    @cached_property
    def _plain(self) -> _Plain:
        return _Plain()

    def _told_in(self, text: str) -> tuple[str, ...]:
        """Name what a text says of days and areas of the release."""
        days = (f"date|{day}" for day in DAY.findall(text) if day in self._days)
        first, _, name = text.partition(" ")
        area = self.judge.figures.knowledge.areas.get(first)
        is_named = area is not None and (not name or name == " ".join(area.name.split()))
        return (*days, *([key_of("area", first)] if is_named else []))

    def _text(self, text: str, place: str, told: tuple[str, ...] = ()) -> Iterator[Problem]:
        return super()._text(text, place, (*told, *self._told_in(text)))

    def _unreadable(self, message: str, place: str = "", **values: object) -> Problem:
        return self._problem(Fault(message, values, kind="opaque"), place)

    def values(self, rows: Iterable[Sequence[str]], place: str = "") -> Iterator[Problem]:
        """Judge the rows of a table of values, without its headings; numbers with a point, days as ISO 8601."""
        for number, row in enumerate(rows, start=2):
            where = f"{place} {number}".strip()
            if len(row) == len(COLUMNS):
                yield from self._row(tuple(row), where)
            else:
                message = "the row has {found} cells in place of {expected}"
                yield self._unreadable(message, where, found=len(row), expected=len(COLUMNS))

    def _row(self, row: tuple[str, ...], place: str) -> Iterator[Problem]:
        """Judge a row; its cells may have been judged in another file, its texts are judged in each."""
        known, cells = self.judge.lookup.rows, tuple(row[column] for column in CELLS)
        if cells in known:
            self.coverage.total += known[cells]
            self.coverage.computed += known[cells]
        else:
            before = self.coverage.total
            found = list(self._cells(row, place))
            if not found:
                known[cells] = self.coverage.total - before
            yield from found
        told = (key_of("area", row[AREA]), "constant|zero")
        for column in TEXTS:
            if row[column] not in self._plain:
                yield from self._text(row[column], f"{place}, {COLUMNS[column]}", told)

    def _cells(self, row: tuple[str, ...], place: str) -> Iterator[Problem]:
        yield from self._names(row, place)
        parts = (row[INDICATOR], row[AREA], row[END])
        for column in NUMBERS:
            if row[column]:
                yield from self._number(COLUMNS[column], row[column], parts, place)

    def _names(self, row: tuple[str, ...], place: str) -> Iterator[Problem]:
        """Check that a row speaks of an area, an indicator and days of the release."""
        knowledge = self.judge.figures.knowledge
        known: dict[int, Collection[str]] = {
            AREA: knowledge.areas,
            INDICATOR: knowledge.indicators,
            START: self._days,
            END: self._days,
        }
        for column, names in known.items():
            self.coverage.total += 1
            self.coverage.static += row[column] in names
            if row[column] not in names:
                message = "'{text}' is no area, indicator or day of the release"
                values = {"text": row[column][:80]}
                yield self._problem(Fault(message, values, kind="unmapped"), f"{place}, {COLUMNS[column]}")

    def _number(self, statistic: str, text: str, parts: tuple[str, ...], place: str) -> Iterator[Problem]:
        """Hold a number to the cell that its row and its column name."""
        self.coverage.total += 1
        known, cell = self.judge.lookup.rows, (statistic, *parts, text)
        if cell in known:
            self.coverage.computed += 1
            return
        if not NUMBER.fullmatch(text):
            yield self._unreadable("'{text}' is no number", f"{place}, {statistic}", text=text[:80])
            return
        fault = self.judge.mark(key_of(statistic, *parts), text, "en")
        if fault is not None:
            yield self._problem(fault, f"{place}, {statistic}")
        else:
            known[cell] = 1
        self.coverage.computed += fault is None

    def separated(self, data: bytes) -> Iterator[Problem]:
        """Judge a CSV file: a table of values by its columns, any other table as text."""
        text = data.decode("utf-8-sig", "replace")
        delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        yield from self._formulas(rows)
        if rows and tuple(rows[0][:2]) == COLUMNS[:2] and len(rows[0]) != len(COLUMNS):
            yield from self._wide(rows)
            return
        if not rows or len(rows[0]) != len(COLUMNS):
            yield from self.table(rows)
            return
        yield from self._headings(rows[0])
        commas = delimiter == ";"
        yield from self.values(_plain_row(row, commas=commas) for row in rows[1:])

    def _wide(self, rows: Sequence[Sequence[str]]) -> Iterator[Problem]:
        """Judge a table with a row for each area and a column for each indicator and day."""
        named = [name.rpartition("_") for name in rows[0]]
        known = self.judge.figures.knowledge
        for indicator, _, day in named[2:]:
            if indicator not in known.indicators or day not in self._days:
                yield self._unreadable("'{text}' is no indicator and day", "1", text=f"{indicator}_{day}"[:80])
                return
        for number, row in enumerate(rows[1:], start=2):
            cells = _plain_row(row, commas=False)
            yield from self._text(" ".join(cells[:2]), str(number), (key_of("area", cells[0]),))
            for (indicator, _, day), text in zip(named[2:], cells[2:], strict=False):
                if text:
                    yield from self._number("value", text, (indicator, cells[0], day), str(number))
            if len(cells) > len(named):
                yield from self._text(" ".join(cells[len(named) :]), str(number))

    def _headings(self, row: Sequence[str], place: str = "1") -> Iterator[Problem]:
        for name in row:
            yield from self._text(name, place)

    def _formulas(self, rows: Iterable[Sequence[str]]) -> Iterator[Problem]:
        """Find texts that a spreadsheet would calculate."""
        for number, row in enumerate(rows, start=1):
            for column, text in enumerate(row):
                if text.startswith(FORMULA) and not (column in NUMBERS and NUMBER.fullmatch(text.replace(",", "."))):
                    yield self._unreadable("'{text}' would be calculated by a spreadsheet", str(number), text=text[:80])

    def workbook(self, data: bytes) -> Iterator[Problem]:
        """Judge a workbook: only the parts that it must have, and in them only what they must hold."""
        parts = _parts(data)
        if parts is None:
            yield self._unreadable("the archive holds something beside the parts of a workbook")
            return
        for name, expected in FIXED_PARTS.items():
            if hashlib.sha256(parts[name]).hexdigest() != expected:
                yield self._unreadable("the part {name} is not as agreed", name, name=name)
        book = BOOK.fullmatch(parts["xl/workbook.xml"].decode("utf-8", "replace"))
        if book is None:
            yield self._unreadable("the part {name} is not as agreed", "xl/workbook.xml", name="xl/workbook.xml")
            return
        for number, title in enumerate(book.groups(), start=1):
            yield from self._text(title, "sheet")
            yield from self._sheet(parts[f"xl/worksheets/sheet{number}.xml"], number, title)

    def _sheet(self, data: bytes, number: int, title: str) -> Iterator[Problem]:
        try:
            rows = read_sheet(data, number)
        except SheetError as error:
            yield self._unreadable("the sheet {sheet} is not as agreed: {found}", title, sheet=title, found=str(error))
            return
        if number == 1:
            yield from self._headings(rows[0] if rows else (), f"{title} 1")
            yield from self.values(rows[1:], title)
            return
        for line, row in enumerate(rows, start=1):
            for text in row:
                yield from self._text(text, f"{title} {line}")


class _Plain(dict[str, bool]):
    """Texts without a numeral; the same few stand in thousands of rows, and finding number words is slow."""

    def __contains__(self, text: object) -> bool:
        if not super().__contains__(text):
            self[str(text)] = not has_numeral(str(text))
        return self[str(text)]


def _plain_row(row: Sequence[str], *, commas: bool) -> tuple[str, ...]:
    """Write a row as tidy tables have it: decimal points, no apostrophe that keeps a text from being calculated."""
    cells = [text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text for text in row]
    if commas and len(cells) == len(COLUMNS):
        for place in NUMBERS:
            cells[place] = cells[place].replace(",", ".")
    return tuple(cells)


def _parts(data: bytes) -> dict[str, bytes] | None:
    """Take a workbook apart; None where there is anything but its parts: a further one, a comment, bytes between them."""
    expected = {*FIXED_PARTS, "xl/workbook.xml", *(f"xl/worksheets/sheet{n}.xml" for n in SHEETS)}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) != len(expected) or {entry.filename for entry in entries} != expected or archive.comment:
                return None
            if any(entry.comment or entry.extra or entry.date_time != (1980, 1, 1, 0, 0, 0) for entry in entries):
                return None
            size = _END + sum(_LOCAL + _CENTRAL + 2 * len(entry.filename) + entry.compress_size for entry in entries)
            return {entry.filename: archive.read(entry) for entry in entries} if size == len(data) else None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
