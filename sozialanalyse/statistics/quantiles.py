"""Classes of equally many areas: quarters, fifths, tenths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.statistics.positions import _grouped, _places, _restored

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def quantile_class(values: ArrayLike, classes: int, *, groups: ArrayLike | None = None, axis: int = -1) -> Floats:
    r"""Class of its group in which a value lies, from 1 (lowest) to `classes` (highest).

    With b values of the group strictly lower, n values in all and k classes: :math:`1 + \lfloor k b / n \rfloor`.

    Parameters
    ----------
    values
        Any shape; NaN has no class and does not count.
    classes
        Number of classes k, at least 2: 4 for quarters, 10 for tenths.
    groups, axis
        As in `rank`.

    Returns
    -------
    ndarray
        1.0 to `classes` or NaN, in the shape of `values`.

    Raises
    ------
    ValueError
        If there are fewer than 2 classes, or `groups` has another shape than `values`.

    Notes
    -----
    - Fewer values than classes: NaN. All values equal: NaN, as none is low or high (the peer puts all into class 1).
    - Equal values are never torn apart: they share the lowest place among them. As phe_quantile of PHEindicatormethods
      with ``invert = FALSE``; its default, 1 for the highest, comes from passing ``-values``.
    - With 5 classes the same as `quintile`.

    Examples
    --------
    >>> quantile_class([3, 1, 4, 1, 5, 9, 2, 6], 4).tolist()
    [2.0, 1.0, 3.0, 1.0, 3.0, 4.0, 2.0, 4.0]
    >>> quantile_class([3, 1, 4], 4).tolist()
    [nan, nan, nan]
    """
    if classes < 2:
        msg = f"classes is {classes!r}, but there must be at least 2"
        raise ValueError(msg)
    numbers, codes = _grouped(values, groups, axis)
    below, equal, size = _places(numbers, codes)
    place = 1 + classes * below // np.maximum(size, 1)  # whole numbers: no limit is missed by rounding
    return _restored(place, (size >= classes) & (equal < size), values, groups, axis)
