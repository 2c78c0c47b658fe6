"""Ending processes with all that they started, from the process that started them."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped,unused-ignore]

from sozialanalyse.batch.engine.surroundings import TOKEN

if TYPE_CHECKING:
    import subprocess


PATIENCE = 10.0
"""Seconds that killed processes may take to be gone; one that the system holds in a call may take longer, and does no more then."""


def end(child: subprocess.Popen[bytes], token: str) -> None:
    """End a child and all that it started, the kernel in its own session included, and wait until they are gone.

    The child goes first and at once, for to look through all processes takes a moment in which it could come to its end. What starts
    another process while we look is killed before that one can be seen: so we look until there is nobody.
    """
    until = time.monotonic() + PATIENCE
    _kill(_descendants(child))
    while (found := _living(child, token)) and time.monotonic() < until:
        _kill(found)
        time.sleep(0.02)  # to wait for them would take their exit codes away from whoever started them
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()
    child.wait()


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()


def _living(child: subprocess.Popen[bytes], token: str) -> list[psutil.Process]:
    """Find whoever is to be ended and still runs; the dead that nobody has buried count for nothing."""
    return [process for process in {*_descendants(child), *_carriers(token)} if _runs(process)]


def _descendants(child: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Find a living child and its descendants; orphans have no parent left and are found by their token."""
    if child.poll() is not None:
        return []  # its number may belong to somebody else by now
    try:
        parent = psutil.Process(child.pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _carriers(token: str) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _carries(process, token)]


def _carries(process: psutil.Process, token: str) -> bool:
    try:
        return process.environ().get(TOKEN) == token
    except (psutil.Error, OSError):
        return False


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
