"""Areas that are alike in declared respects: with whom an area is fairly compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from sozialanalyse.amounts import SUPPRESSED
from sozialanalyse.comparison._chosen import at_one_date
from sozialanalyse.errors import DataError, Fault, Place, UsageError, unknown

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sozialanalyse.areas import AreaTree

LEAST_SIMILAR: Final = 5
"""Fewer areas are no reference: one of them that is special would be half of it."""


@dataclass(frozen=True)
class Similar:
    """For each area of a level those most alike.

    Parameters
    ----------
    frame
        ``area, similar, distance``: a row for each pair, the nearest first. Areas without a context value have none.
    context
        Ids of the indicators by which they were chosen.
    """

    frame: pd.DataFrame
    context: tuple[str, ...]

    def areas_of(self, area: str) -> list[str]:
        """Ids of the areas that are alike, nearest first."""
        return self.frame.loc[self.frame["area"] == area, "similar"].tolist()


def similar_areas(
    frame: pd.DataFrame,
    tree: AreaTree,
    *,
    level: str,
    context: Sequence[str],
    count: int = LEAST_SIMILAR,
    date: dt.date | str | None = None,
) -> Similar:
    """Choose for each area the areas of its level that are most like it, never itself.

    The distance is Euclidean over the context indicators, each divided by its standard deviation among the areas, at their
    last date. Of equally near ones those with the lower id are taken.

    Parameters
    ----------
    frame
        Indicator frame that holds the context indicators.
    tree
        The area tree.
    level
        Of the areas.
    context
        Ids of indicators that say what makes areas alike, such as age structure and density; declared by those who
        compare, and none of those to be compared.
    count
        How many; at least :data:`LEAST_SIMILAR`.
    date
        End of the period; default: of each indicator the last one with values.

    Raises
    ------
    UsageError
        Unknown level or indicator, no context, too few areas asked for or there.
    DataError
        A context value is confidential: which areas are near could change once it were known.
    """
    if count < LEAST_SIMILAR:
        raise UsageError(
            "{count} similar areas are asked for; at least {least} are needed", count=count, least=LEAST_SIMILAR
        )
    if not context:
        raise UsageError("name the indicators that make areas alike; without any, no area is like another")
    values = _context_values(frame, tree.at(tree.require_level(level))["area"].tolist(), context, date)
    if len(values) <= count:
        message = "there are {found} areas with all context values; {count} similar ones of each need at least {least}"
        raise UsageError(message, found=len(values), count=count, least=count + 1)
    spread = values.std(ddof=0).replace(0.0, np.nan)
    scaled = (values / spread).fillna(0.0).to_numpy(dtype=np.float64)  # where all are equal, none is nearer
    distance = np.sqrt(((scaled[:, np.newaxis] - scaled) ** 2).sum(axis=-1))
    np.fill_diagonal(distance, np.inf)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :count]
    ids = values.index.to_numpy(dtype=object)
    pairs = {
        "area": np.repeat(ids, count),
        "similar": ids[nearest].ravel(),
        "distance": np.take_along_axis(distance, nearest, axis=1).ravel(),
    }
    return Similar(pd.DataFrame(pairs), tuple(context))


def _context_values(
    frame: pd.DataFrame, areas: Sequence[str], context: Sequence[str], date: dt.date | str | None
) -> pd.DataFrame:
    """Lay the context out, a row an area in the order of ids; areas that lack a value are left out, hidden ones refused."""
    known = list(frame["indicator"].unique())
    for name in context:
        if name not in known:
            what = "indicator"
            raise unknown(what, name, known)
    rows = frame[frame["area"].isin(areas) & frame["indicator"].isin(context)]
    last = at_one_date(rows, areas, date)
    message = "'{indicator}' is confidential here, so that which areas are similar is not known; take another context indicator"
    hidden = last[last["status"] == SUPPRESSED]
    if len(hidden):
        raise DataError(
            Fault(message, {"indicator": row.indicator}, Place(area=str(row.area))) for row in hidden.itertuples()
        )
    table = last.pivot_table(index="area", columns="indicator", values="value", aggfunc="first", dropna=True)
    return table.reindex(columns=list(context)).dropna().sort_index()
