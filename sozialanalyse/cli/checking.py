"""The commands ``check`` and ``import``: what is in a delivery, and how it becomes counts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sozialanalyse.cli.application import app
from sozialanalyse.cli.options import AudienceName, LanguageName, LanguageOption, RawOption, TownOption
from sozialanalyse.cli.speaking import errors_said, from_here
from sozialanalyse.cli.towns import QUALITY_PLAN, notebooks, require_raw, town_folder
from sozialanalyse.errors import UsageError
from sozialanalyse.language import Language


@app.command()
def check(
    town: TownOption = None,
    raw: RawOption = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write the report as a page, too.", metavar="FILE.html")
    ] = None,
    language: LanguageOption = LanguageName.de,
) -> None:
    """Check a town's files: say every fault and every odd number with file, row and area, and what was delivered."""
    folder, words = town_folder(town), Language(language.value)
    with errors_said(language):
        from sozialanalyse import quality  # noqa: PLC0415 - heavy
        from sozialanalyse.findings import delivery  # noqa: PLC0415 - heavy

        require_raw(raw)
        examined = quality.examine(folder, raw)
        if report is not None:
            _write_report(folder, raw, report, language)
    for line in delivery.faults(examined, words):
        typer.echo(line, err=True)
    for line in delivery.summary(examined, words):
        typer.echo(line)
    if report is not None:
        typer.echo(words.text("written: {file}", file=from_here(report)))
    if examined.has_errors:
        raise typer.Exit(1)


def _write_report(folder: Path, raw: Path | None, report: Path, language: LanguageName) -> None:
    """Run the notebook of the report and put its page where it is wanted."""
    from sozialanalyse import batch  # noqa: PLC0415 - heavy
    from sozialanalyse.batch.store.trees import hand_over  # noqa: PLC0415 - heavy, as the batch is

    order = batch.Order(
        town=folder,
        raw=raw,
        data="",
        plan=notebooks() / QUALITY_PLAN,
        notebooks=notebooks(),
        output=report.parent,
        audience=AudienceName.statistics_unit.value,
        language=language.value,
    )
    page = batch.single_page(order)
    report.parent.mkdir(parents=True, exist_ok=True)
    hand_over(report, page)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A delivery that nobody has described yet.", metavar="FILE")],
    town: Annotated[Path, typer.Option("--town", help="Folder of the town; made where there is none.", metavar="DIR")],
    language: LanguageOption = LanguageName.de,
) -> None:
    """Look at an unknown file and write a first mapping of it, with every guess as a line to be checked."""
    with errors_said(language):
        from sozialanalyse.loading.drafting import draft  # noqa: PLC0415 - heavy

        words = Language(language.value)
        drafted = draft(file, town, words.text)
        for name, text in drafted.files.items():
            _write_new(town / name, text)
            typer.echo(words.text("written: {file}", file=from_here(town / name)))
    if not drafted.is_new_town:
        typer.echo(words.text("Add this line to mappings in town.yml: - {mapping}", mapping=drafted.mapping))
    command = f"sozialanalyse check --town {from_here(town)} --raw {from_here(file.resolve().parent)}"
    typer.echo(words.text("Check its lines, then: {command}", command=command))


def _write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet; one that is there stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        message = "the file {file} is already there and was not changed"
        raise UsageError(message, file=path.name) from None
