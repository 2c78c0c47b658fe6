"""The template: a process that imports the stack and opens the Release once, and forks a run for each job that it is told.

It reads jobs from its standard input, a line each, and writes what became of them to its standard output. It runs nothing itself
and has one thread. When its input closes, whoever ordered is gone: then all runs end, and it ends too. A run is the parent of
whatever it started, wherever that went, and when it ends the template becomes so and kills it.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import select
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from sozialanalyse.batch.engine import limits
from sozialanalyse.batch.engine.jobs import work
from sozialanalyse.batch.engine.limits import Limits
from sozialanalyse.batch.engine.surroundings import ENGINE, KERNEL
from sozialanalyse.batch.engine.warming import Shared, warm

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> None:
    """Read what to hold, get warm, then fork until the input closes."""
    lines = _Lines(sys.stdin.fileno())
    settings = json.loads(lines.next())
    say = _Say(os.dup(sys.stdout.fileno()))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    start = time.monotonic()
    with _ended_with_orderer(lines.descriptor):
        shared = warm(settings["hold"])
    limits.adopt_orphans()
    gc.collect()
    gc.freeze()  # what is here now is never looked at by the forks' collectors, so its memory stays shared
    say(ready=round(time.monotonic() - start, 3))
    Template(lines, say, Limits(**settings["limits"]), shared).serve()


@contextlib.contextmanager
def _ended_with_orderer(descriptor: int) -> Iterator[None]:
    """End at once when the input closes: getting warm takes seconds in which nobody reads it.

    The system signals it; a thread that waits for it would be one too many for a fork.
    """

    def look(*_: object) -> None:
        watched = select.poll()
        watched.register(descriptor, select.POLLHUP)
        if any(event & select.POLLHUP for _, event in watched.poll(0)):
            os._exit(1)

    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    before = signal.signal(signal.SIGIO, look)
    fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_ASYNC)
    look()  # it may have closed before we asked
    try:
        yield
    finally:
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags)
        signal.signal(signal.SIGIO, before)


def _kill(pid: int) -> None:
    """Kill a run with its group; whoever left the group is found when it has ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


class _Lines:
    """Lines of a descriptor, without a buffer of Python that a fork would share."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.rest = b""
        self.is_open = True

    def read(self) -> list[str]:
        """Wait for something and return the lines that are complete."""
        read = os.read(self.descriptor, 1 << 16)
        self.is_open = bool(read)
        *lines, self.rest = (self.rest + read).split(b"\n")
        return [line.decode() for line in lines]

    def next(self) -> str:
        """Wait for the first line; nobody writes a second one before the answer to it."""
        while self.is_open:
            for line in self.read():
                return line
        raise EOFError


class _Say:
    """Answers, a line each."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __call__(self, **answer: Any) -> None:
        with contextlib.suppress(BrokenPipeError):  # the input closes too, which ends us
            os.write(self.descriptor, json.dumps(answer).encode() + b"\n")


@dataclass
class Template:
    """The process that forks.

    Parameters
    ----------
    lines, say
        What it is told, and its answers.
    limits
        What each run may use.
    shared
        What runs have in common, computed for those to come while there is nothing to do.
    """

    lines: _Lines
    say: _Say
    limits: Limits
    shared: Shared
    runs: dict[int, str] = field(default_factory=dict)
    has_forked: bool = False
    wake: tuple[int, int] = field(default_factory=lambda: os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC))

    def serve(self) -> None:
        """Fork and bury until there is nobody who could order."""
        signal.signal(signal.SIGCHLD, lambda *_: None)  # a handler, so that the pipe below is told
        signal.set_wakeup_fd(self.wake[1], warn_on_full_buffer=False)
        while self.lines.is_open:
            # While runs are under way, those to come are prepared.
            patience = None if self.shared.is_done or not self.runs else 0
            ready, _, _ = select.select([self.lines.descriptor, self.wake[0]], [], [], patience)
            if not ready:
                self.shared.go_on()
            if self.wake[0] in ready:
                os.read(self.wake[0], 512)
            if self.lines.descriptor in ready:
                for line in self.lines.read():
                    self.obey(json.loads(line))
            self.bury()
        for pid in self.runs:
            _kill(pid)
        limits.end_children(without=set())

    def obey(self, order: dict[str, Any]) -> None:
        """Do what a line says."""
        if "ping" in order:
            self.say(run=order["ping"], pong=True)
        elif "kill" in order:
            for pid, name in self.runs.items():
                if name == order["kill"]:
                    _kill(pid)
        else:
            self.fork(order)

    def fork(self, order: dict[str, Any]) -> None:
        """Start a run, or say why it cannot be."""
        try:
            # The first run waits for nothing: it computes what it needs while we prepare the others.
            if self.has_forked:
                self.shared.compute_for(order["job"]["parameters"].get("target_group"))
            limits.require_one_thread()
            parent = os.getpid()
            pid = os.fork()
        except (OSError, limits.ThreadsError) as error:
            self.say(run=order["run"], reason=f"{type(error).__name__}: {error}")
            return
        if pid == 0:
            self.become(order, parent)
        self.has_forked = True
        self.runs[pid] = order["run"]
        self.say(run=order["run"], pid=pid)

    def bury(self) -> None:
        """Take note of runs that ended, and end whoever they left."""
        ended = []
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            if pid in self.runs:
                ended.append((self.runs.pop(pid), status))
        if ended:
            limits.end_children(without=set(self.runs))
        for name, status in ended:
            self.say(run=name, code=os.waitstatus_to_exitcode(status))

    def become(self, order: dict[str, Any], parent: int) -> NoReturn:
        """Be a run: do the job and end, whatever happens, without going back to what the template does."""
        code = 1
        try:
            os.setsid()
            limits.end_with_parent(parent)
            limits.adopt_orphans()
            self._leave(order["log"])
            os.environ.update(order["environment"])
            os.chdir(order["job"]["desk"])
            tempfile.tempdir = None  # it is read from the environment anew
            limits.draw_anew()
            limits.collect_seldom()
            limits.limit(self.limits)
            work(order["job"], engine_name=ENGINE, kernel_name=KERNEL, most_output=self.limits.output)
            code = 0
        except BaseException:  # noqa: BLE001 - a run must never become a second template
            traceback.print_exc()
        finally:
            with contextlib.suppress(BaseException):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _leave(self, log: str) -> None:
        """Let go of what only the template may hold: its input, its answers, its signals."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDONLY)
        written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for descriptor, place in ((nothing, 0), (written, 1), (written, 2)):
            os.dup2(descriptor, place)
        for descriptor in (nothing, written, self.say.descriptor, *self.wake):
            os.close(descriptor)
