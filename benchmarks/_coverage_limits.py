"""Limits around a reference and indices over many groups: funnels, SII and RII, and how often a fifth is the true one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.stats import binom, poisson

from benchmarks import _simulated as simulated
from benchmarks._coverage_exact import EXPECTED_EVENTS, RESIDENTS, SHARES
from benchmarks._coverage_intervals import share_covered
from benchmarks._printing import Criteria, percent, say, table
from sozialanalyse import statistics

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sozialanalyse.statistics.gradients import Scale

    Floats = NDArray[np.float64]
    Rows = list[dict[str, object]]

LEVEL: Final = 0.95

AREAS: Final = 60

OUTER_FROM: Final = 5
"""Expected events from which the outer limits of proportions (99.8 %, normal) are judged."""

MOST_OUTSIDE: Final = {"inner": 0.10, "outer": 0.006}
"""Largest share outside in a single cell: counts are whole numbers, so that no limits are crossed evenly often. (For the
inner ones it is Wilson's least coverage; nominal are 5 % and 0.2 %.)"""

GROUPS: Final = 10
"""Groups of areas, of equal population, over which an index of inequality is laid."""


def main(random: np.random.Generator, draws: int, criteria: Criteria) -> None:
    """Print how often limits are crossed by chance, and what the indices of inequality cover."""
    _funnels(criteria)
    _overdispersed(random, max(draws // 20, 10), criteria)
    _indices(random, max(draws // 4, 1), criteria)
    _fifths(random, max(draws // 20, 10))


# --------------------------------------------------------------------------------------------------------- funnel limits


def outside(signals: Floats, chance: Floats) -> dict[str, float]:
    """Return the probability of lying beyond the inner (95 %) and the outer limits (99.8 %)."""
    return {name: float(chance[np.abs(signals) >= least].sum()) for name, least in (("inner", 1), ("outer", 2))}


def of_proportion(residents: int, share: float) -> dict[str, float]:
    """Return how often an area whose proportion is the reference's lies outside, over the binomial distribution."""
    x = np.arange(residents + 1, dtype=np.float64)
    return outside(statistics.proportion_signal(x, residents, share), binom.pmf(x, residents, share))


def of_ratio(expected: float) -> dict[str, float]:
    """Return how often an area of which as many events are expected as on average happen lies outside."""
    x = np.arange(np.ceil(expected + 12 * np.sqrt(expected) + 30))
    return outside(statistics.ratio_signal(x, expected), poisson.pmf(x, expected))


def _funnels(criteria: Criteria) -> None:
    say(
        "\n== funnel limits; estimand: lying outside though the area's own probability (rate) is the reference's; summed"
    )
    found = {(n, p): of_proportion(n, p) for n in RESIDENTS for p in SHARES}
    for name in ("inner", "outer"):
        rows = [{"n": n} | {f"p={p:g}": _hundredths(found[n, p][name]) for p in SHARES} for n in RESIDENTS]
        table(f"proportions: outside the {name} limits, per cent (nominal {'5' if name == 'inner' else '0.2'})", rows)
    ratios = {expected: of_ratio(expected) for expected in EXPECTED_EVENTS}
    columns = [
        {"events expected": e} | {f"{name} %": _hundredths(part[name]) for name in part} for e, part in ratios.items()
    ]
    table("ratios to expected events: outside the limits, per cent", columns)
    inner = [part["inner"] for part in found.values()]
    outer = [part["outer"] for (n, p), part in found.items() if n * p >= OUTER_FROM]
    few = max(part["outer"] for (n, p), part in found.items() if n * p < OUTER_FROM)
    most = MOST_OUTSIDE["inner"]
    criteria.judge(
        bool(0.03 <= np.mean(inner) <= 0.06 and max(inner) <= most),
        f"funnel of proportions, inner: outside by chance {np.mean(inner):.2%} on average, 3 to 6 %, most {max(inner):.2%}, at most {most:.0%}",
    )
    criteria.judge(
        max(outer) <= MOST_OUTSIDE["outer"],
        f"funnel of proportions, outer, from {OUTER_FROM} expected events: most {max(outer):.2%}, at most {MOST_OUTSIDE['outer']:.1%} (below, up to {few:.1%})",
    )
    worst = {name: max(part[name] for part in ratios.values()) for name in ("inner", "outer")}
    criteria.judge(
        worst["inner"] <= 1 - LEVEL and worst["outer"] <= 1 - statistics.ALARM,
        f"funnel of ratios: outside by chance at most {worst['inner']:.2%} and {worst['outer']:.2%}, at most 5 % and 0.2 %",
    )


def _hundredths(share: float) -> str:
    return f"{100 * share:.2f}"


def _overdispersed(random: np.random.Generator, towns: int, criteria: Criteria) -> None:
    """Let areas differ, none of them unusually: plain limits are for areas that are all alike."""
    rows: Rows = []
    worst = 0.0
    for spread in (0.0, 0.2, 0.4):
        shares: dict[str, list[float]] = {"plain": [], "overdispersed": []}
        for _ in range(towns):
            n = simulated.sizes(random, 100, 5_000, AREAS)
            p = simulated.logistic(np.log(0.1 / 0.9) + spread * random.normal(size=AREAS))
            x = random.binomial(n.astype(np.int64), p).astype(np.float64)
            reference = x.sum() / n.sum()
            difference, error = statistics.arcsine_difference(x, n, reference)
            tau = statistics.overdispersion(difference, error).tau
            lower, upper = statistics.overdispersed_funnel(n, reference, tau)
            shares["plain"].append(float((statistics.proportion_signal(x, n, reference) != 0).mean()))
            shares["overdispersed"].append(float(((x / n < lower) | (x / n > upper)).mean()))
        found = {name: float(np.mean(part)) for name, part in shares.items()}
        worst = max(worst, found["overdispersed"])
        rows.append({"spread of logits": spread} | {f"{name} %": percent(part) for name, part in found.items()})
    table(f"outside the 95 % limits among {AREAS} areas of which none is unusual, {towns} towns", rows)
    criteria.judge(
        worst <= 0.06, f"overdispersed funnel: {worst:.1%} of usual areas outside its 95 % limits, at most 6 %"
    )


# ----------------------------------------------------------------------------------------------------------- SII and RII


class Drawn(NamedTuple):
    """Values of ten groups: what is true of them, what was drawn, and the standard errors that belong to it."""

    true: Floats  # (groups,)
    values: Floats  # (drawings, groups)
    errors: Floats


PLACE: Final = (np.arange(GROUPS) + 0.5) / GROUPS
"""Middles of the groups on the way from the first end of the population to the last."""


def _years(random: np.random.Generator, size: int, draws: int) -> Drawn:
    """Draw years of life, whose errors are known."""
    true, error = 77 + 6 * PLACE, 60 / np.sqrt(size)
    return Drawn(true, random.normal(true, error, (draws, GROUPS)), np.full((draws, GROUPS), error))


def _rates(random: np.random.Generator, size: int, draws: int) -> Drawn:
    """Draw rates, whose errors come from their intervals."""
    true = 0.02 * np.exp(-0.7 * PLACE)
    x = np.maximum(random.poisson(size * true, (draws, GROUPS)), 1)
    return Drawn(true, x / size, _error(*(np.log(limit) for limit in statistics.rate_interval(x, size))))


def _proportions(random: np.random.Generator, size: int, draws: int) -> Drawn:
    """Draw proportions, whose errors come from their intervals."""
    true = simulated.logistic(-0.4 - 1.0 * PLACE)
    x = np.clip(random.binomial(size, true, (draws, GROUPS)), 1, size - 1)
    return Drawn(true, x / size, _error(*(np.log(p / (1 - p)) for p in statistics.wilson_interval(x, size))))


def _error(lower: Floats, upper: Floats) -> Floats:
    return np.asarray(statistics.error_of_limits(lower, upper))


INDICES: Final[tuple[tuple[str, Scale, Callable[[np.random.Generator, int, int], Drawn], tuple[int, ...]], ...]] = (
    ("years of life", "identity", _years, (2_000, 10_000)),
    ("rates", "log", _rates, (1_000, 5_000)),
    ("proportions", "logit", _proportions, (100, 500, 2_000)),
)
"""Values, the scale on which they lie on a line, how they are drawn, and the people of a group."""


def _indices(random: np.random.Generator, draws: int, criteria: Criteria) -> None:
    """Draw values of ten groups of equal population around a line that is straight on its scale."""
    say("\n== indices of inequality; estimand: SII and RII of the groups' own expected values")
    rows: Rows = []
    covered: list[float] = []
    for name, scale, draw, sizes in INDICES:
        for size in sizes:
            drawn = draw(random, size, draws)
            people = np.full(drawn.values.shape, float(size))
            aim = statistics.inequality_index(drawn.true, people[0], np.zeros(GROUPS), scale=scale)
            found = statistics.inequality_index(drawn.values, people, drawn.errors, scale=scale)
            held = {
                "SII": share_covered(found.slope_lower, found.slope_upper, float(aim.slope)),
                "RII": share_covered(found.ratio_lower, found.ratio_upper, float(aim.ratio)),
            }
            covered += held.values()
            row: dict[str, object] = {"values": name, "scale": scale, "n of a group": size}
            row |= {f"{index} %": percent(share) for index, share in held.items()}
            rows.append(row | {"width / SII": float(np.mean(found.slope_upper - found.slope_lower) / abs(aim.slope))})
    table(f"{GROUPS} groups: per cent covered of {draws} drawings", rows)
    error = float(np.sqrt(LEVEL * (1 - LEVEL) / draws))
    criteria.judge(
        min(covered) >= LEVEL - 3 * error,
        f"SII and RII: lowest coverage {min(covered):.1%}, mean {np.mean(covered):.1%}, at least 95 % but for three errors of the simulation ({error:.1%})",
    )


# ---------------------------------------------------------------------------------------------------------------- fifths


def _fifths(random: np.random.Generator, towns: int) -> None:
    """Show how often an area's fifth is the true one; a class has no interval, the set of its ranks has."""
    rows: Rows = []
    for spread in (0.2, 0.4, 0.8):
        same, highest = [], []
        for _ in range(towns):
            n = simulated.sizes(random, 100, 5_000, AREAS)
            p = simulated.logistic(np.log(0.1 / 0.9) + spread * random.normal(size=AREAS))
            seen = statistics.quantile_class(random.binomial(n.astype(np.int64), p) / n, 5)
            true = statistics.quantile_class(p, 5)
            same.append(float((seen == true).mean()))
            highest.append(float((true[seen == 5] == 5).mean()))
        row = {"spread of logits": spread, "in their true fifth %": percent(float(np.mean(same)))}
        rows.append(row | {"of the highest fifth truly there %": percent(float(np.mean(highest)))})
    table(
        f"fifths of {AREAS} areas; estimand: the fifth of the true proportion (no interval is given of a class; ranks have sets)",
        rows,
    )
