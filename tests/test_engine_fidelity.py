"""A forked run shows what a kernel shows: every notebook of ours, and one that does all that notebooks can, byte for byte."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from sozialanalyse.batch.engine.local import default_engine
from sozialanalyse.batch.execution import Execution
from sozialanalyse.batch.runs import Run
from tests.batch_samples import FINDING, SHOW, runnable, write
from tests.released import write_town

pytestmark = pytest.mark.skipif(default_engine() != "fork", reason="this system cannot fork")

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
OF_TOWN = {"quality"}
CHOSEN = {
    "trend": {"target_group": "older"},
    "profile": {"area": "410"},
    "index": {},
    "offers": {},
    "conference": {"area": "05"},
}
"""Parameters, where others than the children's page show more; a profile shows all target groups, of a small area in short form."""

EVERYTHING = [
    """
import sys
from IPython.display import HTML, SVG, Markdown, clear_output, display
print("out"); print("err", file=sys.stderr); display(HTML("<b>x</b>"), metadata={"alt": "x"})
print("after"); handle = display({"text/plain": "first", "text/html": "<i>1</i>"}, raw=True, display_id="one")
handle.update({"text/plain": "second", "text/html": "<i>2</i>"}, raw=True)
{1: (2, 3), "nan": float("inf"), "text": "ü\\ud83d\\ude00"}
""",
    """
import matplotlib.pyplot as plt
figure, axes = plt.subplots(figsize=(3, 2), facecolor="none")
axes.plot([1, 3, 2], label="line"); axes.set_title("Größe"); axes.legend()
plt.figure(figsize=(2, 1)); plt.bar([1, 2], [3, 4])
print(plt.get_backend(), plt.rcParams["figure.dpi"], plt.isinteractive())
""",
    """
%config InlineBackend.figure_formats = ["svg"]
plt.rcParams["svg.hashsalt"] = "fixed"
plt.plot([1, 2]); plt.show(); print("shown")
%matplotlib inline
import pandas as pd
display(pd.DataFrame({"a": [1.5, None], "b": ["x", "ü"]})); pd.Series([1, 2], name="s")
""",
    """
import asyncio, os, subprocess
await asyncio.sleep(0.01)
os.system("echo from a program"); os.write(1, b"past python\\n")
!echo from the shell
%env LANG
display(Markdown("gone")); clear_output(); get_ipython().display_pub.publish({"text/plain": "kept", "application/x.y+json": {"a": [1]}})
_ , Out.keys(), len(In)
""",
    """
import ipywidgets
display(ipywidgets.IntSlider(value=3))
%timeit?
""",
]
FAILING = """
def inner(value):
    print("before"); return 1 / value
import json
try: inner(0)
except ZeroDivisionError: json.loads("{")
"""


def executed(folder, engine, runs, given, held=None):
    """Run notebooks and give the executed one and the page of each."""
    work = folder / engine
    (work / "work").mkdir(parents=True)
    execution = Execution(work / "work", work / "logs", given, workers=2, deadline=600, engine=engine)
    execution._settings["hold"] = held if engine == "fork" else None
    results = {done.run.key: done for done in execution.results(runs)}
    assert [done.failure for done in results.values()] == [None] * len(runs)
    return {key: (notebook_of(done.notebook), done.page.html) for key, done in results.items()}


