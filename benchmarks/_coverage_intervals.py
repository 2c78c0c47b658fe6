"""Coverage of intervals that need a simulation: bundles, age standardisation, differences, ratios, slopes, life tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks import _simulated as simulated
from benchmarks._printing import Criteria, percent, say, table
from sozialanalyse import statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = list[dict[str, object]]

AGE_RATES = 0.0004 * np.exp(0.08 * np.arange(2.5, 92.5, 5))
"""Rates of an event in 18 age bands of five years, from 0.05 % among children to 50 % among the oldest."""

DEATH_RATES = 0.00004 * np.exp(0.1 * np.array([0.5, 3, *np.arange(7.5, 95, 5)]))
"""Death rates in the 20 bands of a life table; infants' are raised where it is used."""


def share_covered(lower: Floats, upper: Floats, truth: Floats | float) -> float:
    """Return the share of intervals that hold the truth, among those that are given at all."""
    known = ~np.isnan(lower + np.where(np.isinf(upper), 0, upper))
    return float(((lower <= truth) & (truth <= upper))[known].mean()) if known.any() else float("nan")


def given_share(lower: Floats) -> float:
    """Return the share of cases in which there is an interval."""
    return float((~np.isnan(lower)).mean())


def main(random: np.random.Generator, draws: int, criteria: Criteria) -> None:
    """Print coverage and width of each interval."""
    _bundles(random, draws, criteria)
    _overdispersed(random, draws)
    _standardised(random, draws)
    _means(random, draws)
    _two_values(random, draws)
    _two_dates_of_a_stock(random, draws)
    _slopes(random, draws)


