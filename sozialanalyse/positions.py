"""Where an area's value stands among the others of its level: mean and range, rank and fifth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import PERIOD, SUPPRESSED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree

    Floats = NDArray[np.float64]

POSITION_COLUMNS = ["town_value", "level_mean", "level_min", "level_max", "level_areas", "rank", "quintile"]


def add_positions(frame: pd.DataFrame, areas: AreaTree) -> pd.DataFrame:
    """Add to an indicator frame the town's value and the places among the areas of the same level and period.

    The mean is that of the areas, unweighted; beside it stands the town's value, which comes from sums.
    """
    group = ["indicator", *PERIOD]
    town = frame.loc[frame["area"] == areas.root, [*group, "value"]].rename(columns={"value": "town_value"})
    return add_level_positions(frame.merge(town, on=group, how="left"))


def add_level_positions(frame: pd.DataFrame) -> pd.DataFrame:
    """Add mean, range, rank and quintile among the areas of the frame that are of the same level and period.

    Hidden counts are the small ones, not missing at random. Where one of the areas is suppressed there is no mean, and
    range, ranks and quintiles are given only where no value within the bounds of the hidden ones could change them.
    """
    codes = frame.groupby(["indicator", *PERIOD, "level"], sort=False, observed=True).ngroup()
    is_hidden = frame["status"] == SUPPRESSED
    places = statistics.positions_within(*_least_and_greatest(frame, is_hidden), codes.to_numpy())
    values = frame["value"].groupby(codes)
    return frame.assign(
        level_mean=values.transform("mean").where(~is_hidden.groupby(codes).transform("any")),
        level_min=_of_all(places.smallest, codes),
        level_max=_of_all(places.largest, codes),
        level_areas=values.transform("count").astype(int),
        rank=places.rank,
        quintile=places.quintile,
    )


def _of_all(found: Floats, codes: pd.Series) -> pd.Series:
    """Say what was found of a group in all its rows, those without a value included."""
    return pd.Series(found, index=codes.index).groupby(codes).transform("first")


def _least_and_greatest(frame: pd.DataFrame, is_hidden: pd.Series) -> tuple[Floats, Floats]:
    """Bounds of each value: of hidden ones as far as those of their numerator reach, at least 0."""
    unit = np.where(frame["kind"] == "count", 1, frame["factor"] / frame["denominator"])
    least = (frame["numerator_least"] * unit).fillna(0).where(is_hidden, frame["value"])
    greatest = (frame["numerator_greatest"] * unit).where(is_hidden, frame["value"])
    return least.to_numpy(dtype=np.float64), greatest.to_numpy(dtype=np.float64)
