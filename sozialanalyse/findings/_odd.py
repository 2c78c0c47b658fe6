"""Irregularities in the words of those who keep the data: names for ids, dates as they are written, numbers with points."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from sozialanalyse.language import EN_DASH

if TYPE_CHECKING:
    from sozialanalyse.errors import Fault
    from sozialanalyse.language import Language
    from sozialanalyse.loading import TownData
    from sozialanalyse.quality import Irregularity

SEX_LABELS = {"female": "female", "male": "male", "diverse": "diverse"}

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

NAMED = ("what", "measure", "part", "whole", "other")
"""Values of messages that begin with the id of a measure."""


def where(one: Irregularity, data: TownData | None, words: Language) -> str:
    """Say where an irregularity stands: file, row, and the area with its name."""
    said = one.fault.place.describe(words.text)
    area = one.fault.place.area
    is_named = data is not None and area is not None and area in data.areas
    return f"{said} ({data.areas.name(area)})" if is_named and data and area else said


def what(one: Irregularity, data: TownData | None, words: Language) -> str:
    """Say what was found."""
    return words.text(one.fault.message, **_in_words(one.fault, data, words))


def repair(one: Irregularity, data: TownData | None, words: Language) -> str:
    """Say the likely repair; a dash where only the office knows."""
    return EN_DASH if one.repair is None else words.text(one.repair.message, **_in_words(one.repair, data, words))


def _in_words(fault: Fault, data: TownData | None, words: Language) -> dict[str, Any]:
    return {key: _value(key, value, data, words) for key, value in fault.values.items()}


def _value(key: str, value: Any, data: TownData | None, words: Language) -> Any:
    if isinstance(value, str) and ISO_DATE.fullmatch(value):
        return words.date(dt.date.fromisoformat(value))
    if key in NAMED and isinstance(value, str) and data is not None:
        return _cell(value, data, words)
    return value


def _cell(text: str, data: TownData, words: Language) -> str:
    """Write ``population female 0-17`` with the measure's label and the sex in the reader's language."""
    measure, *rest = text.split(" ")
    labels = {entry.id: words.of(entry.label) for entry in data.catalogue.measures}
    if measure not in labels:
        return text
    told = [words.text(SEX_LABELS[part]) if part in SEX_LABELS else part for part in rest]
    return ", ".join([labels[measure], *told])
