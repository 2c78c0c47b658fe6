"""Tables of an outlook: how earlier calculations fared, the places needed, and what would narrow the intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
from markupsafe import Markup

from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings._table import Table, in_two_lines, note_on_dashes
from sozialanalyse.findings.display import Shown, nothing
from sozialanalyse.language import NO_BREAK_SPACE, NO_NUMBER, key, keyed
from sozialanalyse.loading.needs_file import VARIANTS
from sozialanalyse.outlook.age_groups import AREAS, TOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialanalyse.findings._outlook import Ages, Outlook
    from sozialanalyse.loading.needs_file import Need

NOTE_MESSAGES: Final = {
    "tested": (
        "Errors: by how much of the number found a calculation from an earlier date was off, on average, whatever the direction. Inside: "
        "counts of the last third of the years that lay within intervals made of the years before, of all such counts."
    ),
    "places": (
        "Whole places; those of the areas are rounded up or down so that they add up to the town's. The interval is that of the number of "
        "people; the rate has none, its uncertainty is in the variants."
    ),
    "narrowing": (
        "Half the width of the interval at the last date as a share of the number, the median of the areas. With the next yearly count that "
        "date is a year nearer. The last column computes the past again with the numbers of the youngest age group that came; a delivery of "
        "births could narrow it so far at most. Differences of a few points may be chance."
    ),
    "not_delivered": (
        "What remains are moves and deaths. Moves by age and deaths by area are not delivered; with them it could be told which of both the "
        "errors come from, and how far they would narrow the intervals. Until then that cannot be computed."
    ),
}
"""What stands under the tables, and what no delivery tells yet."""

WORTH: Final = 0.9
"""A delivery is named that leaves at most so much of an interval; above, it may as well be chance."""

VARIANT_LABELS: Final = {"low": "low", "medium": "medium", "high": "high"}
"""Message ids."""


def tested(found: Outlook) -> Shown:
    """Show how far off earlier calculations were, beside taking the last count, and how their intervals fared.

    Parameters
    ----------
    found
        The outlook.
    """
    if found.found is None:
        return nothing()
    view = found.view
    rows = [_tested_row(found, ages) for ages in found.groups]
    said = _compared(found)
    table = Table(
        caption=_tested_caption(found),
        headings=_tested_headings(found),
        rows=rows,
        numeric=frozenset(range(1, 6)),
        notes=[view.words.text(NOTE_MESSAGES["tested"]), *note_on_dashes(view.words, rows)],
    )
    lines = Markup("").join(Markup("<li>{}</li>").format(line) for line in said)
    html = Markup("<ul class='findings'>{}</ul>").format(lines) + table.html()
    return Shown(html, "\n".join([*said, "", table.text()]))


def _compared(found: Outlook) -> list[str]:
    """Name the age groups in which the calculation was nearer than the last count in the areas, and those in which it was not."""
    view = found.view
    named: dict[bool, list[str]] = {True: [], False: []}
    for ages in found.groups:
        row = found.row("tested", ages, AREAS)
        named[bool(row.error < row.naive)].append(found.ages(ages))
    values = {"level": view.level_name(plural=True)}
    return [
        view.words.text(message, groups=view.words.listing(named[is_better]), **values)
        for is_better, message in COMPARED_MESSAGES.items()
        if named[is_better]
    ]


COMPARED_MESSAGES: Final = {
    True: "In the {level} the calculation was nearer to what came than the last count: {groups}.",
    False: "In the {level} it was no nearer than the last count, so that the last count says as much: {groups}.",
}
"""Message ids by whether the calculation was better than the naive way."""


def _tested_caption(found: Outlook) -> str:
    assert found.found is not None
    message = "How earlier calculations of the same kind fared, {years} years ahead"
    distance = int(found.found.tested["distance"].iloc[0])
    return found.view.words.text(message, years=found.years("told", distance))


def _tested_headings(found: Outlook) -> list[str]:
    text, level = found.view.words.text, found.view.level_name(plural=True)
    town = _keys.town(found.view)
    return [
        text("Age"),
        text("Error, {where}", where=town),
        text("Error of the last count, {where}", where=town),
        text("Error, {where}", where=level),
        text("Error of the last count, {where}", where=level),
        text("Inside, {where}", where=level),
    ]


def _tested_row(found: Outlook, ages: Ages) -> list[str]:
    by = {of: found.row("tested", ages, of) for of in (TOWN, AREAS)}
    errors = [
        found.past(statistic, of, ages, row[column])
        for of, row in by.items()
        for statistic, column in (("past_error", "error"), ("past_naive", "naive"))
    ]
    inside, tried = (
        found.past(f"past_{name}", AREAS, ages, by[AREAS][name], percent=False) for name in ("inside", "tested")
    )
    return [found.ages(ages), *errors, found.view.words.text("{inside} of {tested}", inside=inside, tested=tried)]


def places(found: Outlook) -> Shown:
    """Show for each declared need how many places there would have to be, in the town and its areas, in variants.

    Parameters
    ----------
    found
        The outlook; where nothing is declared for its target group, nothing is shown.
    """
    if not found.needs:
        return nothing()
    tables = [_places_table(found, need) for need in found.needs]
    note = found.view.words.text(NOTE_MESSAGES["places"])
    html = Markup("").join(table.html() for table in tables) + Markup("<p class='note'>{}</p>").format(note)
    return Shown(html, "\n\n".join([*(table.text() for table in tables), note]))


def _places_table(found: Outlook, need: Need) -> Table:
    assert found.found is not None
    view, end = found.view, found.found.end
    root = view.town.areas.root
    areas = sorted(view.town.areas.below(root, found.found.level)) if view.area == root else [view.area]
    needed = found.needed[(found.needed["need"] == need.id) & (found.needed["period_end"] == end)]
    rows = [_places_row(found, need, area, needed) for area in (*areas, root)]
    message = "{need}, {date}"
    return Table(
        caption=view.words.text(message, need=view.words.of(need.label), date=_keys.date(view.words, end)),
        headings=[view.level_name(), found.ages(need.ages), *(_heading(found, need, variant) for variant in VARIANTS)],
        rows=rows,
        numeric=frozenset(range(1, len(VARIANTS) + 2)),
        notes=[*_places_notes(found, need), *note_on_dashes(view.words, rows)],
        totals=1,
    )


def _heading(found: Outlook, need: Need, variant: str) -> str:
    rate, words = need.rate_of[variant], found.view.words
    decimals = next((digits for digits in (0, 1) if round(rate, digits) == rate), 2)
    written = keyed(words.percent(rate, decimals), key("rate", need.id, variant))
    return words.text("Places, {variant} ({rate})", variant=words.text(VARIANT_LABELS[variant]), rate=written)


def _places_row(found: Outlook, need: Need, area: str, needed: pd.DataFrame) -> list[str]:
    _, then = found.ends(need.ages, area)
    persons = _with_limits(found.persons(then), [found.persons(then, end) for end in ("lower", "upper")])
    by_variant = {row["variant"]: row for _, row in needed[needed["area"] == area].iterrows()}
    return [_keys.area(found.view, area), persons, *(_needed(found, by_variant[name], name) for name in VARIANTS)]


def _needed(found: Outlook, row: pd.Series, variant: str) -> str:
    assert found.found is not None
    parts = (row["need"], variant, row["area"], row["period_end"], found.found.level)
    number = found.view.words.number
    whole = keyed(number(row["places"]), key("places", *parts))
    return _with_limits(whole, [keyed(number(row[end]), key(f"places_{end}", *parts)) for end in ("lower", "upper")])


def _with_limits(value: str, limits: Sequence[str]) -> str:
    span = signs.span(*limits)
    return in_two_lines(value, span) if span != NO_NUMBER else value


def _places_notes(found: Outlook, need: Need) -> list[str]:
    words = found.view.words
    notes = [words.text("Rates: {basis}", basis=words.of(need.basis))]
    if need.decided_by is not None and need.decided is not None:
        message = "Decided by: {who}, {date}."
        notes.append(words.text(message, who=words.of(need.decided_by), date=_keys.date(words, need.decided)))
    else:
        notes.append(words.text("Nobody has decided these rates yet."))
    if need.is_open:
        notes.append(words.text("The rates have not yet been checked against a named source (review open)."))
    elif need.reference:
        notes.append(words.text("Checked against: {reference}", reference=need.reference))
    return notes


def narrowing(found: Outlook) -> Shown:
    """Show which delivery would narrow the interval of which age group most.

    Parameters
    ----------
    found
        The outlook.
    """
    if found.found is None:
        return nothing()
    view = found.view
    rows = [[found.ages(ages), *(_reach(found, ages, kind) for kind in REACH_LABELS)] for ages in found.groups]
    table = Table(
        caption=_narrowing_caption(found),
        headings=[view.words.text("Age"), *(view.words.text(label) for label in REACH_LABELS.values())],
        rows=rows,
        numeric=frozenset(range(1, len(REACH_LABELS) + 1)),
        notes=[view.words.text(NOTE_MESSAGES["narrowing"]), *note_on_dashes(view.words, rows)],
    )
    said = [*_most(found), view.words.text(NOTE_MESSAGES["not_delivered"])]
    lines = Markup("").join(Markup("<li>{}</li>").format(line) for line in said)
    html = Markup("<ul class='findings'>{}</ul>").format(lines) + table.html()
    return Shown(html, "\n".join([*said, "", table.text()]))


REACH_LABELS: Final = {
    "now": "Interval as it is",
    "next_count": "With the next yearly count",
    "births": "Had the youngest been known beforehand",
}
"""Message ids of the columns, by what would be known."""


def _narrowing_caption(found: Outlook) -> str:
    view = found.view
    assert found.found is not None
    message = "What would narrow the intervals of the {level}, {date}"
    return view.words.text(message, level=view.level_name(plural=True), date=_keys.date(view.words, found.found.end))


def _reach(found: Outlook, ages: Ages, kind: str) -> str:
    written = found.past(f"reach_{kind}", AREAS, ages, float(found.row("narrowing", ages, AREAS)[kind]))
    return written if written == NO_NUMBER else f"±{NO_BREAK_SPACE}{written}"


def _most(found: Outlook) -> list[str]:
    """Name for each delivery the age groups that it would narrow most; and those that neither would."""
    best: dict[str, list[str]] = {name: [] for name in MOST_MESSAGES}
    for ages in found.groups:
        row = found.row("narrowing", ages, AREAS)
        known = {kind: row[kind] for kind in ("births", "next_count") if pd.notna(row[kind])}
        kind = min(known, key=lambda name: known[name], default="")
        if pd.notna(row["now"]):
            best[kind if kind and known[kind] <= WORTH * row["now"] else ""].append(found.ages(ages))
    words = found.view.words
    return [
        words.text(message, groups=words.listing(best[kind])) for kind, message in MOST_MESSAGES.items() if best[kind]
    ]


MOST_MESSAGES: Final = {
    "births": "A delivery of births by area could narrow most: {groups}.",
    "next_count": "The next yearly count by age would narrow most: {groups}.",
    "": "Neither births nor the next yearly count would clearly narrow: {groups}.",
}
"""Message ids by what would narrow an interval most."""
