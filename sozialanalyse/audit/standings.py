"""Standings: an index of the areas of a level, as the published cells give it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sozialanalyse.audit.figures import Count
    from sozialanalyse.audit.recipes import Classed

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Standing:
    """An index of the areas of a level.

    Parameters
    ----------
    classed
        Its classes.
    areas
        Those that take part; arrays below have an entry for each.
    index, place, rank
        Its value, the place of the class (from 1), and the rank (1 for the largest value).
    spans
        Smallest and largest place of the class by other weights (``weights``) and by one indicator less (``without``).
    hidden
        Counts that it would need and that are not to be known; then there is nothing else.
    """

    classed: Classed
    areas: tuple[str, ...] = ()
    index: Floats = field(default_factory=lambda: np.zeros(0))
    place: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    rank: Floats = field(default_factory=lambda: np.zeros(0))
    spans: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=dict)
    hidden: tuple[Count, ...] = ()

    def names(self, places: Sequence[int]) -> tuple[str, ...]:
        """Names of classes in both languages."""
        return tuple(name for place in places for name in self.classed.classes[place - 1].names)
