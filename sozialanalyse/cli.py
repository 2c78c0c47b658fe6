"""The command line: the only place that prints or exits. Heavy libraries load inside the commands."""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
import json
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from sozialanalyse.errors import Fault, Place, SozialanalyseError, UsageError
from sozialanalyse.language import Language, LanguageCode

if TYPE_CHECKING:
    from rich.console import Console

    from sozialanalyse.batch import Event, Order, Outcome, Run, Step
    from sozialanalyse.town import Town

STANDARD_PLAN = Path("plans") / "standard.yml"
"""The plan of a town, where it has one, and of the notebooks."""

RAW_VARIABLE = "SOZIALANALYSE_RAW"
"""As in :mod:`sozialanalyse.loading`, which the help must not load; a test keeps both alike."""

NEAREST_DATES = 3
"""So many dates are named to who asked for one without values."""

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
OnlyLanguageOption = Annotated[
    LanguageName | None,
    typer.Option(
        "--language",
        help="The only language of the pages; default: the languages of the plan, else German. Also of messages.",
    ),
]
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
    language: OnlyLanguageOption = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Notebooks at once; default: at most 4.")] = None,
    deadline: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="Time that each notebook may take.")] = 300,
    output: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the pages.")] = Path("outputs"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be made, and why.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Make also what is unchanged.")] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make findings: run the notebooks of a plan and publish their pages."""
    spoken = language or LanguageName.de
    with _errors_said(spoken):
        from sozialanalyse import batch  # noqa: PLC0415 - heavy

        folder = _town_folder(town)
        opened = _open(folder, raw)
        order = batch.Order(
            town=folder,
            raw=raw,
            data=opened.data.fingerprint(),
            plan=_plan(folder, plan),
            notebooks=_notebooks(),
            output=output,
            audience=audience.value,
            language=None if language is None else language.value,
            notices=_notices(opened, audience),
            only=tuple(only or ()),
            workers=workers,
            deadline=deadline,
            force=force,
        )
        if dry_run:
            _say_steps(batch.preview(order, _checker(opened)), as_json)
        else:
            _make(order, _checker(opened), Language(spoken.value), quiet=quiet, as_json=as_json)


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
    return here if (here / "notebooks" / STANDARD_PLAN).is_file() else Path(__file__).parents[1]


def _notebooks() -> Path:
    return _root() / "notebooks"


def _town_folder(town: Path | None) -> Path:
    return _root() / "data" / "musterstadt" if town is None else town.resolve()


def _plan(town: Path, given: Path | None) -> Path:
    if given is not None and not given.is_file():
        message = "there is no plan {plan}"
        raise UsageError(message, plan=given.name)
    if given is not None:
        return given
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


def _notices(town: Town, audience: AudienceName) -> dict[LanguageCode, tuple[str, ...]]:
    """Refuse what must not be published, and give what every page of a confidential town must say in each language.

    Raises
    ------
    UsageError
        Confidential counts for the public.
    """
    from sozialanalyse.view import refuse_disclosure  # noqa: PLC0415 - heavy

    refuse_disclosure(town, audience.value)
    if town.data.file.confidentiality != "confidential":
        return {}
    message = "Not for sharing: the page holds confidential counts and is for {audience} only."
    return {
        code: (Language(code).text(message, audience=Language(code).text(audience.value)),)
        for code in get_args(LanguageCode)
    }


def _checker(town: Town) -> Callable[[Run], Iterable[Fault]]:
    """Check what a plan says of a town: areas, levels, target groups and dates."""
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
        yield from _date_faults(town, run.parameters.get("date"), run.parameters.get("target_group"))

    return check


def _date_faults(town: Town, date: object, group: object) -> Iterator[Fault]:
    """Say what is wrong with the date of a run: its form, or that its target group has no values there."""
    if not date or (group and group not in {known.id for known in town.catalogue.target_groups}):
        return  # no date is the last one; a group that is not known is a fault of its own
    wanted, place = _iso_date(str(date)), Place(key="date")
    if wanted is None:
        yield Fault("'{found}' is not a date of the form 2011-12-31", {"found": date}, place)
        return
    frame = town.indicators(str(group) if group else None)
    ends = {end.date() for end in frame.loc[frame["value"].notna(), "period_end"].unique()}
    if ends and wanted not in ends:  # without any data a page is made, and says so
        near = sorted(sorted(ends, key=lambda end: abs(end - wanted))[:NEAREST_DATES])
        values = {"found": date, "group": group or "-", "nearest": ", ".join(map(str, near))}
        yield Fault("the target group {group} has no values at {found}; nearest: {nearest}", values, place)


def _iso_date(text: str) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None


Report = AbstractContextManager[Callable[["Event"], None]]


def _make(
    order: Order, check: Callable[[Run], Iterable[Fault]], words: Language, *, quiet: bool, as_json: bool
) -> None:
    """Run a plan, showing its progress; exit code 1 when a finding could not be made."""
    from sozialanalyse.batch import run_plan  # noqa: PLC0415 - heavy

    with _progress(words, quiet=quiet, as_json=as_json) as report:
        outcome = run_plan(order, check, report)
    _say_outcome(outcome, words, quiet=quiet, as_json=as_json)
    if outcome.failures:
        raise typer.Exit(1)


def _progress(words: Language, *, quiet: bool, as_json: bool) -> Report:
    """Choose how progress is shown: JSON, nothing, a bar on a terminal, plain lines elsewhere."""
    from rich.console import Console  # noqa: PLC0415 - heavy

    if as_json:
        return contextlib.nullcontext(lambda event: _say_json(**{name: getattr(event, name) for name in _EVENT}))
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


def _say_steps(steps: Iterable[Step], as_json: bool) -> None:
    for step in steps:
        if as_json:
            _say_json(id=step.run.id, address=step.run.address, why=step.why, parameters=dict(step.run.parameters))
        else:
            typer.echo(f"{step.run.id:<32} {step.run.address:<40} {step.why}")


def _say_outcome(outcome: Outcome, words: Language, *, quiet: bool, as_json: bool) -> None:
    counted = {"made": outcome.made, "unchanged": outcome.unchanged, "failed": outcome.failed}
    if as_json:
        _say_json(**counted, failures=dict(outcome.failures))
    elif not quiet:
        message = "{made} made, {unchanged} unchanged, {failed} failed: {index}"
        typer.echo(words.text(message, **counted, index=_from_here(outcome.index)), err=True)


def _from_here(path: Path) -> str:
    """Write a path as seen from the current folder; whole when it is on another drive."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return str(path)


def _say_json(**values: Any) -> None:
    typer.echo(json.dumps(values, ensure_ascii=False))
