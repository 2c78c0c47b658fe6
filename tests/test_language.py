"""What readers see: German numbers and dates by default, English on request."""

from __future__ import annotations

import datetime as dt
import locale
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.catalogue import Text
from sozialanalyse.errors import UsageError
from sozialanalyse.language import EN_DASH, MINUS, NO_BREAK_SPACE, Language, rounded

GERMAN, ENGLISH = Language("de"), Language("en")


def plain(text: str) -> str:
    """Write no-break spaces and minus signs as one types them."""
    return text.replace(NO_BREAK_SPACE, "_").replace(MINUS, "-")


@pytest.mark.parametrize(
    ("value", "decimals", "german", "english"),
    [
        (0, 0, "0", "0"),
        (999, 0, "999", "999"),
        (1000, 0, "1.000", "1,000"),
        (1234.5, 1, "1.234,5", "1,234.5"),
        (1234567, 0, "1.234.567", "1,234,567"),
        (4.3, 1, "4,3", "4.3"),
        (4, 1, "4,0", "4.0"),
        (-1234.5, 1, "-1.234,5", "-1,234.5"),
        (-0.04, 1, "0,0", "0.0"),  # no minus before a zero
        (0.25, 1, "0,3", "0.3"),  # halves away from zero
        (0.35, 1, "0,4", "0.4"),
        (-0.25, 1, "-0,3", "-0.3"),
        (2.5, 0, "3", "3"),
        (3.5, 0, "4", "4"),
        (4.35, 1, "4,4", "4.4"),
        (4.349999, 1, "4,3", "4.3"),
        (1.005, 2, "1,01", "1.01"),
        (999.95, 1, "1.000,0", "1,000.0"),
    ],
)
def test_numbers(value, decimals, german, english):
    assert plain(GERMAN.number(value, decimals)) == german
    assert plain(ENGLISH.number(value, decimals)) == english


@pytest.mark.parametrize("value", [None, float("nan")])
def test_where_there_is_no_number_stands_a_dash(value):
    assert GERMAN.number(value) == GERMAN.percent(value) == EN_DASH


def test_negative_numbers_have_a_minus_and_no_hyphen():
    assert GERMAN.number(-3) == "\N{MINUS SIGN}3"


def test_per_cent():
    assert GERMAN.percent(4.3) == "4,3\N{NO-BREAK SPACE}%"
    assert ENGLISH.percent(4.3) == "4.3%"
    assert plain(GERMAN.percent(12.25)) == "12,3_%"
    assert plain(GERMAN.percent(100, 0)) == "100_%"


@pytest.mark.parametrize("date", [dt.date(2013, 12, 31), dt.datetime(2013, 12, 31, 12), pd.Timestamp("2013-12-31")])  # noqa: DTZ001
def test_dates(date):
    assert GERMAN.date(date) == "31.12.2013"
    assert plain(ENGLISH.date(date)) == "31_December_2013"


def test_short_dates_and_none():
    assert GERMAN.date(dt.date(2014, 1, 5)) == "05.01.2014"
    assert plain(ENGLISH.date(dt.date(2014, 3, 5))) == "5_March_2014"
    assert GERMAN.date(pd.NaT) == EN_DASH


def test_the_months_are_english_whatever_the_machine_speaks():
    found = locale.setlocale(locale.LC_TIME)
    try:
        for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C"):
            try:
                locale.setlocale(locale.LC_TIME, name)
            except locale.Error:
                continue
            assert plain(ENGLISH.date(dt.date(2014, 3, 5))) == "5_March_2014"
    finally:
        locale.setlocale(locale.LC_TIME, found)


@given(st.integers(-(10**9), 10**9), st.integers(0, 3))
def test_rounding_is_that_of_the_digits_shown(thousandths, decimals):
    exact = Fraction(thousandths, 1000)
    half_up = (abs(exact) * 10**decimals + Fraction(1, 2)).__floor__() / 10**decimals
    assert rounded(float(exact), decimals) == (half_up if exact > 0 else -half_up)


def test_both_texts():
    both = Text(de="Gebiete", en="areas")
    assert (GERMAN.of(both), ENGLISH.of(both)) == ("Gebiete", "areas")


@pytest.mark.parametrize(
    ("items", "german"), [([], ""), (["Nord"], "Nord"), (["Nord", "Süd"], "Nord und Süd"), (list("abc"), "a, b und c")]
)
def test_listings(items, german):
    assert GERMAN.listing(items) == german
    assert ENGLISH.listing(items) == german.replace("und", "and")


def test_messages_are_translated_and_filled():
    assert GERMAN.text("the area has no id") == "das Gebiet hat keine Nummer"
    assert ENGLISH.text("the area has no id") == "the area has no id"
    assert GERMAN.text("no translation of {what}", what="this") == "no translation of this"


def test_values_are_no_templates_and_may_be_called_like_our_parameters():
    assert ENGLISH.text("{name}", name="{0}") == "{0}"
    assert ENGLISH.text("{message}", message="x") == "x"


def test_plurals():
    words = "For {count} area there is no value.", "For {count} areas there is no value."
    assert ENGLISH.plural(*words, 1) == "For 1 area there is no value."
    assert ENGLISH.plural(*words, 1200) == "For 1,200 areas there is no value."


def test_other_languages_are_not_known():
    with pytest.raises(UsageError, match="unknown language 'fr'; did you mean: de, en"):
        Language("fr")
