"""The summary in Einfache Sprache (plain English): short sentences, each one statement, numbers rounded.

Every sentence is one of :data:`SENTENCE_MESSAGES`, checked by a test: at most twelve words, no subordinate clause, no abbreviation, no
genitive chain. What is counted, and among whom, the catalogue says in plain words (``said``); where it does not, nothing is
shown. It is not called Leichte Sprache: that is for readers to judge, and stands here only where ``town.yml`` records that
they have.

The rules are taken from DIN 8581-1 (Einfache Sprache) and ISO 24495-1 (Plain language); no page claims to meet either.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sozialanalyse import trends
from sozialanalyse.amounts import SUPPRESSED
from sozialanalyse.evidence import ABOVE, AROUND, BELOW, FALLING, HIGHER, LOWER, RISING, UNKNOWN
from sozialanalyse.findings import _keys, summary, words
from sozialanalyse.findings._beside_town import row_of, side, town_value
from sozialanalyse.findings.display import Shown, nothing
from sozialanalyse.findings.pages import in_order
from sozialanalyse.language import key, keyed, rounded

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from sozialanalyse.catalogue import Indicator
    from sozialanalyse.comparison import Comparison
    from sozialanalyse.view import View

BASES = (100, 1_000, 10_000)
"""Of so many; the first of which enough are counted."""

FEWEST = 2
"""So few are enough; one alone would need another verb."""

FIGURES = 3
"""So many leading digits has a rounded count."""

SENTENCE_MESSAGES = {
    "place": "These numbers are for {place}.",
    "compared": "This page compares areas in {place}.",
    "topic": "This is about {topic}.",
    "share": "That is about {count} in {base} {among}.",
    "share_less": "That is fewer than {count} in {base}.",
    "ratio": "For every {base} {among} there are about {count}.",
    "counted": "There are about {count} {among}.",
    "mean": "That is about {count} {unit} for each {among}.",
    "from_year": "The number is for the year {year}.",
    "from_school_year": "The number is for the school year {year}.",
    "earlier": "In the year {year} it was about {count}.",
    "earlier_school_year": "In the school year {year} it was about {count}.",
    "as_much": "In the year {year} it was about as many.",
    "as_much_school_year": "In the school year {year} it was about as many.",
    RISING: "Over the years the number has {word}.",
    FALLING: "Over the years the number has {word}.",
    HIGHER: "The last number is {word}.",
    LOWER: "The last number is {word}.",
    "more_than_chance": "This is probably more than chance.",
    "chance": "The difference may be chance.",
    "changes_chance": "The changes may be chance.",
    "untested": "We have not tested for chance.",
    "one_date": "Numbers for other years are missing.",
    "hidden": "We do not show some numbers here.",
    "protects": "This protects people.",
    "nowhere": "For the whole area there is no number.",
    "town": "In all of {town} it is about {count}.",
    ABOVE: "The number in the area is {word}.",
    BELOW: "The number in the area is {word}.",
    "range": "In the areas it is about {low} to {high}.",
    "few": "The numbers are small.",
    "hint": "They are only a hint.",
    "reasons": "The numbers do not show reasons.",
    "areas": "The numbers describe areas.",
    "persons": "They do not describe individual people.",
}
"""Message ids of all sentences but those that depend on a number of areas."""

AREAS_ABOVE_SIGNS = (
    "In {count} area the number is higher than in {town}.",
    "In {count} areas the number is higher than in {town}.",
)
AREAS_BELOW_SIGNS = (
    "In {count} area the number is lower than in {town}.",
    "In {count} areas the number is lower than in {town}.",
)
AREAS_AROUND_SIGNS = ("In {count} area the difference may be chance.", "In {count} areas the difference may be chance.")
AREAS_WITHOUT_SIGNS = ("For {count} area there is no number.", "For {count} areas there is no number.")
"""Message ids for one and for several areas."""


@dataclass(frozen=True)
class Round:
    """A rounded number: among how many, and how many of them; with its key."""

    base: int
    count: int
    key: str


def development(view: View, developed: pd.DataFrame) -> Shown:
    """Say in plain words how the leading indicator developed in the view's area.

    Parameters
    ----------
    view
        Whose area, target group and language count.
    developed
        Result of :func:`sozialanalyse.trends.development`.
    """
    rows = in_order(view, developed[developed["area"] == view.area])
    lead = next(iter(rows.values()), None)
    if lead is None or view.indicator(lead.indicator).said is None:
        return nothing()
    sentences = [_say(view, "place", place=_keys.area(view)), _topic(view, lead.indicator)]
    if _is_hidden(lead):
        sentences += [_say(view, "hidden"), _say(view, "protects")]
    else:
        sentences += [*_last(view, lead), *_earlier(view, lead), *_found(view, lead), *_beside(view, lead)]
    return _shown(view, [*sentences, *_reserved(view, lead.reliability), *limits(view)])


def lines_of(view: View, row: Any) -> list[str]:
    """Say one indicator of the view's area in plain words: what it is about, how many, and beside the town.

    Parameters
    ----------
    view
        Whose area and language count.
    row
        Of :func:`sozialanalyse.trends.development`.

    Returns
    -------
    list of str
        Empty where the catalogue has no plain words for it, or it has no value that may be told.
    """
    if view.indicator(row.indicator).said is None or _is_hidden(row):
        return []
    is_town = view.area == view.town.areas.root
    beside = [] if is_town or view.indicator(row.indicator).kind == "count" else _beside(view, row)
    said = [_topic(view, row.indicator), *_last(view, row), *beside, *_reserved(view, row.reliability)]
    return [sentence for sentence in said if sentence]


def profile(view: View, leads: list[pd.Series]) -> Shown:
    """Say in plain words what the leading indicator of each target group is in the view's area, beside the town.

    Parameters
    ----------
    view
        Whose area and language count.
    leads
        Rows of :func:`sozialanalyse.trends.development` of the leading indicators.
    """
    groups = [_group(view, lead) for lead in leads if view.indicator(lead.indicator).said is not None]
    if not groups:
        return nothing()
    return _shown(view, [_say(view, "place", place=_keys.area(view))], *groups, limits(view))


def _group(view: View, lead: pd.Series) -> list[str]:
    """Say one value and the town's, or that it is hidden; how it developed, other pages say."""
    return lines_of(view, lead) or [_topic(view, lead.indicator), _say(view, "hidden"), _say(view, "protects")]


