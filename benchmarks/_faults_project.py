"""A project of a few tiny notebooks for ``faults``, and the process that makes its findings: ``python -m benchmarks._faults_project``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sozialanalyse.batch import Order, run_plan
from sozialanalyse.errors import SozialanalyseError

PAGES = 4
PARAMETERS = 'release: str = ""\ntown: str = ""\nraw: str | None = None\nlanguage: str = "de"\naudience: str = "public"\npart: str = "a"\n'
SHOW = """
from IPython.display import publish_display_data as show
about = dict(title="Teil " + part, town="Probestadt", area="Probestadt", target_group="Alle", data_state="heute", synthetic=True)
show({"application/vnd.sozialanalyse.finding+json": about})
show({"text/html": "<p>" + "Text. " * 20000 + "</p>"})
"""
GREEDY = SHOW.replace("show({", "bytearray(1 << 46)\nshow({", 1)
"""A notebook that asks for more memory than there is."""


def write_project(folder: Path) -> None:
    """Write notebooks, plan and an empty town."""
    (folder / "plans").mkdir(parents=True)
    (folder / "town").mkdir()
    _write_notebook(folder / "trend.ipynb", SHOW)
    parts = ", ".join("abcdefgh"[:PAGES])
    plan = (
        "schema: 1\ntitle: {de: Probe, en: Sample}\nruns:\n"
        f"  - {{id: 'trend-{{part}}', notebook: trend, matrix: {{part: [{parts}]}}}}\n"
    )
    (folder / "plans" / "standard.yml").write_text(plan, encoding="utf-8")


def make_greedy(folder: Path, *, greedy: bool) -> None:
    """Let the notebook ask for more memory than there is, or no longer."""
    _write_notebook(folder / "trend.ipynb", GREEDY if greedy else SHOW)


def _write_notebook(path: Path, source: str) -> None:
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Titel\n\nFrage?"},
        _code("parameters", PARAMETERS, "parameters"),
        _code("show", source),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    path.write_text(json.dumps(content), encoding="utf-8")


def _code(name: str, source: str, *tags: str) -> dict[str, Any]:
    metadata = {"tags": list(tags)}
    return {
        "cell_type": "code", "id": name, "metadata": metadata, "source": source, "outputs": [], "execution_count": None
    }  # fmt: skip


def main(arguments: list[str]) -> int:
    """Make all findings anew: ``PROJECT OUTPUT STATE [ENGINE]``, where the state stands for that of the data."""
    project, output, state, *engine = arguments
    folder = Path(project)
    order = Order(
        town=folder / "town",
        data=f"{int(state):064x}",
        plan=folder / "plans" / "standard.yml",
        notebooks=folder,
        output=Path(output),
        workers=2,
        force=True,
        audited=False,
        notices={"de": (f"Stand {state}",)},
        **({"engine": engine[0]} if engine else {}),
    )
    try:
        outcome = run_plan(order)
    except SozialanalyseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return int(bool(outcome.failures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
