"""The first mapping of an unknown table, as a file that a planner goes on with: every guess is a line that can be changed.

Names and cells of the delivery are always written as quoted text, so that none of them can become a key or a comment.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from sozialanalyse.loading.drafting.columns import counted_by, date_format, marks_in
from sozialanalyse.loading.drafting.shape import YEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.loading.drafting.columns import Column, Counted
    from sozialanalyse.loading.drafting.table import Table

    Say = Callable[..., str]

UNKNOWN = "CHANGE_ME"
"""Stands where nothing could be guessed; loading refuses it, so that it cannot be forgotten."""

MANY_ENTRIES = 60
"""More different categories than this are not written out."""

STATES = {
    "-": "zero",
    "–": "zero",
    "x": "not_applicable",
    "X": "not_applicable",
    "*": "suppressed",
    ".": "suppressed",
    "/": "missing",
}
"""What a mark most often means; all others are taken for missing."""

FOOTNOTE = re.compile(r"(?P<number>[(\d].*?)\s?(?P<sign>\d\)|\*{1,3}\)?|[¹²³⁴⁵⁶⁷⁸⁹][⁾)]?|[^\d\s.,')]\)?|\))")
"""A number with the sign of a footnote behind it; a digit before a bracket belongs to the sign."""

FLAGGED = re.compile(r"[erps]|\)")
"""Letters that mark a number as revised or estimated; a lone bracket closes one of limited reliability."""
THOUSANDS = re.compile(r"[1-9]\d{0,2}([.,'\s])\d{3}(?:\1\d{3})*(?:[.,]\d+)?")
DECIMAL_COMMA = re.compile(r"[\d.' ]*\d,\d{1,2}|\d+,\d{4,}")


def mapping_text(table: Table, catalogue: Catalogue, source: str, say: Say) -> str:
    """Write the mapping of a table.

    Parameters
    ----------
    table
        The table that was found in the file.
    catalogue
        Its measures are matched with the names of the columns.
    source
        Id of the source in ``town.yml``.
    say
        Translates our comments.
    """
    lines = [
        *_comment(say("A first mapping, guessed from the file. Check every line; delete what you do not need.")),
        "schema: 1",
        *_where_it_stands(table, say),
        f"source: {_quoted(source)}",
        *_area(table, say),
        *_period(table, say),
        *_notation(table, say),
        "unmapped_rows: ignore",
        *_values(table, catalogue, say),
    ]
    return "\n".join(lines) + "\n"


def number_style(cells: Sequence[str]) -> tuple[str, str]:
    """Guess the decimal sign and the separator of thousands of a column of numbers.

    Examples
    --------
    >>> number_style(["1.250", "980", "12.311"]), number_style(["4,3", "1.250,5"]), number_style(["4.25", "3"])
    ((',', '.'), (',', '.'), ('.', ''))
    """
    separators = {found[1] for cell in cells if (found := THOUSANDS.fullmatch(cell))}
    has_comma = any(DECIMAL_COMMA.fullmatch(cell) for cell in cells)
    points = [cell for cell in cells if re.fullmatch(r"\d+\.\d+", cell)]
    if has_comma or (separators == {"."} and all(re.fullmatch(r"\d{1,3}\.\d{3}", cell) for cell in points)):
        separators -= {","}
        return ",", _thousands(separators)
    return ".", _thousands(separators - {"."})


def _thousands(separators: set[str]) -> str:
    found = next(iter(sorted(separators)), "")
    return " " if found.isspace() else found


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).splitlines()]


def _where_it_stands(table: Table, say: Say) -> Iterator[str]:
    yield f"file: {_quoted(table.file)}"
    if table.sheet is not None:
        yield f"sheet: {_quoted(table.sheet)}"
    if table.other_sheets:
        yield from _comment(say("Other sheets: {sheets}", sheets=", ".join(table.other_sheets)))
    if table.encoding is not None:
        yield from _comment(say("Detected each time; declare what is detected wrongly."))
        yield f"# encoding: {_quoted(table.encoding)}"
        yield f"# separator: {_quoted(table.separator or ',')}"
    shape = table.shape
    rows = ", ".join(map(str, shape.header))
    yield f"header_row: [{rows}]" if len(shape.header) > 1 else f"header_row: {rows}"
    if shape.first_row != shape.header[-1] + 1:
        yield f"first_row: {shape.first_row}"
    if shape.ends_before is not None:
        yield f"ends_before: {_quoted(shape.ends_before)}"


def _area(table: Table, say: Say) -> Iterator[str]:
    column = table.one("area")
    if column is None:
        yield from _comment(say("No column of areas was found."))
        yield f"area: {{column: {UNKNOWN}}}"
        return
    examples = ", ".join(column.texts[:3])
    yield from _comment(say("Areas, for example: {examples}", examples=examples))
    yield f"area: {{column: {_quoted(column.name)}{', by: name' if table.areas_by_name else ''}}}"
    if table.totals:
        yield from _comment(say("Rows of totals, by what is written there."))
        yield f"totals: {{{_quoted(table.root)}: [{', '.join(map(_quoted, table.totals))}]}}"


def _period(table: Table, say: Say) -> Iterator[str]:
    column = table.period
    if column is None and table.date_above:
        yield from _comment(say("The date that stands above the numbers; is it their reference date?"))
        yield f"period: {{value: {_quoted(table.date_above)}}}"
        return
    if column is None:
        year = YEAR.search(table.name_with_year)
        date = f"{year[0]}-12-31" if year else UNKNOWN
        said = say(
            "The reference date is not in the table. A year in the name is often that of publication: look it up."
        )
        yield from _comment(said)
        yield f"period: {{value: {_quoted(date)}}}"
        return
    form = date_format(column.cells)
    if form is not None:
        yield f"period: {{column: {_quoted(column.name)}, format: {_quoted(form)}}}"
    elif YEAR.fullmatch(column.texts[0]):
        yield from _comment(
            say("A year is no reference date: is it 31 December? Of flows (cases in a year) take away the pattern.")
        )
        yield f'period: {{column: {_quoted(column.name)}, pattern: "{{}}-12-31"}}'
    else:
        yield f"period: {{column: {_quoted(column.name)}}}"


def _notation(table: Table, say: Say) -> Iterator[str]:
    cells = [cell for column in table.numbers for cell in column.cells if cell]
    decimal, thousands = number_style(cells)
    if decimal != ".":
        yield f"decimal: {_quoted(decimal)}"
    if thousands:
        yield f"thousands: {_quoted(thousands)}"
    marks = {mark for column in table.numbers for mark in marks_in(column.cells)}
    yield from _comment(say("What stands in place of numbers. Ask the deliverer what each mark means."))
    states = {"": "missing", **{mark: STATES.get(mark, "missing") for mark in sorted(marks)}}
    yield "marks:"
    yield from (f"  {_quoted(mark)}: {state}" for mark, state in states.items())
    found = [match["sign"] for cell in cells if (match := FOOTNOTE.fullmatch(cell))]
    signs = sorted({sign for sign in found if not FLAGGED.fullmatch(sign)})
    if signs:
        yield from _comment(say("Signs of footnotes behind numbers, and their texts."))
        yield f"footnotes: {{{', '.join(f'{_quoted(sign)}: {_quoted(UNKNOWN)}' for sign in signs)}}}"


def _values(table: Table, catalogue: Catalogue, say: Say) -> Iterator[str]:
    yield from _comment(say("What is counted. Measures and their ids: sozialanalyse list"))
    yield "values:"
    entries = list(_long(table, catalogue) if table.is_long else _wide(table, catalogue))
    known, unknown = ([entry for entry in entries if (UNKNOWN in entry) is is_open] for is_open in (False, True))
    counts = [entry.partition("measure:")[2] for entry in known]
    again = [entry for number, entry in enumerate(known) if counts[number] in counts[:number]]
    yield from (entry for entry in known if entry not in again)
    message = "These would count the same again: give ages or sex, choose another measure, or leave them out."
    yield from _left_out(again, say(message))
    message = "Not in the catalogue by its name: choose a measure, or leave it out."
    yield from _left_out(unknown, say(message))
    if shares := [column.name for column in table.columns if column.role == "share"]:
        yield from _comment(say("Shares, not taken: they follow from counts. {columns}", columns="; ".join(shares)))


def _left_out(entries: Sequence[str], why: str) -> Iterator[str]:
    if entries:
        yield from _comment(why)
        yield from (f"# {entry}" for entry in entries)


def _wide(table: Table, catalogue: Catalogue) -> Iterator[str]:
    for column in table.numbers:
        if YEAR.fullmatch(column.name):
            counted = counted_by(table.name_with_year, catalogue)
            yield _entry(column, counted, f", period: {{value: {column.name}-12-31}}")
        else:
            yield _entry(column, counted_by(column.name, catalogue))


def _long(table: Table, catalogue: Catalogue) -> Iterator[str]:
    """Write an entry for each combination of categories."""
    (number,) = table.numbers
    categories = [column for column in table.columns if column.role == "category"]
    combinations = list(dict.fromkeys(zip(*(column.cells for column in categories), strict=True)))
    for combination in combinations[:MANY_ENTRIES]:
        where = {column.name: cell for column, cell in zip(categories, combination, strict=True)}
        counted = counted_by(" ".join([*combination, number.name]), catalogue)
        said = ", ".join(f"{_quoted(name)}: {_quoted(cell)}" for name, cell in where.items())
        yield _entry(number, counted, f", where: {{{said}}}")


def _entry(column: Column, counted: Counted, more: str = "") -> str:
    ages = f", age: {counted.age}" if counted.age else ""
    sex = f", sex: {counted.sex}" if counted.sex else ""
    return f"  - {{column: {_quoted(column.name)}, measure: {counted.measure or UNKNOWN}{ages}{sex}{more}}}"
