"""What the process of the gate does: make the file of a Release, or enter a published one into the ledger."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialanalyse.disclosure import unopened
from sozialanalyse.disclosure.consulting import require_consulted
from sozialanalyse.disclosure.keeping import kept_at, made_or_kept
from sozialanalyse.disclosure.ledger import record
from sozialanalyse.disclosure.places import require_writable
from sozialanalyse.disclosure.release import UNPROTECTED
from sozialanalyse.disclosure.release_files import open_release
from sozialanalyse.disclosure.texts import hash_of
from sozialanalyse.errors import SozialanalyseError
from sozialanalyse.town import open_town

if TYPE_CHECKING:
    from sozialanalyse.errors import Fault
    from sozialanalyse.town import Town

Job = dict[str, Any]


def work(job: Job) -> None:
    """Do a job and write its result, which is an error of ours in place of anything else if there was one.

    Parameters
    ----------
    job
        ``do``: ``release`` (``town, raw, audience, ledger, only_look, file``: where the file is to be) or ``record`` (``town, ledger, file``);
        ``result``: where the result is to be written.
    """
    doing = {"release": make, "record": enter}[job["do"]]
    try:
        result = doing(job)
    except SozialanalyseError as error:
        result = {"error": type(error).__name__, "faults": [_plain(fault) for fault in error.faults]}
    unopened.hand_over(job, result)


def make(job: Job) -> dict[str, Any]:
    """Open the town and write the file of its Release; one that was made of the same before is taken from the cache."""
    from sozialanalyse import quality  # noqa: PLC0415 - heavy

    before = unopened.snapshot(job)
    town = open_town(job["town"], job["raw"])
    town.indicators()  # what contradicts itself is said before anything is made
    require_consulted(town, job["audience"])
    folder = unopened.ledger_of(job)
    if job["audience"] != UNPROTECTED and not job["only_look"]:
        require_writable(folder)
    made = made_or_kept(town, job["audience"], folder, Path(job["file"]))
    about = made.about
    impossible = sum(one.severity == "error" for one in quality.inspect(town.data))
    ledger = hash_of({"before": about.before, "cells": about.cells}) if about.number else None
    result = {"sha256": about.sha256, "number": about.number, "ledger": ledger, "impossible": impossible}
    if job["audience"] != UNPROTECTED and _stands_in_files(town):
        kept, read = kept_at(town, job["audience"]), [name for name, _ in town.data.files]
        unopened.remember(job, result, kept, read, before)
    return result


def _stands_in_files(town: Town) -> bool:
    """Say whether all that was read stands in files: what a database answers can be told by asking it only."""
    names = {name for name, _ in town.data.files}
    return all(delivery.file in names for delivery in town.data.deliveries)


def enter(job: Job) -> dict[str, Any]:
    """Enter a published Release into the ledger."""
    folder = unopened.ledger_of(job)
    found, before = open_release(job["file"]), unopened.ledger_state(folder)
    entry = record(found, folder, dt.datetime.now(dt.UTC).date())
    unopened.entered(found.sha256, before, unopened.ledger_state(folder))
    return {"number": entry.number}


def _plain(fault: Fault) -> dict[str, Any]:
    """Write a fault as plain values, from which the same sentence can be made again."""
    place = fault.place
    return {
        "message": fault.message,
        "values": {key: _value(value) for key, value in fault.values.items()},
        "place": [place.file, place.row, place.key, place.area],
    }


def _value(value: Any) -> Any:
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, dt.date):
        return {"date": f"{value:%Y-%m-%d}"}
    return value.item() if hasattr(value, "item") else str(value)
