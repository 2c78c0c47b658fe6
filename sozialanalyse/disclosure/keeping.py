"""Releases that were made before: kept in the user's cache by what they were made of. Nothing unreleased is ever kept."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sozialanalyse.disclosure.alternatives import SECRET_FILE
from sozialanalyse.disclosure.fingerprints import FINGERPRINTS, fingerprints_of
from sozialanalyse.disclosure.gate import release, town_folder
from sozialanalyse.disclosure.knowledge import knowledge_of
from sozialanalyse.disclosure.ledger import cells_hash, read_ledger
from sozialanalyse.disclosure.places import LEDGER_FOLDER, cache_folder
from sozialanalyse.disclosure.release import UNPROTECTED, unprotected
from sozialanalyse.disclosure.release_files import KNOWLEDGE, open_release, write_release
from sozialanalyse.disclosure.rules import AUDIENCES, RULES_FILE, known_audience, tables_of
from sozialanalyse.disclosure.texts import hash_of, json_text
from sozialanalyse.errors import UsageError
from sozialanalyse.town import open_town

if TYPE_CHECKING:
    from sozialanalyse.disclosure.ledger import Ledger
    from sozialanalyse.disclosure.release import Release
    from sozialanalyse.town import Town

MADE_BY = (
    "amounts.py",
    "areas",
    "catalogue",
    "disclosure",
    "documents.py",
    "loading",
    "periods.py",
    "scope.py",
    "town.py",
)
"""The parts of this program that a Release depends on."""

MOST_KEPT = 20
"""So many files are kept; the oldest go first."""


def open_for(
    audience: str = "public", release: str | Path = "", town: str | Path = "", raw: str | Path | None = None
) -> Release:
    """Open what an audience may know of a town.

    Parameters
    ----------
    audience
        ``public``, ``administration`` or ``statistics_unit``.
    release
        File of a Release. With it, nothing else is opened.
    town, raw
        Without such a file: folder of the town, and of its raw files, from which a Release is made in this process. It is entered
        into no ledger, for nothing is published; but what was published before is heeded.

    Raises
    ------
    UsageError
        A Release that was made for others who may know more; neither file nor folder.
    SozialanalyseError
        As of :func:`.open_town` and :func:`.gate.release`.
    """
    audience = known_audience(audience)
    if release:
        return _made_for(open_release(release), audience)
    if not town:
        message = "there is nothing to open; name the file of a release or the folder of a town"
        raise UsageError(message)
    opened = open_town(town, raw)
    if audience == UNPROTECTED:
        return unprotected(opened)
    with TemporaryDirectory(prefix="sozialanalyse-", ignore_cleanup_errors=True) as folder:
        ledger = town_folder(opened) / LEDGER_FOLDER
        return made_or_kept(opened, audience, ledger, Path(folder) / "town.release")


def _made_for(found: Release, audience: str) -> Release:
    """Refuse what was released to a narrower audience than the one that is to see it."""
    if AUDIENCES.index(found.audience) < AUDIENCES.index(audience):
        message = "the release was made for {found}, and {audience} may know less; make one for {audience}"
        raise UsageError(message, found=found.audience, audience=audience)
    return found


def made_or_kept(town: Town, audience: str, ledger: Path, file: Path) -> Release:
    """Make a Release and write it to a file, or take one from the cache that was made of the same.

    Parameters
    ----------
    town, audience
        What is released to whom.
    ledger
        Folder of the ledger.
    file
        Where the file is to be.
    """
    if audience == UNPROTECTED:
        everything = unprotected(town)
        return write_release(everything, file, {FINGERPRINTS: json_text(fingerprints_of(everything))})
    kept = kept_at(town, audience)
    if kept.is_file():
        shutil.copyfile(kept, file)
        found = open_release(file)
        if _still_holds(found, read_ledger(ledger)):
            return found
    made = write_release(release(town, audience, ledger=ledger), file)
    beside = {KNOWLEDGE: knowledge_of(made), FINGERPRINTS: fingerprints_of(made)}
    write_release(made, file, {name: json_text(said) for name, said in beside.items()})
    _keep(file, kept)
    return open_release(file)


def kept_at(town: Town, audience: str) -> Path:
    """Name the file in the cache for what is released of a town; it need not be there."""
    return cache_folder() / f"{key_of(town, audience)}.release"


def _still_holds(found: Release, ledger: Ledger) -> bool:
    """Say whether a Release would come out the same: nothing was published since it was made, but for itself."""
    last = ledger.entries[-1] if ledger.entries else None
    was_published = last is not None and (last.audience, last.cells) == (found.audience, cells_hash(found.states))
    return found.about.before == ledger.head or was_published


def key_of(town: Town, audience: str) -> str:
    """Name what a Release is made of, but for the ledger: the town's files and rules, what these name, and this program."""
    folder, package = town_folder(town), Path(__file__).parents[1]
    beside = {name: folder / name for name in (RULES_FILE, SECRET_FILE, *tables_of(folder))}
    parts = [package / name for name in MADE_BY]
    files = [file for part in parts for file in ([part] if part.is_file() else part.rglob("*"))]
    sources = sorted(file for file in files if file.suffix in {".py", ".yml"})
    return hash_of(
        {
            "data": town.data.fingerprint(),
            **{name: _hash_of_file(path) for name, path in beside.items()},
            "audience": audience,
            **{path.relative_to(package).as_posix(): path.read_text(encoding="utf-8") for path in sources},
        }
    )


def _hash_of_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _keep(file: Path, kept: Path) -> None:
    """Put a copy into the cache and let the oldest go; that this fails must not stop anything."""
    try:
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = kept.with_name(f"{kept.name}.{os.getpid()}")
        shutil.copyfile(file, partial)
        partial.replace(kept)
        by_age = sorted(kept.parent.glob("*.release"), key=lambda path: path.stat().st_mtime)
        for path in by_age[:-MOST_KEPT]:
            path.unlink(missing_ok=True)
    except OSError:
        return
