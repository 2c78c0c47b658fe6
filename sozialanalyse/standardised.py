"""Rates freed from differences in age structure, and life expectancy, of areas: from counts, with the reason where there is none.

A standardised rate says what an area's rate would be with the ages of a standard population. It compares; it counts nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import MISSING, SEXES, SUPPRESSED, Delivery, tile
from sozialanalyse.errors import UsageError, unknown
from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sozialanalyse.amounts import Cell
    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Indicator

    Floats = NDArray[np.float64]

TOWN, ESP2013 = "town", "ESP2013"
STANDARDS: Final = (TOWN, ESP2013)

GIVEN = "given"
TOO_FEW_EVENTS, TOO_FEW_PEOPLE, TOO_WIDE = "too_few_events", "too_few_people", "too_wide"
HIDDEN, NOT_DELIVERED, EMPTY_BANDS, NO_LAST_DEATHS = "hidden", "missing", "empty_bands", "no_deaths_at_the_end"
"""Why no value is given: see :func:`rates` and :func:`life_expectancy`."""

PERSON_YEARS_GAP: Final = 184
"""Days between the end of a year of deaths and the count of residents that stands for its person-years."""

GRADES: Final = {float(grade.value): grade.name.lower() for grade in statistics.Grade}
"""Words of the grades in a frame; empty where there is no value."""


@dataclass(frozen=True)
class _Bands:
    """Events and population by area, window of time and age band; the state says whether all of it is known."""

    areas: pd.DataFrame  # area, level: those of the tree
    ends: pd.DataFrame  # first, last, periods: a row each window
    cuts: tuple[int, ...]  # first age of each band
    events: Floats  # (areas, windows, bands)
    population: Floats
    state: NDArray[np.object_]  # (areas, windows): GIVEN, HIDDEN, NOT_DELIVERED
    total: Floats  # (areas, windows): events of all bands, known also where the bands are hidden
    exists: NDArray[np.bool_]  # (areas, windows)


def rates(
    counts: pd.DataFrame,
    areas: AreaTree,
    indicator: Indicator,
    *,
    standard: str | pd.DataFrame = TOWN,
    pooled: int = 1,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Directly standardised rates of all areas (Dobson's interval with Byar's limits).

    Parameters
    ----------
    counts
        Frame of counts; numerator and denominator by age.
    areas
        The tree.
    indicator
        A rate or proportion.
    standard
        ``town``: its own residents at the same time, so that the town's standardised rate is its crude one. ``ESP2013``: European
        Standard Population. Or a table ``age_from, weight`` of bands, the last one open.
    pooled
        How many years of a flow are added up, from the last one back.
    confidence
        A fraction.

    Returns
    -------
    pandas.DataFrame
        A row for each area and window: ``area, level, indicator, first, last`` (ends of its periods), ``periods, events,
        population`` (person-years), ``crude, value, lower, upper`` (in the indicator's unit), ``label`` (:data:`GIVEN`; else there is no
        value: :data:`TOO_FEW_EVENTS` below 10, :data:`HIDDEN`, :data:`NOT_DELIVERED`, :data:`EMPTY_BANDS`), ``standard,
        method, grade``.

    Raises
    ------
    UsageError
        Unknown standard; an indicator without denominator or not delivered by age; stocks that are to be pooled.
    """
    bands = _bands(counts, areas, indicator, _starts(standard), pooled)
    weights = _weights(standard, bands, areas)
    known = bands.state[..., np.newaxis] == GIVEN
    events, population = np.where(known, bands.events, np.nan), np.where(known, bands.population, np.nan)
    population = np.where((population == 0) & (events > 0), np.nan, population)
    found = statistics.direct_standardisation(events, population, weights, confidence=confidence)
    few = found.events < statistics.DIRECT_FROM
    label = np.select(
        [~known[..., 0], few, np.isnan(found.value)], [bands.state, TOO_FEW_EVENTS, EMPTY_BANDS], default=GIVEN
    )
    crude = _per(found.events, population.sum(axis=-1))
    columns = {"crude": crude, "value": found.value, "lower": found.lower, "upper": found.upper}
    grade = statistics.grade_of_rate(found.events, found.value, found.lower, found.upper)
    return _rows(
        bands,
        indicator=indicator.id,
        events=found.events,
        population=population.sum(axis=-1),
        **{name: part * indicator.factor for name, part in columns.items()},
        label=label,
        standard=standard if isinstance(standard, str) else "table",
        method="direct",
        grade=_grades(grade),
    )


