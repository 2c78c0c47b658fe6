"""The formats that a page and an edition both offer: the ending of the file, message ids of its name and use, and who writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sozialanalyse.downloads.csvw import metadata_of
from sozialanalyse.downloads.separated import for_excel, tidy
from sozialanalyse.downloads.workbook import workbook

if TYPE_CHECKING:
    from collections.abc import Callable

    from sozialanalyse.downloads.table import Table


class Format(NamedTuple):
    """A kind of file."""

    name: str
    use: str
    ending: str
    write: Callable[[Table], bytes]


FORMATS = {
    "csv": Format(
        "CSV for Excel",
        "opens by a double click in a German Excel: semicolon, decimal comma",
        ending="csv",
        write=for_excel,
    ),
    "xlsx": Format("Excel workbook", "with metadata and notes on sheets of their own", ending="xlsx", write=workbook),
    "tidy": Format("CSV for programs", "comma, decimal point, headings in English", ending="tidy.csv", write=tidy),
    "csvw": Format(
        "Metadata (CSVW)",
        "describes the columns of the CSV for programs",
        ending="tidy.csv-metadata.json",
        write=metadata_of,
    ),
}
"""By the name by which a notebook asks for it."""
