"""Columns of text: changed value by value, each distinct one once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from sozialanalyse.loading.mapping import Taken, TakenPeriod
    from sozialanalyse.loading.table_file import Where


def each(text: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Change each distinct text once."""
    return text.map({value: change(value) for value in text.unique()}).astype(object)


def has_values(table: pd.DataFrame, where: Where) -> pd.Series:
    """Tell for each row whether the named columns have the values that they may have."""
    chosen: pd.Series[bool] = pd.Series(True, index=table.index)  # noqa: FBT003 - the value, not a switch
    for column, wanted in where.items():
        chosen &= table[column].isin(wanted)
    return chosen


def without(table: pd.DataFrame, unless: Where) -> pd.DataFrame:
    """Leave out the rows in which any of the named columns has one of the values."""
    for column, unwanted in unless.items():
        table = table[~table[column].isin(unwanted)]
    return table


def around(text: pd.Series, pattern: str) -> pd.Series:
    """Put the text of a pattern around each value; nothing in a pattern but {} is replaced."""
    return each(text, lambda value: pattern.replace("{}", value))


def taken_from(rows: pd.DataFrame, taken: Taken) -> pd.Series:
    """Take what a mapping says: a column with the pattern around it, or the same value for all rows."""
    if taken.column is None:
        return pd.Series(taken.value, index=rows.index, dtype=object)
    return around(rows[taken.column], taken.pattern)


def periods_from(rows: pd.DataFrame, taken: TakenPeriod) -> pd.Series:
    """Take the periods, dates written like 2011-12-31; what is not in the declared format stays as it stands."""
    written = taken.format
    text = taken_from(rows, taken)
    return text if written is None else each(text, lambda value: _as_date(value, written))


def _as_date(text: str, written: str) -> str:
    """Read a date in a format; digits alone must fill it, lest 2011111 is read as one of two days."""
    try:
        found = dt.datetime.strptime(text, written).date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        return text
    is_exact = not text.isdigit() or found.strftime(written) == text
    return found.isoformat() if is_exact else text


def padded(text: pd.Series, width: int | None) -> pd.Series:
    """Give ids of digits back the zeros that they have lost."""
    return text if width is None else each(text, lambda value: value.zfill(width) if value.isdigit() else value)
