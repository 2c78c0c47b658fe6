"""Locks on files, which end with the process that holds them, however it ends."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold a lock as long as the block lasts.

    Parameters
    ----------
    path
        The file, made when it is missing; it stays.

    Yields
    ------
    bool
        False when somebody else holds it.

    Raises
    ------
    OSError
        The file cannot be made or opened.
    """
    with path.open("a+b") as file:
        yield take(file)


if sys.platform == "win32":
    import msvcrt

    def take(file: BinaryIO) -> bool:
        """Lock an open file until it is closed; false when somebody else holds it."""
        file.seek(0)  # the lock is on a byte, not on the file
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def take(file: BinaryIO) -> bool:
        """Lock an open file until it is closed; false when somebody else holds it."""
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
