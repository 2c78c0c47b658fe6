"""Processes that outlive nobody: a module that is started with a job ends when whoever started it does, however that ends."""

from __future__ import annotations

import os
import sys
import threading
from multiprocessing import parent_process


def end_with_parent() -> None:
    """End this process, and all that it started, as soon as its standard input closes: the system closes it when the parent is gone.

    The parent keeps its end open for as long as it waits (:func:`sozialanalyse.batch.processes.work`).
    """
    threading.Thread(target=_follow, daemon=True).start()


def end_with_owner() -> None:
    """End this process of a pool when the process that gave it work was killed: it would wait for more for ever."""
    owner = parent_process()
    assert owner is not None

    def follow() -> None:
        owner.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _follow() -> None:
    # read from the descriptor: a lock on the buffered file would break the orderly end of the interpreter
    while os.read(sys.stdin.fileno(), 1024):
        pass
    import psutil  # type: ignore[import-untyped,unused-ignore] # noqa: PLC0415 - only where there is something to end

    for process in psutil.Process().children(recursive=True):
        process.kill()
    os._exit(1)
