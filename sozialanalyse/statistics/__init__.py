"""Pure numeric functions on arrays: intervals, standardisation, trend tests, slopes, positions, inequality.

They know no town, no area and no language, broadcast like numpy, and answer NaN with NaN: a missing count is not zero.
"""

from __future__ import annotations

from sozialanalyse.statistics.areal_interpolation import (
    estimate_clustering,
    interpolate_counts,
    interpolate_means,
    misplaced_share,
    overlap_shares,
    split_variance,
)
from sozialanalyse.statistics.autocorrelation import HAMED_RAO_FROM, CorrectedKendall, corrected_mann_kendall
from sozialanalyse.statistics.backtesting import Backtest, backtest, empirical_interval, interval_coverage, mape, mase
from sozialanalyse.statistics.change_points import Pettitt, pettitt
from sozialanalyse.statistics.contrasts import (
    Contrast,
    against_rest,
    difference_of_changes,
    ratio_interval,
    reference_without_self,
)
from sozialanalyse.statistics.count_trends import (
    EVENTS_FROM,
    TREND_FROM,
    CountTrend,
    pooled_dispersion,
    proportion_trend,
    rate_trend,
    value_trend,
)
from sozialanalyse.statistics.decomposition import Decomposition, decompose, standardise_populations, structure_factors
from sozialanalyse.statistics.departures import (
    Overdispersion,
    RelevantDifference,
    arcsine_difference,
    error_of_limits,
    homogeneity_p_value,
    overdispersed_funnel,
    overdispersed_z,
    overdispersion,
    poisson_p_value,
    relevance_test,
)
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
from sozialanalyse.statistics.joint_trends import JointTrend, by_season, joint_mann_kendall, partial_mann_kendall
from sozialanalyse.statistics.life_tables import AGES, POPULATION_ABOVE, LifeExpectancy, life_expectancy
from sozialanalyse.statistics.local_smoothing import local_empirical_bayes, local_median_rate, local_rate
from sozialanalyse.statistics.local_spatial import LocalPattern, local_g, local_morans_i
from sozialanalyse.statistics.markov import (
    Mobility,
    Transitions,
    first_passage,
    mobility,
    sojourn,
    steady_state,
    transitions,
)
from sozialanalyse.statistics.means import mean_interval
from sozialanalyse.statistics.multiplicity import FALSE_SHARE, Discoveries, adjusted_p_values, discoveries
from sozialanalyse.statistics.neighbours import neighbour_weights
from sozialanalyse.statistics.partial_pooling import POOLED_FROM, PooledSlopes, pooled_slopes
from sozialanalyse.statistics.persistence import (
    Persistence,
    effective_points,
    estimated_persistence,
    persistence_share,
)
from sozialanalyse.statistics.pooling import Pooled, pool
from sozialanalyse.statistics.positions import quintile, rank
from sozialanalyse.statistics.positions_within import positions_within
from sozialanalyse.statistics.projection import (
    CohortChange,
    Components,
    cohort_change,
    cohort_component,
    hamilton_perry,
)
from sozialanalyse.statistics.proportions import wilson_interval
from sozialanalyse.statistics.quantiles import quantile_class
from sozialanalyse.statistics.raking import Raked, rake
from sozialanalyse.statistics.rank_sets import RankSets, anscombe, rank_sets
from sozialanalyse.statistics.rates import BYAR_FROM, byar_interval, poisson_interval, rate_interval
from sozialanalyse.statistics.regression_to_mean import ExpectedChange, expected_change
from sozialanalyse.statistics.reliability import (
    LIMITED_EVENTS,
    LIMITED_RELATIVE_WIDTH,
    LIMITED_WIDTH,
    NARROW_WIDTH,
    RELIABLE_EVENTS,
    RELIABLE_RELATIVE_WIDTH,
    RELIABLE_WIDTH,
    Grade,
    bundled_design_effect,
    effective_counts,
    estimated_design_effect,
    grade_of_proportion,
    grade_of_rate,
)
from sozialanalyse.statistics.segmented import SEGMENTED_FROM, SegmentedLine, segmented_line
from sozialanalyse.statistics.segregation import (
    GroupSegregation,
    Multigroup,
    group_segregation,
    multigroup_segregation,
)
from sozialanalyse.statistics.simulations import false_alarm_share, trendless_series, trendless_stocks
from sozialanalyse.statistics.slopes import TheilSen, theil_sen
from sozialanalyse.statistics.smoothing import Shrunken, empirical_bayes, hierarchical_shrinkage
from sozialanalyse.statistics.spatial import SEED, SpatialTest, gearys_c, morans_i, standardised_rates
from sozialanalyse.statistics.stability import Stability, leave_one_out, trend_verdict
from sozialanalyse.statistics.standardisation import (
    DIRECT_FROM,
    ESP_2013,
    DirectRate,
    IndirectRatio,
    direct_standardisation,
    indirect_standardisation,
)
from sozialanalyse.statistics.trend_tests import EXACT_LIMIT, MINIMUM_POINTS, MannKendall, mann_kendall
from sozialanalyse.statistics.two_dates import EVENTS_COMPARED, Change, proportion_change, rate_change

