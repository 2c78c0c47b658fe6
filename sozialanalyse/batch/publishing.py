"""Publishing: an edition is built whole beside the output folder and takes its place in one step.

Where that cannot be (Windows, an output folder that is a mount point, a parent folder that is not ours), its files are
replaced one by one, each whole, the index last. What is not ours in the output folder is left alone.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import filecmp
import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sozialanalyse.batch.archive import (
    NEW,
    REPORT,
    Retention,
    keep,
    number_of,
    numbers,
    prune,
    recover,
)
from sozialanalyse.batch.edition import MANIFEST, is_address, read_manifest
from sozialanalyse.batch.logs import rotate
from sozialanalyse.batch.store import trees
from sozialanalyse.batch.store.locking import locked
from sozialanalyse.batch.store.switching import CannotSwitchError, switch
from sozialanalyse.errors import LockedError, SozialanalyseError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

INDEX = "index.html"
FEED = "feed.xml"
NEWS = "news.html"
KNOWLEDGE = "knowledge.json"
SHARED = (KNOWLEDGE, "cells.csv")
"""What everybody may know of a Release, and the state of each cell: beside the pages, for whoever wants to check them."""

SIDE = (REPORT, *SHARED, FEED, NEWS, MANIFEST, INDEX)
"""Files of an edition that are no pages, in the order in which they are replaced where that is done one by one."""

LOGS = ".log"
"""Ending of the folder for tracebacks, beside the output folder and never in it: that one goes on web space."""

EDITIONS = ".editions"
"""Ending of the folder for the lock, earlier editions and the next one, beside the output folder and never in it."""

_LOCK = ".lock"
_STAGING = ".staging-"
_LEFT_BY_US = (_LOCK, LOGS, _STAGING)
"""How names begin that earlier releases, or a run that replaced files one by one, have left in the output folder."""


class StorageError(SozialanalyseError):
    """The disk is full, or a file is gone; nothing was published."""


@dataclass(frozen=True)
class Output:
    """An output folder that this run holds.

    Parameters
    ----------
    folder
        The folder of the pages, resolved; it need not be there yet.
    private
        The folder for the lock and for earlier editions.
    """

    folder: Path
    private: Path

    @property
    def logs(self) -> Path:
        """Folder of the logs, beside the pages."""
        return self.private.with_name(self.private.name.removesuffix(EDITIONS) + LOGS)

    @property
    def number(self) -> int:
        """The number of the edition that is public; 0 where there is none."""
        known = number_of(self.folder)
        if known is None:
            return max([0, *numbers(self.private)]) + (self.folder / MANIFEST).is_file()
        return known

    @property
    def next_number(self) -> int:
        """The number of the next edition."""
        return max(self.number, *numbers(self.private), 0) + 1

    def publish(self, texts: Mapping[str, str | bytes], kept: Collection[str], base: Path | None = None) -> bool:
        """Put a new edition in the place of the one that is public, and keep that one.

        All is first written elsewhere and forced to the disk, so that a full disk or a power cut leaves the earlier
        edition.

        Parameters
        ----------
        texts
            Text or bytes of each file that is new, by its address; among them ``run.json`` with :attr:`next_number` as its ``edition``.
        kept
            Addresses of the pages that stay as they are.
        base
            The edition that has them; default: the one that is public.

        Returns
        -------
        bool
            Whether the edition was switched in one step; else its files were replaced one by one.

        Raises
        ------
        UsageError
            When an address leads out of the folder.
        StorageError
            When the disk is full or a file of the base is gone; nothing has changed.
        """
        for address in (*texts, *kept):
            self._require_place(address)
        # what tells the tree apart from an edition that was replaced comes first
        ordered = dict(sorted(texts.items(), key=lambda entry: entry[0] != REPORT))
        staging = self.private / f"{self.next_number:04}{NEW}"
        try:
            return self._publish(staging, ordered, kept, base or self.folder)
        except OSError as error:
            file = Path(str(error.filename)).name if error.filename else self.folder.name
            message = "nothing was published, the earlier pages stand as they were: {file}: {reason}"
            raise StorageError(message, file=file, reason=error.strerror or str(error)) from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _publish(self, staging: Path, texts: Mapping[str, str | bytes], kept: Collection[str], base: Path) -> bool:
        try:
            self._switch(staging, texts, kept, base)
        except (CannotSwitchError, trees.MountedError):
            shutil.rmtree(staging, ignore_errors=True)
            self._replace(staging, texts, kept, base)
            return False
        return True

    def replace_report(self, text: str) -> None:
        """Replace ``run.json`` of the public edition, to which nothing else has changed."""
        with self._staging() as staging:
            trees.build(staging, staging, {REPORT: text}, ())
            (staging / REPORT).replace(self.folder / REPORT)

    def prune(self, retention: Retention, now: dt.datetime | None = None) -> list[int]:
        """Remove earlier editions that need not be kept, and return their numbers."""
        return prune(self.private, retention, now or dt.datetime.now(dt.UTC))

    def _switch(self, staging: Path, texts: Mapping[str, str | bytes], kept: Collection[str], base: Path) -> None:
        """Build the edition beside the folder, with what is not ours in it, and let both change places."""
        if not _is_beside(self.private, self.folder):
            raise CannotSwitchError
        foreign = self._foreign([*texts, *kept])
        number = self.number
        staging.mkdir()
        trees.build(staging, base, texts, kept)
        for address in foreign:
            trees.place(self.folder / address, staging / address)
        if not self.folder.exists():
            trees.force_folders(staging)
            staging.rename(self.folder)
        else:
            for address in trees.empty_folders(self.folder):
                (staging / address).mkdir(parents=True, exist_ok=True)
            shutil.copystat(self.folder, staging)
            trees.force_folders(staging)
            switch(staging, self.folder)
            self._carry_over(staging)
            keep(self.private, staging, number)
        trees.force_folders(self.folder, only=[self.folder.parent, self.private])

    def _carry_over(self, before: Path) -> None:
        """Take what is not ours out of the edition before, once more: somebody may have changed it while we built."""
        for address in _strange_files(before, ours_in(before)):
            source, target = before / address, self.folder / address
            if not os.path.lexists(target):
                trees.place(source, target)
            elif not source.is_symlink() and target.is_file() and not filecmp.cmp(source, target):
                shutil.copy2(source, target)
            source.unlink()

    def _replace(self, staging: Path, texts: Mapping[str, str | bytes], kept: Collection[str], base: Path) -> None:
        """Keep the public edition as an earlier one, then replace its files one by one, the index last."""
        self.folder.mkdir(parents=True, exist_ok=True)
        ours = ours_in(self.folder)
        if ours:
            staging.mkdir()
            trees.build(
                staging,
                self.folder,
                {},
                [name for name in dict.fromkeys((REPORT, *ours)) if (self.folder / name).is_file()],
            )
            keep(self.private, staging, self.number)
        new = [*texts, *(kept if base != self.folder else ())]
        with self._staging() as own:
            trees.build(own, base, texts, new)
            for address in sorted(new, key=lambda name: SIDE.index(name) if name in SIDE else -1):
                (self.folder / address).parent.mkdir(exist_ok=True)
                (own / address).replace(self.folder / address)
        for address in ours - {*texts, *kept}:
            (self.folder / address).unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                (self.folder / address).parent.rmdir()
        trees.force_folders(self.folder, only={self.folder, *((self.folder / address).parent for address in new)})

    @contextlib.contextmanager
    def _staging(self) -> Iterator[Path]:
        """Make a folder on the very file system of the pages."""
        staging = self.folder / f"{_STAGING}{os.getpid()}"
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        try:
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _foreign(self, wanted: Collection[str]) -> list[str]:
        """List the files of the folder that are not ours and must stay."""
        if not self.folder.exists():
            return []
        strange = _strange_files(self.folder, ours_in(self.folder) | set(wanted))
        folders = {address.partition("/")[0] for address in wanted if "/" in address}
        for address in strange:
            if address in folders:
                message = "the file {file} in the output folder stands where a folder of pages must be; move it away"
                raise UsageError(message, file=address)
        return strange

    def _require_place(self, address: str) -> None:
        """Refuse an address that leads out of the folder, by itself or by a link on the way."""
        parent = (self.folder / address).parent
        if address not in SIDE and (not is_address(address) or parent.is_symlink() or parent.resolve() != parent):
            message = "the address {address} leads out of the output folder"
            raise UsageError(message, address=address)


def ours_in(folder: Path) -> set[str]:
    """List the addresses of an edition's files: those that its manifest names, and those that stand beside every edition's pages.

    A folder without a manifest that can be read holds none but what is always ours.
    """
    manifest = read_manifest(folder)
    named = set(manifest.hashes) if manifest is not None else set()
    return {address for address in named if is_address(address)} | {name for name in SIDE if (folder / name).is_file()}


def _strange_files(folder: Path, ours: Collection[str]) -> list[str]:
    """List the files of a folder that are not ours."""
    known = set(ours) | set(SIDE)
    return [address for address in trees.files(folder) if address not in known and not address.startswith(_LEFT_BY_US)]


def _is_beside(private: Path, folder: Path) -> bool:
    """Whether both lie in the same folder of the same file system, so that they can change places."""
    same_device = not folder.exists() or folder.stat().st_dev == private.stat().st_dev
    return private.parent == folder.parent and same_device and not folder.is_mount()


@contextlib.contextmanager
def hold(folder: Path, keep_out: Iterable[Path]) -> Iterator[Output]:
    """Hold an output folder until the end of the block, and clear up what a killed run left.

    Parameters
    ----------
    folder
        The folder; it is made when something is published.
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
    private = _private(folder)
    with contextlib.ExitStack() as stack:
        _take(stack, folder, private)
        recover(private)
        for leftover in folder.glob(f"{_STAGING}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        output = Output(folder, private)
        _empty(folder / LOGS)  # there was a time when logs lay among the pages
        rotate(output.logs)
        yield output


def _take(stack: contextlib.ExitStack, folder: Path, private: Path) -> None:
    """Take the lock; also the one in the folder, where earlier releases kept it and where there is no place beside."""
    locks = [private / _LOCK]
    if private.parent != folder.parent or (folder / _LOCK).exists():
        locks.append(folder / _LOCK)
    for lock in locks:
        try:
            is_held = stack.enter_context(locked(lock))
        except OSError as error:
            raise _unwritable(folder, error) from error
        if not is_held:
            message = "another run is writing to {folder}; wait for it or name another with --output"
            raise LockedError(message, folder=folder.name)


def _private(folder: Path) -> Path:
    """Make the folder for lock and editions: beside the pages, or among this user's state where nobody may write there."""
    beside = folder.with_name(folder.name + EDITIONS)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside.mkdir(mode=0o700, exist_ok=True)
        if os.access(beside, os.W_OK):
            return beside
    except OSError as error:
        if not os.access(folder, os.W_OK):
            raise _unwritable(folder, error) from error
    elsewhere = _elsewhere(folder)
    try:
        elsewhere.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return elsewhere


def private_of(folder: Path) -> Path:
    """Name the folder for lock and editions of an output folder; it need not be there."""
    elsewhere = _elsewhere(folder)
    return elsewhere if elsewhere.is_dir() else folder.with_name(folder.name + EDITIONS)


def _elsewhere(folder: Path) -> Path:
    """Name the folder for editions that cannot lie beside, in the state of this service (systemd) or of this user (XDG)."""
    state = os.environ.get("STATE_DIRECTORY") or os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    name = f"{folder.name}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}{EDITIONS}"
    return Path(state) / "sozialanalyse" / name


def _unwritable(folder: Path, error: OSError) -> UsageError:
    message = "the output folder {folder} cannot be made or written to ({reason}); name another with --output"
    return UsageError(message, folder=folder.name, reason=error.strerror)


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
    ours = [resolved, *(resolved.with_name(resolved.name + ending) for ending in (LOGS, EDITIONS))]
    for path in ours:
        if path.exists() and not path.is_dir():
            message = "the output {folder} is a file; name a folder"
            raise UsageError(message, folder=path.name)
    for other in (path.resolve() for path in keep_out):
        if any(path.is_relative_to(other) or other.is_relative_to(path) for path in ours):
            message = "the output folder {folder} cannot be, hold or lie in {other}; name another with --output"
            raise UsageError(message, folder=resolved.name or str(resolved), other=other.name)
