"""From tidy text to the frame of counts: parsed, checked, with the hard bounds of each count."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse.amounts import MISSING, NUMBER, SEXES, SUPPRESSED, ZERO
from sozialanalyse.loading.checks import KEY, WHOLE_UNITS, Declared, exist, refuse_faults
from sozialanalyse.loading.csv_files import FILE_ROW
from sozialanalyse.loading.marks import CONFIDENTIAL, FREE, OF_STATE
from sozialanalyse.periods import parse_ages, parse_period

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from sozialanalyse.catalogue import Catalogue

TEXTS = ("mark", "footnote", "obs_status", "conf_status")
"""What else a delivery says of a count, as text; empty where it says nothing."""

COLUMNS = [
    *("area", "measure", "period_kind", "period_start", "period_end", "sex", "age_from", "age_to"),
    *("value", "status", "lower", "upper", "source", "file", "row", *TEXTS),
]

APART = ["share", "label"]
"""Columns that only loading needs: what a percentage is a share of; what stands in a row of no area."""

CATEGORIES = ("measure", "period_kind", "sex", "status", "source", "file", *TEXTS)

DEFAULTS: dict[str, Any] = {
    **dict.fromkeys((*TEXTS, "label", "fix", "area_problem", "candidates", "delivered"), ""),
    "low": math.nan,
    "high": math.nan,
    "base": 0.0,
    "abolished": False,
    "share": None,
}
"""What holds where a delivery (every tidy file) does not have a column."""

PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
"""A number as tidy files write it; of more digits a float keeps not all."""

NO_AGE = (-1, -1)


def check_counts(text: pd.DataFrame, declared: Declared) -> pd.DataFrame:
    """Check tidy text and turn it into the frame of counts.

    Parameters
    ----------
    text
        Text columns ``area, period, measure, sex, age, value, plain, status`` and ``source, file``; ``file_row``; the
        others of :class:`sozialanalyse.loading.raw_files.MappedDelivery` where there are any.
    declared
        Town, areas and catalogue.

    Returns
    -------
    pandas.DataFrame
        ``area, measure, period_kind, period_start, period_end, sex, age_from, age_to, value, status, lower, upper,
        source, file, row, mark, footnote, obs_status, conf_status, share, label``. ``lower`` and ``upper`` are the hard
        bounds of the true count: equal to the value where it is exact, wider where it was rounded or suppressed. A 0
        has the status ``zero`` only where it is exact. Rows that count for no area have a ``label`` and no area
        (see :func:`set_apart`).

    Raises
    ------
    DataError
        With all faults at once, each with file, row and area.
    """
    text = completed(text)
    typed = parse_counts(text, declared.catalogue)
    kept = ~(text["abolished"].astype(bool) & ~exist(typed, declared.areas))
    text, typed = text[kept].reset_index(drop=True), typed[kept].reset_index(drop=True)
    refuse_faults(typed, text, declared)
    typed = typed.assign(**_bounds(typed, text, declared))
    typed["status"] = _with_zeros(typed)
    typed = typed.assign(**_sdmx(typed))
    frame = typed[[*COLUMNS, *APART]].astype(dict.fromkeys(CATEGORIES, "category"))
    return frame.sort_values([*KEY, "row"], kind="stable", ignore_index=True)


def set_apart(counts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Separate the counts of areas from those of no area.

    Returns
    -------
    tuple
        The frame of counts, and the delivered rows that belong to no area: ``label`` in the place of ``area``.
    """
    is_apart = counts["label"] != ""
    rest = counts[is_apart].drop(columns="area")
    counts = counts[~is_apart].drop(columns="label")
    return counts.reset_index(drop=True), rest[["label", *rest.columns.drop("label")]].reset_index(drop=True)


def completed(text: pd.DataFrame) -> pd.DataFrame:
    """Give tidy text the columns that it lacks, and a fresh index."""
    text = text.reset_index(drop=True)
    absent = {name: default for name, default in DEFAULTS.items() if name not in text}
    given = {
        name: text[name].astype(object).where(text[name].notna(), default)
        for name, default in DEFAULTS.items()
        if name in text and name not in ("low", "high", "share")
    }
    return text.assign(**given, **absent)


