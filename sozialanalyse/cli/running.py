"""The command ``run``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sozialanalyse.cli.application import app
from sozialanalyse.cli.options import (
    AudienceName,
    JsonOption,
    LanguageName,
    LedgerOption,
    OnlyLanguageOption,
    QuietOption,
    RawOption,
    TownOption,
)
from sozialanalyse.cli.speaking import errors_said, progress, say_outcome, say_steps
from sozialanalyse.cli.towns import checker, notebooks, notices_of, plan_of, require_raw, static_of, town_folder
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from sozialanalyse.batch import Order
    from sozialanalyse.town import Town


@app.command()
def run(  # noqa: PLR0913, PLR0917 - one parameter an option
    town: TownOption = None,
    raw: RawOption = None,
    plan: Annotated[Path | None, typer.Option(help="The plan; default: the town's, else the standard plan.")] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this finding; can be repeated.")] = None,
    audience: Annotated[AudienceName, typer.Option(help="For whom the pages are.")] = AudienceName.public,
    language: OnlyLanguageOption = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Notebooks at once; default: at most 4.")] = None,
    ledger: LedgerOption = None,
    deadline: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="Time that each notebook may take.")] = 300,
    output: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the pages.")] = Path("outputs"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be made, and why.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Make also what is unchanged.")] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make findings: run the notebooks of a plan and publish their pages."""
    spoken = language or LanguageName.de
    with errors_said(spoken):
        from sozialanalyse import batch  # noqa: PLC0415 - heavy

        folder = town_folder(town)
        require_raw(raw)
        order = batch.Order(
            town=folder,
            raw=raw,
            data="",
            plan=plan_of(folder, plan),
            notebooks=notebooks(),
            output=output,
            audience=audience.value,
            language=None if language is None else language.value,
            only=tuple(only or ()),
            workers=workers,
            deadline=deadline,
            force=force,
            ledger_folder=ledger,
        )
        _run(order, Language(spoken.value), dry_run=dry_run, quiet=quiet, as_json=as_json)


def _run(order: Order, words: Language, *, dry_run: bool, quiet: bool, as_json: bool) -> None:
    """Have the town released and run the plan on what was, or say what would be made."""
    from sozialanalyse import batch  # noqa: PLC0415 - heavy
    from sozialanalyse.disclosure.release_files import open_release  # noqa: PLC0415 - heavy

    batch.check_use(order)
    places = {"raw": order.raw, "ledger": order.ledger_folder}
    with batch.released(order.town, order.audience, **places, only_look=dry_run) as made:
        known = open_release(made.file)
        order = replace(
            order,
            data=made.sha256,
            release=made.file,
            number=made.number,
            ledger=made.ledger,
            notices=notices_of(known, order.audience, made.impossible),
            static=static_of(known, order.audience),
        )
        if dry_run:
            say_steps(batch.preview(order, checker(known)), as_json=as_json)
        else:
            _make(order, known, made.impossible, words, quiet=quiet, as_json=as_json)


def _make(order: Order, town: Town, impossible: int, words: Language, *, quiet: bool, as_json: bool) -> None:
    """Run a plan, showing its progress; exit code 1 when a finding could not be made or a number cannot be right."""
    from sozialanalyse.batch import run_plan  # noqa: PLC0415 - heavy

    with progress(words, quiet=quiet, as_json=as_json) as report:
        outcome = run_plan(order, checker(town), report)
    say_outcome(outcome, words, quiet=quiet, as_json=as_json)
    _say_impossible(impossible, words)
    if impossible or outcome.failures:
        raise typer.Exit(1)


def _say_impossible(number: int, words: Language) -> None:
    """Say that numbers cannot be right; the pages are made all the same, since one slip must not hold up a night."""
    if number:
        said = words.plural(
            "{count} number cannot be right; sozialanalyse check says which",
            "{count} numbers cannot be right; sozialanalyse check says which",
            number,
        )
        typer.echo(said, err=True)
