"""Runs notebooks: several at once, each in a child process of its own, under a deadline kept from outside.

Papermill and its kernel can hang past their own time limits, die without saying so, and write their output in
place. So the child only ever hands over a finished notebook by an atomic rename, the deadline is kept by this
process, and at its end the child is killed with everything that it started.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
import traceback
import uuid
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil  # type: ignore[import-untyped,unused-ignore]

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from sozialanalyse.batch.parameters import Value
    from sozialanalyse.batch.plan import Run

DEADLINE = 300.0
"""Seconds that one notebook may take, kernel start included."""

MOST_WORKERS = 4
"""More at once by default would only take memory from each other."""

LONGEST_MESSAGE = 400
"""Characters of an error message that are shown; the log has all of it."""

KERNEL = "sozialanalyse"
"""Name of our private kernel, which runs this very interpreter and not one that a user has registered."""

SOURCE_DATE = "315532800"
"""1980-01-01, the first date that archive formats can write: whatever stamps a date on a figure stamps this."""

MATPLOTLIB = "svg.hashsalt: sozialanalyse\n"
"""Settings of figures; taking the place of the user's own, which would change the pages of one desk."""

_NOT_FOR_CHILDREN = ("JUPYTER_", "IPYTHON", "SOZIALANALYSE_", "XDG_CACHE_HOME")
"""Beginnings of names in our environment that children must not have: settings of a desk, and where the town's data lie."""

