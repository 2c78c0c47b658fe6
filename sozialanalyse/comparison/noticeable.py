"""What stands out among many areas and indicators (Auffälligkeiten), with the expected share of false ones.

Sixty areas and forty indicators are 2,400 tests; at 5 % each they give 120 alarms where nothing is going on. So the family
of tests is declared by names before any number is looked at: the indicators of a page times the areas of one level (of
nested levels the same people would be tested twice). Level and change are two families. "Equal to the town" is false of
every area, so that rejecting it says nothing; tested is whether a departure is more than the smallest relevant difference
that the planners declared, or more than what areas of this town usually show.

Among the tests Benjamini and Hochberg's procedure is used. Tests of different areas are of different people, those of one
area's indicators depend on each other, in both directions; that is not covered by its proof, but in simulations with
correlations of +-0.8 between the indicators of an area the share of false ones stays below its level
(``tests/test_noticeable.py``), since the larger of two p-values is taken. Benjamini and Yekutieli's is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.comparison._candidates import AMONG_AREAS, CHANGE, COLUMNS, LEVEL, RELEVANT, changes, levels
from sozialanalyse.comparison.counted import COUNTED
from sozialanalyse.comparison.relations import judgement
from sozialanalyse.evidence import ABOVE, AROUND, BELOW, UNKNOWN, Evidence, to_evidence

if TYPE_CHECKING:
    import datetime as dt

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.statistics.multiplicity import Dependence

__all__ = ["AMONG_AREAS", "CHANGE", "DEPENDENCE", "LEVEL", "RELEVANT", "Family", "Noticeable", "declare", "find"]

DEPENDENCE: Final[Dependence] = "positive"
"""Benjamini and Hochberg; why, is said above."""


@dataclass(frozen=True)
class Family:
    """Which tests belong together, declared before they are made.

    Parameters
    ----------
    indicators
        Those of the frame whose chance variation is known, in its order.
    areas
        Of one level, in the order of ids.
    level
        Their level.
    """

    indicators: tuple[str, ...]
    areas: tuple[str, ...]
    level: str

    @property
    def size(self) -> int:
        """Number of tests of the level, and as many of the change."""
        return len(self.indicators) * len(self.areas)


@dataclass(frozen=True)
class Noticeable:
    """What stands out, and among how many tests.

    Parameters
    ----------
    family
        As declared.
    tests
        A row for each test that was planned: ``kind`` (``level`` or ``change``), ``indicator, area, level, first_end,
        last_end``, ``value`` (the last), ``own`` (value or change), ``reference_value`` (that of the town without the area),
        ``difference, lower, upper`` (in the indicator's unit), ``margin, method``, ``size`` (of the difference, without
        unit), ``p_value`` (NaN: not tested), ``adjusted``, ``reported``, ``relation``, ``judgement`` (empty for neutral
        indicators and for changes), ``reliability``.
    summary
        ``kind, planned, tested, reported, false_share, expected_false``: how many, and how many false ones are to be
        expected among the reported at most.
    """

    family: Family
    tests: pd.DataFrame
    summary: pd.DataFrame

    @property
    def found(self) -> pd.DataFrame:
        """What stands out, ordered by evidence and then by size; for those who plan, not for public tables."""
        reported = self.tests[self.tests["reported"]]
        order = reported.assign(_size=-reported["size"]).sort_values(["adjusted", "_size", "area"], kind="stable")
        return order.drop(columns="_size").reset_index(drop=True)

    @property
    def in_order_of_areas(self) -> pd.DataFrame:
        """What stands out, in the order of area ids: for public tables."""
        reported = self.tests[self.tests["reported"]]
        order = {name: place for place, name in enumerate(self.family.indicators)}
        keyed = reported.assign(_indicator=reported["indicator"].map(order), _kind=reported["kind"] != LEVEL)
        keyed = keyed.sort_values(["area", "_indicator", "_kind"], kind="stable")
        return keyed.drop(columns=["_indicator", "_kind"]).reset_index(drop=True)

    def judged(self, *, false_share: float = statistics.FALSE_SHARE, dependence: Dependence = DEPENDENCE) -> Noticeable:
        """Choose anew what stands out, at another expected share of false ones or for another dependence of the tests.

        Raises
        ------
        ValueError
            If `false_share` is no fraction between 0 and 1.
        """
        p_values, kinds = self.tests["p_value"].to_numpy(dtype=np.float64), self.tests["kind"].astype(str).to_numpy()
        chosen = statistics.discoveries(p_values, false_share=false_share, dependence=dependence, family=kinds)
        tests = self.tests.assign(adjusted=chosen.adjusted, reported=chosen.reported)
        return Noticeable(self.family, tests, _summary(self.family, tests, false_share))

    def evidence(self) -> list[Evidence]:
        """Evidence of what stands out, in the order of :attr:`found`; p-values are the adjusted ones."""
        found = self.found
        caveats = np.where(
            (found["kind"] == CHANGE) & (found["period_kind"] == "stock"), "no_effect same_people", "no_effect"
        )
        rows = found.assign(claim=found["relation"], caveats=caveats, reason=found["kind"])
        columns = {"first": "first_end", "last": "last_end", "size": "difference", "p_value": "adjusted"}
        return to_evidence(rows, columns | {"grade": "reliability"}, reference="town")


def declare(
    frame: pd.DataFrame,
    tree: AreaTree,
    level: str,
    *,
    catalogue: Catalogue,
    within: str | None = None,
    date: dt.date | str | None = None,
) -> Family:
    """Declare a family by names alone: the indicators of a frame, and the areas of one level inside an area at a date.

    Parameters
    ----------
    frame
        Indicator frame; none of its numbers is looked at.
    tree, level, catalogue, within
        As in :func:`find`.
    date
        On which the areas exist; default: the last end of a period in the frame.
    """
    areas = tree.below(tree.root if within is None else tree.require(within), tree.require_level(level))
    day = frame["period_end"].max() if date is None else pd.Timestamp(date)
    there = tree.frame[(tree.frame["valid_from"] <= day) & (tree.frame["valid_to"] >= day)]
    areas = [area for area in areas if area in set(there["area"])]
    names = [str(name) for name in frame["indicator"].unique()]
    indicators = [name for name in names if catalogue.indicator(name).kind in COUNTED]
    return Family(tuple(indicators), tuple(areas), level)


def find(
    frame: pd.DataFrame,
    tree: AreaTree,
    level: str,
    *,
    catalogue: Catalogue,
    within: str | None = None,
    since: dt.date | str | None = None,
    date: dt.date | str | None = None,
) -> Noticeable:
    """Find what stands out among all areas of one level and all indicators of a frame, in level and in change.

    Parameters
    ----------
    frame
        Indicator frame, with the rows of the whole town: an area is held against the town without it.
    tree
        The area tree.
    level
        The one level whose areas are looked at.
    catalogue
        Kinds, design effects and relevant differences of the indicators.
    within
        Only areas inside this one are of the family; what is usual is taken from all areas of the level.
    since
        Changes are counted from the first comparable period that ends on this day or later; default: from the first.
    date
        End of the last period; default: of each indicator the last one with values.

    Returns
    -------
    Noticeable
        At the share of false ones of :data:`sozialanalyse.statistics.FALSE_SHARE`, of level and of change each; another one
        by :meth:`Noticeable.judged`. An area that is hidden or missing is not tested. Where areas are held against each other, one hidden area leaves
        the whole indicator untested: what is usual is not known without the small ones.

    Raises
    ------
    UsageError
        Unknown level, area or indicator.

    Notes
    -----
    An area that stands out by its level is expected to move back by itself (:func:`.expected_changes`).
    """
    family = declare(frame, tree, level, catalogue=catalogue, within=within, date=date)
    everywhere = tree.at(level)["area"].tolist()
    first, last = (None if day is None else pd.Timestamp(day) for day in (since, date))
    heard = frame.loc[frame["area"].isin([*everywhere, tree.root]), [name for name in _READ if name in frame]]
    parts = []
    for name in family.indicators:
        indicator, rows = catalogue.indicator(name), heard[heard["indicator"] == name]
        both = (
            levels(rows, everywhere, tree, indicator, last),
            changes(rows, everywhere, tree, indicator, (first, last)),
        )
        for part in both:
            of_family = part[part["area"].isin(family.areas)]
            parts.append(of_family.assign(relation=_relation(of_family), judgement=_judged(of_family, catalogue, name)))
    known = [part for part in parts if len(part)]
    empty = pd.DataFrame(columns=[*COLUMNS, "relation", "judgement"])
    tests = pd.concat(known, ignore_index=True) if known else empty.astype({"p_value": float})
    return Noticeable(family, tests, pd.DataFrame()).judged()


_READ: Final = (
    *("indicator", "area", "level", "period_kind", "period_start", "period_end", "segment", "value", "lower", "upper"),
    *("numerator", "denominator", "numerator_least", "numerator_greatest", "status", "reliability", "interpolated"),
)
"""Columns of an indicator frame that tests need."""


def _relation(rows: pd.DataFrame) -> np.ndarray:
    """Name the side of each departure."""
    side = rows["difference"].astype(float)
    return np.select([side > 0, side < 0, side == 0], [ABOVE, BELOW, AROUND], default=UNKNOWN)


def _judged(rows: pd.DataFrame, catalogue: Catalogue, name: str) -> np.ndarray:
    """Judge levels by the direction of the indicator, changes not: a change is not its level."""
    judged = judgement(pd.Series(_relation(rows)), catalogue.indicator(name))
    return np.where(rows["kind"] == LEVEL, judged, "")


def _summary(family: Family, tests: pd.DataFrame, false_share: float) -> pd.DataFrame:
    rows = []
    for kind in (LEVEL, CHANGE):
        own = tests[tests["kind"] == kind]
        reported = int(own["reported"].sum())
        counts = {"planned": family.size, "tested": int(own["p_value"].notna().sum()), "reported": reported}
        rows.append({"kind": kind, **counts, "false_share": false_share, "expected_false": false_share * reported})
    return pd.DataFrame(rows)
