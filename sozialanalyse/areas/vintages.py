"""Boundaries of a day: the tree as it was then, with the past of its areas as far as crosswalks give it one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from sozialanalyse.areas.crosswalks import Crosswalks
    from sozialanalyse.areas.tree import AreaTree


def boundaries_of(areas: AreaTree, crosswalks: Crosswalks, day: pd.Timestamp) -> AreaTree:
    """Return the tree in which the areas of a day have existed as long as those that they came from.

    Areas that a crosswalk carries over are left out. Those that ended without one stay: their counts belong to the sums
    of their time, and their series ends.

    Parameters
    ----------
    areas, crosswalks
        Of the town, of all times.
    day
        Whose boundaries are wanted; reforms after it are left out of account.
    """
    frame = areas.frame
    begins = dict(zip(frame["area"], frame["valid_from"], strict=True))
    ends = dict(zip(frame["area"], frame["valid_to"], strict=True))
    gone: set[str] = set()
    for date in (date for date in crosswalks.dates if date <= day):
        rows = crosswalks.at(date)
        earliest = rows["from_area"].map(begins).groupby(rows["to_area"]).max()
        begins |= {area: min(begins[area], since) for area, since in earliest.items()}
        gone |= {area for area in rows["from_area"] if ends[area] < date}
    gone |= _empty_parents(areas, gone)
    kept = frame[~frame["area"].isin(gone)]
    for level in areas.levels[1:]:
        parents = kept.loc[kept["level"] == level, "area"]
        since = kept["area"].map(begins).groupby(kept["parent"]).max().reindex(parents).dropna()
        begins |= {str(area): min(begins[str(area)], first) for area, first in since.items()}
    since = kept["area"].map(begins).astype(frame["valid_from"].dtype)
    return replace(areas, frame=kept.assign(valid_from=since).reset_index(drop=True))


def _empty_parents(areas: AreaTree, gone: set[str]) -> set[str]:
    """Larger areas of which every part has been carried over to another one; else they would be counted twice."""
    empty: set[str] = set()
    for level in areas.levels[1:]:
        for area in areas.at(level)["area"]:
            parts = areas.children(area)
            if parts and set(parts) <= gone | empty:
                empty.add(area)
    return empty


def territory_breaks(areas: AreaTree, crosswalks: Crosswalks) -> pd.DataFrame:
    """List the areas that kept their id while their territory changed, and from which day on.

    Also larger areas and groups: one has changed where a part of it went to an area that lies in another one. Counts of such an area
    before and after the day are not of the same place: no trend line may join them.

    Returns
    -------
    pandas.DataFrame
        ``area, date``, sorted.
    """
    rows = crosswalks.frame[crosswalks.frame["share"] > 0]
    found: list[tuple[str, pd.Timestamp]] = []
    for level in areas.all_levels:
        above = areas.ancestors_at(level)
        old, new = rows["from_area"].map(above), rows["to_area"].map(above)
        moved = (old != new).to_numpy() & old.notna().to_numpy() & new.notna().to_numpy()
        for column in (old, new):
            found += zip(column[moved], rows.loc[moved, "date"], strict=True)
    frame = pd.DataFrame(sorted(set(found)), columns=["area", "date"]).astype({"date": "datetime64[s]"})
    # Only an area that exists on both sides of the day has one series to be broken.
    tree = areas.places.set_index("area").reindex(frame["area"])
    day = frame["date"].to_numpy(dtype="datetime64[s]")
    both = (tree["valid_from"].to_numpy() < day) & (tree["valid_to"].to_numpy() >= day)
    return frame[np.asarray(both, dtype=bool)].reset_index(drop=True)
