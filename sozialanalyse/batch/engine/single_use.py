"""A notebook that anybody's papermill runs by our engine: in a fork of a template that stays as long as this process.

Such a template holds nothing: what the notebook opens, it opens.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbclient.exceptions import DeadKernelError

from sozialanalyse.batch.engine.forked import TemplateHandle
from sozialanalyse.batch.engine.jobs import NOTEBOOK
from sozialanalyse.batch.engine.limits import Limits
from sozialanalyse.batch.engine.plain import LostError
from sozialanalyse.batch.engine.surroundings import prepare
from sozialanalyse.batch.store.scratch import scratch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

    from sozialanalyse.batch.engine.jobs import Job

LONGEST = 7 * 24 * 3600.0
"""Seconds that a notebook may take where nobody says how many."""


def execute(nb_man: Any, given: Mapping[str, Any]) -> NotebookNode:
    """Execute the notebook of a manager of papermill in a fork, and give its cells what they put out.

    Raises
    ------
    DeadKernelError
        The fork died, or took longer than the time that was given.
    """
    with scratch() as folder:
        (folder / "temporary").mkdir()
        source = folder / "source.ipynb"
        nbformat.write(nb_man.nb, source)  # type: ignore[no-untyped-call]
        job: Job = {
            "notebook": str(source),
            "parameters": {},
            "folder": str(folder),
            "desk": str(Path.cwd()),
            "look": None,
        }
        with contextlib.suppress(LostError):
            template = _template()
            template.require_ready()
            template.run(job, folder / "log", given.get("execution_timeout") or LONGEST)
        if not (folder / NOTEBOOK).is_file():
            message = "Kernel died"
            raise DeadKernelError(message)
        _take(nb_man.nb, nbformat.read(folder / NOTEBOOK, as_version=4))  # type: ignore[no-untyped-call]
    return nb_man.nb


def _take(notebook: NotebookNode, executed: NotebookNode) -> None:
    """Take over what cells put out, and what papermill notes of them."""
    notebook.metadata = executed.metadata
    for cell, done in zip(notebook.cells, executed.cells, strict=True):
        cell.update(done)


@functools.cache
def _template() -> TemplateHandle:
    """Start the template of this process."""
    held = contextlib.ExitStack()
    work = held.enter_context(scratch())
    prepare(work)
    template = TemplateHandle(work, work / "engine.log", {"hold": None, "limits": asdict(Limits())})
    atexit.register(held.close)
    atexit.register(template.close)  # the last one is called first
    return template
