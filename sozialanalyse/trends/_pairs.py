"""Two dates of a stock: mostly the same people, so that their difference is known better than that of two strangers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse import statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.trends._series import Block

    Floats = NDArray[np.float64]


def paired_limits(block: Block) -> tuple[Floats, Floats]:
    """Limits of the last value minus the first, of stocks whose persistence is declared.

    Parameters
    ----------
    block
        Series of one indicator.

    Returns
    -------
    lower, upper
        In the indicator's unit, the widest of those with the least and the greatest persistence declared. NaN for flows,
        stocks of which nothing is declared, other kinds than proportions and rates, rounded counts, and fewer than
        `EVENTS_COMPARED` events at both dates together: there the dates are compared as if they counted other people.

    References
    ----------
    See :func:`.statistics.proportion_change` and :func:`.statistics.rate_change`.
    """
    nothing = np.full(len(block.values), np.nan)
    if block.flow or block.persistence is None or block.kind not in {"proportion", "rate"}:
        return nothing, nothing
    verb = statistics.proportion_change if block.kind == "proportion" else statistics.rate_change
    series = np.arange(len(block.values))
    ends = np.zeros_like(series), np.maximum(np.count_nonzero(~np.isnan(block.times), axis=1) - 1, 0)
    exact = block.least == block.greatest
    first, last = ((np.where(exact, block.events, np.nan)[series, at], block.trials[series, at]) for at in ends)
    if block.kind == "proportion":
        first, last = ((np.minimum(x, n), n) for x, n in (first, last))
    years = block.times[series, ends[1]] - block.times[series, ends[0]]
    apart = years > 0
    found = [verb(first, last, correlation=np.where(apart, share**years, 0.0)) for share in block.persistence]
    untested = np.isnan(found[0].p_value) | ~apart
    lower, upper = np.min([one.lower for one in found], axis=0), np.max([one.upper for one in found], axis=0)
    return np.where(untested, np.nan, lower * block.factor), np.where(untested, np.nan, upper * block.factor)