def _bundles(random: np.random.Generator, draws: int, criteria: Criteria) -> None:
    """Count poor children, who are poor together with their brothers and sisters."""
    say("\n== children of one household; estimand: the probability that a child of the area is poor")
    rows: Rows = []
    worst = []
    for children in (100, 300, 1_000):
        for share in (0.05, 0.15, 0.3):
            for alike in (1.0, 0.6):
                poor, sizes = simulated.households(random, max(draws // 2, 40), children, share, alike)
                x, n = poor.sum(axis=1), sizes.sum(axis=1)
                effects = {
                    "declared": statistics.bundled_design_effect(sizes, correlation=alike),
                    "estimated": statistics.estimated_design_effect(poor, sizes),
                }
                plain = share_covered(*statistics.wilson_interval(x, n), share)
                row: dict[str, object] = {
                    "n": children,
                    "p": share,
                    "alike": alike,
                    "effect": float(effects["declared"].mean()),
                }
                row |= {"without %": percent(plain)}
                for name, effect in effects.items():
                    known = np.where(np.isnan(effect), 1.0, effect)
                    lower, upper = statistics.wilson_interval(*statistics.effective_counts(x, n, known))
                    row |= {
                        f"{name} %": percent(share_covered(lower, upper, share)),
                        f"{name} width": _points(lower, upper),
                    }
                    if name == "declared":
                        worst.append(share_covered(lower, upper, share))
                rows.append(row)
    table("Wilson, without and with the design effect (declared; estimated from the households)", rows)
    mean, least = float(np.mean(worst)), min(worst)
    criteria.judge(
        least >= 0.93,
        f"clustered children with the declared design effect: lowest {least:.1%}, mean {mean:.1%}, at least 93 %",
    )


def _points(lower: Floats, upper: Floats) -> float:
    return float(100 * np.nanmean(upper - lower))


def _times(lower: Floats, upper: Floats) -> float:
    """Return by which factor the upper limit of a ratio is mostly above the lower one."""
    with np.errstate(divide="ignore", invalid="ignore"):  # a lower limit of 0
        return float(np.nanmedian(upper / lower))


def _overdispersed(random: np.random.Generator, draws: int) -> None:
    """Move the rate itself from year to year: an interval of one year speaks of that year."""
    rows: Rows = []
    for n in (100, 500, 5_000):
        for p in (0.02, 0.1, 0.3):
            true = simulated.shaken(random, np.full((draws * 5, 1), p), 0.0)
            x = random.binomial(n, true[:, 0])
            lower, upper = statistics.wilson_interval(x, n)
            of_year, of_long_run = share_covered(lower, upper, true[:, 0]), share_covered(lower, upper, p)
            rows.append({"n": n, "p": p, "of that year %": percent(of_year), "of the long run %": percent(of_long_run)})
    table(
        "Wilson where the rate itself moves (20 % from year to year); estimand: the rate of that year, or of the long run",
        rows,
    )


def _standardised(random: np.random.Generator, draws: int) -> None:
    standard = np.array((*statistics.ESP_2013[:17], sum(statistics.ESP_2013[17:])), dtype=np.float64)
    truth = float((standard / standard.sum() * AGE_RATES).sum())
    rows: Rows = []
    for residents in (500, 2_000, 10_000):
        population = np.maximum(random.multinomial(residents, standard / standard.sum(), size=draws), 1).astype(
            np.float64
        )
        events = random.poisson(population * AGE_RATES).astype(np.float64)
        direct = statistics.direct_standardisation(events, population, standard)
        gamma = statistics.direct_standardisation(events, population, standard, method="gamma")
        indirect = statistics.indirect_standardisation(events, population, AGE_RATES * 1e9, np.full(18, 1e9))
        for name, found, aim in (
            ("DSR (Dobson, Byar)", direct, truth),
            ("DSR (gamma)", gamma, truth),
            ("SMR", indirect, 1.0),
        ):
            covered = percent(share_covered(found.lower, found.upper, aim))
            width = float(np.nanmean(found.upper - found.lower) / aim)
            rows.append(
                {
                    "interval": name,
                    "residents": residents,
                    "events": float(events.sum(axis=1).mean()),
                    "given %": percent(given_share(found.lower)),
                    "coverage %": covered,
                    "width / truth": width,
                }
            )
    rows += _life_expectancies(random, draws)
    table(
        "standardised rates (estimand: the rate with the standard's ages; ratio to the reference's rates) and life expectancy at birth",
        rows,
    )


def _life_expectancies(random: np.random.Generator, draws: int) -> Rows:
    shares = np.exp(-np.arange(20) / 25)
    rates = DEATH_RATES.copy()
    rates[0] = 0.003
    truth = float(statistics.life_expectancy(rates * 1e9, np.full(20, 1e9)).value[0])
    rows: Rows = []
    for residents in (6_000, 25_000):
        population = np.broadcast_to(np.round(residents * shares / shares.sum()), (draws, 20))
        deaths = np.minimum(random.poisson(population * rates), population)
        found = statistics.life_expectancy(deaths, population)
        covered = percent(share_covered(found.lower[:, 0], found.upper[:, 0], truth))
        width = float(np.nanmean(found.upper[:, 0] - found.lower[:, 0]) / truth)
        rows.append(
            {
                "interval": "life expectancy",
                "residents": residents,
                "events": float(deaths.sum(axis=1).mean()),
                "given %": percent(given_share(found.lower[:, 0])),
                "coverage %": covered,
                "width / truth": width,
            }
        )
    return rows


def _means(random: np.random.Generator, draws: int) -> None:
    rows: Rows = []
    for count in (6, 20, 100):
        normal, skewed = random.normal(8, 2, (draws, count)), random.lognormal(2, 0.6, (draws, count))
        for name, values, truth in (("normal", normal, 8.0), ("skewed", skewed, float(np.exp(2 + 0.18)))):
            lower, upper = statistics.mean_interval(values.mean(axis=1), values.std(axis=1, ddof=1), count)
            rows.append(
                {
                    "values": name,
                    "n": count,
                    "coverage %": percent(share_covered(lower, upper, truth)),
                    "width": float((upper - lower).mean()),
                }
            )
    table("means (t); estimand: the mean of what is measured", rows)


def _two_values(random: np.random.Generator, draws: int) -> None:
    """Compare two areas: difference and ratio of two proportions."""
    rows: Rows = []
    for n in ((50, 5_000), (200, 200), (1_000, 1_000), (5_000, 5_000)):
        for p in ((0.005, 0.005), (0.02, 0.05), (0.1, 0.1), (0.1, 0.3), (0.4, 0.4)):
            x = [random.binomial(size, share, draws * 5) for size, share in zip(n, p, strict=True)]
            sides = [(count / size, *statistics.wilson_interval(count, size)) for count, size in zip(x, n, strict=True)]
            difference, ratio = statistics.difference_interval(*sides), statistics.ratio_interval(*sides)
            row: dict[str, object] = {"n": f"{n[0]} / {n[1]}", "p": f"{p[0]:g} / {p[1]:g}"}
            row |= {
                "difference %": percent(share_covered(*difference[1:], p[1] - p[0])),
                "width points": _points(*difference[1:]),
            }
            row |= {
                "ratio %": percent(share_covered(*ratio[1:], p[1] / p[0])),
                "median upper/lower": _times(ratio[1], ratio[2]),
            }
            rows.append(row | {"no upper limit %": percent(float(np.isinf(ratio[2]).mean()))})
    table("two areas or two years of a flow; estimand: difference and ratio of the two probabilities", rows)


def _two_dates_of_a_stock(random: np.random.Generator, draws: int) -> None:
    rows: Rows = []
    for n, p in ((200, 0.05), (500, 0.1), (2_000, 0.3)):
        for stay in (0.3, 0.8):
            true = np.broadcast_to([p, p * 1.2], (draws * 2, 2))
            x = simulated.stock(random, np.full(draws * 2, n), true, stay)
            sides = [(x[:, date] / n, *statistics.wilson_interval(x[:, date], n)) for date in (0, 1)]
            plain = statistics.difference_interval(*sides)
            unchanged = stay * np.sqrt(p * (1 - 1.2 * p) / (1.2 * p * (1 - p)))  # some who stay gain the characteristic
            known = statistics.proportion_change((x[:, 0], n), (x[:, 1], n), correlation=unchanged)
            row: dict[str, object] = {
                "n": n,
                "p": p,
                "remain": stay,
                "as if others %": percent(share_covered(*plain[1:], p * 0.2)),
                "width": _points(*plain[1:]),
            }
            rows.append(
                row
                | {
                    "persistence known %": percent(share_covered(known.lower, known.upper, p * 0.2)),
                    "its width": _points(known.lower, known.upper),
                }
            )
    table("two dates of a stock; estimand: difference of the two probabilities", rows)


def _slopes(random: np.random.Generator, draws: int) -> None:
    """Draw rates that rise by straight lines, so that one slope is true at all times."""
    worlds = {
        "flow": (None, 0.0),
        "flow, moved": (0.0, 0.0),
        "flow, moved, alike 0.6": (0.6, 0.0),
        "stock, 0.8 remain": (None, 0.8),
    }
    rows: Rows = []
    for years in (5, 8, 10, 15):
        row: dict[str, object] = {"T": years}
        for name, (autocorrelation, stay) in worlds.items():
            true = np.broadcast_to(0.1 + 0.003 * np.arange(years), (draws, years))
            moved = true if autocorrelation is None else simulated.shaken(random, true, autocorrelation)
            residents = np.full(draws, 500)
            x = simulated.stock(random, residents, moved, stay) if stay else simulated.flow(random, residents, moved)
            line = statistics.theil_sen(x / 500, np.arange(years))
            row |= {
                f"{name} %": percent(share_covered(line.lower, line.upper, 0.003)),
                "width": _points(line.lower, line.upper),
            }
        rows.append(row)
    table(
        "Theil-Sen slope, n 500, p from 10 % by 0.3 points a year; estimand: the slope of the long-run rate (width: points a year)",
        rows,
    )
