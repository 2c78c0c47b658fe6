"""The switch and what it stands on: whoever looks sees one edition or the next, whole; a killed run leaves nothing half."""

from __future__ import annotations

import datetime as dt
import errno
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from sozialanalyse.batch import publishing
from sozialanalyse.batch.archive import Edition, Retention, earlier_editions, numbers
from sozialanalyse.batch.edition import Entry, File, Hashes, Manifest, hash_text, read_manifest
from sozialanalyse.batch.publishing import Output, StorageError, hold
from sozialanalyse.batch.store import scratch as scratches
from sozialanalyse.batch.store import switching, trees
from sozialanalyse.batch.store.scratch import scratch, sweep
from sozialanalyse.batch.store.switching import CannotSwitchError, switch
from sozialanalyse.errors import LockedError, UsageError
from tests.batch_samples import write

CAN_SWITCH = sys.platform in {"linux", "darwin"}
HASHES = Hashes(data="0", catalogue="0", notebook="0", parameters="0", library="0")


def edition(output: Output, page: str, *, ended: str = "2026-01-01T00:00:00+00:00", **others: str) -> dict[str, str]:
    """All texts of a small edition: one page and whatever others are named, their addresses with ``__`` for ``/``."""
    pages = {"trend/a.de.html": page, **{f"trend/{name}.de.html": text for name, text in others.items()}}
    findings = tuple(
        Entry(id=address, language="de", address=address, state="current", group="", sha256=hash_text(t), hashes=HASHES)
        for address, t in pages.items()
    )
    files = tuple(File(address=address, sha256=hash_text(text)) for address, text in pages.items())
    manifest = Manifest(town="a", audience="public", findings=findings, files=files)
    report = {"edition": output.next_number, "ended": ended}
    return {"run.json": json.dumps(report), **pages, "manifest.json": manifest.text(), "index.html": page}


def publish(output: Output, page: str, **others: str) -> bool:
    return output.publish(edition(output, page, **others), [])


def content(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text(encoding="utf-8") for name in sorted(trees.files(folder))}


@pytest.fixture
def output(tmp_path):
    with hold(tmp_path / "outputs", []) as held:
        yield held


@pytest.fixture(params=["at once", "one by one"])
def either(request, output, monkeypatch):
    """An output folder where both ways lead to the same."""
    if request.param == "one by one":
        monkeypatch.setattr(publishing, "switch", cannot)
    elif not CAN_SWITCH:
        pytest.skip("this system cannot let two folders change places")
    return output


def cannot(one: Path, other: Path) -> None:
    raise CannotSwitchError


# -- the switch -------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not CAN_SWITCH, reason="this system cannot let two folders change places")
def test_two_folders_change_places(tmp_path):
    one, other = (write(tmp_path / name / "name", name).parent for name in ("one", "other"))
    switch(one, other)
    assert ((one / "name").read_text(), (other / "name").read_text()) == ("other", "one")


def test_a_folder_that_is_missing_is_an_error(tmp_path):
    with pytest.raises((FileNotFoundError, CannotSwitchError)):
        switch(tmp_path, tmp_path / "missing")


@pytest.mark.parametrize("number", sorted(switching.UNABLE))
def test_a_system_that_cannot_says_so(tmp_path, monkeypatch, number):
    monkeypatch.setattr(switching, "_exchange", lambda one, other: number)
    with pytest.raises(CannotSwitchError):
        switch(tmp_path, tmp_path)


@pytest.mark.skipif(not CAN_SWITCH, reason="this system cannot let two folders change places")
def test_a_reader_sees_one_edition_whole(output):
    """Who opens the folder once and reads from there has one edition; and its path always leads to one."""
    wrong, ended = [], threading.Event()

    def read():
        while not ended.is_set():
            folder = os.open(output.folder, os.O_RDONLY)
            try:
                texts = {text_in(folder, name) for name in ("trend/a.de.html", "trend/b.de.html", "index.html")}
            except FileNotFoundError:  # pruned while we read: it says so and shows nothing else
                texts = {""}
            finally:
                os.close(folder)
            wrong.extend([texts] if len(texts) != 1 else [])

    publish(output, "0", b="0")
    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 40):
        assert publish(output, str(number), b=str(number))
        output.prune(Retention(count=1))
    ended.set()
    reader.join()
    assert wrong == []


