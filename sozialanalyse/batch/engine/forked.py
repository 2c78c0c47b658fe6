"""The other end of a template: starts it, tells it what to run, keeps the deadline, and replaces it when it is dead or hangs."""

from __future__ import annotations

import contextlib
import json
import queue
import signal
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.engine.ending import end
from sozialanalyse.batch.engine.plain import LostError
from sozialanalyse.batch.engine.surroundings import TEMPORARY, TOKEN, environment, own_folders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sozialanalyse.batch.engine.jobs import Job

    Answer = dict[str, Any]

COMMAND = "from sozialanalyse.batch.engine.template import main; main()"
"""What Python is started with: a module that is run as ``__main__`` would lose its place to the notebook's."""

LONGEST_START = 120.0
"""Seconds that a template may take to get warm; some three on a machine that is not busy."""

LONGEST_SILENCE = 10.0
"""After so many seconds without an answer a template is asked whether it still listens; after as many more it is taken for dead."""

MOST_TEMPLATES = 3
"""A batch that has lost so many starts no other."""

LOG = "engine.log"
"""What goes wrong in templates, beside the logs of the runs."""

_GONE: Answer = {"gone": True}


@dataclass
class ForkRunner:
    """Runs forked from a template, which is started with the first of them.

    Parameters
    ----------
    work, logs
        Folders of the batch's runs and of their logs.
    deadline
        Seconds that each may take.
    settings
        What templates hold and the limits of runs (:func:`.template.main`).
    """

    work: Path
    logs: Path
    deadline: float
    settings: Mapping[str, Any]
    _template: TemplateHandle | None = None
    _started: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopped: bool = False

    def run(self, job: Job, log: Path) -> bool:
        """Do a job in a fork; say whether it ended before the deadline.

        Raises
        ------
        LostError
            The template died, hangs, or cannot be started or forked; or something killed the run.
        """
        try:
            template = self._template_or_none()
            if template is None:
                return True
            template.require_ready()
            return template.run(job, log, self.deadline)
        except LostError:
            if self._stopped:
                return True
            raise

    def stop(self) -> None:
        """End the template with all runs."""
        self._stopped = True
        with self._lock:
            if self._template is not None:
                self._template.close()

    def _template_or_none(self) -> TemplateHandle | None:
        """Give the template; start one where there is none or it is over. None: all has been stopped."""
        with self._lock:
            if self._stopped:
                return None
            if self._template is None or self._template.is_over:
                if self._started >= MOST_TEMPLATES:
                    message = "the process that is forked has died too often"
                    raise LostError(message)
                self._started += 1
                self._template = TemplateHandle(self.work, self.logs / LOG, self.settings)
            return self._template


class TemplateHandle:
    """A running template.

    Parameters
    ----------
    work
        Folder of the batch's runs.
    log
        File for what goes wrong in the template itself.
    settings
        What it holds, and the limits of its runs.
    """

    def __init__(self, work: Path, log: Path, settings: Mapping[str, Any]) -> None:
        self.is_over = False
        self._log = log
        self._token = uuid.uuid4().hex
        self._answers: dict[str, queue.SimpleQueue[Answer]] = {}
        self._lock = threading.Lock()
        self._is_ready = threading.Event()
        desk = work / ".template" / self._token
        desk.mkdir(parents=True)
        (desk / TEMPORARY).mkdir()
        with log.open("ab") as file:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and a constant
                [sys.executable, "-c", COMMAND],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                cwd=desk,
                env={**environment(work, desk), TOKEN: self._token},
                start_new_session=True,
            )
        threading.Thread(target=self._listen, name="answers of the template", daemon=True).start()
        with contextlib.suppress(LostError):  # whoever waits for it to be ready learns that it is not
            self._tell(settings)

    def require_ready(self) -> None:
        """Wait until it is warm.

        Raises
        ------
        LostError
            It does not get warm; the log says why.
        """
        self._is_ready.wait(LONGEST_START)
        if self.is_over or not self._is_ready.is_set():
            self._lose(f"could not be made ready; {LOG} says why")

    def run(self, job: Job, log: Path, deadline: float) -> bool:
        """Do a job; say whether it ended before the deadline (as :meth:`ForkRunner.run`)."""
        name, folder = uuid.uuid4().hex, Path(job["folder"])
        self._answers[name] = queue.SimpleQueue()
        given = {**own_folders(folder), TOKEN: self._token}
        end_of_time = time.monotonic() + deadline
        try:
            self._tell({"run": name, "job": job, "log": str(log), "environment": given})
            code = self._exit_code(name, end_of_time)
            if code is None:
                self._tell({"kill": name})
                self._exit_code(name, time.monotonic() + LONGEST_SILENCE, or_else="does not end its runs")
            elif code == -signal.SIGKILL:
                message = "the run was killed"
                raise LostError(message)
        finally:
            del self._answers[name]
        return code is not None

    def close(self) -> None:
        """End the template, all runs and whatever they started; first by closing its input, so that it can tidy up."""
        self.is_over = True
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(LONGEST_SILENCE)
        end(self._process, self._token)
        with contextlib.suppress(OSError):
            if not self._log.stat().st_size:
                self._log.unlink()

    def _exit_code(self, name: str, until: float, or_else: str = "") -> int | None:
        """Wait for the end of a run and return its exit code; None when the time is over."""
        while (left := until - time.monotonic()) > 0:
            answer = self._answer_to(name, min(left, LONGEST_SILENCE))
            if "code" in answer:
                return int(answer["code"])
            if "reason" in answer:
                raise LostError(answer["reason"])
            if "gone" in answer:
                self._lose("died")
            if not answer and left > LONGEST_SILENCE:
                self._require_life()
        if or_else:
            self._lose(or_else)
        return None

    def _require_life(self) -> None:
        """Ask the template whether it listens."""
        asked = uuid.uuid4().hex
        self._answers[asked] = queue.SimpleQueue()
        try:
            self._tell({"ping": asked})
            if "pong" not in self._answer_to(asked, LONGEST_SILENCE):
                self._lose("does not answer")
        finally:
            del self._answers[asked]

    def _lose(self, how: str) -> None:
        """End a template that is of no use any more."""
        with self._lock:
            if not self.is_over:
                self.is_over = True
                self._process.kill()
                self.close()
        message = f"the process that is forked {how}"
        raise LostError(message)

    def _tell(self, order: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            with self._lock:
                self._process.stdin.write(json.dumps(order).encode() + b"\n")
                self._process.stdin.flush()
        except (OSError, ValueError) as error:
            message = "the process that is forked died"
            raise LostError(message) from error

    def _answer_to(self, name: str, seconds: float) -> Answer:
        """Wait for an answer; an empty one when none came."""
        try:
            return self._answers[name].get(timeout=seconds)
        except queue.Empty:
            return {}

    def _listen(self) -> None:
        """Bring each answer to who waits for it, until there are no more."""
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError, OSError):
            for line in self._process.stdout:
                answer = json.loads(line)
                if "ready" in answer:
                    self._is_ready.set()
                waiting = self._answers.get(answer.get("run", ""))
                if waiting is not None:
                    waiting.put(answer)
        self._process.stdout.close()
        self.is_over = True
        self._is_ready.set()
        for waiting in list(self._answers.values()):
            waiting.put(_GONE)
