"""The command ``run``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sozialanalyse.cli.application import app
from sozialanalyse.cli.facts import facts_of
from sozialanalyse.cli.noticing import LogOption, NotifyOption, logged, noted
from sozialanalyse.cli.options import (
    AudienceName,
    AudienceOption,
    ClusterOption,
    DeadlineOption,
    DownloadsOption,
    DryRunOption,
    EngineOption,
    ForceOption,
    JsonOption,
    KeepDaysOption,
    KeepOption,
    LanguageName,
    LedgerOption,
    OnlyLanguageOption,
    OnlyOption,
    OutputOption,
    PdfOption,
    PlanOption,
    QuietOption,
    RawOption,
    TownOption,
    WorkersOption,
)
from sozialanalyse.cli.previewing import say_preview
from sozialanalyse.cli.printing import beside, say_printed
from sozialanalyse.cli.speaking import errors_said, progress, say_outcome
from sozialanalyse.cli.towns import notebooks, notices_of, plan_of, require_raw, static_of, town_folder
from sozialanalyse.cli.watching import SettleOption, WatchOption, watch_instead
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from sozialanalyse.batch import Order, Outcome
    from sozialanalyse.batch.archive import Retention
    from sozialanalyse.schedule.recording import Recording
    from sozialanalyse.town import Town


@app.command()
def run(  # noqa: PLR0913, PLR0917 - one parameter an option
    town: TownOption = None,
    raw: RawOption = None,
    plan: PlanOption = None,
    only: OnlyOption = None,
    audience: AudienceOption = AudienceName.public,
    language: OnlyLanguageOption = None,
    workers: WorkersOption = None,
    ledger: LedgerOption = None,
    keep: KeepOption = 10,
    keep_days: KeepDaysOption = 400,
    deadline: DeadlineOption = 300,
    engine: EngineOption = None,
    cluster: ClusterOption = None,
    output: OutputOption = Path("outputs"),
    dry_run: DryRunOption = False,
    force: ForceOption = False,
    downloads: DownloadsOption = True,
    pdf: PdfOption = False,
    notify: NotifyOption = None,
    log: LogOption = None,
    watch: WatchOption = False,
    settle: SettleOption = 10.0,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make findings: run the notebooks of a plan and publish their pages."""
    spoken, folder = language or LanguageName.de, town_folder(town)
    words = Language(spoken.value)
    with (
        logged(log),
        errors_said(spoken),
        noted(output, folder, audience.value, spoken, notify, only_look=dry_run or watch) as note,
    ):
        if watch:
            watch_instead(folder, [raw, plan], ledger, words, settle=settle, quiet=quiet)
        order = _order(folder, raw, plan, output, audience, language, ledger)
        order = replace(order, only=tuple(only or ()), force=force, for_all=downloads)
        order = replace(order, workers=workers, deadline=deadline, engine=engine and engine.value, cluster=cluster)
        order = replace(order, retention=_retention(keep, keep_days))
        _carry_out(order, words, note, dry_run=dry_run, pdf=pdf, quiet=quiet, as_json=as_json)


def _carry_out(
    order: Order, words: Language, note: Recording, *, dry_run: bool, pdf: bool, quiet: bool, as_json: bool
) -> None:
    """Make findings and, where that is asked for, print them; exit code 1 where something is amiss."""
    is_well = _run(order, words, note, dry_run=dry_run, quiet=quiet, as_json=as_json)
    if pdf and not dry_run:
        say_printed(order.output, beside(order.output), (), words, quiet=quiet or as_json)
    if not is_well:
        raise typer.Exit(1)


def _retention(count: int, days: int) -> Retention:
    from sozialanalyse.batch.archive import Retention  # noqa: PLC0415 - heavy

    return Retention(count, days)


def _order(
    town: Path,
    raw: Path | None,
    plan: Path | None,
    output: Path,
    audience: AudienceName,
    language: LanguageName | None,
    ledger: Path | None,
) -> Order:
    """Say what is made of what, for whom and where; refuse what is not there."""
    from sozialanalyse import batch  # noqa: PLC0415 - heavy

    require_raw(raw)
    return batch.Order(
        town=town,
        raw=raw,
        data="",
        plan=plan_of(town, plan),
        notebooks=notebooks(),
        output=output,
        audience=audience.value,
        language=None if language is None else language.value,
        ledger_folder=ledger,
    )


def _run(order: Order, words: Language, note: Recording, *, dry_run: bool, quiet: bool, as_json: bool) -> bool:
    """Have the town released and run the plan on what was, or say what would be made; false where something is amiss."""
    from sozialanalyse import batch  # noqa: PLC0415 - heavy

    expected = None if dry_run else batch.expected(order)
    if expected is None:
        batch.check_use(order)
    places = {"raw": order.raw, "ledger": order.ledger_folder}
    with batch.released(order.town, order.audience, **places, only_look=dry_run) as made:
        order = replace(
            order,
            data=made.sha256,
            release=made.file,
            number=made.number,
            ledger=made.ledger,
            impossible=made.impossible,
        )
        outcome = None if expected is None else batch.nothing_to_do(order, expected)
        if outcome is not None:
            return _came_of(outcome, order, words, note, quiet=quiet, as_json=as_json)
        order, known = _opened(order)
        if not dry_run:
            return _make(order, known, words, note, quiet=quiet, as_json=as_json)
        say_preview(batch.preview(order, facts_of(known)), words, as_json=as_json)
        return True


def _opened(order: Order) -> tuple[Order, Town]:
    """Open the Release, and say in the order what follows from it."""
    from sozialanalyse.disclosure.release_files import open_release  # noqa: PLC0415 - heavy

    assert order.release is not None
    known = open_release(order.release)
    notices = notices_of(known, order.audience, order.impossible)
    return replace(order, notices=notices, static=static_of(known, order.audience)), known


def _make(order: Order, town: Town, words: Language, note: Recording, *, quiet: bool, as_json: bool) -> bool:
    """Run a plan, showing its progress."""
    from sozialanalyse.batch import run_plan  # noqa: PLC0415 - heavy

    with progress(words, quiet=quiet, as_json=as_json) as report:
        outcome = run_plan(order, facts_of(town), note.hearing(report))
    return _came_of(outcome, order, words, note, quiet=quiet, as_json=as_json)


def _came_of(outcome: Outcome, order: Order, words: Language, note: Recording, *, quiet: bool, as_json: bool) -> bool:
    """Say what came of a run; false when a finding could not be made or a number cannot be right."""
    note.came_of(outcome, order.impossible)
    say_outcome(outcome, words, quiet=quiet, as_json=as_json)
    _say_impossible(order.impossible, words)
    return not (order.impossible or outcome.failures)


def _say_impossible(number: int, words: Language) -> None:
    """Say that numbers cannot be right; the pages are made all the same, since one slip must not hold up a night."""
    if number:
        said = words.plural(
            "{count} number cannot be right; sozialanalyse check says which",
            "{count} numbers cannot be right; sozialanalyse check says which",
            number,
        )
        typer.echo(said, err=True)
