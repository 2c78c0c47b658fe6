"""Offers and gaps on a page: the inventory, supply per need, niches and what was learned.

Whatever it is given, nothing is shown but what an audience may know; areas stand in the order of their numbers, and a niche is
stated only where need and offers both differ discernibly from the town.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from sozialanalyse import comparison, offers
from sozialanalyse.catalogue import TargetGroup
from sozialanalyse.catalogue.model import Text
from sozialanalyse.disclosure.offers import protected_offers
from sozialanalyse.findings import _keys, pages, words
from sozialanalyse.findings._headed import headed
from sozialanalyse.findings._offer_tables import (
    coverage_table,
    label_of,
    offer_text,
    offered,
    offers_tables,
    supply_table,
    what_for_whom,
)
from sozialanalyse.findings.display import Shown, nothing, paragraphs
from sozialanalyse.language import Language, key, keyed
from sozialanalyse.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sozialanalyse.language import LanguageCode
    from sozialanalyse.loading.offers import Offers
    from sozialanalyse.loading.offers_file import Need
    from sozialanalyse.town import Town
    from sozialanalyse.view import Audience

GROUP: Final = "offers"
"""Id of the target group of the indicators that needs rest on; no catalogue declares it."""

GROUP_LABELS = ("Local offers", "What is there for whom, and where is something missing?")
"""Its name and its question."""


@dataclass(frozen=True)
class Answered:
    """A need and what answers it.

    Parameters
    ----------
    need
        What it is.
    supplied
        Result of :func:`sozialanalyse.offers.supply`.
    needed
        Areas, compared by the indicator that points to the need.
    niches
        Result of :func:`sozialanalyse.offers.niches`.
    """

    need: Need
    supplied: pd.DataFrame
    needed: pd.DataFrame
    niches: pd.DataFrame


@dataclass(frozen=True)
class Inventory:
    """What a page about offers is made of.

    Parameters
    ----------
    view
        The whole town, the level of its areas, and the indicators that needs rest on.
    offers
        As the audience may know them.
    needs
        Those for which there are data, in their order.
    day
        The last date on which persons were counted; offers that do not run then are listed but not counted.
    """

    view: View
    offers: Offers
    needs: tuple[Answered, ...]
    day: pd.Timestamp


def inventory(town: Town, level: str = "", language: LanguageCode = "de", audience: Audience = "public") -> Inventory:
    """Gather the offers of a town, and hold them against the needs.

    Parameters
    ----------
    town
        The town, or a Release of it.
    level
        Of the areas; empty for the level below the town.
    language, audience
        Of the page.

    Raises
    ------
    UsageError
        Unknown names.
    """
    found = protected_offers(town.offers, town.areas, audience)
    gathered, group = _gathered(town, found.needs)
    view = View(gathered, group, "", level, language, audience)
    tree = view.town.areas
    pointing = view.frame[view.frame["indicator"].isin([need.need for need in found.needs])]
    compared = comparison.compare(pointing, tree, level=view.level).areas
    needs = []
    for need in found.needs:
        supplied = offers.supply(found, need, view.frame, tree, view.level)
        if len(supplied):
            needed = compared[compared["indicator"] == need.need]
            needs.append(Answered(need, supplied, needed, offers.niches(supplied, needed, need, tree.root)))
    days = [answered.supplied["period_end"].max() for answered in needs]
    return Inventory(view, found, tuple(needs), max(days, default=view.frame["period_end"].max()))


def _gathered(town: Town, needs: Sequence[Need]) -> tuple[Town, str]:
    """Put the indicators of all needs into one target group; without any, take the first of the catalogue."""
    wanted = dict.fromkeys(name for need in needs for name in (need.persons.indicator, need.need))
    known = {name for group in town.catalogue.target_groups for name in group.indicators}
    names = tuple(name for name in wanted if name in known)
    if not names:
        return town, town.catalogue.target_groups[0].id
    label, question = (Text(de=Language("de").text(text), en=text) for text in GROUP_LABELS)
    group = TargetGroup(id=GROUP, label=label, question=question, indicators=names, lead=names[0])
    return town.gathering(group), GROUP


def opening(found: Inventory) -> Shown:
    """Open the page: how many offers there are, and where a greater need meets less of them."""
    view = found.view
    said = (
        [*_numbers(found), *_named(found)]
        if found.offers
        else [view.words.text("The town has not delivered an inventory of local offers.")]
    )
    return pages.opening(view, view.words.text("Offers and gaps"), view.frame, said, [])


def _numbers(found: Inventory) -> list[str]:
    view, day = found.view, found.day.date()
    run = [offer for offer in found.offers.offers if offer.runs_on(day)]
    said = [
        view.words.text(
            "On {date} the inventory names {offers} offers of {kinds} kinds.",
            date=_keys.date(view.words, found.day),
            offers=keyed(view.words.number(len(run)), key("offers_number", "offers", "*", found.day)),
            kinds=keyed(
                view.words.number(len({offer.kind for offer in run})), key("offers_number", "kinds", "*", found.day)
            ),
        )
    ]
    return [*said, *_hidden(found)]


def _hidden(found: Inventory) -> list[str]:
    """Say how many offers there are besides, of which it is not told where they are."""
    view, root = found.view, found.view.town.areas.root
    count = sum(entry.offers for entry in found.offers.hidden if entry.area == root and entry.kind)
    if not count:
        return []
    number = keyed(view.words.number(count), key("hidden_offers", "offers", root, "*"))
    message = "Besides there are places of protection and others whose location is not shown: {count}."
    return [view.words.text(message, count=number)]


def _named(found: Inventory) -> list[str]:
    """Name the needs of which areas have discernibly more and discernibly less within reach; or say that there are none."""
    view = found.view
    named = [label_of(view, "need", answered.need) for answered in found.needs if answered.niches["niche"].any()]
    if named:
        message = "In some areas a discernibly greater need meets discernibly less within reach: {needs}."
        return [view.words.text(message, needs=view.words.listing(named))]
    message = "In no area does a discernibly greater need meet discernibly less within reach."
    return [view.words.text(message)] if found.needs else []


def table(found: Inventory) -> Shown:
    """List all offers that may be known, a table that opens for each kind, in the order of areas; then what is hidden."""
    if not found.offers:
        return nothing()
    tables = offers_tables(found.view, found.offers)
    said = paragraphs([*_hidden(found), *_by_area(found)])
    return Shown(tables.html + said.html, f"{tables.text}\n\n{said.text}")


def _by_area(found: Inventory) -> list[str]:
    """Say in which larger areas some of the hidden offers are, where that locates none."""
    view, tree = found.view, found.view.town.areas
    known = [entry for entry in found.offers.hidden if entry.area in tree]
    entries = [entry for entry in known if entry.area != tree.root and tree.level(entry.area) == view.level]
    parts = [
        f"{_keys.area(view, entry.area)} ({keyed(view.words.number(entry.offers), key('hidden_offers', 'offers', entry.area, ''))})"
        for entry in sorted(entries, key=lambda entry: entry.area)
    ]
    return [view.words.text("Of these there are in {areas}.", areas=view.words.listing(parts))] if parts else []


def coverage(found: Inventory) -> Shown:
    """Show how many offers there are for each target group."""
    if not found.offers:
        return nothing()
    entire = found.view.town.entire
    groups = [group for group in entire.catalogue.target_groups if group.id != GROUP]
    counted = offers.coverage(found.offers, [group.id for group in groups], found.day.date())
    return coverage_table(found.view, counted, groups, found.day)


def supply(found: Inventory) -> Shown:
    """Show places per 100 persons for each need, in each area and within reach: a table that opens for each."""
    if not found.needs:
        return nothing()
    shown = [supply_table(found.view, found.offers, answered.need, answered.supplied) for answered in found.needs]
    return Shown(Markup("").join(part.html for part in shown), "\n\n".join(part.text for part in shown))


def niches(found: Inventory) -> Shown:
    """List the areas in which a discernibly greater need meets discernibly less within reach, in the order of their numbers."""
    if not found.needs:
        return nothing()
    return headed(
        [(label_of(found.view, "need", answered.need), _niches_of(found, answered)) for answered in found.needs]
    )


def _niches_of(found: Inventory, answered: Answered) -> list[str]:
    view = found.view
    rows = answered.niches[answered.niches["niche"]].sort_values("area", kind="stable")
    if rows.empty:
        message = "No area shows both: a discernibly greater need and discernibly less within reach."
        return [view.words.text(message)]
    return [_niche(found, answered, area) for area in rows["area"]]


def _niche(found: Inventory, answered: Answered, area: str) -> str:
    view = found.view
    needed: Any = answered.needed.set_index("area", drop=False).loc[area]
    supplied = answered.supplied.set_index("area", drop=False)
    name = answered.need.need
    need = view.words.text(
        "{area}: {label} {value} (interval from {lower} to {upper}; in {town} {town_value})",
        area=_keys.area(view, area),
        label=view.label(name),
        value=view.measured(name, needed["value"], key=_keys.of_area("value", needed)),
        town=_keys.town(view),
        town_value=words.value_of_town(view, needed),
        **{end: view.amount(name, needed[end], key=_keys.of_area(end, needed)) for end in ("lower", "upper")},
    )
    own = supplied.loc[area]
    reach = view.words.text(
        _WITHIN_MESSAGES["some" if own["access"] > 0 else "none"],
        **what_for_whom(view, found.offers, answered.need),
        town=_keys.town(view),
        town_access=offered(view, "access", supplied.loc[view.town.areas.root]),
        **{statistic: offered(view, statistic, own) for statistic in ("access", "access_lower", "access_upper")},
    )
    return f"{need}; {reach}"


_WITHIN_MESSAGES = {
    "some": "within reach are {access} {what} per {base} {who} (interval from {access_lower} to {access_upper}; in {town} {town_access}).",
    "none": "there is nothing within reach (in {town} {town_access} {what} per {base} {who}).",
}


def overlaps(found: Inventory) -> Shown:
    """Say in which areas several offers for one need are within reach, with discernibly more places than in the town."""
    view, said = found.view, []
    for answered in found.needs:
        rows = answered.niches[answered.niches["overlap"]]
        if len(rows):
            areas = [_keys.area(view, area) for area in sorted(rows["area"])]
            said.append(f"{label_of(view, 'need', answered.need)}: {view.words.listing(areas)}")
    return paragraphs(said)


def practice(found: Inventory) -> Shown:
    """Show what was learned with offers, a card each, in the order of kinds and areas."""
    view = found.view
    own = sorted(
        (offer for offer in found.offers.offers if offer.lessons_learned), key=lambda offer: (offer.kind, offer.area)
    )
    if not own:
        return nothing()
    card = Markup("<h3>{}</h3><p>{}</p><p class='note'>{}</p>")
    parts, texts = [], []
    for offer in own:
        about = [
            label_of(view, "kind", found.offers.kind(offer.kind)),
            offer_text(offer, "aim"),
            offer_text(offer, "carrier"),
        ]
        place = [_keys.area(view, offer.area)] if offer.area in view.town.areas else []
        values = (
            offer_text(offer, "name"),
            offer_text(offer, "lessons_learned"),
            "; ".join(filter(None, [*about, *place])),
        )
        parts.append(card.format(*values))
        texts.append("\n".join(values))
    return Shown(Markup("").join(parts), "\n\n".join(texts))
