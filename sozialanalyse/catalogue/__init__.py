"""The catalogue: what is counted, which indicators are made of it, and for whom (:mod:`sozialanalyse.catalogue.model`).

The shipped entries are YAML files in ``definitions/``; a town adds its own (:mod:`sozialanalyse.catalogue.reading`).
"""

from sozialanalyse.catalogue.model import (
    HOUSEHOLD_DESIGN_EFFECT,
    Amount,
    Break,
    Catalogue,
    Date,
    Indicator,
    Measure,
    MeasureVersion,
    ShortText,
    TargetGroup,
    Text,
)
from sozialanalyse.catalogue.reading import TOWN_FILE, read_catalogue, shipped, with_town

__all__ = [
    "HOUSEHOLD_DESIGN_EFFECT",
    "TOWN_FILE",
    "Amount",
    "Break",
    "Catalogue",
    "Date",
    "Indicator",
    "Measure",
    "MeasureVersion",
    "ShortText",
    "TargetGroup",
    "Text",
    "read_catalogue",
    "shipped",
    "with_town",
]
