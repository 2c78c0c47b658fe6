"""Composites: an index computed again from the published cells by its recipe, with its classes and what these hang on.

What chance leaves open is not computed again: such a rank or class is held to the side of the one that the index gives.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from sozialanalyse.audit.expected import Expected
from sozialanalyse.audit.keys import CLASS_NAMES, ClaimError
from sozialanalyse.audit.standings import Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from sozialanalyse.audit.figures import Figure
    from sozialanalyse.audit.keys import Claim
    from sozialanalyse.audit.knowledge import Indicator
    from sozialanalyse.audit.lookup import Lookup
    from sozialanalyse.audit.recipes import Classed, Recipe

    Floats = NDArray[np.float64]

RESIDENTS: Final = "population"
"""Id of the indicator by which areas with few residents take no part."""

YEAR: Final = dt.timedelta(days=365)
DECIMALS: Final = 2
DRAWS, SEED, LEAST, GREATEST = 200, 20190926, 0.5, 1.5
"""How weights are varied: so many draws of Python's generator from this seed, each weight between these shares of the declared one."""

CONSTANT: Final = 23.0
"""Of the exponential transformation of the English indices."""

RESOLUTION: Final = 1e-12


def standing_of(of: Lookup, claim: Claim) -> Standing:
    """Compute the index that a claim speaks of, once.

    Raises
    ------
    ClaimError
        When there is no such recipe, or the recipe has no such part.
    """
    name = tuple(claim.parts[part] for part in ("recipe", "part", "level", "end"))
    if name not in of.standings:
        of.standings[name] = _computed(of, claim)
    return of.standings[name]


def recipe_of(of: Lookup, claim: Claim) -> Recipe:
    """Look up a recipe; as :func:`standing_of`."""
    wanted = claim.parts["recipe"]
    for recipe in of.figures.knowledge.document.recipes:
        if recipe.id == wanted:
            return recipe
    message = "{key}: there is no {what} {part}"
    raise ClaimError(message, key=claim.key, what="recipe", part=wanted)


def _classed(of: Lookup, claim: Claim) -> Classed:
    found = recipe_of(of, claim).part(claim.parts["part"])
    if found is None:
        message = "{key}: there is no {what} {part}"
        raise ClaimError(message, key=claim.key, what="part", part=claim.parts["part"])
    return found


def _computed(of: Lookup, claim: Claim) -> Standing:
    recipe, classed, day = recipe_of(of, claim), _classed(of, claim), claim.day()
    before = None if classed.years is None else _years_before(day, classed.years)
    areas = [
        area
        for area in sorted(of.figures.members(of.figures.root, claim.parts["level"], day))
        if not _is_excluded(of, recipe, area, day)
    ]
    figures = {area: _figures(of, recipe, area, [day] if before is None else [before, day]) for area in areas}
    hidden = tuple(count for found in figures.values() for figure in found if figure for count in figure.hidden)
    values = {area: _value(found, changes=before is not None) for area, found in figures.items()}
    kept = tuple(area for area, found in values.items() if None not in found)
    if hidden or len(kept) < 3 or (len(kept) < len(areas) and not recipe.leave_out):
        return Standing(classed, hidden=hidden)
    return put_together(recipe, classed, kept, np.array([[float(x or 0) for x in values[area]] for area in kept]))


def put_together(recipe: Recipe, classed: Classed, areas: tuple[str, ...], values: Floats) -> Standing:
    """Compute the index of areas.

    Parameters
    ----------
    recipe, classed
        How, and into which classes.
    areas, values
        The areas, and the values or changes of their indicators, shape (areas, indicators).
    """
    weights = np.array([entry.weight for entry in recipe.ingredients])
    scores = _transformed(values * np.array([float(entry.sign) for entry in recipe.ingredients]), recipe)
    index = _index(scores @ weights, recipe)
    source = random.Random(SEED)  # noqa: S311 - no secret
    drawn = [[w * (LEAST + (GREATEST - LEAST) * source.random()) for w in weights] for _ in range(DRAWS)]
    less = [np.where(np.arange(len(weights)) == out, 0.0, weights) for out in range(len(weights))]
    variants: dict[str, Sequence[list[float] | Floats]] = {
        "weights": drawn,
        "without": less if len(weights) > 1 else [],
    }
    own = _places(index, classed)
    spans: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
    for name, sets in variants.items():
        found = np.array([own, *(_places(_index(scores @ np.array(one), recipe), classed) for one in sets)])
        spans[name] = found.min(axis=0), found.max(axis=0)
    return Standing(classed, areas, index, own, _ranks(-index), spans)


