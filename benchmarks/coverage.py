"""Whether intervals cover, tests hold their level and lists their share of false ones, in simulated small areas.

    python -m benchmarks coverage [--small] [--only intervals areas trends lists limits] [--seed 20261123]

Simulated are areas of 50 to 5,000 residents with shares of 0.5 to 40 %, over 2 to 15 years, as flows and as stocks of which
30 to 80 % of the persons remain, moved by more than chance, with neighbouring years alike, with breaks; so the truth is
known. Intervals of one count are not simulated but summed over every possible count. Beside ours stands what is usually
done. Each table names the estimand: what an interval must hold, or a claim be true of.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from benchmarks import (
    _coverage_areas,
    _coverage_exact,
    _coverage_intervals,
    _coverage_limits,
    _coverage_lists,
    _coverage_trends,
)
from benchmarks._printing import Criteria, say

if TYPE_CHECKING:
    from collections.abc import Callable

SEED: Final = 20261123

PARTS: Final = ("intervals", "areas", "trends", "lists", "limits")


class Size(NamedTuple):
    """How much is drawn."""

    exact: float  # share of the points between the cells of the grids
    intervals: int  # counts a cell
    towns: int
    series: int  # a cell, world and length
    lists: int  # towns a world


FULL: Final = Size(exact=1.0, intervals=4_000, towns=200, series=48, lists=50)
SMALL: Final = Size(exact=0.02, intervals=100, towns=4, series=1, lists=2)


def main(arguments: list[str]) -> int:
    """Simulate, print tables, say which criteria are met."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks coverage", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--small", action="store_true", help="tiny simulations, for tests: shares mean little")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    size, criteria = SMALL if given.small else FULL, Criteria()
    say(f"seed {given.seed}; {size}")
    for place, part in enumerate(PARTS):
        if part in given.only:
            start = time.perf_counter()
            _part(part, size, np.random.default_rng([given.seed, place]), criteria)
            say(f"  ({part}: {time.perf_counter() - start:.0f} s)")
    return criteria.conclude()


def _part(part: str, size: Size, random: np.random.Generator, criteria: Criteria) -> None:
    if part == "intervals":
        _coverage_exact.main(size.exact, criteria)
    parts: dict[str, tuple[Callable[[np.random.Generator, int, Criteria], None], int]] = {
        "intervals": (_coverage_intervals.main, size.intervals),
        "areas": (_coverage_areas.main, size.towns),
        "trends": (_coverage_trends.main, size.series),
        "lists": (_coverage_lists.main, size.lists),
        "limits": (_coverage_limits.main, size.intervals),
    }
    simulate, draws = parts[part]
    simulate(random, draws, criteria)
