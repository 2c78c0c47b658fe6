"""A module that is started with a job: it starts a process of its own, writes down both numbers, and waits for ever or fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from sozialanalyse.parents import end_with_parent


def main() -> None:
    job = json.loads(sys.stdin.readline())
    end_with_parent()
    if job["do"] == "fail":
        sys.stderr.write("first line\nwhat went wrong\n")
        sys.exit(3)
    if job["do"] == "wait":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path(job["file"]).write_text(f"{os.getpid()} {child.pid}\n", encoding="utf-8")
        time.sleep(600)


if __name__ == "__main__":
    main()
