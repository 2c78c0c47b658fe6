"""Looking into an XLS file before it is opened: how far its cells reach, and which of them are errors.

As :mod:`~sozialanalyse.loading.readers.office_xml` for the older format: a compound file (MS-CFB) of sectors, in it a
stream of records (MS-XLS). Only what places a cell is read.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.readers.office_xml import Extent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LAST_SECTOR = 0xFFFFFFFA
"""Numbers from here on are marks: end of a chain, unused ..."""

SECTORS = {(512, 64), (4096, 64)}
"""Bytes of a sector and of a small one."""

ENTRY = 128
STREAM, ROOT = 2, 5

BOUND_SHEET, FORMULA, BOOL_OR_ERROR, MANY_NUMBERS = 0x0085, 0x0006, 0x0205, 0x00BD
BEGIN, END = 0x0809, 0x000A
CELLS = {FORMULA, BOOL_OR_ERROR, MANY_NUMBERS, 0x027E, 0x0203, 0x0204, 0x00FD, 0x00D6}

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def inspect_xls(raw: bytes, name: str) -> list[Extent]:
    """Check an XLS file and return the extent of each sheet, in their order.

    Raises
    ------
    DataError
        No XLS file; a sheet reaches too far.
    """
    try:
        stream = _Compound(raw).stream("Workbook", "Book")
        begins = [struct.unpack_from("<I", data)[0] for kind, data in _records(stream, 0) if kind == BOUND_SHEET]
        extents = [_extent(_records(stream, begin)) for begin in begins]
    except (struct.error, LookupError, ValueError):
        message = "the workbook is damaged or protected; open it in a spreadsheet program and save it again as XLSX"
        raise DataError(Fault(message, {}, Place(name))) from None
    for extent in extents:
        extent.refuse_far(name)
    return extents


class _Compound:
    """A compound file: streams in chains of sectors, small ones in chains of smaller sectors within another stream."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.size = 1 << struct.unpack_from("<H", raw, 30)[0]
        self.small_size = 1 << struct.unpack_from("<H", raw, 32)[0]
        if (self.size, self.small_size) not in SECTORS:
            raise ValueError(self.size)
        directory, _, self.cutoff, small_table, _, more, _ = struct.unpack_from("<7I", raw, 48)
        self.table = self._numbers(self._table_sectors(more))
        self.small_table = self._numbers(_chain(self.table, small_table))
        entries = b"".join(map(self._sector, _chain(self.table, directory)))
        self.entries = [entries[at : at + ENTRY] for at in range(0, len(entries), ENTRY)]

    def stream(self, *names: str) -> bytes:
        """Return the first stream of these names.

        Raises
        ------
        KeyError
            There is none.
        """
        found = {_name(entry): entry for entry in self.entries if entry[66] == STREAM}
        entry = next((found[name] for name in names if name in found), None)
        if entry is None:
            raise KeyError(names)
        start, length = struct.unpack_from("<II", entry, 116)
        if length >= self.cutoff:
            return b"".join(map(self._sector, _chain(self.table, start)))[:length]
        [root] = (entry for entry in self.entries if entry[66] == ROOT)
        container = b"".join(map(self._sector, _chain(self.table, struct.unpack_from("<I", root, 116)[0])))
        size = self.small_size
        parts = (container[number * size : (number + 1) * size] for number in _chain(self.small_table, start))
        return b"".join(parts)[:length]

    def _sector(self, number: int) -> bytes:
        return self.raw[(number + 1) * self.size : (number + 2) * self.size]

    def _numbers(self, sectors: Sequence[int]) -> list[int]:
        content = b"".join(map(self._sector, sectors))
        return list(struct.unpack(f"<{len(content) // 4}I", content))

    def _table_sectors(self, more: int) -> list[int]:
        """The first 109 sectors of the table are named in the header, the others in a chain of their own."""
        sectors = list(struct.unpack_from("<109I", self.raw, 76))
        seen: set[int] = set()
        while more < LAST_SECTOR and more not in seen:
            seen.add(more)
            *further, more = self._numbers([more])
            sectors += further
        return [sector for sector in sectors if sector < LAST_SECTOR]


def _chain(table: Sequence[int], start: int) -> list[int]:
    """Follow a chain to its end; one that turns back on itself ends there."""
    chain: dict[int, None] = {}
    while start < LAST_SECTOR and start not in chain:
        chain[start] = None
        start = table[start]
    return list(chain)


def _name(entry: bytes) -> str:
    length = struct.unpack_from("<H", entry, 64)[0]
    return entry[: max(length - 2, 0)].decode("utf-16-le", errors="replace")


def _records(stream: bytes, begin: int) -> Iterator[tuple[int, bytes]]:
    """Give kind and content of the records of one part, charts within it passed over."""
    depth = 0
    while begin + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, begin)
        depth += (kind == BEGIN) - (kind == END)
        if depth == 1:
            yield kind, stream[begin + 4 : begin + 4 + length]
        if depth <= 0:
            return
        begin += 4 + length


def _extent(records: Iterator[tuple[int, bytes]]) -> Extent:
    extent = Extent()
    for kind, data in records:
        if kind in CELLS:
            row, first = struct.unpack_from("<HH", data)
            last = struct.unpack_from("<H", data, len(data) - 2)[0] if kind == MANY_NUMBERS else first
            extent.include(row, last)
            if error := _error(kind, data):
                extent.dropped[row, first] = error
    return extent


def _error(kind: int, data: bytes) -> str | None:
    """Name the error in a cell, where it holds one."""
    if kind == BOOL_OR_ERROR and data[7]:
        return ERRORS.get(data[6], "#ERROR!")
    if kind == FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:
        return ERRORS.get(data[8], "#ERROR!")
    return None
