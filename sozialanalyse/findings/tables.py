"""Tables: every value with its interval, what it is compared with, and the signs of what is no number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from sozialanalyse import comparison as relations
from sozialanalyse import trends
from sozialanalyse.amounts import MISSING
from sozialanalyse.findings import signs, words
from sozialanalyse.findings._table import Table, in_two_lines, without_markup
from sozialanalyse.findings.display import Shown, nothing
from sozialanalyse.findings.noticeable import noticeable
from sozialanalyse.language import NO_BREAK_SPACE, NO_NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialanalyse.comparison import Comparison
    from sozialanalyse.view import View

__all__ = ["Table", "comparison", "development", "key_figures"]

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
    rows = _ordered(view, compared.summary)
    if not rows:
        return nothing()
    text = view.words.text
    with_town = view.area != view.town.areas.root
    headings = [
        text("Indicator"),
        f"Ø {signs.plain(view.area_name())}",
        text("95 % interval"),
        text("Range of the areas"),
        *([signs.plain(view.town.name)] if with_town else []),
        text("Numerator and denominator"),
    ]
    cells = [_key_figure(view, row, with_town=with_town) for row in rows]
    table = Table(
        caption=text("Key figures: {area}", area=signs.plain(view.area_name())),
        headings=headings,
        rows=cells,
        numeric=frozenset(range(1, len(headings))),
        notes=[
            _note_on_means(view, rows),
            signs.explain_reliability(view, [row.get("reliability") for row in rows]),
            signs.explain(view, map(_status, rows)),
            signs.explain_converted(view, pd.DataFrame(rows)),
            *_note_on_dashes(view, cells),
        ],
    )
    return Shown(table.html(), table.text())


def _key_figure(view: View, row: pd.Series, *, with_town: bool) -> list[str]:
    name, number = row.indicator, view.words.number
    is_count = view.indicator(name).kind == "count"
    mean = view.amount(name, row["mean"]) if is_count else _value(view, row)
    remark = signs.reservation(view, row.get("reliability"))
    kind_of_mean = view.words.text("mean of the areas" if is_count else "from sums")
    low, high = (view.amount(name, row[column]) for column in ("minimum", "maximum"))
    values = signs.span(low, high)
    return [
        in_two_lines(_with_unit(view, name), view.words.date(row.period_end)),
        in_two_lines(f"Ø{NO_BREAK_SPACE}{mean}", f"{kind_of_mean}, {remark}" if remark else kind_of_mean),
        _interval(view, name, row),
        in_two_lines(f"({values})" if pd.notna(row.minimum) else NO_NUMBER, _range_of(view, row)),
        *([view.amount(name, row.town_value)] if with_town else []),
        number(row.numerator) if is_count else in_two_lines(number(row.numerator), number(row.denominator)),
    ]


def _range_of(view: View, row: pd.Series) -> str:
    """Say over how many areas a range goes."""
    number, level = view.words.number, view.level_name(plural=True)
    if row.areas == row.areas_in_level:
        return view.words.text("{level}: {areas}", level=level, areas=number(row.areas))
    return view.words.text(
        "{level}: {areas} of {all}", level=level, areas=number(row.areas), all=number(row.areas_in_level)
    )


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
    summaries = _ordered(view, compared.summary)
    parts, texts = [], []
    for number, summary in enumerate(summaries):
        areas = compared.areas[compared.areas["indicator"] == summary.indicator]
        table = _table_of_areas(view, areas, summary)
        is_open = Markup(" open") if number == 0 and len(areas) <= MOST_OPEN else Markup("")
        template = Markup("<details{}><summary>{}</summary>{}</details>")
        parts.append(template.format(is_open, view.label(summary.indicator), table.html()))
        texts.append(table.text())
    return Shown(Markup("").join(parts), "\n\n".join(texts)) if parts else nothing()


def _table_of_areas(view: View, areas: pd.DataFrame, summary: pd.Series) -> Table:
    """One indicator: an area a row, the areas' common value and the town's below."""
    text = view.words.text
    name = summary.indicator
    rows = [_area(view, row) for _, row in areas.iterrows()]
    totals = [_total(view, name, view.area_name(), summary)]
    if view.area != view.town.areas.root:
        totals += [_total(view, name, view.town.name, row) for row in _town(view, name, areas["period_end"].iloc[0])]
    return Table(
        caption=text(
            "{label} ({unit}), {level}, {date}",
            label=view.label(name),
            unit=view.unit(name),
            level=view.level_name(plural=True),
            date=view.words.date(summary.period_end),
        ),
        headings=[
            view.level_name(),
            text("Numerator"),
            text("Value"),
            text("95 % interval"),
            text("Compared with {town}", town=signs.plain(view.town.name)),
        ],
        rows=[*rows, *totals],
        numeric=frozenset({1, 2, 3}),
        notes=[
            _note_on_relations(view, areas),
            signs.explain_reliability(view, [*areas.get("reliability", []), summary.get("reliability")]),
            signs.explain(view, [*signs.states(areas), _status(summary)]),
            signs.explain_converted(view, areas),
            *_note_on_dashes(view, [*rows, *totals]),
        ],
        totals=len(totals),
    )


def _area(view: View, row: pd.Series) -> list[str]:
    status = _status(row)
    return [
        signs.plain(view.area_name(row.area)),
        signs.MARKS.get(status) or view.words.number(row.numerator),
        _value_with_remark(view, row),
        _interval(view, row.indicator, row),
        view.words.text(_RELATIONS[row.relation]) if status not in signs.MARKS else NO_NUMBER,
    ]


_RELATIONS = {
    relations.ABOVE: "above",
    relations.BELOW: "below",
    relations.AROUND: "not to be told apart",
    relations.UNKNOWN: "not tested",
}
"""Message ids of how an area lies to the town."""


def _town(view: View, indicator: str, date: pd.Timestamp) -> list[pd.Series]:
    """Row of the whole town at a date, if there is one."""
    frame = view.frame
    chosen = (frame["indicator"] == indicator) & (frame["area"] == view.town.areas.root) & (frame["period_end"] == date)
    return [row for _, row in frame[chosen].iterrows()]


def _total(view: View, indicator: str, name: str, row: pd.Series) -> list[str]:
    value = _value_with_remark(view, row)
    return [signs.plain(name), view.words.number(row.numerator), value, _interval(view, indicator, row), ""]


def _note_on_relations(view: View, areas: pd.DataFrame) -> str:
    text = view.words.text
    notes = []
    if (areas["relation"] != relations.UNKNOWN).any():
        notes.append(text("Above, below: the interval of the area excludes the town's value."))
    if ((areas["relation"] == relations.UNKNOWN) & areas["value"].notna()).any():
        notes.append(text("Not tested: an interval or the value of the town is missing."))
    return " ".join(notes)


def development(view: View, developed: pd.DataFrame) -> Shown:
    """Show how each indicator developed in the view's area, and what the test says.

    Parameters
    ----------
    view
        Whose area, target group and language count.
    developed
        Result of :func:`sozialanalyse.trends.development`.
    """
    rows = _ordered(view, developed[developed["area"] == view.area])
    if not rows:
        return nothing()
    text = view.words.text
    headings = [
        text("Indicator"),
        text("First value"),
        text("Last value"),
        text("Change with 95 % interval"),
        text("typically a year"),
        text("Finding"),
    ]
    cells = [_development(view, row) for row in rows]
    table = Table(
        caption=text("Development: {area}", area=signs.plain(view.area_name())),
        headings=headings,
        rows=cells,
        numeric=frozenset({1, 2, 3, 4}),
        notes=[
            _note_on_methods(view, rows),
            _note_on_breaks(view, rows),
            _note_on_converted(view, rows),
            *_note_on_dashes(view, cells),
        ],
    )
    return Shown(table.html(), table.text())


def _development(view: View, row: pd.Series) -> list[str]:
    name = row.indicator
    untold = row.method in {trends.ONE_DATE, trends.HIDDEN, trends.REFUSED}
    label = _with_unit(view, name)
    finding = view.words.text(_FINDINGS[row.finding])
    first = view.amount(name, row.first_value)
    first = signs.converted(first) if row.converted else first
    moments = [words.moment(view, row.period_kind, row[f"{end}_start"], row[f"{end}_end"]) for end in ("first", "last")]
    return [
        f"{label}{NO_BREAK_SPACE}¹" if row.broken else label,
        NO_NUMBER if row.method == trends.ONE_DATE else in_two_lines(first, moments[0]),
        in_two_lines(view.amount(name, row.last_value), moments[1]),
        NO_NUMBER if untold else in_two_lines(_change(view, row), _change_interval(view, row)),
        words.signed(view, row.slope, 2) if pd.notna(row.slope) else NO_NUMBER,
        finding if untold else in_two_lines(finding, _method(view, row)),
    ]


def _change(view: View, row: pd.Series) -> str:
    return words.change(view, row.indicator, row.change) if pd.notna(row.change) else NO_NUMBER


def _method(view: View, row: pd.Series) -> str:
    """Say by what the finding was found, with the p value of a test."""
    values = {"points": view.words.number(row.points), "periods": words.periods_name(view, row.period_kind)}
    message = _DESCRIBED_METHODS[row.reason] if row.method == trends.DESCRIPTIVE else _METHODS[row.method]
    method = view.words.text(message, **values)
    return f"{method}, {words.p_value(view, row.p_value)}" if pd.notna(row.p_value) else method


_FINDINGS = {
    trends.RISING: "mostly rising",
    trends.FALLING: "mostly falling",
    trends.NO_CLEAR_TREND: "no clear trend",
    trends.HIGHER: "higher at last",
    trends.LOWER: "lower at last",
    trends.NO_CLEAR_DIFFERENCE: "not to be told apart",
    trends.UNTESTED: "not tested",
    trends.ONE_DATE: "one value only",
    trends.HIDDEN: "values kept confidential",
    trends.OVERLAPPING: "overlapping spans",
}
_METHODS = {
    trends.MANN_KENDALL: "Mann-Kendall, {points} {periods}",
    trends.COUNT_TREND: "trend line, {points} {periods}",
    trends.TWO_DATES: "two {periods} compared",
    trends.BOUNDS: "for every possible hidden value",
}
_DESCRIBED_METHODS = {
    trends.NOT_DECLARED: "description, {points} {periods}",
    trends.FEW_EVENTS: "too few cases",
}
"""Message ids of findings and methods."""


def _change_interval(view: View, row: pd.Series) -> str:
    """Write the limits of a change with their signs: −0,3 bis +1,2."""
    if pd.isna(row.change_lower):
        return view.words.text("no interval")
    decimals = view.decimals(row.indicator)
    low, high = (words.signed(view, limit, decimals) for limit in (row.change_lower, row.change_upper))
    return view.words.text("{low} to {high}", low=low, high=high)


def _note_on_methods(view: View, rows: list[pd.Series]) -> str:
    used = {row.method for row in rows}
    messages = [message for method, message in _METHOD_MESSAGES.items() if method in used]
    if any(pd.notna(row.slope) for row in rows):
        messages.append(_SLOPE_MESSAGES[0])
    return " ".join(view.words.text(message) for message in messages)


_METHOD_MESSAGES = {
    trends.MANN_KENDALL: "Mann-Kendall: test over all values of flows (p at most 0.05).",
    trends.COUNT_TREND: "Trend line: test over all values that allows for neighbouring years resembling each other, in stocks since mostly the same are counted again (p at most 0.05).",
    trends.TWO_DATES: "Fewer than five values: only the first and the last are compared; that is no trend.",
    trends.DESCRIPTIVE: "Description, too few cases: no test is possible, so nothing is said about chance.",
}
_SLOPE_MESSAGES = (
    "Typically a year: median of all pairwise slopes (Theil and Sen), not the change divided by the years.",
)


def _note_on_breaks(view: View, rows: list[pd.Series]) -> str:
    if not any(row.broken for row in rows):
        return ""
    return view.words.text("¹ The way of counting changed: only the dates since the last change are compared.")


def _note_on_converted(view: View, rows: list[pd.Series]) -> str:
    if not any(row.converted and row.method != trends.ONE_DATE for row in rows):
        return ""
    return view.words.text(
        "{sign} converted to today's areas: an estimate. It is part of the change and its interval, not of the test.",
        sign=signs.CONVERTED,
    )


def _ordered(view: View, rows: pd.DataFrame) -> list[pd.Series]:
    """Rows in the reading order of the target group's indicators."""
    by_indicator = {row.indicator: row for _, row in rows.iterrows()}
    return [by_indicator[entry.id] for entry in view.indicators if entry.id in by_indicator]


