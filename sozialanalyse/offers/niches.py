"""Niches: areas in which a greater need meets less within reach; named only where the evidence carries both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.loading.offers_file import Need

ABOVE, BELOW, AROUND, UNKNOWN = "above", "below", "around", "unknown"
"""Where need and supply of an area lie to those of the town: its interval excludes the town's value, holds it, or there is none."""

SEVERAL: Final = 2
"""From so many offers within reach on they overlap."""

_TURNED = {ABOVE: BELOW, BELOW: ABOVE}


def niches(supplied: pd.DataFrame, needed: pd.DataFrame, need: Need, town: str) -> pd.DataFrame:
    """Put need and supply of areas side by side.

    Parameters
    ----------
    supplied
        Result of :func:`.supply` of one need, the town included.
    needed
        ``areas`` of a comparison of the same areas (see :func:`sozialanalyse.comparison.compare`).
    need
        Which indicator points to the need, and in which direction.
    town
        Id of the town.

    Returns
    -------
    pandas.DataFrame
        A row for each area in the order of areas: ``need, area, period_end, offers, reachable``, ``greater`` and ``within_reach`` (where the
        need and what is within reach lie to the town, one of :data:`ABOVE`, :data:`BELOW`, :data:`AROUND`, :data:`UNKNOWN`),
        ``niche`` (a discernibly greater need and discernibly less within reach), ``overlap`` (several offers within reach, and discernibly more places than in the town).

    Notes
    -----
    Both must be told from the town at 95 %, each by itself. So if only one of both is as in the town, an area is named in at most one of forty cases by chance
    (an intersection-union test: Berger 1982, Technometrics 24).
    """
    whole = supplied[supplied["area"] == town]
    areas = supplied[supplied["area"] != town]
    access = float(whole["access"].iloc[0]) if len(whole) else float("nan")
    relation = needed[needed["indicator"] == need.need].set_index("area")["relation"]
    greater = areas["area"].map(relation).fillna(UNKNOWN).astype(object)
    if need.turned:
        greater = greater.replace(_TURNED)
    reached = _relation(areas, access)
    several = (areas["reachable"] >= SEVERAL).to_numpy()
    return areas[["need", "area", "period_end", "offers", "reachable"]].assign(
        greater=greater.to_numpy(),
        within_reach=reached,
        niche=(greater.to_numpy() == ABOVE) & (reached == BELOW),
        overlap=several & (reached == ABOVE),
    )


def _relation(areas: pd.DataFrame, town: float) -> np.ndarray:
    """Where access lies to that of the town; of an area with nothing within reach it is below, if the town has anything."""
    ends = [areas[name].to_numpy(dtype=float) for name in ("access", "access_lower", "access_upper")]
    value, lower, upper = ends
    return np.select(
        [np.isnan(value) | (not town > 0), lower > town, upper < town], [UNKNOWN, ABOVE, BELOW], default=AROUND
    ).astype(object)
