"""Towns of which it is known which rank and which class of an index each area truly has: shares, what is counted of them, and the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import binom

from benchmarks import _simulated as simulated
from sozialanalyse import statistics
from sozialanalyse.catalogue import shipped
from sozialanalyse.index.composing import composed, places, weights
from sozialanalyse.index.inputs import change_errors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.catalogue import Recipe
    from sozialanalyse.catalogue.recipes import Part

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

CENTRES: Final = (0.04, 0.2, 0.08)
"""Shares around which the areas lie, on the logit: long-term unemployment, child poverty, old-age support."""

BASES: Final = (0.65, 0.14, 0.2)
"""Of the residents of an area, those of the age that is counted."""

TYPES: Final = (0.55, 0.3, 0.15)
"""Shares of the areas that belong to each type, from the smallest to the greatest need."""

APART: Final = (-0.6, 0.2, 1.4)
"""How far the types lie off the centre, in logits."""

STAY, DECLARED = 0.8, 0.7
"""Share of the persons who are counted at both dates, and what a catalogue declares of it at least."""

SAME: Final = 1e-12
"""True sums that differ by less are the same sum, added up in another order."""


class World(NamedTuple):
    """What towns are drawn.

    Parameters
    ----------
    name
        As it is printed.
    areas, least, most
        How many areas of how many residents.
    truth
        ``spread``: no two areas are alike. ``types``: the areas of a type are exactly alike in everything. ``alike``: all are.
    people
        Whether the errors of an area's indicators resemble each other: ``others``: they count other people; ``within``: the second counts some of the
        first; ``same``: all err in the same direction, as far as they can.
    spread
        Standard deviation of the areas in logits, where no two are alike.
    changes
        Index of changes between two dates of which 80 % of those counted are the same, instead of levels; declared are at least 70 %.
    transformation, restandardise
        Of the recipe.
    """

    name: str
    areas: int
    least: int
    most: int
    truth: Literal["spread", "types", "alike"] = "spread"
    people: Literal["others", "within", "same"] = "others"
    spread: float = 0.6
    changes: bool = False
    transformation: Literal["z", "min_max", "rank", "exponential"] = "z"

    @property
    def recipe(self) -> Recipe:
        """The plain recipe, with another transformation where the world has one."""
        update = {"transformation": self.transformation, "restandardise": self.transformation in {"z", "min_max"}}
        return shipped().recipe("plain").model_copy(update=update)

    @property
    def part(self) -> Part:
        """Which part of the recipe it is about."""
        return "dynamics" if self.changes else "status"


class Town(NamedTuple):
    """What is seen of a town, and what is true."""

    values: pd.DataFrame
    errors: pd.DataFrame
    best: Floats  # smallest and largest true rank: those of areas that are truly alike are all theirs
    worst: Floats
    place: Integers


def draw(random: np.random.Generator, world: World) -> Town:
    """Draw a town."""
    people = np.round(simulated.sizes(random, world.least, world.most, world.areas)[:, np.newaxis] * BASES)
    before = _shares(random, world)
    if not world.changes:
        value, error = _seen(_counted(random, world, people, before), people)
        return _town(world, value, error, before)
    after = simulated.logistic(np.log(before / (1 - before)) + _moves(random, world))
    events = simulated.stock(random, people, np.stack([before, after], axis=-1), STAY)
    (first, one), (last, other) = (_seen(events[..., date], people) for date in (0, 1))
    errors = change_errors(pd.DataFrame(one), pd.DataFrame(other), pd.DataFrame(np.full(one.shape, DECLARED)))
    return _town(world, last - first, errors.to_numpy(), after - before)


def _shares(random: np.random.Generator, world: World) -> Floats:
    """Draw true shares (areas, indicators); those of one area lie on the same side mostly."""
    shape = (world.areas, len(CENTRES))
    if world.truth == "alike":
        off = np.zeros(shape)
    elif world.truth == "types":
        counts = np.round(np.cumsum(TYPES) * world.areas).astype(int)
        off = np.repeat(APART, np.diff(counts, prepend=0))[:, np.newaxis] * np.ones(len(CENTRES))
    else:
        off = world.spread * (0.8 * random.normal(size=(world.areas, 1)) + 0.6 * random.normal(size=shape))
    return simulated.logistic(np.log(np.array(CENTRES) / (1 - np.array(CENTRES))) + off)


def _moves(random: np.random.Generator, world: World) -> Floats:
    if world.truth == "alike":
        return np.zeros((world.areas, len(CENTRES)))
    return np.asarray(0.1 + 0.25 * random.normal(size=(world.areas, len(CENTRES))))


def _counted(random: np.random.Generator, world: World, people: Floats, shares: Floats) -> Integers:
    if world.people == "same":
        chance = random.uniform(size=(world.areas, 1))
        return np.asarray(binom.ppf(chance, people, shares), dtype=np.int64)
    events = random.binomial(people.astype(np.int64), shares)
    if world.people == "within":
        # Old-age support is counted among those on child benefits: nonsense as a subject, but as alike as two counts become.
        both = np.minimum(shares[:, 2] * people[:, 2] / (shares[:, 1] * people[:, 1]), 1)
        events[:, 2] = np.minimum(random.binomial(events[:, 1], both), people[:, 2])
    return np.asarray(events, dtype=np.int64)


def _seen(events: Integers, people: Floats) -> tuple[Floats, Floats]:
    """Return shares in per cent and their standard errors as an index takes them: read off Wilson's 95 % interval."""
    lower, upper = statistics.wilson_interval(events, people)
    return 100 * events / people, 100 * (upper - lower) / (2 * 1.959963984540054)


def _town(world: World, value: Floats, error: Floats, true: Floats) -> Town:
    recipe = world.recipe
    classed = recipe.part(world.part)
    assert classed is not None
    made = composed(true, recipe, weights(recipe))
    apart = made.total[:, np.newaxis] - made.total
    best, worst = 1.0 + (apart < -SAME).sum(axis=1), world.areas - (apart > SAME).sum(axis=1)
    names = [f"a{number:03}" for number in range(world.areas)]
    frames = (pd.DataFrame(part, index=names, columns=list(recipe.indicators)) for part in (value, error))
    return Town(*frames, best, np.asarray(worst, dtype=np.float64), places(made.index, classed))
