"""What was delivered, in a few lines: the answer of ``sozialanalyse check`` where nothing is wrong."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sozialanalyse.amounts import MISSING, SUPPRESSED
from sozialanalyse.errors import MANY_FAULTS
from sozialanalyse.findings import _odd
from sozialanalyse.findings.pages import unavailable
from sozialanalyse.language import without_keys
from sozialanalyse.loading.appearance import placeholders
from sozialanalyse.loading.totals import AREAS, CELLS
from sozialanalyse.quality import SEVERITIES
from sozialanalyse.town import Town

if TYPE_CHECKING:
    from sozialanalyse.language import Language
    from sozialanalyse.loading import TownData
    from sozialanalyse.quality import Examined, Irregularity, Severity

SEVERITY_LABELS: dict[Severity, str] = {"error": "Error", "warning": "Warning"}
"""What is named line by line; notes stand in the report."""


def faults(examined: Examined, words: Language) -> list[str]:
    """Name every fault of the files, and of the counts every error and the first warnings, with their likely repair.

    Parameters
    ----------
    examined
        Result of :func:`sozialanalyse.quality.examine`.
    words
        Language of the lines.
    """
    lines = [fault.describe(words.text) for fault in examined.faults]
    line = partial(_line, data=examined.data, words=words)
    for severity, title in SEVERITY_LABELS.items():
        found = examined.of(severity)
        lines += [f"{words.text(title)}: {said}" for said in map(line, found[:MANY_FAULTS])]
        if len(found) > MANY_FAULTS:
            lines.append(words.text("... and {count} more", count=len(found) - MANY_FAULTS))
    return [*lines, *_placeholders(examined.data, words)]


def _placeholders(data: TownData | None, words: Language) -> list[str]:
    """Name what town.yml still leaves to be filled in of what pages say of their publisher."""
    found = placeholders(data.file) if data is not None else ()
    message = "'{found}' looks like a placeholder; readers would see it on every page"
    return [f"{words.text('Warning')}: town.yml, {key}: {words.text(message, found=text)}" for key, text in found]


def _line(one: Irregularity, data: TownData | None, words: Language) -> str:
    said = f"{_odd.where(one, data, words)}: {_odd.what(one, data, words)}"
    return said if one.repair is None else f"{said} ({_odd.repair(one, data, words)})"


def summary(examined: Examined, words: Language) -> list[str]:
    """Say what a town has delivered, what cannot be shown for want of it, and where totals and areas differ.

    Parameters
    ----------
    examined
        Result of :func:`sozialanalyse.quality.examine`; nothing is said where there are faults.
    words
        Language of the lines.
    """
    if examined.data is None or examined.faults:
        return []
    town = Town(examined.data)
    return [*_counts(town, words), *_odd_ones(examined, words), *_indicators(town, words), *_gaps(town, words)]


def _odd_ones(examined: Examined, words: Language) -> list[str]:
    numbers = {severity: words.number(len(examined.of(severity))) for severity in SEVERITIES}
    return [words.text("Errors: {error}, warnings: {warning}, notes: {note}", **numbers)]


def _counts(town: Town, words: Language) -> list[str]:
    counts = town.counts
    ends = counts["period_end"]
    message = "{town}: {counts} counts of {measures} measures, {first} to {last}, for {areas} areas."
    lines = [
        words.text(
            message,
            town=town.name,
            counts=words.number(len(counts)),
            measures=words.number(counts["measure"].nunique()),
            first=words.date(ends.min()),
            last=words.date(ends.max()),
            areas=words.number(counts["area"].nunique()),
        )
    ]
    hidden = {state: int((counts["status"] == state).sum()) for state in (MISSING, SUPPRESSED)}
    message = "Not delivered: {missing} counts; kept confidential by the deliverer: {suppressed}."
    return [*lines, words.text(message, **{state: words.number(number) for state, number in hidden.items()})]


def _indicators(town: Town, words: Language) -> list[str]:
    """Name for each target group how many of its indicators can be shown, and why not the others."""
    lines = []
    for group in town.catalogue.target_groups:
        shown = len(town.indicators_of(group.id))
        values = {
            "group": words.of(group.label),
            "shown": words.number(shown),
            "all": words.number(len(group.indicators)),
        }
        lines.append(words.text("{group}: {shown} of {all} indicators", **values))
        lines += [f"  - {without_keys(text)}" for text in unavailable(town, group.id, words)]
    return lines


def _gaps(town: Town, words: Language) -> list[str]:
    """Say by how much delivered totals differ from the sum of their parts, for each measure."""
    return [
        words.text(
            _GAP_MESSAGES[str(of)],
            measure=words.of(town.catalogue.measure(str(measure)).label),
            count=words.number(len(rows)),
            gap=words.number(rows["gap"].abs().max()),
        )
        for (measure, of), rows in town.data.gaps.groupby(["measure", "of"], observed=True)
    ]


_GAP_MESSAGES = {
    AREAS: "{measure}: {count} delivered totals differ from the sum of their areas, by at most {gap}.",
    CELLS: "{measure}: {count} delivered totals differ from the sum of their ages and sexes, by at most {gap}.",
}
