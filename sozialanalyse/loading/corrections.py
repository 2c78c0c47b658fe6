"""Corrections: what a town knows better than a delivery, declared in ``corrections.yml`` and never edited in the file.

Each correction says which value it found. When the office mends its delivery, that value no longer stands, and the
correction fails loudly instead of spoiling the mended number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pandas as pd
from pydantic import BeforeValidator, Field, field_validator

from sozialanalyse.amounts import MISSING, NUMBER, STATES, ZERO
from sozialanalyse.catalogue import Amount, Date
from sozialanalyse.catalogue.model import Sentence  # noqa: TC001 - pydantic reads it
from sozialanalyse.documents import Document, Versioned
from sozialanalyse.errors import nearest
from sozialanalyse.loading.checks import KEY, Declared
from sozialanalyse.loading.counts import DEFAULTS, PLAIN_NUMBER, completed, parse_counts
from sozialanalyse.loading.csv_files import FILE_ROW

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sozialanalyse.errors import Fault

CORRECTIONS_FILE = "corrections.yml"

STATES_OF_VALUE = tuple(state for state in STATES if state != NUMBER)
"""What may be written in place of a number."""

MESSAGES = {
    "area": "area '{area}' is not in the table of areas; did you mean: {hint}?",
    "measure": "measure '{measure}' is not in the catalogue; did you mean: {hint}?",
    "date": "'{date}' is no period of this measure; a stock needs a date (2011-12-31), a flow a span (2011, 2011/12)",
    "twice": "this count is corrected twice, also in line {line}; keep one, and set the other to status: withdrawn",
    "absent": "no delivery holds this count ({measure}, {date}); has the delivery changed, or is there a slip?",
    "mended": "the old value {expected} no longer stands: {file}, line {row} now says {found}, as corrected; "
    "set status: withdrawn",
    "changed": "the old value {expected} no longer stands: {file}, line {row} now says {found}; check the correction anew, "
    "or set status: withdrawn",
}


DESCRIBING = ("mark", "footnote", "obs_status", "conf_status", "fix", "low", "high")
"""Columns that describe a value as it was delivered; of a corrected one they say nothing."""


def _as_text(found: Any) -> Any:
    """Keep what stands in the file: a number is compared as a number later, a mark as a mark."""
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return str(found) if is_number else found


Written = Annotated[str, BeforeValidator(_as_text, int | float | str)]
"""A number, a mark or one of the states, as it stands."""


class Correction(Amount):
    """One count that a town knows better than the delivery."""

    area: str
    date: Written = Field(description="the period as it stands in deliveries: 2011-12-31, 2011, 2011/12")
    expected: Written = Field(description="what the delivery says: a number, a mark, or one of the states")
    value: Written = Field(description="the right number, or zero, missing, suppressed, not_applicable")
    reason: Sentence
    who: Sentence = Field(description="who decided it")
    decided: Date = Field(description="when it was decided")
    status: Literal["proposed", "accepted", "withdrawn"] = Field(description="only accepted ones are applied")

    @field_validator("value")
    @classmethod
    def _is_value(cls, value: str) -> str:
        if value not in STATES_OF_VALUE and not PLAIN_NUMBER.fullmatch(value):
            message = "write a number like 1234 or 1234.5, or one of: zero, missing, suppressed, not_applicable"
            raise ValueError(message)
        return value


class CorrectionsFile(Versioned):
    """The whole of ``corrections.yml``."""

    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True)
class AppliedCorrection:
    """A correction that was applied: what stood where, what it became, and who answers for it."""

    area: str
    date: str
    measure: str
    sex: str
    age: str
    old: str
    new: str
    file: str
    row: int
    source: str
    reason: str
    who: str
    decided: dt.date


def apply_corrections(
    document: Document[CorrectionsFile], text: pd.DataFrame, declared: Declared
) -> tuple[pd.DataFrame, tuple[AppliedCorrection, ...], list[Fault]]:
    """Replace what accepted corrections know better.

    Parameters
    ----------
    document
        The corrections.
    text
        Tidy text of the deliveries that hold (see :func:`sozialanalyse.loading.revisions.without_replaced`).
    declared
        Town, areas and catalogue.

    Returns
    -------
    tuple
        The text with the corrected values, whose bounds and state follow as if they had been delivered so; what was
        applied; faults of corrections whose place no delivery holds, whose expected value no longer stands, or that
        concern one count twice.
    """
    entries = enumerate(document.content.corrections)
    accepted = {number: entry for number, entry in entries if entry.status == "accepted"}
    if not accepted:
        return text, (), []
    keys = _keys(accepted, declared)
    places = _places(keys, text, declared)
    applied: dict[Any, AppliedCorrection] = {}
    faults = []
    for number, entry in accepted.items():
        rows = [text.loc[place] for place in places.get(number, [])]
        if found := _problem(entry, keys, number, declared) or _problem_of_place(entry, rows):
            problem, values = found
            said = {"measure": entry.measure, "date": entry.date, "expected": _shown(entry.expected)}
            lines = {"line": document.place(("corrections", values.get("other", number))).row}
            faults.append(document.fault(("corrections", number), MESSAGES[problem], **said, **lines, **values))
        elif len(rows) == 1:  # a count that stands twice in one file is refused by the checks
            applied[places[number][0]] = _applied(entry, rows[0])
    return _replaced(text, applied), tuple(applied.values()), faults


Problem = tuple[str, dict[str, Any]]
"""Name of a message and its values."""


def _keys(accepted: dict[int, Correction], declared: Declared) -> pd.DataFrame:
    """Parse the places of corrections as those of deliveries are parsed; the index is the number of the correction."""
    named = ("area", "measure", "sex", "age")
    records = [{name: getattr(entry, name) for name in named} | {"period": entry.date} for entry in accepted.values()]
    nothing = dict.fromkeys(("value", "plain", "status", "source", "file"), "")
    text = completed(pd.DataFrame(records, dtype=object).assign(**nothing, **{FILE_ROW: 0}))
    return parse_counts(text, declared.catalogue)[KEY].set_axis(list(accepted), axis="index")


def _places(keys: pd.DataFrame, text: pd.DataFrame, declared: Declared) -> dict[int, list[Any]]:
    """Find for each correction the rows of the deliveries that hold its count."""
    is_near = text["area"].isin(keys["area"]) & text["measure"].isin(keys["measure"]) & (text["label"] == "")
    near = text[is_near]
    if near.empty:
        return {}
    typed = parse_counts(near, declared.catalogue)[KEY].assign(place=near.index)
    known = keys[keys["period_end"].notna()].reset_index(names="number")
    found = known.merge(typed.dropna(subset=["period_end"]), on=KEY)
    places: dict[int, list[Any]] = {}
    for number, place in zip(found["number"].tolist(), found["place"].tolist(), strict=True):
        places.setdefault(number, []).append(place)
    return places


def _problem(entry: Correction, keys: pd.DataFrame, number: int, declared: Declared) -> Problem | None:
    """Say what is wrong with a correction whatever was delivered."""
    areas = declared.areas.frame["area"].tolist()
    measures = [measure.id for measure in declared.catalogue.measures]
    if entry.area not in areas:
        return "area", {"area": entry.area, "hint": nearest(entry.area, areas)}
    if entry.measure not in measures:
        return "measure", {"hint": nearest(entry.measure, measures)}
    if keys["period_end"].isna()[number]:
        return "date", {}
    same = keys.index[(keys == keys.loc[number]).all(axis="columns")]
    return ("twice", {"other": int(same[0])}) if same[0] < number else None


def _problem_of_place(entry: Correction, rows: Sequence[pd.Series]) -> Problem | None:
    """Say what is wrong with a correction as the deliveries are."""
    if not rows:
        return "absent", {}
    row = rows[0]
    if _stands(entry.expected, row):
        return None
    problem = "mended" if _stands(entry.value, row) else "changed"
    return problem, {"file": row["file"], "row": row[FILE_ROW], "found": _shown(_found(row))}


def _found(row: pd.Series) -> str:
    """Return what stands in a row as it was delivered: a mark, a number, a state, or nothing."""
    return str(row["mark"] or row["value"] or row["status"])


def _stands(expected: str, row: pd.Series) -> bool:
    """Say whether a row holds what was expected: the same number, the same state or the same mark."""
    if expected == MISSING:
        return _found(row) == "" or row["status"] == MISSING
    if PLAIN_NUMBER.fullmatch(expected) and PLAIN_NUMBER.fullmatch(row["plain"]):
        return float(expected) == float(row["plain"])
    is_zero = expected == ZERO and PLAIN_NUMBER.fullmatch(row["plain"]) is not None and float(row["plain"]) == 0
    return is_zero or expected in (_found(row), row["status"] or None)


def _shown(text: str) -> str:
    """Write an empty value so that it is seen."""
    return text or "''"


def _applied(entry: Correction, row: pd.Series) -> AppliedCorrection:
    place = {"old": _found(row), "new": entry.value, "file": row["file"], "row": int(row[FILE_ROW])}
    said = entry.model_dump(include={"area", "date", "measure", "sex", "age", "reason", "who", "decided"})
    return AppliedCorrection(**said, **place, source=row["source"])


def _replaced(text: pd.DataFrame, applied: dict[Any, AppliedCorrection]) -> pd.DataFrame:
    """Write the corrected values as if they had been delivered so; what described the old ones goes."""
    text = text.copy()
    described = {name: DEFAULTS[name] for name in DESCRIBING}
    for place, correction in applied.items():
        number = {MISSING: "", ZERO: "0"}.get(correction.new, correction.new)
        is_state = number in STATES
        given = {"value": "" if is_state else number, "plain": "" if is_state else number}
        status = correction.new if correction.new in STATES else ""
        for name, new in {**given, "status": status, **described}.items():
            text.at[place, name] = new
    return text
