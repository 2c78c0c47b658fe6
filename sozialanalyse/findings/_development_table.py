"""The table of developments: first and last value, change, slope and finding of each indicator in one area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from sozialanalyse import trends
from sozialanalyse.findings import _keys, signs, words
from sozialanalyse.findings._beside_town import town_value
from sozialanalyse.findings._sparkline import Sparklines
from sozialanalyse.findings._table import Table, in_two_lines, note_on_dashes
from sozialanalyse.findings.display import Shown, nothing
from sozialanalyse.language import NO_BREAK_SPACE, NO_NUMBER

if TYPE_CHECKING:
    from sozialanalyse.view import View


def development(view: View, developed: pd.DataFrame) -> Shown:
    """Show how each indicator developed in the view's area, and what the test says.

    Parameters
    ----------
    view
        Whose area, target group and language count.
    developed
        Result of :func:`sozialanalyse.trends.development`.
    """
    rows = words.in_reading_order(view, developed[developed["area"] == view.area])
    if not rows:
        return nothing()
    text = view.words.text
    with_town = view.area != view.town.areas.root
    headings = [
        text("Indicator"),
        text("First value"),
        text("Last value"),
        *([_keys.town(view)] if with_town else []),
        text("Change with 95 % interval"),
        text("typically a year"),
        text("Finding"),
    ]
    sparklines = Sparklines.of(view, [row.indicator for row in rows])
    cells = [_development(view, row, sparklines.line(row.indicator)) for row in rows]
    table = Table(
        caption=text("Development: {area}", area=_keys.area(view)),
        headings=headings,
        rows=cells,
        numeric=frozenset(range(1, len(headings) - 1)),
        notes=[
            _note_on_methods(view, rows),
            _note_on_breaks(view, rows),
            _note_on_converted(view, rows),
            sparklines.note(),
            *note_on_dashes(view.words, cells),
        ],
    )
    return table.shown()


def _development(view: View, row: pd.Series, sparkline: Markup) -> list[str]:
    untold = row.method in {trends.ONE_DATE, trends.HIDDEN, trends.REFUSED}
    label = words.with_unit(view, row.indicator)
    finding = finding_of(view, row)
    first, last = (words.end_value(view, row, end) for end in ("first", "last"))
    first = signs.converted(first) if row.converted else first
    moments = [words.moment(view, row.period_kind, row[f"{end}_start"], row[f"{end}_end"]) for end in ("first", "last")]
    return [
        f"{label}{NO_BREAK_SPACE}¹" if row.broken else label,
        NO_NUMBER if row.method == trends.ONE_DATE else in_two_lines(first, moments[0]),
        in_two_lines(last, moments[1]) + sparkline,
        *([_town(view, row)] if view.area != view.town.areas.root else []),
        NO_NUMBER if untold else in_two_lines(_change(view, row), _change_interval(view, row)),
        _slope(view, row) if pd.notna(row.slope) else NO_NUMBER,
        finding if untold else in_two_lines(finding, _method(view, row)),
    ]


def _town(view: View, row: pd.Series) -> str:
    """Write the town's value at the last date."""
    value = town_value(view, row.indicator, row.last_end)
    return view.amount(row.indicator, value, key=_keys.of_town(view, row.indicator, row.last_end))


def finding_of(view: View, row: pd.Series) -> str:
    """Say in a word or two what was found of a development, behind an arrow where it has a direction."""
    return _with_arrow(row.finding, view.words.text(_FINDINGS[row.finding]))


def _with_arrow(finding: str, text: str) -> str:
    """Put an arrow before the words of a direction; it says nothing that they do not, so nobody need hear it."""
    arrow = _ARROWS.get(finding)
    return Markup("<span aria-hidden='true'>{}</span> {}").format(arrow, text) if arrow else text


_ARROWS = {trends.RISING: "↗", trends.FALLING: "↘", trends.HIGHER: "↗", trends.LOWER: "↘"}
"""None where no direction is told: a level arrow would say that nothing has changed."""


def _slope(view: View, row: pd.Series) -> str:
    """Write the slope with a decimal more than its values have: a year's part of a change is smaller than the change."""
    return words.signed(view, row.slope, view.decimals(row.indicator) + 1, key=_keys.of_change("slope", row))


def _change(view: View, row: pd.Series) -> str:
    return words.change_of(view, row) if pd.notna(row.change) else NO_NUMBER


def _method(view: View, row: pd.Series) -> str:
    """Say by what the finding was found, with the p value of a test."""
    values = {"points": words.points(view, row), "periods": words.periods_name(view, row.period_kind)}
    message = _DESCRIBED_METHODS[row.reason] if row.method == trends.DESCRIPTIVE else _METHODS[row.method]
    method = view.words.text(message, **values)
    p_value = words.p_value(view, row.p_value, key=_keys.of_change("p_value", row))
    return f"{method}, {p_value}" if pd.notna(row.p_value) else method


_FINDINGS = {
    trends.RISING: "mostly rising",
    trends.FALLING: "mostly falling",
    trends.NO_CLEAR_TREND: "no clear trend",
    trends.HIGHER: "latest value higher",
    trends.LOWER: "latest value lower",
    trends.NO_CLEAR_DIFFERENCE: "not to be told apart",
    trends.UNTESTED: "not tested",
    trends.ONE_DATE: "one value only",
    trends.HIDDEN: "values kept confidential",
    trends.OVERLAPPING: "overlapping spans",
}
_METHODS = {
    trends.MANN_KENDALL: "Mann-Kendall, {points} {periods}",
    trends.COUNT_TREND: "trend line, {points} {periods}",
    trends.TWO_DATES: "comparison of two {periods}",
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
    low, high = (
        words.signed(view, row[limit], decimals, key=_keys.of_change(limit, row))
        for limit in ("change_lower", "change_upper")
    )
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
