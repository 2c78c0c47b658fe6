"""The profile of an area: all target groups on one page, each value beside the town, the area's parts and its peers.

What is said to point to a need or to a strength must differ discernibly from the town, and its indicator must have a direction;
the others are told as differences. Nothing stands in the order of values.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import pandas as pd
from markupsafe import Markup

from sozialanalyse import comparison, trends
from sozialanalyse.amounts import ZERO
from sozialanalyse.catalogue import TargetGroup
from sozialanalyse.catalogue.model import Text
from sozialanalyse.comparison import ABOVE, AROUND, BELOW, BETTER, UNJUDGED, UNKNOWN, WORSE, Comparison
from sozialanalyse.errors import UsageError
from sozialanalyse.findings import _keys, figures, pages, summary, tables, words
from sozialanalyse.findings._headed import by_verdict, headed, listed
from sozialanalyse.findings._profile_tables import areas_table, group_table
from sozialanalyse.findings.display import Shown, nothing, paragraphs
from sozialanalyse.language import Language
from sozialanalyse.view import View

if TYPE_CHECKING:
    from sozialanalyse.findings._headed import Groups
    from sozialanalyse.language import LanguageCode
    from sozialanalyse.town import Town
    from sozialanalyse.view import Audience

GROUP: Final = "profile"
"""Id of the target group of all target groups; no catalogue declares it."""

CORE = "core"
MOVED: Final = (trends.RISING, trends.FALLING, trends.HIGHER, trends.LOWER)


@dataclass(frozen=True)
class Profile:
    """What the profile of an area is made of.

    Parameters
    ----------
    view
        The area, the level of its parts, and the core indicators of all target groups.
    among
        The whole town on the level of the area.
    groups
        The target groups of the catalogue.
    peers
        All areas of the level of the area, compared.
    inside
        The parts of the area at the same dates; without rows where it has none.
    developed
        How each indicator developed in the area, from the chosen date on.
    """

    view: View
    among: View
    groups: tuple[TargetGroup, ...]
    peers: Comparison
    inside: Comparison
    developed: pd.DataFrame

    @cached_property
    def own(self) -> list[pd.Series]:
        """The area's row of each indicator among its peers, in reading order."""
        areas = self.peers.areas
        return words.in_reading_order(self.view, areas[areas["area"] == self.view.area])

    @cached_property
    def compared(self) -> list[pd.Series]:
        """The same of what is discernibly above or below the town; nothing of the town itself."""
        is_town = self.view.area == self.view.town.areas.root
        return [] if is_town else [row for row in self.own if row.relation in {ABOVE, BELOW}]

    @cached_property
    def courses(self) -> dict[str, pd.Series]:
        """The development of each indicator."""
        return {row.indicator: row for row in words.in_reading_order(self.view, self.developed)}

    @property
    def leads(self) -> list[pd.Series]:
        """The development of the leading indicator of each target group."""
        return [self.courses[group.lead] for group in self.groups if group.lead in self.courses]

    def of(self, group: str) -> list[pd.Series]:
        """Rows of the area of a target group's indicators."""
        wanted = next((entry.indicators for entry in self.groups if entry.id == group), ())
        return [row for row in self.own if row.indicator in wanted]

    def label(self, group: str) -> str:
        """Name of a target group; empty where the catalogue has none of that id."""
        return next((self.view.words.of(entry.label) for entry in self.groups if entry.id == group), "")

    def parts(self, group: str) -> Comparison:
        """Choose of the comparison inside the area what belongs to a target group, without counts."""
        names = [row.indicator for row in self.of(group) if self.view.indicator(row.indicator).kind != "count"]
        frames = (self.inside.areas, self.inside.summary)
        return Comparison(*(frame[frame["indicator"].isin(names)] for frame in frames))


def profile(
    town: Town,
    area: str = "",
    level: str = "",
    language: LanguageCode = "de",
    audience: Audience = "public",
    *,
    since: str = "",
) -> Profile:
    """Gather what is known of an area.

    Parameters
    ----------
    town
        The town, or a Release of it.
    area
        Id of the area; empty for the whole town.
    level
        Level of its parts; empty for the level below.
    language, audience
        Of the page.
    since
        Developments begin on this day or later; empty: with the first comparable value of each indicator.

    Raises
    ------
    UsageError
        Unknown names, or what is no day.
    """
    groups = _in_order(town)
    gathered = town.gathering(_all_of(town, groups))
    view = View(gathered, GROUP, area, level, language, audience)
    tree = view.town.areas
    among = View(gathered, GROUP, "", tree.level(view.area), language, audience)
    catalogue = view.town.catalogue
    peers = comparison.compare(view.frame, tree, level=among.level, catalogue=catalogue)
    frame = _from(view.frame, since)
    return Profile(view, among, groups, peers, _inside(view, peers), trends.development(frame, [view.area]))