def _transformed(values: Floats, recipe: Recipe) -> Floats:
    columns = [_ONE[recipe.transformation](column) for column in values.T]
    return np.array(columns).T


def _z(x: Floats) -> Floats:
    spread = float(np.sqrt(np.mean((x - np.mean(x)) ** 2)))
    return np.zeros(len(x)) if spread <= float(np.max(np.abs(x))) * RESOLUTION else (x - np.mean(x)) / spread


def _min_max(x: Floats) -> Floats:
    spread = float(np.max(x) - np.min(x))
    return np.zeros(len(x)) if spread <= float(np.max(np.abs(x))) * RESOLUTION else (x - np.min(x)) / spread


def _ranks(x: Floats) -> Floats:
    """Rank from below; equal values share the mean of theirs."""
    return np.array([np.sum(x < one) + (np.sum(x == one) + 1) / 2 for one in x])


def _exponential(x: Floats) -> Floats:
    share = _ranks(x) / len(x)
    return np.asarray(-CONSTANT * np.log(1 - share * (1 - np.exp(-100 / CONSTANT))))


_ONE: dict[str, Callable[[Floats], Floats]] = {
    "z": _z,
    "min_max": _min_max,
    "rank": lambda x: _ranks(x) / len(x),
    "exponential": _exponential,
}


def _index(total: Floats, recipe: Recipe) -> Floats:
    return _z(total) if recipe.restandardise else total


def _places(index: Floats, classed: Classed) -> NDArray[np.int64]:
    by_share = classed.limits == "share"
    measured = np.array([np.sum(index < one) for one in index]) / len(index) if by_share else index
    place = np.ones(len(index), dtype=np.int64)
    for entry in classed.classes[:-1]:
        if entry.below is not None:
            place += measured >= entry.below
        elif entry.up_to is not None:
            place += measured > entry.up_to
    return place


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def _is_excluded(of: Lookup, recipe: Recipe, area: str, day: dt.date) -> bool:
    if area in recipe.excluded:
        return True
    indicator = of.figures.knowledge.indicators.get(RESIDENTS)
    end = _until(of, indicator, day) if indicator and recipe.population_below is not None else None
    figure = of.figures.figure(indicator, area, end) if indicator and end else None
    return figure is not None and figure.value is not None and figure.value < (recipe.population_below or 0)


def _figures(of: Lookup, recipe: Recipe, area: str, days: Sequence[dt.date]) -> list[Figure | None]:
    """Look up the value of each indicator, one day after the other."""
    found = []
    for day in days:
        for entry in recipe.ingredients:
            indicator = of.figures.knowledge.indicators.get(entry.indicator)
            end = _until(of, indicator, day) if indicator else None
            found.append(of.figures.figure(indicator, area, end) if indicator and end else None)
    return found


def _value(figures: Sequence[Figure | None], *, changes: bool) -> list[Fraction | None]:
    """Values of an area, or their changes; None for what is not known."""
    values = [figure.value if figure else None for figure in figures]
    if not changes:
        return values
    half = len(values) // 2
    pairs = zip(values[:half], values[half:], strict=True)
    return [None if first is None or last is None else last - first for first, last in pairs]


def _until(of: Lookup, indicator: Indicator, day: dt.date) -> dt.date | None:
    """Find the last day up to a day, within the year, on which an indicator was counted anywhere."""
    name = "until", indicator.id, day.isoformat()
    if name not in of.ends:
        times = (time.end for time in of.figures.times(indicator.numerator) if day - YEAR < time.end <= day)
        areas = of.figures.knowledge.areas
        counted = (
            end for end in sorted(times, reverse=True) if any(of.figures.figure(indicator, area, end) for area in areas)
        )
        of.ends[name] = next(counted, None)
    return of.ends[name]


def _of_area(of: Lookup, claim: Claim) -> tuple[Standing, int | None]:
    found = standing_of(of, claim)
    area = claim.parts["area"]
    return found, found.areas.index(area) if area in found.areas else None


def value(of: Lookup, claim: Claim) -> Expected:
    """Compute the index of an area."""
    found, place = _of_area(of, claim)
    if place is None:
        return Expected(hidden=found.hidden, is_absent=not found.hidden)
    return Expected(Fraction(float(found.index[place])), decimals=DECIMALS)


