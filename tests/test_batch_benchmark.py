"""The benchmark of batches runs in a tiny size and prints its table; what it shows there means little."""

import re

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import _floor_work, batch, floor

FLOOR = {batch.COMMANDS: 90.0, batch.IN_PROCESS: 50.0, batch.ONE: 14.0, batch.TWO: 8.0, batch.FLOOR: 10.0}
FIGURES = {way: [2, 2] for way in FLOOR}


def test_is_listed():
    assert "batch" in benchmarks.names()


def test_ratios_and_overhead_are_judged(capsys):
    assert batch.judged(FLOOR, FLOOR, FIGURES, 20) == 0
    printed = capsys.readouterr().out
    assert "0.200 s a finding over the floor (at most 0.2)" in printed
    assert "2 workers are 11.2 times faster than papermill and nbconvert, command line (at least 8)" in printed


@pytest.mark.parametrize(
    ("changed", "failed"),
    [({batch.ONE: 14.1}, 2), ({batch.TWO: 9.0}, 0), ({batch.TWO: 10.1}, 1), ({batch.TWO: 11.4}, 2)],
)
def test_each_limit_has_two_sides(capsys, changed, failed):
    batch.judged({**FLOOR, **changed}, FLOOR, FIGURES, 20)
    assert f"{failed} fail" in capsys.readouterr().out


def test_a_way_that_draws_no_figures_is_no_way(capsys):
    assert batch.judged(FLOOR, FLOOR, {**FIGURES, batch.ONE: [2, 0]}, 20) == 1
    assert "FAIL: every way draws" in capsys.readouterr().out


def test_work_within_other_work_counts_for_itself_alone():
    clock = iter([0.0, 1.0, 3.0, 6.0, 10.0])
    watch = _floor_work.Watch(lambda: next(clock))
    with watch.on("drawing"), watch.on("statistics"):
        pass
    assert watch.seconds == {"drawing": 2.0 + 4.0, "statistics": 3.0}


def seconds(statistics, drawing):
    kinds = {kind: [0.0] for kind in _floor_work.KINDS} | {"statistics": [statistics], "drawing": [drawing]}
    return {"trend": kinds | {"audit": [9.0]}}


def test_before_and_after_stand_beside_each_other(capsys):
    assert floor.printed({floor.HERE: seconds(0.2, 0.6), floor.THERE: seconds(1.0, 1.4)}) == 0
    printed = capsys.readouterr().out
    assert "statistics               1    0.2      5" in printed
    assert "before 2.40 s, after 0.80 s: 3.00 times as fast" in printed


@pytest.mark.parametrize(("drawing", "code"), [(0.7, 0), (0.9, 1)])
def test_a_finding_may_take_so_much(capsys, drawing, code):
    assert floor.printed({floor.HERE: seconds(0.4, drawing)}) == code
    assert f"a finding takes {0.4 + drawing:.2f} s" in capsys.readouterr().out


def test_a_small_batch_is_measured(capsys):
    benchmarks.main(["batch", "--small", "--only", "floor"])
    printed = capsys.readouterr().out
    assert "2 findings, 1 rounds" in printed
    assert re.search(r"pass: every way draws the same number of figures on each page \([1-9]\d* in all\)", printed)
