"""The handout of a neighbourhood conference: five findings, a map, three questions; two sheets of paper for people without statistics.

It is made of the same evidence as the profile of the area. Which findings stand there is decided by a rule, never by the size of a
value: how many live there, what differs discernibly from the town, one indicator of each field in the order of the catalogue, then what
leads each target group.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from sozialanalyse.comparison import BETTER, WORSE
from sozialanalyse.findings import _keys, pages, plain, profiles, summary
from sozialanalyse.findings.display import Shown, nothing

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.findings.profiles import Profile
    from sozialanalyse.language import LanguageCode
    from sozialanalyse.town import Town
    from sozialanalyse.view import Audience, View

FINDINGS: Final = 5
"""So many findings fit a sheet and a discussion."""

MOST_JUDGED: Final = 3
"""Of which at most so many point to a need or a strength, so that others have room."""


@dataclass(frozen=True)
class Handout:
    """What the handout of an area is made of.

    Parameters
    ----------
    profile
        The profile of the area.
    """

    profile: Profile

    @property
    def view(self) -> View:
        """Area, language and audience."""
        return self.profile.view

    @cached_property
    def chosen(self) -> list[pd.Series]:
        """Rows of the area of the findings, by the rule."""
        own = [row for row in self.profile.own if self._lines(row.indicator)]
        by_name = {row.indicator: row for row in own}
        counts = [row.indicator for row in own if self.view.indicator(row.indicator).kind == "count"]
        compared = [row for row in self.profile.compared if row.indicator in by_name]
        judged = [row.indicator for row in compared if row.judgement in {WORSE, BETTER}]
        of_fields = {self.view.indicator(name).field: name for name in reversed(judged)}
        various = [name for name in judged if name in of_fields.values()]
        leads = [group.lead for group in self.profile.groups if group.lead in by_name]
        names = dict.fromkeys([*counts[:1], *various[:MOST_JUDGED], *leads, *judged, *by_name])
        return [by_name[name] for name in list(names)[:FINDINGS]]

    def _lines(self, indicator: str) -> list[str]:
        course = self.profile.courses.get(indicator)
        return [] if course is None else plain.lines_of(self.view, course)

    def plain_lines(self, row: pd.Series) -> list[str]:
        """Say a finding in plain words."""
        return self._lines(row.indicator)


def handout(town: Town, area: str = "", language: LanguageCode = "de", audience: Audience = "public") -> Handout:
    """Gather what a handout says of an area; as :func:`.profiles.profile`."""
    return Handout(profiles.profile(town, area, "", language, audience))


def opening(found: Handout) -> Shown:
    """Open the page: whose handout it is, and of which data."""
    view = found.view
    rows = view.frame[view.frame["area"] == view.area]
    said = [view.words.text(SAID_MESSAGES["what"], area=_keys.area(view)), view.words.text(SAID_MESSAGES["limits"])]
    return pages.opening(view, view.words.text("Neighbourhood conference: handout"), rows, said, [])


SAID_MESSAGES: Final = {
    "what": "A sheet for the conversation about {area}: what numbers show, and what they leave open.",
    "limits": "Numbers show a part. What people who live and work here know belongs beside them.",
    "rule": (
        "Chosen by a rule and not by the size of a value: how many people live here, what differs discernibly from the town (of each field one "
        "number), and what leads each target group."
    ),
}
"""What is said of every handout."""


def findings(found: Handout) -> Shown:
    """State the findings, each as a sentence and in plain words."""
    if not found.chosen:
        return nothing()
    view = found.view
    template = Markup("<li><p>{}</p><p class='plain'>{}</p></li>")
    said = [(_sentence(view, found, row), found.plain_lines(row)) for row in found.chosen]
    items = Markup("").join(template.format(sentence, Markup("<br>").join(lines)) for sentence, lines in said)
    rule = view.words.text(SAID_MESSAGES["rule"])
    html = Markup("<ol class='handout'>{}</ol><p class='note'>{}</p>").format(items, rule)
    return Shown(html, "\n".join([*("\n".join([sentence, *lines]) for sentence, lines in said), rule]))


def _sentence(view: View, found: Handout, row: pd.Series) -> str:
    """Put the value beside the town's where they differ discernibly; else state it."""
    compared = {entry.indicator: entry for entry in found.profile.compared}
    if row.indicator in compared and view.indicator(row.indicator).kind != "count":
        return profiles.difference(view, compared[row.indicator])
    return summary.value(view, row)


def questions(found: Handout) -> Shown:
    """Ask three questions: of what the numbers show, of what is good, and of what they leave out; each in plain words as well."""
    if not found.chosen:
        return nothing()
    view = found.view
    judged = {
        name: next((row for row in found.chosen if row.get("judgement") == name), None) for name in (WORSE, BETTER)
    }
    asked = [
        _question(view, "need", judged[WORSE]),
        _question(view, "strength", judged[BETTER]),
        _question(view, "missing", None),
    ]
    template = Markup("<li><p>{}</p><p class='plain'>{}</p></li>")
    items = Markup("").join(template.format(*pair) for pair in asked)
    return Shown(
        Markup("<ol class='handout questions'>{}</ol>").format(items),
        "\n".join(line for pair in asked for line in pair),
    )


def _question(view: View, kind: str, row: pd.Series | None) -> tuple[str, str]:
    """Ask about an indicator, or about the area where none stands out; and the same in plain words."""
    name = kind if row is not None or kind == "missing" else f"{kind}_any"
    values = {"area": _keys.area(view)} | ({} if row is None else {"label": view.label(row.indicator)})
    return view.words.text(QUESTION_MESSAGES[name], **values), view.words.text(PLAIN_MESSAGES[kind])


QUESTION_MESSAGES: Final = {
    "need": "{label}: does that fit what you see in {area}, and whom does the number not show?",
    "need_any": "No number points to a need that can be told from chance: does that fit what you see in {area}?",
    "strength": "{label}: what is going well in {area}, and who should know of it?",
    "strength_any": "What is going well in {area} and stands in no number?",
    "missing": "What is missing in {area} for people to live well here, and who could do what about it together?",
}
PLAIN_MESSAGES: Final = {
    "need": "Is that true? What do you see here?",
    "strength": "What is good here? What should stay?",
    "missing": "What do we need here? Who can help?",
}
"""Message ids of the questions, and of the same in plain words."""


def limits(found: Handout) -> Shown:
    """Say in plain words what the numbers do not say."""
    lines = plain.limits(found.view)
    html = Markup("<p class='plain'>{}</p>").format(Markup(" ").join(lines))
    return Shown(html, "\n".join(lines))
