"""Runs notebooks: several at once, each in a process of its own, under a deadline kept from outside.

Papermill and its kernel can hang past their own time limits, die without saying so, and write their output in place. So a run
only ever hands over a finished notebook and page by atomic renames, the deadline is kept by this process, and at its end the run
is killed with everything that it started. How a run is made is the engine's affair (:mod:`sozialanalyse.batch.engine`).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
import traceback
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.engine.jobs import NOTEBOOK, PAGE, RESULT, files_in
from sozialanalyse.batch.engine.limits import Limits
from sozialanalyse.batch.engine.local import LocalRunner
from sozialanalyse.batch.engine.surroundings import DESK, READ
from sozialanalyse.batch.frame import EMPTY
from sozialanalyse.batch.gate import UNPROTECTED
from sozialanalyse.batch.traces import tells_all
from sozialanalyse.errors import SozialanalyseError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence
    from pathlib import Path

    from sozialanalyse.batch.engine.jobs import Job, Result
    from sozialanalyse.batch.engine.local import Runner
    from sozialanalyse.batch.frame import Frame
    from sozialanalyse.batch.parameters import Value
    from sozialanalyse.batch.runs import Run
    from sozialanalyse.batch.sections import Finding

DEADLINE = 300.0
"""Seconds that one notebook may take, the start of its process included."""

MOST_WORKERS = 4
"""More at once by default would only take memory from each other."""

MOST_ON_CLUSTER = 256
"""So many findings at most are with a cluster at the same time, waiting or being made: it sees what there is to do, and grows."""

MANY = 4
"""Findings of a target group for which it pays to compute its indicators before the first of them."""

LONGEST_MESSAGE = 400
"""Characters of an error message that are shown; the log has all of it."""

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
class Made:
    """A page as it will be published, what it is about, and the files beside it by their address."""

    html: str
    finding: Finding
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Executed:
    """What came of one run: a finished notebook and its page, or a failure.

    Parameters
    ----------
    run, seconds
        The run, and how long it took.
    notebook, page
        What it made.
    failure
        Why there is neither.
    cells
        Seconds that each cell took, by its id.
    peak_memory
        Bytes that its process had at most; None where that is not known.
    read
        Notes of what its notebook read (see :mod:`sozialanalyse.reading`); none where that is not known.
    """

    run: Run
    seconds: float
    notebook: Path | None = None
    page: Made | None = None
    failure: Failure | None = None
    cells: Mapping[str, float] = field(default_factory=dict)
    peak_memory: int | None = None
    read: tuple[dict[str, Any], ...] = ()


@dataclass
class Execution:
    """Several runs at once over one work folder, on this machine or on a cluster.

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
    engine
        How runs are made; forked, where the system can and nothing else is said.
    notices
        What pages must say at their top, by language.
    frames
        What stands on every page, by language.
    stands_alone
        No index will stand beside the page.
    limits
        What forked runs may use.
    cluster
        Address of a scheduler whose workers make the runs; default: this machine does.
    """

    work: Path
    logs: Path
    given: Mapping[str, Value]
    workers: int = 1
    deadline: float = DEADLINE
    engine: str | None = None
    notices: Mapping[Any, Sequence[str]] = field(default_factory=dict)
    frames: Mapping[Any, Frame] = field(default_factory=dict)
    stands_alone: bool = False
    limits: Limits = field(default_factory=Limits)
    cluster: str | None = None

    def __post_init__(self) -> None:
        self._settings: dict[str, Any] = {"hold": held(self.given), "limits": asdict(self.limits)}
        self._runner = self._chosen()

    def _chosen(self) -> Runner:
        """Choose who carries out the runs."""
        if self.cluster is None:
            return LocalRunner(self.work, self.logs, self.deadline, self._settings, self.engine)
        from sozialanalyse.batch.cluster.runner import ClusterRunner  # noqa: PLC0415 - an extra, and heavy

        return ClusterRunner(self.cluster, self.deadline, self._settings, self.engine)

    def results(self, runs: Sequence[Run]) -> Generator[Executed]:
        """Run all and give each result as it comes; when the caller stops or is interrupted, end all runs.

        Raises
        ------
        SozialanalyseError
            The cluster cannot be used, or not any more.
        """
        if self._settings["hold"] is not None:
            self._settings["hold"]["groups"] = groups_of(run.parameters for run in runs)
        self.logs.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(self.workers) as pool:
            try:
                if runs:
                    self._runner.open()
                pending = {pool.submit(self.execute, run) for run in runs}
                while pending:
                    done, pending = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield future.result()
            finally:
                self.stop()
                pool.shutdown(cancel_futures=True)

    def stop(self) -> None:
        """End every run, with everything that it started."""
        self._runner.stop()

    def execute(self, run: Run) -> Executed:
        """Run one notebook in a process of its own, not past the deadline; whatever fails is its own."""
        start = time.monotonic()
        folder = self.work / run.key
        result: Result = {}
        try:
            in_time = self._runner.run(self._job(run, folder), self.logs / f"{run.key}.log")
            result = read_result(folder) if in_time else {}
            failure = failure_of(result) if in_time else Failure("deadline", "Deadline", f"{self.deadline:g} s")
        except SozialanalyseError:
            raise  # of the cluster: no other run would fare better
        except Exception as error:  # noqa: BLE001 - no process, no disk: this run's failure, never the batch's
            log_error(self.logs, run)
            failure = Failure("died", type(error).__name__, plain(str(error)))
        used: dict[str, Any] = {"cells": result.get("cells", {}), "peak_memory": result.get("peak_memory")}
        seconds = time.monotonic() - start
        if failure is not None:
            return Executed(run, seconds, failure=failure, **used)
        read = () if run.of_town or not tells_all(run.path) else notes_of(folder)
        return Executed(run, seconds, folder / NOTEBOOK, made(folder, result), read=read, **used)

    def _job(self, run: Run, folder: Path) -> Job:
        """Say what is to be run, in a folder that is its own."""
        return {
            "notebook": str(run.path.resolve()),
            "parameters": {**run.parameters, **given_to(run, self.given), "language": run.language},
            "folder": str(folder),
            "desk": str(folder / DESK),
            "look": {
                "language": run.language,
                "name": run.notebook,
                "notices": list(self.notices.get(run.language, ())),
                "stands_alone": self.stands_alone,
                "address": run.address,
                "frame": self.frames.get(run.language, EMPTY),
            },
        }


def read_result(folder: Path) -> Result:
    """Read what a run says of its end; it says nothing where it died."""
    try:
        result: Result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return result


def notes_of(folder: Path) -> tuple[dict[str, Any], ...]:
    """Read the notes of what a run has read, each once; none where there are no, or where one is damaged."""
    try:
        lines = (folder / READ).read_text(encoding="utf-8").splitlines()
        return tuple(json.loads(line) for line in dict.fromkeys(lines))
    except (OSError, ValueError):
        return ()


def failure_of(result: Result) -> Failure | None:
    """Say why a run failed, if it did; that it handed over nothing is a failure, whatever its exit code."""
    if not result:
        return Failure("died", "NoResult", "the process ended without a result")
    if "kind" not in result:
        return None
    return Failure(result["kind"], result["name"], plain(result["message"]), result["cell"])


def made(folder: Path, result: Result) -> Made | None:
    """Read the page that a run handed over; None where none was asked for."""
    from sozialanalyse.batch.sections import Finding  # noqa: PLC0415 - heavy

    found = result.get("finding")
    if found is None:
        return None
    page = (folder / PAGE).read_text(encoding="utf-8")
    return Made(page, Finding.model_validate(found), files_in(folder))


def held(given: Mapping[str, Value]) -> dict[str, Any] | None:
    """Say what a template may hold: the Release of a protected audience, never the town's own data."""
    release = given.get("release")
    return {"release": release} if release and given.get("audience") != UNPROTECTED else None


def groups_of(parameters: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the target groups of which so many findings are made that what they share is computed once for all; "" is none or all."""
    counted = Counter(str(given.get("target_group") or "") for given in parameters)
    return [group for group, count in counted.items() if count >= MANY]


def given_to(run: Run, given: Mapping[str, Value]) -> dict[str, Value]:
    """Choose what a notebook gets: the file of a Release and no way to the town, or the town where it reads that itself."""
    if run.of_town:
        return {key: value for key, value in given.items() if key != "release"}
    return {**given, "town": "", "raw": None}


def log_error(logs: Path, run: Run) -> None:
    """Write the traceback of the error at hand into the log of its run; that the log fails must not hide the error."""
    with contextlib.suppress(OSError), (logs / f"{run.key}.log").open("a", encoding="utf-8", errors="replace") as log:
        traceback.print_exc(file=log)


def default_workers(cluster: str | None = None) -> int:
    """Count the processors that this process may use, at most :data:`MOST_WORKERS`; with a cluster :data:`MOST_ON_CLUSTER`."""
    if cluster is not None:
        return MOST_ON_CLUSTER
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(MOST_WORKERS, usable or 1))


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
