"""Reading raw deliveries by their mapping files (:mod:`sozialanalyse.loading.mapping`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from sozialanalyse.documents import Document, read_document
from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.csv_files import FILE_ROW, read_text_table, require_columns
from sozialanalyse.loading.mapping import AreaPart, AreasMapping, Mapping, Parent, TableFile, Taken, ValueColumn, Where

Find = Callable[[str], Path]
"""Finds a raw file by its path below the folder of raw files."""

TIDY = ("area", "period", "measure", "sex", "age", "value", "status")
"""Columns of the tidy format, all text."""


def read_mapped_counts(document: Document[Mapping], find: Find) -> pd.DataFrame:
    """Read a raw file by its mapping.

    Parameters
    ----------
    document
        The mapping.
    find
        Finds the raw file.

    Returns
    -------
    pandas.DataFrame
        Text columns :data:`TIDY`, ``plain`` (the value without separators, empty where it is no number), ``source, file``;
        ``file_row``; ``share``: what a percentage is a share of, or None.

    Raises
    ------
    DataError
        The file is faulty; an entry of ``values`` takes no row; a row is taken by no entry, unless that may be.
    """
    mapping = document.content
    table = _read_table(mapping, find, _columns_of(mapping))
    entries = mapping.values  # noqa: PD011 - not those of a frame
    chosen = [_matches(table, entry.where) for entry in entries]
    faults = [*_entries_in_vain(chosen, document), *_rows_left_over(table, chosen, document)]
    if faults:
        raise DataError(faults)
    parts = [_tidy(table[rows], entry, mapping) for rows, entry in zip(chosen, entries, strict=True)]
    return pd.concat(parts, ignore_index=True)


def read_mapped_areas(path: Path, find: Find, name: str) -> pd.DataFrame:
    """Read the table of areas from raw files by its mapping; an area that stands in many rows is taken once."""
    mapping = read_document(path, AreasMapping, name).content
    return pd.concat([_areas_of(part, find) for part in mapping.parts], ignore_index=True)


def _columns_of(mapping: Mapping) -> list[str]:
    taken = [mapping.area.column, mapping.period.column]
    named = [name for entry in mapping.values for name in (entry.column, *entry.where)]  # noqa: PD011 - not a frame
    return [name for name in (*taken, *named) if name]


def _read_table(table: TableFile, find: Find, columns: list[str]) -> pd.DataFrame:
    """Read a table with the columns needed, each named once in a message, and take the rows that are meant."""
    frame = read_text_table(
        find(table.file), table.file, encoding=table.encoding, separator=table.separator, header_row=table.header_row
    )
    require_columns(frame, dict.fromkeys([*table.rows, *columns]), table.file, table.header_row)
    return frame[_matches(frame, table.rows)]


def _matches(table: pd.DataFrame, where: Where) -> pd.Series:
    chosen: pd.Series[bool] = pd.Series(True, index=table.index)  # noqa: FBT003 - the value, not a switch
    for column, wanted in where.items():
        chosen &= table[column].isin(wanted)
    return chosen


def _entries_in_vain(chosen: list[pd.Series], document: Document[Mapping]) -> Iterator[Fault]:
    """An entry that finds nothing tells of a delivery that has changed, or of a slip."""
    message = "no row of {file} is taken by this entry; has the delivery changed?"
    for number, rows in enumerate(chosen):
        if not rows.any():
            yield document.fault(("values", number), message, file=document.content.file)


def _rows_left_over(table: pd.DataFrame, chosen: list[pd.Series], document: Document[Mapping]) -> Iterator[Fault]:
    """Rows that nothing takes would be lost without a word."""
    mapping = document.content
    unused = table[~np.logical_or.reduce(chosen)]
    if mapping.unmapped_rows == "ignore" or unused.empty:
        return
    message = (
        "{count} rows, the first of them this one, are taken by no entry of values in {mapping}; "
        "add an entry, choose rows, or write unmapped_rows: ignore"
    )
    place = Place(mapping.file, int(unused[FILE_ROW].iloc[0]))
    yield Fault(message, {"count": len(unused), "mapping": document.file}, place)


def _tidy(rows: pd.DataFrame, entry: ValueColumn, mapping: Mapping) -> pd.DataFrame:
    text = rows[entry.column]
    status = _each(text, lambda value: mapping.marks.get(value, ""))
    return pd.DataFrame(
        {
            "area": _renamed(_take(rows, mapping.area), mapping.area_names),
            "period": _take(rows, mapping.period),
            "measure": entry.measure,
            "sex": entry.sex,
            "age": entry.age,
            "value": text.mask(status != "", "").mask(status == "zero", "0"),
            "plain": _plain_numbers(text, mapping).mask(status != "", "").mask(status == "zero", "0"),
            "status": status,
            "source": mapping.source,
            "file": mapping.file,
            FILE_ROW: rows[FILE_ROW],
            "share": pd.Series([entry.share_of] * len(rows), index=rows.index, dtype=object),
        }
    )


def _take(rows: pd.DataFrame, taken: Taken) -> pd.Series:
    if taken.column is None:
        return pd.Series(taken.value, index=rows.index, dtype=object)
    return _around(rows[taken.column], taken.pattern)


def _around(text: pd.Series, pattern: str) -> pd.Series:
    """Put the text of a pattern around each value; nothing in a pattern but {} is replaced."""
    return _each(text, lambda value: pattern.replace("{}", value))


def _renamed(text: pd.Series, names: dict[str, str]) -> pd.Series:
    return _each(text, lambda value: names.get(value, value))


def _each(text: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Change each distinct text once."""
    return text.map({value: change(value) for value in text.unique()}).astype(object)


def _plain_numbers(text: pd.Series, mapping: Mapping) -> pd.Series:
    """Write numbers with a point and without separators; what is no number in the declared way becomes empty."""
    separator = re.escape(mapping.thousands)
    whole = rf"(?:\d+|\d{{1,3}}(?:{separator}\d{{3}})+)" if separator else r"\d+"
    number = re.compile(rf"-?{whole}(?:{re.escape(mapping.decimal)}\d+)?", re.ASCII)

    def plain(value: str) -> str:
        if not number.fullmatch(value):
            return ""
        return value.replace(mapping.thousands, "").replace(mapping.decimal, ".")

    return _each(text, plain)


def _areas_of(part: AreaPart, find: Find) -> pd.DataFrame:
    columns = [part.area, part.name, part.parent.column if part.parent else None]
    table = _read_table(part, find, [column for column in columns if column])
    table = table[table[part.area].str.fullmatch(part.matching)] if part.matching else table
    table = table.drop_duplicates([column for column in columns if column])
    area = table[part.area]
    name = _around(table[part.name] if part.name else area, part.name_pattern)
    return pd.DataFrame(
        {
            "area": area,
            "name": area.map(part.names).astype(object).fillna(name),
            "level": part.level,
            "parent": _parents(table, area, part.parent),
            FILE_ROW: table[FILE_ROW],
        }
    )


def _parents(table: pd.DataFrame, area: pd.Series, parent: Parent | None) -> pd.Series | str:
    if parent is None:
        return ""
    if parent.value is not None:
        return parent.value
    of = table[parent.column] if parent.column else area.str[: parent.prefix]
    return _around(of, parent.pattern)
