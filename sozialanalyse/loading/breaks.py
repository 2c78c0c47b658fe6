"""Breaks that only a town knows of become versions of the measures that they concern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.catalogue import Catalogue, MeasureVersion
from sozialanalyse.errors import DataError, Fault

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.catalogue import Measure
    from sozialanalyse.documents import Document
    from sozialanalyse.loading.town_file import TownBreak, TownFile


def with_town_breaks(catalogue: Catalogue, document: Document[TownFile], counts: pd.DataFrame) -> Catalogue:
    """Add a town's breaks to the catalogue, so that they stop trends and stand on pages as the shipped ones do.

    Parameters
    ----------
    catalogue
        Of the town; it stays as it is.
    document
        ``town.yml``.
    counts
        Frame of counts: it tells which measures come from a source.

    Raises
    ------
    DataError
        A break concerns nothing that its source delivers, so that it would be lost without a word.
    """
    found: dict[str, list[MeasureVersion]] = {}
    faults: list[Fault] = []
    for number, entry in enumerate(document.content.breaks):
        concerned = _concerned(entry, counts)
        if not concerned:
            message = "source '{source}' delivers none of the measures of this break; check both"
            faults.append(document.fault(("breaks", number), message, source=entry.source))
        for name in concerned:
            found.setdefault(name, []).append(_version(entry))
    if faults:
        raise DataError(faults)
    measures = tuple(_extended(measure, found.get(measure.id, [])) for measure in catalogue.measures)
    return catalogue.model_copy(update={"measures": measures}) if found else catalogue


def _concerned(entry: TownBreak, counts: pd.DataFrame) -> list[str]:
    """List the measures that a break concerns; of a source only those that it delivers."""
    if entry.source is None:
        return list(entry.measures)
    of_source = counts.loc[counts["source"] == entry.source, "measure"].astype(str).unique()
    return [str(name) for name in of_source if name in entry.measures or not entry.measures]


def _version(entry: TownBreak) -> MeasureVersion:
    given = entry.model_dump(include={"note", "reference", "review", "stops_trend"})
    return MeasureVersion.model_validate({**given, "valid_from": entry.date})


def _extended(measure: Measure, versions: list[MeasureVersion]) -> Measure:
    both = sorted([*measure.versions, *versions], key=lambda version: version.valid_from)
    return measure.model_copy(update={"versions": tuple(both)})
