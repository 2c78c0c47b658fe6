"""Counts across a reform: what was counted in old areas, carried over to new ones, with what that may be wrong by.

Totals are kept: over all new areas a count adds up to what it was over the old ones. What a split area gives to a new one is an
estimate; it is never rounded, its bounds are wide, and it says when it is too uncertain to be used. Renamed areas and
those put together come out exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.amounts import MISSING, NUMBER, SUPPRESSED, VALUES, ZERO, add_up
from sozialanalyse.areas import AreaTree, Crosswalks, boundaries_of, territory_breaks
from sozialanalyse.errors import DataError, Fault, Place, nearest
from sozialanalyse.loading.checks import KEY, Declared
from sozialanalyse.loading.csv_files import FILE_ROW, read_text_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sozialanalyse.documents import Document
    from sozialanalyse.loading.town_file import TownFile

LARGEST_RELATIVE_ERROR = 0.15
"""Beyond this relative standard error an estimate should not be used: the Mikrozensus shows no such value either."""

WIDTH = 1.96
"""Standard errors on either side of an estimate: 95 %."""

ESTIMATED = "E"
"""SDMX CL_OBS_STATUS of a value that was estimated."""

NORMAL = "A"
CELL = [*KEY[1:], "period_kind"]
"""What is counted and when; with the area it is one count."""

HARD = ["hard_lower", "hard_upper"]
"""Bounds that nothing can exceed; ``lower, upper`` are those that rounding leaves open around the estimate."""

OF_ONE_COUNT = ("mark", "footnote")
"""What a deliverer wrote beside one count is not said of a sum."""

WORKING = ["variance", "estimated", "splits"]
"""Of a count on its way: variance, how much of it comes from split areas, and from how many parts."""

ESTIMATES = ["area", *CELL, "value", "error", "relative_error", "estimated_share", "do_not_use"]


def read_crosswalks(document: Document[TownFile], declared: Declared, find: Callable[[str], Path]) -> Crosswalks:
    """Read and check the crosswalks of a town; none are declared: an empty one.

    Raises
    ------
    DataError
        With all faults at once, see :meth:`.Crosswalks.from_frame`; also measures that the catalogue does not know.
    """
    name = document.content.crosswalks
    if name is None:
        return Crosswalks()
    table = read_text_table(find(name), name).set_index(FILE_ROW)
    if "measure" in table:
        measures = [measure.id for measure in declared.catalogue.measures]
        strange = table.loc[~table["measure"].isin(["", *measures]), "measure"]
        message = "measure '{measure}' is not in the catalogue; did you mean: {hint}?"
        faults = [
            Fault(message, {"measure": measure, "hint": nearest(measure, measures)}, Place(name, int(str(row))))
            for row, measure in strange.items()
        ]
        if faults:
            raise DataError(faults)
    return Crosswalks.from_frame(table, declared.areas, name)


@dataclass(frozen=True)
class Carried:
    """Counts on the boundaries of a day.

    Parameters
    ----------
    areas
        The tree of that day (see :func:`sozialanalyse.areas.boundaries_of`).
    counts
        Frame of counts; ``value`` of a carried count may be fractional, ``lower, upper`` hold its 95 % range within what is
        possible, ``obs_status`` is ``E`` where a split area took part.
    estimates
        The counts with ``obs_status`` ``E``: area and cell, ``value, error`` (standard error), ``relative_error`` (of the
        value), ``estimated_share`` (how much of the value comes from split areas, 0 to 1), ``do_not_use``.
    """

    areas: AreaTree
    counts: pd.DataFrame
    estimates: pd.DataFrame


def carry_over(counts: pd.DataFrame, areas: AreaTree, crosswalks: Crosswalks, day: pd.Timestamp) -> Carried:
    """Carry the counts of all earlier boundaries over to those of a day.

    Parameters
    ----------
    counts
        Frame of counts (see :func:`sozialanalyse.loading.counts.check_counts`).
    areas, crosswalks
        Of the town.
    day
        Whose boundaries are wanted. Reforms after it are left out of account.

    Notes
    -----
    Five states: a part of a missing count is missing; of a suppressed one it is suppressed, from 0 to the upper bound; of
    zero it is zero; what is not applicable adds nothing. Delivered counts of a larger area that changed its
    territory without changing its id are left out for the time before: sums of the carried areas take their place.
    """
    tree = boundaries_of(areas, crosswalks, day)
    rows = _without_changed_sums(counts, areas, crosswalks, day)
    rows = rows.assign(hard_lower=rows["lower"], hard_upper=rows["upper"], variance=0.0, estimated=0.0, splits=0)
    for date in (date for date in crosswalks.dates if date <= day):
        rows = _one_reform(rows, crosswalks.at(date), date)
    rows = rows[rows["area"].isin(tree.frame["area"])]
    rows = _with_bounds(rows).sort_values([*KEY, "row"], kind="stable", ignore_index=True)
    is_estimate = (rows["splits"] > 0) & (rows["status"] == NUMBER)
    before = rows["obs_status"].astype(object) if "obs_status" in rows else pd.Series(NORMAL, index=rows.index)
    carried = rows.assign(obs_status=before.mask(is_estimate, ESTIMATED))[list(dict.fromkeys([*counts, "obs_status"]))]
    kinds = {name: kind for name, kind in counts.dtypes.items() if name != "obs_status"}
    carried = carried.astype({**kinds, "obs_status": "category"})
    return Carried(tree, carried, _estimates(rows[is_estimate]))


def _without_changed_sums(
    counts: pd.DataFrame, areas: AreaTree, crosswalks: Crosswalks, day: pd.Timestamp
) -> pd.DataFrame:
    """Leave out delivered counts of larger areas of the time before their territory changed."""
    breaks = territory_breaks(areas, crosswalks)
    breaks = breaks[(breaks["date"] <= day) & (breaks["area"].map(areas.level) != areas.levels[0])]
    if breaks.empty:
        return counts
    changed = counts["area"].map(breaks.groupby("area")["date"].max())
    return counts[~(counts["period_end"] < changed)]


def _one_reform(rows: pd.DataFrame, shares: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """Carry counts of before a reform over to the areas after it."""
    shares = _complete(shares)
    concerned = (rows["period_end"] < date) & rows["area"].isin(shares["from_area"])
    if not concerned.any():
        return rows
    old = rows[concerned]
    parts = old.assign(cell=_cells(old, shares)).merge(
        shares[["from_area", "to_area", "cell", "share", "clustering"]],
        left_on=["area", "cell"],
        right_on=["from_area", "cell"],
    )
    return pd.concat([rows[~concerned], _added(_parts(parts), shares)[rows.columns]], ignore_index=True)


def _cells(rows: pd.DataFrame, shares: pd.DataFrame) -> pd.Series:
    """Find for each count the shares closest to it: its own, those of its measure, or those of all."""
    known = set(shares[["from_area", "cell"]].itertuples(index=False, name=None))
    measure, ages = rows["measure"].astype(str), rows[["age_from", "age_to"]].astype(str)
    own = measure + "|" + rows["sex"].astype(str) + "|" + ages["age_from"] + "|" + ages["age_to"]
    cells = [
        next((cell for cell in wanted if (area, cell) in known), "")
        for area, *wanted in zip(rows["area"], own, measure, strict=True)
    ]
    return pd.Series(cells, index=rows.index, dtype=object)


def _complete(shares: pd.DataFrame) -> pd.DataFrame:
    """Give each old area the same new ones in all its shares, with 0 where nobody went; others leave it out."""
    pairs = shares.loc[shares["share"] > 0, ["from_area", "to_area"]].drop_duplicates()
    cells = shares[["from_area", "cell"]].drop_duplicates().merge(pairs, on="from_area")
    full = cells.merge(shares, on=["from_area", "to_area", "cell"], how="left")
    return full.fillna({"share": 0.0, "clustering": 0.0})


def _parts(rows: pd.DataFrame) -> pd.DataFrame:
    """Compute what each old area gives to each new one: value, bounds and variance."""
    share, value = rows["share"].to_numpy(), rows["value"].to_numpy(dtype=np.float64)
    is_split = (share > 0) & (share < 1)
    known = np.nan_to_num(value)
    spread = np.where(is_split, known * share * (1 - share) * (1 + np.maximum(known - 1, 0) * rows["clustering"]), 0.0)
    hard_lower = np.where(is_split, 0.0, rows["hard_lower"] * share)
    hard_upper = np.where(share > 0, rows["hard_upper"], 0 * rows["hard_upper"])
    is_hidden = (rows["status"] == SUPPRESSED).to_numpy()
    return rows.assign(
        area=rows["to_area"],
        value=value * share,
        hard_lower=hard_lower,
        hard_upper=hard_upper,
        lower=np.where(is_hidden, hard_lower, rows["lower"] * share),
        upper=np.where(is_hidden, hard_upper, rows["upper"] * share),
        variance=rows["variance"] * share**2 + spread,
        estimated=np.where(is_split, known * share, rows["estimated"] * share),
        # A part of a zero is exactly zero: nobody is there to be misplaced.
        splits=rows["splits"] + (is_split & (rows["status"] != ZERO)),
    )


def _added(parts: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Add the parts of each new area by the rules of the five states; where a part was not delivered, it is missing."""
    by = ["area", *CELL]
    parts = parts.astype(dict.fromkeys(("measure", "sex", "period_kind"), object))
    hard = add_up(parts.assign(lower=parts["hard_lower"], upper=parts["hard_upper"])[[*by, *VALUES]], by)
    sums = add_up(parts[[*by, *VALUES]], by).assign(
        hard_lower=hard["lower"], hard_upper=hard["upper"], status=hard["status"]
    )
    first = parts.sort_values([*by, "row"], kind="stable").groupby(by, sort=True, observed=True)
    others = [name for name in parts if name not in {*by, *VALUES, *HARD, *WORKING}]
    rest = first[others].first().reset_index(drop=True)
    alone = first.size().to_numpy() == 1
    rest = rest.assign(**{name: rest[name].where(alone, "") for name in OF_ONE_COUNT if name in rest})
    numbers = first[WORKING].sum().reset_index(drop=True)
    rows = pd.concat([sums, rest, numbers], axis=1)
    return _with_gaps(rows, first.size().to_numpy(), shares)


