"""Tables: every value with its interval, what it is compared with, and the signs of what is no number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from sozialanalyse import comparison as relations
from sozialanalyse.findings import _keys, signs, words
from sozialanalyse.findings._cells import interval, relation, state, value, value_with_remark
from sozialanalyse.findings._crowded import note_on_others, shown_by_area
from sozialanalyse.findings._development_table import development
from sozialanalyse.findings._table import Table, in_two_lines, note_on_dashes
from sozialanalyse.findings.display import Shown, folded, nothing, stacked
from sozialanalyse.findings.noticeable import noticeable
from sozialanalyse.language import NO_BREAK_SPACE, NO_NUMBER, keyed

if TYPE_CHECKING:
    from sozialanalyse.comparison import Comparison
    from sozialanalyse.view import View

__all__ = ["comparison", "development", "key_figures", "noticeable"]

MOST_OPEN = 20
"""Up to so many areas the first table of a comparison is open from the start."""


def key_figures(view: View, compared: Comparison) -> Shown:
    """Show the value of the view's area, the range of its areas and the town's value, a row for each indicator.

    Parameters
    ----------
    view
        Whose area, target group and language count.
    compared
        Result of :func:`sozialanalyse.comparison.compare`.
    """
    rows = _summaries(view, compared)
    if not rows:
        return nothing()
    text = view.words.text
    with_town = view.area != view.town.areas.root
    headings = [
        text("Indicator"),
        f"Ø {_keys.area(view)}",
        text("95 % interval"),
        text("Range of the areas"),
        *([_keys.town(view)] if with_town else []),
        text("Numerator and denominator"),
    ]
    cells = [_key_figure(view, row, with_town=with_town) for row in rows]
    table = Table(
        caption=text("Key figures: {area}", area=_keys.area(view)),
        headings=headings,
        rows=cells,
        numeric=frozenset(range(1, len(headings))),
        notes=[
            _note_on_means(view, rows),
            signs.explain_reliability(view, [row.get("reliability") for row in rows]),
            signs.explain(view, map(state, rows)),
            signs.explain_marks(view, [row.get("mark") for row in rows]),
            signs.explain_converted(view, pd.DataFrame(rows)),
            *note_on_dashes(view.words, cells),
        ],
    )
    return table.shown()


def _summaries(view: View, compared: Comparison) -> list[pd.Series]:
    """Rows of a summary in reading order; their value is that of the view's area."""
    return words.in_reading_order(view, compared.summary.assign(area=view.area))


def _key_figure(view: View, row: pd.Series, *, with_town: bool) -> list[str]:
    name = row.indicator
    is_count = view.indicator(name).kind == "count"
    key_of_mean = _keys.of_level(view, "level_mean", row)
    mean = view.amount(name, row["mean"], key=key_of_mean) if is_count else value(view, row)
    remark = signs.reservation(view, row.get("reliability"))
    kind_of_mean = view.words.text("mean of the areas" if is_count else "from sums")
    values = signs.span(*words.ends_of_range(view, row))
    counts = [_count(view, row, column) for column in ("numerator", "denominator")]
    return [
        in_two_lines(words.with_unit(view, name), _moment(view, row)),
        in_two_lines(f"Ø{NO_BREAK_SPACE}{mean}", f"{kind_of_mean}, {remark}" if remark else kind_of_mean),
        interval(view, row),
        in_two_lines(f"({values})" if words.has_range(row) else NO_NUMBER, _range_of(view, row)),
        *([words.value_of_town(view, row)] if with_town else []),
        counts[0] if is_count else in_two_lines(*counts),
    ]


def _moment(view: View, row: pd.Series) -> str:
    """Write when the values of a summary's row were counted: 31.12.2013; im Schuljahr 2012/13."""
    return words.moment(view, row.period_kind, row.period_start, row.period_end)


def _count(view: View, row: pd.Series, column: str) -> str:
    return keyed(view.words.number(row[column]), _keys.of_area(column, row))


def _range_of(view: View, row: pd.Series) -> str:
    """Say over how many areas a range goes."""
    level = view.level_name(plural=True)
    areas = keyed(view.words.number(row.areas), _keys.of_level(view, "level_areas", row))
    if row.areas == row.areas_in_level:
        return view.words.text("{level}: {areas}", level=level, areas=areas)
    everywhere = keyed(view.words.number(row.areas_in_level), _keys.of_level(view, "level_all", row))
    return view.words.text("{level}: {areas} of {all}", level=level, areas=areas, all=everywhere)


