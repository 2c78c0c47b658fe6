"""Intervals for proportions: events that are a subset of a total."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.statistics._arguments import normal_quantile, refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def wilson_interval(
    events: ArrayLike, total: ArrayLike, *, confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Wilson score interval of a proportion.

    With :math:`x` events among :math:`n` and the normal quantile :math:`z`, the limits are the two solutions
    :math:`\pi` of :math:`(x - n\pi)^2 = z^2 n \pi (1 - \pi)`:

    .. math::
        u = \frac{h}{n + z^2}, \quad l = \frac{x^2}{n h}, \quad
        h = x + \tfrac{z^2}{2} + z \sqrt{\tfrac{z^2}{4} + \tfrac{x (n - x)}{n}}

    The lower limit is written through the product of the two solutions: nothing cancels, and it is 0 for no events.

    Parameters
    ----------
    events
        Number of events (persons, households ...); any shape that broadcasts with `total`. Need not be whole.
    total
        Number of those who could have had the event.
    confidence
        A fraction strictly between 0 and 1. Peers also take 95; here 95 is refused.

    Returns
    -------
    lower, upper
        Fractions from 0 to 1 (not per cent), in the broadcast shape.

    Raises
    ------
    ValueError
        If events are negative or exceed the total (a rate may do that, a proportion not), naming how many cells
        and the first of them; or if `confidence` is not a fraction.

    Notes
    -----
    - 0 of n: lower is exactly 0. n of n: upper is exactly 1. The interval of x of n mirrors that of n - x of n.
    - NaN (a missing count is not zero) gives NaN. A total of 0 gives NaN, where some peers raise: an area without
      residents is no error in the data, it only has no proportion.
    - On full register counts the interval describes random variation, not sampling error. It assumes independent
      events: where they come in bundles (children of one household) it is too narrow.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    Brown, Cai, DasGupta (2001), Statistical Science 16, 101-133 (recommended for small n).

    Examples
    --------
    >>> lower, upper = wilson_interval([0, 12, 40], [40, 100, 40])
    >>> lower.round(4).tolist(), upper.round(4).tolist()
    ([0.0, 0.07, 0.9124], [0.0876, 0.1981, 1.0])
    """
    z_squared = normal_quantile(confidence) ** 2
    x = np.asarray(events, dtype=np.float64)
    n = np.asarray(total, dtype=np.float64)
    refuse(x < 0, "events are negative")
    refuse(x > n, "events exceed the total they are part of")
    with np.errstate(invalid="ignore", divide="ignore"):  # a total of 0 gives NaN, as documented
        reach = x + z_squared / 2 + np.sqrt(z_squared * (z_squared / 4 + x * (n - x) / n))
        lower = x * x / (n * reach)
    upper = np.where((x == n) & (n > 0), 1.0, np.minimum(reach / (n + z_squared), 1.0))
    return lower, upper[()]
