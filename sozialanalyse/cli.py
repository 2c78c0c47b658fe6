"""The command line: the only place that prints or exits. Heavy libraries load inside the commands."""

from __future__ import annotations

import contextlib
import enum
import json
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sozialanalyse.errors import Fault, Place, SozialanalyseError, UsageError
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from rich.console import Console

    from sozialanalyse.batch import Event, Order, Outcome, Run, Step
    from sozialanalyse.town import Town

STANDARD_PLAN = Path("plans") / "standard.yml"
"""The plan of a town, where it has one, and of the notebooks."""

RAW_VARIABLE = "SOZIALANALYSE_RAW"

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)


class LanguageName(enum.StrEnum):
    """Languages of pages and messages."""

    de = "de"
    en = "en"


class AudienceName(enum.StrEnum):
    """For whom pages are."""

    public = "public"
    administration = "administration"
    statistics_unit = "statistics_unit"


TownOption = Annotated[
    Path | None, typer.Option("--town", help="Folder of the town.", show_default="data/musterstadt", metavar="DIR")
]
RawOption = Annotated[
    Path | None,
    typer.Option("--raw", help="Folder of raw files, where the town needs them.", envvar=RAW_VARIABLE, metavar="DIR"),
]
LanguageOption = Annotated[LanguageName, typer.Option("--language", help="Language of pages and messages.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Write events and results as JSON, a line each.")]


def main() -> None:
    """Start the command line."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: end the children first
    app()


@app.callback()
def _about() -> None:
    """From a town's counts by small area to findings that can be trusted and shared."""


@app.command()
def run(  # noqa: PLR0913, PLR0917 - one parameter an option
    town: TownOption = None,
    raw: RawOption = None,
    plan: Annotated[Path | None, typer.Option(help="The plan; default: the town's, else the standard plan.")] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this finding; can be repeated.")] = None,
    audience: Annotated[AudienceName, typer.Option(help="For whom the pages are.")] = AudienceName.public,
    language: LanguageOption = LanguageName.de,
    workers: Annotated[int | None, typer.Option(min=1, help="Notebooks at once; default: at most 4.")] = None,
    deadline: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="Time that each notebook may take.")] = 300,
    output: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the pages.")] = Path("outputs"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be made, and why.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Make also what is unchanged.")] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make findings: run the notebooks of a plan and publish their pages."""
    with _errors_said(language):
        from sozialanalyse import batch  # noqa: PLC0415 - heavy

        folder = _town_folder(town)
        opened = _open(folder, raw)
        order = batch.Order(
            town=folder,
            raw=raw,
            data=opened.data.fingerprint(),
            plan=plan or _plan(folder),
            notebooks=_notebooks(),
            output=output,
            audience=audience.value,
            language=language.value,
            notices=_notices(opened, audience, language),
            only=tuple(only or ()),
            workers=workers,
            deadline=deadline,
            force=force,
        )
        if dry_run:
            _say_steps(batch.preview(order, _checker(opened)), as_json)
        else:
            _make(order, _checker(opened), quiet=quiet, as_json=as_json)


@app.command()
def check(town: TownOption = None, raw: RawOption = None, language: LanguageOption = LanguageName.de) -> None:
    """Check a town's files: say every fault with file, row and area, or else what was delivered."""
    with _errors_said(language):
        from sozialanalyse.findings import delivery  # noqa: PLC0415 - heavy

        lines = delivery.summary(_open(_town_folder(town), raw), Language(language.value))
    for line in lines:
        typer.echo(line)


@app.command("list")
def list_(town: TownOption = None, language: LanguageOption = LanguageName.de, as_json: JsonOption = False) -> None:
    """Name the notebooks, target groups, indicators and towns."""
    with _errors_said(language):
        from sozialanalyse import catalogue  # noqa: PLC0415 - heavy

        words = Language(language.value)
        known = catalogue.with_town(catalogue.shipped(), _town_folder(town))
        listed = {
            words.text("notebooks"): {path.stem: "" for path in sorted(_notebooks().glob("*.ipynb"))},
            words.text("target groups"): {group.id: words.of(group.label) for group in known.target_groups},
            words.text("indicators"): {entry.id: f"{entry.code} {words.of(entry.label)}" for entry in known.indicators},
            words.text("towns"): {path.parent.name: "" for path in sorted(_root().glob("data/*/town.yml"))},
        }
    if as_json:
        _say_json(**listed)
        return
    for title, entries in listed.items():
        typer.echo(f"{title}:")
        for name, label in entries.items():
            typer.echo(f"  {name:<40} {label}".rstrip())


