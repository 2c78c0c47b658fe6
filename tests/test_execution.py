"""Running notebooks: each in a process of its own, none lasting longer than its deadline, none left behind."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from contextlib import closing

import psutil
import pytest

from sozialanalyse.batch.engine.jobs import hand_over
from sozialanalyse.batch.engine.plain import PlainRunner
from sozialanalyse.batch.engine.surroundings import environment, prepare
from sozialanalyse.batch.execution import (
    LONGEST_MESSAGE,
    Execution,
    default_workers,
    failure_of,
    held,
    plain,
    read_result,
)
from sozialanalyse.batch.runs import Run
from tests.batch_samples import BROKEN, FINDING, SHOW, runnable, write

GIVEN = {"release": "/home/erika/releases/{x}", "town": "/home/erika/towns/x", "raw": "/raw", "audience": "public"}

REPORT = """
import json, os, sys
json.dump({
    "parameters": [release, town, raw, language, audience, target_group, area, years, share],
    "python": sys.executable, "seed": os.environ["PYTHONHASHSEED"], "desk": os.listdir(),
}, open("report.json", "w"))
print("printed")
target_group
"""

SHOWN = SHOW % FINDING

SOURCES = {
    "good": (REPORT, SHOWN),
    "broken": (),
    "silent": ("1", "import os; os._exit(0)", "2"),
    "killed": ("import os, signal; os.kill(os.getppid(), signal.SIGKILL)", "import time; time.sleep(60)"),
}


def run_of(folder, name, text, **parameters):
    path = write(folder / "notebooks {with} braces" / f"{name}.ipynb", text)
    return Run(name, name, path, parameters, f"{name}/{name}.de.html", "de")


def living(needle):
    """Find processes that carry a text in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if any(needle in value for value in process.environ().values()):
                found.append(process.pid)
        except (psutil.Error, OSError):
            continue
    return [pid for pid in found if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]


@pytest.fixture(scope="module", params=["fork", "plain"])
def ran(tmp_path_factory, request):
    """Run four notebooks, three of which fail, each in its own way."""
    folder = tmp_path_factory.mktemp("ran")
    texts = {name: runnable(*sources) for name, sources in SOURCES.items()} | {"broken": BROKEN}
    parameters = {"target_group": 'a"b\\n\n ü', "area": "042", "years": 7, "share": 1}
    runs = [run_of(folder, name, text, **parameters) for name, text in texts.items()]
    work = folder / "work"
    work.mkdir()
    execution = Execution(work, folder / "logs", GIVEN, workers=2, deadline=120, engine=request.param)
    return folder, {executed.run.id: executed for executed in execution.results(runs)}


def test_a_failing_run_stops_no_other(ran):
    _, results = ran
    assert {name: executed.failure and executed.failure.kind for name, executed in results.items()} == {
        "good": None,
        "broken": "error",
        "silent": "error" if results["silent"].failure.name == "DeadKernelError" else "died",
        "killed": "died",
    }


def test_parameters_arrive_with_their_types(ran):
    folder, _ = ran
    report = json.loads((folder / "work" / "good.de" / "desk" / "report.json").read_text())
    assert report["parameters"] == [GIVEN["release"], "", None, "de", "public", 'a"b\\n\n ü', "042", 7, 1]


def test_the_kernel_is_this_interpreter_on_an_empty_desk(ran):
    folder, _ = ran
    report = json.loads((folder / "work" / "good.de" / "desk" / "report.json").read_text())
    assert (report["python"], report["seed"]) == (sys.executable, "0")
    assert report["desk"] in ([], ["report.json"])


def test_the_executed_notebook_holds_outputs_and_nothing_of_the_machine(ran):
    folder, results = ran
    text = results["good"].notebook.read_text(encoding="utf-8")
    cell = json.loads(text)["cells"][-2]
    assert cell["outputs"][-1]["data"]["text/plain"]
    assert "papermill" not in text
    assert str(folder) not in text


def test_an_error_is_named_with_its_cell_and_without_paths(ran):
    _, results = ran
    failure = results["broken"].failure
    assert (failure.name, failure.message, failure.cell) == (
        "ValueError",
        "kaputt in zahlen.csv: <script>x()</script>",
        "cell-a",
    )


def test_tracebacks_and_prints_are_in_the_log(ran):
    folder, _ = ran
    assert "printed" in (folder / "logs" / "good.de.log").read_text()
    assert "kaputt in /home/erika/geheim/zahlen.csv" in (folder / "logs" / "broken.de.log").read_text()


def test_the_page_is_finished(ran):
    _, results = ran
    assert "Gezeigt: a&#34;b" in results["good"].page.html or "Gezeigt: a" in results["good"].page.html
    assert results["good"].page.finding.town == "Probestadt"
    assert results["broken"].page is None


def test_a_run_tells_what_it_took(ran):
    _, results = ran
    assert set(results["good"].cells) >= {"parameters", "cell-a", "cell-b"}
    assert results["good"].peak_memory > 10**7


def test_a_dead_kernel_is_no_success(ran):
    _, results = ran
    assert results["silent"].notebook is None
    assert results["silent"].failure.name in {"DeadKernelError", "NoResult"}


def test_nothing_is_left_running(ran):
    folder, _ = ran
    assert living(str(folder)) == []


def test_no_partial_file_is_left(ran):
    folder, _ = ran
    assert list(folder.rglob("*.partial")) == []


