"""Small visible tables: what a test puts in and what comes out, written as a reader sees it.

Columns are aligned by blanks; a lone point stands for an empty cell. In counts ``-`` is missing, ``*`` suppressed with the
bounds 1 to 9, ``*?`` suppressed without an upper bound, ``x`` not applicable and ``~20`` rounded to a multiple of 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse.amounts import MISSING, NOT_APPLICABLE, NUMBER, SUPPRESSED, ZERO
from sozialanalyse.areas import AreaTree
from sozialanalyse.catalogue import Catalogue, Indicator
from sozialanalyse.indicators import COLUMNS, IndicatorFrame, add_positions, compute
from sozialanalyse.periods import parse_ages, parse_period

if TYPE_CHECKING:
    from collections.abc import Sequence

NAN = float("nan")

KINDS = {"births": "window", "deaths": "flow", "leavers": "school_year"}
"""Kind of period of the measures used in tests; all others are stocks."""

NUMBERS = ["numerator", "denominator", "value", "lower", "upper"]

LETTERS = {NUMBER: "", ZERO: "", MISSING: "-", SUPPRESSED: "*", NOT_APPLICABLE: "x"}


def table(text: str) -> pd.DataFrame:
    """Read an aligned table of text; the index counts lines as an editor does."""
    header, *lines = [line.split() for line in text.strip().splitlines()]
    cells = [["" if cell == "." else cell for cell in line] for line in lines]
    return pd.DataFrame(cells, columns=header, index=range(2, len(cells) + 2), dtype=object)


def tree(text: str, levels: Sequence[str] = ("quarter", "town")) -> AreaTree:
    """Make an area tree of a table; without the column ``name`` an area is called like its id."""
    frame = table(text)
    return AreaTree.from_frame(frame if "name" in frame else frame.assign(name=frame["area"]), levels)


def counts(text: str) -> pd.DataFrame:
    """Make a frame of counts of a table with ``area``, ``value`` and any of ``period measure sex age``."""
    frame = {"period": "2011-12-31", "measure": "people", "sex": "all", "age": ""} | dict(table(text).items())
    given = pd.DataFrame(frame)
    kinds = given["measure"].map(KINDS).fillna("stock")
    periods = [parse_period(text, kind) for text, kind in zip(given["period"], kinds, strict=True)]
    ages = [parse_ages(age) for age in given["age"]]
    states = pd.DataFrame([_state(value) for value in given["value"]], index=given.index)
    return given[["area", "measure"]].assign(
        period_kind=kinds.astype("category"),
        period_start=pd.Series([period.start for period in periods], index=given.index).astype("datetime64[s]"),
        period_end=pd.Series([period.end for period in periods], index=given.index).astype("datetime64[s]"),
        sex=given["sex"].replace("", "all").astype("category"),
        age_from=[first for first, _ in ages],
        age_to=[last for _, last in ages],
        **states,
        file="counts.csv",
        row=given.index,
    )


def _state(text: str) -> dict[str, Any]:
    marks = {
        "-": (MISSING, NAN, NAN),
        "*": (SUPPRESSED, 1, 9),
        "*?": (SUPPRESSED, 1, NAN),
        "x": (NOT_APPLICABLE, NAN, NAN),
    }
    if text in marks:
        status, lower, upper = marks[text]
        return {"value": NAN, "lower": lower, "upper": upper, "status": status}
    value = float(text.removeprefix("~"))
    around = 2 if text.startswith("~") else 0
    status = NUMBER if value + around else ZERO
    return {"value": value, "lower": max(value - around, 0), "upper": value + around, "status": status}


def shown(rows: pd.DataFrame, columns: str, digits: int = 4) -> list[str]:
    """Write rows as a test expects them, in the order of area and time: numbers short, states as in :func:`counts`."""
    ordered = rows.sort_values([name for name in ("indicator", "area", "period_end") if name in rows], kind="stable")
    return [" ".join(_cell(row, name, digits) for name in columns.split()) for _, row in ordered.iterrows()]


def _cell(row: pd.Series, name: str, digits: int) -> str:
    cell = row[name]
    if isinstance(cell, pd.Timestamp):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, str):
        return cell
    if pd.isna(cell):
        return LETTERS[row["status"]] if name == "value" and "status" in row else "."
    return f"{round(float(cell), digits):.12g}"


BOTH = {"de": "Text", "en": "text"}


def indicator(name: str = "share", **changes: Any) -> Indicator:
    """Make an indicator: per cent of ``people`` who are ``poor``, unless it is said otherwise."""
    given = {
        "id": name,
        "code": "X01",
        "label": BOTH,
        "short": BOTH,
        "field": "population",
        "tier": "core",
        "kind": "proportion",
        "unit": "percent",
        "numerator": {"measure": "poor"},
        "denominator": {"measure": "people"},
        "direction": "neutral",
        "source": BOTH,
        "review": "open",
        "definition": BOTH,
        "reading": BOTH,
    }
    return Indicator.model_validate(given | changes)


COUNT = {"kind": "count", "unit": "persons", "numerator": {"measure": "people"}, "denominator": None}
"""What makes :func:`indicator` a plain count of people."""


def computed(delivered: pd.DataFrame, areas: AreaTree, *wanted: Indicator) -> IndicatorFrame:
    """Compute indicators (default: the share of the poor) of a catalogue that holds nothing else."""
    return compute(delivered, areas, Catalogue(indicators=wanted or (indicator(),)))


def indicator_frame(text: str, areas: AreaTree, **constant: Any) -> pd.DataFrame:
    """Make an indicator frame of a table of ``area end value`` and any other column; positions are added."""
    given = table(text)
    given["level"] = given["area"].map(areas.level)
    numbers = {name: given[name].replace("", NAN).astype(float) for name in NUMBERS if name in given}
    ends = pd.to_datetime(given.pop("end")).astype("datetime64[s]")
    starts = pd.to_datetime(given["start"]).astype("datetime64[s]") if "start" in given else ends
    defaults = {"indicator": "share", "denominator": 100.0, "status": NUMBER, "segment": 0, "period_kind": "stock"}
    frame = given.assign(**numbers, period_start=starts, period_end=ends)
    missing = {name: (defaults | constant).get(name, np.nan) for name in COLUMNS if name not in frame}
    frame = frame.assign(**missing).astype({"segment": int})
    return add_positions(frame[COLUMNS].reset_index(drop=True), areas)
