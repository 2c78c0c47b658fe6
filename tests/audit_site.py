"""A small published folder, written by hand as bytes: what the audit reads is not made by the program that it audits.

Four areas of a town, children on benefits among children. Of area 02 there are 3, below the threshold 5; so 02 is hidden,
and 03 (12) with it. Everything else is published.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DAY, EARLIER_DAY = "2024-12-31", "2023-12-31"
CHILDREN = {"0": 1000, "01": 400, "02": 190, "03": 150, "04": 260}
POOR = {"0": 80, "01": 40, "02": 3, "03": 12, "04": 25}
POOR_BEFORE = {"0": 78, "01": 38, "02": 4, "03": 13, "04": 23}
HIDDEN = ("02", "03")
NAMES = {"0": "Musterstadt", "01": "Altstadt", "02": "Lindenau", "03": "Nordhafen", "04": "Seewiesen"}
PAGE = "comparison/children.de.html"
HEAD = "cell,area,measure,sex,age_from,age_to,period_kind,period_start,period_end,state,value,least,greatest"

DOCUMENT = {
    "schema": 1,
    "town": "Musterstadt",
    "audience": "public",
    "release": {"number": 2, "sha256": "0" * 64},
    "levels": ["sozialraum", "stadt"],
    "areas": [
        {
            "id": area,
            "name": name,
            "level": "stadt" if area == "0" else "sozialraum",
            "parent": None if area == "0" else "0",
        }
        for area, name in NAMES.items()
    ],
    "measures": [
        {"id": "population", "k": None, "zeros": "published", "saturated": False},
        {"id": "sgb2_recipients", "k": 5, "zeros": "may_be_hidden", "saturated": True},
    ],
    "indicators": [
        {
            "id": "kinderarmut",
            "kind": "proportion",
            "numerator": {"measure": "sgb2_recipients", "age_from": 0, "age_to": 14},
            "denominator": {"measure": "population", "age_from": 0, "age_to": 14},
            "factor": 100,
            "decimals": 1,
        }
    ],
    "static": ["95-%-Intervall", "Kinderarmut (SGB II unter 15 Jahren)"],
}


def cells(number: int = 0) -> list[str]:
    """Rows of ``cells.csv`` without their head."""
    rows = []
    for day, poor in ((EARLIER_DAY, POOR_BEFORE), (DAY, POOR)):
        for measure, counts in (("population", CHILDREN), ("sgb2_recipients", poor)):
            for area, count in counts.items():
                number += 1
                hidden = measure == "sgb2_recipients" and area in HIDDEN
                state = "hidden" if hidden else "public" if measure == "population" else "published"
                value = "" if hidden else str(count)
                rows.append(f"c{number},{area},{measure},all,0,14,stock,{day},{day},{state},{value},,")
    return rows


def mark(statistic: str, area: str, text: str, *parts: str) -> str:
    """A number that says what it is."""
    return f'<data value="{key(statistic, area, *parts)}">{text}</data>'


def key(statistic: str, area: str, *parts: str) -> str:
    return "|".join([statistic, "kinderarmut", area, *(parts or (DAY,))])


def named(area: str) -> str:
    return f'<data value="area|{area}">{area} {NAMES[area]}</data>'


def row(area: str, value: str, numerator: str, denominator: str) -> str:
    cells = (
        mark("value", area, value) if value != "•" else value,
        mark("numerator", area, numerator) if numerator != "•" else numerator,
        mark("denominator", area, denominator),
    )
    return (
        f"<tr><th scope='row'>{named(area)}</th>"
        + "".join(f"<td class='number'>{cell}</td>" for cell in cells)
        + "</tr>"
    )


ROWS = [
    row("01", "10,0 %", "40", "400"),
    row("02", "•", "•", "190"),
    row("03", "•", "•", "150"),
    row("04", "9,6 %", "25", "260"),
]

SVG = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="200pt" height="100pt" viewBox="0 0 200 100" xmlns="http://www.w3.org/2000/svg">
 <g id="figure_1">
  <g id="patch_1"><path d="M 0 100 L 200 100 L 200 0 L 0 0 z"/></g>
  <g id="panel-kinderarmut">
   <g id="patch_2"><path d="M 50 80 L 150 80 L 150 20 L 50 20 z"/></g>
   <g id="matplotlib.axis_1">
    <g id="xtick_1"><g id="line2d_1"><g><use xlink:href="#tick" x="50" y="80"/></g></g><g id="text_1"><text x="50" y="90">0</text></g></g>
    <g id="xtick_2"><g id="line2d_2"><g><use xlink:href="#tick" x="91.67" y="80"/></g></g><g id="text_2"><text x="91.67" y="90">5</text></g></g>
    <g id="xtick_3"><g id="line2d_3"><g><use xlink:href="#tick" x="133.33" y="80"/></g></g><g id="text_3"><text x="133.33" y="90">10</text></g></g>
   </g>
   <g id="town"><path d="M 116.67 20 L 116.67 80"/></g>
   <g id="intervals"><path d="M 110 30 L 145 30 M 105 70 L 148 70"/></g>
   <g id="filled"><g><use xlink:href="#dot" x="133.33" y="30"/><use xlink:href="#dot" x="130.13" y="70"/></g></g>
   <g id="text_4"><text x="116.67" y="15">Musterstadt 8,0 %</text></g>
   <g id="text_5"><text x="45" y="32">01 Altstadt</text></g>
   <g id="text_6"><text x="45" y="72">04 Seewiesen</text></g>
  </g>
 </g>
</svg>
"""

