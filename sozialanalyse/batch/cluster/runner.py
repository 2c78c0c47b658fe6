"""The batch's end of a cluster: sends findings to its workers, notes what begins where, and says when there is no cluster any more."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.cluster import tasks
from sozialanalyse.batch.cluster.likeness import ClusterError, require_alike
from sozialanalyse.batch.cluster.parcels import DamagedError, parcel_of, sha256, unpack
from sozialanalyse.batch.engine.forked import LONGEST_START
from sozialanalyse.batch.engine.plain import LostError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from distributed import Client, Future

    from sozialanalyse.batch.cluster.parcels import Answer, Goods, Parcel
    from sozialanalyse.batch.engine.jobs import Job

TRIES = 2
"""So often a finding is begun; the second time because the worker, or a process on it, was lost."""

REACHED = 10.0
"""Seconds in which a scheduler must answer."""

ALONE = 300.0
"""Seconds that a cluster may be without any worker: so long those may need to start that are only started when there is work."""

SILENCE = 60.0
"""Seconds after the last deadline by which a worker must have said that it has passed."""

FAREWELL = 30.0
"""Seconds in which workers must have let go of a batch that ends; one that hangs lets go of it later, by itself."""

_LOOK = 1.0
"""Seconds between two looks at a finding that is being made."""


@dataclass
class ClusterRunner:
    """Runs on the workers of a cluster.

    Parameters
    ----------
    address
        Of its scheduler.
    deadline
        Seconds that each run may take.
    settings
        What a template holds and the limits of runs, with paths of this machine.
    engine
        How runs are made there.
    """

    address: str
    deadline: float
    settings: Mapping[str, Any]
    engine: str | None = None
    _batch: str = field(default_factory=lambda: f"sozialanalyse-{uuid.uuid4().hex}")
    _begun: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    _settled: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)
    _ended: threading.Condition = field(default_factory=threading.Condition)
    _running: int = 0
    _trouble: ClusterError | None = None
    _client: Client | None = None

    def open(self) -> None:
        """Find the scheduler, look whether its workers make the same pages as we would, and send them what they need.

        There may be none yet: those that come later are looked at when they meet their first finding.

        Raises
        ------
        ClusterError
            One of these cannot be.
        """
        self._client = _connected(self.address)
        self._client.subscribe_topic(self._batch, self._note)
        self._settle(None)
        threading.Thread(target=self._watch, args=(self._client,), name="workers of the cluster", daemon=True).start()

    def run(self, job: Job, log: Path) -> bool:
        """Have a job done by a worker, and by another one when that is lost (as :meth:`.Runner.run`)."""
        with self._ended:
            self._running += 1
        try:
            return self._over.is_set() or self._is_in_time(job, log)
        finally:
            with self._ended:
                self._running -= 1
                self._ended.notify_all()

    def _is_in_time(self, job: Job, log: Path) -> bool:
        parcel, folder = parcel_of(job), Path(job["folder"])
        name = f"{folder.name}-{uuid.uuid4().hex}"
        begun = self._begun.setdefault(name, [])
        tried, said, reason = 0, 0, "its workers were lost"
        while max(tried, len(begun)) < TRIES:
            asked = time.monotonic()
            answer = self._answer(name, parcel, begun)
            if self._over.is_set():
                return True
            if "stranger" in answer:
                self._settle([answer["stranger"]], since=asked)
                continue
            tried += 1
            try:
                unpack(answer, folder)
            except DamagedError as error:
                answer["lost"] = f"{error} arrived damaged"
            reason = answer.get("lost", "")
            _log(log, answer, begun[said:])
            said = len(begun)
            if not reason:
                return answer["in_time"]
        raise LostError(reason)

    def stop(self) -> None:
        """Take back what has not begun, end what has, and let go of the cluster."""
        self._over.set()
        with self._ended:  # who asks something of a client that is being closed would wait for ever
            self._ended.wait_for(lambda: not self._running, FAREWELL)
        if self._client is not None:
            farewell = threading.Thread(target=self._leave, args=(self._client,), name="end of a batch", daemon=True)
            farewell.start()
            farewell.join(FAREWELL)

    def _leave(self, client: Client) -> None:
        with contextlib.suppress(Exception):  # whatever is left of the cluster, the batch is at its end
            if client.status == "running":
                client.run(tasks.leave, self._batch, on_error="ignore")
        with contextlib.suppress(Exception):
            client.close(timeout=REACHED)

    def _answer(self, name: str, parcel: Parcel, begun: Sequence[tuple[float, str]]) -> Answer:
        """Send a finding, and wait for what comes of it, as long as there is somebody to wait for."""
        assert self._client is not None
        key, done, known = f"{name}-{uuid.uuid4().hex[:8]}", threading.Event(), len(begun)
        future = self._client.submit(tasks.work, self._batch, name, parcel, key=key, pure=False)
        future.add_done_callback(lambda _: done.set())
        try:
            while not done.wait(_LOOK):
                if self._over.is_set():
                    return {}
                self._require_cluster()
                if len(begun) > TRIES:
                    return {"lost": f"lost with {' and '.join(worker for _, worker in begun[:TRIES])}"}
                if len(begun) > known and time.monotonic() - begun[-1][0] > self._longest:
                    return {"lost": f"{begun[-1][1]} does not answer"}
            return self._result(future)
        finally:
            with contextlib.suppress(Exception):
                future.cancel()

    @property
    def _longest(self) -> float:
        """Seconds that a worker may need for a finding, where its process is lost at the very end and it is run again there."""
        return 2 * self.deadline + LONGEST_START + SILENCE

    def _result(self, future: Future[Any]) -> Answer:
        """Fetch an answer."""
        try:
            answer: Answer = future.result()
        except Exception as error:  # noqa: BLE001 - the scheduler's, or of a worker that does not know our functions
            if self._over.is_set():
                return {}
            self._require_cluster()
            self._fitting(None)
            return {"lost": f"{type(error).__name__}: {error}"}
        return answer

    def _note(self, event: tuple[float, Mapping[str, Any]]) -> None:
        """Note which worker has begun a finding."""
        said = event[1]
        self._begun.setdefault(str(said["begun"]), []).append((time.monotonic(), str(said.get("worker", ""))))

    def _settle(self, workers: list[str] | None, since: float = 0.0) -> None:
        """Look whether workers (all, when none is named) fit, and send them what they need, unless that has been done meanwhile."""
        assert self._client is not None
        with self._lock:
            if workers is not None and all(self._settled.get(worker, -1.0) >= since for worker in workers):
                return
            there = self._fitting(workers)
            try:
                found = self._client.run(tasks.settle, self._batch, self._goods(), workers=there, on_error="return")
            except OSError as error:
                raise _gone(self.address) from error
            for worker, trouble in found.items():
                if isinstance(trouble, str):
                    message = "the worker {worker} cannot take what it needs: {reason}"
                    raise ClusterError(message, worker=worker, reason=trouble)
            self._settled.update(dict.fromkeys(there, time.monotonic()))

    def _fitting(self, workers: list[str] | None) -> list[str]:
        """Name the workers that are there, after a look whether each fits."""
        assert self._client is not None
        try:
            said = self._client.run(tasks.introduce, workers=workers, on_error="return")
        except OSError as error:
            raise _gone(self.address) from error
        there = {worker: each for worker, each in said.items() if not isinstance(each, OSError)}
        require_alike(there)
        return list(there)

    def _goods(self) -> Goods:
        held = self.settings["hold"]
        release = None if held is None else Path(held["release"]).read_bytes()
        return {
            "release": release,
            "sha256": sha256(release or b""),
            "groups": [] if held is None else held["groups"],
            "limits": self.settings["limits"],
            "deadline": self.deadline,
            "engine": self.engine,
        }

    def _watch(self, client: Client) -> None:
        """See that the scheduler has workers; that it is gone itself is seen by the client's state."""
        seen = time.monotonic()
        while self._trouble is None and not self._over.wait(_LOOK):
            with contextlib.suppress(Exception):
                if client.nthreads():
                    seen = time.monotonic()
            if time.monotonic() - seen > ALONE:
                self._trouble = _without_workers(self.address)

    def _require_cluster(self) -> None:
        """Refuse to wait for a cluster that is gone."""
        assert self._client is not None
        if self._client.status != "running":
            raise _gone(self.address)
        if self._trouble is not None:
            raise self._trouble


def _connected(address: str) -> Client:
    from distributed import Client  # noqa: PLC0415 - an extra, and heavy

    try:
        return Client(address, timeout=REACHED, set_as_default=False, name="sozialanalyse")
    except (OSError, ValueError, TypeError, RuntimeError, ImportError) as error:
        message = "the scheduler {address} cannot be reached; does it run, and does this machine reach it? ({reason})"
        raise ClusterError(message, address=address, reason=f"{type(error).__name__}: {error}") from error


def _gone(address: str) -> ClusterError:
    message = "the scheduler {address} is gone; nothing was published, the earlier pages stand as they were"
    return ClusterError(message, address=address)


def _without_workers(address: str) -> ClusterError:
    message = "the scheduler {address} has had no worker for {seconds} seconds; nothing was published"
    return ClusterError(message, address=address, seconds=f"{ALONE:g}")


def _log(log: Path, answer: Answer, begun: Sequence[tuple[float, str]]) -> None:
    """Write what a run printed, and where it was."""
    with log.open("ab") as file:
        for _, worker in begun:
            file.write(f"begun on {worker}\n".encode())
        file.write(answer.get("log", b""))
        if "lost" in answer:
            file.write(f"{answer['lost']}\n".encode("utf-8", "replace"))
