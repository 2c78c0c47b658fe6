"""Who lives in an area: its people by age and sex at two dates, as delivered, with every state of a count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from sozialanalyse.age_bands import BOTH, bands_of_both
from sozialanalyse.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sozialanalyse.town import Town

    Ages = tuple[int, int]

COLUMNS: Final = (
    "measure",
    "area",
    "sex",
    "age_from",
    "age_to",
    "period_kind",
    "period_start",
    "period_end",
    "value",
    "status",
)


def ages_and_sexes(
    town: Town, area: str | None = None, *, measure: str = "population", dates: Sequence[dt.date | str] | None = None
) -> pd.DataFrame:
    """Return the people of an area by the finest ages that are delivered for both sexes, at two dates.

    Parameters
    ----------
    town
        Whose counts are taken.
    area
        Id of the area; default: the whole town.
    measure
        Whom to count.
    dates
        Ends of two periods; default: the first and the last for which any such count of the area is known.

    Returns
    -------
    pandas.DataFrame
        A row for each date, sex and age, in this order, with :data:`COLUMNS`; ``value`` is NaN where ``status`` is no number.
        Empty where ages are not delivered by sex, or for one date only.

    Raises
    ------
    UsageError
        Unknown area; other than two dates; a date without counts.
    """
    area = town.areas.root if area is None else town.areas.require(area)
    bands = bands_of_both(town.counts, measure)
    cells = [_cell(town, measure, area, sex, ages) for sex in BOTH for ages in bands]
    if not cells:
        return pd.DataFrame(columns=list(COLUMNS))
    rows = pd.concat(cells, ignore_index=True)
    chosen = _ends(rows, dates)
    ordered = rows[rows["period_end"].isin(chosen)].sort_values(["period_end", "sex", "age_from"], kind="stable")
    return ordered[list(COLUMNS)].reset_index(drop=True)


def _cell(town: Town, measure: str, area: str, sex: str, ages: Ages) -> pd.DataFrame:
    found = town.amounts(measure, (sex, *ages))
    return found[found["area"] == area].assign(measure=measure, sex=sex, age_from=ages[0], age_to=ages[1])


def _ends(rows: pd.DataFrame, dates: Sequence[dt.date | str] | None) -> list[pd.Timestamp]:
    known = sorted(rows.loc[rows["value"].notna(), "period_end"].unique())
    if dates is None:
        return [known[0], known[-1]] if len(known) > 1 else []
    wanted = [pd.Timestamp(date) for date in dates]
    if len(set(wanted)) != 2:
        message = "a population is compared at two dates, not at {count}"
        raise UsageError(message, count=len(set(wanted)))
    for date in wanted:
        if date not in set(rows["period_end"]):
            message = "there are no counts by age and sex at {date:%Y-%m-%d}; there are at {known}"
            raise UsageError(message, date=date, known=", ".join(f"{end:%Y-%m-%d}" for end in known))
    return wanted