def _is_hidden(row: Any) -> bool:
    """Whether the last value of a development is not shown."""
    hidden = row.reason == trends.OTHERS_HIDDEN or row.method in {trends.HIDDEN, trends.BOUNDS}
    return bool(hidden or math.isnan(row.last_value))


def comparison(view: View, compared: Comparison) -> Shown:
    """Say in plain words how the areas differ in the leading indicator; as :func:`development`.

    Parameters
    ----------
    view
        Whose area, level, target group and language count.
    compared
        Result of :func:`sozialanalyse.comparison.compare`.
    """
    lead = next(iter(in_order(view, compared.summary).values()), None)
    if lead is None or view.indicator(lead.indicator).said is None:
        return nothing()
    sentences = [_say(view, "compared", place=_keys.area(view)), _topic(view, lead.indicator)]
    if math.isnan(lead["value"]) and lead.get("status") != SUPPRESSED:
        sentences += [_say(view, "nowhere")]
    elif math.isnan(lead["value"]):
        sentences += [_say(view, "hidden"), _say(view, "protects")]
    else:
        whole = _rounded(view, lead.indicator, view.area, lead.period_end, lead["value"])
        sentences += [_amount(view, lead.indicator, whole), _date(view, lead.period_kind, lead.period_end)]
    sentences += [*_range(view, lead), *_areas(view, lead)]
    return _shown(view, [*sentences, *_reserved(view, lead.get("reliability")), *limits(view)])


def _say(view: View, pattern: str, **values: str) -> str:
    return view.words.text(SENTENCE_MESSAGES[pattern], **values)


def _topic(view: View, indicator: str) -> str:
    said = view.indicator(indicator).said
    return _say(view, "topic", topic=view.words.of(said.topic)) if said else ""


def _last(view: View, row: Any) -> list[str]:
    number = _rounded(view, row.indicator, view.area, row.last_end, row.last_value)
    return [_amount(view, row.indicator, number), _date(view, row.period_kind, row.last_end)]


