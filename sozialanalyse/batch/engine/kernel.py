"""The kernel of Jupyter, in this very process: same shell, same messages, no socket, no thread.

It is ipykernel's own, so what a notebook displays is made by the same code as anywhere; only the session differs, which hands
messages to whoever listens here where others send them over a wire.
"""

from __future__ import annotations

import logging
import threading
import types
from typing import TYPE_CHECKING, Any

from ipykernel.eventloops import enable_gui
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from traitlets import Any as AnyTrait
from traitlets.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable

Message = dict[str, Any]
"""A message of Jupyter: header, parent header, metadata, content."""


class Mailbox(Session):
    """A session whose messages stay in this process; what they hold is what would have come over the wire."""

    take: Callable[[Message, int], None] | None = AnyTrait(None)  # type: ignore[assignment]
    """Gets each message and how many bytes its content has."""

    def send(self, _stream: Any, msg_or_type: Message | str, *given: Any, **named: Any) -> Message:  # type: ignore[override]
        """Hand a message over as the other end of a wire would get it."""
        message = msg_or_type if isinstance(msg_or_type, dict) else self._written(msg_or_type, *given, **named)
        if self.take is not None:
            packed = self.pack(message["content"])
            buffers = [bytes(buffer) for buffer in named.get("buffers") or message.get("buffers") or ()]
            self.take({**message, "content": self.unpack(packed), "buffers": buffers}, len(packed))
        return message

    def send_text(self, content: Message, parent: Message) -> None:
        """Hand over what a stream printed."""
        self.send(None, "stream", content, parent)

    def _written(
        self, kind: str, content: Message | None = None, parent: Message | None = None, *_: Any, **named: Any
    ) -> Message:
        written: Message = self.msg(kind, content, parent, named.get("header"), named.get("metadata"))
        return written


class _NoDebugger:
    """In place of a debugger: nobody steps through an unattended run."""

    def __init__(self, *_: Any) -> None:
        pass


class _Shell(ZMQInteractiveShell):
    """A kernel's shell, which knows its kernel without the application that is around one elsewhere."""

    def enable_gui(self, gui: Any = None) -> None:
        enable_gui(gui, self.kernel)  # type: ignore[no-untyped-call]
        self.active_eventloop = gui


class ForkedKernel(IPythonKernel):
    """The kernel of a run."""

    shell_class = _Shell
    debugger_class = _NoDebugger
    mailbox: Mailbox

    async def answer(self, code: str) -> Message:
        """Execute a cell as a kernel does that is asked to, and return the content of its reply."""
        request = self.mailbox.msg("execute_request", {"code": code})
        self.set_parent([], request)  # type: ignore[no-untyped-call]
        self._publish_execute_input(code, request, self.execution_count)  # type: ignore[no-untyped-call]
        wanted = {"silent": False, "user_expressions": {}, "allow_stdin": False}
        reply: Message = await self.do_execute(code, **wanted)  # type: ignore[no-untyped-call]
        return reply

    @property
    def request(self) -> str:
        """Id of the request that is answered at the moment."""
        parent: Message = self.get_parent()  # type: ignore[no-untyped-call]
        return str(parent.get("header", {}).get("msg_id", ""))


def make_kernel() -> ForkedKernel:
    """Make the one kernel of this process; forks of it have it too.

    It must be there before a library is imported that asks whether it runs in a notebook.
    """
    mailbox = Mailbox(key=b"", check_pid=False)
    kernel: ForkedKernel = ForkedKernel.instance(
        session=mailbox,
        config=Config({"HistoryManager": {"enabled": False}}),
        log=logging.getLogger("ipykernel"),
        shell_channel_thread=types.SimpleNamespace(parent_thread=threading.main_thread()),
    )
    kernel.mailbox = mailbox
    return kernel
