"""What may leave of local offers: no private data, and no place that is not to be found.

Of an offer whose place is hidden nothing is told but that there is one of its kind in the town, and in a larger area only where
several are. The same holds for every audience: a page is passed on. Whoever needs the contact of an offer and belongs to the
administration gets it there.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from sozialanalyse.loading.offers import AREA_ONLY, NEVER, HiddenOffers, Offer, Offers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.areas import AreaTree

FEWEST_HIDDEN: Final = 3
"""So many hidden offers an area has at least that is told to have some, and so many are left elsewhere, or none."""

PUBLIC_AUDIENCE: Final = "public"


def protected_offers(offers: Offers, areas: AreaTree, audience: str) -> Offers:
    """Leave of an inventory what an audience may know; what has been protected stays as it is.

    Parameters
    ----------
    offers
        As they were loaded.
    areas
        The area tree.
    audience
        ``public``, ``administration`` or ``statistics_unit``.

    Returns
    -------
    Offers
        Without contacts for the public; without address and point of offers of which only the area is to be known; without any offer
        whose place is hidden: those are counted by kind for the town, and for areas above the smallest level where an area
        has at least :data:`FEWEST_HIDDEN`.
    """
    shown = tuple(_shown(offer, audience) for offer in offers.offers if offer.location_visibility != NEVER)
    hidden = [offer for offer in offers.offers if offer.location_visibility == NEVER]
    sums = (*offers.hidden, *_by_kind(hidden, areas), *_by_area(hidden, areas))
    return offers.model_copy(update={"offers": shown, "hidden": sums})


def _shown(offer: Offer, audience: str) -> Offer:
    changes: dict[str, object] = {"contact": ""} if audience == PUBLIC_AUDIENCE else {}
    if offer.location_visibility == AREA_ONLY:
        changes |= {"address": "", "x": None, "y": None}
    return offer.model_copy(update=changes)


def _by_kind(hidden: list[Offer], areas: AreaTree) -> Iterator[HiddenOffers]:
    """Count them for the whole town: that locates nothing."""
    for kind, count in sorted(Counter(offer.kind for offer in hidden).items()):
        places = [offer.places for offer in hidden if offer.kind == kind]
        known = [number for number in places if number is not None]
        total = sum(known) if len(known) == len(places) else None
        yield HiddenOffers(area=areas.root, kind=kind, offers=count, places=total)


def _by_area(hidden: list[Offer], areas: AreaTree) -> Iterator[HiddenOffers]:
    """Count them in larger areas, all kinds together, where neither an area nor what is left has only a few."""
    for level in areas.levels[1:-1]:
        to = areas.ancestors_at(level).to_dict()
        located = Counter(str(to[offer.area]) for offer in hidden if offer.area in to)
        told = {area: count for area, count in sorted(located.items()) if count >= FEWEST_HIDDEN}
        rest = len(hidden) - sum(told.values())
        if rest == 0 or rest >= FEWEST_HIDDEN:
            yield from (HiddenOffers(area=area, kind="", offers=count) for area, count in told.items())
