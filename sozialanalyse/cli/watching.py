"""``run --watch``: stays and runs again what a new delivery changes."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from sozialanalyse.errors import UsageError
from sozialanalyse.language import Language

WatchOption = Annotated[
    bool, typer.Option("--watch", help="Stay, and run again when the town's files or the raw files have changed.")
]
SettleOption = Annotated[
    float,
    typer.Option(
        "--settle",
        min=0.1,
        metavar="SECONDS",
        help="With --watch: a delivery is whole when nothing has changed for so long.",
    ),
]

PATIENCE = 60.0
"""Seconds until a run that found another one at work is tried again, and that a run gets to end itself when it is told to."""


def watch_instead(
    town: Path, others: list[Path | None], ledger: Path | None, words: Language, *, settle: float, quiet: bool
) -> NoReturn:
    """Watch, and make each run in a process of its own by this same command without ``--watch``; ends when it is told to.

    Parameters
    ----------
    town
        Folder of the town.
    others
        What else is watched: the folder of raw files, the plan.
    ledger
        Folder of the ledger, which runs write to.
    words
        Language of messages.
    settle
        Seconds that nothing may change.
    quiet
        Say nothing of the watch itself.

    Raises
    ------
    UsageError
        Something that is to be watched is not there.
    """
    from sozialanalyse.schedule.job import LEDGER  # noqa: PLC0415 - heavy
    from sozialanalyse.schedule.watching import Watch, rounds  # noqa: PLC0415 - heavy

    places = (town, *(path.resolve() for path in others if path is not None))
    missing = [place.name for place in places if not place.exists()]
    if missing:
        message = "there is nothing to watch at {place}"
        raise UsageError(message, place=", ".join(missing))
    watch = Watch(places, (town / LEDGER, *([] if ledger is None else [ledger.resolve()])), settle)
    command = [sys.executable, "-m", "sozialanalyse", *(word for word in sys.argv[1:] if word != "--watch")]

    def say(message: str) -> None:
        if not quiet:
            typer.echo(message, err=True)

    said = words.text("watching {town}; Ctrl-C ends it", town=town.name)
    say(said)
    with contextlib.suppress(KeyboardInterrupt):
        for is_taken in rounds(watch, lambda: _run(command)):
            if not is_taken:
                watch.sleep(PATIENCE)
            say(said)
    raise typer.Exit(0)


def _run(command: list[str]) -> bool:
    """Make one run, and say whether it took what was there: all but one that found another run at work did."""
    from sozialanalyse.schedule.job import LOCKED  # noqa: PLC0415 - heavy

    with _ended_with_us(subprocess.Popen(command, start_new_session=True)) as run:  # noqa: S603 - this very command
        return run.wait() != LOCKED


@contextlib.contextmanager
def _ended_with_us(run: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Tell a run to end when we are told to, and wait until it has."""
    try:
        yield run
    finally:
        if run.poll() is None:
            run.terminate()
            try:
                run.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                run.kill()
                run.wait()
