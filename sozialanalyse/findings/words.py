"""Sentences: what the results say, in German or English, as cautious as the numbers ask for.

Every sentence is made from a result row; none states a number that stands in no table, and each number has its key.
Nothing is said about causes, and nothing about the people who live in an area.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sozialanalyse import trends
from sozialanalyse.evidence import CAVEATS
from sozialanalyse.findings import _keys
from sozialanalyse.findings.display import Shown, nothing, paragraphs
from sozialanalyse.language import EN_DASH, MINUS, NO_BREAK_SPACE, key, keyed, rounded

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from sozialanalyse.comparison import Comparison
    from sozialanalyse.evidence import Evidence
    from sozialanalyse.view import View

SMALLEST_P = 0.001


def comparison(view: View, compared: Comparison) -> Shown:
    """Say for each indicator: value from sums, range of the areas, and how many differ clearly from the town."""
    summary = in_reading_order(view, compared.summary)
    return paragraphs([comparison_sentence(view, row) for row in summary]) if summary else nothing()


def comparison_sentence(view: View, row: Any) -> str:
    """One indicator of a comparison in words."""
    words = view.words
    message = "{label} on {date}: {slide}, {mean}, {range}."
    values = {
        "label": view.label(row.indicator),
        "date": _keys.date(words, row.period_end),
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
    areas = _number_of_areas(view, row, "level_areas", row.areas)
    return view.words.text("range over {areas} {level}", areas=areas, level=view.level_name(plural=True))


def _number_of_areas(view: View, row: Any, statistic: str, count: float) -> str:
    return keyed(view.words.number(count), _keys.of_level(view, statistic, row))


def slide(view: View, row: Any) -> str:
    """Write mean and range as the slides of the Sozialentwicklungsplan do: Ø 4,3 % (1,6 %-6,1 %).

    The mean is the value from sums; for counts the unweighted mean of the areas, since a sum is no mean.
    """
    is_count = _is_count(view, row.indicator)
    key_of_mean = (
        _keys.of_level(view, "level_mean", row)
        if is_count
        else key(_keys.value_of(row), row["indicator"], view.area, row["period_end"])
    )
    mean = view.measured(row.indicator, row["mean" if is_count else "value"], key=key_of_mean)
    if math.isnan(row.minimum):
        return f"Ø{NO_BREAK_SPACE}{mean}"
    low, high = ends_of_range(view, row)
    return f"Ø{NO_BREAK_SPACE}{mean} ({low}{EN_DASH}{high})"


def ends_of_range(view: View, row: Any) -> tuple[str, str]:
    """Write the smallest and the largest value of the areas, from a row of a comparison's summary."""
    low = view.amount(row.indicator, row.minimum, key=_keys.of_level(view, "level_min", row))
    high = view.amount(row.indicator, row.maximum, key=_keys.of_level(view, "level_max", row))
    return low, high


def value_of_town(view: View, row: Any) -> str:
    """Write the town's value, from a row of a comparison."""
    return view.amount(row.indicator, row.town_value, key=_keys.of_town(view, row.indicator, row.period_end))


def _absence_note(view: View, row: Any) -> str:
    absent = int(row.areas_in_level - row.areas)
    if not absent:
        return ""
    without = _keys.of_level(view, "level_without", row)
    return view.words.plural(
        "For {count} area there is no value.", "For {count} areas there is no value.", absent, key=without
    )


def _town_note(view: View, row: Any) -> str:
    if math.isnan(row.town_value) or view.area == view.town.areas.root:
        return ""
    town = view.measured(row.indicator, row.town_value, key=_keys.of_town(view, row.indicator, row.period_end))
    return view.words.text("Town as a whole: {value}.", value=town)


