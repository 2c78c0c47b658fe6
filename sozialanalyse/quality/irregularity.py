"""One irregularity: what is odd, how grave it is, where it stands and what is likely the repair."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sozialanalyse.errors import Fault, Place
from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pandas as pd

    from sozialanalyse.loading.expectations import Check

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""From the gravest: cannot be right; may be right and should be looked at; good to know."""


@dataclass(frozen=True, slots=True)
class Irregularity:
    """Something odd in the loaded counts.

    Parameters
    ----------
    severity
        One of :data:`SEVERITIES`.
    check
        Which check found it.
    fault
        What was found, and where.
    repair
        What is likely to be done, as a template with values; None where only the office knows.
    area, measure, period_end
        Whose number it is; None where it concerns several.
    sex, age
        The cell, as tidy files write it; empty for all.
    found, proposed
        The number as it stands and as it likely should be, for an entry of corrections; None where that is not known.
    """

    severity: Severity
    check: Check
    fault: Fault
    repair: Fault | None = None
    area: str | None = None
    measure: str | None = None
    period_end: dt.date | None = None
    sex: str = field(default="", kw_only=True)
    age: str = field(default="", kw_only=True)
    found: float | None = field(default=None, kw_only=True)
    proposed: float | None = field(default=None, kw_only=True)

    def order(self) -> tuple[Any, ...]:
        """Sort by severity, then by the place in the deliveries."""
        place = self.fault.place
        return SEVERITIES.index(self.severity), place.file or "", place.row or 0, self.fault.message, str(self.fault)


def of_count(
    row: Mapping[str, Any], message: str, values: Mapping[str, Any], *, severity: Severity, check: Check
) -> Irregularity:
    """Make the irregularity of one row of the frame of counts; ``{what}`` and ``{date}`` are filled in."""
    end = row["period_end"].date()
    filled = {"what": cell_name(row), "date": end.isoformat(), **values}
    place = Place(str(row["file"]), int(row["row"]), str(row["measure"]), str(row["area"]))
    return Irregularity(
        severity,
        check,
        Fault(message, filled, place),
        area=str(row["area"]),
        measure=str(row["measure"]),
        period_end=end,
        sex="" if row["sex"] == "all" else str(row["sex"]),
        age=age_text(int(row["age_from"]), int(row["age_to"])),
        found=None if math.isnan(row["value"]) else float(row["value"]),
    )


def row_of(counts: pd.DataFrame, number: int) -> dict[str, Any]:
    """Return a row of the frame of counts."""
    return {str(name): value for name, value in counts.loc[number].items()}


def age_text(first: int, last: int) -> str:
    """Write an age group as files do.

    Examples
    --------
    >>> age_text(0, 17), age_text(65, 999), age_text(7, 7), age_text(0, 999)
    ('0-17', '65+', '7', '')
    """
    if (first, last) == (0, OPEN_AGE):
        return ""
    if last == OPEN_AGE:
        return f"{first}+"
    return str(first) if first == last else f"{first}-{last}"


def cell_name(row: Mapping[str, Any]) -> str:
    """Name the measure with sex and ages: ``population female 0-17``."""
    sex = "" if row["sex"] == "all" else str(row["sex"])
    parts = [str(row["measure"]), sex, age_text(int(row["age_from"]), int(row["age_to"]))]
    return " ".join(part for part in parts if part)
