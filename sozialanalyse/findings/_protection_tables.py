"""Tables for the house: how a Release was protected, what the promise excludes, and what is shown otherwise than counted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from sozialanalyse.findings._table import Table
from sozialanalyse.language import EN_DASH

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sozialanalyse.disclosure.release import Release
    from sozialanalyse.findings.display import Shown
    from sozialanalyse.language import Language
    from sozialanalyse.loading import TownData

EXCLUDED_LABELS = {
    "denominator_below_k": "belongs to a group whose size everybody knows and which is too small itself",
    "marked": "its deliverer has published the mark and its bounds",
    "published_elsewhere": "an earlier release has shown it",
}
"""Why the promise excludes a count."""

ALTERED_LABELS = {"rounding": "rounded", "cell_key": "with small random noise"}
"""How a measure is shown otherwise than it was counted."""

METHOD_LABELS = {
    "optimal": "proven: at most 5 % more is hidden than must be",
    "heuristic": "safe; whether less would do was not found out in time",
}
"""How a table was protected."""

EXCLUDED_HEAD_LABELS = ("Measure", "Why", "Lies between", "Counts")
INSIDER_LABELS = ("Measures", "Date")
ALTERED_HEAD_LABELS = ("Measure", "Method", "Changed", "Off on average", "Off at most", "Sums hold")
PART_LABELS = ("Measures", "Tables", "Counts and differences", "Hidden", "Result", "More than must be, at most")


def by_part(release: Release, data: TownData, words: Language) -> Shown | None:
    """Tabulate the tables that were protected, those of the same measures together, and how near the least possible that is."""
    parts = pd.DataFrame([part.model_dump() for part in release.about.hiding if part.hidden])
    if parts.empty:
        return None
    parts = parts.astype({"gap": float})
    together = parts.groupby(["measures", "method"], as_index=False).agg(
        tables=("cells", "size"), cells=("cells", "sum"), hidden=("hidden", "sum"), gap=("gap", "max")
    )
    lines = [
        [
            ", ".join(measure_name(name, data, words) for name in str(row["measures"]).split(", ")),
            *(words.number(row[name]) for name in ("tables", "cells", "hidden")),
            words.text(METHOD_LABELS.get(str(row["method"]), str(row["method"]))),
            words.percent(100 * row["gap"], 0),
        ]
        for row in together.to_dict("records")
    ]
    return table(words.text("How it was protected"), PART_LABELS, lines, words, frozenset({1, 2, 3, 5}))


def excluded(release: Release, data: TownData, words: Language) -> Shown | None:
    """Tabulate what the promise excludes and why."""
    if not release.about.excluded:
        return None
    counts = Counter((entry.measure, entry.reason) for entry in release.about.excluded)
    lines = [
        [
            measure_name(measure, data, words),
            words.text(EXCLUDED_LABELS[reason]),
            _known_bounds(release, measure, reason, words),
            words.number(count),
        ]
        for (measure, reason), count in sorted(counts.items())
    ]
    notes = [
        words.text("Of these nothing exact becomes known, and nothing narrower than what everybody knows anyway."),
        words.text(
            "Lies between: what the mark itself says; of several marks added up it says more, and then the widest is given."
        ),
    ]
    return table(words.text("What the promise excludes"), EXCLUDED_HEAD_LABELS, lines, words, range(2, 4), notes)


def _known_bounds(release: Release, measure: str, reason: str, words: Language) -> str:
    """Write between what the marks of a measure say that its counts lie: the least and the greatest of all."""
    marks = [entry for entry in release.about.excluded if (entry.measure, entry.reason) == (measure, reason)]
    least, greatest = ([getattr(mark, name) for mark in marks] for name in ("least", "greatest"))
    if any(end is None for end in (*least, *greatest)):
        return EN_DASH
    return f"{words.number(min(least))}{EN_DASH}{words.number(max(greatest))}"


def without_insiders(release: Release, data: TownData, words: Language) -> Shown | None:
    """List the tables in which somebody who knows one hidden count may know another."""
    parts = [part for part in release.about.hiding if not part.insider]
    if not parts:
        return None
    lines = [
        [
            ", ".join(measure_name(name, data, words) for name in part.measures.split(", ")),
            EN_DASH if part.period_end is None else words.date(pd.Timestamp(part.period_end)),
        ]
        for part in parts
    ]
    return table(words.text("Where one hidden count may tell another"), INSIDER_LABELS, lines, words, ())


def altered(release: Release, data: TownData, words: Language) -> Shown | None:
    """Tabulate what is rounded or noisy, and how far what is shown is from what was counted."""
    if not release.about.altered:
        return None
    lines = [
        [
            measure_name(entry.measure, data, words),
            words.text(ALTERED_LABELS[entry.method]),
            words.percent(100 * entry.changed, 0),
            words.number(entry.mean, 1),
            words.number(entry.largest),
            words.text("yes") if entry.additive else words.text("no"),
        ]
        for entry in release.about.altered
    ]
    return table(words.text("Shown otherwise than counted"), ALTERED_HEAD_LABELS, lines, words, range(2, 5))


def measure_name(name: str, data: TownData, words: Language) -> str:
    """Name a measure of a town."""
    return words.of(data.catalogue.measure(name).label)


def table(
    caption: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    words: Language,
    numeric: Collection[int],
    notes: Sequence[str] = (),
) -> Shown:
    """Show rows as a table; ``numeric`` are the places of columns of numbers."""
    table = Table(caption, [words.text(heading) for heading in headings], rows, frozenset(numeric), notes)
    return table.shown()
