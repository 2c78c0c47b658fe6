"""The one table that every download is written from: its columns, its rows as texts, and what must be known of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sozialanalyse.language import without_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sozialanalyse.language import Language

Kind = Literal["text", "date", "number"]
"""How a column is written: as it stands, as a day, or as a number with a decimal sign."""


@dataclass(frozen=True)
class Column:
    """A column of the data.

    Parameters
    ----------
    name
        As programs call it: the heading of the tidy table, the same in every language.
    label
        Message id of what people call it.
    kind
        How it is written.
    meaning
        Message id of what stands in it.
    """

    name: str
    label: str
    kind: Kind
    meaning: str


COLUMNS = (
    Column("area", "Area number", "text", "Id of the area"),
    Column("area_name", "Area", "text", "Name of the area"),
    Column("level", "Level", "text", "Level of the area"),
    Column("indicator", "Indicator id", "text", "Id of the indicator in the catalogue"),
    Column("indicator_name", "Indicator", "text", "Name of the indicator"),
    Column("unit", "Unit", "text", "Unit of the value and its interval"),
    Column("period_start", "Period from", "date", "First day of the period; of a stock its reference date"),
    Column("period_end", "Reference date", "date", "Reference date, or last day of the period"),
    Column("state", "State", "text", "State of the value; where there is none, why"),
    Column("value", "Value", "number", "The value; empty where there is none"),
    Column("lower", "Interval from", "number", "Lower limit of the interval"),
    Column("upper", "Interval to", "number", "Upper limit of the interval"),
    Column("numerator", "Numerator", "number", "Count above the line; of a count, itself"),
    Column("denominator", "Denominator", "number", "Count below the line"),
    Column("reliability", "Reliability", "text", "What the value can carry"),
    Column("mark", "Sign of the deliverer", "text", "What the deliverer set at the count, unchanged"),
    Column("source", "Source", "text", "Where the indicator's counts come from"),
)
"""Columns of every table of values, in their order. The audit reads them by their place."""

NAMES = tuple(column.name for column in COLUMNS)
PLACE = {name: place for place, name in enumerate(NAMES)}

Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Values of indicators and all that must be known of them.

    Parameters
    ----------
    words
        Language of the readers.
    title
        What it is about.
    rows
        As :data:`COLUMNS`, all as text: numbers with a point, days as ISO 8601, empty where there is nothing.
    about
        Names and texts: town, area, data state, sources, licences, definitions.
    notes
        Sentences: what is to be minded, what states and signs mean.
    labels
        By the name of a column what people read in place of its codes.
    """

    words: Language
    title: str
    rows: Sequence[Row]
    about: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def headings(self) -> list[str]:
        """The headings that people read."""
        return [self.words.text(column.label) for column in COLUMNS]

    @property
    def read_rows(self) -> list[Row]:
        """The rows with words in place of codes."""
        places = [(PLACE[name], labels) for name, labels in self.labels.items()]
        rows = []
        for row in self.rows:
            cells = list(row)
            for place, labels in places:
                cells[place] = labels.get(cells[place], cells[place])
            rows.append(tuple(cells))
        return rows


_NO_TEXT = {"Cc", "Cs", "Cn", "Zl", "Zp"}
"""Unicode categories that no file of a table may hold: control characters, halves of characters, none, ends of lines."""


def clean(text: object) -> str:
    r"""Make one line of a text, without keys and without signs that a table or XML cannot hold.

    Examples
    --------
    >>> clean(" Am\nMarkt\x00 ")
    'Am Markt'
    """
    plain = without_keys(str(text))
    if plain.isascii() and plain.isprintable():
        return plain.strip(" ")
    spaced = "".join(" " if unicodedata.category(sign) in _NO_TEXT else sign for sign in plain)
    return re.sub(" +", " ", spaced).strip(" ")