LEVEL = ("0", DAY, "sozialraum")


def level(statistic: str, text: str) -> str:
    return f'<data value="{statistic}|kinderarmut|0|{DAY}|sozialraum">{text}</data>'


def date(day: str, text: str) -> str:
    return f'<data value="date|{day}">{text}</data>'


ALT = "Kinderarmut am 31.12.2024: Musterstadt 8,0 %; 2 Gebiete mit Wert, von 9,6 % bis 10,0 %."
TOLD = " ".join(
    [
        f"drawn|kinderarmut|0|{DAY}|sozialraum",
        "axis|kinderarmut",
        f"date|{DAY}",
        key("value", "0"),
        f"level_areas|kinderarmut|0|{DAY}|sozialraum",
        f"level_min|kinderarmut|0|{DAY}|sozialraum",
        f"level_max|kinderarmut|0|{DAY}|sozialraum",
        *(f"area|{area}" for area in NAMES),
    ]
)


def page(svg: str = SVG) -> str:
    """The page of a comparison."""
    picture = base64.b64encode(svg.encode()).decode()
    return f"""<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><title>Kinderarmut im Vergleich – Musterstadt</title></head>
<body>
<h1>Kinderarmut im Vergleich</h1>
<p>Datenstand {date(DAY, "31.12.2024")}</p>
<p class="summary">Kinderarmut (SGB II unter 15 Jahren) am {date(DAY, "31.12.2024")}: {mark("value", "0", "8,0 %")},
Spannweite der gezeigten Gebiete {level("level_min", "9,6 %")} bis {level("level_max", "10,0 %")},
seit {date(EARLIER_DAY, "31.12.2023")} {mark("change", "0", "+0,2", EARLIER_DAY, DAY)} Prozentpunkte.</p>
<figure><img src="data:image/svg+xml;base64,{picture}" alt="{ALT}" data-told="{TOLD}"></figure>
<table><caption>Kinderarmut, {date(DAY, "31.12.2024")}</caption>
<thead><tr><th>Gebiet</th><th>Anteil</th><th>Zähler</th><th>Nenner</th></tr></thead>
<tbody>{"".join(ROWS)}</tbody>
<tfoot>{row("0", "8,0 %", "80", "1.000")}</tfoot></table>
</body>
</html>
"""


MANIFEST = {
    "schema": 1,
    "town": "musterstadt",
    "audience": "public",
    "findings": [
        {
            "id": "comparison-children",
            "address": PAGE,
            "language": "de",
            "sha256": "ab" * 32,
            "finding": {
                "summary": "Kinderarmut am 31.12.2024: 8,0 %",
                "told": {"summary": [[15, 25, f"date|{DAY}"], [27, 32, key("value", "0")]]},
            },
        }
    ],
}
DOWNLOAD = f"""indicator,area,period_end,value,numerator,denominator
kinderarmut,0,{DAY},8.0,80,1000
kinderarmut,01,{DAY},10.0,40,400
kinderarmut,02,{DAY},,,190
kinderarmut,03,{DAY},,,150
kinderarmut,04,{DAY},9.6,25,260
"""


def write_site(folder: Path, document: dict | None = None, rows: list[str] | None = None) -> Path:
    """Write the whole folder.

    Parameters
    ----------
    folder
        Made where it is missing.
    document
        What ``knowledge.json`` holds, where it is another than :data:`DOCUMENT`.
    rows
        Rows of ``cells.csv``, where they are others than :func:`cells`.
    """
    (folder / "comparison").mkdir(parents=True)
    (folder / "knowledge.json").write_text(json.dumps(document or DOCUMENT), encoding="utf-8")
    (folder / "cells.csv").write_text("\n".join([HEAD, *(rows or cells())]) + "\n", encoding="utf-8")
    (folder / PAGE).write_text(page(), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps(MANIFEST), encoding="utf-8")
    (folder / "children.csv").write_text(DOWNLOAD, encoding="utf-8")
    return folder