def _amount(view: View, name: str, number: Round) -> str:
    """Say a value: of how many among whom, or how many."""
    indicator = view.indicator(name)
    assert indicator.said is not None
    values = {"among": view.words.of(indicator.said.among), "count": _written(view, number)}
    if number.count == 0 and indicator.kind == "proportion":
        return _say(view, "share_less", count=keyed("1", key("constant", "one")), base=_base(view, number))
    if indicator.kind == "mean":
        return _say(view, "mean", unit=words.unit_of_change(view, name, number.count), **values)
    if indicator.kind == "count":
        return _say(view, "counted", **values)
    return _say(view, "share" if indicator.kind == "proportion" else "ratio", base=_base(view, number), **values)


def _base(view: View, number: Round) -> str:
    return keyed(view.words.number(number.base), key("constant", "base"))


def _written(view: View, number: Round) -> str:
    return keyed(view.words.number(number.count), number.key)


def _rounded(view: View, name: str, area: str, day: pd.Timestamp, value: float, base: int = 0) -> Round:
    """Round a value to a whole number of persons; of a share, among a given base or the smallest with enough of them."""
    indicator = view.indicator(name)
    base = base if base and indicator.kind not in {"count", "mean"} else _base_of(indicator, value)
    count = _count_of(indicator, value, base)
    statistic = "about" if indicator.kind in {"count", "mean"} else "of_base"
    return Round(base, count, key(statistic, name, area, day, base))


def _base_of(indicator: Indicator, value: float) -> int:
    """Choose among how many a value is told; of counts and means, to which step it is rounded."""
    if indicator.kind in {"count", "mean"}:
        digits = len(str(int(abs(value))))
        return 10 ** max(digits - FIGURES, 0)
    least = [base for base in BASES if rounded(value * base / indicator.factor, 0) >= FEWEST]
    return least[0] if least else BASES[-1]


def _count_of(indicator: Indicator, value: float, base: int) -> int:
    if indicator.kind in {"count", "mean"}:
        return int(rounded(value / base, 0)) * base
    return int(rounded(value * base / indicator.factor, 0))


def _date(view: View, kind: str, end: dt.date) -> str:
    if kind == "window":  # several years at once have no plain name
        return ""
    pattern = "from_school_year" if kind == "school_year" else "from_year"
    return _say(view, pattern, year=_year(kind, end))


def _year(kind: str, end: dt.date) -> str:
    if kind == "school_year":
        return keyed(f"{end.year - 1}/{end.year % 100:02}", key("period", end.replace(year=end.year - 1), end))
    return keyed(str(end.year), key("date", end))


def _earlier(view: View, row: Any) -> list[str]:
    """Say the first value, rounded as the last one is; where both are rounded alike, only that."""
    against = (row.finding == RISING and row.change < 0) or (row.finding == FALLING and row.change > 0)
    if not summary.is_told(row) or row.converted or against or row.first_end.year == row.last_end.year:
        return []
    last = _rounded(view, row.indicator, view.area, row.last_end, row.last_value)
    first = _rounded(view, row.indicator, view.area, row.first_end, row.first_value, last.base)
    school = "_school_year" if row.period_kind == "school_year" else ""
    year = _year(row.period_kind, row.first_end)
    if first.count == last.count:
        return [] if row.finding in _WORDS_LABELS else [_say(view, f"as_much{school}", year=year)]
    return [_say(view, f"earlier{school}", year=year, count=_of_base(view, row.indicator, first))]


def _of_base(view: View, name: str, number: Round) -> str:
    """Write a rounded number with its base: 12 von 100."""
    if view.indicator(name).kind in {"count", "mean"}:
        return _written(view, number)
    return view.words.text("{count} in {base}", count=_written(view, number), base=_base(view, number))


def _found(view: View, row: Any) -> list[str]:
    """Say the direction where there is one, and whether it may be chance."""
    if row.finding in _WORDS_LABELS:
        statistic = "course" if row.finding in {RISING, FALLING} else "direction"
        word = keyed(view.words.text(_WORDS_LABELS[row.finding]), _keys.of_change(statistic, row))
        return [_say(view, row.finding, word=word), _say(view, "more_than_chance")]
    return [_say(view, _FOUND[row.finding])] if row.finding in _FOUND else []


