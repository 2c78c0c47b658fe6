"""Signs for the states that are no number, the same in tables, charts and maps, and what explains them.

The signs ``( )`` and ``/`` of official tables are never ours: where one stands, a deliverer set it (:func:`with_mark`).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sozialanalyse.amounts import MISSING, NOT_APPLICABLE, NUMBER, SUPPRESSED, ZERO
from sozialanalyse.indicators import INDICATIVE, LIMITED, RELIABLE
from sozialanalyse.language import EN_DASH, NO_BREAK_SPACE, NO_NUMBER, key, keyed
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

_WRITTEN_ZERO = keyed("0", key("constant", "zero"))

_STATE_LABELS = {
    ZERO: "exactly zero",
    MISSING: "not delivered",
    SUPPRESSED: "confidential",
    NOT_APPLICABLE: "not applicable",
    UNCERTAIN: "too uncertain after the conversion to today's areas",
}
"""Message ids in the order of explanation."""


def amount(view: View, indicator: str, value: float, status: str, *, key: str = "") -> str:
    """Write a value with its unit and its key, or the sign of its state; an exact zero has no decimals: 0 %."""
    if status in MARKS:
        return MARKS[status]
    return view.amount(indicator, value, 0 if status == ZERO else None, key=key)


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
        f"{MARKS.get(state, _WRITTEN_ZERO)}{NO_BREAK_SPACE}{meaning(view, state)}"
        for state in _STATE_LABELS
        if state in occurring
    ]
    return "; ".join(parts) + "." if parts else ""


_MARK_LABELS = {
    "( )": "limited reliability",
    "/": "no value, since too unreliable",
    "p": "preliminary",
    "e": "estimated",
    "s": "estimated",
    "r": "revised",
    "*": "kept confidential",
    ".": "unknown or kept confidential",
}
"""Message ids of the deliverers' signs, in the order of explanation; others are those of one deliverer."""

_SAID_BY_STATE = {"-", EN_DASH, "\u2014", "x", "X", "...", "\u2026", "\u00b7"}
"""Deliverers' signs that say no more than ours do: none, not applicable, not delivered, confidential."""


def marks_in(mark: object) -> list[str]:
    """Part what the deliverer set at a count into its signs; without those that our own sign says and without figures.

    Examples
    --------
    >>> marks_in("( ) r"), marks_in("/"), marks_in("k. A."), marks_in("-"), marks_in(float("nan"))
    (['( )', 'r'], ['/'], ['k. A.'], [], [])
    """
    if not isinstance(mark, str) or any(map(str.isdigit, mark)):
        return []
    rest = mark.removeprefix("( )").strip()
    letters = rest.split()
    others = letters if set(letters) <= set(_MARK_LABELS) else [rest]
    brackets = ["( )"] if mark.startswith("( )") else []
    return brackets + [sign for sign in others if sign and sign not in _SAID_BY_STATE]


def with_mark(text: str, mark: object) -> str:
    """Write the deliverer's signs beside a value as the deliverer does: brackets around it, letters behind it."""
    for sign in marks_in(mark):
        text = f"({text})" if sign == "( )" else f"{text}{NO_BREAK_SPACE}{sign}"
    return text


def explain_marks(view: View, marks: Iterable[object]) -> str:
    """Explain the deliverers' signs that occur; empty where there is none."""
    occurring = {sign for mark in marks for sign in marks_in(mark)}
    known = [sign for sign in _MARK_LABELS if sign in occurring]
    parts = [f"{sign}{NO_BREAK_SPACE}{view.words.text(_MARK_LABELS[sign])}" for sign in known]
    parts += [f"{sign}{NO_BREAK_SPACE}{view.words.text('as delivered')}" for sign in sorted(occurring - set(known))]
    return view.words.text("Signs of the deliverer: {signs}.", signs="; ".join(parts)) if parts else ""


def plain(text: str) -> str:
    r"""Make one line of a name: without line ends and other control characters, which a drawing cannot hold.

    Examples
    --------
    >>> plain("Am\nMarkt ")
    'Am Markt'
    """
    spaced = "".join(" " if unicodedata.category(sign) in _NO_TEXT else sign for sign in text)
    return re.sub(" +", " ", spaced).strip(" ")


_NO_TEXT = {"Cc", "Cs", "Cn", "Zl", "Zp"}
"""Unicode categories: control characters, halves of signs and what is no sign (XML holds neither), ends of lines and paragraphs."""
