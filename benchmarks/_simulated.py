"""Small areas drawn by chance, with what is true about them known: counts, persons who stay, frames of indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.indicators import COLUMNS
from sozialanalyse.positions import POSITION_COLUMNS, add_level_positions

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

FIRST_YEAR = 2010

SPREAD_OF_YEARS = 0.2
"""Standard deviation of the logit of a rate from year to year where it is moved by more than chance: a rate of 10 % is
then mostly between 7 and 14 %."""


def sizes(random: np.random.Generator, least: float, most: float, areas: int) -> Floats:
    """Draw whole numbers of residents, as many areas of 50 to 100 as of 500 to 1,000."""
    return np.asarray(np.round(np.exp(random.uniform(np.log(least), np.log(most), areas))), dtype=np.float64)


def logistic(logit: ArrayLike) -> Floats:
    """Return the proportion that belongs to a logit."""
    return np.asarray(1 / (1 + np.exp(-np.asarray(logit, dtype=np.float64))))


def rates(share: ArrayLike, years: int, *, factor: float = 1.0) -> Floats:
    """Return true proportions whose odds grow by a factor each year, shape (..., years)."""
    p = np.asarray(share, dtype=np.float64)[..., np.newaxis]
    return logistic(np.log(p / (1 - p)) + np.log(factor) * np.arange(years))


def shaken(random: np.random.Generator, true: Floats, autocorrelation: float) -> Floats:
    """Move rates from year to year by more than chance, on the logit: shocks that resemble their neighbours' or not."""
    shocks = random.normal(size=true.shape)
    for year in range(1, true.shape[-1]):
        fresh = np.sqrt(1 - autocorrelation**2) * shocks[..., year]
        shocks[..., year] = autocorrelation * shocks[..., year - 1] + fresh
    return logistic(np.log(true / (1 - true)) + SPREAD_OF_YEARS * shocks)


def flow(random: np.random.Generator, residents: ArrayLike, true: Floats) -> Integers:
    """Draw events of each year among other people than in the year before."""
    return random.binomial(np.asarray(residents, dtype=np.int64)[..., np.newaxis], true)


def stock(random: np.random.Generator, residents: ArrayLike, true: Floats, stay: float) -> Integers:
    """Draw persons with a characteristic at yearly dates, of whom most are the same as the year before.

    Each resident stays with the probability `stay` and keeps the characteristic, but for as few changes as the true
    proportion asks for where it moves; newcomers, who have it with the true proportion of their year, fill up.
    """
    size = np.broadcast_to(np.asarray(residents, dtype=np.int64), true.shape[:-1])
    counts = np.zeros(true.shape, dtype=np.int64)
    counts[..., 0] = random.binomial(size, true[..., 0])
    for year in range(1, true.shape[-1]):
        before, now = true[..., year - 1], true[..., year]
        have = random.binomial(counts[..., year - 1], stay)
        lack = random.binomial(size - counts[..., year - 1], stay)
        lose = random.binomial(have, np.clip((before - now) / before, 0, 1))
        gain = random.binomial(lack, np.clip((now - before) / (1 - before), 0, 1))
        counts[..., year] = have - lose + gain + random.binomial(size - have - lack, now)
    return counts


def households(
    random: np.random.Generator, areas: int, persons: int, share: float, alike: float
) -> tuple[Integers, Integers]:
    """Draw children in households of one to four, until there are as many as asked for; poor all together or each alone.

    Returns
    -------
    poor, sizes
        Shape (areas, households); 0 where an area has fewer households.
    """
    sizes = random.choice([1, 2, 3, 4], size=(areas, persons), p=[0.45, 0.38, 0.12, 0.05])
    before = np.cumsum(sizes, axis=1) - sizes
    sizes = np.clip(persons - before, 0, sizes)[:, : int((before < persons).sum(axis=1).max())]
    together = sizes * (random.uniform(size=sizes.shape) < share)
    alone = random.binomial(sizes, share)
    return np.where(random.uniform(size=sizes.shape) < alike, together, alone), sizes


