"""Offers and gaps: what there is for whom, who has it within reach, and where a greater need meets less of it.

Pure functions on offers, areas and released counts. Nothing here knows an offer whose place is hidden: of those only sums come
this far.
"""

from sozialanalyse.offers.coverage import coverage
from sozialanalyse.offers.niches import ABOVE, AROUND, BELOW, UNKNOWN, niches
from sozialanalyse.offers.reach import Catchments, floating_catchments
from sozialanalyse.offers.supply import running, supply

__all__ = [
    "ABOVE",
    "AROUND",
    "BELOW",
    "UNKNOWN",
    "Catchments",
    "coverage",
    "floating_catchments",
    "niches",
    "running",
    "supply",
]
