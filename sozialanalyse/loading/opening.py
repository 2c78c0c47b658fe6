"""Opening a town folder: ``town.yml``, areas, catalogue, deliveries, corrections, totals, polygons.

Nothing is ever written here, and either everything is right or nothing is loaded.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialanalyse import catalogue as catalogues
from sozialanalyse.areas import AreaTree, Crosswalks
from sozialanalyse.documents import SCHEMA_VERSION, Document, read_document
from sozialanalyse.errors import DataError, Fault, Place, UsageError, nearest
from sozialanalyse.loading.appearance import with_appearance
from sozialanalyse.loading.areas_files import read_mapped_areas
from sozialanalyse.loading.breaks import with_town_breaks
from sozialanalyse.loading.checks import Declared
from sozialanalyse.loading.corrections import (
    CORRECTIONS_FILE,
    AppliedCorrection,
    CorrectionsFile,
    apply_corrections,
)
from sozialanalyse.loading.counts import check_counts, completed, parse_counts, set_apart
from sozialanalyse.loading.csv_files import FILE_ROW
from sozialanalyse.loading.deliveries import Delivered, Delivery, read_mapping, read_table, read_tidy
from sozialanalyse.loading.design_effects import with_design_effects
from sozialanalyse.loading.mapping import Mapping
from sozialanalyse.loading.needs import with_needs
from sozialanalyse.loading.offers import Offers
from sozialanalyse.loading.offers_opening import read_offers
from sozialanalyse.loading.polygons import check_polygons
from sozialanalyse.loading.raw_folder import RAW_VARIABLE, RawFolder
from sozialanalyse.loading.reforms import read_crosswalks
from sozialanalyse.loading.revisions import without_replaced
from sozialanalyse.loading.shares import shares_to_counts
from sozialanalyse.loading.totals import gaps_of_totals, refuse_gaps
from sozialanalyse.loading.town_file import TownFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sozialanalyse.catalogue import Catalogue

TOWN_FILE = "town.yml"


RULES_FILE = "disclosure.yml"
"""What may be shown of the counts: read by disclosure control, but part of what the town's pages depend on."""


