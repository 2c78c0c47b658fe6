"""Secondary suppression: cells hidden, the proven gap to the optimum, time, an attack, and refusals.

    python -m benchmarks disclosure [--small] [--seeds 1 2 3 4 5] [--gap 0.05] [--effort 60] [--workers 1]
    python -m benchmarks disclosure --towns

Tables of 60 areas in 14 districts by 5 ages with totals are drawn; the town's row is published already. Each is protected twice:
against everybody who sees what is published, and also against insiders who know one other hidden cell. An attacker that shares no
code with the program then bounds every primary cell. What is refused is confirmed by hiding everything that may
be hidden, and small tables are compared with a compact model that is solved as a whole. Seconds are those of one core that works on
it, so that other work on the machine does not count; the search itself is limited by counted work, not by a clock.

With ``--towns`` the whole releases of Musterstadt and, where its raw files are, of Berlin are made and attacked in place of tables.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from benchmarks import _disclosure_checks as checks
from benchmarks._disclosure_tables import Case, Size, draw
from benchmarks._disclosure_towns import towns
from benchmarks._printing import Criteria, percent, say, table
from sozialanalyse.disclosure.protection import protect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SEEDS: Final = (20261101, 20261102, 20261103, 20261104, 20261105)

FULL: Final = Size(areas=60, districts=14, ages=5)
SMALL: Final = Size(areas=14, districts=4, ages=3)
COMPARED: Final = Size(areas=5, districts=2, ages=2)
"""Size of the tables that are compared with the compact model."""

FIRST_WITHIN: Final = 10.0
END_WITHIN: Final = 60.0
AUDIT_WITHIN: Final = 3.0
GAP: Final = 0.05

PROTOTYPE: Final = {3: (28, 26), 5: (49, 43), 10: (95, 85)}
"""Cells hidden at mean 30 by a prototype, and by tau-Argus with a weaker guarantee, on tables of this kind, not on these."""


class Result(NamedTuple):
    """One table protected: refused, and whether that is confirmed; or hidden cells, what the attack found, and seconds."""

    primary: int
    refused: bool
    confirmed: bool
    hidden: float
    bound: float
    first: float
    end: float
    audit: float
    found: checks.Found

    @property
    def gap(self) -> float:
        """How far the pattern may be from the optimum."""
        return self.hidden / self.bound - 1.0 if self.bound else 0.0


class Limits(NamedTuple):
    """When a search may end."""

    gap: float
    effort: float


def main(arguments: list[str]) -> int:
    """Draw tables, protect, attack, print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks disclosure", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--small", action="store_true", help="a few tiny tables, for tests")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--gap", type=float, default=GAP, help="stop within this fraction of the proven bound")
    parser.add_argument(
        "--effort", type=float, default=END_WITHIN, help="work a table, about a second of one core a unit"
    )
    parser.add_argument("--workers", type=int, default=1, help="tables that are protected at the same time")
    parser.add_argument("--towns", action="store_true", help="whole releases in place of tables")
    given = parser.parse_args(arguments)
    criteria = Criteria()
    if given.towns:
        towns(criteria)
        return criteria.conclude()
    size, seeds = (SMALL, given.seeds[:1]) if given.small else (FULL, given.seeds)
    say(f"seeds {' '.join(map(str, seeds))}; {size}; gap {given.gap:g}, {given.effort:g} units of work a table")
    say(f"for scale, mean 30: prototype and tau-Argus hid {PROTOTYPE} (below: prototype, tau-Argus)")
    for insider in (False, True):
        solved = partial(solve, size=size, limits=Limits(given.gap, given.effort), insider=insider)
        _protected(seeds, size, solved, criteria, given.workers, insider=insider)
    _compared(2 if given.small else 25, criteria)
    return criteria.conclude()


def cases(size: Size) -> Iterator[Case]:
    """List thresholds, mean cells, and whether zeros are published; of the small size only one threshold."""
    for zeros_published, below, mean in product((True, False), (3, 5, 10), (10, 20, 30)):
        if size == FULL or (below, mean) == (5, 10):
            yield Case(below, mean, zeros_published)


def _protected(
    seeds: Sequence[int],
    size: Size,
    solved: partial[Result],
    criteria: Criteria,
    workers: int,
    *,
    insider: bool,
) -> None:
    """Protect all tables one way, and judge the criteria."""
    against = "everybody and insiders" if insider else "everybody"
    drawn = list(product(cases(size), seeds))
    results = list(_each(solved, drawn, workers))
    of_case = {
        case: [result for (of, _), result in zip(drawn, results, strict=True) if of == case] for case, _ in drawn
    }
    rows = [_row(case, results_of_case) for case, results_of_case in of_case.items()]
    table(f"protected against {against}: medians over seeds of what is not refused; seconds and gap: the worst", rows)
    _judge(criteria, against, results)


