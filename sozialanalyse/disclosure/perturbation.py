"""Perturbation tables: with which probability a count is shown as another one, with as much chance as its limits allow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

DIGITS: Final = 10
"""Probabilities are rounded to so many digits, so that a table is the same on every machine."""

_STEPS: Final = 200
_EXACT: Final = 1e-12
_HALVINGS: Final = 60


@dataclass(frozen=True, eq=False)
class PerturbationTable:
    """How counts are perturbed.

    Parameters
    ----------
    deviation, variance, not_shown
        What it was made for (see :func:`perturbation_table`).
    probability
        Shape (counts, 2 deviation + 1): of the count of a row, the probability to be changed by -deviation, ..., deviation.
        The last row holds for all larger counts too.
    """

    deviation: int
    variance: float
    not_shown: int
    probability: Floats

    def transition(self, count: int, shown: int) -> float:
        """Probability that a count is shown as another one."""
        change = shown - count + self.deviation
        row = self.probability[min(count, len(self.probability) - 1)]
        return float(row[change]) if 0 <= change < row.size else 0.0

    def change(self, count: Floats, key: Floats) -> Floats:
        """Look up by how much counts are changed.

        Parameters
        ----------
        count
            Shape (cells,): whole numbers, none negative.
        key
            Shape (cells,): cell keys, uniform from 0 to below 1.

        Returns
        -------
        numpy.ndarray
            Shape (cells,): whole numbers from -deviation to deviation; a zero stays a zero.
        """
        row = np.minimum(count, len(self.probability) - 1).astype(np.intp)
        passed = key[:, None] >= np.cumsum(self.probability, axis=1)[row]
        return np.asarray(np.minimum(passed.sum(axis=1), 2 * self.deviation) - self.deviation, dtype=np.float64)


@lru_cache(maxsize=16)
def perturbation_table(deviation: int, variance: float, not_shown: int = 0) -> PerturbationTable:
    """Make the table of largest entropy whose noise is unbiased, bounded, and of no more than a given variance.

    Parameters
    ----------
    deviation
        By how much a count is changed at most (D).
    variance
        Variance of the noise at most (V); reached unless a count is so small that it cannot be lowered enough.
    not_shown
        Counts from 1 up to this never appear (js).

    Returns
    -------
    PerturbationTable
        A zero stays zero. Of every other count the mean change is 0, and no count becomes negative. Of two lower counts the one
        that is nearer is shown at least as often.

    Raises
    ------
    ValueError
        If there is no such noise: deviation or variance are too small for counts that may not be shown as they are.

    References
    ----------
    Marley, Leaver (2011), A Method for Confidentialising User-Defined Tables, ISI Dublin; Giessing (2016), Computational Issues in
    the Design of Transition Probabilities, Privacy in Statistical Databases, LNCS 9867, 237-251. Numbers agree with those of the
    R package ptable to 1e-6.

    Examples
    --------
    >>> perturbation_table(2, 1.05).probability.round(3).tolist()
    [[0.0, 0.0, 1.0, 0.0, 0.0], [0.0, 0.366, 0.366, 0.168, 0.099], [0.07, 0.245, 0.371, 0.245, 0.07]]
    """
    if deviation < 1 or not_shown < 0 or not variance > 0:
        msg = "deviation is 1 or more, variance more than 0, and not_shown none or more"
        raise ValueError(msg)
    if not is_possible(deviation, variance, not_shown):
        msg = f"no noise of at most {deviation}, of variance {variance:g}, keeps counts from 1 to {not_shown} from appearing"
        raise ValueError(msg)
    last = deviation if not_shown == 0 else deviation + not_shown + 1
    rows = np.zeros((last + 1, 2 * deviation + 1))
    rows[0, deviation] = 1.0
    changes = np.arange(-deviation, deviation + 1)
    for count in range(1, last + 1):
        shown = count + changes
        allowed = (shown >= 0) & ~((shown >= 1) & (shown <= not_shown))
        rows[count, allowed] = _row(changes[allowed].astype(np.float64), variance)
    return PerturbationTable(deviation, variance, not_shown, np.round(rows, DIGITS))


def is_possible(deviation: int, variance: float, not_shown: int) -> bool:
    """Say whether there is such noise: a count that never appears becomes 0 or the next larger one, which takes its variance."""
    steps = [(count, not_shown + 1 - count) for count in range(1, not_shown + 1)]
    return all(max(down, up) <= deviation and down * up < variance for down, up in steps)


class _Dual(NamedTuple):
    """Value, slope and curvature of the dual, and the probabilities that it stands for."""

    value: float
    slope: Floats
    curvature: Floats
    probability: Floats


def _row(changes: Floats, variance: float) -> Floats:
    """Find the probabilities of largest entropy, by Newton's method on the dual of that (convex) problem.

    They are proportional to exp(-limits' multipliers). The multiplier of the mean is free; those of the variance and of the
    order of probabilities are not negative, and 0 where their limit does not bind.
    """
    below = np.flatnonzero(changes < 0) if 0 in changes else np.zeros(0, dtype=np.intp)
    order = np.zeros((below.size, changes.size))
    order[np.arange(below.size), below], order[np.arange(below.size), below + 1] = 1.0, -1.0
    limits = np.vstack([changes, changes**2 - variance, order])
    bounded = np.arange(len(limits)) > 0
    multipliers = np.zeros(len(limits))
    found = _dual(multipliers, limits)
    for _ in range(_STEPS):
        held = bounded & (multipliers <= 0) & (found.slope >= 0)
        if np.abs(found.slope[~held]).max(initial=0.0) < _EXACT:
            return found.probability
        multipliers, found = _descend(multipliers, _step(found, ~held), bounded, limits, found)
    msg = f"no noise of variance {variance:g} was found in {_STEPS} steps"
    raise ArithmeticError(msg)


def _step(found: _Dual, free: Flags) -> Floats:
    """Go by Newton's step where the dual is curved, and straight down where it is not."""
    at = np.flatnonzero(free)
    curvature, slope = found.curvature[np.ix_(at, at)], found.slope[at]
    newton = np.linalg.lstsq(curvature, slope, rcond=1e-12)[0]
    step = np.zeros_like(found.slope)
    step[at] = -newton - (slope - curvature @ newton)
    return step


def _dual(multipliers: Floats, limits: Floats) -> _Dual:
    exponent = -multipliers @ limits
    weight = np.exp(exponent - exponent.max())
    probability = weight / weight.sum()
    mean = limits @ probability
    curvature = (limits * probability) @ limits.T - np.outer(mean, mean)
    return _Dual(float(np.log(weight.sum()) + exponent.max()), -mean, curvature, probability)


def _descend(multipliers: Floats, step: Floats, bounded: Flags, limits: Floats, before: _Dual) -> tuple[Floats, _Dual]:
    """Go the step, or half of it as often as needed until the dual falls; bounded multipliers stop at 0."""
    size = 1.0
    for _ in range(_HALVINGS):
        tried = multipliers + size * step
        tried = np.where(bounded, np.maximum(tried, 0.0), tried)
        found = _dual(tried, limits)
        if found.value <= before.value + _EXACT:
            return tried, found
        size /= 2
    return multipliers, before
