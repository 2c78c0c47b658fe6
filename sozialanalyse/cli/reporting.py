"""The command ``report``: what the last run did, to read or as a mail."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sozialanalyse.cli.application import app
from sozialanalyse.cli.options import LanguageName
from sozialanalyse.cli.speaking import errors_said
from sozialanalyse.errors import UsageError
from sozialanalyse.language import Language


@app.command()
def report(
    output: Annotated[
        str, typer.Argument(help="Folder of the pages, or - for a record on standard input.", metavar="OUTPUT_DIR|-")
    ] = "outputs",
    mail: Annotated[
        list[str] | None,
        typer.Option("--mail", metavar="ADDRESS", help="Write a whole mail for sendmail -t; can be repeated."),
    ] = None,
    sender: Annotated[str | None, typer.Option("--from", metavar="ADDRESS", help="With --mail: who sends it.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write the record, without what must not leave the house.")
    ] = False,
    language: Annotated[
        LanguageName | None, typer.Option("--language", help="Language of the summary; default: that of the run.")
    ] = None,
) -> None:
    """Say what the last run did: what is new, what failed and why, how long it took."""
    with errors_said(language or LanguageName.de):
        from sozialanalyse.batch.publishing import LOGS  # noqa: PLC0415 - heavy
        from sozialanalyse.schedule import mail as mails  # noqa: PLC0415 - heavy
        from sozialanalyse.schedule.record import last_record, read_record  # noqa: PLC0415 - heavy

        folder = Path(output).resolve()
        logs = folder.with_name(folder.name + LOGS)
        record = read_record(sys.stdin.buffer.read().decode()) if output == "-" else last_record(logs)
        words = Language(language.value if language else record.language)
        if mail:
            try:
                written = mails.message(record, words, mail, sender)
            except ValueError as error:
                message = "an address of the mail is wrong: {reason}"
                raise UsageError(message, reason=error) from None
    if mail:
        typer.echo(written, nl=False)
    elif as_json:
        typer.echo(record.to_share().text(), nl=False)
    else:
        typer.echo(mails.summary(record, words), nl=False)
