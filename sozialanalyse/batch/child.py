"""The child process of the plain engine: runs one notebook by papermill and a kernel, and hands over the result by renames.

It is started by :mod:`sozialanalyse.batch.engine.plain`, reads its job from standard input, and ends itself with all that it
started when that pipe closes, for then the parent is gone.
"""

from __future__ import annotations

import json
import sys

from sozialanalyse.batch.engine.jobs import work
from sozialanalyse.batch.engine.slow_imports import import_jsonschema
from sozialanalyse.batch.engine.surroundings import KERNEL
from sozialanalyse.parents import end_with_parent


def main() -> None:
    """Read one job, do it, and say how it ended."""
    job = json.loads(sys.stdin.buffer.readline())
    end_with_parent()
    import_jsonschema()
    work(job, kernel_name=KERNEL)


if __name__ == "__main__":
    main()
