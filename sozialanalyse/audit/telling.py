"""Telling: which numerals of a text are static, and which the keys of its element explain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sozialanalyse.audit.numerals import Numeral, Written, has_numeral, numerals, read_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialanalyse.audit.expected import Expected
    from sozialanalyse.language import LanguageCode

LETTERS = 1
"""So many letters a static text has at least: a bare number is no text that may stand anywhere."""

_MINUS = ("\u2212", "-")


class Static:
    """Removes texts that may stand anywhere.

    Parameters
    ----------
    texts
        Word for word; those without a numeral are of no use.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        plain = {" ".join(text.split()) for text in texts}
        useful = {text for text in plain if has_numeral(text) and sum(sign.isalpha() for sign in text) >= LETTERS}
        self._texts = sorted(useful, key=lambda text: (-len(text), text))

    def removed_from(self, text: str) -> str:
        """Take static texts out, the longest first, where they do not cut a word or a number."""
        rest = " ".join(text.split())
        for known in self._texts:
            if known in rest:
                rest = _whole(known).sub(" ", rest)
                if not has_numeral(rest):
                    break
        return rest


@lru_cache(maxsize=4096)
def _whole(text: str) -> re.Pattern[str]:
    """Find a text where it cuts neither a word nor a number."""
    return re.compile(rf"(?<![\w.,]){re.escape(text)}(?!\w|[.,]\d)")


@dataclass(frozen=True)
class Telling:
    """What the keys of one element tell.

    Parameters
    ----------
    words
        Numerals of dates and names.
    exact
        Numbers that were computed again; each may be said as often as one likes.
    ranged
        Numbers that are held to a range; each may be said once in a text.
    """

    words: frozenset[str]
    exact: tuple[Expected, ...]
    ranged: tuple[Expected, ...]

    def strange(self, text: str, language: LanguageCode) -> list[str]:
        """Find the numerals of a text that no key explains."""
        spare, strange = list(self.ranged), []
        for numeral in numerals(text):
            if all(part in self.words for part in parts_of(numeral.text)):
                continue
            written = _written_at(text, numeral, language)
            if written is not None and any(_allows(found, written) for found in self.exact):
                continue
            fitting = next((found for found in spare if written and _allows(found, written)), None)
            if fitting is None:
                strange.append(numeral.text)
            else:
                spare.remove(fitting)
        return strange


def parts_of(text: str) -> list[str]:
    """Cut a date or a name into its numerals."""
    return [part for numeral in numerals(text) for part in re.split(r"[.,]", numeral.text)]


def _written_at(text: str, numeral: Numeral, language: LanguageCode) -> Written | None:
    """Read a number in a text with the sign before it."""
    is_negative = text[: numeral.start].endswith(_MINUS) and not re.search(r"[\w)%] ?[\u2212-]$", text[: numeral.start])
    return read_number(("\u2212" if is_negative else "") + numeral.text, language)


def _allows(expected: Expected, written: Written) -> bool:
    """Whether a number may be what is expected; a sentence may give the size and say the direction."""
    opposite = Written(-written.value, written.decimals)
    return written.decimals <= expected.decimals and (fits(expected, written) or fits(expected, opposite))


def fits(expected: Expected, written: Written) -> bool:
    """Whether a number as it is written can be what is expected."""
    if expected.value is not None:
        return written.stands_for(expected.value)
    if expected.among:
        return any(written.stands_for(value) for value in expected.among)
    below = expected.least is not None and written.value + written.half < expected.least
    above = expected.greatest is not None and written.value - written.half > expected.greatest
    return not below and not above
