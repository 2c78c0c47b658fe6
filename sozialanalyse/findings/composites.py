"""The page of an index: what it is made of and who decided that, where each area stands, and how far that can be trusted.

Areas stand in the order of their numbers. What a class hangs on is told in three ways that are kept apart: chance (sets that hold the true class), other
weights and one indicator less (ranges, no probabilities).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from markupsafe import Markup

from sozialanalyse import index as indices
from sozialanalyse.catalogue import TargetGroup
from sozialanalyse.errors import UsageError
from sozialanalyse.findings import _keys, pages
from sozialanalyse.findings._composite_tables import part_table
from sozialanalyse.findings.display import Shown, nothing, paragraphs
from sozialanalyse.index.inputs import REASON_MESSAGES, RESIDENTS
from sozialanalyse.index.making import neutral
from sozialanalyse.language import NO_BREAK_SPACE, key, keyed
from sozialanalyse.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialanalyse.catalogue import IndexClass, Recipe
    from sozialanalyse.catalogue.recipes import Part
    from sozialanalyse.errors import Fault
    from sozialanalyse.index import Index
    from sozialanalyse.language import LanguageCode
    from sozialanalyse.town import Town
    from sozialanalyse.view import Audience

GROUP: Final = "index"
"""Id of the target group of a recipe's indicators; no catalogue declares it."""

PARTS: Final[tuple[Part, ...]] = ("status", "dynamics")

MOST_OPEN: Final = 30
"""Up to so many areas a table is open from the start."""


@dataclass(frozen=True)
class Composite:
    """What the page of an index is made of.

    Parameters
    ----------
    view
        The whole town, the level that is compared, and the recipe's indicators.
    index
        The index.
    """

    view: View
    index: Index

    @property
    def recipe(self) -> Recipe:
        """What the index is made of."""
        return self.index.recipe

    @property
    def used(self) -> pd.DataFrame:
        """Indicators and ends of the periods whose values went in."""
        pairs = [(one.indicator, end) for one in self.index.inputs.used for end in (one.end, one.first)]
        return pd.DataFrame([pair for pair in pairs if pair[1] is not pd.NaT], columns=["indicator", "period_end"])


def composite(
    town: Town,
    recipe: str = "plain",
    level: str = "",
    language: LanguageCode = "de",
    audience: Audience = "public",
    *,
    date: str = "",
) -> Composite:
    """Make an index of the areas of a town.

    Parameters
    ----------
    town
        The town, or a Release of it.
    recipe
        Id of a recipe of the catalogue: a shipped one or one of the town's.
    level
        Whose areas are compared; empty for the level below the town.
    language, audience
        Of the page.
    date
        Day of the status; empty: the last one.

    Raises
    ------
    UsageError
        Unknown names; a recipe that counts neutral indicators as need, where ``town.yml`` does not say who decided that.
    """
    chosen = town.catalogue.recipe(recipe)
    judged = neutral(chosen, town.catalogue)
    if judged and chosen.id not in town.data.file.indices:
        message = (
            "the recipe {recipe} counts as need what the catalogue does not judge: {indicators}. Write under 'indices' in town.yml who decided "
            "to have it, and when; without a decision there is no such index"
        )
        raise UsageError(message, recipe=chosen.id, indicators=", ".join(judged))
    residents = [RESIDENTS] if chosen.exclude.population_below is not None else []
    names = (*chosen.indicators, *residents)
    group = TargetGroup(id=GROUP, label=chosen.label, question=chosen.about, indicators=names, lead=names[0])
    view = View(town.gathering(group), GROUP, "", level, language, audience)
    return Composite(view, indices.make(view.frame, chosen, view.town.areas, view.level, date))


def opening(found: Composite) -> Shown:
    """Open the page: what is compared, how many classes hold, what the index is no measure of."""
    view = found.view
    title = view.words.text("Index of the {level}", level=view.level_name(plural=True))
    rows = view.frame[view.frame["indicator"].isin(found.recipe.indicators)]
    if found.index.inputs.date is not pd.NaT:
        rows = rows[rows["period_end"] <= found.index.inputs.date]
    return pages.opening(view, title, rows, _summary(found), [])


def _summary(found: Composite) -> list[str]:
    view, status = found.view, found.index.status
    if status.empty:
        return [view.words.text("This index cannot be computed here."), *_reasons(found, "status")]
    message = "{label}: {areas} {level} of {town} are compared with each other, {date}. The higher the index, the greater is the presumed need for support."
    values: dict[str, str] = {
        "label": view.words.of(found.recipe.label),
        "areas": of_part(found, "index_areas", "status", int((status["state"] == indices.INCLUDED).sum())),
        "level": view.level_name(plural=True),
        "town": _keys.town(view),
        "date": _keys.date(view.words, found.index.inputs.date),
    }
    relative = view.words.text("The classes are relative: an area may change its class because others did.")
    return [view.words.text(message, **values), _holding(found), relative]


