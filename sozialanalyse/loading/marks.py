"""What stands in a cell of a delivery: a number, flagged or not, with a footnote or not; or a mark in place of one.

Observation status and confidentiality are those of the SDMX cross-domain code lists CL_OBS_STATUS (version 2.2) and
CL_CONF_STATUS (version 1.3). Where several flags meet, the one shown is the first of SDMX's recommended hierarchy
("Possible ways of implementing the observation status concept", version 2.0, May 2019).
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BeforeValidator, Field, model_validator

from sozialanalyse.documents import Model
from sozialanalyse.loading.numbers import Notation, even, other_notations

State = Literal["zero", "missing", "suppressed", "not_applicable"]
ObservationStatus = Literal[
    "B", "O", "M", "L", "H", "Q", "J", "S", "D", "K", "W", "I", "F", "E", "P", "N", "U", "V", "G", "A"
]
"""CL_OBS_STATUS in the order of the hierarchy."""

NORMAL, LOW_RELIABILITY, FREE, CONFIDENTIAL = "A", "U", "F", "C"

OF_STATE = {"": NORMAL, "number": NORMAL, "zero": NORMAL, "missing": "O", "suppressed": "Q", "not_applicable": "M"}
"""Observation status where a delivery says no more than the state."""

RANK = {code: rank for rank, code in enumerate(get_args(ObservationStatus))}
"""Of several codes the one of the lowest rank is shown."""


class Mark(Model):
    """What a mark means that stands in place of a number."""

    state: State = Field(description="zero: there is none; missing; suppressed: kept secret; not_applicable")
    between: tuple[int, int] | None = Field(
        default=None, description="of a suppressed count, the smallest and the largest that it can be, such as [1, 9]"
    )
    obs_status: ObservationStatus | None = Field(
        default=None, description="SDMX observation status, where the state does not say it: U is of low reliability"
    )

    @model_validator(mode="after")
    def _has_bounds_where_hidden(self) -> Mark:
        if self.between and self.state != "suppressed":
            message = "only a suppressed count lies between bounds"
            raise ValueError(message)
        if self.between and not 0 <= self.between[0] <= self.between[1]:
            message = "the smallest hidden count stands first, then the largest, for example [1, 9]"
            raise ValueError(message)
        return self


def _spelled_out(found: Any) -> Any:
    return {"state": found} if isinstance(found, str) else found


DeclaredMark = Annotated[Mark, BeforeValidator(_spelled_out, State | Mark)]
"""A mark, or its state alone."""

Preset = Literal["destatis", "ba"]

_LATER = {"...": Mark(state="missing"), "\u2026": Mark(state="missing")}
_NOTHING = {sign: Mark(state="zero") for sign in ("-", "\u2013", "\u2014")}
_SENSELESS = {sign: Mark(state="not_applicable") for sign in ("x", "X")}

PRESETS: dict[Preset, dict[str, Mark]] = {
    # Signs of the statistical offices. "." is "unknown or to be kept secret": taken for a secret without bounds, since one
    # taken for missing could be worked out from totals and published. "0" is less than half a unit in the last place: of a
    # count in ones that is none, in thousands up to 500 (see the mapping's factor).
    "destatis": {
        **_NOTHING,
        **{sign: Mark(state="suppressed") for sign in (".", "\u00b7")},
        **_SENSELESS,
        "/": Mark(state="missing", obs_status=LOW_RELIABILITY),
        **_LATER,
    },
    # Signs of the Bundesagentur für Arbeit. Below which count it writes "*" has changed (3, later 10): between says it.
    "ba": {**_NOTHING, "*": Mark(state="suppressed"), ".": Mark(state="missing"), **_SENSELESS, **_LATER},
}

FLAGS: dict[str, str] = {"p": "P", "s": "E", "e": "E", "r": NORMAL}
"""Letters of the presets that stand beside a number: preliminary, estimated (s, e), revised, of which SDMX knows none."""

BRACKETS = "( )"
"""Around a number: its reliability is limited."""


@dataclass(frozen=True)
class Signs:
    """How a delivery writes what stands in a cell.

    Parameters
    ----------
    notation
        Of the numbers.
    marks
        In place of a number.
    flags
        Letters beside a number with their observation status; where there are any, brackets around it are one too.
    footnotes
        Signs of footnotes, with their text.
    """

    notation: Notation = field(default_factory=Notation)
    marks: dict[str, Mark] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    footnotes: dict[str, str] = field(default_factory=dict)


class Cell(NamedTuple):
    """What a cell says.

    ``plain`` is the number with a point, empty where there is none; ``status`` a :data:`State`, empty for a number;
    ``mark`` and ``footnote`` what stood in place of the number or beside it; ``low`` and ``high`` the bounds of a
    suppressed count by its mark (NaN: none declared); ``fix`` the likely declaration that is missing where the cell
    cannot be read.
    """

    plain: str = ""
    status: str = ""
    mark: str = ""
    footnote: str = ""
    obs_status: str = ""
    conf_status: str = FREE
    low: float = math.nan
    high: float = math.nan
    fix: str = ""


def read_cell(text: str, signs: Signs) -> Cell:
    """Read a cell.

    Parameters
    ----------
    text
        As delivered.
    signs
        As declared.

    Examples
    --------
    >>> signs = Signs(flags=FLAGS, footnotes={"**)": "without barracks"})
    >>> read_cell("(45.8)r**)", signs)[:5]
    ('45.8', '', '( ) r', '**) without barracks', 'U')
    """
    text = even(text)
    if text in signs.marks:
        return _of_mark(text, "", signs)
    if text.isdigit() and text.isascii():
        return Cell(text, obs_status=NORMAL)  # what most cells are, at once
    rest, footnote = _without_footnotes(text, signs.footnotes)
    if rest in signs.marks and footnote:
        return _of_mark(rest, footnote, signs)
    number, flags = _without_flags(rest, signs.flags)
    plain = signs.notation.plain(number)
    if not plain:
        return Cell(fix=likely_fix(text, signs))
    codes = [LOW_RELIABILITY if flag == BRACKETS else signs.flags[flag] for flag in flags]
    status = min(codes, key=RANK.__getitem__, default=NORMAL)
    return Cell(plain, "", " ".join(flags), footnote, status)


def _of_mark(text: str, footnote: str, signs: Signs) -> Cell:
    mark = signs.marks[text]
    status = mark.obs_status or OF_STATE[mark.state]
    secret = CONFIDENTIAL if mark.state == "suppressed" else FREE
    low, high = mark.between or (math.nan, math.nan)
    return Cell("0" if mark.state == "zero" else "", mark.state, text, footnote, status, secret, low, high)


def _without_footnotes(text: str, footnotes: dict[str, str]) -> tuple[str, str]:
    """Split off the signs of footnotes at the end; one that begins with a digit must stand apart from the number."""
    found: list[str] = []
    longest_first = sorted(footnotes, key=len, reverse=True)
    while sign := next((sign for sign in longest_first if _ends_with(text, sign)), ""):
        text = text.removesuffix(sign).rstrip()
        found.insert(0, f"{sign} {footnotes[sign]}".strip())
    return text, "; ".join(found)


def _ends_with(text: str, sign: str) -> bool:
    apart = f" {sign}" if sign[0].isdigit() else sign
    return text.endswith(apart) and text != sign


def _without_flags(text: str, flags: dict[str, str]) -> tuple[str, list[str]]:
    """Split off brackets and letters beside a number."""
    found: list[str] = []
    while flags and text:
        if text[-1] in flags:
            found.insert(0, text[-1])
            text = text[:-1].rstrip()
        elif text[0] == "(" and text[-1] == ")" and BRACKETS not in found:
            found.insert(0, BRACKETS)
            text = text[1:-1].strip()
        else:
            break
    return text, sorted(found, key=lambda flag: flag != BRACKETS)


def likely_fix(text: str, signs: Signs) -> str:
    """Say which declaration would make a cell readable; empty where none is likely.

    Examples
    --------
    >>> likely_fix("45.8**)", Signs()), likely_fix("/", Signs()), likely_fix("1,250", Signs())
    ('footnotes: {"**)": ""}', 'marks_of: destatis', 'decimal: "," / thousands: ","')
    """
    if others := other_notations(text, signs.notation):
        return " / ".join(others)
    for preset in ("ba", "destatis") if text == "*" else ("destatis",):
        if text in PRESETS[preset]:
            return f"marks_of: {preset}"
    if not signs.flags and signs.notation.plain(_without_flags(text, FLAGS)[0]):
        return "marks_of: destatis"
    if sign := _sign_of_footnote(text, signs):
        return f'footnotes: {{{json.dumps(sign, ensure_ascii=False)}: ""}}'
    if text and len(text) <= LONGEST_MARK and not re.search(r"\d", text):
        return f"marks: {{{json.dumps(text, ensure_ascii=False)}: missing}}"
    return ""


LONGEST_MARK = 6
"""A longer text in place of a number is likely no mark but in the wrong column."""

SIGN = re.compile(r"[^\w\s.,'()-]{1,4}\)?|\w{1,2}\)")
"""A sign of footnotes: * or **) or a) or 1), the last only apart from the number."""


def _sign_of_footnote(text: str, signs: Signs) -> str:
    """Name what follows a number, where that may be the sign of a footnote."""
    rest, _ = _without_flags(text, signs.flags)
    number = signs.notation.leading(rest)
    after = rest.removeprefix(number)
    sign = after.strip()
    is_clear = after.startswith(" ") or not sign[:1].isdigit()
    return sign if number and is_clear and SIGN.fullmatch(sign) else ""
