"""The list of what stands out among many areas and indicators: its share of false ones, beside that of naive lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.stats import binom, norm

from benchmarks import _drawn_town as drawn
from benchmarks import _simulated as simulated
from benchmarks._printing import Criteria, percent, say, table
from sozialanalyse import comparison, statistics

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Bools = NDArray[np.bool_]

AREAS: Final = 60
INDICATORS: Final = 10
"""Indicators of a page; with more the tests of one area only become more alike."""

PLANTED: Final = 0.05
"""Share of the areas x indicators that are truly unusual, where any are."""

FAR, STEEP = 1.3, 0.7
"""How far the planted ones lie off, in logits: their level, and their change."""

SPREAD_OF_LEVELS, SPREAD_OF_CHANGES = 0.3, 0.05
"""How far areas differ anyway, in logits."""

PLACES: Final = 10
"""Places among 60 that a rank must move for the naive list of changes."""


class World(NamedTuple):
    """A town: whether unusual areas are planted, how alike an area's indicators are, what difference matters (points)."""

    name: str
    planted: bool
    alike: float = 0.0
    margin: float | None = None
    stay: float = 0.0


WORLDS: Final = (
    World("nothing planted", planted=False),
    World("nothing planted, indicators alike", planted=False, alike=0.8),
    World("planted", planted=True),
    World("planted, indicators alike", planted=True, alike=0.8),
    World("planted, stock (0.8 remain)", planted=True, stay=0.8),
    World("relevant from 3 points on", planted=True, margin=3.0),
)


class Town(NamedTuple):
    """What was drawn and what is true of it."""

    events: Integers  # (indicators, areas, 2)
    residents: Floats
    true: Floats  # proportions, shape of the events
    unusual: dict[str, Bools]  # by kind of statement: (indicators, areas)


def draw(random: np.random.Generator, world: World) -> Town:
    """Draw a town at two dates."""
    residents = simulated.sizes(random, 100, 5_000, AREAS)
    shape = (INDICATORS, AREAS)
    planted = {kind: (random.uniform(size=shape) < PLANTED) & world.planted for kind in ("level", "change")}
    side = {kind: random.choice([-1.0, 1.0], size=shape) for kind in planted}
    usual = {kind: _alike(random, world, shape) for kind in planted}
    centre = norm.ppf(random.uniform(0.3, 0.7, (INDICATORS, 1))) - 2
    level = centre + np.where(planted["level"], FAR * side["level"], SPREAD_OF_LEVELS * usual["level"])
    move = 0.1 + np.where(planted["change"], STEEP * side["change"], SPREAD_OF_CHANGES * usual["change"])
    # The level that is judged is that of the last date.
    true = simulated.logistic(np.stack([level - move, level], axis=-1))
    unusual = planted if world.margin is None else _relevant(true, residents, world.margin / 100)
    return Town(_counted(random, world, residents, true), residents, true, unusual)


def _alike(random: np.random.Generator, world: World, shape: tuple[int, int]) -> Floats:
    """Standard normal numbers, those of one area correlated between indicators, of changing sign."""
    common = random.normal(size=(1, shape[1])) * np.where(np.arange(shape[0]) % 3 == 2, -1.0, 1.0)[:, np.newaxis]
    own = random.normal(size=shape)
    return np.asarray(np.sqrt(world.alike) * common + np.sqrt(1 - world.alike) * own)


def _counted(random: np.random.Generator, world: World, residents: Floats, true: Floats) -> Integers:
    if world.stay:
        return simulated.stock(random, residents, true, world.stay)
    chance = np.stack([_alike(random, world, true.shape[:2]) for _ in range(2)], axis=-1)
    return np.asarray(binom.ppf(norm.cdf(chance), residents[:, np.newaxis], true), dtype=np.int64)


def _relevant(true: Floats, residents: Floats, margin: float) -> dict[str, Bools]:
    """Say where an area departs from the town without it by more than the margin, in level and in change."""
    people = residents[:, np.newaxis]
    rest = ((true * people).sum(axis=1, keepdims=True) - true * people) / (residents.sum() - people)
    apart = true - rest
    return {"level": np.abs(apart[..., 1]) > margin, "change": np.abs(apart[..., 1] - apart[..., 0]) > margin}


