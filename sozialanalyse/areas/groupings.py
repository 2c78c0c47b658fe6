"""Groupings that cut across the area tree: statistical districts, Stadtbezirke, catchments of schools.

A column ``group_<id>`` of the table of areas says to which group of a grouping an area belongs. A group is the sum of its areas;
an area that is in none is in no sum. What is published of the groups and of the tree gives away their differences, so the
gate protects both together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from sozialanalyse.errors import Fault, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

GROUPING_PREFIX = "group_"
"""Begins the name of the column of a grouping."""

BETWEEN = ":"
"""Stands between the id of a grouping and that of a group: ``statistischer_bezirk:07``."""

RESERVED = "unassigned"
"""No grouping bears this name: it stands before what belongs to none of the areas."""


class Grouping(NamedTuple):
    """A grouping whose groups are areas of their own.

    Parameters
    ----------
    id
        Its column in the table of areas is ``group_<id>``.
    names
        Names of its groups by what the column says, where they are not called as they stand there.
    """

    id: str
    names: Mapping[str, str] = {}

    @property
    def column(self) -> str:
        """Name of its column."""
        return GROUPING_PREFIX + self.id

    def group(self, value: str) -> str:
        """Give the id of a group as an area."""
        return f"{self.id}{BETWEEN}{value}"

    def name(self, value: str) -> str:
        """Name a group."""
        return self.names.get(value, value)


def groups_of(frame: pd.DataFrame, groupings: Sequence[Grouping]) -> pd.DataFrame:
    """List the groups of a table of areas as areas themselves; a group exists as long as any of its areas.

    Parameters
    ----------
    frame
        Rows of an area tree.
    groupings
        One or more of its groupings.
    """
    found = [_groups(frame, grouping) for grouping in groupings]
    return pd.concat(found, ignore_index=True)


def _groups(frame: pd.DataFrame, grouping: Grouping) -> pd.DataFrame:
    rows = frame[frame[grouping.column] != ""]
    spans = rows.groupby(grouping.column).agg(valid_from=("valid_from", "min"), valid_to=("valid_to", "max"))
    values = spans.index.to_list()
    return pd.DataFrame(
        {
            "area": [grouping.group(value) for value in values],
            "name": [grouping.name(value) for value in values],
            "level": grouping.id,
            "parent": "",
            "valid_from": spans["valid_from"].to_numpy(),
            "valid_to": spans["valid_to"].to_numpy(),
        }
    )


def members_of(frame: pd.DataFrame, groupings: Sequence[Grouping]) -> dict[str, tuple[str, ...]]:
    """List the areas that make up each group, of all times (see :func:`groups_of`)."""
    found: dict[str, tuple[str, ...]] = {}
    for grouping in groupings:
        rows = frame.loc[frame[grouping.column] != "", ["area", grouping.column]]
        for value, own in rows.groupby(grouping.column)["area"]:
            found[grouping.group(str(value))] = tuple(own)
    return found


MESSAGES = {
    "column": "the grouping {grouping} is declared, but there is no column {column}",
    "empty": "the grouping {grouping} has no groups: its column {column} is empty",
    "level": "the grouping {grouping} is called like a level of the tree, or stands twice; call it otherwise",
    "reserved": "a grouping cannot be called {grouping}; call it otherwise",
    "id": "the area is called like a group of {grouping}; call one of them otherwise",
    "nested": "the area and the area '{above}' above it both belong to a group of {grouping}; leave one of the two empty, or people "
    "would be counted twice",
    "name": "the grouping {grouping} names the group '{value}', which is not in its column {column}",
}


def faults_of_groupings(
    frame: pd.DataFrame, levels: Sequence[str], groupings: Sequence[Grouping], file: str
) -> Iterator[Fault]:
    """List what keeps groupings from standing beside a tree of some levels."""
    taken = list(levels)
    for grouping in groupings:
        names = {"grouping": grouping.id, "column": grouping.column}
        if grouping.id in taken:
            yield Fault(MESSAGES["level"], names, Place(file))
        if grouping.id == RESERVED:
            yield Fault(MESSAGES["reserved"], names, Place(file))
        taken.append(grouping.id)
        if grouping.column not in frame:
            yield Fault(MESSAGES["column"], names, Place(file, 1))
            continue
        if not (frame[grouping.column] != "").any():
            yield Fault(MESSAGES["empty"], names, Place(file, 1))
        yield from _faults_of_groups(frame, grouping, names, file)


def _faults_of_groups(frame: pd.DataFrame, grouping: Grouping, names: dict[str, str], file: str) -> Iterator[Fault]:
    """List names that something else bears or nothing, and areas that would be counted twice."""
    value = dict(zip(frame["area"], frame[grouping.column], strict=True))
    parent = dict(zip(frame["area"], frame["parent"], strict=True))
    groups = {grouping.group(one) for one in value.values() if one}
    for area, own in value.items():
        if area in groups:
            yield Fault(MESSAGES["id"], names, Place(file, area=area))
        above = parent[area]
        while own and above:
            if value[above]:
                yield Fault(MESSAGES["nested"], {**names, "above": above}, Place(file, area=area))
            above = parent[above]
    for unknown in sorted(set(grouping.names) - set(value.values())):
        yield Fault(MESSAGES["name"], {**names, "value": unknown}, Place(file))
