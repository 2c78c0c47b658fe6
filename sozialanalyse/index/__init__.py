"""Composite indices: several indicators of an area put into one number by a declared recipe, and what that number can carry.

The recipe (:class:`sozialanalyse.catalogue.Recipe`) decides everything: indicators, directions, transformation, weights, who takes no part, class
limits. Here is only arithmetic: pure functions from frames to frames. An index is always relative: an area may change its class because others did.

References
----------
Senatsverwaltung für Stadtentwicklung Berlin, Monitoring Soziale Stadtentwicklung (z values, plain sum, standardised again). McLennan and others
(2019), The English Indices of Deprivation 2019, technical report (exponential transformation of ranks). OECD and JRC (2008), Handbook on Constructing
Composite Indicators (weights and left-out indicators as ranges).
"""

from __future__ import annotations

from sozialanalyse.catalogue import Recipe, read_recipe
from sozialanalyse.index.chance import confidence_sets
from sozialanalyse.index.composing import EXCLUDED, INCLUDED, MISSING, classify, compose
from sozialanalyse.index.inputs import Inputs, Used, gather
from sozialanalyse.index.making import Index, make
from sozialanalyse.index.ranges import left_out, random_weights
from sozialanalyse.index.transformations import TRANSFORMATIONS
from sozialanalyse.index.typology import Typology, typology

__all__ = [
    "EXCLUDED",
    "INCLUDED",
    "MISSING",
    "TRANSFORMATIONS",
    "Index",
    "Inputs",
    "Recipe",
    "Typology",
    "Used",
    "classify",
    "compose",
    "confidence_sets",
    "gather",
    "left_out",
    "make",
    "random_weights",
    "read_recipe",
    "typology",
]
