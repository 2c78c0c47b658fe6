"""What is hidden: for the house how a Release for the public would look and why, for readers how much of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from sozialanalyse.amounts import MISSING, NOT_APPLICABLE, SUPPRESSED
from sozialanalyse.disclosure.costs import OTHERS, WHY
from sozialanalyse.disclosure.preview import Preview, preview
from sozialanalyse.disclosure.release import UNPROTECTED
from sozialanalyse.findings import _keys
from sozialanalyse.findings._protection_tables import altered, by_part, excluded, measure_name, table, without_insiders
from sozialanalyse.findings.display import Shown, folded, nothing, paragraphs, stacked
from sozialanalyse.language import EN_DASH, Language, without_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pandas as pd

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

INDICATOR_LABELS = (
    "Indicator",
    "Areas",
    "Date",
    "There are",
    "Without value",
    "Share of residents",
    "People counted there",
)


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
        _folded(words.text("How it was protected"), by_part(release, data, words)),
        _folded(words.text("What the promise excludes"), excluded(release, data, words)),
        _folded(words.text("Where one hidden count may tell another"), without_insiders(release, data, words)),
        _folded(words.text("Shown otherwise than counted"), altered(release, data, words)),
    ]
    return stacked(part for part in parts if part is not None)


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
        _against_insiders(release, words),
    ]


def _against_insiders(release: Release, words: Language) -> str:
    """Say against whom the protection holds, and that there are tables for which it does not."""
    without = sum(not part.insider for part in release.about.hiding)
    if not without:
        return words.text(
            "The protection holds against people, too, who know all that is published and one of the hidden counts."
        )
    return words.text(
        "The protection holds against people, too, who know all that is published and one of the hidden counts, but for {without} of {all} "
        "tables: there a mark of the deliverer, or what was published before, makes that impossible. They are listed below.",
        **_written({"without": without, "all": len(release.about.hiding)}, words),
    )


def _written(values: dict[str, int], words: Language) -> dict[str, str]:
    return {name: words.number(value) for name, value in values.items()}


def _indicators(costs: Costs, data: TownData, words: Language) -> Shown | None:
    """Tabulate for the last date of each indicator for how many areas and people there is no value."""
    rows = costs.indicators
    rows = rows[rows["period_end"] == rows.groupby("indicator")["period_end"].transform("max")]
    rows = rows[rows["hidden"] > 0]
    if rows.empty:
        return None
    levels = {level.id: words.of(level.plural) for level in data.file.all_levels}
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
    return table(words.text("What the public would not see"), INDICATOR_LABELS, lines, words, range(3, 7), notes)


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
        [measure_name(str(name), data, words), *map(str, line)]
        for name, line in zip(ordered.index, ordered.to_numpy().tolist(), strict=True)
    ]
    notes = [words.text("So many are hidden, of so many counts of areas on all levels; a dash: nothing delivered.")]
    headings = ["Measure", *ordered.columns]
    return table(
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
        [measure_name(str(name), data, words), *(words.number(row[column]) for column in ("hidden", *occurring))]
        for name, row in zip(sums.index, sums.to_dict("records"), strict=True)
    ]
    headings = ["Measure", "Hidden", *(WHY_LABELS[name] for name in occurring)]
    notes = [
        words.text(
            "A count with several reasons stands under the first. The reasons are for the house: published, they would tell which counts are small."
        )
    ]
    return table(words.text("Why counts are hidden"), headings, lines, words, range(1, len(headings)), notes)


def _folded(title: str, shown: Shown | None) -> Shown | None:
    """Fold a table behind its title, where there is one."""
    return None if shown is None else folded(title, shown)


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
    texts = [*_said(view, int((there["status"] == SUPPRESSED).sum()), len(there)), *_otherwise(view, on_page)]
    items = Markup("").join(Markup("<li>{}</li>").format(text) for text in texts)
    return Shown(Markup("<ul>{}</ul>").format(items), "\n".join(map(without_keys, texts)))


def _otherwise(view: View, rows: pd.DataFrame) -> Iterator[str]:
    """Say of the measures of a page which are not shown as they were counted, or not carried over as they could be."""
    about = getattr(view.town, "about", None)
    names = {str(name) for name in rows["indicator"].unique()}
    used = {amount.measure for name in names for amount in view.indicator(name).amounts.values()}
    if about is None:
        return
    methods = {entry.measure: entry.method for entry in about.altered if entry.measure in used}
    for method, message in OTHERWISE_MESSAGES.items():
        if measures := sorted(name for name, how in methods.items() if how == method):
            yield view.words.text(message, measures=_labels(view, measures))
    moved = [name for name in about.without_shares if name in used]
    if moved and view.town.delivered is not None:
        yield view.words.text(
            "Counts from before a change of boundaries are carried over by the residents, not by the shares of their own: {measures}. Those "
            "shares are the first counts on the new boundaries in other words, and would tell hidden ones.",
            measures=_labels(view, moved),
        )


OTHERWISE_MESSAGES = {
    "rounding": "Shown are rounded numbers, not those that were counted: {measures}.",
    "cell_key": "Shown are numbers with small random noise, not those that were counted, so that sums need not be exact: {measures}.",
}
"""What readers are told of measures that are altered, by method."""


def _labels(view: View, measures: Iterable[str]) -> str:
    return view.words.listing([view.words.of(view.town.catalogue.measure(name).label) for name in measures])


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
