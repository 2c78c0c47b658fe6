"""Run every vector under a folder: ``python -m tests.oracles DIR``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.oracles.runner import Tally, run

FAILURES_SHOWN = 3


def main(arguments: list[str] | None = None) -> int:
    """Print what passed by folder and in all; return 1 when anything failed or nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracles", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder of vectors, or one that holds such folders")
    parser.add_argument("--all-failures", action="store_true", help="name every failed value")
    given = parser.parse_args(arguments)
    folders = _folders(given.folder)
    if not folders:
        parser.error(f"there are no vectors (a folder with expected.csv) under {given.folder}")
    whole = Tally()
    for folder in folders:
        tally = run(folder)
        whole.add(tally)
        print(f"{folder.name}: calls {_counts(tally.calls)}; values {_counts(tally.values)}")
        for convention, calls in tally.skips.items():
            print(f"    skipped {calls} of its calls. {convention}")
        shown = tally.failures if given.all_failures else tally.failures[:FAILURES_SHOWN]
        for failure in shown:
            print(f"    {failure}")
        if len(tally.failures) > len(shown):
            print(f"    ... and {len(tally.failures) - len(shown)} more")
    print(f"by value: {_counts(whole.values)}")
    print(f"by call: {_counts(whole.calls)}")
    return int(whole.calls["failed"] > 0)


def _folders(folder: Path) -> list[Path]:
    if (folder / "expected.csv").is_file():
        return [folder.resolve()]
    return sorted(path.parent for path in folder.glob("**/expected.csv"))


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {outcome}" for outcome, number in counts.items())


if __name__ == "__main__":
    sys.exit(main())
