"""What a notebook prints: by Python, by a library in C, or by a program that it starts.

As in a kernel, the two streams are caught where Python writes them and where the system does, at the descriptors 1 and 2. What is
written there goes to a file, which is read whenever Python writes or a cell ends: no pipe that could be full, no thread. A run may
print so much and no more: a page needs a few hundred kilobytes, and a loop that went wrong fills a disk.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sozialanalyse.batch.engine.kernel import Message

    Send = Callable[[Message, Message], None]

DESCRIPTORS = {"stdout": 1, "stderr": 2}


class TooMuchOutputError(RuntimeError):
    """A notebook printed or displayed more than a run may."""


@dataclass
class Allowance:
    """How much a run may still print and display.

    Parameters
    ----------
    most
        So many bytes, or characters of what is printed.
    """

    most: int
    used: int = 0

    def take(self, size: int) -> None:
        """Count what is put out; once it is too much, nothing more comes through, though the notebook may catch the error."""
        self.used += size
        self.check()

    def check(self) -> None:
        """Refuse to go on where it was too much."""
        if self.used > self.most:
            message = f"the notebook puts out more than {self.most / 2**20:g} MB"
            raise TooMuchOutputError(message)


@dataclass(eq=False)
class Printed(io.TextIOBase):
    """A standard stream of a run.

    Parameters
    ----------
    name
        ``stdout`` or ``stderr``.
    send
        Takes what was printed, and the request that it belongs to.
    allowance
        What the run may print.
    caught
        File behind the descriptor of the stream.
    log
        Where the descriptor led before.
    """

    name: str
    send: Send
    allowance: Allowance
    caught: IO[bytes]
    log: int
    parent: Message = field(default_factory=dict)
    _parts: list[str] = field(default_factory=list)
    _taken: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    encoding = "UTF-8"

    def set_parent(self, parent: Message) -> None:
        """Note to which cell belongs what is printed from now on."""
        self.parent = parent

    def fileno(self) -> int:
        """Descriptor for programs that are started with this stream as their output: what they print is for the log."""
        return self.log

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, text: Any) -> int:
        """Print a text."""
        if not isinstance(text, str):
            message = f"write() argument must be str, not {type(text)}"
            raise TypeError(message)
        with self._lock:
            self._take_caught()
            self._take(text)
        return len(text)

    def flush(self) -> None:
        """Send what was printed since the last time."""
        with self._lock:
            self._take_caught()
            text = "".join(self._parts)
            self._parts.clear()
        if text:
            self.send({"name": self.name, "text": text}, self.parent)

    def _take(self, text: str) -> None:
        self.allowance.take(len(text))
        self._parts.append(text)

    def _take_caught(self) -> None:
        """Read what was written past Python."""
        size = os.fstat(self.caught.fileno()).st_size
        if size <= self._taken:
            return
        start, self._taken = self._taken, size
        if size - start > self.allowance.most:
            self.allowance.take(size - start)
        self._take(os.pread(self.caught.fileno(), size - start, start).decode("utf-8", "replace"))


@contextlib.contextmanager
def caught(send: Send, allowance: Allowance) -> Iterator[IO[str]]:
    """Send what is printed in this block to :class:`Printed`, by whom it may be; gives the way to where it went before."""
    before = {name: getattr(sys, name) for name in DESCRIPTORS}
    with contextlib.ExitStack() as held:
        before_all = held.enter_context(os.fdopen(os.dup(DESCRIPTORS["stdout"]), "w", encoding="utf-8"))
        for name, number in DESCRIPTORS.items():
            before[name].flush()
            file = held.enter_context(tempfile.TemporaryFile(prefix=f"{name}-", buffering=0))
            log = os.dup(number)
            held.callback(_restore, log, number)
            os.dup2(file.fileno(), number)
            setattr(sys, name, Printed(name, send, allowance, _appended(file), log))
        try:
            yield before_all
        finally:
            for name, stream in before.items():
                setattr(sys, name, stream)


def _appended(file: Any) -> Any:
    """Let all who share a file write at its end, and not where they were."""
    import fcntl  # noqa: PLC0415 - not on Windows, where nothing is forked

    flags = fcntl.fcntl(file.fileno(), fcntl.F_GETFL)
    fcntl.fcntl(file.fileno(), fcntl.F_SETFL, flags | os.O_APPEND)
    return file


def _restore(log: int, number: int) -> None:
    os.dup2(log, number)
    os.close(log)
