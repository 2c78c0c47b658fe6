"""Comparison: the areas of a level beside each other and beside a reference, at one date.

What each verb does where counts are confidential. None takes hidden counts for missing at random: they are the small ones.

======================  =============================================================================================
verb                    with confidential counts
======================  =============================================================================================
`compare`, relation     an area that is hidden has none; against town or parent the rest is the delivered whole minus
                        the area, so other hidden areas do not matter
`compare`, 'similar'    refuses where one of the similar areas is hidden
`compare`, 'mean'       refuses where any area of the comparison is hidden
mean                    refuses for the whole level
range, rank, quintile   given where no value within the bounds could change them (see :func:`.add_level_positions`)
rank sets, funnel       refuse for the whole level: a hidden area may lie anywhere
smoothed values         refuse for the whole level: a prior estimated without the small ones is too high
`similar_areas`         refuses with an error: another choice of context indicators is needed
`expected_changes`      refuses for the indicator
`decompose`             refuses with an error that names the first hidden age group
`inequality`            refuses for the indicator (status ``suppressed``)
`spatial`, `hot_spots`  refuse for the indicator (status ``suppressed``)
`local_values`          a neighbourhood with a hidden area has none; others rest on themselves alone and have
`quintile_moves`        refuses for the indicator: the steps of the smallest numbers would be lacking
`gradients`             refuses for the indicator, or altogether where the order has a hidden area (``suppressed``)
`pool_years`            a window with a hidden year has no value, but limits that hold for all that it can be
`noticeable.find`       a hidden area is not tested; where areas are held against each other, hidden ones refuse the
                        indicator; against a declared relevant difference the rest of the town is known
======================  =============================================================================================

Where nothing is said of bounds, refusing is the only answer that cannot change once the hidden values are known.
"""

from __future__ import annotations

from sozialanalyse.comparison import noticeable
from sozialanalyse.comparison.ages import ages_and_sexes
from sozialanalyse.comparison.comparing import Comparison, compare
from sozialanalyse.comparison.gradients import Gradients, gradients
from sozialanalyse.comparison.hot_spots import HotSpots, hot_spots
from sozialanalyse.comparison.local_values import local_values
from sozialanalyse.comparison.mobility import Moves, quintile_moves
from sozialanalyse.comparison.neighbourhoods import Neighbours, neighbours_of
from sozialanalyse.comparison.regression import expected_changes
from sozialanalyse.comparison.relations import BETTER, SIMILAR, UNJUDGED, WORSE, Against
from sozialanalyse.comparison.similarity import LEAST_SIMILAR, Similar, similar_areas
from sozialanalyse.comparison.space import spatial
from sozialanalyse.comparison.spread import inequality
from sozialanalyse.comparison.structure import Structure, decompose
from sozialanalyse.comparison.windows import pool_years
from sozialanalyse.evidence import ABOVE, AROUND, BELOW, UNKNOWN

__all__ = [
    "ABOVE",
    "AROUND",
    "BELOW",
    "BETTER",
    "LEAST_SIMILAR",
    "SIMILAR",
    "UNJUDGED",
    "UNKNOWN",
    "WORSE",
    "Against",
    "Comparison",
    "Gradients",
    "HotSpots",
    "Moves",
    "Neighbours",
    "Similar",
    "Structure",
    "ages_and_sexes",
    "compare",
    "decompose",
    "expected_changes",
    "gradients",
    "hot_spots",
    "inequality",
    "local_values",
    "neighbours_of",
    "noticeable",
    "pool_years",
    "quintile_moves",
    "similar_areas",
    "spatial",
]
