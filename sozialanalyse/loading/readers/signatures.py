"""What kind a file is, by its first bytes: an ending is only a name, and offices rename."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.errors import DataError, Fault, Place

if TYPE_CHECKING:
    from sozialanalyse.loading.table_file import Format

ZIP = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PARQUET = b"PAR1"
DUCKDB = b"DUCK"

SIGNATURES: tuple[tuple[int, bytes, str, Format | None], ...] = (
    (0, ZIP, "XLSX", "workbook"),
    (0, COMPOUND, "XLS", "workbook"),
    (0, PARQUET, "Parquet", "columnar"),
    (8, DUCKDB, "DuckDB", "columnar"),
    (0, b"SQLite format 3\x00", "SQLite", None),
    (0, b"\x1f\x8b", "gzip", None),
    (0, b"%PDF", "PDF", None),
)
"""Where a signature stands, its bytes, how the kind is called, and the format that reads it."""

PAGES = (b"<html", b"<!doctype html", b"<table", b"<?xml")
"""Web portals hand out pages and XML under the names of workbooks and text files."""

KINDS: dict[Format, str] = {"text": "text", "workbook": "XLSX / XLS", "columnar": "Parquet / DuckDB"}


def kind_of(head: bytes) -> tuple[str, Format | None]:
    """Name the kind of a file by its first bytes, and the format that reads it, if one does."""
    for position, signature, kind, form in SIGNATURES:
        if head[position:].startswith(signature):
            return kind, form
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(PAGES):
        return "HTML / XML", None
    return "text", "text"


def refuse_other_kind(head: bytes, expected: Format, name: str) -> None:
    """Refuse a file whose content is not what its ending or the mapping says.

    Raises
    ------
    DataError
        Says what the file is, and what to declare where that can be read.
    """
    kind, form = kind_of(head)
    if form == expected:
        return
    values = {"kind": kind, "expected": KINDS[expected], "format": form}
    if form is None:
        message = "the file is no {expected} but {kind}, whatever its name says; save it as XLSX or CSV"
    else:
        message = "the file is no {expected} but {kind}, whatever its name says; declare format: {format}"
    raise DataError(Fault(message, values, Place(name)))
