"""All thresholds of the checks in one place, each with its reason; a town tunes the common ones under ``checks``."""

from __future__ import annotations

OVERDISPERSION = 2.5
"""Variance of a small count over that of a Poisson count: people come and go by households (Kish 1965, see
:data:`sozialanalyse.catalogue.HOUSEHOLD_DESIGN_EFFECT`). With it 3 -> 7 is no jump and 3 -> 40 is one."""

FEWEST_AREAS = 8
"""So many areas are needed before a common change, or a spread among areas, says something of the others."""

FEWEST_STEPS = 5
"""So many changes of a series are needed before its own restlessness is known."""

FEWEST_CELLS = 3
"""So many counts of an area and date tell its size."""

CERTAIN_STRENGTH = 9.0
"""From so many times the usual variation on, and a factor of :data:`CERTAIN_FACTOR`, a slip is an error, not a question."""

CERTAIN_FACTOR = 5.0
"""Half way (on the scale of ratios) between no change and a point slipped by more than one place; no area of the public
statistics looked at (Berlin, Cologne, Vienna) changes by so much and back."""

SLIP_TOLERANCE = 1.6
"""What a value would be after mending may differ from the expectation by this factor at most, so that powers of ten apart
stay apart: less than half the way from 1 to 10 on the scale of ratios, which is 3.2."""

LEAST_SLIP = 20.0
"""A slipped point is looked for where the value or the expectation is at least this; below, chance gives any ratio."""

FEWEST_DATES = 3
"""From so many dates on a series is compared with itself; shorter ones only with the other areas."""

LARGE_FACTOR_STRENGTH = 0.75
"""Where a value has moved by :data:`CERTAIN_FACTOR`, this part of the usual strength is enough: small counts, of which the point
slipped, cannot be further out."""

CROSS_STRENGTH = 4.5
"""For a measure with one or two dates there are only the other areas: so far out of their spread one is named. Spreads among
areas have heavier tails than changes in time, and there is no second look."""

COMMON_FACTOR = 1.15
"""A change that all areas share is looked at from 15 per cent a year on ..."""

COMMON_STRENGTH = 6.0
"""... where it is this many times as large as the usual common change of the measure."""

FEWEST_COMMON_STEPS = 4
"""A usual common change is known from so many steps on."""

TWIN_SHARE = 0.95
"""Two blocks of numbers are the same delivery when this share of their larger values is equal."""

TWIN_VALUES = 8
"""So many values of at least :data:`TWIN_LEAST` must be compared; equal small counts happen by chance."""

TWIN_LEAST = 10.0
"""Values from which on equality by chance is rare."""

TWIN_USUAL = 0.5
"""Where other dates share this many values with each other too, the measure is one that hardly changes (dwellings)."""

USUALLY_EXACT = 0.9
"""A sum that holds in this share of its cases is one that should hold in the others too."""

LARGEST_UNASSIGNED = 0.1
"""So large a share of a total may be assigned to no area (of the foreign nationals of the Bezirk Hamburg-Mitte, 2013, 9 per
cent); what is missing beyond is missing in an area."""

MOST_UNASSIGNED = 0.5
"""Where sums never hold, a total may count many that belong to no area, but not more than all areas together."""

LARGE_ENOUGH = 100.0
"""A share of fewer people than this takes any value by chance, so plausible ranges are looked at from here on."""

MOSTLY_THERE = 0.5
"""A count is expected of an area where this share of the areas of its level have it at the date."""

SELDOM_MISSING = 1 / 3
"""What is missing at more of the dates than this is a rhythm (a level every second year), no gap."""

COMMON_SLIP = 1.5
"""A measure that is so many times larger or smaller in all areas than on the dates before and after was likely exchanged with
another, or counted in another unit: what happens to all areas at once (a law, a census) does not go back."""