def _holding(found: Composite) -> str:
    """Say in how many areas the class holds, and that chance leaves the others open."""
    view, status = found.view, found.index.status
    holds = int(status["stable"].sum())
    count = of_part(found, "index_stable", "status", holds)
    if not holds:
        message = "In none of the areas the class of the status is certain: chance, other weights or one indicator less may change it."
        return view.words.text(message)
    message = "In {count} of them the class of the status holds whatever chance, other weights or one indicator less do; in the others it is not certain."
    return view.words.text(message, count=count)


def reasons(found: Composite) -> Shown:
    """Say why there is no status or no dynamics; nothing where there are both."""
    return paragraphs([text for part in PARTS for text in _reasons(found, part)])


def _reasons(found: Composite, part: Part) -> list[str]:
    """Say why a part is missing, of all indicators together; what is missing to the status need not be said again."""
    inputs = found.index.inputs
    faults = inputs.reasons.get(part, ())
    if not faults or (part == "dynamics" and faults == inputs.reasons.get("status")):
        return []
    lead = found.view.words.text(_LEADS_MESSAGES[part])
    alike = {fault.message: [one for one in faults if one.message == fault.message] for fault in faults}
    return [f"{lead} {_reason(found, message, same)}" for message, same in alike.items()]


_LEADS_MESSAGES = {"status": "No status:", "dynamics": "No dynamics:"}
_WHY_MESSAGES = {
    "hidden": "confidential in some areas, without which the others would be compared with something else: {indicators}.",
    "missing": "not delivered for all areas that take part: {indicators}.",
    "broken": "defined or delimited anew between the two dates: {indicators}.",
    "estimated": "on the first date only estimated for some of today's areas: {indicators}.",
    "absent": "not delivered: {indicators}.",
    "undated": "not counted in the year up to {day}: {indicators}.",
}
"""Message ids by the reasons of :data:`.inputs.REASON_MESSAGES`."""


def _reason(found: Composite, message: str, faults: list[Fault]) -> str:
    """Say a reason, with the indicators that it concerns."""
    view, values = found.view, dict(faults[0].values)
    for name in {"areas", "fewest"} & set(values):
        values[name] = _keys.number(view, values[name], "areas")
    if "day" in values:
        values["day"] = _keys.date(view.words, pd.Timestamp(values["day"]))
    why = next((_WHY_MESSAGES.get(name) for name, known in REASON_MESSAGES.items() if known == message), None)
    if why is None:
        return f"{view.words.text(message, **values)}."
    return view.words.text(why, **values, indicators=view.words.listing([_concerned(view, fault) for fault in faults]))


def _concerned(view: View, fault: Fault) -> str:
    """Name an indicator, and of how many areas it is said."""
    told = dict(fault.values)
    label = view.label(str(told["indicator"]))
    if "areas" not in told:
        return label
    return view.words.text("{label} (areas: {areas})", label=label, areas=_keys.number(view, told["areas"], "areas"))


def recipe(found: Composite) -> Shown:
    """Tell what the index is made of, and who decided that."""
    return paragraphs([text for text in _recipe_texts(found) if text])


def _recipe_texts(found: Composite) -> Iterable[str]:
    view, chosen = found.view, found.recipe
    words = view.words
    yield words.of(chosen.about)
    yield words.text("Indicators and weights were decided by: {who}.", who=words.of(chosen.decided))
    yield _decision(found)
    for direction, message in _DIRECTION_MESSAGES.items():
        names = [_named(found, entry) for entry in chosen.ingredients if entry.direction == direction]
        if names:
            yield words.text(message, indicators=words.listing(names))
    yield words.text(_TRANSFORMATION_MESSAGES[chosen.transformation])
    if chosen.restandardise:
        yield words.text("The sum is put on standard deviations from its mean again: that is the index.")
    yield _exclusion(found)
    for part in PARTS:
        if classed := chosen.part(part):
            message = "Classes of the status: {classes}." if part == "status" else "Classes of the dynamics: {classes}."
            yield words.text(
                message, classes="; ".join(_class(found, part, place) for place in range(len(classed.classes)))
            )
    open_ = words.text("(review open)") if chosen.is_open else ""
    source = words.text("Source of the method: {source}.", source=words.of(chosen.source))
    yield f"{source} {open_}".strip()


_DIRECTION_MESSAGES = {
    "higher_is_worse": "High values count as greater need: {indicators}.",
    "higher_is_better": "High values count as smaller need: {indicators}.",
}
_TRANSFORMATION_MESSAGES = {
    "z": "Each value becomes its distance from the mean of the areas in standard deviations; these are added up.",
    "min_max": "Each value becomes its place between the smallest and the largest value of the areas; these are added up.",
    "rank": "Each value becomes its rank among the areas; these are added up.",
    "exponential": "Each value becomes its rank among the areas, drawn out at the upper end so that a high need in one indicator is not made up for by "
    "another; these are added up.",
}