def _with_gaps(rows: pd.DataFrame, found: np.ndarray, shares: pd.DataFrame) -> pd.DataFrame:
    """Make a sum missing of which an old area delivered no row: it would silently be too small."""
    sources = shares.groupby("to_area")["from_area"].nunique()
    gap = found < rows["area"].map(sources).to_numpy()
    return rows.assign(
        value=rows["value"].mask(gap),
        upper=rows["upper"].mask(gap),
        hard_upper=rows["hard_upper"].mask(gap),
        status=rows["status"].mask(gap, MISSING),
    )


def _with_bounds(rows: pd.DataFrame) -> pd.DataFrame:
    """Widen the bounds by the error of the split, within what is possible."""
    around = WIDTH * np.sqrt(rows["variance"])
    lower = np.maximum(rows["hard_lower"], rows["lower"] - around)
    upper = np.minimum(rows["hard_upper"], rows["upper"] + around)
    return rows.assign(lower=lower, upper=upper.where(rows["hard_upper"].notna()))


def _estimates(rows: pd.DataFrame) -> pd.DataFrame:
    """List the estimated counts with their errors."""
    error, value = np.sqrt(rows["variance"]), rows["value"]
    relative = error / value.where(value > 0)
    return rows.assign(
        error=error,
        relative_error=relative,
        estimated_share=(rows["estimated"] / value.where(value > 0)).clip(upper=1),
        do_not_use=~(relative <= LARGEST_RELATIVE_ERROR),
    )[ESTIMATES].reset_index(drop=True)
