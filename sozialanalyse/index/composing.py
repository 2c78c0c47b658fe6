"""Putting indicators of areas into one index by a recipe, and the index into classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from sozialanalyse.errors import Fault, Place, UsageError
from sozialanalyse.index.transformations import TRANSFORMATIONS, z_scores

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import ArrayLike, NDArray

    from sozialanalyse.catalogue import Classed, Recipe
    from sozialanalyse.catalogue.recipes import Part

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

INCLUDED, EXCLUDED, MISSING = "included", "excluded", "missing"
"""States of an area: it takes part; the recipe or its list leaves it out; a value of it was not delivered, and the recipe leaves such areas out."""

SCORE: Final = "score_"
"""Before the id of an indicator: the column of its transformed values."""

FEWEST: Final = 3
"""Fewer areas are not compared by their distances from their own mean."""


@dataclass(frozen=True)
class Composed:
    """What :func:`composed` gives: arrays with areas along the first axis."""

    scores: Floats
    total: Floats
    index: Floats


def compose(
    values: pd.DataFrame,
    recipe: Recipe,
    part: Part = "status",
    *,
    excluded: Collection[str] = (),
    population: pd.Series | None = None,
) -> pd.DataFrame:
    """Compute the index of each area.

    Parameters
    ----------
    values
        A row an area (its id is the index), a column for each indicator of the recipe; further columns are ignored. For the dynamics, the
        changes between two dates.
    recipe
        What the index is made of.
    part
        ``status`` or ``dynamics``: by it the index is classed.
    excluded
        Ids of areas that take no part, beside those of the recipe.
    population
        Residents by area, for the recipe's minimum; without it, nobody is excluded for that.

    Returns
    -------
    pandas.DataFrame
        In the order of the rows: ``area, state``, the transformed values in the direction of need (``score_<indicator>``, without weights),
        ``sum`` (weighted), ``index``, ``class`` (id), ``place`` (of the class, 1 for the smallest need), ``rank`` (1 for the largest index; equal
        ones share the mean of their ranks). Empty where an area takes no part.

    Raises
    ------
    UsageError
        An indicator has no column; a value of an area that takes part is missing and the recipe does not leave such areas out; fewer than
        :data:`FEWEST` areas are left; the recipe has no such part.

    Examples
    --------
    >>> from sozialanalyse.catalogue import shipped
    >>> recipe = shipped().recipe("plain").keeping(("kinderarmut",))
    >>> found = compose(pd.DataFrame({"kinderarmut": [10.0, 10.0, 10.0, 50.0]}, index=list("abcd")), recipe)
    >>> found[["area", "index", "class", "rank"]].round(3).to_numpy().tolist()
    [['a', -0.577, '2', 3.0], ['b', -0.577, '2', 3.0], ['c', -0.577, '2', 3.0], ['d', 1.732, '3', 1.0]]
    """
    classed = recipe.part(part)
    if classed is None:
        raise UsageError("the recipe {recipe} has no dynamics", recipe=recipe.id)
    if absent := [name for name in recipe.indicators if name not in values]:
        message = "the recipe {recipe} needs indicators that are not there: {indicators}"
        raise UsageError(message, recipe=recipe.id, indicators=", ".join(absent))
    wanted = values[list(recipe.indicators)].astype(np.float64)
    state = states(wanted, recipe, excluded, population)
    used = wanted[state.to_numpy() == INCLUDED]
    _refuse_unusable(used, recipe)
    found = composed(used.to_numpy(), recipe, weights(recipe))
    place = places(found.index, classed)
    columns = {
        **{f"{SCORE}{name}": found.scores[:, number] for number, name in enumerate(recipe.indicators)},
        "sum": found.total,
        "index": found.index,
        "class": np.array([entry.id for entry in classed.classes], dtype=object)[place - 1],
        "place": place.astype(np.float64),
        "rank": rankdata(-found.index),
    }
    rows = pd.DataFrame({"area": values.index.astype(str), "state": state.to_numpy()}, index=values.index)
    return rows.join(pd.DataFrame(columns, index=used.index)).reset_index(drop=True)


def states(
    values: pd.DataFrame, recipe: Recipe, excluded: Collection[str] = (), population: pd.Series | None = None
) -> pd.Series:
    """Say which areas take part (see :data:`INCLUDED`); with a recipe that refuses gaps, an area with one still does."""
    listed = values.index.isin([*recipe.exclude.areas, *excluded])
    least = recipe.exclude.population_below
    if least is not None and population is not None:
        listed |= (population.reindex(values.index) < least).to_numpy()
    gaps = values.isna().any(axis=1).to_numpy() & (recipe.missing == "leave_out")
    return pd.Series(np.select([listed, gaps], [EXCLUDED, MISSING], INCLUDED), index=values.index)


def _refuse_unusable(used: pd.DataFrame, recipe: Recipe) -> None:
    if len(used) < FEWEST:
        message = "an index compares at least {fewest} areas; found {count}"
        raise UsageError(message, fewest=FEWEST, count=len(used))
    message = "the indicator {indicator} has no value here, so the recipe {recipe} gives no index; exclude the area, take another date or a larger level"
    gaps = [(str(area), name) for name in used for area in used.index[used[name].isna()]]
    if gaps:
        raise UsageError(
            Fault(message, {"indicator": name, "recipe": recipe.id}, Place(area=area)) for area, name in gaps
        )


def weights(recipe: Recipe) -> Floats:
    """Weights of the indicators in their order."""
    return np.array([entry.weight for entry in recipe.ingredients])


def signs(recipe: Recipe) -> Floats:
    """1 for indicators of which a high value points to a greater need, -1 for the others."""
    return np.array([float(entry.sign) for entry in recipe.ingredients])


def composed(values: Floats, recipe: Recipe, weight: Floats) -> Composed:
    """Transform, weigh, add up and standardise again.

    Parameters
    ----------
    values
        Shape (areas, indicators); none missing.
    recipe
        Of which only transformation, directions and standardisation count.
    weight
        Shape (indicators,), or (indicators, variants): then sum and index have the shape (areas, variants).
    """
    scores = TRANSFORMATIONS[recipe.transformation](values * signs(recipe))
    total = scores @ weight
    index = z_scores(total) if recipe.restandardise else total
    return Composed(scores, total, index)


def places(index: Floats, classed: Classed) -> Integers:
    """Place of the class of each index, from 1 (smallest need); of several variants, each column by itself."""
    by_share = classed.limits == "share"
    return classify((rankdata(index, method="min", axis=0) - 1) / len(index) if by_share else index, classed)


def classify(measured: ArrayLike, classed: Classed) -> Integers:
    """Place of the class, from 1 (smallest need), of numbers on the scale of the class limits.

    Examples
    --------
    >>> from sozialanalyse.catalogue import shipped
    >>> status = shipped().recipe("berlin_mss").status
    >>> classify([-1.01, -1.0, 1.0, 1.01, 1.5, 1.51], status).tolist()
    [1, 2, 2, 3, 3, 4]
    """
    numbers = np.asarray(measured, dtype=np.float64)
    place = np.ones(numbers.shape, dtype=np.int64)
    for entry in classed.classes[:-1]:
        limit = np.inf if entry.limit is None else entry.limit
        place += (numbers >= limit) if entry.below is not None else (numbers > limit)
    return place
