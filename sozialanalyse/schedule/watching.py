"""A watch on deliveries: says when something has changed and come to rest.

Folders are looked at again and again, since no system tells of changes on a network drive. What counts is a file's size and
the time of its last change; its content is the run's affair.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SETTLE = 10.0
"""Seconds that nothing may change before a delivery counts as whole."""

PAUSE = 2.0
"""Seconds between two looks; less where the time to settle is shorter."""

UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".tmp", ".swp")
"""Endings of files that somebody is still writing."""

Seen = dict[str, tuple[int, int]]
"""Size and time of the last change (nanoseconds) of each file by its path."""


@dataclass(frozen=True)
class Watch:
    """What is watched.

    Parameters
    ----------
    places
        Folders and files; each must be there, or nothing is said of any (a drive that is gone is no delivery).
    without
        Folders in them that runs write to.
    settle
        Seconds that nothing may change.
    sleep
        How it waits.
    """

    places: tuple[Path, ...]
    without: tuple[Path, ...] = ()
    settle: float = SETTLE
    sleep: Callable[[float], None] = time.sleep

    def look(self) -> Seen | None:
        """See every file; None while a place is not there or cannot be read."""
        try:
            return {str(path): seen for place in self.places for path, seen in self._files(place)}
        except OSError:
            return None

    def changed(self, before: Seen | None) -> Seen:
        """Wait until something is otherwise than before and has come to rest, and give what is there then.

        Parameters
        ----------
        before
            What was seen when the last run began; None before the first run.
        """
        pause = min(PAUSE, self.settle / 4)
        last, since = self.look(), time.monotonic()
        while last is None or last == before or time.monotonic() - since < self.settle:
            self.sleep(pause)
            now = self.look()
            if now != last:
                last, since = now, time.monotonic()
        return last

    def _files(self, place: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
        for path in [place] if place.is_file() else self._below(place):
            if not _is_unfinished(path.name):
                found = path.stat()
                yield path, (found.st_size, found.st_mtime_ns)

    def _below(self, folder: Path) -> Iterator[Path]:
        for here, folders, files in os.walk(folder, onerror=_raise):
            folders[:] = [name for name in folders if Path(here, name) not in self.without and name[0] != "."]
            yield from (Path(here, name) for name in files)


def _is_unfinished(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower().endswith(UNFINISHED)


def _raise(error: OSError) -> None:
    raise error


def rounds(watch: Watch, run: Callable[[], bool]) -> Iterable[bool]:
    """Run again and again, each time that something has changed; never two at once, for each is waited for.

    Parameters
    ----------
    watch
        What is watched.
    run
        Makes a run and says whether it took what was there; one that did not (another run was at work) is made again.

    Yields
    ------
    bool
        What each run said.
    """
    taken: Seen | None = None
    while True:
        seen = watch.changed(taken)
        is_taken = run()
        taken = seen if is_taken else None
        yield is_taken
