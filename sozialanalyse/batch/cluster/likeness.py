"""Whether another machine makes the same pages: the same program, libraries, Python and kind of computer.

Same input, same bytes holds for one set of versions only, so a worker that differs is refused, not adapted to.
"""

from __future__ import annotations

import functools
import importlib.metadata
import platform
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.edition import hash_folder
from sozialanalyse.errors import Fault, SozialanalyseError

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAM = "sozialanalyse"

_ROOTS = (PROGRAM, "distributed", "papermill", "nbconvert")
"""With what these need: all that takes part in a finding. The last two are named for a program that runs from its folder, uninstalled."""

_SOURCES = (".py", ".j2", ".css", ".js", ".po", ".yml", ".json", ".csv", ".svg")
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_NOTHING = "–"


class ClusterError(SozialanalyseError):
    """The cluster cannot be used, or not any more; nothing was published."""


@functools.cache
def own() -> dict[str, str]:
    """Say what this process makes pages with: versions by name, the program with a hash of its files."""
    library = hash_folder(Path(__file__).parents[2], _SOURCES)
    versions = _versions()
    return {
        **versions,
        PROGRAM: f"{versions.get(PROGRAM, '0')} ({library[:12]})",
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def _versions() -> dict[str, str]:
    """Look up what is installed of all that we need, directly or not; what only another system needs is not."""
    found: dict[str, str] = {}
    waiting = list(_ROOTS)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            package = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found[name] = package.version
        waiting += [_NAME.findall(line)[0] for line in package.requires or () if "extra ==" not in line]
    return found


def require_alike(workers: Mapping[str, Any]) -> None:
    """Refuse workers that differ from this process.

    Parameters
    ----------
    workers
        What each said of itself (:func:`own`), or the error that kept it from it, by its address.

    Raises
    ------
    ClusterError
        Naming what differs, and what to do.
    """
    faults = [fault for worker, said in workers.items() for fault in _differences(worker, said)]
    if faults:
        message = "set up all workers from the same checkout and requirements.lock as this machine, and start them anew"
        raise ClusterError([*faults[:20], Fault(message)])


def _differences(worker: str, said: Any) -> list[Fault]:
    if not isinstance(said, dict):
        message = "the worker {worker} cannot run this program: {reason}"
        return [Fault(message, {"worker": worker, "reason": f"{type(said).__name__}: {said}"})]
    ours = own()
    names = sorted({*ours, *said}, key=lambda name: (name != PROGRAM, name != "python", name))
    message = "the worker {worker} has {what} {found}, this machine {expected}"
    return [
        Fault(
            message,
            {"worker": worker, "what": name, "found": said.get(name, _NOTHING), "expected": ours.get(name, _NOTHING)},
        )
        for name in names
        if said.get(name) != ours.get(name)
    ]
