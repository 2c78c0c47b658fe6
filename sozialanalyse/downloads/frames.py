"""From an indicator frame of the Release to the table of a download: what is shown of a value, and its state.

A number stands only where the Release has one. What was converted to other areas is an estimate and no cell of the
Release, so its row says so and is empty.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.amounts import MISSING, NOT_APPLICABLE, NUMBER, SUPPRESSED, ZERO
from sozialanalyse.downloads.table import Row, clean
from sozialanalyse.findings.signs import RELIABILITY_LABELS
from sozialanalyse.language import rounded
from sozialanalyse.view import DECIMALS, UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sozialanalyse.catalogue import Indicator
    from sozialanalyse.language import Language
    from sozialanalyse.town import Town

PUBLISHED, NONE, ROUNDED, CONVERTED = "published", "exactly_zero", "rounded", "converted"
"""States beside those of amounts: a number; a zero that cannot be more; one whose count is known only to the nearest base; an estimate, not told here."""

STATES = {
    PUBLISHED: "published",
    NONE: "exactly zero",
    ROUNDED: "rounded",
    SUPPRESSED: "confidential",
    MISSING: "not delivered",
    NOT_APPLICABLE: "not applicable",
    CONVERTED: "converted to today's areas: an estimate, on the page only",
}
"""Message id of each state."""

_DOUBT = 1e-6
"""So near to a half it is looked at digit by digit."""

_WITH_NUMBERS = (PUBLISHED, NONE, ROUNDED)
_NUMBERS = ("value", "lower", "upper", "numerator", "denominator")


def rows_of(frame: pd.DataFrame, town: Town, words: Language) -> list[Row]:
    """Write the rows of an indicator frame.

    Parameters
    ----------
    frame
        Of the town; its order is kept.
    town
        Whose names, catalogue and sources count.
    words
        Language of names.

    Returns
    -------
    list
        As :data:`.COLUMNS`.
    """
    indicators = {str(name): town.catalogue.indicator(str(name)) for name in frame["indicator"].unique()}
    state = states_of(frame)
    known = np.isin(state, _WITH_NUMBERS)
    numbers = {name: _numbers(frame, name, known, indicators) for name in _NUMBERS}
    names = frame["indicator"].astype(str).tolist()
    areas = frame["area"].astype(str).tolist()
    columns: dict[str, Iterable[str]] = {
        "area": map(clean, areas),
        "area_name": _each(areas, lambda area: clean(town.areas.name(area))),
        "level": frame["level"].astype(str),
        "indicator": names,
        "indicator_name": _each(names, lambda name: clean(words.of(indicators[name].label))),
        "unit": _each(names, lambda name: words.text(UNITS[indicators[name].unit])),
        "period_start": _days(frame["period_start"]),
        "period_end": _days(frame["period_end"]),
        "state": state.tolist(),
        **numbers,
        "reliability": np.where(known, frame["reliability"].astype(object), "").tolist(),
        "mark": _each(frame["mark"].fillna("").astype(str).tolist(), clean),
        "source": _each(names, lambda name: clean(words.of(indicators[name].source))),
    }
    return list(zip(*columns.values(), strict=True))


def states_of(frame: pd.DataFrame) -> np.ndarray:
    """Say of each row what its value is, one of :data:`STATES`."""
    status = frame["status"].astype(object).fillna(MISSING)
    is_rounded = (frame["numerator_least"] < frame["numerator_greatest"]) & (status == NUMBER)
    state = status.mask(status == NUMBER, PUBLISHED).mask(status == ZERO, NONE).mask(is_rounded, ROUNDED)
    if "interpolated" in frame:
        state = state.mask(frame["interpolated"].fillna(value=False).astype(bool), CONVERTED)
    no_value = frame["value"].isna() & state.isin(_WITH_NUMBERS)
    return state.mask(no_value, NOT_APPLICABLE).to_numpy(dtype=object)


def labels_of(town: Town, words: Language) -> dict[str, dict[str, str]]:
    """Name states, levels and what values can carry."""
    return {
        "state": {state: words.text(label) for state, label in STATES.items()},
        "level": {level.id: clean(words.of(level.label)) for level in town.data.file.all_levels},
        "reliability": {grade: words.text(label) for grade, label in RELIABILITY_LABELS.items()},
    }


def decimals_of(indicator: Indicator) -> int:
    """Decimals of an indicator's values: as on pages."""
    return 0 if indicator.kind == "count" else DECIMALS


def _numbers(frame: pd.DataFrame, name: str, known: np.ndarray, indicators: dict[str, Indicator]) -> list[str]:
    """Write a column of numbers, empty where nothing is to be told; values as rounded as on pages, counts whole."""
    decimals = {
        key: decimals_of(entry) if name in ("value", "lower", "upper") else 0 for key, entry in indicators.items()
    }
    values = frame[name].to_numpy(dtype=np.float64)
    shown = known & np.isfinite(values)
    names = frame["indicator"].astype(str).tolist()
    return [
        written(value, decimals[key]) if is_shown else ""
        for value, key, is_shown in zip(values.tolist(), names, shown.tolist(), strict=True)
    ]


def written(value: float, decimals: int) -> str:
    """Write a number with a point, halves away from zero as pages do.

    Examples
    --------
    >>> written(16.25, 1), written(-0.04, 1), written(37167.0, 0)
    ('16.3', '0.0', '37167')
    """
    if value.is_integer():
        return f"{value + 0.0:.{decimals}f}"
    scaled = abs(value) * 10**decimals
    is_near_half = abs(scaled - math.floor(scaled) - 0.5) < _DOUBT
    # Decimals decide ties, but they are slow, and hardly a number is one.
    return f"{(rounded(value, decimals) if is_near_half else round(value, decimals)) + 0.0:.{decimals}f}"


def _days(days: pd.Series) -> list[str]:
    return pd.to_datetime(days).dt.strftime("%Y-%m-%d").fillna("").tolist()


def _each(texts: list[str], write: Callable[[str], str]) -> list[str]:
    """Write each of many texts, of which few differ."""
    known = {text: write(text) for text in dict.fromkeys(texts)}
    return [known[text] for text in texts]
