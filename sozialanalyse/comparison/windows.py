"""Several years joined to one: values of small areas that rest on more events, from counts."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from sozialanalyse.amounts import MISSING, NOT_APPLICABLE, NUMBER, SUPPRESSED, ZERO
from sozialanalyse.errors import UsageError
from sozialanalyse.indicators import COLUMNS, add_positions, interval_of, reliability_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue, Indicator

FLOWS: Final = ("flow", "school_year")
"""Kinds of periods whose years count others each time."""

WINDOW: Final = "window"

_SPAN = ["period_start", "period_end"]
_KEY = ["area", "level", "first", "last"]
_COUNTS = ["numerator_least", "numerator_greatest", "denominator"]


def pool_years(frame: pd.DataFrame, tree: AreaTree, years: int, *, catalogue: Catalogue) -> pd.DataFrame:
    """Join consecutive years of flows to windows that share no year, from the last year back.

    Parameters
    ----------
    frame
        Indicator frame.
    tree, catalogue
        Of the areas and indicators.
    years
        How many years a window holds, two or more.

    Returns
    -------
    pandas.DataFrame
        An indicator frame with the period kind ``window``: values from the sums of the years' numerators and denominators
        (person-years), with their interval, grade and position. Years that fill no window are left out, the same for all areas.

        A window with a hidden year is ``suppressed`` and has no value, but limits that hold for every value within the
        deliverer's bounds (NaN where there are none). A window with a missing year, one that crosses a break or a reform, or one with a
        converted value is ``missing``. A year in which nobody is there to be counted among adds nobody.

    Raises
    ------
    UsageError
        Fewer than two years; no flows in the frame: a stock counts mostly the same people again, which makes its sum over
        years look surer than it is.

    References
    ----------
    See :func:`.statistics.pool`, which adds up arrays.

    Examples
    --------
    >>> from sozialanalyse.areas import AreaTree
    >>> from sozialanalyse.catalogue import shipped
    >>> tree = AreaTree.from_frame(
    ...     pd.DataFrame({"area": ["0"], "name": ["T"], "level": ["town"], "parent": [""]}), ["town"]
    ... )
    >>> numbers = {"numerator": [3.0, 5.0], "denominator": [100.0, 101.0], "value": [3.0, 4.95]}
    >>> ends = pd.to_datetime(["2023-07-31", "2024-07-31"])
    >>> spans = {
    ...     "period_start": pd.to_datetime(["2022-08-01", "2023-08-01"]),
    ...     "period_end": ends,
    ...     "denominator_end": ends,
    ... }
    >>> bounds = {"numerator_least": [3.0, 5.0], "numerator_greatest": [3.0, 5.0], "status": "number", "segment": 0}
    >>> names = {"area": "0", "level": "town", "indicator": "leavers_without_certificate", "period_kind": "school_year"}
    >>> frame = pd.DataFrame({**numbers, **spans, **bounds, **names})
    >>> pooled = pool_years(frame, tree, 2, catalogue=shipped())
    >>> pooled[["numerator", "denominator", "period_kind"]].to_numpy().tolist(), pooled["value"].round(2).tolist()
    ([[8.0, 201.0, 'window']], [3.98])
    """
    if years < 2:
        raise UsageError("a window of {years} years joins nothing; give two or more", years=years)
    flows = frame[frame["period_kind"].astype(str).isin(FLOWS)]
    if flows.empty:
        raise UsageError("only flows are pooled over years; a stock counts mostly the same people again on every date")
    parts = [
        _of_indicator(rows, catalogue.indicator(str(name)), years)
        for name, rows in flows.groupby("indicator", sort=False, observed=True)
    ]
    joined = pd.concat(parts, ignore_index=True)
    return add_positions(joined.reindex(columns=COLUMNS), tree)


def _of_indicator(rows: pd.DataFrame, indicator: Indicator, years: int) -> pd.DataFrame:
    known = rows[rows["value"].notna() | (rows["status"] == SUPPRESSED)]
    spans = list(known[_SPAN].drop_duplicates().sort_values("period_end").itertuples(index=False, name=None))
    places = [
        {"period_start": span[0], "period_end": span[1], "first": window[0][0], "last": window[-1][1]}
        for window in _windows(spans, years)
        for span in window
    ]
    if not places:
        return pd.DataFrame(columns=COLUMNS)
    if "interpolated" in rows:
        rows = rows[~rows["interpolated"].astype(bool)]
    inside = rows.merge(pd.DataFrame(places), on=_SPAN)
    return _rated(_added(inside, years, indicator), inside, indicator)


def _windows(
    spans: list[tuple[pd.Timestamp, pd.Timestamp]], years: int
) -> Iterator[list[tuple[pd.Timestamp, pd.Timestamp]]]:
    """Take from the last span back as many as a window needs, each of which begins the day after the one before it ends."""
    end = len(spans)
    while end >= years:
        window = spans[end - years : end]
        follows = [after[0] - before[1] for before, after in pairwise(window)]
        joined = all(gap == pd.Timedelta(days=1) for gap in follows)
        if joined:
            yield window
        end -= years if joined else 1


def _added(inside: pd.DataFrame, years: int, indicator: Indicator) -> pd.DataFrame:
    """Add the counts of each area's windows, and name their state."""
    nobody = inside["status"] == NOT_APPLICABLE
    counts = inside[_COUNTS].mask(nobody, 0.0)
    if indicator.kind == "count":
        counts = counts.assign(denominator=np.nan)
    unknown = {f"no_{name}": counts[name].isna() for name in _COUNTS}
    flags = {
        "missing": inside["status"] == MISSING,
        "hidden": inside["status"] == SUPPRESSED,
        "nobody": nobody,
        **unknown,
    }
    by = inside.assign(**counts, **flags).groupby(_KEY, sort=True, observed=True)
    some = by[list(flags)].any()
    sums = pd.DataFrame({name: by[name].sum().mask(some[f"no_{name}"]) for name in _COUNTS})
    complete = (by.size() == years) & (by["segment"].min() == by["segment"].max())
    conditions = {
        MISSING: ~complete | some["missing"],
        SUPPRESSED: some["hidden"],
        NOT_APPLICABLE: by["nobody"].all(),
        ZERO: sums["numerator_greatest"] == 0,
    }
    status = np.select(list(conditions.values()), list(conditions), default=NUMBER)
    told = pd.Series(status != MISSING, index=sums.index)
    return sums.where(told).assign(status=status, segment=by["segment"].max()).reset_index()


