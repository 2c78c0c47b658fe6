"""Sentences: what the results say, in German or English, as cautious as the numbers ask for.

Every sentence is made from a result row; none states a number that stands in no table, and each number has its key.
Nothing is said about causes, and nothing about the people who live in an area.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sozialanalyse import trends
from sozialanalyse.evidence import CAVEATS
from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings._headed import by_verdict, headed
from sozialanalyse.findings._phrases import at_time, change, moment, p_value, signed, unit_of_change
from sozialanalyse.findings.display import Shown, nothing
from sozialanalyse.language import EN_DASH, NO_BREAK_SPACE, key, keyed

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.comparison import Comparison
    from sozialanalyse.evidence import Evidence
    from sozialanalyse.view import View

__all__ = [
    "SAID_AT_ONCE",
    "at_time",
    "change",
    "change_of",
    "comparison",
    "comparison_sentence",
    "description",
    "development",
    "development_sentence",
    "end_value",
    "ends_differ",
    "ends_of_range",
    "has_range",
    "hidden_course",
    "in_reading_order",
    "key_of_end",
    "level_for",
    "moment",
    "number_of_areas",
    "p_value",
    "period_name",
    "periods_name",
    "points",
    "signed",
    "slide",
    "unit_of_change",
    "value_of_town",
    "verdict",
    "with_unit",
]


def comparison(view: View, compared: Comparison) -> Shown:
    """Say for each indicator: value from sums, range of the areas, and how many differ clearly from the town."""
    rows = in_reading_order(view, compared.summary)
    groups = by_verdict(
        view, [(row.indicator, _seen(row), comparison_sentence(view, row)) for row in rows], _SEEN_VERDICTS
    )
    return headed(groups) if rows else nothing()


def _seen(row: Any) -> str:
    """Say in a word what a comparison found: areas that differ, none, or no test."""
    if row.above + row.below:
        return "differing"
    return "alike" if row.around else "untested"


_SEEN_VERDICTS = {
    "differing": "Areas differ discernibly from the town: {indicators}",
    "alike": "No area differs discernibly from the town: {indicators}",
    "untested": "Not tested against chance: {indicators}",
}
"""Message ids of headings, in their order."""


def comparison_sentence(view: View, row: Any) -> str:
    """One indicator of a comparison in words."""
    words = view.words
    message = "{label} {when}: {slide}, {mean}, {range}."
    if math.isnan(row["mean" if _is_count(view, row.indicator) else "value"]):
        message = "{label} {when}: no value for the whole, {range}."
    values = {
        "label": view.label(row.indicator),
        "when": at_time(view, row.period_kind, row.period_start, row.period_end),
        "slide": slide(view, row),
        "mean": words.text("mean of the areas") if _is_count(view, row.indicator) else words.text("from sums"),
        "range": _range_note(view, row),
    }
    parts = [words.text(message, **values), _absence_note(view, row), _town_note(view, row), _relation_note(view, row)]
    return " ".join(part for part in parts if part)


def _range_note(view: View, row: Any) -> str:
    """Say over how many areas the range goes, or that there is none since hidden values might lie outside it."""
    if not has_range(row):
        return view.words.text("without range, since values are kept confidential")
    areas = number_of_areas(view, row, "level_areas", row.areas)
    return view.words.text("range over {areas} {level}", areas=areas, level=level_for(view, row.areas))


def has_range(row: Any) -> bool:
    """Whether both ends of the range are known; where values are hidden, one may be known and the other not."""
    return not (math.isnan(row.minimum) or math.isnan(row.maximum))


def level_for(view: View, count: float) -> str:
    """Name so many areas of the view's level: 14 Sozialräume, 1 Sozialraum."""
    return view.level_name(plural=count != 1)


def number_of_areas(view: View, row: Any, statistic: str, count: float) -> str:
    """Write how many areas of the view's level a statistic counts."""
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
    if not has_range(row):
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
        **{side: number_of_areas(view, row, f"level_{side}", row[side]) for side in ("above", "below", "around")},
        areas=number_of_areas(view, row, "level_tested", compared),
        level=level_for(view, compared),
    )


def _is_count(view: View, indicator: str) -> bool:
    return view.indicator(indicator).kind == "count"


def development(view: View, developed: pd.DataFrame) -> Shown:
    """Say for each indicator how it developed in the view's area and whether that can be told from chance."""
    rows = in_reading_order(view, developed[developed["area"] == view.area])
    groups = by_verdict(
        view, [(row.indicator, row.finding, development_sentence(view, row)) for row in rows], _FOUND_VERDICTS
    )
    return headed(groups) if rows else nothing()


