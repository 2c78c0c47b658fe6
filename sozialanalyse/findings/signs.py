"""Signs for the states that are no number, the same in tables, charts and maps, and what explains them.

The signs ``( )`` and ``/`` of official tables are never used: they would be grades of a deliverer.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sozialanalyse.amounts import MISSING, NOT_APPLICABLE, NUMBER, SUPPRESSED, ZERO
from sozialanalyse.indicators import INDICATIVE, LIMITED, RELIABLE
from sozialanalyse.language import EN_DASH, NO_BREAK_SPACE, NO_NUMBER
from sozialanalyse.trends import converted as estimates

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from sozialanalyse.view import View

UNCERTAIN = "uncertain"
"""State in which a value is shown that was converted to other areas and is too uncertain to be used."""

MARKS = {MISSING: "·", SUPPRESSED: "•", NOT_APPLICABLE: "x", UNCERTAIN: "?"}
"""What stands in place of a value."""

CONVERTED = "≈"
"""Stands before a value that was converted to other areas: it is an estimate."""

_STATE_LABELS = {
    ZERO: "exactly zero",
    MISSING: "not delivered",
    SUPPRESSED: "confidential",
    NOT_APPLICABLE: "not applicable",
    UNCERTAIN: "too uncertain after the conversion to today's areas",
}
"""Message ids in the order of explanation."""


def amount(view: View, indicator: str, value: float, status: str) -> str:
    """Write a value with its unit, or the sign of its state; an exact zero has no decimals: 0 %."""
    if status in MARKS:
        return MARKS[status]
    return view.amount(indicator, value, 0) if status == ZERO else view.amount(indicator, value)


def converted(text: str) -> str:
    """Put the sign of estimates before a written value."""
    return f"{CONVERTED}{NO_BREAK_SPACE}{text}"


def states(rows: pd.DataFrame) -> pd.Series:
    """State of each row as it is shown: what was delivered but converted too uncertainly is not called missing."""
    return rows["status"].mask(rows["do_not_use"], UNCERTAIN) if "do_not_use" in rows else rows["status"]


def explain_converted(view: View, rows: pd.DataFrame) -> str:
    """Explain the sign of estimates, where there are any among the values."""
    if not (estimates(rows) & rows["value"].notna()).any():
        return ""
    return view.words.text("{sign} converted to today's areas: an estimate.", sign=CONVERTED)


RELIABILITY_LABELS = {RELIABLE: "reliable", LIMITED: "of limited reliability", INDICATIVE: "only as an indication"}
"""Message ids of what a value can carry; words, since signs are only ever the deliverer's."""


def reservation(view: View, reliability: object) -> str:
    """Say that a value is not reliable without reserve; of reliable and ungraded ones nothing is said, lest it crowd.

    Parameters
    ----------
    view
        Whose language counts.
    reliability
        Cell of the column ``reliability`` of an indicator frame.
    """
    return view.words.text(RELIABILITY_LABELS[str(reliability)]) if reliability in {LIMITED, INDICATIVE} else ""


def explain_reliability(view: View, reliabilities: Iterable[object]) -> str:
    """Explain the words of :func:`reservation`, where one of them occurs."""
    if not {LIMITED, INDICATIVE} & set(reliabilities):
        return ""
    return view.words.text(
        "Of limited reliability, only as an indication: few cases or a wide interval. Values with an interval and without such a remark are reliable."
    )


def span(low: str, high: str) -> str:
    """Join two written limits by a dash; where there are none, a dash alone."""
    return NO_NUMBER if NO_NUMBER in (low, high) else f"{low}{EN_DASH}{high}"


def meaning(view: View, status: str) -> str:
    """Name a state that is no ordinary number."""
    return view.words.text(_STATE_LABELS[status])


def explain(view: View, states: Iterable[str]) -> str:
    """Explain the signs that occur, for example "· not delivered; • confidential."; empty where all are numbers."""
    occurring = set(states) - {NUMBER}
    parts = [
        f"{MARKS.get(state, '0')}{NO_BREAK_SPACE}{meaning(view, state)}"
        for state in _STATE_LABELS
        if state in occurring
    ]
    return "; ".join(parts) + "." if parts else ""


def plain(text: str) -> str:
    r"""Make one line of a name: without line ends and other control characters, which a drawing cannot hold.

    Examples
    --------
    >>> plain("Am\nMarkt ")
    'Am Markt'
    """
    spaced = "".join(" " if unicodedata.category(sign) in _NO_TEXT else sign for sign in text)
    return re.sub(" +", " ", spaced).strip(" ")


_NO_TEXT = {"Cc", "Zl", "Zp"}
"""Unicode categories: control characters, ends of lines and paragraphs."""
