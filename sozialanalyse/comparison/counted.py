"""Counts as the comparisons take them: so many independent events among so many, and on a scale with even errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sozialanalyse import statistics
from sozialanalyse.statistics.rank_sets import WIDENED

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from sozialanalyse.catalogue import Indicator
    from sozialanalyse.statistics.smoothing import Family

    Floats = NDArray[np.float64]
    Limited = tuple[Floats, Floats, Floats]

COUNTED = ("proportion", "rate")
"""Kinds of indicators whose chance variation is known: they alone have intervals, rank sets and tests."""


class Counted(NamedTuple):
    """Events and what they are counted among, both divided by the design effect (so many independent people)."""

    events: Floats
    total: Floats
    is_part: bool
    """Whether events are part of the total (proportion) or not (rate)."""

    @classmethod
    def of(cls, rows: pd.DataFrame, indicator: Indicator) -> Counted:
        """Take the counts of rows of an indicator frame; NaN where there is no value."""
        return cls.from_counts(rows["numerator"], rows["denominator"], indicator)

    @classmethod
    def from_counts(cls, numerator: ArrayLike, denominator: ArrayLike, indicator: Indicator) -> Counted:
        """Divide counts by the design effect; rounded parts larger than their whole are taken as the whole."""
        x, n = (np.asarray(part, dtype=np.float64) / indicator.design_effect for part in (numerator, denominator))
        is_part = indicator.kind == "proportion"
        return cls(np.minimum(x, n) if is_part else x, n, is_part)

    def take(self, chosen: NDArray[np.bool_]) -> Counted:
        """Keep some areas."""
        return Counted(self.events[chosen], self.total[chosen], self.is_part)

    @property
    def family(self) -> Family:
        """Distribution of the events."""
        return "binomial" if self.is_part else "poisson"

    @property
    def rate(self) -> Floats:
        """Events per one of the total; NaN where there is nobody."""
        return self.events / np.where(self.total > 0, self.total, np.nan)

    def limited(self) -> Limited:
        """Rate with its 95 % interval."""
        interval = statistics.wilson_interval if self.is_part else statistics.rate_interval
        return (self.rate, *interval(self.events, self.total))

    def even(self) -> tuple[Floats, Floats]:
        """Rates and standard errors on a scale where errors depend on the size alone (roots, arcsine roots)."""
        if self.is_part:
            return statistics.anscombe(self.events, self.total)
        size = np.where(self.total > 0, self.total, np.nan)
        return np.sqrt((self.events + 0.375) / size), WIDENED * 0.5 / np.sqrt(size)


def own_limits(rows: pd.DataFrame, indicator: Indicator) -> Limited:
    """Value and interval as they stand in the indicator frame (with rounding and design effect), per one of the total."""
    value, lower, upper = (rows[name].to_numpy(dtype=np.float64) / indicator.factor for name in _LIMITS)
    return value, lower, upper


_LIMITS = ("value", "lower", "upper")
