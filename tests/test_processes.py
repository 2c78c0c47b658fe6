"""Modules that are started as processes: what is said of their end, and that none outlives whoever started it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from sozialanalyse.batch.processes import work

ROOT = Path(__file__).resolve().parent.parent
WAITING = "from sozialanalyse.batch.processes import work; work('tests.small_module', {'do': 'wait', 'file': %r})"
POOL = """
import os, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from sozialanalyse.parents import end_with_owner
if __name__ == "__main__":
    with ProcessPoolExecutor(1, get_context("spawn"), end_with_owner) as pool:
        pid = pool.submit(os.getpid).result()
        open(%r, "w").write(f"{pid}\\n")
        time.sleep(600)
"""
PATIENCE = 60.0


def test_one_that_ends_well_says_nothing():
    assert work("tests.small_module", {"do": "nothing"}) is None


@pytest.mark.parametrize(
    ("module", "said"),
    [("tests.small_module", "what went wrong"), ("tests.no_such_module", "No module named tests.no_such_module")],
)
def test_one_that_fails_is_told_by_its_last_line(module, said):
    assert work(module, {"do": "fail"}).endswith(said)


@pytest.mark.parametrize("program", [WAITING, POOL], ids=["a module and what it started", "a pool that solves"])
def test_none_outlives_whoever_started_it(tmp_path, program):
    file, script = tmp_path / "pids", tmp_path / "started.py"
    script.write_text(program % str(file), encoding="utf-8")
    parent = subprocess.Popen([sys.executable, str(script)], cwd=ROOT, env=None)
    try:
        started = [psutil.Process(int(pid)) for pid in read(file)]
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    _, alive = psutil.wait_procs(started, PATIENCE)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


def read(file: Path) -> list[str]:
    end = time.monotonic() + PATIENCE
    while not (file.is_file() and (text := file.read_text(encoding="utf-8")).endswith("\n")):
        assert time.monotonic() < end
        time.sleep(0.05)
    return text.split()
