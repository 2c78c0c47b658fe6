"""Which areas are neighbours: by their polygons, or as a table declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.errors import UsageError, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from sozialanalyse.areas import AreaTree

PAIR = ("area", "neighbour")
"""Columns of a declared table."""


class Neighbours(NamedTuple):
    """Neighbourhood of the areas of a level."""

    areas: frozenset[str]
    """Areas of which it is known; without a pair they are islands."""
    pairs: pd.DataFrame
    """:data:`PAIR`, each pair once, in the order of ids."""

    def weights(self, areas: Sequence[str]) -> Any:
        """Weights among some areas, each of whose neighbours counts the same (see :func:`.statistics.neighbour_weights`)."""
        places = pd.Index(areas)
        first, second = (places.get_indexer(pd.Index(self.pairs[name])) for name in PAIR)
        both = (first >= 0) & (second >= 0)
        return statistics.neighbour_weights(first[both], second[both], len(places))


def neighbours_of(given: pd.DataFrame, tree: AreaTree, level: str) -> Neighbours:
    """Find the neighbours of each area of a level.

    Parameters
    ----------
    given
        Polygons (``area`` and geometry, of the level or of smaller areas that make it up; see :func:`.read_polygons`):
        neighbours share a border or a corner. Or a table ``area, neighbour``, where a river or a motorway parts what touches
        or a bridge joins what does not: a pair named once counts both ways, areas without a pair are islands.
    tree, level
        Of the areas.

    Raises
    ------
    UsageError
        Unknown level; no polygons of its areas; a table that names another area, or one as its own neighbour, or that is
        neither.

    Examples
    --------
    >>> from sozialanalyse.areas import AreaTree
    >>> town = pd.DataFrame(
    ...     {"area": ["0", "a", "b", "c"], "level": ["town"] + 3 * ["quarter"], "parent": ["", "0", "0", "0"]}
    ... )
    >>> tree = AreaTree.from_frame(town.assign(name=town["area"]), ["quarter", "town"])
    >>> declared = pd.DataFrame({"area": ["b", "a"], "neighbour": ["a", "b"]})
    >>> found = neighbours_of(declared, tree, "quarter")
    >>> found.pairs.to_numpy().tolist(), sorted(found.areas)
    ([['a', 'b']], ['a', 'b', 'c'])
    """
    tree.require_level(level)
    if set(PAIR) <= set(given.columns):
        return _declared(given, tree.at(level)["area"].tolist(), level)
    if not hasattr(given, "geometry"):
        message = "neighbours come from polygons or from a table with the columns area and neighbour; found: {columns}"
        raise UsageError(message, columns=", ".join(map(str, given.columns)))
    return _touching(cast("gpd.GeoDataFrame", given), tree, level)


def _declared(table: pd.DataFrame, areas: list[str], level: str) -> Neighbours:
    for name in pd.unique(table[list(PAIR)].astype(str).to_numpy().ravel()):
        if name not in areas:
            what = f"area of level '{level}'"
            raise unknown(what, name, areas)
    pairs = table[list(PAIR)].astype(str)
    if (pairs["area"] == pairs["neighbour"]).any():
        alone = pairs.loc[pairs["area"] == pairs["neighbour"], "area"].iloc[0]
        raise UsageError("area '{area}' stands as its own neighbour; remove this row", area=alone)
    return Neighbours(frozenset(areas), _once(pairs))


def _touching(polygons: gpd.GeoDataFrame, tree: AreaTree, level: str) -> Neighbours:
    """Areas that touch, or overlap by inexact borders."""
    import shapely  # noqa: PLC0415 - heavy

    shapes = _shapes(polygons, tree, level)
    first, second = shapely.STRtree(shapes.to_numpy()).query(shapes.to_numpy(), predicate="intersects")
    ids = shapes.index.to_numpy(dtype=object)
    return Neighbours(frozenset(ids), _once(pd.DataFrame({"area": ids[first], "neighbour": ids[second]})))


def _shapes(polygons: gpd.GeoDataFrame, tree: AreaTree, level: str) -> pd.Series:
    """Join the polygons that make up each area of a level, by its id."""
    import shapely  # noqa: PLC0415 - heavy

    of_level = polygons["area"].map(tree.ancestors_at(level))
    known = of_level.notna().to_numpy()
    if not known.any():
        raise UsageError("there are no polygons of the areas of level '{level}'", level=level)
    parts = pd.Series(polygons.geometry.to_numpy()[known]).groupby(of_level[known].to_numpy(), sort=True)
    return parts.agg(lambda shapes: shapely.union_all(shapely.make_valid(shapes.to_numpy())))


def _once(pairs: pd.DataFrame) -> pd.DataFrame:
    """Keep of each pair one, the lower id first."""
    ordered = pd.DataFrame(np.sort(pairs.to_numpy(dtype=object).astype(str), axis=1), columns=list(PAIR))
    ordered = ordered[ordered["area"] != ordered["neighbour"]].drop_duplicates()
    return ordered.sort_values(list(PAIR), ignore_index=True)