def _decision(found: Composite) -> str:
    """Say who in the town decided to count as need what the catalogue does not judge."""
    view = found.view
    judged = neutral(found.recipe, view.town.catalogue)
    if not judged:
        return ""
    decided = view.town.data.file.indices[found.recipe.id]
    message = (
        "This index counts as need what our catalogue does not judge, since it describes who lives in an area and no hardship: {indicators}. For {town} that "
        "was decided by {who} on {date}."
    )
    values = {
        "indicators": view.words.listing([view.label(name) for name in judged]),
        "town": _keys.town(view),
        "who": view.words.of(decided.by),
        "date": _keys.date(view.words, decided.on),
    }
    return view.words.text(message, **values)


def _named(found: Composite, entry: Any) -> str:
    """Name an indicator, with its weight where the weights differ."""
    label = found.view.label(entry.indicator)
    if len({one.weight for one in found.recipe.ingredients}) == 1:
        return label
    weight = keyed(_plain(found, entry.weight), key("recipe_weight", found.recipe.id, entry.indicator))
    return found.view.words.text("{label} (weight {weight})", label=label, weight=weight)


def _plain(found: Composite, value: float) -> str:
    """Write a declared number with the decimals that it has."""
    decimals = len(f"{value:.6f}".rstrip("0").partition(".")[2])
    return found.view.words.number(value, decimals)


def _exclusion(found: Composite) -> str:
    """Say who takes no part."""
    view, status = found.view, found.index.status
    out: list[str] = status.loc[status["state"] != indices.INCLUDED, "area"].tolist() if len(status) else []
    named = view.words.listing([_keys.area(view, area) for area in out])
    least = found.recipe.exclude.population_below
    texts = []
    if least is not None:
        residents = keyed(view.words.number(least), key("recipe_population", found.recipe.id))
        texts.append(view.words.text("Areas with fewer than {residents} residents take no part.", residents=residents))
    if named:
        texts.append(view.words.text("Left out here: {areas}.", areas=named))
    return " ".join(texts)


def _class(found: Composite, part: Part, place: int) -> str:
    """Write a class with its limit: medium (up to 1)."""
    classed = found.recipe.part(part)
    assert classed is not None
    entry = classed.classes[place]
    label = found.view.words.of(entry.label)
    if entry.limit is not None:
        return found.view.words.text(
            _LIMIT_MESSAGES[entry.below is None], label=label, limit=_limit(found, part, entry)
        )
    before = classed.classes[place - 1]
    return found.view.words.text("{label} (above)", label=label) if before.below is None else label


_LIMIT_MESSAGES = {True: "{label} (up to {limit})", False: "{label} (below {limit})"}


def _limit(found: Composite, part: Part, entry: IndexClass) -> str:
    assert entry.limit is not None
    return keyed(_plain(found, entry.limit), key("recipe_limit", found.recipe.id, part, entry.id))


def table(found: Composite, part: Part = "status") -> Shown:
    """Show class and index of each area in the order of their numbers, and what the class hangs on.

    Parameters
    ----------
    found
        The index.
    part
        ``status`` or ``dynamics``.
    """
    if found.index.part(part).empty:
        return nothing()
    made, rows = part_table(found.view, found.index, part), found.index.part(part)
    template = Markup("<details{}><summary>{}</summary>{}</details>")
    is_open = Markup(" open") if len(rows) <= MOST_OPEN else Markup("")
    return Shown(template.format(is_open, found.view.words.text(_TABLES_MESSAGES[part]), made.html()), made.text())


_TABLES_MESSAGES = {"status": "Status of each area", "dynamics": "Dynamics of each area"}


def stability(found: Composite) -> Shown:
    """Say of status and dynamics in how many areas the class is certain in the face of chance, of other weights, and of one indicator less."""
    return paragraphs([text for part in PARTS for text in _stability(found, part)])


def _stability(found: Composite, part: Part) -> list[str]:
    view, rows = found.view, found.index.part(part)
    rows = rows[rows["state"] == indices.INCLUDED] if len(rows) else rows
    if rows.empty:
        return []
    areas = of_part(found, "index_areas", part, len(rows))
    sure = {
        name: of_part(found, "index_sure", part, int((rows[f"{name}_lower"] == rows[f"{name}_upper"]).sum()), name)
        for name in _SURE_MESSAGES
        if rows[f"{name}_lower"].notna().all()
    }
    heading = view.words.text(_HEADINGS_MESSAGES[part])
    texts = [view.words.text(_SURE_MESSAGES[name], count=count, areas=areas) for name, count in sure.items()]
    return [f"{heading}{NO_BREAK_SPACE}{text}" for text in texts]


_HEADINGS_MESSAGES = {"status": "Status:", "dynamics": "Dynamics:"}
_SURE_MESSAGES = {
    "chance": "in {count} of {areas} areas chance leaves one class only, of all areas at once with 95 % confidence.",
    "weights": "in {count} of {areas} areas the class stays the same whatever the weights between half and one and a half times the declared ones.",
    "without": "in {count} of {areas} areas the class stays the same whichever indicator is left out.",
}


def of_part(found: Composite, statistic: str, part: Part, count: int, *more: object) -> str:
    """Write a number of areas of a part of the index, with its key."""
    index = found.index
    name = key(statistic, index.recipe.id, part, index.level, index.inputs.date, *more)
    return keyed(found.view.words.number(count), name)
