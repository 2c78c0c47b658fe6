"""The summary at the top of a page: what, where, how much, since when, against what, how sure, in five sentences.

They speak of the leading indicator. Each is a pattern that is right for every name that a town gives to its areas: no article
and no ending depends on one. What shows a direction has a key as numbers have, so that the audit holds it against the cells.
Where little is known there are fewer sentences.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sozialanalyse import trends
from sozialanalyse.evidence import ABOVE, AROUND, BELOW, FALLING, HIGHER, LOWER, RISING, UNKNOWN
from sozialanalyse.findings import _keys, words
from sozialanalyse.findings._beside_town import row_of, side, town_value
from sozialanalyse.findings._headed import listed
from sozialanalyse.language import NO_BREAK_SPACE, key, keyed, rounded

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from sozialanalyse.evidence import Evidence
    from sozialanalyse.view import View

UPWARDS, DOWNWARDS = (RISING, HIGHER), (FALLING, LOWER)


def of_development(view: View, rows: Mapping[str, Any]) -> list[str]:
    """Sum up a page about developments.

    Parameters
    ----------
    view
        Whose area and language count.
    rows
        Rows of :func:`sozialanalyse.trends.development` of the view's area by indicator, the leading one first.

    Returns
    -------
    list of str
        At most five sentences, keyed; none without rows.
    """
    if not rows:
        return []
    lead, *others = rows.values()
    found = trends.evidence(lead)
    sentences = [_now(view, lead), _since(view, lead), _how_sure(view, lead, found)]
    sentences += [_against(view, lead) or _other_courses(view, others), limits(view)]
    return [sentence for sentence in sentences if sentence]


def of_comparison(view: View, rows: Mapping[str, Any]) -> list[str]:
    """Sum up a page that compares areas; as :func:`of_development`.

    Parameters
    ----------
    view
        Whose area, level and language count.
    rows
        Rows of the summary of a comparison by indicator, the leading one first.
    """
    if not rows:
        return []
    lead, *others = rows.values()
    own = None if math.isnan(lead["value"]) else lead
    whole = value(view, lead) or _no_value(view, lead)
    sentences = [whole, _range(view, lead), _sides(view, lead)]
    town = math.nan if view.area == view.town.areas.root else lead.town_value
    against = _beside(view, lead.indicator, lead.period_end, own, town)
    return [text for text in [*sentences, against or _other_differences(view, others), limits(view)] if text]


def subject(view: View, indicator: str) -> str:
    """Begin a sentence about an indicator, with its article where the catalogue knows it."""
    said = view.indicator(indicator).said
    if said is not None:
        return view.words.of(said.subject)
    return view.words.text("The value of the indicator “{label}”", label=view.label(indicator))


def place(view: View) -> str:
    """Say where: in Musterstadt; im Gebiet 05 Mühlental."""
    if view.area == view.town.areas.root:
        return view.words.text("in {town}", town=_keys.town(view))
    return view.words.text("in the area {area}", area=_keys.area(view))


def _period(view: View, row: Any) -> str:
    return words.at_time(view, row.period_kind, row.period_start, row.period_end)


def moment_of(view: View, row: Any, end: str) -> str:
    """Write when the first or the last value of a development was counted, as a sentence does."""
    return words.at_time(view, row.period_kind, row[f"{end}_start"], row[f"{end}_end"])


def value(view: View, row: Any) -> str:
    """Say the value of the view's area, from its row of a comparison; nothing where it has none."""
    return _value(view, row, row["value"], _period(view, row))


def _value(view: View, row: Any, value: float, when: str) -> str:
    if math.isnan(value):
        return ""
    cell = key(_keys.value_of(row), row.indicator, view.area, row["last_end" if "last_end" in row else "period_end"])
    message = "{subject} was {value} {place} {when}."
    measured = view.measured(row.indicator, value, key=cell)
    return view.words.text(message, subject=subject(view, row.indicator), value=measured, place=place(view), when=when)


def _no_value(view: View, row: Any) -> str:
    """Say that the whole has no value, and so of what the other sentences speak."""
    label, when = view.label(row.indicator), _period(view, row)
    return view.words.text("{label} {when}: there is no value for the whole area.", label=label, when=when)


def _now(view: View, row: Any) -> str:
    """Say the last value, or why there is none."""
    if row.reason == trends.OTHERS_HIDDEN or row.method in {trends.HIDDEN, trends.BOUNDS}:
        return words.hidden_course(view, row)
    return _value(view, row, row.last_value, moment_of(view, row, "last"))


