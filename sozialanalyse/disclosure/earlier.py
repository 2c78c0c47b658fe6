"""Groupings of earlier releases: what was published of groups stays known, though a town divides itself otherwise now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sozialanalyse.areas import Grouping
from sozialanalyse.areas.groupings import BETWEEN
from sozialanalyse.errors import DataError, Fault, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sozialanalyse.areas import AreaTree

    Members = Mapping[str, Sequence[str]]
    """Areas that make up each group."""

SINCE = "@"
"""Stands between the id of a grouping and the number of the release that had it otherwise than it is now."""

GONE = (
    "release {number} has published {group}, of which the area '{area}' was a part that is not in the table of areas any more; what was "
    "published stays known, so put the area back and say when it ended (valid_to)"
)


class Earlier(NamedTuple):
    """What earlier releases knew of groups.

    Parameters
    ----------
    areas
        The tree with the groupings of now and, beside them, those that were published and are otherwise now.
    names
        Of each release, what its groups are called there.
    groups
        Groups of earlier releases only: they are attacked with, and never shown.
    """

    areas: AreaTree
    names: tuple[Mapping[str, str], ...]
    groups: frozenset[str]

    @classmethod
    def nothing(cls, areas: AreaTree) -> Earlier:
        """Give what is known where nothing was ever released."""
        return cls(areas, (), frozenset())


def groupings_before(areas: AreaTree, published: Sequence[Members], file: str) -> Earlier:
    """Add to a tree the groupings that earlier releases had and it has not, or has otherwise.

    Parameters
    ----------
    areas
        The tree as it is now.
    published
        The groups of each release.
    file
        Name of the ledger, for messages.

    Raises
    ------
    DataError
        An area that made up a group is gone.
    """
    tree, names = areas, []
    known = {_key(name, groups): name for name, groups in _by_grouping(areas.members).items()}
    for number, members in enumerate(published, start=1):
        renamed: dict[str, str] = {}
        for name, groups in _by_grouping(members).items():
            key = _key(name, groups)
            if key not in known:
                known[key] = f"{name}{SINCE}{number}"
                tree = _with(tree, Grouping(known[key]), groups, number, file)
            begin = len(name)
            renamed |= {group: known[key] + group[begin:] for group in groups if known[key] != name}
        names.append(renamed)
    return Earlier(tree, tuple(names), frozenset(set(tree.members) - set(areas.members)))


def _by_grouping(members: Members) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for group, parts in members.items():
        found.setdefault(group.partition(BETWEEN)[0], {})[group] = tuple(sorted(parts))
    return found


def _key(name: str, groups: Members) -> tuple[object, ...]:
    """Tell one state of a grouping from another."""
    return name, tuple(sorted((group, tuple(parts)) for group, parts in groups.items()))


def _with(tree: AreaTree, grouping: Grouping, groups: Members, number: int, file: str) -> AreaTree:
    """Put one more grouping beside a tree."""
    value = {part: group.partition(BETWEEN)[2] for group, parts in groups.items() for part in parts}
    named = {part: group for group, parts in groups.items() for part in parts}
    if gone := [area for area in value if area not in tree]:
        values = ({"number": number, "group": named[area], "area": area} for area in gone)
        raise DataError(Fault(GONE, value, Place(file, number)) for value in values)
    frame = tree.frame.assign(**{grouping.column: tree.frame["area"].map(value).fillna("")})
    return replace(tree, frame=frame, groupings=(*tree.groupings, grouping))
