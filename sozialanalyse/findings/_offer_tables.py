"""Tables of offers: the inventory by kind, offers by target group, and supply by area."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings._table import Table, in_two_lines
from sozialanalyse.findings.display import Shown
from sozialanalyse.findings.signs import plain
from sozialanalyse.language import NO_NUMBER, key, keyed, without_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialanalyse.catalogue import TargetGroup
    from sozialanalyse.loading.offers import Offer, Offers
    from sozialanalyse.loading.offers_file import Need, OfferKind
    from sozialanalyse.view import View

DECIMALS = 1

ACCESS_LABELS = {"yes": "barrier-free", "partly": "partly barrier-free", "no": "not barrier-free"}
"""Message ids of whether an offer can be used without barriers."""

UNIT_LABELS = {"places": "Places", "dwellings": "Dwellings"}
WHAT_LABELS = {"places": "places", "dwellings": "dwellings"}
COUNTED_LABELS = {"persons": "Persons", "households": "Households"}
WHO_LABELS = {"persons": "persons", "households": "households"}
"""Message ids of what offers have and of whom it is for, at the beginning of a heading and within a text."""


def label_of(view: View, what: str, entry: OfferKind | Need) -> str:
    """Write the name of a kind or a need."""
    return keyed(plain(without_keys(view.words.of(entry.label))), key("offer_label", what, entry.id))


def offer_text(offer: Offer, field: str) -> str:
    """Write a text of an offer, as whoever delivered it wrote it."""
    text = plain(without_keys(str(getattr(offer, field))))
    return keyed(text, key("offer_text", offer.id, field)) if text else ""


def offered(view: View, statistic: str, row: Any, decimals: int = DECIMALS) -> str:
    """Write a number of a row of :func:`sozialanalyse.offers.supply`."""
    value = row[_COLUMNS.get(statistic, statistic)]
    return keyed(view.words.number(value, decimals), key(statistic, row["need"], row["area"], row["period_end"]))


_COLUMNS = {"offers_here": "offers", "places_here": "places"}


def constant(view: View, need: Need) -> str:
    """Write for how many persons places are given."""
    return keyed(view.words.number(need.per), key("constant", "base"))


def what_for_whom(view: View, offers: Offers, need: Need) -> dict[str, str]:
    """Write what is given for how many of whom: {what} per {base} {who}."""
    return {
        "what": view.words.text(WHAT_LABELS[offers.kind(need.kinds[0]).unit]),
        "base": constant(view, need),
        "who": view.words.text(WHO_LABELS[_counted(view, need)]),
    }


def _counted(view: View, need: Need) -> str:
    """Tell persons from households."""
    indicator = view.indicator(need.persons.indicator)
    unit = view.town.catalogue.measure(indicator.amounts[need.persons.part].measure).unit
    return unit if unit in WHO_LABELS else "persons"


def offers_tables(view: View, offers: Offers) -> Shown:
    """Make a table that opens for each kind of offers."""
    order = {kind.id: number for number, kind in enumerate(offers.kinds)}
    ordered = sorted(offers.offers, key=lambda offer: (order[offer.kind], offer.area, offer.id))
    parts, texts = [], []
    for name, own in groupby(ordered, key=lambda offer: offer.kind):
        kind = offers.kind(name)
        table = _of_kind(view, kind, list(own))
        template = Markup("<details><summary>{}</summary>{}</details>")
        parts.append(template.format(label_of(view, "kind", kind), table.html()))
        texts.append(table.text())
    return Shown(Markup("").join(parts), "\n\n".join(texts))


def _of_kind(view: View, kind: OfferKind, offers: Sequence[Offer]) -> Table:
    text = view.words.text
    rows = [_offer(view, offer) for offer in offers]
    headings = [text("Offer"), text("Area"), text("Address and opening"), text(UNIT_LABELS[kind.unit])]
    return Table(
        caption=text("Offers: {kind}", kind=label_of(view, "kind", kind)),
        headings=[*headings, text("For whom"), text("Carrier")],
        rows=rows,
        numeric=frozenset({3}),
        notes=[
            text("{sign} not stated.", sign=NO_NUMBER) if any(NO_NUMBER in map(str, row) for row in rows) else "",
            text("Of some offers only the area is told.") if _some_hide_address(offers) else "",
        ],
    )


def _some_hide_address(offers: Sequence[Offer]) -> bool:
    return any(offer.location_visibility == "area_only" for offer in offers)


def _offer(view: View, offer: Offer) -> list[str]:
    below = "; ".join(filter(None, [offer_text(offer, "aim"), _running(view, offer)]))
    name = offer_text(offer, "name")
    places = NO_NUMBER
    if offer.places is not None:
        places = keyed(view.words.number(offer.places), key("offer_places", offer.id))
    return [
        in_two_lines(name, below) if below else name,
        _area(view, offer),
        _two(offer_text(offer, "address"), offer_text(offer, "opening")),
        places,
        _two(_groups(view, offer), _barriers(view, offer)),
        _two(
            offer_text(offer, "carrier"),
            "; ".join(filter(None, [offer_text(offer, "languages"), offer_text(offer, "contact")])),
        ),
    ]


def _two(first: str, second: str) -> str:
    """Put a remark under a text; one of both may be missing."""
    return in_two_lines(first, second) if first and second else first or second or NO_NUMBER


def _area(view: View, offer: Offer) -> str:
    """Write where an offer is, and for which areas it is there."""
    tree = view.town.areas
    own = _keys.area(view, offer.area) if offer.area in tree else ""
    served = [_keys.area(view, area) for area in sorted(offer.area_served) if area in tree]
    return _two(own, view.words.text("for {areas}", areas=view.words.listing(served)) if served else "")


def _barriers(view: View, offer: Offer) -> str:
    return view.words.text(ACCESS_LABELS[offer.barrier_free]) if offer.barrier_free else ""


def _running(view: View, offer: Offer) -> str:
    """Say since and until when there is the offer."""
    since, until = (None if day is None else _keys.date(view.words, day) for day in (offer.valid_from, offer.valid_to))
    if since and until:
        return view.words.text("from {first} to {last}", first=since, last=until)
    if since:
        return view.words.text("since {first}", first=since)
    return view.words.text("until {last}", last=until) if until else ""


def _groups(view: View, offer: Offer) -> str:
    groups = {group.id: group for group in view.town.entire.catalogue.target_groups}
    named = [view.words.of(groups[name].label) for name in offer.target_groups if name in groups]
    return view.words.listing(named) if named else NO_NUMBER


def coverage_table(view: View, counted: pd.DataFrame, groups: Sequence[TargetGroup], day: pd.Timestamp) -> Shown:
    """Make the table of offers by target group.

    Parameters
    ----------
    view
        Whose language counts.
    counted
        Result of :func:`sozialanalyse.offers.coverage`.
    groups
        Of the catalogue.
    day
        On which the offers run.
    """
    text = view.words.text
    labels = {group.id: view.words.of(group.label) for group in groups}
    rows = []
    for row in counted.to_dict("records"):
        if row["target_group"] or row["offers"]:
            name = labels.get(row["target_group"], text("without a target group"))
            numbers = [
                _number(view, what, row, day)
                for what in ("offers", "kinds", "places", "without_places", "barrier_free")
            ]
            rows.append([name, *numbers])
    table = Table(
        caption=text("Offers by target group, {date}", date=_keys.date(view.words, day)),
        headings=[
            *(text("Target group"), text("Offers"), text("Kinds of offers"), text("Places")),
            *(text("Offers that do not state places"), text("Barrier-free offers")),
        ],
        rows=rows,
        numeric=frozenset(range(1, 6)),
        notes=[text("An offer for several target groups is counted for each of them, with all its places.")],
    )
    return Shown(table.html(), table.text())


def _number(view: View, what: str, row: Any, day: pd.Timestamp) -> str:
    return keyed(view.words.number(row[what]), key("offers_number", what, row["target_group"], day))


def supply_table(view: View, offers: Offers, need: Need, supplied: pd.DataFrame) -> Shown:
    """Make the table of a need: offers, places and persons of each area, places per 100 persons there and within reach.

    Parameters
    ----------
    view
        Whose areas and language count.
    offers
        The inventory.
    need
        The need.
    supplied
        Result of :func:`sozialanalyse.offers.supply`.
    """
    text, root = view.words.text, view.town.areas.root
    areas = [row for _, row in supplied.sort_values("area", kind="stable").iterrows() if row["area"] != root]
    town = [row for _, row in supplied.iterrows() if row["area"] == root]
    rows = [_supplied(view, need, row) for row in areas]
    totals = [[_keys.town(view), *_supplied(view, need, row)[1:]] for row in town]
    day = _keys.date(view.words, supplied["period_end"].max())
    per = what_for_whom(view, offers, need)
    columns = text(UNIT_LABELS[offers.kind(need.kinds[0]).unit]), text(COUNTED_LABELS[_counted(view, need)])
    table = Table(
        caption=text("{need}, {date}", need=label_of(view, "need", need), date=day),
        headings=[
            *(view.level_name(), text("Offers"), *columns),
            text("In the area: {what} per {base} {who}", **per),
            text("Within reach: {what} per {base} {who}", **per),
            text("Offers within reach"),
        ],
        rows=[*rows, *totals],
        numeric=frozenset(range(1, 7)),
        notes=[
            text(
                "All are counted for whom the offers are meant. Below each value: the interval in which it can move by chance alone, as their number does."
            ),
            text(
                "Within reach: what an average person of the area can reach on foot, shared with all others who can; offers of neighbouring areas count."
            ),
            text("{sign} cannot be given.", sign=NO_NUMBER) if any(NO_NUMBER in map(str, row) for row in rows) else "",
        ],
        totals=len(totals),
    )
    html = Markup("<details><summary>{}</summary>{}</details>").format(label_of(view, "need", need), table.html())
    return Shown(html, table.text())


def _supplied(view: View, need: Need, row: Any) -> list[str]:
    persons = key(need.persons.part, need.persons.indicator, row["area"], row["period_end"])
    return [
        _keys.area(view, row["area"]),
        offered(view, "offers_here", row, 0),
        offered(view, "places_here", row, 0),
        keyed(view.words.number(row["persons"]), persons),
        _with_interval(view, "supply", row),
        _with_interval(view, "access", row),
        offered(view, "reachable", row),
    ]


def _with_interval(view: View, statistic: str, row: Any) -> str:
    value = offered(view, statistic, row)
    if pd.isna(row[statistic]) or row[statistic] == 0:
        return value
    return in_two_lines(value, signs.span(*(offered(view, f"{statistic}_{end}", row) for end in ("lower", "upper"))))
