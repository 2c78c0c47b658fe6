"""What stands out among many areas and indicators, as sentences and a short table in the order of the area numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from sozialanalyse.comparison.noticeable import CHANGE, LEVEL, RELEVANT
from sozialanalyse.findings import _keys, signs, words
from sozialanalyse.findings._table import Table, in_two_lines
from sozialanalyse.findings.display import Shown, nothing
from sozialanalyse.language import NO_BREAK_SPACE, key, keyed

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
    family, tested = result.family, result.summary.set_index("kind")["tested"]
    return view.words.text(
        "Number of indicators: {indicators}, of areas ({level}): {areas}. {levels} values and {changes} changes could be tested.",
        indicators=_keys.number(view, len(family.indicators), "indicators"),
        areas=_keys.number(view, len(family.areas), "areas", view.area, family.level),
        level=view.level_name(family.level, plural=True),
        levels=_keys.number(view, tested[LEVEL], "tested", LEVEL),
        changes=_keys.number(view, tested[CHANGE], "tested", CHANGE),
    )


def _outcome(view: View, row: pd.Series) -> str:
    """Say how many values or changes stand out, and which share of them is expected to be false."""
    if not row.reported:
        return view.words.text(_NOTHING_VERDICTS[row.kind])
    message = _VERDICTS[row.kind]
    share = keyed(view.words.percent(100 * row.false_share, 0), key("constant", "false_share"))
    return view.words.text(message, count=_keys.number(view, row.reported, "reported", row.kind), share=share)


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
    remark = signs.reservation(view, row.reliability)
    own, rest = _own_and_rest(view, row)
    difference = words.change(view, row.indicator, row.difference, key=_key(row, "difference"))
    low, high = (
        words.signed(view, row[limit], view.decimals(row.indicator), key=_key(row, f"difference_{limit}"))
        for limit in ("lower", "upper")
    )
    return [
        _keys.area(view, row.area),
        in_two_lines(words.with_unit(view, row.indicator), _when(view, row)),
        in_two_lines(own, remark) if remark else own,
        rest,
        in_two_lines(difference, view.words.text("{low} to {high}", low=low, high=high)),
    ]


def _when(view: View, row: pd.Series) -> str:
    first, last = (_keys.date(view.words, row[end]) for end in ("first_end", "last_end"))
    return last if row.kind == LEVEL else view.words.text("change from {first} to {last}", first=first, last=last)


def _own_and_rest(view: View, row: pd.Series) -> tuple[str, str]:
    """Write the area's value or change, and that of the town without it."""
    name, keys = row.indicator, {"own": _key(row, _OWN[row.kind]), "reference_value": _key(row, "rest")}
    if row.kind == LEVEL:
        own, rest = (view.amount(name, row[column], key=keys[column]) for column in keys)
    else:
        own, rest = (words.signed(view, row[column], view.decimals(name), key=keys[column]) for column in keys)
    return own, rest


_OWN = {LEVEL: "value", CHANGE: "change"}
_OF_CHANGES = {"rest": "rest_change", "change": "change"}
"""Statistics of an area's own number and of changes."""


def _key(row: pd.Series, statistic: str) -> str:
    """Key of a number of a test: of levels at its last date, of changes between its dates."""
    if row.kind == LEVEL:
        return key(statistic, row.indicator, row.area, row.last_end)
    return _keys.of_change(_OF_CHANGES.get(statistic, f"change_{statistic}"), row)


def _note_on_left_out(view: View, shown: int, left_out: int) -> str:
    if not left_out:
        return ""
    message = "The {shown} clearest of {all} are shown, in the order of the areas."
    found = _keys.number(view, shown + left_out, "found")
    return view.words.text(message, shown=_keys.number(view, shown, "shown"), all=found)


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
    unsigned = words.change(view, row.indicator, row.margin).lstrip("+")
    amount, blank, unit = unsigned.partition(NO_BREAK_SPACE)
    return f"{keyed(amount, key('margin', row.indicator))}{blank}{unit}"


def _note_on_neutral(view: View, rows: pd.DataFrame) -> str:
    """Say which indicators describe only."""
    names = [name for name in rows["indicator"].unique() if view.indicator(name).direction == "neutral"]
    if not names:
        return ""
    message = "Listed as a difference, without any judgement: {indicators}."
    return view.words.text(message, indicators=view.words.listing([view.label(name) for name in names]))
