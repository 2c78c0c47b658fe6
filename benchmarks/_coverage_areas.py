"""Coverage where many areas are seen together: shrunken rates, the most extreme areas, and sets of ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks import _simulated as simulated
from benchmarks._printing import Criteria, percent, say, table
from sozialanalyse import statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

AREAS = 60
EXTREME = 3
"""So many areas at either end count as the most extreme ones."""

REDRAWN = 200
"""Redrawings of the naive set of ranks."""

RANK_LEVEL = 0.95


def town(random: np.random.Generator, spread: float, share: float = 0.1) -> tuple[Floats, Floats]:
    """Draw a town: residents of its areas from 50 to 5,000, and true proportions that differ by a spread of the logit."""
    residents = simulated.sizes(random, 50, 5_000, AREAS)
    return residents, simulated.logistic(np.log(share / (1 - share)) + spread * random.normal(size=AREAS))


def main(random: np.random.Generator, draws: int, criteria: Criteria) -> None:
    """Print coverage of shrunken rates and of sets of ranks, also for the areas that look most extreme."""
    say(f"\n== {AREAS} areas together; estimand: each area's own probability, of the areas named by the column")
    _shrunken(random, draws)
    _ranks(random, draws, criteria)
    _back_to_the_mean(random, draws)


def _shrunken(random: np.random.Generator, draws: int) -> None:
    rows = []
    for share in (0.02, 0.1, 0.3):
        for spread in (0.0, 0.3, 0.6):
            found: dict[str, list[tuple[Floats, Floats]]] = {}
            groups: list[dict[str, Bools]] = []
            truth = []
            for _ in range(draws):
                n, p = town(random, spread, share)
                x = random.binomial(n.astype(np.int64), p).astype(np.float64)
                for name, limits in _ways(x, n).items():
                    found.setdefault(name, []).append(limits)
                groups.append(_groups(x / n, n))
                truth.append(p)
            for name, series in found.items():
                row = {"p": share, "spread of logits": spread, "interval": name}
                rows.append(row | _covered(series, truth, groups))
    title = "per cent covered, by area: all, the smallest ten, the three highest and the three lowest raw rates"
    table(title, rows)
    say(
        "  (Wilson holds its level for an area named beforehand; for one chosen because its raw rate is extreme it does not)"
    )


def _ways(x: Floats, n: Floats) -> dict[str, tuple[Floats, Floats]]:
    shrunken = statistics.empirical_bayes(x, n, family="binomial")
    hierarchical = statistics.hierarchical_shrinkage(x, n, family="binomial")
    error = np.sqrt(shrunken.value * (1 - shrunken.value) / (n + np.minimum(shrunken.size, 1e9)))
    return {
        "Wilson": statistics.wilson_interval(x, n),
        "empirical Bayes": (shrunken.lower, shrunken.upper),
        "hierarchical": (hierarchical.lower, hierarchical.upper),
        "naive: prior taken as known": (shrunken.value - 1.96 * error, shrunken.value + 1.96 * error),
    }


def _groups(raw: Floats, n: Floats) -> dict[str, Bools]:
    order, by_size = np.argsort(np.argsort(raw)), np.argsort(np.argsort(n))
    return {
        "all": np.ones(AREAS, dtype=np.bool_),
        "small": by_size < 10,
        "highest": order >= AREAS - EXTREME,
        "lowest": order < EXTREME,
    }


def _covered(
    limits: list[tuple[Floats, Floats]], truth: list[Floats], groups: list[dict[str, Bools]]
) -> dict[str, object]:
    inside = [(low <= p) & (p <= high) for (low, high), p in zip(limits, truth, strict=True)]
    result: dict[str, object] = {}
    for name in groups[0]:
        chosen = np.concatenate([part[group[name]] for part, group in zip(inside, groups, strict=True)])
        result[f"{name} %"] = percent(float(chosen.mean()))
    return result | {"width points": float(100 * np.mean([high - low for low, high in limits]))}


def _ranks(random: np.random.Generator, draws: int, criteria: Criteria) -> None:
    """Hold sets of ranks against the true ranks; areas that truly tie have all ranks that their tie covers."""
    rows, least = [], 1.0
    for title, spread, tied in (("all alike", 0.0, True), ("three groups", 0.4, True), ("all different", 0.4, False)):
        hits: dict[str, list[Bools]] = {"simultaneous pairwise": [], "naive: redrawn from the observed": []}
        widths: dict[str, list[float]] = {name: [] for name in hits}
        extremes = []
        for _ in range(draws):
            n, p = town(random, spread)
            n = np.maximum(n, 100)
            p = np.array([0.07, 0.1, 0.14])[np.arange(AREAS) % 3] if tied and spread else p
            x = random.binomial(n.astype(np.int64), p).astype(np.float64)
            sets = statistics.rank_sets(*statistics.anscombe(x, n))
            first, last = (p[:, np.newaxis] > p).sum(axis=1) + 1, AREAS - (p[:, np.newaxis] < p).sum(axis=1)
            for name, (low, high) in zip(hits, ((sets.best, sets.worst), _redrawn(random, x, n)), strict=True):
                hits[name].append((low <= first) & (last <= high))
                widths[name].append(float((high - low + 1).mean()))
            extremes.append(_groups(x / n, n)["highest"] | _groups(x / n, n)["lowest"])
        for name, held in hits.items():
            rows.append(_rank_row(title, name, held, (extremes, widths[name])))
        least = min(least, float(np.mean([held.all() for held in hits["simultaneous pairwise"]])))
    table(
        f"sets of ranks of {AREAS} areas of 100 to 5,000; estimand: the ranks of the true proportions, ties included",
        rows,
    )
    statement = f"sets of ranks hold all areas' true ranks at once in {least:.1%} of the towns at the least, at least {RANK_LEVEL:.0%}"
    criteria.judge(
        least >= RANK_LEVEL - 2 * np.sqrt(RANK_LEVEL * (1 - RANK_LEVEL) / draws),
        f"{statement} but for the error of {draws} towns",
    )


def _rank_row(title: str, name: str, held: list[Bools], about: tuple[list[Bools], list[float]]) -> dict[str, object]:
    extremes, widths = about
    chosen = np.concatenate([one[extreme] for one, extreme in zip(held, extremes, strict=True)])
    return {
        "areas": title,
        "set": name,
        "all at once %": percent(float(np.mean([one.all() for one in held]))),
        "each area %": percent(float(np.mean(held))),
        "most extreme %": percent(float(chosen.mean())),
        "ranks in the set": float(np.mean(widths)),
    }


def _redrawn(random: np.random.Generator, x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Draw counts anew from the observed rates and take the middle 95 % of each area's ranks."""
    drawn = random.binomial(n.astype(np.int64), x / n, size=(REDRAWN, AREAS)) / n
    ranks = AREAS + 1 - statistics.rank(drawn)
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0)
    return np.floor(low), np.ceil(high)


def _back_to_the_mean(random: np.random.Generator, draws: int) -> None:
    """Choose the six highest areas and look at them again, though nothing has changed."""
    rows = []
    for spread in (0.0, 0.3, 0.6):
        seen, expected, inside = [], [], []
        for _ in range(draws):
            n, p = town(random, spread)
            first, second = (random.binomial(n.astype(np.int64), p) for _ in range(2))
            chosen = np.argsort(np.argsort(first / n)) >= AREAS - 6
            size = n[chosen] / n[chosen].sum()
            change = float((size * (second - first)[chosen] / n[chosen]).sum())
            found = statistics.expected_change(first, n, chosen=chosen, family="binomial")
            seen.append(100 * change)
            expected.append(100 * float(found.change))
            inside.append(bool(found.lower <= change <= found.upper))
        row = {
            "spread of logits": spread,
            "change seen": float(np.mean(seen)),
            "change expected": float(np.mean(expected)),
        }
        rows.append(row | {"inside its 95 % limits": percent(float(np.mean(inside)))})
    table(
        "the six areas with the highest rates, a year later, nothing having changed (points); estimand: their later rate",
        rows,
    )