@contextlib.contextmanager
def _errors_said(language: LanguageName) -> Iterator[None]:
    """Turn errors that a user can mend into one message and an exit code; all others keep their traceback."""
    try:
        yield
    except SozialanalyseError as error:
        typer.echo(error.describe(Language(language.value).text), err=True)
        raise typer.Exit(error.exit_code) from None


def _root() -> Path:
    """Give the folder with notebooks and data: the current one, or the checkout that this library runs from."""
    here = Path.cwd()
    return here if (here / "notebooks").is_dir() else Path(__file__).parents[1]


def _notebooks() -> Path:
    return _root() / "notebooks"


def _town_folder(town: Path | None) -> Path:
    return _root() / "data" / "musterstadt" if town is None else town


def _plan(town: Path) -> Path:
    own = town / STANDARD_PLAN
    return own if own.is_file() else _notebooks() / STANDARD_PLAN


def _open(folder: Path, raw: Path | None) -> Town:
    """Open a town and compute its indicators once, so that what contradicts itself is said before anything starts."""
    from sozialanalyse.town import open_town  # noqa: PLC0415 - heavy

    if raw is not None and not raw.is_dir():
        message = "there is no folder of raw files {folder}"
        raise UsageError(message, folder=raw.name)
    opened = open_town(folder, raw)
    opened.indicators()
    return opened


def _notices(town: Town, audience: AudienceName, language: LanguageName) -> tuple[str, ...]:
    """Refuse what must not be published, and give what every page of a confidential town must say.

    Raises
    ------
    UsageError
        Confidential counts for the public.
    """
    from sozialanalyse.view import refuse_disclosure  # noqa: PLC0415 - heavy

    refuse_disclosure(town, audience.value)
    if town.data.file.confidentiality != "confidential":
        return ()
    text = Language(language.value).text
    message = "Not for sharing: the page holds confidential counts and is for {audience} only."
    return (text(message, audience=text(audience.value)),)


def _checker(town: Town) -> Callable[[Run], Iterable[Fault]]:
    """Check what a plan says of a town: areas, levels and target groups."""
    known: dict[str, Callable[[str], Any]] = {
        "area": town.areas.require,
        "level": town.areas.require_level,
        "target_group": town.catalogue.target_group,
    }

    def check(run: Run) -> Iterator[Fault]:
        for key, require in known.items():
            value = run.parameters.get(key)
            try:
                if value:
                    require(str(value))
            except UsageError as error:
                for fault in error.faults:
                    yield Fault(fault.message, fault.values, Place(key=key))

    return check


Report = AbstractContextManager[Callable[["Event"], None]]


def _make(order: Order, check: Callable[[Run], Iterable[Fault]], *, quiet: bool, as_json: bool) -> None:
    """Run a plan, showing its progress; exit code 1 when a finding could not be made."""
    from sozialanalyse.batch import run_plan  # noqa: PLC0415 - heavy

    with _progress(order, quiet=quiet, as_json=as_json) as report:
        outcome = run_plan(order, check, report)
    _say_outcome(outcome, Language(order.language), quiet=quiet, as_json=as_json)
    if outcome.failures:
        raise typer.Exit(1)


def _progress(order: Order, *, quiet: bool, as_json: bool) -> Report:
    """Choose how progress is shown: JSON, nothing, a bar on a terminal, plain lines elsewhere."""
    from rich.console import Console  # noqa: PLC0415 - heavy

    if as_json:
        return contextlib.nullcontext(lambda event: _say_json(**{name: getattr(event, name) for name in _EVENT}))
    if quiet:
        return contextlib.nullcontext(lambda _: None)
    console = Console(stderr=True, highlight=False, markup=False)
    text = Language(order.language).text
    return _bar(console, text) if console.is_terminal else contextlib.nullcontext(lambda event: _line(event, text))


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


def _say_steps(steps: Iterable[Step], as_json: bool) -> None:
    for step in steps:
        if as_json:
            _say_json(id=step.run.id, address=step.run.address, why=step.why, parameters=dict(step.run.parameters))
        else:
            typer.echo(f"{step.run.id:<32} {step.run.address:<40} {step.why}")


def _say_outcome(outcome: Outcome, words: Language, *, quiet: bool, as_json: bool) -> None:
    counted = {"made": outcome.made, "unchanged": outcome.unchanged, "failed": len(outcome.failures)}
    if as_json:
        _say_json(**counted, failures=dict(outcome.failures))
    elif not quiet:
        message = "{made} made, {unchanged} unchanged, {failed} failed: {index}"
        typer.echo(words.text(message, **counted, index=os.path.relpath(outcome.index)), err=True)


def _say_json(**values: Any) -> None:
    typer.echo(json.dumps(values, ensure_ascii=False))
