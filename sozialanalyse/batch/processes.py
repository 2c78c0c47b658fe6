"""Modules of ours that are started as processes of their own: they import the same package, work on one core, and get a job."""

from __future__ import annotations

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
    """Start a module, give it a job on its standard input, and wait for its end.

    Parameters
    ----------
    module
        Named and not imported by whoever asks, as it may hold what the caller must never hold.
    job
        Written as one line of JSON.

    Returns
    -------
    str or None
        Why it failed, by the last line that it said; None where it ended well.
    """
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", module],
        input=json.dumps(job).encode() + b"\n",
        capture_output=True,
        env=os.environ | {"PYTHONPATH": python_path(), "OMP_NUM_THREADS": "1"},
        check=False,
    )
    if not done.returncode:
        return None
    said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    return said or f"exit code {done.returncode}"
