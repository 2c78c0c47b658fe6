"""False alarms and power of what is asked of courses besides a trend: bends, seasons, deviations from the town, single points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks import _simulated as simulated
from benchmarks._printing import percent, table
from sozialanalyse import statistics, trends

if TYPE_CHECKING:
    import pandas as pd
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
    _verbs_of_many_areas(random, max(draws // 20, 4))
    _pairs(random, max(draws // 2, 10))
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
    worlds = (
        ("flow, one common change", 0.0, 0.0),
        ("flow, changes differ", 0.05, 0.0),
        ("stock 0.8, they differ", 0.05, 0.8),
    )
    for name, spread, stay in worlds:
        usual = [_pooled(random, (spread, 0.0), stay) for _ in range(towns)]
        unusual = [_pooled(random, (spread, 0.4), stay)[0][:1] for _ in range(towns)]
        row = {"world": name, "own trend %": alarms(np.concatenate([own for _, own in usual]))}
        row |= {"deviates, of usual areas %": alarms(np.concatenate([deviation for deviation, _ in usual]))}
        rows.append(row | {"deviates, of one at x 1.5 %": alarms(np.concatenate(unusual))})
    title = "pooled slopes of 40 areas, 6 years, a common change of odds x 1.06; estimand: an area's slope being unlike the others'"
    table(title, rows)


def _pooled(random: np.random.Generator, slopes: tuple[float, float], stay: float) -> tuple[Floats, Floats]:
    """Return p-values of each area's deviation from the others, and of its own trend; the first area may be unusual."""
    spread, unusual = slopes
    slope = 0.06 + spread * random.normal(size=40)
    slope[0] += unusual
    true = simulated.logistic(np.log(0.15 / 0.85) + slope[:, np.newaxis] * np.arange(6))
    line = statistics.proportion_trend(_events(random, true, stay), RESIDENTS, np.arange(6), persistence=stay)
    return statistics.pooled_slopes(line.slope, line.slope_error).deviation_p, line.p_value


def _verbs_of_many_areas(random: np.random.Generator, towns: int) -> None:
    """Ask the public verb that separates what areas have in common from what each does on its own."""
    rows = []
    for name, stay in (("flow", 0.0), ("stock 0.8", 0.8)):
        for years in (3, 6):
            true = simulated.rates(np.full(40 * towns, 0.15), years, factor=1.06)
            unlike = true.copy()
            unlike[::40] = simulated.rates(np.full(towns, 0.15), years, factor=1.5)
            row: dict[str, object] = {"world": name, "T": years}
            for title, course in (("nobody deviates", true), ("one in 40 at x 1.5", unlike)):
                found = trends.common_and_own(_in_towns(_events(random, course, stay), towns, stay), "quarter")
                named = (
                    found.sort_values("area")["finding"]
                    .isin([trends.HIGHER, trends.LOWER])
                    .to_numpy()
                    .reshape(towns, 40)
                )
                one = title != "nobody deviates"
                row[f"{title}: towns with a false name %"] = percent(float(named[:, one:].any(axis=1).mean()))
                row |= {"the one found %": percent(float(named[:, 0].mean()))} if one else {}
            rows.append(row)
    table(
        "trends.common_and_own, 40 areas, odds x 1.06 a year in all; estimand: an area's slope being unlike the others'",
        rows,
    )


def _in_towns(events: Floats, towns: int, stay: float) -> pd.DataFrame:
    bounds = (stay - 0.1, stay + 0.1) if stay else (0.0, 0.0)
    frame = simulated.indicator_frame(events, RESIDENTS, persistence=bounds)
    return frame.assign(indicator=np.repeat(np.arange(towns), len(frame) // towns).astype(str))


def _pairs(random: np.random.Generator, pairs: int) -> None:
    """Compare the changes of two areas by the public verb; each pair is an indicator of its own."""
    rows = []
    for name, stay in (("flow", 0.0), ("stock 0.8", 0.8)):
        row: dict[str, object] = {"world": name}
        for title, factor in (("both alike: false %", 1.1), ("one stays, one x 1.1 a year: found %", 1.0)):
            true = np.stack(
                [
                    simulated.rates(np.full(pairs, 0.15), 4, factor=1.1),
                    simulated.rates(np.full(pairs, 0.15), 4, factor=factor),
                ],
                axis=1,
            )
            frame = _in_towns(_events(random, true.reshape(-1, 4), stay), pairs, stay)
            frame = frame.assign(area=np.tile(np.repeat(["a", "b"], 4), pairs))
            found = trends.difference_of_changes(frame, "a", "b")["finding"]
            row[title] = percent(float(found.isin([trends.HIGHER, trends.LOWER]).mean()))
        rows.append(row)
    table(
        "trends.difference_of_changes of two areas, 4 years; estimand: the difference of the changes of both rates",
        rows,
    )


def _single_points(random: np.random.Generator, draws: int) -> None:
    rows = []
    for years in (6, 10, 15):
        row: dict[str, object] = {"T": years}
        for factor in (1.0, 1.05):
            x = _events(random, simulated.rates(np.full(draws, 0.15), years, factor=factor), 0.0) / RESIDENTS
            steady = statistics.leave_one_out(_verdict, x)
            row[f"claimed, x {factor} %"] = percent(float((steady.verdict != 0).mean()))
            row[f"and stable, x {factor} %"] = percent(float(((steady.verdict != 0) & steady.stable).mean()))
        rows.append(row)
    table(
        "Mann-Kendall of flows, and what is left where no single year may decide; estimand: the movement of the rate",
        rows,
    )


def _verdict(values: Floats) -> NDArray[np.int64]:
    test = statistics.mann_kendall(values, np.arange(values.shape[1]))
    return statistics.trend_verdict(test.score, test.p_value)
