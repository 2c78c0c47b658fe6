"""A small town as plans may know it: the numbers are written down where a test wants them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from sozialanalyse.areas import AreaTree
from sozialanalyse.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sozialanalyse.batch import Run
    from sozialanalyse.errors import Fault

QUARTERS = """
0   Probestadt  stadt       -
1   Nord        sozialraum  0
2   Süd         sozialraum  0
3   Hafen       sozialraum  0
11  Markt       lebensraum  1
12  Burg        lebensraum  1
21  Mühle       lebensraum  2
22  Wiese       lebensraum  2
"""
"""Areas; Hafen is not divided further."""

PEOPLE = {"0": 5200, "1": 2500, "2": 1500, "3": 1200, "11": 1500, "12": 1000, "21": 900}
"""Residents; those of Wiese are hidden."""


@cache
def areas_of(table: str) -> AreaTree:
    """Make an area tree of a small table."""
    rows = [line.split() for line in table.strip().splitlines()]
    frame = pd.DataFrame(rows, columns=["area", "name", "level", "parent"]).replace({"parent": {"-": ""}})
    return AreaTree.from_frame(frame, ["lebensraum", "sozialraum", "stadt"])


@dataclass
class Facts:
    """What is known of a town."""

    areas: AreaTree
    numbers: Mapping[str, Mapping[str, float]]
    groups: Mapping[str, bool] = field(default_factory=lambda: {"older": True, "children": True, "families": False})
    days: Mapping[str, Sequence[str]] = field(default_factory=dict)
    check: Callable[[Run], Iterable[Fault]] = lambda _: ()

    @property
    def present(self) -> list[str]:
        return self.areas.frame["area"].tolist()

    def amounts(self, measure: str) -> Mapping[str, float]:
        if measure not in self.numbers:
            raise UsageError("unknown measure '{found}'", found=measure)
        return self.numbers[measure]

    def target_groups(self) -> Mapping[str, bool]:
        return self.groups

    def dates(self, target_group: str | None) -> list[dt.date]:
        return [dt.date.fromisoformat(day) for day in self.days.get(target_group or "", ())]

    def faults(self, run: Run) -> Iterable[Fault]:
        return self.check(run)


def facts_of_quarters(
    numbers: Mapping[str, float] | None = None, check: Callable[[Run], Iterable[Fault]] = lambda _: ()
) -> Facts:
    """Know the quarters, and the number of their residents."""
    people = PEOPLE if numbers is None else numbers
    days = {"": ["2007-12-31", "2011-12-31"], "older": ["2007-12-31", "2011-12-31"], "children": ["2011-12-31"]}
    return Facts(areas_of(QUARTERS), {"population": people, "households": {}}, days=days, check=check)
