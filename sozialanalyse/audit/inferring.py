"""Inferring: what a page says of hidden cells, as relations between counts.

A rate with its rounding bounds its numerator, a change bounds one end by the other, a mean or the end of a range bounds
what went into it. All of these are linear in the numerators where the denominators are known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialanalyse.audit.figures import Figure
    from sozialanalyse.audit.judging import Said
    from sozialanalyse.audit.keys import Claim
    from sozialanalyse.audit.lookup import Lookup
    from sozialanalyse.audit.relations import Name, Relations


@dataclass(frozen=True)
class Linear:
    """A weighted sum of hidden counts and a number."""

    weights: dict[Name, Fraction] = field(default_factory=dict)
    constant: Fraction = Fraction(0)

    def __add__(self, other: Linear) -> Linear:
        names = {*self.weights, *other.weights}
        weights = {name: self.weights.get(name, Fraction(0)) + other.weights.get(name, Fraction(0)) for name in names}
        return Linear(weights, self.constant + other.constant)

    def times(self, factor: Fraction) -> Linear:
        """Multiply by a number."""
        return Linear({name: weight * factor for name, weight in self.weights.items()}, self.constant * factor)

    def __sub__(self, other: Linear) -> Linear:
        return self + other.times(Fraction(-1))


def learn(relations: Relations, said: Iterable[Said], lookup: Lookup) -> None:
    """Add what pages say of hidden cells to what is known.

    Parameters
    ----------
    relations
        Changed in place.
    said
        What pages say.
    lookup
        Looks up what is published.
    """
    for entry in said:
        statistic = entry.claim.statistic
        low, high = entry.written.value - entry.written.half, entry.written.value + entry.written.half
        if statistic in ("numerator", "denominator") and len(entry.hidden) == 1:
            _learn(relations, Linear({entry.hidden[0].name: Fraction(1)}), low, high)
        elif statistic in ("level_min", "level_max"):
            _learn_range(relations, lookup, entry)
        elif statistic == "value" and (below := _hidden_denominator(lookup, entry.claim)):
            _learn_denominator(relations, below, low, high)
        else:
            sum_ = linear(lookup, entry.claim)
            if sum_ and sum_.weights:
                _learn(relations, sum_, low, high)


def _learn(relations: Relations, sum_: Linear, low: Fraction, high: Fraction) -> None:
    terms = []
    for name, weight in sum_.weights.items():
        table = relations.tables[name.measure, name.time]
        terms.append((relations.count(table, name.area, name.part), float(weight)))
    relations.draft.between(terms, float(low - sum_.constant), float(high - sum_.constant))


def _hidden_denominator(lookup: Lookup, claim: Claim) -> Figure | None:
    figure = lookup.figure(claim)
    below = figure.denominator if figure else None
    return figure if figure and below and below.value is None and figure.numerator.value is not None else None


def _learn_denominator(relations: Relations, figure: Figure, low: Fraction, high: Fraction) -> None:
    """Bound a hidden denominator by the rate and the numerator that stand beside it."""
    above, below = figure.numerator.value, figure.denominator
    if above and below and low > 0:
        _learn(relations, Linear({below.name: Fraction(1)}), above * figure.factor / high, above * figure.factor / low)


def _learn_range(relations: Relations, lookup: Lookup, entry: Said) -> None:
    """Bound every hidden value of a level by the end of a range; the only one that there is, on both sides."""
    figures = [figure for _, figure in lookup.level(entry.claim) if figure.value is None]
    sums = [found for figure in figures if (found := _of_figure(figure)) and found.weights]
    low, high = entry.written.value - entry.written.half, entry.written.value + entry.written.half
    far = Fraction(10**9)
    for sum_ in sums:
        is_only = len(figures) == 1
        least = low if is_only or entry.claim.statistic == "level_min" else -far
        greatest = high if is_only or entry.claim.statistic == "level_max" else far
        _learn(relations, sum_, least, greatest)


def linear(lookup: Lookup, claim: Claim) -> Linear | None:
    """Write a statistic as a weighted sum of hidden numerators; None where it is none."""
    parts = {
        "value": lambda: _value(lookup, claim, "end"),
        "rest": lambda: _rest(lookup, claim, "end"),
        "difference": lambda: _minus(_value(lookup, claim, "end"), _rest(lookup, claim, "end")),
        "change": lambda: _minus(_value(lookup, claim, "end"), _value(lookup, claim, "first")),
        "rest_change": lambda: _minus(_rest(lookup, claim, "end"), _rest(lookup, claim, "first")),
        "level_mean": lambda: _mean(lookup, claim),
    }
    found = parts.get(claim.statistic)
    return found() if found else None


def _minus(first: Linear | None, second: Linear | None) -> Linear | None:
    return None if first is None or second is None else first - second


def _value(lookup: Lookup, claim: Claim, day: str, area: str | None = None) -> Linear | None:
    figure = lookup.figure(claim, day, area)
    return None if figure is None else _of_figure(figure)


def _of_figure(figure: Figure) -> Linear | None:
    below = figure.denominator.value if figure.denominator else Fraction(1)
    factor = figure.factor if figure.denominator else Fraction(1)
    if not below:
        return None
    return _of_numerator(figure).times(factor / below)


def _of_numerator(figure: Figure) -> Linear:
    above = figure.numerator
    return Linear({above.name: Fraction(1)}) if above.value is None else Linear(constant=above.value)


def _rest(lookup: Lookup, claim: Claim, day: str) -> Linear | None:
    own, town = (lookup.figure(claim, day, area) for area in (None, lookup.figures.root))
    if own is None or town is None or own.denominator is None or town.denominator is None:
        return None
    all_, below = town.denominator.value, own.denominator.value
    if all_ is None or below is None or all_ == below:
        return None
    return (_of_numerator(town) - _of_numerator(own)).times(own.factor / (all_ - below))


def _mean(lookup: Lookup, claim: Claim) -> Linear | None:
    figures = [figure for _, figure in lookup.level(claim)]
    sums = [sum_ for figure in figures if (sum_ := _of_figure(figure)) is not None]
    if not sums or len(sums) < len(figures):
        return None
    total = Linear()
    for sum_ in sums:
        total = total + sum_
    return total.times(Fraction(1, len(sums)))
