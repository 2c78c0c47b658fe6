"""The area tree: small areas, what they belong to, and since when.

A tree of any depth with named levels (Lebensraum, Sozialraum, Stadt). Ids are text: 042 is not 42. Two areas may bear
the same name. Areas come and go with reforms, so each has the dates between which it exists. Groupings that cut
across the tree stand beside it (:mod:`.groupings`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.areas.groupings import GROUPING_PREFIX, Grouping, faults_of_groupings, groups_of, members_of
from sozialanalyse.errors import DataError, Fault, Place, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

COLUMNS = ("area", "name", "level", "parent", "valid_from", "valid_to")
ALWAYS_FROM, ALWAYS_TO = "1800-01-01", "2999-12-31"


@dataclass(frozen=True)
class AreaTree:
    """A checked tree of areas.

    Parameters
    ----------
    frame
        One row an area, in the order of level (largest first) and id; columns :data:`COLUMNS` and any ``group_...``.
    levels
        Level ids from the smallest to the whole town.
    groupings
        Those beside the tree whose groups are areas of their own, with the id of their grouping as level. Groups are not in
        ``frame`` but in :attr:`places`.
    """

    frame: pd.DataFrame
    levels: tuple[str, ...]
    groupings: tuple[Grouping, ...] = ()

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, levels: Sequence[str], file: str = "areas.csv") -> AreaTree:
        """Check a table of areas and make the tree.

        Parameters
        ----------
        frame
            Text columns ``area, name, level, parent`` and, where areas changed, ``valid_from, valid_to``; the index
            holds the row in the file.
        levels
            Level ids from the smallest to the whole town.
        file
            Name of the file for messages.

        Raises
        ------
        DataError
            With all faults at once: missing columns, ids that stand twice, unknown levels, orphans, cycles, no root or
            several, a root below the largest level, a parent on the same or a smaller level, dates that are none, an
            area that ends before it begins or exists when its parent does not.
        """
        if missing := [name for name in COLUMNS[:4] if name not in frame]:
            message = "columns are missing: {missing}; needed are area, name, level, parent"
            raise DataError(Fault(message, {"missing": ", ".join(missing)}, Place(file, 1)))
        frame = _as_text(frame)
        faults = list(_find_faults(frame, tuple(levels), file))
        if faults:
            raise DataError(faults)
        order = frame["level"].map({level: -number for number, level in enumerate(levels)})
        frame = frame.assign(
            valid_from=_as_dates(frame["valid_from"], ALWAYS_FROM).astype("datetime64[s]"),
            valid_to=_as_dates(frame["valid_to"], ALWAYS_TO).astype("datetime64[s]"),
            _order=order,
        ).sort_values(["_order", "area"], kind="stable")
        return cls(frame.drop(columns="_order").reset_index(drop=True), tuple(levels))

    def with_groupings(self, groupings: Sequence[Grouping], file: str = "areas.csv") -> AreaTree:
        """Return the tree with groupings beside it, in place of those that it has.

        Raises
        ------
        DataError
            With all faults at once: a grouping without a column, a column without a group, areas of which one lies in the other,
            ids that something else bears.
        """
        if faults := list(faults_of_groupings(self.frame, self.levels, groupings, file)):
            raise DataError(faults)
        return replace(self, groupings=tuple(groupings))

    @property
    def alone(self) -> AreaTree:
        """The tree without the groupings beside it."""
        return replace(self, groupings=()) if self.groupings else self

    @cached_property
    def places(self) -> pd.DataFrame:
        """All areas, then all groups: columns :data:`COLUMNS`."""
        if not self.groupings:
            return self.frame[list(COLUMNS)]
        return pd.concat([self.frame[list(COLUMNS)], groups_of(self.frame, self.groupings)], ignore_index=True)

    @cached_property
    def members(self) -> dict[str, tuple[str, ...]]:
        """Ids of the areas that make up each group, of all times."""
        return members_of(self.frame, self.groupings)

    @cached_property
    def hierarchies(self) -> tuple[tuple[NDArray[np.intp], tuple[str, ...]], ...]:
        """The tree, then each grouping: to which place each place belongs in it (-1: none), and its levels that are sums."""
        place = pd.Index(self.places["area"])
        found = [(place.get_indexer(self.places["parent"]), self.levels[1:])]
        for grouping in self.groupings:
            groups = self._groups_of(grouping.id)
            found.append((place.get_indexer(self.places["area"].map(groups)), (grouping.id,)))
        return tuple(found)

    def _groups_of(self, grouping: str) -> dict[str, str]:
        """To which group of a grouping each area belongs that makes one up."""
        return {part: name for name, parts in self.members.items() if self.level(name) == grouping for part in parts}

    @cached_property
    def _by_id(self) -> pd.DataFrame:
        return self.places.set_index("area")

    @cached_property
    def root(self) -> str:
        """Id of the whole town."""
        return str(self.frame.loc[self.frame["parent"] == "", "area"].iloc[0])

    @property
    def all_levels(self) -> tuple[str, ...]:
        """The levels of the tree, then the groupings beside it."""
        return (*self.levels, *(grouping.id for grouping in self.groupings))

    def __contains__(self, area: object) -> bool:
        return area in self._by_id.index

    def require(self, area: str) -> str:
        """Return the id if there is such an area.

        Raises
        ------
        UsageError
            With the nearest ids where there is none.
        """
        if area not in self:
            raise unknown("area", area, list(self.places["area"]))
        return area

    def require_level(self, level: str) -> str:
        """Return the level or grouping if there is such a one; else raise a :class:`UsageError`."""
        if level not in self.all_levels:
            raise unknown("level", level, self.all_levels)
        return level

    def name(self, area: str) -> str:
        """Return the name of an area."""
        return str(self._by_id.at[self.require(area), "name"])

    def level(self, area: str) -> str:
        """Return the level of an area."""
        return str(self._by_id.at[self.require(area), "level"])

    def parent(self, area: str) -> str | None:
        """Return the id of the area that this one belongs to, None for the town and for groups."""
        return str(self._by_id.at[self.require(area), "parent"]) or None

    def children(self, area: str) -> list[str]:
        """Ids of the areas directly below, of all times, in the order of their ids; those that make up a group."""
        if area in self.members:
            return list(self.members[area])
        return self.frame.loc[self.frame["parent"] == self.require(area), "area"].tolist()

    def below(self, area: str, level: str) -> list[str]:
        """Ids of all areas of a level that lie in an area (the area itself if it is of that level).

        A group lies in an area, or in a group, if all the areas do that make it up.
        """
        members = self.ancestors_at(self.level(self.require(area)))
        inside = set(members[members == area].index)
        inside |= {group for group, parts in self.members.items() if group == area or inside.issuperset(parts)}
        places = self.at(level)["area"]
        return places[places.isin(inside)].tolist()

    def at(self, level: str) -> pd.DataFrame:
        """Rows of the areas of one level, or of the groups of one grouping."""
        rows = self.frame if level in self.levels else self.places
        return rows[rows["level"] == self.require_level(level)]

    def ancestors_at(self, level: str) -> pd.Series:
        """Map each area to its ancestor on a level, or to its group; areas above that level, or in no group, are left out."""
        if level not in self.levels:
            return self._groups_at(self.require_level(level))
        height = self.levels.index(level)
        parents = dict(zip(self.frame["area"], self.frame["parent"], strict=True))
        height_of = {area: self.levels.index(name) for area, name in zip(*self._ids_and_levels(), strict=True)}
        current = pd.Series(self.frame["area"].to_numpy(), index=self.frame["area"].to_numpy(), dtype=object)
        for _ in self.levels:
            lower = current.map(height_of) < height
            current = current.where(~lower, current.map(parents))
        found = current[current.map(height_of) == height]
        if level == self.levels[-1] and self.members:
            found = pd.concat([found, pd.Series(self.root, index=list(self.members), dtype=object)])
        return found

    def _groups_at(self, grouping: str) -> pd.Series:
        """Map each area that makes up a group, and all below it, to the group."""
        groups = self._groups_of(grouping)
        found = [self.ancestors_at(level).map(groups).dropna() for level in self.levels]
        return pd.concat([part for part in found if len(part)] or found[:1])

    def _ids_and_levels(self) -> tuple[pd.Series, pd.Series]:
        return self.frame["area"], self.frame["level"]


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    names = [*COLUMNS, *(name for name in frame if str(name).startswith(GROUPING_PREFIX))]
    text = {name: frame[name].fillna("").astype(str).str.strip() if name in frame else "" for name in names}
    return pd.DataFrame(text, index=frame.index, dtype=object)


def _as_dates(text: pd.Series, default: str) -> pd.Series:
    """Read dates; where there is none, the default, and NaT for what is no date."""
    return pd.to_datetime(text.replace("", default), format="%Y-%m-%d", errors="coerce")


def _find_faults(frame: pd.DataFrame, levels: tuple[str, ...], file: str) -> Iterator[Fault]:
    """Yield everything that keeps a table from being a tree of areas."""

    def at(rows: pd.Series, message: str, **values: str) -> Iterator[Fault]:
        for row, line in frame[rows].iterrows():
            yield Fault(message, {**line, **values}, Place(file, int(str(row)), area=line["area"] or None))

    yield from at(frame["area"] == "", "the area has no id")
    frame = frame[frame["area"] != ""]
    ids = set(frame["area"])
    yield from at(frame["area"].duplicated(), "the area id stands twice; ids must be unique")
    no_level = ~frame["level"].isin(levels)
    yield from at(no_level, "level '{level}' is not among the levels: {levels}", levels=", ".join(levels))
    orphan = (frame["parent"] != "") & ~frame["parent"].isin(ids)
    yield from at(orphan, "the parent '{parent}' is not in the table")
    yield from _faults_of_roots(frame, file)
    cyclic = frame["area"].isin(_in_cycle(frame))
    yield from at(cyclic, "the area is its own ancestor by its parent '{parent}'; a tree has no cycle")
    height = frame["level"].map({level: number for number, level in enumerate(levels)})
    parent_height = frame["parent"].map(dict(zip(frame["area"], height, strict=True)))
    yield from at(parent_height <= height, "the parent '{parent}' is not on a larger level than the area")
    not_largest = (frame["parent"] == "") & (height < len(levels) - 1)
    message = "the area has no parent, but level '{level}' is not the largest one, '{largest}'"
    yield from at(not_largest, message, largest=levels[-1])
    yield from _faults_of_dates(frame, at)


def _faults_of_dates(frame: pd.DataFrame, at: Callable[..., Iterator[Fault]]) -> Iterator[Fault]:
    """Yield dates that are none, and times in which an area would be in no sum: what it counts would vanish."""
    dates = {}
    for column, default in (("valid_from", ALWAYS_FROM), ("valid_to", ALWAYS_TO)):
        dates[column] = _as_dates(frame[column], default)
        yield from at(dates[column].isna(), "{column} is no date like 2009-01-01", column=column)
    yield from at(dates["valid_from"] > dates["valid_to"], "the area ends on {valid_to}, before it begins")
    first, last = (frame["parent"].map(dict(zip(frame["area"], dates[name], strict=True))) for name in dates)
    outlives = (dates["valid_from"] < pd.to_datetime(first)) | (dates["valid_to"] > pd.to_datetime(last))
    yield from at(outlives, "the area exists at times when its parent '{parent}' does not; it would be in no sum")


def _faults_of_roots(frame: pd.DataFrame, file: str) -> Iterator[Fault]:
    roots = frame.loc[frame["parent"] == "", "area"].tolist()
    if not roots:
        yield Fault("no area is without a parent; one must be, the whole town", {}, Place(file))
    if len(roots) > 1:
        message = "{count} areas are without a parent ({areas}); only the whole town may be"
        yield Fault(message, {"count": len(roots), "areas": ", ".join(roots[:5])}, Place(file))


def _in_cycle(frame: pd.DataFrame) -> set[str]:
    """Ids of areas that reach themselves by going from parent to parent."""
    first = frame.drop_duplicates("area").reset_index(drop=True)
    number = {area: row for row, area in enumerate(first["area"])}
    parent = first["parent"].map(number).fillna(-1).to_numpy(dtype=np.int64)
    start = np.arange(len(first))
    current, cyclic = parent.copy(), np.zeros(len(first), dtype=bool)
    for _ in range(len(first)):
        cyclic |= current == start
        if (current < 0).all():
            break
        current = np.where(current >= 0, parent[current], -1)
    return set(first.loc[cyclic, "area"])