_TOKEN = "SOZIALANALYSE_RUN"  # noqa: S105 - names the processes of one run, keeps no secret
_QUOTED = re.compile(
    r"""
    (?P<quote>['"])
    (?: file:/ | [A-Za-z]:[\\/] | \\\\ | / )  # how an address, a drive, a share and a folder begin
    [^'"\n]* [\\/]                           # blanks included
    (?= [^'"\n\\/]+ (?P=quote) )             # the last name is kept
    """,
    re.VERBOSE,
)
_ABSOLUTE = re.compile(
    r"""
    (?<![\w.:/\\])
    (?: file:/+ (?: [^\s/'",;<>]+ /+ )*
      | \\\\ (?: [^\s\\/'":,;<>]+ [\\/]+ )+
      | [A-Za-z]: [\\/]+ (?: [^\s\\/'":,;<>]+ [\\/]+ )*
      | / (?: [^\s/'":,;<>]+ / )+
    )
    (?= [^\s/\\'":,;<>] )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a finding could not be made, in words that may be shown.

    Parameters
    ----------
    kind
        ``error`` (the notebook raised one), ``deadline``, ``died`` (no result) or ``render``.
    name
        Name of the error.
    message
        Its message, without the paths of this machine.
    cell
        Id of the cell that failed.
    """

    kind: str
    name: str
    message: str
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Executed:
    """What came of one run: a finished notebook or a failure."""

    run: Run
    seconds: float
    notebook: Path | None = None
    failure: Failure | None = None


@dataclass
class Execution:
    """A pool of child processes over one work folder.

    Parameters
    ----------
    work
        Empty folder for executed notebooks; private, as they may hold raw rows.
    logs
        Folder for tracebacks and what the notebooks printed.
    given
        The parameters that every notebook gets.
    workers, deadline
        How many at once, and how many seconds each may take.
    """

    work: Path
    logs: Path
    given: Mapping[str, Value]
    workers: int = 1
    deadline: float = DEADLINE
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopped: bool = False

    def results(self, runs: Sequence[Run]) -> Generator[Executed]:
        """Run all and give each result as it comes; when the caller stops or is interrupted, end all children."""
        prepare(self.work)
        self.logs.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(self.workers) as pool:
            try:
                pending = {pool.submit(self.execute, run) for run in runs}
                while pending:
                    done, pending = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield future.result()
            finally:
                self.stop()
                pool.shutdown(cancel_futures=True)

    def stop(self) -> None:
        """End every child, with everything that it started."""
        with self._lock:
            self._stopped = True
            for token, child in self._children.items():
                end(child, token)

    def execute(self, run: Run) -> Executed:
        """Run one notebook in a child process and wait for its end, not past the deadline; whatever fails is its own."""
        start = time.monotonic()
        folder = self.work / run.key
        try:
            in_time = self._is_in_time(run, folder)
            failure = self._failure(folder) if in_time else Failure("deadline", "Deadline", f"{self.deadline:g} s")
        except Exception as error:  # noqa: BLE001 - no process, no disk: this run's failure, never the batch's
            log_error(self.logs, run)
            failure = Failure("died", type(error).__name__, plain(str(error)))
        seconds = time.monotonic() - start
        return Executed(run, seconds, None if failure else folder / "notebook.ipynb", failure)

    def _is_in_time(self, run: Run, folder: Path) -> bool:
        """Run the child and say whether it ended before the deadline."""
        (folder / "desk").mkdir(parents=True)
        job = {
            "notebook": str(run.path.resolve()),
            "parameters": {**run.parameters, **given_to(run, self.given), "language": run.language},
            "folder": str(folder),
        }
        return self._run_child(job, folder, run.key)

    def _run_child(self, job: Mapping[str, Any], folder: Path, name: str) -> bool:
        token = uuid.uuid4().hex
        with (self.logs / f"{name}.log").open("wb") as log:
            with self._lock:
                if self._stopped:
                    return True
                child = subprocess.Popen(
                    [sys.executable, "-m", "sozialanalyse.batch.child"],
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=folder / "desk",
                    env={**environment(self.work, folder), _TOKEN: token},
                    start_new_session=True,
                )
                self._children[token] = child
            try:
                return self._finish(child, job)
            finally:
                end(child, token)
                with self._lock:
                    del self._children[token]

    def _finish(self, child: subprocess.Popen[bytes], job: Mapping[str, Any]) -> bool:
        """Hand over the job and wait; the open pipe tells the child that we live."""
        assert child.stdin is not None
        with contextlib.suppress(OSError):  # a child that is gone already: its missing result says so
            child.stdin.write(json.dumps(job).encode() + b"\n")
            child.stdin.flush()
        try:
            child.wait(self.deadline)
        except subprocess.TimeoutExpired:
            return False
        return True

    @staticmethod
    def _failure(folder: Path) -> Failure | None:
        """Read what the child handed over; nothing handed over is a failure, whatever the exit code."""
        try:
            result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Failure("died", "NoResult", "the process ended without a result")
        if result["name"] is None:
            return None
        return Failure("error", result["name"], plain(result["message"]), result["cell"])


def given_to(run: Run, given: Mapping[str, Value]) -> dict[str, Value]:
    """Choose what a notebook gets: the file of a Release and no way to the town, or the town where it reads that itself."""
    if run.of_town:
        return {key: value for key, value in given.items() if key != "release"}
    return {**given, "town": "", "raw": None}


def log_error(logs: Path, run: Run) -> None:
    """Write the traceback of the error at hand into the log of its run; that the log fails must not hide the error."""
    with contextlib.suppress(OSError), (logs / f"{run.key}.log").open("a", encoding="utf-8", errors="replace") as log:
        traceback.print_exc(file=log)


def default_workers() -> int:
    """Count the processors that this process may use, at most :data:`MOST_WORKERS`."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(MOST_WORKERS, usable or 1))


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
    package = str(Path(__file__).parents[2])
    paths = [package, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith(_NOT_FOR_CHILDREN)},
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
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
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_CONFIG_DIR": str(folder / "settings"),
        "JUPYTER_DATA_DIR": str(folder / "share"),
        "JUPYTER_NO_CONFIG": "1",
        "IPYTHONDIR": str(folder / "ipython"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def end(child: subprocess.Popen[bytes], token: str) -> None:
    """End a child and all that it started, the kernel in its own session included."""
    for process in [*_descendants(child), *(found for found in psutil.process_iter() if _carries(found, token))]:
        with contextlib.suppress(psutil.Error):
            process.kill()
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()
    child.wait()


def _descendants(child: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Find a living child and its descendants; orphans have no parent left and are found by their token."""
    if child.poll() is not None:
        return []  # its number may belong to somebody else by now
    try:
        parent = psutil.Process(child.pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _carries(process: psutil.Process, token: str) -> bool:
    try:
        return process.environ().get(_TOKEN) == token
    except (psutil.Error, OSError):
        return False


def plain(message: str) -> str:
    """Take what must not be shown out of an error message: folders of this machine, colours, length.

    Examples
    --------
    >>> plain("cannot read /home/erika/towns/a/areas.csv: no column")
    'cannot read areas.csv: no column'
    """
    message = re.sub(r"\x1b\[[0-9;]*m", "", message)
    message = _ABSOLUTE.sub("", _QUOTED.sub(r"\g<quote>", message)).strip()
    return message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1] + "…"
