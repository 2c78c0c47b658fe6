"""Coverage: which offers there are for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sozialanalyse.loading.offers import Offers

COLUMNS = ("target_group", "offers", "kinds", "without_places", "places", "barrier_free")


def coverage(offers: Offers, target_groups: Sequence[str], day: dt.date) -> pd.DataFrame:
    """Count the offers for each target group.

    Parameters
    ----------
    offers
        As an audience may know them; those of which only sums are known are no part of it.
    target_groups
        Ids; their order is that of the result.
    day
        On which the offers run.

    Returns
    -------
    pandas.DataFrame
        :data:`COLUMNS`, a row for each target group and a last one, without an id, for offers that name none: ``kinds`` that occur,
        ``places`` of those that say how many they have, ``without_places`` do not. An offer for several groups counts for each.
    """
    run = [offer for offer in offers.offers if offer.runs_on(day)]
    rows = []
    for group in (*target_groups, ""):
        own = [offer for offer in run if group in offer.target_groups or (not group and not offer.target_groups)]
        rows.append(
            {
                "target_group": group,
                "offers": len(own),
                "kinds": len({offer.kind for offer in own}),
                "without_places": sum(offer.places is None for offer in own),
                "places": sum(offer.places or 0 for offer in own),
                "barrier_free": sum(offer.barrier_free == "yes" for offer in own),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
