"""Supply per need: places per 100 persons who may need them, in the area itself and within reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.offers.places import leaves_of, within_reach
from sozialanalyse.offers.reach import Catchments, floating_catchments
from sozialanalyse.statistics import poisson_interval

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.loading.offers import Offer, Offers
    from sozialanalyse.loading.offers_file import Need

COLUMNS = (
    *("need", "area", "level", "period_end", "offers", "places", "persons"),
    *("supply", "supply_lower", "supply_upper", "access", "access_lower", "access_upper", "reachable"),
)


def running(offers: Offers, need: Need, day: dt.date) -> list[Offer]:
    """List the offers that answer a need and run on a day, in the order of their ids."""
    return [offer for offer in offers.offers if offer.kind in need.kinds and offer.runs_on(day)]


def supply(offers: Offers, need: Need, frame: pd.DataFrame, tree: AreaTree, level: str) -> pd.DataFrame:
    """Hold the offers for a need against those who may need them.

    Parameters
    ----------
    offers
        As an audience may know them.
    need
        Which kinds of offers answer it, and for whom.
    frame
        Indicator frame with the indicator that counts the persons.
    tree
        The area tree.
    level
        Of the areas that are wanted.

    Returns
    -------
    pandas.DataFrame
        :data:`COLUMNS`, a row for each area of the level and one for the town, in the order of areas; empty where nobody counted the
        persons. ``offers, places`` in the area itself (places NaN where one does not say how many it has); ``supply``: places per
        100 persons (or as many as the need says); ``access``: the same within reach (see :func:`.floating_catchments`), of an average person of the area;
        intervals (95 %) as if the number of persons varied like a Poisson count; ``reachable``: so many offers an average person has within reach.

    Notes
    -----
    What is counted is the last date on which persons were counted in the smallest areas; offers that did not run then are left out.
    """
    persons = _persons(frame, need)
    if persons.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    found = _Supplied.of(offers, need, persons, tree)
    areas = [area for area in tree.at(level)["area"] if area in found.counted.index]
    rows = [found.row(area, level) for area in dict.fromkeys([*areas, tree.root])]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _persons(frame: pd.DataFrame, need: Need) -> pd.DataFrame:
    """Find whom an indicator counts, on the last date on which areas of the smallest level have a count."""
    rows = frame[frame["indicator"] == need.persons.indicator]
    if rows.empty:
        return rows
    known = rows[rows[need.persons.part].notna()]
    return rows[rows["period_end"] == known["period_end"].max()] if len(known) else rows.head(0)


@dataclass(frozen=True)
class _Supplied:
    """Offers and persons of a need; ``counted`` by area, ``own`` the offers that run, ``catchments`` of the ``smallest`` areas."""

    need: Need
    tree: AreaTree
    day: pd.Timestamp
    counted: pd.Series
    own: Sequence[Offer]
    smallest: Sequence[str]
    leaves: Mapping[str, frozenset[str]]
    catchments: Catchments

    @classmethod
    def of(cls, offers: Offers, need: Need, persons: pd.DataFrame, tree: AreaTree) -> _Supplied:
        """Find out who has what within reach."""
        counted = persons.set_index("area")[need.persons.part].astype(float)
        smallest = [area for area in tree.at(tree.levels[0])["area"] if area in counted.index]
        day = persons["period_end"].max()
        own = running(offers, need, day.date())
        sized = [offer for offer in own if offer.places is not None]
        leaves = leaves_of(tree)
        within = within_reach(offers, sized, smallest, leaves, need.reach)
        catchments = floating_catchments([offer.places for offer in sized], counted[smallest], within)
        return cls(need, tree, day, counted, own, smallest, leaves, catchments)

    def row(self, area: str, level: str) -> dict[str, object]:
        """Compute what is known of an area."""
        leaves = self.leaves[area]
        offers = [offer for offer in self.own if self._lies_in(offer, area, leaves)]
        unknown = any(offer.places is None for offer in offers)
        places = float("nan") if unknown else float(sum(offer.places or 0 for offer in offers))
        persons = float(self.counted.get(area, float("nan")))
        inside = np.array([leaf in leaves for leaf in self.smallest])
        people = np.where(inside, self.counted[list(self.smallest)].to_numpy(), 0.0)
        access = [self.need.per * value for value in self.catchments.mean(people)]
        weights = people / people.sum() if people.sum() > 0 else people * np.nan
        own = per_persons(places, persons, self.need.per)
        return {
            "need": self.need.id,
            "area": area,
            "level": level if area != self.tree.root else self.tree.levels[-1],
            "period_end": self.day,
            "offers": len(offers),
            "places": places,
            "persons": persons,
            **dict(zip(("supply", "supply_lower", "supply_upper"), own, strict=True)),
            **dict(zip(("access", "access_lower", "access_upper"), access, strict=True)),
            "reachable": float(weights @ self.catchments.reachable),
        }

    def _lies_in(self, offer: Offer, area: str, leaves: frozenset[str]) -> bool:
        """Whether an offer lies in an area; one of which only a larger area is known lies in none below that."""
        return area in {self.tree.root, offer.area} or offer.area in leaves


def per_persons(places: float, persons: float, per: int = 100) -> tuple[float, float, float]:
    """Give places per so many persons with the 95 % interval that comes from the persons alone.

    Parameters
    ----------
    places
        How many there are; they vary by decision, not by chance.
    persons
        A count; its interval is the exact one of a Poisson count (Garwood 1936).
    per
        For so many persons.

    Returns
    -------
    tuple of float
        Value and ends; NaN where there is nobody or something is not known.

    Examples
    --------
    >>> [round(value, 2) for value in per_persons(30, 100)]
    [30.0, 24.67, 36.87]
    """
    if not persons > 0 or np.isnan(places):
        return float("nan"), float("nan"), float("nan")
    least, most = (float(end) for end in poisson_interval(persons))
    return per * places / persons, per * places / most, per * places / least
