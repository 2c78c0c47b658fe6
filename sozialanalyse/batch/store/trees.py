"""Trees of files: a new one is built whole beside the old one, of new texts and of links to what stays as it is."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path


class MountedError(Exception):
    """Another file system is mounted within the tree, so that it cannot be built again beside itself."""


def build(target: Path, base: Path, texts: Mapping[str, str | bytes], kept: Iterable[str]) -> None:
    """Build a tree and force it to the disk.

    Parameters
    ----------
    target
        A folder that is there and empty.
    base
        The tree of the files that stay as they are.
    texts
        Text or bytes of each new file by its address, ``/`` between its parts; written in this order.
    kept
        Addresses of the files of the base that the tree has as well.

    Raises
    ------
    OSError
        The disk is full, a file of the base is gone.
    """
    written = [write(target / address, text) for address, text in texts.items()]
    for address in kept:
        if address not in texts:
            place(base / address, target / address)
    for path in written:
        _force(path)
    force_folders(target)


def write(path: Path, text: str | bytes) -> Path:
    """Write a file of text or of bytes; it may not be on the disk yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(text.encode("utf-8") if isinstance(text, str) else text)
    return path


def hand_over(path: Path, content: str | bytes) -> None:
    """Write a file so that who looks for it finds it whole or not at all; one that is there is replaced."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    partial.replace(path)


def write_private(path: Path, text: str) -> None:
    """Write a file for nobody but us, whole or not at all; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    partial = path.with_name(f"{path.name}.partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    partial.replace(path)


def place(source: Path, target: Path) -> None:
    """Put a file into another tree: as a link to the same bytes, or as a copy where there are no links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.symlink_to(source.readlink())
        return
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copy2(source, target)
        _force(target)


def files(folder: Path) -> Iterator[str]:
    """List the addresses of all files of a tree, links included and not followed.

    Raises
    ------
    MountedError
        When a folder in it lies on another file system.
    """
    return _files(folder, "", folder.stat().st_dev)


def _files(folder: Path, above: str, device: int) -> Iterator[str]:
    for entry in os.scandir(folder):
        if not entry.is_dir(follow_symlinks=False):
            yield above + entry.name
        elif entry.stat(follow_symlinks=False).st_dev != device:
            raise MountedError(entry.path)
        else:
            yield from _files(folder / entry.name, f"{above}{entry.name}/", device)


def empty_folders(folder: Path) -> list[str]:
    """List the addresses of the folders of a tree that hold nothing."""
    return [
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_dir() and not any(path.iterdir())
    ]


def matches(folder: Path, hashes: Mapping[str, str]) -> list[str]:
    """List the addresses of a tree whose files are missing or not what their hashes say."""
    return [address for address, sha256 in hashes.items() if sha256_of(folder / address) != sha256]


def sha256_of(path: Path) -> str | None:
    """Hash a file; None where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def force_folders(folder: Path, only: Collection[Path] | None = None) -> None:
    """Force the names of files to the disk, of a folder and all below it or of some."""
    if sys.platform == "win32":
        return  # folders cannot be opened there, and renames are written through
    for path in [folder, *(below for below in folder.rglob("*") if below.is_dir())] if only is None else only:
        _force(path)


def _force(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
