"""What is noted of a run: its record beside the logs, the hook, and the log of what it says."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sozialanalyse.cli.options import LanguageName
from sozialanalyse.errors import SozialanalyseError
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from sozialanalyse.schedule.record import Record
    from sozialanalyse.schedule.recording import Recording

NotifyOption = Annotated[
    str | None,
    typer.Option(
        "--notify",
        metavar="COMMAND",
        help="Call this when the run has ended: its record as JSON on standard input, SOZIALANALYSE_STATUS says done, failed or "
        "stopped.",
    ),
]
LogOption = Annotated[
    Path | None,
    typer.Option(
        "--log", metavar="FILE", help="Append what is said to this file instead; its older half goes at 1 MB."
    ),
]


@contextlib.contextmanager
def noted(
    output: Path, town: Path, audience: str, language: LanguageName, notify: str | None, *, only_look: bool = False
) -> Iterator[Recording]:
    """Note a run, however it ends, and call the hook.

    Neither a record that cannot be written nor a hook that fails changes what the run has come to.

    Parameters
    ----------
    output, town
        Folders of the pages and of the town.
    audience, language
        For whom the pages are, and the language of messages.
    notify
        The hook, if there is one.
    only_look
        Nothing is made, so there is nothing to note.
    """
    from sozialanalyse.schedule.recording import Recording  # noqa: PLC0415 - heavy

    recording = Recording(output, town.resolve().name, audience, language.value)
    ended: tuple[int, BaseException | None] = (0, None)
    try:
        yield recording
    except BaseException as error:
        ended = _ended(error)
        raise
    finally:
        if not only_look:
            _note(recording, recording.record(*ended), notify)


def _ended(error: BaseException) -> tuple[int, BaseException | None]:
    """Say which exit code a run ends with, and the error when that has not been said already."""
    if isinstance(error, typer.Exit):
        return error.exit_code, None
    return (error.exit_code if isinstance(error, SozialanalyseError) else 1), error


def _note(recording: Recording, record: Record, notify: str | None) -> None:
    from sozialanalyse.schedule import hook  # noqa: PLC0415 - heavy
    from sozialanalyse.schedule.recording import keep  # noqa: PLC0415 - heavy

    keep(recording, record)
    trouble = None if notify is None else hook.call(notify, record)
    if trouble is not None:
        words = Language(recording.language)
        typer.echo(words.text("the command of --notify has failed: {trouble}", trouble=trouble), err=True)


@contextlib.contextmanager
def logged(log: Path | None) -> Iterator[None]:
    """Append all that is said from now on to a file, by this process and by those that it starts.

    Parameters
    ----------
    log
        The file; None leaves everything as it is.
    """
    if log is None:
        yield
        return
    from sozialanalyse.batch.logs import trim  # noqa: PLC0415 - heavy

    log.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    trim(log)
    with log.open("ab", buffering=0) as file:
        before = [(number, os.dup(number)) for number in (1, 2)]
        file.write(f"--- {dt.datetime.now().astimezone():%Y-%m-%d %H:%M:%S %z}\n".encode())
        try:
            _redirect(file.fileno())
            yield
        finally:
            for number, copy in before:
                _flush()
                os.dup2(copy, number)
                os.close(copy)


def _redirect(target: int) -> None:
    _flush()
    for number in (1, 2):
        os.dup2(target, number)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
