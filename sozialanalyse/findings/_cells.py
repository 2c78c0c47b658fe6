"""Cells of tables: a value with the signs of its state and of estimates, its interval, and how it lies to the town."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from sozialanalyse import comparison as relations
from sozialanalyse.amounts import MISSING
from sozialanalyse.findings import _keys, signs, words
from sozialanalyse.findings._table import in_two_lines
from sozialanalyse.language import NO_NUMBER

if TYPE_CHECKING:
    from sozialanalyse.view import View

_RELATIONS = {
    relations.ABOVE: "above",
    relations.BELOW: "below",
    relations.AROUND: "not to be told apart",
    relations.UNKNOWN: "not tested",
}
"""Message ids of how an area lies to the town."""


def relation(view: View, row: pd.Series) -> str:
    """Say how an area lies to the town."""
    return view.words.text(_RELATIONS[row.relation])


def state(row: pd.Series) -> str:
    """State of a row; where a summary found none, nothing was delivered."""
    if _holds(row, "do_not_use"):
        return signs.UNCERTAIN
    return str(row.status) if pd.notna(row.status) else MISSING


def _holds(row: pd.Series, mark: str) -> bool:
    """Whether a row has a mark of :meth:`.Town.on_boundaries`; those of a town as delivered and empty ones have none."""
    return bool(row.get(mark, False)) and pd.notna(row[mark])


def value(view: View, row: pd.Series) -> str:
    """Write a value, with the sign of estimates where it is one, or the sign of its state."""
    status = state(row)
    text = words.value_of(view, row, status)
    if _holds(row, "interpolated"):
        return text if status in signs.MARKS else signs.converted(text)
    return signs.with_mark(text, row.get("mark"))


def value_with_remark(view: View, row: pd.Series) -> str:
    """Write a value, and under it what it cannot carry, if so."""
    remark = signs.reservation(view, row.get("reliability"))
    return in_two_lines(value(view, row), remark) if remark else value(view, row)


def interval(view: View, row: pd.Series) -> str:
    """Write the 95 % interval of a value; a dash where it has none."""
    prefix = "converted_" if _keys.value_of(row) == "converted" else ""
    limits = [
        view.amount(row.indicator, row.get(limit, math.nan), key=_keys.of_area(f"{prefix}{limit}", row))
        for limit in ("lower", "upper")
    ]
    return signs.span(*limits)


def value_over_interval(view: View, row: pd.Series) -> str:
    """Write a value, and its interval under it where it has one."""
    below = interval(view, row)
    return value(view, row) if below == NO_NUMBER else in_two_lines(value(view, row), below)
