"""Small notebooks, plans and a town for the tests of the batch, written where a test wants them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from sozialanalyse.batch import Order

Cell = dict[str, Any]

PARAMETERS = """
release: str = ""  # file
town: str = "town"  # folder
raw: str | None = None  # folder
language: str = "de"  # de or en
audience: str = "public"  # for whom
target_group: str = "older"  # which
area: str = ""  # which
years: int | None = None  # how many
share: float = 0.5  # how much
"""

FINDING = {
    "title": "Ältere Menschen: Entwicklung",
    "town": "Probestadt",
    "area": "Probestadt",
    "target_group": "Ältere Menschen",
    "data_state": "31.12.2024",
    "summary": "Der Anteil ist gestiegen.",
    "synthetic": True,
    "notices": ["Erfundene Daten."],
    "told": {"data_state": [[0, 10, "date|2024-12-31"]]},
}

FINDING_TYPE = "application/vnd.sozialanalyse.finding+json"
NOTHING_TYPE = "application/vnd.sozialanalyse.nothing+json"

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

SHOW = """
from IPython.display import publish_display_data as show
show({"application/vnd.sozialanalyse.finding+json": %r | {"target_group": target_group}})
show({"text/html": "<p>Gezeigt: " + target_group + "</p>"})
print("geheime Zeile", town)
"""


def markdown(name: str, text: str, *tags: str) -> Cell:
    return {"cell_type": "markdown", "id": name, "metadata": {"tags": list(tags)}, "source": text}


def code(name: str, text: str, *tags: str, outputs: tuple[Cell, ...] = ()) -> Cell:
    cell = {"cell_type": "code", "id": name, "metadata": {"tags": list(tags)}, "source": text}
    return {**cell, "outputs": list(outputs), "execution_count": None}


def shown(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> Cell:
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def notebook(*cells: Cell) -> str:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells})


def executed(*cells: Cell, finding: dict[str, Any] | None = None) -> str:
    """Make a notebook as it is after its run: title, finding, then the given cells."""
    about = code("about", "", outputs=(shown({FINDING_TYPE: FINDING if finding is None else finding}),))
    return notebook(markdown("title", "# Titel\n\nWie entwickelt es sich?"), about, *cells)


def runnable(*sources: str) -> str:
    """Make a notebook that can run: title, parameters, then a cell for each source."""
    cells = [code(f"cell-{letter}", source) for letter, source in zip("abcdef", sources, strict=False)]
    return notebook(markdown("title", "# Titel\n\nFrage?"), code("parameters", PARAMETERS, "parameters"), *cells)


GOOD = runnable(SHOW % FINDING)
BROKEN = runnable("raise ValueError('kaputt in /home/erika/geheim/zahlen.csv: <script>x()</script>')")
PLAN = """schema: 1
title: {de: Probe, en: Sample}
runs:
  - id: trend-{target_group}
    notebook: trend
    matrix: {target_group: [older, children]}
    title: {de: "Entwicklung {target_group}", en: Development}
  - {id: broken-older, notebook: broken, parameters: {target_group: older}, title: {de: Kaputtes, en: Broken}}
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def project(folder: Path, plan: str = PLAN, **notebooks: str) -> Path:
    """Write a project with notebooks, a plan and a town's folder."""
    for name, text in ({"trend": GOOD, "broken": BROKEN} | notebooks).items():
        write(folder / "notebooks" / f"{name}.ipynb", text)
    write(folder / "notebooks" / "plans" / "standard.yml", plan)
    town(folder / "data" / "probestadt")
    return folder


def order(folder: Path, **changes: Any) -> Order:
    """Order everything of a project."""
    from sozialanalyse.batch import Order

    given = {
        "town": folder / "data" / "probestadt",
        "data": "0" * 64,
        "plan": folder / "notebooks" / "plans" / "standard.yml",
        "notebooks": folder / "notebooks",
        "output": folder / "outputs",
        "workers": 2,
    }
    return Order(**(given | changes))


def town(folder: Path, confidentiality: str = "synthetic") -> Path:
    """Write the smallest town that opens: two quarters, people by age on one date."""
    label = "label: {de: L, en: L}, plural: {de: L, en: L}"
    write(
        folder / "town.yml",
        "schema: 1\nname: Probestadt\n"
        f"levels: [{{id: viertel, {label}}}, {{id: stadt, {label}}}]\n"
        f"confidentiality: {confidentiality}\n"
        "population_base: {de: erfunden, en: invented}\n"
        "sources:\n  register: {name: {de: Register, en: Register}, publisher: Amt, licence: frei}\n"
        "counts:\n  - {file: counts/population.csv, source: register}\n",
    )
    write(
        folder / "areas.csv",
        "area,name,level,parent,valid_from,valid_to\n0,Probestadt,stadt,,,\n01,Nord,viertel,0,,\n02,Süd,viertel,0,,\n",
    )
    rows = [
        f"{area},2024-12-31,population,,{age},{100 + 7 * int(area)}" for area in ("01", "02") for age in ("0-64", "65+")
    ]
    write(folder / "counts" / "population.csv", "area,period,measure,sex,age,value\n" + "\n".join(rows) + "\n")
    return folder
