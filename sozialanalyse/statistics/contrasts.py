"""An area against a reference that it is no part of: differences, ratios, and differences of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import refuse
from sozialanalyse.statistics.differences import difference_interval
from sozialanalyse.statistics.proportions import wilson_interval
from sozialanalyse.statistics.rates import rate_interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from sozialanalyse.statistics.smoothing import Family

    Floats = NDArray[np.float64]
    Limited = tuple[ArrayLike, ArrayLike, ArrayLike]


class Contrast(NamedTuple):
    """Result of `against_rest`; every array has the shape of the events."""

    difference: Floats  # area minus reference
    lower: Floats
    upper: Floats
    ratio: Floats  # area / reference
    ratio_lower: Floats
    ratio_upper: Floats
    reference: Floats  # rate of the reference without the area


def reference_without_self(
    events: ArrayLike, total: ArrayLike, members: ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Events and totals of each area's reference, without the area itself.

    A town contains its areas: compared with the whole, a large area is compared with itself, and the two are not independent.

    Parameters
    ----------
    events, total
        Shape (..., areas).
    members
        Shape (areas, areas): row i is True for the areas of the reference of area i (its Sozialraum, similar ones); its own
        entry does not matter. Without: all areas.

    Returns
    -------
    events, total
        NaN where a member of the reference is missing. An empty reference has the total 0.

    Examples
    --------
    >>> [part.tolist() for part in reference_without_self([5, 10, 3], [100, 200, 50])]
    [[13.0, 8.0, 15.0], [250.0, 150.0, 300.0]]
    """
    x, n = np.broadcast_arrays(np.asarray(events, dtype=np.float64), np.asarray(total, dtype=np.float64))
    count = x.shape[-1]
    chosen = np.ones((count, count)) if members is None else np.asarray(members, dtype=bool).astype(np.float64)
    if chosen.shape != (count, count):
        msg = f"members are of shape {chosen.shape}, but there are {count} areas"
        raise ValueError(msg)
    np.fill_diagonal(chosen, 0.0)
    return _summed(x, chosen), _summed(n, chosen)


def against_rest(
    events: ArrayLike,
    total: ArrayLike,
    members: ArrayLike | None = None,
    *,
    family: Family = "binomial",
    confidence: float = 0.95,
) -> Contrast:
    """Compare each area with its reference without itself: difference and ratio, both with interval.

    Parameters
    ----------
    events, total, members
        As in `reference_without_self`.
    family
        'binomial': proportions with Wilson limits. 'poisson': rates with exact or Byar's limits.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).

    Returns
    -------
    Contrast
        In the unit of the rate (a fraction, events per one of exposure). NaN where area or reference is missing or empty.

    Raises
    ------
    ValueError
        As the interval's function, and if the members do not fit.

    Examples
    --------
    >>> found = against_rest([30, 20, 20], [100, 100, 100])
    >>> found.difference.round(3).tolist(), found.lower.round(3).tolist(), found.ratio_upper.round(2).tolist()
    ([0.1, -0.05, -0.05], [-0.001, -0.143, -0.143], [2.23, 1.25, 1.25])
    """
    x, n = np.broadcast_arrays(np.asarray(events, dtype=np.float64), np.asarray(total, dtype=np.float64))
    others = reference_without_self(x, n, members)
    interval = wilson_interval if family == "binomial" else rate_interval
    own, rest = (
        (_rate(count, among), *interval(count, among, confidence=confidence)) for count, among in ((x, n), others)
    )
    return Contrast(*difference_interval(rest, own), *ratio_interval(rest, own), rest[0])


def ratio_interval(first: Limited, second: Limited) -> tuple[Floats, Floats, Floats]:
    r"""Ratio ``second / first`` with its interval, from the intervals of both.

    Parameters
    ----------
    first, second
        Value, lower and upper limit, not negative, of one confidence; arrays broadcast. The two are taken as independent.

    Returns
    -------
    tuple of arrays
        Ratio, lower and upper limit. A `first` of 0 gives an infinite ratio (0 / 0: NaN) whose lower limit is finite; where the
        lower limit of `first` is 0 the upper one is infinite.

    Raises
    ------
    ValueError
        If a lower limit is negative.

    References
    ----------
    Donner, Zou (2012), Statistical Methods in Medical Research 21, 347-359 (MOVER-R).

    Examples
    --------
    >>> [round(float(x), 3) for x in ratio_interval((0.2, 0.15, 0.26), (0.3, 0.22, 0.39))]
    [1.5, 1.0, 2.213]
    """
    (value_1, low_1, high_1), (value_2, low_2, high_2) = (
        [np.asarray(part, dtype=np.float64) for part in triple] for triple in (first, second)
    )
    refuse(low_1 < 0, "lower limits are negative")
    refuse(low_2 < 0, "lower limits are negative")
    both = value_1 * value_2
    below = low_2 * (2 * value_2 - low_2)
    root = both + np.sqrt(np.maximum(both**2 - high_1 * (2 * value_1 - high_1) * below, 0.0))
    lower = np.where(below == 0, 0.0, below / np.where(root > 0, root, np.nan))
    square = low_1 * (2 * value_1 - low_1)
    reach = both + np.sqrt(np.maximum(both**2 - square * high_2 * (2 * value_2 - high_2), 0.0))
    upper = np.where(square > 0, reach / np.where(square > 0, square, np.nan), np.inf)
    nothing = np.where(value_2 > 0, np.inf, np.nan)
    ratio = np.where(value_1 > 0, value_2 / np.where(value_1 > 0, value_1, np.nan), nothing)
    known = ~np.isnan(value_1 + value_2 + low_1 + low_2 + high_1 + high_2)
    return tuple(np.where(known, part, np.nan) for part in (ratio, lower, upper))  # type: ignore[return-value]


def difference_of_changes(
    before: Limited, after: Limited, reference_before: Limited, reference_after: Limited
) -> tuple[Floats, Floats, Floats]:
    """How much more an area changed than its reference did, with interval.

    This is arithmetic, not an effect of anything: areas differ in more than what one has in mind.

    Parameters
    ----------
    before, after
        Value, lower and upper limit of the area at both times, see `difference_interval`.
    reference_before, reference_after
        The same of the reference, which does not contain the area.

    Returns
    -------
    tuple of arrays
        Difference of the changes (area minus reference), lower and upper limit.

    Examples
    --------
    >>> town = (20.0, 19.0, 21.0), (21.0, 20.0, 22.0)
    >>> [round(float(x), 2) for x in difference_of_changes((30.0, 26.0, 34.0), (36.0, 32.0, 40.0), *town)]
    [5.0, -0.83, 10.83]
    """
    return difference_interval(
        difference_interval(reference_before, reference_after), difference_interval(before, after)
    )


def _summed(counts: Floats, chosen: Floats) -> Floats:
    """Sum of the members' counts; NaN where one of them is missing, whatever the others are."""
    missing = np.isnan(counts)
    sums = np.where(missing, 0.0, counts) @ chosen.T
    return np.where(missing.astype(np.float64) @ chosen.T > 0, np.nan, sums)


def _rate(events: Floats, total: Floats) -> Floats:
    return events / np.where(total > 0, total, np.nan)