def test_the_deadline_is_kept_from_outside(tmp_path):
    run = run_of(tmp_path, "slow", runnable("import time; time.sleep(600)"))
    work = tmp_path / "work"
    work.mkdir()
    begin = time.monotonic()
    (executed,) = Execution(work, tmp_path / "logs", GIVEN, deadline=1.5, engine="plain").results([run])
    assert time.monotonic() - begin < 30
    assert executed.failure.kind == "deadline"
    assert executed.notebook is None
    assert living(str(tmp_path)) == []


@pytest.fixture
def execution(tmp_path):
    """An execution whose folders are there, without a process."""
    for name in ("work", "logs"):
        (tmp_path / name).mkdir()
    return Execution(tmp_path / "work", tmp_path / "logs", GIVEN, deadline=0.2, engine="plain")


def test_a_process_that_cannot_be_started_is_a_failure_of_its_run(execution, tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("subprocess.Popen", refuse)
    executed = execution.execute(run_of(tmp_path, "none", runnable()))
    assert (executed.failure.kind, executed.failure.name, executed.notebook) == ("died", "BlockingIOError", None)
    assert "Traceback" in (tmp_path / "logs" / "none.de.log").read_text(encoding="utf-8")


def test_a_child_that_no_longer_listens_is_ended_at_the_deadline(tmp_path):
    code = "import os, time; os.close(0); print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        assert PlainRunner(tmp_path, 0.2).finish(process, {"x": "y" * 1_000_000}) is False
        process.kill()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


@pytest.mark.parametrize("engine", ["fork", "plain"])
def test_stopping_ends_a_run_and_whatever_it_started(tmp_path, engine):
    """As on Ctrl-C: the kernel has a session of its own, and its child ignores all but a kill."""
    source = """
import subprocess, sys, time
code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
open(area, "w").close()
time.sleep(600)
"""
    sign = tmp_path / "begun"
    runs = [run_of(tmp_path, name, runnable(source), area=str(sign)) for name in ("one", "two", "three")]
    work = tmp_path / "work"
    work.mkdir()
    execution = Execution(work, tmp_path / "logs", GIVEN, workers=1, deadline=120, engine=engine)

    def stop():
        while not sign.exists():
            time.sleep(0.05)
        assert len(living(str(tmp_path))) >= 2
        execution.stop()

    stopper = threading.Thread(target=stop)
    stopper.start()
    with closing(execution.results(runs)) as results:
        assert next(results).failure.kind == "died"
    stopper.join()
    assert living(str(tmp_path)) == []


def test_a_torn_result_is_never_read(tmp_path):
    (tmp_path / "result.json.partial").write_text('{"name": nu')
    (tmp_path / "notebook.ipynb").write_text("{")
    assert failure_of(read_result(tmp_path)).kind == "died"


def test_files_are_handed_over_whole(tmp_path):
    path = tmp_path / "a.json"
    seen = []
    stop = threading.Event()

    def read():
        while not stop.is_set():
            if path.exists():
                seen.append(len(path.read_text()))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(200):
        hand_over(path, "x" * 100_000)
    stop.set()
    reader.join()
    assert set(seen) == {100_000}


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("no column in /home/erika/a/b.csv, row 3", "no column in b.csv, row 3"),
        (
            "[Errno 2] No such file or directory: '/home/erika/a b.csv'",
            "[Errno 2] No such file or directory: 'a b.csv'",
        ),
        (r"cannot open C:\Users\erika\towns\a.csv", "cannot open a.csv"),
        (r"cannot open 'C:\Users\Erika Muster\a b.csv', row 3", "cannot open 'a b.csv', row 3"),
        (r"cannot open 'C:\\Users\\Erika Muster\\a.csv'", "cannot open 'a.csv'"),
        ("cannot open C:/Users/erika/a.csv", "cannot open a.csv"),
        (r"cannot open \\server\amt50\a.csv", "cannot open a.csv"),
        (r"cannot open '\\server\Amt 50\a b.csv'", "cannot open 'a b.csv'"),
        ("cannot open '/home/erika muster/a b.csv'", "cannot open 'a b.csv'"),
        ("cannot open file:///home/erika/a.html here", "cannot open a.html here"),
        ("cannot open file:///C:/Users/erika/a.html", "cannot open a.html"),
        ("not 'a/b' and 'c'", "not 'a/b' and 'c'"),
        ("see https://example.org/a/b and 3/4 or a/b/c", "see https://example.org/a/b and 3/4 or a/b/c"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("x" * 1000, "x" * (LONGEST_MESSAGE - 1) + "…"),
    ],
)
def test_messages_lose_what_is_of_the_machine(message, shown):
    assert plain(message) == shown


def test_the_environment_is_the_same_everywhere(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", "/elsewhere")
    monkeypatch.setenv("MPLBACKEND", "agg")
    made = environment(tmp_path, tmp_path / "run")
    assert made["JUPYTER_PATH"] == str(tmp_path / ".jupyter")
    assert made["OPENBLAS_NUM_THREADS"] == made["OMP_NUM_THREADS"] == "1"
    assert made["PYTHONHASHSEED"] == "0"
    assert made["MPLBACKEND"] == "module://matplotlib_inline.backend_inline"


def test_the_kernel_belongs_to_the_work_folder(tmp_path):
    prepare(tmp_path)
    (spec,) = tmp_path.rglob("kernel.json")
    assert json.loads(spec.read_text())["argv"][0] == sys.executable


@pytest.mark.parametrize(
    ("audience", "holds"), [("public", True), ("administration", True), ("statistics_unit", False)]
)
def test_a_template_never_holds_what_is_not_protected(audience, holds):
    given = {"release": "town.release", "town": "", "raw": None, "audience": audience}
    assert held(given) == ({"release": "town.release"} if holds else None)


def test_workers_are_few():
    assert 1 <= default_workers() <= 4
