"""The position of an area among others: rank and quintile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

QUINTILES: Final = 5


def rank(values: ArrayLike, *, groups: ArrayLike | None = None, axis: int = -1) -> Floats:
    """Rank values within each group: 1 is the highest, equal values share the mean of their ranks.

    Parameters
    ----------
    values
        Any shape; NaN has no rank and does not count.
    groups
        Whole-number codes of the shape of `values`: ranks are given within each code. A negative code (pandas' sign
        for "no group") gives NaN. Without groups, each line along `axis` is a group.
    axis
        The axis along which values are ranked; not used with `groups`.

    Returns
    -------
    ndarray
        Ranks as floats (2.5 for a tie of the second and third), in the shape of `values`.

    Raises
    ------
    ValueError
        If `groups` has another shape than `values`.

    Notes
    -----
    Mean ranks, the default of R and pandas; peers that take the lowest rank of a tie claim a better place for both.
    The sum of the ranks of a group is always n (n + 1) / 2. A rank says nothing of how sure it is.

    Examples
    --------
    >>> rank([4.3, 1.6, np.nan, 6.1, 4.3]).tolist()
    [2.5, 4.0, nan, 1.0, 2.5]
    >>> rank([1, 2, 3, 4], groups=[0, 0, 7, 7]).tolist()
    [2.0, 1.0, 2.0, 1.0]
    """
    numbers, codes = _grouped(values, groups, axis)
    below, equal, size = _places(numbers, codes)
    ranks = (2 * (size - below) - equal + 1) / 2
    return _restored(ranks, size > 0, values, groups, axis)


def quintile(values: ArrayLike, *, groups: ArrayLike | None = None, axis: int = -1) -> Floats:
    r"""Fifth of its group in which a value lies, from 1 (lowest) to 5 (highest).

    With b values of the group strictly lower and n values in all, the fifth is

    .. math:: 1 + \lfloor 5 b / n \rfloor

    so a value is in the first fifth as long as fewer than 20 % are lower, in the fifth one from 80 % on.

    Parameters
    ----------
    values
        Any shape; NaN has no quintile and does not count.
    groups, axis
        As in `rank`.

    Returns
    -------
    ndarray
        1.0 to 5.0 or NaN, in the shape of `values`.

    Raises
    ------
    ValueError
        If `groups` has another shape than `values`.

    Notes
    -----
    - Fewer than 5 values in a group: NaN, as there are no fifths. All values equal: NaN, as none is low or high.
    - Equal values are never torn apart: they share the lowest place among them (ties.method "min" in R), so fifths may
      differ in size, and one may be empty. The same definition as phe_quantile with ``invert = FALSE``.
    - The limits are places in the order of the areas, not fifths of the range or of the population.

    Examples
    --------
    >>> quintile([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]).tolist()
    [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 5.0, 5.0]
    >>> quintile([0, 0, 0, 1, 2]).tolist()
    [1.0, 1.0, 1.0, 4.0, 5.0]
    """
    numbers, codes = _grouped(values, groups, axis)
    below, equal, size = _places(numbers, codes)
    fifths = 1 + QUINTILES * below // np.maximum(size, 1)  # whole numbers: no limit is missed by rounding
    given = (size >= QUINTILES) & (equal < size)
    return _restored(fifths, given, values, groups, axis)


def _grouped(values: ArrayLike, groups: ArrayLike | None, axis: int) -> tuple[Floats, Integers]:
    """Return the values and their group codes as flat arrays."""
    numbers = np.asarray(values, dtype=np.float64)
    if groups is not None:
        codes = np.asarray(groups)
        if codes.shape != numbers.shape or codes.dtype.kind not in "iu":
            msg = (
                f"groups must be whole-number codes of the shape of values {numbers.shape}; "
                f"found shape {codes.shape} of type {codes.dtype}"
            )
            raise ValueError(msg)
        return numbers.ravel(), codes.ravel().astype(np.int64)
    lines = np.moveaxis(np.atleast_1d(numbers), axis, -1)
    codes = np.broadcast_to(np.arange(np.prod(lines.shape[:-1], dtype=int)).reshape(*lines.shape[:-1], 1), lines.shape)
    return lines.ravel(), codes.ravel()


def _places(numbers: Floats, codes: Integers) -> tuple[Integers, Integers, Integers]:
    """Count for each value how many of its group are lower, how many equal (itself included), and how many there are.

    Zeros where a value is NaN or in no group.
    """
    below, equal, size = np.zeros((3, numbers.size), dtype=np.int64)
    taking_part = np.flatnonzero(~np.isnan(numbers) & (codes >= 0))
    order = taking_part[np.lexsort((numbers[taking_part], codes[taking_part]))]
    new_group = np.diff(codes[order], prepend=-1) != 0
    new_value = new_group | (np.diff(numbers[order], prepend=np.nan) != 0)
    group_start, group_size = _runs(new_group)
    value_start, value_size = _runs(new_value)
    below[order] = value_start - group_start
    equal[order] = value_size
    size[order] = group_size
    return below, equal, size


def _runs(starts: NDArray[np.bool_]) -> tuple[Integers, Integers]:
    """Return for each place where its run starts and how long it is, from the marks of the starts."""
    first = np.flatnonzero(starts)
    length = np.diff(first, append=starts.size)
    return np.repeat(first, length), np.repeat(length, length)


def _restored(
    flat: Floats | Integers, given: NDArray[np.bool_], values: ArrayLike, groups: object, axis: int
) -> Floats:
    """Put flat results back into the shape of the values, NaN where none is given."""
    shape = np.shape(values)
    result = np.where(given, flat, np.nan)
    if groups is not None or len(shape) <= 1:
        return result.reshape(shape)
    moved = np.moveaxis(np.empty(shape), axis, -1).shape
    return np.moveaxis(result.reshape(moved), -1, axis)
