"""Intervals for means of measurements: household sizes, durations, test scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from sozialanalyse.statistics._arguments import error_share, refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def mean_interval(
    mean: ArrayLike, deviation: ArrayLike, count: ArrayLike, *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    r"""Student's t interval of a mean: :math:`\bar x \pm t_{n-1} \, s / \sqrt{n}`.

    Parameters
    ----------
    mean
        Arithmetic means, any shape that broadcasts with the others: one entry an area.
    deviation
        Standard deviations with the divisor n - 1, in the unit of the mean.
    count
        Number of measurements n behind each mean.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    lower, upper
        Limits in the unit of the mean, in the broadcast shape.

    Raises
    ------
    ValueError
        If a deviation or count is negative, naming how many and the first; or if `confidence` is not a fraction.

    Notes
    -----
    - One measurement or none bounds no mean: NaN. Equal measurements give an interval of width 0.
    - NaN gives NaN. A mean over a missing measurement is missing as well: whoever leaves it out beforehand must say so.

    References
    ----------
    Student (1908), Biometrika 6, 1-25.

    Examples
    --------
    >>> lower, upper = mean_interval([12.8, 7.0, 4.0], [1.9, np.nan, 0.0], [6, 1, 5])
    >>> lower.round(2).tolist(), upper.round(2).tolist()
    ([10.81, nan, 4.0], [14.79, nan, 4.0])
    """
    centre, spread, n = (np.asarray(part, dtype=np.float64) for part in (mean, deviation, count))
    refuse(spread < 0, "standard deviations are negative")
    refuse(n < 0, "counts are negative")
    size = np.where(n > 1, n, np.nan)
    reach = -stdtrit(size - 1, error_share(confidence) / 2) * spread / np.sqrt(size)
    return centre - reach, centre + reach
