"""Runs on this machine, and what any other way to carry them out has to offer (:class:`Runner`)."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sozialanalyse.batch.engine.forked import ForkRunner
from sozialanalyse.batch.engine.plain import LostError, PlainRunner
from sozialanalyse.batch.engine.surroundings import DESK, TEMPORARY, prepare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sozialanalyse.batch.engine.jobs import Job

EngineName = Literal["fork", "plain"]
"""How runs are made: forked from a warm process, or by papermill with a kernel for each."""


class Runner(Protocol):
    """Carries out jobs; several threads may call :meth:`run` at once."""

    def open(self) -> None:
        """Get ready for the first job.

        Raises
        ------
        SozialanalyseError
            No job can be carried out.
        """

    def run(self, job: Job, log: Path) -> bool:
        """Do a job in a process of its own; say whether it ended before the deadline.

        Its folder then holds what it handed over (:data:`.jobs.RESULT` and the like), and the log what it printed. Whose process or
        machine was lost is run once more; an error of the notebook is a result.

        Raises
        ------
        LostError
            It was lost again.
        SozialanalyseError
            No other job can be carried out either.
        """

    def stop(self) -> None:
        """End all runs with everything that they started; those that are being waited for end without a result."""


def default_engine() -> EngineName:
    """Choose how runs are made: forked on Linux."""
    return "fork" if sys.platform == "linux" else "plain"


@dataclass
class LocalRunner:
    """Runs in processes of this machine; one that was lost is run once more, in a process that nothing else depends on.

    Parameters
    ----------
    work, logs
        Folders of the batch's runs and of their logs.
    deadline
        Seconds that each may take.
    settings
        What a template holds and the limits of runs (:func:`.template.main`); read when the first job comes.
    engine
        How runs are made; forked, where the system can and nothing else is said.
    """

    work: Path
    logs: Path
    deadline: float
    settings: Mapping[str, Any]
    engine: str | None = None
    _stopped: bool = False

    def __post_init__(self) -> None:
        self._plain = PlainRunner(self.work, self.deadline)
        forked = ForkRunner(self.work, self.logs, self.deadline, self.settings)
        self._first = forked if self.engine != "plain" and default_engine() == "fork" else self._plain

    def open(self) -> None:
        """Write what the runs share."""
        prepare(self.work)
        self.logs.mkdir(parents=True, exist_ok=True)

    def run(self, job: Job, log: Path) -> bool:
        """Do a job (as :meth:`Runner.run`)."""
        folder = Path(job["folder"])
        _make(folder)
        try:
            return self._first.run(job, log)
        except LostError as error:
            if self._stopped:
                return True
            with log.open("a", encoding="utf-8") as file:
                file.write(f"{error}; the notebook is run once more, in a process that nothing else depends on\n")
            shutil.rmtree(folder)
            _make(folder)
            return self._plain.run(job, log)

    def stop(self) -> None:
        """End every run, with everything that it started."""
        self._stopped = True
        for runner in (self._first, self._plain):
            runner.stop()


def _make(folder: Path) -> None:
    for name in (DESK, TEMPORARY):
        (folder / name).mkdir(parents=True)