def is_told(row: Any) -> bool:
    """Whether first value, last value and change of a development may be told."""
    hidden = row.reason == trends.OTHERS_HIDDEN or row.method in {trends.HIDDEN, trends.BOUNDS}
    return not (hidden or row.method in {trends.ONE_DATE, trends.REFUSED} or math.isnan(row.change))


def _since(view: View, row: Any) -> str:
    """Say how far the last value lies from the first."""
    if not is_told(row):
        return ""
    decimals = view.decimals(row.indicator)
    first = view.measured(row.indicator, row.first_value, key=words.key_of_end(row, "first"))
    values = {"when": moment_of(view, row, "first"), "first": first}
    if rounded(abs(row.change), decimals) == 0:
        return view.words.text("Rounded, that is as much as {when} ({first}).", **values)
    size = keyed(view.words.number(abs(row.change), decimals), _keys.of_change("change_size", row))
    unit = words.unit_of_change(view, row.indicator, row.change)
    word = view.words.text(CHANGE_LABELS[row.change > 0])
    return view.words.text(
        "The value is {size} {word} than {when} ({first}).",
        size=f"{size}{NO_BREAK_SPACE}{unit}",
        word=keyed(word, _keys.of_change("direction", row)),
        **values,
    )


CHANGE_LABELS = {True: "higher", False: "lower"}
"""Message ids by whether the last value is the greater one."""


def _how_sure(view: View, row: Any, found: Evidence) -> str:
    """Say what the test found, and the weightiest reservation."""
    verdict = _verdict(view, row, found)
    caveat = next((text for text in _reservations(view, found) if text), "")
    return f"{verdict.removesuffix('.')}; {caveat}." if verdict and caveat else verdict


def _verdict(view: View, row: Any, found: Evidence) -> str:
    text = view.words.text
    if found.method == trends.DESCRIPTIVE:
        return words.description(view, found)
    if found.method == trends.BOUNDS:
        return words.verdict(view, row, found)
    values = {
        "points": words.points(view, row),
        "period": words.period_name(view, row.period_kind),
        "periods": words.periods_name(view, row.period_kind),
        "word": course_word(view, row),
    }
    if found.claim == trends.NO_CLEAR_TREND and words.ends_differ(found):
        message = (
            "The last value differs discernibly from the first one, but over {points} {periods} no direction prevails."
        )
        return text(message, **values)
    return text(_SURE_VERDICTS[found.claim], **values) if found.claim in _SURE_VERDICTS else ""


_SURE_VERDICTS = {
    trends.RISING: "Over {points} {periods} the {word} prevails, more clearly than would be expected by chance.",
    trends.FALLING: "Over {points} {periods} the {word} prevails, more clearly than would be expected by chance.",
    trends.NO_CLEAR_TREND: "Over {points} {periods} no prevailing direction can be told from chance.",
    trends.HIGHER: "It is a comparison of two {periods}, not a trend: the difference is larger than chance explains.",
    trends.LOWER: "It is a comparison of two {periods}, not a trend: the difference is larger than chance explains.",
    trends.NO_CLEAR_DIFFERENCE: "It is a comparison of two {periods}, not a trend: the difference cannot be told from chance.",
    trends.UNTESTED: "It is a comparison of two {periods}, not a trend: whether it is more than chance is not tested.",
    trends.ONE_DATE: "There is only one {period}, so nothing can be said about a development.",
    trends.OVERLAPPING: "The spans overlap and count the same events more than once, so no development is tested.",
}
"""Message ids by claim."""


def course_word(view: View, row: Any) -> str:
    """Name the course of a trend, as a direction that the audit holds; empty where there is none."""
    if row.finding not in {RISING, FALLING}:
        return ""
    return keyed(view.words.text(_COURSE_LABELS[row.finding]), _keys.of_change("course", row))


_COURSE_LABELS = {RISING: "rise", FALLING: "decline"}


def _reservations(view: View, found: Evidence) -> list[str]:
    grade = view.words.text("the numbers are small, so it is an indication only") if found.grade == "indicative" else ""
    return [grade, *(view.words.text(text) for name, text in _SHORT_CAVEATS.items() if name in found.caveats)]


_SHORT_CAVEATS = {
    "converted": "the first value is an estimate for today's areas",
    "converted_untested": "the first value is an estimate for today's areas",
    "fragile": "without a single one of these values it could no longer be told",
    "broken": "earlier values were counted in another way and are left out",
}
"""Message ids, the weightiest first."""


