"""The problem of secondary suppression, as arrays: cells, the sums that tie them together, and what must not become known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Problem:
    """Cells that are published together.

    Parameters
    ----------
    value
        Shape (cells,): what was counted; NaN where the deliverer hid it and only bounds are known.
    lower, upper
        Shape (cells,): what an attacker knows of each cell before anything is published: 0, or 1 where zeros are shown;
        a public denominator, the bounds of a deliverer's mark, or infinity.
    relations, constants
        Shapes (sums, cells) and (sums,): every sum that holds, ``relations @ value == constants``.
    primary
        Shape (cells,): must not become known.
    at_most, at_least
        Shape (cells,): how low and how high a primary cell must remain possible. A count under the threshold k must be
        possible at k or more; one hidden by its deliverer over the whole of its bounds.
    shown
        Shape (cells,): would be published if it were not hidden. The others are never published but can be computed
        from what is: complements, differences of age groups.
    fixed
        Shape (cells,): cannot be hidden, because it is known already.
    weight
        Shape (cells,): what it costs to hide a shown cell.
    """

    value: Floats
    lower: Floats
    upper: Floats
    relations: csr_array
    constants: Floats
    primary: Flags
    at_most: Floats
    at_least: Floats
    shown: Flags
    fixed: Flags
    weight: Floats


@dataclass(frozen=True)
class Certificate:
    """Why a primary cell cannot be protected.

    Parameters
    ----------
    cell
        The primary cell.
    least, greatest
        What can be known of it even if all cells were hidden that may be.
    because
        The cells that cannot be hidden and give it away.
    """

    cell: int
    least: float
    greatest: float
    because: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Pattern:
    """Which cells are hidden, and what that leaves to be known.

    Parameters
    ----------
    hidden
        Shape (cells,): hidden of the shown cells, and all that are never shown.
    least, greatest
        Shape (cells,): whole numbers between which a hidden cell is known to lie; of published cells their value.
    weight, bound
        What the pattern costs, and a proven lower bound of what any safe pattern costs.
    method
        ``optimal`` (within the gap asked for), ``heuristic``, or ``refused``.
    seconds
        How long it took.
    impossible
        Cells that cannot be protected; if there are any, nothing may be released.
    by_clock
        Whether the search was stopped by the clock, so that another machine may find another pattern.
    insider
        Whether it holds against people, too, who know one hidden cell (see :mod:`.solving`).
    """

    hidden: Flags
    least: Floats
    greatest: Floats
    weight: float
    bound: float
    method: str
    seconds: float
    impossible: tuple[Certificate, ...] = ()
    by_clock: bool = False
    insider: bool = True
