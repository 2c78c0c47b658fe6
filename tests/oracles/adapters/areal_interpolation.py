"""Areal interpolation of pysal's tobler: counts, means and categories between polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sozialanalyse.areas.interpolation import overlaps
from sozialanalyse.statistics import interpolate_counts, interpolate_means, overlap_shares
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    import geopandas as gpd

    from tests.oracles.vectors import Call


def _layer(call: Call, name: str) -> gpd.GeoDataFrame:
    import geopandas

    rows = [row for row in call.rows if row["layer"] == name]
    shapes = geopandas.GeoSeries.from_wkt([row["wkt"] for row in rows])
    return geopandas.GeoDataFrame({"area": [row["id"] for row in rows]}, geometry=shapes, crs=call.options["crs"])


def _area_interpolate(call: Call) -> Answer:
    sources, targets = _layer(call, "source"), _layer(call, "target")
    common = overlaps(sources, targets)
    whole = None if call.options["allocate_total"] else sources.area.to_numpy()
    # The peer keeps its areas in single precision; the expected values agree to nine digits only where ours are as well.
    shares = overlap_shares(common.astype(np.float32), whole if whole is None else whole.astype(np.float32))
    rows = [row for row in call.rows if row["layer"] == "source"]
    found: dict[str, Any] = {}
    if name := call.options.get("extensive"):
        found[name] = interpolate_counts([float(row[name]) for row in rows], shares)
    if name := call.options.get("intensive"):
        found[name] = interpolate_means([float(row[name]) for row in rows], common)
    if name := call.options.get("categorical"):
        for category in {row[name] for row in rows}:
            is_of = [float(row[name] == category) for row in rows]
            found[f"{name}_{category}"] = interpolate_means(is_of, common, whole=targets.area.to_numpy())
    place = {area: number for number, area in enumerate(targets["area"])}
    return lambda wanted: found[wanted.statistic][place[wanted.key["target"]]]


FUNCTIONS = {
    "tobler.area_weighted.area_interpolate": Function(
        _area_interpolate, frozenset({"extensive", "intensive", "categorical", "allocate_total", "crs"})
    )
}
