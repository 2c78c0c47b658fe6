"""An area's position among the others, with its uncertainty: sets of ranks, the funnel, and the smoothed value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from sozialanalyse import statistics
from sozialanalyse.amounts import SUPPRESSED
from sozialanalyse.comparison.counted import Counted

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from sozialanalyse.catalogue import Indicator

    Floats = NDArray[np.float64]

COLUMNS = ("rank_lower", "rank_upper", "funnel_z", "funnel", "smoothed", "smoothed_lower", "smoothed_upper")


def add_positions(rows: pd.DataFrame, indicator: Indicator | None) -> pd.DataFrame:
    """Add :data:`COLUMNS` to the areas of one indicator at one period.

    Parameters
    ----------
    rows
        Areas of one level; where one of them is hidden, nothing is said of any.
    indicator
        None for one whose chance variation is not known: nothing is said either.
    """
    if indicator is None or rows.empty or (rows["status"] == SUPPRESSED).any():
        return rows.assign(**dict.fromkeys(COLUMNS, np.nan))
    counted = Counted.of(rows, indicator)
    lower, upper = _rank_limits(counted, rows["rank"].to_numpy(dtype=np.float64))
    z = _departures(counted)
    shrunken = statistics.empirical_bayes(counted.events, counted.total, family=counted.family)
    columns = (lower, upper, z, _signal(z), *(part * indicator.factor for part in shrunken[:3]))
    return rows.assign(**dict(zip(COLUMNS, columns, strict=True)))


def _rank_limits(counted: Counted, rank: Floats) -> tuple[Floats, Floats]:
    """Sets of ranks, 1 the highest; the observed rank is always one of them."""
    value, error = counted.even()
    sets = statistics.rank_sets(-value, error)
    return np.fmin(sets.best, rank), np.fmax(sets.worst, rank)


def _departures(counted: Counted) -> Floats:
    """z-scores against the common rate of the areas, in a funnel widened by what areas differ beyond chance."""
    known = ~np.isnan(counted.rate)
    total = counted.total[known].sum()
    common = counted.events[known].sum() / total if total > 0 else np.nan
    if counted.is_part:
        difference, error = statistics.arcsine_difference(counted.events, counted.total, common)
    else:
        size = np.where(counted.total > 0, counted.total, np.nan)
        difference, error = np.sqrt(counted.rate) - np.sqrt(common), 0.5 / np.sqrt(size)
    error = np.hypot(error, counted.slack_on_even_scale)
    tau = statistics.overdispersion(difference, error).tau
    return statistics.overdispersed_z(difference, error, tau)


def _signal(z: Floats) -> Floats:
    beyond = 2 * ndtr(-np.abs(z))
    outside = (beyond < 1 - statistics.WARNING).astype(np.float64) + (beyond < 1 - statistics.ALARM)
    return np.where(np.isnan(z), np.nan, np.sign(z) * outside + 0.0)
