"""Modules of ours that are started as processes of their own: they import the same package, work on one core, and get a job."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def python_path() -> str:
    """Name the folders where a child process finds the same package as this one, and what the caller has added to them."""
    package = str(Path(__file__).parents[2])
    added = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return os.pathsep.join(dict.fromkeys([package, *added]))


def work(module: str, job: Mapping[str, Any]) -> str | None:
    """Start a module, give it a job on its standard input, and wait for its end; it ends when this process does.

    Parameters
    ----------
    module
        Named and not imported by whoever asks, as it may hold what the caller must never hold. It reads a line and calls
        :func:`sozialanalyse.parents.end_with_parent`.
    job
        Written as one line of JSON.

    Returns
    -------
    str or None
        Why it failed, by the last line that it said; None where it ended well.
    """
    with subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": python_path(), "OMP_NUM_THREADS": "1"},
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        with contextlib.suppress(BrokenPipeError):  # it could not even start: what it said is read below
            process.stdin.write(json.dumps(job).encode() + b"\n")
            process.stdin.flush()
        # Its input stays open until it has ended: by that it knows that we are there.
        said = process.stderr.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
        code = process.wait()
    return (said or f"exit code {code}") if code else None
