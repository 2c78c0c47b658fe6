"""Notes of what is read of a Release while a finding is made; off unless a batch names a file for them.

A note is a line of JSON at the end of the file. What cannot be noted cannot be read: an error here ends the finding.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "SOZIALANALYSE_READ"
"""Environment variable that names the file."""

EVERYTHING: dict[str, Any] = {"everything": True}
"""The note of whoever looks at a Release past every view of it."""

_QUIET = ContextVar("quiet", default=False)


def is_on() -> bool:
    """Say whether notes are taken."""
    return bool(os.environ.get(VARIABLE))


def note(read: dict[str, Any]) -> None:
    """Note what is read, unless nobody asks or what reads it has been noted already (:func:`noted`)."""
    path = os.environ.get(VARIABLE)
    if path and not _QUIET.get():
        with open(path, "a", encoding="utf-8") as file:  # noqa: PTH123 - one call, at every reading
            file.write(json.dumps(read, ensure_ascii=False) + "\n")


@contextmanager
def noted() -> Iterator[None]:
    """Read in this block what has been noted, or what will be."""
    token = _QUIET.set(True)
    try:
        yield
    finally:
        _QUIET.reset(token)
