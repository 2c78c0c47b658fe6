"""Where the gate keeps what outlives a run: the ledger of releases, and the cache of Releases. Cheap to import."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from sozialanalyse.errors import UsageError

LEDGER_FOLDER = "releases"
"""Of a town, for the ledger of its releases."""

CACHE_VARIABLE = "SOZIALANALYSE_CACHE"
"""Environment variable that names another folder for the cache."""

UNWRITABLE = (
    "the ledger of releases cannot be written to {folder} ({reason}); make the town folder writable, or name another "
    "place with --ledger, always the same one: it must remember what was published"
)


def cache_folder() -> Path:
    """Give the folder of the cache: that of the user, or the one that the environment names."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "sozialanalyse"


def require_writable(folder: Path) -> None:
    """Refuse a folder to which the ledger cannot be written, before anything is published.

    Raises
    ------
    UsageError
        With what can be done instead.
    """
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(UNWRITABLE, folder=folder.name, reason=error.strerror) from error