def _in_order(town: Town) -> tuple[TargetGroup, ...]:
    """Put first the target group that counts everybody."""
    kind = {entry.id: entry.kind for entry in town.catalogue.indicators}
    return tuple(
        sorted(town.catalogue.target_groups, key=lambda group: all(kind[name] != "count" for name in group.indicators))
    )


_GROUP_MESSAGES = "All target groups", "What is known of this area?"
"""Its name and its question."""


def _all_of(town: Town, groups: tuple[TargetGroup, ...]) -> TargetGroup:
    """Put the core indicators of all target groups into one; of a group without any, all."""
    names: dict[str, None] = {}
    for group in groups:
        core = [name for name in group.indicators if town.catalogue.indicator(name).tier == CORE]
        names |= dict.fromkeys(core or group.indicators)
    label, question = (Text(de=Language("de").text(message), en=message) for message in _GROUP_MESSAGES)
    return TargetGroup(id=GROUP, label=label, question=question, indicators=tuple(names), lead=groups[0].lead)


def _from(frame: pd.DataFrame, since: str) -> pd.DataFrame:
    if not since:
        return frame
    try:
        first = pd.Timestamp(since)
    except ValueError:
        message = "'since' is {found}; it must be a day: year, month and day with hyphens between them"
        raise UsageError(message, found=since) from None
    return frame[frame["period_end"] >= first]


def _inside(view: View, peers: Comparison) -> Comparison:
    """Compare the parts of the area at the dates at which it is compared with its peers."""
    if view.members == [view.area]:
        return Comparison(peers.areas.head(0), peers.summary.head(0))
    period = ["indicator", "period_start", "period_end"]
    wanted = pd.MultiIndex.from_frame(peers.areas[period].drop_duplicates())
    frame = view.frame[pd.MultiIndex.from_frame(view.frame[period]).isin(wanted)]
    return comparison.compare(frame, view.town.areas, level=view.level, within=view.area)


def opening(found: Profile) -> Shown:
    """Open the page: what the area is, what points to a need, what to a strength, what has changed."""
    view = found.view
    shown = {row.indicator: row for row in found.leads}
    title = view.words.text("Profile")
    rows = view.frame[view.frame["area"] == view.area]
    return pages.opening(view, title, rows, _summary(found), figures.of_development(view, shown))


def _summary(found: Profile) -> list[str]:
    view = found.view
    if not found.own:
        return []
    moved = [row for row in found.courses.values() if row.finding in MOVED and summary.is_told(row)]
    named = [f"{view.label(row.indicator)} ({summary.moved(view, row)})" for row in moved]
    message = "With a development that can be told from chance: {indicators}."
    return [
        *_residents(found),
        *_pointing(found),
        *([view.words.text(message, indicators=listed(view, named))] if named else []),
        summary.limits(view),
    ]


def _residents(found: Profile) -> list[str]:
    """Say how many live there."""
    counts = [row for row in found.own if found.view.indicator(row.indicator).kind == "count"]
    return [said for row in counts[:1] if (said := summary.value(found.view, row))]


def _pointing(found: Profile) -> list[str]:
    """Name what points to a greater and to a smaller need for support; or say that nothing does."""
    view = found.view
    if view.area == view.town.areas.root:
        return []
    town = _keys.town(view)
    judged = {name: [row for row in found.compared if row.judgement == name] for name in (WORSE, BETTER)}
    if not any(judged.values()):
        message = "No indicator points to a discernibly greater or smaller need for support than in {town} as a whole."
        return [view.words.text(message, town=town)]
    return [
        view.words.text(
            message, town=town, indicators=listed(view, [view.label(row.indicator) for row in judged[name]])
        )
        for name, message in _POINTING_MESSAGES.items()
        if judged[name]
    ]


_POINTING_MESSAGES = {
    WORSE: "These point to a greater need for support than in {town} as a whole: {indicators}.",
    BETTER: "These point to a smaller need for support than in {town} as a whole: {indicators}.",
}
"""Message ids by what a discernible difference means."""


def parts(found: Profile) -> Shown:
    """List the parts of the area in the order of their numbers; nothing where it has none, and of the town."""
    view = found.view
    if view.members == [view.area]:
        return nothing()
    level = view.level_name(plural=True)
    said = view.words.text("{level} in {area}:", level=level, area=_keys.area(view))
    names = [_keys.area(view, area) for area in sorted(view.members)]
    items = Markup("").join(Markup("<li>{}</li>").format(name) for name in names)
    template = Markup("<p>{}</p><ul class='columns'>{}</ul>")
    return Shown(template.format(said, items), "\n".join([said, *names]))


