"""Periods: what time a count speaks of.

A stock stands at one date, a flow covers a span, a school year runs from 1 August to 31 July. Numerator and
denominator each keep their own; the year in a file's name is none of them.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal, get_args

PeriodKind = Literal["stock", "flow", "school_year", "window"]
PERIOD_KINDS: tuple[str, ...] = get_args(PeriodKind)

DAYS_PER_YEAR = 365.2425
"""Mean length of a year of the Gregorian calendar; turns real dates into years for slopes."""

_YEAR = r"[0-9]{4}"
_DATE = rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A span of time with both ends included; a stock has its date as start and end."""

    start: dt.date
    end: dt.date
    kind: PeriodKind

    def __post_init__(self) -> None:
        if self.end < self.start:
            message = f"the period ends on {self.end}, before it starts on {self.start}"
            raise ValueError(message)


def parse_period(text: str, kind: PeriodKind) -> Period:
    """Read a period as it stands in a file.

    Parameters
    ----------
    text
        ``2011-12-31`` (a date), ``2011`` (a calendar year), ``2011/12`` (a school year) or ``2011-01-01/2011-12-31``.
    kind
        The kind of the measure that is counted.

    Raises
    ------
    ValueError
        When the text has none of these forms or does not fit the kind: a stock needs its reference date, since a bare
        year does not say on which day of it was counted; nor does it say in which of two school years.
        A flow of more or less than twelve months, whose rate could be compared with no other.

    Examples
    --------
    >>> parse_period("2011/12", "school_year").start
    datetime.date(2011, 8, 1)
    """
    start, end = _span(text.strip())
    if kind == "school_year" and re.fullmatch(_YEAR, text.strip()):
        message = f"'{text}' is a calendar year; a school year is written {start.year}/{(start.year + 1) % 100:02}"
        raise ValueError(message)
    if kind == "stock" and start != end:
        message = f"'{text}' is a span; a stock needs its reference date, for example {end.isoformat()}"
        raise ValueError(message)
    if kind != "stock" and start == end:
        message = f"'{text}' is one day; a {kind} needs a span, for example {start.year}"
        raise ValueError(message)
    period = Period(start, end, kind)
    if kind in {"flow", "school_year"} and not _is_one_year(start, end):
        message = f"'{text}' is not twelve months; a rate of a {kind} is one of a year"
        raise ValueError(message)
    return period


def _is_one_year(start: dt.date, end: dt.date) -> bool:
    """Say whether a span covers twelve months, wherever it begins."""
    after = end + dt.timedelta(days=1)
    return (after.year, after.month, after.day) == (start.year + 1, start.month, start.day)


def _span(text: str) -> tuple[dt.date, dt.date]:
    if re.fullmatch(_DATE, text):
        date = dt.date.fromisoformat(text)
        return date, date
    if re.fullmatch(rf"{_DATE}/{_DATE}", text):
        start, end = text.split("/")
        return dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    if re.fullmatch(_YEAR, text):
        return dt.date(int(text), 1, 1), dt.date(int(text), 12, 31)
    if school := re.fullmatch(rf"({_YEAR})/([0-9]{{2}})", text):
        first = int(school[1])
        if (first + 1) % 100 == int(school[2]):
            return dt.date(first, 8, 1), dt.date(first + 1, 7, 31)
    message = f"'{text}' is no period; write 2011-12-31, 2011, 2011/12 or 2011-01-01/2011-12-31"
    raise ValueError(message)


OPEN_AGE = 999
"""The upper end of an open age group such as 65+."""


def parse_ages(text: str) -> tuple[int, int]:
    """Read an age group: ``0-4``, ``85+``, ``7``; empty means all ages.

    Returns
    -------
    tuple
        First and last age in completed years, both included; :data:`OPEN_AGE` where there is no upper end.

    Raises
    ------
    ValueError
        When the text is no age group.

    Examples
    --------
    >>> parse_ages("65+"), parse_ages("0-4"), parse_ages("")
    ((65, 999), (0, 4), (0, 999))
    """
    text = text.strip()
    if not text:
        return 0, OPEN_AGE
    if match := re.fullmatch(r"([0-9]{1,3})(?:(\+)|-([0-9]{1,3}))?", text):
        first = int(match[1])
        last = OPEN_AGE if match[2] else int(match[3] or first)
        if first <= last:
            return first, last
    message = f"'{text}' is no age group; write 0-4, 85+, a single year, or nothing for all ages"
    raise ValueError(message)
