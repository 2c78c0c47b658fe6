"""Spoken: rounded numbers of plain language, and words that tell a direction, held against the published cells."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from sozialanalyse.audit.expected import Expected
from sozialanalyse.audit.figures import hidden_of

if TYPE_CHECKING:
    from sozialanalyse.audit.keys import Claim
    from sozialanalyse.audit.knowledge import Indicator
    from sozialanalyse.audit.lookup import Lookup
    from sozialanalyse.language import LanguageCode

_UP: Final = {"de": {"höher", "gestiegen", "Anstieg", "darüber"}, "en": {"higher", "risen", "rise", "above"}}
_DOWN: Final = {"de": {"niedriger", "gesunken", "Rückgang", "darunter"}, "en": {"lower", "fallen", "decline", "below"}}
"""Words that tell a direction."""

_STEPPED = ("count", "mean")
"""Kinds whose values are rounded to a step; of others it is said of how many."""


def sense(word: str, language: LanguageCode) -> int:
    """Read a word that tells a direction.

    Returns
    -------
    int
        1 upwards, -1 downwards, 0 neither.

    Examples
    --------
    >>> sense("gestiegen", "de"), sense("lower", "en"), sense("gleich", "de")
    (1, -1, 0)
    """
    plain = word.strip()
    return (plain in _UP[language]) - (plain in _DOWN[language])


def bears(expected: Expected, direction: int) -> bool:
    """Whether one of the differences that a direction may rest on has it; where none can be computed, it is believed."""
    return not expected.among or any(value * direction > 0 for value in expected.among)


def side(of: Lookup, claim: Claim) -> Expected:
    """Take an area's value from the town's: on that side of it the area lies."""
    own, town = of.figure(claim), of.figure(claim, "end", of.figures.root)
    hidden = hidden_of(own, town)
    if hidden or own is None or town is None or own.value is None or town.value is None:
        return Expected(hidden=hidden, is_absent=not hidden)
    return Expected(among=(own.value - town.value,))


def on_base(of: Lookup, claim: Claim) -> Expected:
    """Say of how many a share is told: about 4 of 100, 8 of 1,000."""
    figure = of.figure(claim)
    if figure is None or (figure.value is None and not figure.hidden):
        return Expected(is_absent=True)
    if figure.value is None:
        return Expected(hidden=hidden_of(figure))
    return _told(figure.value, of.indicator(claim), int(claim.parts["base"]))


def on_base_of_level(of: Lookup, claim: Claim) -> Expected:
    """Say the same of the least or the greatest value of a level that is published."""
    values = of.shown_values(claim)
    if not values:
        return Expected(is_absent=True)
    value = min(values) if claim.statistic == "about_least" else max(values)
    return _told(value, of.indicator(claim), int(claim.parts["base"]))


def _told(value: Fraction, indicator: Indicator, base: int) -> Expected:
    if indicator.kind not in _STEPPED:
        return Expected(value * base / Fraction(repr(float(indicator.factor))))
    steps = value / base
    lower = steps.numerator // steps.denominator * base
    if abs(value - lower) * 2 == base:  # a tie may go either way
        return Expected(among=(Fraction(lower), Fraction(lower + base)))
    return Expected(Fraction(lower if (value - lower) * 2 < base else lower + base))


def size(change: Expected) -> Expected:
    """Take the sign from a change, where a word beside it tells the direction."""
    return replace(change, value=None if change.value is None else abs(change.value))


def direction(change: Expected) -> Expected:
    """Keep of a change what tells its direction."""
    return replace(change, value=None, among=() if change.value is None else (change.value,))


def course(change: Expected, slope: Expected) -> Expected:
    """Hold the direction of a trend to the change and to the median slope: one of them must bear it."""
    known = tuple(found.value for found in (change, slope) if found.value is not None)
    return Expected(among=known if len(known) == 2 else (), hidden=change.hidden)
