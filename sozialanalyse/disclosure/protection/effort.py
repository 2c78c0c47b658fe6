"""Work that is counted, where time would be measured: the same problem stops at the same place on every machine.

One unit is about what one core of 2026 does in a second, added up from what each program is known to cost: so much for being
started, so much for its size, so much for each step of the simplex method.
"""

from __future__ import annotations

import time
from typing import Final

PER_PROGRAM: Final = 200e-6

PER_PLACE: Final = 0.55e-6
"""For each row and column of a program that is solved."""

PER_STEP: Final = 8e-6
"""For each step of the simplex method."""

PER_STEP_AND_PLACE: Final = 3.5e-9
"""For each step once for each row and column. All four were fitted to 10,000 programs of 50 to 13,000 rows and columns (least squares,
with a quarter more for what is done around them)."""

WHOLE_NUMBERS: Final = 15.0
"""So many times as much a program in whole numbers costs, whose steps the solver counts without those of its trials."""

STEPS_PER_NODE: Final = 20
"""A node of a search in whole numbers takes about so many steps."""

FUSE: Final = 20.0
"""The clock stops a search only after so many times the seconds that it should have taken."""

LEAST_FUSE: Final = 60.0
"""Seconds that the clock leaves in any case."""


class Effort:
    """Adds up what was done, and says when it was enough.

    Parameters
    ----------
    most
        Units of work after which a search is to end.
    """

    def __init__(self, most: float) -> None:
        self.most = most
        self.spent = 0.0
        self.by_clock = False
        self._fuse = time.monotonic() + max(FUSE * most, LEAST_FUSE)

    def charge(self, places: int, steps: int, *, whole_numbers: bool = False) -> None:
        """Add what solving a program cost.

        Parameters
        ----------
        places
            Its rows and columns.
        steps
            Steps of the simplex method.
        whole_numbers
            Whether its variables are whole numbers.
        """
        self.spent += _cost(places, steps) * (WHOLE_NUMBERS if whole_numbers else 1.0)

    def over(self, end: float) -> bool:
        """Say whether so much was spent, or the fuse has burnt; :attr:`by_clock` then says so for good."""
        if self.spent >= end:
            return True
        self.by_clock = self.by_clock or time.monotonic() >= self._fuse
        return self.by_clock

    def share(self, among: int) -> float:
        """Give the mark up to which one of several may go on with its share of what is left."""
        return self.spent + max(self.most - self.spent, 0.0) / among

    def nodes(self, places: int, end: float) -> int:
        """Give how many nodes of a search in whole numbers may be looked at up to a mark."""
        return max(int((end - self.spent) / (WHOLE_NUMBERS * _cost(places, STEPS_PER_NODE))), 1)

    def seconds_left(self) -> float:
        """Give the seconds until the fuse burns."""
        return max(self._fuse - time.monotonic(), 0.0)


def _cost(places: int, steps: int) -> float:
    return PER_PROGRAM + PER_PLACE * places + steps * (PER_STEP + PER_STEP_AND_PLACE * places)
