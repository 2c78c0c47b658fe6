"""A town of two quarters, small enough to be read in a test: written to a folder, opened, its faults listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.errors import SozialanalyseError
from sozialanalyse.loading import TownData, load_town

if TYPE_CHECKING:
    from pathlib import Path

TOWN = """\
schema: 1
name: Klein
levels:
  - {id: ortsteil, label: {de: Ortsteil, en: quarter}, plural: {de: Ortsteile, en: quarters}}
  - {id: stadt, label: {de: Stadt, en: town}, plural: {de: Städte, en: towns}}
confidentiality: synthetic
population_base: {de: erfunden, en: invented}
sources:
  register: {name: {de: Register, en: register}, publisher: Klein, licence: CC0}
"""

TIDY = TOWN + "counts: [{file: counts.csv, source: register}]\n"
"""A town with one tidy file."""

MAPPED = TOWN + "mappings: [mapping.yml]\n"
"""A town with one raw file, which comes through a mapping."""

AREAS = """\
area,name,level,parent
0,Klein,stadt,
01,Nord,ortsteil,0
02,Süd,ortsteil,0
"""

HEADER = "area,period,measure,sex,age,value,status\n"


def write_town(folder: Path, counts: str | None = None, /, **files: str) -> Path:
    """Write a town: ``counts`` are the rows of a tidy file, ``files`` are by name; __ stands for the point."""
    given = {name.replace("__", "."): text for name, text in files.items()}
    texts = {
        "town.yml": TIDY,
        "areas.csv": AREAS,
        **({} if counts is None else {"counts.csv": HEADER + counts}),
        **given,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def open_town(folder: Path) -> TownData:
    """Open a town whose raw files stand in the same folder."""
    return load_town(folder, folder)


def faults_of(folder: Path) -> list[str]:
    """Open a faulty town and return what is said of it, a line a fault."""
    try:
        open_town(folder)
    except SozialanalyseError as error:
        return [str(fault) for fault in error.faults]
    message = "the town was opened without a fault"
    raise AssertionError(message)


def rows_of(data: TownData, *columns: str) -> list[tuple[object, ...]]:
    """Return some columns of the counts as tuples, to be compared with literal ones."""
    return list(data.counts[list(columns)].astype(object).itertuples(index=False, name=None))