def needs(found: Profile) -> Shown:
    """Say what points to needs and to strengths: differences from the town that can be told from chance, each with its numbers."""
    view = found.view
    if view.area == view.town.areas.root or not found.own:
        return nothing()
    judged = [row for row in found.compared if row.judgement in {WORSE, BETTER}]
    without = paragraphs([] if judged else _pointing(found))
    pointing = headed(by_verdict(view, _differences(view, judged), _NEED_VERDICTS))
    others = _folded(
        by_verdict(
            view, _differences(view, [row for row in found.compared if row.judgement == UNJUDGED]), _OTHER_VERDICTS
        )
    )
    shown = [without, pointing, others]
    return Shown(Markup("").join(part.html for part in shown), "\n".join(part.text for part in shown if part.text))


def _differences(view: View, rows: list[pd.Series]) -> list[tuple[str, str, str]]:
    return [(row.indicator, row.judgement, difference(view, row)) for row in rows]


def _folded(groups: Groups) -> Shown:
    """Fold sentences behind what states them."""
    item, part = Markup("<li>{}</li>"), Markup("<details><summary>{}</summary><ul class='findings'>{}</ul></details>")
    lists = [part.format(heading, Markup("").join(map(item.format, said))) for heading, said in groups]
    return Shown(Markup("").join(lists), "\n".join(line for heading, said in groups for line in (heading, *said)))


_NEED_VERDICTS = {
    WORSE: "Pointing to a greater need for support: {indicators}",
    BETTER: "Strengths, pointing to a smaller need for support: {indicators}",
}
_OTHER_VERDICTS = {"": "Other than in the town, without any judgement: {indicators}"}
"""Message ids of headings, in their order."""


def difference(view: View, row: pd.Series) -> str:
    """Put the value of a row of the area's comparison beside the town's, with the interval that leaves it out."""
    ends = [view.amount(row.indicator, row[end], key=_keys.of_area(end, row)) for end in ("lower", "upper")]
    values = {
        "label": view.label(row.indicator),
        "when": words.at_time(view, row.period_kind, row.period_start, row.period_end),
        # As in the table: an exact zero has no decimals.
        "value": view.measured(
            row.indicator, row.value, 0 if row.status == ZERO else None, key=_keys.of_area("value", row)
        ),
        "lower": ends[0],
        "upper": ends[1],
        "town": _keys.town(view),
        "town_value": words.value_of_town(view, row),
        "word": summary.side_word(view, row.relation, row.indicator, row.period_end),
    }
    message = "{label} {when}: {value} (interval from {lower} to {upper}); in {town} it was {town_value}, the area lies discernibly {word}."
    return view.words.text(message, **values)


def target_group(found: Profile, group: str) -> Shown:
    """Show a target group: headings that state what was found, how each indicator developed, and the table.

    Parameters
    ----------
    found
        The profile.
    group
        Id of a target group of the catalogue; nothing is shown of one that it does not have.
    """
    view, rows = found.view, found.of(group)
    if not rows:
        return nothing()
    said = [(row.indicator, row.relation, _course(found, row)) for row in rows]
    headings = [heading for heading, _ in by_verdict(view, said, _verdicts(view))]
    courses = [course for _, _, course in said if course]
    table = group_table(view, found.among, rows, found.inside, found.courses, found.label(group))
    told = [(view.words.text("How the values have developed"), courses)] if courses else []
    below = [_folded(told), *([areas] if (areas := areas_table(view, found.parts(group), found.label(group))) else [])]
    lines = Markup("").join(Markup("<h3>{}</h3>").format(heading) for heading in headings)
    html = Markup("").join([lines, table.html(), *(part.html for part in below)])
    return Shown(html, "\n\n".join(["\n".join(headings), table.text(), *(part.text for part in below)]))


def _course(found: Profile, row: pd.Series) -> str:
    course = found.courses.get(row.indicator)
    return "" if course is None else words.development_sentence(found.view, course)


_VERDICTS = {
    ABOVE: "Discernibly above the town: {indicators}",
    BELOW: "Discernibly below the town: {indicators}",
    AROUND: "Not to be told from the town: {indicators}",
    UNKNOWN: "Not compared with the town: {indicators}",
}
_TOWN_MESSAGES = ("Known of the town: {indicators}",)


def _verdicts(view: View) -> dict[str, str]:
    """Message ids of headings by where the area lies to the town; of the town itself nothing is compared."""
    return dict.fromkeys(_VERDICTS, *_TOWN_MESSAGES) if view.area == view.town.areas.root else _VERDICTS


def changes(found: Profile) -> Shown:
    """Show what changed in the area by more than chance explains, and of how many indicators that cannot be said."""
    view, rows = found.view, list(found.courses.values())
    if not rows:
        return nothing()
    moved = [row.indicator for row in rows if row.finding in MOVED]
    message = "Of {all} indicators {moved} have changed by more than chance explains."
    numbers = {"all": len(rows), "moved": len(moved)}
    written = {name: _keys.number(view, count, "indicators", name) for name, count in numbers.items()}
    first = paragraphs([view.words.text(message, **written)])
    if not moved:
        return first
    table = tables.development(view, found.developed[found.developed["indicator"].isin(moved)])
    return Shown(first.html + table.html, f"{first.text}\n\n{table.text}")
