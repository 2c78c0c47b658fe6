"""How much neighbouring years of a flow resemble each other, and what hidden counts leave open about it.

Flows count other events every year, but what drives them may last. One short series cannot tell; the areas of one level
together can. What they tell chooses the test of every area, so hidden counts must not choose it: it is told by areas whose
counts no rule hides, and where a larger count is hidden, every choice that its bounds leave open stays possible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sozialanalyse import statistics
from sozialanalyse.statistics.persistence import without_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.trends._series import Block

    Floats = NDArray[np.float64]
    Chosen = NDArray[np.bool_]
    Span = tuple[float, float]

INDEPENDENT: Final = (0.0, 0.0)
"""The resemblance of years of which nothing shows that they resemble each other."""

MOST_ALIKE: Final = 0.95
"""Largest resemblance of neighbouring years that is reckoned with where it is estimated."""

SHOWN_FROM: Final = 10
"""Counts from which none is hidden for being small: the widest rule in use, of the Federal Employment Agency, hides 1 to 9.
Only areas with so many events in every year tell of the resemblance, whether or not their neighbours are hidden."""

SWEEPS: Final = 10
"""Rounds in which hidden counts are moved within their bounds until years are most, or least, alike."""


def possible_spans(block: Block) -> list[Span]:
    """Estimate, from the areas of one level, how much neighbouring years of a flow resemble each other.

    Parameters
    ----------
    block
        The areas of one level, at their own dates; hidden values have a time but no value.

    Returns
    -------
    list of (float, float)
        Bounds of the resemblance, per year: one pair, (0, 0) where the estimate does not exclude 0; or two, where hidden
        counts could decide whether it does. Each statement must then hold for both.

    Notes
    -----
    Where counts of :data:`SHOWN_FROM` and more are hidden, those are tried that make years least and most alike, found by
    moving one year's after the other's until none moves: a search, no proof. Without bounds nothing is known.

    References
    ----------
    :func:`.statistics.estimated_persistence`, with the movement that all areas have in common taken out.
    """
    there = ~np.isnan(block.times)
    whole = there.sum(axis=1) == there.sum(axis=1).max(initial=0)
    hidden = there & np.isnan(block.values)
    enough = _may_be_shown(block, hidden) if block.has_counts else np.ones_like(there)
    telling = whole & (enough | ~there).all(axis=1)
    open_ = telling & hidden.any(axis=1)
    spans = [_span(block.take(telling & ~open_))]
    if open_.any():
        fills = _fills(block.take(telling))
        spans += [INDEPENDENT, (0.0, MOST_ALIKE)] if fills is None else [_span(fill) for fill in fills]
    return _distinct(spans)


def _may_be_shown(block: Block, hidden: Chosen) -> Chosen:
    """Say of which points the count is, or if hidden may be, one that no rule hides."""
    most = np.where(hidden, np.where(np.isnan(block.greatest), np.inf, block.greatest), np.nan_to_num(block.events))
    return np.asarray(most * block.design_effect >= SHOWN_FROM)


def _distinct(spans: list[Span]) -> list[Span]:
    """Keep whether years may be independent, and the widest bounds of what else may be; from 0 where it may be either."""
    alike = [span for span in spans if span != INDEPENDENT]
    if not alike:
        return [INDEPENDENT]
    greatest = max(upper for _, upper in alike)
    if len(alike) == len(spans):
        return [(min(lower for lower, _ in alike), greatest)]
    return [INDEPENDENT, (0.0, greatest)]


def _span(block: Block) -> Span:
    """Return the limits of the estimated resemblance; (0, 0) where it may be 0 or nothing can be estimated."""
    width = int((~np.isnan(block.times)).sum(axis=1).max(initial=0))
    times = block.times[:, :width]
    if len(times) < 2 or width < statistics.MINIMUM_POINTS or not np.allclose(times, times[0]):
        return INDEPENDENT
    scaled = _scaled(block.values[:, :width], block.trials[:, :width])
    if not (scaled**2).sum():
        return INDEPENDENT
    found = statistics.estimated_persistence(scaled, times[0])
    if not found.lower > 0:
        return INDEPENDENT
    return min(found.lower, MOST_ALIKE), min(found.upper, MOST_ALIKE)


def _scaled(values: Floats, trials: Floats) -> Floats:
    """Take out the movement that all have in common, and bring areas of all sizes to alike variances."""
    size = np.nan_to_num(trials, nan=1.0)
    return np.asarray((values - np.average(values, axis=0, weights=size + 1e-9)) * np.sqrt(np.maximum(size, 1.0)))


def _fills(block: Block) -> tuple[Block, Block] | None:
    """Fill hidden counts so that neighbouring years are least, and most, alike; None where bounds are missing."""
    hidden = ~np.isnan(block.times) & np.isnan(block.values)
    if not block.has_counts or np.isnan((block.least + block.greatest + block.trials)[hidden]).any():
        return None
    least = np.minimum(np.maximum(block.least, SHOWN_FROM / block.design_effect), block.greatest)
    return _moved(block, hidden, least, -1.0), _moved(block, hidden, least, 1.0)


def _moved(block: Block, hidden: Chosen, least: Floats, side: float) -> Block:
    """Move hidden counts, year by year, until the pooled ratio of products of neighbours to squares is highest or lowest.

    With the ratio of the last sweep held, products minus ratio times squares is a quadratic form of each series
    (Dinkelbach 1967, Management Science 13, 492-498). `side` is 1 for the highest, -1 for the lowest.
    """
    width = int((~np.isnan(block.times)).sum(axis=1).max())
    free, neighbours = without_line(block.times[0, :width]), (np.eye(width, k=1) + np.eye(width, k=-1)) / 2
    filled = block.with_events(np.where(hidden, (least + block.greatest) / 2, block.events))
    for _ in range(SWEEPS):
        before = filled.events
        residuals = _scaled(filled.values[:, :width], filled.trials[:, :width]) @ free
        ratio = (residuals @ neighbours * residuals).sum() / max(float((residuals**2).sum()), 1e-300)
        form = side * free @ (neighbours - ratio * np.eye(width)) @ free
        for year in np.flatnonzero(hidden.any(axis=0)):
            best = _best(filled, form, int(year), (least[:, year], block.greatest[:, year]))
            events = filled.events.copy()
            events[:, year] = np.where(hidden[:, year], best, events[:, year])
            filled = block.with_events(events)
        if np.allclose(before, filled.events, equal_nan=True):
            break
    return filled


def _best(filled: Block, form: Floats, year: int, ends: tuple[Floats, Floats]) -> Floats:
    """Return the events of one year, within their ends, at which the quadratic form of each series is largest."""
    width = len(form)
    scaled = _scaled(filled.values[:, :width], filled.trials[:, :width])
    others = scaled @ form[:, year] - scaled[:, year] * form[year, year]
    start = scaled[:, year] - _per_event(filled, year) * filled.events[:, year]
    with np.errstate(invalid="ignore", divide="ignore"):  # nothing bends, or a count does not matter
        vertex = (-others / form[year, year] - start) / _per_event(filled, year)
    tried = np.stack([*ends, np.clip(np.nan_to_num(vertex), *ends)])
    value = start + _per_event(filled, year) * tried
    score = form[year, year] * value**2 + 2 * others * value
    return np.asarray(np.take_along_axis(tried, score.argmax(axis=0)[np.newaxis], axis=0)[0])


def _per_event(block: Block, year: int) -> Floats:
    """Return by how much an event more raises the scaled value of a year."""
    trials = block.trials[:, year]
    unit = block.design_effect if block.kind == "count" else block.factor / trials
    return np.asarray(unit * np.sqrt(np.maximum(trials, 1.0)))
