"""Errors of the past: what the same way of computing would have given before, and how far off it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.outlook.populations import known_years

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.outlook.methods import Method
    from sozialanalyse.outlook.populations import Population

    Floats = NDArray[np.float64]

CONFIDENCE: Final = 0.8
"""Of intervals of an outlook: 95 % would need 39 errors of the past, which no town has."""

CLASS_AREAS: Final = 4
"""Least areas of a class of size: small areas are more in error than large ones, so errors are pooled among alike ones."""

CLASSES: Final = 3

TOTAL, AGES = "total", "ages"
"""Parts of a backtest: an area's total; its persons by sex and age band, errors added up without their signs."""

BEATS_NAIVE, DOES_NOT_BEAT_NAIVE = "beats_naive", "does_not_beat_naive"


@dataclass(frozen=True)
class Backtest:
    """How a way of computing fared on held-back years.

    Parameters
    ----------
    frame
        A row for each area and part (:data:`TOTAL`, :data:`AGES`), the town last: ``area, level, part, first, last`` (held-back
        dates), ``mape`` (fraction of the persons), ``mase, naive_mase`` (error over the mean yearly change of the known
        years; below that of the naive way "as at the last date" is better), ``better``, ``inside, tested`` (how many of
        the held-back values lay within their 80 % interval).
    summary
        A row for each part, the areas without the town: ``part, areas, better, share_better, mape, mase, naive_mase`` (medians),
        ``coverage, tested, claim`` (:data:`BEATS_NAIVE` where more than half of the areas are better).
    """

    frame: pd.DataFrame
    summary: pd.DataFrame


def with_town(persons: Floats) -> Floats:
    """Append the town, the sum of the areas; areas stand on the third axis from the end."""
    return np.concatenate([persons, persons.sum(axis=-3, keepdims=True)], axis=-3)


def totals(persons: Floats) -> Floats:
    """Add up sexes and bands and keep their axes."""
    return np.asarray(persons.sum(axis=(-2, -1), keepdims=True))


def computed_before(persons: Floats, method: Method, least: int, years: int) -> tuple[Floats, Floats]:
    """Compute from each past date, as if nothing later were known.

    Parameters
    ----------
    persons
        Shape (dates, areas, sexes, bands).
    method
        The way of computing.
    least
        How many dates it needs.
    years
        How far it is to be tested.

    Returns
    -------
    computed, found
        Shape (origins, years, areas and the town, sexes, bands); NaN where what came is not known yet.
    """
    origins = range(least, len(persons))
    shape = (max(len(origins), 1), years, *persons.shape[1:])
    computed, found = np.full(shape, np.nan), np.full(shape, np.nan)
    for place, origin in enumerate(origins):
        ahead = min(years, len(persons) - origin)
        computed[place, :ahead] = method(persons[:origin], ahead)
        found[place, :ahead] = persons[origin : origin + ahead]
    return with_town(computed), with_town(found)