def notebook_of(path):
    """Read a notebook without what differs between two runs of one kernel: the id of papermill's cell."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if "injected-parameters" in cell["metadata"].get("tags", ()):
            del cell["id"]
    return notebook


@pytest.fixture(scope="module")
def release(tmp_path_factory, musterstadt):
    from sozialanalyse.disclosure.release import unprotected
    from sozialanalyse.disclosure.release_files import write_release

    file = tmp_path_factory.mktemp("release") / "town.release"
    write_release(unprotected(musterstadt), file)
    return file


@pytest.mark.slow
def test_every_notebook_of_ours_is_the_same(tmp_path, release):
    """Cold in a kernel, and forked from a template that holds the Release and its indicators: the notebook and the page."""
    groups = ["children", "older", ""]
    runs = [
        Run(name, name, ROOT / "notebooks" / f"{name}.ipynb", parameters, "a/b.html", "de")
        for name in NOTEBOOKS
        if name not in OF_TOWN
        for parameters in [CHOSEN.get(name, {"target_group": "children"})]
    ]
    given = {"release": str(release), "town": "", "raw": None, "audience": "statistics_unit"}
    cold = executed(tmp_path, "plain", runs, given)
    forked = executed(tmp_path, "fork", runs, given, {"release": str(release), "groups": groups})
    for key, (notebook, page) in cold.items():
        assert forked[key] == (notebook, page)
        assert page.count("data:image/svg+xml") >= 1, key


def test_notebooks_of_the_town_are_the_same(tmp_path):
    town = write_town(tmp_path / "town")
    runs = [
        Run(name, name, ROOT / "notebooks" / f"{name}.ipynb", {}, "a/b.html", "de", of_town=True) for name in OF_TOWN
    ]
    given = {"town": str(town), "raw": None, "audience": "statistics_unit"}
    assert executed(tmp_path, "plain", runs, given) == executed(tmp_path, "fork", runs, given)


def outputs_of(notebook):
    """Give what cells show; of streams the text only, since a kernel sends it in pieces as time goes."""
    shown = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            streams = {}
            for output in cell["outputs"]:
                if output["output_type"] == "stream":
                    streams[output["name"]] = streams.get(output["name"], "") + "".join(output["text"])
            rest = [output for output in cell["outputs"] if output["output_type"] != "stream"]
            shown.append((cell["source"], cell["execution_count"], streams, rest))
    return shown


BY_PAPERMILL = """
import sys, papermill
source, target, engine = sys.argv[1:]
papermill.execute_notebook(source, target, kernel_name="python3", engine_name=engine or None, progress_bar=False, iopub_timeout=300)
"""


def by_papermill(folder, source, engine):
    """Run a notebook by papermill, as anybody does; one that fails is kept with its error."""
    desk = folder / f"{source.stem}-{engine or 'kernel'}"
    desk.mkdir()
    command = [sys.executable, "-c", BY_PAPERMILL, str(source), str(desk / "executed.ipynb"), engine]
    settings = os.environ | {"SOURCE_DATE_EPOCH": "315532800", "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=desk, env=settings, check=False)
    assert (desk / "executed.ipynb").is_file(), done.stderr
    return nbformat.read(desk / "executed.ipynb", as_version=4), done


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Run all that notebooks can by papermill, with a kernel and with our engine, and one that fails."""
    folder = tmp_path_factory.mktemp("both")
    made = {}
    for name, sources in {"everything": EVERYTHING, "failing": ["x = 1", FAILING, "never"]}.items():
        source = write(folder / f"{name}.ipynb", runnable(*sources))
        made[name] = [by_papermill(folder, source, engine) for engine in ("", "sozialanalyse")]
    return made


def test_all_that_a_notebook_can_show_is_the_same(both):
    (kernel, _), (forked, _) = both["everything"]
    for cold, warm in zip(outputs_of(kernel), outputs_of(forked), strict=True):
        assert without_models(warm) == without_models(cold)
    assert any("image/png" in output.get("data", {}) for cell in forked.cells[2:] for output in cell.get("outputs", ()))
    assert forked.metadata.language_info == kernel.metadata.language_info
    assert models_of(forked) == models_of(kernel)


def without_models(shown):
    """Take out the ids of widgets, which are random."""
    return re.sub(r"[0-9a-f]{32}", "id", json.dumps(shown, sort_keys=True))


def models_of(notebook):
    """Give the state of each widget that the notebook keeps."""
    kept = notebook.metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {"state": {}})
    return sorted(without_models(model) for model in kept["state"].values())


def test_errors_are_the_same_and_end_the_notebook(both):
    (kernel, cold), (forked, warm) = both["failing"]
    assert outputs_of(forked) == outputs_of(kernel)
    assert (warm.returncode, cold.returncode) == (1, 1)
    assert "JSONDecodeError" in warm.stderr


def test_a_page_is_rendered_in_the_run(tmp_path):
    run = Run("a", "a", write(tmp_path / "a.ipynb", runnable(SHOW % FINDING)), {}, "a/a.html", "de")
    given = {"release": "", "town": "", "raw": None, "audience": "public"}
    pages = {engine: executed(tmp_path, engine, [run], given) for engine in ("plain", "fork")}
    assert pages["plain"] == pages["fork"]
