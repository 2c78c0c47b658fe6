"""False alarms and power of what is asked of courses besides a trend: bends, seasons, deviations from the town, single points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks import _simulated as simulated
from benchmarks._printing import percent, table
from sozialanalyse import statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RESIDENTS: Final = 1_000

LEVEL: Final = 0.05


def alarms(p_values: Floats) -> str:
    """Write the share of significant ones among all, in per cent."""
    return percent(float((p_values <= LEVEL).mean()))


def main(random: np.random.Generator, draws: int) -> None:
    """Print tables; none of these is a verdict on a single area's trend, so they are judged by the reader."""
    _bends(random, max(draws // 2, 10))
    _seasons(random, draws)
    _deviations(random, max(draws // 20, 4))
    _single_points(random, draws)


def _events(random: np.random.Generator, true: Floats, stay: float) -> Floats:
    residents = np.full(true.shape[0], RESIDENTS)
    drawn = simulated.stock(random, residents, true, stay) if stay else simulated.flow(random, residents, true)
    return drawn.astype(np.float64)


def _bends(random: np.random.Generator, draws: int) -> None:
    rows = []
    for years in (10, 15):
        straight = simulated.rates(np.full(draws, 0.15), years, factor=1.05)
        turn = np.minimum(np.arange(years), years - 1 - np.arange(years))
        bent = simulated.logistic(np.log(0.15 / 0.85) + 0.1 * np.broadcast_to(turn, (draws, years)))
        row: dict[str, object] = {"T": years}
        for name, true, stay in (
            ("flow, straight", straight, 0.0),
            ("stock 0.8, straight", straight, 0.8),
            ("flow, bent", bent, 0.0),
        ):
            line = statistics.segmented_line(_events(random, true, stay) / RESIDENTS, np.arange(years))
            row[f"{name} %"] = alarms(line.p_value)
        rows.append(row)
    table("a bend (segmented, Davies' p); estimand: a change of the slope of the rate, none but in 'bent'", rows)


def _seasons(random: np.random.Generator, draws: int) -> None:
    rows = []
    for years in (5, 10):
        times = 2010 + np.arange(4 * years) / 4
        season = np.tile([0.3, 0.0, -0.3, 0.0], years)
        for factor in (1.0, 1.05):
            course = np.log(0.1 / 0.9) + season + np.log(factor) * (times - times[0])
            x = _events(random, simulated.logistic(np.broadcast_to(course, (draws, 4 * years))), 0.0)
            bundles, dates = statistics.by_season(x / RESIDENTS, times)
            test, related = (statistics.joint_mann_kendall(bundles, dates, correlated=one) for one in (False, True))
            plain = statistics.mann_kendall(x / RESIDENTS, times)
            row: dict[str, object] = {"years": years, "odds a year": f"x {factor}", "seasonal %": alarms(test.p_value)}
            rows.append(
                row
                | {"seasonal, correlated %": alarms(related.p_value), "as if without seasons %": alarms(plain.p_value)}
            )
    table("quarters with seasons; estimand: the movement of the yearly rate", rows)


def _deviations(random: np.random.Generator, towns: int) -> None:
    rows = []
    areas, years = 40, 6
    for name, spread, stay in (
        ("flow, one common change", 0.0, 0.0),
        ("flow, changes differ", 0.05, 0.0),
        ("stock 0.8", 0.05, 0.8),
    ):
        p_values, raw, found = [], [], []
        for _ in range(towns):
            slopes = 0.06 + spread * random.normal(size=areas)
            slopes[0] = 0.06 + 0.4
            true = simulated.logistic(np.log(0.15 / 0.85) + slopes[:, np.newaxis] * np.arange(years))
            line = statistics.proportion_trend(
                _events(random, true, stay), RESIDENTS, np.arange(years), persistence=stay
            )
            pooled = statistics.pooled_slopes(line.slope, line.slope_error)
            p_values.append(pooled.deviation_p[1:])
            raw.append(line.p_value[1:])
            found.append(pooled.deviation_p[:1])
        row = {"world": name, "deviates, of usual areas %": alarms(np.concatenate(p_values))}
        row |= {"deviates, of the unusual one %": alarms(np.concatenate(found))}
        rows.append(row | {"own trend of usual areas %": alarms(np.concatenate(raw))})
    table(
        "pooled slopes of 40 areas, 6 years, a common change of odds x 1.06; estimand: an area's slope being unlike the others'",
        rows,
    )


def _single_points(random: np.random.Generator, draws: int) -> None:
    rows = []
    for years in (6, 10, 15):
        row: dict[str, object] = {"T": years}
        times = np.arange(years)
        for factor in (1.0, 1.05):
            x = _events(random, simulated.rates(np.full(draws, 0.15), years, factor=factor), 0.0) / RESIDENTS

            def verdict(some: Floats, times: Floats = times.astype(np.float64)) -> NDArray[np.int64]:
                test = statistics.mann_kendall(some, times)
                return statistics.trend_verdict(test.score, test.p_value)

            steady = statistics.leave_one_out(verdict, x)
            row[f"claimed, x {factor} %"] = percent(float((steady.verdict != 0).mean()))
            row[f"and stable, x {factor} %"] = percent(float(((steady.verdict != 0) & steady.stable).mean()))
        rows.append(row)
    table(
        "Mann-Kendall of flows, and what is left where no single year may decide; estimand: the movement of the rate",
        rows,
    )