def text_in(folder: int, name: str) -> str:
    descriptor = os.open(name, os.O_RDONLY, dir_fd=folder)
    with os.fdopen(descriptor, encoding="utf-8") as file:
        return file.read()


# -- what an edition takes with it ------------------------------------------------------------------------------------


def test_an_edition_takes_the_place_of_the_one_before(either):
    publish(either, "old", b="gone")
    publish(either, "new")
    assert sorted(content(either.folder)) == ["index.html", "manifest.json", "run.json", "trend/a.de.html"]
    assert (either.folder / "trend" / "a.de.html").read_text() == "new"


def test_the_edition_before_is_kept_beside(either):
    publish(either, "old", b="gone")
    before = content(either.folder)
    publish(either, "new")
    assert [kept.number for kept in earlier_editions(either.private)] == [1]
    assert content(either.private / "0001") == before
    assert either.number == 2


def test_a_page_that_stays_is_the_same_file(either):
    publish(either, "old", b="stays")
    before = (either.folder / "trend" / "b.de.html").stat().st_ino
    either.publish(edition(either, "new"), ["trend/b.de.html"])
    assert (either.folder / "trend" / "b.de.html").stat().st_ino == before


@pytest.mark.parametrize("name", ["README.md", "trend/own.html", "other/deep/er.txt", ".hidden", "trend/a.de.html.bak"])
def test_what_is_not_ours_stays(either, name):
    path = write(either.folder / name, "foreign")
    path.chmod(0o640)
    publish(either, "old")
    publish(either, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("foreign", 0o640)
    assert not (either.private / "0001" / name).exists()


def test_links_and_empty_folders_that_are_not_ours_stay(either, tmp_path):
    (either.folder / "empty").mkdir(parents=True)
    (either.folder / "link").symlink_to("../elsewhere")
    publish(either, "old")
    publish(either, "new")
    assert (either.folder / "empty").is_dir()
    assert (either.folder / "link").readlink() == Path("../elsewhere")


@pytest.mark.skipif(not CAN_SWITCH, reason="this system cannot let two folders change places")
def test_what_somebody_adds_or_changes_meanwhile_is_not_lost(output, monkeypatch):
    readme = write(output.folder / "README.md", "before")
    publish(output, "old")
    real = publishing.switch

    def meanwhile(one, other):
        readme.unlink()
        write(readme, "after!")
        write(output.folder / "added.txt", "added")
        real(one, other)

    monkeypatch.setattr(publishing, "switch", meanwhile)
    publish(output, "new")
    assert (readme.read_text(), (output.folder / "added.txt").read_text()) == ("after!", "added")


def test_the_folder_keeps_its_mode(either):
    either.folder.mkdir()
    either.folder.chmod(0o750)
    publish(either, "old")
    publish(either, "new")
    assert either.folder.stat().st_mode & 0o777 == 0o750


def test_the_lock_of_an_earlier_release_goes(tmp_path):
    lock = write(tmp_path / "outputs" / ".lock", "")
    with hold(tmp_path / "outputs", []) as output:
        with pytest.raises(LockedError), hold(tmp_path / "outputs", []):
            pass
        if publish(output, "new"):
            assert not lock.exists()
    assert sorted(path.name for path in (tmp_path / "outputs.editions").iterdir()) == [".lock"]


def test_a_run_of_an_earlier_release_is_respected(tmp_path):
    from sozialanalyse.batch.store.locking import locked

    lock = write(tmp_path / "outputs" / ".lock", "")
    with locked(lock) as is_held, pytest.raises(LockedError), hold(tmp_path / "outputs", []):
        assert is_held


def test_a_file_in_the_way_is_said(output):
    write(output.folder / "trend", "a file")
    with pytest.raises(UsageError, match="stands where a folder of pages must be"):
        publish(output, "new")


# -- where the folders cannot change places ---------------------------------------------------------------------------


def test_the_index_is_replaced_last(output, monkeypatch):
    publish(output, "old")
    monkeypatch.setattr(publishing, "switch", cannot)
    replaced = []
    replace = Path.replace
    monkeypatch.setattr(
        Path, "replace", lambda self, target: (replaced.append(Path(target).name), replace(self, target))
    )
    assert not publish(output, "new", b="new")
    assert replaced == ["a.de.html", "b.de.html", "run.json", "manifest.json", "index.html"]


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="nothing is forbidden to root")
def test_a_parent_that_is_not_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    folder = tmp_path / "theirs" / "outputs"
    folder.mkdir(parents=True)
    folder.parent.chmod(0o555)
    try:
        with hold(folder, []) as output:
            assert not publish(output, "new")
    finally:
        folder.parent.chmod(0o755)
    assert (folder / "trend" / "a.de.html").read_text() == "new"
    assert [path.name for path in folder.parent.iterdir()] == ["outputs"]


