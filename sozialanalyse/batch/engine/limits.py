"""What a run may use, and how it ends with all that it started: limits of the system, its family, its random numbers.

Linux only, as forking is here.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import random
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped,unused-ignore]

MEMORY = 4 * 2**30
"""Bytes that a run may take beside what the template has; a page of a large town takes some hundred million."""

OUTPUT = 64 * 2**20
"""Bytes that a run may print and display; a page needs a few hundred thousand."""

LARGEST_FILE = 2**30
"""Bytes of the largest file that a run may write, what its programs print included."""

SELDOM = (100_000, 50, 100)
"""After so many new objects, and so many looks at these, Python looks for cycles."""

_SET_DEATH_SIGNAL, _SET_SUBREAPER = 1, 36
"""Of prctl(2)."""


class ThreadsError(RuntimeError):
    """A process that is to be forked has more than one thread: the fork would inherit their locks, and nobody to open them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What each run may use.

    Parameters
    ----------
    memory
        Bytes of memory beside what the template has.
    output
        Bytes that may be printed and displayed.
    file
        Bytes of the largest file that may be written.
    """

    memory: int = MEMORY
    output: int = OUTPUT
    file: int = LARGEST_FILE


def require_one_thread() -> None:
    """Refuse to fork while another thread runs.

    Raises
    ------
    ThreadsError
        Naming the threads.
    """
    tasks = [task for task in Path("/proc/self/task").iterdir() if int(task.name) != os.getpid()]
    if tasks:
        in_c = {(task / "comm").read_text(encoding="utf-8").strip() for task in tasks}
        in_python = {thread.name for thread in threading.enumerate() if thread is not threading.main_thread()}
        message = f"the template runs other threads: {', '.join(sorted(in_python or in_c))}"
        raise ThreadsError(message)


def adopt_orphans() -> None:
    """Become the parent of all descendants whose own parent ends, so that they can be found."""
    _prctl(_SET_SUBREAPER, 1)


def end_with_parent(parent: int) -> None:
    """Be killed as soon as the parent ends; where it has ended already, at once."""
    _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def end_children(without: set[int]) -> None:
    """Kill all children but those named, and whoever is left to us by their end."""
    for _ in range(1000):
        children = [child for child in psutil.Process().children() if child.pid not in without]
        if not children:
            return
        for child in children:
            with contextlib.suppress(psutil.Error):
                child.kill()
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child.pid, 0)


def limit(limits: Limits) -> None:
    """Limit what this process may use; a limit that is narrower already stays."""
    import resource  # noqa: PLC0415 - not on Windows

    taken = psutil.Process().memory_info().vms
    for kind, value in ((resource.RLIMIT_AS, taken + limits.memory), (resource.RLIMIT_FSIZE, limits.file)):
        hard = resource.getrlimit(kind)[1]
        least = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (least, least))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def collect_seldom() -> None:
    """Let Python look for cycles of references far less often: a run lives for seconds, and a look costs more than it frees."""
    gc.freeze()
    gc.set_threshold(*SELDOM)


def draw_anew() -> None:
    """Seed random numbers from the system: forks of one process would draw the same."""
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
