"""The hook: a command of the operator that hears of a run when it has ended."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped,unused-ignore]

if TYPE_CHECKING:
    from sozialanalyse.schedule.record import Record

STATUS_VARIABLE = "SOZIALANALYSE_STATUS"
"""Name in the hook's environment; its value is a :data:`~sozialanalyse.schedule.record.Status`."""

LONGEST = 60.0
"""Seconds that a hook may take: a mail server that does not answer must not hold up the night."""


def call(command: str, record: Record, longest: float = LONGEST) -> str | None:
    """Run the hook by the shell, the record without its details as JSON on its standard input.

    Parameters
    ----------
    command
        A line for the shell; ``sozialanalyse`` is on its path.
    record
        Of the run.
    longest
        Seconds that it may take.

    Returns
    -------
    str or None
        What went wrong; None when all went well.
    """
    path = os.pathsep.join(filter(None, [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]))
    hook = subprocess.Popen(  # noqa: S602 - the operator's own line, from the command line, never from a file of a town
        command,
        shell=True,
        stdin=subprocess.PIPE,
        stdout=_where_errors_go(),  # our own standard output may be JSON for a program
        env=os.environ | {STATUS_VARIABLE: record.status, "PATH": path},
    )
    try:
        hook.communicate(record.to_share().text().encode(), longest)
    except subprocess.TimeoutExpired:
        return f"{longest:g} s"
    finally:
        _end(hook)
    return None if hook.returncode == 0 else f"exit code {hook.returncode}"


def _end(hook: subprocess.Popen[bytes]) -> None:
    """End what has not ended by itself, and what it started."""
    if hook.poll() is None:
        with contextlib.suppress(psutil.Error):
            started = psutil.Process(hook.pid)
            for process in [*started.children(recursive=True), started]:
                process.kill()
        hook.wait()


def _where_errors_go() -> int:
    try:
        return sys.stderr.fileno()
    except (OSError, ValueError, AttributeError):  # a stand-in without a file below it
        return subprocess.DEVNULL
