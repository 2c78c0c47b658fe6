"""Coverage of intervals of one count, summed over every possible count: no simulation, so no error of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binom, norm, poisson
from statsmodels.stats.proportion import proportion_confint

from benchmarks._printing import Criteria, percent, say, table
from sozialanalyse import statistics

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Limits = Callable[[Floats, Floats], tuple[Floats, Floats]]

RESIDENTS = (50, 100, 200, 500, 1_000, 2_000, 5_000)
SHARES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4)

EXPECTED_EVENTS = (0.25, 0.5, 1, 2, 5, 9, 10, 15, 25, 50, 100, 500, 2_000)


def wald(events: Floats, total: Floats) -> tuple[Floats, Floats]:
    """Return p plus or minus 1.96 standard errors: what a spreadsheet does."""
    p = events / total
    reach = norm.ppf(0.975) * np.sqrt(p * (1 - p) / total)
    return p - reach, p + reach


def of_proportion(limits: Limits, residents: int, share: float) -> tuple[float, float]:
    """Return coverage of a proportion and mean width, over the binomial distribution of the events."""
    x = np.arange(residents + 1, dtype=np.float64)
    lower, upper = limits(x, np.full(x.shape, float(residents)))
    chance = binom.pmf(x, residents, share)
    return float(chance[(lower <= share) & (share <= upper)].sum()), float((chance * (upper - lower)).sum())


def of_count(expected: float) -> tuple[float, float]:
    """Return coverage of an expected number of events and mean width, over the Poisson distribution."""
    x = np.arange(np.ceil(expected + 12 * np.sqrt(expected) + 30))
    lower, upper = statistics.poisson_interval(x)
    chance = poisson.pmf(x, expected)
    return float(chance[(lower <= expected) & (expected <= upper)].sum()), float((chance * (upper - lower)).sum())


def main(share_of_work: float, criteria: Criteria) -> None:
    """Print coverage and width of intervals of proportions and of counts."""
    say("\n== intervals of one value; estimand: the area's own probability (rate), which its count is drawn from")
    for name, limits in (("Wilson", statistics.wilson_interval), ("p +- 1.96 s, the naive way", wald)):
        found = {(n, p): of_proportion(limits, n, p) for n in RESIDENTS for p in SHARES}
        for what, place in (("coverage in per cent", 0), ("mean width in points", 1)):
            rows = [{"n": n} | {f"p={p:g}": percent(found[n, p][place]) for p in SHARES} for n in RESIDENTS]
            table(f"{name}: {what}", rows)
        covered = [coverage for coverage, _ in found.values()]
        say(f"  {name}: mean of the cells {np.mean(covered):.2%}, lowest {min(covered):.2%}")
        if name == "Wilson":
            mean, least = float(np.mean(covered)), min(covered)
            criteria.judge(0.94 <= mean <= 0.97, f"Wilson covers {mean:.2%} on average over the grid, 94 to 97 %")
            criteria.judge(least >= 0.90, f"Wilson's lowest cell covers {least:.2%}, at least 90 %")
    _between_the_cells(share_of_work)
    _peer(share_of_work)
    _counts(share_of_work, criteria)


def _between_the_cells(share_of_work: float) -> None:
    """Look between the cells of the grid: coverage of whole counts goes up and down in steps."""
    residents = np.unique(np.geomspace(50, 5_000, max(int(30 * share_of_work), 4)).astype(int))
    shares = np.geomspace(0.005, 0.4, max(int(80 * share_of_work), 10))
    found = [(of_proportion(statistics.wilson_interval, int(n), p)[0], int(n), p) for n in residents for p in shares]
    least, n, p = min(found)
    mean, below = np.mean([one[0] for one in found]), np.mean([one[0] < 0.9 for one in found])
    say(f"  between the cells ({len(found)} points): mean {mean:.2%}, lowest {least:.2%} at n {n}, p {p:.4f}", end="")
    say(f" ({n * p:.2f} events expected); under 90 %: {below:.2%} of the points")


def _peer(share_of_work: float) -> None:
    n = np.full(int(20_000 * share_of_work) + 100, 500.0)
    x = np.arange(len(n)) % 501.0
    ours, theirs = statistics.wilson_interval(x, n), proportion_confint(x, n, method="wilson")
    apart = max(float(np.abs(one - other).max()) for one, other in zip(ours, theirs, strict=True))
    say(f"  largest distance of Wilson's limits from those of statsmodels: {apart:.1e}")


def _counts(share_of_work: float, criteria: Criteria) -> None:
    rows = []
    for expected in EXPECTED_EVENTS:
        coverage, width = of_count(expected)
        rows.append({"events expected": float(expected), "coverage %": percent(coverage), "mean width": width})
    table("rate_interval: exact below 10 events, Byar from 10", rows)
    count = max(int(800 * share_of_work), 20)
    for name, span in (("exact", (0.05, 10.0)), ("Byar", (10.0, 2_000.0))):
        means = np.geomspace(*span, count)
        least, where = min((of_count(expected)[0], expected) for expected in means)
        statement = f"{name}: lowest coverage {least:.2%} (at {where:.2f} events expected, of {count}), at least 95 %"
        criteria.judge(least >= 0.95, statement)
