"""The catalogue: what is counted, which indicators are made of it, and for whom (:mod:`sozialanalyse.catalogue.model`).

The shipped entries are YAML files in ``definitions/``; a town adds its own (:mod:`sozialanalyse.catalogue.reading`).
"""

from sozialanalyse.catalogue.model import (
    HOUSEHOLD_DESIGN_EFFECT,
    Amount,
    Break,
    Date,
    Indicator,
    Measure,
    MeasureVersion,
    ShortText,
    TargetGroup,
    Text,
)
from sozialanalyse.catalogue.reading import (
    RECIPES,
    TOWN_FILE,
    read_catalogue,
    read_recipe,
    recipe_files,
    shipped,
    with_town,
)
from sozialanalyse.catalogue.recipes import Classed, Dynamics, IndexClass, Ingredient, Recipe
from sozialanalyse.catalogue.whole import Catalogue

__all__ = [
    "HOUSEHOLD_DESIGN_EFFECT",
    "RECIPES",
    "TOWN_FILE",
    "Amount",
    "Break",
    "Catalogue",
    "Classed",
    "Date",
    "Dynamics",
    "IndexClass",
    "Indicator",
    "Ingredient",
    "Measure",
    "MeasureVersion",
    "Recipe",
    "ShortText",
    "TargetGroup",
    "Text",
    "read_catalogue",
    "read_recipe",
    "recipe_files",
    "shipped",
    "with_town",
]
