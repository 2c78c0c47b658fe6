"""How a value changes from the areas with the least to those with the most of something: slope index of inequality.

Areas are put in order, not persons: what holds between areas need not hold between the people who live in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import NUMBER
from sozialanalyse.comparison._chosen import common_state, joined, of_level
from sozialanalyse.comparison.counted import COUNTED, Counted
from sozialanalyse.errors import UsageError
from sozialanalyse.evidence import HIGHER, LOWER, NO_CLEAR_DIFFERENCE, UNKNOWN, Evidence, to_evidence

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue, Indicator

    Floats = NDArray[np.float64]

GROUPS: Final = 5
"""Groups of areas with about as many people each: enough for a line, and few enough to hold events."""

SLOPE_INDEX = "slope_index"
"""Method of :func:`gradients`."""

EMPTY_GROUP = "empty_group"
"""State: a group of areas without an event (or without anybody who is none), of which no line can be drawn."""

SUMMARY: Final = (
    *("indicator", "ordered_by", "level", "period_end", "order_end", "areas", "status"),
    *("slope", "slope_lower", "slope_upper", "ratio", "ratio_lower", "ratio_upper", "claim", "method"),
)
AREA_GROUPS: Final = (
    "indicator",
    "group",
    "areas",
    "order_least",
    "order_greatest",
    "numerator",
    "denominator",
    "value",
)


class Gradients(NamedTuple):
    """Result of :func:`gradients`."""

    summary: pd.DataFrame
    """A row an indicator, :data:`SUMMARY`: ``slope`` (SII, in its unit) is the value at the upper end of the order minus that at
    the lower end, ``ratio`` (RII) the one over the other, both from a line, with 95 % intervals; ``claim``: ``higher``, ``lower``
    (at the upper end of the order), ``no_clear_difference`` where the interval holds 0, ``unknown``."""
    groups: pd.DataFrame
    """A row an indicator and group of areas, :data:`AREA_GROUPS`, in the order: from sums of counts."""

    def evidence(self) -> list[Evidence]:
        """Evidence of each slope that could be computed; it speaks of areas in an order, never of persons."""
        told = self.summary[self.summary["claim"] != UNKNOWN]
        columns = {"size": "slope", "lower": "slope_lower", "upper": "slope_upper", "last": "period_end"}
        rows = told.assign(area="", reason=told["ordered_by"], caveats="areas_not_persons no_effect")
        return to_evidence(rows, columns, reference="area")


def gradients(
    frame: pd.DataFrame,
    tree: AreaTree,
    level: str,
    *,
    catalogue: Catalogue,
    ordered_by: str,
    groups: int = GROUPS,
    date: dt.date | str | None = None,
) -> Gradients:
    """Say how proportions and rates differ between the ends of an order of areas, such as by poverty.

    Areas are put in the order of an indicator and joined, from the lowest on, to groups with about as many people. Through the
    groups' values goes a line, weighted by their people; the index is what lies between its ends (slope and relative
    index of inequality). All areas take part, not only those at the ends.

    Parameters
    ----------
    frame
        Indicator frame that holds both.
    tree, level, catalogue
        Of the areas.
    ordered_by
        Id of the indicator that puts the areas in order. It is not set against itself.
    groups
        How many groups.
    date
        End of the period; default: of each indicator the last one with values.

    Returns
    -------
    Gradients
        A hidden or missing area, of the indicator or of the order, gives that state and no result: its group would be
        another one. ``empty_group``: a group without an event, or with nothing else.

    Raises
    ------
    UsageError
        Unknown level or indicator; fewer than three groups, or fewer areas than groups.

    Notes
    -----
    - Errors of a group's value are those of its events or, where they are larger, those of a mean of areas that differ.
    - A coarse order (few groups, tied areas) shows less inequality than there is; one by the same poverty that is counted in
      the indicator shows the indicator again.

    References
    ----------
    See :func:`.statistics.inequality_index`. Errors of areas: Cochran (1977), Sampling Techniques, section 6.3 (ratio).

    Examples
    --------
    >>> from sozialanalyse.areas import AreaTree
    >>> from sozialanalyse.catalogue import shipped
    >>> ids = list("abcdefghi")
    >>> town = {
    ...     "area": ["0", *ids],
    ...     "name": ["0", *ids],
    ...     "level": ["town"] + 9 * ["quarter"],
    ...     "parent": [""] + 9 * ["0"],
    ... }
    >>> tree = AreaTree.from_frame(pd.DataFrame(town), ["quarter", "town"])
    >>> day = pd.Timestamp("2024-12-31")
    >>> constant = {"indicator": "kinderarmut", "level": "quarter", "status": "number", "reliability": "reliable"}
    >>> period = {"period_kind": "stock", "period_start": day, "period_end": day}
    >>> poor = [90.0, 95, 88, 40, 35, 45, 12, 15, 10]
    >>> frame = pd.DataFrame({"area": ids, "numerator": poor, "denominator": 300.0, **constant, **period})
    >>> frame = frame.assign(value=frame["numerator"] / 3, lower=np.nan, upper=np.nan)
    >>> order = frame.assign(indicator="sgb2_quote", value=[30.0, 28, 26, 15, 14, 13, 5, 4, 3])
    >>> both = pd.concat([frame, order])
    >>> found = gradients(both, tree, "quarter", catalogue=shipped(), ordered_by="sgb2_quote", groups=3)
    >>> found.groups["value"].round(1).tolist(), found.summary[["slope", "ratio"]].round(1).to_numpy().tolist()
    ([4.1, 13.3, 30.3], [[42.3, 18.3]])
    """
    catalogue.indicator(ordered_by)
    last = of_level(frame, tree, level, date)
    order = last[last["indicator"] == ordered_by].set_index("area")
    if not 3 <= groups <= order["value"].count():
        message = "{groups} groups of {areas} areas are asked for; at least three are needed, and no more than there are areas"
        raise UsageError(message, groups=groups, areas=int(order["value"].count()))
    summaries, parts = [], []
    for name, rows in last[last["indicator"] != ordered_by].groupby("indicator", sort=False):
        indicator = catalogue.indicator(str(name))
        if indicator.kind in COUNTED:
            summary, in_groups = _of_indicator(rows, order, indicator, groups)
            summaries.append(summary | {"ordered_by": ordered_by, "level": level})
            parts.append(in_groups)
    return Gradients(pd.DataFrame(summaries, columns=list(SUMMARY)), joined(parts, AREA_GROUPS))


def _of_indicator(
    rows: pd.DataFrame, order: pd.DataFrame, indicator: Indicator, groups: int
) -> tuple[dict[str, object], pd.DataFrame]:
    places = rows["area"].map(order["value"])
    status = next((state for state in (common_state(order), common_state(rows)) if state != NUMBER), NUMBER)
    summary: dict[str, object] = dict.fromkeys(SUMMARY, np.nan) | {
        "indicator": indicator.id,
        "period_end": rows["period_end"].iloc[0],
        "order_end": order["period_end"].iloc[0],
        "areas": int((rows["value"].notna() & places.notna()).sum()),
        "status": status,
        "claim": UNKNOWN,
        "method": SLOPE_INDEX,
    }
    known = rows.assign(_order=places)[rows["value"].notna() & places.notna()]
    if status != NUMBER or len(known) < groups:
        return summary, pd.DataFrame(columns=list(AREA_GROUPS))
    known = known.sort_values(["_order", "area"], kind="stable")
    joined = _joined(known, _group_of(known, groups), indicator)
    return summary | _index(joined, indicator), joined[list(AREA_GROUPS)]


def _group_of(known: pd.DataFrame, groups: int) -> pd.Series:
    """Number the groups: an area belongs to the one in which the middle of its people lies; areas alike stay together."""
    people = known["denominator"].astype(float)
    middle = (people.cumsum() - people / 2) / people.sum()
    middle = middle.groupby(known["_order"]).transform("mean")
    return (middle * groups).astype(int).clip(upper=groups - 1) + 1


def _joined(known: pd.DataFrame, group: pd.Series, indicator: Indicator) -> pd.DataFrame:
    """Add up the areas of each group, with the standard error of its value per one."""
    by = known.groupby(group)
    sums = by.agg(
        areas=("area", "size"),
        order_least=("_order", "min"),
        order_greatest=("_order", "max"),
        numerator=("numerator", "sum"),
        denominator=("denominator", "sum"),
    )
    rate = sums["numerator"] / sums["denominator"]
    apart = (known["numerator"] - group.map(rate) * known["denominator"]) ** 2
    several = (sums["areas"] / (sums["areas"] - 1)).where(sums["areas"] > 1, 0.0)
    between = np.sqrt(several * apart.groupby(group).sum()) / sums["denominator"]
    chance = rate * (1 - rate) if indicator.kind == "proportion" else rate
    within = np.sqrt(chance.clip(lower=0) * indicator.design_effect / sums["denominator"])
    joined = sums.assign(indicator=indicator.id, value=rate * indicator.factor, _error=np.maximum(between, within))
    return joined.rename_axis("group").reset_index()


def _index(joined: pd.DataFrame, indicator: Indicator) -> dict[str, object]:
    counted = Counted.from_counts(joined["numerator"], joined["denominator"], indicator)
    rate, error = counted.rate, joined["_error"].to_numpy(dtype=np.float64)
    if (rate <= 0).any() or (counted.is_part and (rate >= 1).any()) or len(joined) < 3:
        return {"status": EMPTY_GROUP}
    spread = error / (rate * (1 - rate) if counted.is_part else rate)  # on the scale of the line, to the first order
    found = statistics.inequality_index(rate, counted.total, spread, scale="logit" if counted.is_part else "log")
    slope = {name: float(getattr(found, name)) * indicator.factor for name in ("slope", "slope_lower", "slope_upper")}
    ratio = {name: float(getattr(found, name)) for name in ("ratio", "ratio_lower", "ratio_upper")}
    claim = np.select(
        [slope["slope_lower"] > 0, slope["slope_upper"] < 0], [HIGHER, LOWER], default=NO_CLEAR_DIFFERENCE
    )
    return {**slope, **ratio, "claim": str(claim)}
