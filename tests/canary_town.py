"""A small town whose hidden counts are canaries, and its edition for the public as a user makes it.

In its district Nord every quarter must be hidden: Anger counts two to four children, and the other two protect it. Each
hidden count is chosen so that it, its rate in any rounding and what it leaves of its whole are digits that stand nowhere
else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.released import write_town

if TYPE_CHECKING:
    from pathlib import Path

DATES = ("2022-12-31", "2023-12-31", "2024-12-31")
HIDDEN = {"11": (3, 2, 4), "12": (797, 811, 823), "13": (2411, 2459, 2473)}
SHOWN = {"21": (1204, 1211, 1240), "22": (2010, 2022, 2141), "23": (2004, 2027, 2090)}
CHILDREN = {"11": (577, 569, 587), "12": (7901, 7907, 7927), "13": (7867, 7873, 7933)} | {
    "21": (6000, 6100, 6200),
    "22": (5000, 5100, 5200),
    "23": (4000, 4100, 4200),
}
"""Children on benefits, and all children, by quarter and date; the latter everybody knows."""

PLAN = """\
schema: 1
title: {de: Probe, en: Sample}
languages: [de, en]
runs:
  - {id: trend, notebook: trend, parameters: {target_group: children, level: ortsteil}, title: {de: Entwicklung, en: Development}}
  - {id: comparison, notebook: comparison, parameters: {target_group: children, level: ortsteil}, title: {de: Vergleich, en: Comparison}}
"""


def counts() -> str:
    """Rows of the tidy file."""
    rows = []
    for number, date in enumerate(DATES):
        for area in CHILDREN:
            poor = (HIDDEN | SHOWN)[area][number]
            rows.append(f"{area},{date},sgb2_recipients,,0-14,{poor},")
            for age, people in (("0-14", CHILDREN[area][number]), ("15-64", 30000), ("65+", 9000)):
                rows.append(f"{area},{date},population,,{age},{people},")
    return "\n".join(rows) + "\n"


def squares() -> str:
    """A map of the quarters: squares of 1,000 metres in two rows."""
    corners = ((0, 0), (1000, 0), (1000, 1000), (0, 1000), (0, 0))
    features = [
        {
            "type": "Feature",
            "properties": {"area": area},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[1000 * (int(area) % 10) + x, 1000 * (int(area) // 10) + y] for x, y in corners]],
            },
        }
        for area in CHILDREN
    ]
    crs = {"type": "name", "properties": {"name": "EPSG:25832"}}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})


def write_canaries(folder: Path) -> Path:
    """Write the town with its map."""
    write_town(folder, counts())
    declared = (folder / "town.yml").read_text(encoding="utf-8")
    (folder / "town.yml").write_text(f"{declared}geometry: {{file: areas.geojson}}\n", encoding="utf-8")
    (folder / "areas.geojson").write_text(squares(), encoding="utf-8")
    return folder


def write_notebooks(root: Path, project: Path) -> Path:
    """Copy the notebooks of pages for the public, and write the plan."""
    notebooks = project / "notebooks"
    (notebooks / "plans").mkdir(parents=True)
    (notebooks / "plans" / "standard.yml").write_text(PLAN, encoding="utf-8")
    for name in ("trend.ipynb", "comparison.ipynb"):
        (notebooks / name).write_bytes((root / "notebooks" / name).read_bytes())
    return notebooks
