"""Opening a town folder: ``town.yml``, areas, catalogue, counts, totals, polygons."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialanalyse import catalogue as catalogues
from sozialanalyse.areas import AreaTree
from sozialanalyse.documents import Document, read_document
from sozialanalyse.errors import DataError, Fault, Place, UsageError, nearest
from sozialanalyse.loading.checks import Declared
from sozialanalyse.loading.counts import check_counts
from sozialanalyse.loading.csv_files import FILE_ROW, read_text_table, require_columns
from sozialanalyse.loading.mapping import Mapping
from sozialanalyse.loading.polygons import check_polygons
from sozialanalyse.loading.raw_files import TIDY, read_mapped_areas, read_mapped_counts
from sozialanalyse.loading.shares import shares_to_counts
from sozialanalyse.loading.totals import gaps_of_totals, refuse_gaps
from sozialanalyse.loading.town_file import CountsFile, TownFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sozialanalyse.catalogue import Catalogue

RAW_VARIABLE = "SOZIALANALYSE_RAW"
"""Environment variable that names the folder of raw files."""

TOWN_FILE = "town.yml"

NEEDED = ("area", "period", "measure", "value")
"""Columns that a tidy file must have; the others of :data:`TIDY` may be absent."""


@dataclass(frozen=True)
class TownData:
    """Everything that was read of a town.

    ``gaps`` holds the differences between delivered totals and the sum of their areas; ``files`` the files that were
    read, with their names as shown, in the order of reading.
    """

    file: TownFile
    areas: AreaTree
    catalogue: Catalogue
    counts: pd.DataFrame
    gaps: pd.DataFrame
    files: tuple[tuple[str, Path], ...]
    geometry: Path | None

    def fingerprint(self) -> str:
        """Hash of the content of all files that were read; the same data give the same hash in any folder."""
        total = hashlib.sha256()
        for name, path in self.files:
            total.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        return total.hexdigest()


def load_town(folder: Path, raw: Path | None = None) -> TownData:
    """Read and check a town folder.

    Parameters
    ----------
    folder
        Holds ``town.yml`` and what it names.
    raw
        Folder of raw files for mappings; default: the environment variable :data:`RAW_VARIABLE`.

    Raises
    ------
    UsageError
        No such town; raw files needed and no folder named.
    DataError
        With all faults of all deliveries at once.
    """
    if not (folder / TOWN_FILE).is_file():
        raise UsageError("there is no town in {folder}: {file} is missing", folder=folder.name, file=TOWN_FILE)
    opening = _Opening(folder, raw or _raw_from_environment())
    document = read_document(opening.own(TOWN_FILE), TownFile, TOWN_FILE)
    town = document.content
    declared = Declared(town, _read_areas(town, opening), _read_catalogue(opening))
    counts = _read_counts(document, declared, opening)
    gaps = gaps_of_totals(counts, declared.areas)
    if town.totals == "exact":
        refuse_gaps(gaps, counts)
    geometry = _find_polygons(document, declared.areas, opening)
    return TownData(town, declared.areas, declared.catalogue, counts, gaps, tuple(opening.files), geometry)


def _raw_from_environment() -> Path | None:
    named = os.environ.get(RAW_VARIABLE)
    return Path(named) if named else None


@dataclass
class _Opening:
    """The folders of a town being opened; notes each file that is found."""

    folder: Path
    raw: Path | None
    files: list[tuple[str, Path]] = field(default_factory=list)

    def own(self, name: str) -> Path:
        """Find a file of the town folder."""
        return self._note(name, _inside(self.folder, name, "the town folder"))

    def delivered(self, name: str) -> Path:
        """Find a raw file."""
        if self.raw is None:
            message = "the raw file {file} is needed; name its folder with --raw DIR or in {variable}"
            raise UsageError(message, file=name, variable=RAW_VARIABLE)
        return self._note(name, _inside(self.raw, name, "the folder of raw files"))

    def _note(self, name: str, path: Path) -> Path:
        if path.is_file() and (name, path) not in self.files:
            self.files.append((name, path))
        return path


def _inside(folder: Path, name: str, what: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise DataError(Fault("the path leads out of {what}; it must stay inside", {"what": what}, Place(name)))
    return path


def _read_areas(town: TownFile, opening: _Opening) -> AreaTree:
    path = opening.own(town.areas)
    if path.suffix in {".yml", ".yaml"}:
        frame = read_mapped_areas(path, opening.delivered, town.areas)
    else:
        frame = read_text_table(path, town.areas)
    return AreaTree.from_frame(frame.set_index(FILE_ROW), [level.id for level in town.levels], town.areas)


def _read_catalogue(opening: _Opening) -> Catalogue:
    opening.own(catalogues.TOWN_FILE)
    return catalogues.with_town(catalogues.shipped(), opening.folder)


def _read_counts(document: Document[TownFile], declared: Declared, opening: _Opening) -> pd.DataFrame:
    """Read all deliveries; the faults of all of them are gathered before the first is raised."""
    tables: list[pd.DataFrame] = []
    faults: list[Fault] = []
    for number, entry in enumerate(declared.town.counts):
        with _gathered(faults):
            _refuse_unknown(document, ("counts", number, "source"), entry.source, list(declared.town.sources))
            tables.append(_read_tidy(opening.own(entry.file), entry))
    for name in declared.town.mappings:
        with _gathered(faults):
            tables.append(_read_mapped(name, declared, opening))
    if not any(map(len, tables)):
        raise DataError(faults or document.fault((), "there are no counts; name files under counts or mappings"))
    checked = pd.DataFrame()
    with _gathered(faults):
        checked = check_counts(pd.concat(tables, ignore_index=True), declared)
    if faults:
        raise DataError(faults)
    return shares_to_counts(checked, declared.areas)


@contextmanager
def _gathered(faults: list[Fault]) -> Iterator[None]:
    """Note the faults of what is done inside and go on."""
    try:
        yield
    except DataError as error:
        faults.extend(error.faults)


def _refuse_unknown(document: Document[Any], key: Sequence[str | int], name: str, known: Sequence[str]) -> None:
    """Refuse a name in a document that is not among the known ones."""
    if name not in known:
        message = "'{name}' is not known here; did you mean: {near}?"
        raise DataError(document.fault(key, message, name=name, near=nearest(name, known)))


def _read_tidy(path: Path, entry: CountsFile) -> pd.DataFrame:
    table = read_text_table(path, entry.file)
    require_columns(table, NEEDED, entry.file, optional=[column for column in TIDY if column not in NEEDED])
    columns = {column: table.get(column, "") for column in TIDY}
    tidy = pd.DataFrame({**columns, "plain": columns["value"]}, index=table.index, dtype=object)
    return tidy.assign(source=entry.source, file=entry.file, share=None, **{FILE_ROW: table[FILE_ROW]})


def _read_mapped(name: str, declared: Declared, opening: _Opening) -> pd.DataFrame:
    document = read_document(opening.own(name), Mapping, name)
    faults: list[Fault] = []
    for key, found, known in _names_of(document.content, declared):
        with _gathered(faults):
            _refuse_unknown(document, key, found, known)
    if faults:
        raise DataError(faults)
    return read_mapped_counts(document, opening.delivered)


def _names_of(mapping: Mapping, declared: Declared) -> Iterator[tuple[tuple[str | int, ...], str, list[str]]]:
    """List what a mapping names that must be declared elsewhere: where it stands, the name, the known ones."""
    measures = [measure.id for measure in declared.catalogue.measures]
    yield ("source",), mapping.source, list(declared.town.sources)
    for number, entry in enumerate(mapping.values):
        yield ("values", number, "measure"), entry.measure, measures
        if entry.share_of:
            yield ("values", number, "share_of", "measure"), entry.share_of.measure, measures


def _find_polygons(document: Document[TownFile], areas: AreaTree, opening: _Opening) -> Path | None:
    """Find the polygons; without the folder of raw files a town has counts but no map."""
    geometry = document.content.geometry
    if geometry is None or (geometry.raw and opening.raw is None):
        return None
    if geometry.source is not None:
        _refuse_unknown(document, ("geometry", "source"), geometry.source, list(document.content.sources))
    path = opening.delivered(geometry.file) if geometry.raw else opening.own(geometry.file)
    check_polygons(path, geometry, areas)
    return path
