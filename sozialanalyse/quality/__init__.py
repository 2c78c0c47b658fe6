"""Quality: what is odd in the counts that were loaded, how grave it is, where it stands, and how it is likely mended.

:func:`inspect` runs all checks; a town tunes them under ``checks`` in its ``town.yml``. They are, by name:

``identities``
    sexes, ages and areas add up; sums that the town declares hold
``parts``
    no part is more than its whole
``ranges``
    indicators stay in the range that the catalogue calls plausible
``jumps``, ``slips``
    numbers that do not go with their series; those that a slipped point, transposed digits or an exchange explains
``breaks``
    all areas change at once, and no break is declared
``duplicates``
    the numbers of one date or area stand under another, too
``coverage``
    areas, ages or dates are missing
``totals``, ``revisions``
    who is assigned to no area; what was delivered again or corrected
"""

from sozialanalyse.quality.examination import Examined, examine
from sozialanalyse.quality.inspection import coverage, inspect
from sozialanalyse.quality.irregularity import SEVERITIES, Irregularity, Severity

__all__ = ["SEVERITIES", "Examined", "Irregularity", "Severity", "coverage", "examine", "inspect"]
