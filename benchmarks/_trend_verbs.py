"""What is asked of simulated series: verbs that say whether one moves, each with its direction or its refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.stats import t as student

from benchmarks import _simulated as simulated
from sozialanalyse import statistics, trends

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Answer = tuple[NDArray[np.int64], NDArray[np.bool_]]

LEVEL: Final = 0.05

REMAIN: Final = (0.3, 0.8)
"""Bounds of the share of persons who remain, where no more is known."""

PER_YEAR: Final = 0.02
"""Slope, as a share of the first value, from which the naive way speaks of a change."""


class Case(NamedTuple):
    """Series that a verb gets."""

    events: Floats  # (series, years)
    residents: Floats  # (series,)
    stay: float  # share of persons who remain, 0 for a flow
    declared: tuple[float, float] | None  # bounds of that share, as the catalogue says
    break_at: int | None  # first year after a declared break
    towns: NDArray[np.int64]  # (series,): to which town an area belongs; areas of one town are judged together

    def take(self, chosen: NDArray[np.bool_]) -> Case:
        """Keep some series."""
        return self._replace(events=self.events[chosen], residents=self.residents[chosen], towns=self.towns[chosen])

    @property
    def stretch(self) -> Floats:
        """The events since the break."""
        return self.events[:, self.break_at or 0 :]

    @property
    def trials(self) -> Floats:
        """Residents in the shape of the stretch."""
        return np.broadcast_to(self.residents[:, np.newaxis], self.stretch.shape)

    @property
    def years(self) -> Floats:
        """Times of the stretch."""
        return np.arange(self.stretch.shape[1], dtype=np.float64)


def _answer(direction: Floats, p_value: Floats) -> Answer:
    return statistics.trend_verdict(direction, p_value, level=LEVEL), np.isnan(p_value)


def development(case: Case) -> Answer:
    """Ask the public verb, as a page does."""
    frame = simulated.indicator_frame(case.events, case.residents, persistence=case.declared, break_at=case.break_at)
    years = case.events.shape[1]
    result = trends.development(frame.assign(indicator=np.repeat(case.towns, years).astype(str))).sort_values("area")
    up, down = (
        result["finding"].isin(names).to_numpy()
        for names in ((trends.RISING, trends.HIGHER), (trends.FALLING, trends.LOWER))
    )
    neither = result["finding"].isin([trends.NO_CLEAR_TREND, trends.NO_CLEAR_DIFFERENCE]).to_numpy()
    return up.astype(np.int64) - down, ~(up | down | neither)


def mann_kendall(case: Case) -> Answer:
    """Take years as independent, whatever they are."""
    test = statistics.mann_kendall(case.stretch / case.trials, case.years)
    return _answer(test.score, test.p_value)


def hamed_rao(case: Case) -> Answer:
    """Correct for autocorrelation estimated from the series itself, at any length, as peers do."""
    test = statistics.corrected_mann_kendall(
        case.stretch / case.trials, case.years, correction="hamed_rao", lags=None, gaps="closed", minimum_points=3
    )
    return _answer(test.score, test.p_value)


def known_persistence(case: Case) -> Answer:
    """Fit a quasi-binomial line with the share of persons who remain."""
    line = statistics.proportion_trend(case.stretch, case.trials, case.years, persistence=case.stay)
    return _answer(line.slope, line.p_value)


def bounded_persistence(case: Case) -> Answer:
    """Fit the same line where only bounds of that share are known; flows have none."""
    bounds = REMAIN if case.stay else 0.0
    line = statistics.proportion_trend(case.stretch, case.trials, case.years, persistence=bounds)
    return _answer(line.slope, line.p_value)


def independent_years(case: Case) -> Answer:
    """Fit the same line to stocks as if each year counted other people."""
    line = statistics.proportion_trend(case.stretch, case.trials, case.years)
    return _answer(line.slope, line.p_value)


def first_and_last(case: Case) -> Answer:
    """Compare the last date with the first, with the share who remain."""
    alike = case.stay ** (case.stretch.shape[1] - 1) if case.stay else 0.0
    ends = [(case.stretch[:, place], case.residents) for place in (0, -1)]
    if case.stretch.shape[1] < 2:
        return _answer(case.residents, np.full(case.residents.shape, np.nan))
    change = statistics.proportion_change(ends[0], ends[1], correlation=alike)
    return _answer(change.difference, change.p_value)


def theil_sen(case: Case) -> Answer:
    """Ask whether the interval of the slope leaves out 0."""
    line = statistics.theil_sen(case.stretch / case.trials, case.years)
    direction = (line.lower > 0).astype(np.int64) - (line.upper < 0)
    return direction, np.isnan(line.lower)


def pettitt(case: Case) -> Answer:
    """Look for a change of level somewhere; its direction is not asked, so it has no power here."""
    p_value = np.asarray(statistics.pettitt(case.stretch / case.trials, case.years).p_value, dtype=np.float64)
    return _answer(np.ones_like(p_value), p_value)


def _least_squares(case: Case) -> tuple[Floats, Floats, Floats]:
    """Return slope, p-value of its t test and first value, over the whole series: breaks are not looked for."""
    y = case.events / case.residents[:, np.newaxis]
    count = y.shape[1]
    apart = np.arange(count) - (count - 1) / 2
    squares = (apart**2).sum()
    slope = (y * apart).sum(axis=1) / squares
    residuals = y - y.mean(axis=1, keepdims=True) - slope[:, np.newaxis] * apart
    with np.errstate(invalid="ignore", divide="ignore"):  # two points leave nothing to judge by
        error = np.sqrt((residuals**2).sum(axis=1) / (count - 2) / squares)
        p_value = 2 * student.sf(np.abs(slope / error), count - 2) if count > 2 else np.full(len(y), np.nan)
    return slope, np.where(slope == 0, 1.0, p_value), y[:, 0]


def least_squares(case: Case) -> Answer:
    """Take the t test of a straight line through the rates."""
    slope, p_value, _ = _least_squares(case)
    return _answer(slope, p_value)


def slope_in_per_cent(case: Case) -> Answer:
    """Take the slope in per cent of the first value, from `PER_YEAR` on for a change; nothing for a first value of 0."""
    slope, _, first = _least_squares(case)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = slope / first
    claimed = np.where(np.isfinite(share) & (np.abs(share) >= PER_YEAR), np.sign(slope), 0).astype(np.int64)
    return claimed, ~np.isfinite(share)


DEVELOPMENT: Final = "development (the public verb)"

VERBS: Final[dict[str, Callable[[Case], Answer]]] = {
    DEVELOPMENT: development,
    "Mann-Kendall": mann_kendall,
    "Hamed-Rao at any length": hamed_rao,
    "quasi-binomial, share who remain known": known_persistence,
    "quasi-binomial, 0.3 to 0.8 remain": bounded_persistence,
    "quasi-binomial, years as independent": independent_years,
    "last against first date": first_and_last,
    "Theil-Sen interval without 0": theil_sen,
    "Pettitt": pettitt,
    "naive: t test of a straight line": least_squares,
    "naive: slope of 2 % of the first value a year": slope_in_per_cent,
}
