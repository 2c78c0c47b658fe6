"""The language of what readers see: messages by gettext, numbers and dates by Babel.

Message ids are English; ``locale/de`` holds the German. The catalogue is read as text at run time, so that what is
committed is what is used.
"""

from __future__ import annotations

import gettext
import io
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

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

    def plural(self, one: str, many: str, /, count: int, **values: Any) -> str:
        """Translate a message that depends on a number, given as ``{count}``."""
        translated = _translations(self.code).ngettext(one, many, count)
        return translated.format(count=self.number(count), **values)

    def of(self, both: BothTexts) -> str:
        """Choose this language's side of a text in both."""
        return str(getattr(both, self.code))

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
    from babel.messages import mofile, pofile  # noqa: PLC0415 - heavy

    source = resources.files("sozialanalyse") / "locale" / code / "LC_MESSAGES" / "sozialanalyse.po"
    with source.open("rb") as file:
        catalog = pofile.read_po(file, locale=code)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