def main(random: np.random.Generator, draws: int, criteria: Criteria) -> None:
    """Print the share of false ones in each list, and what each finds."""
    say(f"\n== what stands out among {AREAS} areas x {INDICATORS} indicators, level and change; {draws} towns a world")
    say(
        "  estimand: areas planted as unusual among the others (the others differ by a normal distribution), or areas that"
    )
    say("  truly depart from the rest of the town by more than the declared difference")
    rows: list[dict[str, object]] = []
    for world in WORLDS:
        found: dict[str, list[tuple[int, int, int]]] = {}
        for _ in range(draws):
            town = draw(random, world)
            for (name, kind), listed in _lists(town, world).items():
                unusual = town.unusual[kind]
                counted = int(listed.sum()), int((listed & ~unusual).sum()), int(unusual.sum())
                found.setdefault(f"{kind}: {name}", []).append(counted)
        rows += [_row(world, name, np.array(counts)) for name, counts in found.items()]
    table("share of false ones in the lists, per cent (mean over towns; an empty list has none)", rows)
    _judge(rows, draws, criteria)


def _lists(town: Town, world: World) -> dict[tuple[str, str], Bools]:
    """Make the list of the public verb and the naive ones, each as (indicators, areas)."""
    tree = drawn.tree(AREAS)
    kind = "stock" if world.stay else "flow"
    quarters = tree.at("quarter")["area"].tolist()
    bounds = (0.7, 0.9) if world.stay else (0.0, 0.0)
    frame = simulated.town_frame(town.events, town.residents, (drawn.TOWN, quarters), persistence=bounds)
    catalogue = drawn.catalogue(INDICATORS, kind, relevant_difference=world.margin)
    tests = comparison.noticeable.find(frame, tree, "quarter", catalogue=catalogue).tests
    ours = {(OURS, kind): _laid_out(tests[tests["kind"] == kind]) for kind in ("level", "change")}
    return ours | _naive(town)


OURS: Final = "noticeable.find"


def _laid_out(tests: pd.DataFrame) -> Bools:
    indicator = tests["indicator"].str.removeprefix("share_").astype(int)
    area = tests["area"].str.removeprefix("q").astype(int)
    listed = np.zeros((INDICATORS, AREAS), dtype=np.bool_)
    listed[indicator, area] = tests["reported"].to_numpy(dtype=np.bool_)
    return listed


def _naive(town: Town) -> dict[tuple[str, str], Bools]:
    people = town.residents[:, np.newaxis]
    limits = statistics.wilson_interval(town.events, people)
    whole = town.events.sum(axis=1, keepdims=True) / town.residents.sum()
    ranks = statistics.rank(town.events / people, axis=1)
    sides = [(town.events[..., date] / town.residents, limits[0][..., date], limits[1][..., date]) for date in (0, 1)]
    _, lower, upper = statistics.difference_interval(*sides)
    return {
        ("interval without the town's value", "level"): ((limits[0] > whole) | (limits[1] < whole))[..., 1],
        ("three highest and three lowest ranks", "level"): (ranks[..., 1] <= 3) | (ranks[..., 1] > AREAS - 3),
        ("interval of the change without 0", "change"): (lower > 0) | (upper < 0),
        (f"rank moved by {PLACES} places", "change"): np.abs(ranks[..., 1] - ranks[..., 0]) >= PLACES,
    }


def _row(world: World, name: str, counts: NDArray[np.int64]) -> dict[str, object]:
    listed, false, unusual = counts.T
    share = false / np.maximum(listed, 1)
    return {
        "world": world.name,
        "list": name,
        "listed": float(listed.mean()),
        "false": float(false.mean()),
        "false share %": percent(float(share.mean())),
        "error": percent(float(share.std(ddof=1) / np.sqrt(len(share)))),
        "of the true found %": percent(float(((listed - false) / np.where(unusual > 0, unusual, np.nan)).mean())),
    }


def _judge(rows: list[dict[str, object]], draws: int, criteria: Criteria) -> None:
    level, all_shares = statistics.FALSE_SHARE, []
    for row in (row for row in rows if str(row["list"]).endswith(OURS)):
        share = float(str(row["false share %"])) / 100
        error = np.sqrt(level * (1 - level) / draws)  # that of a list which just keeps its level
        statement = f"{row['world']}, {row['list']}: share of false ones {share:.1%} (simulation error {error:.1%}), at most {level:.0%} but for two such errors"
        criteria.judge(share <= level + 2 * error, statement)
        all_shares.append(share)
    mean = float(np.mean(all_shares))
    criteria.judge(mean <= level, f"all worlds together, {OURS}: share of false ones {mean:.1%}, at most {level:.0%}")
