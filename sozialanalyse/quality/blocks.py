"""The check ``coverage`` of whole blocks: dates, levels and numbers that a cut or incomplete delivery lacks.

What is missing as a whole shows in no row. It is known only from the dates that the town expects and from the other dates
of the same measure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialanalyse.errors import Fault, Place
from sozialanalyse.quality.irregularity import Irregularity
from sozialanalyse.quality.matrix import ABSENT, EMPTY, NAMED, REPAIR
from sozialanalyse.quality.thresholds import MOSTLY_THERE, SELDOM_MISSING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

EXPECTED_DATE = "there are no counts of {date}, a date that town.yml names under periods"
ABSENT_LEVELS = (
    "{measure} of {date} lacks most areas, or some ages or sexes, of these levels: {levels}; they are there on {others} "
    "other dates"
)
LOST_NUMBER = "{measure} of {date} is delivered without a number for this area; it has one on all {others} other dates"
LOST_NUMBERS = (
    "{measure} of {date} is delivered without a number for {number} areas that have one on all other dates: {areas}"
)
FILE_CUT = "has the file been cut, or a sheet been hidden or renamed? ask the deliverer"

FEWEST_OTHERS = 2
"""On so many other dates an area must have a number before one without is odd."""


def expected_dates(periods: Iterable[dt.date], counts: pd.DataFrame) -> Iterator[Irregularity]:
    """Name the dates that the town expects and of which nothing was delivered.

    Parameters
    ----------
    periods
        Reference dates by ``town.yml``.
    counts
        Frame of counts.
    """
    delivered = {end.date() for end in counts["period_end"].unique()}
    for date in sorted(set(periods) - delivered):
        fault = Fault(EXPECTED_DATE, {"date": date.isoformat()}, Place("town.yml"))
        yield Irregularity("warning", "coverage", fault, Fault(FILE_CUT), period_end=date)


def absent_levels(matrix: pd.DataFrame, files: dict[str, str]) -> Iterator[Irregularity]:
    """Name the dates at which a measure lacks a level, or most of it, that it has at nearly all other dates.

    Parameters
    ----------
    matrix
        From :func:`sozialanalyse.quality.matrix.coverage`.
    files
        The file of each measure, to say where it would stand.
    """
    there = (matrix["status"] != ABSENT).groupby(
        [matrix["measure"], matrix["level"], matrix["period_end"]], observed=True
    )
    blocks = pd.DataFrame({"share": there.mean()})
    blocks["cells"] = matrix.groupby(["measure", "level", "period_end"], observed=True)["expected"].max()
    for measure, rows in blocks.groupby(level="measure", observed=True, sort=True):
        wide = {name: rows[name].droplevel("measure").unstack("level", fill_value=0) for name in blocks}
        is_whole = (wide["share"] >= MOSTLY_THERE) & (wide["cells"] >= wide["cells"].median())
        is_rare = (~is_whole).mean() <= SELDOM_MISSING
        lacking = ~is_whole & is_rare
        for date, levels in lacking[lacking.any(axis=1)].sort_index().iterrows():
            names = levels.index[levels.to_numpy(dtype=bool)]
            values = {"levels": ", ".join(names), "others": int(is_whole[names].all(axis=1).sum())}
            yield _said(ABSENT_LEVELS, str(measure), date, values, files)


def lost_numbers(matrix: pd.DataFrame, files: dict[str, str]) -> Iterator[Irregularity]:
    """Name the areas without a number at one date that have one at all others.

    Parameters
    ----------
    matrix, files
        As for :func:`absent_levels`.
    """
    grouped = matrix["status"].isin([EMPTY, ABSENT]).groupby([matrix["measure"], matrix["area"]], observed=True)
    is_single = (grouped.transform("sum") == 1) & (grouped.transform("size") > FEWEST_OTHERS)
    lost = matrix[is_single & (matrix["status"] == EMPTY)].assign(others=grouped.transform("size") - 1)
    for (measure, date), rows in lost.groupby(["measure", "period_end"], observed=True, sort=True):
        if len(rows) > NAMED:
            values = {"number": len(rows), "areas": ", ".join([*rows["area"].head(NAMED), "..."])}
            yield _said(LOST_NUMBERS, str(measure), date, values, files)
            continue
        for area, others in zip(rows["area"], rows["others"], strict=True):
            yield _said(LOST_NUMBER, str(measure), date, {"others": int(others)}, files, str(area))


def _said(
    message: str,
    measure: str,
    end: Any,
    values: dict[str, object],
    files: dict[str, str],
    area: str | None = None,
) -> Irregularity:
    date = pd.Timestamp(end).date()
    said = {"measure": measure, "date": date.isoformat(), **values}
    fault = Fault(message, said, Place(files.get(measure), None, measure, area))
    return Irregularity("warning", "coverage", fault, Fault(REPAIR), area, measure, date)
