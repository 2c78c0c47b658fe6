"""Trends: how an indicator developed, and whether the numbers bear such a statement.

A series is tested on its real dates, from the last declared break on, and among periods of one length. Flows count other
events every year; stocks mostly the same people, so that their years are no independent witnesses: the test reckons with the
share that remains, as the catalogue declares it, or the development is described without a claim. With two to four points
the first and the last date are compared and called that; one point says nothing about time.

Values that were converted to other areas take no part in the test and its slope. How the halves of a divided area moved
before they were counted apart is not known: what shares of a later date give them is the movement of the whole, in both
halves the same. A comparison of the first value with the last may use them: their interval holds the error.

Confidential values are the small ones, and no verb takes them for missing at random:

===========================  ========================================================================================
verb                         where a value since the last break is confidential
===========================  ========================================================================================
``development``              every whole number within the deliverer's bounds is tried; a direction that all of them
                             confirm is told (method ``bounds``), with the widest limits and the largest p. Without
                             bounds, with too many combinations, or where they disagree: ``hidden``. Which test suits
                             a flow is told by areas with counts that no rule hides; where larger counts are hidden,
                             every test that they leave possible must say the same
``common_and_own``           the area takes no part and is ``hidden``; what is common is that of the areas shown, which
                             leaves out the small ones
``difference_of_changes``    ``hidden`` where one of the four values is confidential
``seasonal``                 ``hidden``: of a quarter with a confidential value the others would be the larger ones
``deviating``                the area is not chosen at a date at which its value is confidential
===========================  ========================================================================================
"""

from __future__ import annotations

from sozialanalyse.evidence import (
    FALLING,
    HIDDEN,
    HIGHER,
    LOWER,
    NO_CLEAR_DIFFERENCE,
    NO_CLEAR_TREND,
    ONE_DATE,
    OVERLAPPING,
    RISING,
    UNTESTED,
)
from sozialanalyse.trends._changes import difference_of_changes
from sozialanalyse.trends._development import development, evidence
from sozialanalyse.trends._deviating import DEVIATING_AREAS, deviating
from sozialanalyse.trends._methods import (
    ALIKE_YEARS,
    BOUNDS,
    COUNT_TREND,
    DESCRIPTIVE,
    FEW_DATES,
    FEW_EVENTS,
    MANN_KENDALL,
    NOT_DECLARED,
    ONLY_ONE,
    OTHER_EVENTS,
    OTHERS_HIDDEN,
    REFUSED,
    SAME_PEOPLE,
    SIGNIFICANCE,
    TWO_DATES,
)
from sozialanalyse.trends._pooling import common_and_own
from sozialanalyse.trends._seasons import SEASONAL, seasonal
from sozialanalyse.trends._series import SERIES, converted, years

__all__ = [
    "ALIKE_YEARS",
    "BOUNDS",
    "COUNT_TREND",
    "DESCRIPTIVE",
    "DEVIATING_AREAS",
    "FALLING",
    "FEW_DATES",
    "FEW_EVENTS",
    "HIDDEN",
    "HIGHER",
    "LOWER",
    "MANN_KENDALL",
    "NOT_DECLARED",
    "NO_CLEAR_DIFFERENCE",
    "NO_CLEAR_TREND",
    "ONE_DATE",
    "ONLY_ONE",
    "OTHERS_HIDDEN",
    "OTHER_EVENTS",
    "OVERLAPPING",
    "REFUSED",
    "RISING",
    "SAME_PEOPLE",
    "SEASONAL",
    "SERIES",
    "SIGNIFICANCE",
    "TWO_DATES",
    "UNTESTED",
    "common_and_own",
    "converted",
    "development",
    "deviating",
    "difference_of_changes",
    "evidence",
    "seasonal",
    "years",
]
