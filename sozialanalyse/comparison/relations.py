"""How an area lies to what it is compared with, and what that means where the indicator has a direction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from sozialanalyse.evidence import ABOVE, AROUND, BELOW, UNKNOWN

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.catalogue import Indicator

BETTER, SIMILAR, WORSE, UNJUDGED = "better", "similar", "worse", ""
"""Judgements; they stand in a column for those who plan, never in public texts or orders."""

Against = Literal["town", "parent", "mean"]
REFERENCES: Final[tuple[str, ...]] = get_args(Against)
"""With what an area is compared: the rest of the town, the rest of the area that it belongs to (its Sozialraum), or the
unweighted mean of the other areas; besides, areas that are alike in declared respects. Never with itself."""


def relation_of_difference(lower: pd.Series, upper: pd.Series) -> np.ndarray:
    """Name where a difference lies by its interval; without one this stays unknown."""
    return np.select([lower.isna() | upper.isna(), lower > 0, upper < 0], [UNKNOWN, ABOVE, BELOW], default=AROUND)


def judgement(relation: pd.Series, indicator: Indicator) -> np.ndarray:
    """Judge relations by the direction of the indicator; a neutral one is never judged."""
    if indicator.direction == "neutral":
        return np.full(len(relation), UNJUDGED, dtype=object)
    high, low = (BETTER, WORSE) if indicator.direction == "higher_is_better" else (WORSE, BETTER)
    named = {ABOVE: high, BELOW: low, AROUND: SIMILAR, UNKNOWN: UNJUDGED}
    return relation.map(named).to_numpy(dtype=object)
