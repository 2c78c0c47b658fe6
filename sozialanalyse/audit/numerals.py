"""Numerals in text: where they stand, and which number is written.

What counts as a numeral is wider than digits: a superscript or a fraction sign tells a number, too.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from sozialanalyse.number_words import number_words

if TYPE_CHECKING:
    from sozialanalyse.language import LanguageCode

SEPARATORS = {"de": (".", ","), "en": (",", ".")}
"""What stands between thousands and before decimals."""

_SPACES = "\u00a0\u202f "
_NUMBERS = {
    language: re.compile(
        rf"(?P<p>p[{_SPACES}]?(?P<limit>[=<])[{_SPACES}]?)?(?P<sign>[+\u2212±-]?)"
        rf"(?P<whole>\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)(?:{point}(?P<decimals>\d+))?[{_SPACES}]?%?",
        re.ASCII,
    )
    for language, (thousands, point) in ((name, map(re.escape, signs)) for name, signs in SEPARATORS.items())
}
"""How a number is written, with its sign and its unit."""

_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")
_UNIT = re.compile(r"(?<=m)[\u00b2\u00b3]")
"""Square metres count nothing."""


class Numeral(NamedTuple):
    """A numeral and where it begins."""

    start: int
    text: str


@dataclass(frozen=True)
class Written:
    """A number as it is written.

    Parameters
    ----------
    value
        What stands there.
    decimals
        How many digits stand after the decimal sign.
    is_limit
        It is said to be below that (p < 0.001).
    """

    value: Fraction
    decimals: int
    is_limit: bool = False

    @property
    def half(self) -> Fraction:
        """By how much the true value may differ."""
        return Fraction(1, 2 * 10**self.decimals)

    def stands_for(self, value: Fraction) -> bool:
        """Whether a value is written like this; a tie may have gone either way.

        Examples
        --------
        >>> (
        ...     Written(Fraction("4.3"), 1).stands_for(Fraction("4.25")),
        ...     Written(Fraction("4.3"), 1).stands_for(Fraction("4.2")),
        ... )
        (True, False)
        """
        half = 0.5 / 10**self.decimals
        # Whole numbers decide, as fractions are slow; most numbers are far apart.
        if abs(float(self.value) - float(value)) > 2 * half + 1e-12 * abs(float(value)):
            return False
        (up, down), (over, under) = self.value.as_integer_ratio(), value.as_integer_ratio()
        return abs(up * under - over * down) * 2 * 10 ** (self.decimals + 9) <= down * under * (10**9 + 1)


def numerals(text: str) -> list[Numeral]:
    """Find every numeral of a text, number words among them.

    Examples
    --------
    >>> [numeral.text for numeral in numerals("4,3 % von 1.200 m²; ½, dreizehn")]
    ['4,3', '1.200', '½', 'dreizehn']
    """
    plain = _UNIT.sub("m", text)
    found = [Numeral(match.start(), match.group()) for match in _NUMERAL.finditer(plain)]
    if not plain.isascii():
        found += [
            Numeral(place, sign)
            for place, sign in enumerate(plain)
            if not sign.isascii() and not sign.isdecimal() and unicodedata.numeric(sign, None) is not None
        ]
    found += [Numeral(place, word) for place, word in number_words(plain)]
    return sorted(found)


def has_numeral(text: str) -> bool:
    """Whether a text holds a numeral."""
    return has_digit(text) or next(number_words(text), None) is not None


def has_digit(text: str) -> bool:
    """Whether a text holds a numeral that is no word."""
    return any(sign.isnumeric() for sign in _UNIT.sub("m", text))


def read_number(text: str, language: LanguageCode) -> Written | None:
    """Read the one number of a mark.

    Parameters
    ----------
    text
        A number as the language writes it, with at most a sign, a per cent sign, ``p =`` or ``p <``.
    language
        ``de`` or ``en``.

    Returns
    -------
    Written
        None where the text is anything else.

    Examples
    --------
    >>> read_number("1.234,5 %", "de")
    Written(value=Fraction(2469, 2), decimals=1, is_limit=False)
    >>> read_number("1.234,5 %", "en") is None
    True
    """
    found = _NUMBERS[language].fullmatch(text.strip(_SPACES))
    if found is None:
        return None
    whole = re.sub(r"\D", "", found["whole"])
    decimals = found["decimals"] or ""
    value = Fraction(int(whole + decimals), 10 ** len(decimals))
    return Written(-value if found["sign"] in ("\u2212", "-") else value, len(decimals), found["limit"] == "<")
