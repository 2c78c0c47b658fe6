"""The surroundings of runs: the same on every desk where they change what is drawn or written, and no way to a desk's own settings."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from sozialanalyse.batch.processes import python_path
from sozialanalyse.reading import VARIABLE

if TYPE_CHECKING:
    from pathlib import Path

ENGINE = "sozialanalyse"
"""Name of our engine, for papermill."""

KERNEL = "sozialanalyse"
"""Name of our private kernel, which runs this very interpreter and not one that a user has registered."""

SOURCE_DATE = "315532800"
"""1980-01-01, the first date that archive formats can write: whatever stamps a date on a figure stamps this."""

MATPLOTLIB = "svg.hashsalt: sozialanalyse\n"
"""Settings of figures; taking the place of the user's own, which would change the pages of one desk."""

DESK = "desk"
"""Folder that a notebook works in; empty at first, in the folder of its run."""

TEMPORARY = "temporary"
"""Folder of a run for temporary files."""

READ = "read.jsonl"
"""File of a run with the notes of what its notebook read of the Release (:mod:`sozialanalyse.reading`)."""

TOKEN = "SOZIALANALYSE_RUN"  # noqa: S105 - names the processes of one run, keeps no secret

_NOT_FOR_CHILDREN = ("JUPYTER_", "IPYTHON", "SOZIALANALYSE_", "XDG_CACHE_HOME")
"""Beginnings of names in our environment that children must not have: settings of a desk, and where the town's data lie."""


def prepare(work: Path) -> None:
    """Write what the children share: our kernel and the settings of figures."""
    kernel = work / ".jupyter" / "kernels" / KERNEL
    kernel.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False"]
    spec = {"argv": argv, "display_name": KERNEL, "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    (work / "matplotlibrc").write_text(MATPLOTLIB, encoding="utf-8")


def environment(work: Path, folder: Path) -> dict[str, str]:
    """Make a child's environment: the same on every desk where it changes what is drawn or written."""
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith(_NOT_FOR_CHILDREN)},
        "PYTHONPATH": python_path(),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "SOURCE_DATE_EPOCH": SOURCE_DATE,
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "LANGUAGE": "",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MATPLOTLIBRC": str(work / "matplotlibrc"),
        "JUPYTER_PATH": str(work / ".jupyter"),
        "JUPYTER_NO_CONFIG": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        **own_folders(folder),
    }


def own_folders(folder: Path) -> dict[str, str]:
    """Name the folders that each run has for itself, so that none finds what another one left."""
    return {
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_CONFIG_DIR": str(folder / "settings"),
        "JUPYTER_DATA_DIR": str(folder / "share"),
        "IPYTHONDIR": str(folder / "ipython"),
        "TMPDIR": str(folder / TEMPORARY),
        VARIABLE: str(folder / READ),
    }
