"""The fork engine against notebooks that hang, multiply, eat and kill; none touches the next run, none leaves anything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing

import psutil
import pytest

from sozialanalyse.batch.engine import forked
from sozialanalyse.batch.engine.limits import Limits
from sozialanalyse.batch.engine.local import default_engine
from sozialanalyse.batch.execution import Execution
from sozialanalyse.batch.runs import Run
from tests.batch_samples import FINDING, SHOW, runnable, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(default_engine() != "fork", reason="this system cannot fork"),
]

GIVEN = {"release": "", "town": "", "raw": None, "audience": "public"}
SHOWN = SHOW % FINDING
ENOUGH = Limits(memory=2 * 2**30, output=8 * 2**20, file=64 * 2**20)

CHANGES = """
import locale, os, random, sys, warnings
import matplotlib as mpl, numpy as np, pandas as pd
os.chdir("/"); os.environ["LEFT"] = "behind"; mpl.rcParams["font.size"] = 99
locale.setlocale(locale.LC_ALL, "C"); pd.set_option("display.max_rows", 3); warnings.simplefilter("error")
sys.path.insert(0, "/left"); sys.modules["left"] = sys; random.seed(1); np.random.seed(1); os.umask(0o777)
sys.setrecursionlimit(5000)
"""
NOTHING_CHANGED = """
import os, sys
import matplotlib as mpl, pandas as pd
assert os.listdir() == [] and "LEFT" not in os.environ and mpl.rcParams["font.size"] == 10.0
assert pd.get_option("display.max_rows") == 60 and "left" not in sys.modules and "/left" not in sys.path
assert sys.getrecursionlimit() < 5000
"""
RANDOM = "import random, numpy; print('drew', random.random(), numpy.random.rand())"
SEEDED = "import random, numpy\nrandom.seed(1); numpy.random.seed(1)\n" + RANDOM
ESCAPES = """
import os, signal, subprocess, sys, time
code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", code], start_new_session=True, env={})
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True: time.sleep(600)
    os._exit(0)
"""

NOTEBOOKS = {
    "good": (SHOWN,),
    "changes": (CHANGES, SHOWN),
    "unchanged": (NOTHING_CHANGED, SHOWN),
    "random-1": (RANDOM, SHOWN),
    "random-2": (RANDOM, SHOWN),
    "seeded-1": (SEEDED, SHOWN),
    "seeded-2": (SEEDED, SHOWN),
    "escapes": (ESCAPES, SHOWN),
    "threads": ("import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()", SHOWN),
    "closes": ("import os, sys\nos.close(1); os.close(2); sys.stdout.close()\nprint('still here')", SHOWN),
    "exits": ("import os; os._exit(0)", SHOWN),
    "crashes": ("import ctypes; ctypes.string_at(0)", SHOWN),
    "eats": ("x = bytearray(64 * 2**30)", SHOWN),
    "prints": ("for _ in range(1024): print('x' * 2**20)", SHOWN),
    "keeps-printing": ("for _ in range(1024):\n  try: print('x' * 2**20)\n  except Exception: pass", SHOWN),
    "prints-past-python": ("import os\nfor _ in range(20): os.write(1, b'x' * 2**20)", SHOWN),
    "writes": ("import os\nwith open('big', 'wb') as file:\n  while True: file.write(bytes(2**20))", SHOWN),
    "broken": ("1 / 0", SHOWN),
}


def run_of(folder, name, *sources, **parameters):
    path = write(folder / "notebooks" / f"{name}.ipynb", runnable(*sources))
    return Run(name, name, path, parameters, f"{name}/{name}.de.html", "de")


def execution_in(folder, **options):
    (folder / "work").mkdir()
    return Execution(folder / "work", folder / "logs", GIVEN, engine="fork", **options)


def log_of(folder, name):
    return (folder / "logs" / f"{name}.de.log").read_text(encoding="utf-8")


def left_by(folder):
    """Find processes of a batch: by what they were told of its folder, or by where they work."""
    found = []
    for process in psutil.process_iter():
        try:
            told = " ".join([*process.environ().values(), *process.cmdline(), process.cwd()])
        except (psutil.Error, OSError):
            continue
        if str(folder) in told and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run them all from one template, two at once."""
    folder = tmp_path_factory.mktemp("engine")
    runs = [run_of(folder, name, *sources) for name, sources in NOTEBOOKS.items()]
    with closing(execution_in(folder, workers=2, deadline=120, limits=ENOUGH).results(runs)) as results:
        return folder, {executed.run.id: executed for executed in results}


@pytest.mark.parametrize(
    ("name", "kind", "error"),
    [
        ("good", None, None),
        ("changes", None, None),
        ("unchanged", None, None),
        ("escapes", None, None),
        ("threads", None, None),
        ("closes", None, None),
        ("exits", "died", "NoResult"),
        ("crashes", "died", "NoResult"),
        ("eats", "error", "MemoryError"),
        ("prints", "error", "TooMuchOutputError"),
        ("keeps-printing", "error", "TooMuchOutputError"),
        ("prints-past-python", "error", "TooMuchOutputError"),
        ("writes", "error", "OSError"),
        ("broken", "error", "ZeroDivisionError"),
    ],
)
def test_each_ends_as_it_must(ran, name, kind, error):
    _, results = ran
    failure = results[name].failure
    assert (failure and failure.kind, failure and failure.name) == (kind, error)
    assert (results[name].page is None) == (kind is not None)


