"""What a run does, in whatever process it is: execute a notebook by papermill, render its page, hand over both by renames."""

from __future__ import annotations

import json
import sys
import traceback
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from sozialanalyse.batch.store.trees import hand_over
from sozialanalyse.errors import SozialanalyseError
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

    from sozialanalyse.batch.frame import Frame
    from sozialanalyse.language import LanguageCode

HANDED_OVER = NOTEBOOK, PAGE, FILES, RESULT = "notebook.ipynb", "page.html", "files.zip", "result.json"
"""What a run leaves in its folder; the last one says that it has come to its end, and how."""


class Look(TypedDict):
    """How the page of a notebook is rendered, as of :func:`sozialanalyse.batch.rendering.render`."""

    language: LanguageCode
    name: str
    notices: list[str]
    stands_alone: bool
    address: str
    frame: Frame


class Job(TypedDict):
    """What is to be run.

    ``notebook``, ``folder`` and ``desk`` are paths: what is run, where the result goes, and where the notebook works. Without a ``look``
    the notebook is papermill's, which asked for its cells only: it has its parameters, is handed over with its errors, and there
    is no page.
    """

    notebook: str
    parameters: dict[str, Any]
    folder: str
    desk: str
    look: Look | None


class Result(TypedDict, total=False):
    """How a run ended: with what its page is about, or with an error (``kind, name, message``) in a cell, if it was in one.

    And what it took: seconds of each cell by its id, bytes of memory.
    """

    finding: dict[str, Any] | None
    cells: dict[str, float]
    peak_memory: int | None
    kind: str
    name: str
    message: str
    cell: str | None


def work(job: Job, **options: Any) -> None:
    """Do a job, and say how it ended; what a notebook does wrong is never an error of this function.

    Parameters
    ----------
    job
        What to run.
    options
        For papermill: which engine, which kernel.
    """
    folder, look = Path(job["folder"]), job["look"]
    result: Result
    try:
        if look is None:
            hand_over(folder / NOTEBOOK, _text(execute_cells(Path(job["notebook"]), **options)))
            return
        notebook = execute(Path(job["notebook"]), job["parameters"], **options)
        cells = without_notes(notebook)
        hand_over(folder / NOTEBOOK, _text(notebook))
        result = {"finding": _rendered(notebook, look, folder), "cells": cells}
    except Exception as error:  # noqa: BLE001 - whatever a notebook does is its own failure, never the batch's
        traceback.print_exc()
        result = describe(error, Path(job["notebook"]))
    hand_over(folder / RESULT, json.dumps({**result, "peak_memory": peak_memory()}))


def _text(notebook: NotebookNode) -> str:
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)


def execute_cells(path: Path, engine_name: str, **options: Any) -> NotebookNode:
    """Run the cells of a notebook by an engine of papermill, up to the first error, which stays in it."""
    import nbformat  # noqa: PLC0415 - heavy
    from papermill.engines import papermill_engines  # noqa: PLC0415 - heavy

    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return papermill_engines.execute_notebook_with_engine(
        engine_name, notebook, progress_bar=False, stdout_file=sys.stdout, stderr_file=sys.stderr, **options
    )


def execute(path: Path, parameters: Mapping[str, Any], **options: Any) -> NotebookNode:
    """Run a notebook by papermill; what it prints is logged.

    Raises
    ------
    papermill.PapermillExecutionError
        A cell ended with an error.
    RuntimeError
        A cell was not executed though papermill says so.
    """
    import papermill  # noqa: PLC0415 - heavy

    # papermill takes a path for a template of str.format; doubled braces stand for themselves
    source = str(path).replace("{", "{{").replace("}", "}}")
    notebook = papermill.execute_notebook(
        source,
        None,
        dict(parameters),
        progress_bar=False,
        log_output=False,
        stdout_file=sys.stdout,
        stderr_file=sys.stderr,
        cwd=Path.cwd(),
        **options,
    )
    for cell in notebook.cells:
        # papermill calls the cells after a dead kernel completed: only a counted execution is one
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None:
            message = f"cell {cell.id} was not executed"
            raise RuntimeError(message)
    return notebook


def without_notes(notebook: NotebookNode) -> dict[str, float]:
    """Take papermill's notes of times and paths out of a notebook; return the seconds of each cell by its id."""
    notebook.metadata.pop("papermill", None)
    seconds = {}
    for cell in notebook.cells:
        noted = cell.metadata.pop("papermill", {})
        if cell.cell_type == "code":
            seconds[cell.id] = round(noted.get("duration") or 0.0, 3)
            cell.metadata.pop("execution", None)
    return seconds


def peak_memory() -> int | None:
    """Return the bytes that this process and what it waited for had at most; None where the system does not say."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * max(resource.getrusage(kind).ru_maxrss for kind in kinds)


def _rendered(notebook: NotebookNode, look: Look, folder: Path) -> dict[str, Any]:
    """Render and hand over the page; what cannot be rendered is said in the readers' language."""
    from sozialanalyse.batch.rendering import render  # noqa: PLC0415 - nbconvert is heavy

    try:
        page = render(
            notebook,
            look["language"],
            look["name"],
            tuple(look["notices"]),
            stands_alone=look["stands_alone"],
            address=look["address"],
            frame=look["frame"],
        )
    except SozialanalyseError as error:
        raise RenderingError(type(error).__name__, error.describe(Language(look["language"]).text)) from error
    except Exception as error:
        name = type(error).__name__
        raise RenderingError(name, f"{name}: {error}") from error
    hand_over(folder / PAGE, page.html)
    _hand_over_files(folder / FILES, page.files)
    finding: dict[str, Any] = page.finding.model_dump(mode="json")
    return finding


class RenderingError(Exception):
    """A notebook ran, and no page could be made of it."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def describe(error: Exception, path: Path) -> Result:
    """Say what failed: the notebook's own error rather than papermill's wrapping of it."""
    if isinstance(error, RenderingError):
        return {"kind": "render", "name": error.name, "message": str(error), "cell": None}
    index = getattr(error, "cell_index", None)
    if index is None:
        return {"kind": "error", "name": type(error).__name__, "message": str(error), "cell": None}
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    tagged = [number for number, cell in enumerate(cells) if "parameters" in cell["metadata"].get("tags", ())]
    if tagged and index > tagged[0]:
        index -= 1  # papermill has put its own cell after the one tagged "parameters"
    name, message = getattr(error, "ename", "Error"), getattr(error, "evalue", "")
    return {"kind": "error", "name": name, "message": message, "cell": cells[index].get("id")}


def _hand_over_files(path: Path, files: Mapping[str, bytes]) -> None:
    """Write the files beside a page, by their address, as one."""
    if files:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for address, content in files.items():
                archive.writestr(address, content)


def files_in(folder: Path) -> dict[str, bytes]:
    """Read the files that a run handed over beside its page, by their address."""
    if not (folder / FILES).is_file():
        return {}
    with zipfile.ZipFile(folder / FILES) as archive:
        return {address: archive.read(address) for address in archive.namelist()}
