"""Import tables for KomMonitor: a row for each area of a level, a column for each indicator and date.

KomMonitor's importer (https://github.com/KomMonitor/kommonitor-importer, README, "Indicator Property Mapping") reads such a table
by its converter for time series: the area's key is the ``spatialReferenceKeyProperty``, and each column is named in a
``timeseriesMapping`` with its date as ``timestamp``. Its numbers have a decimal point; what is empty is no value.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from sozialanalyse.downloads.separated import harmless
from sozialanalyse.downloads.table import PLACE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialanalyse.downloads.table import Row

KEY = "area"
NAME = "area_name"


def import_table(rows: Iterable[Row], level: str) -> bytes:
    """Write the values of the areas of a level.

    Parameters
    ----------
    rows
        Of the table of values.
    level
        Id of the level, which is a spatial unit of KomMonitor.

    Returns
    -------
    bytes
        UTF-8, ``;``, decimal point; columns ``area``, ``area_name`` and ``INDICATOR_DATE`` in the order of the table.
    """
    values: dict[str, dict[str, str]] = {}
    columns: dict[str, None] = {}
    names: dict[str, str] = {}
    for row in rows:
        if row[PLACE["level"]] == level:
            column = f"{row[PLACE['indicator']]}_{row[PLACE['period_end']]}"
            columns[column] = None
            area = row[PLACE["area"]]
            names[area] = row[PLACE["area_name"]]
            values.setdefault(area, {})[column] = row[PLACE["value"]]
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow([KEY, NAME, *columns])
    for area, own in values.items():
        writer.writerow([harmless(area), harmless(names[area]), *(own.get(column, "") for column in columns)])
    return target.getvalue().encode("utf-8")
