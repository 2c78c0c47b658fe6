"""What an outlook is made of, and how its numbers are written with their keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from sozialanalyse.language import key, keyed
from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.loading.needs_file import Need
    from sozialanalyse.outlook import AgeOutlook
    from sozialanalyse.view import View

    Ages = tuple[int, int]

EVERYBODY: Final = (0, OPEN_AGE)

AGE_LABELS: Final = {"open": "{first} years and over", "closed": "{first} to {last} years"}
"""Message ids."""


@dataclass(frozen=True)
class Outlook:
    """What the outlook of an area is made of.

    Parameters
    ----------
    view
        The area and the target group.
    found
        Age groups carried forward on the level below the town; None where the counts do not bear it.
    needs
        Places that are declared for the target group and whose age groups are carried forward.
    needed
        How many (see :func:`sozialanalyse.outlook.places`).
    """

    view: View
    found: AgeOutlook | None
    needs: tuple[Need, ...]
    needed: pd.DataFrame

    @cached_property
    def groups(self) -> list[Ages]:
        """Age groups that are carried forward, the youngest first."""
        if self.found is None:
            return []
        return sorted(set(self.found.ahead[["age_from", "age_to"]].itertuples(index=False, name=None)))

    def rows(self, ages: Ages, area: str | None = None, *, past: bool = False) -> pd.DataFrame:
        """Rows of an age group in an area, of the years to come or of those counted."""
        assert self.found is not None
        frame = self.found.counted if past else self.found.ahead
        is_own = (
            (frame["age_from"] == ages[0]) & (frame["age_to"] == ages[1]) & (frame["area"] == (area or self.view.area))
        )
        return frame[is_own].sort_values("period_end")

    def ends(self, ages: Ages, area: str | None = None) -> tuple[pd.Series, pd.Series]:
        """Last row counted and last row computed of an age group in an area."""
        return self.rows(ages, area, past=True).iloc[-1], self.rows(ages, area).iloc[-1]

    def key(self, statistic: str, row: pd.Series) -> str:
        """Key of a number of an age group in an area at a date."""
        assert self.found is not None
        cell = (row["measure"], row["area"], row["period_end"], self.found.level, row["age_from"], row["age_to"])
        return key(statistic, *cell)

    def persons(self, row: pd.Series, column: str = "value") -> str:
        """Write so many people, whole ones, as counted or as computed."""
        computed = "projected" if column == "value" else f"projected_{column}"
        statistic = computed if "distance" in row else "counted"
        return keyed(self.view.words.number(row[column]), self.key(statistic, row))

    def past(self, statistic: str, of: str, ages: Ages, number: float, *, percent: bool = True) -> str:
        """Write a number that says how the calculation fared on past years."""
        assert self.found is not None
        words = self.view.words
        written = words.percent(number * 100) if percent else words.number(number)
        return keyed(written, key(statistic, self.found.measure, of, self.found.level, *ages))

    def row(self, frame: str, ages: Ages, of: str) -> Any:
        """Row of an age group in ``tested`` or ``narrowing``, of the town or of the areas."""
        rows = getattr(self.found, frame)
        is_own = (rows["age_from"] == ages[0]) & (rows["age_to"] == ages[1]) & (rows["of"] == of)
        return rows[is_own].iloc[0]

    def years(self, what: str, number: int) -> str:
        """Write how many years ahead."""
        assert self.found is not None
        return keyed(self.view.words.number(number), key("years_ahead", self.found.measure, self.found.level, what))

    def ages(self, ages: Ages) -> str:
        """Name an age group: 0 to 2 years."""
        if ages == EVERYBODY:
            return self.view.words.text("all ages")
        first, last = ages
        parts = key("ages", first, "" if last >= OPEN_AGE else last)
        message = AGE_LABELS["open" if last >= OPEN_AGE else "closed"]
        return self.view.words.text(message, first=keyed(str(first), parts), last=keyed(str(last), parts))
