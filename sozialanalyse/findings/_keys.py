"""Keys of what a page writes: a statistic and its cell, so that each published number can be held against the release.

A key begins with one of the statistics that :data:`STATISTICS` lists with their parts. What is no number of the release has
one as well: days, ages, names of areas, constants. So no numeral on a page is without, but for those of static texts
(:mod:`sozialanalyse.findings.static`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sozialanalyse.findings.signs import plain
from sozialanalyse.language import key, keyed, without_keys

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from sozialanalyse.language import Language
    from sozialanalyse.view import View

_CELL = ("indicator", "area", "period_end")
_TWO_CELLS = ("indicator", "area", "first_end", "last_end")
_LEVEL = ("indicator", "within", "period_end", "level")
_CLASS = (*_LEVEL, "number")
_INDEX = ("recipe", "part", "level", "period_end")
_OFFERED = ("need", "area", "period_end")
_GROWN = ("measure", "area", "period_end", "level", "age_from", "age_to")
_PAST = ("measure", "of", "level", "age_from", "age_to")
_TERM = ("measure", "area", "period_end", "level", "sex", "age_from", "age_to")

STATISTICS: Final[dict[str, tuple[str, ...]]] = {
    # Of an indicator in an area at a date.
    **dict.fromkeys(("value", "numerator", "denominator", "lower", "upper"), _CELL),
    **dict.fromkeys(("converted", "converted_lower", "converted_upper"), _CELL),
    **dict.fromkeys(("rest", "difference", "difference_lower", "difference_upper"), _CELL),
    # Of an indicator in an area between two dates.
    **dict.fromkeys(
        ("change", "change_lower", "change_upper", "slope", "points", "p_value", "turning_point"), _TWO_CELLS
    ),
    **dict.fromkeys(
        ("rest_change", "change_difference", "change_difference_lower", "change_difference_upper"), _TWO_CELLS
    ),
    "drawn_series": _TWO_CELLS,
    # Words and rounded numbers inside sentences; of counts and means the last part is the step of rounding.
    **dict.fromkeys(("change_size", "direction", "course"), _TWO_CELLS),
    "side": _CELL,
    **dict.fromkeys(("of_base", "about"), (*_CELL, "base")),
    **dict.fromkeys(("about_least", "about_greatest"), (*_LEVEL, "base")),
    # Of the areas of a level inside an area.
    **dict.fromkeys(("level_min", "level_max", "level_mean", "level_areas", "level_all", "level_without"), _LEVEL),
    **dict.fromkeys(("level_tested", "level_above", "level_below", "level_around", "level_clear", "drawn"), _LEVEL),
    **dict.fromkeys(("drawn_ranks", "drawn_funnel", "drawn_relations"), _LEVEL),
    "level_status": (*_LEVEL, "status"),
    **dict.fromkeys(("rank", "rank_lower", "rank_upper"), (*_LEVEL, "area")),
    **dict.fromkeys(("class_least", "class_greatest", "class_areas"), _CLASS),
    # Of an index of all areas of a level, by a recipe; the last ones are words: names of classes.
    **dict.fromkeys(("index_areas", "index_stable", "index_unstable", "drawn_index", "drawn_matrix"), _INDEX),
    "index_class_areas": (*_INDEX, "class"),
    "index_sure": (*_INDEX, "span"),
    **dict.fromkeys(("index", "index_rank_lower", "index_rank_upper", "index_class"), (*_INDEX, "area")),
    **dict.fromkeys(("index_chance_lower", "index_chance_upper"), (*_INDEX, "area")),
    **dict.fromkeys(("index_weights_lower", "index_weights_upper"), (*_INDEX, "area")),
    **dict.fromkeys(("index_without_lower", "index_without_upper"), (*_INDEX, "area")),
    "recipe_weight": ("recipe", "indicator"),
    "recipe_population": ("recipe",),
    "recipe_limit": ("recipe", "part", "class"),
    # Of a count by sex and age.
    "count": ("measure", "area", "period_end", "sex", "age_from", "age_to"),
    "drawn_ages": ("measure", "area", "first_end", "last_end"),
    # Of a delivered total and its parts, and of a conversion.
    **dict.fromkeys(("unassigned", "unassigned_share"), _TERM),
    **dict.fromkeys(("misplaced", "misplaced_of_town"), ("measure", "reform", "period_end")),
    # Of local offers.
    **dict.fromkeys(("offers_here", "places_here", "supply", "supply_lower", "supply_upper"), _OFFERED),
    **dict.fromkeys(("access", "access_lower", "access_upper", "reachable"), _OFFERED),
    "offer_text": ("offer", "field"),
    "offer_label": ("what", "id"),
    "offer_places": ("offer",),
    "offers_number": ("what", "group", "day"),
    "hidden_offers": ("what", "area", "kind"),
    "drawn_offers": ("day",),
    "drawn_niches": ("need", "period_end", "need_end", "level"),
    # Of an age group in an area at a date to come or of a yearly count, computed on a level; of needed places; of past years.
    **dict.fromkeys(("counted", "projected", "projected_lower", "projected_upper"), _GROWN),
    "drawn_outlook": ("measure", "area", "first_end", "last_end", "level", "age_from", "age_to"),
    **dict.fromkeys(("places", "places_lower", "places_upper"), ("need", "variant", "area", "period_end", "level")),
    "rate": ("need", "variant"),
    **dict.fromkeys(("past_error", "past_naive", "past_errors", "past_inside", "past_tested"), _PAST),
    **dict.fromkeys(("reach_now", "reach_next_count", "reach_births"), _PAST),
    "years_ahead": ("measure", "level", "what"),
    # Of the page.
    "axis": ("indicator",),
    "number": ("what",),
    "constant": ("name",),
    "size": ("file",),
    "margin": ("indicator",),
    "date": ("day",),
    "period": ("first_day", "last_day"),
    "ages": ("from", "to"),
    "area": ("area",),
}
"""Parts of the key of each statistic. A value that was converted to today's areas is ``converted``: no cell of the release."""


