"""Where high or low values lie together: Getis and Ord's G*, judged for all areas at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import NUMBER
from sozialanalyse.comparison._chosen import common_state, joined, of_level, values_alike
from sozialanalyse.comparison.neighbourhoods import neighbours_of
from sozialanalyse.evidence import ABOVE, AROUND, BELOW, UNKNOWN, Evidence, to_evidence

if TYPE_CHECKING:
    import datetime as dt

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue, Indicator
    from sozialanalyse.comparison.neighbourhoods import Neighbours

GETIS_ORD = "getis_ord"
"""Method of :func:`hot_spots`."""

SUMMARY: Final = ("indicator", "level", "period_end", "areas", "islands", "status", "high", "low", "false_share")
AREAS: Final = (
    *("indicator", "area", "level", "period_end", "value", "neighbours", "z", "p_value", "adjusted"),
    *("claim", "method", "reliability"),
)


class HotSpots(NamedTuple):
    """Result of :func:`hot_spots`."""

    summary: pd.DataFrame
    """A row an indicator, :data:`SUMMARY`: how many neighbourhoods are high and low, or the state that stands in the way."""
    areas: pd.DataFrame
    """A row an indicator and area, :data:`AREAS`, in the order of ids: how many neighbours there are, z of the neighbourhood with
    the area itself, p and p among all areas (Benjamini-Hochberg); ``claim``: ``above`` or ``below`` what so many areas anywhere in the
    town would have, ``around``, ``unknown`` for islands."""

    def evidence(self) -> list[Evidence]:
        """Evidence of the neighbourhoods that stand out; it speaks of an area with its neighbours, not of the area alone."""
        found = self.areas[self.areas["claim"].isin([ABOVE, BELOW])]
        columns = {"last": "period_end", "p_value": "adjusted", "grade": "reliability"}
        return to_evidence(
            found.assign(reason="neighbourhood", caveats="areas_not_persons no_effect"), columns, reference="mean"
        )


def hot_spots(
    frame: pd.DataFrame,
    neighbours: pd.DataFrame,
    tree: AreaTree,
    level: str,
    *,
    catalogue: Catalogue,
    date: dt.date | str | None = None,
    false_share: float = statistics.FALSE_SHARE,
) -> HotSpots:
    """Find where high values lie beside high ones, and low beside low ones, at each indicator's last date.

    Parameters
    ----------
    frame
        Indicator frame.
    neighbours
        Polygons, or a table ``area, neighbour`` (see :func:`.neighbours_of`).
    tree, level, catalogue
        Of the areas.
    date
        End of the period; default: of each indicator the last one with values.
    false_share
        Expected share of false ones among what is found of an indicator.

    Returns
    -------
    HotSpots
        Indicators with a hidden or missing area have that state and no rows: a neighbourhood without its smallest number
        would be another one.

    Raises
    ------
    UsageError
        Unknown level or indicator; no polygons of its areas, or a table that names others.

    Notes
    -----
    - Proportions and rates are first freed of the variation that comes with size, as in :func:`.spatial`.
    - Which areas are neighbours is a choice: another one finds others. Of few areas (under about 30) the normal p is rough.
    - Neighbourhoods overlap, so that one high area lifts all around it. Nothing is said of why, nor of those who live there.

    References
    ----------
    See :func:`.statistics.local_g` and :func:`.statistics.discoveries`.

    Examples
    --------
    >>> from sozialanalyse.areas import AreaTree
    >>> from sozialanalyse.catalogue import shipped
    >>> ids = list("abcdefghi")
    >>> town = {
    ...     "area": ["0", *ids],
    ...     "name": ["0", *ids],
    ...     "level": ["town"] + 9 * ["quarter"],
    ...     "parent": [""] + 9 * ["0"],
    ... }
    >>> tree = AreaTree.from_frame(pd.DataFrame(town), ["quarter", "town"])
    >>> day = pd.Timestamp("2024-12-31")
    >>> constant = {"indicator": "kinderarmut", "level": "quarter", "status": "number", "reliability": "reliable"}
    >>> period = {"period_kind": "stock", "period_start": day, "period_end": day}
    >>> poor = [90.0, 95, 88, 40, 35, 45, 12, 15, 10]
    >>> frame = pd.DataFrame({"area": ids, "numerator": poor, "denominator": 300.0, **constant, **period})
    >>> frame = frame.assign(value=frame["numerator"] / 3, lower=np.nan, upper=np.nan)
    >>> row = pd.DataFrame({"area": ids[:-1], "neighbour": ids[1:]})
    >>> found = hot_spots(frame, row, tree, "quarter", catalogue=shipped(), false_share=0.2)
    >>> found.areas["z"].round(1).tolist(), found.areas["claim"].tolist()[2:5]
    ([2.1, 2.6, 1.6, 0.4, -0.5, -1.0, -1.5, -2.2, -1.6], ['above', 'around', 'around'])
    """
    last = of_level(frame, tree, level, date)
    around = neighbours_of(neighbours, tree, level)
    summaries, parts = [], []
    for name, rows in last.sort_values(["indicator", "area"], kind="stable").groupby("indicator", sort=False):
        local = _of_indicator(rows, around, catalogue.indicator(str(name)), false_share)
        parts.append(local.assign(level=level))
        summaries.append(_summary(str(name), rows, local, false_share))
    return HotSpots(
        pd.DataFrame(summaries, columns=list(SUMMARY)).assign(level=level), joined(parts, AREAS)[list(AREAS)]
    )


def _of_indicator(rows: pd.DataFrame, around: Neighbours, indicator: Indicator, false_share: float) -> pd.DataFrame:
    drawn = rows[rows["value"].notna() & rows["area"].isin(around.areas)].reset_index(drop=True)
    if common_state(rows) != NUMBER or drawn.empty:
        return pd.DataFrame(columns=list(AREAS))
    weights = around.weights(drawn["area"].tolist())
    number = np.diff(weights.indptr)
    found = statistics.local_g(values_alike(drawn, indicator), weights)
    z, p_value = (np.where(number > 0, part, np.nan) for part in (found.z, found.p_value))
    judged = statistics.discoveries(p_value, false_share=false_share)
    conditions = [np.isnan(p_value), judged.reported & (z > 0), judged.reported & (z < 0)]
    columns = {"neighbours": number, "z": z, "p_value": p_value, "adjusted": judged.adjusted}
    claim = np.select(conditions, [UNKNOWN, ABOVE, BELOW], default=AROUND)
    kept = drawn[["indicator", "area", "period_end", "value"]]
    return kept.assign(**columns, claim=claim, method=GETIS_ORD, reliability=drawn["reliability"])


def _summary(name: str, rows: pd.DataFrame, local: pd.DataFrame, false_share: float) -> dict[str, object]:
    return {
        "indicator": name,
        "period_end": rows["period_end"].iloc[0],
        "areas": len(local),
        "islands": int((local["neighbours"] == 0).sum()),
        "status": common_state(rows),
        "high": int((local["claim"] == ABOVE).sum()),
        "low": int((local["claim"] == BELOW).sum()),
        "false_share": false_share,
    }
