"""Numbers in the ways of offices: read as declared, refused otherwise, with the likely declaration."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.loading.numbers import Notation, other_notations

GERMAN, SWISS, BLANKS, PLAIN = Notation(",", "."), Notation(".", "'"), Notation(",", " "), Notation()


@pytest.mark.parametrize(
    ("notation", "text", "plain"),
    [
        (PLAIN, "1234", "1234"),
        (PLAIN, "12.5", "12.5"),
        (PLAIN, "007", "007"),
        (GERMAN, "1.234.567,25", "1234567.25"),
        (GERMAN, "1234567", "1234567"),
        (SWISS, "1'234.5", "1234.5"),
        (SWISS, "1\u2019234", "1234"),
        (BLANKS, "1 234,5", "1234.5"),
        (BLANKS, "1\u00a0234\u202f567", "1234567"),
        (BLANKS, "1\u2009234", "1234"),
        (Notation(".", ","), "1,234.5", "1234.5"),
        (PLAIN, "-5", "-5"),
        (PLAIN, "- 5", "-5"),
        (PLAIN, "\u22125", "-5"),
        (PLAIN, "\u2212\u202f5", "-5"),
        (PLAIN, "\u00a05\u00a0", "5"),
    ],
)
def test_numbers_of_a_notation(notation, text, plain):
    assert notation.plain(text) == plain


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        (GERMAN, "12.34"),
        (GERMAN, "1.2345"),
        (GERMAN, "1234.567"),
        (GERMAN, "1.234.56"),
        (GERMAN, ".234"),
        (BLANKS, "12 34"),
        (BLANKS, "1  234"),
        (PLAIN, "12,5"),
        (PLAIN, "1 234"),
        (PLAIN, "5-"),
        (PLAIN, "--5"),
        (PLAIN, "1e5"),
        (PLAIN, "٣"),
        (PLAIN, "5."),
        (PLAIN, ""),
    ],
)
def test_what_is_no_number_of_a_notation(notation, text):
    assert notation.plain(text) == ""


def test_what_may_be_thousands_is_no_number_until_the_decimal_sign_is_stated():
    silent = Notation(is_stated=False)
    assert [silent.plain(text) for text in ("1.250", "12.345", "0.125", "1.25", "1250")] == [
        "",
        "",
        "0.125",
        "1.25",
        "1250",
    ]
    assert Notation().plain("1.250") == "1.250"


@pytest.mark.parametrize(
    ("declared", "text", "fixes"),
    [
        (PLAIN, "1.250.000", ['thousands: "."']),
        (PLAIN, "12,5", ['decimal: ","']),
        (PLAIN, "1.250,5", ['thousands: "."']),
        (PLAIN, "1 250", ['thousands: " "']),
        (PLAIN, "1 250,5", ['decimal: ",", thousands: " "']),
        (PLAIN, "1,250", ['decimal: ","', 'thousands: ","']),
        (GERMAN, "12.5", ['decimal: ".", thousands: ""']),
        (PLAIN, "about 5", []),
    ],
)
def test_the_likely_declaration_is_named(declared, text, fixes):
    assert other_notations(text, declared) == fixes


notations = st.sampled_from([GERMAN, SWISS, BLANKS, PLAIN, Notation(".", ","), Notation(",", "'")])


@given(notations, st.integers(-(10**12), 10**12), st.integers(0, 99))
def test_what_is_written_in_a_notation_is_read_again(notation, whole, cents):
    written = f"{whole:,}".replace(",", notation.thousands) + f"{notation.decimal}{cents:02}"
    assert notation.plain(written) == f"{whole}.{cents:02}"


@given(notations, st.text(alphabet="0123456789.,' -", max_size=12))
def test_nothing_is_read_whose_groups_are_not_of_three(notation, text):
    plain = notation.plain(text)
    if plain and notation.thousands and notation.thousands in text.strip("- "):
        groups = text.strip("- ").partition(notation.decimal)[0].split(notation.thousands)
        assert [len(group) for group in groups[1:]] == [3] * (len(groups) - 1)
