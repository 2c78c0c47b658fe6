"""Cells of a raw table as counts: read, multiplied, and added up where a count stands in several columns."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd

from sozialanalyse.loading.marks import CONFIDENTIAL, FREE, OF_STATE, RANK, Cell, read_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialanalyse.loading.mapping import Mapping, ValueColumn
    from sozialanalyse.loading.marks import Signs

FIELDS = ["value", *Cell._fields, "base"]


def read_cells(rows: pd.DataFrame, entry: ValueColumn, mapping: Mapping) -> pd.DataFrame:
    """Read what stands in the columns of an entry, each distinct text (or set of texts) once.

    Parameters
    ----------
    rows
        Rows of a raw table.
    entry, mapping
        As declared.

    Returns
    -------
    pandas.DataFrame
        With the index of the rows: ``value`` as delivered, empty where a mark stands; the fields of
        :class:`sozialanalyse.loading.marks.Cell`, the number multiplied by the factor; ``base``: to what the number is
        rounded, 0 where only the source says it.
    """
    signs = mapping.signs_of(entry)
    columns = list(entry.numbers)
    codes = rows.groupby(columns, sort=False).ngroup().to_numpy()
    distinct = rows[columns].drop_duplicates().itertuples(index=False, name=None)
    cells = pd.DataFrame([_row(texts, signs, entry, mapping) for texts in distinct], columns=FIELDS)
    return cells.take(codes).set_index(rows.index)


def _row(texts: Sequence[str], signs: Signs, entry: ValueColumn, mapping: Mapping) -> tuple[object, ...]:
    read = [read_cell(text, signs) for text in texts]
    bases = [_base(cell, entry, mapping) for cell in read]
    cells = [_scaled(cell, entry.factor) for cell in read]
    text = " + ".join(text for text, cell in zip(texts, cells, strict=True) if not cell.mark or cell.plain)
    cell = cells[0] if len(cells) == 1 else _sum(cells, bases)
    is_zero = cell.status == "zero"
    return ("0" if is_zero else "" if cell.status else text, *cell, sum(bases))


def _scaled(cell: Cell, factor: float) -> Cell:
    """Multiply by the factor, in decimal arithmetic: 1.1 thousands are 1100."""
    if not cell.plain or factor == 1:
        return cell
    return cell._replace(plain=f"{Decimal(cell.plain) * Decimal(repr(factor)).normalize():f}")


def _base(cell: Cell, entry: ValueColumn, mapping: Mapping) -> float:
    """To what a number is rounded: by the mapping, or to its last digit, where that is more than one.

    The 0 of the statistical offices is less than half a unit in the last digit, exactly none only where they write ``-``.
    """
    declared = float(mapping.rounded_to or 0)
    is_small = mapping.marks_of == "destatis" and bool(cell.plain) and Decimal(cell.plain) == 0
    if cell.status or not cell.plain or entry.share_of or not (entry.factor > 1 or is_small):
        return declared
    decimals = len(cell.plain.partition(".")[2])
    return max(declared, entry.factor * 10.0**-decimals)


def _sum(cells: Sequence[Cell], bases: Sequence[float]) -> Cell:
    """Add by the rules of the five states; the bounds of a hidden part are added to the numbers beside it.

    A hidden part without bounds of its own makes the upper bound infinite: those of the source are of one count.
    """
    if fixes := [cell.fix for cell in cells if not cell.plain and not cell.status]:
        return Cell(fix=" / ".join(dict.fromkeys(fix for fix in fixes if fix)))
    states = [cell.status for cell in cells]
    state = next((state for state in ("missing", "suppressed") if state in states), "")
    state = states[0] if set(states) in ({"not_applicable"}, {"zero"}) else state
    total = sum((Decimal(cell.plain) for cell in cells if cell.plain), Decimal(0))
    slack = sum(bases) / 2
    lows = [0.0 if math.isnan(cell.low) else cell.low for cell in cells]
    highs = [math.inf if math.isnan(cell.high) else cell.high for cell in cells if cell.status == "suppressed"]
    is_hidden = state == "suppressed"
    return Cell(
        plain="" if state and state != "zero" else f"{total:f}",
        status=state,
        mark=" ".join(dict.fromkeys(cell.mark for cell in cells if cell.mark)),
        footnote="; ".join(dict.fromkeys(cell.footnote for cell in cells if cell.footnote)),
        obs_status=OF_STATE[state] if state else min((cell.obs_status for cell in cells), key=RANK.__getitem__),
        conf_status=CONFIDENTIAL if is_hidden else FREE,
        low=max(0.0, float(total) + sum(lows) - slack) if is_hidden else math.nan,
        high=float(total) + sum(highs) + slack if is_hidden else math.nan,
    )
