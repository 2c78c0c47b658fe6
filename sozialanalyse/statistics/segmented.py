"""Segmented regression: two straight pieces that meet, and whether a series bends at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from scipy.special import gammaln, stdtr, stdtrit

from sozialanalyse.statistics._arguments import error_share, in_time_order

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

SEGMENTED_FROM: Final = 10
"""Points from which a bend is looked for: four parameters and a searched place leave fewer nothing to judge by."""

PIECE_AT_LEAST: Final = 3
"""Points in each piece: any two points lie on a line, so a piece of two bends to whatever they happen to be."""

DAVIES_PLACES: Final = 10
"""Places at which the test for a bend looks, evenly from the second to the last but one point (as R's segmented)."""

STRAIGHT: Final = 1e-20
"""A sum of squares around the line below this share of the squares themselves is rounding: the points lie on it."""


@dataclass(frozen=True, eq=False)
class SegmentedLine:
    """Result of `segmented_line`; every array has one entry a series.

    Attributes
    ----------
    bend, bend_error
        Time at which the pieces meet, and its standard error.
    slope_before, slope_before_error, slope_after, slope_after_error
        Slopes of the pieces with standard errors, per unit of time. On logarithms of a rate, ``100 (exp(slope) - 1)`` is
        the change in per cent a year.
    slope_before_lower, slope_before_upper, slope_after_lower, slope_after_upper
        Limits of the slopes, by the t distribution with points - 4 degrees of freedom.
    intercept
        Value of the first piece, drawn on to time 0.
    residual_squares, residual_squares_straight
        Sums of squares around the pieces and around one straight line.
    p_value
        Davies' upper bound of the p for a bend anywhere.
    points
        Number of points present.
    """

    bend: Floats
    bend_error: Floats
    slope_before: Floats
    slope_before_error: Floats
    slope_before_lower: Floats
    slope_before_upper: Floats
    slope_after: Floats
    slope_after_error: Floats
    slope_after_lower: Floats
    slope_after_upper: Floats
    intercept: Floats
    residual_squares: Floats
    residual_squares_straight: Floats
    p_value: Floats
    points: Integers


def segmented_line(
    values: ArrayLike,
    times: ArrayLike,
    *,
    confidence: float = 0.95,
    minimum_points: int = SEGMENTED_FROM,
    piece_at_least: int = PIECE_AT_LEAST,
) -> SegmentedLine:
    r"""Fit two straight pieces that meet, by least squares over every place of the bend, for many series at once.

    .. math:: y = \alpha + \beta t + \delta (t - \psi)_+

    The search is exact: between two neighbouring times the best bend is where two separate lines cross, or it is at
    one of these times (Hudson). Errors are those of the model made linear at the bend found.

    Parameters
    ----------
    values
        Shape (..., points); NaN for an absent point. For changes in per cent give logarithms of positive rates.
    times
        Shape (points,) for all series, or the shape of `values`; distinct within a series.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).
    minimum_points
        Series with fewer points present get NaN.
    piece_at_least
        Points that must lie on each side of the bend, at least 2 (the convention of R's segmented).

    Returns
    -------
    SegmentedLine
        Arrays of the shape of `values` without its last axis.

    Raises
    ------
    ValueError
        If shapes do not fit, values or times are infinite, two points of a series share a time, `confidence` is no
        fraction, or `piece_at_least` is below 2.

    Notes
    -----
    - Slopes before and after a bend that the test does not confirm must not be reported: the best bend of a straight
      series looks convincing. A straight or constant series without any error has no bend (NaN) and p = 1.
    - The test takes points as independent: see `persistent_trend` for stocks.

    References
    ----------
    Hudson (1966), Journal of the American Statistical Association 61, 1097-1129. Muggeo (2003), Statistics in Medicine
    22, 3055-3071. Davies (2002), Biometrika 89, 484-489.

    Examples
    --------
    >>> rates = [10.1, 10.4, 11.1, 11.6, 11.9, 12.5, 12.0, 11.4, 11.2, 10.5, 10.1, 9.4]
    >>> line = segmented_line(rates, range(2010, 2022))
    >>> round(float(line.bend), 1), round(float(line.slope_before), 2), round(float(line.slope_after), 2)
    (2015.0, 0.49, -0.5)
    """
    error = error_share(confidence)
    if piece_at_least < 2:
        msg = f"piece_at_least is {piece_at_least!r}, but a line needs at least 2 points"
        raise ValueError(msg)
    series = in_time_order(values, times)
    pairs = zip(series.values.T, np.broadcast_to(series.times, series.values.shape).T, strict=True)
    enough = max(minimum_points, 2 * piece_at_least, 5)
    rows = [_fitted(y, t, enough, piece_at_least, error) for y, t in pairs]
    names = [name for name in SegmentedLine.__dataclass_fields__ if name != "points"]
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(names)).T
    fields: dict[str, Any] = {name: column.reshape(series.shape) for name, column in zip(names, table, strict=True)}
    points = np.count_nonzero(~np.isnan(series.values), axis=0)
    return SegmentedLine(**fields, points=points.reshape(series.shape))


