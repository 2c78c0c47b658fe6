"""What protection costs: how many counts are hidden and why, and for how many people a page shows no value.

What can be counted in a Release everybody may know. Why a count is hidden may not leave the house: it would tell the
counts that are too small from those that only protect them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.amounts import MISSING, NOT_APPLICABLE, PERIOD, SEXES, SUPPRESSED, amount_by_area
from sozialanalyse.disclosure.cells import CELL, cells_of
from sozialanalyse.disclosure.contributions import read_contributed
from sozialanalyse.disclosure.decision import primary_of
from sozialanalyse.disclosure.gate import town_folder
from sozialanalyse.disclosure.nodes import COMPLEMENT, REST, TERM
from sozialanalyse.disclosure.primary import Reason, reason_names
from sozialanalyse.disclosure.release import HIDDEN, PUBLISHED, UNASSIGNED
from sozialanalyse.disclosure.rules import load_rules, sources_of
from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.disclosure.cells import Cells
    from sozialanalyse.disclosure.release import Release
    from sozialanalyse.town import Town

PRECEDENCE = (
    Reason.MARKED,
    Reason.SINGLE_BUILDING,
    Reason.PUBLIC_DENOMINATOR_TOO_SMALL,
    Reason.TOO_FEW,
    Reason.SATURATED,
    Reason.COMPLEMENT_TOO_FEW,
    Reason.DOMINANCE,
    Reason.P_PERCENT,
)
"""Of several reasons the first one here counts, so that each hidden count is counted once."""

OTHERS = "others"
"""Not itself in need of protection: hidden to protect others, or because an earlier release hid it."""

WHY = (*(reason_names(reason)[0] for reason in PRECEDENCE), OTHERS)
"""Names of the reasons in the order of :data:`PRECEDENCE`."""

RESIDENTS = "population"
_KEY = ["area", *CELL, *PERIOD]
_TABLE = ["measure", *PERIOD]
_SHOWN = ["indicator", "level", *PERIOD]


@dataclass(frozen=True, eq=False)
class Costs:
    """What a Release hides.

    Parameters
    ----------
    tables
        A row for each measure and period that is not public: ``measure``, period columns, ``cells`` (counts of terms in areas
        of all levels), ``hidden`` of them, and ``share`` (0 to 1). In the house also how many of the hidden ones have each of
        the reasons of :data:`WHY`.
    indicators
        A row for each indicator, level and period: ``areas`` (for which there are counts), ``hidden`` (those without a value),
        ``share`` (of them among the areas), ``residents`` (share of the town's people who live in them; NaN where that is not
        known). In the house also ``people``: how many the hidden numerators count.
    is_internal
        Whether it says why and how many people, which is for those only who keep the data.
    """

    tables: pd.DataFrame
    indicators: pd.DataFrame
    is_internal: bool


def costs_of(release: Release, town: Town | None = None) -> Costs:
    """Count what a Release hides.

    Parameters
    ----------
    release
        Of a town that has been protected; of an unprotected one there is nothing to count.
    town
        The town that it was made of, for those who keep its data.
    """
    states = release.states[release.states["state"].isin([PUBLISHED, HIDDEN])]
    why = None if town is None else _reasons(release, town)
    return Costs(_tables(states, why), _indicators(release, town), is_internal=town is not None)


def _tables(states: pd.DataFrame, why: pd.DataFrame | None) -> pd.DataFrame:
    """Count the states of each measure in each period."""
    rows = states[_KEY].assign(cells=1, hidden=(states["state"] == HIDDEN).astype(int))
    counted = ["cells", "hidden"]
    if why is not None:
        named = rows.merge(why, on=_KEY, how="left")["why"].fillna(OTHERS).to_numpy()
        is_hidden = rows["hidden"].to_numpy() == 1
        rows = rows.assign(**{name: (is_hidden & (named == name)).astype(int) for name in WHY})
        counted += WHY
    sums = rows.groupby(_TABLE, as_index=False)[counted].sum()
    return sums.assign(share=sums["hidden"] / sums["cells"])


def _reasons(release: Release, town: Town) -> pd.DataFrame:
    """Find again why each count needs protection: :data:`_KEY` and ``why``, a row for each that does."""
    rules = load_rules(town_folder(town), town.data.file, town.catalogue, sources_of(town.counts))
    cells = cells_of(town, [rule.measure for rule in release.about.rules if rule.public])
    contributed = read_contributed(
        rules, rules.sources, release.audience, town_folder(town), town.areas, town.catalogue
    )
    codes = _with_rests(cells, primary_of(cells, rules, release.audience, town.areas.root, contributed).reasons)
    frame = cells.frame.assign(why=_first(codes))
    wanted = frame["kind"].isin([TERM, REST]) & (codes != 0)
    rows = frame.loc[wanted, [*_KEY, "kind", "why"]].astype(dict.fromkeys(("measure", "sex", "period_kind"), object))
    return rows.assign(area=rows["area"].where(rows["kind"] != REST, UNASSIGNED + rows["area"]))[[*_KEY, "why"]]


def _with_rests(cells: Cells, codes: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Give a part the reasons of what it leaves of its whole, which is no count of its own."""
    rests = np.flatnonzero((cells.frame["kind"] == COMPLEMENT).to_numpy() & (codes != 0))
    result = codes.copy()
    np.bitwise_or.at(result, cells.frame["part"].to_numpy()[rests], codes[rests])
    return result


