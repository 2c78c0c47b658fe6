"""Looking into an XLSX file before it is opened: what it unfolds to, how far its cells reach, what its parts declare.

A reader of workbooks holds a sheet as a dense grid and each text once per cell, so a few kilobytes can ask for gigabytes.
Here the parts are read as streams and nothing of them is kept, but for cells whose text such a reader drops: errors,
and formulas that were never calculated. Nothing is run, followed or unpacked.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax import SAXException  # the parser itself is defusedxml's
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.expatreader import DefusedExpatParser  # type: ignore[import-untyped]

from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.readers.raw_table import MAXIMUM_CELLS

if TYPE_CHECKING:
    from collections.abc import Iterator

MAXIMUM_UNFOLDED = 400_000_000
"""Bytes of all parts together."""

MAXIMUM_RATIO = 100
"""Bytes unfolded per byte of the file; sheets of numbers reach about 20."""

HARMLESS = 20_000_000
"""Up to so many bytes the ratio does not matter."""

MAXIMUM_PARTS = 10_000
MAXIMUM_TEXT = 200_000_000
"""Characters of a sheet, a shared text counted as often as it is used."""

CHUNK = 65_536

REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")

Cell = tuple[int, int]
"""Row and column, counted from 0."""


@dataclass
class Extent:
    """How far the cells of a sheet reach, and the text of those that a reader of workbooks gives as empty."""

    rows: int = 0
    columns: int = 0
    dropped: dict[Cell, str] = field(default_factory=dict)

    def include(self, row: int, column: int) -> None:
        """Count a cell that holds something."""
        self.rows = max(self.rows, row + 1)
        self.columns = max(self.columns, column + 1)

    def refuse_far(self, name: str) -> None:
        """Refuse a sheet whose cells reach so far that the grid around them is too large."""
        if self.rows * self.columns > MAXIMUM_CELLS:
            message = (
                "a sheet reaches to row {row} and column {column}, which makes more than {limit} cells; "
                "is there a stray cell far from the table? Clear it and save the file again"
            )
            values = {"row": self.rows, "column": self.columns, "limit": MAXIMUM_CELLS}
            raise DataError(Fault(message, values, Place(name)))


def inspect_xlsx(raw: bytes, name: str) -> dict[str, Extent]:
    """Check an XLSX file and return the extent of each sheet by its name.

    Raises
    ------
    DataError
        No XLSX file; it unfolds to too much; a sheet reaches too far or holds too much text; a part declares entities.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            _refuse_other_packages(package, name)
            _refuse_bombs(package, len(raw), name)
            return _Inspection(package, name).sheets()
    except DefusedXmlException:
        message = "the workbook declares entities (DOCTYPE), which no spreadsheet program writes; it is not opened"
        raise DataError(Fault(message, {}, Place(name))) from None
    except (zipfile.BadZipFile, zlib.error, SAXException, RuntimeError, NotImplementedError, EOFError, ValueError):
        message = "the workbook is damaged or protected; open it in a spreadsheet program and save it again as XLSX"
        raise DataError(Fault(message, {}, Place(name))) from None


def _refuse_other_packages(package: zipfile.ZipFile, name: str) -> None:
    parts = {part.lower() for part in package.namelist()}
    if "xl/workbook.xml" in parts:
        return
    kind = "XLSB" if "xl/workbook.bin" in parts else "ODS" if "content.xml" in parts else "ZIP"
    message = "the file is no XLSX workbook but {kind}, which is not read; save it as XLSX"
    raise DataError(Fault(message, {"kind": kind}, Place(name)))


def _refuse_bombs(package: zipfile.ZipFile, size: int, name: str) -> None:
    """By what the directory states; a part that is longer than stated fails by its checksum when it is read."""
    parts = package.infolist()
    unfolded = sum(part.file_size for part in parts)
    allowed = min(MAXIMUM_UNFOLDED, max(HARMLESS, MAXIMUM_RATIO * size))
    if unfolded > allowed or len(parts) > MAXIMUM_PARTS:
        message = (
            "the workbook of {size} bytes unfolds to {unfolded}; at most {allowed} are read; "
            "is much more in it than the table? Copy the table into a new workbook"
        )
        raise DataError(Fault(message, {"size": size, "unfolded": unfolded, "allowed": allowed}, Place(name)))


