"""Private folders for work in progress, which outlive nobody: whoever makes one removes those of killed processes.

What a notebook leaves can hold raw rows, so it must not stay in the system's folder for temporary files when a run is
killed and cannot clean up. A folder is known to be in use by a lock on a file in it, not by a process number or a date:
the system lets go of a lock whatever happens to the process and to the clock.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sozialanalyse.batch.store.locking import locked

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "sozialanalyse-"
HELD = ".held"
"""The file that is locked while the folder is in use; a folder without it is not ours to remove."""

_INSIDE = "work"


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Make an empty private folder for as long as the block lasts.

    Yields
    ------
    pathlib.Path
        The folder; only who runs this program can read it.

    Raises
    ------
    OSError
        It cannot be made.
    """
    sweep(Path(tempfile.gettempdir()))
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        while not _is_taken(folder, stack):
            folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        (folder / _INSIDE).mkdir()
        try:
            yield folder / _INSIDE
        finally:
            shutil.rmtree(folder / _INSIDE, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)  # after the lock: on Windows a file that is open cannot go


def _is_taken(folder: Path, stack: contextlib.ExitStack) -> bool:
    """Lock a new folder; false when a sweep elsewhere was quicker, in the moment between the folder and its lock."""
    return stack.enter_context(locked(folder / HELD)) and (folder / HELD).exists()


def sweep(base: Path) -> None:
    """Remove the folders that processes left which are gone."""
    for folder in base.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if _is_ours(folder):
                _remove_if_left(folder)


def _remove_if_left(folder: Path) -> None:
    """Remove a folder whose lock is free; the lock goes last, so that what could not be removed yet is found again."""
    with locked(folder / HELD) as is_free:
        if is_free:
            shutil.rmtree(folder / _INSIDE, ignore_errors=True)
    if is_free and not (folder / _INSIDE).exists():
        shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """Whether it is a real folder that belongs to who runs this program; others may write where temporary files lie."""
    found = folder.lstat()
    mine = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    return mine and folder.is_dir() and not folder.is_symlink() and (folder / HELD).is_file()