def _relation_note(view: View, row: Any) -> str:
    """Say how many areas have an interval on one side of the town's value; that is what was seen, and no more."""
    words = view.words
    compared = row.above + row.below + row.around
    if not compared:
        return ""
    return words.text(
        "Of {areas} {level}: {above} discernibly above the town's value, {below} discernibly below, "
        "{around} without a discernible difference.",
        **{side: _number_of_areas(view, row, f"level_{side}", row[side]) for side in ("above", "below", "around")},
        areas=_number_of_areas(view, row, "level_tested", compared),
        level=view.level_name(plural=True),
    )


def _is_count(view: View, indicator: str) -> bool:
    return view.indicator(indicator).kind == "count"


def development(view: View, developed: pd.DataFrame) -> Shown:
    """Say for each indicator how it developed in the view's area and whether that can be told from chance."""
    rows = in_reading_order(view, developed[developed["area"] == view.area])
    return paragraphs([development_sentence(view, row) for row in rows]) if rows else nothing()


def development_sentence(view: View, row: Any) -> str:
    """One indicator's development in words: what, how much, since when, how sure, and what to mind."""
    found = trends.evidence(row)
    parts = [_course(view, row), _verdict(view, row, found), _bend(view, row), *_caveats(view, found)]
    return " ".join(part for part in parts if part)


def _course(view: View, row: Any) -> str:
    """Say from where to where it went, as far as that is known."""
    words = view.words
    values = {"label": view.label(row.indicator), "last_date": _moment(view, row, "last")}
    if row.reason == trends.OTHERS_HIDDEN:
        return words.text(_COURSE_VERDICTS[row.reason], **values)
    if row.method in {trends.HIDDEN, trends.BOUNDS}:
        return words.text(_COURSE_VERDICTS[row.method], **values)
    values["last"] = view.measured(row.indicator, row.last_value, key=_key_of_end(row, "last"))
    if row.method in {trends.ONE_DATE, trends.REFUSED}:
        return words.text(_COURSE_VERDICTS[row.method], period=words.text(_PERIOD_LABELS[row.period_kind]), **values)
    return words.text(
        "{label}: from {first} ({first_date}) to {last} ({last_date}), {change}.",
        first=end_value(view, row, "first"),
        first_date=_moment(view, row, "first"),
        change=change_of(view, row),
        **values,
    )


def end_value(view: View, row: Any, end: str) -> str:
    """Write the first or the last value of a development."""
    return view.amount(row.indicator, row[f"{end}_value"], key=_key_of_end(row, end))


def _key_of_end(row: Any, end: str) -> str:
    estimate = end == "first" and row.converted
    return key("converted" if estimate else "value", row["indicator"], row["area"], row[f"{end}_end"])


def change_of(view: View, row: Any) -> str:
    """Write the change of a development with sign and unit."""
    return change(view, row.indicator, row.change, key=_keys.of_change("change", row))


def points(view: View, row: Any) -> str:
    """Write over how many values a development goes."""
    return keyed(view.words.number(row.points), _keys.of_change("points", row))


_COURSE_VERDICTS = {
    trends.HIDDEN: "{label}: values are kept confidential, so no development can be stated.",
    trends.OTHERS_HIDDEN: "{label}: values of other areas are kept confidential; they leave open which test fits, and the tests disagree.",
    trends.BOUNDS: "{label}: some values are kept confidential.",
    trends.ONE_DATE: "{label}: {last} ({last_date}). There is only one {period}, so nothing can be said about a development.",
    trends.REFUSED: "{label}: {last} ({last_date}). The spans overlap and count the same events more than once, so no development is tested.",
}


def _verdict(view: View, row: Any, found: Evidence) -> str:
    """Say what the test or the comparison found, and by what."""
    words = view.words
    values = {
        "points": points(view, row),
        "periods": periods_name(view, row.period_kind),
        "method": words.text(_TESTED_METHODS.get(found.reason, _TESTED_METHODS[trends.OTHER_EVENTS])),
        "p": p_value(view, math.nan if found.p_value is None else found.p_value, key=_keys.of_change("p_value", row)),
        "slope": "" if math.isnan(row.slope) else _slope(view, row),
    }
    verdicts = {trends.BOUNDS: _BOUNDS_VERDICTS, trends.TWO_DATES: _PAIR_VERDICTS}.get(found.method, _VERDICTS)
    if found.method == trends.DESCRIPTIVE:
        return words.text(_DESCRIPTIVE_VERDICTS[found.reason])
    if found.claim == trends.NO_CLEAR_TREND and _ends_differ(found):
        message = "The last value differs discernibly from the first one, but over {points} {periods} no direction prevails (tested with {method}, {p})."
        return words.text(message, **values)
    return words.text(verdicts[found.claim], **values) if found.claim in verdicts else ""


