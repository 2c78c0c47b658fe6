"""Pure numeric functions on arrays: intervals, standardisation, trend tests, slopes, positions, inequality.

They know no town, no area and no language, broadcast like numpy, and answer NaN with NaN: a missing count is not zero.
"""

from __future__ import annotations

from sozialanalyse.statistics.decomposition import Decomposition, decompose, structure_factors
from sozialanalyse.statistics.differences import difference_interval
from sozialanalyse.statistics.funnel import (
    ALARM,
    WARNING,
    expected_at_limits,
    proportion_funnel,
    proportion_signal,
    ratio_signal,
)
from sozialanalyse.statistics.gradients import InequalityIndex, inequality_index
from sozialanalyse.statistics.inequality import TheilParts, atkinson, gini, theil, theil_parts
from sozialanalyse.statistics.life_tables import AGES, POPULATION_ABOVE, LifeExpectancy, life_expectancy
from sozialanalyse.statistics.means import mean_interval
from sozialanalyse.statistics.positions import quintile, rank
from sozialanalyse.statistics.proportions import wilson_interval
from sozialanalyse.statistics.quantiles import quantile_class
from sozialanalyse.statistics.rates import BYAR_FROM, byar_interval, poisson_interval, rate_interval
from sozialanalyse.statistics.segregation import (
    GroupSegregation,
    Multigroup,
    group_segregation,
    multigroup_segregation,
)
from sozialanalyse.statistics.slopes import TheilSen, theil_sen
from sozialanalyse.statistics.standardisation import (
    DIRECT_FROM,
    ESP_2013,
    DirectRate,
    IndirectRatio,
    direct_standardisation,
    indirect_standardisation,
)
from sozialanalyse.statistics.trend_tests import EXACT_LIMIT, MINIMUM_POINTS, MannKendall, mann_kendall

__all__ = [
    "AGES",
    "ALARM",
    "BYAR_FROM",
    "DIRECT_FROM",
    "ESP_2013",
    "EXACT_LIMIT",
    "MINIMUM_POINTS",
    "POPULATION_ABOVE",
    "WARNING",
    "Decomposition",
    "DirectRate",
    "GroupSegregation",
    "IndirectRatio",
    "InequalityIndex",
    "LifeExpectancy",
    "MannKendall",
    "Multigroup",
    "TheilParts",
    "TheilSen",
    "atkinson",
    "byar_interval",
    "decompose",
    "difference_interval",
    "direct_standardisation",
    "expected_at_limits",
    "gini",
    "group_segregation",
    "indirect_standardisation",
    "inequality_index",
    "life_expectancy",
    "mann_kendall",
    "mean_interval",
    "multigroup_segregation",
    "poisson_interval",
    "proportion_funnel",
    "proportion_signal",
    "quantile_class",
    "quintile",
    "rank",
    "rate_interval",
    "ratio_signal",
    "structure_factors",
    "theil",
    "theil_parts",
    "theil_sen",
    "wilson_interval",
]