def _each(solved: partial[Result], drawn: list[tuple[Case, int]], workers: int) -> Iterator[Result]:
    if workers < 2:
        yield from map(solved, *zip(*drawn, strict=True))
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(solved, *zip(*drawn, strict=True))


def solve(case: Case, seed: int, *, size: Size, limits: Limits, insider: bool) -> Result:
    """Protect a table, once for the first safe pattern and once to the end, and attack both; insiders only the second."""
    problem = draw(np.random.default_rng(seed), size, case)
    clock = [time.process_time()]
    first = protect(problem, insider=insider, effort=0.0)
    clock.append(time.process_time())
    pattern = protect(problem, insider=insider, effort=limits.effort, gap=limits.gap)
    clock.append(time.process_time())
    refused = pattern.method == "refused"
    attacks = [] if refused else [checks.attack(problem, pattern.hidden)]
    clock.append(time.process_time())
    if not refused:
        attacks += [checks.attack(problem, first.hidden)]
    by_insiders = len(checks.by_insiders(problem, pattern.hidden)) if insider and not refused else 0
    found = checks.Found(sum(one.exact for one in attacks), sum(one.below for one in attacks), by_insiders)
    confirmed = refused and checks.impossible(problem, insider=insider)
    taken = np.diff(clock).tolist()
    seconds = {"first": taken[0], "end": taken[1], "audit": taken[2]}
    primary = int(problem.primary.sum())
    return Result(primary, refused, confirmed, pattern.weight, pattern.bound, found=found, **seconds)


def _row(case: Case, results: list[Result]) -> dict[str, object]:
    solved = [result for result in results if not result.refused]
    row: dict[str, object] = {"zeros": case.zeros, "k": case.below, "mean cell": case.mean}
    row |= {"primary": float(np.median([result.primary for result in results]))}
    row |= {"refused": f"{len(results) - len(solved)} of {len(results)}"}
    if not solved:
        return row | dict.fromkeys(
            ("hidden", "bound", "gap %", "first s", "end s", "audit s", "exact", "below k", "by insiders"), float("nan")
        )
    row |= {"hidden": float(np.median([result.hidden for result in solved]))}
    row |= {"bound": float(np.median([result.bound for result in solved]))}
    row |= {"gap %": percent(max(result.gap for result in solved))}
    row |= {f"{name} s": max(getattr(result, name) for result in solved) for name in ("first", "end", "audit")}
    exact, below, by_insiders = (sum(numbers) for numbers in zip(*(result.found for result in solved), strict=True))
    return row | {"exact": exact, "below k": below, "by insiders": by_insiders}


def _judge(criteria: Criteria, against: str, results: list[Result]) -> None:
    solved = [result for result in results if not result.refused]
    first, end, audit, gap = (
        max((getattr(result, name) for result in solved), default=0.0) for name in ("first", "end", "audit", "gap")
    )
    unconfirmed = sum(result.refused and not result.confirmed for result in results)
    say(f"  {len(solved)} of {len(results)} tables can be protected against {against}")
    criteria.judge(first <= FIRST_WITHIN, f"{against}: a safe pattern within {FIRST_WITHIN:g} s (slowest {first:.1f})")
    criteria.judge(
        gap <= GAP + checks.CLOSE and end <= END_WITHIN,
        f"{against}: within {GAP:.0%} of the proven bound within {END_WITHIN:g} s (worst {gap:.1%}, slowest {end:.1f} s)",
    )
    criteria.judge(audit <= AUDIT_WITHIN, f"{against}: the attack within {AUDIT_WITHIN:g} s (slowest {audit:.1f})")
    exact, below, by_insiders = (sum(result.found[place] for result in solved) for place in range(3))
    criteria.judge(
        exact + below + by_insiders == 0,
        f"{against}: the attack finds {exact} exact, {below} certainly below k, {by_insiders} exact to insiders (0 of each)",
    )
    criteria.judge(
        unconfirmed == 0, f"{against}: refused without need {unconfirmed} of {len(results) - len(solved)} (0)"
    )


def _compared(count: int, criteria: Criteria) -> None:
    """Compare small tables with the compact model, every fifth also with insiders, which takes it long."""
    wrong, refused = [], 0
    for seed in range(count):
        case = Case(below=(3, 5)[seed % 2], mean=(6, 10)[seed // 2 % 2], zeros_published=seed // 4 % 2 == 0)
        problem = draw(np.random.default_rng(seed), COMPARED, case)
        for insider in (False, True)[: 2 if seed % 5 == 0 else 1]:
            ours, theirs = protect(problem, insider=insider, exact=True), checks.least_cost(problem, insider=insider)
            refused += ours.method == "refused"
            same = abs(ours.weight - theirs) < checks.CLOSE if np.isfinite(theirs) else ours.method == "refused"
            wrong += [] if same else [seed]
    say(f"\n{count} small tables, seeds 0 to {count - 1}, compared with a compact model; {refused} cannot be protected")
    criteria.judge(not wrong, f"small tables with another cost than the compact model: {wrong or 'none'} (none)")
