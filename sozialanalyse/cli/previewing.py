"""How a dry run speaks: what the choices of a plan came to, what would be made and why, and how many of each.

With ``--json`` each choice is a line with ``entry, key, target_group, chosen, unknown, of``, and each finding one with
``id, address, language, why, changed, what, parameters``; keys may be added, none is taken away.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import typer

from sozialanalyse.cli.speaking import say_json
from sozialanalyse.schedule.words import REASONS as REASONS_TO_MAKE
from sozialanalyse.schedule.words import changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialanalyse.batch import Selection, Step
    from sozialanalyse.language import Language

REASONS = {
    **REASONS_TO_MAKE,
    "unchanged": "unchanged",
    "withdrawn": "withdrawn",
    "not chosen": "not chosen",
}
"""How each :attr:`.Step.why` and each of :attr:`.Step.changed` is said."""


def say_preview(steps: Sequence[Step], words: Language, *, as_json: bool) -> None:
    """Say what a batch would make, and why.

    Parameters
    ----------
    steps
        All runs of the plan, those included that are not made.
    words
        The language that it is said in.
    as_json
        Whether lines are for programs.
    """
    selections = dict.fromkeys(selection for step in steps for selection in step.run.selections)
    if as_json:
        _as_json(selections, steps)
        return
    for selection in selections:
        typer.echo(_choice(selection, words), err=True)
    for step in steps:
        typer.echo(f"{step.run.id:<32} {step.run.address:<40} {reason(step, words)}")
    typer.echo(_summary(steps, words), err=True)


def _as_json(selections: Sequence[Selection] | dict[Selection, None], steps: Sequence[Step]) -> None:
    for found in selections:
        about = {"entry": found.entry, "key": found.key, "target_group": found.target_group}
        say_json(**about, chosen=list(found.values), unknown=list(found.unknown), of=found.of)
    for step in steps:
        run, made = step.run, {"why": step.why, "changed": list(step.changed), "what": dict(step.what)}
        say_json(id=run.id, address=run.address, language=run.language, **made, parameters=dict(run.parameters))


def reason(step: Step, words: Language) -> str:
    """Say why a finding is made, or is not; of one that failed before also what has changed since."""
    changed = changes(step.changed, step.what, words)
    if step.why == "changed":
        return ", ".join(changed)
    return ", ".join([words.text(REASONS[step.why]), *(changed if step.is_due else [])])


def _choice(found: Selection, words: Language) -> str:
    """Say what a choice came to, and what was left out as nobody may know whether it fits."""
    message = "{entry}, {key}: {count} of {of} chosen: {chosen}"
    key = found.key if found.target_group is None else f"{found.key} ({found.target_group})"
    values = {"entry": found.entry, "key": key, "count": len(found.values), "of": found.of}
    said = words.text(message, **values, chosen=", ".join(found.values))
    if not found.unknown:
        return said
    return f"{said}; {words.text('left out, as hidden or missing: {unknown}', unknown=', '.join(found.unknown))}"


def _summary(steps: Sequence[Step], words: Language) -> str:
    """Count the findings by the reason why they are made, or are not."""
    counted = Counter(reason(step, words) for step in steps)
    total = words.plural("{count} finding", "{count} findings", len(steps))
    return f"{total}: {', '.join(f'{count} {why}' for why, count in counted.items())}"
