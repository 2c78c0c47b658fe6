"""Which indicators a chart shows that has room for a few: the leading one of the target group, then in reading order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sozialanalyse.catalogue import Indicator
    from sozialanalyse.view import View


def lead_first(view: View) -> list[Indicator]:
    """List the indicators of a view, the leading one of its target group first.

    Parameters
    ----------
    view
        Whose indicators.
    """
    lead = view.town.catalogue.target_group(view.target_group).lead
    return sorted(view.indicators, key=lambda entry: entry.id != lead)
