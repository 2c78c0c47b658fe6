"""Offers: whether what a page says of local offers is what the release tells of them, computed here again.

Places per 100 persons and what is within reach are added up from the list of offers and the published counts; what rests on the
chance variation of counts is held to the right side of its value.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from sozialanalyse.audit.expected import Expected
from sozialanalyse.audit.inventory import Inventory
from sozialanalyse.audit.keys import Claim

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sozialanalyse.audit.figures import Count, Figures
    from sozialanalyse.audit.inventory import HiddenOffers, Need, Offer
    from sozialanalyse.audit.lookup import Lookup

DECIMALS = 1
"""Of places per 100 persons."""


def _inventory(of: Lookup) -> Inventory:
    return of.figures.knowledge.document.offers or Inventory()


def offer_places(of: Lookup, claim: Claim) -> Expected:
    """Look up how many places an offer has."""
    places = next((offer.places for offer in _inventory(of).offers if offer.id == claim.parts["offer"]), None)
    return Expected(None if places is None else Fraction(places), is_absent=places is None)


def offers_number(of: Lookup, claim: Claim) -> Expected:
    """Count the offers of a target group, or all: those that run on a day."""
    what, group = claim.parts["what"], claim.parts["group"]
    run = [offer for offer in _inventory(of).offers if offer.runs_on(claim.day())]
    own = [offer for offer in run if group in ("*", *offer.target_groups) or (not group and not offer.target_groups)]
    numbers = {
        "offers": len(own),
        "kinds": len({offer.kind for offer in own}),
        "places": sum(offer.places or 0 for offer in own),
        "without_places": sum(offer.places is None for offer in own),
        "barrier_free": sum(offer.barrier_free == "yes" for offer in own),
        "points": sum(offer.x is not None for offer in own),
        "later": sum(
            offer.valid_from is not None and offer.valid_from > claim.day() for offer in _inventory(of).offers
        ),
    }
    found = numbers.get(what)
    return Expected(None if found is None else Fraction(found), is_absent=found is None)


def hidden_offers(of: Lookup, claim: Claim) -> Expected:
    """Look up how many offers are hidden in an area; ``*`` adds up the kinds."""
    parts = claim.parts
    own = [entry for entry in _inventory(of).hidden if entry.area == parts["area"] and _is_of(entry, parts["kind"])]
    numbers = [entry.offers if parts["what"] == "offers" else entry.places for entry in own]
    known = [Fraction(number) for number in numbers if number is not None]
    is_known = bool(numbers) and len(known) == len(numbers)
    return Expected(sum(known, Fraction(0)) if is_known else None, is_absent=not is_known)


def _is_of(entry: HiddenOffers, kind: str) -> bool:
    return entry.kind == kind or (kind == "*" and entry.kind != "")


def of_need(of: Lookup, claim: Claim) -> Expected:
    """Compute what there is for a need in an area, and within reach."""
    need = need_of(of, claim.parts["need"])
    if need is None or need.persons.indicator not in of.figures.knowledge.indicators:
        return Expected(is_absent=True)
    statistic = claim.statistic
    if statistic in ("offers_here", "places_here", "supply", "supply_lower", "supply_upper"):
        return _here(of, claim, need)
    return _within(of, claim, need)


def _here(of: Lookup, claim: Claim, need: Need) -> Expected:
    """Compute what there is in the area itself."""
    area, day, figures = claim.parts["area"], claim.day(), of.figures
    own = [
        offer
        for offer in _inventory(of).offers
        if offer.kind in need.kinds and offer.runs_on(day) and _lies_in(figures, offer.area, area)
    ]
    if claim.statistic == "offers_here":
        return Expected(Fraction(len(own)))
    if any(offer.places is None for offer in own):
        return Expected(is_absent=True)
    places = Fraction(sum(offer.places or 0 for offer in own))
    if claim.statistic == "places_here":
        return Expected(places)
    count = _persons(figures, need, area, day)
    if count is None or not count.value:
        return Expected(hidden=() if count is None or count.value is not None else (count,), is_absent=True)
    return _ends(claim.statistic, places * need.per / count.value)


def _ends(statistic: str, value: Fraction) -> Expected:
    """Hold the end of an interval to the right side of its middle."""
    if statistic.endswith("_lower"):
        return Expected(least=Fraction(0), greatest=value, decimals=DECIMALS)
    if statistic.endswith("_upper"):
        return Expected(least=value, decimals=DECIMALS)
    return Expected(value, decimals=DECIMALS)


def _persons(figures: Figures, need: Need, area: str, day: dt.date) -> Count | None:
    figure = figures.figure(figures.knowledge.indicators[need.persons.indicator], area, day)
    if figure is None:
        return None
    return figure.numerator if need.persons.part == "numerator" else figure.denominator


def _lies_in(figures: Figures, area: str, within: str) -> bool:
    return within == figures.root or (bool(area) and area in _leaves(figures, within)) or area == within


def _leaves(figures: Figures, within: str) -> list[str]:
    """Smallest areas of all times inside an area."""
    known = figures.knowledge
    found = [within]
    leaves: list[str] = []
    while found:
        area = found.pop()
        if known.areas[area].level == known.document.levels[0]:
            leaves.append(area)
        found += known.children[area]
    return sorted(leaves)


def _within(of: Lookup, claim: Claim, need: Need) -> Expected:
    """Compute what an average person of the area has within reach."""
    access, reachable, persons = _catchments(of.figures, need.id, claim.day())
    own = [leaf for leaf in _leaves(of.figures, claim.parts["area"]) if leaf in persons]
    people = [persons[leaf] for leaf in own]
    total = sum(value for value in people if value is not None)
    wanted = reachable if claim.statistic == "reachable" else access
    if not own or None in people or not total or any(wanted[leaf] is None for leaf in own if persons[leaf]):
        return Expected(is_absent=True)
    mean = sum((persons[leaf] or 0.0) * (wanted[leaf] or 0.0) for leaf in own) / total
    return _ends(claim.statistic, Fraction(mean if wanted is reachable else need.per * mean))


_Numbers = dict[str, "float | None"]


@lru_cache(maxsize=64)
def _catchments(figures: Figures, name: str, day: dt.date) -> tuple[_Numbers, _Numbers, _Numbers]:
    """Compute access, offers within reach and persons of each smallest area; None where it is not known."""
    inventory = figures.knowledge.document.offers or Inventory()
    need = next(need for need in inventory.needs if need.id == name)
    smallest = figures.members(figures.root, figures.knowledge.document.levels[0], day)
    counts = {leaf: _persons(figures, need, leaf, day) for leaf in smallest}
    persons = {leaf: None if count.value is None else float(count.value) for leaf, count in counts.items() if count}
    access: _Numbers = dict.fromkeys(persons, 0.0)
    reachable: _Numbers = dict.fromkeys(persons, 0.0)
    for offer in inventory.offers:
        if offer.kind not in need.kinds or not offer.runs_on(day) or offer.places is None:
            continue
        served = [leaf for leaf in persons if _reaches(figures, inventory, offer, need, leaf)]
        people = [persons[leaf] for leaf in served]
        demand = None if None in people else sum(value or 0.0 for value in people)
        for leaf in served:
            before = access[leaf]
            reachable[leaf] = (reachable[leaf] or 0.0) + 1
            if demand != 0:
                access[leaf] = None if demand is None or before is None else before + offer.places / demand
    return access, reachable, persons


def _reaches(figures: Figures, inventory: Inventory, offer: Offer, need: Need, leaf: str) -> bool:
    """Whether people of an area have an offer within reach."""
    if offer.area_served:
        return any(leaf in _leaves(figures, area) for area in offer.area_served)
    own = _leaves(figures, offer.area) if offer.area else []
    if own == [leaf]:
        return True
    known = [inventory.metres(inventory.centres[area]) for area in own if area in inventory.centres]
    at = inventory.metres((offer.x, offer.y)) if offer.x is not None and offer.y is not None else _middle(known)
    if at is None or leaf not in inventory.centres:
        return False
    return inventory.detour * math.dist(at, inventory.metres(inventory.centres[leaf])) <= need.reach


def _middle(places: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    if not places:
        return None
    return sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places)


def reached_of(of: Lookup, need: str, area: str, day: dt.date) -> tuple[Fraction | None, Fraction | None]:
    """Compute what is within reach in an area and in the town."""
    entry = need_of(of, need)
    if entry is None:
        return None, None
    claims = (Claim("", "access", {"need": need, "area": place, "end": f"{day}"}) for place in (area, of.figures.root))
    own, town = (_within(of, claim, entry).value for claim in claims)
    return own, town


def need_of(of: Lookup, name: str) -> Need | None:
    """Find a need by its id."""
    return next((need for need in _inventory(of).needs if need.id == name), None)


STATISTICS = {
    **dict.fromkeys(("offers_here", "places_here", "supply", "supply_lower", "supply_upper"), of_need),
    **dict.fromkeys(("access", "access_lower", "access_upper", "reachable"), of_need),
    "offer_places": offer_places,
    "offers_number": offers_number,
    "hidden_offers": hidden_offers,
}
"""What computes the number of a key."""
