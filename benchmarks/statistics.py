"""How much faster vectorised statistics are than going series by series, and that both say the same.

    python -m benchmarks statistics [--small] [--seed 20261123]

All ways of one comparison are timed in turn in one process, several rounds, and the medians divided. Slow ways are timed on
a sample whose size is printed, and scaled up. Both must agree to 1e-9.
"""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd
import pymannkendall  # type: ignore[import-untyped]  # it brings no types, and no stubs are published
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

from benchmarks._printing import Criteria, median_seconds, say, table
from sozialanalyse import statistics

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SEED = 20261123
EQUAL = 1e-9
"""Largest difference, relative to the value where that is above 1, between ours and the peer's."""

FASTER = 50
AT_MOST_WILSON = 1.2
BANDS = 18
POINTS = 15


class Size(NamedTuple):
    """How many rows a run takes."""

    proportions: int
    rows: int
    sample: int
    rounds: int


FULL = Size(proportions=10_000_000, rows=100_000, sample=1_000, rounds=5)
SMALL = Size(proportions=20_000, rows=2_000, sample=100, rounds=3)


def main(arguments: list[str]) -> int:
    """Compare, print ratios and say which criteria are met."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks statistics", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--small", action="store_true", help="tiny arrays, for tests: ratios mean little")
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    size = SMALL if given.small else FULL
    say(f"seed {given.seed}; medians of {size.rounds} rounds in which all ways are timed in turn")
    random = np.random.default_rng(given.seed)
    criteria = Criteria()
    _wilson(size, random, criteria)
    _standardisation(size, random, criteria)
    _trends(size, random, criteria)
    return criteria.conclude()


def apart(ours: Floats, theirs: Floats) -> float:
    """Return the largest difference, relative where the value is above 1; infinite where only one has a value."""
    if not np.array_equal(np.isnan(ours), np.isnan(theirs)):
        return float("inf")
    return float(np.nanmax(np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1.0)))


def _wilson(size: Size, random: np.random.Generator, criteria: Criteria) -> None:
    total = random.integers(50, 5_000, size.proportions).astype(np.float64)
    events = np.floor(total * random.uniform(0.005, 0.4, size.proportions))
    ours = partial(statistics.wilson_interval, events, total)
    theirs = partial(proportion_confint, events, total, method="wilson")
    difference = max(apart(one, other) for one, other in zip(ours(), theirs(), strict=True))
    seconds = median_seconds({"ours": ours, "statsmodels": theirs}, size.rounds)
    ratio = seconds["ours"] / seconds["statsmodels"]
    row = {"ours s": seconds["ours"], "statsmodels s": seconds["statsmodels"], "ratio": ratio, "apart": difference}
    table(f"Wilson intervals of {size.proportions:,} proportions, both on arrays", [row])
    criteria.judge(ratio <= AT_MOST_WILSON, f"Wilson takes {ratio:.2f} times statsmodels, at most {AT_MOST_WILSON}")
    criteria.judge(difference <= EQUAL, f"Wilson differs by {difference:.1e}, at most {EQUAL}")


def _standardisation(size: Size, random: np.random.Generator, criteria: Criteria) -> None:
    population = random.integers(20, 500, (size.rows, BANDS)).astype(np.float64)
    events = random.poisson(population * np.linspace(0.002, 0.05, BANDS)).astype(np.float64)
    standard = random.integers(1_000, 7_000, BANDS).astype(np.float64)
    ours = partial(statistics.direct_standardisation, events, population, standard)
    chosen = random.choice(size.rows, size.sample, replace=False)
    long = pd.DataFrame(
        {
            "area_year": np.repeat(chosen, BANDS),
            "events": events[chosen].ravel(),
            "population": population[chosen].ravel(),
            "standard": np.tile(standard, size.sample),
        }
    )
    found = ours()
    expected = _by_group(long).loc[chosen]
    pairs = [(found.value, "value"), (found.lower, "lower"), (found.upper, "upper")]
    difference = max(apart(part[chosen], expected[name].to_numpy()) for part, name in pairs)
    _compare(
        f"direct standardisation with limits, {size.rows:,} area-years x {BANDS} age bands",
        (ours, partial(_by_group, long), "pandas by group"),
        (size, difference),
        criteria,
    )


def _by_group(long: pd.DataFrame) -> pd.DataFrame:
    """Standardise as one writes it straight away: group by area and year, a function for each group."""
    result: pd.DataFrame = long.groupby("area_year")[["events", "population", "standard"]].apply(_dobson)  # type: ignore[assignment]  # a Series of each group makes a frame, which the stubs do not know
    return result


def _dobson(group: pd.DataFrame) -> pd.Series:
    z = norm.ppf(0.975)
    share = group["standard"] / group["standard"].sum()
    cases = group["events"].sum()
    value = (share * group["events"] / group["population"]).sum()
    variance = (share**2 * group["events"] / group["population"] ** 2).sum()
    if cases < statistics.DIRECT_FROM:
        return pd.Series({"value": np.nan, "lower": np.nan, "upper": np.nan})
    low = cases * (1 - 1 / (9 * cases) - z / (3 * np.sqrt(cases))) ** 3
    high = (cases + 1) * (1 - 1 / (9 * (cases + 1)) + z / (3 * np.sqrt(cases + 1))) ** 3
    scale = np.sqrt(variance / cases)
    return pd.Series({"value": value, "lower": value + scale * (low - cases), "upper": value + scale * (high - cases)})


def _trends(size: Size, random: np.random.Generator, criteria: Criteria) -> None:
    for name, values in (
        ("counts with ties", random.poisson(20, (size.rows, POINTS)).astype(np.float64)),
        ("values without ties", random.normal(20, 3, (size.rows, POINTS))),
    ):
        chosen = random.choice(size.rows, size.sample, replace=False)
        ours = partial(_kendall_and_sen, values, "normal")
        difference = apart(ours()[chosen], _one_by_one(values[chosen]))
        _compare(
            f"Mann-Kendall with Sen's slope, {size.rows:,} series of {POINTS} {name}",
            (partial(_kendall_and_sen, values, "auto"), partial(_one_by_one, values[chosen]), "pymannkendall"),
            (size, difference),
            criteria,
        )


def _kendall_and_sen(values: Floats, method: Literal["auto", "normal"]) -> Floats:
    """Return S, its variance, tau-a, p, slope and intercept.

    Timed is the default 'auto', whose p is exact at this length; held against the peer is 'normal', its convention.
    """
    times = np.arange(values.shape[1], dtype=np.float64)
    test = statistics.mann_kendall(values, times, method=method)
    line = statistics.theil_sen(values, times, method=method)
    return np.stack([test.score, test.variance, test.tau_a, test.p_value, line.slope, line.intercept], axis=-1)


def _one_by_one(values: Floats) -> Floats:
    found = [pymannkendall.original_test(series) for series in values]
    return np.array([[one.s, one.var_s, one.Tau, one.p, one.slope, one.intercept] for one in found])


def _compare(
    title: str,
    ways: tuple[Callable[[], object], Callable[[], object], str],
    measured: tuple[Size, float],
    criteria: Criteria,
) -> None:
    """Time ours on all rows and the peer's on the sample, and judge the ratio for as many rows."""
    (ours, theirs, peer), (size, difference) = ways, measured
    seconds = median_seconds({"ours": ours, "peer": theirs}, size.rounds)
    scaled = seconds["peer"] * size.rows / size.sample
    ratio = scaled / seconds["ours"]
    row = {
        "ours s": seconds["ours"],
        f"{peer} s": seconds["peer"],
        "of rows": size.sample,
        "scaled s": scaled,
        "times faster": ratio,
        "apart": difference,
    }
    table(title, [row])
    criteria.judge(ratio >= FASTER, f"{title}: {ratio:.0f} times faster than {peer}, at least {FASTER}")
    criteria.judge(difference <= EQUAL, f"{title}: differs by {difference:.1e}, at most {EQUAL}")