@dataclass
class _Inspection:
    """One pass over all XML parts of a package."""

    package: zipfile.ZipFile
    name: str

    def sheets(self) -> dict[str, Extent]:
        names = self._names_of_sheets()
        shared = _SharedTexts()
        self._parse(shared, *self._parts("xl/sharedstrings.xml"))
        extents = {sheet: Extent() for sheet in names.values()}
        for part in self._parts():
            sheet = names.get(part.lower())
            if sheet is None:
                self._parse(ContentHandler(), part)
            else:
                self._parse(_Cells(extents[sheet], shared.lengths, self.name), part)
        for extent in extents.values():
            extent.refuse_far(self.name)
        return extents

    def _parts(self, *lowered: str) -> Iterator[str]:
        for part in self.package.namelist():
            if part.lower() in lowered or (not lowered and part.lower().endswith((".xml", ".rels"))):
                yield part

    def _names_of_sheets(self) -> dict[str, str]:
        """Name of the sheet by its part, in lower case."""
        sheets, relations = _Attributes("sheet"), _Attributes("Relationship")
        self._parse(sheets, *self._parts("xl/workbook.xml"))
        self._parse(relations, *self._parts("xl/_rels/workbook.xml.rels"))
        targets = {relation.get("Id"): relation.get("Target", "") for relation in relations.found}
        parts = {sheet.get("name", ""): targets.get(sheet.get("id"), "") for sheet in sheets.found}
        return {posixpath.normpath(posixpath.join("/xl", part))[1:].lower(): name for name, part in parts.items()}

    def _parse(self, handler: ContentHandler, *parts: str) -> None:
        for part in parts:
            parser = DefusedExpatParser(forbid_dtd=True)
            parser.setContentHandler(handler)
            with self.package.open(part) as stream:
                while chunk := stream.read(CHUNK):
                    parser.feed(chunk)
            parser.close()


class _Attributes(ContentHandler):
    """Collects the attributes of all elements of a name, prefixes taken away."""

    def __init__(self, element: str) -> None:
        super().__init__()
        self.element = element
        self.found: list[dict[str, str]] = []

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the parser's name
        if _local(name) == self.element:
            self.found.append({_local(key): value for key, value in attrs.items()})


class _SharedTexts(ContentHandler):
    """Notes how long each shared text is."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths = array("L")

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: ARG002, N802 - the parser's names
        if _local(name) == "si":
            self.lengths.append(0)

    def characters(self, content: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(content)


class _Cells(ContentHandler):
    """Notes where cells hold something; those without a reference follow the one before."""

    def __init__(self, extent: Extent, shared: array[int], name: str) -> None:
        super().__init__()
        self.extent, self.shared, self.name = extent, shared, name
        self.row = self.column = -1
        self.length = 0
        self.kind = ""
        self.texts: dict[str, list[str]] = {}
        self.inside: list[str] | None = None

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the parser's name
        local = _local(name)
        if local == "c":
            self.row, self.column = _position(attrs.get("r"), self.row, self.column)
            self.kind = attrs.get("t", "")
            self.texts = {}
        elif local == "row":
            self.row, self.column = int(attrs.get("r") or self.row + 2) - 1, -1
        elif local in ("v", "f", "is"):
            self.inside = self.texts.setdefault(local, [])

    def characters(self, content: str) -> None:
        if self.inside is not None:
            self.inside.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - the parser's name
        local = _local(name)
        if local in ("v", "f", "is"):
            self.inside = None
        elif local == "c" and self.texts:
            self._take()

    def _take(self) -> None:
        self.extent.include(self.row, self.column)
        value, formula = "".join(self.texts.get("v", ())), "".join(self.texts.get("f", ()))
        if self.kind == "e":
            self.extent.dropped[self.row, self.column] = value
        elif "f" in self.texts and not value and self.kind != "str":
            self.extent.dropped[self.row, self.column] = f"={formula}"
        is_shared = self.kind == "s" and value.isdecimal() and int(value) < len(self.shared)
        self.length += self.shared[int(value)] if is_shared else len(value)
        if self.length > MAXIMUM_TEXT:
            message = "a sheet holds more than {limit} characters"
            raise DataError(Fault(message, {"limit": MAXIMUM_TEXT}, Place(self.name)))


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _position(reference: str | None, row: int, column: int) -> Cell:
    if reference is None:
        return row, column + 1
    found = REFERENCE.fullmatch(reference)
    if found is None:
        message = f"no reference of a cell: {reference!r}"
        raise ValueError(message)
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, number - 1
