"""Every indicator of the shipped catalogue can be spoken of in every state, in right German and English.

Literal sentences for a representative dozen; rules, as regular expressions, for all.
"""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from sozialanalyse import trends
from sozialanalyse.catalogue import shipped
from sozialanalyse.findings import plain, summary, words
from sozialanalyse.findings.display import NOTHING
from sozialanalyse.language import without_keys
from sozialanalyse.town import Town
from sozialanalyse.view import View

if TYPE_CHECKING:
    from sozialanalyse.language import LanguageCode

GROUP_OF = {name: group.id for group in shipped().target_groups for name in group.indicators}
INDICATORS = {entry.id: entry for entry in shipped().indicators}
LANGUAGES = ("de", "en")

FIRST, LAST = pd.Timestamp("2013-12-31"), pd.Timestamp("2024-12-31")

RISE = {
    "finding": trends.RISING,
    "method": trends.COUNT_TREND,
    "reason": trends.SAME_PEOPLE,
    "points": 9,
    "p_value": 0.01,
}
STATES: dict[str, dict[str, Any]] = {
    "value": {"finding": trends.ONE_DATE, "method": trends.ONE_DATE, "reason": trends.ONLY_ONE, "change": float("nan")},
    "rise": {**RISE, "first_value": 4.2, "last_value": 5.5, "change": 1.3, "slope": 0.12},
    "fall": {**RISE, "finding": trends.FALLING, "first_value": 5.5, "last_value": 4.2, "change": -1.3, "slope": -0.12},
    "one more": {**RISE, "first_value": 1233.0, "last_value": 1234.0, "change": 1.0, "slope": 0.1},
    "no change": {**RISE, "finding": trends.NO_CLEAR_TREND, "first_value": 4.2, "last_value": 4.2, "change": 0.01,
                  "p_value": 0.7, "change_lower": -1.0, "change_upper": 1.0},
    "pair": {"finding": trends.NO_CLEAR_DIFFERENCE, "method": trends.TWO_DATES, "reason": trends.FEW_DATES, "points": 2},
    "suppressed": {"finding": trends.HIDDEN, "method": trends.HIDDEN, "reason": trends.HIDDEN, "last_value": float("nan"),
                   "first_value": float("nan"), "change": float("nan")},
    "missing": {"finding": trends.ONE_DATE, "method": trends.ONE_DATE, "reason": trends.ONLY_ONE, "change": float("nan"),
                "caveats": "broken"},
}  # fmt: skip
USUAL = {
    "area": "stadt", "level": "stadt", "period_kind": "stock", "first_start": FIRST, "first_end": FIRST, "last_start": LAST,
    "last_end": LAST, "first_value": 4.2, "last_value": 5.5, "change": 1.3, "change_lower": -0.4, "change_upper": 3.0,
    "slope": float("nan"), "p_value": float("nan"), "points": 1, "turning_point": pd.NaT, "broken": False,
    "converted": False, "reliability": "reliable", "caveats": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def views(musterstadt: Town) -> dict[tuple[str, str], View]:
    """A view of each target group in each language."""
    codes: tuple[LanguageCode, ...] = ("de", "en")
    return {
        (group, code): View(musterstadt, group, language=code) for group in set(GROUP_OF.values()) for code in codes
    }


def course(view: View, indicator: str, state: str) -> pd.Series:
    """A row of developments of the whole town in a state."""
    return pd.Series({**USUAL, **STATES[state], "indicator": indicator, "area": view.town.areas.root}, dtype=object)


def compared(view: View, indicator: str, **changed: Any) -> pd.Series:
    """A row of a comparison's summary: six areas, one of them without a value."""
    row = {
        "indicator": indicator, "period_kind": "stock", "period_start": LAST, "period_end": LAST, "mean": 4.8, "minimum": 2.1,
        "maximum": 1234.5, "areas": 5, "areas_in_level": 6, "above": 1, "below": 1, "around": 3, "town_value": 4.5,
        "value": 4.5, "lower": 4.4, "upper": 4.6, "numerator": 45.0, "denominator": 1000.0, "status": "number",
        "mark": None, "reliability": "reliable",
    }  # fmt: skip
    return pd.Series({**row, **changed}, dtype=object)


def said(view: View, indicator: str, state: str) -> list[str]:
    """All sentences about a development in a state."""
    row = course(view, indicator, state)
    five = summary.of_development(view, {indicator: row})
    return [
        text for text in (read(words.development_sentence(view, row)), *map(read, five), *plainly(view, row)) if text
    ]


def plainly(view: View, row: pd.Series) -> list[str]:
    """The plain sentences about a row, whichever indicator leads the target group."""
    return plain.development(view, pd.DataFrame([row])).text.replace("\u00a0", " ").splitlines()


def said_of_comparison(view: View, indicator: str, **changed: Any) -> list[str]:
    row = compared(view, indicator, **changed)
    five = summary.of_comparison(view, {indicator: row})
    comparison = type("Rows", (), {"summary": pd.DataFrame([row])})
    plain_ones = plain.comparison(view, comparison).text.replace("\u00a0", " ").splitlines()  # type: ignore[arg-type]
    return [read(words.comparison_sentence(view, row)), *map(read, five), *plain_ones]


def read(text: str) -> str:
    return without_keys(text).replace("\u00a0", " ")


@pytest.fixture(scope="module")
def everything(views: dict[tuple[str, str], View]) -> dict[tuple[str, str, str], list[str]]:
    """Every indicator in every state in both languages."""
    found = {}
    for name in INDICATORS:
        for language in LANGUAGES:
            view = views[GROUP_OF[name], language]
            for state in STATES:
                found[name, state, language] = said(view, name, state)
            found[name, "comparison", language] = said_of_comparison(view, name)
            hidden = {"minimum": float("nan"), "above": 0, "below": 0, "around": 0, "value": float("nan")}
            found[name, "hidden comparison", language] = said_of_comparison(view, name, **hidden)
    return found


def faults(everything: dict[tuple[str, str, str], list[str]], language: str, pattern: str) -> list[str]:
    """Sentences of a language in which a pattern occurs."""
    return [
        f"{name}, {state}: {sentence}"
        for (name, state, spoken), sentences in everything.items()
        for sentence in sentences
        if spoken == language and re.search(pattern, sentence)
    ]


NEVER = {
    "de": {
        "a decimal point": r"(?<!\d\.)(?<!\d)\d+\.\d{1,2}(?![\d.])",
        "per cent of a change": r"[+\u2212±][\d.,]+ %",
        "percentage points of a value": r"(?:auf|bei|Ø) [\d.,]+ Prozentpunkt",
        "one as many": r"(?<![\d.,])1 (?:Personen|Gebiete(?!n)|Lebensräume|Sozialräume|Stichtage)|In 1 Gebieten|Für 1 Gebiete",
        "several as one": r"(?<![\d.,])(?:[2-9]|\d{2,}) (?:Person|Gebiet|Lebensraum|Sozialraum|Stichtag)(?!\w)",
        "another language": r"\b(?:the|and|was|number|percentage|dates)\b",
    },
    "en": {
        "a decimal comma": r"(?<!\d,)(?<!\d)\d+,\d{1,2}(?![\d,])",
        "per cent of a change": r"[+\u2212±][\d.,]+%",
        "one as many": r"(?<![\d.,])1 (?:persons|areas|Lebensräume|dates)",
        "several as one": r"(?<![\d.,])(?:[2-9]|\d{2,}) (?:person|area|date)(?!\w)",
        "another language": r"\b(?:und|der|die|das|lag|Prozentpunkte|von|bei)\b",
    },
}
ALWAYS_WRONG = {
    "no number": r"\bnan\b|\bNone\b|\bNaT\b",
    "a place for a text": r"[{}]",
    "blanks": r"  | [,;.:](?!\d)|^ | $",
    "no end": r"[^.]$",
    "two ends": r"\.\.",
    "no beginning": r"^[a-zäöü]",
}


@pytest.mark.parametrize(("language", "what"), [(code, what) for code in LANGUAGES for what in NEVER[code]])
def test_what_is_never_written(everything: Any, language: str, what: str) -> None:
    assert faults(everything, language, NEVER[language][what]) == []


@pytest.mark.parametrize("what", ALWAYS_WRONG)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_in_both_languages(everything: Any, language: str, what: str) -> None:
    assert faults(everything, language, ALWAYS_WRONG[what]) == []


ARTICLES = {
    "anteil": "Der",
    "quotient": "Der",
    "bezug": "Der",
    "quote": "Die",
    "zahl": "Die",
    "armut": "Die",
    "fläche": "Die",
}
"""Article of each noun that an indicator's sentence begins with."""


@pytest.mark.parametrize("name", INDICATORS)
def test_each_indicator_begins_its_sentence_with_the_right_article_and_in_the_singular(name: str) -> None:
    said = INDICATORS[name].said
    assert said is not None, "say how sentences speak of it"
    article, noun = said.subject.de.split()[:2]
    if noun in {"unterstützten", "nicht"}:
        noun = "anteil"
    matching = [gender for ending, gender in ARTICLES.items() if noun.lower().endswith(ending)]
    assert matching == [article]
    assert said.subject.en.startswith("The ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_value_is_said_with_what_when_where_and_how_much(everything: Any, language: str) -> None:
    verb = {"de": r"(?:Der|Die|Das) .+ lag am 31\.12\.2024 in Musterstadt bei 5,5( %| je 1\.?\d*| m²)?\.|.* bei 6\.",
            "en": r"The .+ was 5\.5(%| per 1,?\d*| square metres)? in Musterstadt on 31 December 2024\.|.* was 6 in .*"}  # fmt: skip
    first = {
        name: sentences[1]
        for (name, state, spoken), sentences in everything.items()
        if (state, spoken) == ("rise", language)
    }
    assert {name: text for name, text in first.items() if not re.fullmatch(verb[language], text)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_changes_have_the_unit_of_changes(everything: Any, language: str) -> None:
    """Of per cent percentage points, of others the unit itself."""
    points = {"de": "Prozentpunkte", "en": "percentage points"}[language]
    for name, entry in INDICATORS.items():
        text = " ".join(everything[name, "fall", language])
        assert (points in text) == (entry.unit == "percent"), text


@pytest.mark.parametrize(
    ("state", "up", "down"), [("rise", True, False), ("fall", False, True), ("no change", False, False)]
)
def test_directions_are_those_of_the_numbers(everything: Any, state: str, up: bool, down: bool) -> None:
    for (name, found, language), sentences in everything.items():
        if found == state:
            text = " ".join(sentences)
            rising = r"höher|gestiegen|Anstieg|higher|risen|\brise\b"
            falling = r"niedriger|gesunken|Rückgang|lower|fallen|decline"
            assert (bool(re.search(rising, text)), bool(re.search(falling, text))) == (up, down), (name, language, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_confidential_values_no_number_is_said(everything: Any, language: str) -> None:
    for name, entry in INDICATORS.items():
        text = " ".join(everything[name, "suppressed", language]).replace(getattr(entry.label, language), "")
        assert entry.said is not None
        assert re.findall(r"\d+", text.replace(getattr(entry.said.topic, language), "")) == []


def test_neutral_indicators_are_not_judged(everything: Any) -> None:
    judging = (
        r"(?i)besser|schlechter|leider|erfreulich|gut\b|better|worse|unfortunately|problem|verbesser|verschlechter"
    )
    for language in LANGUAGES:
        assert faults(everything, language, judging) == []


DOZEN = [
    ("kinderarmut", "rise", "de", 1, "Die Kinderarmut (SGB II unter 15 Jahren) lag am 31.12.2024 in Musterstadt bei 5,5 %."),
    ("kinderarmut", "rise", "de", 2, "Der Wert ist um 1,3 Prozentpunkte höher als am 31.12.2013 (4,2 %)."),
    ("kinderarmut", "rise", "de", 3, "Über 9 Stichtage überwiegt der Anstieg, deutlicher, als durch Zufall zu erwarten wäre."),
    ("population", "one more", "de", 2, "Der Wert ist um 1 Person höher als am 31.12.2013 (1.233)."),
    ("youth_dependency_ratio", "fall", "de", 2, "Der Wert ist um 1,3 je 100 niedriger als am 31.12.2013 (5,5 je 100)."),
    ("living_space_per_resident", "fall", "de", 2, "Der Wert ist um 1,3 m² niedriger als am 31.12.2013 (5,5 m²)."),
    ("share_65plus", "no change", "de", 2, "Gerundet ist das ebenso viel wie am 31.12.2013 (4,2 %)."),
    ("share_65plus", "no change", "de", 3,
     "Über 9 Stichtage lässt sich keine überwiegende Richtung von Zufall unterscheiden."),
    ("foreign_share", "pair", "de", 3,
     "Das ist ein Vergleich zweier Stichtage und kein Trend: Der Unterschied lässt sich nicht von Zufall unterscheiden."),
    ("sgb2_quote", "value", "de", 2, "Es liegt nur ein Stichtag vor; über eine Entwicklung lässt sich nichts sagen."),
    ("sgb2_quote", "suppressed", "de", 0,
     "SGB-II-Quote: Werte sind geheim gehalten; eine Entwicklung lässt sich deshalb nicht angeben."),
    ("child_welfare_support_rate", "comparison", "de", 0,
     ("Hilfen zur Erziehung am 31.12.2024: Ø 4,5 je 1.000 (2,1\u20131.234,5), aus Summen, Spannweite über 5 Sozialräume. Für 1 "
     "Gebiet liegt kein Wert vor. Sozialräume (5): 1 erkennbar über dem Wert der Stadt, 1 erkennbar darunter, 3 ohne "
     "erkennbaren Unterschied.")),
    ("kinderarmut", "comparison", "de", 3,
     ("Sozialräume im Vergleich zum Wert der Stadt: 1 erkennbar darüber, 1 erkennbar darunter, 3 nicht von Zufall zu "
     "unterscheiden und 1 ohne Wert.")),
    ("kinderarmut", "rise", "en", 2, "The value is 1.3 percentage points higher than on 31 December 2013 (4.2%)."),
    ("kinderarmut", "hidden comparison", "en", 1, "Child poverty (SGB II under 15) on 31 December 2024: there is no value for the whole area."),
    ("kinderarmut", "hidden comparison", "en", 2, "There is no range, since values are kept confidential or missing."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "state", "language", "place", "expected"), DOZEN)
def test_a_dozen_word_for_word(
    everything: Any, name: str, state: str, language: str, place: int, expected: str
) -> None:
    assert everything[name, state, language][place] == expected


def test_what_a_town_adds_without_a_subject_is_named_in_quotation_marks(musterstadt: Town) -> None:
    entries = [entry.model_copy(update={"said": None}) for entry in musterstadt.catalogue.indicators]
    catalogue = musterstadt.catalogue.model_copy(update={"indicators": tuple(entries)})
    view = View(Town(dataclasses.replace(musterstadt.data, catalogue=catalogue)), "children")
    assert summary.subject(view, "kinderarmut") == "Der Wert des Indikators »Kinderarmut (SGB II unter 15 Jahren)«"
    assert NOTHING in plain.development(view, pd.DataFrame([course(view, "kinderarmut", "rise")])).metadata


def test_the_notebooks_say_plainly_what_they_are_called() -> None:
    """The heading promises Einfache Sprache, never Leichte Sprache, which only its readers can attest."""
    for file in (Path(__file__).parent.parent / "notebooks").glob("*.ipynb"):
        text = file.read_text(encoding="utf-8")
        assert "Leichte" not in text
        assert ("## In Einfacher Sprache" in text) == (file.stem in {"trend", "comparison", "profile"})
