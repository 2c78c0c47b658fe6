"""Slope and relative index of inequality: how a value changes from the most to the least deprived end of a population."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
from scipy.special import expit, logit, ndtr, ndtri

from sozialanalyse.statistics._arguments import error_share, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Curve = Callable[[Floats], Floats]

Scale = Literal["identity", "log", "logit"]

NODES: Final = 80
"""Points of the Gauss-Hermite rule for the level of the line; with 40 the limits agree to 1e-8 already."""

HALVINGS: Final = 60
"""Steps of the bisection for a limit: enough for every digit of a double."""

DRAWS: Final = 2**16
"""Evenly spread points where values vary on another scale than the line's; they place a limit to about 0.2 %."""

DOUBLINGS: Final = 20
"""Steps outwards before it: up to a million times the index itself."""


class InequalityIndex(NamedTuple):
    """Result of `inequality_index`; every array has one entry an area."""

    slope: Floats  # SII, in the unit of the values
    slope_lower: Floats
    slope_upper: Floats
    ratio: Floats  # RII: value at the last end / value at the first end
    ratio_lower: Floats
    ratio_upper: Floats
    intercept: Floats  # fitted value at the first end


def inequality_index(
    values: ArrayLike,
    population: ArrayLike,
    errors: ArrayLike,
    *,
    scale: Scale = "identity",
    varies: Scale | None = None,
    confidence: float = 0.95,
) -> InequalityIndex:
    r"""Slope (SII) and relative (RII) index of inequality over ordered groups, weighted by their population.

    Each group stands at the middle :math:`x` of its share of the cumulated population, from 0 to 1. The line
    :math:`g(y) = \alpha + \beta x` is fitted with the population shares as weights; then, with g the scale,

    .. math:: \text{SII} = g^{-1}(\alpha + \beta) - g^{-1}(\alpha), \quad \text{RII} = g^{-1}(\alpha + \beta) / g^{-1}(\alpha)

    Parameters
    ----------
    values
        Shape (..., groups), ordered from the first end (by custom the most deprived) to the last.
    population
        Size of each group, in the shape of `values`.
    errors
        Standard errors of the values on the scale on which they vary: of :math:`\ln y` for 'log', of the logit for
        'logit'. From an interval: its width there, divided by twice the normal quantile.
    scale
        'identity' for values that change in a line (years of life), 'log' for rates, 'logit' for proportions.
    varies
        The scale on which the values vary normally; None: that of the line. 'log' for rates of few events whose line is
        straight in the rates themselves: their limits are skewed (the convention of phe_sii).
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    InequalityIndex
        Arrays of the shape of `values` without the last axis. A negative slope: the value falls towards the last end.

    Raises
    ------
    ValueError
        If populations or errors are negative, values do not fit the scale, the scale is unknown or `confidence` is no fraction.

    Notes
    -----
    - The limits are the quantiles of SII and RII when the values vary normally with their errors on the scale. Peers
      simulate them; here they are computed (for 'identity' the RII's are Fieller's), the same at every run; where the
      values vary on another scale than the line's, from evenly spread points (Roberts' sequence), which are no random numbers.
    - NaN in one group, or fewer than 2 groups with residents, make the index NaN.
    - Groups of areas, not of persons: a slope between areas is no slope between the people in them.

    References
    ----------
    Mackenbach, Kunst (1997), Social Science and Medicine 44, 757-771. phe_sii of PHEindicatormethods.

    Examples
    --------
    >>> index = inequality_index([76.2, 78.0, 79.1, 80.5, 81.9], [900, 1000, 1100, 1000, 1000], [0.6] * 5)
    >>> [round(float(part), 2) for part in (index.slope, index.slope_lower, index.slope_upper, index.ratio)]
    [6.78, 4.96, 8.61, 1.09]
    """
    for name, given in (("scale", scale), ("varies", varies or scale)):
        if given not in {"identity", "log", "logit"}:
            msg = f"{name} is {given!r}, but must be 'identity', 'log' or 'logit'"
            raise ValueError(msg)
    y, n, error = (np.asarray(part, dtype=np.float64) for part in (values, population, errors))
    refuse(n < 0, "populations are negative")
    refuse(error < 0, "standard errors are negative")
    _check_values(y, scale)
    _check_values(y, varies or scale)
    share = n / np.where(n.sum(axis=-1, keepdims=True) > 0, n.sum(axis=-1, keepdims=True), np.nan)
    place = np.cumsum(share, axis=-1) - share / 2
    centred = place - (share * place).sum(axis=-1, keepdims=True)
    spread = (share * centred**2).sum(axis=-1, keepdims=True)
    for_slope = share * centred / np.where(spread > 1e-12, spread, np.nan)  # weights of the values in the slope
    for_level = share - for_slope * (share * place).sum(axis=-1, keepdims=True)
    line = {"identity": y, "log": _log(y), "logit": _logit(y)}[scale]
    alpha, beta = (for_level * line).sum(axis=-1), (for_slope * line).sum(axis=-1)
    parts = (for_level, for_slope), (for_slope, for_slope), (for_level, for_level)
    covariance, slope_variance, variance = (np.asarray((a * b * error**2).sum(axis=-1)) for a, b in parts)
    normal = _Line(alpha, beta, variance, covariance, slope_variance)
    index = _index(normal, scale, error_share(confidence))
    if varies is None or varies == scale:
        return index
    return _drawn_limits(index, (y, error, for_level, for_slope), (scale, varies), error_share(confidence))


