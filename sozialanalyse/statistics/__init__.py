"""Pure numeric functions on arrays: intervals, trend tests, slopes, positions.

They know no town, no area and no language, broadcast like numpy, and answer NaN with NaN: a missing count is not zero.
"""

from __future__ import annotations

from sozialanalyse.statistics.differences import difference_interval
from sozialanalyse.statistics.positions import quintile, rank
from sozialanalyse.statistics.proportions import wilson_interval
from sozialanalyse.statistics.rates import BYAR_FROM, byar_interval, poisson_interval, rate_interval
from sozialanalyse.statistics.slopes import TheilSen, theil_sen
from sozialanalyse.statistics.trend_tests import EXACT_LIMIT, MINIMUM_POINTS, MannKendall, mann_kendall

__all__ = [
    "BYAR_FROM",
    "EXACT_LIMIT",
    "MINIMUM_POINTS",
    "MannKendall",
    "TheilSen",
    "byar_interval",
    "difference_interval",
    "mann_kendall",
    "poisson_interval",
    "quintile",
    "rank",
    "rate_interval",
    "theil_sen",
    "wilson_interval",
]