def test_nothing_is_left_of_them(ran):
    folder, _ = ran
    assert left_by(folder) == []


def test_all_ran_from_one_template_and_none_twice(ran):
    folder, _ = ran
    assert [name for name in NOTEBOOKS if "once more" in log_of(folder, name)] == []
    assert len(list((folder / "work" / ".template").iterdir())) == 1


def test_each_run_draws_its_own_random_numbers(ran):
    folder, _ = ran
    drew = {name: [line for line in log_of(folder, name).splitlines() if line.startswith("drew")] for name in NOTEBOOKS}
    assert drew["random-1"] != drew["random-2"] != []
    assert drew["seeded-1"] == drew["seeded-2"] == ["drew 0.13436424411240122 0.417022004702574"]


def test_the_traceback_is_in_the_log(ran):
    folder, _ = ran
    assert "ZeroDivisionError" in log_of(folder, "broken")
    assert "still here" in log_of(folder, "closes")


def test_a_hang_in_c_is_ended_at_the_deadline(tmp_path):
    hanging = "import ctypes; ctypes.PyDLL(None).sleep(600)"  # it keeps the lock of the interpreter
    runs = [run_of(tmp_path, "hangs", hanging, SHOWN)]
    begin = time.monotonic()
    (executed,) = execution_in(tmp_path, deadline=10).results(runs)
    assert executed.failure.kind == "deadline"
    assert time.monotonic() - begin < 90
    assert left_by(tmp_path) == []


KILL_ONCE = """
import os, pathlib, signal
mark = pathlib.Path({mark!r})
if not mark.exists():
    mark.touch()
    os.kill({victim}, {signal})
"""


@pytest.mark.parametrize(
    ("victim", "sent", "reason"),
    [
        ("os.getpid()", "signal.SIGKILL", "the run was killed"),
        ("os.getppid()", "signal.SIGKILL", "the process that is forked died"),
        ("os.getppid()", "signal.SIGSTOP", "the process that is forked does not answer"),
    ],
)
def test_a_lost_run_is_run_once_more(tmp_path, monkeypatch, victim, sent, reason):
    monkeypatch.setattr(forked, "LONGEST_SILENCE", 2.0)
    source = KILL_ONCE.format(mark=str(tmp_path / "mark"), victim=victim, signal=sent)
    waiting = "import time; time.sleep(8)" if sent == "signal.SIGSTOP" else "1"
    runs = [run_of(tmp_path, "killed", source, waiting, SHOWN), run_of(tmp_path, "next", SHOWN)]
    results = {executed.run.id: executed for executed in execution_in(tmp_path, deadline=300).results(runs)}
    assert [results[name].failure for name in ("killed", "next")] == [None, None]
    assert f"{reason}; the notebook is run once more" in log_of(tmp_path, "killed")
    assert left_by(tmp_path) == []


def test_a_template_that_cannot_start_is_done_without(tmp_path, monkeypatch):
    monkeypatch.setattr(forked, "COMMAND", "raise SystemExit('no room')")
    (executed,) = execution_in(tmp_path, deadline=300).results([run_of(tmp_path, "good", SHOWN)])
    assert executed.failure is None
    assert "no room" in (tmp_path / "logs" / forked.LOG).read_text(encoding="utf-8")


BATCH = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started the tests in the background
sys.path.insert(0, {root!r})
from tests.test_engine import SHOWN, execution_in, run_of
folder = Path({folder!r})
sign = folder / "begun"
source = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], "
source += f"start_new_session=True); open({{str(sign)!r}}, 'w').close(); time.sleep(600)"
try:
    for executed in execution_in(folder, deadline=600).results([run_of(folder, "one", source)]):
        print(executed)
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize(("sent", "said"), [(signal.SIGINT, b"interrupted\n"), (signal.SIGKILL, b"")])
def test_nothing_survives_the_batch(tmp_path, root, sent, said):
    code = BATCH.format(root=str(root), folder=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=root) as batch:
        wait_for((tmp_path / "begun").exists, 120)
        assert len(left_by(tmp_path)) >= 3
        batch.send_signal(sent)
        assert batch.communicate(timeout=60)[0] == said
    wait_for(lambda: left_by(tmp_path) == [], 30)


def wait_for(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_template_whose_orderer_dies_while_it_gets_warm_ends_at_once(tmp_path):
    """Nobody reads its input then; it would go on for seconds, and orderly: with 0."""
    command = [sys.executable, "-c", "from sozialanalyse.batch.engine.template import main; main()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path) as template:
        template.stdin.write(b'{"hold": null, "limits": {}}\n')
        template.stdin.close()
        assert template.stdout.read() == b""  # it never was ready
    assert template.returncode == 1


def test_a_process_with_a_second_thread_is_not_forked():
    code = "import threading, time; from sozialanalyse.batch.engine.limits import *\n"
    code += "require_one_thread()\nthreading.Thread(target=time.sleep, args=(9,), name='reader', daemon=True).start()\n"
    code += "try: require_one_thread()\nexcept ThreadsError as error: print(error)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "the template runs other threads: reader\n"


def test_limits_never_widen_what_is_narrower():
    code = "import resource; from sozialanalyse.batch.engine.limits import *\n"
    code += "resource.setrlimit(resource.RLIMIT_FSIZE, (5, 5)); limit(Limits())\n"
    code += "raise SystemExit(resource.getrlimit(resource.RLIMIT_FSIZE) != (5, 5))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
