"""How commands speak: errors in one message, progress as a bar or as lines, results as text or JSON."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import typer

from sozialanalyse.errors import SozialanalyseError
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from sozialanalyse.batch import Event, Outcome, Step
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
        return contextlib.nullcontext(lambda event: say_json(**{name: getattr(event, name) for name in _EVENT}))
    if quiet:
        return contextlib.nullcontext(lambda _: None)
    console = Console(stderr=True, highlight=False, markup=False)
    if console.is_terminal:
        return _bar(console, words.text)
    return contextlib.nullcontext(lambda event: _line(event, words.text))


_EVENT = ("id", "address", "done", "total", "seconds", "reason")


def _line(event: Event, text: Callable[..., str]) -> None:
    said = event.address if event.reason is None else f"{text('Could not be made:')} {event.reason}"
    typer.echo(f"{event.done}/{event.total} {event.id} ({event.seconds:.1f} s): {said}", err=True)


@contextlib.contextmanager
def _bar(console: Console, text: Callable[..., str]) -> Iterator[Callable[[Event], None]]:
    """Draw a bar; what failed is written above it."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(text("Findings"), total=None)

        def report(event: Event) -> None:
            progress.update(task, completed=event.done, total=event.total, description=event.id)
            if event.reason is not None:
                progress.console.print(f"{event.id}: {text('Could not be made:')} {event.reason}")

        yield report


def say_steps(steps: Iterable[Step], *, as_json: bool) -> None:
    """Say what would be made, and why."""
    for step in steps:
        if as_json:
            say_json(id=step.run.id, address=step.run.address, why=step.why, parameters=dict(step.run.parameters))
        else:
            typer.echo(f"{step.run.id:<32} {step.run.address:<40} {step.why}")


def say_outcome(outcome: Outcome, words: Language, *, quiet: bool, as_json: bool) -> None:
    """Say how many pages were made and where the index is."""
    counted = {"made": outcome.made, "unchanged": outcome.unchanged, "failed": outcome.failed}
    if as_json:
        say_json(**counted, failures=dict(outcome.failures))
    elif not quiet:
        message = "{made} made, {unchanged} unchanged, {failed} failed: {index}"
        typer.echo(words.text(message, **counted, index=from_here(outcome.index)), err=True)


def from_here(path: Path) -> str:
    """Write a path as seen from the current folder; whole when it is on another drive."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return str(path)


def say_json(**values: Any) -> None:
    """Write one line of JSON."""
    typer.echo(json.dumps(values, ensure_ascii=False))
