"""What a batch tells of itself: each run that came to its end, and what came of all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Event:
    """Progress: a run came to its end, as number ``done`` of ``total``; ``reason`` says why it failed.

    ``cells`` holds the seconds of each cell by its id, ``peak_memory`` the bytes of the largest process, where they are known;
    ``what`` says why it was made (:attr:`.orders.Step.what`).
    """

    id: str
    address: str
    done: int
    total: int
    seconds: float
    reason: str | None = None
    cells: Mapping[str, float] = field(default_factory=dict)
    peak_memory: int | None = None
    what: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What came of a batch.

    Parameters
    ----------
    made, unchanged, failed
        Numbers of pages.
    failures
        Why runs failed, by their ids; of several languages the first one that failed.
    index
        Where the index stands.
    edition
        Number of the edition that is public now.
    at_once
        Whether the pages took their place in one step; else they were replaced one by one.
    """

    made: int
    unchanged: int
    failed: int
    failures: Mapping[str, str]
    index: Path
    edition: int = 0
    at_once: bool = True
