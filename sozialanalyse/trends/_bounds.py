"""Directions that hold for every value that hidden counts can have, within the deliverer's bounds.

Hidden counts are the small ones: neither leaving them out nor a value in their place is right. Where bounds are known
(the Federal Employment Agency hides 1 to 9), all their whole numbers are tried, and only what every one of them says counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse import statistics
from sozialanalyse.evidence import FALLING, HIGHER, LOWER, RISING
from sozialanalyse.trends._methods import judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sozialanalyse.trends._alike import Span
    from sozialanalyse.trends._series import Block

    Floats = NDArray[np.float64]

MOST_TRIED = 1_000
"""So many combinations of hidden counts are tried (three of 1 to 9 have 729); a series with more stays untold."""


@dataclass(frozen=True)
class Direction:
    """A direction that every possible value confirms; limits of the change are the widest, p the largest."""

    finding: str
    change_lower: float
    change_upper: float
    p_value: float


def certain_direction(block: Block, hidden: NDArray[np.bool_], spans: Sequence[Span | None]) -> Direction | None:
    """Try every value that the hidden counts of one series can have, with every resemblance of its years that is possible.

    Parameters
    ----------
    block
        One series; its hidden points have bounds.
    hidden
        Which of its points are hidden, shape (points,).
    spans
        Bounds of the resemblance of neighbouring years, of which each must confirm the direction.

    Returns
    -------
    Direction or None
        None where bounds are missing or too wide, the kind of indicator has no law of its counts, or not all agree.
    """
    found = [_of_every_value(replace(block, persistence=span), hidden) for span in spans]
    told = [one for one in found if one is not None]
    if len(told) < len(found) or len({one.finding for one in told}) != 1:
        return None
    return Direction(
        told[0].finding,
        min(one.change_lower for one in told),
        max(one.change_upper for one in told),
        max(one.p_value for one in told),
    )


def _of_every_value(block: Block, hidden: NDArray[np.bool_]) -> Direction | None:
    least, greatest = (part[0, hidden] * block.design_effect for part in (block.least, block.greatest))
    if not block.has_counts or np.isnan(least + greatest).any() or np.isnan(block.trials[0, hidden]).any():
        return None
    if np.prod(greatest - least + 1) > MOST_TRIED:
        return None
    corners = [np.unique([low, high]) for low, high in zip(least, greatest, strict=True)]
    if _unanimous(block, hidden, corners) is None:  # few to try, and they seldom agree
        return None
    return _unanimous(block, hidden, [np.arange(low, high + 1) for low, high in zip(least, greatest, strict=True)])


def _unanimous(block: Block, hidden: NDArray[np.bool_], tried: list[Floats]) -> Direction | None:
    """Return what all combinations of the values tried say, if they say the same."""
    possible = np.stack([part.ravel() for part in np.meshgrid(*tried, indexing="ij")], axis=1)
    events = np.repeat(block.events, len(possible), axis=0)
    events[:, hidden] = possible / block.design_effect
    repeated = block.take(np.zeros(len(possible), dtype=np.intp))
    return _direction(repeated.with_events(events))


def _direction(filled: Block) -> Direction | None:
    lower, upper = _change(filled)
    judged = judge(filled)
    if np.isnan(judged.p_value).all():
        return _agreed(np.where(lower > 0, 1, np.where(upper < 0, -1, 0)), (HIGHER, LOWER), lower, upper, np.nan)
    return _agreed(judged.verdict, (RISING, FALLING), lower, upper, float(np.max(judged.p_value)))


def _agreed(
    verdict: NDArray[np.int64], names: tuple[str, str], lower: Floats, upper: Floats, p_value: float
) -> Direction | None:
    if verdict[0] == 0 or (verdict != verdict[0]).any():
        return None
    finding = names[0] if verdict[0] > 0 else names[1]
    return Direction(finding, float(lower.min()), float(upper.max()), p_value)


def _change(filled: Block) -> tuple[Floats, Floats]:
    """Limits of the last value minus the first one; none of plain counts."""
    ends = filled.points - 1
    series = np.arange(len(ends))
    pairs = [(filled.events[series, at], filled.trials[series, at]) for at in (np.zeros_like(ends), ends)]
    if filled.kind == "count":
        return np.full(len(ends), np.nan), np.full(len(ends), np.nan)
    interval = statistics.wilson_interval if filled.kind == "proportion" else statistics.rate_interval
    limited = [(x / n, *interval(np.minimum(x, n) if filled.kind == "proportion" else x, n)) for x, n in pairs]
    _, lower, upper = statistics.difference_interval(limited[0], limited[1])
    return lower * filled.factor, upper * filled.factor
