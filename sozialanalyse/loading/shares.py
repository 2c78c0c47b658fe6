"""Delivered shares turned back into the counts that they came from.

Some offices publish percentages with so many decimals that share times denominator gives a whole number. Then the
count is known, and rates at other levels, intervals and sums can be computed as from any count. Where the product is
further from a whole number than the decimals explain, the share was not one of this denominator, and the delivery is
refused rather than rounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.amounts import SEXES, amount_by_area
from sozialanalyse.errors import DataError, Fault, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.loading.mapping import ShareOf

MESSAGES = {
    "absent": "{value} % cannot be turned into a count: there is no {measure} of this area and date",
    "coarse": "{value} % cannot be turned into a count: with {decimals} decimals more than one number of {measure} fits",
    "broken": "{value} % of {measure} gives {product:.3f}, no whole number within the {error:.4f} that {decimals} decimals "
    "explain; is it the right denominator and date?",
}

MESSAGES_OF_MEANS = {
    "absent": "{value} per {per} cannot be turned into a count: there is no {measure} of this area and date",
    "coarse": "{value} per {per} cannot be turned into a count: with {decimals} decimals more than one number of {measure} fits",
    "broken": "{value} per {per} of {measure} gives {product:.3f}, no whole number within the {error:.4f} that {decimals} "
    "decimals explain; is it the right denominator and date?",
}
"""The same of what is no percentage."""

SLACK = 1e-9
"""Relative error of the machine's arithmetic, far below that of any printed decimals."""


def shares_to_counts(delivered: pd.DataFrame, areas: AreaTree) -> pd.DataFrame:
    """Replace percentages by the counts that they came from.

    Parameters
    ----------
    delivered
        Checked counts with the column ``share``; where that is not None, ``value`` is a percentage.
    areas
        The area tree.

    Returns
    -------
    pandas.DataFrame
        The same rows without the column ``share``.

    Raises
    ------
    DataError
        Where the denominator is not known, or the decimals do not tell the whole number.
    """
    counts = delivered.drop(columns="share")
    known = counts[delivered["share"].isna() & (delivered["label"] == "")]
    faults: list[Fault] = []
    for share in delivered["share"].dropna().unique():
        given = delivered[(delivered["share"] == share) & delivered["value"].notna()]
        product, error = _product(given, share, known, areas)
        whole = product.round()
        faults.extend(_faults(given, share, product, whole, error))
        for name in ("value", "lower", "upper"):
            counts.loc[given.index, name] = whole
    if faults:
        raise DataError(faults)
    return counts


def _product(rows: pd.DataFrame, share: ShareOf, known: pd.DataFrame, areas: AreaTree) -> tuple[pd.Series, pd.Series]:
    """Share times denominator, and how far it may be from the count by the decimals of the share."""
    amount = amount_by_area(known, (share.sex or SEXES[0], *share.ages), share.measure, areas)
    denominator = amount.set_index(["area", "period_end"])["value"]
    key = pd.MultiIndex.from_frame(rows[["area", "period_end"]])
    of_row = pd.Series(denominator.reindex(key).to_numpy(), index=rows.index)
    half_a_digit = 0.5 * 10.0**-share.decimals
    return rows["value"] / share.per * of_row, half_a_digit / share.per * of_row * (1 + SLACK) + SLACK


def _faults(
    rows: pd.DataFrame, share: ShareOf, product: pd.Series, whole: pd.Series, error: pd.Series
) -> Iterator[Fault]:
    """Name the rows whose count is not known for certain."""
    is_broken = (product - whole).abs() > error
    problem = np.select([product.isna(), error >= 0.5, is_broken], list(MESSAGES), default="")
    messages = MESSAGES if share.per == 100 else MESSAGES_OF_MEANS
    said = {"measure": share.measure, "decimals": share.decimals, "per": f"{share.per:g}"}
    table = rows.assign(problem=problem, product=product, error=error)
    for row in table[table["problem"] != ""].to_dict("records"):
        values = {**said, "value": row["value"], "product": row["product"], "error": row["error"]}
        yield Fault(messages[row["problem"]], values, Place(row["file"], row["row"], area=row["area"]))
