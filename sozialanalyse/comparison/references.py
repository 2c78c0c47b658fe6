"""What an area is compared with: never with itself, and never with a reference from which hidden areas were left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import SUPPRESSED
from sozialanalyse.comparison.counted import COUNTED, Counted, own_limits
from sozialanalyse.comparison.relations import REFERENCES
from sozialanalyse.comparison.similarity import Similar
from sozialanalyse.errors import UsageError, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue, Indicator
    from sozialanalyse.comparison.counted import Limited
    from sozialanalyse.comparison.relations import Against

    Floats = NDArray[np.float64]

_COUNTS = ["numerator", "denominator"]


def require_reference(against: Against | Similar, catalogue: Catalogue | None) -> None:
    """Refuse a reference that is not known or for which something is missing.

    Raises
    ------
    UsageError
        With what is needed.
    """
    if isinstance(against, str) and against not in REFERENCES:
        what = "reference"
        raise unknown(what, against, REFERENCES)
    if against != "town" and catalogue is None:
        raise UsageError(
            "only the town's value is known without a catalogue: give one to compare with another reference"
        )


def add_reference(
    rows: pd.DataFrame,
    everywhere: pd.DataFrame,
    indicator: Indicator,
    tree: AreaTree,
    against: Against | Similar,
) -> pd.DataFrame:
    """Add reference, difference and ratio of an indicator's areas.

    Parameters
    ----------
    rows
        The compared areas of one indicator at one period.
    everywhere
        All areas of all levels at that period: wholes from which an area is taken out.
    indicator, tree, against
        As in :func:`.compare`.

    Returns
    -------
    pandas.DataFrame
        The rows with ``reference, reference_value, difference, difference_lower, difference_upper, ratio, ratio_lower,
        ratio_upper``; the reference's value and the differences in the unit of the indicator.
    """
    own, reference = own_limits(rows, indicator), _reference(rows, everywhere, indicator, tree, against)
    factor = indicator.factor
    difference = statistics.difference_interval(reference, own)
    columns = {"reference_value": reference[0] * factor}
    columns |= {name: part * factor for name, part in zip(_DIFFERENCE, difference, strict=True)}
    columns |= dict(zip(_RATIO, _ratio(reference, own), strict=True))
    return rows.assign(reference="similar" if isinstance(against, Similar) else against, **columns)


_DIFFERENCE = ("difference", "difference_lower", "difference_upper")
_RATIO = ("ratio", "ratio_lower", "ratio_upper")


def _ratio(reference: Limited, own: Limited) -> Limited:
    """Ratio with its interval, and where there is no interval at least the ratio."""
    ratio, lower, upper = statistics.ratio_interval(reference, own)
    plain = own[0] / np.where(reference[0] > 0, reference[0], np.nan)
    return np.where(np.isnan(ratio), plain, ratio), lower, upper


def _reference(
    rows: pd.DataFrame,
    everywhere: pd.DataFrame,
    indicator: Indicator,
    tree: AreaTree,
    against: Against | Similar,
) -> Limited:
    if against == "mean":
        return _mean_of_others(rows, indicator)
    by_area = everywhere.set_index("area")
    if isinstance(against, Similar):
        if indicator.id in against.context:  # alike by choice: a comparison would find that again
            return _nothing(len(rows))
        chosen = [against.areas_of(area) for area in rows["area"]]
        if indicator.kind == "count":
            return _plain(np.array([_value_of(by_area, areas) for areas in chosen]))
        return _of_counts(*_sums(by_area, chosen), indicator)
    if indicator.kind == "count":  # a number of persons is not compared with that of a town
        return _nothing(len(rows))
    return _of_counts(*rest_of_whole(rows, by_area, tree, against), indicator)


def rest_of_whole(rows: pd.DataFrame, by_area: pd.DataFrame, tree: AreaTree, against: str) -> tuple[Floats, Floats]:
    """Numerators and denominators of the town or of the area above, without the area; NaN where either is not known.

    Hidden areas besides do not matter: the whole is delivered or its sum is unknown. Of rounded counts the rest may seem
    to be less than nobody, and is then nobody.
    """
    wholes = [tree.root if against == "town" else (tree.parent(area) or tree.root) for area in rows["area"]]
    known = by_area.reindex(wholes)[_COUNTS].to_numpy(dtype=np.float64)
    rest = np.maximum(known - rows[_COUNTS].to_numpy(dtype=np.float64), 0.0)
    return rest[:, 0], rest[:, 1]


def _of_counts(numerator: Floats, denominator: Floats, indicator: Indicator) -> Limited:
    if indicator.kind in COUNTED:
        return Counted.from_counts(numerator, denominator, indicator).limited()
    return _plain(numerator / np.where(denominator > 0, denominator, np.nan))


def _sums(by_area: pd.DataFrame, chosen: Sequence[Sequence[str]]) -> tuple[Floats, Floats]:
    """Sums over the chosen areas of each area; NaN where one of them is hidden or missing, or none is chosen."""
    sums = [by_area.reindex(list(areas))[_COUNTS].sum(min_count=max(len(areas), 1)) for areas in chosen]
    both = pd.DataFrame(sums, columns=_COUNTS).to_numpy(dtype=np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _value_of(by_area: pd.DataFrame, areas: Sequence[str]) -> float:
    return float(by_area.reindex(list(areas))["value"].mean(skipna=False)) if len(areas) else np.nan


def _mean_of_others(rows: pd.DataFrame, indicator: Indicator) -> Limited:
    """Unweighted mean of the other areas; of missing ones nothing is said, a hidden one makes it unknown.

    Its interval joins those of the areas, taken as independent.
    """
    if (rows["status"] == SUPPRESSED).any():
        return _nothing(len(rows))
    value, lower, upper = own_limits(rows, indicator)
    others = np.where(np.isnan(value), 0.0, ~np.eye(len(value), dtype=bool))
    number = others.sum(axis=1)
    count = np.where(number > 0, number, np.nan)
    mean = others @ np.nan_to_num(value) / count
    below, above = (_joined(reach, others, value) / count for reach in (value - lower, upper - value))
    return mean, mean - below, mean + above


def _joined(reach: Floats, others: NDArray[np.float64], value: Floats) -> Floats:
    """Root of the sum of squares; NaN where one of the others has a value without interval."""
    without = np.isnan(reach) & ~np.isnan(value)
    joined = np.sqrt(others @ np.nan_to_num(reach) ** 2)
    return np.where(others @ without.astype(np.float64) > 0, np.nan, joined)


def _plain(value: Floats) -> Limited:
    return value, np.full(value.shape, np.nan), np.full(value.shape, np.nan)


def _nothing(count: int) -> Limited:
    return _plain(np.full(count, np.nan))