def _fitted(y: Floats, t: Floats, enough: int, piece: int, error: float) -> tuple[float, ...]:
    """Fit one series: the fields of `SegmentedLine` in their order, without the points."""
    present = ~np.isnan(y)
    y, t = y[present], t[present]
    if len(y) < enough:
        return (np.nan,) * 14
    middle = t.mean()
    t = t - middle  # years around 2000 would cost six digits
    bend = _best_bend(y, t, piece)
    pieces = _hinges(t, np.array([bend]))[0]
    straight, hinge = _regression(pieces[:, :2], y), _regression(pieces, y)
    if straight.squares <= STRAIGHT * float(y @ y):
        level, slope = straight.coefficients
        slopes = (slope, 0.0, slope, slope)
        return (np.nan, np.nan, *slopes, *slopes, level - slope * middle, *[straight.squares] * 2, 1.0)
    alpha, before, change = hinge.coefficients
    linear = np.column_stack([pieces, -change * (t > bend)])
    freedom = len(y) - 4
    covariance = np.linalg.pinv(linear.T @ linear) * hinge.squares / freedom
    errors = np.sqrt([covariance[1, 1], covariance[1:3, 1:3].sum()])
    reach = stdtrit(freedom, 1 - error / 2) * errors
    after = before + change
    return (
        *(bend + middle, float(np.sqrt(covariance[3, 3]))),
        *(before, errors[0], before - reach[0], before + reach[0]),
        *(after, errors[1], after - reach[1], after + reach[1]),
        *(alpha - before * middle, hinge.squares, straight.squares),
        _davies(y, t, straight.squares),
    )


class _Fit(NamedTuple):
    coefficients: Floats
    squares: float  # residual sum of squares


def _regression(design: Floats, y: Floats) -> _Fit:
    q, r = np.linalg.qr(design)
    coefficients = np.linalg.solve(r, q.T @ y)
    residuals = y - design @ coefficients
    return _Fit(coefficients, float(residuals @ residuals))


def _best_bend(y: Floats, t: Floats, piece: int) -> float:
    """Return the place of the bend with the least squares, the earliest of equal ones."""
    before = np.arange(piece, len(t) - piece + 1)
    (left, left_slope), (right, right_slope) = _lines(y, t, before), _lines(y[::-1], t[::-1], len(t) - before)
    with np.errstate(invalid="ignore", divide="ignore"):  # parallel lines do not cross
        crossing = (right - left) / (left_slope - right_slope)
        between = crossing[(crossing > t[before - 1]) & (crossing < t[before])]
    places = np.concatenate([t[piece - 1 : len(t) - piece + 1], between])
    places = np.sort(places[(places >= t[1]) & (places <= t[-2])])  # at an end there is no bend
    fitted = np.linalg.qr(_hinges(t, places)).Q.transpose(0, 2, 1) @ y
    return float(places[int(np.argmax((fitted**2).sum(axis=1)))])


def _hinges(t: Floats, places: Floats) -> Floats:
    """Return the design of two pieces for each place of the bend, shape (places, points, 3), the bend last."""
    designs = np.ones((len(places), len(t), 3))
    designs[:, :, 1] = t
    designs[:, :, 2] = np.maximum(t - places[:, np.newaxis], 0.0)
    return designs


def _lines(y: Floats, t: Floats, numbers: Integers) -> tuple[Floats, Floats]:
    """Return levels at time 0 and slopes of the lines through the first so many points."""
    n = np.arange(1, len(t) + 1)
    sums = (np.cumsum(part) for part in (t, y, t * t, t * y))
    times, values, squares, products = sums
    with np.errstate(invalid="ignore", divide="ignore"):  # one point bears no line
        slope = (n * products - times * values) / (n * squares - times**2)
    return ((values - slope * times) / n)[numbers - 1], slope[numbers - 1]


def _davies(y: Floats, t: Floats, straight: float) -> float:
    """Return the upper bound of the two-sided p of the largest t value of a bend over `DAVIES_PLACES` places."""
    freedom = len(y) - 3
    places = np.linspace(t[1], t[-2], DAVIES_PLACES)
    q = np.linalg.qr(_hinges(t, places)).Q
    explained = (q[:, :, 2] @ y) ** 2  # what the bend takes of the squares around the straight line
    share = np.clip(explained / straight, 0.0, 1.0)
    variation = float(np.abs(np.diff(np.arcsin(np.sqrt(share)))).sum())
    unexplained = 1 - float(share.max())
    if unexplained < 1e-15:
        return 0.0
    largest = np.sqrt(freedom * (1 - unexplained) / unexplained)
    scale = gammaln(freedom / 2 + 0.5) - gammaln(freedom / 2)
    crossing = variation * np.exp((freedom - 1) / 2 * np.log(unexplained) + scale) / (2 * np.sqrt(np.pi))
    return min(1.0, 2 * (float(stdtr(freedom, -largest)) + float(crossing)))
