"""A town of three quarters to be drawn: shares that can be checked in the head, names that try to be something else."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import sozialanalyse as sa
from sozialanalyse.positions import add_level_positions
from tests.pictures import svgs_in
from tests.small_town import TIDY, write_town

if TYPE_CHECKING:
    from pathlib import Path

    from sozialanalyse.comparison import Comparison
    from sozialanalyse.findings.display import Shown

SCRIPT, DOLLARS, TURNED = "<script>alert(1)</script>", '$x$ _a_ & "b"', "Süd\u200f"
AREAS = f"""\
area,name,level,parent
0,Klein,stadt,
01,{SCRIPT},ortsteil,0
02,"{DOLLARS.replace('"', '""')}",ortsteil,0
03,{TURNED},ortsteil,0
"""

EXPECTED = ("2012-12-31", "2014-12-31", "2015-12-31", "2016-12-31", "2017-12-31", "2018-12-31")
DELIVERED = tuple(date for date in EXPECTED if not date.startswith("2017"))
"""For 2017 nothing was delivered."""

OLDER = {"01": 100, "02": 300, "03": 200}
"""People of 65 and more among the 1,000 of each quarter: 10, 30 and 20 per cent, 20 in the town."""


def counts() -> str:
    """Write the rows of the tidy file."""
    rows = []
    for date in DELIVERED:
        for area, older in OLDER.items():
            ages = {"0-17": 150, "18-64": 850 - older, "65+": older}
            rows += [f"{area},{date},population,all,{age},{value}," for age, value in ages.items()]
            rows.append(f"{area},{date},population_foreign,all,,{older // 2},")
    return "\n".join(rows) + "\n"


def squares(areas: tuple[str, ...] = ("01", "02", "03")) -> str:
    """Write a map of squares side by side, in metres."""
    corners = ((0, 0), (1000, 0), (1000, 1000), (0, 1000), (0, 0))
    features = [
        {
            "type": "Feature",
            "properties": {"area": area},
            "geometry": {"type": "Polygon", "coordinates": [[[1000 * place + x, y] for x, y in corners]]},
        }
        for place, area in enumerate(areas)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def drawn_view(
    folder: Path, group: str = "older", *, language: str = "en", area: str = "", mapped: bool = True
) -> sa.View:
    """Write the town, open it and look at it."""
    declared = TIDY + f"periods: [{', '.join(EXPECTED)}]\n"
    declared += "geometry: {file: areas.geojson}\n" if mapped else ""
    write_town(folder, counts(), town__yml=declared, areas__csv=AREAS, areas__geojson=squares())
    return sa.View(sa.open_town(folder), group, area, "ortsteil", language)


def compared(view: sa.View) -> Comparison:
    """Compare the quarters."""
    return sa.comparison.compare(view.frame, view.town.areas, level=view.level)


def with_status(comparison: Comparison, area: str, status: str) -> Comparison:
    """Take the values of an area away, and place the others anew among each other."""
    areas = comparison.areas.copy()
    chosen = areas["area"] == area
    areas.loc[chosen, ["value", "lower", "upper", "numerator"]] = float("nan")
    areas.loc[chosen, ["numerator_least", "numerator_greatest"]] = 0.0, float("nan")
    areas.loc[chosen, "status"] = status
    areas.loc[chosen, "relation"] = sa.comparison.UNKNOWN
    return replace(comparison, areas=add_level_positions(areas))


def svg_of(shown: Shown) -> str:
    """Return the picture of a figure, each look written where it is used."""
    (svg,) = svgs_in(str(shown.html))
    looks = dict(re.findall(r"\.(l\d+)\{([^}]*)\}", svg))
    return re.sub(r' class="(l\d+)"', lambda found: f' style="{looks[found[1]]}"', svg)


def elements(svg: str, name: str) -> list[ET.Element]:
    """Find the elements of a picture with this name, whatever its namespace."""
    return [element for element in ET.fromstring(svg).iter() if element.tag.rpartition("}")[2] == name]  # our own


def texts(svg: str) -> list[str]:
    """List the texts in a picture, in the order of drawing."""
    return [element.text or "" for element in elements(svg, "text")]


def group(svg: str, name: str) -> list[ET.Element]:
    """Find the groups of a picture with this id."""
    return [element for element in elements(svg, "g") if element.get("id") == name]


def marks(svg: str, name: str) -> int:
    """Count the marks (dots) in all groups with this id."""
    uses = [[part for part in found.iter() if part.tag.endswith("}use")] for found in group(svg, name)]
    return sum(map(len, uses))
