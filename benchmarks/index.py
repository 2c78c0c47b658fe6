"""Whether the sets of ranks and classes of an index hold the true ones of all areas, ties included, in simulated towns.

    python -m benchmarks index [--small] [--seed 20261123]

The true shares of each area are drawn, and with them its true index, rank and class; then people are counted. A set covers where it holds the true rank (class)
of every area of the town at once. Areas that are truly alike have all ranks that they share, and a set must hold all of these. Beside ours stands what is
usually done: the index is drawn anew from what was observed, and each area gets the middle 95 % of its ranks.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import rankdata

from benchmarks._index_towns import Town, World, draw
from benchmarks._printing import Criteria, percent, say, table
from sozialanalyse import index
from sozialanalyse.index.composing import composed, places, weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SEED: Final = 20261123
CONFIDENCE: Final = 0.95
TOWNS, FEW = 200, 3
REDRAWN: Final = 100
"""So often the naive way draws the index of a town anew."""

WORLDS: Final = (
    World("14 areas of 1,000 to 20,000", 14, 1_000, 20_000),
    World("60 areas of 500 to 8,000", 60, 500, 8_000),
    World("60 areas, three types with ties", 60, 500, 8_000, truth="types"),
    World("14 large areas, three types with ties", 14, 10_000, 60_000, truth="types"),
    World("60 areas that are all alike", 60, 500, 8_000, truth="alike"),
    World("60 areas, alike, errors go together", 60, 500, 8_000, truth="alike", people="same"),
    World("60 areas, one counts part of another", 60, 500, 8_000, people="within"),
    World("60 areas, errors go together", 60, 500, 8_000, people="same"),
    World("60 areas that hardly differ", 60, 500, 8_000, spread=0.15, people="same"),
    World("60 small areas of 200 to 800", 60, 200, 800),
    World("450 areas of 300 to 20,000", 450, 300, 20_000),
    World("60 areas, changes of stocks", 60, 500, 8_000, changes=True),
    World("60 areas, changes, nothing changed", 60, 500, 8_000, truth="alike", changes=True),
    World("60 areas, min-max", 60, 500, 8_000, transformation="min_max"),
    World("60 areas, ranks", 60, 500, 8_000, transformation="rank"),
    World("60 areas, exponential, types with ties", 60, 500, 8_000, truth="types", transformation="exponential"),
)


def main(arguments: list[str]) -> int:
    """Simulate, print a table, say which criteria are met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks index", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--small", action="store_true", help="a few towns, for tests: shares mean little")
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    towns = FEW if given.small else TOWNS
    say(f"seed {given.seed}; {towns} towns a world; sets of all areas of a town at once, {CONFIDENCE:.0%}")
    start, criteria = time.perf_counter(), Criteria()
    rows = [_row(np.random.default_rng([given.seed, place]), world, towns) for place, world in enumerate(WORLDS)]
    table("towns in which every true rank (class) is in its set, per cent; mean width of the sets", rows)
    for row in rows:
        _judge(row, towns, criteria)
    say(f"  ({time.perf_counter() - start:.0f} s)")
    return criteria.conclude()


def _row(random: np.random.Generator, world: World, towns: int) -> dict[str, object]:
    found = np.array([_judged(random, world, draw(random, world)) for _ in range(towns)])
    names = ("ranks", "classes", "naive ranks", "naive classes", "rank width", "class width")
    means = dict(zip(names, found.mean(axis=0), strict=True))
    shown = {name: percent(float(means[name])) for name in names[:4]}
    return {"world": world.name, **shown, **{name: float(means[name]) for name in names[4:]}}


def _judged(random: np.random.Generator, world: World, town: Town) -> tuple[float, ...]:
    """Say whether all ranks and all classes are covered, ours and the naive way, and how wide our sets are."""
    ours = index.confidence_sets(town.values, town.errors, world.recipe, world.part, confidence=CONFIDENCE)
    sets = [ours[name].to_numpy() for name in ("rank_lower", "rank_upper", "place_lower", "place_upper")]
    naive = _naive(random, world, town)
    covered = [
        _covers(sets[0], sets[1], town.best, town.worst),
        _covers(sets[2], sets[3], town.place, town.place),
        _covers(naive[0], naive[1], town.best, town.worst),
        _covers(naive[2], naive[3], town.place, town.place),
    ]
    return (*covered, float(np.mean(sets[1] - sets[0] + 1)), float(np.mean(sets[3] - sets[2] + 1)))


def _covers(lower: Floats, upper: Floats, best: NDArray[np.generic], worst: NDArray[np.generic]) -> float:
    return float(np.all((lower <= best) & (worst <= upper))) if not np.isnan(lower).any() else np.nan


def _naive(random: np.random.Generator, world: World, town: Town) -> list[Floats]:
    """Draw the values anew from the observed ones and take the middle 95 % of ranks and classes of each area."""
    value, error = (frame.to_numpy() for frame in (town.values, town.errors))
    recipe = world.recipe
    classed = recipe.part(world.part)
    assert classed is not None
    drawn = (random.normal(value, error) for _ in range(REDRAWN))
    made = np.column_stack([composed(one, recipe, weights(recipe)).index for one in drawn])
    kinds = (rankdata(-made, axis=0), places(made, classed))
    return [np.quantile(kind, level, axis=1, method="inverted_cdf") for kind in kinds for level in (0.025, 0.975)]


def _judge(row: dict[str, object], towns: int, criteria: Criteria) -> None:
    error = np.sqrt(CONFIDENCE * (1 - CONFIDENCE) / towns)  # that of a set which just keeps its level
    for name in ("ranks", "classes"):
        if row[name] == percent(np.nan):
            continue
        share = float(str(row[name])) / 100
        statement = f"{row['world']}, {name}: {share:.1%} (simulation error {error:.1%}), at least {CONFIDENCE:.0%} but for two such errors"
        criteria.judge(share >= CONFIDENCE - 2 * error, statement)