def _slope(view: View, row: Any) -> str:
    return change(view, row.indicator, row.slope, decimals=2, key=_keys.of_change("slope", row))


def _ends_differ(found: Evidence) -> bool:
    return found.lower is not None and found.upper is not None and (found.lower > 0 or found.upper < 0)


_VERDICTS = {
    trends.RISING: "Over {points} {periods} the rise prevails (tested with {method}, {p}); typically {slope} a year.",
    trends.FALLING: "Over {points} {periods} the decline prevails (tested with {method}, {p}); typically {slope} a year.",
    trends.NO_CLEAR_TREND: "Over {points} {periods} no prevailing direction can be told from chance (tested with {method}, {p}).",
}
_PAIR_VERDICTS = {
    trends.HIGHER: "A comparison of two {periods}, not a trend: the last value is higher than chance explains.",
    trends.LOWER: "A comparison of two {periods}, not a trend: the last value is lower than chance explains.",
    trends.NO_CLEAR_DIFFERENCE: "A comparison of two {periods}, not a trend: the difference cannot be told from chance.",
    trends.UNTESTED: "A comparison of two {periods}, not a trend; for this indicator no test is possible.",
}
_BOUNDS_VERDICTS = {
    trends.RISING: "For every value that they can have, the rise prevails ({p} at most).",
    trends.FALLING: "For every value that they can have, the decline prevails ({p} at most).",
    trends.HIGHER: "For every value that they can have, the last one is higher than the first by more than chance explains.",
    trends.LOWER: "For every value that they can have, the last one is lower than the first by more than chance explains.",
}
_DESCRIPTIVE_VERDICTS = {
    trends.NOT_DECLARED: "This is a description: whether it is more than chance is not tested, since it is not known how much of the stock remains from year to year.",
    trends.FEW_EVENTS: "This is a description: there are too few cases to test whether it is more than chance.",
}
_TESTED_METHODS = {
    trends.OTHER_EVENTS: "the Mann-Kendall test",
    trends.SAME_PEOPLE: "a trend line for stocks",
    trends.ALIKE_YEARS: "a trend line for years that resemble each other",
}
_PERIOD_LABELS = {"stock": "date", "flow": "yearly value", "school_year": "school year", "window": "span"}
_PERIODS_LABELS = {"stock": "dates", "flow": "yearly values", "school_year": "school years", "window": "spans"}
"""Message ids: what is said of a result, and what a period of each kind is called, one and several of them."""


def periods_name(view: View, kind: str) -> str:
    """Name several periods of a kind: Stichtage, Jahreswerte, Schuljahre, Zeiträume."""
    return view.words.text(_PERIODS_LABELS[kind])


def _bend(view: View, row: Any) -> str:
    if row.turning_point != row.turning_point:  # NaT
        return ""
    message = "Around {year} the direction or the pace changes."
    return view.words.text(message, year=keyed(str(row.turning_point.year), _keys.of_change("turning_point", row)))


def _caveats(view: View, found: Evidence) -> list[str]:
    """What to mind of this one result; what holds for all results stands under the page's limits."""
    texts = [view.words.text(CAVEATS[name]) for name in found.caveats if name in SAID_AT_ONCE]
    if found.grade == "indicative":
        message = "The numbers are small: take it as an indication only."
        texts.append(view.words.text(message))
    return texts


SAID_AT_ONCE = ("fragile", "broken", "converted", "converted_untested")
"""Caveats that are said beside the result."""


