"""Sentences: what the results say, in German or English, as cautious as the numbers ask for.

Every sentence is made from a result row; none states a number that stands in no table. Nothing is said about causes,
and nothing about the people who live in an area.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sozialanalyse import trends
from sozialanalyse.findings.display import Shown, nothing, paragraphs
from sozialanalyse.language import EN_DASH, MINUS, NO_BREAK_SPACE, rounded

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.comparison import Comparison
    from sozialanalyse.view import View

SMALLEST_P = 0.001


def comparison(view: View, compared: Comparison) -> Shown:
    """Say for each indicator: value from sums, range of the areas, and how many differ clearly from the town."""
    summary = _in_reading_order(view, compared.summary)
    return paragraphs([comparison_sentence(view, row) for row in summary]) if summary else nothing()


def comparison_sentence(view: View, row: Any) -> str:
    """One indicator of a comparison in words."""
    words = view.words
    message = "{label} on {date}: {slide}, {mean}, {range}."
    values = {
        "label": view.label(row.indicator),
        "date": words.date(row.period_end),
        "slide": slide(view, row),
        "mean": words.text("mean of the areas") if _is_count(view, row.indicator) else words.text("from sums"),
        "range": _range_note(view, row),
    }
    parts = [words.text(message, **values), _absence_note(view, row), _town_note(view, row), _relation_note(view, row)]
    return " ".join(part for part in parts if part)


def _range_note(view: View, row: Any) -> str:
    """Say over how many areas the range goes, or that there is none since hidden values might lie outside it."""
    if math.isnan(row.minimum):
        return view.words.text("without range, since values are kept confidential")
    many = view.level_name(plural=True)
    return view.words.text("range over {areas} {level}", areas=view.words.number(row.areas), level=many)


def slide(view: View, row: Any) -> str:
    """Write mean and range as the slides of the Sozialentwicklungsplan do: Ø 4,3 % (1,6 %-6,1 %).

    The mean is the value from sums; for counts the unweighted mean of the areas, since a sum is no mean.
    """
    mean = view.measured(row.indicator, row["mean"] if _is_count(view, row.indicator) else row["value"])
    if math.isnan(row.minimum):
        return f"Ø{NO_BREAK_SPACE}{mean}"
    low, high = (view.amount(row.indicator, row[name]) for name in ("minimum", "maximum"))
    return f"Ø{NO_BREAK_SPACE}{mean} ({low}{EN_DASH}{high})"


def _absence_note(view: View, row: Any) -> str:
    absent = int(row.areas_in_level - row.areas)
    if not absent:
        return ""
    return view.words.plural("For {count} area there is no value.", "For {count} areas there is no value.", absent)


def _town_note(view: View, row: Any) -> str:
    if math.isnan(row.town_value) or view.area == view.town.areas.root:
        return ""
    return view.words.text("Town as a whole: {value}.", value=view.measured(row.indicator, row.town_value))


def _relation_note(view: View, row: Any) -> str:
    """Say how many areas have an interval on one side of the town's value; that is what was seen, and no more."""
    words = view.words
    compared = row.above + row.below + row.around
    if not compared:
        return ""
    return words.text(
        "Of {areas} {level}: {above} discernibly above the town's value, {below} discernibly below, "
        "{around} without a discernible difference.",
        above=words.number(row.above),
        below=words.number(row.below),
        around=words.number(row.around),
        areas=words.number(compared),
        level=view.level_name(plural=True),
    )


def _is_count(view: View, indicator: str) -> bool:
    return view.indicator(indicator).kind == "count"


def development(view: View, developed: pd.DataFrame) -> Shown:
    """Say for each indicator how it developed in the view's area and whether that can be told from chance."""
    rows = _in_reading_order(view, developed[developed["area"] == view.area])
    return paragraphs([development_sentence(view, row) for row in rows]) if rows else nothing()


