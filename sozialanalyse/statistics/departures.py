"""How far an area departs from a reference: exact p-values, tests against a smallest relevant difference, overdispersion.

"Equal to the town" is false everywhere, so rejecting it says nothing. Asked here is whether the departure is larger than one
that matters, or larger than areas usually show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
from scipy.special import chdtrc, gammainc, gammaincc, ndtr, ndtri

from sozialanalyse.statistics._arguments import normal_quantile, refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

Side = Literal["less", "greater", "two-sided"]

WINSORISED: Final = 0.1
"""Share of the z-scores at either end that is drawn in before the overdispersion is estimated (Spiegelhalter 2005): areas that
stand out must not make standing out look usual."""

HALVINGS: Final = 50
"""Steps of the bisection for the spread between areas."""


class RelevantDifference(NamedTuple):
    """Result of `relevance_test`; every array has the shape of the differences."""

    above: Floats  # p-value of "the difference is at most the margin": small says more than the margin
    below: Floats  # p-value of "the difference is at least minus the margin": small says less
    within: Floats  # p-value of "the difference is at least as large as the margin, either way": small says equivalent

    @property
    def beyond(self) -> Floats:
        """p-value of "no relevant difference either way", two-sided: for lists of what stands out."""
        return np.minimum(1.0, 2 * np.minimum(self.above, self.below))


class Overdispersion(NamedTuple):
    """Result of `overdispersion`."""

    phi: Floats  # mean square of the winsorised z-scores; 1 where areas differ by chance alone
    tau: Floats  # standard deviation between areas, in the unit of the differences; 0 where the scores vary no more than by chance


def poisson_p_value(observed: ArrayLike, expected: ArrayLike, *, side: Side = "two-sided") -> Floats:
    r"""Exact probability of as many events or fewer ('less'), or more ('greater'), than observed.

    Parameters
    ----------
    observed, expected
        Events; arrays broadcast. The expected ones are taken as known.
    side
        'less': :math:`P(X \le x)`. 'greater': :math:`P(X \ge x)`. 'two-sided': twice the smaller, at most 1 (Garwood).

    Returns
    -------
    ndarray
        NaN where an input is missing. With nothing expected any event has 'greater' 0.

    Raises
    ------
    ValueError
        If events are negative or the side is unknown.

    Examples
    --------
    >>> (
    ...     poisson_p_value([0, 4, 12], 4.0, side="less").round(4).tolist(),
    ...     poisson_p_value([0, 4, 12], 4.0).round(4).tolist(),
    ... )
    ([0.0183, 0.6288, 0.9997], [0.0366, 1.0, 0.0018])
    """
    x, mu = np.broadcast_arrays(np.asarray(observed, dtype=np.float64), np.asarray(expected, dtype=np.float64))
    refuse(x < 0, "events are negative")
    refuse(mu < 0, "expected events are negative")
    less = gammaincc(np.floor(x) + 1, mu)
    counted = np.ceil(x)
    greater = np.where(counted > 0, gammainc(np.where(counted > 0, counted, 1.0), mu), 1.0)
    sides = {"less": less, "greater": greater, "two-sided": np.minimum(1.0, 2 * np.minimum(less, greater))}
    if side not in sides:
        msg = f"side is {side!r}, but must be 'less', 'greater' or 'two-sided'"
        raise ValueError(msg)
    return np.where(np.isnan(x + mu), np.nan, sides[side])


def relevance_test(difference: ArrayLike, error: ArrayLike, margin: ArrayLike) -> RelevantDifference:
    r"""Test a difference against the smallest one that matters, and for equivalence.

    With the normal distribution function :math:`\Phi`, standard error s and margin :math:`\delta`:

    .. math:: p_{above} = \Phi\left(\frac{\delta - d}{s}\right), \quad p_{below} = \Phi\left(\frac{d + \delta}{s}\right),
        \quad p_{within} = \max(1 - p_{above}, 1 - p_{below})

    Parameters
    ----------
    difference
        Area minus reference on any scale, such as a difference of shares or a log of a ratio; arrays broadcast.
    error
        Its standard error; see `error_of_limits` for an interval in its place.
    margin
        Smallest relevant difference, not negative, on the same scale. 0 gives the usual test, whose `within` is never small.

    Raises
    ------
    ValueError
        If an error or a margin is negative.

    Notes
    -----
    An error of 0 (counted in full, no chance) gives 0 or 1, at the margin itself 1. NaN gives NaN.

    References
    ----------
    Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15, 657-680 (equivalence by two one-sided tests).
    Murphy, Myors (1999), Journal of Applied Psychology 84, 234-248 (minimum-effect tests).

    Examples
    --------
    >>> found = relevance_test([0.04, 0.01, -0.09], 0.015, 0.02)
    >>> found.above.round(3).tolist(), found.beyond.round(5).tolist()
    ([0.091, 0.748, 1.0], [0.18242, 1.0, 0.0])
    """
    d, s, delta = (np.asarray(part, dtype=np.float64) for part in (difference, error, margin))
    refuse(s < 0, "standard errors are negative")
    refuse(delta < 0, "margins are negative")
    above, below = _tail(delta - d, s), _tail(d + delta, s)
    within = np.fmax(_tail(d - delta, s), _tail(-d - delta, s))
    return RelevantDifference(above, below, np.where(np.isnan(above), np.nan, within))


def error_of_limits(lower: ArrayLike, upper: ArrayLike, *, confidence: float = 0.95) -> Floats:
    """Standard error that belongs to an interval of this width: (upper - lower) / 2z.

    A skewed interval is first brought to a scale on which it is not: limits of a ratio by their logs.

    Examples
    --------
    >>> error_of_limits(0.1, 0.3).round(3).tolist()
    0.051
    """
    width = np.asarray(upper, dtype=np.float64) - np.asarray(lower, dtype=np.float64)
    refuse(width < 0, "intervals have a lower limit above the upper one")
    return width / (2 * normal_quantile(confidence))


def overdispersion(difference: ArrayLike, error: ArrayLike, *, winsorised: float = WINSORISED) -> Overdispersion:
    r"""How much more areas differ from a reference than chance lets them, from all areas together.

    .. math:: \phi = \frac{1}{k} \sum z_i^2, \quad
        \tau: \quad \frac{1}{k} \sum \frac{d_i^2}{s_i^2 + \tau^2} = \frac{k - 1}{k} \, c

    both with the outermost scores drawn in; c is the mean square of normal scores that are drawn in alike (1 for none).

    Parameters
    ----------
    difference
        Shape (..., areas), area minus reference on a scale with stable variance (arcsine roots of shares, logs of ratios).
    error
        Standard errors under the reference, above 0.
    winsorised
        Share of the z-scores at either end that is set to the outermost of the others.

    Returns
    -------
    Overdispersion
        In the shape of `difference` without the last axis. NaN areas are left out; fewer than two give NaN.

    Raises
    ------
    ValueError
        If an error is not above 0 or the share not from 0 to below 0.5.

    Notes
    -----
    Spiegelhalter takes :math:`\tau` from :math:`\phi` by moments. Drawing in makes that too small, the more so as the
    outermost scores are those of the largest areas: of areas that differ without any being unusual, 13 to 16 % then lie
    outside limits of 95 %. Scores that contain :math:`\tau` are alike for all sizes, and c undoes the drawing in.

    References
    ----------
    Spiegelhalter (2005), Quality and Safety in Health Care 14, 347-351. Paule, Mandel (1982), Journal of Research of the
    National Bureau of Standards 87, 377-385.

    Examples
    --------
    >>> found = overdispersion([-3.0, -2, -1, 0, 0, 0, 1, 2, 3, 9], 1.0)
    >>> float(found.phi), float(found.tau.round(3))
    (3.2, 2.059)
    """
    if not 0 <= winsorised < 0.5:
        msg = f"winsorised is {winsorised!r}, but must be a fraction from 0 to below 0.5"
        raise ValueError(msg)
    d, s = np.broadcast_arrays(np.asarray(difference, dtype=np.float64), np.asarray(error, dtype=np.float64))
    refuse(s <= 0, "standard errors are not above 0")
    known = ~np.isnan(d + s)
    count = known.sum(axis=-1)
    z = _winsorised(np.where(known, d / s, np.nan), winsorised)
    phi = np.where(count > 1, np.nansum(z * z, axis=-1) / np.where(count > 1, count, 1), np.nan)
    tau = _between(np.where(known, d, np.nan), s, winsorised)
    return Overdispersion(phi, np.where(count > 1, tau, np.nan))


def _between(difference: Floats, error: Floats, winsorised: float) -> Floats:
    """Find the spread between areas with which their scores vary as normal ones do, by halving."""
    known = ~np.isnan(difference)
    count = np.maximum(known.sum(axis=-1), 1)
    expected = (count - 1) * _drawn_in(np.floor(winsorised * count) / count)
    low = np.zeros(count.shape)
    high = np.where(known, np.abs(difference), 0.0).max(axis=-1, initial=0.0) * np.sqrt(count)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        scores = _winsorised(difference / np.hypot(error, middle[..., np.newaxis]), winsorised)
        wide = np.nansum(scores**2, axis=-1) > expected
        low, high = np.where(wide, middle, low), np.where(wide, high, middle)
    return np.where(low > 0, (low + high) / 2, 0.0)


def _drawn_in(share: Floats) -> Floats:
    """Mean square of standard normal scores whose outermost ones, this share at either end, are drawn in."""
    bound = ndtri(1 - np.where(share > 0, share, 0.5))
    density = np.exp(-(bound**2) / 2) / np.sqrt(2 * np.pi)
    return np.where(share > 0, 1 - 2 * share - 2 * bound * density + 2 * share * bound**2, 1.0)


def overdispersed_z(difference: ArrayLike, error: ArrayLike, tau: ArrayLike) -> Floats:
    r"""z-scores against the distribution between areas: :math:`d / \sqrt{s^2 + \tau^2}`.

    Beyond 1.96 or 3.09 an area lies outside the overdispersed funnel, that is, outside what areas of this town usually show.
    """
    d, s, t = (np.asarray(part, dtype=np.float64) for part in (difference, error, tau))
    return d / np.hypot(s, t)


def overdispersed_funnel(
    total: ArrayLike, reference: ArrayLike, tau: ArrayLike, *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    r"""Limits of proportions in a funnel that allows for what areas differ anyway.

    On the scale of :math:`\arcsin \sqrt p`, where the variance is :math:`1 / 4 n`:

    .. math:: \sin^2\left(\arcsin \sqrt{\pi} \pm z \sqrt{\tau^2 + 1 / 4n}\right)

    Parameters
    ----------
    total, reference
        As in `proportion_funnel`.
    tau
        Of `overdispersion`, with differences by `arcsine_difference`.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    lower, upper
        Fractions, kept within 0 and 1. NaN for a total of 0.

    Examples
    --------
    >>> lower, upper = overdispersed_funnel([100, 400], 0.2, 0.05)
    >>> lower.round(3).tolist(), upper.round(3).tolist()
    ([0.102, 0.12], [0.321, 0.294])
    """
    n, share, t = (np.asarray(part, dtype=np.float64) for part in (total, reference, tau))
    refuse(n < 0, "totals are negative")
    refuse((share < 0) | (share > 1), "references are no fractions from 0 to 1")
    reach = normal_quantile(confidence) * np.hypot(t, 0.5 / np.sqrt(np.where(n > 0, n, np.nan)))
    angle = np.arcsin(np.sqrt(share))
    lower, upper = np.maximum(angle - reach, 0.0), np.minimum(angle + reach, np.pi / 2)
    return np.sin(lower) ** 2, np.sin(upper) ** 2


def arcsine_difference(events: ArrayLike, total: ArrayLike, reference: ArrayLike) -> tuple[Floats, Floats]:
    r"""Difference of proportions on a scale where its standard error depends on the size alone.

    .. math:: d = \arcsin \sqrt{p} - \arcsin \sqrt{\pi}, \quad s = 1 / (2 \sqrt n)

    Returns
    -------
    difference, error
        For `overdispersion` and `overdispersed_z`. NaN for a total of 0.

    Examples
    --------
    >>> difference, error = arcsine_difference([30, 10], 100, 0.2)
    >>> difference.round(3).tolist(), error.tolist()
    ([0.116, -0.142], [0.05, 0.05])
    """
    x, n = np.broadcast_arrays(np.asarray(events, dtype=np.float64), np.asarray(total, dtype=np.float64))
    refuse(x < 0, "events are negative")
    refuse(x > n, "events exceed the total they are part of")
    size = np.where(n > 0, n, np.nan)
    return np.arcsin(np.sqrt(x / size)) - np.arcsin(np.sqrt(np.asarray(reference, dtype=np.float64))), 0.5 / np.sqrt(
        size
    )


def homogeneity_p_value(z: ArrayLike) -> Floats:
    """p-value of "all areas differ by chance alone" from their z-scores along the last axis (Pearson's chi-square)."""
    scores = np.asarray(z, dtype=np.float64)
    count = (~np.isnan(scores)).sum(axis=-1)
    return np.where(count > 1, chdtrc(np.maximum(count - 1, 1), np.nansum(scores**2, axis=-1)), np.nan)


def _tail(distance: Floats, error: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):  # no error: infinite distance, or none
        z = np.where((error == 0) & (distance == 0), np.inf, distance / error)
    return np.asarray(ndtr(z))


def _winsorised(z: Floats, share: float) -> Floats:
    """Set the outermost z-scores to the outermost of the others; the share is rounded down to whole areas."""
    ordered = np.sort(z, axis=-1)  # NaN last
    count = (~np.isnan(z)).sum(axis=-1, keepdims=True)
    cut = np.floor(share * count).astype(np.int64)
    lowest = np.take_along_axis(ordered, np.minimum(cut, z.shape[-1] - 1), axis=-1)
    highest = np.take_along_axis(ordered, np.maximum(count - 1 - cut, 0), axis=-1)
    return np.clip(z, lowest, highest)
