"""The shape of an unknown table: where its names stand, where its numbers begin, and where notes follow.

Guesses, each to be checked by whoever knows the delivery; nothing here decides what a number means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Grid = list[list[str]]
"""The cells of a table as text, empty ones included, each row of the same length."""

MARKS = ("-", "–", ".", "...", "…", "/", "x", "X", "*", "k.A.", "k. A.")
"""What stands in place of a number in German deliveries."""

NUMBER = re.compile(
    r"[+\-−]?\s?\d[\d.,'    ]*(?:\s?(?:\d?\*{0,3}\)|\*{1,3}|[erps]|[a-z]\)|[¹²³⁴⁵⁶⁷⁸⁹][⁾)]?))?|\(\d[\d.,]*\)"
)
"""A number as people write it, with a footnote sign or a flag stuck to it."""

YEAR = re.compile(r"(?:19|20)\d\d")

PROBE = 5
"""So many rows below the first one must look like data too."""

SHORT = 24
"""So many characters of a note's beginning are enough to find it again."""


@dataclass(frozen=True)
class Shape:
    """Where a table stands in a file; rows counted from 1.

    Parameters
    ----------
    header
        Rows of the column names, at least one.
    first_row, last_row
        Rows of data.
    ends_before
        Beginning of the note below the data, or None where they end with the file.
    """

    header: tuple[int, ...]
    first_row: int
    last_row: int
    ends_before: str | None


def find_shape(grid: Grid) -> Shape | None:
    """Find the table in a grid of cells; None where no row of names stands above rows of numbers.

    Examples
    --------
    >>> find_shape([["Title", ""], ["Area", "People"], ["01", "120"], ["02", "80"], ["Source: register", ""]])
    Shape(header=(2,), first_row=3, last_row=4, ends_before='Source: register')
    """
    data = [_is_data(row) for row in grid]
    first = next((number for number, here in enumerate(data) if here and _goes_on(data, number)), None)
    if first is None:
        return None
    header = _header_above(grid, first)
    if header is None:
        return None
    last = max(number for number, here in enumerate(data) if here)
    note = next((row for row in grid[last + 1 :] if any(row)), None)
    begins = None if note is None else note[0][:SHORT]
    return Shape(tuple(number + 1 for number in header), first + 1, last + 1, begins)


def is_number(cell: str) -> bool:
    """Tell whether a cell looks like a number, whatever its separators."""
    return NUMBER.fullmatch(cell) is not None


def _is_data(row: Sequence[str]) -> bool:
    """Tell whether a row looks like data: something that names it, and numbers or marks in most other cells."""
    filled = [cell for cell in row if cell]
    numbers = [cell for cell in filled if is_number(cell)]
    marks = [cell for cell in filled if cell in MARKS]
    if not numbers or len(filled) < 2 or _are_years(filled[1:]):
        return False
    # A long table has several columns of categories and one of numbers.
    return len(numbers) + len(marks) >= 0.4 * len(filled) or is_number(filled[-1])


def _are_years(cells: Sequence[str]) -> bool:
    """Tell whether cells are nothing but rising years: names of columns, not counts."""
    years = [int(cell) for cell in cells if YEAR.fullmatch(cell)]
    return len(years) == len(cells) > 1 and years == sorted(set(years))


def _goes_on(data: Sequence[bool], first: int) -> bool:
    below = data[first + 1 : first + 1 + PROBE]
    return sum(below) >= 0.5 * len(below)


def _header_above(grid: Grid, first: int) -> tuple[int, ...] | None:
    """Choose the row of names: of the well filled rows above the data the one with the shortest names.

    Long definitions often stand between the names and the data, groups of columns above them.
    """
    width = max(sum(1 for cell in row if cell) for row in grid[first : first + 1 + PROBE])
    full = [number for number in range(first) if sum(1 for cell in grid[number] if cell) >= 0.6 * width]
    if not full:
        return None
    names = min(full, key=lambda number: (_mean_length(grid[number]), -number))
    above = names - 1
    has_groups = above >= 0 and sum(1 for cell in grid[above] if cell) > 1
    return (above, names) if has_groups else (names,)


def _mean_length(row: Sequence[str]) -> float:
    filled = [len(cell) for cell in row if cell]
    return sum(filled) / len(filled)
