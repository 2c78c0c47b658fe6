"""Reading the table of areas from raw files by its mapping (:class:`sozialanalyse.loading.mapping.AreasMapping`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sozialanalyse.documents import read_document
from sozialanalyse.loading.columns import around, padded, without
from sozialanalyse.loading.csv_files import FILE_ROW
from sozialanalyse.loading.mapping import AreaPart, AreasMapping, Parent
from sozialanalyse.loading.readers import read_raw

if TYPE_CHECKING:
    from pathlib import Path

    from sozialanalyse.loading.raw_folder import RawFolder

COLUMNS = ["area", "name", "level", "parent", "valid_from", "valid_to"]


def read_mapped_areas(path: Path, raw: RawFolder, name: str) -> pd.DataFrame:
    """Read the table of areas from raw files by its mapping; an area that stands in many rows is taken once.

    Parameters
    ----------
    path, name
        The mapping, and how it is called in messages.
    raw
        Finds the raw files.

    Returns
    -------
    pandas.DataFrame
        Text columns :data:`COLUMNS`; ``file_row``.

    Raises
    ------
    DataError
        The mapping or a file is faulty.
    """
    mapping = read_document(path, AreasMapping, name).content
    return pd.concat([_areas_of(part, raw) for part in mapping.parts], ignore_index=True)


def _areas_of(part: AreaPart, raw: RawFolder) -> pd.DataFrame:
    named = [part.area, part.name, part.parent.column if part.parent else None]
    columns = [column for column in named if column]
    tables = read_raw(part, raw, [*columns, *part.unless])
    areas = pd.concat([_areas_in(table.frame, part, columns) for table in tables], ignore_index=True)
    return areas.drop_duplicates(COLUMNS)


def _areas_in(table: pd.DataFrame, part: AreaPart, columns: list[str]) -> pd.DataFrame:
    table = without(table, part.unless)
    ids = padded(table[part.area], part.width)
    table = table.assign(**{part.area: ids})
    table = table[ids.str.fullmatch(part.matching)] if part.matching else table
    table = table.drop_duplicates(columns)
    area = table[part.area]
    name = around(table[part.name] if part.name else area, part.name_pattern)
    return pd.DataFrame(
        {
            "area": area,
            "name": area.map(part.names).astype(object).fillna(name),
            "level": part.level,
            "parent": _parents(table, area, part.parent),
            "valid_from": part.valid_from.isoformat() if part.valid_from else "",
            "valid_to": part.valid_to.isoformat() if part.valid_to else "",
            FILE_ROW: table[FILE_ROW],
        }
    )


def _parents(table: pd.DataFrame, area: pd.Series, parent: Parent | None) -> pd.Series | str:
    if parent is None:
        return ""
    if parent.value is not None:
        return parent.value
    of = table[parent.column] if parent.column else area.str[: parent.prefix]
    return around(of, parent.pattern)
