"""Series: what keys claim of the values of one area over time."""

from __future__ import annotations

from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING

from sozialanalyse.audit.expected import Expected
from sozialanalyse.audit.figures import hidden_of
from sozialanalyse.periods import DAYS_PER_YEAR

if TYPE_CHECKING:
    import datetime as dt

    from sozialanalyse.audit.figures import Count
    from sozialanalyse.audit.keys import Claim
    from sozialanalyse.audit.lookup import Lookup

YEAR = Fraction(repr(DAYS_PER_YEAR))


def known_points(of: Lookup, claim: Claim) -> list[tuple[dt.date, Fraction]]:
    """Days and published values of the series that a claim speaks of."""
    indicator = of.indicator(claim)
    series = of.figures.series(indicator, claim.parts["area"], claim.day("first"), claim.day())
    return [(day, figure.value) for day, figure in series if figure.value is not None]


def slope(of: Lookup, claim: Claim) -> Expected:
    """Median of all slopes between two points (Theil-Sen); where some are estimates, between the least and the greatest."""
    points = known_points(of, claim)
    slopes = sorted(
        (second - first) * YEAR / (later - earlier).days
        for number, (earlier, first) in enumerate(points)
        for later, second in points[number + 1 :]
    )
    if not slopes:
        return Expected(is_absent=True)
    decimals = of.decimals(claim) + 1
    if points[0][0] == claim.day("first"):
        return Expected(median(slopes), decimals=decimals)
    return Expected(least=slopes[0], greatest=slopes[-1], decimals=decimals)


def points(of: Lookup, claim: Claim) -> Expected:
    """Hold a number of points to the days that are not hidden; some may be estimates for today's areas."""
    first, last = claim.day("first"), claim.day()
    days = {time.end for time in of.figures.times(of.indicator(claim).numerator) if first <= time.end <= last}
    series = of.figures.series(of.indicator(claim), claim.parts["area"], first, last)
    days -= {day for day, figure in series if figure.value is None}
    return Expected(least=Fraction(0), greatest=Fraction(len(days)), hidden=_too_few(of, claim))


def share(of: Lookup, claim: Claim) -> Expected:
    """Hold a p value to what one can be."""
    return Expected(least=Fraction(0), greatest=Fraction(1), decimals=3, hidden=_too_few(of, claim))


def year(of: Lookup, claim: Claim) -> Expected:
    """Hold a turning point to the years of its series."""
    years = Fraction(claim.day("first").year), Fraction(claim.day().year)
    return Expected(least=years[0], greatest=years[1], hidden=_too_few(of, claim))


def _too_few(of: Lookup, claim: Claim) -> tuple[Count, ...]:
    """Hidden counts that a statistic of a series must rest on, since it has no two published values."""
    if len(known_points(of, claim)) >= 2:
        return ()
    series = of.figures.series(of.indicator(claim), claim.parts["area"], claim.day("first"), claim.day())
    return hidden_of(*(figure for _, figure in series))
