"""Papermill's client for a kernel in this process; all that it does with the answers, from streams to widgets, is nbclient's own."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from nbclient.util import run_sync
from papermill.clientwrap import PapermillNotebookClient

from sozialanalyse.batch.engine.kernel import ForkedKernel, make_kernel
from sozialanalyse.batch.engine.limits import OUTPUT
from sozialanalyse.batch.engine.streams import Allowance, caught

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from sozialanalyse.batch.engine.kernel import Message

NOT_COUNTED = {"stream", "error", "execute_input"}
"""Messages that use up no allowance: what is printed is counted when it is, and what went wrong must always be said."""


class InProcessClient(PapermillNotebookClient):  # type: ignore[misc]
    """Executes a notebook in the shell of this process.

    Parameters
    ----------
    nb_man
        Papermill's manager of the notebook.
    most_output
        Bytes that it may print and display.
    """

    def __init__(self, nb_man: Any, most_output: int = OUTPUT, **given: Any) -> None:
        super().__init__(nb_man, **given)
        self._allowance = Allowance(most_output)
        self._trouble: Exception | None = None
        self._kernel = ForkedKernel.instance() if ForkedKernel.initialized() else make_kernel()

    def execute(self, **_: Any) -> NotebookNode:
        """Execute all cells up to the first error; papermill notes them as they come."""
        self.reset_execution_trackers()
        with caught(self._kernel.mailbox.send_text, self._allowance) as log:
            for name in ("stdout_file", "stderr_file"):
                setattr(self, name, getattr(self, name) and log)
            self.papermill_execute_cells()
        self.nb.metadata["language_info"] = json.loads(json.dumps(self._kernel.language_info))
        self.set_widgets_metadata()
        return self.nb

    async def async_execute_cell(self, cell: NotebookNode, cell_index: int, *_: Any, **__: Any) -> NotebookNode:
        """Execute a cell, and take its messages as they are made.

        Raises
        ------
        CellExecutionError
            The cell ended with an error.
        TooMuchOutputError
            The notebook put out more than it may, and went on all the same.
        """
        if cell.cell_type != "code" or not cell.source.strip() or self._is_skipped(cell):
            return cell
        cell.outputs = []
        self.clear_before_next_output = False
        self.code_cells_executed += 1
        self._kernel.mailbox.take = lambda message, size: self._take(message, size, cell, cell_index)
        try:
            reply = await self._kernel.answer(cell.source)
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
        finally:
            self._kernel.mailbox.take = None
        if self._trouble is not None:
            raise self._trouble
        await self._check_raise_for_error(cell, cell_index, {"content": reply})
        self._allowance.check()
        return cell

    execute_cell = run_sync(async_execute_cell)

    def _is_skipped(self, cell: NotebookNode) -> bool:
        return self.skip_cells_with_tag in cell.metadata.get("tags", ())

    def _take(self, message: Message, size: int, cell: NotebookNode, index: int) -> None:
        """Put what a message holds into the cell that asked for it; an answer to an earlier cell comes too late."""
        if message["parent_header"].get("msg_id") != self._kernel.request:
            return
        if message["msg_type"] not in NOT_COUNTED:
            self._allowance.take(size)
        if message["msg_type"] == "execute_input" and self.record_timing:
            cell.metadata["execution"] = {}
        try:
            self.process_message(message, cell, index)
        except Exception as error:  # noqa: BLE001 - of the client's making: the notebook must not see it
            self._trouble = error