_WORDS_LABELS = {RISING: "risen", FALLING: "fallen", HIGHER: "higher", LOWER: "lower"}
_FOUND = {
    trends.NO_CLEAR_TREND: "changes_chance",
    trends.NO_CLEAR_DIFFERENCE: "chance",
    trends.UNTESTED: "untested",
    trends.OVERLAPPING: "untested",
    trends.ONE_DATE: "one_date",
}


def _beside(view: View, row: Any) -> list[str]:
    """Put an area beside its town."""
    town = town_value(view, row.indicator, row.last_end)
    if math.isnan(town):
        return []
    last = _rounded(view, row.indicator, view.area, row.last_end, row.last_value)
    number = _rounded(view, row.indicator, view.town.areas.root, row.last_end, town, last.base)
    found = side(row_of(view, row.indicator, row.last_end, view.area), town)
    sentences = [_say(view, "town", town=_keys.town(view), count=_of_base(view, row.indicator, number))]
    if found in {ABOVE, BELOW}:
        word = keyed(
            view.words.text("higher" if found == ABOVE else "lower"),
            key("side", row.indicator, view.area, row.last_end),
        )
        return [*sentences, _say(view, found, word=word)]
    return [*sentences, _say(view, {AROUND: "chance", UNKNOWN: "untested"}[found])]


def _range(view: View, row: Any) -> list[str]:
    """Say from where to where the areas lie, in the unit of the indicator."""
    if not words.has_range(row):
        return [_say(view, "hidden"), _say(view, "protects")] if not math.isnan(row["value"]) else []
    if row.areas == 1:
        return []
    low, high = (_end(view, row, name) for name in ("minimum", "maximum"))
    return [_say(view, "range", low=_written(view, low), high=_of_base(view, row.indicator, high))]


def _end(view: View, row: Any, name: str) -> Round:
    indicator = view.indicator(row.indicator)
    base = _base_of(indicator, row[name] if indicator.kind in {"count", "mean"} else row.maximum)
    statistic = {"minimum": "about_least", "maximum": "about_greatest"}[name]
    return Round(base, _count_of(indicator, row[name], base), _keys.of_level(view, statistic, row, base))


def _areas(view: View, row: Any) -> list[str]:
    """Say in how many areas the number is higher or lower than in town, or may be so by chance."""
    absent = row.areas_in_level - row.areas
    counts = {
        "above": (AREAS_ABOVE_SIGNS, row.above),
        "below": (AREAS_BELOW_SIGNS, row.below),
        "around": (AREAS_AROUND_SIGNS, row.around),
        "without": (AREAS_WITHOUT_SIGNS, absent),
    }
    tested = row.above + row.below + row.around
    said = [
        view.words.plural(*forms, int(count), key=_keys.of_level(view, f"level_{name}", row), town=_keys.town(view))
        for name, (forms, count) in counts.items()
        if count
    ]
    return said if tested else [_say(view, "untested"), *said]


def _reserved(view: View, reliability: object) -> list[str]:
    return [_say(view, "few"), _say(view, "hint")] if reliability == "indicative" else []


def limits(view: View) -> list[str]:
    """Say what no number of the page says."""
    return [_say(view, "reasons"), _say(view, "areas"), _say(view, "persons")]


def _shown(view: View, *parts: list[str]) -> Shown:
    """Write the sentences of each part one below the other, as plain language asks; with the check by readers, if one is recorded."""
    checked = view.town.data.file.leichte_sprache
    if checked is not None:
        message = "Checked as Leichte Sprache by {by} on {date}."
        by, date = view.words.of(checked.by), _keys.date(view.words, checked.checked)
        parts = (*parts[:-1], [*parts[-1], view.words.text(message, by=by, date=date)])
    said = [[sentence for sentence in part if sentence] for part in parts]
    lines = Markup("").join(Markup("<p class='plain'>{}</p>").format(Markup("<br>").join(part)) for part in said)
    return Shown(lines, "\n\n".join("\n".join(part) for part in said))
