"""The child process of the plain engine: runs one notebook by papermill and a kernel, and hands over the result by renames.

It is started by :mod:`sozialanalyse.batch.engine.plain`, reads its job from standard input, and ends itself with all that it
started when that pipe closes, for then the parent is gone.
"""

from __future__ import annotations

import json
import os
import sys
import threading

import psutil  # type: ignore[import-untyped,unused-ignore]

from sozialanalyse.batch.engine.jobs import work
from sozialanalyse.batch.engine.slow_imports import import_jsonschema
from sozialanalyse.batch.engine.surroundings import KERNEL


def main() -> None:
    """Read one job, do it, and say how it ended."""
    job = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import_jsonschema()
    work(job, kernel_name=KERNEL)


def _end_with_parent() -> None:
    # read from the descriptor: a lock on the buffered file would break the orderly end of the interpreter
    while os.read(sys.stdin.fileno(), 1024):
        pass
    for process in psutil.Process().children(recursive=True):
        process.kill()
    os._exit(1)


if __name__ == "__main__":
    main()
