"""Runs as papermill makes them, with a kernel: each in a child process of its own. For systems that cannot fork, and to try again."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sozialanalyse.batch.engine.ending import end
from sozialanalyse.batch.engine.surroundings import TOKEN, environment

if TYPE_CHECKING:
    from sozialanalyse.batch.engine.jobs import Job


class LostError(Exception):
    """A run came to no end for which it could be blamed: its process was killed, or the template is dead or hangs."""


@dataclass
class PlainRunner:
    """Child processes over one work folder.

    Parameters
    ----------
    work
        Folder of the batch's runs.
    deadline
        Seconds that each may take.
    """

    work: Path
    deadline: float
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopped: bool = False

    def run(self, job: Job, log: Path) -> bool:
        """Do a job in a child process; say whether it ended before the deadline.

        Raises
        ------
        LostError
            Something killed the child.
        """
        token = uuid.uuid4().hex
        with log.open("ab") as file:
            with self._lock:
                if self._stopped:
                    return True
                child = self._started(job, token, file.fileno())
            try:
                in_time = self.finish(child, job)
            finally:
                end(child, token)
                with self._lock:
                    del self._children[token]
        if in_time and child.returncode == -_KILLED and not self._stopped:
            message = "the process was killed"
            raise LostError(message)
        return in_time

    def stop(self) -> None:
        """End every child, with everything that it started."""
        with self._lock:
            self._stopped = True
            for token, child in self._children.items():
                end(child, token)

    def _started(self, job: Job, token: str, log: int) -> subprocess.Popen[bytes]:
        folder = Path(job["folder"])
        child = subprocess.Popen(
            [sys.executable, "-m", "sozialanalyse.batch.child"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=job["desk"],
            env={**environment(self.work, folder), TOKEN: token},
            start_new_session=True,
        )
        self._children[token] = child
        return child

    def finish(self, child: subprocess.Popen[bytes], job: Job) -> bool:
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


_KILLED = getattr(signal, "SIGKILL", 9)
