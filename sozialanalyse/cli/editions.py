"""The commands ``editions``, ``rollback`` and ``withdraw``: what was published, and how it is taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sozialanalyse.cli.application import app
from sozialanalyse.cli.options import JsonOption, LanguageName, LanguageOption, LedgerOption, TownOption
from sozialanalyse.cli.speaking import errors_said, from_here, say_json
from sozialanalyse.cli.towns import town_folder
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from sozialanalyse.batch.archive import Edition

OutputOption = Annotated[Path, typer.Option("--output", metavar="DIR", help="Folder of the pages.")]
OUTPUTS = Path("outputs")


@app.command()
def editions(
    output: OutputOption = OUTPUTS, as_json: JsonOption = False, language: LanguageOption = LanguageName.de
) -> None:
    """List the public edition and the earlier ones that are kept."""
    with errors_said(language):
        from sozialanalyse.batch import standing  # noqa: PLC0415 - heavy

        words = Language(language.value)
        for place, edition in enumerate(standing.editions(output)):
            if as_json:
                say_json(**_as_json(edition, is_public=place == 0))
            else:
                typer.echo(_line(edition, words, is_public=place == 0))


def _as_json(edition: Edition, *, is_public: bool) -> dict[str, object]:
    manifest = edition.manifest
    return {
        "number": edition.number,
        "public": is_public,
        "ran": None if edition.ran is None else edition.ran.isoformat(timespec="seconds"),
        "pages": sum(entry.sha256 is not None for entry in manifest.findings),
        "release": None if manifest.release is None else manifest.release.number,
        "status": manifest.status,
        "restored": edition.restored,
        "withdrawn": list(manifest.withdrawn),
    }


def _line(edition: Edition, words: Language, *, is_public: bool) -> str:
    """Say of an edition its number, date, pages, release and status."""
    manifest, text = edition.manifest, words.text
    pages = sum(entry.sha256 is not None for entry in manifest.findings)
    said = [
        text("edition {number}", number=edition.number),
        "-" if edition.ran is None else f"{edition.ran.astimezone():%Y-%m-%d %H:%M}",
        words.plural("{count} page", "{count} pages", pages),
        text("release {number}", number=manifest.release.number) if manifest.release else text("no release"),
        {"whole": text("complete"), "incomplete": text("incomplete")}[manifest.status],
    ]
    if edition.restored is not None:
        said.append(text("edition {number} put back", number=edition.restored))
    if manifest.withdrawn:
        said.append(text("withdrawn: {findings}", findings=", ".join(manifest.withdrawn)))
    return f"{'*' if is_public else ' '} {' · '.join(said)}"


@app.command()
def rollback(
    edition: Annotated[
        int | None, typer.Argument(help="Its number; default: the last one.", show_default=False)
    ] = None,
    output: OutputOption = OUTPUTS,
    language: LanguageOption = LanguageName.de,
) -> None:
    """Put an earlier edition back, if it passes the audit together with what was public since."""
    with errors_said(language):
        from sozialanalyse.batch import rollback as restoring  # noqa: PLC0415 - heavy

        words = Language(language.value)
        number = restoring.rollback(output, edition, words)
        typer.echo(words.text("edition {number} is public again", number=number), err=True)


@app.command()
def withdraw(
    finding: Annotated[str, typer.Argument(help="Id of the finding.", metavar="FINDING")],
    reason: Annotated[str, typer.Option(help="Why, in words for the readers of the page.", metavar="TEXT")] = "",
    restore: Annotated[bool, typer.Option("--restore", help="Lift a withdrawal: the next run makes it again.")] = False,
    output: OutputOption = OUTPUTS,
    town: TownOption = None,
    ledger: LedgerOption = None,
    language: LanguageOption = LanguageName.de,
) -> None:
    """Take a finding back at once: a dated notice stands in its place until it is restored."""
    with errors_said(language):
        from sozialanalyse.batch import withdrawing  # noqa: PLC0415 - heavy
        from sozialanalyse.batch.withdrawals import LEDGER  # noqa: PLC0415 - heavy

        words, folder = Language(language.value), town_folder(town)
        book = ledger or folder / LEDGER
        if restore:
            withdrawing.restore(output, finding, town=folder, ledger=book)
            said = words.text("{finding} is made again by the next run", finding=finding)
        else:
            notice = withdrawing.withdraw(output, finding, reason, town=folder, ledger=book)
            said = words.text("{finding} is withdrawn: {page}", finding=finding, page=from_here(notice))
        typer.echo(said, err=True)
