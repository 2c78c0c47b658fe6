"""How commands speak: errors in one message, progress as a bar or as lines, results as text or JSON."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import typer

from sozialanalyse.errors import SozialanalyseError
from sozialanalyse.language import Language

SPEED_OF = 600.0
"""Seconds whose runs say how long the others will take: a notebook can take longer than the half minute that is usual."""

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from sozialanalyse.batch import Event, Outcome
    from sozialanalyse.cli.options import LanguageName


@contextlib.contextmanager
def errors_said(language: LanguageName) -> Iterator[None]:
    """Turn errors that a user can mend into one message and an exit code; all others keep their traceback."""
    try:
        yield
    except SozialanalyseError as error:
        typer.echo(error.describe(Language(language.value).text), err=True)
        raise typer.Exit(error.exit_code) from None


Report = AbstractContextManager[Callable[["Event"], None]]


def progress(words: Language, *, quiet: bool, as_json: bool) -> Report:
    """Choose how progress is shown: JSON, nothing, a bar on a terminal, plain lines elsewhere."""
    from rich.console import Console  # noqa: PLC0415 - heavy

    if as_json:
        return contextlib.nullcontext(_events())
    if quiet:
        return contextlib.nullcontext(lambda _: None)
    console = Console(stderr=True, highlight=False, markup=False)
    if console.is_terminal:
        return _bar(console, words.text)
    return contextlib.nullcontext(_lines(words))


def _events() -> Callable[[Event], None]:
    """Say each run as a line of JSON, for a program."""
    from sozialanalyse.schedule.events import FindingEvent  # noqa: PLC0415 - heavy

    left = _time_left()

    def say(event: Event) -> None:
        known = {name: getattr(event, name) for name in ("id", "address", "done", "total", "seconds", "reason")}
        say_json(**FindingEvent(**known, left=round(left(event), 1)).model_dump())

    return say


def _lines(words: Language) -> Callable[[Event], None]:
    """Say each run in a line, with the time that is left, for a log."""
    from sozialanalyse.schedule.words import duration  # noqa: PLC0415 - heavy

    text, left = words.text, _time_left()

    def say(event: Event) -> None:
        said = event.address if event.reason is None else f"{text('Could not be made:')} {event.reason}"
        more = "" if event.done == event.total else f" [{text('{time} left', time=duration(left(event), words))}]"
        typer.echo(f"{event.done}/{event.total} {event.id} ({event.seconds:.1f} s): {said}{more}", err=True)

    return say


def _time_left() -> Callable[[Event], float]:
    """Reckon from now on how many seconds are left, by what has been done since."""
    began = time.monotonic()
    return lambda event: (time.monotonic() - began) / event.done * (event.total - event.done)


@contextlib.contextmanager
def _bar(console: Console, text: Callable[..., str]) -> Iterator[Callable[[Event], None]]:
    """Draw a bar; what failed is written above it."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, speed_estimate_period=SPEED_OF) as progress:
        task = progress.add_task(text("Findings"), total=None)

        def report(event: Event) -> None:
            progress.update(task, completed=event.done, total=event.total, description=event.id)
            if event.reason is not None:
                progress.console.print(f"{event.id}: {text('Could not be made:')} {event.reason}")

        yield report


def say_outcome(outcome: Outcome, words: Language, *, quiet: bool, as_json: bool) -> None:
    """Say how many pages were made and where the index is."""
    counted = {"made": outcome.made, "unchanged": outcome.unchanged, "failed": outcome.failed}
    if as_json:
        from sozialanalyse.schedule.events import OutcomeEvent  # noqa: PLC0415 - heavy

        say_json(**OutcomeEvent(**counted, failures=dict(outcome.failures)).model_dump())
    elif not quiet:
        message = "{made} made, {unchanged} unchanged, {failed} failed: {index}"
        typer.echo(words.text(message, **counted, index=from_here(outcome.index)), err=True)
    if not (outcome.at_once or quiet or as_json):
        message = "The pages were replaced one by one, since this folder cannot be switched at once; who looked meanwhile may have seen both."
        typer.echo(words.text(message), err=True)


def from_here(path: Path) -> str:
    """Write a path as seen from the current folder; whole when it is on another drive."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return str(path)


def say_json(**values: Any) -> None:
    """Write one line of JSON."""
    typer.echo(json.dumps(values, ensure_ascii=False))
