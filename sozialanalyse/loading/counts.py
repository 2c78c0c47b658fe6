"""From tidy text to the frame of counts: parsed, checked, with the hard bounds of each count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from sozialanalyse.amounts import MISSING, NUMBER, SEXES, SUPPRESSED, ZERO
from sozialanalyse.loading.checks import KEY, Declared, refuse_faults
from sozialanalyse.loading.csv_files import FILE_ROW
from sozialanalyse.periods import parse_ages, parse_period

if TYPE_CHECKING:
    from collections.abc import Callable

    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.loading.town_file import Source

COLUMNS = [
    *("area", "measure", "period_kind", "period_start", "period_end", "sex", "age_from", "age_to"),
    *("value", "status", "lower", "upper", "source", "file", "row", "share"),
]

CATEGORIES = ("measure", "period_kind", "sex", "status", "source", "file")

PLAIN_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"

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
        where it is exact, wider where it was rounded or suppressed.

    Raises
    ------
    DataError
        With all faults at once, each with file, row and area.
    """
    text = text.reset_index(drop=True)
    typed = _parse(text, declared.catalogue)
    refuse_faults(typed, text, declared)
    typed = typed.assign(**_bounds(typed, declared.town.sources))
    frame = typed[COLUMNS].astype(dict.fromkeys(CATEGORIES, "category"))
    return frame.sort_values([*KEY, "row"], kind="stable", ignore_index=True)


def _parse(text: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Parse each distinct text once; what cannot be parsed becomes NaN, NaT or -1 and is named later."""
    kind = text["measure"].map({measure.id: measure.period_kind for measure in catalogue.measures})
    start, end = _each(text["period"] + "|" + kind.fillna("stock"), _span, (None, None))
    age_from, age_to = _each(text["age"], parse_ages, NO_AGE)
    value = pd.to_numeric(text["plain"].where(text["plain"].str.fullmatch(PLAIN_NUMBER))).astype("float64")
    status = text["status"].mask(text["status"] == "", pd.Series(np.where(text["value"] == "", MISSING, NUMBER)))
    return pd.DataFrame(
        {
            **text[["area", "measure", "source", "file", "share"]],
            "period_kind": kind,
            "period_start": start.astype("datetime64[s]"),
            "period_end": end.astype("datetime64[s]"),
            "sex": text["sex"].mask(text["sex"] == "", SEXES[0]),
            "age_from": age_from.astype("int16"),
            "age_to": age_to.astype("int16"),
            "value": value,
            "status": status.mask((status == NUMBER) & (value == 0), ZERO),
            "row": text[FILE_ROW].astype("int64"),
        }
    )


def _span(text: str) -> tuple[Any, Any]:
    """Parse ``2011-12-31|stock``."""
    period, _, kind = text.rpartition("|")
    parsed = parse_period(period, kind)  # type: ignore[arg-type]  # the catalogue has checked the kind
    return parsed.start, parsed.end


T = TypeVar("T")


def _each(text: pd.Series, parse: Callable[[str], tuple[T, T]], otherwise: tuple[T, T]) -> tuple[Any, Any]:
    """Parse each distinct text to a pair; return the array of the firsts and that of the seconds, a value a row."""
    codes, distinct = pd.factorize(text)
    pairs = [_parsed(one, parse, otherwise) for one in distinct]
    first, second = (np.array([pair[place] for pair in pairs])[codes] for place in (0, 1))
    return first, second


def _parsed(text: str, parse: Callable[[str], tuple[T, T]], otherwise: tuple[T, T]) -> tuple[T, T]:
    try:
        return parse(text)
    except ValueError:
        return otherwise


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