def _moment(view: View, row: Any, which: str) -> str:
    """When the first or the last value was counted, in brackets behind it: 31.12.2013, im Jahr 2013."""
    return moment(view, row.period_kind, row[f"{which}_start"], row[f"{which}_end"])


def moment(view: View, kind: str, start: dt.date, end: dt.date) -> str:
    """Write a period as it stands behind a value: 31.12.2013; im Jahr 2013; im Schuljahr 2012/13.

    Parameters
    ----------
    view
        For whom.
    kind, start, end
        Columns ``period_kind, period_start, period_end`` of a result.
    """
    words = view.words
    if kind == "stock":
        return _keys.date(words, end)
    whole_years = (start.month, start.day, end.month, end.day) == (1, 1, 12, 31)
    if kind != "school_year" and not whole_years:
        return words.text("from {first} to {last}", first=_keys.date(words, start), last=_keys.date(words, end))
    first, last = (keyed(str(day.year), key("date", day)) for day in (start, end))
    if kind == "school_year":
        years = keyed(f"{start.year}/{end.year % 100:02}", key("period", start, end))
        return words.text("in the school year {years}", years=years)
    if start.year == end.year:
        return words.text("in {year}", year=last)
    return words.text("in the years {first} to {last}", first=first, last=last)


def at_time(view: View, kind: str, start: dt.date, end: dt.date) -> str:
    """Write a period as it stands in a sentence: am 31.12.2013; im Jahr 2013; see :func:`moment`."""
    written = moment(view, kind, start, end)
    return view.words.text("on {date}", date=written) if kind == "stock" else written


def change(view: View, indicator: str, value: float, decimals: int | None = None, *, key: str = "") -> str:
    """Write a change with sign and unit: +1,2 Prozentpunkte; with the decimals of the indicator, if not said otherwise."""
    decimals = view.decimals(indicator) if decimals is None else decimals
    unit = view.words.text(_CHANGE_UNITS[view.indicator(indicator).unit])
    return f"{signed(view, value, decimals, key=key)}{NO_BREAK_SPACE}{unit}"


def signed(view: View, value: float, decimals: int, *, key: str = "") -> str:
    """Write a difference with its sign; ± where nothing is left of it at these decimals."""
    sign = "±" if rounded(abs(value), decimals) == 0 else "+" if value > 0 else MINUS
    return keyed(f"{sign}{view.words.number(abs(value), decimals)}", key)


_CHANGE_UNITS = {
    "persons": "persons",
    "percent": "percentage points",
    "per_100": "per 100",
    "per_1000": "per 1,000",
    "per_10000": "per 10,000",
    "square_metres": "square metres",
}


def p_value(view: View, value: float, *, key: str = "") -> str:
    """Write a probability of error: p = 0,03, or p < 0,001 where it is smaller."""
    if math.isnan(value):
        return EN_DASH
    if value < SMALLEST_P:
        return keyed(f"p{NO_BREAK_SPACE}<{NO_BREAK_SPACE}{view.words.number(SMALLEST_P, 3)}", key)
    decimals = 3 if value < 0.01 else 2  # three digits where two would round to 0,00
    return keyed(f"p{NO_BREAK_SPACE}={NO_BREAK_SPACE}{view.words.number(value, decimals)}", key)


def with_unit(view: View, indicator: str) -> str:
    """Name an indicator and its unit."""
    return view.words.text("{label}, {unit}", label=view.label(indicator), unit=view.unit(indicator))


def in_reading_order(view: View, rows: pd.DataFrame) -> list[Any]:
    """Give the rows of results in the order in which the target group's indicators are read."""
    order = {indicator.id: number for number, indicator in enumerate(view.indicators)}
    chosen = rows[rows["indicator"].isin(order)]
    chosen = chosen.assign(_order=chosen["indicator"].map(order)).sort_values("_order", kind="stable")
    return [row for _, row in chosen.iterrows()]
