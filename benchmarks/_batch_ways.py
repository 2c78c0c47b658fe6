"""The ways to make findings that ``batch`` compares, each in a process of its own: ``python -m benchmarks._batch_ways WAY JOBS``.

The file of jobs says which notebooks, with which parameters, and where the pages go. Each way yields after each finding; then is
the moment to see how fast the machine is just now (:func:`pace`). What a way prints last is the paces, and the seconds of its work
where its start does not count.
"""

# ruff: noqa: PLC0415, S102, S307, S603 - each way imports what it needs, and runs our own notebooks and programs

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Job = dict[str, Any]
"""``id, notebook, parameters``."""


STEPS = 200_000


def pace() -> float:
    """Take the seconds of the processor that a fixed piece of work needs: others on the same machine make it slower."""
    start = time.thread_time()
    sum(number * number for number in range(STEPS))
    return time.thread_time() - start


def papermill_cli(jobs: list[Job], pages: Path) -> Iterator[None]:
    """Papermill's and nbconvert's commands, one finding after the other.

    Parameters are given as texts (``-r``): with ``-p`` the area 05 would become the number 5.
    """
    programs = Path(sys.executable).parent
    for job in jobs:
        executed = pages / f"{job['id']}.ipynb"
        given = [part for name, value in job["parameters"].items() for part in ("-r", name, str(value))]
        run = [programs / "papermill", "--kernel", "python3", "--no-progress-bar", job["notebook"], executed, *given]
        subprocess.run(run, check=True, capture_output=True)
        convert = [programs / "jupyter", "nbconvert", "--to", "html", "--no-input", executed]
        subprocess.run(convert, check=True, capture_output=True)
        yield


def papermill_api(jobs: list[Job], pages: Path) -> Iterator[None]:
    """Papermill and nbconvert called in one process, one finding after the other."""
    import nbformat
    import papermill
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(exclude_input=True)
    for job in jobs:
        notebook = papermill.execute_notebook(
            job["notebook"], None, job["parameters"], kernel_name="python3", progress_bar=False
        )
        html, _ = exporter.from_notebook_node(nbformat.from_dict(notebook))
        (pages / f"{job['id']}.html").write_text(html, encoding="utf-8")
        yield


def ours(jobs: list[Job], pages: Path, workers: int) -> Iterator[None]:
    """Our execution of a batch, the start of its template included."""
    from sozialanalyse.batch.execution import Execution
    from sozialanalyse.batch.runs import Run

    work = pages / "work"
    work.mkdir()
    runs = [
        Run(job["id"], Path(job["notebook"]).stem, Path(job["notebook"]), _own(job), f"{job['id']}.html", "de")
        for job in jobs
    ]
    given = {"raw": None, "town": "", **{name: jobs[0]["parameters"][name] for name in ("release", "audience")}}
    for executed in Execution(work, pages / "logs", given, workers, engine="fork").results(runs):
        assert executed.page is not None, executed.failure
        (pages / f"{executed.run.id}.html").write_text(executed.page.html, encoding="utf-8")
        yield


def _own(job: Job) -> Job:
    """Give the parameters that a plan would."""
    return {name: value for name, value in job["parameters"].items() if name in {"target_group", "area"}}


def floor(jobs: list[Job], pages: Path) -> Iterator[None]:
    """The same code in one interpreter that has imported everything and opened the Release: cells, what they show, pages.

    It yields once before the first finding, when it is warm. What findings of a group share is computed by the first of them and kept,
    as long as the interpreter lives.
    """
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    from sozialanalyse import warming
    from sozialanalyse.batch.engine.warming import warm

    warm(None)
    warming.load_maps()
    release = warming.hold(jobs[0]["parameters"]["release"])
    yield
    for job in jobs:
        (pages / f"{job['id']}.html").write_text(_finding(job, release), encoding="utf-8")
        yield


def _finding(job: Job, release: Any) -> str:
    import nbformat

    import sozialanalyse as sa
    from sozialanalyse.batch.rendering import render

    sa.open_for = lambda *_: release  # type: ignore[attr-defined]
    notebook = nbformat.read(job["notebook"], as_version=4)
    names = {"__name__": "__main__"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            shown = _shown(cell.source, names)
            cell.outputs = [] if shown is None else [nbformat.v4.new_output("execute_result", shown)]
        if "parameters" in cell.metadata.get("tags", ()):
            names |= job["parameters"]
    return render(notebook, "de", Path(job["notebook"]).stem).html


def _shown(source: str, names: dict[str, Any]) -> dict[str, Any] | None:
    """Execute a cell and return what its last line shows."""
    body = ast.parse(source)
    last = body.body.pop() if isinstance(body.body[-1], ast.Expr) else None
    exec(compile(body, "cell", "exec"), names)
    if not isinstance(last, ast.Expr):
        return None
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    return None if value is None else value._repr_mimebundle_()


COMMANDS, IN_PROCESS = "papermill and nbconvert, command line", "papermill and nbconvert, in one process"
ONE, TWO = "ours, 1 worker", "ours, 2 workers"
FLOOR = "floor: one warm interpreter"
WAYS = {
    COMMANDS: papermill_cli,
    IN_PROCESS: papermill_api,
    ONE: lambda jobs, pages: ours(jobs, pages, 1),
    TWO: lambda jobs, pages: ours(jobs, pages, 2),
    FLOOR: floor,
}


def main(way: str, jobs_file: str, pages: str) -> None:
    """Make all findings in one way; print the paces, and the seconds by the clock and of the processor where the start does not count."""
    folder = Path(pages)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = WAYS[way](json.loads(Path(jobs_file).read_text(encoding="utf-8")), folder)
    if way == FLOOR:
        next(made)
    start, before = time.perf_counter(), time.process_time()
    paces = [pace() for _ in made]
    own = (time.perf_counter() - start, time.process_time() - before) if way == FLOOR else None
    sys.stdout.write(f"{json.dumps({'paces': paces, 'own': own})}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
