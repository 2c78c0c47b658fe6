"""The check ``coverage``: which counts are there, and which are missing although others of their kind are there."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from sozialanalyse.amounts import MISSING
from sozialanalyse.errors import Fault, Place
from sozialanalyse.quality.irregularity import Irregularity
from sozialanalyse.quality.thresholds import MOSTLY_THERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.quality.irregularity import Severity

COMPLETE, PARTIAL, EMPTY, ABSENT = "complete", "partial", "empty", "absent"
"""All cells that other areas have; some of them; delivered without a number; not delivered."""

COLUMNS = ["area", "level", "measure", "period_end", "cells", "expected", "status"]

ABSENT_AREA = "{measure} of {date} is missing for this area, while {others} of {of} areas of its level have it"
PARTIAL_AREA = "{measure} of {date} has {cells} of {expected} ages and sexes for this area; other areas have all"
ABSENT_AREAS = "{measure} of {date} is missing for {number} of {of} areas of level {level}: {areas}"
PARTIAL_AREAS = "{measure} of {date} lacks ages or sexes for {number} of {of} areas of level {level}: {areas}"
WITHOUT_NUMBER = "{measure} of {date} is delivered without a number for {number} of {of} areas of level {level}"
ABSENT_DATE = "{measure} is missing on {date}; it is there on the dates before and after"
REPAIR = "ask the deliverer, or say in the source's note why they are missing"

NAMED = 5
"""So many areas are named one by one; of more, one message says the number."""

FEWEST_DATES = 4
"""A measure's rhythm is known from so many dates on."""


def coverage(counts: pd.DataFrame, areas: AreaTree) -> pd.DataFrame:
    """Lay out what is there, for the matrix of the report.

    Parameters
    ----------
    counts
        Frame of counts.
    areas
        The area tree.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`COLUMNS`, a row for each area, measure and date: how many cells (ages and sexes) have a value or a
        mark that stands for one, how many the fullest area of the level has at that date, and one of :data:`COMPLETE`,
        :data:`PARTIAL`, :data:`EMPTY`, :data:`ABSENT`. Only for levels at which the measure is delivered at all, and for
        areas that existed at the date.
    """
    known = counts.assign(known=(counts["status"] != MISSING).to_numpy())
    cells = known.groupby(["area", "measure", "period_end"], observed=True)["known"].agg(["sum", "size"]).reset_index()
    level = areas.frame.set_index("area")["level"]
    cells["level"] = cells["area"].map(level)
    blocks = (
        cells.groupby(["measure", "period_end", "level"], observed=True)["size"].max().rename("expected").reset_index()
    )
    grid = blocks.merge(areas.frame[["area", "level", "valid_from", "valid_to"]], on="level")
    grid = grid[(grid["valid_from"] <= grid["period_end"]) & (grid["period_end"] <= grid["valid_to"])]
    full = grid.merge(cells, on=["area", "level", "measure", "period_end"], how="left")
    number, delivered = full["sum"].fillna(0).astype(int), full["size"].fillna(0).astype(int)
    states = [delivered == 0, number == 0, number < full["expected"]]
    status = np.select(states, [ABSENT, EMPTY, PARTIAL], default=COMPLETE)
    return full.assign(cells=number, status=status)[COLUMNS].sort_values(
        ["measure", "period_end", "level", "area"], ignore_index=True
    )


def gaps(matrix: pd.DataFrame, files: dict[str, str]) -> Iterator[Irregularity]:
    """Name areas, ages and dates that are missing although they are there for others.

    Parameters
    ----------
    matrix
        From :func:`coverage`.
    files
        The file of each measure, to say where it would stand.
    """
    block_of = matrix.groupby(["measure", "period_end", "level"], observed=True).ngroup()
    incomplete = matrix[block_of.isin(block_of[matrix["status"] != COMPLETE])]
    for (measure, end, level), block in incomplete.groupby(
        ["measure", "period_end", "level"], observed=True, sort=True
    ):
        there = int((block["status"] != ABSENT).sum())
        if there < MOSTLY_THERE * len(block):
            continue
        date = str(end)[:10]
        said = {"measure": str(measure), "date": date, "level": str(level), "of": len(block), "others": there}
        for status, single, several in (
            (ABSENT, ABSENT_AREA, ABSENT_AREAS),
            (PARTIAL, PARTIAL_AREA, PARTIAL_AREAS),
        ):
            yield from _of_block(block[block["status"] == status], single, several, said, files)
        if number := int((block["status"] == EMPTY).sum()):
            yield _said(WITHOUT_NUMBER, "note", {**said, "number": number}, files)
    yield from _absent_dates(matrix, files)


def _of_block(
    odd: pd.DataFrame, single: str, several: str, said: dict[str, Any], files: dict[str, str]
) -> Iterator[Irregularity]:
    if len(odd) > NAMED:
        values = {**said, "number": len(odd), "areas": ", ".join([*odd["area"].head(NAMED), "..."])}
        yield _said(several, "warning", values, files)
        return
    for row in odd.to_dict("records"):
        values = {**said, "cells": row["cells"], "expected": row["expected"]}
        yield _said(single, "warning", values, files, str(row["area"]))


def _absent_dates(matrix: pd.DataFrame, files: dict[str, str]) -> Iterator[Irregularity]:
    """Name single dates that a measure lacks between others, measured at the dates of the measures of the same file."""
    dates = matrix[["measure", "period_end"]].drop_duplicates().astype({"measure": object})
    dates["file"] = dates["measure"].map(files)
    for _, same in dates.groupby("file", sort=True):
        every = np.sort(same["period_end"].unique())
        for measure, own in same.groupby("measure", sort=True):
            inner = every[(every > own["period_end"].min()) & (every < own["period_end"].max())]
            absent = np.setdiff1d(inner, own["period_end"].to_numpy())
            # One that comes every second year lacks half of the dates, and none is missing.
            if len(own) >= FEWEST_DATES and 0 < len(absent) <= len(inner) / 4:
                for end in absent:
                    yield _said(ABSENT_DATE, "warning", {"measure": str(measure), "date": str(end)[:10]}, files)


def _said(
    message: str, severity: Severity, values: dict[str, Any], files: dict[str, str], area: str | None = None
) -> Irregularity:
    measure, end = values["measure"], dt.date.fromisoformat(values["date"])
    fault = Fault(message, values, Place(files.get(measure), None, measure, area))
    repair = None if severity == "note" else Fault(REPAIR)
    return Irregularity(severity, "coverage", fault, repair, area, measure, end)
