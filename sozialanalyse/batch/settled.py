"""What a run has left, so that the next one that would do the same again is known for it before anything heavy is imported.

Compared is what is in the files: plan, notebooks, program, libraries, what the gate gave, the ledger, and every file of the edition that is
public. Where anything is other than it was, or not known, the runs of the plan are compared one by one (:func:`.orders.steps_of`).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.archive import REPORT, read_report
from sozialanalyse.batch.edition import MANIFEST, hash_files, hash_of
from sozialanalyse.batch.orders import hash_program, keep_out, logs_of, versions
from sozialanalyse.batch.outcome import Outcome
from sozialanalyse.batch.publishing import FEED, INDEX, NEWS, hold
from sozialanalyse.batch.store.trees import matches, sha256_of, write_private
from sozialanalyse.batch.withdrawals import LEDGER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sozialanalyse.batch.orders import Order
    from sozialanalyse.batch.publishing import Output

MEMO = "settled.json"
"""File in the folder of the logs."""

SCHEMA = 1

TICK = 2_000_000_000
"""Nanoseconds: no file system keeps times less exactly than FAT, by two seconds."""


Memo = dict[str, Any]


def expected(order: Order) -> Memo | None:
    """Say whether all is asked for that the run before was asked for, of the same program; before the town is looked at.

    Returns
    -------
    dict or None
        What that run has left, for :func:`nothing_to_do`.
    """
    if order.force:
        return None
    try:
        found = json.loads((logs_of(order.output) / MEMO).read_text(encoding="utf-8"))
        is_same = found["schema"] == SCHEMA and found["asked"] == _asked(order)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if is_same else None


def nothing_to_do(order: Order, memo: Memo) -> Outcome | None:
    """Say what comes of a run that would do nothing; note the time of it, as any run does.

    Parameters
    ----------
    order
        With the Release.
    memo
        As of :func:`expected`.

    Returns
    -------
    Outcome or None
        None: it is not known whether there is anything to do.

    Raises
    ------
    LockedError, UsageError
        As :func:`sozialanalyse.batch.run_plan`.
    """
    began = dt.datetime.now(dt.UTC)
    with hold(order.output, keep_out(order)) as output:
        seen = _seen(output.folder, memo) if memo["released"] == _released(order) else None
        if seen is None:
            return None
        report = read_report(output.folder)
        unchanged = _again(report, began)
        output.replace_report(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
        _keep(output, memo, seen)
        output.prune(order.retention)
        folder = output.folder
        return Outcome(0, unchanged, 0, failures={}, index=folder / INDEX, edition=output.number)


def settle(order: Order, output: Output) -> None:
    """Keep what a run was made of that has left nothing to do."""
    state = {"state": _state(output)}
    with contextlib.suppress(OSError, ValueError):
        seen = _seen(output.folder, state)
        if seen is not None:
            _keep(output, {"asked": _asked(order), "released": _released(order)}, seen)


def unsettle(output: Output) -> None:
    """Forget what was kept, for something is left to do."""
    with contextlib.suppress(OSError):
        (output.logs / MEMO).unlink(missing_ok=True)


def _keep(output: Output, memo: Memo, seen: Mapping[str, list[int]]) -> None:
    content = {**memo, "schema": SCHEMA, "state": _state(output), "seen": seen}
    write_private(output.logs / MEMO, json.dumps(content))


def _state(output: Output) -> dict[str, str | None]:
    """Hash what holds the hashes of all else, and the report."""
    return {name: sha256_of(output.folder / name) for name in (MANIFEST, REPORT)}


def _asked(order: Order) -> str:
    """Hash what is asked for, and of whom: options, plans, notebooks, program, libraries."""
    own = [
        order.town_name,
        str(order.plan.resolve()),
        order.audience,
        order.language,
        sorted(order.only),
        order.audited,
        order.for_all,
    ]
    sources = [(str(path), path) for path in _sources(order)]
    return hash_of([own, hash_files(sources), hash_program(), versions()])


def _sources(order: Order) -> Iterator[Path]:
    """List the notebooks, and all plans that the plan can extend: those beside it, and those that all towns share."""
    yield from sorted(order.notebooks.glob("*.ipynb"))
    plans = {order.plan.parent.resolve(), order.plan.resolve().parent, (order.notebooks / "plans").resolve()}
    for _ in range(2):  # links lead to further folders
        plans |= {path.resolve().parent for folder in plans for path in folder.glob("*.y*ml")}
    yield from sorted(path for folder in plans for path in folder.glob("*.y*ml"))


def _released(order: Order) -> str | None:
    """Hash what the gate gave, and the ledger; None where there is no Release."""
    if order.release is None:
        return None
    ledger = order.ledger_folder or order.town / LEDGER
    entered = [(path.name, sha256_of(path)) for path in sorted(ledger.glob("*")) if path.is_file()]
    return hash_of([sha256_of(order.release), order.data, order.number, order.ledger, order.impossible, entered])


def _seen(folder: Path, memo: Memo) -> dict[str, list[int]] | None:
    """Look at every file of an edition; None where one is not what the run has left.

    A file is hashed, unless it is the very one that was hashed the last time: same place on the disk, same size, same times, the last of
    which nobody can set. Files that have just been written can change once more in the same tick of the clock: they are hashed again.
    """
    if matches(folder, memo["state"]) or not all((folder / name).is_file() for name in (FEED, NEWS)):
        return None
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    before, seen = memo.get("seen", {}), {}
    for entry in manifest["files"]:
        name, path = entry["address"], folder / entry["address"]
        look, now = _look(path), time.time_ns()
        if (look is None or look != before.get(name)) and sha256_of(path) != entry["sha256"]:
            return None
        if look is not None and now - max(look[2:]) > TICK:
            seen[name] = look
    return seen


def _look(path: Path) -> list[int] | None:
    """Describe a file, where its times tell of any change (not on Windows)."""
    try:
        found = path.stat()
    except OSError:
        return None
    look = [found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]
    return None if sys.platform == "win32" else look


def _again(report: dict[str, Any], began: dt.datetime) -> int:
    """Write into a run report that nothing was to be done, and count what is unchanged."""
    report["began"] = began.isoformat(timespec="seconds")
    report["ended"] = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    unchanged = 0
    for line in report["runs"]:
        line |= {"changed": [], "state": "kept", "seconds": None, "error": None}
        if line["why"] not in {"withdrawn", "not chosen"}:
            line["why"] = "unchanged"
            unchanged += 1
    return unchanged
