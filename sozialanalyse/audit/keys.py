"""Keys: what a written number says that it is, ``STATISTIC|PART|...`` with each part percent-encoded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from urllib.parse import unquote

CELL = ("indicator", "area", "end")
SERIES = ("indicator", "area", "first", "end")
LEVEL = ("indicator", "within", "end", "level")
MEASURED = ("measure", "area", "end", "level", "sex", "age_from", "age_to")
REFORM = ("measure", "date", "end")
INDEX = ("recipe", "part", "level", "end")

CLASS_NAMES = (
    "index_class",
    *("index_chance_lower", "index_chance_upper"),
    *("index_weights_lower", "index_weights_upper", "index_without_lower", "index_without_upper"),
)
"""Keys of names of classes of an index: words, which may hold no other than the right one."""
OFFERED = ("need", "area", "end")
GROWN = ("measure", "area", "end", "level", "age_from", "age_to")
NEEDED = ("need", "variant", "area", "end", "level")
PAST = ("measure", "of", "level", "age_from", "age_to")


_PARTS: dict[tuple[str, ...], tuple[str, ...]] = {
    CELL: (
        *("value", "numerator", "denominator", "lower", "upper", "least", "greatest"),
        *("converted", "converted_lower", "converted_upper"),
        *("rest", "difference", "difference_lower", "difference_upper", "side"),
    ),
    (*CELL, "base"): ("of_base", "about"),
    SERIES: (
        *("change", "change_lower", "change_upper", "rest_change", "slope", "points", "p_value", "turning_point"),
        *("change_difference", "change_difference_lower", "change_difference_upper", "drawn_series"),
        *("change_size", "direction", "course"),
    ),
    LEVEL: (
        *("level_min", "level_max", "level_mean", "level_areas", "level_all", "level_without", "level_tested"),
        *("level_above", "level_below", "level_around", "level_clear", "drawn"),
        *("drawn_ranks", "drawn_funnel", "drawn_relations"),
    ),
    (*LEVEL, "status"): ("level_status",),
    (*LEVEL, "base"): ("about_least", "about_greatest"),
    (*LEVEL, "number"): ("class_least", "class_greatest", "class_areas"),
    (*LEVEL, "area"): ("rank", "rank_lower", "rank_upper"),
    ("measure", "area", "end", "sex", "age_from", "age_to"): ("count",),
    ("measure", "area", "first", "end"): ("drawn_ages",),
    MEASURED: ("unassigned", "unassigned_share"),
    REFORM: ("misplaced", "misplaced_of_town"),
    INDEX: ("index_areas", "index_stable", "index_unstable", "drawn_index", "drawn_matrix"),
    (*INDEX, "class"): ("index_class_areas",),
    (*INDEX, "span"): ("index_sure",),
    (*INDEX, "area"): ("index", "index_rank_lower", "index_rank_upper", *CLASS_NAMES),
    ("recipe", "indicator"): ("recipe_weight",),
    ("recipe",): ("recipe_population",),
    ("recipe", "part", "class"): ("recipe_limit",),
    OFFERED: (
        *("offers_here", "places_here", "supply", "supply_lower", "supply_upper"),
        *("access", "access_lower", "access_upper", "reachable"),
    ),
    ("offer", "field"): ("offer_text",),
    ("what", "id"): ("offer_label",),
    ("offer",): ("offer_places",),
    ("what", "group", "end"): ("offers_number",),
    ("what", "area", "kind"): ("hidden_offers",),
    ("end",): ("drawn_offers",),
    ("need", "end", "need_end", "level"): ("drawn_niches",),
    GROWN: ("counted", "projected", "projected_lower", "projected_upper"),
    ("measure", "area", "first", "end", "level", "age_from", "age_to"): ("drawn_outlook",),
    NEEDED: ("places", "places_lower", "places_upper"),
    ("need", "variant"): ("rate",),
    PAST: (
        *("past_error", "past_naive", "past_errors", "past_inside", "past_tested"),
        *("reach_now", "reach_next_count", "reach_births"),
    ),
    ("measure", "level", "what"): ("years_ahead",),
    ("indicator",): ("axis", "margin"),
    ("what",): ("number",),
    ("name",): ("constant",),
    ("file",): ("size",),
    ("date",): ("date",),
    ("first", "end"): ("period",),
    ("age_from", "age_to"): ("ages",),
    ("area",): ("area",),
}
PARTS = {statistic: parts for parts, statistics in _PARTS.items() for statistic in statistics}
"""Names of the parts of each statistic's key."""

OPEN_ENDED = ("number", "constant")
"""Statistics whose keys may have further parts."""

SEVERAL = ("date", "period", "ages", "area", "offer_text", "offer_label")
"""Keys of dates and names, whose text may hold several numerals."""

DIRECTIONS = ("direction", "course", "side")
"""Keys of words that tell a direction; there is no numeral in them."""

WITHOUT_TEXT = (
    *("drawn", "drawn_series", "drawn_ranks", "drawn_funnel", "drawn_relations", "drawn_ages", "drawn_index"),
    *("drawn_matrix", "drawn_offers", "drawn_niches", "drawn_outlook"),
    "axis",
)
"""Keys of what is drawn and not written."""


class ClaimError(Exception):
    """A key that says nothing that can be checked; a message template and what fills it."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message, self.values = message, values


@dataclass(frozen=True)
class Claim:
    """What a key says.

    Parameters
    ----------
    key
        As it stands on the page.
    statistic
        Its first part.
    parts
        The others by their names.
    """

    key: str
    statistic: str
    parts: dict[str, str] = field(compare=False)

    def day(self, name: str = "end") -> dt.date:
        """Return a part that is a date."""
        return dt.date.fromisoformat(self.parts[name])


def read_key(key: str) -> Claim:
    """Take a key apart.

    Raises
    ------
    ClaimError
        When its statistic is not known or it has more or fewer parts than that has.
    """
    statistic, *parts = (unquote(part) for part in key.split("|"))
    names = PARTS.get(statistic)
    if names is None:
        message = "{key}: the statistic {statistic} is not registered"
        raise ClaimError(message, key=key, statistic=statistic)
    if len(parts) < len(names) or (len(parts) > len(names) and statistic not in OPEN_ENDED):
        message = "{key}: {found} parts stand where {expected} are expected"
        raise ClaimError(message, key=key, found=len(parts), expected=len(names))
    names = (*names, *(f"more{number}" for number in range(len(parts) - len(names))))
    return Claim(key, statistic, dict(zip(names, parts, strict=True)))
