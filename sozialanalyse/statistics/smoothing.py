"""Rates of small areas drawn towards the common rate: empirical Bayes and hierarchical shrinkage.

They stand beside the raw rate, never in its place: a ranking, a class or a need is never made from them alone. Both see a
small area as if to its own n persons M persons with the common rate m were added; M is the size of the prior.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
from scipy.special import betainccinv, betaincinv, betaln, gammainccinv, gammaincinv, gammaln

from sozialanalyse.statistics._arguments import error_share, refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

Family = Literal["poisson", "binomial"]
"""'poisson': events per exposure, which may exceed 1 (gamma prior). 'binomial': persons of a total (beta prior)."""

SHARES: Final = (np.arange(24) + 0.5) / 24
"""Shares that the common rate may have in an area of middling size: the steps of the integration over the prior's size."""

DEVIATIONS: Final = np.linspace(-3.5, 3.5, 15)
"""Steps of the integration over the prior's mean, in standard errors."""


ENDLESS: Final = 1e3
"""A prior of more than so many areas' exposure is of infinite size: the likelihood is flat there."""


class Shrunken(NamedTuple):
    """Result of `empirical_bayes` and `hierarchical_shrinkage`."""

    value: Floats  # rates, shape (areas,)
    lower: Floats  # limits of the area's true rate; they include that the prior is estimated
    upper: Floats
    mean: Floats  # m, the rate of the prior: one number, in the local method one an area
    size: Floats  # M, how many persons the prior counts for; infinite where areas differ no more than by chance


def empirical_bayes(
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    family: Family = "poisson",
    method: Literal["moments", "likelihood"] = "moments",
    confidence: float = 0.95,
) -> Shrunken:
    r"""Rate of each area, drawn towards the common rate the more the smaller it is.

    .. math:: \hat\theta_i = \frac{x_i + m M}{n_i + M} = w_i p_i + (1 - w_i) m, \quad w_i = \frac{n_i}{n_i + M}

    By moments m is the rate of all areas together, and with the weighted variance :math:`s^2 = \sum n_i (p_i - m)^2 / \sum n_i`
    the variance between areas is :math:`A = s^2 - m / \bar n` ('poisson'), so that :math:`M = m / A`. By likelihood both
    maximise that of the negative binomial or beta-binomial distribution.

    Parameters
    ----------
    events
        Shape (areas,).
    exposure
        Residents, person-years ... of the same shape.
    family
        'poisson' or 'binomial', see `Family`.
    method
        'moments' (Marshall 1991, for 'binomial' Martuzzi and Elliott 1996) or 'likelihood'.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    Shrunken
        Rates per one unit of exposure. Every value lies between the raw rate and the mean.

    Raises
    ------
    ValueError
        If an input is negative, events exceed the total ('binomial'), or an argument is unknown.

    Notes
    -----
    - The limits are those of `hierarchical_shrinkage`: an interval from the estimated prior alone is too narrow, above all
      where no variance between areas is found (M infinite, every value the mean).
    - An area with NaN gets NaN and does not help to estimate the prior. Hidden counts are small ones: with them left out
      the mean is too high, so a caller that has such must not use this.
    - An exposure of 0 gives the mean with the prior's spread. No area with exposure: NaN.

    References
    ----------
    Marshall (1991), Applied Statistics 40, 283-294.
    Martuzzi, Elliott (1996), Statistics in Medicine 15, 1867-1873.

    Examples
    --------
    >>> found = empirical_bayes([0, 4, 30, 12], [40, 100, 300, 300], family="binomial")
    >>> found.value.round(3).tolist(), round(float(found.size))
    ([0.041, 0.05, 0.092, 0.045], 77)
    """
    x, n = _checked(events, exposure, family)
    known = ~np.isnan(x + n) & (n > 0)
    if not known.any():
        return _nothing(x)
    estimate = _by_moments if method == "moments" else _by_likelihood
    if method not in {"moments", "likelihood"}:
        msg = f"method is {method!r}, but must be 'moments' or 'likelihood'"
        raise ValueError(msg)
    mean, size = estimate(x[known], n[known], family)
    value = shrunken_value(x, n, mean, size)
    around = hierarchical_shrinkage(x, n, family=family, confidence=confidence)
    lower, upper = np.fmin(around.lower, value), np.fmax(around.upper, value)
    return Shrunken(value, lower, upper, np.asarray(mean), np.asarray(size))