def _drawn_limits(
    index: InequalityIndex, parts: tuple[Floats, Floats, Floats, Floats], scales: tuple[Scale, Scale], error: float
) -> InequalityIndex:
    """Put in the limits for values that vary on the second scale around a line on the first."""
    shape = index.slope.shape
    y, errors, for_level, for_slope = (part.reshape(-1, part.shape[-1]) for part in np.broadcast_arrays(*parts))
    normal = ndtri(_spread_points(y.shape[1]))
    (back, forth), (drawn_back, drawn_forth) = _curves(scales[0]), _curves(scales[1])
    limits = np.full((4, len(y)), np.nan)
    for area in np.flatnonzero(~np.isnan(for_slope.sum(axis=1) + y.sum(axis=1) + errors.sum(axis=1))):
        line = forth(drawn_back(drawn_forth(y[area]) + errors[area] * normal))
        level, slope = line @ for_level[area], line @ for_slope[area]
        first, last = back(level), back(level + slope)
        limits[:2, area] = np.quantile(last - first, [error / 2, 1 - error / 2])
        limits[2:, area] = np.quantile(last / first, [error / 2, 1 - error / 2])
    names = "slope_lower", "slope_upper", "ratio_lower", "ratio_upper"
    return index._replace(**{name: row.reshape(shape) for name, row in zip(names, limits, strict=True)})


class _Line(NamedTuple):
    """Joint normal distribution of a line's level and slope."""

    alpha: Floats
    beta: Floats
    variance: Floats  # of alpha
    covariance: Floats
    slope_variance: Floats


def _check_values(values: Floats, scale: Scale) -> None:
    if scale == "log":
        refuse(values <= 0, "values are not positive, which the scale 'log' needs")
    if scale == "logit":
        refuse((values <= 0) | (values >= 1), "values are not between 0 and 1, which the scale 'logit' needs")


def _log(numbers: Floats) -> Floats:
    with np.errstate(divide="ignore"):  # what a rate can not fall below stands at minus infinity
        return np.asarray(np.log(np.maximum(numbers, 0.0)))


def _logit(numbers: Floats) -> Floats:
    return np.asarray(logit(np.clip(numbers, 0.0, 1.0)))


def _same(numbers: Floats) -> Floats:
    return numbers


def _spread_points(dimensions: int) -> Floats:
    """Return points that fill a cube evenly, shape (`DRAWS`, dimensions): multiples of powers of a root, modulo 1.

    The root of x**(d + 1) = x + 1 generalises the golden ratio (Roberts 2018, The unreasonable effectiveness of
    quasirandom sequences).
    """
    root = 2.0
    for _ in range(HALVINGS):
        root = (1 + root) ** (1 / (dimensions + 1))
    steps = root ** -np.arange(1.0, dimensions + 1)
    return np.asarray((0.5 + np.arange(1, DRAWS + 1)[:, np.newaxis] * steps) % 1)


def _curves(scale: Scale) -> tuple[Curve, Curve]:
    """Return the way back from a scale to the values, and the way there."""
    curves: dict[Scale, tuple[Curve, Curve]] = {
        "identity": (_same, _same),
        "log": (np.exp, _log),
        "logit": (expit, _logit),
    }
    return curves[scale]


def _index(line: _Line, scale: Scale, error: float) -> InequalityIndex:
    back, forth = _curves(scale)
    first, last = back(line.alpha), back(line.alpha + line.beta)
    slope, ratio = last - first, last / first
    below, above = error / 2, 1 - error / 2
    return InequalityIndex(
        slope=slope,
        slope_lower=_limit(line, lambda start, number: forth(start + number), back, slope, below),
        slope_upper=_limit(line, lambda start, number: forth(start + number), back, slope, above),
        ratio=ratio,
        ratio_lower=_limit(line, lambda start, number: forth(start * number), back, ratio, below),
        ratio_upper=_limit(line, lambda start, number: forth(start * number), back, ratio, above),
        intercept=first,
    )


def _limit(line: _Line, end: Callable[[Floats, Floats], Floats], back: Curve, centre: Floats, share: float) -> Floats:
    """Return the quantile of an index: widen an interval around its value until it holds it, then halve."""
    chance = _distribution(line, end, back)
    low = high = centre
    reach = np.where(centre == 0, 1.0, np.abs(centre))
    for _ in range(DOUBLINGS):
        low = np.where(chance(low) > share, centre - reach, low)
        high = np.where(chance(high) < share, centre + reach, high)
        reach = 2 * reach
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = chance(middle) < share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    known = ~np.isnan(centre + line.slope_variance)
    return np.where(known, (low + high) / 2, np.nan)


def _distribution(line: _Line, end: Callable[[Floats, Floats], Floats], back: Curve) -> Curve:
    """Return the function that gives the probability of an index below a number.

    Given the level, the index is below s just when the line ends below ``end(first end, s)``, and the end is normal.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    apart = np.sqrt(line.variance)[..., np.newaxis] * nodes
    with np.errstate(invalid="ignore", divide="ignore"):  # values without an error
        drift = np.where(line.variance > 0, line.covariance / line.variance, 0.0)
    left = np.sqrt(np.maximum(line.slope_variance - drift * line.covariance, 0.0))[..., np.newaxis]
    first = back(line.alpha[..., np.newaxis] + apart)
    mean = (line.alpha + line.beta)[..., np.newaxis] + (1 + drift[..., np.newaxis]) * apart

    def chance(number: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):  # without an error: 0 / 0 or infinite
            score = (end(first, number[..., np.newaxis]) - mean) / left
        below = np.where(np.isnan(score), 0.5, ndtr(score))
        return np.asarray((below * weights).sum(axis=-1) / weights.sum())

    return chance