def _against(view: View, row: Any) -> str:
    town = town_value(view, row.indicator, row.last_end)
    if row.method in {trends.HIDDEN, trends.BOUNDS} or math.isnan(row.last_value) or math.isnan(town):
        return ""
    own = row_of(view, row.indicator, row.last_end, view.area)
    return _beside(view, row.indicator, row.last_end, own, town)


def _beside(view: View, indicator: str, day: pd.Timestamp, own: Any, town: float) -> str:
    """Put the area beside the town; nothing on pages about the town itself, and where it has no value."""
    if math.isnan(town):
        return ""
    found = side(own, town)
    value = view.measured(indicator, town, key=_keys.of_town(view, indicator, day))
    values = {"town": _keys.town(view), "value": value, "word": side_word(view, found, indicator, day)}
    return view.words.text(_BESIDE_VERDICTS[found], **values)


_BESIDE_VERDICTS = {
    ABOVE: "In {town} as a whole it was {value}; the area lies discernibly {word} that.",
    BELOW: "In {town} as a whole it was {value}; the area lies discernibly {word} that.",
    AROUND: "In {town} as a whole it was {value}; the difference cannot be told from chance.",
    UNKNOWN: "In {town} as a whole it was {value}.",
}
"""Message ids by where the area lies to the town."""


def side_word(view: View, found: str, indicator: str, day: pd.Timestamp) -> str:
    """Name the side of the town's value on which the area lies; empty where it is not to be told."""
    if found not in {ABOVE, BELOW}:
        return ""
    word = view.words.text("above" if found == ABOVE else "below")
    return keyed(word, key("side", indicator, view.area, day))


def _other_courses(view: View, others: list[Any]) -> str:
    """Name the other indicators whose course can be told from chance, each with its direction."""
    known = [row for row in others if row.method not in {trends.HIDDEN, trends.ONE_DATE, trends.REFUSED}]
    if not known:
        return ""
    clear = [row for row in known if row.finding in {*UPWARDS, *DOWNWARDS} and is_told(row)]
    if not clear:
        return view.words.text("For the other indicators no development can be told from chance.")
    named = [f"{view.label(row.indicator)} ({moved(view, row)})" for row in clear]
    message = "Other indicators with a development that can be told from chance: {indicators}."
    return view.words.text(message, indicators=listed(view, named))


def moved(view: View, row: Any) -> str:
    """Say of a course whether it has risen or fallen, as a direction that the audit holds."""
    word = view.words.text("risen" if row.finding in UPWARDS else "fallen")
    return keyed(word, _keys.of_change("course", row))


def _range(view: View, row: Any) -> str:
    text = view.words.text
    if not words.has_range(row):
        return text("There is no range, since values are kept confidential or missing.")
    if row.areas == 1:
        return ""
    low, high = words.ends_of_range(view, row)
    return text(
        "The range over {areas} {level} goes from {low} to {high}.",
        areas=words.number_of_areas(view, row, "level_areas", row.areas),
        level=words.level_for(view, row.areas),
        low=low,
        high=high,
    )


def _sides(view: View, row: Any) -> str:
    """Say how many areas discernibly lie on which side of the town's value."""
    text = view.words.text
    if not row.above + row.below + row.around:
        return text("Whether the differences are more than chance is not tested here.")
    parts = [
        text(message, count=words.number_of_areas(view, row, f"level_{name}", row[name]))
        for name, message in _SIDE_LABELS.items()
        if row[name]
    ]
    if row.areas_in_level > row.areas:
        absent = words.number_of_areas(view, row, "level_without", row.areas_in_level - row.areas)
        parts.append(text("{count} without a value", count=absent))
    message = "{level} compared with the town's value: {found}."
    level = words.level_for(view, row.areas_in_level)
    return text(message, level=f"{level[:1].upper()}{level[1:]}", found=view.words.listing(parts))


_SIDE_LABELS = {
    "above": "{count} discernibly above",
    "below": "{count} discernibly below",
    "around": "{count} not to be told from chance",
}
"""Message ids of how many areas lie where."""


def _other_differences(view: View, others: list[Any]) -> str:
    """Name the other indicators in which areas discernibly differ from the town."""
    text = view.words.text
    tested = [row for row in others if row.above + row.below + row.around]
    found = [view.label(row.indicator) for row in tested if row.above + row.below]
    if not tested:
        return ""
    if not found:
        return text("For the other indicators no area differs discernibly from the town's value.")
    return text(
        "Other indicators with discernible differences from the town's value: {indicators}.",
        indicators=listed(view, found),
    )


def limits(view: View) -> str:
    """Say what no number of the page says."""
    return view.words.text(
        "The numbers do not say what the reasons are; they describe areas, not the people who live there."
    )
