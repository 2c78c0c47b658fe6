"""The child process: runs one notebook by papermill and hands over the result by renames.

It is started by :mod:`sozialanalyse.batch.execution`, reads its job from standard input, and ends itself with
all that it started when that pipe closes, for then the parent is gone.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

import nbformat
import papermill
import psutil  # type: ignore[import-untyped,unused-ignore]

from sozialanalyse.batch.execution import KERNEL


def main() -> None:
    """Read one job, run it, hand over ``notebook.ipynb`` and then ``result.json`` in its folder."""
    job = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    folder = Path(job["folder"])
    result: dict[str, str | None] = {"name": None, "message": None, "cell": None}
    try:
        hand_over(folder / "notebook.ipynb", execute(Path(job["notebook"]), job["parameters"]))
    except Exception as error:  # noqa: BLE001 - whatever a notebook does is its own failure, never the batch's
        traceback.print_exc()
        result = describe(error, Path(job["notebook"]))
    hand_over(folder / "result.json", json.dumps(result))


def execute(path: Path, parameters: dict[str, Any]) -> str:
    """Run a notebook and give it back as text, without papermill's notes of times and paths; what it prints is logged."""
    # papermill takes a path for a template of str.format; doubled braces stand for themselves
    source = str(path).replace("{", "{{").replace("}", "}}")
    notebook = papermill.execute_notebook(
        source,
        None,
        parameters,
        kernel_name=KERNEL,
        progress_bar=False,
        log_output=False,
        stdout_file=sys.stdout,
        stderr_file=sys.stderr,
        cwd=Path.cwd(),
    )
    for cell in notebook.cells:
        # papermill calls the cells after a dead kernel completed: only a counted execution is one
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None:
            message = f"cell {cell.id} was not executed"
            raise RuntimeError(message)
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
    notebook.metadata.pop("papermill", None)
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return text


def describe(error: Exception, path: Path) -> dict[str, str | None]:
    """Say what failed: the notebook's own error rather than papermill's wrapping of it."""
    index = getattr(error, "cell_index", None)
    if index is None:
        return {"name": type(error).__name__, "message": str(error), "cell": None}
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    tagged = [number for number, cell in enumerate(cells) if "parameters" in cell["metadata"].get("tags", ())]
    if tagged and index > tagged[0]:
        index -= 1  # papermill has put its own cell after the one tagged "parameters"
    cell = cells[index].get("id")
    return {"name": getattr(error, "ename", "Error"), "message": getattr(error, "evalue", ""), "cell": cell}


def hand_over(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _end_with_parent() -> None:
    # read from the descriptor: a lock on the buffered file would break the orderly end of the interpreter
    while os.read(sys.stdin.fileno(), 1024):
        pass
    for process in psutil.Process().children(recursive=True):
        process.kill()
    os._exit(1)


if __name__ == "__main__":
    main()
