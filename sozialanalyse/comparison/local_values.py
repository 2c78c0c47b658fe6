"""Values of small areas drawn towards those of their neighbourhood: beside the raw value, never in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sozialanalyse import statistics
from sozialanalyse.comparison._chosen import joined, of_level
from sozialanalyse.comparison.counted import COUNTED, Counted
from sozialanalyse.comparison.neighbourhoods import neighbours_of

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue, Indicator
    from sozialanalyse.comparison.neighbourhoods import Neighbours

COLUMNS: Final = (
    *("indicator", "area", "level", "period_end", "value", "lower", "upper", "status"),
    *("local", "local_lower", "local_upper", "around", "neighbours"),
)


def local_values(
    frame: pd.DataFrame,
    neighbours: pd.DataFrame,
    tree: AreaTree,
    level: str,
    *,
    catalogue: Catalogue,
    date: dt.date | str | None = None,
) -> pd.DataFrame:
    """Set beside each value the one drawn towards its neighbourhood (local empirical Bayes), at each indicator's last date.

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

    Returns
    -------
    pandas.DataFrame
        :data:`COLUMNS`, a row for each proportion or rate and area in the order of ids: the raw ``value`` with its interval;
        ``local, local_lower, local_upper``: the value drawn towards ``around``, the value of the area and its neighbours from
        sums; how many ``neighbours`` there are. All in the indicator's unit.

        Where the area or a neighbour is hidden or missing there is no local value, elsewhere there is: it rests on the
        neighbourhood alone. An island keeps its raw value.

    Raises
    ------
    UsageError
        Unknown level or indicator; no polygons of its areas, or a table that names others.

    Notes
    -----
    It takes neighbours for alike, and hides an area that is unlike its neighbours: it feeds no rank, class, judgement, need or
    allocation. Its limits are wide, for a handful of neighbours tells little about how much they differ.

    References
    ----------
    See :func:`.statistics.local_empirical_bayes`.

    Examples
    --------
    >>> import pandas as pd
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
    >>> found = local_values(frame, row, tree, "quarter", catalogue=shipped())
    >>> found[["value", "local", "around"]].head(3).round(1).to_numpy().tolist()
    [[30.0, 30.8, 30.8], [31.7, 30.3, 30.3], [29.3, 28.3, 24.8]]
    """
    last = of_level(frame, tree, level, date)
    around = neighbours_of(neighbours, tree, level)
    parts = []
    for name, rows in last.sort_values(["indicator", "area"], kind="stable").groupby("indicator", sort=False):
        indicator = catalogue.indicator(str(name))
        if indicator.kind in COUNTED:
            parts.append(_of_indicator(rows, around, indicator))
    return joined(parts, COLUMNS)


def _of_indicator(rows: pd.DataFrame, around: Neighbours, indicator: Indicator) -> pd.DataFrame:
    """All areas take part, those without a value too: what is not known next door must not show."""
    known = rows[rows["area"].isin(around.areas)]
    weights = around.weights(known["area"].tolist())
    counted = Counted.of(known, indicator)
    local = statistics.local_empirical_bayes(counted.events, counted.total, weights, family=counted.family)
    parts = {"local": local.value, "local_lower": local.lower, "local_upper": local.upper, "around": local.mean}
    columns = {name: np.asarray(part) * indicator.factor for name, part in parts.items()}
    return known.assign(**columns, neighbours=np.diff(weights.indptr))[list(COLUMNS)]
