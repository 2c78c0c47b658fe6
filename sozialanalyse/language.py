"""The language of what readers see: messages by gettext, numbers and dates by Babel.

Message ids are English; ``locale/de`` holds the German. The catalogue is read as text at run time, so that what is
committed is what is used.

A written number can carry its key: what it is, as a statistic and the cell that it belongs to. Such a text is an ordinary
one with three signs of Unicode's private use in it, which pass through sentences and escaping untouched; what shows it
turns them into markup or takes them out (:mod:`sozialanalyse.findings.display`).
"""

from __future__ import annotations

import gettext
import io
import math
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args
from urllib.parse import quote

from sozialanalyse.errors import unknown

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

LanguageCode = Literal["de", "en"]
LANGUAGES: tuple[str, ...] = get_args(LanguageCode)

NO_BREAK_SPACE = "\u00a0"
EN_DASH = "\u2013"
MINUS = "\u2212"
NO_NUMBER = EN_DASH

_KEY_BEGINS, _TEXT_BEGINS, _TEXT_ENDS = "\ue000", "\ue001", "\ue002"
_SIGNS = f"[{_KEY_BEGINS}-{_TEXT_ENDS}]"
_NO_SIGN = f"[^{_KEY_BEGINS}-{_TEXT_ENDS}]"
KEYED = re.compile(f"{_KEY_BEGINS}({_NO_SIGN}*){_TEXT_BEGINS}({_NO_SIGN}*){_TEXT_ENDS}")
"""A keyed text: its key and what is read."""


class BothTexts(Protocol):
    """A text in both languages, as the catalogue and ``town.yml`` hold it."""

    @property
    def de(self) -> str:
        """German."""

    @property
    def en(self) -> str:
        """English."""


@dataclass(frozen=True)
class Language:
    """German or English for readers.

    Parameters
    ----------
    code
        ``de`` or ``en``.
    """

    code: LanguageCode = "de"

    def __post_init__(self) -> None:
        if self.code not in LANGUAGES:
            what = "language"
            raise unknown(what, self.code, LANGUAGES)

    def text(self, message: str, /, **values: Any) -> str:
        """Translate one of our messages and fill its placeholders."""
        translated = _translations(self.code).gettext(message)
        return translated.format(**values) if values else translated

    def plural(self, one: str, many: str, /, count: int, *, key: str = "", **values: Any) -> str:
        """Translate a message that depends on a number, given as ``{count}``, which may have a key."""
        translated = _translations(self.code).ngettext(one, many, count)
        return translated.format(count=keyed(self.number(count), key), **values)

    def of(self, both: BothTexts) -> str:
        """Choose this language's side of a text in both; nobody who writes one can give it keys."""
        return without_keys(str(getattr(both, self.code)))

    def number(self, value: float | None, decimals: int = 0) -> str:
        """Write a number: 1.234,5 in German, 1,234.5 in English; a dash where there is none.

        Halves are rounded away from zero, as people do, not to the even digit.
        """
        if value is None or math.isnan(value):
            return NO_NUMBER
        from babel.numbers import format_decimal  # noqa: PLC0415 - heavy

        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(rounded(value, decimals), pattern, locale=self.code).replace("-", MINUS)

    def percent(self, value: float | None, decimals: int = 1) -> str:
        """Write per cent with its sign: 4,3 % in German, 4.3% in English."""
        number = self.number(value, decimals)
        if number == NO_NUMBER:
            return number
        return f"{number}{NO_BREAK_SPACE}%" if self.code == "de" else f"{number}%"

    def date(self, value: dt.date | pd.Timestamp) -> str:
        """Write a date: 31.12.2013 in German, 31 December 2013 in English; a dash where there is none."""
        from babel.dates import format_date  # noqa: PLC0415 - heavy

        if str(value) == "NaT":
            return NO_NUMBER
        pattern = "dd.MM.y" if self.code == "de" else "d MMMM y"
        return format_date(value, pattern, locale=self.code).replace(" ", NO_BREAK_SPACE)

    def listing(self, items: list[str]) -> str:
        """Join items as a sentence does: a, b und c."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.text('and')} {items[-1]}"


def key(statistic: str, *parts: object) -> str:
    """Name what a number is: a statistic, and the parts that say of which cell.

    Parameters
    ----------
    statistic
        For example ``value`` or ``level_min``.
    parts
        Ids, numbers and days; of a time only its day counts.

    Returns
    -------
    str
        Parted by bars. Whatever an id holds, there is no blank, quote or bracket in it.

    Examples
    --------
    >>> key("value", "kinderarmut", "05", date(2011, 12, 31))
    'value|kinderarmut|05|2011-12-31'
    >>> key("area", "A|1 <b>")
    'area|A%7C1%20%3Cb%3E'
    """
    return "|".join([statistic, *(quote(_part(part), safe="") for part in parts)])


def _part(part: object) -> str:
    """Write a part of a key; a day as ISO 8601 does."""
    return str(part)[:10] if isinstance(part, date) else str(part)


def keyed(text: str, key: str) -> str:
    """Give a written number its key; without a key, and where there is no number, the text stays as it is."""
    text = without_keys(text)
    return f"{_KEY_BEGINS}{key}{_TEXT_BEGINS}{text}{_TEXT_ENDS}" if key and text != NO_NUMBER else text


def without_keys(text: str) -> str:
    """Read a text as people do.

    Examples
    --------
    >>> without_keys(f"Ø {keyed('4,3 %', 'value|x')}, p < 0,05")
    'Ø 4,3 %, p < 0,05'
    """
    return re.sub(_SIGNS, "", KEYED.sub(r"\2", str(text)))  # of markup the text, lest it be escaped twice


def keys_of(text: str) -> list[str]:
    """List the keys in a text in their order, each once."""
    return list(dict.fromkeys(found[1] for found in KEYED.finditer(text)))


def rounded(value: float, decimals: int) -> float:
    """Round halves away from zero, on the decimal digits that the number shows.

    Examples
    --------
    >>> rounded(0.25, 1), rounded(4.35, 1)
    (0.3, 4.4)
    """
    from decimal import ROUND_HALF_UP, Decimal  # noqa: PLC0415

    step = Decimal(1).scaleb(-decimals)
    return float(Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP)) + 0.0


@cache
def _translations(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    from babel.messages import mofile  # noqa: PLC0415 - heavy

    compiled = io.BytesIO()
    mofile.write_mo(compiled, _catalog(code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def _catalog(code: str) -> Any:
    from babel.messages import pofile  # noqa: PLC0415 - heavy

    source = resources.files("sozialanalyse") / "locale" / code / "LC_MESSAGES" / "sozialanalyse.po"
    with source.open("rb") as file:
        return pofile.read_po(file, locale=code)


def messages(code: LanguageCode) -> list[str]:
    """List all our messages as readers of a language get them, with their placeholders."""
    both = [(entry.id, entry.string) for entry in _catalog("de") if entry.id]
    chosen = [english if code == "en" else german for english, german in both]
    return [form for forms in chosen for form in ((forms,) if isinstance(forms, str) else forms)]
