"""Areas: the tree that they form, and what becomes of them when boundaries change.

``tree`` is the checked tree, ``groupings`` are what cuts across it, ``crosswalks`` says which share of an old area went to which new one, ``vintages`` gives the
tree of a day, and ``interpolation`` makes crosswalks of polygons (imported by name: it needs geopandas).
"""

from __future__ import annotations

from sozialanalyse.areas.crosswalks import Crosswalks
from sozialanalyse.areas.groupings import GROUPING_PREFIX, Grouping
from sozialanalyse.areas.tree import ALWAYS_FROM, ALWAYS_TO, COLUMNS, AreaTree
from sozialanalyse.areas.vintages import boundaries_of, territory_breaks

__all__ = [
    "ALWAYS_FROM",
    "ALWAYS_TO",
    "COLUMNS",
    "GROUPING_PREFIX",
    "AreaTree",
    "Crosswalks",
    "Grouping",
    "boundaries_of",
    "territory_breaks",
]