def test_another_file_system_within_the_folder(output, monkeypatch):
    publish(output, "old")
    monkeypatch.setattr(trees, "_files", mounted)
    with pytest.raises(trees.MountedError):
        list(trees.files(output.folder))
    assert not publish(output, "new")
    assert (output.folder / "trend" / "a.de.html").read_text() == "new"


def mounted(folder, above, device):
    raise trees.MountedError(folder)


# -- full disks and killed runs ---------------------------------------------------------------------------------------


def test_a_full_disk_leaves_the_earlier_edition(either, monkeypatch):
    publish(either, "old")
    before = content(either.folder)

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError, match=r"nothing was published.*No space left"):
        publish(either, "new")
    assert content(either.folder) == before
    assert sorted(path.name for path in either.private.iterdir()) == [".lock"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_file_that_may_not_grow_leaves_the_earlier_edition(tmp_path, root):
    """A real limit in a real process: what the system does not write is not published."""
    code = f"""
import resource, signal, sys
from pathlib import Path
from sozialanalyse.batch.publishing import hold, StorageError
from tests.test_store import publish
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with hold(Path({str(tmp_path / "outputs")!r}), []) as output:
    publish(output, "old")
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    try:
        publish(output, "new" * 4096)
    except StorageError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert "nothing was published, the earlier pages stand as they were" in done.stdout
    assert (tmp_path / "outputs" / "trend" / "a.de.html").read_text() == "old"
    assert sorted(path.name for path in (tmp_path / "outputs.editions").iterdir()) == [".lock"]


def test_a_tree_that_was_being_built_goes(tmp_path):
    write(tmp_path / "outputs.editions" / "0003.new" / "run.json", '{"edition": 3}')
    write(tmp_path / "outputs.editions" / "0003.new" / "trend" / "a.de.html", "half")
    write(tmp_path / "outputs" / ".staging-77" / "x", "half")
    with hold(tmp_path / "outputs", []):
        assert not (tmp_path / "outputs.editions" / "0003.new").exists()
        assert not (tmp_path / "outputs" / ".staging-77").exists()


def test_an_edition_that_had_just_been_replaced_is_kept(tmp_path):
    """The run was killed after the switch and before it had put the edition before away."""
    with hold(tmp_path / "outputs", []) as output:
        publish(output, "old")
        before = content(output.folder)
        output.folder.rename(output.private / "0002.new")
        publish(output, "new")
        output.folder.rename(tmp_path / "kept")
    with hold(tmp_path / "outputs", []) as output:
        assert numbers(output.private) == [1]
        assert content(output.private / "0001") == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_whoever_is_killed_while_publishing_leaves_one_whole_edition(tmp_path, root):
    """A hundred publishers are killed in the midst of it; benchmarks/faults.py does so with real batches."""
    code = f"from pathlib import Path; from tests.test_store import kill_publishers; kill_publishers(Path({str(tmp_path)!r}), 100)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=root)
    assert (done.stdout, done.stderr) == ("", "")


def kill_publishers(base: Path, kills: int) -> None:
    """Kill publishers at random moments and print what is wrong afterwards."""
    chance = random.Random(1)
    folder = base / "outputs"
    with hold(folder, []) as output:
        publish(output, "0", b="0")
    for number in range(1, kills + 1):
        child = os.fork()
        if not child:
            publish_for_ever(folder, number)
        time.sleep(chance.uniform(0.001, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if text := wrong_in(folder):
            print(number, text)


def publish_for_ever(folder: Path, number: int) -> None:
    for count in itertools.count():
        with hold(folder, []) as output:
            publish(output, f"{number} {count} " * 500, b=f"{number} {count} " * 500)
            output.prune(Retention(count=3))


def wrong_in(folder: Path) -> str:
    """Say what is wrong with an output folder after somebody was killed; the next one to hold it clears up."""
    if (
        trees.matches(folder, read_manifest(folder).hashes)
        or len({p.read_bytes() for p in folder.glob("trend/*")}) != 1
    ):
        return "torn"
    with hold(folder, []) as output:
        halves = [edition.number for edition in earlier_editions(output.private) if not is_whole(edition)]
        left = [path.name for path in output.private.iterdir() if not path.name.isdecimal() and path.name != ".lock"]
    return f"halves: {halves}, left: {left}" if halves or left else ""


def is_whole(edition: Edition) -> bool:
    return not trees.matches(edition.folder, edition.manifest.hashes)


def test_a_second_run_is_refused(tmp_path):
    with hold(tmp_path / "outputs", []), pytest.raises(LockedError) as caught, hold(tmp_path / "outputs", []):
        pass
    assert caught.value.exit_code == 3
    with hold(tmp_path / "outputs", []):
        pass


# -- which editions are kept ------------------------------------------------------------------------------------------

NOW = dt.datetime(2026, 6, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("retention", "kept"),
    [
        (Retention(count=10, days=400), [4, 3, 2, 1]),
        (Retention(count=2, days=400), [4, 3]),
        (Retention(count=0, days=400), []),
        (Retention(count=10, days=80), [4, 3]),
        (Retention(count=10, days=1), [4]),
    ],
)
def test_editions_are_kept_by_count_and_age(output, retention, kept):
    for month in range(1, 6):
        output.publish(edition(output, str(month), ended=f"2026-{month + 1:02}-15T00:00:00+00:00"), [])
    output.prune(retention, NOW)
    assert numbers(output.private) == kept


def test_a_clock_that_was_set_back_makes_no_edition_old(output):
    for number in range(4):
        output.publish(edition(output, str(number), ended="2027-01-01T00:00:00+00:00"), [])
    assert output.prune(Retention(days=1), NOW) == []


def test_numbers_go_on_whatever_is_kept(output):
    for number in range(4):
        publish(output, str(number))
        output.prune(Retention(count=0))
    assert output.number == 4


# -- private folders --------------------------------------------------------------------------------------------------


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_private_folder_goes_with_its_block(temporary):
    with scratch() as folder:
        write(folder / "raw.csv", "1")
        assert folder.stat().st_mode & 0o077 == 0 or folder.parent.stat().st_mode & 0o077 == 0
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_what_is_in_use_stays(temporary):
    left = write(temporary / "sozialanalyse-abc" / "work" / "raw.csv", "1").parent.parent
    write(left / scratches.HELD, "")
    foreign = write(temporary / "sozialanalyse-notes" / "mine.txt", "1")
    with scratch() as folder:
        sweep(temporary)
        assert (left.exists(), folder.exists(), foreign.exists()) == (False, True, True)
