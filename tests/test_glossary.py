"""One concept, one word: the glossary explains what the catalogue uses."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from sozialanalyse.amounts import STATES
from sozialanalyse.catalogue import Indicator, shipped
from sozialanalyse.catalogue.model import Direction, Kind
from sozialanalyse.periods import PERIOD_KINDS

GLOSSARY = Path(__file__).resolve().parent.parent / "GLOSSARY.md"

GERMAN = re.compile(
    r"sgb2(?:_quote)?|kinderarmut|grundsicherung_im_alter|grundsicherung_erwerbsminderung|hilfe_zur_pflege"
    r"|eingliederungshilfe|asylblg|arbeitslosenquote|pflegequote|schwerbehindertenquote"
)
"""The German institutions and statistics that identifiers may name."""

ENGLISH = """
    accessible age alone background bound care certificate child childcare children civil communities dependency
    disabilities disabled dwellings entry examined findings force foreign home household households housing in labour
    language leavers living lone long marks migration mobility not of old one own parent parents per person plus
    population private rate ratio receipt recipients resident school severely share space support supported supports
    term three to transfer under unemployed welfare with without young youth
"""
"""The words that identifiers are made of, beside numbers; whoever needs another adds it here, or to the glossary."""


@cache
def rows() -> list[tuple[str, str, str]]:
    """Return identifier, German word and meaning of every entry."""
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return [(re.match(r"`([^`]+)`", first)[1], german, meaning) for first, german, meaning in cells]


def explained() -> set[str]:
    return {identifier for identifier, _, _ in rows()}


def ids() -> list[str]:
    catalogue = shipped()
    return [entry.id for entry in (*catalogue.measures, *catalogue.indicators)]


def test_every_entry_has_identifier_german_word_and_meaning():
    assert len(rows()) >= 40
    assert all(german and meaning for _, german, meaning in rows())
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", identifier) for identifier in explained())


def test_one_concept_has_one_word():
    lines = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    first = [line.split("|")[1].strip() for line in lines]
    assert sorted(set(first)) == sorted(first)


@pytest.mark.parametrize("identifier", ids())
def test_german_names_in_identifiers_are_explained(identifier):
    assert {word.removesuffix("_quote") for word in GERMAN.findall(identifier)} <= {
        word.removesuffix("_quote") for word in explained()
    }


@pytest.mark.parametrize("identifier", ids())
def test_identifiers_are_made_of_known_words(identifier):
    rest = re.sub(r"\d+", " ", GERMAN.sub(" ", identifier)).replace("_", " ")
    assert set(rest.split()) <= set(ENGLISH.split())


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(get_args(Kind), id="kinds"),
        pytest.param(get_args(Direction), id="directions"),
        pytest.param(PERIOD_KINDS, id="periods"),
        pytest.param(STATES, id="states"),
        pytest.param([group.id for group in shipped().target_groups], id="target groups"),
    ],
)
def test_words_of_a_closed_list_are_explained(words):
    assert set(words) <= explained()


@pytest.mark.parametrize(
    "key",
    ["field", "tier", "numerator", "denominator", "direction", "bundled", "reading", "reference", "review", "unit"],
)
def test_keys_of_an_indicator_are_explained(key):
    assert key in Indicator.model_fields
    assert key in explained()


def test_target_groups_bear_the_name_that_readers_see():
    german = {identifier: word for identifier, word, _ in rows()}
    assert {group.id: group.label.de for group in shipped().target_groups} == {
        group.id: german[group.id] for group in shipped().target_groups
    }