def _rated(sums: pd.DataFrame, inside: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """Divide the sums; limits of hidden ones hold for all that they can be."""
    known = sums["status"].isin([NUMBER, ZERO])
    # A rounded count has bounds on both sides of its value.
    exact = inside.groupby(_KEY, sort=True, observed=True)["numerator"].agg(lambda part: part.sum())
    numerator = pd.Series(exact.to_numpy(), index=sums.index).where(known)
    value = numerator if indicator.kind == "count" else numerator * indicator.factor / sums["denominator"]
    bounded = known | ((sums["status"] == SUPPRESSED) & sums[_COUNTS].notna().all(axis=1))
    counted = sums[bounded].rename(columns={"numerator_least": "lower", "numerator_greatest": "upper"})
    limits = interval_of(
        counted.assign(denominator_lower=counted["denominator"], denominator_upper=counted["denominator"]), indicator
    )
    lower, upper = (limit.reindex(sums.index) for limit in limits)
    constant = inside.iloc[0].reindex(["kind", "factor", "design_effect", "persistence_least", "persistence_greatest"])
    rated = sums.rename(columns={"first": "period_start", "last": "period_end"}).assign(
        indicator=indicator.id,
        period_kind=WINDOW,
        denominator_end=sums["last"],
        numerator=numerator,
        value=value,
        lower=lower * indicator.factor,
        upper=upper * indicator.factor,
        mark="",
        **constant,
    )
    grade = reliability_of(
        numerator, sums["denominator"].where(known), (lower.where(known), upper.where(known)), indicator
    )
    return rated.assign(reliability=grade)
