"""What a batch has on a worker: its Release, and what runs its notebooks. It goes when the batch ends, or is not heard of any more."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.cluster.parcels import Answer, Goods, Parcel, end_of, packed, sha256
from sozialanalyse.batch.engine.forked import LOG
from sozialanalyse.batch.engine.local import LocalRunner
from sozialanalyse.batch.engine.plain import LostError
from sozialanalyse.batch.engine.surroundings import DESK
from sozialanalyse.batch.store.scratch import scratch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sozialanalyse.batch.engine.jobs import Job

IDLE = 600.0
"""Seconds without a finding after which a batch is taken for dead; one that lives settles anew."""

_LOOK = 15.0
"""Seconds between two looks at that."""


class Site:
    """The place of one batch on one worker; several threads may call :meth:`carry_out` at once.

    Parameters
    ----------
    goods
        What the batch has sent.
    leave
        Called when nothing has been heard of the batch for :data:`IDLE` seconds.

    Raises
    ------
    OSError
        There is no place for it.
    ValueError
        The Release arrived otherwise than it was sent.
    """

    def __init__(self, goods: Goods, leave: Callable[[], object]) -> None:
        if goods["release"] is not None and sha256(goods["release"]) != goods["sha256"]:
            raise ValueError("the release was damaged on its way")
        self._held = contextlib.ExitStack()
        folder = self._held.enter_context(scratch())
        self._release = _write(folder / "town.release", goods["release"])
        self._work, self._logs, self._notebooks = (folder / name for name in ("work", "logs", "notebooks"))
        settings: dict[str, Any] = {"hold": None, "limits": goods["limits"]}
        if self._release is not None:
            settings["hold"] = {"release": str(self._release), "groups": goods["groups"]}
        self._runner = LocalRunner(self._work, self._logs, goods["deadline"], settings, goods["engine"])
        self._runner.open()
        self._lock, self._busy, self._heard = threading.Lock(), 0, time.monotonic()
        self._over = threading.Event()
        threading.Thread(target=self._leave_when_idle, args=(leave,), name="end of an idle batch", daemon=True).start()

    def carry_out(self, parcel: Parcel) -> Answer:
        """Make a finding; whatever fails is in the answer."""
        with self._in_use():
            name = uuid.uuid4().hex
            folder, log = self._work / name, self._logs / f"{name}.log"
            try:
                in_time = self._runner.run(self._job(parcel, folder), log)
                return {**packed(folder), "in_time": in_time, "log": end_of(log)}
            except (LostError, OSError) as error:
                log_of_template = end_of(self._logs / LOG)
                return {"lost": f"{type(error).__name__}: {error}", "log": end_of(log) + log_of_template}
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                log.unlink(missing_ok=True)

    def close(self) -> None:
        """End all runs and remove everything."""
        self._over.set()
        self._runner.stop()
        self._held.close()

    def _job(self, parcel: Parcel, folder: Path) -> Job:
        notebook = self._notebooks / sha256(parcel["notebook"]) / parcel["name"]
        with self._lock:
            if not notebook.is_file():
                notebook.parent.mkdir(parents=True)
                _write(notebook, parcel["notebook"])
        release = "" if self._release is None else str(self._release)
        return {
            "notebook": str(notebook),
            "parameters": {**parcel["parameters"], "release": release},
            "folder": str(folder),
            "desk": str(folder / DESK),
            "look": parcel["look"],
        }

    @contextlib.contextmanager
    def _in_use(self) -> Any:
        with self._lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                self._heard = time.monotonic()

    def _leave_when_idle(self, leave: Callable[[], object]) -> None:
        while not self._over.wait(_LOOK):
            with self._lock:
                is_idle = not self._busy and time.monotonic() - self._heard > IDLE
            if is_idle:
                leave()


def _write(file: Path, content: bytes | None) -> Path | None:
    if content is None:
        return None
    file.write_bytes(content)
    return file
