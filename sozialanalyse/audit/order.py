"""Order: the place of a hidden value among sorted ones tells between what it lies."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from sozialanalyse.audit.judging import Fault, Known
from sozialanalyse.audit.knowledge import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from sozialanalyse.audit.judging import Judge
    from sozialanalyse.audit.keys import Claim
    from sozialanalyse.audit.markup import Row

FEW = 3
"""Fewer rows have no order that tells anything."""


def faults_of_order(rows: Sequence[Row], judge: Judge) -> Iterator[Fault]:
    """Find an order of areas that neither their numbers nor published values explain.

    Parameters
    ----------
    rows
        Of one table; those whose first cell names an area count.
    judge
        Knows the published cells.
    """
    named = [(area, row) for row in rows if not row.is_foot and (area := _area_of(row, judge))]
    areas = [area for area, _ in named]
    if not areas or len(set(areas)) < len(areas):
        return
    columns = [_column(named, number, judge) for number in range(1, max(len(row.cells) for _, row in named))]
    yield from _faults_of_choice(named, judge)
    if len(areas) < FEW or _in_order_of_numbers(areas, judge):
        return
    if any(_explains(column, areas, judge) for column in columns):
        return
    hidden = (
        [area for area, values in zip(areas, zip(*columns, strict=True), strict=True) if None in values]
        if columns
        else []
    )
    if hidden:
        message = "the hidden value of the area {area} stands in its place among sorted ones"
        yield Fault(message, {"area": hidden[0]}, kind="order")
    else:
        message = "the areas stand neither in the order of their numbers nor of a published value: {areas}"
        yield Fault(message, {"areas": ", ".join(areas[:6])}, kind="order")


def _faults_of_choice(named: list[tuple[str, Row]], judge: Judge) -> Iterator[Fault]:
    """Find areas with a hidden value among some that were chosen: why else they would stand there is that value."""
    claims = [
        found.claim
        for _, row in named
        for keys in row.keys[1:]
        for key in keys
        if isinstance(found := judge.claim(key), Known)
    ]
    values = {(claim.parts["indicator"], claim.parts["end"]): claim for claim in claims if claim.statistic == "value"}
    areas = {area for area, _ in named}
    for claim in values.values():
        if not _is_choice(areas, claim, judge):
            continue
        for area in sorted(areas):
            figure = judge.lookup.figure(claim, area=area)
            if figure is not None and any(count.state == HIDDEN for count in figure.hidden):
                message = "the hidden area {area} stands among chosen ones, and nothing published says why"
                yield Fault(message, {"area": area}, kind="order")


def _is_choice(areas: set[str], claim: Claim, judge: Judge) -> bool:
    """Whether areas are only some of those of their level, in the town and in each area that holds them all."""
    known, figures = judge.figures.knowledge.areas, judge.figures
    level, *others = {known[area].level for area in areas}
    if others:
        return False
    above: set[str] = set()
    place: str | None = next(iter(areas))
    while place is not None:
        above.add(place)
        place = known[place].parent
    return not any(areas >= set(figures.members(within, level, claim.day())) for within in above if within not in areas)


def _area_of(row: Row, judge: Judge) -> str | None:
    """Find the area that a row is of."""
    for key in row.keys[0] if row.keys else []:
        found = judge.claim(key)
        if not isinstance(found, Fault) and found.claim.statistic == "area":
            return found.claim.parts["area"]
    words = row.cells[0].split() if row.cells else []
    return words[0] if words and words[0] in judge.figures.knowledge.areas else None


def _in_order_of_numbers(areas: list[str], judge: Judge) -> bool:
    """Whether areas stand in the order of their numbers, level by level or each below the one that it belongs to."""
    known = judge.figures.knowledge

    def way(area: str) -> list[str]:
        above = known.areas[area].parent
        return [*(way(above) if above else []), area]

    levels = {level: -number for number, level in enumerate(known.document.levels)}
    by_level: Any = [(levels.get(known.areas[area].level, 1), area) for area in areas]
    by_way = [way(area) for area in areas]
    return areas == sorted(areas) or by_level == sorted(by_level) or by_way == sorted(by_way)


def _column(named: list[tuple[str, Row]], number: int, judge: Judge) -> list[Fraction | None]:
    """Published values of a column; None where it shows none."""
    values: list[Fraction | None] = []
    for _, row in named:
        keys = row.keys[number] if number < len(row.keys) else []
        found = (judge.claim(key) for key in keys)
        values.append(
            next(
                (
                    entry.expected.value
                    for entry in found
                    if not isinstance(entry, Fault) and entry.expected.value is not None
                ),
                None,
            )
        )
    return values


def _explains(column: list[Fraction | None], areas: list[str], judge: Judge) -> bool:
    """Whether the rows stand in the order of a column, those without a value last or first, by their numbers."""
    known = [value for value in column if value is not None]
    if len(known) < 2:
        return False
    runs = [is_known for is_known, _ in itertools.groupby(column, key=lambda value: value is not None)]
    without = [area for area, value in zip(areas, column, strict=True) if value is None]
    in_order = known in (sorted(known), sorted(known, reverse=True))
    return in_order and len(runs) <= 2 and _in_order_of_numbers(without, judge)