_FOUND_VERDICTS = {
    trends.RISING: "Mostly risen: {indicators}",
    trends.FALLING: "Mostly fallen: {indicators}",
    trends.HIGHER: "Higher at last: {indicators}",
    trends.LOWER: "Lower at last: {indicators}",
    trends.NO_CLEAR_TREND: "No clear trend: {indicators}",
    trends.NO_CLEAR_DIFFERENCE: "Difference not to be told from chance: {indicators}",
    trends.UNTESTED: "Not tested against chance: {indicators}",
    trends.ONE_DATE: "No development can be stated: {indicators}",
    trends.OVERLAPPING: "No development can be stated: {indicators}",
    trends.HIDDEN: "Values kept confidential: {indicators}",
}
"""Message ids of headings by what was found, in their order."""


def development_sentence(view: View, row: Any) -> str:
    """One indicator's development in words: what, how much, since when, how sure, and what to mind."""
    found = trends.evidence(row)
    parts = [_course(view, row), verdict(view, row, found), _bend(view, row), *_caveats(view, found)]
    return " ".join(part for part in parts if part)


def _course(view: View, row: Any) -> str:
    """Say from where to where it went, as far as that is known."""
    words = view.words
    values = {"label": view.label(row.indicator), "last_date": _moment(view, row, "last")}
    if row.reason == trends.OTHERS_HIDDEN or row.method in {trends.HIDDEN, trends.BOUNDS}:
        return hidden_course(view, row)
    values["last"] = view.measured(row.indicator, row.last_value, key=key_of_end(row, "last"))
    if row.method in {trends.ONE_DATE, trends.REFUSED}:
        return words.text(_COURSE_VERDICTS[row.method], period=period_name(view, row.period_kind), **values)
    return words.text(
        "{label}: from {first} ({first_date}) to {last} ({last_date}), {change}.",
        first=end_value(view, row, "first"),
        first_date=_moment(view, row, "first"),
        change=change_of(view, row),
        **values,
    )


def hidden_course(view: View, row: Any) -> str:
    """Say that confidential values keep a development from being stated, or some of it."""
    reason = row.reason if row.reason == trends.OTHERS_HIDDEN else row.method
    return view.words.text(_COURSE_VERDICTS[reason], label=view.label(row.indicator))


def value_of(view: View, row: pd.Series, status: str = "") -> str:
    """Write the value of an area in a row with its key, or the sign of its state; ``status`` in place of the row's own."""
    told = _keys.of_area(_keys.value_of(row), row)
    return signs.amount(view, row["indicator"], row["value"], status or row["status"], key=told)


def end_value(view: View, row: Any, end: str) -> str:
    """Write the first or the last value of a development."""
    return view.amount(row.indicator, row[f"{end}_value"], key=key_of_end(row, end))


def key_of_end(row: Any, end: str) -> str:
    """Key of the first or the last value of a development."""
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


def verdict(view: View, row: Any, found: Evidence) -> str:
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
        return description(view, found)
    if found.claim == trends.NO_CLEAR_TREND and ends_differ(found):
        message = "The last value differs discernibly from the first one, but over {points} {periods} no direction prevails (tested with {method}, {p})."
        return words.text(message, **values)
    return words.text(verdicts[found.claim], **values) if found.claim in verdicts else ""


def _slope(view: View, row: Any) -> str:
    return change(
        view, row.indicator, row.slope, decimals=view.decimals(row.indicator) + 1, key=_keys.of_change("slope", row)
    )


def description(view: View, found: Evidence) -> str:
    """Say why a development is described and not tested."""
    return view.words.text(_DESCRIPTIVE_VERDICTS[found.reason])


def ends_differ(found: Evidence) -> bool:
    """Whether the last value discernibly differs from the first, whatever lies between."""
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


def period_name(view: View, kind: str) -> str:
    """Name one period of a kind: Stichtag, Jahreswert, Schuljahr, Zeitraum."""
    return view.words.text(_PERIOD_LABELS[kind])


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


def with_unit(view: View, indicator: str) -> str:
    """Name an indicator and its unit."""
    return view.words.text("{label}, {unit}", label=view.label(indicator), unit=view.unit(indicator))


def in_reading_order(view: View, rows: pd.DataFrame) -> list[Any]:
    """Give the rows of results in the order in which the target group's indicators are read."""
    order = {indicator.id: number for number, indicator in enumerate(view.indicators)}
    chosen = rows[rows["indicator"].isin(order)]
    chosen = chosen.assign(_order=chosen["indicator"].map(order)).sort_values("_order", kind="stable")
    return [row for _, row in chosen.iterrows()]
