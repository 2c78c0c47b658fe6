"""Frames, values and polygons as plain text, and back: exactly, and always in the same bytes."""

from __future__ import annotations

import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sozialanalyse.loading.town_file import Geometry

DATE = "datetime64[s]"
KIND = "\t"
"""Between the name of a column and its type."""

STATE_KINDS = {
    **dict.fromkeys(("area", "measure", "sex"), "object"),
    **dict.fromkeys(("age_from", "age_to"), "int16"),
    "period_kind": "object",
    **dict.fromkeys(("period_start", "period_end"), DATE),
    "state": "object",
    **dict.fromkeys(("value", "least", "greatest"), "float64"),
}
"""Types of the columns of the states of cells."""


def json_text(value: Any) -> str:
    """Write a plain value as JSON; the same value gives the same text."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


def hash_of(members: Mapping[str, str]) -> str:
    """Hash texts by their names and content."""
    total = hashlib.sha256()
    for name in sorted(members):
        total.update(name.encode() + b"\0" + hashlib.sha256(members[name].encode()).digest())
    return total.hexdigest()


def csv_text(frame: pd.DataFrame) -> str:
    """Write a frame as CSV, with the type of each column behind its name."""
    named = frame.set_axis([f"{name}{KIND}{frame[name].dtype}" for name in frame], axis="columns")
    return named.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")


def frame_of(text: str) -> pd.DataFrame:
    """Read what :func:`csv_text` wrote."""
    header = text.partition("\n")[0]
    return _read(text, dict(entry.split(KIND) for entry in header.split(",")) if header else {})


def states_text(states: pd.DataFrame) -> str:
    """Write the states of cells as a table for everybody: numbers in plain decimals, nothing for none."""
    numbers = {name: _plain(states[name]) for name in ("value", "least", "greatest")}
    named = states.assign(**numbers, cell=[f"c{number}" for number in range(1, len(states) + 1)])
    return named[["cell", *states]].to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")


def states_of(text: str) -> pd.DataFrame:
    """Read what :func:`states_text` wrote."""
    return _read(text, {"cell": "object", **STATE_KINDS}).drop(columns="cell")


def _plain(numbers: pd.Series) -> list[str]:
    return ["" if np.isnan(number) else f"{number:.15g}" for number in numbers.to_numpy(dtype=np.float64).tolist()]


def _read(text: str, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Read a table of which the types of the columns are known, in their order."""
    if not kinds:
        return pd.DataFrame()
    read = {name: _read_as(kind) for name, kind in kinds.items()}
    frame = pd.read_csv(
        io.StringIO(text),
        names=list(kinds),
        skiprows=1,
        dtype=read,
        keep_default_na=False,
        na_values={name: [""] if kind.startswith("float") else [] for name, kind in kinds.items()},
    )
    return frame.assign(**{name: _typed(frame[name], kind) for name, kind in kinds.items() if kind != read[name]})


def _read_as(kind: str) -> str:
    """Choose the type that a column is read as; of dates and other texts each is read but once."""
    return kind if kind.startswith(("int", "bool", "float", "object", "category")) else "category"


def _typed(column: pd.Series, kind: Any) -> pd.Series:
    """Turn text into what it was."""
    if kind.startswith("datetime"):
        days = pd.to_datetime(pd.Series(column.cat.categories.astype(object)).replace("", None), format="%Y-%m-%d")
        return pd.Series(days.to_numpy().astype(kind)[column.cat.codes], index=column.index)
    return column.astype(object).astype(kind)


def plain_polygons(path: Path, declared: Geometry) -> str:
    """Write polygons as GeoJSON with nothing but the id of each; whatever else the file says stays behind.

    Parameters
    ----------
    path
        The town's file of polygons.
    declared
        What the town says of it.
    """
    collection = _collection(path, declared)
    features = [
        {
            "type": "Feature",
            "properties": {declared.area: entry["properties"].get(declared.area)},
            "geometry": entry["geometry"],
        }
        for entry in collection["features"]
    ]
    kept = {"type": "FeatureCollection", **({"crs": collection["crs"]} if "crs" in collection else {})}
    return json.dumps({**kept, "features": features}, ensure_ascii=False, separators=(",", ":"))


def _collection(path: Path, declared: Geometry) -> dict[str, Any]:
    if path.suffix.lower() in {".geojson", ".json"}:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found
    import geopandas as gpd  # noqa: PLC0415 - heavy

    layer = {} if declared.layer is None else {"layer": declared.layer}
    read: dict[str, Any] = json.loads(gpd.read_file(path, **layer)[[declared.area, "geometry"]].to_json())
    return read
