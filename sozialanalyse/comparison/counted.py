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
    slack: Floats | float = 0.0
    """By how much rounding may have moved the events, either way; it widens the errors of both scales."""

    @classmethod
    def of(cls, rows: pd.DataFrame, indicator: Indicator) -> Counted:
        """Take the counts of rows of an indicator frame; NaN where there is no value."""
        counted = cls.from_counts(rows["numerator"], rows["denominator"], indicator)
        if "numerator_least" not in rows:
            return counted
        between = (rows["numerator_greatest"] - rows["numerator_least"]).to_numpy(dtype=np.float64) / 2
        return counted._replace(slack=np.nan_to_num(between / indicator.design_effect))

    @classmethod
    def from_counts(cls, numerator: ArrayLike, denominator: ArrayLike, indicator: Indicator) -> Counted:
        """Divide counts by the design effect; rounded parts larger than their whole are taken as the whole."""
        x, n = (np.asarray(part, dtype=np.float64) / indicator.design_effect for part in (numerator, denominator))
        is_part = indicator.kind == "proportion"
        return cls(np.minimum(x, n) if is_part else x, n, is_part)

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
        size = np.where(self.total > 0, self.total, np.nan)
        if self.is_part:
            value, error = statistics.anscombe(self.events, self.total)
        else:
            value, error = np.sqrt((self.events + 0.375) / size), WIDENED * 0.5 / np.sqrt(size)
        return value, np.hypot(error, self.slack_on_even_scale)

    @property
    def slack_on_even_scale(self) -> Floats:
        """What rounding may move on that scale, to the first order."""
        others = self.total - self.events + 0.375 if self.is_part else np.where(self.total > 0, self.total, np.nan)
        return np.asarray(self.slack / (2 * np.sqrt((self.events + 0.375) * others)))

    def log_odds(self) -> tuple[Floats, Floats]:
        """Log odds (of rates: logs) and standard errors, with half an event more on either side (Haldane, Anscombe)."""
        if self.is_part:
            with_event, without = self.events + 0.5, np.maximum(self.total - self.events, 0.0) + 0.5
            apart = 1 / with_event + 1 / without
            return np.log(with_event / without), np.hypot(np.sqrt(apart), self.slack * apart)
        size, apart = np.where(self.total > 0, self.total, np.nan), 1 / (self.events + 0.5)
        return np.log((self.events + 0.5) / size), np.hypot(np.sqrt(apart), self.slack * apart)


def own_limits(rows: pd.DataFrame, indicator: Indicator) -> Limited:
    """Value and interval as they stand in the indicator frame (with rounding and design effect), per one of the total."""
    value, lower, upper = (rows[name].to_numpy(dtype=np.float64) / indicator.factor for name in _LIMITS)
    return value, lower, upper


_LIMITS = ("value", "lower", "upper")