def parse_counts(text: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Parse each distinct text once; what cannot be parsed becomes NaN, NaT or -1 and is named by the checks.

    Parameters
    ----------
    text
        As :func:`check_counts` takes it, :func:`completed`.
    catalogue
        Says of each measure what kind of period it has.

    Returns
    -------
    pandas.DataFrame
        With the index of the text; the columns of the frame of counts but for the bounds.
    """
    kind = text["measure"].map({measure.id: measure.period_kind for measure in catalogue.measures})
    start, end = _each(text["period"] + "|" + kind.fillna("stock"), _span, "datetime64[s]").T
    age_from, age_to = _each(text["age"], _ages, "int16").T
    value = _each(text["plain"], _number, "float64")
    by_default = pd.Series(np.where(text["value"] == "", MISSING, NUMBER), index=text.index)
    return pd.DataFrame(
        {
            **text[["area", "measure", "source", "file", *TEXTS, *APART]],
            "period_kind": kind,
            "period_start": start,
            "period_end": end,
            "sex": text["sex"].mask(text["sex"] == "", SEXES[0]),
            "age_from": age_from,
            "age_to": age_to,
            "value": value,
            "status": text["status"].mask(text["status"] == "", by_default),
            "row": text[FILE_ROW].astype("int64"),
        }
    )


def _each(text: pd.Series, parse: Callable[[str], Any], dtype: str) -> np.ndarray[Any, Any]:
    """Parse each distinct text and return an array with a row for each text."""
    codes, distinct = pd.factorize(text)
    return np.array([parse(one) for one in distinct], dtype=dtype)[codes]


def _span(text: str) -> tuple[dt.date, dt.date] | tuple[None, None]:
    """Parse ``2011-12-31|stock``."""
    period, _, kind = text.rpartition("|")
    try:
        parsed = parse_period(period, kind)  # type: ignore[arg-type]  # the catalogue has checked the kind
    except ValueError:
        return None, None
    return parsed.start, parsed.end


def _ages(text: str) -> tuple[int, int]:
    try:
        return parse_ages(text)
    except ValueError:
        return NO_AGE


def _number(text: str) -> float:
    return float(text) if PLAIN_NUMBER.fullmatch(text) else math.nan


def _bounds(typed: pd.DataFrame, text: pd.DataFrame, declared: Declared) -> dict[str, pd.Series]:
    """Hard bounds of each count, by what its mapping or else its source says of rounding and hiding."""
    sources = declared.town.sources
    suppressed = typed["status"] == SUPPRESSED
    base = text["base"].astype(float)
    base = base.mask(
        base == 0, typed["source"].map({key: float(source.rounded_to or 0) for key, source in sources.items()})
    )
    is_whole = typed["measure"].map({one.id: one.unit in WHOLE_UNITS for one in declared.catalogue.measures})
    half = (base / 2).mask(
        is_whole.astype(bool), base // 2
    )  # a count is as far from a multiple as whole numbers can be
    hidden = {key: source.suppressed_between or (0, np.nan) for key, source in sources.items()}
    is_bounded = text["high"].notna()
    fewest = typed["source"].map({key: float(bounds[0]) for key, bounds in hidden.items()})
    most = typed["source"].map({key: float(bounds[1]) for key, bounds in hidden.items()})
    return {
        "lower": (typed["value"] - half)
        .clip(lower=0)
        .mask(suppressed, fewest.mask(is_bounded, text["low"].astype(float))),
        "upper": (typed["value"] + half).mask(
            suppressed, most.mask(is_bounded, text["high"].astype(float).replace(np.inf, np.nan))
        ),
    }


def _sdmx(typed: pd.DataFrame) -> dict[str, pd.Series]:
    """Observation and confidentiality status; by the state where the delivery says nothing of its own."""
    free = pd.Series(np.where(typed["status"] == SUPPRESSED, CONFIDENTIAL, FREE), index=typed.index)
    return {
        "obs_status": typed["obs_status"].mask(typed["obs_status"] == "", typed["status"].map(OF_STATE)),
        "conf_status": typed["conf_status"].mask(typed["conf_status"] == "", free),
    }


def _with_zeros(typed: pd.DataFrame) -> pd.Series:
    """Tell exact zeros from those that rounding may have made of a small count, which are numbers.

    Of a percentage the decimals tell the count, so that no share of 0 is a rounded one.
    """
    is_exact = (typed["upper"] == 0) | typed["share"].notna()
    return typed["status"].mask(typed["value"] == 0, pd.Series(np.where(is_exact, ZERO, NUMBER), index=typed.index))
