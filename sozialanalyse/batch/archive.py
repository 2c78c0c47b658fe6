"""Earlier editions, kept beside the output folder: which there are, which go, and what a killed run left among them.

Each stands whole in a folder with its number. A folder whose name ends in :data:`NEW` belongs to a run that is at work, or
was killed at it: the tree in it is one that was being built, or, if the switch had been done, the edition before.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.edition import Manifest, read_manifest
from sozialanalyse.batch.store.trees import matches

if TYPE_CHECKING:
    from pathlib import Path

REPORT = "run.json"
NEW = ".new"
GONE = ".gone"
HISTORY = "history.jsonl"
"""The log of what was done to editions by hand: put back, withdrawn, restored."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How many earlier editions are kept, and for how many days; the last one always is.

    The ledger of releases is another matter: nothing is ever taken out of it.
    """

    count: int = 10
    days: int = 400


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition and what is known of it.

    Parameters
    ----------
    number
        Counted from 1; 0 where it has none yet.
    folder
        Where it stands.
    manifest
        What it holds.
    ran
        When the run ended that made it or, since, found nothing to change.
    restored
        The number of the edition that was put back with it; None for most.
    """

    number: int
    folder: Path
    manifest: Manifest
    ran: dt.datetime | None
    restored: int | None


def read_edition(folder: Path, number: int | None = None) -> Edition | None:
    """Read an edition; nothing where there is none that this release can read."""
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    report = read_report(folder)
    known = number if number is not None else number_of(folder)
    return Edition(known or 0, folder, manifest, _time(report.get("ended")), report.get("restored"))


def read_report(folder: Path) -> dict[str, Any]:
    """Read the run report of an edition; empty where there is none."""
    try:
        found = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def number_of(folder: Path) -> int | None:
    """Read the number of the edition in a folder; None where it has none."""
    number = read_report(folder).get("edition")
    return number if isinstance(number, int) else None


def _time(text: object) -> dt.datetime | None:
    with contextlib.suppress(ValueError, TypeError):
        found = dt.datetime.fromisoformat(text)  # type: ignore[arg-type]  # whatever stands there
        return found if found.tzinfo else None
    return None


def place_of(archive: Path, number: int) -> Path:
    """Name the folder of an edition."""
    return archive / f"{number:04}"


def numbers(archive: Path) -> list[int]:
    """List the numbers of the editions that are kept, the latest first."""
    return sorted((int(path.name) for path in archive.glob("[0-9]*") if path.name.isdecimal()), reverse=True)


def earlier_editions(archive: Path) -> list[Edition]:
    """Read the editions that are kept, the latest first."""
    found = (read_edition(place_of(archive, number), number) for number in numbers(archive))
    return [edition for edition in found if edition is not None]


def keep(archive: Path, tree: Path, number: int) -> None:
    """Take in the tree of an edition that is no longer the public one."""
    target = place_of(archive, number)
    if read_manifest(tree) is not None and not target.exists():
        tree.rename(target)
    else:  # nothing of ours, or kept already
        shutil.rmtree(tree, ignore_errors=True)


def recover(archive: Path) -> None:
    """Clear up after a run that was killed: what was being built goes, an edition that had just been replaced is kept."""
    for leaving in archive.glob(f"*{GONE}"):
        shutil.rmtree(leaving, ignore_errors=True)
    for leftover in archive.glob(f"*{NEW}"):
        was_replaced = number_of(leftover) != int(leftover.stem) and _is_whole(leftover)
        if was_replaced:
            keep(archive, leftover, number_of(leftover) or int(leftover.stem) - 1)
        else:
            shutil.rmtree(leftover, ignore_errors=True)


def _remove(folder: Path) -> None:
    """Remove an edition; its name goes first, so that a killed run leaves no half of one under it."""
    leaving = folder.with_name(folder.name + GONE)
    with contextlib.suppress(OSError):
        folder.rename(leaving)
    shutil.rmtree(leaving, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    manifest = read_manifest(folder)
    return manifest is not None and not matches(folder, manifest.hashes)


def prune(archive: Path, retention: Retention, now: dt.datetime) -> list[int]:
    """Remove the editions that need not be kept, and return their numbers.

    Parameters
    ----------
    archive
        Folder of the earlier editions.
    retention
        Which are kept.
    now
        The time; a clock that was set back makes no edition older.
    """
    gone = []
    for rank, edition in enumerate(earlier_editions(archive)):
        age = now - (edition.ran or now)
        if rank >= retention.count or (rank > 0 and age > dt.timedelta(days=retention.days)):
            _remove(edition.folder)
            gone.append(edition.number)
    return gone


def remember(archive: Path, what: str, now: dt.datetime, **about: object) -> None:
    """Add a line to the log of what was done to editions by hand."""
    line = json.dumps({"time": now.isoformat(timespec="seconds"), "what": what, **about}, ensure_ascii=False)
    with (archive / HISTORY).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
