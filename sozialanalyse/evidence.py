"""Evidence: what a result claims and what the claim rests on, as one small object from which sentences are made.

It knows no town and no language. Frames stay what is computed with; a row becomes evidence when something is to be said
about it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import pandas as pd

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

RISING, FALLING, NO_CLEAR_TREND = "rising", "falling", "no_clear_trend"
HIGHER, LOWER, NO_CLEAR_DIFFERENCE = "higher", "lower", "no_clear_difference"
ABOVE, BELOW, AROUND = "above", "below", "around"
UNTESTED, ONE_DATE, HIDDEN, UNKNOWN, OVERLAPPING = "untested", "one_date", "hidden", "unknown", "overlapping"

Claim = Literal[
    "rising",
    "falling",
    "no_clear_trend",
    "higher",
    "lower",
    "no_clear_difference",
    "above",
    "below",
    "around",
    "untested",
    "one_date",
    "hidden",
    "unknown",
    "overlapping",
    "better",
    "similar",
    "worse",
]
"""What may be claimed: of a course, of two dates or areas, of an area and a reference; or that nothing can be."""

Reference = Literal["", "town", "parent", "similar", "earlier", "mean", "area"]
"""With what a value is compared: nothing, a larger area, areas alike, an earlier date, a mean, another area."""

Grade = Literal["reliable", "limited", "indicative"]

CAVEATS: Final = {
    "same_people": "Values of neighbouring years count mostly the same people.",
    "persistence_assumed": (
        "How many of them remain from one year to the next is our assumption (a span), for which test and interval allow."
    ),
    "fragile": "Without a single one of these values this could no longer be told.",
    "broken": "Earlier values were counted in another way and are left out here.",
    "converted": "The first value is converted to today's areas: an estimate with a wide interval.",
    "converted_untested": "The first value is converted to today's areas: an estimate that takes no part in the test.",
    "within_bounds": "Some values are kept confidential; this holds for every value that they can have.",
    "few_points": "Nothing is said about the course in between.",
    "common_is_no_evidence": "The town's common change is no evidence about this area.",
    "no_effect": "The difference is arithmetic; it does not say where it comes from.",
    "areas_not_persons": "It compares areas; what holds between areas need not hold between the people in them.",
    "containing": "Areas of different levels: one may contain the other, so the difference is rather too small.",
}
"""Why a claim is to be read with care, by id; the texts are messages that the findings translate."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A claim and what it rests on.

    Attributes
    ----------
    claim
        One of :data:`Claim`.
    indicator, area, level
        Ids.
    first, last
        Ends of the first and the last period that it speaks of.
    size, lower, upper
        Change or difference in the indicator's unit, with 95 % interval.
    reference
        One of :data:`Reference`.
    method, reason
        How it was found, and why in this way (ids).
    p_value
        Two-sided, of the test; None where there was none.
    grade
        Reliability of the values behind it: the lowest of them.
    caveats
        Ids of :data:`CAVEATS`.

    Raises
    ------
    ValueError
        For a claim, reference, grade or caveat that is not known.
    """

    claim: str
    indicator: str
    area: str
    level: str
    first: dt.date | None = None
    last: dt.date | None = None
    size: float | None = None
    lower: float | None = None
    upper: float | None = None
    reference: str = ""
    method: str = ""
    reason: str = ""
    p_value: float | None = None
    grade: Grade | None = None
    caveats: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require("claim", self.claim, get_args(Claim))
        _require("reference", self.reference, get_args(Reference))
        if self.grade is not None:
            _require("grade", self.grade, get_args(Grade))
        for caveat in self.caveats:
            _require("caveat", caveat, tuple(CAVEATS))


def evidence(row: Any, columns: Mapping[str, str] | None = None, /, **constant: Any) -> Evidence:
    """Make evidence of a result row.

    Parameters
    ----------
    row
        A row of a result frame (a Series, or any mapping).
    columns
        For fields of :class:`Evidence` that stand in a column of another name, this name.
    constant
        Fields that are the same for every row of this verb, such as ``reference="earlier"``.

    Returns
    -------
    Evidence
        Fields without a column keep their defaults; NaN, NaT and empty grades become None. Caveats stand in their column as
        ids with blanks between.

    Examples
    --------
    >>> row = {"finding": "rising", "indicator": "x", "area": "a", "level": "quarter", "caveats": "fragile broken"}
    >>> made = evidence(row, {"claim": "finding"}, reference="earlier")
    >>> made.claim, made.caveats, made.size
    ('rising', ('fragile', 'broken'), None)
    """
    names = {entry.name: (columns or {}).get(entry.name, entry.name) for entry in fields(Evidence)}
    given = {field: row[name] for field, name in names.items() if field not in constant and name in row}
    return Evidence(**{field: _READ.get(field, _text)(cell) for field, cell in given.items()}, **constant)


def to_evidence(frame: pd.DataFrame, columns: Mapping[str, str] | None = None, /, **constant: Any) -> list[Evidence]:
    """Make evidence of every row of a result frame, in its order; see :func:`evidence`."""
    return [evidence(row, columns, **constant) for _, row in frame.iterrows()]


def _require(what: str, found: str, allowed: tuple[str, ...]) -> None:
    if found not in allowed:
        message = f"{what} is {found!r}, but must be one of {', '.join(map(repr, allowed))}"
        raise ValueError(message)


def _text(cell: Any) -> str:
    return "" if pd.isna(cell) else str(cell)


def _number(cell: Any) -> float | None:
    return None if pd.isna(cell) else float(cell)


def _date(cell: Any) -> dt.date | None:
    return None if pd.isna(cell) else pd.Timestamp(cell).date()


def _grade(cell: Any) -> str | None:
    return _text(cell) or None


def _caveats(cell: Any) -> tuple[str, ...]:
    return tuple(_text(cell).split())


_READ: Final[dict[str, Any]] = {
    "first": _date,
    "last": _date,
    **dict.fromkeys(("size", "lower", "upper", "p_value"), _number),
    "grade": _grade,
    "caveats": _caveats,
}
"""How the cell of each field is read; all others are texts."""
