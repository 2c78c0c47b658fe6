"""From tidy text to the frame of counts: parsed, checked, with the hard bounds of each count."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse.amounts import MISSING, NUMBER, SEXES, SUPPRESSED, ZERO
from sozialanalyse.loading.checks import KEY, Declared, refuse_faults
from sozialanalyse.loading.csv_files import FILE_ROW
from sozialanalyse.periods import parse_ages, parse_period

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.loading.town_file import Source

COLUMNS = [
    *("area", "measure", "period_kind", "period_start", "period_end", "sex", "age_from", "age_to"),
    *("value", "status", "lower", "upper", "source", "file", "row", "share"),
]

CATEGORIES = ("measure", "period_kind", "sex", "status", "source", "file")

PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
"""A number as tidy files write it; of more digits a float keeps not all."""

NO_AGE = (-1, -1)


def check_counts(text: pd.DataFrame, declared: Declared) -> pd.DataFrame:
    """Check tidy text and turn it into the frame of counts.

    Parameters
    ----------
    text
        Text columns ``area, period, measure, sex, age, value, plain, status`` and ``source, file``; ``file_row``;
        ``share``: what a percentage is a share of, None for counts (see :mod:`sozialanalyse.loading.shares`).
    declared
        Town, areas and catalogue.

    Returns
    -------
    pandas.DataFrame
        ``area, measure, period_kind, period_start, period_end, sex, age_from, age_to, value, status, lower, upper,
        source, file, row, share``. ``lower`` and ``upper`` are the hard bounds of the true count: equal to the value
        where it is exact, wider where it was rounded or suppressed. A 0 has the status ``zero`` only where it is exact.

    Raises
    ------
    DataError
        With all faults at once, each with file, row and area.
    """
    text = text.reset_index(drop=True)
    typed = _parse(text, declared.catalogue)
    refuse_faults(typed, text, declared)
    typed = typed.assign(**_bounds(typed, declared.town.sources))
    typed["status"] = _with_zeros(typed)
    frame = typed[COLUMNS].astype(dict.fromkeys(CATEGORIES, "category"))
    return frame.sort_values([*KEY, "row"], kind="stable", ignore_index=True)


def _parse(text: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Parse each distinct text once; what cannot be parsed becomes NaN, NaT or -1 and is named later."""
    kind = text["measure"].map({measure.id: measure.period_kind for measure in catalogue.measures})
    start, end = _each(text["period"] + "|" + kind.fillna("stock"), _span, "datetime64[s]").T
    age_from, age_to = _each(text["age"], _ages, "int16").T
    value = _each(text["plain"], _number, "float64")
    status = text["status"].mask(text["status"] == "", pd.Series(np.where(text["value"] == "", MISSING, NUMBER)))
    return pd.DataFrame(
        {
            **text[["area", "measure", "source", "file", "share"]],
            "period_kind": kind,
            "period_start": start,
            "period_end": end,
            "sex": text["sex"].mask(text["sex"] == "", SEXES[0]),
            "age_from": age_from,
            "age_to": age_to,
            "value": value,
            "status": status,
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


def _bounds(typed: pd.DataFrame, sources: dict[str, Source]) -> dict[str, pd.Series]:
    """Hard bounds of each count, by what its source says of rounding and hiding."""
    suppressed = typed["status"] == SUPPRESSED
    half = typed["source"].map({key: (source.rounded_to or 0) // 2 for key, source in sources.items()})
    hidden = {key: source.suppressed_between or (0, np.nan) for key, source in sources.items()}
    fewest = typed["source"].map({key: float(bounds[0]) for key, bounds in hidden.items()})
    most = typed["source"].map({key: float(bounds[1]) for key, bounds in hidden.items()})
    return {
        "lower": (typed["value"] - half).clip(lower=0).mask(suppressed, fewest),
        "upper": (typed["value"] + half).mask(suppressed, most),
    }


def _with_zeros(typed: pd.DataFrame) -> pd.Series:
    """Tell exact zeros from those that rounding may have made of a small count, which are numbers.

    Of a percentage the decimals tell the count, so that no share of 0 is a rounded one.
    """
    is_exact = (typed["upper"] == 0) | typed["share"].notna()
    return typed["status"].mask(typed["value"] == 0, pd.Series(np.where(is_exact, ZERO, NUMBER), index=typed.index))
