"""Shares by what was counted on the new boundaries, and how many people a crosswalk puts into the wrong area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from sozialanalyse.amounts import NUMBER, SEXES, ZERO
from sozialanalyse.areas.crosswalks import COUNTED, POPULATION

if TYPE_CHECKING:
    from sozialanalyse.areas import AreaTree, Crosswalks

RESIDENTS: Final = "population"
"""The measure that stands for all that have no shares of their own."""

FEWEST = 100
"""Shares counted among fewer people vary more by chance than those of all residents differ from them."""

ALL_AGES = (0, 999)

MISPLACED = ["date", "measure", "period_end", "people", "misplaced", "share", "share_of_town"]


def counted_shares(counts: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Make a crosswalk of what was counted first on the new boundaries.

    Parameters
    ----------
    counts
        Frame of counts.
    pairs
        ``from_area, to_area, date`` of areas that were divided.

    Returns
    -------
    pandas.DataFrame
        Text for :meth:`.Crosswalks.from_frame`, each old area with the counts of its first period as weights: those of
        ``population`` for everything (``basis`` population), and those of each measure, and of each of its counts by sex
        and age, for itself (``basis`` counted). Where a part is not known, or fewer than :data:`FEWEST` are counted, there
        are no rows, and the next wider shares stand for it.
    """
    joined = counts.merge(pairs, left_on="area", right_on="to_area")
    joined = joined[joined["period_end"] >= pd.to_datetime(joined["date"])]
    joined = joined.astype({"measure": object, "sex": object})
    first = joined.groupby(["from_area", "measure"])["period_end"].transform("min")
    joined = joined[joined["period_end"] == first]
    ages = zip(joined["age_from"], joined["age_to"], strict=True)
    joined["age"] = [f"{first}-{last}" if (first, last) != ALL_AGES else "" for first, last in ages]
    by_cell = _weights(joined[(joined["sex"] != SEXES[0]) | (joined["age"] != "")], ["measure", "sex", "age"])
    by_measure = _weights(joined, ["measure"])
    residents = by_measure[by_measure["measure"] == RESIDENTS].assign(measure="", basis=POPULATION)
    rows = pd.concat([residents, by_measure, by_cell], ignore_index=True).fillna({"sex": "", "age": ""})
    return rows.assign(weight=rows["weight"].map("{:.12g}".format)).set_axis(range(2, len(rows) + 2))


def _weights(rows: pd.DataFrame, cell: list[str]) -> pd.DataFrame:
    """Add up what is known of each new area; old areas with a gap, or with few people, are left out."""
    key = ["from_area", *cell]
    known = rows["status"].isin([NUMBER, ZERO]).groupby([rows[name] for name in key]).transform("all")
    sums = rows[known].groupby([*key, "to_area", "date"], as_index=False)["value"].sum()
    enough = sums.groupby(key)["value"].transform("sum") >= FEWEST
    return sums[enough].rename(columns={"value": "weight"}).assign(basis=COUNTED)


def misplaced(counts: pd.DataFrame, areas: AreaTree, crosswalks: Crosswalks) -> pd.DataFrame:
    """Tell how many people a crosswalk puts into the wrong area, wherever that can be known.

    After a reform that divided areas, the new ones are counted, and so are, as their sums, the old ones. These are carried
    over and set beside what was counted. Shares that were counted at one of the dates have no error there.

    Returns
    -------
    pandas.DataFrame
        ``date`` (of the reform), ``measure, period_end, people`` (in divided areas), ``misplaced`` (people in the wrong
        area: half the sum of the differences), ``share`` (of these people), ``share_of_town``; measures and periods of
        which all divided areas are known.
    """
    found = [_misplaced(counts, areas, crosswalks.at(date)) for date in crosswalks.dates]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=MISPLACED)


def _misplaced(counts: pd.DataFrame, areas: AreaTree, shares: pd.DataFrame) -> pd.DataFrame:
    nested = shares[~shares.duplicated(["to_area", "cell"], keep=False) & (shares["share"] < 1)]
    level = areas.frame.set_index("area")["level"].reindex(shares["to_area"]).iloc[0]
    after = counts[(counts["period_end"] >= shares["date"].iloc[0]) & counts["area"].isin(areas.at(level)["area"])]
    rows = after.assign(measure=after["measure"].astype(str), known=after["status"].isin([NUMBER, ZERO]))
    by = ["measure", "period_end"]
    sums = rows.groupby([*by, "area"], as_index=False)[["value", "known"]].agg({"value": "sum", "known": "all"})
    town = sums.groupby(by)["value"].sum()
    split = pd.concat([_with_shares(part, nested, str(name)) for name, part in sums.groupby("measure")])
    split["old"] = split.groupby([*by, "from_area"])["value"].transform("sum")
    split["wrong"] = (split["old"] * split["share"] - split["value"]).abs() / 2
    result = split.groupby(by).agg(people=("value", "sum"), misplaced=("wrong", "sum"), known=("known", "all"))
    result = result[result["known"] & (result["people"] > 0)]
    result = result.assign(
        date=shares["date"].iloc[0],
        share=result["misplaced"] / result["people"],
        share_of_town=result["misplaced"] / town.reindex(result.index),
    )
    return result.reset_index()[MISPLACED]


def _with_shares(rows: pd.DataFrame, shares: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Join the shares of a measure to the counts of new areas, its own before the general ones."""
    own = shares[shares["cell"] == measure]
    general = shares[(shares["cell"] == "") & ~shares["from_area"].isin(own["from_area"])]
    chosen = pd.concat([own, general])[["from_area", "to_area", "share"]]
    return rows.merge(chosen, left_on="area", right_on="to_area")
