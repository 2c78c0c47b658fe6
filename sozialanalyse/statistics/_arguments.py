"""Checks of arguments that several statistics share, worded so that the caller finds the faulty cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def error_share(confidence: float) -> float:
    """Return the two-sided share of error ``1 - confidence``, after checking that confidence is a fraction.

    Peers accept 0.95 and 95 alike; a fraction is the only form here, so that 1 can never be read as 1 %.

    Raises
    ------
    ValueError
        If `confidence` is not strictly between 0 and 1.
    """
    if not 0 < confidence < 1:
        hint = f"; did you mean {confidence / 100:g}?" if 1 < confidence < 100 else ""
        msg = f"confidence is {confidence!r}, but must be a fraction between 0 and 1, such as 0.95{hint}"
        raise ValueError(msg)
    return 1 - confidence


def normal_quantile(confidence: float) -> float:
    """Return the quantile of the standard normal distribution that leaves half of the error above it."""
    return float(-ndtri(error_share(confidence) / 2))


def refuse(faulty: NDArray[np.bool_], fault: str) -> None:
    """Raise a ValueError that says how many cells are at fault and where the first one stands.

    Parameters
    ----------
    faulty
        True where the fault is found, of any shape.
    fault
        What is wrong, as the end of the sentence "2 of 60 ...".
    """
    if not np.any(faulty):
        return
    first = tuple(int(position) for position in np.argwhere(faulty)[0])
    where = f", the first at index {first[0] if len(first) == 1 else first}" if first else ""
    msg = f"{np.count_nonzero(faulty)} of {np.size(faulty)} {fault}{where}"
    raise ValueError(msg)


class Series(NamedTuple):
    """Many time series, each in the order of its times, with the points along the first axis.

    The layout (points, series) lets every comparison of two points run over one contiguous block of all series.
    """

    values: Floats  # (points, series), NaN where a point is absent
    times: Floats  # (points, 1) when the series share their times, else (points, series)
    shape: tuple[int, ...]  # of the result: the shape of the caller's values without the last axis


def in_time_order(values: ArrayLike, times: ArrayLike) -> Series:
    """Sort series by time, whatever the order in which they were given.

    Parameters
    ----------
    values
        Shape (..., points); NaN for an absent point.
    times
        Shape (points,) for all series or the shape of `values`; NaN makes a point absent.

    Raises
    ------
    ValueError
        If the shapes do not fit, a value or time is infinite, or two points of a series share a time.
    """
    numbers = _numbers(values, "values")
    dates = _numbers(times, "times")
    if numbers.ndim == 0 or dates.shape not in {numbers.shape, numbers.shape[-1:]}:
        msg = (
            f"values of shape (..., points) need times of shape (points,) or the same shape; "
            f"found values {numbers.shape} and times {dates.shape}"
        )
        raise ValueError(msg)
    shape, points = numbers.shape[:-1], numbers.shape[-1]
    by_point = numbers.reshape(int(np.prod(shape)), points).T
    if dates.ndim == 1:
        return _sorted_by_shared_times(by_point, dates, shape)
    return _sorted_by_own_times(by_point, dates.reshape(by_point.shape[::-1]).T, shape)


def _numbers(array: ArrayLike, name: str) -> Floats:
    given = np.asarray(array)
    if given.dtype.kind in "mM":  # a silent cast would count days or seconds since 1970
        msg = f"{name} are dates; give numbers instead, for dates in years such as 2011.997"
        raise ValueError(msg)
    numbers = given.astype(np.float64, copy=False)
    refuse(np.isinf(numbers), f"{name} are infinite")
    return numbers


def _sorted_by_shared_times(values: Floats, times: Floats, shape: tuple[int, ...]) -> Series:
    order = np.argsort(times)  # NaN last
    dates = times[order]
    refuse(
        np.diff(dates, prepend=np.nan) == 0,
        "times, put in order, equal the one before; the times of a series must be distinct",
    )
    ordered = np.ascontiguousarray(values[order])
    ordered[np.isnan(dates)] = np.nan
    return Series(ordered, dates[:, np.newaxis], shape)


def _sorted_by_own_times(values: Floats, times: Floats, shape: tuple[int, ...]) -> Series:
    present = ~(np.isnan(values) | np.isnan(times))
    dates = np.where(present, times, np.nan)
    order = np.argsort(dates, axis=0)
    dates = np.take_along_axis(dates, order, axis=0)
    refuse(
        (np.diff(dates, axis=0) == 0).any(axis=0).reshape(shape),
        "series have two points at one time; the times of a series must be distinct",
    )
    ordered = np.take_along_axis(np.where(present, values, np.nan), order, axis=0)
    return Series(np.ascontiguousarray(ordered), np.ascontiguousarray(dates), shape)