def size_classes(persons: Floats) -> list[NDArray[np.int64]]:
    """Put areas into classes of like size, and the town into one of its own.

    Parameters
    ----------
    persons
        Shape (areas and the town,).

    Examples
    --------
    >>> [places.tolist() for places in size_classes(np.array([900.0, 100, 300, 800, 200, 1000, 400, 700, 4400]))]
    [[1, 4, 2, 6], [7, 3, 0, 5], [8]]
    """
    order = np.argsort(persons[:-1], kind="stable")
    classes = max(1, min(CLASSES, len(order) // CLASS_AREAS))
    return [*(part for part in np.array_split(order, classes) if part.size), np.array([len(order)])]


def limits(centre: Floats, computed: Floats, found: Floats, classes: list[NDArray[np.int64]]) -> tuple[Floats, Floats]:
    """80 % intervals from relative errors of the past at the same distance, pooled among areas of like size.

    Parameters
    ----------
    centre
        Shape (years, areas and the town, sexes, bands).
    computed, found
        Of :func:`computed_before`.
    classes
        Of :func:`size_classes`.

    Returns
    -------
    lower, upper
        In the shape of ``centre``; NaN where fewer than 5 errors are known: at long distances, most often for the town.

    Notes
    -----
    Errors count in both directions: the past of one town holds a wave or two, and that it was computed too low then does not say
    that it will be again. On the real series of Vienna intervals of signed errors covered less of what came.

    References
    ----------
    Smith, Sincich (1988), Journal of the American Statistical Association 83, 461-469 (past absolute errors hold for later ones).
    """
    relative = (found - computed) / np.where(computed > 0, computed, np.nan)
    relative = np.concatenate([relative, -relative])  # see Notes
    lower, upper = np.full(centre.shape, np.nan), np.full(centre.shape, np.nan)
    for places in classes:
        errors = np.moveaxis(relative[:, :, places], (0, 2), (-2, -1))
        errors = errors.reshape(*errors.shape[:-2], -1)[:, np.newaxis]
        part = centre[:, places]
        spread = np.broadcast_to(errors, (*part.shape, errors.shape[-1]))
        low, high = statistics.empirical_interval(part, spread, confidence=CONFIDENCE, relative=True)
        lower[:, places], upper[:, places] = np.maximum(low, 0.0), np.maximum(high, 0.0)
    return lower, upper


def held_back(population: Population, method: Method, least: int) -> Backtest:
    """Compute the last third of the years from the first two thirds, with intervals from the errors within these."""
    persons = population.persons - population.special
    known = known_years(len(persons))
    ahead = len(persons) - known
    seen, later = persons[:known], with_town(persons[known:])
    ages = with_town(method(seen, ahead))
    before = computed_before(seen, method, least, ahead)
    classes = size_classes(with_town(seen)[-1].sum(axis=(-2, -1)))
    parts = {TOTAL: tuple(map(totals, (later, ages, with_town(seen), *before)))}
    if population.width:
        parts[AGES] = (later, ages, with_town(seen), *before)
    frames = [_measures(part, arrays, classes) for part, arrays in parts.items()]
    levels = [*[population.level] * len(population.areas), "town"]
    names = {"area": [*population.areas, population.town], "level": levels}
    dates = {"first": population.dates[known], "last": population.dates[-1]}
    frame = pd.concat([pd.DataFrame({**names, **dates}).join(part) for part in frames], ignore_index=True)
    frame = frame[["area", "level", "part", *dates, *frame.columns.drop(["area", "level", "part", *dates])]]
    return Backtest(frame, _summary(frame[frame["area"] != population.town]))


def _measures(part: str, arrays: tuple[Floats, ...], classes: list[NDArray[np.int64]]) -> pd.DataFrame:
    """Errors of each area, those of its cells added up without their signs."""
    found, computed, known, *before = arrays
    lower, upper = limits(computed, before[0], before[1], classes)
    tested = ~np.isnan(lower + upper)
    inside = tested & (lower <= found) & (found <= upper)
    over_cells = (-2, -1)
    error, naive = (np.abs(found - guess).sum(axis=over_cells).mean(axis=0) for guess in (computed, known[-1]))
    usual = np.abs(np.diff(known, axis=0)).sum(axis=over_cells).mean(axis=0)
    usual = np.where(usual > 0, usual, np.nan)
    whole = found.sum(axis=over_cells)
    share = np.abs(found - computed).sum(axis=over_cells) / np.where(whole > 0, whole, np.nan)
    return pd.DataFrame(
        {
            "part": part,
            "mape": share.mean(axis=0),
            "mase": error / usual,
            "naive_mase": naive / usual,
            "better": error < naive,
            "inside": inside.sum(axis=(0, *over_cells)),
            "tested": tested.sum(axis=(0, *over_cells)),
        }
    )


def _summary(areas: pd.DataFrame) -> pd.DataFrame:
    by_part = areas.groupby("part", sort=False)
    summary = by_part.agg(
        areas=("area", "size"),
        better=("better", "sum"),
        mape=("mape", "median"),
        mase=("mase", "median"),
        naive_mase=("naive_mase", "median"),
        inside=("inside", "sum"),
        tested=("tested", "sum"),
    ).reset_index()
    inside = summary.pop("inside")
    share = summary["better"] / summary["areas"]
    coverage = (inside / summary["tested"].where(summary["tested"] > 0)).astype(float)
    claim = np.where(share > 0.5, BEATS_NAIVE, DOES_NOT_BEAT_NAIVE)
    return summary.assign(share_better=share, coverage=coverage, claim=claim)
