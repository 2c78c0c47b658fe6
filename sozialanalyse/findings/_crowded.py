"""Pages with more areas than can be named: they show each area for the leading indicators only, or nobody could load them.

A page of Berlin's 447 planning areas with all of its indicators would weigh more than two megabytes, most of it tables of
thousands of rows that few open; the files beside the page hold all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialanalyse.view import View

MOST_AREAS = 150
"""Of so many areas each is shown for every indicator."""

FEW_INDICATORS = 2


def shown_by_area(view: View, names: Sequence[str], areas: int) -> list[str]:
    """Choose the indicators for which each area is shown, in the order given.

    Parameters
    ----------
    view
        Whose target group says which indicator leads.
    names
        Ids of indicators in reading order.
    areas
        How many areas would be shown; of more than 150 for two indicators only: the leading one, and the first that is no
        plain count.
    """
    if areas <= MOST_AREAS:
        return list(names)
    lead = view.town.catalogue.target_group(view.target_group).lead
    ranked = sorted(names, key=lambda name: (name != lead, view.indicator(name).kind == "count"))
    return [name for name in names if name in ranked[:FEW_INDICATORS]]


def note_on_others(view: View, names: Sequence[str], areas: int) -> str:
    """Say that other indicators stand in the files only; empty where all are shown."""
    if len(shown_by_area(view, names, areas)) == len(names):
        return ""
    message = (
        "Of so many areas the page shows each one for the leading indicators only; the files to download hold all."
    )
    return view.words.text(message)
