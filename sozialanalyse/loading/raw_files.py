"""Reading raw deliveries of counts by their mapping files (:mod:`sozialanalyse.loading.mapping`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.cells import read_cells
from sozialanalyse.loading.columns import each, has_values, periods_from, without
from sozialanalyse.loading.csv_files import FILE_ROW
from sozialanalyse.loading.places import Gazetteer, are_areas, find_areas
from sozialanalyse.loading.readers import RawTable, read_raw
from sozialanalyse.loading.vain import declared_in_vain, unknown_areas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.documents import Document
    from sozialanalyse.loading.mapping import Mapping, ValueColumn
    from sozialanalyse.loading.raw_folder import RawFolder

TIDY = ("area", "period", "measure", "sex", "age", "value", "status")
"""Columns of the tidy format, all text."""


@dataclass(frozen=True)
class MappedDelivery:
    """A raw delivery as tidy text, and the tables that it was read from.

    Parameters
    ----------
    counts
        Text columns :data:`TIDY`, where ``value`` is as delivered, empty where a mark stands; ``plain``: the number with
        a point, multiplied by the factor, empty where there is none; ``source, file``; ``file_row``; ``share``: what a
        percentage is a share of, or None; ``mark, footnote, obs_status, conf_status, low, high, fix`` (see
        :class:`sozialanalyse.loading.marks.Cell`); ``base``: what the number is rounded to, 0 where only the source
        says it; ``label, area_problem, candidates`` (see :class:`sozialanalyse.loading.places.Found`); ``abolished``:
        whether the mark may say that there was no such area; ``delivered``: the date as text, or empty.
    tables
        One a file and sheet.
    """

    counts: pd.DataFrame
    tables: tuple[RawTable, ...]


def read_mapped(document: Document[Mapping], raw: RawFolder, areas: AreaTree) -> MappedDelivery:
    """Read a delivery by its mapping.

    Parameters
    ----------
    document
        The mapping.
    raw
        Finds the raw files.
    areas
        The table of areas, in which names are looked up.

    Raises
    ------
    DataError
        A file is faulty; the mapping names levels or areas that are not known; something that it declares finds
        nothing; a row is taken by no entry of ``values``, unless that may be.
    """
    mapping = document.content
    if faults := list(unknown_areas(document, areas)):
        raise DataError(faults)
    read = read_raw(mapping, raw, _columns_of(mapping), decimal=mapping.decimal)
    tables = [_meant(table, mapping) for table in read]
    chosen = [[has_values(table.frame, entry.chosen) for entry in mapping.values] for table in tables]  # noqa: PD011
    faults = [*_rows_left_over(tables, chosen, document), *_entries_in_vain(chosen, document)]
    if faults:
        raise DataError(faults)
    gazetteer = Gazetteer(areas)
    counts = pd.concat(
        [
            _tidy(table, table.frame[rows], entry, mapping, gazetteer)
            for table, of_entries in zip(tables, chosen, strict=True)
            for entry, rows in zip(mapping.values, of_entries, strict=True)
        ],
        ignore_index=True,
    )
    if faults := list(declared_in_vain(document, _written(tables, mapping), counts)):
        raise DataError(faults)
    return MappedDelivery(counts, tuple(tables))


def _columns_of(mapping: Mapping) -> list[str]:
    """Name all columns that a mapping needs, each once."""
    entries = mapping.values  # noqa: PD011 - not those of a frame
    periods = [mapping.period, *(entry.period for entry in entries if entry.period)]
    taken = [mapping.area.column, mapping.area.within, *(period.column for period in periods)]
    named = [name for entry in entries for name in (*entry.numbers, *entry.chosen)]
    return list(dict.fromkeys(name for name in (*taken, *mapping.unless, *named) if name))


def _meant(table: RawTable, mapping: Mapping) -> RawTable:
    """Leave out the rows that are not meant by ``unless`` and the form of the ids."""
    frame = without(table.frame, mapping.unless)
    if mapping.area.matching and mapping.area.column:
        frame = frame[are_areas(frame[mapping.area.column], mapping)]
    return replace(table, frame=frame)


def _written(tables: list[RawTable], mapping: Mapping) -> dict[str, set[str]]:
    """Which texts stand in the columns of areas, codes and chosen rows."""
    chosen = [column for entry in mapping.values for column in entry.chosen]  # noqa: PD011 - not those of a frame
    columns = dict.fromkeys([*mapping.rows, *chosen, *([mapping.area.column] if mapping.area.column else [])])
    return {column: {text for table in tables for text in table.frame[column].unique()} for column in columns}


def _entries_in_vain(chosen: list[list[pd.Series]], document: Document[Mapping]) -> Iterator[Fault]:
    """An entry that finds nothing tells of a delivery that has changed, or of a slip."""
    message = "no row of {file} is taken by this entry; has the delivery changed?"
    for number, of_tables in enumerate(zip(*chosen, strict=True)):
        if not any(rows.any() for rows in of_tables):
            yield document.fault(("values", number), message, file=document.content.called)


def _rows_left_over(
    tables: list[RawTable], chosen: list[list[pd.Series]], document: Document[Mapping]
) -> Iterator[Fault]:
    """Rows that nothing takes would be lost without a word."""
    message = (
        "no entry of values in {mapping} takes this row (such rows: {count}); "
        "add an entry, choose rows, or write unmapped_rows: ignore"
    )
    for table, of_entries in zip(tables, chosen, strict=True):
        unused = table.frame[~np.logical_or.reduce(of_entries)]
        if document.content.unmapped_rows == "refuse" and len(unused):
            place = Place(table.name, int(unused[FILE_ROW].iloc[0]))
            yield Fault(message, {"count": len(unused), "mapping": document.file}, place)


def _tidy(
    table: RawTable, rows: pd.DataFrame, entry: ValueColumn, mapping: Mapping, gazetteer: Gazetteer
) -> pd.DataFrame:
    cells = read_cells(rows, entry, mapping)
    periods = periods_from(rows, entry.period or mapping.period)
    said = {
        "period": periods,
        "measure": entry.measure,
        "sex": each(rows[entry.sex_codes.column], entry.sex_codes.codes.__getitem__) if entry.sex_codes else entry.sex,
        "age": each(rows[entry.age_codes.column], entry.age_codes.codes.__getitem__) if entry.age_codes else entry.age,
        "source": mapping.source,
        "file": table.name,
        FILE_ROW: rows[FILE_ROW],
        "share": pd.Series([entry.share_of] * len(rows), index=rows.index, dtype=object),
        "abolished": (cells["status"] != "") & cells["mark"].isin(mapping.abolished),
        "delivered": mapping.delivered.isoformat() if mapping.delivered else "",
    }
    places = find_areas(rows, periods, mapping, gazetteer)
    return pd.concat([places, pd.DataFrame(said, index=rows.index), cells], axis=1)
