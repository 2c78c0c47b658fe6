"""A process of its own for the gate: ``python -m sozialanalyse.disclosure``, with one job on its standard input.

It alone opens the town; whoever started it gets a file of what was released, and a result without any count. A job is a
line of JSON: ``do`` (``release`` or ``record``) and what :mod:`sozialanalyse.disclosure.process` asks for.
"""

from __future__ import annotations

import json
import sys

from sozialanalyse.disclosure import unopened
from sozialanalyse.parents import end_with_parent


def main() -> None:
    """Do the job; what is heavy is imported only where the town must be opened."""
    job = json.loads(sys.stdin.buffer.readline())
    end_with_parent()
    known = unopened.recalled(job) if job["do"] == "release" else None
    if known is not None:
        unopened.hand_over(job, known)
        return
    from sozialanalyse.disclosure.process import work  # noqa: PLC0415 - heavy

    work(job)


if __name__ == "__main__":
    main()
