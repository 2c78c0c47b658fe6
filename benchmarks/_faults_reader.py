"""A reader for ``faults``: looks at an output folder as fast as it can and counts what is no whole edition.

It knows nothing of the program but the manifest: ``python -m benchmarks._faults_reader OUTPUT COUNTS STOP``.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path


def look(output: Path, counts: Counter[str]) -> None:
    """Look twice: by the folder's name, as a web server does, and from within the folder once it is open."""
    counts[by_name(output)] += 1
    counts[from_within(output)] += 1


def by_name(output: Path) -> str:
    """Read the manifest, all files, and the manifest again: where nothing was published meanwhile, everything must fit."""
    before = _state(output)
    torn = _is_torn(output, before[0]) if before[0] else True
    if _state(output) != before:
        return "changed meanwhile"
    return "torn" if torn else "whole"


def from_within(output: Path) -> str:
    """Open the folder and read from there: whatever is published meanwhile, everything must fit."""
    try:
        descriptor = os.open(output, os.O_RDONLY)
    except OSError:
        return "torn"
    try:
        folder = Path(f"/proc/self/fd/{descriptor}")
        return "torn" if _is_torn(folder, _state(folder)[0]) else "whole"
    finally:
        os.close(descriptor)


def _state(folder: Path) -> tuple[bytes, bytes]:
    with suppress(OSError):
        return (folder / "manifest.json").read_bytes(), (folder / "run.json").read_bytes()
    return b"", b""


def _is_torn(folder: Path, manifest: bytes) -> bool:
    """Whether a file that the manifest names is missing or another one."""
    try:
        files = json.loads(manifest)["files"]
        return not files or any(_hash(folder / file["address"]) != file["sha256"] for file in files)
    except (OSError, ValueError, KeyError):
        return True


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(arguments: list[str]) -> int:
    """Look until the file ``STOP`` is there; leave the counts."""
    output, result, stop = map(Path, arguments)
    counts: Counter[str] = Counter()
    while not stop.exists():
        look(output, counts)
    result.write_text(json.dumps(counts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
