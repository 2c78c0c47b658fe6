"""What stands out among many areas and indicators, as sentences and a short table in the order of the area numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from sozialanalyse.comparison.noticeable import CHANGE, LEVEL, RELEVANT
from sozialanalyse.findings import signs, words
from sozialanalyse.findings._table import Table, in_two_lines
from sozialanalyse.findings.display import Shown, nothing

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.comparison.noticeable import Noticeable
    from sozialanalyse.view import View

MOST_ROWS = 25
"""So many rows a reader takes in; of more, the clearest are shown, and it is said."""


def noticeable(view: View, result: Noticeable) -> Shown:
    """Say how many of how many tests stand out and how many of them are false ones, and show them in the order of areas.

    Parameters
    ----------
    view
        Whose target group, level and language count.
    result
        Result of :func:`sozialanalyse.comparison.noticeable.find`.
    """
    if not result.summary["tested"].sum():
        return nothing()
    sentences = [_tested(view, result), *(_outcome(view, row) for _, row in result.summary.iterrows() if row.tested)]
    paragraph = Markup("<p>{}</p>").format(" ".join(sentences))
    text = " ".join(sentences)
    if result.found.empty:
        return Shown(paragraph, text)
    table = _table(view, result)
    return Shown(paragraph + table.html(), f"{text}\n\n{table.text()}")


def _tested(view: View, result: Noticeable) -> str:
    """Say what was looked at: the family, declared before."""
    number, tested = view.words.number, result.summary.set_index("kind")["tested"]
    return view.words.text(
        "Number of indicators: {indicators}, of areas ({level}): {areas}. {levels} values and {changes} changes could be tested.",
        indicators=number(len(result.family.indicators)),
        areas=number(len(result.family.areas)),
        level=view.level_name(result.family.level, plural=True),
        levels=number(tested[LEVEL]),
        changes=number(tested[CHANGE]),
    )


def _outcome(view: View, row: pd.Series) -> str:
    """Say how many values or changes stand out, and which share of them is expected to be false."""
    if not row.reported:
        return view.words.text(_NOTHING_VERDICTS[row.kind])
    message = _VERDICTS[row.kind]
    share = view.words.percent(100 * row.false_share, 0)
    return view.words.text(message, count=view.words.number(row.reported), share=share)


_NOTHING_VERDICTS = {
    LEVEL: "No value stands out.",
    CHANGE: "No change stands out.",
}
_VERDICTS = {
    LEVEL: "Values that stand out: {count}. In such lists at most {share} of the entries are due to chance, on average.",
    CHANGE: "Changes that stand out: {count}. In such lists at most {share} of the entries are due to chance, on average.",
}
"""Message ids by what was looked at."""


def _table(view: View, result: Noticeable) -> Table:
    text = view.words.text
    rows, left_out = _shown(result)
    return Table(
        caption=text("What stands out: {level}", level=view.level_name(result.family.level, plural=True)),
        headings=[
            view.level_name(result.family.level),
            text("Indicator"),
            text("Value or change"),
            text("Rest of the town"),
            text("Difference with 95 % interval"),
        ],
        rows=[_row(view, row) for _, row in rows.iterrows()],
        numeric=frozenset({2, 3, 4}),
        notes=[
            _note_on_left_out(view, len(rows), left_out),
            *_notes_on_methods(view, rows),
            signs.explain_reliability(view, rows["reliability"]),
            _note_on_neutral(view, rows),
        ],
    )


def _shown(result: Noticeable) -> tuple[pd.DataFrame, int]:
    """Rows in the order of areas; of many the clearest, whichever way they depart."""
    rows, keys = result.in_order_of_areas, ["kind", "indicator", "area"]
    clearest = result.found.head(MOST_ROWS)[keys]
    shown = rows.merge(clearest, on=keys)
    return shown, len(rows) - len(shown)


def _row(view: View, row: pd.Series) -> list[str]:
    name, date = row.indicator, view.words.date
    decimals = view.decimals(name)
    remark = signs.reservation(view, row.reliability)
    if row.kind == LEVEL:
        when, own, rest = date(row.last_end), view.amount(name, row.own), view.amount(name, row.reference_value)
    else:
        when = view.words.text("change from {first} to {last}", first=date(row.first_end), last=date(row.last_end))
        own, rest = (words.signed(view, value, decimals) for value in (row.own, row.reference_value))
    low, high = (words.signed(view, limit, decimals) for limit in (row.lower, row.upper))
    limits = view.words.text("{low} to {high}", low=low, high=high)
    return [
        signs.plain(view.area_name(row.area)),
        in_two_lines(view.words.text("{label}, {unit}", label=view.label(name), unit=view.unit(name)), when),
        in_two_lines(own, remark) if remark else own,
        rest,
        in_two_lines(words.change(view, name, row.difference), limits),
    ]


def _note_on_left_out(view: View, shown: int, left_out: int) -> str:
    if not left_out:
        return ""
    message = "Shown are the {shown} clearest of {all}, in the order of the areas."
    return view.words.text(message, shown=view.words.number(shown), all=view.words.number(shown + left_out))


def _notes_on_methods(view: View, rows: pd.DataFrame) -> list[str]:
    """Say against what was tested."""
    notes = []
    declared = rows.loc[rows["method"] == RELEVANT, ["indicator", "margin"]].drop_duplicates()
    if len(declared):
        margins = [f"{view.label(row.indicator)} {_margin(view, row)}" for _, row in declared.iterrows()]
        message = "Held against the smallest relevant difference that was declared: {margins}."
        notes.append(view.words.text(message, margins=view.words.listing(margins)))
    if (rows["method"] != RELEVANT).any():
        message = "Held against the spread of the areas of this town: listed is what is unusual among them."
        if notes:
            message = (
                "Otherwise held against the spread of the areas of this town: listed is what is unusual among them."
            )
        notes.append(view.words.text(message))
    return notes


def _margin(view: View, row: pd.Series) -> str:
    return words.change(view, row.indicator, row.margin).lstrip("+")


def _note_on_neutral(view: View, rows: pd.DataFrame) -> str:
    """Say which indicators describe only."""
    names = [name for name in rows["indicator"].unique() if view.indicator(name).direction == "neutral"]
    if not names:
        return ""
    message = "Listed as a difference, without any judgement: {indicators}."
    return view.words.text(message, indicators=view.words.listing([view.label(name) for name in names]))
