"""Age bands: by which ages a measure was counted for both sexes, laid one after another without a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    Ages = tuple[int, int]

BOTH: Final = ("female", "male")


def bands_of_both(counts: pd.DataFrame, measure: str) -> list[Ages]:
    """List the finest ages by which a measure is counted for both sexes.

    Parameters
    ----------
    counts
        Frame of counts.
    measure
        Whom to count.

    Returns
    -------
    list
        First and last age of each band, both included, from the youngest to the open end; empty where they leave a gap.
    """
    chosen = counts[counts["measure"] == measure]
    of_sex = [chosen[chosen["sex"] == sex] for sex in BOTH]
    delivered = [set(rows[["age_from", "age_to"]].itertuples(index=False, name=None)) for rows in of_sex]
    return finest({(int(first), int(last)) for first, last in delivered[0] & delivered[1]})


def finest(bands: Iterable[Ages]) -> list[Ages]:
    """Lay the narrowest bands one after another from the youngest to the open end; nothing where they leave a gap.

    Examples
    --------
    >>> finest([(0, 17), (0, 5), (6, 17), (18, 999), (0, 999)])
    [(0, 5), (6, 17), (18, 999)]
    >>> finest([(0, 5), (18, 999)]), finest([(0, 999)])
    ([], [])
    """
    ends: dict[int, int] = {}
    for first, last in bands:
        ends[first] = min(last, ends.get(first, last))
    laid: list[Ages] = []
    while (start := laid[-1][1] + 1 if laid else 0) in ends:
        laid.append((start, ends[start]))
    return laid if len(laid) > 1 and laid[-1][1] >= OPEN_AGE else []
