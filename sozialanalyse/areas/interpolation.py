"""Crosswalks from geometry: old and new polygons laid over each other, weighed by area or by where people live.

Weighing by residents (dasymetric) is far better than by area: parks, fields and works are empty. Weights are points or
smaller areas with a count, such as addresses, blocks or grid cells of a census.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse.areas.crosswalks import AREA, POPULATION
from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.statistics import overlap_shares

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EQUAL_AREA = "EPSG:3035"
"""Lambert's equal-area projection for Europe (ETRS89-LAEA): degrees are turned into it before anything is measured."""

SLIVER = 0.005
"""A piece that is a smaller part of both its old and its new area comes from borders drawn twice, not from a reform."""

LEAST_COVERED = 0.9
"""Where less of an old area lies in new ones, the two files are not of the same town, or one has a hole."""


def crosswalk_from_geometry(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, date: str, weights: gpd.GeoDataFrame | None = None
) -> pd.DataFrame:
    """Make a crosswalk of polygons.

    Parameters
    ----------
    old, new
        Polygons with the column ``area``, each area once, with a coordinate system.
    date
        First day of the new boundaries, such as ``2009-01-01``.
    weights
        Points or small polygons with the column ``weight`` (residents, dwellings). A polygon's weight is spread evenly
        over it. Default: area. An old area in which nothing has weight is shared by area.

    Returns
    -------
    pandas.DataFrame
        ``from_area, to_area, date, share, basis`` as text, for :meth:`.Crosswalks.from_frame`; slivers left out.

    Raises
    ------
    DataError
        A layer without coordinate system; an old area that the new ones do not cover.
    """
    old, new = _measurable(old, "old"), _measurable(new, "new")
    square_metres = overlaps(old, new)
    size, size_new = old.area.to_numpy(), new.area.to_numpy()
    _refuse_uncovered(square_metres.sum(axis=1) / size, list(old["area"]))
    is_sliver = (square_metres < SLIVER * size[:, np.newaxis]) & (square_metres < SLIVER * size_new)
    square_metres = np.where(is_sliver, 0.0, square_metres)
    shares, basis = overlap_shares(square_metres), np.full(len(old), AREA, dtype=object)
    if weights is not None:
        people = np.where(is_sliver, 0.0, weighed_overlaps(old, new, _measurable(weights, "weights")))
        is_lived_in = people.sum(axis=1) > 0
        shares = np.where(is_lived_in[:, np.newaxis], overlap_shares(people), shares)
        basis[is_lived_in] = POPULATION
    source, target = np.nonzero(shares > 0)
    return pd.DataFrame(
        {
            "from_area": old["area"].to_numpy()[source],
            "to_area": new["area"].to_numpy()[target],
            "date": date,
            "share": [repr(float(share)) for share in shares[source, target]],
            "basis": basis[source],
        },
        dtype=object,
    )


def overlaps(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> Floats:
    """Square metres that old and new polygons have in common, shape (old, new); in the units of their system."""
    pieces = _pieces(old, new)
    return _matrix(pieces, pieces.area.to_numpy(), (len(old), len(new)))


def weighed_overlaps(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, weights: gpd.GeoDataFrame) -> Floats:
    """Sum of the weights in each piece that old and new polygons have in common, shape (old, new).

    A point on a border counts half on either side; one outside of all pieces counts nowhere.
    """
    import geopandas  # noqa: PLC0415 - heavy

    pieces, shape = _pieces(old, new), (len(old), len(new))
    given = weights.assign(number=np.arange(len(weights)))[["number", "weight", "geometry"]]
    if (weights.geom_type == "Point").all():
        hit = geopandas.sjoin(given, pieces, predicate="intersects")
        share = 1 / hit.groupby("number")["number"].transform("size")
        return _matrix(hit, (hit["weight"] * share).to_numpy(dtype=np.float64), shape)
    given = given.assign(whole=given.area)
    parts = geopandas.overlay(pieces, given, how="intersection", keep_geom_type=True)
    return _matrix(parts, (parts["weight"] * parts.area / parts["whole"]).to_numpy(dtype=np.float64), shape)


def _pieces(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Lay two layers over each other; ``old`` and ``new`` number the areas of each piece."""
    import geopandas  # noqa: PLC0415 - heavy

    layers = (
        geopandas.GeoDataFrame(
            {name: np.arange(len(layer))}, geometry=layer.geometry.make_valid().to_numpy(), crs=layer.crs
        )
        for name, layer in (("old", old), ("new", new))
    )
    return geopandas.overlay(*layers, how="intersection", keep_geom_type=True)


def _matrix(pieces: Any, amounts: Floats, shape: tuple[int, int]) -> Floats:
    matrix = np.zeros(shape)
    np.add.at(matrix, (pieces["old"].to_numpy(), pieces["new"].to_numpy()), amounts)
    return matrix


def _measurable(layer: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Bring a layer to the equal-area system, so that layers fit each other and areas are areas."""
    if layer.crs is None:
        message = "the polygons have no coordinate system; declare it in the file, for example EPSG:25832"
        raise DataError(Fault(message, {}, Place(name)))
    return layer.to_crs(EQUAL_AREA)


def _refuse_uncovered(covered: Floats, areas: list[str]) -> None:
    message = "only {covered:.0%} of the old area lies in new ones; are both files of the same town?"
    faults = [
        Fault(message, {"covered": float(share)}, Place(area=area))
        for area, share in zip(areas, covered, strict=True)
        if not share >= LEAST_COVERED
    ]
    if faults:
        raise DataError(faults)
