"""A process of its own for the gate: ``python -m sozialanalyse.disclosure``, with one job on its standard input.

It alone opens the town; whoever started it gets a file of what was released, and a result without any count. A job is a
line of JSON: ``do`` (``release`` or ``record``) and what :mod:`sozialanalyse.disclosure.process` asks for.
"""

from __future__ import annotations

import json
import sys

from sozialanalyse.disclosure.process import work

if __name__ == "__main__":
    work(json.loads(sys.stdin.buffer.readline()))
