"""The file of a Release: one archive of plain tables and texts, written whole or not at all, always the same bytes.

Whoever opens it needs nothing else, and finds nothing else. It holds no objects, only text.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydantic

from sozialanalyse.areas import AreaTree, Crosswalks
from sozialanalyse.catalogue import Catalogue
from sozialanalyse.disclosure.about import About
from sozialanalyse.disclosure.release import Release
from sozialanalyse.disclosure.texts import (
    csv_text,
    frame_of,
    hash_of,
    json_text,
    plain_polygons,
    states_of,
    states_text,
)
from sozialanalyse.disclosure.watching import watched
from sozialanalyse.errors import UsageError
from sozialanalyse.loading import AppliedCorrection, Delivery, TownData
from sozialanalyse.loading.offers import Offers
from sozialanalyse.loading.town_file import TownFile
from sozialanalyse.reading import is_on

if TYPE_CHECKING:
    from collections.abc import Mapping

ABOUT, CELLS, KNOWLEDGE, POLYGONS = "release.json", "cells.csv", "knowledge.json", "areas.geojson"
OFFERS = "offers.json"
WRITTEN_AT = (1980, 1, 1, 0, 0, 0)
"""The first date that archives know, so that the same content gives the same bytes."""

FRAMES = ("counts", "gaps", "unassigned", "revisions")
"""Frames of the town that have a file each; of a protected town only the first has rows."""


def write_release(release: Release, path: Path, extra: Mapping[str, str] | None = None) -> Release:
    """Write a Release to a file, atomically.

    Parameters
    ----------
    release
        What is released.
    path
        The file; replaced if there is one.
    extra
        Further texts that readers of the Release are to have, by name; not part of its hash.

    Returns
    -------
    Release
        With the hashes of what was written.
    """
    members = _members(release)
    cells = hash_of({CELLS: members[CELLS]})
    about = release.about.model_copy(update={"sha256": hash_of(members), "cells": cells})
    texts = {ABOUT: json_text(about.model_dump(mode="json", by_alias=True)), **members, **(extra or {})}
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write(_archive(texts))
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    return dataclasses.replace(release, about=about)


def open_release(path: str | Path) -> Release:
    """Open the file of a Release.

    Parameters
    ----------
    path
        A file that :func:`write_release` has written.

    Raises
    ------
    UsageError
        When there is no such file, or it is none of a Release, or damaged.

    Notes
    -----
    Where a batch asks what is read (:mod:`sozialanalyse.reading`), it is a Release that tells.
    """
    path = Path(path)
    found = _HELD.pop(_state_of(path), None)
    if found is not None:
        _GIVEN.append(found)
    found = found or _opened(path)
    return watched(found) if is_on() else found


def _opened(path: Path) -> Release:
    try:
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
        about = About.model_validate(json.loads(members[ABOUT]))
        found = _release(about, members)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, pydantic.ValidationError) as error:
        raise UsageError(DAMAGED, file=path.name) from error
    if hash_of({name: text for name, text in members.items() if name in _NAMES}) != about.sha256:
        raise UsageError(DAMAGED, file=path.name)
    return found


def hold_release(path: str | Path) -> Release:
    """Open the file of a Release for whoever opens it next in this process, or in a fork of it.

    It is given out once, for its frames could be changed; the file itself is read again as soon as it is another one.

    Parameters
    ----------
    path
        As of :func:`open_release`.
    """
    path = Path(path)
    state = _state_of(path)
    found = _opened(path)
    _HELD[state] = found
    return found


_HELD: dict[tuple[Path, int, int], Release] = {}
_GIVEN: list[Release] = []
"""Releases that were held and given out: forks share the folder of their polygons, which ends with the last reference."""


def _state_of(path: Path) -> tuple[Path, int, int]:
    """Tell a file from another one of its name; zeros where there is none."""
    try:
        found = path.stat()
    except OSError:
        return path, 0, 0
    return path.absolute(), found.st_mtime_ns, found.st_size


DAMAGED = "{file} is no file of a release, or it is damaged; make it again"


_NAMES = frozenset(
    {"town.json", "catalogue.json", "areas.csv", "crosswalks.csv", "rest.json", POLYGONS, CELLS, OFFERS}
    | {f"{name}.csv" for name in FRAMES}
)


def _archive(texts: Mapping[str, str]) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in texts.items():
            entry = zipfile.ZipInfo(name, WRITTEN_AT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, text)
    return memory.getvalue()


def _members(release: Release) -> dict[str, str]:
    """Write every part of a Release as text."""
    data = release.data
    file = data.file
    if file.geometry is not None:
        geometry = file.geometry.model_copy(update={"file": POLYGONS, "raw": False, "layer": None})
        file = file.model_copy(update={"geometry": geometry})
    drawn = (
        None
        if data.geometry is None or data.file.geometry is None
        else plain_polygons(data.geometry, data.file.geometry)
    )
    frames = {f"{name}.csv": csv_text(getattr(data, name)) for name in FRAMES}
    rest = {
        "corrections": [dataclasses.asdict(entry) for entry in data.corrections],
        "deliveries": [dataclasses.asdict(entry) for entry in data.deliveries],
        "levels": list(data.areas.levels),
    }
    return {
        "town.json": json_text(file.model_dump(mode="json", by_alias=True)),
        "catalogue.json": json_text(data.catalogue.model_dump(mode="json", by_alias=True)),
        "areas.csv": csv_text(data.areas.frame),
        "crosswalks.csv": csv_text(data.crosswalks.frame),
        "rest.json": json_text(rest),
        CELLS: states_text(release.states),
        **frames,
        **({} if drawn is None else {POLYGONS: drawn}),
        **({OFFERS: json_text(data.offers.model_dump(mode="json"))} if data.offers else {}),
    }


def _release(about: About, members: Mapping[str, str]) -> Release:
    """Read every part of a Release."""
    rest = json.loads(members["rest.json"])
    file = TownFile.model_validate(json.loads(members["town.json"]))
    folder = _unpacked(members[POLYGONS]) if POLYGONS in members else None
    frames = {name: frame_of(members[f"{name}.csv"]) for name in FRAMES}
    data = TownData(
        file=file,
        areas=AreaTree(frame_of(members["areas.csv"]), tuple(rest["levels"]), file.beside),
        catalogue=Catalogue.model_validate(json.loads(members["catalogue.json"])),
        files=(),
        geometry=None if folder is None else Path(folder.name) / POLYGONS,
        corrections=tuple(AppliedCorrection(**_dated(entry)) for entry in rest["corrections"]),
        deliveries=tuple(Delivery(**_dated(entry)) for entry in rest["deliveries"]),
        crosswalks=Crosswalks(frame_of(members["crosswalks.csv"])),
        offers=Offers.model_validate_json(members[OFFERS]) if OFFERS in members else Offers(),
        **frames,
    )
    return Release(data, about=about, states=states_of(members[CELLS]), kept=folder)


def _unpacked(polygons: str) -> tempfile.TemporaryDirectory[str]:
    """Put polygons where readers of polygons find them, for as long as the Release lives."""
    folder = tempfile.TemporaryDirectory(prefix="sozialanalyse-", ignore_cleanup_errors=True)
    (Path(folder.name) / POLYGONS).write_text(polygons, encoding="utf-8")
    return folder


def _dated(entry: dict[str, Any]) -> dict[str, Any]:
    """Read the dates of a correction or delivery."""
    read: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    for name in ("decided", "delivered"):
        if isinstance(read.get(name), str):
            read[name] = dt.date.fromisoformat(read[name])
    return read
