"""Lines fitted to many series at once by iteratively reweighted least squares, with neighbours that resemble each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.special import expit, logit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEPS: Final = 60
"""Iterations at most; 5 to 8 are usual, and what has not settled by then runs off to infinity."""

SETTLED: Final = 1e-11
"""Change of the linear predictor at which the iteration ends."""

STEEPEST: Final = 30.0
"""Bound of the linear predictor: beyond, a probability is 0 or 1 to the last digit."""


class Observed(NamedTuple):
    """Series to be fitted, shape (points, series), in the order of time with the absent points (NaN) last."""

    values: Floats  # proportions, rates or values
    bases: Floats  # trials, exposures or weights
    times: Floats
    family: str  # 'proportion' (logit), 'rate' (logarithm) or 'value' (as it is)


class Line(NamedTuple):
    """Fitted lines, one entry a series."""

    slope: Floats
    intercept: Floats  # at time 0
    unit_error: Floats  # standard error of the slope at dispersion 1
    chi_square: Floats  # Pearson's, of residuals freed of their correlation
    converged: NDArray[np.bool_]


def fit_lines(observed: Observed, persistence: float) -> Line:
    """Fit a line in time to each series.

    Neighbouring points d apart are correlated by ``persistence**d``; each is freed of the one before (an exact
    factorisation for this correlation), and what remains is ordinary weighted least squares.

    Parameters
    ----------
    observed
        The series.
    persistence
        Correlation of points one unit of time apart, from 0 to below 1.
    """
    present = ~np.isnan(observed.values)
    number = np.maximum(present.sum(axis=0), 1)
    middle = np.where(present, observed.times, 0.0).sum(axis=0) / number
    t = np.where(present, observed.times - middle, 0.0)
    y, base = np.where(present, observed.values, 0.0), np.where(present, observed.bases, 0.0)
    shared = _shared_with_previous(observed.times, persistence)
    eta = _start(y, base, observed.family)
    converged = np.zeros(eta.shape[1], dtype=np.bool_)
    for _ in range(STEPS):
        mean, weight, gain = _mean(eta, base, observed.family)
        root = np.sqrt(weight)
        # Working response times root; where the gain is 0 the weight is too.
        target = root * eta + np.where(gain > 0, root * (y - mean) / np.where(gain > 0, gain, 1.0), 0.0)
        ones, slopes, wanted = (_freed(part, shared) for part in (root, root * t, target))
        level, slope, unit_error = _solved(ones, slopes, wanted)
        new = np.where(present, np.clip(level + slope * t, -STEEPEST, STEEPEST), 0.0)
        if observed.family == "value":
            new = np.where(present, level + slope * t, 0.0)
        moved = np.abs(new - eta).max(axis=0, initial=0.0)
        eta = new
        converged = moved <= SETTLED * np.maximum(np.abs(eta).max(axis=0, initial=0.0), 1.0)
        if converged.all() or observed.family == "value":
            break
    mean, weight, gain = _mean(eta, base, observed.family)
    residual = np.where(gain > 0, np.sqrt(weight) * (y - mean) / np.where(gain > 0, gain, 1.0), 0.0)
    settled = converged if observed.family != "value" else np.isfinite(slope)
    return Line(slope, level - slope * middle, unit_error, (_freed(residual, shared) ** 2).sum(axis=0), settled)


def _start(y: Floats, base: Floats, family: str) -> Floats:
    if family == "proportion":
        return np.where(base > 0, logit((y * base + 0.5) / (base + 1)), 0.0)
    if family == "rate":
        return np.where(base > 0, np.log((y * base + 0.5) / np.where(base > 0, base, 1.0)), 0.0)
    return np.zeros_like(y)


def _mean(eta: Floats, base: Floats, family: str) -> tuple[Floats, Floats, Floats]:
    """Return expected values, weights of the working response, and the mean's gain per step of the predictor."""
    if family == "proportion":
        mean = expit(eta)
        gain = mean * (1 - mean)
        return mean, base * gain, gain
    if family == "rate":
        mean = np.exp(eta)
        return mean, base * mean, mean
    return eta, base, np.ones_like(eta)


def _shared_with_previous(times: Floats, persistence: float) -> Floats:
    """Return the correlation of each point with the one before it; 0 for the first and for absent points."""
    shared = np.zeros(times.shape)
    if persistence > 0:
        steps = np.diff(times, axis=0)
        shared[1:] = np.where(np.isnan(steps), 0.0, persistence ** np.where(np.isnan(steps), 1.0, steps))
    return shared


def _freed(part: Floats, shared: Floats) -> Floats:
    """Subtract from each point what the one before it foretells, and scale what is new to variance 1."""
    free = part.copy()
    free[1:] -= shared[1:] * part[:-1]
    return np.asarray(free / np.sqrt(1 - shared**2))


def _solved(ones: Floats, slopes: Floats, wanted: Floats) -> tuple[Floats, Floats, Floats]:
    """Return level, slope and the slope's standard error of least squares with two columns."""
    aa, ab, bb = ((one * two).sum(axis=0) for one, two in ((ones, ones), (ones, slopes), (slopes, slopes)))
    ac, bc = (ones * wanted).sum(axis=0), (slopes * wanted).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):  # fewer than two points: no line
        left = bb - ab * ab / aa
        left = np.where(left > 1e-14 * bb, left, np.nan)
        slope = (bc - ab * ac / aa) / left
        level = (ac - ab * slope) / aa
        return np.asarray(level), np.asarray(slope), np.asarray(1 / np.sqrt(left))
