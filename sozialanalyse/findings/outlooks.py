"""The outlook of an area: how many people of which age there would be if what the past years brought goes on, and what that needs.

A calculation and no forecast. It begins with counts that everybody knows, on the level below the town, goes no further than past
errors can be seen, and says how it fared before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
from markupsafe import Markup

from sozialanalyse.age_bands import bands_of_both
from sozialanalyse.disclosure.release import UNPROTECTED, Release
from sozialanalyse.errors import UsageError
from sozialanalyse.findings import _keys, pages
from sozialanalyse.findings._outlook import Outlook
from sozialanalyse.findings._outlook_tables import narrowing, places, tested
from sozialanalyse.findings.display import Shown, nothing, paragraphs
from sozialanalyse.loading.counted_shares import RESIDENTS
from sozialanalyse.loading.needs_file import NeedsFile
from sozialanalyse.outlook import AgeOutlook, age_groups
from sozialanalyse.outlook import places as needed_places
from sozialanalyse.outlook.age_groups import AREAS, TOWN
from sozialanalyse.outlook.statements import COMPUTED, NARROW, NO_CLEAR_CHANGE, WOULD_FALL, WOULD_RISE, claims
from sozialanalyse.view import View

if TYPE_CHECKING:
    from sozialanalyse.catalogue import Indicator
    from sozialanalyse.language import LanguageCode
    from sozialanalyse.loading.needs_file import Need
    from sozialanalyse.town import Town
    from sozialanalyse.view import Audience

    Ages = tuple[int, int]

__all__ = ["Outlook", "courses", "limits", "narrowing", "opening", "outlook", "places", "tested"]

MOST_GROUPS: Final = 6
"""So many age groups a page shows."""


def outlook(
    town: Town,
    target_group: str,
    area: str = "",
    language: LanguageCode = "de",
    audience: Audience = "public",
) -> Outlook:
    """Carry forward whom a target group is made of.

    Parameters
    ----------
    town
        The town, or a Release of it, on the boundaries as delivered: estimates for other areas are no counts to begin with.
    target_group
        Id of a target group.
    area
        Id of the town or of an area of the level below it; empty for the town. Of other areas nothing is computed.
    language, audience
        Of the page.

    Raises
    ------
    UsageError
        Unknown names.
    """
    tree = town.entire.areas
    level = tree.levels[-2] if len(tree.levels) > 1 else tree.levels[-1]
    view = View(town, target_group, area, level, language, audience)
    needs = _needs_of(view)
    is_large = view.area == tree.root or tree.level(view.area) == level
    found = _carried(view, _ages_of(view, needs), level) if is_large and _are_public(view.town) else None
    known = set() if found is None else set(found.ahead[["age_from", "age_to"]].itertuples(index=False, name=None))
    shown = tuple(need for need in needs if need.ages in known)
    return Outlook(view, found, shown, pd.DataFrame() if found is None else needed_places(found, shown))


def _needs_of(view: View) -> list[Need]:
    declared = view.town.data.file.needs
    needs = declared.needs if isinstance(declared, NeedsFile) else ()
    return [need for need in needs if need.target_group == view.target_group]


def _ages_of(view: View, needs: list[Need]) -> list[Ages]:
    """List the ages of needs, then those among whom the indicators of the target group count; so many as fit a page."""
    ages = dict.fromkeys(need.ages for need in needs)
    for indicator in view.indicators:
        ages |= dict.fromkeys(_counted_among(indicator))
    return sorted(list(ages)[:MOST_GROUPS])


def _counted_among(indicator: Indicator) -> list[Ages]:
    """Ages of the residents that an indicator counts; of a ratio of two groups neither is whom it is about."""
    if indicator.kind == "ratio":
        return []
    parts = [part for part in indicator.amounts.values() if part.measure == RESIDENTS and not part.sex]
    return [part.ages for part in parts[:1]]


def _are_public(town: Town) -> bool:
    """Whether everybody knows the residents by age and sex, so that nothing can be learned from what follows of them."""
    if not isinstance(town, Release) or town.audience == UNPROTECTED:
        return True
    rule = town.about.rule(RESIDENTS)
    return rule is not None and rule.public and bool(bands_of_both(town.counts, RESIDENTS))


def _carried(view: View, ages: list[Ages], level: str) -> AgeOutlook | None:
    if not ages or RESIDENTS not in set(view.town.counts["measure"].unique()):
        return None
    try:
        return age_groups(view.town.counts, view.town.areas, ages, RESIDENTS, level=level)
    except UsageError:
        return None  # the page says what is needed


def opening(found: Outlook) -> Shown:
    """Open the page: how many there would be, how sure that is, and that it is no forecast."""
    view = found.view
    group = view.words.of(view.town.catalogue.target_group(view.target_group).label)
    title = view.words.text("{group}: outlook", group=group)
    rows = pd.DataFrame() if found.found is None else found.found.counted
    return pages.opening(view, title, rows, _summary(found), [])


def _summary(found: Outlook) -> list[str]:
    if found.found is None:
        return [found.view.words.text(BASIC_MESSAGES["not_borne"])]
    first = found.groups[0]
    return [
        _course(found, first),
        *_claimed(found),
        _fared(found, first),
        found.view.words.text(BASIC_MESSAGES["no_forecast"]),
    ]


BASIC_MESSAGES: Final = {
    "no_forecast": "This is a calculation from assumptions and no forecast: it says what follows if the past years go on.",
    "not_borne": (
        "No outlook is computed here: it needs residents by age, counted in several years in a row and known to everybody, of the town or of "
        "an area of its largest level."
    ),
}
"""What is always said, and what is said where nothing can be computed."""


def _course(found: Outlook, ages: Ages) -> str:
    """Put what would be beside what was counted."""
    now, then = found.ends(ages)
    words = found.view.words
    values = {
        "ages": found.ages(ages),
        "now": found.persons(now),
        "date": _keys.date(words, now["period_end"]),
        "then": found.persons(then),
        "end": _keys.date(words, then["period_end"]),
    }
    if pd.isna(then["lower"]):
        message = "{ages}: {now} residents on {date}; there would be {then} on {end}. An interval cannot be given."
        return words.text(message, **values)
    message = "{ages}: {now} residents on {date}; there would be {then} on {end} (interval from {lower} to {upper})."
    return words.text(message, lower=found.persons(then, "lower"), upper=found.persons(then, "upper"), **values)


def _claim(found: Outlook, ages: Ages) -> str:
    now, then = found.ends(ages)
    limits = [pd.Series([then[end] - now["value"]]) for end in ("lower", "upper")]
    return str(claims(*limits)[0])


def _claimed(found: Outlook) -> list[str]:
    """Name the age groups by what their interval says of the way from now."""
    by_claim: dict[str, list[str]] = {}
    for ages in found.groups:
        by_claim.setdefault(_claim(found, ages), []).append(found.ages(ages))
    words = found.view.words
    return [
        words.text(message, groups=words.listing(by_claim[claim]))
        for claim, message in CLAIM_MESSAGES.items()
        if claim in by_claim
    ]


CLAIM_MESSAGES: Final = {
    WOULD_RISE: "More than today, beyond past errors: {groups}.",
    WOULD_FALL: "Fewer than today, beyond past errors: {groups}.",
    NO_CLEAR_CHANGE: "Whether they would be more or fewer than today cannot be told: {groups}.",
    COMPUTED: "No interval can be given: {groups}.",
}
"""Message ids by what the interval of a change supports."""


def _fared(found: Outlook, ages: Ages) -> str:
    """Say how far off such calculations were for the town."""
    town, areas = (found.row("tested", ages, of) for of in (TOWN, AREAS))
    values = {
        "years": found.years("told", town.distance),
        "ages": found.ages(ages),
        "error": found.past("past_error", TOWN, ages, town.error),
        "naive": found.past("past_naive", TOWN, ages, town.naive),
        "areas_error": found.past("past_error", AREAS, ages, areas.error),
        "level": found.view.level_name(plural=True),
        "town": _keys.town(found.view),
    }
    message = (
        "Computed in the same way in earlier years, the number of those of {ages} was off by {error} on average in {town} and by "
        "{areas_error} in the {level}, {years} years ahead; the last count taken as it was, by {naive} in {town}."
    )
    return found.view.words.text(message, **values)


def courses(found: Outlook) -> Shown:
    """Say of each age group how many there are and would be; where nothing can be computed, what that needs."""
    if found.found is None:
        return paragraphs([found.view.words.text(BASIC_MESSAGES["not_borne"])])
    return paragraphs([f"{_course(found, ages)} {_verdict(found, ages)}".strip() for ages in found.groups])


def _verdict(found: Outlook, ages: Ages) -> str:
    claim = _claim(found, ages)
    return found.view.words.text(VERDICTS[claim]) if claim in VERDICTS else ""


VERDICTS: Final = {
    WOULD_RISE: "That is more than today, beyond what such calculations were wrong by.",
    WOULD_FALL: "That is fewer than today, beyond what such calculations were wrong by.",
    NO_CLEAR_CHANGE: "The interval holds today's number: more or fewer cannot be told.",
}
"""Message ids by what the interval of a change supports; without an interval nothing is said of it."""


def limits(found: Outlook) -> Shown:
    """Say what the data can and cannot tell of the years to come."""
    view = found.view
    if found.found is None:
        return nothing()
    texts = [view.words.text(message) for message in LIMIT_MESSAGES[: None if found.needs else -1]]
    first = view.words.text(BASIC_MESSAGES["no_forecast"])
    sentences = [first, *_horizon(found), *_coverage(found), *texts, *_left_out(found)]
    items = Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in sentences)
    return Shown(Markup("<ul>{}</ul>").format(items), "\n".join(sentences))


LIMIT_MESSAGES: Final = (
    (
        "Counts of the residents by age and sex of the past ten years at most go on: births to the women of an area, deaths, moves in and "
        "out, all in one ratio for each age group. Of an age group of several years an equal part moves up every year."
    ),
    (
        "An interval covers eight of ten cases if later errors are as large as past ones. Those of the areas rest on errors of areas of "
        "like size; small areas follow the town where they have few people of an age."
    ),
    (
        "Unknown to the calculation: new dwellings, demolition, homes, student halls and accommodation that open or close, laws, and "
        "whatever has not happened yet."
    ),
    "Of areas smaller than those shown nothing is computed: their numbers would be mostly chance.",
    "Limits of intervals do not add up to those of the town. Persons are rounded to whole ones, each number for itself.",
    (
        "The rates of places are declared and not measured. One rate holds for the whole town, though needs differ between areas; "
        "places that exist already are not counted off."
    ),
)
"""What is always said; the last where places are shown."""


def _horizon(found: Outlook) -> list[str]:
    assert found.found is not None
    distance = int(found.found.ahead["distance"].max())
    counts = int(found.found.counted["period_end"].nunique())
    message = (
        "The outlook rests on {counts} yearly counts and reaches {years} years ahead, to {end}: further on too few past errors are "
        "known for an interval of the town."
    )
    values = {"counts": found.years("counts", counts), "years": found.years("horizon", distance)}
    return [found.view.words.text(message, end=_keys.date(found.view.words, found.found.end), **values)]


def _coverage(found: Outlook) -> list[str]:
    """Name the age groups whose intervals held fewer of the held-back counts than they should."""
    tested = {ages: found.row("tested", ages, AREAS) for ages in found.groups}
    named = [found.ages(ages) for ages, row in tested.items() if row.inside < NARROW * row.tested]
    if not named:
        return []
    message = (
        "Clearly fewer counts of past years than intended lay within their intervals, which are too narrow: {groups}."
    )
    return [found.view.words.text(message, groups=found.view.words.listing(named))]


def _left_out(found: Outlook) -> list[str]:
    assert found.found is not None
    if not found.found.left_out:
        return []
    named = [found.ages(ages) for ages in found.found.left_out]
    message = "Left out, since the ages delivered do not make them up: {groups}."
    return [found.view.words.text(message, groups=found.view.words.listing(named))]
