"""The checks ``revisions`` and ``totals``, as far as they only say what happened: nothing here is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse.errors import Fault, Place
from sozialanalyse.quality.irregularity import Irregularity, cell_name, row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sozialanalyse.loading.corrections import AppliedCorrection

REVISED = (
    "{source} delivered again with another value, of which the later one is used: {number} (largest change: {what}, "
    "{date}: {old} became {new})"
)
CORRECTED = "{what} of {date} was corrected from {old} to {new}: {reason}"
UNASSIGNED = "{what} of {date}: {number:.0f} are assigned to no area ({label})"


def revisions(frame: pd.DataFrame) -> Iterator[Irregularity]:
    """Say for each source how many numbers were revised, and the largest change."""
    if frame.empty:
        return
    for source, rows in frame.groupby("source", observed=True):
        change = (pd.to_numeric(rows["new_value"]) - pd.to_numeric(rows["old_value"])).abs()
        largest = int(np.argmax(change.fillna(-1).to_numpy()))
        row = row_of(rows.reset_index(drop=True), largest)
        values = {"number": len(rows), "source": source, "what": cell_name(row), "date": _date(row["period_end"])}
        values |= {end: _told(row[f"{end}_value"], row[f"{end}_status"]) for end in ("old", "new")}
        place = Place(str(row["new_file"]), int(row["new_row"]), area=str(row["area"]))
        yield Irregularity("note", "revisions", Fault(REVISED, values, place), measure=str(row["measure"]))


def unassigned(frame: pd.DataFrame) -> Iterator[Irregularity]:
    """Say for each measure, date and label how many people belong to no area."""
    for number_of_row in range(len(frame)):
        row = row_of(frame.reset_index(drop=True), number_of_row)
        number = row["value"]
        if pd.isna(number) or number == 0:
            continue
        values = {"what": cell_name(row), "date": _date(row["period_end"]), "number": number, "label": row["label"]}
        place = Place(str(row["file"]), int(row["row"]))
        end = pd.Timestamp(row["period_end"]).date()
        yield Irregularity("note", "totals", Fault(UNASSIGNED, values, place), None, None, str(row["measure"]), end)


def corrections(applied: Iterable[AppliedCorrection]) -> Iterator[Irregularity]:
    """Say what was corrected by declaration, with its reason."""
    for one in applied:
        what = " ".join(part for part in (one.measure, one.sex, one.age) if part)
        values = {"what": what, "date": one.date, "old": one.old, "new": one.new, "reason": one.reason}
        fault = Fault(CORRECTED, values, Place(one.file, one.row, area=one.area))
        yield Irregularity("note", "revisions", fault, area=one.area, measure=one.measure)


def _told(value: Any, status: str) -> str:
    """Write a value as it stands in a file, or its state."""
    return status if pd.isna(value) else f"{value:g}"


def _date(end: Any) -> str:
    return str(pd.Timestamp(end).date())
