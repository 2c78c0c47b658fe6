"""What many areas' slopes have in common, and which of them deviate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from sozialanalyse.statistics._arguments import error_share, refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

POOLED_FROM: Final = 5
"""Areas from which their spread is estimated: with fewer, the variance between areas is as good as unknown."""

HALVINGS: Final = 60
"""Steps of the search for the variance between areas: enough for every digit that matters."""


class _Whole(NamedTuple):
    mean: float
    error: float
    between: float


class PooledSlopes(NamedTuple):
    """Result of `pooled_slopes`; numbers for the whole, arrays with one entry an area."""

    common: float  # the mean slope of the areas
    common_lower: float
    common_upper: float
    common_p: float
    between: float  # variance of the true slopes between areas, 0 where chance alone explains their spread
    shrunken: Floats  # each slope drawn towards the common one, by its own uncertainty
    shrunken_lower: Floats
    shrunken_upper: Floats
    deviation: Floats  # slope minus the common slope of all other areas
    deviation_lower: Floats
    deviation_upper: Floats
    deviation_p: Floats


def pooled_slopes(slopes: ArrayLike, errors: ArrayLike, *, confidence: float = 0.95) -> PooledSlopes:
    r"""Separate the town's common change from what an area does on its own, by a random-effects model by moments.

    .. math::
        b_i \sim N(\mu_i, s_i^2), \quad \mu_i \sim N(\mu, \tau^2), \quad
        \tilde b_i = \mu + \frac{\tau^2}{\tau^2 + s_i^2} (b_i - \mu)

    with :math:`\tau^2` by Paule and Mandel, the solution of :math:`\sum (b_i - \hat\mu)^2 / (\tau^2 + s_i^2) = k - 1`.

    Parameters
    ----------
    slopes, errors
        Shape (areas,): slopes of one indicator and their standard errors, as from `proportion_trend`; an area with NaN
        in either takes no part and gets NaN.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    PooledSlopes
        All NaN with fewer than `POOLED_FROM` areas.

    Raises
    ------
    ValueError
        If shapes differ, errors are negative or zero, or `confidence` is no fraction.

    Notes
    -----
    - The common change is no evidence about an area: that the town rises does not show that this area does. Only
      `deviation` and its p speak of the area; its reference leaves the area itself out.
    - Limits of shrunken slopes include the uncertainty of the common slope. That of :math:`\tau^2` enters through the t
      distribution with k - 1 degrees of freedom. Shrunken slopes stand beside the raw ones, never instead.
    - The deviation is tested against the other areas' slopes as they differ (:math:`\tau^2` included): "as unusual as
      this among areas", not "different from the mean", which all areas are.

    References
    ----------
    Paule, Mandel (1982), Journal of Research of the National Bureau of Standards 87, 377-385. DerSimonian, Laird
    (1986), Controlled Clinical Trials 7, 177-188. Hartung, Knapp (2001), Statistics in Medicine 20, 1771-1782.

    Examples
    --------
    >>> pooled = pooled_slopes([0.03, 0.05, 0.02, 0.04, 0.03, 0.30], [0.02] * 6)
    >>> round(pooled.common, 3), pooled.shrunken.round(3).tolist(), pooled.deviation_p.round(3).tolist()
    (0.078, [0.032, 0.051, 0.022, 0.041, 0.032, 0.293], [0.679, 0.81, 0.616, 0.744, 0.679, 0.0])
    """
    error = error_share(confidence)
    b, s = np.asarray(slopes, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if b.ndim != 1 or b.shape != s.shape:
        msg = f"slopes and errors need one shape (areas,); found {b.shape} and {s.shape}"
        raise ValueError(msg)
    refuse(s <= 0, "standard errors are not positive")
    known = ~np.isnan(b + s)
    if known.sum() < POOLED_FROM:
        gap, gaps = float("nan"), np.full(b.shape, np.nan)
        return PooledSlopes(gap, gap, gap, gap, gap, gaps, gaps, gaps, gaps, gaps, gaps, gaps)
    whole = _Whole(*(float(part[0]) for part in _wholes(b[known], s[known], np.ones((1, known.sum()), dtype=np.bool_))))
    freedom = int(known.sum()) - 1
    quantile = float(stdtrit(freedom, 1 - error / 2))
    share = whole.between / (whole.between + s**2)
    shrunken = np.where(known, whole.mean + share * (b - whole.mean), np.nan)
    reach = quantile * np.sqrt(share * s**2 + (1 - share) ** 2 * whole.error**2)
    apart, spread = _deviations(b, s, known)
    far = float(stdtrit(freedom - 1, 1 - error / 2)) * spread
    return PooledSlopes(
        common=whole.mean,
        common_lower=whole.mean - quantile * whole.error,
        common_upper=whole.mean + quantile * whole.error,
        common_p=float(2 * stdtr(freedom, -abs(whole.mean) / whole.error)),
        between=whole.between,
        shrunken=shrunken,
        shrunken_lower=shrunken - reach,
        shrunken_upper=shrunken + reach,
        deviation=apart,
        deviation_lower=apart - far,
        deviation_upper=apart + far,
        deviation_p=np.asarray(2 * stdtr(freedom - 1, -np.abs(apart) / spread)),
    )


def _deviations(b: Floats, s: Floats, known: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return each slope minus the common one of all others, and its error among slopes that differ as those do."""
    apart, spread = np.full(b.shape, np.nan), np.full(b.shape, np.nan)
    number = int(known.sum())
    rest = _wholes(b[known], s[known], ~np.eye(number, dtype=np.bool_))
    apart[known] = b[known] - rest.mean
    spread[known] = np.sqrt(rest.between + s[known] ** 2 + rest.error**2)
    return apart, spread


class _Wholes(NamedTuple):
    mean: Floats
    error: Floats
    between: Floats


def _wholes(b: Floats, s: Floats, taking: NDArray[np.bool_]) -> _Wholes:
    """Return the common slope, its error (Hartung and Knapp, at least the plain one) and the variance between areas.

    Parameters
    ----------
    b, s
        Slopes and errors, shape (areas,).
    taking
        Which areas each whole is made of, shape (wholes, areas).
    """
    freedom = taking.sum(axis=1) - 1
    between = _between(b, s, taking, freedom)
    weights = taking / (between[:, np.newaxis] + s**2)
    mean = (weights * b).sum(axis=1) / weights.sum(axis=1)
    scatter = _weighted_squares(b, s, taking, between) / freedom
    return _Wholes(mean, np.sqrt(np.maximum(scatter, 1.0) / weights.sum(axis=1)), between)


def _between(b: Floats, s: Floats, taking: NDArray[np.bool_], freedom: NDArray[np.int64]) -> Floats:
    """Solve for the variance between areas at which the weighted squares are what is expected; 0 if they are fewer."""
    low = np.zeros(len(taking))
    high = np.full(len(taking), float(((b - b.mean()) ** 2).sum() + (s**2).max()))
    spread = _weighted_squares(b, s, taking, low) > freedom
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        more = _weighted_squares(b, s, taking, middle) > freedom
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return np.where(spread, (low + high) / 2, 0.0)


def _weighted_squares(b: Floats, s: Floats, taking: NDArray[np.bool_], between: Floats) -> Floats:
    weights = taking / (between[:, np.newaxis] + s**2)
    mean = (weights * b).sum(axis=1, keepdims=True) / weights.sum(axis=1, keepdims=True)
    return np.asarray((weights * (b - mean) ** 2).sum(axis=1))
