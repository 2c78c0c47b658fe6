"""What is hidden: for the house how a Release for the public would look and why, for readers how much of a page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from sozialanalyse.amounts import MISSING, NOT_APPLICABLE, SUPPRESSED
from sozialanalyse.disclosure.costs import OTHERS, WHY
from sozialanalyse.disclosure.preview import Preview, preview
from sozialanalyse.disclosure.release import UNPROTECTED
from sozialanalyse.findings import _keys
from sozialanalyse.findings._table import Table
from sozialanalyse.findings.display import Shown, nothing, paragraphs
from sozialanalyse.language import EN_DASH, Language, without_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from sozialanalyse.disclosure.costs import Costs
    from sozialanalyse.disclosure.release import Release
    from sozialanalyse.language import LanguageCode
    from sozialanalyse.loading import TownData
    from sozialanalyse.quality import Examined
    from sozialanalyse.view import View

WHY_LABELS = {
    "marked": "marked by the deliverer",
    "single_building": "points to a building",
    "public_denominator_too_small": "of too small a group",
    "too_few": "too few",
    "saturated": "all of a group",
    "complement_too_few": "too few are left out",
    "dominance": "one contributor dominates",
    "p_percent": "a contributor can be estimated",
    OTHERS: "protects others",
}
"""Why a count is hidden, as headings of columns."""

EXCLUDED_LABELS = {
    "denominator_below_k": "belongs to a group whose size everybody knows and which is too small itself",
    "marked": "its deliverer has published the mark and its bounds",
    "published_elsewhere": "an earlier release has shown it",
}
"""Why the promise excludes a count."""

METHOD_LABELS = {
    "optimal": "proven: at most 5 % more is hidden than must be",
    "heuristic": "safe; whether less would do was not found out in time",
}
"""How a table was protected."""

INDICATOR_LABELS = (
    "Indicator",
    "Areas",
    "Date",
    "There are",
    "Without value",
    "Share of residents",
    "People counted there",
)
EXCLUDED_HEAD_LABELS = ("Measure", "Why", "Counts")
PART_LABELS = ("Measures", "Tables", "Counts and differences", "Hidden", "Result", "More than must be, at most")


REFUSED_MESSAGES = {
    True: "Nothing can be released to the public: these counts cannot be protected, whatever is hidden besides.",
    False: "Nothing can be released to the public until these faults are mended.",
}
"""How a refusal begins, by whether it is that something cannot be protected."""


def of_public_release(examined: Examined, language: LanguageCode, file: str | Path = "") -> Shown:
    """Show to the house what the public would not see, why, and what that costs; or why nothing can be released.

    Parameters
    ----------
    examined
        Result of :func:`sozialanalyse.quality.examine`; where it has faults, nothing is shown.
    language
        Of the page.
    file
        File of the town's Release for the public; default: the one kept since it was last made, or one is made.
    """
    words, data = Language(language), examined.data
    if data is None or examined.faults:
        return nothing()
    found = preview(data, file)
    if found.faults:
        return _refused(found, words)
    if found.release is None or found.costs is None:
        message = (
            "No release for the public has been made of these data yet, and the town is too large to make one for this page. Once pages "
            "for the public have been made (sozialanalyse run), it stands here what is hidden."
        )
        return paragraphs([words.text(message)])
    release, costs = found.release, found.costs
    parts = [
        paragraphs(_summary(release, costs, words)),
        _indicators(costs, data, words),
        _folded(words.text("Hidden counts by measure and date"), _by_date(costs, data, words)),
        _folded(words.text("Why counts are hidden"), _by_reason(costs, data, words)),
        _folded(words.text("How it was protected"), _by_part(release, data, words)),
        _folded(words.text("What the promise excludes"), _excluded(release, data, words)),
    ]
    shown = [part for part in parts if part is not None]
    return Shown(Markup("").join(part.html for part in shown), "\n\n".join(part.text for part in shown))


def _refused(found: Preview, words: Language) -> Shown:
    """Say why nothing can be released, with the cells and what would help."""
    first = REFUSED_MESSAGES[found.refused]
    return paragraphs([words.text(first), *(fault.describe(words.text) for fault in found.faults)])


def _summary(release: Release, costs: Costs, words: Language) -> list[str]:
    """Say in a few sentences how much is hidden and how near the least possible that is."""
    cells, hidden = (int(costs.tables[name].sum()) for name in ("cells", "hidden"))
    if not hidden:
        return [words.text("Nothing would be hidden from the public.")]
    own = hidden - int(costs.tables[OTHERS].sum())
    methods = [part.method for part in release.about.hiding]
    values = {"hidden": hidden, "cells": cells, "own": own, "others": hidden - own}
    parts = {"optimal": methods.count("optimal"), "all": len(methods)}
    message = (
        "Of {cells} counts that are not public anyway, {hidden} would be hidden ({share}): {own} because of what they count, "
        "{others} to protect those."
    )
    return [
        words.text(message, share=words.percent(100 * hidden / cells), **_written(values, words)),
        words.text(
            "Counts that sums tie together are protected together: for {optimal} of {all} such tables it is proven that at most 5 % more is "
            "hidden than must be.",
            **_written(parts, words),
        ),
        words.text(
            "The protection holds against people, too, who know all that is published and one of the hidden counts."
        ),
    ]


def _written(values: dict[str, int], words: Language) -> dict[str, str]:
    return {name: words.number(value) for name, value in values.items()}


def _indicators(costs: Costs, data: TownData, words: Language) -> Shown | None:
    """Tabulate for the last date of each indicator for how many areas and people there is no value."""
    rows = costs.indicators
    rows = rows[rows["period_end"] == rows.groupby("indicator")["period_end"].transform("max")]
    rows = rows[rows["hidden"] > 0]
    if rows.empty:
        return None
    levels = {level.id: words.of(level.plural) for level in data.file.levels}
    lines = [
        [
            words.of(data.catalogue.indicator(str(row["indicator"])).label),
            levels[str(row["level"])],
            words.date(row["period_end"]),
            words.number(row["areas"]),
            words.number(row["hidden"]),
            words.percent(100 * row["residents"]),
            words.number(row["people"]),
        ]
        for row in rows.to_dict("records")
    ]
    notes = [
        words.text("Only indicators with hidden values, each on its last date."),
        words.text("Share of residents: of the town's people, those who live in areas without a value."),
        words.text("People counted there: how many the hidden numerators count, where the house knows them."),
    ]
    return _table(words.text("What the public would not see"), INDICATOR_LABELS, lines, words, range(3, 7), notes)


def _by_date(costs: Costs, data: TownData, words: Language) -> Shown | None:
    """Tabulate how many of all counts are hidden: a measure a row, a date a column; only measures of which some are."""
    tables = costs.tables[costs.tables.groupby("measure")["hidden"].transform("sum") > 0]
    if tables.empty:
        return None
    tables = tables.assign(date=_columns(tables, words)).sort_values("period_end", kind="stable")
    sums = tables.groupby(["measure", "date"])[["hidden", "cells"]].sum()
    said = (sums["hidden"].map(words.number) + "/" + sums["cells"].map(words.number)).unstack()
    ordered = said[tables["date"].unique()].fillna(EN_DASH)
    lines = [
        [_measure(str(name), data, words), *map(str, line)]
        for name, line in zip(ordered.index, ordered.to_numpy().tolist(), strict=True)
    ]
    notes = [words.text("So many are hidden, of so many counts of areas on all levels; a dash: nothing delivered.")]
    headings = ["Measure", *ordered.columns]
    return _table(
        words.text("Hidden counts by measure and date"), headings, lines, words, range(1, len(headings)), notes
    )


def _columns(tables: pd.DataFrame, words: Language) -> pd.Series:
    """Name the date of each row: by its year, where no measure has two dates in one."""
    years = tables["period_end"].dt.year
    if not tables.assign(year=years).duplicated(["measure", "year"]).any():
        return years.astype(str)
    return tables["period_end"].map(words.date)


def _by_reason(costs: Costs, data: TownData, words: Language) -> Shown | None:
    """Tabulate why counts are hidden, each counted once; only the reasons that occur."""
    sums = costs.tables.groupby("measure")[["hidden", *WHY]].sum()
    sums = sums[sums["hidden"] > 0]
    if sums.empty:
        return None
    occurring = [name for name in WHY if sums[name].any()]
    lines = [
        [_measure(str(name), data, words), *(words.number(row[column]) for column in ("hidden", *occurring))]
        for name, row in zip(sums.index, sums.to_dict("records"), strict=True)
    ]
    headings = ["Measure", "Hidden", *(WHY_LABELS[name] for name in occurring)]
    notes = [
        words.text(
            "A count with several reasons stands under the first. The reasons are for the house: published, they would tell which counts are small."
        )
    ]
    return _table(words.text("Why counts are hidden"), headings, lines, words, range(1, len(headings)), notes)


def _by_part(release: Release, data: TownData, words: Language) -> Shown | None:
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
            ", ".join(_measure(name, data, words) for name in str(row["measures"]).split(", ")),
            *(words.number(row[name]) for name in ("tables", "cells", "hidden")),
            words.text(METHOD_LABELS.get(str(row["method"]), str(row["method"]))),
            words.percent(100 * row["gap"], 0),
        ]
        for row in together.to_dict("records")
    ]
    return _table(words.text("How it was protected"), PART_LABELS, lines, words, frozenset({1, 2, 3, 5}))


def _excluded(release: Release, data: TownData, words: Language) -> Shown | None:
    """Tabulate what the promise excludes and why."""
    if not release.about.excluded:
        return None
    counts = Counter((entry.measure, entry.reason) for entry in release.about.excluded)
    lines = [
        [_measure(measure, data, words), words.text(EXCLUDED_LABELS[reason]), words.number(count)]
        for (measure, reason), count in sorted(counts.items())
    ]
    notes = [words.text("Of these nothing exact becomes known, and nothing narrower than what everybody knows anyway.")]
    return _table(words.text("What the promise excludes"), EXCLUDED_HEAD_LABELS, lines, words, range(2, 3), notes)


def _measure(name: str, data: TownData, words: Language) -> str:
    return words.of(data.catalogue.measure(name).label)


def _table(
    caption: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    words: Language,
    numeric: Collection[int],
    notes: Sequence[str] = (),
) -> Shown:
    table = Table(caption, [words.text(heading) for heading in headings], rows, frozenset(numeric), notes)
    return Shown(table.html(), table.text())


def _folded(title: str, shown: Shown | None) -> Shown | None:
    """Fold a table behind its title."""
    if shown is None:
        return None
    return Shown(Markup("<details><summary>{}</summary>{}</details>").format(title, shown.html), shown.text)


def on_this_page(view: View, rows: pd.DataFrame) -> Shown:
    """Say how many of a page's values are hidden, what that means, and where the method is described.

    Parameters
    ----------
    view
        The view.
    rows
        The rows that the page is made of: of an indicator frame, or the areas of a comparison.

    Returns
    -------
    Shown
        Nothing on pages for those who see the counts themselves.
    """
    if view.town.audience in {None, UNPROTECTED} or not view.indicators:
        return nothing()
    on_page = rows[rows["area"].isin({view.town.areas.root, view.area, *view.members})]
    there = on_page[~on_page["status"].isin([MISSING, NOT_APPLICABLE])]
    texts = _said(view, int((there["status"] == SUPPRESSED).sum()), len(there))
    items = Markup("").join(Markup("<li>{}</li>").format(text) for text in texts)
    return Shown(Markup("<ul>{}</ul>").format(items), "\n".join(map(without_keys, texts)))


def _said(view: View, hidden: int, there: int) -> list[str]:
    words = view.words
    described = words.text(
        "How it is decided what is kept confidential, what is promised and what is not, is described in the documentation of this program under "
        "disclosure control (docs/disclosure.md)."
    )
    if not hidden:
        return [words.text("No value of this page is kept confidential."), described]
    numbers = {
        "hidden": _keys.number(view, hidden, "found", "hidden"),
        "there": _keys.number(view, there, "shown", "all"),
    }
    return [
        words.text("Kept confidential are {hidden} of the {there} values that this page could show.", **numbers),
        words.text(
            "Confidential does not mean zero and does not mean not delivered: there is a number, but it is not shown, since it, or another "
            "one that could be computed from it, tells too much about too few people."
        ),
        described,
    ]
