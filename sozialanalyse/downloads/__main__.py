"""A process of its own for the downloads of an edition: ``python -m sozialanalyse.downloads``, with one job on its standard input.

It gets the file of a Release and no way to the town; see :func:`sozialanalyse.downloads.edition.write`.
"""

from __future__ import annotations

import json
import sys

from sozialanalyse.downloads.edition import write
from sozialanalyse.parents import end_with_parent

if __name__ == "__main__":
    job = json.loads(sys.stdin.buffer.readline())
    end_with_parent()
    write(job)
