"""Signs for the states that are no number, the same in tables, charts and maps, and what explains them.

The signs ``( )`` and ``/`` of official tables are never used: they would be grades of a deliverer.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from sozialanalyse.amounts import MISSING, NOT_APPLICABLE, NUMBER, SUPPRESSED, ZERO
from sozialanalyse.language import EN_DASH, NO_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialanalyse.view import View

SIGNS = {MISSING: "·", SUPPRESSED: "•", NOT_APPLICABLE: "x"}
"""What stands in place of a value."""

_MEANINGS = {
    ZERO: "exactly zero",
    MISSING: "not delivered",
    SUPPRESSED: "confidential",
    NOT_APPLICABLE: "not applicable",
}
"""Message ids in the order of explanation."""


def amount(view: View, indicator: str, value: float, status: str) -> str:
    """Write a value with its unit, or the sign of its state; an exact zero has no decimals: 0 %."""
    if status in SIGNS:
        return SIGNS[status]
    return view.amount(indicator, value, 0) if status == ZERO else view.amount(indicator, value)


def span(low: str, high: str) -> str:
    """Join two written limits by a dash; where there are none, a dash alone."""
    return NO_NUMBER if NO_NUMBER in (low, high) else f"{low}{EN_DASH}{high}"


def meaning(view: View, status: str) -> str:
    """Name a state that is no ordinary number."""
    return view.words.text(_MEANINGS[status])


def explain(view: View, states: Iterable[str]) -> str:
    """Explain the signs that occur, for example "· not delivered; • confidential."; empty where all are numbers."""
    occurring = set(states) - {NUMBER}
    parts = [f"{SIGNS.get(state, '0')} {meaning(view, state)}" for state in _MEANINGS if state in occurring]
    return "; ".join(parts) + "." if parts else ""


def plain(text: str) -> str:
    """Make one line of a name: without line ends and other control characters, which a drawing cannot hold."""
    return " ".join("".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).split())