def ratios(
    counts: pd.DataFrame, areas: AreaTree, indicator: Indicator, *, pooled: int = 1, confidence: float = 0.95
) -> pd.DataFrame:
    """Indirectly standardised ratios (SMR): observed events over those expected at the town's rates by age.

    For areas too small for :func:`rates`: only the sum of an area's events is needed, its ages are not.

    Returns
    -------
    pandas.DataFrame
        As :func:`rates`, with ``observed, expected, value`` (1 is the town's level), ``lower, upper`` and
        ``claim`` (``above, below, around`` the town, ``unknown``). Ratios of two areas are each comparable with 1, not with
        each other; the town holds the area itself.

    Raises
    ------
    UsageError
        As :func:`rates`.
    """
    bands = _bands(counts, areas, indicator, None, pooled)
    town = (bands.areas["area"] == areas.root).to_numpy().argmax()
    # An area's bands may be hidden; what must be known are its people, its sum of events, and the town's rates.
    events = np.zeros_like(bands.events)
    events[..., 0] = bands.total
    reference = np.where(bands.state[town, :, np.newaxis] == GIVEN, bands.events[town], np.nan)
    found = statistics.indirect_standardisation(
        events, bands.population, reference, bands.population[town], confidence=confidence
    )
    known = ~np.isnan(found.ratio)
    claim = np.select([~known, found.lower > 1, found.upper < 1], ["unknown", "above", "below"], default="around")
    # What is hidden or missing may be the area's own, or what the whole town lacks.
    lacking = np.where(bands.state == GIVEN, bands.state[town], bands.state)
    label = np.where(known, GIVEN, np.where(lacking == GIVEN, EMPTY_BANDS, lacking))
    grade = statistics.grade_of_rate(found.observed, found.ratio, found.lower, found.upper)
    return _rows(
        bands,
        indicator=indicator.id,
        observed=found.observed,
        expected=found.expected,
        value=found.ratio,
        lower=found.lower,
        upper=found.upper,
        claim=claim,
        label=label,
        standard=TOWN,
        method="indirect",
        grade=_grades(grade),
    )


