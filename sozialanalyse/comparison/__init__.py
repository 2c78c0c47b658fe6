"""Comparison: the areas of a level beside each other and beside a reference, at one date.

What each verb does where counts are confidential. None takes hidden counts for missing at random: they are the small ones.

======================  =============================================================================================
verb                    with confidential counts
======================  =============================================================================================
`compare`, relation     an area that is hidden has none; against town or parent the rest is the delivered whole minus
                        the area, so other hidden areas do not matter
`compare`, 'similar'    refuses where one of the similar areas is hidden
`compare`, 'mean'       refuses where any area of the comparison is hidden
mean, range, rank       refuse for the whole level (see :func:`.add_level_positions`)
rank sets, funnel       refuse for the whole level: a hidden area may lie anywhere
smoothed values         refuse for the whole level: a prior estimated without the small ones is too high
`similar_areas`         refuses with an error: another choice of context indicators is needed
`expected_changes`      refuses for the indicator
`decompose`             refuses with an error that names the first hidden age group
`inequality`            refuses for the indicator (status ``suppressed``)
`spatial`               refuses for the indicator (status ``suppressed``)
`noticeable.find`       a hidden area is not tested; where areas are held against each other, hidden ones refuse the
                        indicator; against a declared relevant difference the rest of the town is known
======================  =============================================================================================

Nothing is computed within bounds here: a frame of indicators holds none for hidden values. Refusing is the only answer
that cannot change once they are known.
"""

from __future__ import annotations

from sozialanalyse.comparison import noticeable
from sozialanalyse.comparison.comparing import Comparison, compare
from sozialanalyse.comparison.regression import expected_changes
from sozialanalyse.comparison.relations import BETTER, SIMILAR, UNJUDGED, WORSE, Against
from sozialanalyse.comparison.similarity import LEAST_SIMILAR, Similar, similar_areas
from sozialanalyse.comparison.space import spatial
from sozialanalyse.comparison.spread import inequality
from sozialanalyse.comparison.structure import Structure, decompose
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
    "Similar",
    "Structure",
    "compare",
    "decompose",
    "expected_changes",
    "inequality",
    "noticeable",
    "similar_areas",
    "spatial",
]
