"""What may be said of a calculation: claim, size, interval, method and caveats of each area, for words made elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from sozialanalyse.outlook.past import TOTAL

if TYPE_CHECKING:
    from sozialanalyse.outlook.assumptions import Assumptions
    from sozialanalyse.outlook.past import Backtest
    from sozialanalyse.outlook.populations import Population

COLUMNS: Final = [
    *("claim", "indicator", "area", "level", "first", "last", "size", "lower", "upper"),
    *("reference", "method", "reason", "p_value", "grade", "caveats"),
]
"""Columns of a frame of statements: those of an evidence statement."""

WOULD_RISE, WOULD_FALL, NO_CLEAR_CHANGE, COMPUTED = "would_rise", "would_fall", "no_clear_change", "computed"
"""Claims on the way from the last count to the last date computed: the interval lies above it, below it, around it; there is none."""

SMALL_AREA: Final = 1000.0
"""Persons below which an area's cohorts are mostly the town's (see ``BORROWED``)."""

NARROW: Final = 0.7
"""Coverage on held-back years below which an interval of 80 % is said to be too narrow."""

REASONS: Final = {
    "hamilton_perry": "age bands are as wide as a step: cohorts grow old, with the changes of the past steps",
    "cohort_component": "survival and fertility are given, and net migration follows from the past steps",
    "ageing": "age bands are of unequal width: of each a part moves up every year, with the changes of the past years",
    "constant_share": "totals only: every area keeps its share of the town, which goes on to grow as before",
    "changing_share": "totals only: every area goes on to grow as before, within the town's total",
    "local_level": "the series has enough points, varies around a level, and computing it so was better than 'as last time'",
    "damped_trend": "the series has enough points and a direction, and computing it so was better than 'as last time'",
}
"""Why a method was taken, by its name."""

CAVEATS: Final = {
    "model_calculation": "This is a calculation from assumptions (Vorausberechnung), not a forecast.",
    "naive_not_beaten": "On held-back years the area's total was computed no better than by taking the last count.",
    "too_few_past_errors": "No interval is given: the series is too short to see how wrong such a calculation is at this distance.",
    "errors_of_alike_areas": "The interval rests on past errors of areas of like size, and on the assumption that they go on.",
    "small_area": "The area is so small that the ages of its people follow those of the town.",
    "special_held_constant": "People in homes, halls, accommodation and prisons are held constant.",
    "new_building_assumed": "It is assumed that new dwellings are built and lived in as declared.",
    "given_total": "The town's total is taken from another calculation, which may rest on another count of inhabitants.",
    "interval_too_narrow": "On held-back years clearly fewer of the values than 80 % lay within such intervals.",
    "model_interval": "The interval is that of the model, and holds if the series goes on to vary as before.",
}
"""What each caveat says."""


def of_projection(
    frame: pd.DataFrame, population: Population, tested: Backtest, assumptions: Assumptions
) -> pd.DataFrame:
    """State for each area how its total at the last date computed differs from the last count.

    Returns
    -------
    pandas.DataFrame
        :data:`COLUMNS`; ``size, lower, upper`` in persons; the grade is never better than limited.
    """
    rows = frame[(frame["sex"] == "all") & (frame["age_from"] == 0) & (frame["distance"] == frame["distance"].max())]
    last = population.persons[-1].sum(axis=(-2, -1))
    counted = rows["area"].map(dict(zip((*population.areas, population.town), [*last, last.sum()], strict=True)))
    change = {"size": rows["value"] - counted, "lower": rows["lower"] - counted, "upper": rows["upper"] - counted}
    fared = tested.frame[tested.frame["part"] == TOTAL].set_index("area")["better"]
    better = rows["area"].map(fared).astype(bool)
    covered = tested.summary.set_index("part")["coverage"]
    narrow = bool(covered[TOTAL] < NARROW)
    caveats = [
        _caveats(row, population, assumptions, persons=persons, better=good, narrow=narrow)
        for row, persons, good in zip(rows.itertuples(), counted, better, strict=True)
    ]
    known = rows["lower"].notna()
    stated = rows.assign(
        **change,
        claim=claims(change["lower"], change["upper"]),
        indicator=rows["measure"],
        first=population.dates[-1],
        last=rows["period_end"],
        reference="earlier",
        reason=rows["method"],
        p_value=np.nan,
        grade=np.where(known & better, "limited", "indicative"),
        caveats=pd.Series(caveats, index=rows.index, dtype=object),
    )
    return stated[[*COLUMNS, "variant"]].reset_index(drop=True)


def claims(lower: pd.Series, upper: pd.Series) -> np.ndarray:
    """Name what an interval of a change supports.

    Examples
    --------
    >>> claims(pd.Series([1.0, -5, -5, np.nan]), pd.Series([9.0, -1, 5, np.nan])).tolist()
    ['would_rise', 'would_fall', 'no_clear_change', 'computed']
    """
    return np.select([lower > 0, upper < 0, lower.notna()], [WOULD_RISE, WOULD_FALL, NO_CLEAR_CHANGE], default=COMPUTED)


def _caveats(
    row: object, population: Population, assumptions: Assumptions, *, persons: float, better: bool, narrow: bool
) -> tuple[str, ...]:
    has_interval = not np.isnan(row.lower)  # type: ignore[attr-defined]  # a row of a frame
    holds = {
        "model_calculation": True,
        "naive_not_beaten": not better,
        "too_few_past_errors": not has_interval,
        "errors_of_alike_areas": has_interval,
        "interval_too_narrow": has_interval and narrow,
        "small_area": bool(population.width) and persons < SMALL_AREA,
        "special_held_constant": assumptions.special is not None,
        "new_building_assumed": bool(assumptions.new_buildings),
        "given_total": bool(assumptions.totals),
    }
    return tuple(name for name, applies in holds.items() if applies)