def hierarchical_shrinkage(
    events: ArrayLike, exposure: ArrayLike, *, family: Family = "poisson", confidence: float = 0.95
) -> Shrunken:
    r"""Rate of each area under a prior that is itself uncertain.

    The areas' rates come from a gamma or beta distribution with mean m and size M. Before the data every share
    :math:`B = M / (M + n_0)` of the prior in an area of middling exposure :math:`n_0` (harmonic mean) is as likely as every
    other; m has the density of Jeffreys' prior of a single rate. The posterior is the mixture over a grid of both, weighted by their likelihood.

    Parameters, errors and edge cases as in `empirical_bayes`.

    Returns
    -------
    Shrunken
        `value` is the mean of the posterior; the limits are quantiles of the gamma or beta distribution with the
        posterior's mean and variance. `mean` and `size` are posterior means (of m, and of 1 / M, inverted).

    References
    ----------
    Christiansen, Morris (1997), Journal of the American Statistical Association 92, 618-632 (prior of B).
    Deely, Lindley (1981), Journal of the American Statistical Association 76, 833-841.

    Examples
    --------
    >>> found = hierarchical_shrinkage([0, 4, 30, 12], [40, 100, 300, 300], family="binomial")
    >>> found.value.round(3).tolist(), found.lower.round(3).tolist()
    ([0.032, 0.046, 0.091, 0.043], [0.004, 0.018, 0.061, 0.024])
    """
    x, n = _checked(events, exposure, family)
    known = ~np.isnan(x + n) & (n > 0)
    if not known.any():
        return _nothing(x)
    mean, size, weight = _grid(x[known], n[known], family)
    each = shrunken_value(x, n, mean[:, np.newaxis], size[:, np.newaxis])
    held = n + size[:, np.newaxis]
    inner = each * (1 - each) / (held + 1) if family == "binomial" else each / held
    value = weight @ each
    variance = weight @ (inner + (each - value) ** 2)
    lower, upper = _limits(value, variance, family, confidence)
    return Shrunken(value, lower, upper, np.asarray(weight @ mean), np.asarray(1 / (weight @ (1 / size))))


def shrunken_value(events: Floats, exposure: Floats, mean: ArrayLike, size: ArrayLike) -> Floats:
    """Rates after a prior of this mean and size; with an infinite size the mean."""
    m, large = np.asarray(mean, dtype=np.float64), np.asarray(size, dtype=np.float64)
    share = np.where(np.isinf(large), 0.0, exposure / np.where(np.isinf(large), 1.0, exposure + large))
    raw = events / np.where(exposure > 0, exposure, 1.0)
    return np.asarray(m + share * (raw - m) + 0 * (events + exposure))


def prior_size(mean: ArrayLike, spread: ArrayLike, average: ArrayLike, family: Family = "poisson") -> Floats:
    """Size of the prior from the weighted variance of rates around a mean and the average exposure; see `empirical_bayes`."""
    m, s2, n = (np.asarray(part, dtype=np.float64) for part in (mean, spread, average))
    within = m * (1 - m) if family == "binomial" else m
    between = s2 - within / n
    apart = between > 1e-12 * within  # rounding is no variance between areas
    divisor = np.where(apart, between, 1.0)
    size = (within * (1 - 1 / n) / divisor - 1) if family == "binomial" else within / divisor
    return np.where(np.isnan(between), np.nan, np.where(apart, np.maximum(size, 0.0), np.inf))


def _by_moments(events: Floats, exposure: Floats, family: Family) -> tuple[float, float]:
    mean = events.sum() / exposure.sum()
    spread = (exposure * (events / exposure - mean) ** 2).sum() / exposure.sum()
    return float(mean), float(prior_size(mean, spread, exposure.mean(), family))