def of_area(statistic: str, row: Any) -> str:
    """Key of a statistic of an area at a date, from a row of an indicator frame or a comparison."""
    return key(statistic, row["indicator"], row["area"], row["period_end"])


def of_change(statistic: str, row: Any) -> str:
    """Key of a statistic of an area between two dates, from a row of developments or of tests."""
    return key(statistic, row["indicator"], row["area"], row["first_end"], row["last_end"])


def of_level(view: View, statistic: str, row: Any, *parts: object) -> str:
    """Key of a statistic over the areas of the view's level inside its area, from a row of a comparison."""
    return key(statistic, row["indicator"], view.area, row["period_end"], view.level, *parts)


def value_of(row: Any) -> str:
    """Statistic of a row's value: a value, or an estimate where it was converted from earlier areas."""
    return "converted" if row.get("interpolated", False) == 1 else "value"


def date(words: Language, day: dt.date | pd.Timestamp) -> str:
    """Write a day."""
    return keyed(words.date(day), key("date", day))


def area(view: View, area: str | None = None) -> str:
    """Write an area with its id, in one line."""
    return keyed(plain(without_keys(view.area_name(area))), key("area", area or view.area))


def town(view: View) -> str:
    """Write the town's name, in one line."""
    return keyed(plain(without_keys(view.town.name)), key("area", view.town.areas.root))


def of_town(view: View, indicator: str, day: pd.Timestamp) -> str:
    """Key of the town's value."""
    return key("value", indicator, view.town.areas.root, day)


def number(view: View, count: float, what: str, *parts: object) -> str:
    """Write how many things a page shows or has tested."""
    return keyed(view.words.number(count), key("number", what, *parts))
