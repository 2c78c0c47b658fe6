"""What hiding small counts does to each verb: bias and false alarms, public (counts under 5 hidden) against full.

    python -m benchmarks suppression [--small] [--seed 20261123]

Towns are drawn whose counts are all known; then counts from 1 to 4 are hidden as in a public table. Every verb is asked three
times: with all counts (full), with the hidden ones known as hidden (ours), and with the hidden ones taken for missing, that
is dropped, as most programs do (naive). Estimand: what the same verb says of the full counts; of false alarms, what was true
when the town was drawn.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from benchmarks import _drawn_town as drawn
from benchmarks import _simulated as simulated
from benchmarks._printing import Criteria, percent, say, table
from benchmarks._suppressed_verbs import CLAIMS, NUMBERS, Views, claims, numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SEED: Final = 20261123

HIDDEN_BELOW: Final = 5

BIASED: Final = 0.02
"""Relative difference from which a number is called biased."""


class Size(NamedTuple):
    """How much is drawn."""

    towns: int
    areas: int
    years: int


FULL: Final = Size(towns=40, areas=60, years=8)
SMALL: Final = Size(towns=2, areas=12, years=6)


class World(NamedTuple):
    """What happens in the towns: a factor of the odds a year, and which share of the larger counts is hidden as well."""

    name: str
    factor: float
    secondary: float = 0.0


WORLDS: Final = (
    World("nothing changes", 1.0),
    World("odds x 0.93 a year", 0.93),
    World("odds x 0.93 a year, larger counts hidden too", 0.93, secondary=0.02),
)


def main(arguments: list[str]) -> int:
    """Draw towns, ask, print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks suppression", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--small", action="store_true", help="a few tiny towns, for tests")
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    size, criteria = SMALL if given.small else FULL, Criteria()
    say(f"seed {given.seed}; {size}")
    random = np.random.default_rng(given.seed)
    _of_a_single_number(random, size)
    for world in WORLDS:
        _world(random, world, size, criteria)
    return criteria.conclude()


def _of_a_single_number(random: np.random.Generator, size: Size) -> None:
    drawn_counts = random.poisson(6, 5_000 * size.towns)
    shown = drawn_counts[drawn_counts >= HIDDEN_BELOW]
    say(f"Poisson(6): all average {drawn_counts.mean():.2f}, those of {HIDDEN_BELOW} and more {shown.mean():.2f}")


def draw(random: np.random.Generator, size: Size, world: World) -> Views:
    """Draw a town of small areas, and show it in full, with hidden counts, and with these dropped."""
    residents = simulated.sizes(random, 50, 1_500, size.areas)
    share = simulated.logistic(-3.2 + 0.4 * random.normal(size=(1, size.areas)))
    events = simulated.flow(random, residents, simulated.rates(share, size.years, factor=world.factor))
    catalogue = drawn.catalogue(1, "flow")
    larger = (random.uniform(size=events.shape) < world.secondary) if world.secondary else None
    full, public = (
        drawn.frame(drawn.counts(events, residents, kind="flow", hidden_below=below, also_hidden=also), catalogue)
        for below, also in ((0, None), (HIDDEN_BELOW, larger))
    )
    return Views.of(full, public, drawn.tree(size.areas), catalogue)


def _world(random: np.random.Generator, world: World, size: Size, criteria: Criteria) -> None:
    name = world.name
    towns = [draw(random, size, world) for _ in range(size.towns)]
    hidden = np.mean([town.hidden_share for town in towns])
    say(f"\n== {name}: {size.towns} towns of {size.areas} areas, {size.years} years; {hidden:.0%} of the values hidden")
    _numbers(towns, name, criteria)
    _claims(towns, world.factor, name, criteria)


def _numbers(towns: list[Views], world: str, criteria: Criteria) -> None:
    """Numbers that verbs give: how many are given, and how far they are from those of the full counts."""
    found = [numbers(town) for town in towns]
    rows, worst, biased = [], 0.0, []
    for name in NUMBERS:
        full, ours, naive = (np.concatenate([np.atleast_1d(one[name][view]) for one in found]) for view in range(3))
        scale = float(np.nanmean(np.abs(full)))
        difference = _mean(np.abs(ours - full)) / scale
        bias = _mean(naive - full) / scale
        worst = max(worst, np.nan_to_num(difference))
        biased += [name] if abs(bias) > BIASED else []
        row = {"number": name, "full": _mean(full), "ours given %": percent(float((~np.isnan(ours)).mean()))}
        row |= {"ours off %": percent(difference), "naive given %": percent(float((~np.isnan(naive)).mean()))}
        rows.append(row | {"naive bias %": percent(bias), "naive off %": percent(_mean(np.abs(naive - full)) / scale)})
    table("numbers, mean over areas and towns; bias and mean distance in per cent of the full number's size", rows)
    criteria.judge(worst < 1e-9, f"{world}: numbers that ours gives are those of the full counts (off by {worst:.1e})")
    say(f"  biased by more than {BIASED:.0%} where hidden ones are dropped: {', '.join(biased) or 'none'}")


def _mean(values: Floats) -> float:
    return float(np.nanmean(values)) if (~np.isnan(values)).any() else float("nan")


def _claims(towns: list[Views], factor: float, world: str, criteria: Criteria) -> None:
    """Statements that verbs make: as of the full counts, others, and those that are false of the drawn truth."""
    found = [claims(town) for town in towns]
    true_sign = np.sign(np.log(factor))
    rows, changed = [], 0.0
    for name, known_truth in CLAIMS.items():
        full, ours, naive = (np.concatenate([one[name][view] for one in found]) for view in range(3))
        row: dict[str, object] = {"statement": name, "full claims %": percent(_share(full != 0))}
        for view, made in (("ours", ours), ("naive", naive)):
            row |= {
                f"{view} claims %": percent(_share(made != 0)),
                f"{view} not in full %": percent(_other(made, full)),
            }
        if known_truth:
            for view, made in (("full", full), ("ours", ours), ("naive", naive)):
                row |= {f"{view} false %": percent(_share((made != 0) & (made != true_sign)))}
        changed = max(changed, np.nan_to_num(_other(ours, full)))
        rows.append(row)
    for known_truth in (False, True):
        chosen = [row for row in rows if CLAIMS[str(row["statement"])] == known_truth]
        truth = "; false: of what was drawn" if known_truth else ""
        table(
            f"statements in per cent of all areas; 'not in full': of those made, the full counts do not make{truth}",
            chosen,
        )
    criteria.judge(changed == 0, f"{world}: ours makes no statement that the full counts do not make ({changed:.2%})")


def _share(flags: NDArray[np.bool_]) -> float:
    return float(flags.mean())


def _other(made: NDArray[np.int64], full: NDArray[np.int64]) -> float:
    """Return the share of the statements made that the full counts do not make."""
    return float((made != full)[made != 0].mean()) if (made != 0).any() else float("nan")
