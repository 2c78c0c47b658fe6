"""Outlooks: which projected persons, needed places and past errors the published counts by age give."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, isnan
from typing import TYPE_CHECKING

from sozialanalyse.audit.courses import Course, course_of
from sozialanalyse.audit.expected import Expected
from sozialanalyse.audit.keys import Claim, ClaimError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sozialanalyse.audit.lookup import Lookup
    from sozialanalyse.audit.needed import Need

SHOWN_ENDS = {"lower": 0, "upper": 1}


def course(of: Lookup, claim: Claim) -> Course | None:
    """Find the course of the measure and the level that a claim speaks of; None where there is none."""
    name = claim.parts["measure"], claim.parts["level"]
    if name not in of.courses:
        of.courses[name] = course_of(of.figures, *name)
    return of.courses[name]


def ages_of(claim: Claim) -> tuple[int, int]:
    """Read the age group of a claim."""
    return int(claim.parts["age_from"]), int(claim.parts["age_to"])


def _exactly(number: float, decimals: int = 0) -> Expected:
    return Expected(is_absent=True) if isnan(number) else Expected(Fraction(number), decimals=decimals)


def counted(of: Lookup, claim: Claim) -> Expected:
    """Add up those of an age who were counted."""
    found = course(of, claim)
    cells = found.cells(ages_of(claim)) if found else []
    place = found.place(claim.parts["area"], of.figures.root) if found else -1
    if found is None or not cells or place < 0 or claim.day() not in found.days:
        return Expected(is_absent=True)
    return _exactly(float(found.counted[found.days.index(claim.day()), place, cells].sum()))


def projected(of: Lookup, claim: Claim) -> Expected:
    """Compute how many there would be, or a limit of that."""
    return _exactly(_persons(of, claim, ages_of(claim)))


def _persons(of: Lookup, claim: Claim, ages: tuple[int, int]) -> float:
    found = course(of, claim)
    cells = found.cells(ages) if found else []
    place = found.place(claim.parts["area"], of.figures.root) if found else -1
    distance = found.distance(claim.day()) if found else 0
    if found is None or not cells or place < 0 or not distance:
        return float("nan")
    end = SHOWN_ENDS.get(claim.statistic.rpartition("_")[2])
    amounts = found.ahead[..., cells].sum(-1) if end is None else found.limits(cells)[end]
    return float(amounts[distance - 1, place])


def places(of: Lookup, claim: Claim) -> Expected:
    """Compute places: persons times the rate; those of areas may be rounded up or down so that they add up."""
    need, rate = _rate(of, claim)
    with_measure = Claim(claim.key, claim.statistic, {**claim.parts, "measure": need.measure})
    number = _persons(of, with_measure, (need.age_from, need.age_to)) * float(rate) / 100
    if isnan(number) or claim.statistic != "places" or claim.parts["area"] == of.figures.root:
        return _exactly(number)
    return Expected(among=(Fraction(floor(number + 1e-9)), Fraction(ceil(number - 1e-9))))


def rate(of: Lookup, claim: Claim) -> Expected:
    """Look up a declared rate."""
    return Expected(_rate(of, claim)[1], decimals=2)


def _rate(of: Lookup, claim: Claim) -> tuple[Need, Fraction]:
    need, variant = claim.parts["need"], claim.parts["variant"]
    found = next((entry for entry in of.figures.knowledge.document.needs if entry.id == need), None)
    if found is None or variant not in found.rates:
        message = "{key}: no rate {variant} of {need} is declared"
        raise ClaimError(message, key=claim.key, variant=variant, need=need)
    return found, Fraction(repr(found.rates[variant]))


def of_past(of: Lookup, claim: Claim) -> Expected:
    """Compute how the same way fared on past years, and what would have narrowed its intervals."""
    found = course(of, claim)
    cells = found.cells(ages_of(claim)) if found else []
    if claim.parts["of"] not in ("town", "areas"):
        message = "{key}: past errors are of the town or of its areas"
        raise ClaimError(message, key=claim.key)
    if found is None or not cells:
        return Expected(is_absent=True)
    name, town = claim.statistic, claim.parts["of"] == "town"
    if name in ("past_error", "past_naive"):
        return _exactly(found.past_error(cells, town=town, naive=name == "past_naive")[0] * 100, 1)
    if name == "past_errors":
        return _exactly(found.past_error(cells, town=town, naive=False)[1])
    if name in ("past_inside", "past_tested"):
        return _exactly(found.covered(cells, town=town)[name == "past_tested"])
    return _exactly(found.reach(cells, town=town, kind=name.removeprefix("reach_")) * 100, 1)


def years_ahead(of: Lookup, claim: Claim) -> Expected:
    """Compute how many years ahead is told, or computed."""
    found = course(of, claim)
    if found is None:
        return Expected(is_absent=True)
    told = {"horizon": found.horizon, "told": min(5, found.horizon), "counts": len(found.days)}
    return _exactly(told.get(claim.parts["what"], float("nan")))


STATISTICS: dict[str, Callable[[Lookup, Claim], Expected]] = {
    "counted": counted,
    **dict.fromkeys(("projected", "projected_lower", "projected_upper"), projected),
    **dict.fromkeys(("places", "places_lower", "places_upper"), places),
    "rate": rate,
    **dict.fromkeys(("past_error", "past_naive", "past_errors", "past_inside", "past_tested"), of_past),
    **dict.fromkeys(("reach_now", "reach_next_count", "reach_births"), of_past),
    "years_ahead": years_ahead,
}
