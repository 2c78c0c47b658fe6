"""The gate, from outside: a process of its own opens the town and leaves the file of a Release, and nothing else of it."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sozialanalyse import errors
from sozialanalyse.batch.processes import work
from sozialanalyse.batch.store.scratch import scratch
from sozialanalyse.errors import Fault, Place, SozialanalyseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PUBLIC, UNPROTECTED = "public", "statistics_unit"
"""Audiences: everybody; and those who hold the counts themselves, whose pages alone may be made of the town's own files."""

FILE = "town.release"


class RefusedError(SozialanalyseError):
    """Some count cannot be protected, so nothing is released."""


class GateError(SozialanalyseError):
    """The process of the gate ended without a result."""


@dataclass(frozen=True, slots=True)
class Released:
    """The file of a Release, and what may be known of how it was made.

    Parameters
    ----------
    file
        The file.
    sha256
        Hash of its content.
    number
        Of the release in the town's ledger; 0 where it is never entered.
    ledger
        Hash of the release and of the ledger before it; None where there is none.
    impossible
        How many numbers of the town cannot be right.
    """

    file: Path
    sha256: str
    number: int
    ledger: str | None
    impossible: int


@contextlib.contextmanager
def released(
    town: Path, audience: str, *, raw: Path | None = None, ledger: Path | None = None, only_look: bool = False
) -> Iterator[Released]:
    """Make a Release for as long as the block lasts.

    Parameters
    ----------
    town, raw
        Folder of the town, and of its raw files.
    audience
        For whom.
    ledger
        Folder of the ledger; default: ``releases`` in the town folder.
    only_look
        Nothing will be published: the ledger need not be writable.

    Raises
    ------
    SozialanalyseError
        As :func:`sozialanalyse.disclosure.gate.release`; faults of the town.
    """
    with scratch() as folder:
        file = folder / FILE
        job = {
            "do": "release",
            **_places(town, raw, ledger),
            "audience": audience,
            "only_look": only_look,
            "file": str(file),
        }
        yield Released(file, **_work(job, folder))


def entered(release: Path, town: Path, ledger: Path | None = None) -> int:
    """Enter a published Release into the ledger of the town and return its number there.

    Raises
    ------
    SozialanalyseError
        The ledger is broken, cannot be written, or another release has been published since this one was made.
    """
    with scratch() as folder:
        job = {"do": "record", **_places(town, None, ledger), "file": str(release)}
        return int(_work(job, folder)["number"])


def _places(town: Path, raw: Path | None, ledger: Path | None) -> dict[str, str | None]:
    return {
        "town": str(town.resolve()),
        "raw": None if raw is None else str(raw.resolve()),
        "ledger": None if ledger is None else str(ledger.resolve()),
    }


def _work(job: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Start the process, wait for its end, and read what it left."""
    result = folder / "result.json"
    failure = work("sozialanalyse.disclosure", {**job, "result": str(result)})
    if not result.is_file():
        message = "the release could not be made: the program ended without a result ({reason})"
        raise GateError(message, reason=failure or "exit code 0")
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    if "error" in found:
        raise _error(found["error"], found["faults"])
    return found


def _error(name: str, faults: list[dict[str, Any]]) -> SozialanalyseError:
    """Make the error again that ended the process."""
    kind = RefusedError if name == "DisclosureRefused" else getattr(errors, name, SozialanalyseError)
    read = [
        Fault(entry["message"], {key: _value(value) for key, value in entry["values"].items()}, Place(*entry["place"]))
        for entry in faults
    ]
    made: SozialanalyseError = kind(read)
    return made


def _value(value: Any) -> Any:
    return dt.date.fromisoformat(value["date"]) if isinstance(value, dict) else value
