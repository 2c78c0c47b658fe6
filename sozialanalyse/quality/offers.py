"""The check ``offers``: what the inventory of local offers leaves open, so that it enters no calculation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.errors import Fault, Place
from sozialanalyse.loading.offers import NEVER
from sozialanalyse.quality.irregularity import Irregularity

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sozialanalyse.loading.offers import Offer, Offers

NO_PLACES = "{number} offers do not say how many places they have ({which}); they are listed and enter no calculation"
NO_GROUP = "{number} offers name no target group ({which})"
ENDED = "{number} offers ended before {date} ({which}); they are listed and enter no calculation"
NOT_PLACED = "of {number} offers it is not known where they are ({which}); they are on no map and in no area"

NAMED = 3
"""So many are named."""


def left_open(offers: Offers, last: pd.Timestamp) -> Iterator[Irregularity]:
    """Say what offers leave open, once for each kind of gap.

    Parameters
    ----------
    offers
        As they were loaded.
    last
        The last date that was counted.
    """
    day = last.date()
    gaps = {
        NO_PLACES: [offer for offer in offers.offers if offer.places is None],
        NO_GROUP: [offer for offer in offers.offers if not offer.target_groups],
        ENDED: [offer for offer in offers.offers if offer.valid_to is not None and offer.valid_to < day],
        NOT_PLACED: [offer for offer in offers.offers if offer.x is None and not offer.area],
    }
    for message, found in gaps.items():
        if found:
            values = {"number": len(found), "which": _named(found), "date": day.isoformat()}
            yield Irregularity("note", "offers", Fault(message, values, Place("offers")))


def _named(found: list[Offer]) -> str:
    names = [offer.id for offer in found if offer.location_visibility != NEVER]  # a name may say where it is
    return ", ".join([*names[:NAMED], *(["..."] if len(found) > NAMED else [])])
