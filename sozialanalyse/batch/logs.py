"""The logs of the last runs, beside the output folder: those of the run at work on top, the earlier ones below.

What a run leaves always lies at the same place, so that a link to its report stays good every morning.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RECORD = "record.json"
"""What a run did, for programs; see :mod:`sozialanalyse.schedule.record`."""

PAGE = "run.html"
"""The same, for people."""

EARLIER = "earlier"
"""Folder of the runs before, one folder for each, named by the time of its end (UTC)."""

KEPT = 14
"""So many earlier runs are kept: two weeks of nights."""

MOST_OF_A_CONSOLE = 1_000_000
"""Bytes that the log of what a scheduled run says may have before its older half goes."""

_TIME = "%Y-%m-%dT%H%M%SZ"
_OURS = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z(?:-\d+)?", re.ASCII)


def rotate(logs: Path, keep: int = KEPT) -> None:
    """Put away what the run before left, and let the oldest runs go; what is not ours stays.

    That a log cannot be moved (it is open, or the folder is read-only) must never stop a run.

    Parameters
    ----------
    logs
        Folder of the logs; may be missing.
    keep
        How many earlier runs are kept.
    """
    if logs.is_symlink() or not logs.is_dir():
        return
    left = [path for path in logs.iterdir() if path.suffix == ".log" or path.name in {RECORD, PAGE}]
    with contextlib.suppress(OSError):
        if left:
            _put_away(left, logs / EARLIER)
        for old in earlier_runs(logs)[keep:]:
            shutil.rmtree(old, ignore_errors=True)


def earlier_runs(logs: Path) -> list[Path]:
    """List the folders of the runs before, the newest first."""
    folder = logs / EARLIER
    return sorted((path for path in folder.glob("*") if _OURS.fullmatch(path.name) and path.is_dir()), reverse=True)


def trim(console: Path, most: int = MOST_OF_A_CONSOLE) -> None:
    """Let the older half of a log go that has grown too long, in place: a program may hold it open to append."""
    with contextlib.suppress(OSError):
        if console.stat().st_size <= most:
            return
        with console.open("r+b") as file:
            file.seek(-(most // 2), 2)
            file.readline()  # whole lines only
            kept = file.read()
            file.seek(0)
            file.truncate()
            file.write(kept)


def _put_away(files: list[Path], earlier: Path) -> None:
    """Move the files of one run into a folder of their own."""
    ended = max(path.stat().st_mtime for path in files)
    name = dt.datetime.fromtimestamp(ended, dt.UTC).strftime(_TIME)
    folder, number = earlier / name, 2
    while folder.exists():  # two runs in one second
        folder, number = earlier / f"{name}-{number}", number + 1
    folder.mkdir(parents=True)
    for path in files:
        path.replace(folder / path.name)
