"""The report of a town's data: what was delivered, what is missing, what is odd, what was corrected and what breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from sozialanalyse.findings import _odd
from sozialanalyse.findings._table import Table
from sozialanalyse.findings.display import METADATA, Shown, folded, nothing, paragraphs, stacked
from sozialanalyse.language import EN_DASH, Language
from sozialanalyse.loading.totals import AREAS
from sozialanalyse.quality import SEVERITIES, coverage
from sozialanalyse.quality.matrix import ABSENT, COMPLETE, EMPTY

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sozialanalyse.language import LanguageCode
    from sozialanalyse.loading import Delivery, TownData
    from sozialanalyse.quality import Examined, Irregularity

MANY_ROWS = 200
"""A table shows so many rows; of the rest it says the number."""

SEVERITY_LABELS = {
    "error": "Errors: these numbers cannot be right",
    "warning": "Warnings: these numbers may be right, but somebody should look",
    "note": "Notes",
}

DELIVERY_LABELS = ("File", "Source", "Delivered", "Written in", "Rows")
SEPARATOR_LABELS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
BREAK_LABELS = ("From", "What changed", "Trends", "Indicators")
ODD_LABELS = ("Where", "What was found", "Likely repair")
REVISION_LABELS = ("Area", "Measure", "Date", "Earlier value", "New value", "Earlier delivery", "New delivery")
CORRECTION_LABELS = ("Area", "Measure", "Date", "Delivered value", "Corrected value", "Reason", "Decided by")
OF_LABELS = {True: "areas", False: "ages and sexes"}
TREND_LABELS = {True: "stop", False: "go on"}
GAP_LABELS = ("Area", "Measure", "Date", "Sum of", "Total", "Sum", "Difference")


def opening(examined: Examined, language: LanguageCode) -> Shown:
    """Open the report: title, data state and the verdict in one sentence."""
    words, data = Language(language), examined.data
    name = examined.folder if data is None else data.file.name
    state = EN_DASH if data is None else words.date(data.counts["period_end"].max())
    metadata = {
        "title": words.text("Data quality"),
        "town": name,
        "area": name,
        "target_group": words.text("Data quality"),
        "data_state": state,
        "summary": verdict(examined, words),
        "synthetic": data is not None and data.file.confidentiality == "synthetic",
        "notices": [words.text("For those who keep the data: the page names single counts and is not for sharing.")],
    }
    return Shown(Markup(""), f"{metadata['title']}: {name}\n{state}", {METADATA: metadata})


def verdict(examined: Examined, words: Language) -> str:
    """Say in one sentence how the data look."""
    if examined.faults:
        count = len(examined.faults)
        return words.plural("{count} fault in the files", "{count} faults in the files", count)
    numbers = {severity: words.number(len(examined.of(severity))) for severity in SEVERITIES}
    return words.text("Errors: {error}, warnings: {warning}, notes: {note}", **numbers)


def faults(examined: Examined, language: LanguageCode) -> Shown:
    """List the faults of the files, each with file, row and area."""
    words = Language(language)
    if not examined.faults:
        return nothing()
    said = [fault.describe(words.text) for fault in examined.faults]
    message = "The files of the town have faults; until they are mended nothing else can be checked."
    return paragraphs([words.text(message), *said] if examined.data is None else said)


def deliveries(examined: Examined, language: LanguageCode) -> Shown:
    """List the tables that were read: how they were written, from whom and when they came."""
    words, data = Language(language), examined.data
    if data is None or not data.deliveries:
        return nothing()
    rows = [
        [
            one.file if one.sheet is None else f"{one.file} [{one.sheet.strip()}]",
            words.of(data.file.sources[one.source].name),
            words.date(one.delivered) if one.delivered else EN_DASH,
            _written(one, words),
            words.number(one.rows),
        ]
        for one in data.deliveries
    ]
    return _table(words, words.text("What was delivered"), DELIVERY_LABELS, rows, numeric={4})


def _written(one: Delivery, words: Language) -> str:
    """Say how a text file is written, and what of it was detected."""
    if one.encoding is None:
        return EN_DASH
    separator = words.text(SEPARATOR_LABELS.get(one.separator or "", one.separator or ""))
    parts = {"encoding": one.encoding, "separator": separator}
    return ", ".join(
        words.text("{found} (detected)", found=found) if key in one.detected else found for key, found in parts.items()
    )


def completeness(examined: Examined, language: LanguageCode) -> Shown:
    """Show for each measure and date how many areas of each level have all that was delivered for others."""
    words, data = Language(language), examined.data
    if data is None:
        return nothing()
    matrix = coverage(data)
    labels = {level.id: words.of(level.plural) for level in data.file.all_levels}
    parts = [
        _coverage_of(words, labels[str(level)], rows, data)
        for level, rows in matrix.groupby("level", sort=False, observed=True)
    ]
    return stacked(parts)


def _coverage_of(words: Language, level: str, rows: pd.DataFrame, data: TownData) -> Shown:
    """Lay out one level: a measure a row, a date a column, and in the cells how many areas are complete."""
    by_cell = rows.groupby(["measure", "period_end"], observed=True)["status"]
    said = by_cell.agg(lambda states: _filled(states, words)).unstack(fill_value=EN_DASH)
    headings = [words.text("Measure"), *(words.date(pd.Timestamp(date)) for date in said.columns)]
    labels = [words.of(data.catalogue.measure(str(name)).label) for name in said.index]
    cells = [[label, *map(str, line)] for label, line in zip(labels, said.to_numpy().tolist(), strict=True)]
    table = Table(
        caption=words.text("Complete areas: {level}", level=level),
        headings=headings,
        rows=cells,
        numeric=frozenset(range(1, len(headings))),
        notes=[
            words.text("So many areas have all ages and sexes, of so many that existed; a dash: nothing delivered.")
        ],
    )
    return folded(level, table.shown())


def _filled(states: pd.Series, words: Language) -> str:
    there = int((states == COMPLETE).sum())
    if not there and bool(states.isin([ABSENT, EMPTY]).all()):
        return EN_DASH
    return f"{words.number(there)}/{words.number(len(states))}"


def irregularities(examined: Examined, language: LanguageCode) -> Shown:
    """List what is odd by its severity: what, where, and the likely repair."""
    words = Language(language)
    found = [(severity, examined.of(severity)) for severity in SEVERITIES]
    parts = [_of_severity(words, severity, ones, examined.data) for severity, ones in found if ones]
    if not parts:
        return nothing() if examined.data is None else paragraphs([words.text("Nothing odd was found.")])
    return stacked(parts)


def _of_severity(words: Language, severity: str, found: Sequence[Irregularity], data: TownData | None) -> Shown:
    title = f"{words.text(SEVERITY_LABELS[severity])} ({words.number(len(found))})"
    rows = [
        [_odd.where(one, data, words) or EN_DASH, _odd.what(one, data, words), _odd.repair(one, data, words)]
        for one in found
    ]
    return folded(title, _table(words, title, ODD_LABELS, rows), is_open=severity != "note")


def revisions(examined: Examined, language: LanguageCode) -> Shown:
    """List counts that a later delivery changed."""
    words, data = Language(language), examined.data
    if data is None or data.revisions.empty:
        return nothing()
    rows = [
        [
            str(row["area"]),
            str(row["measure"]),
            words.date(row["period_end"]),
            words.number(row["old_value"]),
            words.number(row["new_value"]),
            f"{row['old_file']}:{row['old_row']}",
            f"{row['new_file']}:{row['new_row']}",
        ]
        for row in _records(data.revisions)
    ]
    return _table(words, words.text("Revisions: the later delivery is used"), REVISION_LABELS, rows, numeric={3, 4})


def corrections(examined: Examined, language: LanguageCode) -> Shown:
    """List the corrections that the town declares, with who decided them and why."""
    words, data = Language(language), examined.data
    if data is None or not data.corrections:
        return nothing()
    rows = [
        [one.area, one.measure, one.date, one.old, one.new, one.reason, f"{one.who}, {words.date(one.decided)}"]
        for one in data.corrections
    ]
    return _table(words, words.text("Corrections in use"), CORRECTION_LABELS, rows, numeric={3, 4})


def gaps(examined: Examined, language: LanguageCode) -> Shown:
    """Show where delivered totals and the sum of their parts differ."""
    words, data = Language(language), examined.data
    if data is None or data.gaps.empty:
        return nothing()
    rows = [
        [
            data.areas.name(str(row["area"])),
            str(row["measure"]),
            words.date(row["period_end"]),
            words.text(OF_LABELS[row["of"] == AREAS]),
            words.number(row["total"]),
            words.number(row["parts"]),
            words.number(row["gap"]),
        ]
        for row in _records(data.gaps)
    ]
    caption = words.text("Totals that are not the sum of their parts; the delivered total is used")
    return _table(words, caption, GAP_LABELS, rows, numeric={4, 5, 6})


def breaks(examined: Examined, language: LanguageCode) -> Shown:
    """List the breaks that are declared for what was delivered; trends stop there."""
    words, data = Language(language), examined.data
    if data is None:
        return nothing()
    rows = [
        [words.date(date), note, words.text(TREND_LABELS[stops]), words.listing(labels)]
        for (date, note, stops), labels in sorted(_breaks(data, words).items())
    ]
    return _table(words, words.text("Changed ways of counting"), BREAK_LABELS, rows) if rows else nothing()


def _breaks(data: TownData, words: Language) -> dict[tuple[dt.date, str, bool], list[str]]:
    """Gather the indicators of each break, so that one that concerns several is said once."""
    delivered = set(data.counts["measure"])
    found: dict[tuple[dt.date, str, bool], list[str]] = {}
    for indicator in data.catalogue.indicators:
        if all(part.measure in delivered for part in indicator.amounts.values()):
            for entry in data.catalogue.breaks_of(indicator):
                key = (entry.date, words.of(entry.note), entry.stops_trend)
                found.setdefault(key, []).append(words.of(indicator.short))
    return found


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]  # the columns are text
    return records


def _table(
    words: Language,
    caption: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: set[int] | frozenset[int] = frozenset(),
) -> Shown:
    """Write a table with translated headings, cut where it gets too long for a page."""
    more = len(rows) - MANY_ROWS
    notes = [words.text("... and {count} more", count=words.number(more))] if more > 0 else []
    titles = [words.text(heading) for heading in headings]
    table = Table(caption, titles, rows[:MANY_ROWS], frozenset(numeric), notes)
    return table.shown()
