"""How far an index hangs on choices: other weights, and one indicator less. These are ranges, no intervals: nothing in them is a probability."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from sozialanalyse.index.composing import composed, places, weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.catalogue import Recipe
    from sozialanalyse.catalogue.recipes import Part

    Floats = NDArray[np.float64]

DRAWS: Final = 200
LEAST, GREATEST = 0.5, 1.5
"""Each weight is drawn evenly between half of the declared one and one and a half times as much: nobody defends weights more exactly than that."""

SEED: Final = 20190926
"""The same draws everywhere and always, also for whoever computes them again."""

COLUMNS: Final = ("area", "place_lower", "place_upper", "rank_lower", "rank_upper")


def random_weights(values: pd.DataFrame, recipe: Recipe, part: Part = "status", *, draws: int = DRAWS) -> pd.DataFrame:
    """Range of class and rank of each area if every weight may be up to half larger or smaller than declared.

    Parameters
    ----------
    values
        Of the areas that take part, none missing: a row an area, a column for each indicator of the recipe.
    recipe, part
        As of :func:`.compose`.
    draws
        How many sets of weights are drawn, each weight by itself; the draws are those of Python's generator with :data:`SEED`.

    Returns
    -------
    pandas.DataFrame
        :data:`COLUMNS`: smallest and largest place of the class and rank (1 for the largest index) among the draws and with the declared weights.

    References
    ----------
    Saisana, Saltelli, Tarantola (2005), Journal of the Royal Statistical Society A 168, 307-323.
    """
    return _range(values, recipe, part, drawn_weights(recipe, draws))


def drawn_weights(recipe: Recipe, draws: int = DRAWS) -> Floats:
    """Draw sets of weights: shape (indicators, draws)."""
    source = random.Random(SEED)  # noqa: S311 - no secret
    factors = [[LEAST + (GREATEST - LEAST) * source.random() for _ in recipe.ingredients] for _ in range(draws)]
    return weights(recipe)[:, np.newaxis] * np.array(factors).reshape(draws, len(recipe.ingredients)).T


def left_out(values: pd.DataFrame, recipe: Recipe, part: Part = "status") -> pd.DataFrame:
    """Range of class and rank of each area if one indicator after the other is left out; as :func:`random_weights`."""
    count = len(recipe.ingredients)
    without = weights(recipe)[:, np.newaxis] * (1 - np.eye(count))
    return _range(values, recipe, part, without if count > 1 else np.zeros((count, 0)))


def _range(values: pd.DataFrame, recipe: Recipe, part: Part, variants: Floats) -> pd.DataFrame:
    classed = recipe.part(part)
    assert classed is not None
    all_weights = np.column_stack([weights(recipe), variants])
    index = composed(values[list(recipe.indicators)].to_numpy(dtype=np.float64), recipe, all_weights).index
    place, rank = places(index, classed), rankdata(-index, axis=0)
    columns = (values.index.astype(str), place.min(axis=1), place.max(axis=1), rank.min(axis=1), rank.max(axis=1))
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
