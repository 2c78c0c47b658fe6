"""Phrases: how periods, changes and probabilities of error are written inside sentences, tables and charts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sozialanalyse.findings import _keys
from sozialanalyse.language import EN_DASH, MINUS, NO_BREAK_SPACE, key, keyed, rounded

if TYPE_CHECKING:
    import datetime as dt

    from sozialanalyse.view import View

SMALLEST_P = 0.001


def moment(view: View, kind: str, start: dt.date, end: dt.date) -> str:
    """Write a period as it stands behind a value: 31.12.2013; im Jahr 2013; im Schuljahr 2012/13.

    Parameters
    ----------
    view
        For whom.
    kind, start, end
        Columns ``period_kind, period_start, period_end`` of a result.
    """
    words = view.words
    if kind == "stock":
        return _keys.date(words, end)
    whole_years = (start.month, start.day, end.month, end.day) == (1, 1, 12, 31)
    if kind != "school_year" and not whole_years:
        return words.text("from {first} to {last}", first=_keys.date(words, start), last=_keys.date(words, end))
    first, last = (keyed(str(day.year), key("date", day)) for day in (start, end))
    if kind == "school_year":
        years = keyed(f"{start.year}/{end.year % 100:02}", key("period", start, end))
        return words.text("in the school year {years}", years=years)
    if start.year == end.year:
        return words.text("in {year}", year=last)
    return words.text("in the years {first} to {last}", first=first, last=last)


def at_time(view: View, kind: str, start: dt.date, end: dt.date) -> str:
    """Write a period as it stands in a sentence: am 31.12.2013; im Jahr 2013; see :func:`moment`."""
    written = moment(view, kind, start, end)
    return view.words.text("on {date}", date=written) if kind == "stock" else written


def change(view: View, indicator: str, value: float, decimals: int | None = None, *, key: str = "") -> str:
    """Write a change with sign and unit: +1,2 Prozentpunkte; with the decimals of the indicator, if not said otherwise."""
    decimals = view.decimals(indicator) if decimals is None else decimals
    return f"{signed(view, value, decimals, key=key)}{NO_BREAK_SPACE}{unit_of_change(view, indicator, value)}"


def unit_of_change(view: View, indicator: str, value: float) -> str:
    """Name the unit of a change: Prozentpunkte, never Prozent; of one person the singular."""
    unit = view.indicator(indicator).unit
    is_one = unit in _SINGLE_UNITS and rounded(abs(value), 0) == 1
    return view.words.text(_SINGLE_UNITS[unit] if is_one else _CHANGE_UNITS[unit])


def signed(view: View, value: float, decimals: int, *, key: str = "") -> str:
    """Write a difference with its sign; ± where nothing is left of it at these decimals."""
    sign = "±" if rounded(abs(value), decimals) == 0 else "+" if value > 0 else MINUS
    return keyed(f"{sign}{view.words.number(abs(value), decimals)}", key)


_SINGLE_UNITS = {"persons": "person"}
_CHANGE_UNITS = {
    "persons": "persons",
    "percent": "percentage points",
    "per_100": "per 100",
    "per_1000": "per 1,000",
    "per_10000": "per 10,000",
    "square_metres": "square metres",
}


def p_value(view: View, value: float, *, key: str = "") -> str:
    """Write a probability of error: p = 0,03, or p < 0,001 where it is smaller."""
    if math.isnan(value):
        return EN_DASH
    if value < SMALLEST_P:
        return keyed(f"p{NO_BREAK_SPACE}<{NO_BREAK_SPACE}{view.words.number(SMALLEST_P, 3)}", key)
    decimals = 3 if value < 0.01 else 2  # three digits where two would round to 0,00
    return keyed(f"p{NO_BREAK_SPACE}={NO_BREAK_SPACE}{view.words.number(value, decimals)}", key)
