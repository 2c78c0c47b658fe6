"""How unequal the areas of a town are, and how much of that lies between its larger areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import NUMBER
from sozialanalyse.comparison._chosen import common_state, of_level

if TYPE_CHECKING:
    import datetime as dt

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue, Indicator

AVERSION: Final = 0.5
"""Parameter of Atkinson's index: how much more the areas with low values count; a moderate choice (Atkinson 1970)."""

MEASURES = (
    "gini",
    "theil",
    "theil_between",
    "theil_within",
    "atkinson",
    "dissimilarity",
    "isolation",
    "interaction",
    "entropy",
)
COLUMNS = ("indicator", "level", "period_end", "areas", "status", *MEASURES)


def inequality(
    frame: pd.DataFrame,
    tree: AreaTree,
    level: str,
    *,
    catalogue: Catalogue,
    groups: str | None = None,
    date: dt.date | str | None = None,
) -> pd.DataFrame:
    """Measure how unequal the areas of a level are, for each indicator at its last date.

    Parameters
    ----------
    frame
        Indicator frame.
    tree, level, catalogue
        Of the areas.
    groups
        Level of the larger areas between and within which Theil's index is split; default: the next larger one.
    date
        End of the period; default: of each indicator the last one with values.

    Returns
    -------
    pandas.DataFrame
        :data:`COLUMNS`, a row an indicator. Gini, Theil and Atkinson are of the values, weighted by the denominator
        (counts: unweighted). Dissimilarity, isolation, interaction and entropy are of proportions only: how unevenly those
        counted live among the areas. ``status``: ``number``; ``suppressed`` or ``missing`` where an area is, and then
        nothing is given, since every measure needs all areas. All are 0 where the areas are equal.

    Raises
    ------
    UsageError
        Unknown level or indicator.

    Notes
    -----
    - A description of a division into areas: the finer it is, the more unequal it looks. Compare only equal divisions.
    - Part of what is seen is chance, the more the smaller the areas (Carrington, Troske 1997).
    """
    larger = tree.ancestors_at(tree.require_level(groups or _next_larger(tree, level)))
    last = of_level(frame, tree, level, date)
    found = [
        _of_indicator(rows, catalogue.indicator(str(name)), larger)
        for name, rows in last.groupby("indicator", sort=False)
    ]
    return pd.DataFrame(found, columns=list(COLUMNS)).assign(level=level)


def _next_larger(tree: AreaTree, level: str) -> str:
    if level not in tree.levels:  # groups lie in no larger area but the town
        return tree.levels[-1]
    return tree.levels[min(tree.levels.index(level) + 1, len(tree.levels) - 1)]


def _of_indicator(rows: pd.DataFrame, indicator: Indicator, larger: pd.Series) -> dict[str, object]:
    """One row; areas to which the indicator does not apply have nobody to count and take no part."""
    status = common_state(rows)
    known = rows[rows["value"].notna()]
    result: dict[str, object] = dict.fromkeys(MEASURES, np.nan)
    result |= {
        "indicator": indicator.id,
        "period_end": rows["period_end"].iloc[0],
        "areas": len(known),
        "status": status,
    }
    return result if status != NUMBER or known.empty else result | _measured(known, indicator, larger)


def _measured(known: pd.DataFrame, indicator: Indicator, larger: pd.Series) -> dict[str, object]:
    values = known["value"].to_numpy(dtype=np.float64)
    weights = None if indicator.kind == "count" else known["denominator"].to_numpy(dtype=np.float64)
    theil = statistics.theil_parts(values, known["area"].map(larger).astype(str).to_numpy(), weights=weights)
    result: dict[str, object] = {
        "gini": float(statistics.gini(values, weights=weights)),
        "theil": float(theil.total),
        "theil_between": float(theil.between),
        "theil_within": float(theil.within),
        "atkinson": float(statistics.atkinson(values, AVERSION, weights=weights)),
    }
    if indicator.kind == "proportion":
        part = np.minimum(known["numerator"], known["denominator"])
        apart = statistics.group_segregation(part, known["denominator"])
        result |= {name: float(getattr(apart, name)) for name in MEASURES[5:]}
    return result
