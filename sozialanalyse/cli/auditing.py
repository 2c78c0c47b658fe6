"""The command ``audit``: attacks a published folder with what everybody can know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sozialanalyse.cli.application import app
from sozialanalyse.cli.options import LanguageName, LanguageOption
from sozialanalyse.cli.speaking import errors_said
from sozialanalyse.language import Language


@app.command()
def audit(
    output: Annotated[Path, typer.Argument(help="The published folder.", metavar="OUTPUT_DIR")],
    knowledge: Annotated[
        list[Path] | None,
        typer.Option("--knowledge", help="Cells that somebody knows besides, as in cells.csv.", metavar="FILE.csv"),
    ] = None,
    earlier: Annotated[
        list[Path] | None,
        typer.Option("--earlier", help="Folder of an earlier edition, which everybody has.", metavar="DIR"),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Write the whole report as JSON.")] = False,
    language: LanguageOption = LanguageName.de,
) -> None:
    """Attack the published files with what everybody can know; exit 1 if a protected cell is disclosed."""
    words = Language(language.value)
    with errors_said(language):
        from sozialanalyse.audit import audit_folder  # noqa: PLC0415 - heavy

        report = audit_folder(output, knowledge or [], earlier or [])
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in report.lines(words.text):
            typer.echo(line)
    if not report.is_safe:
        raise typer.Exit(1)
