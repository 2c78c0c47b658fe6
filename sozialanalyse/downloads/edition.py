"""The downloads of a whole edition: all that was released, in every format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialanalyse.downloads import dcat, describing, geojson, jsonstat, kommonitor
from sozialanalyse.downloads.csvw import metadata_of
from sozialanalyse.downloads.formats import FORMATS
from sozialanalyse.downloads.frames import labels_of, rows_of
from sozialanalyse.downloads.table import Table
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialanalyse.town import Town

TIDY, FIELDS = "values.tidy.csv", "values.tidy.csv-metadata.json"
CATALOGUE = "catalog.jsonld"
LISTING = "listing.json"
"""What the files are called and for, for the index; it is not published itself."""


def files_of(town: Town, words: Language, notices: Sequence[str] = ()) -> tuple[dict[str, bytes], list[dict[str, str]]]:
    """Write all files.

    Parameters
    ----------
    town
        The Release.
    words
        Language of headings and notes.
    notices
        What must be said first.

    Returns
    -------
    tuple
        The files by their names, and of each its ``file``, ``name`` and ``use`` for the index.
    """
    table = table_of(town, words, notices)
    if not table.rows:
        return {}, []
    text = words.text
    shared = {f"values.{form.ending}": form for form in FORMATS.values()}
    files = {file: form.write(table) for file, form in shared.items()}
    files |= {FIELDS: metadata_of(table, TIDY), "values.json": jsonstat.cube(table)}
    about = [(file, text(form.name), text(form.use)) for file, form in shared.items()]
    about.append(("values.json", "JSON-stat", text("for programs of statistical offices")))
    for level in town.data.file.all_levels[:-1] or town.data.file.all_levels:
        label = words.of(level.plural)
        shapes = geojson.areas_of(town, table.rows, level.id)
        if shapes is not None:
            files[f"areas-{level.id}.geojson"] = shapes
            about.append(
                (f"areas-{level.id}.geojson", f"GeoJSON: {label}", text("shapes with the last values, for maps"))
            )
        files[f"kommonitor-{level.id}.csv"] = kommonitor.import_table(table.rows, level.id)
        about.append(
            (f"kommonitor-{level.id}.csv", f"KomMonitor: {label}", text("table for the importer of KomMonitor"))
        )
    named = {file: name for file, name, _ in about if file != FIELDS}
    files[CATALOGUE] = dcat.catalogue(town, table, named)
    about.append((CATALOGUE, text("Catalogue (DCAT-AP.de)"), text("for portals of open data")))
    return files, [dict(zip(("file", "name", "use"), entry, strict=True)) for entry in about]


def table_of(town: Town, words: Language, notices: Sequence[str] = ()) -> Table:
    """Make the table of all values of a Release."""
    frame = town.indicators()
    shown = set(frame["indicator"].astype(str))
    indicators = [indicator for indicator in town.catalogue.indicators if indicator.id in shown]
    return Table(
        words=words,
        title=words.text("{town}: all released values", town=town.name),
        rows=rows_of(frame, town, words),
        about=describing.about(town, words, frame, indicators),
        notes=describing.notes(town, words, notices),
        labels=labels_of(town, words),
    )


def write(job: dict[str, Any]) -> None:
    """Do a job: open a Release and write its files.

    Parameters
    ----------
    job
        ``release``: the file; ``language``; ``notices``; ``into``: an empty folder.
    """
    from sozialanalyse.disclosure.release_files import open_release  # noqa: PLC0415 - heavy

    files, listing = files_of(open_release(job["release"]), Language(job["language"]), job["notices"])
    into = Path(job["into"])
    for name, content in files.items():
        (into / name).write_bytes(content)
    (into / LISTING).write_text(json.dumps(listing), encoding="utf-8")
