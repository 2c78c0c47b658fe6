"""Static texts: what stands on pages with a digit or a number word in it that is no result, in one small list.

All other numerals on a page have a key (:mod:`sozialanalyse.findings._keys`). So whoever attacks published pages takes the
keyed numbers and these texts away, and must find no digit left.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sozialanalyse.caveats import STANDING_CAVEATS
from sozialanalyse.language import Language, messages
from sozialanalyse.number_words import number_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.language import LanguageCode
    from sozialanalyse.loading.town_file import TownFile

MESSAGES = (
    "95 % interval",
    "Change with 95 % interval",
    "Difference with 95 % interval",
    "per 100",
    "per 1,000",
    "per 10,000",
    "{count} {level} in the order of their numbers; dot: value, line: 95 % interval.",
    "Dot plots: {areas} {level} in the order of their numbers, with 95 % intervals; indicators shown: {count}.",
    "{area}: value (line) and 95 % interval (band).",
    "{label} ({unit}), {level} in the order of their numbers: value (line) and 95 % interval (band).",
    "95 % limit",
    "99.8 % limit",
    "Between the curves a value may lie by chance alone if the area is like the town: dashed 95 %, full 99.8 %.",
    "{count} {level} in the order of their numbers; dot: rank of the value, line: the ranks that the area may have by chance alone (of all areas at once, 95 % confidence). The highest value has the first rank; that is no judgement.",
    "Possible ranks and classes by chance: of all areas at once, with 95 % confidence. The greatest need has the first rank.",
    "in {count} of {areas} areas chance leaves one class only, of all areas at once with 95 % confidence.",
    "Values of the {level} with 95 % intervals: {area}, {group}",
    "Mann-Kendall: test over all values of flows (p at most 0.05).",
    "Trend line: test over all values that allows for neighbouring years resembling each other, in stocks since mostly the same are counted again (p at most 0.05).",
    *(STANDING_CAVEATS[name] for name in ("registers", "comparisons", "discernible")),
)
"""Our messages with a digit of their own; a test finds those that are forgotten here. Those with number words are many, and
are looked for."""

OF_TOWN = (
    "name",
    "levels",
    "groupings",
    "population_base",
    "sources",
    "breaks",
    "leichte_sprache",
    "site",
    "consultation",
    "indices",
    "needs",
)
"""Parts of town.yml whose texts stand on pages."""

NO_TEXTS = {"site": {"logo", "colours", "url"}}
"""Parts of these that are no texts."""

_DIGIT = re.compile(r"\d")
_PARAGRAPHS = re.compile(r"\n\s*\n")
_LETTER = re.compile(r"[^\W\d_]")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def static_texts(catalogue: Catalogue, file: TownFile, language: LanguageCode) -> list[str]:
    """List the texts with a digit or a number word that pages take from messages, catalogue and town as they are.

    Parameters
    ----------
    catalogue, file
        Of the town: labels, definitions, notes, sources.
    language
        Of the pages.

    Returns
    -------
    list of str
        The longest first, so that none hides in another; messages are cut at their placeholders. A number alone is no
        static text.
    """
    with_digits = [part for message in MESSAGES for part in _PLACEHOLDER.split(Language(language).text(message))]
    declared = [catalogue.model_dump(mode="json"), file.model_dump(mode="json", include=set(OF_TOWN), exclude=NO_TEXTS)]
    found = {text for text in (*with_digits, *_texts(declared, language)) if _is_telling(text) and _LETTER.search(text)}
    return sorted(found | _spoken(language), key=lambda text: (-len(text), text))


def _is_telling(text: str) -> bool:
    """Whether a text holds a digit or a number word."""
    return _DIGIT.search(text) is not None or any(True for _ in number_words(text))


def _spoken(language: LanguageCode) -> set[str]:
    """Find what our messages say in number words; a word alone may stand nowhere."""
    parts = (part.strip(" .,;:()…–") for message in messages(language) for part in _PLACEHOLDER.split(message))
    return {part for part in parts if " " in part and not _DIGIT.search(part) and _is_telling(part)}


def _texts(declared: Any, language: LanguageCode) -> Iterator[str]:
    """Find all texts in a declaration; of those in both languages, the one that is asked for."""
    if isinstance(declared, str):
        yield declared
        yield from _PARAGRAPHS.split(declared)  # each stands by itself on a page
    elif isinstance(declared, dict):
        parts = [declared[language]] if {"de", "en"} <= set(declared) else declared.values()
        for part in parts:
            yield from _texts(part, language)
    elif isinstance(declared, (list, tuple)):
        for part in declared:
            yield from _texts(part, language)
