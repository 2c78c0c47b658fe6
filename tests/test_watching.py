"""The watch on deliveries: what counts as a change, when it counts as whole, and runs one after the other."""

from __future__ import annotations

import itertools
import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from sozialanalyse.schedule.watching import Watch, rounds

if TYPE_CHECKING:
    from pathlib import Path

SETTLE = 0.2


@pytest.fixture
def town(tmp_path):
    folder = tmp_path / "town"
    (folder / "counts").mkdir(parents=True)
    (folder / "counts" / "population.csv").write_text("1", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("counts/population.csv", True),
        ("counts/new.xlsx", True),
        ("counts/deep/er/new.csv", True),
        ("counts/~$new.xlsx", False),  # what Excel writes beside a file that is open
        ("counts/new.xlsx.part", False),
        ("counts/new.csv.filepart", False),
        (".git/index", False),
        ("counts/.new.csv.swp", False),
        ("releases/ledger.jsonl", False),
    ],
)
def test_what_counts_as_a_change(town, name, counts):
    watch = Watch((town,), (town / "releases",))
    before = watch.look()
    (town / name).parent.mkdir(parents=True, exist_ok=True)
    (town / name).write_text("22", encoding="utf-8")
    assert (watch.look() != before) == counts


def test_a_file_that_goes_or_is_replaced_is_a_change(town):
    watch, file = Watch((town,)), town / "counts" / "population.csv"
    before = watch.look()
    file.write_text("2", encoding="utf-8")  # as long as before
    os.utime(file, ns=(0, 1))
    replaced = watch.look()
    file.unlink()
    assert len({str(before), str(replaced), str(watch.look())}) == 3


def test_a_drive_that_is_gone_is_no_delivery(town, tmp_path):
    watch = Watch((town, tmp_path / "raw"))
    assert watch.look() is None
    (tmp_path / "raw").mkdir()
    assert watch.look() is not None


def test_a_single_file_can_be_watched(town):
    assert len(Watch((town / "counts" / "population.csv",)).look()) == 1


class Clockwork:
    """Sleeps for as long as it is told to, and does something at each of the first sleeps."""

    def __init__(self, *deeds):
        self.deeds = iter(deeds)
        self.slept = 0

    def __call__(self, seconds: float) -> None:
        time.sleep(seconds)
        self.slept += 1
        next(self.deeds, lambda: None)()


def grow(file: Path):
    return lambda: file.write_text(file.read_text(encoding="utf-8") + "x", encoding="utf-8")


def test_a_file_that_still_grows_is_waited_for(town):
    file = town / "counts" / "population.csv"
    clockwork = Clockwork(*[grow(file)] * 8)
    began = time.monotonic()
    seen = Watch((town,), settle=SETTLE, sleep=clockwork).changed(None)
    assert seen[str(file)][0] == 9  # whole
    assert time.monotonic() - began >= SETTLE + 7 * SETTLE / 4


def test_nothing_new_is_waited_through(town):
    file = town / "counts" / "population.csv"
    idle = lambda: None  # noqa: E731
    clockwork = Clockwork(*[idle] * 12, grow(file))
    watch = Watch((town,), settle=SETTLE, sleep=clockwork)
    watch.changed(watch.look())
    assert clockwork.slept > 12


def test_what_is_undone_is_no_change(town):
    file = town / "counts" / "passing.csv"
    watch = Watch((town,), settle=SETTLE)
    before = watch.look()
    last = town / "counts" / "last.csv"
    clockwork = Clockwork(file.touch, file.unlink, *[lambda: None] * 10, last.touch)
    seen = Watch((town,), settle=SETTLE, sleep=clockwork).changed(before)
    assert str(last) in seen
    assert str(file) not in seen


def test_a_drive_that_goes_and_comes_back_is_waited_for(town, tmp_path):
    gone = tmp_path / "gone"
    clockwork = Clockwork(lambda: town.rename(gone), *[lambda: None] * 6, lambda: gone.rename(town))
    assert Watch((town,), settle=SETTLE, sleep=clockwork).changed(None)
    assert clockwork.slept >= 8


def test_runs_come_one_after_the_other(town):
    """A delivery that comes while a run is at work is the next one's."""
    file, running, most = town / "counts" / "population.csv", threading.Semaphore(1), []

    def run() -> bool:
        assert running.acquire(blocking=False)
        if len(most) < 2:
            grow(file)()
        most.append(file.read_text(encoding="utf-8"))
        running.release()
        return True

    list(itertools.islice(rounds(Watch((town,), settle=SETTLE), run), 3))
    assert most == ["1x", "1xx", "1xx"]


def test_a_run_that_found_another_one_at_work_is_made_again(town):
    said = iter([False, True])
    assert list(itertools.islice(rounds(Watch((town,), settle=SETTLE), lambda: next(said)), 2)) == [False, True]