def development_sentence(view: View, row: Any) -> str:
    """One indicator's development in words."""
    words = view.words
    label = view.label(row.indicator)
    last = {"last": view.measured(row.indicator, row.last_value), "last_date": words.date(row.last_end)}
    if row.method == trends.HIDDEN:
        return words.text("{label}: values are kept confidential, so no development can be stated.", label=label)
    if row.method == trends.ONE_DATE:
        message = "{label}: {last} ({last_date}). There is only one date, so nothing can be said about a development."
        return words.text(message, label=label, **last) + _break_note(view, row)
    course = words.text(
        "{label}: from {first} ({first_date}) to {last} ({last_date}), {change}.",
        label=label,
        first=view.amount(row.indicator, row.first_value),
        first_date=words.date(row.first_end),
        change=change(view, row.indicator, row.change),
        **last,
    )
    return f"{course} {_verdict(view, row)}{_break_note(view, row)}{_converted_note(view, row)}"


def _verdict(view: View, row: Any) -> str:
    """Say what the test or the comparison of two dates found."""
    words = view.words
    values = {"points": words.number(row.points), "p": p_value(view, row.p_value)}
    if row.method == trends.MANN_KENDALL:
        values["slope"] = change(view, row.indicator, row.slope, decimals=2)
    return words.text(_VERDICTS[row.finding], **values)


_VERDICTS = {
    trends.RISING: "Over {points} dates the rise prevails (Mann-Kendall test, {p}); typically {slope} a year.",
    trends.FALLING: "Over {points} dates the decline prevails (Mann-Kendall test, {p}); typically {slope} a year.",
    trends.NO_CLEAR_TREND: "Over {points} dates no prevailing direction can be told from chance (Mann-Kendall test, {p}).",
    trends.HIGHER: "A comparison of two dates, not a trend: the second value is higher than chance explains.",
    trends.LOWER: "A comparison of two dates, not a trend: the second value is lower than chance explains.",
    trends.NO_CLEAR_DIFFERENCE: "A comparison of two dates, not a trend: the difference cannot be told from chance.",
    trends.UNTESTED: "A comparison of two dates, not a trend; for this indicator no test is possible.",
}


def _break_note(view: View, row: Any) -> str:
    if not row.broken:
        return ""
    return " " + view.words.text("Earlier values were counted in another way and are left out here.")


def _converted_note(view: View, row: Any) -> str:
    if not row.converted:
        return ""
    message = "The first value is converted to today's areas: an estimate with a wide interval."
    if row.method == trends.MANN_KENDALL:
        message = "The first value is converted to today's areas: an estimate that takes no part in the test."
    return " " + view.words.text(message)


def change(view: View, indicator: str, value: float, decimals: int | None = None) -> str:
    """Write a change with sign and unit: +1,2 Prozentpunkte; with the decimals of the indicator, if not said otherwise."""
    decimals = view.decimals(indicator) if decimals is None else decimals
    unit = view.words.text(_CHANGE_UNITS[view.indicator(indicator).unit])
    return f"{signed(view, value, decimals)}{NO_BREAK_SPACE}{unit}"


def signed(view: View, value: float, decimals: int) -> str:
    """Write a difference with its sign; ± where nothing is left of it at these decimals."""
    sign = "±" if rounded(abs(value), decimals) == 0 else "+" if value > 0 else MINUS
    return f"{sign}{view.words.number(abs(value), decimals)}"


_CHANGE_UNITS = {
    "persons": "persons",
    "percent": "percentage points",
    "per_100": "per 100",
    "per_1000": "per 1,000",
    "per_10000": "per 10,000",
    "square_metres": "square metres",
}


def p_value(view: View, value: float) -> str:
    """Write a probability of error: p = 0,03, or p < 0,001 where it is smaller."""
    if math.isnan(value):
        return EN_DASH
    if value < SMALLEST_P:
        return f"p{NO_BREAK_SPACE}<{NO_BREAK_SPACE}{view.words.number(SMALLEST_P, 3)}"
    decimals = 3 if value < 0.01 else 2  # three digits where two would round to 0,00
    return f"p{NO_BREAK_SPACE}={NO_BREAK_SPACE}{view.words.number(value, decimals)}"


def _in_reading_order(view: View, rows: pd.DataFrame) -> list[Any]:
    """Rows of results in the order in which the target group's indicators are read."""
    order = {indicator.id: number for number, indicator in enumerate(view.indicators)}
    chosen = rows[rows["indicator"].isin(order)]
    chosen = chosen.assign(_order=chosen["indicator"].map(order)).sort_values("_order", kind="stable")
    return [row for _, row in chosen.iterrows()]
