"""Publishing: whole files only, one by one by rename, the index last; what is not ours is left alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sozialanalyse.batch.edition import is_address
from sozialanalyse.errors import LockedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

INDEX = "index.html"
REPORT = "run.json"
LOGS = ".log"
"""Ending of the folder for tracebacks, beside the output folder and never in it: that one goes on web space."""

_LOCK = ".lock"
_STAGING = ".staging-"
SHARED = ("knowledge.json", "cells.csv")
"""What everybody may know of a Release, and the state of each cell: beside the pages, for whoever wants to check them."""


@dataclass(frozen=True)
class Output:
    """An output folder that this run holds.

    Parameters
    ----------
    folder
        The folder, resolved.
    """

    folder: Path

    @property
    def logs(self) -> Path:
        """Folder of the logs, beside the pages."""
        return self.folder.with_name(self.folder.name + LOGS)

    def publish(self, pages: Mapping[str, str], stale: Iterable[str], side: Mapping[str, str]) -> None:
        """Replace pages, remove stale ones, then replace report, manifest and, last, the index.

        All is first written beside its place and forced to the disk, so that a full disk or a power cut leaves
        the earlier files.

        Parameters
        ----------
        pages
            Text of each page by its address.
        stale
            Addresses of an earlier manifest that are no longer wanted.
        side
            Text of ``run.json``, ``manifest.json``, ``index.html`` and :data:`SHARED`; the index last. What is not among them
            is removed.

        Raises
        ------
        UsageError
            When an address leads out of the folder.
        """
        targets = {address: self.place(address) for address in pages}
        unwanted = [self.place(address) for address in stale if address not in pages]
        with self._staging() as staging:
            staged = {address: _write(staging / f"{n}", text) for n, (address, text) in enumerate(pages.items())}
            staged_side = {name: _write(staging / name, text) for name, text in side.items()}
            for address, source in staged.items():
                targets[address].parent.mkdir(exist_ok=True)
                source.replace(targets[address])
            for path in unwanted:
                path.unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    path.parent.rmdir()
            for name in SHARED:
                if name not in side:
                    (self.folder / name).unlink(missing_ok=True)
            for name, source in staged_side.items():
                source.replace(self.folder / name)
            for folder in {self.folder, *(path.parent for path in targets.values())}:
                _sync_folder(folder)

    def place(self, address: str) -> Path:
        """Give the file of an address; neither the address nor a link on the way may lead out of the folder."""
        path = self.folder / address
        if not is_address(address) or path.parent.is_symlink() or path.parent.resolve() != path.parent:
            message = "the address {address} leads out of the output folder"
            raise UsageError(message, address=address)
        return path

    @contextlib.contextmanager
    def _staging(self) -> Iterator[Path]:
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=self.folder))
        try:
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)


@contextlib.contextmanager
def hold(folder: Path, keep_out: Iterable[Path]) -> Iterator[Output]:
    """Make an output folder and hold it until the end of the block.

    Parameters
    ----------
    folder
        The folder; made when it is missing.
    keep_out
        Folders into which nothing may be written.

    Raises
    ------
    UsageError
        When the folder is one of those, lies in one, or holds one, or cannot be made.
    LockedError
        When another run holds it.
    """
    folder = folder.resolve()
    refuse(folder, keep_out)
    with _opened(folder) as file:
        if not _lock(file.fileno()):
            message = "another run is writing to {folder}; wait for it or name another with --output"
            raise LockedError(message, folder=folder.name)
        for leftover in folder.glob(f"{_STAGING}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        output = Output(folder)
        for logs in (folder / LOGS, output.logs):  # there was a time when they lay among the pages
            _empty(logs)
        yield output


def _opened(folder: Path) -> BinaryIO:
    """Make the folder and open its lock."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / _LOCK).open("a+b")
    except OSError as error:
        message = "the output folder {folder} cannot be made or written to ({reason}); name another with --output"
        raise UsageError(message, folder=folder.name, reason=error.strerror) from error


def _empty(logs: Path) -> None:
    """Remove the logs of earlier runs, and their folder unless it holds something else."""
    if logs.is_symlink():
        return
    for log in logs.glob("*.log"):
        with contextlib.suppress(OSError):
            log.unlink()
    with contextlib.suppress(OSError):
        logs.rmdir()


def refuse(folder: Path, keep_out: Iterable[Path]) -> None:
    """Refuse an output folder that lies in, or holds, what is not for pages."""
    resolved = folder.resolve()
    ours = (resolved, Output(resolved).logs)
    for path in ours:
        if path.exists() and not path.is_dir():
            message = "the output {folder} is a file; name a folder"
            raise UsageError(message, folder=path.name)
    for other in (path.resolve() for path in keep_out):
        if any(path.is_relative_to(other) or other.is_relative_to(path) for path in ours):
            message = "the output folder {folder} cannot be, hold or lie in {other}; name another with --output"
            raise UsageError(message, folder=resolved.name or str(resolved), other=other.name)


def _write(path: Path, text: str) -> Path:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return path


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return  # folders cannot be opened there, and renames are written through
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
