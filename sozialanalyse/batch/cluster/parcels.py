"""What goes to a worker and what comes back: plain values and bytes, whose hashes are compared where they arrive."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from sozialanalyse.batch.engine.jobs import HANDED_OVER
from sozialanalyse.batch.engine.surroundings import READ

if TYPE_CHECKING:
    from sozialanalyse.batch.engine.jobs import Job, Look

SENT = (READ, *HANDED_OVER)
"""Files that a run may hand over; the result is the last of them, as it says that the others are there."""

MOST_LOG = 4 * 2**20
"""Bytes of what a run printed that come back, of its end."""


class Goods(TypedDict):
    """What a worker gets once: the Release, and how runs are made.

    ``release`` is None where notebooks open none; ``groups`` as of :func:`sozialanalyse.warming.hold`, ``limits`` as of
    :class:`.engine.limits.Limits`.
    """

    release: bytes | None
    sha256: str
    groups: list[str]
    limits: dict[str, int]
    deadline: float
    engine: str | None


class Parcel(TypedDict):
    """A finding to be made: name and content of its notebook, and what of a :class:`.Job` is not of the machine that asks."""

    name: str
    notebook: bytes
    parameters: dict[str, Any]
    look: Look | None


class Answer(TypedDict, total=False):
    """What came of it.

    ``files`` with their ``hashes`` are what the run handed over, ``in_time`` says whether it ended before the deadline, ``log`` what it
    printed. ``lost`` says why it came to no end, ``stranger`` is the address of a worker that has nothing of this batch.
    """

    in_time: bool
    files: dict[str, bytes]
    hashes: dict[str, str]
    log: bytes
    lost: str
    stranger: str


class DamagedError(Exception):
    """A file arrived otherwise than it was sent."""


def parcel_of(job: Job) -> Parcel:
    """Pack a job.

    Raises
    ------
    ValueError
        It names the town's own files, which go to no other machine.
    """
    named = [name for name in ("town", "raw") if job["parameters"].get(name)]
    if named:
        message = f"{' and '.join(named)}: the town's own files do not leave this machine"
        raise ValueError(message)
    notebook = Path(job["notebook"])
    parameters = {name: value for name, value in job["parameters"].items() if name != "release"}
    return {"name": notebook.name, "notebook": notebook.read_bytes(), "parameters": parameters, "look": job["look"]}


def packed(folder: Path) -> Answer:
    """Pack what a run has handed over in its folder."""
    files = {name: (folder / name).read_bytes() for name in SENT if (folder / name).is_file()}
    return {"files": files, "hashes": {name: sha256(content) for name, content in files.items()}}


def unpack(answer: Answer, folder: Path) -> None:
    """Put what a run has handed over into a folder here, the result last.

    Raises
    ------
    DamagedError
        A file is not what was sent.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files, hashes = answer.get("files", {}), answer.get("hashes", {})
    for name in SENT:
        if name in files:
            if sha256(files[name]) != hashes.get(name):
                raise DamagedError(name)
            (folder / name).write_bytes(files[name])


def sha256(content: bytes) -> str:
    """Hash what is sent."""
    return hashlib.sha256(content).hexdigest()


def end_of(log: Path) -> bytes:
    """Read the end of a log, at most :data:`MOST_LOG`; nothing where there is none."""
    if not log.is_file():
        return b""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - MOST_LOG))
        return file.read()
