"""Places needed: projected persons times a declared rate, in variants. A calculation, not a demand that anybody has counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import pandas as pd

from sozialanalyse.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sozialanalyse.outlook.age_groups import AgeOutlook

    Floats = NDArray[np.float64]

PER: Final = 100
"""A rate is places for so many persons."""

AGES = ["age_from", "age_to"]


class Need(Protocol):
    """What is needed of a declared need (:mod:`sozialanalyse.loading.needs_file`)."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def ages(self) -> tuple[int, int]:
        """First and last age of those for whom places are."""

    @property
    def rate_of(self) -> Mapping[str, float]:
        """Places for every :data:`PER` persons, by variant."""


def places(found: AgeOutlook, needs: Sequence[Need]) -> pd.DataFrame:
    """Compute how many places are needed by then, in each variant.

    Parameters
    ----------
    found
        Age groups carried forward; those of the needs among them.
    needs
        What is declared.

    Returns
    -------
    pandas.DataFrame
        A row for each need, variant, area (the town last) and year: ``need, variant, rate, area, level, age_from, age_to, period_end,
        distance``; ``value, lower, upper`` (places, unrounded; the interval is that of the persons: a rate has none);
        ``places`` (whole; those of the areas add up to the town's, see :func:`apportioned`).

    Raises
    ------
    UsageError
        A need of an age group that is not carried forward.
    """
    known = set(found.ahead[AGES].itertuples(index=False, name=None))
    if missing := [need.id for need in needs if need.ages not in known]:
        message = "places of '{need}' are for an age group that is not carried forward; add its ages"
        raise UsageError(message, need=missing[0])
    rows = [_of_variant(found.ahead, need, variant) for need in needs for variant in need.rate_of]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=COLUMNS)


COLUMNS: Final = [
    *("need", "variant", "rate", "area", "level", *AGES, "period_end", "distance"),
    *("value", "lower", "upper", "places"),
]


def _of_variant(ahead: pd.DataFrame, need: Need, variant: str) -> pd.DataFrame:
    rate = need.rate_of[variant]
    own = ahead[(ahead["age_from"] == need.ages[0]) & (ahead["age_to"] == need.ages[1])]
    amounts = {name: own[name] * rate / PER for name in ("value", "lower", "upper")}
    rows = own.assign(need=need.id, variant=variant, rate=rate, **amounts)
    whole = [_whole(at_date["value"].to_numpy()) for _, at_date in rows.groupby("period_end", sort=False)]
    return rows.assign(places=np.concatenate(whole))[COLUMNS]


def _whole(values: Floats) -> Floats:
    """Round areas and, at the last place, their town."""
    total = np.floor(values[-1] + 0.5)
    return np.append(apportioned(values[:-1], int(total)), total)


def apportioned(values: Floats, total: int) -> Floats:
    """Round to whole numbers that add up to a given one: down first, then up where most was cut off.

    Parameters
    ----------
    values
        Not negative.
    total
        Their sum, rounded up or down.

    Returns
    -------
    ndarray
        Each less than 1 away from its value. Of equal rests the first comes first.

    Raises
    ------
    ValueError
        If the total is no rounding of the sum.

    References
    ----------
    Balinski, Young (1982), Fair Representation (Hamilton's method of largest remainders).

    Examples
    --------
    >>> apportioned(np.array([1.4, 1.4, 1.2]), 4).tolist()
    [2.0, 1.0, 1.0]
    """
    down = np.floor(values + 1e-9)
    missing = round(total - float(down.sum()))
    if not 0 <= missing <= len(values):
        msg = f"{total} is no rounding of the sum of the values, {values.sum():g}"
        raise ValueError(msg)
    order = np.argsort(-(values - down).round(9), kind="stable")
    down[order[:missing]] += 1
    return np.asarray(down)
