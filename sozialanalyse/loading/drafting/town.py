"""A first town folder around a first delivery: ``town.yml`` and the table of areas that the delivery speaks of."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from sozialanalyse.loading.mapping import spelling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sozialanalyse.loading.drafting.columns import Column
    from sozialanalyse.loading.drafting.table import Table

    Say = Callable[..., str]

ROOT = "0"
SOURCE = "delivery"


def town_text(name: str, mapping: str, say: Say) -> str:
    """Write a ``town.yml`` with two levels, one source and one mapping.

    Parameters
    ----------
    name
        Name of the town.
    mapping
        Path of the mapping below the town folder.
    say
        Translates our comments.
    """
    quoted = json.dumps(name, ensure_ascii=False)
    lines = (
        f"# {say('The town. Check every line; the names are shown on every page.')}",
        "schema: 1",
        f"name: {quoted}",
        f"# {say('From the smallest level to the whole town.')}",
        "levels:",
        "  - {id: gebiet, label: {de: Gebiet, en: area}, plural: {de: Gebiete, en: areas}}",
        "  - {id: stadt, label: {de: Stadt, en: town}, plural: {de: Städte, en: towns}}",
        f"# {say('published, confidential (then no public pages are made) or synthetic')}",
        "confidentiality: confidential",
        "population_base:",
        '  de: "Einwohnermelderegister, Hauptwohnsitz"',
        '  en: "Resident register, main residence"',
        "sources:",
        f"  {SOURCE}:",
        f"    name: {{de: {quoted}, en: {quoted}}}",
        f"    publisher: {quoted}",
        "    licence: nicht angegeben",
        f"mappings: [{mapping}]",
    )
    return "\n".join(lines) + "\n"


def areas_text(name: str, table: Table) -> str:
    """Write the table of areas: those of the delivery, rows of totals aside, below the whole town.

    Parameters
    ----------
    name
        Name of the town.
    table
        The delivery's table.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["area", "name", "level", "parent"])
    writer.writerow([ROOT, name, "stadt", ""])
    writer.writerows([area, label, "gebiet", ROOT] for area, label in _areas(table))
    return text.getvalue()


def _areas(table: Table) -> Iterator[tuple[str, str]]:
    """Pair each id with its name, where another column holds one name for each."""
    areas = table.one("area")
    if areas is None:
        return
    totals = {spelling(total) for total in table.totals}
    beside = _names_beside(areas, table) if table.codes is None else {}
    ids = {} if table.codes is None else dict(zip(areas.cells, table.codes.cells, strict=True))
    for area in areas.texts:
        if spelling(area) not in totals:
            yield ids.get(area, area), beside.get(area, area)


def _names_beside(areas: Column, table: Table) -> dict[str, str]:
    for column in table.columns:
        pairs = {(area, name) for area, name in zip(areas.cells, column.cells, strict=True) if area}
        is_text = column.role in {"other", "category"} and any(name.isalpha() for _, name in pairs)
        if is_text and len(pairs) == len({area for area, _ in pairs}) == len({name for _, name in pairs}):
            return dict(pairs)
    return {}
