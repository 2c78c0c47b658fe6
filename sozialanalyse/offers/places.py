"""Where offers are and people live, and who has what within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.loading.offers import Offer, Offers

    Floats = NDArray[np.float64]

METRES_OF_A_DEGREE: Final = 111_320.0
"""Of latitude; of longitude times the cosine of the latitude."""


def leaves_of(tree: AreaTree) -> dict[str, frozenset[str]]:
    """Give the smallest areas inside each area and group; all at once, as every offer and area asks for them."""
    parents = dict(zip(tree.frame["area"], tree.frame["parent"], strict=True))
    found: dict[str, set[str]] = {area: set() for area in tree.places["area"]}
    for leaf in tree.at(tree.levels[0])["area"]:
        area = leaf
        while area:
            found[area].add(leaf)
            area = parents[area]
    for group, parts in tree.members.items():
        found[group] = set().union(*(found[part] for part in parts))
    return {area: frozenset(inside) for area, inside in found.items()}


def within_reach(
    inventory: Offers,
    offers: Sequence[Offer],
    points: Sequence[str],
    leaves: Mapping[str, frozenset[str]],
    reach: float,
) -> NDArray[np.bool_]:
    """Tell which offers are within reach of the people of which areas.

    Parameters
    ----------
    inventory
        Knows where people live, and by how much ways are longer than the straight line.
    offers
        Of which reach is asked.
    points
        Ids of the smallest areas.
    leaves
        The smallest areas inside each area (:func:`leaves_of`).
    reach
        Metres on foot.

    Returns
    -------
    array of bool
        Shape (points, offers). An offer with an area served is within reach of all who live there and of nobody else. Others are
        within reach where the way from the centre of the area is no longer than ``reach``, and always in the area where they are.
    """
    found = np.zeros((len(points), len(offers)), dtype=bool)
    centres = _metres([inventory.centres.get(area) for area in points], inventory)
    for number, offer in enumerate(offers):
        served = {leaf for area in offer.area_served for leaf in leaves.get(area, ())}
        if offer.area_served:
            found[:, number] = [area in served for area in points]
            continue
        own = leaves.get(offer.area, frozenset())
        at = _place_of(offer, own, inventory)
        ways = inventory.detour * np.hypot(*(centres - at).T)
        found[:, number] = (ways <= reach) | np.array([len(own) == 1 and area in own for area in points], dtype=bool)
    return found


def _place_of(offer: Offer, own: frozenset[str], inventory: Offers) -> Floats:
    """Say where an offer is: at its point, or in the middle of the area that is known."""
    if offer.x is not None and offer.y is not None:
        return _metres([(offer.x, offer.y)], inventory)[0]
    known = [inventory.centres[area] for area in sorted(own) if area in inventory.centres]
    return _metres(known, inventory).mean(axis=0) if known else np.array([np.nan, np.nan])


def _metres(places: Sequence[tuple[float, float] | None], inventory: Offers) -> Floats:
    """Write coordinates in metres; of degrees as wide as they are in the middle of the town."""
    plain = np.array([(np.nan, np.nan) if place is None else place for place in places], dtype=np.float64).reshape(
        -1, 2
    )
    if not inventory.degrees:
        return plain
    middle = np.mean([north for _, north in inventory.centres.values()]) if inventory.centres else 0.0
    return plain * METRES_OF_A_DEGREE * (np.cos(np.radians(middle)), 1.0)
