"""Numbers as offices write them: decimal signs, separators of thousands, minus signs; and what was likely meant.

Nothing is guessed: a number is read in the one way that the mapping declares. What is no number in that way stays
none, and the likely declaration is named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DECIMALS = (".", ",")
THOUSANDS = ("", ".", ",", " ", "'")

_SAME = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2019": "'"})
"""No-break, narrow and thin blanks are blanks, the typographic minus a minus, the curved apostrophe one."""


def even(text: str) -> str:
    """Write the different blanks, minus signs and apostrophes in one way, without blanks around the text.

    Examples
    --------
    >>> even(" −1\u202f234 ")
    '-1 234'
    """
    return text.translate(_SAME).strip()


@dataclass(frozen=True)
class Notation:
    """How a delivery writes numbers.

    Parameters
    ----------
    decimal
        One of :data:`DECIMALS`.
    thousands
        One of :data:`THOUSANDS`, another than the decimal sign; a blank is any blank, narrow ones included.
    is_stated
        False where the planner said nothing of either: then 1.250, which may be a number of thousands, is none.
    """

    decimal: str = "."
    thousands: str = ""
    is_stated: bool = True

    @cached_property
    def _number(self) -> re.Pattern[str]:
        separator = re.escape(self.thousands)
        whole = rf"\d+|\d{{1,3}}(?:{separator}\d{{3}})+" if separator else r"\d+"
        return re.compile(rf"(-?) ?({whole})(?:{re.escape(self.decimal)}(\d+))?", re.ASCII)

    def plain(self, text: str) -> str:
        """Write a number with a point and without separators.

        Parameters
        ----------
        text
            As delivered. The minus may stand apart (``- 5``); thousands are grouped by three or not at all.

        Returns
        -------
        str
            Empty where the text is no number in this notation.

        Examples
        --------
        >>> Notation(",", ".").plain("1.234,5"), Notation(",", ".").plain("12.34")
        ('1234.5', '')
        """
        found = self._number.fullmatch(even(text))
        if not found or (not self.is_stated and is_two_ways(text)):
            return ""
        sign, whole, fraction = found.groups()
        digits = whole.replace(self.thousands, "") if self.thousands else whole
        return f"{sign}{digits}.{fraction}" if fraction else f"{sign}{digits}"

    def leading(self, text: str) -> str:
        """Return the longest beginning of a text that is a number; empty where none is."""
        text = even(text)
        ends = (end for end in range(len(text), 0, -1) if text[end - 1].isdigit() and self.plain(text[:end]))
        return text[: next(ends, 0)]

    @property
    def keys(self) -> dict[str, str]:
        """The keys of a mapping that declare this notation; a point for thousands says the decimal comma too."""
        decimal = {} if self.thousands == "." else {"decimal": self.decimal}
        return {**decimal, "thousands": self.thousands}


def other_notations(text: str, declared: Notation) -> list[str]:
    """Say by which declarations a text would be a number, the smallest changes first.

    Returns
    -------
    list of str
        Keys as they are written in a mapping.

    Examples
    --------
    >>> other_notations("1.250", Notation(is_stated=False))
    ['decimal: "."', 'thousands: "."']
    >>> other_notations("1.250", Notation()), other_notations("12,5", Notation())
    (['thousands: "."'], ['decimal: ","'])
    >>> other_notations("1,250", Notation())
    ['decimal: ","', 'thousands: ","']
    """
    text = even(text)
    if not declared.is_stated and is_two_ways(text):
        return ['decimal: "."', 'thousands: "."']
    changes = [
        {key: value for key, value in other.keys.items() if declared.keys.get(key) != value}
        for other in _candidates(text, declared)
        if other.plain(text) not in ("", declared.plain(text))
    ]
    fewest = min(map(len, changes), default=0)
    written = [", ".join(f'{key}: "{value}"' for key, value in change.items()) for change in changes]
    return sorted({text for text, change in zip(written, changes, strict=True) if len(change) == fewest})


def _candidates(text: str, declared: Notation) -> Iterator[Notation]:
    """Yield the notations whose signs stand in a text; one that does not stays as it is declared."""
    for decimal in DECIMALS:
        for sign in THOUSANDS:
            is_decimal = decimal in text or decimal == declared.decimal or sign == "."
            is_thousands = sign in text or sign == declared.thousands
            if sign != decimal and is_decimal and is_thousands:
                yield Notation(decimal, sign)


def is_two_ways(text: str) -> bool:
    """Tell whether a text reads as a number of thousands and as one of three decimals.

    Examples
    --------
    >>> is_two_ways("1.250"), is_two_ways("0.125"), is_two_ways("1.25")
    (True, False, False)
    """
    return bool(re.fullmatch(r"-? ?[1-9]\d{0,2}\.\d{3}", even(text), re.ASCII))