def _first(codes: NDArray[np.uint16]) -> NDArray[np.object_]:
    """Name the first reason of each code."""
    has = [(codes & int(reason)) != 0 for reason in PRECEDENCE]
    return np.asarray(np.select(has, WHY[:-1], default=""), dtype=object)


def _indicators(release: Release, town: Town | None) -> pd.DataFrame:
    """Count the areas of each level for which a page shows no value."""
    frame = release.indicators()
    frame = frame[~frame["status"].isin([MISSING, NOT_APPLICABLE])]
    is_hidden = frame["status"] == SUPPRESSED
    lost = _residents(frame, release if town is None else town).where(is_hidden, 0.0)
    rows = frame[["area", *_SHOWN]].assign(areas=1, hidden=is_hidden.astype(int), residents=lost, unknown=lost.isna())
    counted = ["areas", "hidden"]
    if town is not None:
        rows, counted = rows.assign(people=_people(rows, town).where(is_hidden, 0.0)), [*counted, "people"]
    sums = rows.groupby(_SHOWN, as_index=False, sort=False, observed=True)[[*counted, "residents", "unknown"]].sum()
    shares = {"share": sums["hidden"] / sums["areas"], "residents": sums["residents"].mask(sums["unknown"] > 0)}
    return sums.assign(**shares).drop(columns="unknown")


def _people(rows: pd.DataFrame, town: Town) -> pd.Series:
    """Count the people of each row's numerator; NaN where nobody in the house knows them either."""
    key = ["area", "indicator", *PERIOD]
    counts = town.indicators()[[*key, "numerator"]]
    return rows[key].merge(counts, on=key, how="left")["numerator"].set_axis(rows.index)


def _residents(rows: pd.DataFrame, town: Town) -> pd.Series:
    """Give the share of the town's people who live in the area of each row, on the date nearest to its end."""
    people = amount_by_area(town.counts, (SEXES[0], 0, OPEN_AGE), RESIDENTS, town.areas)[
        ["area", "period_end", "value"]
    ]
    if people.empty:
        return pd.Series(np.nan, index=rows.index)
    whole = people.loc[people["area"] == town.areas.root].set_index("period_end")["value"]
    shares = people.assign(share=people["value"] / people["period_end"].map(whole)).drop(columns="value")
    wanted = rows[["area", "period_end"]].assign(row=rows.index).sort_values("period_end", kind="stable")
    near = pd.merge_asof(
        wanted, shares.sort_values("period_end", kind="stable"), on="period_end", by="area", direction="nearest"
    )
    return near.set_index("row")["share"].reindex(rows.index)
