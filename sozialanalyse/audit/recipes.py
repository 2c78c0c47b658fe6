"""Recipes of an index as everybody knows them: what it takes to compute the index again from the published cells."""

from __future__ import annotations

from typing import Literal

import pydantic

from sozialanalyse.documents import Model


class BothTexts(Model):
    """A text in both languages."""

    de: str
    en: str


class Ingredient(Model):
    """An indicator, 1 or -1 for its direction, and its weight."""

    indicator: str
    sign: Literal[1, -1]
    weight: float = pydantic.Field(gt=0)


class IndexClass(Model):
    """A class, smallest need first; without a limit the last one."""

    id: str
    name: BothTexts
    short: BothTexts | None = None
    below: float | None = None
    up_to: float | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What it is called, in both languages, in full and short."""
        return tuple(name for text in (self.name, self.short) if text for name in (text.de, text.en))


class Classed(Model):
    """Classes, and what their limits are of."""

    limits: Literal["index", "share"] = "index"
    classes: tuple[IndexClass, ...]
    years: int | None = None


class Recipe(Model):
    """How an index is computed and classed."""

    id: str
    ingredients: tuple[Ingredient, ...]
    transformation: Literal["z", "min_max", "rank", "exponential"]
    restandardise: bool
    population_below: int | None = None
    excluded: tuple[str, ...] = ()
    leave_out: bool = False
    status: Classed
    dynamics: Classed | None = None

    def part(self, name: str) -> Classed | None:
        """Classes of the status, or of the dynamics if there are any."""
        return self.status if name == "status" else self.dynamics if name == "dynamics" else None