def _by_likelihood(events: Floats, exposure: Floats, family: Family) -> tuple[float, float]:
    from scipy.optimize import minimize  # noqa: PLC0415 - only this method needs it

    mean, size = _by_moments(events, exposure, family)
    if mean == 0 or (family == "binomial" and mean == 1):
        return mean, np.inf
    start = min(max(size, 1e-2 * float(exposure.mean())), 1e2 * float(exposure.mean()))

    def unlikely(logs: Floats) -> float:
        rate = np.array([np.exp(logs[0]) if family == "poisson" else 1 / (1 + np.exp(-logs[0]))])
        return -float(_log_likelihood(events, exposure, rate, np.exp(logs[1:]), family)[0])

    first = np.log(mean) if family == "poisson" else np.log(mean / (1 - mean))
    average = float(exposure.mean())
    bounds = [(first - 5, first + 5), (np.log(1e-4 * average), np.log(1e6 * average))]
    found = minimize(unlikely, np.array([first, np.log(start)]), method="L-BFGS-B", bounds=bounds).x
    rate = float(np.exp(found[0])) if family == "poisson" else float(1 / (1 + np.exp(-found[0])))
    return rate, float(np.exp(found[1])) if found[1] < np.log(ENDLESS * average) else np.inf


def _grid(events: Floats, exposure: Floats, family: Family) -> tuple[Floats, Floats, Floats]:
    """Means and sizes of the prior that come into question, with the weight of each pair."""
    middling = len(exposure) / (1 / exposure).sum()
    size = middling * SHARES / (1 - SHARES)
    share = exposure / (exposure + size[:, np.newaxis])
    centre = (share @ (events / exposure)) / share.sum(axis=1)
    least = 0.5 / (exposure.sum() + 1)  # an area without events has a rate all the same
    centre = np.clip(centre, least, 1 - least if family == "binomial" else np.inf)
    step = 1 / np.sqrt(centre * size * share.sum(axis=1))  # standard error of the log of a mean weighted by share
    if family == "binomial":
        step = step / np.sqrt(1 - centre)
        mean = 1 / (1 + np.exp(-(np.log(centre / (1 - centre)) + np.outer(DEVIATIONS, step))))
    else:
        mean = centre * np.exp(np.outer(DEVIATIONS, step))
    sizes = np.broadcast_to(size, mean.shape)
    likelihood = _log_likelihood(events, exposure, mean.ravel(), sizes.ravel(), family)
    prior = 0.5 * np.log(mean * (1 - mean) if family == "binomial" else mean).ravel()
    weight = np.exp(likelihood + prior - (likelihood + prior).max()) * np.broadcast_to(step, mean.shape).ravel()
    return mean.ravel(), sizes.ravel(), weight / weight.sum()


def _log_likelihood(events: Floats, exposure: Floats, mean: Floats, size: Floats, family: Family) -> Floats:
    """Log-likelihood of all areas together, for each pair of mean and size; constants of the data left out."""
    m, large = mean[:, np.newaxis], size[:, np.newaxis]
    first = m * large
    if family == "binomial":
        second = (1 - m) * large
        return np.asarray((betaln(first + events, second + exposure - events) - betaln(first, second)).sum(axis=1))
    held = exposure + large
    parts = gammaln(first + events) - gammaln(first) - first * np.log1p(exposure / large) - events * np.log(held)
    return np.asarray(parts.sum(axis=1))


def _limits(value: Floats, variance: Floats, family: Family, confidence: float) -> tuple[Floats, Floats]:
    half = error_share(confidence) / 2
    if family == "binomial":
        held = value * (1 - value) / variance - 1
        first, second = value * held, (1 - value) * held
        return betaincinv(first, second, half), betainccinv(first, second, half)
    shape, scale = value**2 / variance, variance / value
    return gammaincinv(shape, half) * scale, gammainccinv(shape, half) * scale


def _checked(events: ArrayLike, exposure: ArrayLike, family: Family) -> tuple[Floats, Floats]:
    if family not in {"poisson", "binomial"}:
        msg = f"family is {family!r}, but must be 'poisson' or 'binomial'"
        raise ValueError(msg)
    x, n = np.broadcast_arrays(np.asarray(events, dtype=np.float64), np.asarray(exposure, dtype=np.float64))
    refuse(x < 0, "events are negative")
    refuse(n < 0, "exposures are negative")
    refuse((x > 0) & (n == 0), "areas have events but no exposure")
    if family == "binomial":
        refuse(x > n, "events exceed the total they are part of")
    return x, n


def _nothing(events: Floats) -> Shrunken:
    unknown = np.full(events.shape, np.nan)
    return Shrunken(unknown, unknown, unknown, np.asarray(np.nan), np.asarray(np.nan))
