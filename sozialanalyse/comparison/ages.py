"""Who lives in an area: its people by age and sex at two dates, as delivered, with every state of a count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from sozialanalyse.errors import UsageError
from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

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
BOTH: Final = ("female", "male")


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
    bands = _bands(town, measure)
    cells = [_cell(town, measure, area, sex, ages) for sex in BOTH for ages in bands]
    if not cells:
        return pd.DataFrame(columns=list(COLUMNS))
    rows = pd.concat(cells, ignore_index=True)
    chosen = _ends(rows, dates)
    ordered = rows[rows["period_end"].isin(chosen)].sort_values(["period_end", "sex", "age_from"], kind="stable")
    return ordered[list(COLUMNS)].reset_index(drop=True)


def _bands(town: Town, measure: str) -> list[Ages]:
    counts = town.counts[town.counts["measure"] == measure]
    of_sex = [counts[counts["sex"] == sex] for sex in BOTH]
    delivered = [set(rows[["age_from", "age_to"]].itertuples(index=False, name=None)) for rows in of_sex]
    return _finest({(int(first), int(last)) for first, last in delivered[0] & delivered[1]})


def _finest(bands: Iterable[Ages]) -> list[Ages]:
    """Lay the narrowest bands one after another from the youngest to the open end; nothing where they leave a gap.

    Examples
    --------
    >>> _finest([(0, 17), (0, 5), (6, 17), (18, 999), (0, 999)])
    [(0, 5), (6, 17), (18, 999)]
    >>> _finest([(0, 5), (18, 999)]), _finest([(0, 999)])
    ([], [])
    """
    ends: dict[int, int] = {}
    for first, last in bands:
        ends[first] = min(last, ends.get(first, last))
    laid: list[Ages] = []
    while (start := laid[-1][1] + 1 if laid else 0) in ends:
        laid.append((start, ends[start]))
    return laid if len(laid) > 1 and laid[-1][1] >= OPEN_AGE else []


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
