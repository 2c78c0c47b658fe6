"""The worker of ``floor``: makes findings in one warm interpreter and says what each took, by kind of work.

``python -P benchmarks/_floor_work.py RELEASE GROUP ...`` reads jobs from standard input, a line each, and answers each with a line.
It is run by its path and imports nothing of this package, so that it can measure the program of another checkout, which then
stands in PYTHONPATH.
"""

# ruff: noqa: PLC0415, S102, S307 - what is measured is imported late, and our own notebooks are run

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import os
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Job = dict[str, Any]

READING, STATISTICS, DRAWING, TEXT, PAGE, AUDIT = KINDS = (
    "reading",
    "statistics",
    "drawing",
    "tables and text",
    "conversion to HTML",
    "audit",
)
"""Kinds of work, in the order in which a finding is made."""

KIND_OF_MODULE = {
    **dict.fromkeys(("trends", "comparison", "outlook", "standardised", "statistics"), STATISTICS),
    **dict.fromkeys(("charts", "maps"), DRAWING),
    **dict.fromkeys(("words", "tables", "pages", "protection"), TEXT),
}
"""What a notebook calls of ``sa``; the rest of its cells is reading."""


class Watch:
    """Seconds of the processor by kind of work; what is done within something else counts for itself alone."""

    def __init__(self, clock: Callable[[], float] = time.process_time) -> None:
        self.seconds: Counter[str] = Counter()
        self._clock = clock
        self._kinds: list[str] = []
        self._since = clock()

    @contextlib.contextmanager
    def on(self, kind: str) -> Iterator[None]:
        """Count what is done here as work of a kind."""
        self._note()
        self._kinds.append(kind)
        try:
            yield
        finally:
            self._note()
            self._kinds.pop()

    def _note(self) -> None:
        now = self._clock()
        if self._kinds:
            self.seconds[self._kinds[-1]] += now - self._since
        self._since = now


class Timed:
    """A module whose functions are timed; its submodules too."""

    def __init__(self, module: ModuleType, watch: Watch, kind: str = READING, **instead: Any) -> None:
        self._module, self._watch, self._kind, self._instead = module, watch, kind, instead

    def __getattr__(self, name: str) -> Any:
        found = self._instead.get(name) or getattr(self._module, name)
        if isinstance(found, ModuleType):
            return Timed(found, self._watch, KIND_OF_MODULE.get(name, self._kind))

        def timed(*given: Any, **named: Any) -> Any:
            with self._watch.on(self._kind):
                return found(*given, **named)

        return timed if callable(found) else found


def main(release: str, *groups: str) -> None:
    """Get warm, say how long that took, then make what is asked for."""
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    import sozialanalyse as sa
    from sozialanalyse import warming
    from sozialanalyse.batch.engine.warming import warm

    warm(None)
    getattr(warming, "load_maps", list)()  # an earlier commit has none: it loads them at once
    imported = time.process_time()
    held = warming.hold(release, groups)
    _answer({"package": sa.__file__, "imports": imported, "release": time.process_time() - imported})
    with TemporaryDirectory() as name:
        audit = _audit_of(Path(release), Path(name))
        for line in sys.stdin:
            _answer(_made(json.loads(line), held, audit))


def _answer(content: Any) -> None:
    assert sys.__stdout__ is not None
    sys.__stdout__.write(f"{json.dumps(content)}\n")
    sys.__stdout__.flush()


def _made(job: Job, held: Any, audit: Callable[[str], object] | None) -> Job:
    """Make a finding; return its seconds by kind, and the hash of its page."""
    import nbformat

    import sozialanalyse as sa
    from sozialanalyse.batch.rendering import render

    watch = Watch()
    notebook = nbformat.read(job["notebook"], as_version=4)
    names: dict[str, Any] = {"__name__": "__main__", "sa": Timed(sa, watch, open_for=lambda *_: held)}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            with watch.on(READING):
                shown = _shown(cell.source, names)
            cell.outputs = [] if shown is None else [nbformat.v4.new_output("execute_result", shown)]
        if "parameters" in cell.metadata.get("tags", ()):
            names |= job["parameters"]
    with watch.on(PAGE):
        page = render(notebook, job["parameters"]["language"], Path(job["notebook"]).stem).html
    if audit is not None:
        with watch.on(AUDIT):
            audit(page)
    return {"seconds": dict(watch.seconds), "page": hashlib.sha256(page.encode()).hexdigest()}


def _shown(source: str, names: dict[str, Any]) -> dict[str, Any] | None:
    """Execute a cell, whose import is already there, and return what its last line shows."""
    body = [statement for statement in ast.parse(source).body if not isinstance(statement, ast.Import)]
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    if not isinstance(last, ast.Expr):
        return None
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    return None if value is None else value._repr_mimebundle_()


def _audit_of(release: Path, folder: Path) -> Callable[[str], object] | None:
    """Return what reads a page as the audit does; None of a Release that is not for everybody."""
    from sozialanalyse.audit.auditing import read_files
    from sozialanalyse.audit.figures import Figures
    from sozialanalyse.audit.judging import Judge
    from sozialanalyse.audit.knowledge import read_knowledge
    from sozialanalyse.audit.memory import Memory
    from sozialanalyse.batch.publishing import SHARED

    with zipfile.ZipFile(release) as archive:
        shared = [name for name in SHARED if name in archive.namelist()]
        archive.extractall(folder, shared)
    if len(shared) < len(SHARED):
        return None
    judge = Judge(Figures(read_knowledge(folder)))

    def audit(page: str) -> object:
        (folder / "page.html").write_text(page, encoding="utf-8")
        return read_files(folder, judge, Memory(None, folder))

    return audit


if __name__ == "__main__":
    main(*sys.argv[1:])
