"""Ending processes with all that they started, from the process that started them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped,unused-ignore]

from sozialanalyse.batch.engine.surroundings import TOKEN

if TYPE_CHECKING:
    import subprocess


def end(child: subprocess.Popen[bytes], token: str) -> None:
    """End a child and all that it started, the kernel in its own session included."""
    for process in [*_descendants(child), *(found for found in psutil.process_iter() if _carries(found, token))]:
        with contextlib.suppress(psutil.Error):
            process.kill()
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()
    child.wait()


def _descendants(child: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Find a living child and its descendants; orphans have no parent left and are found by their token."""
    if child.poll() is not None:
        return []  # its number may belong to somebody else by now
    try:
        parent = psutil.Process(child.pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _carries(process: psutil.Process, token: str) -> bool:
    try:
        return process.environ().get(TOKEN) == token
    except (psutil.Error, OSError):
        return False