def rank(of: Lookup, claim: Claim) -> Expected:
    """Hold a rank that an area may have to the side of the one that it has."""
    found, place = _of_area(of, claim)
    if place is None:
        return Expected(hidden=found.hidden, is_absent=not found.hidden)
    own = Fraction(float(found.rank[place]))
    if claim.statistic.endswith("lower"):
        return Expected(least=Fraction(1), greatest=own)
    return Expected(least=own, greatest=Fraction(len(found.areas)))


def name_of_class(of: Lookup, claim: Claim) -> Expected:
    """Name the class of an area, or the smallest or largest one that it may have."""
    found, place = _of_area(of, claim)
    if place is None:
        return Expected(hidden=found.hidden, is_absent=not found.hidden)
    own, last = int(found.place[place]), len(found.classed.classes)
    _, kind, *end = claim.statistic.split("_")
    if kind == "class":
        allowed: Sequence[int] = [own]
    elif kind == "chance":
        allowed = range(1, own + 1) if end == ["lower"] else range(own, last + 1)
    else:
        allowed = [int(found.spans[kind][end == ["upper"]][place])]
    return Expected(names=found.names(allowed))


def areas(of: Lookup, claim: Claim) -> Expected:
    """Count the areas that take part; or hold a number of those whose class is certain to it."""
    found = standing_of(of, claim)
    if not found.areas:
        return Expected(hidden=found.hidden, is_absent=not found.hidden)
    count = Fraction(len(found.areas))
    if claim.statistic == "index_areas":
        return Expected(count)
    fixed = {name: lower == upper for name, (lower, upper) in found.spans.items()}
    if claim.statistic == "index_sure":
        known = fixed.get(claim.parts["span"])
        return Expected(least=Fraction(0), greatest=count) if known is None else Expected(Fraction(int(known.sum())))
    most = Fraction(int(np.logical_and.reduce([*fixed.values()]).sum()))
    if claim.statistic == "index_stable":
        return Expected(least=Fraction(0), greatest=most)
    return Expected(least=count - most, greatest=count)


def in_class(of: Lookup, claim: Claim) -> Expected:
    """Count the areas of a class."""
    found = standing_of(of, claim)
    ids = [entry.id for entry in found.classed.classes]
    if not found.areas or claim.parts["class"] not in ids:
        return Expected(hidden=found.hidden, is_absent=not found.hidden)
    return Expected(Fraction(int(np.sum(found.place == 1 + ids.index(claim.parts["class"])))))


def drawn(of: Lookup, claim: Claim) -> Expected:
    """Refuse a picture of an index that needs what is hidden."""
    parts = both_parts(of, claim) if claim.statistic == "drawn_matrix" else (standing_of(of, claim),)
    return Expected(hidden=tuple(count for part in parts for count in part.hidden))


def both_parts(of: Lookup, claim: Claim) -> tuple[Standing, Standing]:
    """Compute status and dynamics of an index."""
    status, dynamics = (replace(claim, parts={**claim.parts, "part": part}) for part in ("status", "dynamics"))
    return standing_of(of, status), standing_of(of, dynamics)


def declared(of: Lookup, claim: Claim) -> Expected:
    """Look up a number of the recipe itself: a weight, a limit, the smallest number of residents."""
    recipe = recipe_of(of, claim)
    found: float | None = recipe.population_below
    if claim.statistic == "recipe_weight":
        found = next(
            (entry.weight for entry in recipe.ingredients if entry.indicator == claim.parts["indicator"]), None
        )
    elif claim.statistic == "recipe_limit":
        entry = next((one for one in _classed(of, claim).classes if one.id == claim.parts["class"]), None)
        found = None if entry is None else entry.up_to if entry.below is None else entry.below
    if found is None:
        return Expected(is_absent=True)
    return Expected(Fraction(repr(float(found))), decimals=6)


STATISTICS: Final[dict[str, Callable[[Lookup, Claim], Expected]]] = {
    "index": value,
    **dict.fromkeys(("index_rank_lower", "index_rank_upper"), rank),
    **dict.fromkeys(CLASS_NAMES, name_of_class),
    **dict.fromkeys(("index_areas", "index_stable", "index_unstable", "index_sure"), areas),
    "index_class_areas": in_class,
    **dict.fromkeys(("drawn_index", "drawn_matrix"), drawn),
    **dict.fromkeys(("recipe_weight", "recipe_limit", "recipe_population"), declared),
}
"""How each number of an index is found again, by the first part of its key."""