__all__ = [
    "AGES",
    "ALARM",
    "BYAR_FROM",
    "DIRECT_FROM",
    "ESP_2013",
    "EVENTS_COMPARED",
    "EVENTS_FROM",
    "EXACT_LIMIT",
    "FALSE_SHARE",
    "HAMED_RAO_FROM",
    "LIMITED_EVENTS",
    "LIMITED_RELATIVE_WIDTH",
    "LIMITED_WIDTH",
    "MINIMUM_POINTS",
    "NARROW_WIDTH",
    "POOLED_FROM",
    "POPULATION_ABOVE",
    "RELIABLE_EVENTS",
    "RELIABLE_RELATIVE_WIDTH",
    "RELIABLE_WIDTH",
    "SEED",
    "SEGMENTED_FROM",
    "TREND_FROM",
    "WARNING",
    "Backtest",
    "Change",
    "CohortChange",
    "Components",
    "Contrast",
    "CorrectedKendall",
    "CountTrend",
    "Decomposition",
    "DirectRate",
    "Discoveries",
    "ExpectedChange",
    "Grade",
    "GroupSegregation",
    "IndirectRatio",
    "InequalityIndex",
    "JointTrend",
    "LifeExpectancy",
    "LocalPattern",
    "MannKendall",
    "Mobility",
    "Multigroup",
    "Overdispersion",
    "Persistence",
    "Pettitt",
    "Pooled",
    "PooledSlopes",
    "Raked",
    "RankSets",
    "RelevantDifference",
    "SegmentedLine",
    "Shrunken",
    "SpatialTest",
    "Stability",
    "TheilParts",
    "TheilSen",
    "Transitions",
    "adjusted_p_values",
    "against_rest",
    "anscombe",
    "arcsine_difference",
    "atkinson",
    "backtest",
    "bundled_design_effect",
    "by_season",
    "byar_interval",
    "cohort_change",
    "cohort_component",
    "corrected_mann_kendall",
    "decompose",
    "difference_interval",
    "difference_of_changes",
    "direct_standardisation",
    "discoveries",
    "effective_counts",
    "effective_points",
    "empirical_bayes",
    "empirical_interval",
    "error_of_limits",
    "estimate_clustering",
    "estimated_design_effect",
    "estimated_persistence",
    "expected_at_limits",
    "expected_change",
    "false_alarm_share",
    "first_passage",
    "gearys_c",
    "gini",
    "grade_of_proportion",
    "grade_of_rate",
    "group_segregation",
    "hamilton_perry",
    "hierarchical_shrinkage",
    "homogeneity_p_value",
    "indirect_standardisation",
    "inequality_index",
    "interpolate_counts",
    "interpolate_means",
    "interval_coverage",
    "joint_mann_kendall",
    "leave_one_out",
    "life_expectancy",
    "local_empirical_bayes",
    "local_g",
    "local_median_rate",
    "local_morans_i",
    "local_rate",
    "mann_kendall",
    "mape",
    "mase",
    "mean_interval",
    "misplaced_share",
    "mobility",
    "morans_i",
    "multigroup_segregation",
    "neighbour_weights",
    "overdispersed_funnel",
    "overdispersed_z",
    "overdispersion",
    "overlap_shares",
    "partial_mann_kendall",
    "persistence_share",
    "pettitt",
    "poisson_interval",
    "poisson_p_value",
    "pool",
    "pooled_dispersion",
    "pooled_slopes",
    "positions_within",
    "proportion_change",
    "proportion_funnel",
    "proportion_signal",
    "proportion_trend",
    "quantile_class",
    "quintile",
    "rake",
    "rank",
    "rank_sets",
    "rate_change",
    "rate_interval",
    "rate_trend",
    "ratio_interval",
    "ratio_signal",
    "reference_without_self",
    "relevance_test",
    "segmented_line",
    "sojourn",
    "split_variance",
    "standardise_populations",
    "standardised_rates",
    "steady_state",
    "structure_factors",
    "theil",
    "theil_parts",
    "theil_sen",
    "transitions",
    "trend_verdict",
    "trendless_series",
    "trendless_stocks",
    "value_trend",
    "wilson_interval",
]