@dataclass(frozen=True)
class TownData:
    """Everything that was read of a town.

    Parameters
    ----------
    file, areas, catalogue
        What the town declares; its own breaks are among the versions of the catalogue's measures.
    counts
        Frame of counts (see :func:`sozialanalyse.loading.counts.check_counts`).
    gaps
        Differences between delivered totals and the sum of their parts.
    files
        The files that were read, with their names as shown, in the order of reading.
    geometry
        The file of polygons.
    unassigned
        Delivered counts that belong to no area: columns of ``counts`` without ``area``, and the ``label`` of the row.
    revisions
        Counts that a later delivery changed (see :func:`sozialanalyse.loading.revisions.without_replaced`).
    corrections
        The corrections that were applied.
    deliveries
        What is known of each delivered table.
    crosswalks
        How areas of one vintage became those of another.
    offers
        Local offers; with private data and places of protection where the town was loaded from its folder.
    """

    file: TownFile
    areas: AreaTree
    catalogue: Catalogue
    counts: pd.DataFrame
    gaps: pd.DataFrame
    files: tuple[tuple[str, Path], ...]
    geometry: Path | None
    unassigned: pd.DataFrame = field(default_factory=pd.DataFrame)
    revisions: pd.DataFrame = field(default_factory=pd.DataFrame)
    corrections: tuple[AppliedCorrection, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    crosswalks: Crosswalks = field(default_factory=Crosswalks)
    offers: Offers = field(default_factory=Offers)

    def fingerprint(self) -> str:
        """Hash of the content of all that was read; the same data give the same hash in any folder."""
        total = hashlib.sha256()
        for name, path in self.files:
            total.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        names = {name for name, _ in self.files}
        for delivery in self.deliveries:
            if delivery.file not in names:  # the answer of a database stands in no file
                total.update(delivery.file.encode() + b"\0" + bytes.fromhex(delivery.sha256))
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
    opening = _Opening(folder, raw or _raw_from_environment())
    document = _read_town(opening)
    town = document.content
    declared = _read_declared(town, opening)
    crosswalks = read_crosswalks(document, declared, opening.own)
    settled = _settle(document, declared, opening)
    counts, unassigned = set_apart(shares_to_counts(settled.checked, declared.areas))
    gaps = gaps_of_totals(counts, declared.areas, unassigned)
    if town.totals == "exact":
        refuse_gaps(gaps, counts)
    return TownData(
        file=with_needs(with_appearance(document, opening.own), declared.catalogue, opening.own),
        areas=declared.areas,
        catalogue=with_town_breaks(with_design_effects(declared.catalogue, document), document, counts),
        counts=counts,
        gaps=gaps,
        geometry=settled.geometry,
        offers=settled.offers,
        files=tuple(opening.files),
        unassigned=unassigned,
        revisions=settled.revisions,
        corrections=settled.corrections,
        deliveries=settled.deliveries,
        crosswalks=crosswalks,
    )


def load_declared(folder: Path, raw: Path | None = None) -> Declared:
    """Read what a town declares, its areas and its catalogue, without its counts.

    Parameters
    ----------
    folder, raw
        As of :func:`load_town`.

    Raises
    ------
    UsageError
        No such town; raw files needed and no folder named.
    DataError
        With all faults of the first faulty file.
    """
    opening = _Opening(folder, raw or _raw_from_environment())
    return _read_declared(_read_town(opening).content, opening)


def _raw_from_environment() -> Path | None:
    named = os.environ.get(RAW_VARIABLE)
    return Path(named) if named else None


@dataclass
class _Opening:
    """The folders of a town being opened; notes each file that is found."""

    folder: Path
    named_raw: Path | None
    files: list[tuple[str, Path]] = field(default_factory=list)

    @property
    def raw(self) -> RawFolder:
        """The folder of raw files."""
        return RawFolder(self.named_raw, self._note)

    def own(self, name: str) -> Path:
        """Find a file of the town folder."""
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            what = "the town folder"
            raise DataError(Fault("the path leads out of {what}; it must stay inside", {"what": what}, Place(name)))
        self._note(name, path)
        return path

    def own_folder(self, name: str) -> RawFolder:
        """Return the town folder for the readers, once it is sure that a file stands in it."""
        self.own(name)
        return RawFolder(self.folder)

    def _note(self, name: str, path: Path) -> None:
        if path.is_file() and (name, path) not in self.files:
            self.files.append((name, path))


def _read_town(opening: _Opening) -> Document[TownFile]:
    if not (opening.folder / TOWN_FILE).is_file():
        raise UsageError("there is no town in {folder}: {file} is missing", folder=opening.folder.name, file=TOWN_FILE)
    return read_document(opening.own(TOWN_FILE), TownFile, TOWN_FILE)


def _read_declared(town: TownFile, opening: _Opening) -> Declared:
    return Declared(town, _read_areas(town, opening), _read_catalogue(opening))


def _read_areas(town: TownFile, opening: _Opening) -> AreaTree:
    path = opening.own(town.areas)
    if path.suffix in {".yml", ".yaml"}:
        frame = read_mapped_areas(path, opening.raw, town.areas)
    else:
        frame = read_table(town.areas, opening.own_folder(town.areas))
    tree = AreaTree.from_frame(frame.set_index(FILE_ROW), [level.id for level in town.levels], town.areas)
    return tree.with_groupings(town.beside, town.areas)


def _read_catalogue(opening: _Opening) -> Catalogue:
    opening.own(catalogues.TOWN_FILE)
    opening.own(RULES_FILE)
    for path in catalogues.recipe_files(opening.folder / catalogues.RECIPES):
        opening.own(f"{catalogues.RECIPES}/{path.name}")
    return catalogues.with_town(catalogues.shipped(), opening.folder)


@dataclass(frozen=True)
class _Settled:
    """Counts of which each stands once, with what was changed on the way; polygons and offers."""

    checked: pd.DataFrame
    revisions: pd.DataFrame
    corrections: tuple[AppliedCorrection, ...]
    deliveries: tuple[Delivery, ...]
    geometry: Path | None
    offers: Offers


def _settle(document: Document[TownFile], declared: Declared, opening: _Opening) -> _Settled:
    """Read all deliveries, take the later of two, correct and check; all faults are gathered before one is raised."""
    faults: list[Fault] = []
    with _gathered(faults):
        _refuse_unknown_breaks(document, declared)
    delivered = _read_deliveries(document, declared, opening, faults)
    if not any(len(one.text) for one in delivered):
        raise DataError(faults or document.fault((), "there are no counts; name files under counts or mappings"))
    is_complete = not faults
    text = completed(pd.concat([one.text for one in delivered], ignore_index=True))
    text, revisions, contradictions = without_replaced(text, parse_counts(text, declared.catalogue))
    faults += contradictions
    corrections: tuple[AppliedCorrection, ...] = ()
    with _gathered(faults):
        corrected, corrections, problems = apply_corrections(_read_corrections(opening), text, declared)
        text = corrected
        faults += problems if is_complete else []  # without a delivery its corrections find no place
    checked = pd.DataFrame()
    with _gathered(faults):
        checked = check_counts(text, declared)
    geometry, offers = None, Offers()
    with _gathered(faults):
        geometry = _find_polygons(document, declared.areas, opening)
    with _gathered(faults):
        offers = read_offers(document, declared, opening.folder, opening.own_folder, geometry)
    if faults:
        raise DataError(faults)
    deliveries = tuple(delivery for one in delivered for delivery in one.deliveries)
    return _Settled(checked, revisions, corrections, deliveries, geometry, offers)


def _read_deliveries(
    document: Document[TownFile], declared: Declared, opening: _Opening, faults: list[Fault]
) -> list[Delivered]:
    """Read tidy files and mapped ones in the order of ``town.yml``; what cannot be read is passed over and noted."""
    delivered: list[Delivered] = []
    for number, entry in enumerate(declared.town.counts):
        with _gathered(faults):
            _refuse_unknown(document, ("counts", number, "source"), entry.source, list(declared.town.sources))
            delivered.append(read_tidy(entry, opening.own_folder(entry.file)))
    for name in declared.town.mappings:
        with _gathered(faults):
            delivered.append(_read_mapped(name, declared, opening))
    return delivered


def _read_corrections(opening: _Opening) -> Document[CorrectionsFile]:
    """Read the town's corrections; without a file there are none."""
    path = opening.own(CORRECTIONS_FILE)
    if not path.exists():
        return Document(CorrectionsFile.model_validate({"schema": SCHEMA_VERSION}), CORRECTIONS_FILE, {})
    return read_document(path, CorrectionsFile, CORRECTIONS_FILE)


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


def _refuse_unknown_breaks(document: Document[TownFile], declared: Declared) -> None:
    """Refuse breaks of measures and sources that nothing declares, all at once."""
    measures = [measure.id for measure in declared.catalogue.measures]
    faults: list[Fault] = []
    for number, entry in enumerate(declared.town.breaks):
        for position, measure in enumerate(entry.measures):
            with _gathered(faults):
                _refuse_unknown(document, ("breaks", number, "measures", position), measure, measures)
        if entry.source is not None:
            with _gathered(faults):
                _refuse_unknown(document, ("breaks", number, "source"), entry.source, list(declared.town.sources))
    if faults:
        raise DataError(faults)


def _read_mapped(name: str, declared: Declared, opening: _Opening) -> Delivered:
    document = read_document(opening.own(name), Mapping, name)
    faults: list[Fault] = []
    for key, found, known in _names_of(document.content, declared):
        with _gathered(faults):
            _refuse_unknown(document, key, found, known)
    if faults:
        raise DataError(faults)
    return read_mapping(document, opening.raw, declared.areas)


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
    if geometry is None or (geometry.raw and opening.named_raw is None):
        return None
    if geometry.source is not None:
        _refuse_unknown(document, ("geometry", "source"), geometry.source, list(document.content.sources))
    path = opening.raw.one(geometry.file) if geometry.raw else opening.own(geometry.file)
    check_polygons(path, geometry, areas)
    return path
