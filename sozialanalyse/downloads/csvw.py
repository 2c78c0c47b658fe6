"""CSV on the Web (W3C Recommendation 2015): what the tidy table holds, for programs that read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sozialanalyse.downloads.table import COLUMNS

if TYPE_CHECKING:
    from sozialanalyse.downloads.table import Table

CONTEXT = "http://www.w3.org/ns/csvw"
_TYPES = {"text": "string", "date": "date", "number": "decimal"}


def metadata_of(table: Table, file: str | None = None) -> bytes:
    """Write the metadata of a tidy table.

    Parameters
    ----------
    table
        As it is written by :func:`.tidy`.
    file
        Its name; None: the batch, which alone knows it, puts it in place of :data:`NAME`.
    """
    words = table.words
    content: dict[str, Any] = {
        "@context": [CONTEXT, {"@language": words.code}],
        "url": file or NAME,
        "dc:title": table.title,
        "dc:language": words.code,
        "dialect": {"delimiter": ",", "encoding": "utf-8", "header": True},
        "notes": [{"name": name, "text": text} for name, text in table.about],
        "rdfs:comment": list(table.notes),
        "tableSchema": {
            "columns": [
                {
                    "name": column.name,
                    "titles": [column.name, words.text(column.label)],
                    "dc:description": words.text(column.meaning),
                    "datatype": _TYPES[column.kind],
                }
                for column in COLUMNS
            ],
            "primaryKey": ["area", "indicator", "period_start", "period_end"],
        },
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


NAME = "{file}"
"""Stands where the name of the table's file will be."""