def indicator_frame(
    events: Floats | Integers,
    residents: ArrayLike,
    *,
    persistence: tuple[float, float] | None = (0.0, 0.0),
    break_at: int | None = None,
) -> pd.DataFrame:
    """Lay series out as an indicator frame of one proportion in per cent, as `town.indicators` gives it.

    Parameters
    ----------
    events
        Shape (areas, years).
    residents
        Shape (areas,).
    persistence
        Declared bounds of the share of persons who remain for a year: (0, 0) for a flow, None for a stock without any.
    break_at
        Index of the first year after a declared break.
    """
    areas, years = events.shape
    place = np.tile(np.arange(years), areas)
    frame = (
        _periods(years, persistence)
        .take(place)
        .assign(
            area=np.repeat([f"{area:05}" for area in range(areas)], years),
            segment=0 if break_at is None else (place >= break_at).astype(int),
            **_values(events, np.repeat(np.broadcast_to(np.asarray(residents, dtype=np.float64), (areas,)), years)),
        )
    )
    return frame.reset_index(drop=True).reindex(columns=[*COLUMNS, *POSITION_COLUMNS])


def _values(events: Floats | Integers, n: Floats) -> dict[str, Any]:
    """Return the columns of values of a proportion in per cent, in the order of rows."""
    x = np.asarray(events, dtype=np.float64).ravel()
    lower, upper = statistics.wilson_interval(x, n)
    return {
        "level": "quarter",
        "indicator": "share",
        "kind": "proportion",
        "factor": 100.0,
        "design_effect": 1.0,
        "reliability": "reliable",
        "numerator": x,
        "numerator_least": x,
        "numerator_greatest": x,
        "denominator": n,
        "value": 100 * x / n,
        "lower": 100 * lower,
        "upper": 100 * upper,
        "status": np.where(x > 0, "number", "zero"),
    }


def _periods(years: int, persistence: tuple[float, float] | None) -> pd.DataFrame:
    """Return a row a year: its period, and what is declared of the persons who remain."""
    least, greatest = (np.nan, np.nan) if persistence is None else persistence
    dates = periods("flow" if persistence == (0.0, 0.0) else "stock", years)
    return dates.assign(denominator_end=dates["period_end"], persistence_least=least, persistence_greatest=greatest)


def periods(kind: str, years: int) -> pd.DataFrame:
    """Return a row a year: the last day of a stock, the whole year of a flow."""
    ends, starts = (
        pd.to_datetime([f"{FIRST_YEAR + year}-{day}" for year in range(years)]).astype("datetime64[s]")
        for day in ("12-31", "01-01")
    )
    return pd.DataFrame({"period_kind": kind, "period_start": ends if kind == "stock" else starts, "period_end": ends})


def town_frame(
    events: Integers, residents: Floats, names: tuple[str, list[str]], *, persistence: tuple[float, float] | None
) -> pd.DataFrame:
    """Lay the quarters of a town and the town itself out as an indicator frame of several indicators.

    Parameters
    ----------
    events
        Shape (indicators, areas, years).
    residents
        Shape (areas,).
    names
        Ids of the town and of its quarters.
    persistence
        As in `indicator_frame`.
    """
    town, quarters = names
    indicators, areas, years = events.shape
    whole = np.concatenate([events, events.sum(axis=1, keepdims=True)], axis=1)
    people = np.append(residents, residents.sum())
    flat = indicator_frame(whole.reshape(-1, years), np.tile(people, indicators), persistence=persistence)
    area = np.array([*quarters, town], dtype=object)
    frame = flat.assign(
        area=np.tile(np.repeat(area, years), indicators),
        level=np.tile(np.repeat(["quarter"] * areas + ["town"], years), indicators),
        indicator=np.repeat([f"share_{place}" for place in range(indicators)], (areas + 1) * years),
    )
    of_town = np.repeat(frame["value"].to_numpy().reshape(indicators, areas + 1, years)[:, -1:], areas + 1, axis=1)
    return add_level_positions(frame.drop(columns=POSITION_COLUMNS).assign(town_value=of_town.ravel()))