def life_expectancy(
    counts: pd.DataFrame,
    areas: AreaTree,
    *,
    deaths: str = "deaths",
    population: str = "population",
    sex: str = "all",
    pooled: int = 5,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Life expectancy at birth by area (Chiang, Silcocks), pooled over years.

    Parameters
    ----------
    counts
        Deaths (a flow) and residents by age: under 1, 1-4, 5-9 ... 85-89, 90 and older, or finer.
    areas
        The tree.
    deaths, population
        Ids of the measures.
    sex
        ``all, female, male``.
    pooled
        Years that are added up, from the last one back.
    confidence
        A fraction.

    Returns
    -------
    pandas.DataFrame
        A row for each area and window: ``area, level, sex, first, last, periods, deaths, person_years, value, lower, upper``
        (years), ``label``: :data:`GIVEN`, or why there is no value: :data:`TOO_FEW_PEOPLE` (5,000 person-years or
        fewer), :data:`TOO_WIDE` (95 % interval of more than 20 years), :data:`NO_LAST_DEATHS`, :data:`EMPTY_BANDS`, :data:`HIDDEN`,
        :data:`NOT_DELIVERED`.

    Raises
    ------
    UsageError
        Unknown measure, or ages that make up no life table.

    Notes
    -----
    It sums up the death rates of these years; it foretells no life. Homes for the old raise the deaths of an area: people move
    there to be cared for.
    """
    died, lived = _delivery(counts, areas, deaths), _delivery(counts, areas, population)
    ages = (*pairwise(statistics.AGES), (statistics.AGES[-1], OPEN_AGE + 1))
    if not all(tile(one.cells, (sex, first, after - 1)) for one in (died, lived) for first, after in ages):
        message = "'{deaths}' and '{population}' by age make up no life table: needed are under 1, 1-4, 5-9 ... 85-89, 90 and older"
        raise UsageError(message, deaths=deaths, population=population)
    bands = _pooled(_laid_out(died, lived, sex, statistics.AGES, OPEN_AGE, PERSON_YEARS_GAP), pooled)
    known = bands.state[..., np.newaxis] == GIVEN
    d, n = np.where(known, bands.events, np.nan), np.where(known, bands.population, np.nan)
    found = statistics.life_expectancy(np.minimum(d, n), n, confidence=confidence)
    value, lower, upper = (part[..., 0] for part in found)
    conditions = {
        EMPTY_BANDS: (n == 0).any(axis=-1) | (d > n).any(axis=-1),
        TOO_FEW_PEOPLE: n.sum(axis=-1) <= statistics.POPULATION_ABOVE,
        NO_LAST_DEATHS: d[..., -1] == 0,
        TOO_WIDE: np.isnan(value),
    }
    label = np.select([~known[..., 0], *conditions.values()], [bands.state, *conditions], default=GIVEN)
    given = label == GIVEN
    numbers = {
        name: np.where(given, part, np.nan) for name, part in (("value", value), ("lower", lower), ("upper", upper))
    }
    return _rows(bands, sex=sex, deaths=d.sum(axis=-1), person_years=n.sum(axis=-1), **numbers, label=label)


def _bands(
    counts: pd.DataFrame, areas: AreaTree, indicator: Indicator, starts: Iterable[int] | None, pooled: int
) -> _Bands:
    """Find the finest age bands that numerator, denominator and standard share, and lay both out in them."""
    over, under = indicator.numerator, indicator.denominator
    if under is None or indicator.kind not in {"proportion", "rate"}:
        message = "'{indicator}' is no rate or proportion of people; only these can be standardised"
        raise UsageError(message, indicator=indicator.id)
    numerator, denominator = (_delivery(counts, areas, part.measure) for part in (over, under))
    if pooled > 1 and (numerator.periods["period_kind"].astype(str) == "stock").any():
        message = "'{measure}' is counted on a day: most of its people are the same a year later, so that years cannot be pooled"
        raise UsageError(message, measure=over.measure)
    if (over.ages, over.sex) != (under.ages, under.sex):
        message = (
            "numerator and denominator of '{indicator}' are of other ages or sex; standardisation needs the same people"
        )
        raise UsageError(message, indicator=indicator.id)
    (first, last), sex = over.ages, over.sex or SEXES[0]
    cuts = _common_cuts((numerator.cells, denominator.cells), sex, first, last, starts)
    if len(cuts) < 2:
        message = (
            "'{numerator}' and '{denominator}' share no age bands (or none that fit the standard): a rate by age cannot be "
            "computed; ask for both by the same ages"
        )
        raise UsageError(message, numerator=over.measure, denominator=under.measure)
    return _pooled(_laid_out(numerator, denominator, sex, cuts, last, indicator.max_gap_days), pooled)


def _delivery(counts: pd.DataFrame, areas: AreaTree, measure: str) -> Delivery:
    rows = counts[counts["measure"] == measure]
    if rows.empty:
        raise unknown("measure", measure, sorted(set(counts["measure"].astype(str))))
    return Delivery(rows, areas)


def _common_cuts(
    cells: Sequence[Sequence[Cell]], sex: str, first: int, last: int, starts: Iterable[int] | None
) -> tuple[int, ...]:
    """First ages of the most bands that all cells make up; none where they make up nothing."""
    allowed = None if starts is None else {first, *starts}
    found = {age for part in cells for _, age, _ in part if first <= age <= last}
    edges = sorted(age for age in found if allowed is None or age in allowed)
    best: dict[int, tuple[int, ...]] = {last + 1: ()}
    for start in reversed(edges):
        ways = [
            (start, *best[after])
            for after in best
            if after > start and all(tile(part, (sex, start, after - 1)) for part in cells)
        ]
        if ways:
            best[start] = max(ways, key=len)
    return best.get(first, ())


def _laid_out(
    numerator: Delivery, denominator: Delivery, sex: str, cuts: Sequence[int], last: int, max_gap_days: int
) -> _Bands:
    """Events and population of each period and band; of the population the count nearest in time."""
    pairs = _nearest(numerator.periods, denominator.periods, max_gap_days)
    mine, theirs = (list(part) for part in zip(*pairs, strict=True))
    ends = [*(after - 1 for after in cuts[1:]), last]
    bands = list(zip(cuts, ends, strict=True))
    parts = [
        [_values(one, (sex, *band), chosen) for band in bands]
        for one, chosen in ((numerator, mine), (denominator, theirs))
    ]
    events, population = (np.stack([value for value, _ in part], axis=-1) for part in parts)
    states = np.stack([status for part in parts for _, status in part], axis=-1)
    state = np.select([(states == name).any(axis=-1) for name in (MISSING, SUPPRESSED)], [NOT_DELIVERED, HIDDEN], GIVEN)
    whole = numerator.amounts((sex, cuts[0], last))
    assert whole is not None, "bands that make up the whole"
    period = numerator.periods["period_end"].iloc[mine].reset_index(drop=True)
    windows = pd.DataFrame({"first": period, "last": period, "periods": 1})
    frame = numerator.areas.places[["area", "level"]]
    return _Bands(frame, windows, tuple(cuts), events, population, state, whole.value[:, mine], whole.exists[:, mine])


def _nearest(mine: pd.DataFrame, theirs: pd.DataFrame, max_gap_days: int) -> list[tuple[int, int]]:
    """Pair each period with the one that ends nearest, if it is near enough."""
    gaps = np.abs(mine["period_end"].to_numpy()[:, np.newaxis] - theirs["period_end"].to_numpy())
    nearest = gaps.argmin(axis=1)
    near = gaps[np.arange(len(gaps)), nearest] <= np.timedelta64(max_gap_days, "D")
    if not near.any():
        raise UsageError("events and population are never counted within {days} days of each other", days=max_gap_days)
    return [(place, int(nearest[place])) for place in np.flatnonzero(near).tolist()]


def _values(delivery: Delivery, cell: Cell, chosen: list[int]) -> tuple[Floats, NDArray[np.object_]]:
    amounts = delivery.amounts(cell)
    assert amounts is not None, "a band that the cells make up"
    return amounts.value[:, chosen], amounts.status[:, chosen]


def _pooled(bands: _Bands, size: int) -> _Bands:
    """Add up windows of so many periods from the last one back; a rest at the beginning is left out."""
    if size == 1:
        return bands
    count = len(bands.ends) // size
    if size < 1 or count == 0:
        raise UsageError("{size} periods cannot be pooled; there are {found}", size=size, found=len(bands.ends))
    skipped = len(bands.ends) - count * size

    def split(part: NDArray[Any]) -> NDArray[Any]:
        return part[:, skipped:].reshape(part.shape[0], count, size, *part.shape[2:])

    state = split(bands.state)
    worst = np.select([(state == name).any(axis=2) for name in (NOT_DELIVERED, HIDDEN)], [NOT_DELIVERED, HIDDEN], GIVEN)
    ends = bands.ends["last"].to_numpy()[skipped:].reshape(count, size)
    windows = pd.DataFrame({"first": ends[:, 0], "last": ends[:, -1], "periods": size})
    sums = {name: split(getattr(bands, name)).sum(axis=2) for name in ("events", "population", "total")}
    return replace(bands, ends=windows, state=worst, exists=np.asarray(split(bands.exists).all(axis=2)), **sums)


def _starts(standard: str | pd.DataFrame) -> list[int] | None:
    """First ages at which bands may begin so that they fit a standard; None: anywhere."""
    if isinstance(standard, pd.DataFrame):
        return [int(age) for age in standard["age_from"]]
    if standard not in STANDARDS:
        raise unknown("standard", standard, STANDARDS)
    return None if standard == TOWN else list(range(0, 95, 5))


def _weights(standard: str | pd.DataFrame, bands: _Bands, areas: AreaTree) -> Floats:
    """Weights of the bands, shape (bands,), or (windows, bands) of the town itself."""
    if isinstance(standard, str) and standard == TOWN:
        return bands.population[(bands.areas["area"] == areas.root).to_numpy().argmax()]
    ages = np.array(_starts(standard))
    given = standard["weight"].to_numpy(float) if isinstance(standard, pd.DataFrame) else np.array(statistics.ESP_2013)
    place = np.searchsorted(bands.cuts, ages, side="right") - 1
    return np.array([given[place == band].sum() for band in range(len(bands.cuts))], dtype=np.float64)


def _per(over: Floats, under: Floats) -> Floats:
    return np.asarray(over / np.where(under > 0, under, np.nan))


def _grades(grade: Floats) -> NDArray[np.object_]:
    return np.select([grade == number for number in GRADES], list(GRADES.values()), default="").astype(object)


def _rows(bands: _Bands, **columns: Any) -> pd.DataFrame:
    """Lay out arrays (areas, windows) in rows, for areas that existed."""
    area, window = np.nonzero(bands.exists)
    where = bands.areas.take(area).reset_index(drop=True), bands.ends.take(window).reset_index(drop=True)
    picked = {name: part[area, window] if isinstance(part, np.ndarray) else part for name, part in columns.items()}
    return pd.concat(where, axis=1).assign(**picked)
