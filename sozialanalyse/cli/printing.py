"""The command ``pdf``: published findings for paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sozialanalyse.cli.application import app
from sozialanalyse.cli.editions import OUTPUTS, OutputOption
from sozialanalyse.cli.options import LanguageName, LanguageOption
from sozialanalyse.cli.speaking import errors_said, from_here
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from collections.abc import Collection

IntoOption = Annotated[
    Path | None,
    typer.Option("--into", metavar="DIR", help="Folder for the files; default: that of the pages with .pdf."),
]
FindingsOption = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="ID", help="Only this finding, or these: trend-*; can be repeated."),
]


@app.command()
def pdf(
    output: OutputOption = OUTPUTS,
    into: IntoOption = None,
    only: FindingsOption = None,
    language: LanguageOption = LanguageName.de,
) -> None:
    """Print the published findings as tagged PDF; needs Chromium."""
    with errors_said(language):
        say_printed(output, into or beside(output), only or (), Language(language.value), quiet=False)


def beside(output: Path) -> Path:
    """Name the folder for the PDF files of a folder of pages: beside it, for in it stands only what was audited."""
    return output.with_name(f"{output.resolve().name}.pdf")


def say_printed(output: Path, into: Path, only: Collection[str], words: Language, *, quiet: bool) -> None:
    """Print, and say how many."""
    from sozialanalyse.batch.printing import print_pages  # noqa: PLC0415 - heavy

    printed, there = print_pages(output, into, only)
    if not quiet:
        message = "{printed} printed, {there} in all: {folder}"
        typer.echo(words.text(message, printed=printed, there=there, folder=from_here(into)), err=True)
