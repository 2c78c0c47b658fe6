"""Recipes of a composite index: which indicators, in which direction, how transformed, weighed, added up and classed.

Everything that decides what an index says is declared here, by whom it was decided included, and nothing of it in a program.
An index is always read as need for support: the larger, the more. Whether a recipe fits the catalogue is checked where it is read
(:mod:`sozialanalyse.catalogue.reading`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from sozialanalyse.catalogue.model import Id, ShortText, Sourced, Text
from sozialanalyse.documents import Model, Versioned

Transformation = Literal["z", "min_max", "rank", "exponential"]
Part = Literal["status", "dynamics"]

ClassId = Annotated[str, Field(pattern=r"^[a-z0-9+/-]{1,20}$", description="as the source writes it: 1, +/-")]
Code = Annotated[
    str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", description="how the source of the recipe calls it: s1")
]


class Ingredient(Model):
    """An indicator of an index."""

    indicator: Id
    direction: Literal["higher_is_worse", "higher_is_better"] = Field(
        description="whether a high value points to a greater or a smaller need; of an indicator that the catalogue calls neutral this is "
        "a decision of its own, see 'indices' in town.yml"
    )
    weight: float = Field(default=1, gt=0, description="by what its transformed values are multiplied")
    code: Code | None = Field(default=None, description="name of its values in the tables of the recipe's source")
    change_code: Code | None = Field(
        default=None, description="name of its changes in the tables of the recipe's source"
    )

    @property
    def sign(self) -> int:
        """1 where high values point to a greater need, else -1."""
        return 1 if self.direction == "higher_is_worse" else -1


class IndexClass(Model):
    """A class of an index; classes stand in the order of the need for support, the smallest first."""

    id: ClassId
    label: Text
    short: ShortText | None = Field(
        default=None, description="for tables and charts; without it the label stands there"
    )
    below: float | None = Field(default=None, description="the class holds what is smaller than this limit")
    up_to: float | None = Field(default=None, validate_default=True, description="the same, the limit itself included")

    @field_validator("up_to")
    @classmethod
    def _is_one_limit(cls, limit: float | None, info: ValidationInfo) -> float | None:
        if limit is not None and info.data.get("below") is not None:
            message = "a class has one limit: 'below' or 'up_to'"
            raise ValueError(message)
        return limit

    @property
    def limit(self) -> float | None:
        """The limit above; None of the last class."""
        return self.up_to if self.below is None else self.below


Classes = Annotated[tuple[IndexClass, ...], Field(min_length=2)]


class Classed(Model):
    """How the index of a part is classed."""

    classes: Classes
    limits: Literal["index", "share"] = Field(
        default="index",
        description="what the limits are of: the index itself, or the share of the areas that have a smaller one (0 to 1)",
    )

    @field_validator("classes")
    @classmethod
    def _rise(cls, classes: tuple[IndexClass, ...]) -> tuple[IndexClass, ...]:
        limits = [(entry.limit, entry.below is None) for entry in classes[:-1]]
        known = [(limit, included) for limit, included in limits if limit is not None]
        if classes[-1].limit is not None or len(known) < len(limits) or known != sorted(set(known)):
            message = "every class but the last needs a limit ('below' or 'up_to'), each larger than the one before"
            raise ValueError(message)
        if len({entry.id for entry in classes}) < len(classes):
            message = "two classes have the same id"
            raise ValueError(message)
        return classes


class Dynamics(Classed):
    """The change between two dates, put together and classed as the status is."""

    years: int = Field(gt=0, description="so many years before the date of the status the change begins")


class Exclusion(Model):
    """Areas that take no part: they have no index, and no other area is compared with them."""

    population_below: int | None = Field(default=None, ge=1, description="areas with fewer residents")
    areas: tuple[str, ...] = Field(default=(), description="ids of further areas")


class Recipe(Versioned, Sourced):
    """A recipe of a composite index: a whole file of ``recipes/``."""

    id: Id
    label: Text
    about: Text = Field(description="what the index is meant to tell, in a sentence or two")
    decided: Text = Field(description="who decided on these indicators and weights; stands on every page of the index")
    source: Text = Field(description="the report that describes the method")
    ingredients: tuple[Ingredient, ...] = Field(min_length=1)
    transformation: Transformation = Field(
        description="z: distance from the mean of the areas in standard deviations. min_max: from 0 (smallest) to 1 (largest value). "
        "rank: share of the areas, from 1/n to 1. exponential: of that rank as in the English indices, from 0 to 100"
    )
    restandardise: bool = Field(
        default=True, description="whether the sum is put on standard deviations from its mean again"
    )
    exclude: Exclusion = Exclusion()
    missing: Literal["refuse", "leave_out"] = Field(
        default="refuse",
        description="what becomes of an area of which a value was not delivered: no index at all, or the area is left out and named. "
        "Where a value is confidential there is never an index: the small ones are hidden",
    )
    status: Classed
    dynamics: Dynamics | None = None

    @field_validator("ingredients")
    @classmethod
    def _once_each(cls, ingredients: tuple[Ingredient, ...]) -> tuple[Ingredient, ...]:
        names = [entry.indicator for entry in ingredients]
        if len(set(names)) < len(names):
            message = "an indicator stands twice; give it a larger weight instead"
            raise ValueError(message)
        return ingredients

    @property
    def indicators(self) -> tuple[str, ...]:
        """Ids of its indicators."""
        return tuple(entry.indicator for entry in self.ingredients)

    def part(self, part: Part) -> Classed | None:
        """Return how a part is classed; None where the recipe has no dynamics."""
        return self.status if part == "status" else self.dynamics

    def keeping(self, indicators: tuple[str, ...]) -> Recipe:
        """Return the recipe with those of its indicators that are named, their weights as they are."""
        kept = tuple(entry for entry in self.ingredients if entry.indicator in indicators)
        return self.model_copy(update={"ingredients": kept})
