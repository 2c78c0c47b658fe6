"""An index of a town's areas: status and dynamics with all that tells how sure their classes are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from sozialanalyse.index.chance import confidence_sets
from sozialanalyse.index.composing import INCLUDED, compose
from sozialanalyse.index.inputs import Inputs, gather
from sozialanalyse.index.ranges import left_out, random_weights

if TYPE_CHECKING:
    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue, Recipe
    from sozialanalyse.catalogue.recipes import Part

SPANS: Final = ("chance", "weights", "without")
"""What a class may hang on: chance alone, other weights, one indicator less."""


@dataclass(frozen=True)
class Index:
    """An index.

    Parameters
    ----------
    recipe
        What it is made of.
    level
        Whose areas are compared.
    inputs
        What went in, and why a part is missing.
    status, dynamics
        A row an area, as of :func:`.compose`; besides ``rank_lower, rank_upper`` and for each of :data:`SPANS` the smallest and largest place of the class
        (``chance_lower``, ``chance_upper`` ...), and ``stable``: all of them are the class that it has. Without rows where there is no such part.
    """

    recipe: Recipe
    level: str
    inputs: Inputs
    status: pd.DataFrame
    dynamics: pd.DataFrame

    def part(self, part: Part) -> pd.DataFrame:
        """Rows of a part."""
        return self.status if part == "status" else self.dynamics


def make(frame: pd.DataFrame, recipe: Recipe, tree: AreaTree, level: str, date: str = "") -> Index:
    """Make the index of the areas of a level.

    Parameters
    ----------
    frame, recipe, tree, level, date
        As of :func:`.gather`.

    Returns
    -------
    Index
        Where a value is confidential, was not delivered or two dates do not compare, a part has no rows, and ``inputs.reasons`` say why.
    """
    inputs = gather(frame, recipe, tree, level, date)
    status = _part(recipe, "status", inputs, inputs.value, inputs.error)
    dynamics = _part(recipe, "dynamics", inputs, inputs.change, inputs.change_error)
    return Index(recipe, level, inputs, status, dynamics)


def _part(recipe: Recipe, part: Part, inputs: Inputs, values: pd.DataFrame, errors: pd.DataFrame) -> pd.DataFrame:
    if part in inputs.reasons or recipe.part(part) is None:
        return pd.DataFrame(columns=["area", "state", "index", "class", "place", "rank", "stable"])
    population = inputs.population if len(inputs.population) else None
    rows = compose(values, recipe, part, population=population)
    used = rows.loc[rows["state"] == INCLUDED, "area"]
    x, e = values.loc[used], errors.loc[used]
    chance = confidence_sets(x, e, recipe, part)
    ranks = chance[["area", "rank_lower", "rank_upper"]]
    spans = [chance, random_weights(x, recipe, part), left_out(x, recipe, part)]
    for name, found in zip(SPANS, spans, strict=True):
        named = {"place_lower": f"{name}_lower", "place_upper": f"{name}_upper"}
        ranks = ranks.merge(found[["area", *named]].rename(columns=named), on="area")
    rows = rows.merge(ranks, on="area", how="left")
    ends = [f"{name}_{end}" for name in SPANS for end in ("lower", "upper")]
    return rows.assign(stable=rows[ends].eq(rows["place"], axis=0).all(axis=1) & (rows["state"] == INCLUDED))


def neutral(recipe: Recipe, catalogue: Catalogue) -> tuple[str, ...]:
    """Name the indicators of a recipe that the catalogue calls neutral: that they count as need, somebody has to decide."""
    return tuple(name for name in recipe.indicators if catalogue.indicator(name).direction == "neutral")
