"""Areas chosen for their level move back towards the middle by themselves: how much, if nothing changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import SUPPRESSED
from sozialanalyse.comparison.counted import COUNTED, Counted
from sozialanalyse.comparison.spans import first_and_last

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue, Indicator

    Floats = NDArray[np.float64]

_NUMBERS = ["first_value", "last_value", "change", "expected_change", "expected_lower", "expected_upper"]
COLUMNS = ["indicator", "area", "level", "first_end", "last_end", *_NUMBERS, "beyond"]


def expected_changes(frame: pd.DataFrame, tree: AreaTree, *, level: str, catalogue: Catalogue) -> pd.DataFrame:
    """Set the change of each area since the first comparable date beside that to be expected from its first value alone.

    An area that stood out at the first date did so partly by chance. The change that is expected if its true rate moves
    only as the whole town's does is that of :func:`sozialanalyse.statistics.expected_change`; what chose the area must
    be its first value, and not the change itself.

    Parameters
    ----------
    frame
        Indicator frame; the prior is estimated from all areas of the level.
    tree, level, catalogue
        As in :func:`.compare`.

    Returns
    -------
    pandas.DataFrame
        :data:`COLUMNS`, a row for each indicator with an interval and each area known at both dates, in the order of
        area ids; changes in the unit of the indicator, ``beyond``: whether the change found lies outside the limits.
        Indicators with a hidden area at the first date, or without the town's change, have no rows.

    Raises
    ------
    UsageError
        Unknown level or indicator.
    """
    members = tree.at(tree.require_level(level))["area"].tolist()
    parts = []
    for name, rows in frame.groupby("indicator", sort=False):
        indicator = catalogue.indicator(str(name))
        if indicator.kind in COUNTED:
            parts.append(_of_indicator(rows, tree.root, members, indicator))
    known = [part for part in parts if len(part)]
    return pd.concat(known, ignore_index=True) if known else pd.DataFrame(columns=COLUMNS)


def _of_indicator(rows: pd.DataFrame, root: str, members: list[str], indicator: Indicator) -> pd.DataFrame:
    pair = first_and_last(rows, members)
    if pair is None:
        return pd.DataFrame(columns=COLUMNS)
    town_change = float(pair.last["value"].get(root, np.nan) - pair.first["value"].get(root, np.nan))
    before, after = pair.first.reindex(members), pair.last.reindex(members)
    if (before["status"] == SUPPRESSED).any() or np.isnan(town_change):
        return pd.DataFrame(columns=COLUMNS)
    earlier, later = Counted.of(before, indicator), Counted.of(after, indicator)
    factor = indicator.factor
    expected = statistics.expected_change(
        earlier.events, earlier.total, later.total, common_change=town_change / factor, family=earlier.family
    )
    change = after["value"].to_numpy(dtype=np.float64) - before["value"].to_numpy(dtype=np.float64)
    lower, upper = expected.lower * factor, expected.upper * factor
    result = pd.DataFrame(
        {
            "indicator": indicator.id,
            "area": members,
            "level": after["level"].to_numpy(),
            "first_end": before["period_end"].to_numpy(),
            "last_end": after["period_end"].to_numpy(),
            "first_value": before["value"].to_numpy(),
            "last_value": after["value"].to_numpy(),
            "change": change,
            "expected_change": expected.change * factor,
            "expected_lower": lower,
            "expected_upper": upper,
            "beyond": (change < lower) | (change > upper),
        }
    )
    return result[result["change"].notna()].sort_values("area", kind="stable")