def _note_on_means(view: View, rows: list[pd.Series]) -> str:
    text = view.words.text
    notes = [text("Ø from sums: the sum of the numerators over the sum of the denominators.")]
    if any(view.indicator(row.indicator).kind == "count" for row in rows):
        notes.append(text("Ø as mean of the areas: every area counts the same, whatever its size."))
    return " ".join(notes)


def comparison(view: View, compared: Comparison) -> Shown:
    """Show all compared areas in the order of their ids, a table that opens for each indicator.

    Parameters
    ----------
    view
        Whose target group and language count.
    compared
        Result of :func:`sozialanalyse.comparison.compare`.
    """
    summaries, count = _summaries(view, compared), compared.areas["area"].nunique()
    names = [row.indicator for row in summaries]
    chosen = shown_by_area(view, names, count)
    parts = []
    for number, summary in enumerate(row for row in summaries if row.indicator in chosen):
        areas = compared.areas[compared.areas["indicator"] == summary.indicator]
        table = _table_of_areas(view, areas, summary)
        is_open = number == 0 and len(areas) <= MOST_OPEN
        parts.append(folded(view.label(summary.indicator), table.shown(), is_open=is_open))
    if note := note_on_others(view, names, count):
        parts.append(Shown(Markup("<p class='note'>{}</p>").format(note), note))
    return stacked(parts)


def _table_of_areas(view: View, areas: pd.DataFrame, summary: pd.Series) -> Table:
    """One indicator: an area a row, the areas' common value and the town's below."""
    text = view.words.text
    name = summary.indicator
    rows = [_area(view, row) for _, row in areas.iterrows()]
    totals = [_total(view, _keys.area(view), summary)]
    if view.area != view.town.areas.root:
        totals += [_total(view, _keys.town(view), row) for row in _town(view, name, areas["period_end"].iloc[0])]
    return Table(
        caption=text(
            "{label} ({unit}), {level}, {date}",
            label=view.label(name),
            unit=view.unit(name),
            level=view.level_name(plural=True),
            date=_moment(view, summary),
        ),
        headings=[
            view.level_name(),
            text("Numerator"),
            text("Value"),
            text("95 % interval"),
            text("Compared with {town}", town=_keys.town(view)),
        ],
        rows=[*rows, *totals],
        numeric=frozenset({1, 2, 3}),
        notes=[
            _note_on_relations(view, areas),
            signs.explain_reliability(view, [*areas.get("reliability", []), summary.get("reliability")]),
            signs.explain(view, [*signs.states(areas), state(summary)]),
            signs.explain_marks(view, [*areas.get("mark", []), summary.get("mark")]),
            signs.explain_converted(view, areas),
            *note_on_dashes(view.words, [*rows, *totals]),
        ],
        totals=len(totals),
    )


def _area(view: View, row: pd.Series) -> list[str]:
    status = state(row)
    return [
        _keys.area(view, row.area),
        signs.MARKS.get(status) or _count(view, row, "numerator"),
        value_with_remark(view, row),
        interval(view, row),
        relation(view, row) if status not in signs.MARKS else NO_NUMBER,
    ]


def _town(view: View, indicator: str, date: pd.Timestamp) -> list[pd.Series]:
    """Row of the whole town at a date, if there is one."""
    frame = view.frame
    chosen = (frame["indicator"] == indicator) & (frame["area"] == view.town.areas.root) & (frame["period_end"] == date)
    return [row for _, row in frame[chosen].iterrows()]


def _total(view: View, name: str, row: pd.Series) -> list[str]:
    return [name, _count(view, row, "numerator"), value_with_remark(view, row), interval(view, row), ""]


def _note_on_relations(view: View, areas: pd.DataFrame) -> str:
    text = view.words.text
    notes = []
    if (areas["relation"] != relations.UNKNOWN).any():
        notes.append(text("Above, below: the interval of the area excludes the town's value."))
    if ((areas["relation"] == relations.UNKNOWN) & areas["value"].notna()).any():
        notes.append(text("Not tested: an interval or the value of the town is missing."))
    return " ".join(notes)
