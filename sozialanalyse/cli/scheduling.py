"""The command ``schedule``: prints a unit for the scheduler of the machine, ready to be put in its place."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sozialanalyse.cli.application import app
from sozialanalyse.cli.noticing import NotifyOption
from sozialanalyse.cli.options import AudienceName, LanguageName, LedgerOption, RawOption, TownOption
from sozialanalyse.cli.speaking import errors_said, from_here
from sozialanalyse.cli.towns import plan_of, require_raw, root, town_folder
from sozialanalyse.errors import UsageError
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sozialanalyse.schedule.job import Job

SYSTEM = {
    "cron": "A line for a crontab.",
    "systemd": "A service and a timer for systemd.",
    "windows": "A task for the Windows Task Scheduler (XML).",
    "airflow": "A DAG for Apache Airflow.",
}


@app.command()
def schedule(  # noqa: PLR0913, PLR0917 - one parameter an option
    town: TownOption = None,
    raw: RawOption = None,
    plan: Annotated[Path | None, typer.Option(help="The plan; default: the town's, else the standard plan.")] = None,
    audience: Annotated[AudienceName, typer.Option(help="For whom the pages are.")] = AudienceName.public,
    ledger: LedgerOption = None,
    output: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the pages.")] = Path("outputs"),
    time: Annotated[str, typer.Option("--time", metavar="HH:MM", help="When, every day.")] = "02:30",
    notify: NotifyOption = None,
    account: Annotated[
        str | None, typer.Option("--user", metavar="NAME", help="The account that runs it; default: yours.")
    ] = None,
    into: Annotated[Path | None, typer.Option("--into", metavar="DIR", help="Write files there instead.")] = None,
    language: Annotated[LanguageName | None, typer.Option("--language", help="As for run.")] = None,
    cron: Annotated[bool, typer.Option("--cron", help=SYSTEM["cron"])] = False,
    systemd: Annotated[bool, typer.Option("--systemd", help=SYSTEM["systemd"])] = False,
    windows: Annotated[bool, typer.Option("--windows", help=SYSTEM["windows"])] = False,
    airflow: Annotated[bool, typer.Option("--airflow", help=SYSTEM["airflow"])] = False,
    more: Annotated[list[str] | None, typer.Argument(metavar="-- OPTIONS", help="Further options of run.")] = None,
) -> None:
    """Print a ready unit that makes the findings every day: name one of the schedulers."""
    chosen = {"cron": cron, "systemd": systemd, "windows": windows, "airflow": airflow}
    spoken = language or LanguageName.de
    with errors_said(spoken):
        require_raw(raw)
        folder = town_folder(town)
        places = {"--raw": raw, "--plan": None if plan is None else plan_of(folder, plan), "--ledger": ledger}
        given = {"--language": language and language.value, "--notify": notify}
        options = (*_options(places, given), *(more or ()))
        job = _job(folder, output, time, audience=audience.value, ledger=ledger, account=account, options=options)
        written = _written(_only_one(chosen), job)
    _give(written, into, job, Language(spoken.value))


def _options(places: Mapping[str, Path | None], given: Mapping[str, str | None]) -> list[str]:
    """Write the options for ``run``, each path whole."""
    whole = {name: str(path.resolve()) for name, path in places.items() if path is not None}
    return [word for name, value in {**whole, **given}.items() if value for word in (name, value)]


def _job(town: Path, output: Path, time: str, *, ledger: Path | None, account: str | None, **more: Any) -> Job:
    from sozialanalyse.schedule.job import Job, clock, program  # noqa: PLC0415 - heavy

    return Job(
        program=program(),
        folder=root().resolve(),
        town=town.resolve(),
        output=output.resolve(),
        time=clock(time),
        ledger=ledger and ledger.resolve(),
        account=account or _own_account(),
        **more,
    )


def _own_account() -> str:
    """Name the account that is at work; the administrator is none that findings should be made by."""
    name = getpass.getuser()
    return "" if name == "root" else name


def _only_one(chosen: dict[str, bool]) -> str:
    named = [name for name, is_chosen in chosen.items() if is_chosen]
    if len(named) != 1:
        message = "name one scheduler: {allowed}"
        raise UsageError(message, allowed=", ".join(f"--{name}" for name in chosen))
    return named[0]


def _written(system: str, job: Job) -> dict[str, bytes]:
    """Write the files of a scheduler by their names."""
    from sozialanalyse.schedule import airflow, cron, systemd, windows  # noqa: PLC0415 - heavy

    if system == "windows":
        return {f"{job.name}.xml": windows.task(job)}
    if system == "systemd":
        texts = systemd.units(job)
    elif system == "cron":
        texts = {f"{job.name}.cron": cron.crontab(job)}
    else:
        texts = {f"{job.name.replace('-', '_')}.py": airflow.dag(job)}
    return {name: text.encode() for name, text in texts.items()}


def _give(written: dict[str, bytes], into: Path | None, job: Job, words: Language) -> None:
    """Print the files, each under its name where there are several, or put them into a folder."""
    if not job.output.parent.is_dir():
        said = words.text(
            "make this folder before the first run, writable for the account: {folder}", folder=job.output.parent
        )
        typer.echo(said, err=True)
    for name, content in written.items():
        if into is not None:
            into.mkdir(parents=True, exist_ok=True)
            (into / name).write_bytes(content)
            typer.echo(words.text("written: {file}", file=from_here(into / name)), err=True)
        else:
            if len(written) > 1:
                typer.echo(f"# {name}")
            typer.echo(content, nl=False)
