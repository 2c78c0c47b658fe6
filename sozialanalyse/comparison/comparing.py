"""The areas of a level beside each other, beside the town and beside any other reference, at one date each indicator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.comparison._chosen import at_one_date
from sozialanalyse.comparison.counted import COUNTED
from sozialanalyse.comparison.positions import add_positions
from sozialanalyse.comparison.references import add_reference, require_reference
from sozialanalyse.comparison.relations import UNJUDGED, judgement, relation_of_difference
from sozialanalyse.evidence import ABOVE, AROUND, BELOW, UNKNOWN
from sozialanalyse.positions import add_level_positions

if TYPE_CHECKING:
    import datetime as dt

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue, Indicator
    from sozialanalyse.comparison.relations import Against
    from sozialanalyse.comparison.similarity import Similar


@dataclass(frozen=True)
class Comparison:
    """Areas compared at one date each indicator.

    ``areas`` holds a row for each indicator and area, in the order of area ids, with ``relation`` to the town's value;
    ``summary`` a row for each indicator: the value of the area that encloses them (from sums), the unweighted mean of
    the areas, their range, and of how many areas.
    """

    areas: pd.DataFrame
    summary: pd.DataFrame


def compare(
    frame: pd.DataFrame,
    tree: AreaTree,
    *,
    level: str,
    within: str | None = None,
    date: dt.date | str | None = None,
    catalogue: Catalogue | None = None,
    against: Against | Similar = "town",
) -> Comparison:
    """Compare the areas of a level.

    Parameters
    ----------
    frame
        Indicator frame.
    tree
        The area tree.
    level
        The level of the areas that are compared.
    within
        Only areas inside this one; default: the whole town.
    date
        The end of the period; default: for each indicator the last one for which the level has values.
    catalogue
        Kinds, directions and design effects of the indicators. Without it there are only the relation to the town's value
        and the position among the areas.
    against
        ``town``, ``parent`` or ``mean`` (see :data:`.relations.REFERENCES`), or the result of :func:`.similar_areas`. Other
        references than the town need a catalogue.

    Returns
    -------
    Comparison
        With a catalogue ``areas`` has these columns besides:

        - ``reference`` (``town``, ``parent``, ``mean``, ``similar``), ``reference_value``, ``difference`` and ``ratio`` to it, each with ``_lower`` and
          ``_upper`` (95 %; none for counts, ratios and means). The area itself is no part of its reference.
        - ``judgement``: ``better``, ``similar`` or ``worse`` by the indicator's direction, empty for neutral indicators
          and where the relation is unknown.
        - ``rank_lower, rank_upper``: ranks that the area may have, of all areas at once with 95 % confidence; 1 is the
          highest value.
        - ``funnel_z``, ``funnel``: departure from the areas' common rate, in a funnel widened by what areas differ
          anyway; 1 or -1 beyond its 95 % limits, 2 or -2 beyond those at 99.8 %, else 0.
        - ``smoothed, smoothed_lower, smoothed_upper``: the value drawn towards the common rate (empirical Bayes). It
          stands beside the raw value and feeds no rank, class or judgement.

    Raises
    ------
    UsageError
        Unknown level, area or reference; a reference that needs what is not given.

    Notes
    -----
    ``relation`` to the town asks whether the area's interval holds the town's value, which holds the area: that is on
    the careful side for large areas. To the other references it is that of the interval of the difference.
    """
    require_reference(against, catalogue)
    within = tree.root if within is None else tree.require(within)
    members = tree.below(within, tree.require_level(level))
    at_date = at_one_date(frame, members, date)
    inside = add_level_positions(at_date[at_date["area"].isin(members)])
    inside = inside.assign(relation=_relation_to_town(inside)).sort_values(["indicator", "area"], kind="stable")
    if catalogue is not None:
        inside = _with_catalogue(inside, at_date, _Setting(tree, catalogue, against))
    return Comparison(inside.reset_index(drop=True), _summary(inside, at_date[at_date["area"] == within]))


@dataclass(frozen=True)
class _Setting:
    tree: AreaTree
    catalogue: Catalogue
    against: Against | Similar


def _with_catalogue(inside: pd.DataFrame, at_date: pd.DataFrame, setting: _Setting) -> pd.DataFrame:
    groups = [rows for _, rows in inside.groupby("indicator", sort=False)] or [inside]
    everywhere = dict(tuple(at_date.groupby("indicator", sort=False)))
    parts = []
    for rows in groups:
        name = str(rows["indicator"].iloc[0]) if len(rows) else ""
        indicator = setting.catalogue.indicator(name) if name else None
        parts.append(_of_indicator(rows, everywhere.get(name, at_date), indicator, setting))
    return pd.concat(parts)


def _of_indicator(
    rows: pd.DataFrame, everywhere: pd.DataFrame, indicator: Indicator | None, setting: _Setting
) -> pd.DataFrame:
    if indicator is None:
        return rows.assign(judgement=UNJUDGED)
    rows = add_reference(rows, everywhere, indicator, setting.tree, setting.against)
    if setting.against != "town":
        rows = rows.assign(relation=relation_of_difference(rows["difference_lower"], rows["difference_upper"]))
    rows = rows.assign(judgement=judgement(rows["relation"], indicator))
    return add_positions(rows, indicator if indicator.kind in COUNTED else None)


def _relation_to_town(rows: pd.DataFrame) -> np.ndarray:
    """Where the interval of an area lies to the town's value; without an interval this stays unknown."""
    return np.select(
        [
            rows["lower"].isna() | rows["town_value"].isna(),
            rows["lower"] > rows["town_value"],
            rows["upper"] < rows["town_value"],
        ],
        [UNKNOWN, ABOVE, BELOW],
        default=AROUND,
    )


def _summary(inside: pd.DataFrame, pooled: pd.DataFrame) -> pd.DataFrame:
    by_indicator = inside.groupby("indicator", sort=False)
    summary = by_indicator.agg(
        period_kind=("period_kind", "first"),
        period_start=("period_start", "first"),
        period_end=("period_end", "first"),
        mean=("level_mean", "first"),
        minimum=("level_min", "first"),
        maximum=("level_max", "first"),
        areas=("value", "count"),
        areas_in_level=("area", "size"),
        above=("relation", lambda relation: int((relation == ABOVE).sum())),
        below=("relation", lambda relation: int((relation == BELOW).sum())),
        around=("relation", lambda relation: int((relation == AROUND).sum())),
        town_value=("town_value", "first"),
    ).reset_index()
    names = ["indicator", "value", "lower", "upper", "numerator", "denominator", "status", "mark", "reliability"]
    names += ["interpolated", "do_not_use"]
    own = pooled[[name for name in names if name in pooled]]
    return summary.merge(own, on="indicator", how="left")
