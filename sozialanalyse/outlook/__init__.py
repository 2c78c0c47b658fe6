"""Outlook: what follows for later years if what is assumed goes on. A calculation (Vorausberechnung), never a forecast.

Each shows how the same way of computing fared on years that it was not shown: error against the naive way ("as last time"),
and how many of the values found lay within its intervals.
"""

from __future__ import annotations

from sozialanalyse.outlook.age_groups import AgeOutlook, age_groups
from sozialanalyse.outlook.assumptions import SPECIAL_KINDS, Assumptions, NewBuilding
from sozialanalyse.outlook.needed_places import apportioned, places
from sozialanalyse.outlook.past import Backtest
from sozialanalyse.outlook.populations import METHODS
from sozialanalyse.outlook.projecting import Projection, backtest, project, variants
from sozialanalyse.outlook.rates import RateOutlook, rates, share_better
from sozialanalyse.outlook.statements import CAVEATS, REASONS

__all__ = [
    "CAVEATS",
    "METHODS",
    "REASONS",
    "SPECIAL_KINDS",
    "AgeOutlook",
    "Assumptions",
    "Backtest",
    "NewBuilding",
    "Projection",
    "RateOutlook",
    "age_groups",
    "apportioned",
    "backtest",
    "places",
    "project",
    "rates",
    "share_better",
    "variants",
]
