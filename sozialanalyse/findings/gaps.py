"""What a delivered total counts beyond its areas, in words: who is assigned to no area must not get lost unsaid."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sozialanalyse.amounts import SEXES
from sozialanalyse.findings import _keys
from sozialanalyse.language import EN_DASH, key, keyed
from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sozialanalyse.amounts import Cell
    from sozialanalyse.language import Language
    from sozialanalyse.view import View

WHOLE: Cell = (SEXES[0], 0, OPEN_AGE)

LEAST_SHARE = 0.05
"""Per cent; what is less would be written as 0.0 %."""

UNITS = {
    "persons": "persons",
    "households": "households",
    "dwellings": "dwellings",
    "square_metres": "square metres",
    "cases": "cases",
}


class Gap(NamedTuple):
    """By how much an area counts more than the areas of the view's level in it, and how many it counts."""

    measure: str
    cell: Cell
    date: pd.Timestamp
    gap: float
    total: float


def unassigned(view: View) -> list[str]:
    """Say for each measure of a page how many its areas do not count though the whole does, or the other way round.

    Measures are stated as a whole, those delivered only by age or sex as the page uses them; on the last date of each.
    Nothing is said where a part is missing or hidden, or where rounding explains the difference.

    Parameters
    ----------
    view
        Its area is the whole, the areas of its level are the parts.
    """
    gaps = list(_gaps(view)) if view.members != [view.area] else []
    if not gaps:
        return []
    lead = "Delivered totals and the sum of the areas shown differ. Values of the whole are computed from its delivered totals."
    return [view.words.text(lead), *(_sentence(view, gap) for gap in gaps)]


def _gaps(view: View) -> Iterator[Gap]:
    amounts = [part for indicator in view.indicators for part in indicator.amounts.values()]
    for measure in dict.fromkeys(part.measure for part in amounts):
        parts = dict.fromkeys((part.sex or SEXES[0], *part.ages) for part in amounts if part.measure == measure)
        for cell, rows in _delivered(view, measure, [WHOLE]) or _delivered(view, measure, list(parts)):
            yield from _gap(view, measure, cell, rows)


def _delivered(view: View, measure: str, cells: list[Cell]) -> list[tuple[Cell, pd.DataFrame]]:
    """Give those cells of which there are amounts, with them."""
    found = [(cell, _amounts(view, measure, cell)) for cell in cells]
    return [(cell, rows) for cell, rows in found if len(rows)]


def _amounts(view: View, measure: str, cell: Cell) -> pd.DataFrame:
    """Amounts of the whole and its parts on the last date for which the whole is known."""
    members = {view.area, *view.members}
    rows = view.town.amounts(measure, cell)
    rows = rows[rows["area"].isin(members)]
    last = rows.loc[(rows["area"] == view.area) & rows["value"].notna(), "period_end"].max()
    return rows[rows["period_end"] == last]


def _gap(view: View, measure: str, cell: Cell, rows: pd.DataFrame) -> Iterator[Gap]:
    whole, parts = rows[rows["area"] == view.area], rows[rows["area"] != view.area]
    if parts.empty or len(whole) != 1 or parts["value"].isna().any():
        return
    total = whole.iloc[0]
    explained = parts["lower"].sum() <= total["upper"] and total["lower"] <= parts["upper"].sum()
    if not explained:
        gap = float(total["value"] - parts["value"].sum())
        yield Gap(measure, cell, total["period_end"], gap, float(total["value"]))


def _sentence(view: View, gap: Gap) -> str:
    words = view.words
    measure = view.town.catalogue.measure(gap.measure)
    values = {
        "measure": _with_ages(words.of(measure.label), gap.cell, words),
        "date": _keys.date(words, gap.date),
        "gap": keyed(words.number(abs(gap.gap)), _key(view, gap, "unassigned")),
        "unit": words.text(UNITS[measure.unit]),
        "share": _share(view, gap),
    }
    if gap.gap > 0:
        return words.text("Not assigned to an area: {gap} {unit} ({share}); {measure}, {date}.", **values)
    message = "The areas together count {gap} {unit} ({share}) more than the whole; {measure}, {date}."
    return words.text(message, **values)


def _key(view: View, gap: Gap, statistic: str) -> str:
    return key(statistic, gap.measure, view.area, gap.date, view.level, *gap.cell)


def _share(view: View, gap: Gap) -> str:
    words, key_of_share = view.words, _key(view, gap, "unassigned_share")
    share = abs(gap.gap) / gap.total * 100 if gap.total else 0.0
    if share < LEAST_SHARE:
        return words.text("less than {share}", share=keyed(words.percent(2 * LEAST_SHARE, 1), key_of_share))
    return keyed(words.percent(share, 1), key_of_share)


def _with_ages(label: str, cell: Cell, words: Language) -> str:
    _, first, last = cell
    if (first, last) == WHOLE[1:]:
        return label
    ages = f"{first}+" if last == OPEN_AGE else f"{first}{EN_DASH}{last}"
    return words.text("{measure}, aged {ages}", measure=label, ages=keyed(ages, key("ages", first, last)))