def _status(row: pd.Series) -> str:
    """State of a row; where a summary found none, nothing was delivered."""
    if _holds(row, "do_not_use"):
        return signs.UNCERTAIN
    return str(row.status) if pd.notna(row.status) else MISSING


def _holds(row: pd.Series, mark: str) -> bool:
    """Whether a row has a mark of :meth:`.Town.on_boundaries`; those of a town as delivered and empty ones have none."""
    return bool(row.get(mark, False)) and pd.notna(row[mark])


def _value(view: View, row: pd.Series) -> str:
    """Write a value, with the sign of estimates where it is one, or the sign of its state."""
    status = _status(row)
    text = signs.amount(view, row.indicator, row["value"], status)
    return signs.converted(text) if _holds(row, "interpolated") and status not in signs.MARKS else text


def _value_with_remark(view: View, row: pd.Series) -> str:
    """Write a value, and under it what it cannot carry, if so."""
    value, remark = _value(view, row), signs.reservation(view, row.get("reliability"))
    return in_two_lines(value, remark) if remark else value


def _with_unit(view: View, indicator: str) -> str:
    return view.words.text("{label}, {unit}", label=view.label(indicator), unit=view.unit(indicator))


def _interval(view: View, indicator: str, row: pd.Series) -> str:
    low, high = row.get("lower", float("nan")), row.get("upper", float("nan"))
    return signs.span(view.amount(indicator, low), view.amount(indicator, high))


def _note_on_dashes(view: View, rows: Sequence[Sequence[str]]) -> list[str]:
    """Explain the dash where one stands in a table."""
    occurs = any(without_markup(cell).startswith(NO_NUMBER) for row in rows for cell in row)
    return [view.words.text("{sign} cannot be given.", sign=NO_NUMBER)] if occurs else []
