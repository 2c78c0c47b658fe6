"""Series of an indicator frame as arrays: which rows of an area stand beside each other, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.amounts import SUPPRESSED
from sozialanalyse.periods import DAYS_PER_YEAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SERIES = ["indicator", "area", "level"]

COUNTED_KINDS = ("proportion", "rate", "count")
"""Kinds of indicators whose counts vary by a known law; ratios and means are tested as values."""


def converted(frame: pd.DataFrame) -> pd.Series:
    """Tell which rows of an indicator frame hold estimates, converted from the areas of before a reform."""
    if "interpolated" in frame:
        return frame["interpolated"].astype(bool)
    return pd.Series(data=False, index=frame.index)


def years(dates: pd.Series) -> np.ndarray:
    """Turn dates into years as real numbers, so that gaps between them count as long as they are."""
    moments = dates.to_numpy(dtype="datetime64[s]")
    days = np.where(np.isnat(moments), np.nan, moments.astype(np.int64) / 86_400)
    return days / DAYS_PER_YEAR


def comparable(frame: pd.DataFrame) -> pd.DataFrame:
    """Choose of each series the rows that may stand beside each other, in the order of time.

    They are counted or suppressed, of periods of one length, and stand after the last declared break; the column
    ``broken`` says whether an earlier stretch was left out.
    """
    counted = _of_one_length(frame[frame["value"].notna() | (frame["status"] == SUPPRESSED)])
    segments = counted.groupby(SERIES, sort=False)["segment"]
    last = segments.transform("max")
    return counted.assign(broken=segments.transform("min") < last)[counted["segment"] == last]


def _of_one_length(counted: pd.DataFrame) -> pd.DataFrame:
    """Keep of each series, in order of time, the periods as long as the last: a year is not set beside three years.

    The last is the last known one, where any is: where years are confidential, windows of three years may be shown.
    """
    ordered = counted.sort_values([*SERIES, "period_end", "period_start"], kind="stable")
    days = (ordered["period_end"] - ordered["period_start"]).dt.days
    months = (days / DAYS_PER_YEAR * 12).round()
    series = [ordered[name] for name in SERIES]
    last_known = months.where(ordered["value"].notna()).groupby(series).transform("last")
    return ordered[months == last_known.fillna(months.groupby(series).transform("last"))]


def overlapping(rows: pd.DataFrame) -> pd.Series:
    """Tell, by series, whether a span begins before the one before it has ended: the same events are counted twice."""
    by_series = rows.groupby(SERIES, sort=False)
    spans = rows["period_end"] > rows["period_start"]
    twice = spans & (rows["period_start"] <= by_series["period_end"].shift())
    return twice.groupby([rows[name] for name in SERIES], sort=False).any()


@dataclass(frozen=True, eq=False)
class Block:
    """The series of one indicator, a row each; NaN where a series has fewer points.

    ``values`` are in the unit of the indicator; ``events`` and ``trials`` are divided by the design effect, so that they
    vary like as many independent people. ``least`` and ``greatest`` are the bounds of the events.
    """

    values: Floats
    events: Floats
    trials: Floats
    least: Floats
    greatest: Floats
    times: Floats
    kind: str
    design_effect: float
    factor: float
    flow: bool
    persistence: tuple[float, float] | None

    @property
    def points(self) -> NDArray[np.int64]:
        """Number of known values of each series."""
        return np.count_nonzero(~np.isnan(self.values), axis=1)

    @property
    def has_counts(self) -> bool:
        """Whether a law for the variation of its counts is known and the counts stand in the frame."""
        return self.kind in COUNTED_KINDS and bool((~np.isnan(self.events)).any())

    @property
    def independent(self) -> bool:
        """Whether each point counts others than the one before it, and nothing shows that they resemble each other."""
        return self.flow and self.persistence == (0.0, 0.0)

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Block:
        """Keep some of the series, or repeat them."""
        names = ("values", "events", "trials", "least", "greatest", "times")
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})

    def with_values(self, values: Floats) -> Block:
        """Leave out the points at which other values are NaN."""
        gone = np.isnan(values)
        return replace(self, values=values, events=np.where(gone, np.nan, self.events))

    def with_events(self, events: Floats) -> Block:
        """Take other events, and the values that belong to them; only of kinds that have counts."""
        if self.kind == "count":
            return replace(self, events=events, values=events * self.design_effect)
        return replace(
            self, events=events, values=events * self.factor / np.where(self.trials > 0, self.trials, np.nan)
        )


def block_of(rows: pd.DataFrame) -> Block:
    """Lay out the rows of one indicator, in the order of series and time, as arrays."""
    series, point = _places(rows)
    value, numerator, denominator = (_floats(rows, name) for name in ("value", "numerator", "denominator"))

    def lay_out(numbers: Floats) -> Floats:
        laid = np.full((series[-1] + 1, point.max() + 1), np.nan)
        laid[series, point] = numbers
        return laid

    kind = _constant(rows, "kind") or ("count" if np.isnan(denominator).all() else "value")
    effect = _number(rows, "design_effect", 1.0)
    least, greatest = (
        _floats(rows, name if name in rows else "numerator") for name in ("numerator_least", "numerator_greatest")
    )
    if kind == "proportion":
        greatest = np.where(greatest > denominator, denominator, greatest)
    flow = str(rows["period_kind"].iloc[-1]) != "stock"
    return Block(
        values=lay_out(value),
        events=lay_out(numerator / effect),
        trials=lay_out(np.ones(len(rows)) if kind == "count" else denominator / effect),
        least=lay_out(least / effect),
        greatest=lay_out(greatest / effect),
        times=lay_out(years(rows["period_end"])),
        kind=kind,
        design_effect=effect,
        factor=_factor(value, numerator, denominator, _number(rows, "factor", 1.0)) if kind != "count" else 1.0,
        flow=flow,
        persistence=(0.0, 0.0) if flow else _persistence(rows),
    )


def _floats(rows: pd.DataFrame, name: str) -> Floats:
    return rows[name].to_numpy(dtype=np.float64)


def laid_out(rows: pd.DataFrame, flags: pd.Series) -> NDArray[np.bool_]:
    """Lay out marks of the rows of one indicator as :func:`block_of` does; False where there is no point."""
    series, point = _places(rows)
    laid = np.zeros((series[-1] + 1, point.max() + 1), dtype=np.bool_)
    laid[series, point] = flags.to_numpy(dtype=np.bool_)
    return laid


def _places(rows: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number of the series and of the point of each row; the rows of a series stand together."""
    begins = np.ones(len(rows), dtype=np.bool_)
    begins[1:] = False
    for name in SERIES:
        cells = rows[name].to_numpy(dtype=object)
        begins[1:] |= cells[1:] != cells[:-1]
    series = np.cumsum(begins) - 1
    return series, np.arange(len(rows)) - np.flatnonzero(begins)[series]


def _constant(rows: pd.DataFrame, name: str) -> str:
    cell = rows[name].iloc[-1] if name in rows else None
    return cell if isinstance(cell, str) else ""


def _number(rows: pd.DataFrame, name: str, default: float) -> float:
    cell = rows[name].iloc[-1] if name in rows else np.nan
    return default if pd.isna(cell) else float(cell)


def _persistence(rows: pd.DataFrame) -> tuple[float, float] | None:
    least, greatest = (_number(rows, f"persistence_{name}", np.nan) for name in ("least", "greatest"))
    return None if np.isnan(least + greatest) else (least, greatest)


def _factor(value: Floats, numerator: Floats, denominator: Floats, default: float) -> float:
    """Return by what numerator over denominator is multiplied to give the values of an indicator."""
    counted = numerator > 0
    factors = value[counted] * denominator[counted] / numerator[counted]
    known = factors[~np.isnan(factors)]
    return float(np.median(known)) if len(known) else default
