"""The patterns of plain language keep its rules: short, one statement each, no clause, no abbreviation, no genitive chain."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from sozialanalyse.catalogue import shipped
from sozialanalyse.findings import plain
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from sozialanalyse.catalogue import Indicator
    from sozialanalyse.language import LanguageCode

MOST_WORDS = 12
LONGEST_WORD = {"de": 21, "en": 14}
"""Letters of the longest word; compounds that name the thing itself stand in :data:`KNOWN`."""

KNOWN = {
    "Schwerbehindertenausweis",
    "Alleinerziehenden",
    "Schwerbehinderung",
    "Migrationshintergrund",
    "eingeschränkter",
}

INDICATORS = shipped().indicators
NO_CLAUSES = {
    "de": r",|;|:|\b(?:weil|dass|obwohl|wenn|damit|während|sodass|wobei|welche[rnms]?|ob)\b",
    "en": r",(?!\d)|;|:|\b(?:which|that (?!is)|because|although|while|whether|who|whose)\b",
}
NO_ABBREVIATIONS = r"\b[A-ZÄÖÜ]{2,}\b|\b\w{1,4}\.(?= )|%|§|\bbzw\b|\bz\. ?B\b"
NO_GENITIVES = r"\b(?:des|der) [A-ZÄÖÜ]\w+ (?:des|der) "
NO_PASSIVE_OR_SUBJUNCTIVE = {
    "de": r"\b(?:wurden?|würden?|wäre|hätte|könnte|sei|werden)\b",
    "en": r"\b(?:would|could|might|been)\b",
}
NO_NEGATIVE_PREFIX = {"de": r"(?i)Signifikan|Indikator|Quote|Prozent|statistisch|Intervall|Median",
                      "en": r"(?i)significan|indicator|rate\b|per cent|statistic|interval|median"}  # fmt: skip


def patterns(language: LanguageCode) -> list[str]:
    """All sentences, with their places for words still open."""
    words = Language(language)
    single = [words.text(message) for message in plain.SENTENCE_MESSAGES.values()]
    pairs = (plain.AREAS_ABOVE_SIGNS, plain.AREAS_BELOW_SIGNS, plain.AREAS_AROUND_SIGNS, plain.AREAS_WITHOUT_SIGNS)
    counted = [
        words.plural(*pair, count, town="X").replace(str(count), "{count}") for pair in pairs for count in (1, 6)
    ]
    return single + counted


@cache
def with_words(language: LanguageCode) -> list[str]:
    """All sentences about all indicators: what the catalogue says plainly is put in."""
    found = []
    for pattern in patterns(language):
        for entry in INDICATORS:
            assert entry.said is not None
            if "{among}" in pattern and pattern not in amounts(entry, language):
                continue
            said = {name: getattr(getattr(entry.said, name), language) for name in ("topic", "among")}
            text = pattern.replace("{topic}", said["topic"]).replace("{among}", said["among"])
            found.append(re.sub(r"\{\w+\}", "X", text))
    return sorted(set(found))


def amounts(entry: Indicator, language: LanguageCode) -> set[str]:
    """Sentences in which a value of an indicator is said."""
    names = {
        "proportion": ("share",),
        "ratio": ("ratio",),
        "rate": ("ratio",),
        "count": ("counted",),
        "mean": ("mean",),
    }
    return {Language(language).text(plain.SENTENCE_MESSAGES[name]) for name in names[entry.kind]}


LANGUAGES: tuple[LanguageCode, ...] = ("de", "en")


@pytest.mark.parametrize("language", LANGUAGES)
class TestEverySentence:
    def test_is_short(self, language):
        assert [text for text in with_words(language) if len(text.split()) > MOST_WORDS] == []

    def test_is_one_sentence_without_clauses(self, language):
        assert [text for text in with_words(language) if re.search(NO_CLAUSES[language], text)] == []
        assert [text for text in with_words(language) if text.count(".") != 1 or not text.endswith(".")] == []

    def test_has_no_abbreviation_and_no_sign(self, language):
        plain_text = [text.replace("X", "") for text in with_words(language)]
        assert [text for text in plain_text if re.search(NO_ABBREVIATIONS, text)] == []

    def test_has_no_chain_of_genitives(self, language):
        assert [text for text in with_words(language) if re.search(NO_GENITIVES, text)] == []

    def test_is_active_and_in_the_indicative(self, language):
        assert [text for text in with_words(language) if re.search(NO_PASSIVE_OR_SUBJUNCTIVE[language], text)] == []

    def test_has_no_word_of_statistics(self, language):
        assert [text for text in with_words(language) if re.search(NO_NEGATIVE_PREFIX[language], text)] == []

    def test_has_no_long_word(self, language):
        words = {word.strip(".") for text in with_words(language) for word in text.split()}
        assert {word for word in words if len(word) > LONGEST_WORD[language]} - KNOWN == set()

    def test_promises_no_more_than_it_is(self, language):
        assert [text for text in with_words(language) if "Leicht" in text] == []


def test_every_indicator_has_plain_words():
    assert [entry.id for entry in INDICATORS if entry.said is None] == []
