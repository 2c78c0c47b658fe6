"""The command line: the only place that prints or exits. Heavy libraries load inside the commands."""

from __future__ import annotations

import signal

from sozialanalyse.cli import auditing, checking, editions, listing, printing, reporting, running, scheduling
from sozialanalyse.cli.application import app

__all__ = [
    "app",
    "auditing",
    "checking",
    "editions",
    "listing",
    "main",
    "printing",
    "reporting",
    "running",
    "scheduling",
]


def main() -> None:
    """Start the command line."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: end the children first
    app()
