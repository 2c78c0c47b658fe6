"""What a perturbed table has lost: by how much the numbers shown differ from those counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class InformationLoss(NamedTuple):
    """How far shown numbers are from counted ones, over all cells that were counted.

    Parameters
    ----------
    cells, changed
        Number of cells, and of those that show another number.
    mean, root_mean_square, largest
        Of the absolute differences, in the unit of the counts.
    share
        Sum of the absolute differences as a share of all that was counted; 0 where nothing was.
    """

    cells: int
    changed: int
    mean: float
    root_mean_square: float
    largest: float
    share: float


def information_loss(value: Floats, shown: Floats) -> InformationLoss:
    """Measure how far shown numbers are from counted ones.

    Parameters
    ----------
    value, shown
        Shape (cells,): counted and shown; cells where either is NaN are left out.

    Examples
    --------
    >>> found = information_loss(np.array([4.0, 6, 10]), np.array([5.0, 5, 10]))
    >>> found.cells, found.changed, found.largest, found.share
    (3, 2, 1.0, 0.1)
    """
    difference = np.asarray(shown, dtype=np.float64) - np.asarray(value, dtype=np.float64)
    counted = ~np.isnan(difference)
    size = np.abs(difference[counted])
    total = float(np.asarray(value)[counted].sum())
    return InformationLoss(
        cells=size.size,
        changed=int((size > 0).sum()),
        mean=float(size.mean()) if size.size else 0.0,
        root_mean_square=float(np.sqrt((size**2).mean())) if size.size else 0.0,
        largest=float(size.max(initial=0.0)),
        share=float(size.sum()) / total if total else 0.0,
    )
