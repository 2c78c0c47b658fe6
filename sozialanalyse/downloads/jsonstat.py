"""JSON-stat 2.0: all values as one cube of areas, indicators, dates and statistics, for programs of statistical offices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sozialanalyse.downloads.geojson import number
from sozialanalyse.downloads.table import PLACE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialanalyse.downloads.table import Table

STATISTICS = ("value", "lower", "upper")


def cube(table: Table) -> bytes:
    """Write a table as a cube; what has no number stands in ``status`` with the code of its state.

    Parameters
    ----------
    table
        As it is written by :func:`.tidy`.
    """
    text = table.words.text
    areas, indicators = _labels(table, "area", "area_name"), _labels(table, "indicator", "indicator_name")
    dates = {date: date for date in sorted({row[PLACE["period_end"]] for row in table.rows})}
    statistics = {"value": text("Value"), "lower": text("Interval from"), "upper": text("Interval to")}
    dimensions = {"area": areas, "indicator": indicators, "period_end": dates, "statistic": statistics}
    values, status = _cells(table, areas, indicators, dates)
    content = {
        "version": "2.0",
        "class": "dataset",
        "label": table.title,
        "source": "; ".join(dict.fromkeys(row[PLACE["source"]] for row in table.rows)),
        "note": list(table.notes),
        "id": list(dimensions),
        "size": [len(categories) for categories in dimensions.values()],
        "role": {"geo": ["area"], "time": ["period_end"], "metric": ["statistic"]},
        "dimension": {
            name: {"category": {"index": list(categories), "label": categories}}
            for name, categories in dimensions.items()
        },
        "value": values,
        "status": status,
    }
    return (json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8")


def _labels(table: Table, key: str, name: str) -> dict[str, str]:
    return {row[PLACE[key]]: row[PLACE[name]] for row in table.rows}


def _cells(table: Table, *dimensions: Iterable[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Number the cells as JSON-stat does, the last dimension first; only those with a number or a state are told."""
    areas, indicators, dates = ({name: n for n, name in enumerate(names)} for names in dimensions)
    values: dict[str, Any] = {}
    status: dict[str, str] = {}
    places = [PLACE[name] for name in STATISTICS]
    for row in table.rows:
        first = areas[row[PLACE["area"]]] * len(indicators) + indicators[row[PLACE["indicator"]]]
        place = (first * len(dates) + dates[row[PLACE["period_end"]]]) * len(STATISTICS)
        for offset, column in enumerate(places):
            if row[column]:
                values[str(place + offset)] = number(row[column])
        status[str(place)] = row[PLACE["state"]]
    return values, status
