"""Neighbourhoods of the spatial folders: one column with the ids of each area's neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sozialanalyse.statistics import neighbour_weights

if TYPE_CHECKING:
    from tests.oracles.vectors import Call, Expectation, Row

STYLES = {"B": "binary", "W": "row", "C": "total", "U": "unit", "S": "variance"}
STYLES_OF_ESDA = {"O": "binary", "B": "binary", "R": "row", "D": "unit", "V": "variance"}


def weights(call: Call, style: str) -> Any:
    """Return the weights of a call, from one area to another as they stand."""
    places = {_identity(row): place for place, row in enumerate(call.rows)}
    pairs = [
        (place, places[_plain(other)])
        for place, row in enumerate(call.rows)
        for other in (row.get("neighbours") or "").replace(";", " ").replace(",", " ").split()
    ]
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return neighbour_weights(first, second, len(places), style=style, mutual=False)


def place(wanted: Expectation, rows: list[Row]) -> int:
    """Return the position that a key names: ``row=3``, ``area=3``."""
    (name, value), *_ = wanted.key.items()
    return int(value) - 1 if name == "row" else [_plain(row[name]) for row in rows].index(_plain(value))


def _identity(row: Row) -> str:
    return _plain(row.get("gal_id") or row["area"])


def _plain(name: str) -> str:
    """Return an id without the decimals that a column of numbers may have brought: 3.0 is 3."""
    return name.strip().removesuffix(".0")
